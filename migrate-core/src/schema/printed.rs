//! Values from the texts that a database prints: expressions, types, indexes, triggers.
//!
//! They are read by the same front end as migrations, so that what was written and what the catalog shows of it meet in one
//! form.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::quoted::{relation_in, relation_text};
use super::{Index, IndexPart, ObjectName, SqlText, Type};
use crate::ddl::{
    CreateIndex, Expr, ExprKind, Ident, IndexPart as WrittenPart, Path, QueryBody, Statement, TableElement,
    TypeName,
};
use crate::dialect::Dialect;
use crate::parse::{Parsed, parse};
use crate::sql::significant_tokens;

impl SqlText {
    /// An expression as a database prints it.
    pub fn printed(text: &str, dialect: Dialect) -> Self {
        let sql = format!("SELECT {text}");
        match expression(&sql, dialect) {
            Some(expr) => Self { written: text.trim().into(), ..Self::of(&expr, &sql, dialect) },
            None => Self::tokens(text, dialect),
        }
    }

    /// The default of a column that counts by a sequence.
    pub fn sequence(name: &ObjectName) -> Self {
        Self::printed(&format!("nextval({}::regclass)", relation_text(name)), Dialect::Postgres)
    }

    /// A sequence has a new name, by which the catalog shows it from then on.
    pub fn rename_sequence(&mut self, old: &ObjectName, new: &ObjectName) {
        let (before, after) = (relation_text(old), relation_text(new));
        let mut written = String::new();
        let mut end = 0;
        for token in significant_tokens(&self.written, Dialect::Postgres) {
            let inner = token.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
            let named = inner.and_then(|inner| relation_in(&inner.replace("''", "'")));
            if named.is_some_and(|named| relation_text(&named) == before) {
                let start = token.as_ptr() as usize - self.written.as_ptr() as usize;
                written.push_str(&self.written[end..start]);
                written.push_str(&after);
                end = start + token.len();
            }
        }
        written.push_str(&self.written[end..]);
        self.written = written.into();
        self.normal = self.normal.replace(&before, &after).into();
    }

    /// An exclusion constraint, whose name is not part of it.
    pub fn exclusion(text: &str, dialect: Dialect) -> Self {
        let start = text.to_ascii_lowercase().find("exclude").unwrap_or(0);
        Self::tokens(&text[start..], dialect)
    }

    /// PostgreSQL's `CREATE TRIGGER`, with what may be written in several ways written in one.
    pub fn trigger(text: &str, dialect: Dialect) -> Self {
        match dialect {
            Dialect::Postgres => {}
            Dialect::Mysql => return Self::mysql_trigger(text),
            Dialect::Sqlite => return Self::tokens(text, dialect),
        }
        let mut words: Vec<String> = Vec::new();
        for token in significant_tokens(text, dialect) {
            let word =
                if token.starts_with(['\'', '"', '$']) { token.to_owned() } else { token.to_lowercase() };
            words.push(unquoted(word));
        }
        Self { written: text.trim().into(), normal: trigger(words).into() }
    }
}

/// A name without quotes, if it needs none.
fn unquoted(word: String) -> String {
    let inner = word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
    let is_plain = |inner: &&str| {
        inner.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    inner.filter(is_plain).map(str::to_owned).unwrap_or(word)
}

/// The words of a trigger as `pg_get_triggerdef` has them: what may be left out is there, `public` is not, the events are in
/// its order.
fn trigger(words: Vec<String>) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "or" if rest.peek().is_some_and(|next| next == "replace") && out.len() == 1 => drop(rest.next()),
            "public" if rest.peek().is_some_and(|next| next == ".") => drop(rest.next()),
            "procedure" if out.last().is_some_and(|last| last == "execute") => {
                out.push("function".to_owned())
            }
            "row" | "statement" if out.last().is_some_and(|last| last == "for") => {
                out.extend(["each".to_owned(), word]);
            }
            _ => out.push(word),
        }
    }
    let Some(execute) = out.iter().rposition(|word| word == "execute") else { return out.join(" ") };
    let says_each = out[..execute].windows(2).any(|pair| pair[0] == "for" && pair[1] == "each");
    if !says_each {
        let when = out[..execute].iter().position(|word| word == "when").unwrap_or(execute);
        out.splice(when..when, ["for", "each", "statement"].map(str::to_owned));
    }
    let timing = out.iter().position(|word| matches!(word.as_str(), "before" | "after" | "of"));
    let on = out.iter().position(|word| word == "on");
    if let (Some(timing), Some(on)) = (timing, on)
        && timing + 1 < on
    {
        let mut events: Vec<Vec<String>> =
            out[timing + 1..on].split(|word| word == "or").map(<[String]>::to_vec).collect();
        let order = ["insert", "delete", "update", "truncate"];
        events
            .sort_by_key(|event| order.iter().position(|word| event.first().is_some_and(|own| own == word)));
        let sorted = events.join(&"or".to_owned());
        out.splice(timing + 1..on, sorted);
    }
    out.join(" ")
}

