//! The sections of a revision that lead from the schema that is to the schema that is wanted.
//!
//! ```text
//! before -> renames -> diff -> render -> upgrade      downgrade <- render <- diff <- the way back
//!                                  \-- replayed on `before`: does it lead to what is wanted? --/
//! ```
//!
//! What is generated is replayed like any other revision before anybody sees it: what cannot be written in full is told, not
//! written in part.

mod aligned;
mod candidate;
pub mod live;
mod loss;
mod numbers;
mod rename;
mod repair;
mod summary;
mod wording;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::change::Operation;
use crate::diff::{diff, diff_back};
use crate::interpret::Interpreter;
use crate::render::{Script, render, render_naming, render_with};
use crate::replay::{is_certain, pieces_of, run};
use crate::schema::{Difference, Schema, Undecided};

pub use aligned::aligned;
pub use candidate::{Candidate, candidates};
pub use rename::{BadRename, Rename, resolve};
pub use repair::{Conditions, repair};
pub use summary::{Action, Item, summary};
pub use wording::as_written;

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

/// What can be generated, and what cannot.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What leads there, with a comment where it loses data.
    pub upgrade: Script,
    /// What leads back, with a comment where something does not come back.
    pub downgrade: Script,
    /// What is done, object by object.
    pub items: Vec<Item>,
    /// What is gone after the upgrade, in words.
    pub lost: Vec<String>,
    /// Why the upgrade does not lead there in full.
    pub unreached: Option<Box<Unreached>>,
    /// Why the downgrade does not lead back in full.
    pub unreturned: Option<Box<Unreached>>,
    /// What looks as if it had another name.
    pub candidates: Vec<Candidate>,
    /// What is left as it is, because nobody knows whether it differs.
    pub undecided: Undecided,
}

impl Draft {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.unreached.is_none()
    }
}

/// What makes `before` like `wanted`, and the way back; no statements where there is nothing to do.
///
/// # Errors
///
/// - The statements do not lead there, or not back: something differs that cannot be changed by them.
pub fn generate(before: &Schema, wanted: &Schema, renames: &[Rename]) -> Result<Generated, Box<Unreached>> {
    let (renamed, names) = renamed(before, renames)?;
    let wanted = aligned(&renamed, wanted);
    let way = way(before, &renamed, names, &wanted, &[])?;
    match way.unreached.or(way.unreturned) {
        Some(unreached) => Err(unreached),
        None => Ok(Generated {
            upgrade: way.upgrade,
            downgrade: way.downgrade,
            operations: way.operations,
            differences: before.differences(&wanted),
        }),
    }
}

/// What makes `before` like `wanted`, as far as it goes. Where `suggests`, comments say what may be a rename instead.
///
/// # Errors
///
/// - The database would refuse a statement of the upgrade: `wanted` cannot be.
pub fn draft(
    before: &Schema,
    wanted: &Schema,
    renames: &[Rename],
    suggests: bool,
) -> Result<Draft, Box<Unreached>> {
    let (renamed, names) = renamed(before, renames)?;
    let wanted = aligned(&renamed, wanted);
    let items = summary(&names, &renamed, &wanted);
    let undecided = renamed.undecided(&wanted);
    let candidates = candidates(&renamed, &wanted);
    let suggested = if suggests { &candidates[..] } else { &[] };
    let way = way(before, &renamed, names, &wanted, suggested)?;
    Ok(Draft {
        lost: loss::of_all(&way.operations, (&renamed, &wanted)),
        upgrade: way.upgrade,
        downgrade: way.downgrade,
        items,
        unreached: way.unreached,
        unreturned: way.unreturned,
        candidates,
        undecided,
    })
}

/// The schema with other names in it, and the operations that give them.
///
/// # Errors
///
/// - Something of a new name is there already, or nothing of the old one.
pub fn renamed(before: &Schema, renames: &[Rename]) -> Result<(Schema, Vec<Operation>), Box<Unreached>> {
    let names = rename::operations(renames, before);
    let script = render(&names, before, before);
    Ok((replayed(before, script)?.0, names))
}

/// The statements both ways.
struct Way {
    upgrade: Script,
    downgrade: Script,
    operations: Vec<Operation>,
    unreached: Option<Box<Unreached>>,
    unreturned: Option<Box<Unreached>>,
}

