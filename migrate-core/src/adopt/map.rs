//! From what a tool counts as applied to revisions.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha384};

use super::Tool;
use super::number::Number;
use super::record::{Record, Version};
use crate::dialect::Dialect;
use crate::graph::{Edges, NodeSet};
use crate::history::History;
use crate::revision::{Direction, RevisionId};

/// Why a version is taken for a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// They have the same id.
    Id,
    /// They have the same number, written differently.
    Number,
    /// The tool's checksum is the one of the revision's SQL.
    Sql,
    /// It is one of those that the revision replaces, of which the database has all.
    Replaced,
    /// Somebody said so.
    Said,
}

/// A version, and the revision that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The version.
    pub version: Version,
    /// The revision and why; `None` where nothing is certain, or where somebody said that it is none.
    pub revision: Option<(usize, Match)>,
    /// Whether somebody said that it is no revision of this history.
    pub is_none: bool,
}

/// What a database has, in the words of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Each version of the tool, in the table's order.
    pub rows: Vec<Mapped>,
    /// Every revision that is applied by it, in an order in which they can have run.
    pub applied: Vec<usize>,
    /// Those of them that no other of them needs: the rows of the version table.
    pub heads: Vec<usize>,
}

/// What is in the way of a mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cannot {
    /// The versions as far as they are mapped.
    pub rows: Vec<Mapped>,
    /// Versions that are no revision for certain.
    pub unmapped: Vec<String>,
    /// Two versions that are the same revision.
    pub twice: Vec<(String, String, usize)>,
    /// A revision that is applied, and one that it needs and that is not.
    pub gaps: Vec<(usize, usize)>,
    /// Versions that were to be mapped by hand, and are not in the table.
    pub not_there: Vec<String>,
    /// A revision whose version Flyway has deleted from its record.
    pub deleted: Vec<(String, usize)>,
}

impl Cannot {
    fn is_nothing(&self) -> bool {
        self.unmapped.is_empty()
            && self.twice.is_empty()
            && self.gaps.is_empty()
            && self.not_there.is_empty()
            && self.deleted.is_empty()
    }
}

/// Maps what a tool has applied to the revisions of a history. `said` has what somebody knows better: a version, and the
/// revision that it is, or none.
///
/// # Errors
///
/// - Something is not certain, or the result would be a state that the history cannot have: everything that is in the
///   way is named.
pub fn map(
    history: &History,
    tool: Tool,
    dialect: Dialect,
    record: &Record,
    said: &[(String, Option<usize>)],
) -> Result<Adopted, Box<Cannot>> {
    let names = Names::new(history, tool, dialect);
    let said: HashMap<&str, Option<usize>> = said.iter().map(|(old, new)| (old.as_str(), *new)).collect();
    let replaced = Replaced::new(history, tool, record);
    let mut cannot = Cannot::default();
    let mut by_revision: HashMap<usize, &str> = HashMap::new();
    let mut rows = Vec::with_capacity(record.applied.len());
    for version in &record.applied {
        let revision = match said.get(version.version.as_str()) {
            Some(revision) => revision.map(|revision| (revision, Match::Said)),
            None => names.find(version).or_else(|| replaced.find(version)),
        };
        let is_none = said.get(version.version.as_str()).is_some_and(Option::is_none);
        match revision {
            Some((_, Match::Replaced)) => {}
            Some((revision, _)) => {
                if let Some(other) = by_revision.insert(revision, &version.version) {
                    cannot.twice.push((other.to_owned(), version.version.clone(), revision));
                }
            }
            None if is_none => {}
            None => cannot.unmapped.push(version.version.clone()),
        }
        rows.push(Mapped { version: version.clone(), revision, is_none });
    }
    let there = |old: &str| record.applied.iter().any(|version| version.version == old);
    cannot.not_there = said.keys().filter(|old| !there(old)).map(|old| (*old).to_owned()).collect();
    cannot.not_there.sort_unstable();

    let graph = history.graph();
    let mapped: Vec<usize> = rows.iter().filter_map(|row| Some(row.revision?.0)).collect();
    let mut applied = match tool {
        // Its rows are heads, and stand for all before them.
        Tool::Alembic => graph.ancestors(&mapped, Edges::All),
        _ => {
            let mut applied = NodeSet::new(graph.len());
            mapped.iter().for_each(|&node| _ = applied.insert(node));
            applied
        }
    };
    names.up_to(record.baseline.as_deref()).for_each(|node| _ = applied.insert(node));
    for old in &record.deleted {
        let version = Version { version: old.clone(), name: None, checksum: None };
        if let Some((node, _)) = names.find(&version).filter(|(node, _)| !applied.contains(*node)) {
            cannot.deleted.push((old.clone(), node));
        }
    }
    // Where versions are missing, their revisions would be called gaps.
    if cannot.unmapped.is_empty() {
        let gaps = applied.iter().flat_map(|node| graph.needs(node).iter().map(move |&need| (node, need)));
        cannot.gaps = gaps.filter(|(_, need)| !applied.contains(*need)).collect();
    }
    if !cannot.is_nothing() {
        return Err(Box::new(Cannot { rows, ..cannot }));
    }
    let order = graph.topological().iter().copied();
    let applied: Vec<usize> = order.filter(|&node| applied.contains(node)).collect();
    let heads = graph.maximal(&applied);
    Ok(Adopted { rows, applied, heads })
}

