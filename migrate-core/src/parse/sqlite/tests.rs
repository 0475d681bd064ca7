use proptest::prelude::*;

use super::rules::{ON_PAPER, RULES};
use super::tables::KEYWORDS;
use crate::dialect::Dialect::Sqlite;
use crate::parse::testing::{check_places, check_table, short, word};
use crate::parse::{Parsed, parse};

#[test]
fn statements_are_read() {
    check_table(include_str!("tests/statements.txt"), Sqlite);
}

#[test]
fn wrong_is_what_sqlite_refuses_and_nothing_else() {
    check_table(include_str!("tests/wrong.txt"), Sqlite);
}

/// The readings name rules by their texts; a new SQLite may change them.
#[test]
fn all_rules_that_matter_are_read() {
    let sources = [
        include_str!("reader.rs"),
        include_str!("table.rs"),
        include_str!("dml.rs"),
        include_str!("query.rs"),
        include_str!("expr.rs"),
        include_str!("statement.rs"),
        include_str!("tree.rs"),
    ];
    let mentioned: Vec<&str> = sources
        .iter()
        .flat_map(|source| source.split('"'))
        .filter(|text| text.contains(" ::=") && !text.contains(['\n', '`']))
        .filter(|text| text.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    for text in &mentioned {
        assert!(RULES.iter().any(|rule| rule.starts_with(text)), "no rule of SQLite: {text}");
    }
    let whole = "cmd expr term ccons tcons seltablist oneselect values mvalues select selectnowith trigger_cmd upsert returning \
        create_table_args where_opt where_opt_ret refarg refact table_option generated filter_over over_clause window \
        frame_opt limit_opt eidlist_opt fullname xfullname as from on_using with wqlist trigger_event paren_exprlist nulls \
        selcollist sclp setlist idlist_opt exprlist create_vtab create_table alter_add trigger_decl trigger_cmd_list joinop \
        tridxby key_opt vinto when_clause carglist conslist conslist_opt columnlist columnname refargs defer_subclause";
    for (number, rule) in RULES.iter().enumerate() {
        let made = rule.split(' ').next().expect("a rule makes something");
        let on_paper = ON_PAPER.contains(&(number as u16));
        let is_read =
            mentioned.iter().any(|text| rule == text || rule.starts_with(text) && text.ends_with("LP"));
        assert!(
            on_paper || is_read || !whole.split_whitespace().any(|name| name == made),
            "not read: {rule}"
        );
    }
}

#[test]
fn keywords_are_found() {
    let longest = KEYWORDS.iter().map(|(keyword, _)| keyword.len()).max();
    assert_eq!(longest, Some("CURRENT_TIMESTAMP".len()));
    assert!(KEYWORDS.is_sorted(), "the lexer searches by halves");
}

#[test]
fn nesting_has_an_end() {
    for (open, close) in
        [("(", ")"), ("NOT ", ""), ("(SELECT ", ")"), ("- ", ""), ("f(", ")"), ("CASE WHEN 1 THEN ", " END")]
    {
        let nested = |times: usize| format!("SELECT {}1{}", open.repeat(times), close.repeat(times));
        assert!(matches!(parse(&nested(20), Sqlite), Parsed::Statement(_)), "{open}");
        assert_eq!(parse(&nested(20_000), Sqlite), Parsed::Unknown, "{open}");
    }
    let long = format!("SELECT 1{}", " OR 1".repeat(20_000));
    assert!(matches!(parse(&long, Sqlite), Parsed::Statement(_)));
    let mixed = format!("SELECT 1{}", " + 1 - 1".repeat(20_000));
    assert_eq!(parse(&mixed, Sqlite), Parsed::Unknown);
    let joins = format!("SELECT * FROM t{}", " JOIN t".repeat(20_000));
    assert_eq!(parse(&joins, Sqlite), Parsed::Unknown);
}

#[test]
fn any_bytes_are_read_to_an_end() {
    for sql in [
        "",
        ";",
        "\0",
        "SELECT 1\0 FROM",
        "é",
        "'",
        "\"é",
        "[é",
        "x'é",
        "$é(é",
        "/*é",
        "SELECT 1; SELECT 2",
        "\u{FEFF}SELECT 1",
    ] {
        let _ = parse(sql, Sqlite);
    }
    assert_eq!(parse("", Sqlite), Parsed::Unknown);
    assert_eq!(parse("SELECT 1; SELECT 2", Sqlite), Parsed::Unknown);
    assert_eq!(short(&parse("\u{FEFF}COMMIT", Sqlite)), "Transaction(Commit)");
}

/// What only this database has.
const OWN: &[&str] = &[
    "TRIGGER",
    "\"é x\"",
    "[b c]",
    "`d`",
    "BEGIN",
    ";",
    "WITH",
    "CONFLICT",
    "DO",
    "NOTHING",
    "RETURNING",
    "*",
    "x'0g'",
    "#1",
    "?1",
];

proptest! {
    #[test]
    fn places_are_in_the_text(words in prop::collection::vec(word(OWN), 0..24)) {
        let sql = words.join(" ");
        match parse(&sql, Sqlite) {
            Parsed::Statement(statement) => check_places(&sql, &statement),
            Parsed::Wrong(error) => prop_assert!(sql.get(error.at.start as usize..error.at.end as usize).is_some()),
            Parsed::Unknown => {}
        }
    }

    #[test]
    fn places_stay_in_the_text_where_names_change(name in "[a-zé ]{1,6}", table in 0..TEMPLATES.len()) {
        let sql = TEMPLATES[table].replace('$', &format!("\"{name}\""));
        let Parsed::Statement(statement) = parse(&sql, Sqlite) else { panic!("{sql}") };
        check_places(&sql, &statement);
    }
}

const TEMPLATES: [&str; 8] = [
    "CREATE TABLE $ ($ INTEGER PRIMARY KEY, $ TEXT REFERENCES $ ($), CONSTRAINT $ UNIQUE ($, $))",
    "CREATE INDEX $ ON $ ($ DESC, lower($)) WHERE $ > 1",
    "INSERT INTO $ ($, $) SELECT a.$, $ FROM $ AS a JOIN $ USING ($) WHERE true ON CONFLICT ($) DO UPDATE SET $ = excluded.$",
    "WITH $ ($) AS (SELECT 1) UPDATE $ SET ($, $) = (1, 2) FROM $ WHERE $.$ = $ RETURNING $ AS $",
    "CREATE TRIGGER $ AFTER UPDATE OF $ ON $ BEGIN DELETE FROM $ WHERE $ = old.$; END",
    "ALTER TABLE $ RENAME COLUMN $ TO $",
    "CREATE VIEW $ ($) AS SELECT $ FROM $ NATURAL LEFT JOIN ($, $) GROUP BY $ HAVING $ ORDER BY $",
    "DROP TABLE IF EXISTS $.$",
];
