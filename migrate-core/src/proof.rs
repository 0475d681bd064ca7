//! What can be proved about a history with no database: that its statements go, that its downgrades undo, that its branches
//! agree.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::ddl::Extent;
use crate::dialect::Dialect;
use crate::graph::Edges;
use crate::history::History;
use crate::interpret::{Finding, Interpreter, Proof};
use crate::replay::{self, Effect, Piece, Statements};
use crate::revision::Direction;
use crate::schema::{Difference, ObjectBody, Schema};

/// Something wrong with a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The revision.
    pub revision: usize,
    /// In which of its directions.
    pub direction: Direction,
    /// For which database.
    pub dialect: Dialect,
    /// Where in the section's text; `None` for the section as a whole.
    pub at: Option<Range<usize>>,
    /// What it is; its extent is used up in `at`.
    pub finding: Finding,
}

/// What came out of a proof.
#[derive(Clone, Debug, Default)]
pub struct Proved {
    /// What is wrong.
    pub flaws: Vec<Flaw>,
    /// The schemas before and after the revisions that were to be kept.
    pub kept: BTreeMap<usize, (Schema, Schema)>,
}

/// Proves the revisions of a history for one kind of database; what stands below one of `adopted`, or is it, is taken as it is.
pub fn prove(history: &History, dialect: Dialect, adopted: &[usize]) -> Vec<Flaw> {
    prove_keeping(history, &Statements::read(history, dialect), adopted, |_| false).flaws
}

/// The same with statements that were read before, keeping the schemas around some of the revisions.
pub fn prove_keeping(
    history: &History,
    statements: &Statements<'_>,
    adopted: &[usize],
    keep: impl Fn(usize) -> bool,
) -> Proved {
    let graph = history.graph();
    let adopted = graph.ancestors(adopted, Edges::All);
    let dialect = statements.dialect();
    let mut kept = BTreeMap::new();
    let mut prover = Prover { history, statements, dialect, states: vec![None; graph.len()], flaws: vec![] };
    let mut waiting: Vec<usize> = (0..graph.len()).map(|node| graph.needed_by(node).len()).collect();
    for &node in graph.topological() {
        let flaws = prover.flaws.len();
        let before = prover.before(node);
        let after = prover.upgrade(node, before.clone());
        let fails = |flaw: &Flaw| flaw.revision == node && flaw.finding.proof == Proof::Certain;
        if adopted.contains(node) {
            prover.flaws.truncate(flaws);
        } else if prover.flaws[flaws..].iter().any(fails) {
            prover.read_downgrade(node);
        } else {
            prover.downgrade(node, &before, &after);
        }
        if keep(node) {
            kept.insert(node, (before, after.clone()));
        }
        prover.states[node] = Some(after);
        // A state that nothing needs any more is let go of.
        for &need in graph.needs(node) {
            waiting[need] -= 1;
            if waiting[need] == 0 {
                prover.states[need] = None;
            }
        }
    }
    prover.heads();
    prover.flaws.retain(|flaw| !adopted.contains(flaw.revision));
    Proved { flaws: prover.flaws, kept }
}

struct Prover<'h> {
    history: &'h History,
    statements: &'h Statements<'h>,
    dialect: Dialect,
    states: Vec<Option<Schema>>,
    flaws: Vec<Flaw>,
}

