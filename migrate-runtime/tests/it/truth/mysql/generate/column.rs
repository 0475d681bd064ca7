//! Columns and their types.

use migrate_core::schema::Schema;

use super::{CONSTRAINTS, Generator, Known};

/// Types, each with defaults that it takes.
const TYPES: [(&str, &[&str]); 26] = [
    ("INT", &["0", "7", "'3'", "NULL"]),
    ("INT", &["1", "-5"]),
    ("INT UNSIGNED", &["0", "12"]),
    ("INTEGER(11)", &["0"]),
    ("BIGINT", &["0", "0x10"]),
    ("BIGINT UNSIGNED", &["1"]),
    ("SMALLINT(6)", &["-1"]),
    ("TINYINT(1)", &["0", "TRUE"]),
    ("BOOLEAN", &["FALSE", "1"]),
    ("VARCHAR(20)", &["'x'", "''", "NULL", "'it''s'"]),
    ("VARCHAR(64)", &["'x'", "5"]),
    ("VARCHAR(20) CHARACTER SET latin1", &["'x'"]),
    ("VARCHAR(20) COLLATE utf8mb4_bin", &["'x'"]),
    ("CHAR(5)", &["'ab'"]),
    ("TEXT", &["NULL"]),
    ("MEDIUMTEXT", &["NULL"]),
    ("DATETIME", &["CURRENT_TIMESTAMP", "NULL", "NOW()", "'2020-01-01 10:00:00'"]),
    ("DATETIME(6)", &["CURRENT_TIMESTAMP(6)", "NULL"]),
    ("TIMESTAMP NULL", &["CURRENT_TIMESTAMP", "NULL"]),
    ("DATE", &["'2020-01-01'"]),
    ("DECIMAL(10,2)", &["1.50", "0"]),
    ("DOUBLE", &["1.5", "1e3"]),
    ("ENUM('a', 'b', 'it''s')", &["'a'", "'B'"]),
    ("JSON", &["NULL"]),
    ("VARBINARY(16)", &["NULL"]),
    ("BLOB", &["NULL"]),
];

impl Generator {
    /// Everything that stands behind a column's name.
    pub(super) fn definition(&mut self, schema: &Schema, table: &Known, name: &str) -> String {
        if self.dice.chance(4) {
            let other = self.column(table);
            let kind = self.dice.pick(&["", " STORED", " VIRTUAL"]);
            return format!("INT GENERATED ALWAYS AS ({other} + 1){kind}");
        }
        let place = self.dice.roll(TYPES.len());
        let (data_type, defaults) = TYPES[place];
        let mut text = data_type.to_owned();
        let is_number = text.contains("INT");
        if is_number && self.dice.chance(8) {
            return format!("{text} AUTO_INCREMENT{}", self.dice.pick(&[" PRIMARY KEY", " UNIQUE", ""]));
        }
        let may_be_null = self.dice.chance(60);
        if !may_be_null && !text.contains("NULL") {
            text.push_str(" NOT NULL");
        }
        if self.dice.chance(35) {
            let default = self.dice.pick(defaults);
            if default != "NULL" || may_be_null {
                text.push_str(" DEFAULT ");
                text.push_str(default);
            }
            if default == "CURRENT_TIMESTAMP" {
                text.push_str(self.dice.maybe(30, " ON UPDATE CURRENT_TIMESTAMP"));
            }
        }
        text.push_str(self.dice.maybe(5, " UNIQUE"));
        text.push_str(self.dice.maybe(3, " PRIMARY KEY"));
        text.push_str(self.dice.maybe(5, " COMMENT 'it''s'"));
        if self.dice.chance(4) {
            let label = match self.dice.chance(50) {
                true => format!(" CONSTRAINT {}", self.dice.pick(&CONSTRAINTS)),
                false => String::new(),
            };
            text.push_str(&format!("{label} CHECK ({name} IS NOT NULL)"));
        }
        if self.dice.chance(3) {
            let other = self.table(schema);
            text.push_str(&format!(" REFERENCES {} ({})", other.name, self.column(&other)));
        }
        text
    }

    /// ` FIRST`, ` AFTER a` or nothing.
    pub(super) fn position(&mut self, table: &Known) -> String {
        match self.dice.roll(10) {
            0 => " FIRST".to_owned(),
            1 => format!(" AFTER {}", self.column(table)),
            _ => String::new(),
        }
    }
}
