//! What the tests know of a database: a table per dialect, to be extended there.

use diesel::connection::SimpleConnection;
use migrate_core::dialect::Dialect;

use super::model::Table;

/// What tables, columns and views are called in every dialect.
const NAMES: [&str; 14] = [
    "items",
    "Notes",
    "order",
    "a b",
    "größe",
    "say \"hi\"",
    "it's",
    "x",
    "user_id",
    "select",
    "name",
    "c1",
    "c2",
    "c3",
];

/// What a dialect has.
pub(super) struct Language {
    pub(super) dialect: Dialect,
    /// How many cases there are by default.
    pub(super) cases: u64,
    /// What tables, columns and views are called besides [`NAMES`]; no two may be the same but for case.
    pub(super) more_names: &'static [&'static str],
    pub(super) kinds: &'static [Kind],
    pub(super) counters: &'static [Counter],
    /// How computed columns are kept.
    pub(super) computed: &'static [&'static str],
    /// What stands behind a table.
    pub(super) options: &'static [TableOption],
    /// Whether a column can count in a table with this option.
    pub(super) counts_with: fn(Option<usize>) -> bool,
    /// What happens to keys; the first one is what happens where nothing is said.
    pub(super) actions: &'static [&'static str],
    /// When keys are looked at; the first one is what happens where nothing is said.
    pub(super) deferrable: &'static [&'static str],
    /// What there is beside tables, and what tables speak of: of each a schema has one of the shapes.
    pub(super) besides: &'static [&'static [&'static str]],
    /// The tables of those that get a row, by name, and how; tables have them before and after.
    pub(super) rows_besides: &'static [(&'static str, &'static str)],
    /// Kinds of views.
    pub(super) views: &'static [&'static str],
    /// What stands behind the keys of an index, after the columns that it carries.
    pub(super) index_extras: &'static [&'static str],
    /// Whether an index carries columns that are no keys.
    pub(super) has_include: bool,
    /// Whether something can be said about tables and columns, by `COMMENT ON`.
    pub(super) has_comments: bool,
    pub(super) has_partial: bool,
    pub(super) has_descending: bool,
    pub(super) has_expressions: bool,
    /// Whether nothing can be checked or computed of a column that a foreign key changes.
    pub(super) keys_change_alone: bool,
    /// Whether a table keeps an option that is not said any more, and with it what its columns can be.
    pub(super) keeps_options: bool,
    /// Whether a check can stand with its column.
    pub(super) has_own_checks: bool,
    /// Whether foreign keys can be added to a table that is there.
    pub(super) adds_keys: bool,
    /// A trigger of this name on a table, which does nothing to rows.
    pub(super) trigger: Option<fn(name: &str, table: &Table) -> String>,
    /// Whether the database keeps expressions as they were written.
    pub(super) keeps_texts: bool,
    /// How a row without any value is put in.
    pub(super) no_values: &'static str,
    /// The type that anything can be cast to, so as to be read.
    pub(super) text: &'static str,
    /// What it says where rows are in the way: words of its messages.
    pub(super) refusals: &'static [&'static str],
    /// Whether what is refused leaves nothing behind.
    pub(super) takes_back: bool,
}

impl Language {
    /// What tables, columns and views are called.
    pub(super) fn names(&self) -> Vec<&'static str> {
        NAMES.iter().chain(self.more_names).copied().collect()
    }
}

/// A type, with all that is said of its values.
pub(super) struct Kind {
    pub(super) sql: &'static str,
    /// Whether each row has another value, and keys can be made of them.
    pub(super) is_key: bool,
    /// The value of a row.
    pub(super) value: fn(usize) -> String,
    pub(super) defaults: &'static [&'static str],
    /// What holds for every value and default; `{}` is the column.
    pub(super) checks: &'static [&'static str],
    /// An expression of this type; `{}` is a column of it.
    pub(super) expression: Option<&'static str>,
    /// What may stand behind the type: collations.
    pub(super) extras: &'static [&'static str],
}

impl Kind {
    /// A type of which nothing else is said.
    pub(super) const fn new(sql: &'static str, value: fn(usize) -> String) -> Self {
        Self { sql, is_key: false, value, defaults: &[], checks: &[], expression: None, extras: &[] }
    }
}

/// How a column counts that is the primary key.
pub(super) struct Counter {
    /// The kind that it is a variety of.
    pub(super) kind: &'static str,
    /// What stands behind the column's name.
    pub(super) definition: &'static str,
    /// Whether that says that it is the key.
    pub(super) says_key: bool,
}

pub(super) struct TableOption {
    pub(super) sql: &'static str,
    pub(super) needs_key: bool,
    /// Whether its columns can be of this kind.
    pub(super) allows: fn(&Kind) -> bool,
}

/// A database that the tests can begin anew.
pub(super) trait Place: SimpleConnection + Sized {
    fn language() -> &'static Language;

    /// Takes away all that is there.
    fn clear(&mut self);

    /// Switches the foreign keys on or off.
    fn heed_keys(&mut self, heed: bool);

    /// The rows of a query with one column of text, in order.
    fn texts(&mut self, sql: &str) -> Vec<String>;

    /// The columns of a row as one text: `\u{1f}` before each, and `NULL` for what is not there.
    fn row(columns: &[String]) -> String;

    /// What is wrong with the database.
    fn ailments(&mut self) -> Vec<String>;
}
