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
        checks: &["{} < 1000000"],
        expression: Some("{} + 1"),
        extras: &[],
    },
    Kind {
        sql: "bigint",
        is_key: true,
        value: value::number,
        defaults: &["7"],
        checks: &[],
        expression: None,
        extras: &["COMMENT 'it''s, a -- number'"],
    },
    Kind {
        sql: "smallint unsigned",
        is_key: true,
        value: value::number,
        defaults: &["65535"],
        checks: &["{} <> 12345"],
        expression: None,
        extras: &["COMMENT 'of \"them\"'"],
    },
    Kind {
        sql: "mediumint",
        is_key: false,
        value: value::number,
        defaults: &["-3"],
        checks: &[],
        expression: Some("{} - 1"),
        extras: &[],
    },
    Kind {
        sql: "tinyint",
        is_key: false,
        value: value::truth,
        defaults: &["1"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "tinyint(1)",
        is_key: false,
        value: value::truth,
        defaults: &["1", "0", "TRUE"],
        checks: &["{} IN (0, 1)"],
        expression: None,
        extras: &["COMMENT 'yes'"],
    },
    Kind {
        sql: "decimal(10,2)",
        is_key: true,
        value: value::fraction,
        defaults: &["0.50", "'1.5'"],
        checks: &["{} >= 0"],
        expression: Some("{} + 1.5"),
        extras: &[],
    },
    Kind {
        sql: "decimal(14,4) unsigned",
        is_key: true,
        value: value::fraction,
        defaults: &["0"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "double",
        is_key: false,
        value: value::fraction,
        defaults: &["1.5"],
        checks: &["{} > -1"],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "float",
        is_key: false,
        value: value::fraction,
        defaults: &["-0.25"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "varchar(20)",
        is_key: true,
        value: value::text,
        defaults: &["'x'", "''", "'it''s'", "'ä'"],
        checks: &["{} <> 'never'", "char_length({}) < 100"],
        expression: Some("upper({})"),
        extras: &[],
    },
    Kind {
        sql: "varchar(40)",
        is_key: true,
        value: value::text,
        defaults: &["'x'", "(concat('a', 'b'))"],
        checks: &["{} not like '%never%'"],
        expression: None,
        extras: &["COMMENT 'a, b'"],
    },
    Kind {
        sql: "varchar(30) CHARACTER SET latin1",
        is_key: true,
        value: value::text,
        defaults: &["'latin'"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "varchar(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        is_key: true,
        value: value::text,
        defaults: &["'bin'"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "varchar(255)",
        is_key: false,
        value: value::text,
        defaults: &["'words'"],
        checks: &[],
        expression: None,
        extras: &["COMMENT ''"],
    },
    Kind {
        sql: "char(36)",
        is_key: true,
        value: value::text,
        defaults: &["'x'", "(uuid())"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "text",
        is_key: false,
        value: value::text,
        defaults: &["('x')"],
        checks: &[],
        expression: None,
        extras: &["COMMENT 'said'"],
    },
    Kind {
        sql: "mediumtext",
        is_key: false,
        value: value::text,
        defaults: &[],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "json",
        is_key: false,
        value: json,
        defaults: &["(json_object())"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "blob",
        is_key: false,
        value: value::bytes,
        defaults: &[],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "varbinary(16)",
        is_key: true,
        value: value::bytes,
        defaults: &["x'61'"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "date",
        is_key: true,
        value: |row| format!("'2020-01-{:02}'", row + 1),
        defaults: &["'2020-02-03'"],
        checks: &["{} > '2000-01-01'"],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "datetime",
        is_key: true,
        value: |row| format!("'2020-01-{:02} 12:00:00'", row + 1),
        defaults: &["CURRENT_TIMESTAMP", "'2020-02-03 04:05:06'"],
        checks: &[],
        expression: None,
        extras: &["ON UPDATE CURRENT_TIMESTAMP"],
    },
    Kind {
        sql: "datetime(6)",
        is_key: true,
        value: |row| format!("'2020-01-{:02} 12:00:00.123456'", row + 1),
        defaults: &["CURRENT_TIMESTAMP(6)", "NOW(6)"],
        checks: &[],
        expression: None,
        extras: &["ON UPDATE CURRENT_TIMESTAMP(6)"],
    },
    Kind {
        sql: "timestamp",
        is_key: false,
        value: |row| format!("'2020-01-{:02} 12:00:00'", row + 1),
        defaults: &["CURRENT_TIMESTAMP", "'2020-02-03 04:05:06'"],
        checks: &[],
        expression: None,
        extras: &["NULL ON UPDATE CURRENT_TIMESTAMP"],
    },
    Kind {
        sql: "time",
        is_key: false,
        value: |row| format!("'12:00:{:02}'", row),
        defaults: &["'01:02:03'"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "year",
        is_key: false,
        value: |_| "2020".to_owned(),
        defaults: &["1999"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "bit(8)",
        is_key: false,
        value: value::truth,
        defaults: &["b'101'", "1"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "enum('sad', 'ok')",
        is_key: false,
        value: |row| ["'sad'", "'ok'"][row % 2].to_owned(),
        defaults: &["'ok'"],
        checks: &[],
        expression: None,
        extras: &["COMMENT 'how'"],
    },
    Kind {
        sql: "enum('sad', 'ok', 'it''s')",
        is_key: false,
        value: |row| ["'sad'", "'ok'"][row % 2].to_owned(),
        defaults: &["'it''s'"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "enum('ok', 'a,b')",
        is_key: false,
        value: |_| "'ok'".to_owned(),
        defaults: &["'a,b'"],
        checks: &[],
        expression: None,
        extras: &[],
    },
    Kind {
        sql: "set('x', 'y')",
        is_key: false,
        value: |row| ["'x'", "'x,y'"][row % 2].to_owned(),
        defaults: &["'x,y'", "''"],
        checks: &[],
        expression: None,
        extras: &[],
    },
];

static LANGUAGE: Language = Language {
    dialect: Dialect::Mysql,
    cases: 3,
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
    options: &[
        TableOption {
            sql: "ENGINE=InnoDB DEFAULT CHARSET=latin1",
            needs_key: false,
            allows: has_own_characters,
        },
        TableOption {
            sql: "DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
            needs_key: false,
            allows: has_own_characters,
        },
        TableOption { sql: "COMMENT='those who''re; \"it\"'", needs_key: false, allows: |_| true },
    ],
    counts_with: |_| true,
    actions: &["NO ACTION", "CASCADE", "RESTRICT", "SET NULL"],
    deferrable: &[""],
    besides: &[],
    views: &["VIEW"],
    index_extras: &[""],
    has_include: false,
    has_comments: false,
    has_partial: false,
    has_descending: true,
    has_expressions: false,
    keys_change_alone: true,
    adds_keys: true,
    trigger: Some(|name, table| {
        format!(
            "CREATE TRIGGER {name} AFTER DELETE ON {} FOR EACH ROW BEGIN SET @gone = OLD.{}; SET @gone = ';'; END",
            table.name,
            Dialect::Mysql.quote_identifier(&table.columns[0].name)
        )
    }),
    keeps_texts: false,
    takes_back: false,
};

fn json(row: usize) -> String {
    format!("'{{\"a\": {row}}}'")
}

/// Foreign keys are between texts of the same characters, which those that are in keys must not have from their table.
fn has_own_characters(kind: &Kind) -> bool {
    let is_text = kind.sql.starts_with("varchar(") || kind.sql.starts_with("char(");
    !(kind.is_key && is_text) || kind.sql.contains("CHARACTER SET")
}

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
        let hex = |column: &String| format!("IFNULL(HEX(CAST({column} AS BINARY)), 'NULL')");
        format!("CONCAT_WS(' | ', {})", columns.iter().map(hex).collect::<Vec<_>>().join(", "))
    }

    fn ailments(&mut self) -> Vec<String> {
        vec![]
    }
}
