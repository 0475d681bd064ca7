//! How psql, mysql and sqlite3 read a statement before a server sees it.
//!
//! Each of them looks for commands and variables of its own and for the statement's end, by rules that are nearly the
//! database's. Where the two differ, the text is written such that they agree, or refused.

use std::borrow::Cow;

use migrate_core::dialect::Dialect;
use migrate_core::sql::{Token, TokenKind, tokens};

/// A client would not pass the statement on as it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misread {
    /// The byte of the statement.
    pub(super) at: usize,
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// Whether the dialect's client passes on what [`text`] makes of the statement.
pub(super) fn misread(sql: &str, dialect: Dialect) -> Option<Misread> {
    match dialect {
        Dialect::Postgres => psql(sql),
        Dialect::Mysql => mysql(sql),
        Dialect::Sqlite => sqlite3(sql),
    }
}

/// The statement as the dialect's client has to get it, with what ends it.
pub(super) fn text(sql: &str, dialect: Dialect) -> Cow<'_, str> {
    match dialect {
        Dialect::Postgres => without_variables(sql),
        Dialect::Mysql => match delimiter(sql) {
            Some(delimiter) => format!("DELIMITER {delimiter}\n{sql}\n{delimiter}\nDELIMITER ;").into(),
            None => format!("{sql};").into(),
        },
        Dialect::Sqlite => format!("{sql};").into(),
    }
}

/// psql puts the value of its variable in the place of `:name`, `:'name'` and `:"name"`, as in the slice `a[1:n]`. A
/// blank behind the colon means nothing to the server and ends that.
fn without_variables(sql: &str) -> Cow<'_, str> {
    let colons = tokens(sql, Dialect::Postgres)
        .filter(|token| token.kind == TokenKind::Punctuation && token.text(sql) == ":")
        .map(|token| token.end);
    let (mut written, mut done) = (String::new(), 0);
    for end in colons {
        written.push_str(&sql[done..end]);
        written.push(' ');
        done = end;
    }
    written.push_str(&sql[done..]);
    written.push(';');
    written.into()
}

/// psql counts parentheses, and in a function the words that open and close blocks, to know which `;` is the last.
fn psql(sql: &str) -> Option<Misread> {
    let (mut parentheses, mut blocks) = (0_usize, 0_usize);
    let (mut n_words, mut creates) = (0, String::new());
    for token in tokens(sql, Dialect::Postgres) {
        let text = token.text(sql);
        match (token.kind, text) {
            (TokenKind::Punctuation, "(") => parentheses += 1,
            (TokenKind::Punctuation, ")") => parentheses = parentheses.saturating_sub(1),
            (TokenKind::Punctuation, text) if text.contains('\\') => {
                return Some(Misread {
                    at: token.start,
                    message: "psql takes a `\\` outside of quotes for one of its commands".to_owned(),
                    help: "run it online",
                });
            }
            (TokenKind::Semicolon, _) if parentheses == 0 && blocks == 0 => return Some(cut(token, "psql")),
            (TokenKind::Word, text) => {
                let is = |word: &str| text.eq_ignore_ascii_case(word);
                if n_words < 4 && ["create", "or", "replace", "function", "procedure"].into_iter().any(is) {
                    creates.push(text.as_bytes()[0].to_ascii_lowercase().into());
                } else if n_words < 4 {
                    creates.push(' ');
                }
                n_words += 1;
                let in_function = ["cf", "cp", "corf", "corp"].iter().any(|start| creates.starts_with(start));
                if in_function && parentheses == 0 {
                    match () {
                        () if is("begin") => blocks += 1,
                        () if is("case") && blocks > 0 => blocks += 1,
                        () if is("end") => blocks = blocks.saturating_sub(1),
                        () => {}
                    }
                }
            }
            _ => {}
        }
    }
    (parentheses > 0 || blocks > 0).then(|| Misread {
        at: 0,
        message: "psql would not see where this statement ends".to_owned(),
        help: "close every parenthesis, and quote names such as `begin` and `case`",
    })
}

fn cut(semicolon: Token, client: &str) -> Misread {
    Misread {
        at: semicolon.start,
        message: format!("{client} would end the statement at this `;`"),
        help: "run it online",
    }
}

