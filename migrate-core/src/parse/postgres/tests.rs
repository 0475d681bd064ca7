use proptest::prelude::*;

use crate::dialect::Dialect::Postgres;
use crate::parse::testing::check_table;
use crate::parse::{Parsed, parse};

const TABLES: [&str; 8] = [
    include_str!("tests/table.txt"),
    include_str!("tests/alter.txt"),
    include_str!("tests/create.txt"),
    include_str!("tests/drop.txt"),
    include_str!("tests/expr.txt"),
    include_str!("tests/query.txt"),
    include_str!("tests/rows.txt"),
    include_str!("tests/body.txt"),
];

#[test]
fn tables_are_read() {
    check_table(TABLES[0], Postgres);
}

#[test]
fn changes_of_tables_are_read() {
    check_table(TABLES[1], Postgres);
}

#[test]
fn new_objects_are_read() {
    check_table(TABLES[2], Postgres);
}

#[test]
fn dropped_and_renamed_objects_are_read() {
    check_table(TABLES[3], Postgres);
}

#[test]
fn expressions_are_read() {
    check_table(TABLES[4], Postgres);
}

#[test]
fn queries_are_read() {
    check_table(TABLES[5], Postgres);
}

#[test]
fn changes_of_rows_and_of_the_session_are_read() {
    check_table(TABLES[6], Postgres);
}

#[test]
fn code_is_read() {
    check_table(TABLES[7], Postgres);
}

#[test]
fn wrong_is_what_the_server_does_not_parse() {
    check_table(include_str!("tests/wrong.txt"), Postgres);
}

/// The statements of all tables.
fn statements() -> impl Iterator<Item = &'static str> {
    TABLES
        .into_iter()
        .flat_map(|table| table.trim().split("\n\n"))
        .filter_map(|block| block.split_once("\n=> ").map(|(sql, _)| sql))
}

/// Checks that every place that a value tells of can be cut out of the text. What stands there need not be the name: names
/// are decoded and cut, and some are only implied.
#[track_caller]
fn check_places(sql: &str) {
    let shown = match parse(sql, Postgres) {
        Parsed::Statement(statement) => format!("{statement:#?}"),
        Parsed::Wrong(wrong) => format!("{wrong:#?}"),
        Parsed::Unknown => return,
    };
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().expect("places are numbers")
    };
    // Names show theirs as `"a"@1..2`, all others theirs as a structure of two lines.
    let names = shown.lines().filter_map(|line| {
        let (start, end) = line.rsplit_once("\"@")?.1.split_once("..")?;
        Some((number(start), number(end)))
    });
    let others = shown.split("Extent {\n").skip(1).filter_map(|rest| {
        let (_, start) = rest.split_once("start: ")?;
        let (_, end) = start.split_once("end: ")?;
        Some((number(start), number(end)))
    });
    for (start, end) in names.chain(others) {
        assert!(sql.get(start..end).is_some(), "{start}..{end} is no part of {sql:?}");
    }
}

/// A name that is cut, folded or decoded still stands where it is written.
#[test]
fn names_stand_where_they_are_written() {
    let sql = "SELECT U&\"d!0061t\" UESCAPE '!', \"a\"\"B\", ÄbC FROM \"S\".Tab";
    let Parsed::Statement(statement) = parse(sql, Postgres) else { panic!("it is a statement") };
    let shown = format!("{statement:#?}");
    for (name, written) in [
        ("dat", "U&\"d!0061t\" UESCAPE '!'"),
        ("a\\\"B", "\"a\"\"B\""),
        ("Äbc", "ÄbC"),
        ("S", "\"S\""),
        ("tab", "Tab"),
    ] {
        let start = sql.find(written).expect("it is written");
        let place = format!("\"{name}\"@{start}..{}", start + written.len());
        assert!(shown.contains(&place), "{place} is not in {shown}");
    }
}

/// Inside of literals, too, whatever their quotes do to the text.
#[test]
fn names_in_code_stand_where_they_are_written() {
    for sql in [
        "DO $$ BEGIN DROP TABLE zz; END $$",
        "DO ' BEGIN EXECUTE ''DROP TABLE zz''; END '",
        "DO E'\\n\\tBEGIN EXECUTE \\'DROP TABLE zz\\'; END \\u00e9'",
        "DO $a$ BEGIN EXECUTE $b$ DROP TABLE zz $b$; END $a$",
        "DO $$ BEGIN DELETE FROM zz RETURNING a, b INTO c, d; END $$",
    ] {
        let Parsed::Statement(statement) = parse(sql, Postgres) else { panic!("it is a statement: {sql}") };
        let start = sql.find("zz").expect("it is written");
        let place = format!("\"zz\"@{start}..{}", start + 2);
        assert!(format!("{statement:#?}").contains(&place), "{place} is not in {statement:#?}");
    }
}