impl Type {
    /// A type as a database prints it; `made` as for [`of`](Self::of).
    pub fn printed(text: &str, dialect: Dialect, made: impl FnOnce(&Path) -> Option<ObjectName>) -> Self {
        match type_name(text, dialect) {
            Some(name) => Self::of(&name, dialect, made),
            None => Self::unknown(text),
        }
    }
}

fn type_name(text: &str, dialect: Dialect) -> Option<TypeName> {
    if dialect == Dialect::Mysql {
        let Parsed::Statement(statement) = parse(&format!("CREATE TABLE t (c {text})"), dialect) else {
            return None;
        };
        let Statement::CreateTable(create) = *statement else { return None };
        let [TableElement::Column(column)] = create.elements.as_slice() else { return None };
        return column.data_type.clone();
    }
    match expression(&format!("SELECT NULL::{text}"), dialect)?.kind {
        ExprKind::Cast(_, name) => Some(name),
        _ => None,
    }
}

/// The first thing that a query gives.
fn expression(sql: &str, dialect: Dialect) -> Option<Expr> {
    let Parsed::Statement(statement) = parse(sql, dialect) else { return None };
    let Statement::Query(query) = *statement else { return None };
    let QueryBody::Select(select) = query.body else { return None };
    let mut outputs = select.outputs.into_iter();
    let first = outputs.next()?;
    outputs.next().is_none().then_some(first.expr)
}

impl Index {
    /// An index of which no more is said than its columns.
    pub fn of_columns(name: Arc<str>, columns: Vec<Arc<str>>) -> Self {
        Self {
            name,
            is_unique: false,
            method: "btree".into(),
            parts: columns.iter().map(|column| IndexPart::of_column(column)).collect(),
            include: vec![],
            predicate: None,
            nulls_not_distinct: false,
            constraint: None,
            is_implicit: false,
            columns,
            uses: vec![],
            may_be_missing: false,
            comment: None,
            options: BTreeMap::new(),
        }
    }

    /// An index on keys as they are written: of the rest, what is usual.
    pub fn of_parts(
        name: &str,
        parts: &[WrittenPart],
        include: &[Ident],
        sql: &str,
        dialect: Dialect,
    ) -> Self {
        let mut columns = Vec::new();
        parts.iter().for_each(|part| columns_of(&part.expr, &mut columns));
        columns.extend(include);
        Self {
            parts: parts.iter().map(|part| IndexPart::of(part, sql, dialect)).collect(),
            include: include.iter().map(|name| (&*name.text).into()).collect(),
            ..Self::of_columns(name.into(), columns.iter().map(|name| (&*name.text).into()).collect())
        }
    }

    /// An index as it is written, under a name that may have been made up.
    pub fn of(create: &CreateIndex, name: &str, sql: &str, dialect: Dialect) -> Self {
        let mut index = Self::of_parts(name, &create.parts, &create.include, sql, dialect);
        index.is_unique = create.is_unique;
        if let Some(method) = &create.method {
            index.method = (&**method).into();
        }
        index.nulls_not_distinct = create.nulls_not_distinct;
        if dialect == Dialect::Postgres {
            create.options.iter().for_each(|(key, value)| index.set_option(key, Some(value)));
        }
        if dialect == Dialect::Mysql {
            let comment = create.options.iter().find(|(key, _)| &**key == "comment");
            index.comment = comment.map(|(_, text)| (&**text).into());
        }
        if let Some(predicate) = &create.predicate {
            index.predicate = Some(SqlText::of(predicate, sql, dialect));
            let mut names = Vec::new();
            columns_of(predicate, &mut names);
            index.columns.extend(names.iter().map(|name| Arc::from(&*name.text)));
        }
        index
    }