/// What the mysql client does itself where a statement begins so. It reads a `DELIMITER` line as well, but that is no
/// part of a statement.
const MYSQL_COMMANDS: [&str; 23] = [
    "CHARSET",
    "CLEAR",
    "CONNECT",
    "EDIT",
    "EGO",
    "EXIT",
    "GO",
    "HELP",
    "NOPAGER",
    "NOTEE",
    "NOWARNING",
    "PAGER",
    "PRINT",
    "PROMPT",
    "QUERY_ATTRIBUTES",
    "QUIT",
    "REHASH",
    "RESETCONNECTION",
    "SOURCE",
    "STATUS",
    "SYSTEM",
    "TEE",
    "WARNINGS",
];

fn mysql(sql: &str) -> Option<Misread> {
    let mut words = tokens(sql, Dialect::Mysql).filter(|token| token.kind == TokenKind::Word);
    if let Some(first) = words.next().filter(|first| is_first(sql, *first)) {
        let word = first.text(sql).to_ascii_uppercase();
        if word == "USE" {
            return Some(Misread {
                at: first.start,
                message: "a script cannot go back to its own database after `USE`".to_owned(),
                help: "name the other database where it is meant: `other.table`",
            });
        }
        if MYSQL_COMMANDS.contains(&word.as_str()) {
            return Some(Misread {
                at: first.start,
                message: format!("the mysql client takes `{word}` for one of its commands"),
                help: "run it online",
            });
        }
    }
    for token in tokens(sql, Dialect::Mysql) {
        let text = token.text(sql);
        // `\N` is NULL, to the client as well.
        if token.kind == TokenKind::Punctuation && text == "\\" && !sql[token.end..].starts_with('N') {
            return Some(Misread {
                at: token.start,
                message: "the mysql client takes a `\\` outside of quotes for one of its commands".to_owned(),
                help: "run it online",
            });
        }
        if let Some(misread) = carriage_return(token, text, "the mysql client") {
            return Some(misread);
        }
    }
    None
}

/// Whether nothing that a server reads stands before the token.
fn is_first(sql: &str, first: Token) -> bool {
    tokens(sql, Dialect::Mysql)
        .take_while(|token| token.start < first.start)
        .all(|token| token.kind.is_blank() || token.kind == TokenKind::VersionedOpen)
}

/// mysql and sqlite3 read a `\r\n` as a `\n`, which is the same between tokens and another text in quotes.
fn carriage_return(token: Token, text: &str, client: &str) -> Option<Misread> {
    let quoted = matches!(token.kind, TokenKind::String | TokenKind::QuotedIdentifier);
    let at = text.find("\r\n").filter(|_| quoted)?;
    Some(Misread {
        at: token.start + at,
        message: format!("{client} would change this line end in quotes, `\\r\\n`, to `\\n`"),
        help: "save the file with `\\n` line endings",
    })
}

/// What ends the statement in the place of `;`, if it holds one: the client does not know of bodies.
fn delimiter(sql: &str) -> Option<String> {
    tokens(sql, Dialect::Mysql).find(|token| token.kind == TokenKind::Semicolon)?;
    let candidates = ["$$", "//", ";;"].into_iter().map(str::to_owned);
    candidates
        .chain((0_u32..).map(|n| format!("$${n}$$")))
        .find(|delimiter| !sql.contains(delimiter.as_str()))
}

