//! The order in which revisions can run.

use super::Node;

/// The revisions, each after what it needs; those on a cycle, and those that need one, are missing.
///
/// What is ready waits on a stack, so that a line goes on before another begins. Of what becomes ready together,
/// children come before mere dependents, and earlier before later in load order.
pub(super) fn topological(nodes: &[Node]) -> Vec<usize> {
    let mut waiting_for: Vec<usize> = nodes.iter().map(|node| node.needs.len()).collect();
    let mut ready: Vec<usize> = (0..nodes.len()).rev().filter(|&node| waiting_for[node] == 0).collect();
    let mut order = Vec::with_capacity(nodes.len());
    let mut children = Vec::new();
    while let Some(node) = ready.pop() {
        order.push(node);
        for &next in nodes[node].needed_by.iter().rev() {
            waiting_for[next] -= 1;
            if waiting_for[next] == 0 {
                let is_child = nodes[next].parents.contains(&node);
                if is_child { &mut children } else { &mut ready }.push(next);
            }
        }
        ready.append(&mut children);
    }
    order
}
