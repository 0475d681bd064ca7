//! A row of the catalog, column by column, and what a row alone says of a table, a view or a sequence.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use migrate_core::ddl::ReferentialAction;
use migrate_core::schema::{ObjectName, Partition, Sequence, SqlText, Table, TableKind, Type, View};

use super::DIALECT;
use crate::reflect::array::elements;

/// The columns of an answer, one after the other.
pub(super) struct Fields(pub(super) std::vec::IntoIter<Option<String>>);

impl Fields {
    pub(super) fn next(&mut self) -> Option<String> {
        self.0.next().flatten()
    }

    pub(super) fn text(&mut self) -> String {
        self.next().unwrap_or_default()
    }

    pub(super) fn name(&mut self) -> Arc<str> {
        self.text().into()
    }

    pub(super) fn shared(&mut self) -> Option<Arc<str>> {
        self.next().map(Into::into)
    }

    pub(super) fn names(&mut self) -> Vec<Arc<str>> {
        self.next().map(|text| elements(&text).into_iter().map(Into::into).collect()).unwrap_or_default()
    }

    /// A number; 0 where there is none, which the catalog gives to nothing.
    pub(super) fn number<T: FromStr + Default>(&mut self) -> T {
        self.next().and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// The numbers of an array or of a vector, which stand between braces and commas, or spaces.
    pub(super) fn numbers<T: FromStr>(&mut self) -> Vec<T> {
        let text = self.text();
        let numbers = text.split(['{', '}', ',', ' ']).filter(|number| !number.is_empty());
        numbers.filter_map(|number| number.parse().ok()).collect()
    }

    pub(super) fn is_true(&mut self) -> bool {
        matches!(self.next().as_deref(), Some("true" | "t"))
    }
}

pub(super) fn action(letter: &str) -> ReferentialAction {
    match letter {
        "r" => ReferentialAction::Restrict,
        "c" => ReferentialAction::Cascade,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}

pub(super) fn table(kind: &str, row: &mut Fields) -> Table {
    let is_temporary = row.text() == "t";
    let (by, bounds) = (row.next(), row.next());
    let parents = row.names();
    let (_query, server) = (row.next(), row.shared());
    let settings = row.names();
    let mut table = Table {
        kind: match kind {
            "f" => TableKind::Foreign,
            _ if is_temporary => TableKind::Temporary,
            _ => TableKind::Plain,
        },
        inherits: parents
            .chunks_exact(2)
            .map(|pair| ObjectName::new(pair[0].clone(), pair[1].clone()))
            .collect(),
        options: settings.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect(),
        ..Table::default()
    };
    if by.is_some() || bounds.is_some() {
        let by = by.map(|by| SqlText::tokens(&format!("partition by {by}"), DIALECT));
        let bounds = bounds.map(|bounds| SqlText::tokens(&bounds, DIALECT));
        table.partition = Some(Partition { by, bounds });
    }
    if let Some(server) = server {
        table.options.insert("foreign server".into(), server);
    }
    table
}

pub(super) fn view(kind: &str, row: &mut Fields) -> View {
    let is_temporary = row.text() == "t";
    let (_by, _bounds, _parents) = (row.next(), row.next(), row.next());
    let query = row.text();
    let _server = row.next();
    let settings = row.names();
    let mut view = View {
        is_materialized: kind == "m",
        is_temporary,
        columns: None,
        given: vec![],
        query: SqlText::tokens(query.trim_end_matches(';'), DIALECT),
        options: BTreeMap::new(),
        said: BTreeMap::new(),
        indexes: vec![],
        triggers: vec![],
    };
    for pair in settings.chunks_exact(2) {
        view.set_option(&pair[0], Some(&pair[1]), DIALECT);
    }
    view
}

/// A sequence, and whether it is that of an identity column; the function gives the type that is printed so.
pub(super) fn sequence(
    row: &mut Fields,
    type_printed: impl FnOnce(&str) -> Type,
) -> Option<(Sequence, bool)> {
    let is_temporary = row.text() == "t";
    (0..6).for_each(|_| drop(row.next()));
    let said = row.names();
    let [data_type, start, increment, low, high, cache, cycle] = said.as_slice() else { return None };
    let data_type = type_printed(data_type);
    let option = |key: &str, value: &Arc<str>| (Arc::from(key), value.clone());
    let options = [
        option("start", start),
        option("increment", increment),
        option("minvalue", low),
        option("maxvalue", high),
        option("cache", cache),
        option("cycle", cycle),
    ];
    let options = Sequence::settled(&data_type, &options);
    let owner = row.names();
    let owned_by = match owner.as_slice() {
        [schema, table, column, _] => Some((ObjectName::new(schema.clone(), table.clone()), column.clone())),
        _ => None,
    };
    let is_of_identity = owner.last().is_some_and(|kind| **kind == *"i");
    Some((Sequence { data_type, options, owned_by, is_temporary }, is_of_identity))
}
