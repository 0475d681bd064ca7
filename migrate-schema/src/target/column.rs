//! Columns: what is written of them, and whether what is there agrees.

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::Dialect;
use migrate_core::render::data_type;
use migrate_core::schema;
use migrate_core::source::Span;

use super::draft::{DraftColumn, said};
use super::types::Types;
use super::{Builder, Declared, NewKeys};
use crate::models::{Column, Unread};
use crate::superset::{Counts, PartKind};
use crate::types::{self, Verdict};

impl Builder<'_> {
    /// The columns of a declared table as they are written: those that are there keep the type that agrees. What cannot be
    /// written is told.
    pub(super) fn draft_columns<'d>(
        &self,
        one: &Declared<'d>,
        base: Option<&'d schema::Table>,
        untold: &mut Vec<Unread>,
    ) -> Vec<DraftColumn<'d>> {
        let dialect = self.dialect;
        let mut out = Vec::new();
        for column in one.columns(dialect) {
            let old = base.and_then(|table| self.column_of(table, &column.name));
            if column.is_ignored && old.is_none() {
                continue;
            }
            let is_key = self.is_in_key(one, column);
            let written = match old {
                Some(old) if !self.wants_type(one, column, old) => Ok(data_type(&old.data_type, dialect)),
                Some(old) if self.wants_length(column, old) => Ok(with_length(column, old, dialect)),
                _ => self.type_text(one, column),
            };
            let mut written = match written {
                Ok(written) => written,
                Err(why) => {
                    untold.push(Unread { at: column.type_at.clone(), why });
                    continue;
                }
            };
            let mut counts = column.more.counts;
            if old.is_none() && counts.is_none() && self.counts_by_itself(one, column, base.is_some()) {
                counts = match self.options.keys {
                    NewKeys::Identity => Some(Counts::Identity { is_always: false }),
                    NewKeys::Serial => Some(Counts::AutoIncrement),
                    NewKeys::Plain => None,
                };
            }
            if dialect == Dialect::Sqlite
                && self.is_row_number(one, column)
                && old.is_none()
                && said(column.more.sql_type.as_ref(), dialect).is_none()
            {
                written = "INTEGER".to_owned();
                // Numbers that are never given again have to be asked for.
                counts = column.more.counts.filter(|counts| *counts == Counts::AutoIncrement);
            }
            if dialect == Dialect::Postgres && counts == Some(Counts::AutoIncrement) {
                written = serial(&written).unwrap_or(written);
            }
            let more = &column.more;
            out.push(DraftColumn {
                name: &column.name,
                data_type: written,
                not_null: !column.data_type.nullable().0 || is_key,
                default: said(more.default.as_ref(), dialect),
                generated: more
                    .generated
                    .as_ref()
                    .and_then(|(expr, is_stored)| Some((expr.get(dialect)?, *is_stored))),
                counts,
                collation: said(more.collation.as_ref(), dialect),
                at: column.name_at.start..column.type_at.end,
            });
        }
        // What is there and not declared may be named all the same.
        for old in base.into_iter().flat_map(|table| &table.columns) {
            if !out.iter().any(|column| self.same(column.name, &old.name)) {
                out.push(DraftColumn {
                    name: &old.name,
                    data_type: data_type(&old.data_type, dialect),
                    not_null: old.not_null,
                    default: None,
                    generated: None,
                    counts: None,
                    collation: None,
                    at: one.table.name_at.clone(),
                });
            }
        }
        out
    }

    pub(super) fn column_of<'t>(&self, table: &'t schema::Table, name: &str) -> Option<&'t schema::Column> {
        table.columns.iter().find(|column| self.same(&column.name, name))
    }

    fn type_text(&self, one: &Declared<'_>, column: &Column) -> Result<String, String> {
        let types = Types { models: &one.file.models, map: &self.options.types, schema: &self.schema };
        types.of(column, self.is_indexed(one, column)).map_err(|why| {
            format!("{why}: `#[sql_type = \"…\"]` in `migrate::table!` or the type mapping of the configuration says it")
        })
    }

    /// Whether a column that is there gets another type.
    pub(super) fn wants_type(&self, one: &Declared<'_>, column: &Column, old: &schema::Column) -> bool {
        if column.is_ignored || self.is_patched(one, column) {
            return false;
        }
        let has_labels = self.dialect == Dialect::Mysql && column.more.labels.is_some();
        if has_labels || said(column.more.sql_type.as_ref(), self.dialect).is_some() {
            return true;
        }
        let inner = column.data_type.nullable().1;
        match types::compare(inner, &one.file.models, &old.data_type, &self.schema) {
            Verdict::Differs(_) => true,
            Verdict::Same | Verdict::Open => self.wants_length(column, old),
        }
    }

    /// That nobody knows whether the type of a column that is there is the declared one; such a column keeps it.
    pub(super) fn unknown_type(
        &self,
        one: &Declared<'_>,
        column: &Column,
        old: &schema::Column,
    ) -> Option<Diagnostic> {
        let mut model = column.data_type.nullable().1;
        while let Some(inner) = model.inside("Array") {
            model = inner.nullable().1;
        }
        let more = &column.more;
        let is_said = said(more.sql_type.as_ref(), self.dialect).is_some()
            || more.labels.is_some()
            || self.options.types.get(model.name(), self.dialect).is_some()
            || types::is_known(model, &one.file.models)
            || types::is_named(model, &old.data_type);
        let inner = column.data_type.nullable().1;
        if is_said
            || column.is_ignored
            || self.is_patched(one, column)
            || types::compare(inner, &one.file.models, &old.data_type, &self.schema) != Verdict::Open
        {
            return None;
        }
        let name = model.name();
        let message =
            format!("nobody knows which type `{name}` is, so `{}.{}` keeps its own", one.name, column.name);
        let place = Span::new(one.file.source, column.type_at.start, column.type_at.end);
        Some(
            Diagnostic::warning(Code("unknown-type"), message)
                .label(place, "neither diesel nor this file has it")
                .help(format!(
                    "say it in migrate.toml, below `[autogenerate.types]`: `{name} = \"<SQL type>\"`"
                ))
                .help("`// migrate:ignore` above the column leaves it out"),
        )
    }

    fn wants_length(&self, column: &Column, old: &schema::Column) -> bool {
        let found = &old.data_type;
        said(column.more.sql_type.as_ref(), self.dialect).is_none()
            && column.max_length.is_some_and(|length| types::length(found) != Some(length))
            && !found.is_unknown()
            && !found.is_array
            && types::has_lengths(found)
    }

    /// Whether a patch has made the column what it is in the file.
    pub(super) fn is_patched(&self, one: &Declared<'_>, column: &Column) -> bool {
        one.file.touched.has_column(&one.table.at, Some(column.name_at.start), &column.name)
    }

    pub(super) fn is_in_key(&self, one: &Declared<'_>, column: &Column) -> bool {
        one.table.primary_key.contains(&column.rust_name) && !one.table.is_view
    }

    /// Whether it is SQLite's own number of the row, as a new column.
    fn is_row_number(&self, one: &Declared<'_>, column: &Column) -> bool {
        one.table.primary_key == [column.rust_name.clone()] && is_whole_number(column)
    }

    /// Whether it is a new integer `id` that nobody says more of.
    fn counts_by_itself(&self, one: &Declared<'_>, column: &Column, is_there: bool) -> bool {
        let dialect = self.dialect;
        let is_id = self.is_row_number(one, column)
            && column.name.eq_ignore_ascii_case("id")
            && !column.data_type.nullable().0
            && said(column.more.sql_type.as_ref(), dialect).is_none();
        let has_more = column.more.generated.is_some() || column.more.default.is_some();
        // A key that leads to another table gets its values there.
        let is_key = |part: &crate::superset::Part| matches!(&part.kind, PartKind::ForeignKey(references) if references.columns.contains(&column.rust_name));
        let leads =
            one.table.more.iter().flat_map(|more| &more.parts).any(is_key)
                || one.file.models.joinables.iter().any(|joinable| {
                    joinable.child == one.table.rust_name && joinable.column == column.rust_name
                });
        let says_serial = matches!(column.data_type.name(), "Serial" | "BigSerial" | "SmallSerial");
        says_serial || is_id && !has_more && !leads && !is_there
    }

    /// Whether a column is part of a key or an index.
    fn is_indexed(&self, one: &Declared<'_>, column: &Column) -> bool {
        let rust = &column.rust_name;
        self.is_in_key(one, column)
            || one.table.more.iter().flat_map(|more| &more.parts).any(|part| match &part.kind {
                PartKind::Unique { columns, .. } => columns.contains(rust),
                PartKind::ForeignKey(references) => references.columns.contains(rust),
                PartKind::Index { keys, .. } => keys
                    .iter()
                    .any(|key| matches!(key, crate::superset::Key::Column { name, .. } if name == rust)),
                PartKind::Check(_) => false,
            })
    }
}

fn is_whole_number(column: &Column) -> bool {
    let name = column.data_type.nullable().1.name();
    matches!(types::common(name), Some("int2" | "int4" | "int8"))
}

/// The type that is there with the length that is declared.
fn with_length(column: &Column, old: &schema::Column, dialect: Dialect) -> String {
    let length = column.max_length.unwrap_or_default();
    let written = data_type(&old.data_type, dialect);
    match (types::length(&old.data_type), written.split_once('(')) {
        (Some(_), Some((word, _))) => format!("{}({length})", word.trim_end()),
        _ if written.to_ascii_lowercase().contains("binary") => format!("VARBINARY({length})"),
        _ => format!("VARCHAR({length})"),
    }
}

fn serial(written: &str) -> Option<String> {
    Some(match written {
        "smallint" => "smallserial".to_owned(),
        "integer" => "serial".to_owned(),
        "bigint" => "bigserial".to_owned(),
        _ => return None,
    })
}
