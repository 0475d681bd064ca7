//! What can be proved about a history with no database: that its statements go, that its downgrades undo, that its branches
//! agree.
//!
//! A revision is proved on the schema that it finds (`revision`), and what came of it is a trace by which it need not be proved
//! again (`trace`). A history is gone through in its order, on schemas that are no more than numbers until one is needed (`state`).

mod revision;
mod state;
mod trace;

use std::collections::BTreeMap;
use std::ops::Range;

use self::revision::Found;
use self::state::State;
use crate::diagnostic::Code;
use crate::dialect::Dialect;
use crate::graph::Edges;
use crate::history::History;
use crate::interpret::{Finding, Proof};
use crate::replay::{self, Statements};
use crate::revision::Direction;
use crate::schema::bytes::hash;
use crate::schema::{Reads, Schema, Slot};

pub use trace::Traces;

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
    prove_keeping(history, &Statements::new(history, dialect), adopted, |_| false, &mut Traces::default())
        .flaws
}

/// The same with statements some of which were read before, and with what came of revisions before, keeping the schemas around
/// some of them.
pub fn prove_keeping(
    history: &History,
    statements: &Statements<'_>,
    adopted: &[usize],
    keep: impl Fn(usize) -> bool,
    traces: &mut Traces,
) -> Proved {
    match Prover::new(history, statements, traces).prove(adopted, &keep) {
        Some(proved) => proved,
        // The traces speak of an object that they do not have.
        None => {
            *traces = Traces::default();
            Prover::new(history, statements, traces).prove(adopted, &keep).unwrap_or_default()
        }
    }
}

/// Whether what came of a revision may be known, of its upgrade at least: otherwise its statements have to be read.
pub fn is_known(
    history: &History,
    node: usize,
    dialect: Dialect,
    only_upgrade: bool,
    traces: &Traces,
) -> bool {
    let knows = |part: Part| traces.knows(part.key(history, node, dialect));
    knows(Part::Both) || only_upgrade && knows(Part::Upgrade)
}

/// The schema of a database that has everything that these revisions need, themselves included; `see` is shown the schema
/// before and after each revision on the way, where there is one.
pub fn follow(
    history: &History,
    nodes: &[usize],
    statements: &Statements<'_>,
    traces: &mut Traces,
    mut see: Option<Seer<'_>>,
) -> Schema {
    let mut followed = Prover::new(history, statements, traces).follow(nodes, &mut see);
    if followed.is_none() {
        *traces = Traces::default();
        followed = Prover::new(history, statements, traces).follow(nodes, &mut see);
    }
    followed.unwrap_or_else(|| Schema::new(statements.dialect()))
}

/// Is shown a revision, and the schemas before and after it.
pub type Seer<'s> = &'s mut dyn FnMut(usize, &Schema, &Schema);

/// How much of a revision is proved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The upgrade alone.
    Upgrade,
    /// That the downgrade undoes it, too.
    Both,
}

impl Part {
    /// What stands for the text of the revision.
    fn key(self, history: &History, node: usize, dialect: Dialect) -> u64 {
        let mut bytes = vec![dialect as u8, self as u8];
        let directions: &[Direction] = match self {
            Self::Upgrade => &[Direction::Upgrade],
            Self::Both => &[Direction::Upgrade, Direction::Downgrade],
        };
        for direction in directions {
            match history.revision(node).section(*direction, dialect) {
                None => bytes.push(0),
                Some(section) => {
                    bytes.push(
                        if section.transactional { 1 } else { 2 } | u8::from(section.foreign_keys) << 2,
                    );
                    bytes.extend_from_slice(&section.text.len().to_le_bytes());
                    bytes.extend_from_slice(section.text.as_bytes());
                }
            }
        }
        hash(&bytes)
    }
}

struct Prover<'p, 'h> {
    history: &'p History,
    statements: &'p Statements<'h>,
    dialect: Dialect,
    states: Vec<Option<State>>,
    /// How many revisions still have to begin where each one ended.
    waiting: Vec<usize>,
    flaws: Vec<Flaw>,
    traces: &'p mut Traces,
}

/// Each step is `None` if a trace turned out to be of no use.
impl<'p, 'h> Prover<'p, 'h> {
    fn new(history: &'p History, statements: &'p Statements<'h>, traces: &'p mut Traces) -> Self {
        let graph = history.graph();
        Self {
            history,
            statements,
            dialect: statements.dialect(),
            states: vec![None; graph.len()],
            waiting: (0..graph.len()).map(|node| graph.needed_by(node).len()).collect(),
            flaws: vec![],
            traces,
        }
    }