/// The shell ends a statement at a line that has nothing but `/` or `go`, as other databases' clients do.
fn sqlite3(sql: &str) -> Option<Misread> {
    // The line's only token so far, and whether the line began inside of one.
    let (mut only, mut n_tokens, mut began_inside) = (None, 0, false);
    let ends = |only: Option<Token>, n_tokens: usize, began_inside: bool| {
        let token = only.filter(|_| n_tokens == 1 && !began_inside)?;
        let text: &str = token.text(sql);
        (text == "/" || text.eq_ignore_ascii_case("go")).then(|| Misread {
            at: token.start,
            message: format!("sqlite3 would end the statement at this line: it holds nothing but `{text}`"),
            help: "join it with the line before",
        })
    };
    for token in tokens(sql, Dialect::Sqlite) {
        let text = token.text(sql);
        if let Some(misread) = carriage_return(token, text, "sqlite3") {
            return Some(misread);
        }
        let blank = token.kind.is_blank();
        if !blank {
            only = Some(token);
            n_tokens += 1;
        }
        if text.contains('\n') {
            if let Some(misread) = ends(only, n_tokens, began_inside) {
                return Some(misread);
            }
            (only, n_tokens, began_inside) = (None, 0, token.kind != TokenKind::Whitespace);
        }
    }
    ends(only, n_tokens, began_inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: Dialect, sql: &str, expected: &str) {
        let found = match misread(sql, dialect) {
            Some(misread) => format!("{}: {}", misread.at, misread.message),
            None => text(sql, dialect).into_owned(),
        };
        assert_eq!(found, expected, "{dialect}: {sql}");
    }

    #[test]
    fn psql_finds_no_variables_and_every_end() {
        let check = |sql: &str, expected: &str| check(Dialect::Postgres, sql, expected);
        check("SELECT a[1:n], b::text, ':x', $$:x$$ -- :x", "SELECT a[1: n], b::text, ':x', $$:x$$ -- :x;");
        check("SELECT a[1:\"n\"]", "SELECT a[1: \"n\"];");
        check("SELECT '\\q\n\\q', $$\n\\q$$, E'\\'\\q'", "SELECT '\\q\n\\q', $$\n\\q$$, E'\\'\\q';");
        check("SELECT 1 \\q", "9: psql takes a `\\` outside of quotes for one of its commands");
        check(
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
            "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);",
        );
        let atomic =
            "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END";
        check(atomic, &format!("{atomic};"));
        check(
            "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS ''",
            "0: psql would not see where this statement ends",
        );
        check(
            "CREATE FUNCTION \"begin\"() RETURNS int LANGUAGE sql AS ''",
            "CREATE FUNCTION \"begin\"() RETURNS int LANGUAGE sql AS '';",
        );
        check("CREATE TABLE t (\"begin\" int)", "CREATE TABLE t (\"begin\" int);");
    }

    #[test]
    fn mysql_gets_bodies_whole_and_no_commands() {
        let check = |sql: &str, expected: &str| check(Dialect::Mysql, sql, expected);
        check(
            "INSERT INTO t VALUES ('a\ndelimiter //\n\\\\q;')",
            "INSERT INTO t VALUES ('a\ndelimiter //\n\\\\q;');",
        );
        check(
            "CREATE TRIGGER t BEGIN SELECT '$$'; END",
            "DELIMITER //\nCREATE TRIGGER t BEGIN SELECT '$$'; END\n//\nDELIMITER ;",
        );
        check("SELECT 1 -- a; b\n+ 1", "SELECT 1 -- a; b\n+ 1;");
        check("SELECT \\N", "SELECT \\N;");
        check("SELECT 1 \\G", "9: the mysql client takes a `\\` outside of quotes for one of its commands");
        check("USE shop", "0: a script cannot go back to its own database after `USE`");
        check("/*!40101 USE shop */", "9: a script cannot go back to its own database after `USE`");
        check("INSERT INTO `use` VALUES (1)", "INSERT INTO `use` VALUES (1);");
        check("help\n'x'", "0: the mysql client takes `HELP` for one of its commands");
        check("SELECT\r\n1", "SELECT\r\n1;");
        check(
            "SELECT 'a\r\nb'",
            "9: the mysql client would change this line end in quotes, `\\r\\n`, to `\\n`",
        );
    }

    #[test]
    fn sqlite3_ends_no_statement_early() {
        let check = |sql: &str, expected: &str| check(Dialect::Sqlite, sql, expected);
        check("INSERT INTO t VALUES ('\n.quit\ngo\n/\n')", "INSERT INTO t VALUES ('\n.quit\ngo\n/\n');");
        check("SELECT 4\n/ 2", "SELECT 4\n/ 2;");
        check(
            "SELECT 4\n / -- two\n2",
            "10: sqlite3 would end the statement at this line: it holds nothing but `/`",
        );
        check("SELECT 4\nGo", "9: sqlite3 would end the statement at this line: it holds nothing but `Go`");
        check("SELECT 'a\n' /\n2", "SELECT 'a\n' /\n2;");
        check("SELECT 'a\r\nb'", "9: sqlite3 would change this line end in quotes, `\\r\\n`, to `\\n`");
    }
}
