//! MySQL and MariaDB.

use diesel::connection::SimpleConnection;
use migrate_core::dialect::Dialect;
use migrate_test::MysqlConnection;

use super::language::{Counter, Kind, Language, Place, TableOption};
use super::{texts, value};

const KINDS: &[Kind] = &[
    Kind {
        sql: "int",
        is_key: true,
        value: value::number,
        defaults: &["0", "-1"],
        checks: &["{} > -5", "{} BETWEEN -10 AND 1000"],
        expression: Some("{} * 2"),
        extras: &[],
    },
    Kind {
        sql: "bigint unsigned",
        is_key: true,
        value: value::number,
        defaults: &["7"],
        checks: &[],
        expression: Some("{} + 1"),
        extras: &[],
    },
    Kind {
        sql: "varchar(20)",
        is_key: true,
        value: value::text,
        defaults: &["'x'", "''", "'it''s'"],
        checks: &["{} <> 'never'"],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "text",
        is_key: false,
        value: value::text,
        defaults: &[],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "datetime",
        is_key: true,
        value: |row| format!("'2020-01-{:02} 12:00:00'", row + 1),
        defaults: &["CURRENT_TIMESTAMP"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "decimal(10,2)",
        is_key: true,
        value: value::fraction,
        defaults: &["0.50"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "tinyint(1)",
        is_key: false,
        value: value::truth,
        defaults: &["1", "0"],
        checks: &[],
        expression: None,
        extras: &[],
    },
];

static LANGUAGE: Language = Language {
    dialect: Dialect::Mysql,
    cases: 0,
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
        "select",
        "name",
        "c1",
        "c2",
        "c3",
        "tick`ed",
        "a_very_long_name_that_goes_on_and_on_and_on_and_on",
    ],
    kinds: KINDS,
    counters: &[Counter { kind: "int", definition: "int NOT NULL AUTO_INCREMENT", says_key: false }],
    computed: &["VIRTUAL", "STORED"],
    options: &[TableOption { sql: "", needs_key: false, allows: |_| true }],
    counts_with: |_| true,
    actions: &["NO ACTION", "CASCADE", "RESTRICT", "SET NULL"],
    deferrable: &[""],
    has_partial: false,
    has_descending: false,
    has_expressions: false,
    adds_keys: true,
    trigger: None,
    keeps_texts: false,
    takes_back: false,
};

impl Place for MysqlConnection {
    fn language() -> &'static Language {
        &LANGUAGE
    }

    fn clear(&mut self) {
        let name = self.texts("SELECT DATABASE() AS text").join("");
        self.batch_execute(&format!("DROP DATABASE `{name}`; CREATE DATABASE `{name}`; USE `{name}`"))
            .expect("an empty database");
    }

    fn heed_keys(&mut self, heed: bool) {
        self.batch_execute(&format!("SET FOREIGN_KEY_CHECKS = {}", u8::from(heed))).expect("a setting");
    }

    fn texts(&mut self, sql: &str) -> Vec<String> {
        texts(self, sql)
    }

    fn row(columns: &[String]) -> String {
        let all: Vec<String> =
            columns.iter().map(|column| format!("IFNULL(QUOTE({column}), 'NULL')")).collect();
        format!("CAST(CONCAT_WS(' | ', {}) AS CHAR)", all.join(", "))
    }

    fn ailments(&mut self) -> Vec<String> {
        vec![]
    }
}
