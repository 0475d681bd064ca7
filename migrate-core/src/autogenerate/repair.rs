//! A revision that takes back what was done to a database by hand.
//!
//! Every database runs it, also those that are as their revisions make them. So each statement has to do nothing there: it says
//! `IF EXISTS` or `IF NOT EXISTS`, or makes what is there already.

use crate::dialect::Dialect;
use crate::interpret::Interpreter;
use crate::render::{Script, Statement};
use crate::replay::{is_certain, pieces_of, run};
use crate::schema::Schema;

use super::{Unreached, replayed};

/// Which statements a server takes with `IF EXISTS` or `IF NOT EXISTS`, of those that its kind of database knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conditions {
    /// All of them.
    All,
    /// Those that make a table, and those that drop a table, a view or a trigger. MySQL has no more; MariaDB has all.
    Mysql,
}

/// The statements that make a database like `history`, so that they do nothing where it is like that already; `script` makes it so
/// without regard to others.
///
/// # Errors
///
/// - A statement cannot be said so.
pub fn repair(
    database: &Schema,
    history: &Schema,
    script: &Script,
    conditions: Conditions,
) -> Result<Script, Box<Unreached>> {
    let refuse =
        |refused: Vec<String>| Box::new(Unreached { differences: vec![], refused, script: script.clone() });
    let mut repair = Script { statements: vec![], ..script.clone() };
    for Statement { sql, notes } in &script.statements {
        let conditional = conditional(sql, history.dialect());
        let is_taken = conditional.as_ref().is_none_or(|sql| takes(conditions, sql));
        let forms = [Some(sql.clone()), conditional.filter(|_| is_taken)];
        let mut refused = Vec::new();
        let taken = forms.into_iter().flatten().find(|sql| match effect(history, script, sql) {
            Ok(()) => true,
            Err(why) => {
                refused.push(why);
                false
            }
        });
        let Some(taken) = taken else {
            refused.truncate(1);
            if !is_taken {
                refused
                    .push("MySQL, unlike MariaDB, takes that statement only without a condition".to_owned());
            }
            return Err(refuse(refused));
        };
        repair.statements.push(Statement { sql: taken, notes: notes.clone() });
    }
    let (reached, repair) = replayed(database, repair)?;
    let differences = reached.differences(history);
    match differences.is_empty() {
        true => Ok(repair),
        false => Err(Box::new(Unreached { differences, refused: vec![], script: repair })),
    }
}

/// Whether a statement does nothing to a schema.
fn effect(history: &Schema, script: &Script, sql: &str) -> Result<(), String> {
    let mut interpreter = Interpreter::on(history.clone()).in_transaction(script.transactional);
    let findings = run(&mut interpreter, &pieces_of(sql, history.dialect()));
    if let Some((_, finding)) = findings.into_iter().find(|(_, finding)| is_certain(finding)) {
        return Err(finding.message);
    }
    let after = interpreter.into_schema();
    let undecided = history.undecided(&after);
    match history.differences(&after).first() {
        Some(difference) => Err(format!("where nothing was done by hand, {difference}")),
        None if !undecided.is_empty() => Err(format!("nobody knows what `{sql}` does elsewhere")),
        None => Ok(()),
    }
}

/// Whether a server takes a statement that has a condition.
fn takes(conditions: Conditions, sql: &str) -> bool {
    let of_mysql = ["CREATE TABLE ", "DROP TABLE ", "DROP VIEW ", "DROP TRIGGER "];
    conditions == Conditions::All || of_mysql.iter().any(|begin| sql.starts_with(begin))
}

/// The statement for a database where it may be done already.
fn conditional(sql: &str, dialect: Dialect) -> Option<String> {
    let begins =
        |with: &str, condition: &str| sql.strip_prefix(with).map(|rest| format!("{with}{condition}{rest}"));
    for object in ["TABLE", "INDEX", "UNIQUE INDEX", "VIEW", "SEQUENCE", "TRIGGER"] {
        // PostgreSQL has no such form of views; a table may be there and be another one.
        if matches!(object, "TABLE" | "INDEX" | "UNIQUE INDEX")
            && let Some(made) = begins(&format!("CREATE {object} "), "IF NOT EXISTS ")
        {
            return Some(made);
        }
        if let Some(dropped) = begins(&format!("DROP {object} "), "IF EXISTS ") {
            return Some(dropped);
        }
    }
    if !sql.starts_with("ALTER TABLE ") || dialect == Dialect::Sqlite {
        return None;
    }
    let actions = [
        (" ADD COLUMN ", "IF NOT EXISTS "),
        (" DROP COLUMN ", "IF EXISTS "),
        (" DROP CONSTRAINT ", "IF EXISTS "),
        (" DROP FOREIGN KEY ", "IF EXISTS "),
    ];
    let flat: String = sql.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
    actions.into_iter().find_map(|(action, condition)| {
        let at = flat.find(action)? + action.len();
        Some(format!("{}{condition}{}", &sql[..at], &sql[at..]))
    })
}
