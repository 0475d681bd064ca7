//! The little that running a statement has to know about what it says.

use migrate_core::dialect::Dialect;
use migrate_core::sql::significant_tokens;

/// The first tokens of a statement, words in upper case.
pub(crate) fn first_words(sql: &str, dialect: Dialect, most: usize) -> Vec<String> {
    significant_tokens(sql, dialect).take(most).map(str::to_ascii_uppercase).collect()
}

/// Whether a statement opens, ends or marks a transaction by itself.
pub(crate) fn controls_transaction(sql: &str, dialect: Dialect) -> bool {
    let words = first_words(sql, dialect, 2);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" | "ABORT" | "LOCK" | "UNLOCK", ..]
            | ["START", "TRANSACTION"]
    )
}

/// Whether a statement may change settings that outlive it: it says so, or runs code that might.
pub(crate) fn touches_settings(sql: &str, dialect: Dialect) -> bool {
    const FIRST: [&str; 10] =
        ["SET", "RESET", "USE", "PRAGMA", "DISCARD", "DO", "CALL", "EXECUTE", "LOAD", "SELECT"];
    let mut tokens = significant_tokens(sql, dialect).peekable();
    let first = tokens.peek().copied().unwrap_or_default();
    FIRST.iter().any(|word| first.eq_ignore_ascii_case(word))
        // Dumps of MySQL set things in versioned comments.
        || tokens.any(|token| token.starts_with("/*") || token.eq_ignore_ascii_case("set_config"))
}

/// Whether a statement only changes the session, so that it has to be repeated in another one.
pub(crate) fn is_session_only(sql: &str, dialect: Dialect) -> bool {
    let words = first_words(sql, dialect, 2);
    match words.first().map(String::as_str) {
        Some("SET") => {
            !matches!(words.get(1).map(String::as_str), Some("GLOBAL" | "PERSIST" | "PASSWORD" | "ROLE"))
        }
        Some("USE") => true,
        Some("PRAGMA") => words.get(1).is_some_and(|name| name != "JOURNAL_MODE" && name != "USER_VERSION"),
        _ => false,
    }
}

/// Whether a statement can share a transaction with the note that it is done, so that it is never in doubt.
pub(crate) fn can_share_transaction(sql: &str, dialect: Dialect) -> bool {
    let words = first_words(sql, dialect, 2);
    let Some(first) = words.first().map(String::as_str) else { return false };
    match dialect {
        _ if matches!(first, "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "WITH") => true,
        Dialect::Sqlite => matches!(first, "CREATE" | "ALTER" | "DROP" | "REINDEX"),
        // What PostgreSQL refuses in a transaction (error 25001) is short; nothing else is left in doubt.
        Dialect::Postgres => match first {
            "CREATE" | "ALTER" | "DROP" => {
                let object = words.get(1).map(String::as_str);
                !matches!(object, None | Some("DATABASE" | "TABLESPACE" | "SYSTEM" | "SUBSCRIPTION"))
                    && !significant_tokens(sql, dialect)
                        .any(|token| token.eq_ignore_ascii_case("CONCURRENTLY"))
            }
            "GRANT" | "REVOKE" | "COMMENT" | "TRUNCATE" => true,
            _ => false,
        },
        Dialect::Mysql => false,
    }
}

/// Whether what follows may need this statement to be committed: PostgreSQL refuses the use of an enum's value in the
/// transaction that added it, and to alter a table whose deferred checks are still to come.
pub(crate) fn wants_commit(sql: &str, dialect: Dialect) -> bool {
    if dialect != Dialect::Postgres {
        return false;
    }
    let words = first_words(sql, dialect, 2);
    let mut tokens = significant_tokens(sql, dialect);
    if words == ["ALTER", "TYPE"] {
        return tokens.any(|token| token.eq_ignore_ascii_case("ADD"));
    }
    tokens.any(|token| token.eq_ignore_ascii_case("DEFERRABLE") || token.eq_ignore_ascii_case("DEFERRED"))
}

/// Digests of the first 0, 1, 2 ... statements' tokens: they tell whether what is already done is still what the file
/// says.
pub(crate) fn fingerprints(statements: &[&str], dialect: Dialect) -> Vec<String> {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut all = vec![format!("{hash:016x}")];
    for statement in statements {
        for token in significant_tokens(statement, dialect) {
            let length = (token.len() as u64).to_le_bytes();
            for byte in length.iter().chain(token.as_bytes()) {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        // The end of a statement, as a token of a length that none has.
        hash = (hash ^ 0xff).wrapping_mul(0x0100_0000_01b3);
        all.push(format!("{hash:016x}"));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgres_runs_in_a_transaction_shares_it_with_its_note() {
        let check = |sql: &str, expected: bool| {
            assert_eq!(can_share_transaction(sql, Dialect::Postgres), expected, "{sql}");
        };
        check("CREATE TYPE state AS ENUM ('on', 'off')", true);
        check("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$", true);
        check("COMMENT ON TABLE t IS 'x'", true);
        check("WITH new AS (SELECT 1 AS n) INSERT INTO t SELECT n FROM new", true);
        check("create index concurrently i on t (n)", false);
        check("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", false);
        check("CREATE DATABASE d", false);
        check("ALTER SYSTEM SET work_mem = '1MB'", false);
        check("VACUUM t", false);
        check("CALL p()", false);
    }

    #[test]
    fn settings_are_looked_at_only_where_a_statement_may_change_them() {
        let check = |sql: &str, expected: bool| {
            assert_eq!(touches_settings(sql, Dialect::Postgres), expected, "{sql}");
        };
        check("SET search_path TO ''", true);
        check("select pg_catalog.set_config('search_path', '', false)", true);
        check("INSERT INTO t SELECT set_config('a.b', 'c', false)", true);
        check("DO $$ BEGIN PERFORM set_up(); END $$", true);
        check("UPDATE users SET name = 'x'", false);
        check("ALTER TABLE users ALTER COLUMN name SET NOT NULL", false);
        check("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = '' AS $$ SELECT 1 $$", false);
        assert!(touches_settings("/*!40101 SET NAMES utf8 */", Dialect::Mysql));
    }
}
