//! The whole history: revisions, their graph and their digests, valid by construction.
//!
//! [`build`] looks at what the files say together and finds every mistake in one pass. A [`History`] exists only when
//! there is no error among them, so whoever holds one need not check again.

use std::sync::OnceLock;

use crate::diagnostic::{Code, Diagnostic, Level};
use crate::dialect::Dialect;
use crate::digest::Digest;
use crate::file::{Dialects, RevisionFile, Spans};
use crate::graph::{Defect, NodeSet, NodeSpec, Redundant, RevisionGraph};
use crate::nearest::nearest;
use crate::revision::{Direction, Format, Revision};
use crate::source::Span;

mod way;

use way::Digests;
pub use way::Way;

/// Revisions in load order, their graph over the same indices, and their digests.
#[derive(Clone, Debug)]
pub struct History {
    revisions: Vec<Revision>,
    graph: RevisionGraph,
    /// By dialect; reckoned when first asked for, since most histories serve one kind of database.
    digests: [OnceLock<Digests>; 3],
    /// The revisions that replace others, in load order.
    squashed: Vec<usize>,
    /// Which of those each revision needs, by their places; empty sets cost nothing.
    reach: OnceLock<Vec<NodeSet>>,
    /// Whether the revisions have their sections, which digests are made of.
    is_whole: bool,
}

impl History {
    /// Builds a history from revisions that were not read from files; the order is the load order.
    ///
    /// # Errors
    ///
    /// - The revisions do not form a graph; every defect is named.
    pub fn from_revisions(revisions: Vec<Revision>) -> Result<Self, Vec<Defect>> {
        let graph = RevisionGraph::build(&revisions.iter().map(node).collect::<Vec<_>>())?;
        Ok(Self::new(revisions, graph, true))
    }

    fn new(revisions: Vec<Revision>, graph: RevisionGraph, is_whole: bool) -> Self {
        let squashed = (0..revisions.len()).filter(|index| revisions[*index].replaces.is_some()).collect();
        Self { revisions, graph, digests: Default::default(), squashed, reach: OnceLock::new(), is_whole }
    }

    /// The same history with digests that were reckoned before: one for each revision to hand on, and those that squashed
    /// ones have of their own.
    pub(crate) fn with_digests(
        self,
        dialect: Dialect,
        handed: Vec<Digest>,
        own: Vec<Option<Digest>>,
    ) -> Self {
        debug_assert_eq!((handed.len(), own.len()), (self.revisions.len(), self.squashed.len()));
        // There were none before: this is a history that was just built.
        let _ = self.digests[dialect as usize].set(Digests { handed, own });
        self
    }

    fn digests(&self, dialect: Dialect) -> &Digests {
        debug_assert!(self.is_whole, "digests are made of the sections");
        self.digests[dialect as usize].get_or_init(|| Digests::reckon(self, dialect))
    }

    /// All revisions; an index here is a node of the graph.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// One revision.
    pub fn revision(&self, index: usize) -> &Revision {
        &self.revisions[index]
    }

    /// How the revisions hang together.
    pub fn graph(&self) -> &RevisionGraph {
        &self.graph
    }

    /// The digest of a revision and of everything before it, as one kind of database sees it that runs all that is here. It
    /// means nothing in a history of which only the headers were read.
    pub fn digest(&self, index: usize, dialect: Dialect) -> Digest {
        self.recorded(index, &Way::default(), dialect).1
    }

    /// The digest that a revision hands to those that need it: its digest, unless something was squashed.
    pub(crate) fn handed(&self, index: usize, dialect: Dialect) -> Digest {
        self.digests(dialect).handed[index]
    }

    /// What a squashed revision adds to the digests of databases that ran it; nothing if it does not stand for those that
    /// it replaces. By its place among the squashed ones.
    pub(crate) fn own(&self, place: usize, dialect: Dialect) -> Option<Digest> {
        self.digests(dialect).own[place]
    }

    /// The revision with exactly this id.
    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.graph.get(id)
    }
}

fn node(revision: &Revision) -> NodeSpec<'_> {
    NodeSpec {
        id: revision.id.as_str(),
        parents: revision.parents.iter().map(|id| id.as_str()).collect(),
        depends_on: revision.depends_on.iter().map(|text| &**text).collect(),
        labels: revision.labels.iter().map(|text| &**text).collect(),
        replaces: revision.replaces.iter().flat_map(|replaced| &replaced.ids).map(|id| id.as_str()).collect(),
        n_ends: revision.replaces.as_ref().map_or(0, |replaced| replaced.ends().len()),
    }
}

