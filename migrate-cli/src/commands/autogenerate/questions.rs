//! What only a person can know.

use std::collections::BTreeSet;

use migrate_core::autogenerate::Rename;

use super::Done;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};

/// Asks of each thing that looks as if it had another name whether it has, once. The renames that are so, each with the place of
/// its database.
pub(super) fn rename(
    context: &Context,
    done: &[Done<'_>],
    asked: &mut BTreeSet<String>,
) -> Vec<(usize, Rename)> {
    let mut answers: Vec<(usize, Rename)> = Vec::new();
    for Done { draft, .. } in done {
        for candidate in &draft.candidates {
            let text = candidate.rename.to_string();
            // What has got its name already, or has given it to another, is no question any more.
            let is_answered = answers.iter().any(|(_, rename)| {
                rename.table == candidate.rename.table
                    && (rename.column == candidate.rename.column || rename.to == candidate.rename.to)
            });
            if is_answered || !asked.insert(text) {
                continue;
            }
            let (what, old) = match &candidate.rename.column {
                Some(column) => ("column", format!("{}.{column}", candidate.rename.table)),
                None => ("table", candidate.rename.table.to_string()),
            };
            let question =
                format!("Is the {what} {old} renamed to {}? ({})", candidate.rename.to, candidate.because);
            if context.shell.ask(question) == Some(true) {
                for (place, done) in done.iter().enumerate() {
                    if done.draft.candidates.iter().any(|other| other.rename == candidate.rename) {
                        answers.push((place, candidate.rename.clone()));
                    }
                }
            }
        }
        if !answers.is_empty() {
            break;
        }
    }
    answers
}

/// Asks whether what loses data is meant; where nobody can be asked, the answer is no.
///
/// # Errors
///
/// - It is not meant.
pub(super) fn losses(context: &Context, done: &[Done<'_>], can_ask: bool) -> Result {
    let mut lost: Vec<&str> = Vec::new();
    for words in done.iter().flat_map(|done| &done.draft.lost) {
        if !lost.contains(&words.as_str()) {
            lost.push(words);
        }
    }
    if lost.is_empty() {
        return Ok(());
    }
    if can_ask && context.shell.ask(format!("This loses {}. Write it?", lost.join(", "))) == Some(true) {
        return Ok(());
    }
    let failure =
        Failure::new(Exit::Refused, "loses-data", "the revision would lose data; nothing was written");
    let failure = lost.into_iter().fold(failure, |failure, words| failure.note(words));
    Err(failure.help("`--allow-destructive` writes it, `--sql` shows it"))
}
