//! What can be proved about a history with no database: that its statements go, that its downgrades undo, that its branches
//! agree.

use std::ops::Range;

use crate::dialect::Dialect;
use crate::graph::Edges;
use crate::history::History;
use crate::interpret::{Finding, Interpreter, Proof};
use crate::replay::{self, Piece, pieces};
use crate::revision::{Direction, Section};
use crate::schema::{Difference, Schema};

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

/// Proves the revisions of a history for one kind of database; what stands below one of `adopted`, or is it, is taken as it is.
pub fn prove(history: &History, dialect: Dialect, adopted: &[usize]) -> Vec<Flaw> {
    let graph = history.graph();
    let adopted = graph.ancestors(adopted, Edges::All);
    let mut prover = Prover { history, dialect, states: vec![None; graph.len()], flaws: vec![] };
    let mut waiting: Vec<usize> = (0..graph.len()).map(|node| graph.needed_by(node).len()).collect();
    for &node in graph.topological() {
        let before = prover.before(node);
        let flaws = prover.flaws.len();
        let after = prover.upgrade(node, before.clone());
        if adopted.contains(node) {
            prover.flaws.truncate(flaws);
        } else {
            prover.downgrade(node, &before, &after);
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
    prover.flaws
}

struct Prover<'h> {
    history: &'h History,
    dialect: Dialect,
    states: Vec<Option<Schema>>,
    flaws: Vec<Flaw>,
}

impl<'h> Prover<'h> {
    fn section(&self, node: usize, direction: Direction) -> Option<&'h Section> {
        self.history.revision(node).section(direction, self.dialect)
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
            let Some(section) = self.section(node, Direction::Upgrade) else { continue };
            let mut interpreter = Interpreter::on(schema);
            let pieces = pieces(section, self.dialect);
            for (place, finding) in replay::run(&mut interpreter, &pieces) {
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
        let Some(section) = self.section(node, Direction::Upgrade) else { return before };
        let mut interpreter = Interpreter::on(before);
        let pieces = pieces(section, self.dialect);
        for (place, finding) in replay::run(&mut interpreter, &pieces) {
            self.found(node, Direction::Upgrade, &pieces[place], finding);
        }
        interpreter.into_schema()
    }

    /// Whether the downgrade goes, and leads back.
    fn downgrade(&mut self, node: usize, before: &Schema, after: &Schema) {
        let Some(section) = self.section(node, Direction::Downgrade) else { return };
        let pieces = pieces(section, self.dialect);
        let whole = |finding| Flaw {
            revision: node,
            direction: Direction::Downgrade,
            dialect: self.dialect,
            at: None,
            finding,
        };
        if pieces.is_empty() {
            let changes = before.differences(after);
            if !changes.is_empty() {
                let message = "the downgrade is empty, and the upgrade changes the schema".to_owned();
                let mut finding = Finding::new("downgrade-empty", Default::default(), message);
                finding.notes.extend(shown(&changes));
                finding.helps.push("write what undoes it, or `-- migrate:irreversible <reason>`".to_owned());
                self.flaws.push(whole(finding));
            }
            return;
        }
        let mut interpreter = Interpreter::on(after.clone());
        let mut fails = false;
        for (place, finding) in replay::run(&mut interpreter, &pieces) {
            fails |= finding.proof == Proof::Certain;
            self.found(node, Direction::Downgrade, &pieces[place], finding);
        }
        if fails {
            return;
        }
        let differences = before.differences(interpreter.schema());
        if differences.is_empty() {
            return;
        }
        let is_text_only = differences.iter().all(|difference| difference.is_text_only);
        let message = "the downgrade does not restore the schema that the upgrade found".to_owned();
        let mut finding = Finding::new("downgrade-differs", Default::default(), message);
        if is_text_only {
            finding.proof = Proof::Likely;
        }
        finding.notes.extend(shown(&differences));
        let whole = Flaw {
            revision: node,
            direction: Direction::Downgrade,
            dialect: self.dialect,
            at: None,
            finding,
        };
        self.flaws.push(whole);
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

/// The differences as notes, the first few.
fn shown(differences: &[Difference]) -> Vec<String> {
    const MOST: usize = 8;
    let mut lines: Vec<String> = differences.iter().take(MOST).map(Difference::to_string).collect();
    if differences.len() > MOST {
        lines.push(format!("and {} more", differences.len() - MOST));
    }
    lines
}