/// How many heads a history may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Heads {
    /// One, so that `head` is always clear.
    #[default]
    One,
    /// Any number.
    Many,
}

/// What is asked of downgrades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Downgrades {
    /// Every native revision has a downgrade or says why not.
    #[default]
    Required,
    /// A downgrade may be missing.
    Optional,
}

/// How much of the files is read. What is not read cannot be wrong, and revisions lack it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Depth {
    /// The headers: enough for the graph, and for lists of revisions.
    Headers,
    /// The sections as well, as they are.
    Sections,
    /// Everything, and mistakes in the SQL are found: what is going to run.
    #[default]
    Sql,
}

/// What a history has to satisfy.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The databases it serves.
    pub dialects: Dialects,
    /// How many heads it may have.
    pub heads: Heads,
    /// What is asked of downgrades.
    pub downgrades: Downgrades,
    /// How much of the files is read.
    pub depth: Depth,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            dialects: Dialects::UNKNOWN,
            heads: Heads::One,
            downgrades: Downgrades::Required,
            depth: Depth::Sql,
        }
    }
}

/// Builds the history of these files, in load order, or says in the findings why there is none.
///
/// `findings` may already hold what reading the files found; an error there prevents a history, too.
///
/// # Errors
///
/// - There is an error among the findings; what could be read comes back.
pub fn build(
    files: Vec<RevisionFile>,
    rules: Rules,
    findings: &mut Vec<Diagnostic>,
) -> Result<History, Vec<Revision>> {
    let mut revisions = Vec::with_capacity(files.len());
    let mut spans = Vec::with_capacity(files.len());
    for file in files {
        if let Some(revision) = file.revision {
            revisions.push(revision);
            spans.push(file.spans);
        }
    }
    let files = Files { revisions: &revisions, spans: &spans };
    if rules.depth > Depth::Headers {
        for (index, revision) in revisions.iter().enumerate() {
            files.check_sections(index, revision, rules, findings);
        }
    }
    let nodes: Vec<NodeSpec<'_>> = revisions.iter().map(node).collect();
    let graph = match RevisionGraph::build(&nodes) {
        Ok(graph) => graph,
        Err(defects) => {
            findings.extend(defects.iter().map(|defect| files.describe(defect)));
            return Err(revisions);
        }
    };
    findings
        .extend(graph.redundant_dependencies().iter().map(|redundant| files.redundant_dependency(redundant)));
    let heads = graph.heads();
    if rules.heads == Heads::One && heads.len() > 1 {
        findings.push(files.several_heads(heads));
    }
    if findings.iter().any(|finding| finding.level == Level::Error) {
        return Err(revisions);
    }
    Ok(History::new(revisions, graph, rules.depth > Depth::Headers))
}

/// The files' findings about each other.
struct Files<'a> {
    revisions: &'a [Revision],
    spans: &'a [Spans],
}

