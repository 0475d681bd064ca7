//! What begins, marks and ends a transaction, which all three databases write alike.

use crate::ddl::Transaction;
use crate::dialect::Dialect;
use crate::sql::significant_tokens;

/// What a statement does that is about a transaction.
pub(super) fn transaction(text: &str, dialect: Dialect) -> Transaction {
    let words: Vec<String> = significant_tokens(text, dialect).map(str::to_ascii_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != ";").collect();
    let name = || words.last().map_or("", |word| word.trim_matches(['"', '`', '[', ']', '\''])).into();
    match words.as_slice() {
        ["savepoint", _] => Transaction::Savepoint(name()),
        ["release", ..] => Transaction::Release(name()),
        [.., "to", _] | [.., "to", "savepoint", _] if words[0] == "rollback" => {
            Transaction::RollbackTo(name())
        }
        [_, "prepared", ..] | ["prepare", ..] | ["set", ..] | ["xa", ..] => Transaction::Other,
        ["rollback" | "abort", ..] => Transaction::Rollback,
        ["commit" | "end", ..] => Transaction::Commit,
        ["begin" | "start", ..] => Transaction::Begin,
        _ => Transaction::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_transactions() {
        let check = |text: &str, expected: Transaction| {
            assert_eq!(transaction(text, Dialect::Sqlite), expected, "{text}");
        };
        check("BEGIN IMMEDIATE TRANSACTION", Transaction::Begin);
        check("START TRANSACTION;", Transaction::Begin);
        check("END", Transaction::Commit);
        check("ROLLBACK TRANSACTION", Transaction::Rollback);
        check("SAVEPOINT \"One\"", Transaction::Savepoint("one".into()));
        check("ROLLBACK TRANSACTION TO SAVEPOINT one", Transaction::RollbackTo("one".into()));
        check("ROLLBACK TO one", Transaction::RollbackTo("one".into()));
        check("RELEASE one", Transaction::Release("one".into()));
        check("RELEASE SAVEPOINT one", Transaction::Release("one".into()));
        check("ROLLBACK PREPARED 'x'", Transaction::Other);
    }
}
