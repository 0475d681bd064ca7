//! One revision on the schema that it finds: whether its upgrade goes, and its downgrade leads back.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::ddl::Extent;
use crate::interpret::{Finding, Interpreter, Proof};
use crate::replay::{self, Effect, Piece};
use crate::revision::Direction;
use crate::schema::{Difference, ObjectBody, Schema};

/// Something wrong with a revision, whichever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) direction: Direction,
    /// Where in the section's text; `None` for the section as a whole.
    pub(super) at: Option<Range<usize>>,
    pub(super) finding: Finding,
}

impl Found {
    fn new(direction: Direction, piece: &Piece<'_>, finding: Finding) -> Self {
        let at = piece.start + finding.at.start as usize..piece.start + finding.at.end as usize;
        Self { direction, at: Some(at), finding }
    }

    fn is_certain(&self) -> bool {
        self.finding.proof == Proof::Certain
    }
}

/// The schema after an upgrade that begins where the interpreter is. Without statements for the database it stays as it is.
pub(super) fn upgraded(
    pieces: Option<&[Piece<'_>]>,
    mut interpreter: Interpreter,
    wrong: &mut Vec<Found>,
) -> Schema {
    let Some(pieces) = pieces else { return interpreter.into_schema() };
    for (place, finding) in replay::run(&mut interpreter, pieces) {
        wrong.push(Found::new(Direction::Upgrade, &pieces[place], finding));
    }
    interpreter.into_schema()
}

/// Proves the downgrade of a revision whose upgrade led from a schema to where the interpreter is, and found this wrong.
pub(super) fn downgraded(
    pieces: Option<&[Piece<'_>]>,
    before: &Schema,
    mut interpreter: Interpreter,
    wrong: &mut Vec<Found>,
) {
    let Some(pieces) = pieces else { return };
    if wrong.iter().any(Found::is_certain) {
        // No database will ever be where it begins, so it is only read.
        for piece in pieces {
            if let Effect::Wrong(finding) = &piece.effect {
                wrong.push(Found::new(Direction::Downgrade, piece, finding.clone()));
            }
        }
        return;
    }
    let n_wrong = wrong.len();
    for (place, finding) in replay::run(&mut interpreter, pieces) {
        wrong.push(Found::new(Direction::Downgrade, &pieces[place], finding));
    }
    if wrong[n_wrong..].iter().any(Found::is_certain) {
        return;
    }
    let restored = interpreter.schema();
    let differences = before.differences(restored);
    if differences.is_empty() {
        return;
    }
    let left = values_left(before, restored);
    let finding = if !left.is_empty() && differences.iter().all(|it| left.contains_key(&it.object)) {
        values_stay(&left)
    } else if pieces.is_empty() {
        let message = "the downgrade is empty, and the upgrade changes the schema".to_owned();
        let mut finding = Finding::new("downgrade-empty", Extent::default(), message);
        finding.notes.push(listed("what it leaves", &differences));
        finding.helps.push("write what undoes it, or `-- migrate:irreversible <reason>`".to_owned());
        finding
    } else {
        let message = "the downgrade does not restore the schema that the upgrade found".to_owned();
        let mut finding = Finding::new("downgrade-differs", Extent::default(), message);
        if differences.iter().all(|difference| difference.is_text_only) {
            finding.proof = Proof::Likely;
        }
        finding.notes.push(listed("after the upgrade and the downgrade", &differences));
        finding
    };
    wrong.push(Found { direction: Direction::Downgrade, at: None, finding });
}

/// The differences as one note, the first few.
fn listed(title: &str, differences: &[Difference]) -> String {
    const MOST: usize = 8;
    let mut lines: Vec<String> = differences.iter().take(MOST).map(shown).collect();
    if differences.len() > MOST {
        lines.push(format!("and {} more", differences.len() - MOST));
    }
    match &lines[..] {
        [one] => format!("{title}: {one}"),
        _ => format!("{title}:\n- {}", lines.join("\n- ")),
    }
}

/// A difference in one line. Two long texts side by side show nothing.
fn shown(difference: &Difference) -> String {
    const LONGEST: usize = 80;
    let of = |line: &Option<String>| line.as_ref().map_or(0, |line| line.chars().count());
    let is_long = of(&difference.before).max(of(&difference.after)) > LONGEST;
    if difference.before.is_some()
        && difference.after.is_some()
        && (is_long || difference.before == difference.after)
    {
        let what = match difference.about.as_str() {
            "" | "()" => difference.object.clone(),
            about => format!("{about} of {}", difference.object),
        };
        let in_what = if difference.is_text_only { " in its text" } else { "" };
        return format!("{what} differs{in_what}");
    }
    difference.to_string()
}

/// The enums that have more values than before, and are otherwise the same: by their title in differences, the values.
fn values_left(before: &Schema, restored: &Schema) -> BTreeMap<String, Vec<Arc<str>>> {
    let mut left = BTreeMap::new();
    for id in before.changed(restored) {
        let (Some(old), Some(new)) = (before.get(&id), restored.get(&id)) else { continue };
        let (ObjectBody::Enum(had), ObjectBody::Enum(has)) = (&old.body, &new.body) else { continue };
        let values: Vec<Arc<str>> = has.iter().filter(|value| !had.contains(value)).cloned().collect();
        let is_longer = has.iter().filter(|value| had.contains(value)).eq(had);
        if is_longer && !values.is_empty() && old.comment == new.comment {
            left.insert(format!("enum {}", old.name), values);
        }
    }
    left
}

fn values_stay(left: &BTreeMap<String, Vec<Arc<str>>>) -> Finding {
    let each = left.iter().map(|(title, values)| {
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        format!("{} in {title}", values.join(", "))
    });
    let message = format!("the downgrade leaves {}", each.collect::<Vec<_>>().join("; "));
    let mut finding = Finding::new("enum-values-stay", Extent::default(), message);
    finding.notes.push("a value cannot be removed from an enum; the next upgrade finds it there".to_owned());
    finding.helps.push(
        "make the type anew without the value and move the columns to it, or `-- migrate:irreversible <reason>`"
            .to_owned(),
    );
    finding
}
