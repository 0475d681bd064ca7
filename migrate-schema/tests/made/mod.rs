//! What the tests of declarations and of printing share.

use migrate_core::dialect::Dialect;
use migrate_core::interpret::{Interpreter, Proof};
use migrate_core::parse::{Parsed, parse};
use migrate_core::schema::Schema;
use migrate_core::sql::split;

/// The schema that statements make, each of which is understood.
pub(crate) fn schema(dialect: Dialect, sql: &str) -> Schema {
    let mut interpreter = Interpreter::new(dialect);
    for statement in split(sql, dialect) {
        let Parsed::Statement(parsed) = parse(statement.text, dialect) else {
            panic!("{}", statement.text);
        };
        let findings = interpreter.run(&parsed, statement.text);
        // Types that extensions bring are only likely to be missing.
        assert!(findings.iter().all(|finding| finding.proof == Proof::Likely), "{findings:?}");
    }
    interpreter.into_schema()
}