fn way(
    before: &Schema,
    renamed: &Schema,
    names: Vec<Operation>,
    wanted: &Schema,
    candidates: &[Candidate],
) -> Result<Way, Box<Unreached>> {
    if names.is_empty() && renamed.differences(wanted).is_empty() {
        let (upgrade, downgrade) = (Script::default(), Script::default());
        return Ok(Way { upgrade, downgrade, operations: vec![], unreached: None, unreturned: None });
    }
    let operations = diff(renamed, wanted);
    let mut upgrade = render(&names, before, before);
    upgrade.append(render_with(&operations, renamed, wanted, |operation| {
        [loss::warning(operation, (renamed, wanted)), candidate::suggestions(operation, candidates)].concat()
    }));
    let (reached, upgrade) = replayed(before, upgrade)?;
    let unreached = missing(&reached, wanted, &upgrade);

    // What was generated is undone, and not more.
    let back = diff_back(&reached, renamed);
    let gone: BTreeSet<String> = loss::of_all(&operations, (renamed, wanted)).into_iter().collect();
    let (late, back): (Vec<_>, Vec<_>) =
        back.into_iter().partition(|operation| !names.is_empty() && rename::is_named_in(operation, renamed));
    let render_back = |keys: &BTreeSet<Arc<str>>| {
        render_naming(keys, &back, &reached, renamed, |operation| {
            loss::regret(operation, (&reached, renamed), &gone)
        })
    };
    let mut downgrade = render_back(&BTreeSet::new());
    if let Ok((returned, _)) = replayed(&reached, downgrade.clone()) {
        let keys = numbers::of_keys(&returned, renamed);
        if !keys.is_empty() {
            downgrade = render_back(&keys);
            let returned = replayed(&reached, downgrade.clone()).map_or(returned, |(returned, _)| returned);
            downgrade.append(render(&numbers::of_indexes(&keys, &returned, renamed), &returned, renamed));
        }
    }
    let names_back: Vec<Operation> = names.iter().rev().cloned().map(Operation::inverse).collect();
    downgrade.append(render(&names_back, renamed, before));
    let late: Vec<Operation> =
        late.into_iter().map(|operation| rename::follow(operation, &names_back, before)).collect();
    downgrade.append(render(&late, renamed, before));
    let (downgrade, unreturned) = match replayed(&reached, downgrade.clone()) {
        Ok((returned, downgrade)) => {
            let unreturned = missing(&returned, before, &downgrade);
            (downgrade, unreturned)
        }
        Err(refused) => (downgrade, Some(refused)),
    };
    let operations = [names, operations].concat();
    Ok(Way { upgrade, downgrade, operations, unreached, unreturned })
}

/// Whether a script that was made for one schema goes on another.
///
/// # Errors
///
/// - The database would refuse a statement there.
pub fn fits(before: &Schema, script: &Script) -> Result<(), Box<Unreached>> {
    replayed(before, script.clone()).map(drop)
}

/// The schema after a script, which gets a comment where the database may refuse it.
fn replayed(before: &Schema, mut script: Script) -> Result<(Schema, Script), Box<Unreached>> {
    let mut interpreter = Interpreter::on(before.clone()).in_transaction(script.transactional);
    if !script.foreign_keys {
        interpreter = interpreter.without_foreign_keys();
    }
    let text = script.text();
    let findings = run(&mut interpreter, &pieces_of(&text, before.dialect()));
    let (refused, doubtful): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|(_, finding)| is_certain(finding));
    if !refused.is_empty() {
        let refused = refused.into_iter().map(|(_, finding)| finding.message).collect();
        return Err(Box::new(Unreached { differences: vec![], refused, script }));
    }
    for (place, finding) in doubtful {
        if let Some(statement) = script.statements.get_mut(place) {
            statement.notes.push(finding.message);
        }
    }
    Ok((interpreter.into_schema(), script))
}

/// In what a schema is not the one that is wanted.
fn missing(reached: &Schema, wanted: &Schema, script: &Script) -> Option<Box<Unreached>> {
    let differences = reached.differences(wanted);
    (!differences.is_empty())
        .then(|| Box::new(Unreached { differences, refused: vec![], script: script.clone() }))
}

#[cfg(all(test, feature = "postgres", feature = "sqlite", feature = "mysql"))]
mod tests;
