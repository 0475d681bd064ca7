use crate::dialect::Dialect::{self, Mysql, Postgres, Sqlite};
use crate::sql::problems;

/// Problems are expected as `code "text at the place"`.
#[track_caller]
fn check(input: &str, dialect: Dialect, expect: &[&str]) {
    let found: Vec<_> = problems(input, dialect, true)
        .iter()
        .map(|found| format!("{} {}", found.problem.code(), shown(&input[found.start..found.end])))
        .collect();
    assert_eq!(found, expect);
}

fn shown(text: &str) -> String {
    let shown = |c: char| {
        if c.is_ascii_graphic() || c == ' ' || c == '…' {
            c.to_string()
        } else {
            c.escape_debug().to_string()
        }
    };
    text.chars().map(shown).collect()
}

#[test]
fn what_is_not_closed_is_found_where_it_opens() {
    check("a 'b", Postgres, &["unterminated-string '"]);
    check(r"E'a\'", Postgres, &["unterminated-string E'"]);
    check("u&\"a", Postgres, &["unterminated-identifier u&\""]);
    check("$a$ $b$ $", Postgres, &["unterminated-dollar-quote $a$"]);
    check("/* /* */ 'a", Postgres, &["unterminated-comment /*"]);
    check(r"'a\'", Mysql, &["unterminated-string '"]);
    check("\"a", Mysql, &["unterminated-string \""]);
    check("`a", Mysql, &["unterminated-identifier `"]);
    check("a /* b", Mysql, &["unterminated-comment /*"]);
    check("/*!40101 a", Mysql, &["unterminated-comment /*!40101"]);
    check("x'a", Sqlite, &["unterminated-string x'"]);
    check("[a", Sqlite, &["unterminated-identifier ["]);
    check("a /* b", Sqlite, &[]);
}

#[test]
fn bodies_must_end() {
    check("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1;", Sqlite, &["unfinished-body BEGIN"]);
    check("CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE 1 END;", Postgres, &["unfinished-body BEGIN"]);
    check("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2", Postgres, &["unfinished-body ("]);
    check("CREATE PROCEDURE p() BEGIN IF 1 THEN SELECT 1; END;", Mysql, &["unfinished-body BEGIN"]);
    check("CREATE PROCEDURE p() IF 1 THEN SELECT 1;", Mysql, &["unfinished-body IF"]);
    check("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END", Sqlite, &[]);
}

#[test]
fn transactions_are_not_for_statements() {
    let words = |sql, dialect| -> Vec<String> {
        let found = problems(sql, dialect, true);
        assert_eq!(problems(sql, dialect, false), []);
        found.iter().map(|found| sql[found.start..found.end].to_owned()).collect()
    };
    let common = "BEGIN; COMMIT; ROLLBACK; ROLLBACK TO a; ROLLBACK TO SAVEPOINT a; SAVEPOINT a;";
    for dialect in Dialect::ALL {
        assert_eq!(words(common, dialect), ["BEGIN", "COMMIT", "ROLLBACK"]);
    }
    let postgres = "BEGIN WORK; START TRANSACTION READ ONLY; END; ABORT; COMMIT PREPARED 'a'; ROLLBACK PREPARED 'a'; \
                    PREPARE TRANSACTION 'a'; PREPARE transaction AS SELECT 1; ROLLBACK WORK TO a; RELEASE a; DO $$BEGIN END$$";
    assert_eq!(
        words(postgres, Postgres),
        [
            "BEGIN",
            "START TRANSACTION",
            "END",
            "ABORT",
            "COMMIT PREPARED",
            "ROLLBACK PREPARED",
            "PREPARE TRANSACTION"
        ]
    );
    let sqlite = "BEGIN IMMEDIATE; END TRANSACTION; ROLLBACK TRANSACTION a TO b; RELEASE a; \
                  CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END";
    assert_eq!(words(sqlite, Sqlite), ["BEGIN", "END"]);
    let mysql = "begin work; start transaction; START REPLICA; BEGIN NOT ATOMIC COMMIT; END; \
                 CREATE PROCEDURE p() BEGIN START TRANSACTION; COMMIT; END";
    assert_eq!(words(mysql, Mysql), ["begin", "start transaction"]);
}

#[test]
fn characters_that_nobody_sees_are_found_outside_of_quotes() {
    for dialect in Dialect::ALL {
        check("SELECT\u{A0}1", dialect, &["invisible-character \\u{a0}"]);
        check("a\u{200B}b", dialect, &["invisible-character \\u{200b}"]);
        check("a \u{202E}b", dialect, &["invisible-character \\u{202e}"]);
        check("a \u{1}", dialect, &["invisible-character \\u{1}"]);
        check("a\u{FEFF}", dialect, &["invisible-character \\u{feff}"]);
        check("'\u{A0}' \"\u{200B}\" /* \u{202E} */ -- \u{FEFF}\n größe 表", dialect, &[]);
        check("می\u{200C}خواهم", dialect, &[]);
    }
    check(";\u{FEFF}a", Sqlite, &[]);
}

#[test]
fn a_carriage_return_in_a_comment_is_found_where_it_matters() {
    for dialect in Dialect::ALL {
        check("-- a\rDROP TABLE b\n", dialect, &["lone-carriage-return \\r"]);
        check("-- a\r-- b\r c", dialect, &["lone-carriage-return \\r"]);
        check("-- a\r\n-- b\r \nc\rd", dialect, &[]);
        check("-- a\r-- b\r--c\n", dialect, &[]);
        check("'-- a\rb'", dialect, &[]);
    }
}

#[test]
fn commands_of_a_client_are_not_sql() {
    check("COPY a (b) FROM stdin;\nit's\n\\.\n", Postgres, &["client-command COPY a (b) FROM stdin"]);
    check("COPY a FROM PROGRAM 'b'; COPY a TO STDOUT; COPY a FROM '/x'", Postgres, &[]);
    check("a 'b';\\connect it's\n", Postgres, &["client-command \\connect"]);
    check("SELECT E'\\\\connect'", Postgres, &[]);
    check("SELECT 1;\n.mode csv\n", Sqlite, &["client-command .mode"]);
    check("SELECT a .b, .5", Sqlite, &[]);
}

#[test]
fn what_is_wrong_is_reported_in_order() {
    check(
        "COMMIT; a\u{A0}; 'b",
        Postgres,
        &["transaction-control COMMIT", "invisible-character \\u{a0}", "unterminated-string '"],
    );
}

#[test]
fn many_problems_take_no_longer_than_their_text() {
    // Were each command read up to the next blank, this would be 30 GB of text.
    let text = "\\".repeat(250_000);
    check(&text, Postgres, &["client-command \\"]);
}
