//! How revisions are listed: in a line with their marks, in full, or as JSON.

use std::fmt::Write as _;

use migrate_core::graph::{Edges, NodeSet, RevisionGraph};
use migrate_core::history::History;

use crate::json;
use crate::style::{CURRENT, DIM, GOOD, LABEL, NAME, Painted};

/// A history ready to be listed.
pub(crate) struct Listing<'a> {
    history: &'a History,
    /// The labels that reach each revision.
    labels: Vec<Vec<&'a str>>,
    /// Where the database is, if it was asked.
    current: Option<NodeSet>,
}

/// What a line says behind the id.
#[derive(Clone, Copy)]
pub(crate) struct Marks {
    pub(crate) labels: Labels,
    pub(crate) branches: bool,
}

/// Which labels a line shows.
#[derive(Clone, Copy)]
pub(crate) enum Labels {
    None,
    /// Those that the revision carries itself: a drawing shows where they lead.
    Own,
    /// Those that reach it.
    Reaching,
}

impl Marks {
    pub(crate) const ALL: Self = Self { labels: Labels::Reaching, branches: true };
    pub(crate) const DRAWN: Self = Self { labels: Labels::Own, branches: true };
    pub(crate) const HEAD: Self = Self { labels: Labels::Reaching, branches: false };
    pub(crate) const BRANCHES: Self = Self { labels: Labels::None, branches: true };
    pub(crate) const NONE: Self = Self { labels: Labels::None, branches: false };
}

impl<'a> Listing<'a> {
    /// A listing; `current` are the rows of the database, if it was asked.
    pub(crate) fn new(history: &'a History, current: Option<&[usize]>) -> Self {
        let current = current.map(|rows| {
            let mut set = NodeSet::new(history.graph().len());
            rows.iter().for_each(|row| {
                set.insert(*row);
            });
            set
        });
        Self { history, labels: history.graph().labels_in_reach(), current }
    }