    /// Sets how PostgreSQL keeps it, as it is written or as a catalog shows it; `None` is the default again.
    pub fn set_option(&mut self, key: &str, value: Option<&str>) {
        let quoted = |value: &str| Some(value.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"));
        match value {
            Some(value) => {
                let value = quoted(value).unwrap_or_else(|| value.to_owned());
                self.options.insert(key.into(), value.into());
            }
            None => drop(self.options.remove(key)),
        }
    }

    /// An index as a database prints it; `None` if it cannot be read.
    pub fn printed(sql: &str, dialect: Dialect) -> Option<Self> {
        let Parsed::Statement(statement) = parse(sql, dialect) else { return None };
        let Statement::CreateIndex(create) = *statement else { return None };
        Some(Self::of(&create, &create.name.as_ref()?.name.text, sql, dialect))
    }
}

/// Operator classes that are the default of their type under that method, and are not printed.
const DEFAULT_CLASSES: [&str; 42] = [
    "array_ops",
    "bit_ops",
    "bool_ops",
    "bpchar_ops",
    "bytea_ops",
    "char_ops",
    "cidr_ops",
    "date_ops",
    "datetime_ops",
    "enum_ops",
    "float4_ops",
    "float8_ops",
    "inet_ops",
    "int2_ops",
    "int4_ops",
    "int8_ops",
    "interval_ops",
    "jsonb_ops",
    "macaddr8_ops",
    "macaddr_ops",
    "money_ops",
    "multirange_ops",
    "name_ops",
    "network_ops",
    "numeric_ops",
    "oid_ops",
    "oidvector_ops",
    "pg_lsn_ops",
    "range_ops",
    "record_ops",
    "text_ops",
    "tid_ops",
    "time_ops",
    "timestamp_ops",
    "timestamptz_ops",
    "timetz_ops",
    "tsquery_ops",
    "tsvector_ops",
    "uuid_ops",
    "varbit_ops",
    "xid8_ops",
    "xid_ops",
];

impl IndexPart {
    /// A column, of which nothing else is said.
    pub fn of_column(name: &str) -> Self {
        Self {
            expr: SqlText::name(name),
            is_column: true,
            descending: false,
            nulls_first: false,
            opclass: None,
            collation: None,
            length: None,
            may_be_cut: false,
        }
    }

    fn of(part: &WrittenPart, sql: &str, dialect: Dialect) -> Self {
        let column = match &part.expr.kind {
            ExprKind::Column(path) => path.last(),
            _ => None,
        };
        let shown = |path: &Path| -> Arc<str> { (&*path.name.text).into() };
        let is_default = |name: &Arc<str>| dialect == Dialect::Postgres && DEFAULT_CLASSES.contains(&&**name);
        Self {
            expr: column
                .map_or_else(|| SqlText::of(&part.expr, sql, dialect), |name| SqlText::name(&name.text)),
            is_column: column.is_some(),
            descending: part.descending,
            nulls_first: part.nulls_first.unwrap_or(part.descending),
            opclass: part.opclass.as_ref().map(shown).filter(|name| !is_default(name)),
            collation: part.collation.as_ref().map(shown),
            length: part.length.as_deref().map(Into::into),
            may_be_cut: false,
        }
    }
}

/// The columns that an expression names.
pub(crate) fn columns_of<'e>(expr: &'e Expr, out: &mut Vec<&'e Ident>) {
    match &expr.kind {
        ExprKind::Column(path) => out.extend(path.last()),
        ExprKind::ColumnOrText(name) => out.push(name),
        ExprKind::Cast(inner, _) => columns_of(inner, out),
        ExprKind::Call { arguments, .. } => arguments.iter().for_each(|part| columns_of(part, out)),
        ExprKind::Operation(_, parts) => parts.iter().for_each(|part| columns_of(part, out)),
        _ => {}
    }
}
