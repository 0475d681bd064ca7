//! Which of several things comes first.

use std::collections::BTreeSet;

/// Puts what others need before them, and otherwise keeps the order. Where things need each other, one of them comes first.
pub(super) fn needed_first<T: Clone + Ord>(all: &[T], needs: impl Fn(&T) -> Vec<T>) -> Vec<T> {
    let members: BTreeSet<&T> = all.iter().collect();
    let mut seen = BTreeSet::new();
    let mut out = Vec::with_capacity(all.len());
    for start in all {
        // What is done once all that it needs is done.
        let mut waiting = vec![(start.clone(), false)];
        while let Some((one, is_ready)) = waiting.pop() {
            if is_ready {
                out.push(one);
            } else if seen.insert(one.clone()) {
                let mut needed = needs(&one);
                needed.retain(|other| members.contains(other) && !seen.contains(other));
                waiting.push((one, true));
                waiting.extend(needed.into_iter().rev().map(|other| (other, false)));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::needed_first;

    #[test]
    fn what_is_needed_comes_first() {
        let needs = |one: &char| match one {
            'a' => vec!['c', 'x'],
            'c' => vec!['b'],
            _ => vec![],
        };
        assert_eq!(needed_first(&['a', 'b', 'c', 'd'], needs), ['b', 'c', 'a', 'd']);
    }

    #[test]
    fn a_cycle_is_cut_somewhere() {
        let needs = |one: &u8| vec![(one + 1) % 3];
        assert_eq!(needed_first(&[0, 1, 2], needs), [2, 1, 0]);
    }
}
