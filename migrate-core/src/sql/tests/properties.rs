use proptest::prelude::*;

use crate::dialect::Dialect;
use crate::sql::{Token, TokenKind, problems, significant_tokens, split, tokens};

/// Texts in which much of what is special stands side by side.
fn texts() -> impl Strategy<Value = String> {
    #[rustfmt::skip]
    let fragments = prop::sample::select(vec![
        "'", "\"", "`", "[", "]", "$", "$$", "$t$", "$1", "E'", "x'", "u&'", "U&\"", "\\", "\\'", "''", ";", ";;", ":", ".", "@", ",",
        "--", "-- ", "#", "/*", "*/", "/*!", "/*!40101 ", "/*M!", "/", "*", "-", "+", "=", "(", ")", " ", "\n", "\r", "\r\n", "\t",
        "\u{A0}", "\u{FEFF}", "\u{200B}", "é", "表", "\u{1}", "1", "1.5e", ".5", "a", "END", " END ", "BEGIN ", "ATOMIC ", "NOT ",
        "CASE ", "WHEN ", "THEN ", "ELSE ", "IF ", "LOOP ", "WHILE ", "DO ", "REPEAT ", "UNTIL ", "FOR ", "CREATE ",
        "CREATE PROCEDURE p() ", "CREATE FUNCTION f() RETURNS INT ", "CREATE TRIGGER t ", "FOR EACH ROW ", "CREATE EVENT e ",
        "DEFINER=", "CREATE RULE ", "TEMP ", "EXPLAIN ", "DECLARE ", "HANDLER FOR ", "COPY ", "FROM STDIN", "ROLLBACK ", "TO ",
        "DELIMITER ", "\nDELIMITER //\n", "\nDELIMITER $$\n", "\nDELIMITER ;\n", "//", "delimiter é\n",
    ]);
    prop_oneof![
        4 => prop::collection::vec(fragments, 0..40).prop_map(|fragments| fragments.concat()),
        1 => any::<String>(),
    ]
}

fn dialects() -> impl Strategy<Value = Dialect> {
    prop::sample::select(Dialect::ALL.to_vec())
}

/// Whether a token may stand between statements.
fn is_gap(token: &Token) -> bool {
    token.kind.is_blank()
        || matches!(
            token.kind,
            // An empty versioned comment is no statement.
            TokenKind::Semicolon
                | TokenKind::Delimiter
                | TokenKind::VersionedOpen
                | TokenKind::VersionedClose
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_are_the_text(sql in texts(), dialect in dialects()) {
        let mut at = 0;
        for token in tokens(&sql, dialect) {
            prop_assert_eq!(token.start, at);
            prop_assert!(token.end > token.start);
            at = token.end;
            prop_assert!(sql.is_char_boundary(at));
        }
        prop_assert_eq!(at, sql.len());
    }

    #[test]
    fn statements_and_gaps_are_the_text(sql in texts(), dialect in dialects()) {
        let tokens: Vec<_> = tokens(&sql, dialect).collect();
        let mut at = 0;
        for statement in split(&sql, dialect) {
            prop_assert!(statement.start >= at && statement.end > statement.start);
            prop_assert!(tokens.iter().filter(|t| t.start >= at && t.end <= statement.start).all(is_gap));
            let inside = || tokens.iter().filter(|t| t.start >= statement.start && t.end <= statement.end);
            prop_assert_eq!(inside().next().map(|t| t.start), Some(statement.start));
            prop_assert_eq!(inside().next_back().map(|t| t.end), Some(statement.end));
            prop_assert!(inside().any(|t| !is_gap(t)));
            at = statement.end;
        }
        prop_assert!(tokens.iter().filter(|t| t.start >= at).all(is_gap));
    }

    #[test]
    fn problems_are_in_the_text_and_in_order(sql in texts(), dialect in dialects(), transactional: bool) {
        let found = problems(&sql, dialect, transactional);
        prop_assert!(found.is_sorted_by_key(|found| found.start));
        for found in found {
            prop_assert!(!sql[found.start..found.end].is_empty());
        }
    }

    #[test]
    fn a_statement_alone_is_one_statement(sql in texts(), dialect in dialects()) {
        // What a `DELIMITER` line said is not known to the statement.
        prop_assume!(tokens(&sql, dialect).all(|t| t.kind != TokenKind::DelimiterLine));
        // To MySQL, two dashes are a comment only at the end of the text.
        for statement in split(&sql, dialect).iter().filter(|statement| !statement.text.ends_with("--")) {
            let alone = split(statement.text, dialect);
            prop_assert_eq!(alone.iter().map(|s| s.text).collect::<Vec<_>>(), [statement.text]);
        }
    }

    #[test]
    fn blanks_between_tokens_do_not_count(sql in texts(), dialect in dialects()) {
        let whole = tokens(&sql, dialect)
            .find(|t| matches!(t.kind, TokenKind::Unterminated(_) | TokenKind::DelimiterLine))
            .map_or(sql.len(), |t| t.start);
        // A line end stays one, because it ends a comment or joins strings.
        let spaced: String = tokens(&sql[..whole], dialect)
            .map(|t| match t.kind {
                TokenKind::Whitespace if t.text(&sql).contains(['\n', '\r']) => " \n\n\t",
                TokenKind::Whitespace => "  \t ",
                _ => t.text(&sql),
            })
            .collect();
        prop_assert_eq!(
            significant_tokens(&sql[..whole], dialect).collect::<Vec<_>>(),
            significant_tokens(&spaced, dialect).collect::<Vec<_>>()
        );
    }
}
