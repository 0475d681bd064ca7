use proptest::prelude::*;

use super::cursor::unescaped;
use super::reserved::is_reserved;
use crate::dialect::Dialect::Mysql;
use crate::parse::testing::{check_places, check_table, word};
use crate::parse::{Parsed, parse};

#[test]
fn definitions_are_read() {
    check_table(include_str!("tests/definitions.txt"), Mysql);
}

#[test]
fn types_are_read() {
    check_table(include_str!("tests/types.txt"), Mysql);
}

#[test]
fn queries_and_changes_are_read() {
    check_table(include_str!("tests/queries.txt"), Mysql);
}

/// What is not understood is never taken for something else.
#[test]
fn the_rest_is_outlined() {
    check_table(include_str!("tests/outlines.txt"), Mysql);
}

#[test]
fn reserved_words_are_found() {
    assert!(["accessible", "SELECT", "zerofill", "read_write"].iter().all(|word| is_reserved(word)));
    assert!(["name", "status", "position", "date", "window", ""].iter().all(|word| !is_reserved(word)));
}

#[test]
fn strings_lose_their_escapes() {
    assert_eq!(unescaped(r"'it''s \'\n\%\x'"), "it's '\n\\%x");
    assert_eq!(unescaped(r#""a""b""#), "a\"b");
}

#[test]
fn nesting_has_an_end() {
    let pairs = [
        ("(", ")"),
        ("NOT ", ""),
        ("(SELECT ", ")"),
        ("- ", ""),
        ("f(", ")"),
        ("CASE WHEN 1 THEN ", " END"),
        ("1 IN (", ")"),
    ];
    for (open, close) in pairs {
        let nested =
            |times: usize| format!("CREATE VIEW v AS SELECT {}1{}", open.repeat(times), close.repeat(times));
        let Parsed::Statement(read) = parse(&nested(10), Mysql) else { panic!("{open}") };
        assert!(matches!(*read, crate::ddl::Statement::CreateView(_)), "{open}");
        let Parsed::Statement(outline) = parse(&nested(20_000), Mysql) else { panic!("{open}") };
        assert!(matches!(*outline, crate::ddl::Statement::Opaque { .. }), "{open}");
    }
    // Where two readings are possible at each step, they are not all tried.
    let tries = format!("SELECT * FROM {}", "((SELECT * FROM ".repeat(2_000));
    assert!(matches!(parse(&tries, Mysql), Parsed::Statement(_)));
}

/// What only this database has.
const OWN: &[&str] = &[
    "`é x`",
    "int",
    "varchar",
    "enum",
    "MODIFY",
    "CHANGE",
    "FOREIGN",
    "@x",
    "CHARSET",
    "ENGINE",
    "IN",
    "IS",
    "BETWEEN",
    "AND",
    "/*!40101",
    "*/",
    "PARTITION",
    "BY",
    "INTERVAL",
    "CASE",
];

proptest! {
    #[test]
    fn places_are_in_the_text(words in prop::collection::vec(word(OWN), 0..24)) {
        let sql = words.join(" ");
        match parse(&sql, Mysql) {
            Parsed::Statement(statement) => check_places(&sql, &statement),
            Parsed::Wrong(error) => prop_assert!(false, "{error:?}"),
            Parsed::Unknown => {}
        }
    }

    #[test]
    fn places_stay_in_the_text_where_names_change(name in "[a-zé ]{1,6}", template in 0..TEMPLATES.len()) {
        let sql = TEMPLATES[template].replace('$', &format!("`{name}`"));
        let Parsed::Statement(statement) = parse(&sql, Mysql) else { panic!("{sql}") };
        prop_assert!(!format!("{statement:?}").contains("Opaque"), "{}", sql);
        check_places(&sql, &statement);
    }
}

const TEMPLATES: [&str; 8] = [
    "CREATE TABLE $ ($ int, $ varchar(3) REFERENCES $ ($), KEY $ ($(2) DESC), CONSTRAINT $ FOREIGN KEY ($) REFERENCES $.$ ($))",
    "ALTER TABLE $ ADD $ int AFTER $, CHANGE $ $ text, DROP $, RENAME INDEX $ TO $, DROP FOREIGN KEY $, RENAME TO $.$",
    "INSERT INTO $ ($, $) SELECT a.$, $ FROM $ AS a JOIN $ USING ($) WHERE true ON DUPLICATE KEY UPDATE $ = VALUES($)",
    "WITH $ ($) AS (SELECT 1) SELECT $.* FROM $.$ AS $ LEFT JOIN ($, $) ON $.$ = $ GROUP BY $ HAVING $ ORDER BY $",
    "CREATE OR REPLACE VIEW $.$ ($) AS SELECT $ AS $, f($) FROM (SELECT $ FROM $) AS $",
    "UPDATE $ SET $.$ = $ WHERE $ IN (SELECT $ FROM $)",
    "RENAME TABLE $ TO $.$, $ TO $",
    "DROP INDEX $ ON $.$",
];