impl<'h> Prover<'h> {
    fn pieces(&self, node: usize, direction: Direction) -> Option<&'h [Piece<'h>]> {
        self.statements.get(node, direction)
    }

    /// The schema before a revision: what all that it needs have made.
    fn before(&mut self, node: usize) -> Schema {
        match self.history.graph().needs(node) {
            [] => Schema::new(self.dialect),
            [one] => self.states[*one].clone().unwrap_or_else(|| Schema::new(self.dialect)),
            several => self.together(several),
        }
    }

    /// The schema of a database that has all of these: the first, and on it what the others have more.
    fn together(&mut self, nodes: &[usize]) -> Schema {
        let graph = self.history.graph();
        let Some((&first, rest)) = nodes.split_first() else { return Schema::new(self.dialect) };
        let mut schema = self.states[first].clone().unwrap_or_else(|| Schema::new(self.dialect));
        let has = graph.ancestors(&[first], Edges::All);
        let wanted = graph.ancestors(rest, Edges::All);
        let missing =
            graph.topological().iter().filter(|node| wanted.contains(**node) && !has.contains(**node));
        for &node in missing {
            let Some(pieces) = self.pieces(node, Direction::Upgrade) else { continue };
            let mut interpreter = Interpreter::on(schema);
            for (place, finding) in replay::run(&mut interpreter, pieces) {
                let is_new =
                    finding.proof == Proof::Certain && !self.is_known(node, &pieces[place], &finding);
                if is_new {
                    let other = graph.id(first);
                    let mut finding = finding;
                    finding.notes.push(format!(
                        "that is so where `{other}`, on another branch, has been applied as well"
                    ));
                    finding
                        .helps
                        .push("make the two branches agree, or let one depend on the other".to_owned());
                    finding.code = crate::diagnostic::Code("branches-conflict");
                    self.found(node, Direction::Upgrade, &pieces[place], finding);
                }
            }
            schema = interpreter.into_schema();
        }
        schema
    }

    /// Whether something was found there already.
    fn is_known(&self, node: usize, piece: &Piece<'_>, finding: &Finding) -> bool {
        let at = extent(piece, finding);
        self.flaws.iter().any(|flaw| flaw.revision == node && flaw.at.as_ref() == Some(&at))
    }

    fn found(&mut self, revision: usize, direction: Direction, piece: &Piece<'_>, finding: Finding) {
        let at = Some(extent(piece, &finding));
        self.flaws.push(Flaw { revision, direction, dialect: self.dialect, at, finding });
    }

    fn upgrade(&mut self, node: usize, before: Schema) -> Schema {
        let Some(pieces) = self.pieces(node, Direction::Upgrade) else { return before };
        let mut interpreter = Interpreter::on(before);
        for (place, finding) in replay::run(&mut interpreter, pieces) {
            self.found(node, Direction::Upgrade, &pieces[place], finding);
        }
        interpreter.into_schema()
    }

    /// What is wrong with a downgrade whose upgrade fails: no database will ever be where it begins, so it is only read.
    fn read_downgrade(&mut self, node: usize) {
        for piece in self.pieces(node, Direction::Downgrade).unwrap_or_default() {
            if let Effect::Wrong(finding) = &piece.effect {
                self.found(node, Direction::Downgrade, piece, finding.clone());
            }
        }
    }

    /// Whether the downgrade goes, and leads back.
    fn downgrade(&mut self, node: usize, before: &Schema, after: &Schema) {
        let Some(pieces) = self.pieces(node, Direction::Downgrade) else { return };
        let mut interpreter = Interpreter::on(after.clone());
        let mut fails = false;
        for (place, finding) in replay::run(&mut interpreter, pieces) {
            fails |= finding.proof == Proof::Certain;
            self.found(node, Direction::Downgrade, &pieces[place], finding);
        }
        if fails {
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
        self.flaws.push(Flaw {
            revision: node,
            direction: Direction::Downgrade,
            dialect: self.dialect,
            at: None,
            finding,
        });
    }

    /// Branches that are never merged may still be applied to one database.
    fn heads(&mut self) {
        let heads = self.history.graph().real_heads().to_vec();
        if heads.len() > 1 {
            self.together(&heads);
        }
    }
}

fn extent(piece: &Piece<'_>, finding: &Finding) -> Range<usize> {
    piece.start + finding.at.start as usize..piece.start + finding.at.end as usize
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
    for id in before.objects().unshared(restored.objects()) {
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