    fn prove(mut self, adopted: &[usize], keep: impl Fn(usize) -> bool) -> Option<Proved> {
        let graph = self.history.graph();
        let adopted = graph.ancestors(adopted, Edges::All);
        let heads = graph.real_heads().to_vec();
        // Branches that are never merged may still be applied to one database.
        if heads.len() > 1 {
            heads.iter().for_each(|head| self.waiting[*head] += 1);
        }
        let mut kept = BTreeMap::new();
        for &node in graph.topological() {
            let mut state = self.before(graph.needs(node))?;
            let before = if keep(node) { Some(state.schema(self.traces)?.clone()) } else { None };
            if adopted.contains(node) {
                self.go(node, Part::Upgrade, &mut state)?;
            } else {
                let wrong = self.go(node, Part::Both, &mut state)?;
                self.flaws.extend(wrong.into_iter().map(|found| self.flaw(node, found)).collect::<Vec<_>>());
            }
            if let Some(before) = before {
                kept.insert(node, (before, state.schema(self.traces)?.clone()));
            }
            if self.waiting[node] > 0 {
                self.states[node] = Some(state);
            }
        }
        if heads.len() > 1 {
            self.before(&heads)?;
        }
        self.flaws.retain(|flaw| !adopted.contains(flaw.revision));
        Some(Proved { flaws: self.flaws, kept })
    }

    fn follow(&mut self, nodes: &[usize], see: &mut Option<Seer<'_>>) -> Option<Schema> {
        let graph = self.history.graph();
        let needed = graph.ancestors(nodes, Edges::All);
        let mut state = State::new(self.dialect);
        for &node in graph.topological().iter().filter(|node| needed.contains(**node)) {
            let before = match see {
                Some(_) => Some(state.schema(self.traces)?.clone()),
                None => None,
            };
            self.go(node, Part::Upgrade, &mut state)?;
            if let (Some(see), Some(before)) = (see.as_mut(), before) {
                see(node, &before, state.schema(self.traces)?);
            }
        }
        state.schema(self.traces).cloned()
    }

    fn flaw(&self, revision: usize, found: Found) -> Flaw {
        let Found { direction, at, finding } = found;
        Flaw { revision, direction, dialect: self.dialect, at, finding }
    }

    /// The schema of a database that has all of these: the first, and on it what the others have more.
    fn before(&mut self, nodes: &[usize]) -> Option<State> {
        let Some((&first, rest)) = nodes.split_first() else { return Some(State::new(self.dialect)) };
        for &node in nodes {
            self.waiting[node] -= 1;
        }
        // What nothing needs any more is not copied.
        let state = match self.waiting[first] {
            0 => self.states[first].take(),
            _ => self.states[first].clone(),
        };
        for &node in rest.iter().filter(|node| self.waiting[**node] == 0) {
            self.states[node] = None;
        }
        let mut state = state?;
        if rest.is_empty() {
            return Some(state);
        }
        let graph = self.history.graph();
        let has = graph.ancestors(&[first], Edges::All);
        let wanted = graph.ancestors(rest, Edges::All);
        let missing =
            graph.topological().iter().filter(|node| wanted.contains(**node) && !has.contains(**node));
        for &node in missing {
            for mut found in self.go(node, Part::Upgrade, &mut state)? {
                let is_known = self.flaws.iter().any(|flaw| flaw.revision == node && flaw.at == found.at);
                if found.finding.proof != Proof::Certain || is_known {
                    continue;
                }
                let other = graph.id(first);
                let finding = &mut found.finding;
                finding
                    .notes
                    .push(format!("that is so where `{other}`, on another branch, has been applied as well"));
                finding.helps.push("make the two branches agree, or let one depend on the other".to_owned());
                finding.code = Code("branches-conflict");
                let flaw = self.flaw(node, found);
                self.flaws.push(flaw);
            }
        }
        Some(state)
    }

    /// Takes the state over a revision, as it went before or anew; what is wrong with it.
    fn go(&mut self, node: usize, part: Part, state: &mut State) -> Option<Vec<Found>> {
        let key = part.key(self.history, node, self.dialect);
        // Who went both ways went up.
        let other = (part == Part::Upgrade).then(|| Part::Both.key(self.history, node, self.dialect));
        for key in [key].into_iter().chain(other) {
            let taken = self.traces.of(key).find(|(_, trace)| state.suits(trace));
            if let Some((start, trace)) = taken {
                let mut wrong = trace.wrong()?;
                wrong.retain(|found| part == Part::Both || found.direction == Direction::Upgrade);
                state.follow(&trace);
                self.traces.take(start, key);
                return Some(wrong);
            }
        }
        let reads = Reads::default();
        let mut before = state.schema(self.traces)?.clone();
        before.watch(Some(reads.clone()));
        let session = |direction, schema| replay::session(self.history, node, direction, schema);
        let mut wrong = Vec::new();
        let pieces = self.statements.get(node, Direction::Upgrade);
        let mut after = revision::upgraded(pieces, session(Direction::Upgrade, before.clone()), &mut wrong);
        if part == Part::Both {
            let pieces = self.statements.get(node, Direction::Downgrade);
            revision::downgraded(pieces, &before, session(Direction::Downgrade, after.clone()), &mut wrong);
        }
        after.watch(None);
        let slots = reads.take().into_iter().chain([Slot::OTHERS]);
        let reads: Vec<(Slot, u64)> = slots.map(|slot| (slot, state.value(slot))).collect();
        let effect = state.advance(after, self.traces);
        self.traces.add(key, &reads, &effect, &wrong);
        Some(wrong)
    }
}

#[cfg(all(test, feature = "postgres", feature = "sqlite", feature = "mysql"))]
mod tests;