#[test]
fn names_are_cut_where_the_server_cuts_them() {
    let name = |written: &str| {
        let Parsed::Statement(statement) = parse(&format!("DROP TABLE {written}"), Postgres) else {
            panic!("it is a statement: {written}")
        };
        let crate::ddl::Statement::Drop(drop) = *statement else { panic!("it drops") };
        drop.targets[0].name.name.text.to_string()
    };
    assert_eq!(name(&"a".repeat(70)), "a".repeat(63));
    assert_eq!(name(&format!("\"{}\"", "A".repeat(70))), "A".repeat(63));
    // 31 letters of two bytes fit, the 32nd does not.
    assert_eq!(name(&"é".repeat(40)), "é".repeat(31));
    assert_eq!(name(&format!("a{}", "é".repeat(40))), format!("a{}", "é".repeat(31)));
}

#[test]
fn nesting_has_an_end() {
    let forms: [(&str, &str, &str); 14] = [
        ("SELECT ", "(", ")"),
        ("SELECT ", "NOT ", ""),
        ("SELECT ", "- ", ""),
        ("SELECT ", "(SELECT ", ")"),
        ("SELECT ", "f(", ")"),
        ("SELECT ", "CASE WHEN 1 THEN ", " END"),
        ("SELECT ARRAY", "[", "]"),
        ("SELECT 1", "+1-1", ""),
        ("SELECT 1", "::int", ""),
        ("SELECT 1", " UNION SELECT 1", ""),
        ("SELECT 1 FROM a", " CROSS JOIN a", ""),
        ("SELECT a", "[1]", ""),
        ("", "EXPLAIN ", ""),
        ("", "WITH a AS (", ") SELECT 1"),
    ];
    for (before, open, close) in forms {
        for n in [10, 90, 140, 500, 1_500, 100_000] {
            let sql = format!("{before}{}1{}", open.repeat(n), close.repeat(n));
            let parsed = parse(&sql, Postgres);
            assert!(n < 100_000 || parsed == Parsed::Unknown, "{open}");
            if n == 10 && !["EXPLAIN ", "WITH a AS (", "[1]"].contains(&open) {
                assert!(matches!(parsed, Parsed::Statement(_)), "{sql}");
            }
        }
    }
    for (open, close) in [("BEGIN ", "END; "), ("IF a THEN ", "END IF; "), ("LOOP ", "END LOOP; ")] {
        for n in [10, 90, 140, 500, 10_000] {
            let sql = format!("DO $$ BEGIN {}NULL; {}END $$", open.repeat(n), close.repeat(n));
            let parsed = parse(&sql, Postgres);
            assert!(n < 10_000 || parsed == Parsed::Unknown, "{open}");
        }
    }
}

/// Long is not deep.
#[test]
fn long_statements_are_read() {
    for sql in [
        format!("SELECT a {}", "OR a = 1 ".repeat(400)),
        format!("SELECT 'a' {}", "|| 'b' ".repeat(400)),
        format!("INSERT INTO t VALUES (1){}", ", (1)".repeat(5_000)),
        format!("SELECT * FROM t WHERE a IN (1{})", ", 1".repeat(5_000)),
        format!(
            "DO $$ BEGIN {} END $$",
            "IF NOT EXISTS (SELECT 1) THEN DROP TABLE IF EXISTS t; END IF; ".repeat(300)
        ),
    ] {
        let parsed = parse(&sql, Postgres);
        assert!(matches!(parsed, Parsed::Statement(_)), "{} {parsed:?}", &sql[..40]);
        assert!(!format!("{parsed:?}").contains("Opaque"), "{}", &sql[..40]);
    }
}

/// Every statement that the tests know, with a part of it replaced by a part of another.
fn mutants() -> impl Strategy<Value = String> {
    let all: Vec<&str> = statements().collect();
    let n = all.len();
    (0..n, 0..n, any::<[prop::sample::Index; 4]>()).prop_map(move |(one, other, places)| {
        let boundary = |text: &str, place: &prop::sample::Index| {
            let place = place.index(text.len() + 1);
            (0..=place).rev().find(|byte| text.is_char_boundary(*byte)).unwrap_or(0)
        };
        let (one, other) = (all[one], all[other]);
        let (a, b) = (boundary(one, &places[0]), boundary(one, &places[1]));
        let (c, d) = (boundary(other, &places[2]), boundary(other, &places[3]));
        format!("{}{}{}", &one[..a.min(b)], &other[c.min(d)..c.max(d)], &one[a.max(b)..])
    })
}

#[test]
fn places_are_in_the_text() {
    for sql in statements() {
        check_places(sql);
    }
}

proptest! {
    #[test]
    fn nothing_panics_and_places_are_in_the_text(sql in mutants()) {
        check_places(&sql);
    }

    #[test]
    fn any_text_is_answered(sql in "\\PC{0,60}") {
        check_places(&sql);
    }
}