/// The revisions that stand for versions which are no revisions any more, as far as all of those are there.
struct Replaced<'h> {
    history: &'h History,
    /// By revision.
    is_whole: HashMap<usize, bool>,
}

impl<'h> Replaced<'h> {
    fn new(history: &'h History, tool: Tool, record: &Record) -> Self {
        let there: HashSet<&str> = record.applied.iter().map(|version| version.version.as_str()).collect();
        let is_whole = |&node: &usize| {
            let replaced = history.revision(node).replaces.as_deref()?;
            let is_squashed = |id: &&RevisionId| {
                replaced.proofs.iter().flat_map(|proof| &proof.squashed).any(|(other, _)| other == *id)
            };
            let is_there = |id: &RevisionId| there.contains(id.as_str());
            let is_whole = match tool {
                Tool::Alembic => replaced.ends().iter().any(is_there),
                _ => replaced.ids.iter().filter(|id| !is_squashed(id)).all(is_there),
            };
            Some((node, is_whole))
        };
        Self { history, is_whole: history.squashed().iter().filter_map(is_whole).collect() }
    }

    fn find(&self, version: &Version) -> Option<(usize, Match)> {
        let (node, _) = self.history.graph().replacement(&version.version)?;
        self.is_whole.get(&node).is_some_and(|is_whole| *is_whole).then_some((node, Match::Replaced))
    }
}

/// The names under which a tool may know the revisions of a history.
struct Names<'h> {
    history: &'h History,
    tool: Tool,
    /// `None` where several revisions have the number.
    numbers: HashMap<Number, Option<usize>>,
    /// The checksums of the revisions' SQL, reckoned when first asked for.
    checksums: std::cell::OnceCell<HashMap<String, Option<usize>>>,
    dialect: Dialect,
}

impl<'h> Names<'h> {
    fn new(history: &'h History, tool: Tool, dialect: Dialect) -> Self {
        let mut numbers = HashMap::new();
        for (node, revision) in history.revisions().iter().enumerate() {
            if let Some(number) = Number::of(tool, revision.id.as_str()) {
                numbers.entry(number).and_modify(|known| *known = None).or_insert(Some(node));
            }
        }
        Self { history, tool, numbers, checksums: std::cell::OnceCell::new(), dialect }
    }

    fn find(&self, version: &Version) -> Option<(usize, Match)> {
        if let Some(node) = self.history.index_of(&version.version) {
            return Some((node, Match::Id));
        }
        let number = Number::of(self.tool, &version.version);
        if let Some(Some(node)) = number.and_then(|number| self.numbers.get(&number)) {
            return Some((*node, Match::Number));
        }
        let checksum = version.checksum.as_ref()?.to_ascii_lowercase();
        let checksums = self.checksums.get_or_init(|| self.reckon());
        checksums.get(&checksum).copied().flatten().map(|node| (node, Match::Sql))
    }

    /// The revisions whose number is not above the baseline.
    fn up_to(&self, baseline: Option<&str>) -> impl Iterator<Item = usize> {
        let most = baseline.and_then(|text| Number::of(self.tool, text));
        let below = move |number: &Number| most.as_ref().is_some_and(|most| number <= most);
        self.numbers.iter().filter(move |(number, _)| below(number)).filter_map(|(_, node)| *node)
    }

    /// sqlx hashes the bytes of the file. In a section the file's blank lines at the beginning and the end may have
    /// changed, and nothing else.
    fn reckon(&self) -> HashMap<String, Option<usize>> {
        let mut checksums: HashMap<String, Option<usize>> = HashMap::new();
        for (node, revision) in self.history.revisions().iter().enumerate() {
            let Some(section) = revision.section(Direction::Upgrade, self.dialect) else { continue };
            let text = section.text.trim();
            let end = text.to_owned() + "\n";
            let mut forms = vec![&*section.text, text, &end, section.text.trim_end()];
            forms.sort_unstable();
            forms.dedup();
            for form in forms {
                let hash = Sha384::digest(form.as_bytes());
                let hex = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                let same = |known: &mut Option<usize>| *known = known.filter(|other| *other == node);
                checksums.entry(hex).and_modify(same).or_insert(Some(node));
            }
        }
        checksums
    }
}
