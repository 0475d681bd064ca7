//! MySQL and MariaDB.

use diesel::connection::SimpleConnection;
use migrate_core::dialect::Dialect;
use migrate_test::MysqlConnection;

use super::language::{Counter, Kind, Language, Place, TableOption};
use super::{texts, value};

const KINDS: &[Kind] = &[
    Kind {
        is_key: true,
        defaults: &["0", "-1"],
        checks: &["{} > -5", "{} BETWEEN -10 AND 1000"],
        expression: Some("{} * 2"),
        ..Kind::new("int", value::number)
    },
    Kind {
        is_key: true,
        defaults: &["7"],
        checks: &["{} < 1000000"],
        expression: Some("{} + 1"),
        ..Kind::new("bigint unsigned", value::number)
    },
    Kind {
        is_key: true,
        defaults: &["7"],
        extras: &["COMMENT 'it''s, a -- number'"],
        ..Kind::new("bigint", value::number)
    },
    Kind {
        is_key: true,
        defaults: &["65535"],
        checks: &["{} <> 12345"],
        extras: &["COMMENT 'of \"them\"'"],
        ..Kind::new("smallint unsigned", value::number)
    },
    Kind { defaults: &["-3"], expression: Some("{} - 1"), ..Kind::new("mediumint", value::number) },
    Kind { defaults: &["1"], ..Kind::new("tinyint", value::truth) },
    Kind {
        defaults: &["1", "0", "TRUE"],
        checks: &["{} IN (0, 1)"],
        extras: &["COMMENT 'yes'"],
        ..Kind::new("tinyint(1)", value::truth)
    },
    Kind {
        is_key: true,
        defaults: &["0.50", "'1.5'"],
        checks: &["{} >= 0"],
        expression: Some("{} + 1.5"),
        ..Kind::new("decimal(10,2)", value::fraction)
    },
    Kind { is_key: true, defaults: &["0"], ..Kind::new("decimal(14,4) unsigned", value::fraction) },
    Kind { defaults: &["1.5"], checks: &["{} > -1"], ..Kind::new("double", value::fraction) },
    Kind { defaults: &["-0.25"], ..Kind::new("float", value::fraction) },
    Kind {
        is_key: true,
        defaults: &["'x'", "''", "'it''s'", "'ä'"],
        checks: &["{} <> 'never'", "char_length({}) < 100"],
        expression: Some("upper({})"),
        ..Kind::new("varchar(20)", value::text)
    },
    Kind {
        is_key: true,
        defaults: &["'x'", "(concat('a', 'b'))"],
        checks: &["{} not like '%never%'"],
        extras: &["COMMENT 'a, b'"],
        ..Kind::new("varchar(40)", value::text)
    },
    Kind {
        is_key: true,
        defaults: &["'latin'"],
        ..Kind::new("varchar(30) CHARACTER SET latin1", value::text)
    },
    Kind {
        is_key: true,
        defaults: &["'bin'"],
        ..Kind::new("varchar(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", value::text)
    },
    Kind { defaults: &["'words'"], extras: &["COMMENT ''"], ..Kind::new("varchar(255)", value::text) },
    Kind { is_key: true, defaults: &["'x'", "(uuid())"], ..Kind::new("char(36)", value::text) },
    Kind { defaults: &["('x')"], extras: &["COMMENT 'said'"], ..Kind::new("text", value::text) },
    Kind::new("mediumtext", value::text),
    Kind { defaults: &["(json_object())"], ..Kind::new("json", json) },
    Kind::new("blob", value::bytes),
    Kind { is_key: true, defaults: &["x'61'"], ..Kind::new("varbinary(16)", value::bytes) },
    Kind {
        is_key: true,
        defaults: &["'2020-02-03'"],
        checks: &["{} > '2000-01-01'"],
        ..Kind::new("date", |row| format!("'2020-01-{:02}'", row + 1))
    },
    Kind {
        is_key: true,
        defaults: &["CURRENT_TIMESTAMP", "'2020-02-03 04:05:06'"],
        extras: &["ON UPDATE CURRENT_TIMESTAMP"],
        ..Kind::new("datetime", |row| format!("'2020-01-{:02} 12:00:00'", row + 1))
    },
    Kind {
        is_key: true,
        defaults: &["CURRENT_TIMESTAMP(6)", "NOW(6)"],
        extras: &["ON UPDATE CURRENT_TIMESTAMP(6)"],
        ..Kind::new("datetime(6)", |row| format!("'2020-01-{:02} 12:00:00.123456'", row + 1))
    },
    Kind {
        defaults: &["CURRENT_TIMESTAMP", "'2020-02-03 04:05:06'"],
        extras: &["NULL ON UPDATE CURRENT_TIMESTAMP"],
        ..Kind::new("timestamp", |row| format!("'2020-01-{:02} 12:00:00'", row + 1))
    },
    Kind { defaults: &["'01:02:03'"], ..Kind::new("time", |row| format!("'12:00:{:02}'", row)) },
    Kind { defaults: &["1999"], ..Kind::new("year", |_| "2020".to_owned()) },
    Kind { defaults: &["b'101'", "1"], ..Kind::new("bit(8)", value::truth) },
    Kind {
        defaults: &["'ok'"],
        extras: &["COMMENT 'how'"],
        ..Kind::new("enum('sad', 'ok')", |row| ["'sad'", "'ok'"][row % 2].to_owned())
    },
    Kind {
        defaults: &["'it''s'"],
        ..Kind::new("enum('sad', 'ok', 'it''s')", |row| ["'sad'", "'ok'"][row % 2].to_owned())
    },
    Kind { defaults: &["'a,b'"], ..Kind::new("enum('ok', 'a,b')", |_| "'ok'".to_owned()) },
    Kind {
        defaults: &["'x,y'", "''"],
        ..Kind::new("set('x', 'y')", |row| ["'x'", "'x,y'"][row % 2].to_owned())
    },
];

static LANGUAGE: Language = Language {
    dialect: Dialect::Mysql,
    cases: 3,
    more_names: &["tick`ed", "a_very_long_name_that_goes_on_and_on_and_on_and_on"],
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
    rows_besides: &[],
    views: &["VIEW"],
    index_extras: &[""],
    has_include: false,
    has_comments: false,
    has_partial: false,
    has_descending: true,
    has_expressions: false,
    keys_change_alone: true,
    keeps_options: true,
    has_own_checks: true,
    adds_keys: true,
    trigger: Some(|name, table| {
        format!(
            "CREATE TRIGGER {name} AFTER DELETE ON {} FOR EACH ROW BEGIN SET @gone = OLD.{}; SET @gone = ';'; END",
            table.name,
            Dialect::Mysql.quote_identifier(&table.columns[0].name)
        )
    }),
    keeps_texts: false,
    no_values: "() VALUES ()",
    text: "CHAR",
    refusals: &[],
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
        let hex = |column: &String| format!(", IFNULL(HEX(CAST({column} AS BINARY)), 'NULL')");
        format!("CONCAT_WS(CHAR(31 USING utf8mb4), ''{})", columns.iter().map(hex).collect::<String>())
    }

    fn ailments(&mut self) -> Vec<String> {
        vec![]
    }
}
