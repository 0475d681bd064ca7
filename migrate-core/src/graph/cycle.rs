//! Cycles, for those histories that have them.

use std::collections::VecDeque;

use super::Node;

/// One cycle per strongly connected component: a shortest one through its earliest revision, which comes first. Each
/// revision needs the next, the last needs the first.
pub(super) fn cycles(nodes: &[Node]) -> Vec<Vec<usize>> {
    let component = components(nodes);
    let mut size = vec![0; nodes.len()];
    for &of in &component {
        size[of] += 1;
    }
    let mut shown = vec![false; nodes.len()];
    let earliest = (0..nodes.len()).filter(|&node| {
        let of = component[node];
        size[of] > 1 && !std::mem::replace(&mut shown[of], true)
    });
    let mut came_from = vec![None; nodes.len()];
    earliest.filter_map(|node| shortest(nodes, &component, node, &mut came_from)).collect()
}

/// The shortest way from a revision back to itself within its component. `came_from` is shared between components
/// because they have no revision in common.
fn shortest(
    nodes: &[Node],
    component: &[usize],
    start: usize,
    came_from: &mut [Option<usize>],
) -> Option<Vec<usize>> {
    let mut todo = VecDeque::from([start]);
    while let Some(node) = todo.pop_front() {
        for &next in &nodes[node].needs {
            if next == start {
                let mut path: Vec<usize> = std::iter::successors(Some(node), |&at| came_from[at]).collect();
                path.reverse();
                return Some(path);
            }
            if component[next] == component[start] && came_from[next].is_none() {
                came_from[next] = Some(node);
                todo.push_back(next);
            }
        }
    }
    None
}

/// For each revision the number of its strongly connected component (Tarjan's algorithm, without recursion).
fn components(nodes: &[Node]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let mut component = vec![UNSEEN; nodes.len()];
    let mut index = vec![UNSEEN; nodes.len()];
    let mut lowest = vec![UNSEEN; nodes.len()];
    let mut open = Vec::new();
    let mut n_components = 0;
    let mut n_seen = 0;
    for root in 0..nodes.len() {
        if index[root] != UNSEEN {
            continue;
        }
        // A frame is a revision and how many of its edges were followed.
        let mut frames = vec![(root, 0)];
        while let Some((node, followed)) = frames.pop() {
            if followed == 0 {
                index[node] = n_seen;
                lowest[node] = n_seen;
                n_seen += 1;
                open.push(node);
            } else {
                // Back from the edge followed last.
                let below = nodes[node].needs[followed - 1];
                if component[below] == UNSEEN {
                    lowest[node] = lowest[node].min(lowest[below]);
                }
            }
            if let Some(&next) = nodes[node].needs.get(followed) {
                frames.push((node, followed + 1));
                if index[next] == UNSEEN {
                    frames.push((next, 0));
                }
            } else if lowest[node] == index[node] {
                while let Some(member) = open.pop() {
                    component[member] = n_components;
                    if member == node {
                        break;
                    }
                }
                n_components += 1;
            }
        }
    }
    component
}
