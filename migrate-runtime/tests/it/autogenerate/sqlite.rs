//! SQLite.

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use migrate_core::dialect::Dialect;

use super::language::{Counter, Kind, Language, Place, TableOption};
use super::{texts, value};

const KINDS: &[Kind] = &[
    Kind {
        is_key: true,
        defaults: &["0", "-1", "(1 + 1)"],
        checks: &["{} > -5", "{} BETWEEN -10 AND 1000"],
        expression: Some("{} * 2"),
        ..Kind::new("INTEGER", value::number)
    },
    Kind {
        is_key: true,
        defaults: &["''", "'it''s'", "'ä'", "CURRENT_TIMESTAMP"],
        checks: &["length({}) < 100", "{} <> 'never'"],
        expression: Some("upper({})"),
        extras: &["COLLATE NOCASE", "COLLATE BINARY"],
        ..Kind::new("TEXT", value::text)
    },
    Kind {
        is_key: true,
        defaults: &["'x'", "NULL"],
        checks: &["{} NOT LIKE '%never%'"],
        expression: Some("lower({})"),
        ..Kind::new("VARCHAR(20)", value::text)
    },
    Kind {
        is_key: true,
        defaults: &["7"],
        checks: &["{} IN (7) OR {} < 1000"],
        ..Kind::new("BIGINT", value::number)
    },
    Kind {
        is_key: true,
        defaults: &["1.5", "-0.25"],
        checks: &["{} > -1"],
        expression: Some("{} / 2"),
        ..Kind::new("REAL", value::fraction)
    },
    Kind { is_key: true, defaults: &["x'00ff'"], ..Kind::new("BLOB", value::bytes) },
    Kind { defaults: &["TRUE", "0"], checks: &["{} IN (0, 1)"], ..Kind::new("BOOLEAN", value::truth) },
    Kind { is_key: true, defaults: &["0.5"], ..Kind::new("NUMERIC(10, 2)", value::fraction) },
    Kind { is_key: true, ..Kind::new("", value::text) },
];

static LANGUAGE: Language = Language {
    dialect: Dialect::Sqlite,
    cases: 60,
    more_names: &[
        "dot.ted",
        "[brackets]",
        "__new_items",
        "a_very_long_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on",
        "日本",
    ],
    kinds: KINDS,
    counters: &[Counter { kind: "INTEGER", definition: "INTEGER PRIMARY KEY AUTOINCREMENT", says_key: true }],
    computed: &["VIRTUAL", "STORED"],
    options: &[
        TableOption { sql: "STRICT", needs_key: false, allows: is_strict },
        TableOption { sql: "WITHOUT ROWID", needs_key: true, allows: |_| true },
    ],
    counts_with: |option| option != Some(1),
    actions: &["NO ACTION", "CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT"],
    deferrable: &["", "DEFERRABLE INITIALLY DEFERRED"],
    besides: &[],
    rows_besides: &[],
    views: &["VIEW"],
    index_extras: &[""],
    has_include: false,
    has_comments: false,
    has_partial: true,
    has_descending: true,
    has_expressions: true,
    keys_change_alone: false,
    keeps_options: false,
    has_own_checks: false,
    adds_keys: false,
    trigger: Some(|name, table| {
        format!(
            "CREATE TRIGGER {name} AFTER DELETE ON {} BEGIN SELECT count(*) FROM {}; END",
            table.name, table.name
        )
    }),
    keeps_texts: true,
    no_values: "DEFAULT VALUES",
    text: "TEXT",
    refusals: &[
        "UNIQUE constraint failed",
        "NOT NULL constraint failed",
        "CHECK constraint failed",
        "FOREIGN KEY constraint failed",
        "datatype mismatch",
        "cannot store",
        "Cannot add a NOT NULL column",
        "leaves foreign keys that lead nowhere",
    ],
    takes_back: true,
};

fn is_strict(kind: &Kind) -> bool {
    ["INTEGER", "TEXT", "REAL", "BLOB"].contains(&kind.sql)
}

impl Place for SqliteConnection {
    fn language() -> &'static Language {
        &LANGUAGE
    }

    fn clear(&mut self) {
        *self = <Self as diesel::Connection>::establish(":memory:").expect("a database in memory");
        self.heed_keys(true);
    }

    fn heed_keys(&mut self, heed: bool) {
        let word = if heed { "ON" } else { "OFF" };
        self.batch_execute(&format!("PRAGMA foreign_keys = {word}")).expect("a setting");
    }

    fn texts(&mut self, sql: &str) -> Vec<String> {
        texts(self, sql)
    }

    fn row(columns: &[String]) -> String {
        let all: String = columns.iter().map(|column| format!(" || char(31) || quote({column})")).collect();
        format!("''{all}")
    }

    fn ailments(&mut self) -> Vec<String> {
        let keys = "SELECT \"table\" || ' leads to ' || \"parent\" AS text FROM pragma_foreign_key_check";
        let mut all = self.texts(keys);
        let whole = self.texts("SELECT integrity_check AS text FROM pragma_integrity_check");
        all.extend(whole.into_iter().filter(|line| line != "ok"));
        all
    }
}
