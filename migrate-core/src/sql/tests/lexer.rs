use crate::dialect::Dialect::{self, Mysql, Postgres, Sqlite};
use crate::sql::{TokenKind, significant_tokens, tokens};

/// Tokens are expected as their texts, separated by ` | `; blanks and comments are left out.
#[track_caller]
fn check(input: &str, dialect: Dialect, expect: &str) {
    let all: Vec<_> = tokens(input, dialect).collect();
    let whole: String = all.iter().map(|token| token.text(input)).collect();
    assert_eq!(whole, input);
    let seen: Vec<_> =
        all.iter().filter(|token| !token.kind.is_blank()).map(|token| token.text(input)).collect();
    assert_eq!(seen.join(" | "), expect);
}

#[track_caller]
fn check_kinds(input: &str, dialect: Dialect, expect: &[TokenKind]) {
    let seen: Vec<_> = tokens(input, dialect).map(|token| token.kind).collect();
    assert_eq!(seen, expect);
}

#[test]
fn strings_end_where_the_dialect_ends_them() {
    check(r"'\';'", Postgres, r"'\' | ; | '");
    check(r"'\';'", Mysql, r"'\';'");
    check(r"'\';'", Sqlite, r"'\' | ; | '");
    check(r"E'\';' 'a'", Postgres, r"E'\';' | 'a'");
    check(r"'it''s' 'b'", Postgres, "'it''s' | 'b'");
    check(r#""a\"b" "c""d""#, Mysql, r#""a\"b" | "c""d""#);
    check(r"'a\\' b '", Mysql, r"'a\\' | b | '");
    check(
        "x'0' X'1' b'0' n'a' u&'b' U&\"c\" ne'd'",
        Postgres,
        "x'0' | X'1' | b'0' | n'a' | u&'b' | U&\"c\" | ne | 'd'",
    );
    check("x'0' b'1'", Sqlite, "x'0' | b | '1'");
    check("_utf8mb4'a' N'b'", Mysql, "_utf8mb4 | 'a' | N'b'");
    check(r"E 'x\'", Postgres, r"E | 'x\'");
}

#[test]
fn an_escape_string_goes_on_in_the_next_line() {
    check("E'a'\n'\\'b'", Postgres, "E'a' | '\\'b'");
    check("E'a' -- c\n '\\'b'", Postgres, "E'a' | '\\'b'");
    check("E'a'\n'b'\n'\\'c'", Postgres, "E'a' | 'b' | '\\'c'");
    check("E'a' '\\' b", Postgres, "E'a' | '\\' | b");
    check("E'a' /*\n*/ '\\' b", Postgres, "E'a' | '\\' | b");
    check("E'a',\n'\\' b", Postgres, "E'a' | , | '\\' | b");
    check("'a'\n'\\' b", Postgres, "'a' | '\\' | b");
}

#[test]
fn identifiers_have_the_quotes_of_the_dialect() {
    check("\"a;\"\"b\" `c", Postgres, "\"a;\"\"b\" | ` | c");
    check("`a``;b` [c]", Mysql, "`a``;b` | [ | c | ]");
    check("`a;` [b;]]", Sqlite, "`a;` | [b;] | ]");
    check("a$b ü$1 $1$2", Postgres, "a$b | ü$1 | $1 | $2");
    check("@x $x", Sqlite, "@ | x | $x");
}

#[test]
fn dollar_quotes_have_tags() {
    check("$t$;$x$;$t$;", Postgres, "$t$;$x$;$t$ | ;");
    check("$$'$$ a$$b$$", Postgres, "$$'$$ | a$$b$$");
    check("$1$ $é$;$é$", Postgres, "$1 | $ | $é$;$é$");
    check("1$$a$$", Postgres, "1 | $$a$$");
    check("$a $b$ $ $b$", Postgres, "$ | a | $b$ $ $b$");
    check("$a$$a$ $a$$$a$", Postgres, "$a$$a$ | $a$$$a$");
    check("$$;$$", Mysql, "$$ | ; | $$");
}

#[test]
fn comments_end_where_the_dialect_ends_them() {
    check("a /* /* */ b */ c", Postgres, "a | c");
    check("a /* /* */ b", Mysql, "a | b");
    check("a /* /* */ b", Sqlite, "a | b");
    check("/**/a/*/*/b", Mysql, "a | b");
    check("a -- b\rc", Postgres, "a | c");
    check("a -- b\rc\nd", Mysql, "a | d");
    check("a --b\nc", Sqlite, "a | c");
    check("5--1 -- x\n--\n--", Mysql, "5 | - | - | 1");
    check("a#b\nc", Mysql, "a | c");
    check("a#b\nc", Postgres, "a | # | b | c");
    check_kinds("/*", Sqlite, &[TokenKind::BlockComment]);
}

#[test]
fn what_is_in_versioned_comments_counts() {
    check("/*!40101 SET a*/;", Mysql, "/*!40101 | SET | a | */ | ;");
    check("/*M!100100 a */ /*! b */", Mysql, "/*M!100100 | a | */ | /*! | b | */");
    check("/*!123 a '*/' /* b */ c*/ */", Mysql, "/*! | 123 | a | '*/' | c | */ | * | /");
    check("/*!401011a*/", Mysql, "/*!401011 | a | */");
    check("/*!40101 a*/", Postgres, "");
    check("2*/*c*/3", Mysql, "2 | * | 3");
}

#[test]
fn a_delimiter_line_changes_the_delimiter() {
    check(
        "DELIMITER //\na;b//c//\ndelimiter ;\nd;e//f",
        Mysql,
        "a | ; | b | // | c | // | d | ; | e | / | / | f",
    );
    check("DELIMITER $$\nEND$$ $ $$x$$", Mysql, "END | $$ | $ | $$ | x | $$");
    check("DELIMITER \"|\"\na||b '|' -- |", Mysql, "a | | | | | b | '|'");
    check("DELIMITER go\ncargo gone a.go go", Mysql, "cargo | gone | a | . | go | go");
    check("DELIMITER\na", Mysql, "DELIMITER | a");
    check("a DELIMITER //\n", Mysql, "a | DELIMITER | / | /");
    check("DELIMITER //", Postgres, "DELIMITER | //");
    check_kinds("DELIMITER x", Mysql, &[TokenKind::DelimiterLine]);
}

#[test]
fn operators_are_read_as_one() {
    check(
        "a<=b a->>'b' 2*-1 @-1 a=-1",
        Postgres,
        "a | <= | b | a | ->> | 'b' | 2 | * | - | 1 | @- | 1 | a | = | - | 1",
    );
    check("a::b c:=d 1..2 e=>f", Postgres, "a | :: | b | c | := | d | 1 | .. | 2 | e | => | f");
    check("+--x\n+/*y*/-", Postgres, "+ | + | -");
    check("a<=>b c:=d e||f", Mysql, "a | <=> | b | c | := | d | e | || | f");
}

#[test]
fn numbers_keep_their_sign_and_fraction() {
    check(
        "1.5e-3 .5 a.b.5 1e5-1 0x1e-1",
        Sqlite,
        "1.5e-3 | .5 | a | . | b | . | 5 | 1e5 | - | 1 | 0x1e | - | 1",
    );
    check("1..10", Mysql, "1 | . | .10");
}

#[test]
fn a_byte_order_mark_is_a_blank_to_sqlite() {
    check("a;\u{FEFF}b", Sqlite, "a | ; | b");
    check("a;\u{FEFF}b", Postgres, "a | ; | \u{FEFF}b");
}

#[test]
fn significant_tokens_do_not_depend_on_delimiters() {
    let significant = |sql| significant_tokens(sql, Mysql).collect::<Vec<_>>().join(" ");
    assert_eq!(significant(";; a;b ; -- c\n ; d;;"), "a ; b ; d");
    assert_eq!(significant("delimiter //\na;b; //\ndelimiter ;\nd"), "a ; b ; d");
    assert_eq!(significant("/*!40101 a */;"), "/*!40101 a */");
    assert_eq!(significant(" ; "), "");
}