    fn graph(&self) -> &'a RevisionGraph {
        self.history.graph()
    }

    /// Whether the database is at it.
    pub(crate) fn is_current(&self, node: usize) -> bool {
        self.current.as_ref().is_some_and(|rows| rows.contains(node))
    }

    /// The id with its marks: `27c6a30d7c24 (shoppingcart) (head)`.
    pub(crate) fn line(&self, node: usize, marks: Marks) -> String {
        let style = if self.is_current(node) { CURRENT } else { NAME };
        let mut line = Painted(style, self.graph().id(node)).to_string();
        line.push_str(&self.marks(node, marks));
        line
    }

    fn marks(&self, node: usize, marks: Marks) -> String {
        let mut text = String::new();
        let mut mark = |style, mark: &str| {
            let _ = write!(text, " {}", Painted(style, format_args!("({mark})")));
        };
        let labels: Vec<&str> = match marks.labels {
            Labels::None => vec![],
            Labels::Own => self.graph().labels(node).collect(),
            Labels::Reaching => self.labels[node].clone(),
        };
        if !labels.is_empty() {
            mark(LABEL, &labels.join(", "));
        }
        match self.head(node) {
            Some(Head::Real) => mark(GOOD, "head"),
            Some(Head::Effective) => mark(GOOD, "effective head"),
            None => {}
        }
        if self.is_current(node) {
            mark(CURRENT, "current");
        }
        if marks.branches && self.graph().is_branchpoint(node) {
            mark(DIM, "branchpoint");
        }
        if marks.branches && self.graph().is_mergepoint(node) {
            mark(DIM, "mergepoint");
        }
        text
    }

    fn head(&self, node: usize) -> Option<Head> {
        let graph = self.graph();
        match (graph.children(node).is_empty(), graph.needed_by(node).is_empty()) {
            (_, true) => Some(Head::Real),
            (true, false) => Some(Head::Effective),
            (false, false) => None,
        }
    }

    /// A line of the drawn history: `4c1f0b7e2a90 (head) merge tags and slugs`.
    pub(crate) fn drawn(&self, node: usize) -> String {
        let line = self.line(node, Marks::DRAWN);
        match self.history.revision(node).summary() {
            "" => line,
            summary => format!("{line} {summary}"),
        }
    }

    /// A line of the history without drawing: `<base> -> 1975ea83b712 (branchpoint), create account table`.
    pub(crate) fn arrow(&self, node: usize) -> String {
        let graph = self.graph();
        let mut line = match graph.parents(node) {
            [] => "<base>".to_owned(),
            parents => self.ids(parents),
        };
        if let needed @ [_, ..] = graph.dependencies(node) {
            let _ = write!(line, " ({})", self.ids(needed));
        }
        let _ = write!(line, " -> {}", self.line(node, Marks::ALL));
        match self.history.revision(node).summary() {
            "" => {}
            summary => {
                let _ = write!(line, ", {summary}");
            }
        }
        line
    }

    /// The revision in full, as `show` and `-v` have it, with an empty line at its end.
    pub(crate) fn full(&self, node: usize) -> String {
        let (graph, revision) = (self.graph(), self.history.revision(node));
        let mut text = format!("Rev: {}", self.line(node, Marks::BRANCHES));
        text.push('\n');
        let mut fact = |name: &str, value: &str| {
            let _ = writeln!(text, "{name}: {value}");
        };
        match graph.parents(node) {
            [] => fact("Parent", "<base>"),
            [parent] => fact("Parent", graph.id(*parent)),
            parents => fact("Merges", &self.ids(parents)),
        }
        if !revision.depends_on.is_empty() {
            fact("Also depends on", &revision.depends_on.join(", "));
        }
        if let Some(replaced) = &revision.replaces {
            // The first ones, and the last: there may be thousands.
            let ids: Vec<String> = replaced.ids.iter().map(ToString::to_string).collect();
            let shown = match &ids[..] {
                [first, .., last] if ids.len() > 6 => format!("{first} to {last}, {} revisions", ids.len()),
                ids => ids.join(", "),
            };
            fact("Replaces", &shown);
        }
        if graph.is_branchpoint(node) {
            fact("Branches into", &self.ids(graph.children(node)));
        }
        if !self.labels[node].is_empty() {
            fact("Branch names", &self.labels[node].join(", "));
        }
        if let Some(date) = &revision.create_date {
            fact("Create date", date);
        }
        if let Some(reason) = &revision.irreversible {
            fact("Irreversible", if reason.trim().is_empty() { "yes" } else { reason.trim() });
        }
        fact("Path", &revision.path);
        text.push('\n');
        for line in revision.message.lines() {
            let _ = writeln!(text, "{}", format!("    {line}").trim_end());
        }
        text
    }

    /// The line of `--json`.
    pub(crate) fn json(&self, node: usize) -> json::Line<'_> {
        let (graph, revision) = (self.graph(), self.history.revision(node));
        json::Line::Revision(json::Revision {
            revision: revision.id.as_str(),
            parents: revision.parents.iter().map(|id| id.as_str()).collect(),
            depends_on: revision.depends_on.iter().map(|text| &**text).collect(),
            labels: self.labels[node].clone(),
            message: &revision.message,
            created: revision.create_date.as_deref(),
            path: &revision.path,
            head: self.head(node).is_some(),
            branchpoint: graph.is_branchpoint(node),
            mergepoint: graph.is_mergepoint(node),
            current: self.current.as_ref().map(|rows| rows.contains(node)),
        })
    }

    /// Ids with commas.
    pub(crate) fn ids(&self, nodes: &[usize]) -> String {
        nodes.iter().map(|&node| self.graph().id(node)).collect::<Vec<_>>().join(", ")
    }

    /// What a database at these rows shows as current: the rows, and where it is on other lines that they depend on.
    pub(crate) fn reached(&self, rows: &[usize]) -> Vec<usize> {
        let graph = self.graph();
        let applied = graph.ancestors(rows, Edges::All);
        let is_tip = |node: usize| !graph.children(node).iter().any(|child| applied.contains(*child));
        let mut reached = rows.to_vec();
        reached.extend(applied.iter().filter(|node| is_tip(*node) && !rows.contains(node)));
        reached
    }
}

#[derive(Clone, Copy)]
enum Head {
    /// Nothing needs it.
    Real,
    /// Nothing builds on it, but something depends on it.
    Effective,
}
