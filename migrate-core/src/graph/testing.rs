//! Histories as text, for tests.
//!
//! Revisions are separated by `;` or lines, in load order: `<id> [(<label>, ...)] [<- <parent> ...] [& <dependency> ...]`,
//! as in `a; b (blog) <- a; c <- a & b`. Answers are printed the same way: ids with blanks between.

use super::{NodeSet, NodeSpec, RevisionGraph};

/// The revisions of a text.
pub(crate) fn specs(text: &str) -> Vec<NodeSpec<'_>> {
    let revisions = text.split([';', '\n']).map(str::trim).filter(|revision| !revision.is_empty());
    revisions.map(spec).collect()
}

fn spec(revision: &str) -> NodeSpec<'_> {
    let (rest, depends_on) = revision.split_once('&').unwrap_or((revision, ""));
    let (name, parents) = rest.split_once("<-").unwrap_or((rest, ""));
    let (id, labels) = name.split_once('(').unwrap_or((name, ""));
    NodeSpec {
        id: id.trim(),
        parents: words(parents),
        depends_on: words(depends_on),
        labels: words(labels),
        ..NodeSpec::default()
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split([' ', ',', ')']).filter(|word| !word.is_empty()).collect()
}

/// The graph of a text without defects.
pub(crate) fn graph(text: &str) -> RevisionGraph {
    RevisionGraph::build(&specs(text)).expect("a test's history has no defects")
}

/// The revisions of a list of ids, which must exist.
pub(crate) fn nodes(graph: &RevisionGraph, ids: &str) -> Vec<usize> {
    ids.split_whitespace().map(|id| graph.get(id).expect("a test names ids that exist")).collect()
}

/// Revisions as a list of ids.
pub(crate) fn ids(graph: &RevisionGraph, nodes: &[usize]) -> String {
    nodes.iter().map(|&node| graph.id(node)).collect::<Vec<_>>().join(" ")
}

/// The same for a set, in load order.
pub(crate) fn set(graph: &RevisionGraph, set: &NodeSet) -> String {
    ids(graph, &set.iter().collect::<Vec<_>>())
}
