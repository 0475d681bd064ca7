//! SQLite.

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use migrate_core::dialect::Dialect;

use super::language::{Counter, Kind, Language, Place, TableOption};
use super::{texts, value};

const KINDS: &[Kind] = &[
    Kind {
        sql: "INTEGER",
        is_key: true,
        value: value::number,
        defaults: &["0", "-1", "(1 + 1)"],
        checks: &["{} > -5", "{} BETWEEN -10 AND 1000"],
        expression: Some("{} * 2"),
        extras: &[],
    },
    Kind {
        sql: "TEXT",
        is_key: true,
        value: value::text,
        defaults: &["''", "'it''s'", "'ä'", "CURRENT_TIMESTAMP"],
        checks: &["length({}) < 100", "{} <> 'never'"],
        expression: Some("upper({})"),
        extras: &["COLLATE NOCASE", "COLLATE BINARY"],
    },
    Kind {
        sql: "VARCHAR(20)",
        is_key: true,
        value: value::text,
        defaults: &["'x'", "NULL"],
        checks: &["{} NOT LIKE '%never%'"],
        expression: Some("lower({})"),
        extras: &[],
    },
    Kind {
        sql: "BIGINT",
        is_key: true,
        value: value::number,
        defaults: &["7"],
        checks: &["{} IN (7) OR {} < 1000"],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "REAL",
        is_key: true,
        value: value::fraction,
        defaults: &["1.5", "-0.25"],
        checks: &["{} > -1"],
        expression: Some("{} / 2"),
        extras: &[],
    },
    Kind {
        sql: "BLOB",
        is_key: true,
        value: value::bytes,
        defaults: &["x'00ff'"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "BOOLEAN",
        is_key: false,
        value: value::truth,
        defaults: &["TRUE", "0"],
        checks: &["{} IN (0, 1)"],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "NUMERIC(10, 2)",
        is_key: true,
        value: value::fraction,
        defaults: &["0.5"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "",
        is_key: true,
        value: value::text,
        defaults: &[],
        checks: &[],
        expression: None,
        extras: &[],
    },
];

static LANGUAGE: Language = Language {
    dialect: Dialect::Sqlite,
    cases: 60,
    names: &[
        "items",
        "Notes",
        "order",
        "a b",
        "größe",
        "say \"hi\"",
        "it's",
        "x",
        "user_id",
        "dot.ted",
        "[brackets]",
        "__new_items",
        "a_very_long_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on",
        "select",
        "日本",
        "name",
        "c1",
        "c2",
        "c3",
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
    views: &["VIEW"],
    index_extras: &[""],
    has_include: false,
    has_comments: false,
    has_partial: true,
    has_descending: true,
    has_expressions: true,
    keys_change_alone: false,
    adds_keys: false,
    trigger: Some(|name, table| {
        format!(
            "CREATE TRIGGER {name} AFTER DELETE ON {} BEGIN SELECT count(*) FROM {}; END",
            table.name, table.name
        )
    }),
    keeps_texts: true,
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
        let all: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        format!("'' || {}", all.join(" || ' | ' || "))
    }

    fn ailments(&mut self) -> Vec<String> {
        let keys = "SELECT \"table\" || ' leads to ' || \"parent\" AS text FROM pragma_foreign_key_check";
        let mut all = self.texts(keys);
        let whole = self.texts("SELECT integrity_check AS text FROM pragma_integrity_check");
        all.extend(whole.into_iter().filter(|line| line != "ok"));
        all
    }
}