impl Files<'_> {
    fn id(&self, index: usize) -> &str {
        self.revisions[index].id.as_str()
    }

    /// The id and, where there is one, the summary: `` `6a1f02c4b7e9` (users) ``.
    fn name(&self, index: usize) -> String {
        match self.revisions[index].summary() {
            "" => format!("`{}`", self.id(index)),
            summary => format!("`{}` ({summary})", self.id(index)),
        }
    }

    fn check_sections(
        &self,
        index: usize,
        revision: &Revision,
        rules: Rules,
        findings: &mut Vec<Diagnostic>,
    ) {
        if revision.format == Format::Diesel {
            return;
        }
        let has = |direction| revision.sections.iter().any(|section| section.direction == direction);
        let missing = |message: String, label: &str| {
            Diagnostic::error(Code("missing-section"), message).label(self.spans[index].id, label)
        };
        let id = self.id(index);
        if !has(Direction::Upgrade) {
            findings.push(
                missing(
                    format!("revision `{id}` has no upgrade section"),
                    "nothing says what the upgrade does",
                )
                .help("add `-- migrate:upgrade`; with nothing below it, it does nothing on purpose"),
            );
        }
        if rules.downgrades == Downgrades::Required
            && !has(Direction::Downgrade)
            && revision.irreversible.is_none()
        {
            findings.push(
                missing(format!("revision `{id}` has no downgrade section"), "nothing says how to undo it")
                    .help("add `-- migrate:downgrade`, or `-- migrate:irreversible <reason>` if it cannot be undone"),
            );
        }
        if !rules.dialects.certain {
            return;
        }
        for dialect in rules.dialects.set.iter() {
            for direction in [Direction::Upgrade, Direction::Downgrade] {
                let excused = direction == Direction::Downgrade
                    && (revision.irreversible.is_some() || rules.downgrades == Downgrades::Optional);
                if has(direction) && !excused && revision.section(direction, dialect).is_none() {
                    findings.push(
                        missing(
                            format!("revision `{id}` has no {direction} section for {dialect}"),
                            "its sections name other databases only",
                        )
                        .help(format!("add `-- migrate:{direction} {dialect}`; with nothing below it, it does nothing on purpose")),
                    );
                }
            }
        }
    }

    fn describe(&self, defect: &Defect) -> Diagnostic {
        match *defect {
            Defect::DuplicateId { first, second } => {
                let id = self.id(second);
                Diagnostic::error(Code("duplicate-id"), format!("two files are revision `{id}`"))
                    .label(self.spans[second].id, format!("again in {}", self.revisions[second].path))
                    .label(self.spans[first].id, format!("first in {}", self.revisions[first].path))
                    .help("give one of them another id, in its `Revision ID` line and in its file name")
            }
            Defect::MissingParent { node, nth } => {
                let wanted = self.revisions[node].parents[nth].as_str();
                let message =
                    format!("revision `{}` revises `{wanted}`, which does not exist", self.id(node));
                self.unknown(Code("missing-parent"), message, self.spans[node].parents[nth], wanted, node)
            }
            Defect::UnknownDependency { node, nth } => {
                let wanted = &*self.revisions[node].depends_on[nth];
                let message =
                    format!("revision `{}` depends on `{wanted}`, which does not exist", self.id(node));
                self.unknown(
                    Code("unknown-dependency"),
                    message,
                    self.spans[node].depends_on[nth],
                    wanted,
                    node,
                )
            }
            Defect::DuplicateParent { node, nth } => Diagnostic::error(
                Code("duplicate-parent"),
                format!(
                    "revision `{}` names the parent `{}` twice",
                    self.id(node),
                    self.revisions[node].parents[nth]
                ),
            )
            .label(self.spans[node].parents[nth], "named before")
            .help("remove it"),
            Defect::LabelClash { node, nth, with } => {
                let label = &*self.revisions[node].labels[nth];
                let finding = Diagnostic::error(
                    Code("label-clash"),
                    format!("the branch label `{label}` is already taken"),
                )
                .label(self.spans[node].labels[nth], format!("wanted by revision `{}`", self.id(node)));
                let taken =
                    self.revisions[with].labels.iter().position(|other| **other == *label && with != node);
                match taken {
                    Some(place) => finding.label(
                        self.spans[with].labels[place],
                        format!("carried by revision `{}`", self.id(with)),
                    ),
                    None if with == node && label != self.id(node) => finding,
                    None => finding.label(self.spans[with].id, "the id of this revision"),
                }
                .help("labels and ids share one namespace; choose another label")
            }
            Defect::SelfParent { node, nth } => self.itself(node, self.spans[node].parents[nth], "revises"),
            Defect::SelfDependency { node, nth } => {
                self.itself(node, self.spans[node].depends_on[nth], "depends on")
            }
            Defect::Cycle { ref path } => self.cycle(path),
            Defect::ReplacedTwice { node, nth, with } => {
                let id = self.replaced(node, nth);
                let span = self.spans[node].replaces[nth];
                let (message, label, other) = match self.id(with) == id {
                    true => (
                        format!("revision `{id}` is replaced by `{}` and is there as well", self.id(node)),
                        "replaced here",
                        self.spans[with].id,
                    ),
                    false => {
                        let place = (0..self.spans[with].replaces.len())
                            .find(|place| self.replaced(with, *place) == id && (with, *place) != (node, nth));
                        let other = self.spans[with].replaces[place.unwrap_or(0)];
                        (format!("revision `{id}` is replaced twice"), "again here", other)
                    }
                };
                Diagnostic::error(Code("bad-replaces"), message)
                    .label(span, label)
                    .label(other, "it is here")
                    .help("keep either the revisions or the one that `migrate squash` made of them")
            }
        }
    }

    fn replaced(&self, index: usize, nth: usize) -> &str {
        self.revisions[index].replaces.as_ref().map_or("", |replaced| replaced.ids[nth].as_str())
    }

    fn unknown(&self, code: Code, message: String, span: Span, wanted: &str, except: usize) -> Diagnostic {
        let finding = Diagnostic::error(code, message).label(span, "no file has this revision id");
        let replaces = |revision: &&Revision| {
            revision
                .replaces
                .as_ref()
                .is_some_and(|replaced| replaced.ids.iter().any(|id| id.as_str() == wanted))
        };
        if let Some(by) = self.revisions.iter().find(replaces) {
            return finding
                .note(format!("`{}` replaced it, in {}", by.id, by.path))
                .help(format!("name `{}` instead", by.id));
        }
        let others = self.revisions.iter().enumerate().filter(|(index, _)| *index != except);
        match nearest(wanted, others.map(|(_, revision)| revision.id.as_str())) {
            Some(near) => {
                let path =
                    self.revisions.iter().find(|revision| revision.id.as_str() == near).map(|r| &*r.path);
                finding.help(format!("the nearest id is `{near}`, in {}", path.unwrap_or_default()))
            }
            None => finding.help("restore the file that is missing, or name another revision"),
        }
    }

    fn itself(&self, node: usize, span: Span, verb: &str) -> Diagnostic {
        Diagnostic::error(Code("cycle"), format!("revision `{}` {verb} itself", self.id(node)))
            .label(span, "its own id")
            .help("name an earlier revision, or none")
    }

    fn cycle(&self, path: &[usize]) -> Diagnostic {
        let mut finding = Diagnostic::error(Code("cycle"), format!("{} revisions form a cycle", path.len()));
        let follows = path.iter().cycle().skip(1);
        for (&index, &before) in path.iter().zip(follows).take(8) {
            let revision = &self.revisions[index];
            let wanted = &self.revisions[before];
            let parent = revision.parents.iter().position(|id| *id == wanted.id);
            let (span, verb) = match parent {
                Some(nth) => (self.spans[index].parents[nth], "revises"),
                None => {
                    let nth = revision.depends_on.iter().position(|name| {
                        **name == *wanted.id.as_str() || wanted.labels.iter().any(|label| label == name)
                    });
                    (nth.map_or(self.spans[index].id, |nth| self.spans[index].depends_on[nth]), "depends on")
                }
            };
            finding = finding.label(span, format!("`{}` {verb} `{}`", revision.id, wanted.id));
        }
        let names: Vec<String> =
            path.iter().chain(path.first()).map(|index| format!("`{}`", self.id(*index))).collect();
        finding.note(names.join(" -> ")).help("one of these lines must name an earlier revision, or none")
    }

    fn redundant_dependency(&self, &Redundant { node: index, nth, because }: &Redundant) -> Diagnostic {
        let wanted = &self.revisions[index].depends_on[nth];
        Diagnostic::warning(
            Code("redundant-dependency"),
            format!("revision `{}` depends on `{wanted}`, which comes before it anyway", self.id(index)),
        )
        .label(
            self.spans[index].depends_on[nth],
            format!("already an ancestor, through `{}`", self.id(because)),
        )
        .help("remove it from `Depends On`")
    }

    fn several_heads(&self, heads: &[usize]) -> Diagnostic {
        let mut finding =
            Diagnostic::error(Code("several-heads"), format!("the history has {} heads", heads.len()));
        for &head in heads.iter().rev().take(8) {
            finding = finding.label(self.spans[head].id, format!("head {}", self.name(head)));
        }
        let ids: Vec<&str> = heads.iter().map(|head| self.id(*head)).collect();
        finding = finding.help(format!("join them: `migrate merge {} -m \"merge\"`", ids.join(" ")));
        if let [first, second, ..] = ids[..] {
            finding = finding.help(format!(
                "or put a branch that no database has applied on top of the other: `migrate rebase {second} --onto {first}`"
            ));
        }
        finding.help("or allow several: `heads = many` in the macro call, `heads = \"many\"` in migrate.toml")
    }
}

/// Puts diesel's directories in order and links each to the one before it.
///
/// diesel sorts versions as text, byte by byte; equal versions stay as they are and are found as duplicates.
pub fn chain_diesel(files: &mut [RevisionFile]) {
    files.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut before: Option<Revision> = None;
    for file in files {
        let Some(revision) = &mut file.revision else { continue };
        if let Some(before) = before.filter(|before| before.id != revision.id) {
            revision.parents = vec![before.id];
            file.spans.parents = vec![file.spans.id];
        }
        before = Some(Revision { sections: vec![], ..revision.clone() });
    }
    fn key(file: &RevisionFile) -> Option<&str> {
        file.revision.as_ref().map(|revision| revision.id.as_str())
    }
}

#[cfg(test)]
mod tests;
