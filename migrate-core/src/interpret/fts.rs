//! SQLite's full text search: virtual tables whose columns stand among the module's arguments.

use std::sync::Arc;

use super::run::Run;
use crate::ddl::CreateTable;
use crate::dialect::Dialect;
use crate::schema::{Column, ObjectName, Space, Table, TableKind, Type};
use crate::sql::significant_tokens;

/// What the names of the tables end in that full text search keeps its data in.
const FTS_TABLES: [&str; 8] = ["content", "data", "idx", "docsize", "config", "segments", "segdir", "stat"];

/// The columns of a new virtual table, if its module is one whose arguments say them all.
pub(super) fn columns(create: &CreateTable) -> Option<Vec<Column>> {
    let module = create.module.as_ref()?;
    if !["fts5", "fts4", "fts3"].iter().any(|known| module.text.eq_ignore_ascii_case(known)) {
        return None;
    }
    let mut columns = Vec::new();
    for argument in arguments(create) {
        let mut tokens = significant_tokens(argument, Dialect::Sqlite);
        let Some(first) = tokens.next() else { continue };
        let second = tokens.next();
        let is_option = second == Some("=")
            || first.eq_ignore_ascii_case("tokenize") && !module.text.eq_ignore_ascii_case("fts5");
        if is_option {
            // It may take the columns of another table.
            if first.eq_ignore_ascii_case("content") && columns.is_empty() {
                return None;
            }
            continue;
        }
        let name = first.trim_matches(['"', '`', '\'', '[', ']']);
        columns.push(Column::new(name.into(), Type::built_in("")));
    }
    (!columns.is_empty()).then_some(columns)
}

/// What the module is given.
pub(super) fn arguments(create: &CreateTable) -> impl Iterator<Item = &str> {
    create.options.iter().filter(|(key, _)| &**key == "argument").map(|(_, argument)| &**argument)
}

/// Columns that such a table has besides: its own name, which stands for the whole, and what a search gives.
pub(super) fn has_column(table: &Table, own: &Arc<str>, name: &str) -> bool {
    matches!(table.kind, TableKind::Virtual(_))
        && (own.eq_ignore_ascii_case(name)
            || ["rank", "docid", "languageid"].iter().any(|word| word.eq_ignore_ascii_case(name)))
}

impl Run<'_> {
    /// Whether a table of that name may be one in which a virtual table keeps its data; `name` is in lower case.
    pub(super) fn is_of_virtual_table(&self, name: &str) -> bool {
        let mut ends = name.match_indices('_').map(|(at, _)| (&name[..at], &name[at + 1..]));
        ends.any(|(owner, rest)| {
            let id = self.id(&ObjectName::new("main", owner), Space::Relation);
            match self.schema.table(&id).map(|table| &table.kind) {
                Some(TableKind::Virtual(module)) if module.to_ascii_lowercase().starts_with("fts") => {
                    FTS_TABLES.contains(&rest)
                }
                Some(TableKind::Virtual(_)) => true,
                _ => false,
            }
        })
    }
}
