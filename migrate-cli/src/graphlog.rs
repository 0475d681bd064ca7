//! Draws the history, newest first, one revision at a time.

use migrate_core::graph::{NodeSet, RevisionGraph};
use renderdag::{Ancestor, GraphRowRenderer, Renderer};

/// Draws the revisions, in their order, and hands over the lines of one after the other; stops when `show` says so.
///
/// Dependencies are drawn as dashed lines. What leads out of the revisions shown ends in `~`.
pub(crate) fn draw(
    graph: &RevisionGraph,
    nodes: &[usize],
    is_current: impl Fn(usize) -> bool,
    line: impl Fn(usize) -> String,
    mut show: impl FnMut(&str) -> bool,
) {
    let mut shown = NodeSet::new(graph.len());
    for &node in nodes {
        shown.insert(node);
    }
    let mut renderer = GraphRowRenderer::new().output().with_min_row_height(1).build_box_drawing();
    for &node in nodes {
        let mut parents: Vec<Ancestor<usize>> = Vec::new();
        let outside = graph.needs(node).iter().any(|need| !shown.contains(*need));
        parents.extend(
            graph.parents(node).iter().filter(|need| shown.contains(**need)).map(|&n| Ancestor::Parent(n)),
        );
        let parents_of = graph.parents(node);
        let dependencies = graph.dependencies(node).iter();
        parents.extend(
            dependencies
                .filter(|need| shown.contains(**need) && !parents_of.contains(need))
                .map(|&n| Ancestor::Ancestor(n)),
        );
        if outside {
            parents.push(Ancestor::Anonymous);
        }
        let glyph = if is_current(node) { "@" } else { "○" };
        if !show(&renderer.next_row(node, parents, glyph.to_owned(), line(node))) {
            return;
        }
    }
}
