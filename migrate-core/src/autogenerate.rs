//! The sections of a revision that lead from the schema that is to the schema that is wanted.
//!
//! ```text
//! before -> renames -> diff -> render -> upgrade      downgrade <- render <- diff <- the way back
//!                                  \-- replayed on `before`: does it lead to what is wanted? --/
//! ```
//!
//! What is generated is replayed like any other revision before anybody sees it: what cannot be written in full is told, not
//! written in part.

use std::sync::Arc;

use crate::change::Operation;
use crate::diff::diff;
use crate::interpret::Interpreter;
use crate::render::{Script, render};
use crate::replay::{pieces_of, run};
use crate::schema::{Difference, ObjectName, Schema};

/// A table or a column that gets another name, because somebody says so: nobody can see it in two schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The table, as it is called before.
    pub table: ObjectName,
    /// The column, where it is one that is renamed.
    pub column: Option<Arc<str>>,
    /// The new name.
    pub to: Arc<str>,
}

/// What was generated.
#[derive(Clone, Debug)]
pub struct Generated {
    /// What leads there.
    pub upgrade: Script,
    /// What leads back.
    pub downgrade: Script,
    /// What is done on the way there, in order.
    pub operations: Vec<Operation>,
    /// In what the schemas differ, for people.
    pub differences: Vec<Difference>,
}

/// What could not be generated.
#[derive(Clone, Debug)]
pub struct Unreached {
    /// In what the schema that the statements lead to differs from the one that is wanted.
    pub differences: Vec<Difference>,
    /// What the database would refuse of the statements.
    pub refused: Vec<String>,
    /// The statements, as far as they go.
    pub script: Script,
}

/// What makes `before` like `wanted`, and the way back; no statements where there is nothing to do.
///
/// # Errors
///
/// - The statements do not lead there, or not back: something differs that cannot be changed by them.
pub fn generate(before: &Schema, wanted: &Schema, renames: &[Rename]) -> Result<Generated, Box<Unreached>> {
    let differences = before.differences(wanted);
    let names: Vec<Operation> = renames.iter().map(Rename::operation).collect();
    let mut upgrade = render(&names, before, before);
    let renamed = replayed(before, &upgrade)?;
    let operations = diff(&renamed, wanted);
    upgrade.append(render(&operations, &renamed, wanted));
    let reached = reach(before, wanted, &upgrade)?;
    let mut downgrade = render(&diff(&reached, &renamed), &reached, &renamed);
    let names_back: Vec<Operation> = names.iter().rev().cloned().map(Operation::inverse).collect();
    downgrade.append(render(&names_back, &renamed, before));
    reach(&reached, before, &downgrade)?;
    let operations = [names, operations].concat();
    Ok(Generated { upgrade, downgrade, operations, differences })
}

impl Rename {
    fn operation(&self) -> Operation {
        match &self.column {
            Some(column) => Operation::RenameColumn {
                table: self.table.clone(),
                from: Arc::clone(column),
                to: Arc::clone(&self.to),
            },
            None => Operation::RenameTable {
                from: self.table.clone(),
                to: ObjectName::new(Arc::clone(&self.table.schema), Arc::clone(&self.to)),
            },
        }
    }
}

/// The schema after a script.
fn replayed(before: &Schema, script: &Script) -> Result<Schema, Box<Unreached>> {
    let mut interpreter = Interpreter::on(before.clone()).in_transaction(script.transactional);
    let text = script.text();
    let findings = run(&mut interpreter, &pieces_of(&text, before.dialect()));
    match findings.is_empty() {
        true => Ok(interpreter.into_schema()),
        false => Err(Box::new(Unreached {
            differences: vec![],
            refused: findings.into_iter().map(|(_, finding)| finding.message).collect(),
            script: script.clone(),
        })),
    }
}

/// The schema after a script, if it is the one that is wanted.
fn reach(before: &Schema, wanted: &Schema, script: &Script) -> Result<Schema, Box<Unreached>> {
    let reached = replayed(before, script)?;
    let differences = reached.differences(wanted);
    match differences.is_empty() {
        true => Ok(reached),
        false => Err(Box::new(Unreached { differences, refused: vec![], script: script.clone() })),
    }
}
