//! From a target as written to the revisions it means.

mod error;

pub(super) use error::quoted;
pub use error::{MAX_LISTED, NamedHead, ResolveError};

use super::applied::Applied;
use super::target::{Place, Target};
use super::{NodeSet, RevisionGraph};
use crate::nearest::nearest;
use crate::revision::RESERVED_WORDS;

/// A revision, or what is below all of them.
pub(super) type Point = Option<usize>;

/// Below the first revision.
const BASE: Point = None;

/// What steps do that would lead beyond the last revision, or below the first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AtTheEnd {
    Refuse,
    Stop,
}

/// A line of revisions, named by one of them.
pub(super) struct Branch<'t> {
    name: &'t str,
    pub(super) node: usize,
    lineage: NodeSet,
}

impl RevisionGraph {
    /// The revisions that a target names, for commands that look at revisions or record them.
    ///
    /// `head` is one, `heads` may be several, `base` is none. `current` is `rows`. A bare `-N` is N below each head.
    /// Other steps are for [`upgrade`](Self::upgrade) and [`downgrade`](Self::downgrade).
    ///
    /// A name is taken as a whole id or label if there is one. Else it is the start of one, of any length, if it fits
    /// no other revision (and, after `<branch>@`, no other of that line). `abc-1` is a step down from `abc` only
    /// if nothing starts so; with both an id that does and one that is `abc`, it is refused.
    ///
    /// # Errors
    ///
    /// - The target names nothing, several where one is wanted, or something of another branch.
    /// - It has steps up, or steps from a revision.
    pub fn resolve(&self, target: &Target, rows: &[usize]) -> Result<Vec<usize>, ResolveError> {
        let (place, steps) = self.reading(target)?;
        match (place, steps) {
            (None, Some(steps)) if steps < 0 => self.below_heads(target, steps),
            (_, Some(_)) => Err(ResolveError::NotHere { target: target.to_string() }),
            (None, None) => {
                let branch = self.branch(target)?;
                let wanted = |row: &usize| branch.as_ref().is_none_or(|branch| branch.lineage.contains(*row));
                Ok(rows.iter().copied().filter(wanted).collect())
            }
            (Some(place), None) => self.named(target, &place, self.branch(target)?.as_ref()),
        }
    }

    /// What an upgrade is to reach.
    pub(super) fn upgrade_points(
        &self,
        target: &Target,
        applied: &Applied<'_>,
        at_the_end: AtTheEnd,
    ) -> Result<Vec<usize>, ResolveError> {
        let (place, steps) = self.reading(target)?;
        match (place, steps) {
            (None, None) => Err(ResolveError::NotHere { target: target.to_string() }),
            (None, Some(..=0)) => Err(ResolveError::NoStep { target: target.to_string(), up: true }),
            (None, Some(steps)) => {
                let branch = self.branch(target)?;
                let start = self.start_of_upgrade(target, branch.as_ref(), applied)?;
                self.walk(target, start, steps, branch.as_ref(), at_the_end).map(Vec::from_iter)
            }
            (Some(place), None) => self.named(target, &place, self.branch(target)?.as_ref()),
            (Some(place), Some(steps)) => self.stepped(target, &place, steps, at_the_end).map(Vec::from_iter),
        }
    }

    /// What a downgrade is to leave, and the branch it keeps to.
    ///
    /// The branch says which lines go down; it does not narrow what `head` means, so `blog@head` is an error in a
    /// history with several heads.
    pub(super) fn downgrade_point(
        &self,
        target: &Target,
        applied: &Applied<'_>,
    ) -> Result<(Point, Option<usize>), ResolveError> {
        let (place, steps) = self.reading(target)?;
        match (place, steps) {
            (None, None) => Err(ResolveError::NotHere { target: target.to_string() }),
            (None, Some(0..)) => Err(ResolveError::NoStep { target: target.to_string(), up: false }),
            (None, Some(steps)) => {
                let branch = self.branch(target)?;
                let start = self.start_of_downgrade(target, branch.as_ref(), applied)?;
                let point = self.walk(target, Some(start), steps, None, AtTheEnd::Refuse)?;
                Ok((point, Some(branch.map_or(start, |branch| branch.node))))
            }
            (Some(place), None) => {
                let point = self.single(target, &place, None)?;
                Ok((point, self.branch_node(target)?))
            }
            (Some(place), Some(steps)) => {
                let point = self.stepped(target, &place, steps, AtTheEnd::Refuse)?;
                Ok((point, self.branch_node(target)?))
            }
        }
    }

    /// Decides whether `abc-1` is a name or a step down.
    fn reading(&self, target: &Target) -> Result<(Option<Place>, Option<i32>), ResolveError> {
        let as_written = (target.place.clone(), target.steps);
        let (Some(Place::Name(text)), Some((from, steps))) = (&target.place, target.as_steps_down()) else {
            return Ok(as_written);
        };
        if self.exact(text).is_some() {
            return Ok(as_written);
        }
        match self.starting_with(text) {
            // The start of `abc-1...` also starts with `abc`, so the two readings meet only if `abc` is a name in full.
            [first, ..] if self.exact(from).is_some() => Err(ResolveError::AmbiguousReading {
                text: text.clone(),
                name: self.text(*first).to_owned(),
                from: from.to_owned(),
            }),
            [] if !self.starting_with(from).is_empty() => {
                Ok((Some(Place::Name(from.to_owned())), Some(steps)))
            }
            _ => Ok(as_written),
        }
    }

    /// The revision that a target's branch is named by.
    pub(super) fn branch_node(&self, target: &Target) -> Result<Option<usize>, ResolveError> {
        Ok(self.branch(target)?.map(|branch| branch.node))
    }

    fn branch<'t>(&self, target: &'t Target) -> Result<Option<Branch<'t>>, ResolveError> {
        let Some(name) = target.branch.as_deref() else { return Ok(None) };
        let node = self.name(name, None).map_err(|error| match error {
            ResolveError::UnknownRevision { name, .. } => self.unknown_branch(&name),
            other => other,
        })?;
        Ok(Some(Branch { name, node, lineage: self.lineage(node) }))
    }

    /// A revision by id, label, or the start of one.
    fn name(&self, text: &str, branch: Option<&Branch<'_>>) -> Result<usize, ResolveError> {
        let node = match self.exact(text) {
            Some(name) => name.node,
            None => {
                let on_branch = |node: usize| branch.is_none_or(|branch| branch.lineage.contains(node));
                let mut names = self.starting_with(text).iter().filter(|name| on_branch(name.node));
                let Some(first) = names.next().filter(|_| !text.is_empty()) else {
                    return match self.replacement_of(text, branch)? {
                        Some(node) => Ok(node),
                        None => Err(self.unknown(text, branch)),
                    };
                };
                if names.clone().any(|name| name.node != first.node) {
                    let candidates = std::iter::once(first).chain(names);
                    return Err(ResolveError::AmbiguousPrefix {
                        prefix: text.to_owned(),
                        candidates: candidates.map(|name| self.text(*name).to_owned()).collect(),
                    });
                }
                first.node
            }
        };
        match branch {
            Some(branch) if !branch.lineage.contains(node) => Err(ResolveError::NotInBranch {
                revision: self.id(node).to_owned(),
                branch: branch.name.to_owned(),
            }),
            _ => Ok(node),
        }
    }

    /// The revision that stands for a replaced one, by the id of that, or the start of it.
    ///
    /// The last of those that were replaced is where their replacement leads. The others are nowhere any more.
    fn replacement_of(&self, text: &str, branch: Option<&Branch<'_>>) -> Result<Option<usize>, ResolveError> {
        let from = self.replaced.partition_point(|replaced| *replaced.id < *text);
        let fitting = self.replaced[from..].iter().take_while(|replaced| replaced.id.starts_with(text));
        let mut fitting = fitting.filter(|_| !text.is_empty());
        let (Some(first), second) = (fitting.next(), fitting.next()) else { return Ok(None) };
        match second {
            Some(_) if *first.id != *text => {
                let candidates = [first].into_iter().chain(second).chain(fitting);
                Err(ResolveError::AmbiguousPrefix {
                    prefix: text.to_owned(),
                    candidates: candidates.map(|replaced| replaced.id.to_string()).collect(),
                })
            }
            _ if branch.is_some_and(|branch| !branch.lineage.contains(first.by)) => Ok(None),
            _ if first.is_end => Ok(Some(first.by)),
            _ => Err(ResolveError::Replaced { name: first.id.to_string(), by: self.id(first.by).to_owned() }),
        }
    }

    fn unknown(&self, name: &str, branch: Option<&Branch<'_>>) -> ResolveError {
        let elsewhere = if name.is_empty() { &[] } else { self.starting_with(name) };
        if let Some(branch) = branch.filter(|_| !elsewhere.is_empty()) {
            return ResolveError::UnknownOnBranch {
                name: name.to_owned(),
                branch: branch.name.to_owned(),
                elsewhere: elsewhere.iter().map(|name| self.text(*name).to_owned()).collect(),
            };
        }
        let words = ["head", "heads", "base"].into_iter();
        let names = || words.clone().chain(self.names.iter().map(|name| self.text(*name)));
        let same_letters = names().find(|candidate| candidate.eq_ignore_ascii_case(name));
        let nearest = same_letters.or_else(|| nearest(name, names()));
        ResolveError::UnknownRevision { name: name.to_owned(), nearest: nearest.map(str::to_owned) }
    }

    fn unknown_branch(&self, name: &str) -> ResolveError {
        let nearest = match RESERVED_WORDS.contains(&name) {
            true => None,
            false => nearest(name, self.names.iter().map(|name| self.text(*name))),
        };
        ResolveError::UnknownBranch { name: name.to_owned(), nearest: nearest.map(str::to_owned) }
    }

    /// The revisions of a place that is not relative.
    fn named(
        &self,
        target: &Target,
        place: &Place,
        branch: Option<&Branch<'_>>,
    ) -> Result<Vec<usize>, ResolveError> {
        match (place, branch) {
            (Place::Heads, None) => Ok(self.real_heads.clone()),
            (Place::Heads, Some(branch)) => Ok(self.heads_on(Some(branch))),
            (place, branch) => {
                let point = self.single(target, place, branch);
                point.map(Vec::from_iter).map_err(|error| match error {
                    ResolveError::SeveralHeads { target, branch, heads, n_heads, .. } => {
                        ResolveError::SeveralHeads { target, branch, heads, n_heads, several_will_do: true }
                    }
                    error => error,
                })
            }
        }
    }

    /// The one revision of a place that is not relative.
    fn single(
        &self,
        target: &Target,
        place: &Place,
        branch: Option<&Branch<'_>>,
    ) -> Result<Point, ResolveError> {
        let heads = match place {
            Place::Base => return Ok(BASE),
            Place::Name(name) => return self.name(name, branch).map(Some),
            Place::Heads if branch.is_none() => self.real_heads.clone(),
            Place::Head | Place::Heads => self.heads_on(branch),
        };
        match heads[..] {
            [] => Ok(BASE),
            [head] => Ok(Some(head)),
            _ => Err(ResolveError::SeveralHeads {
                target: target.to_string(),
                branch: branch.map(|branch| branch.name.to_owned()),
                heads: heads.iter().take(MAX_LISTED).map(|&head| self.named_head(head)).collect(),
                n_heads: heads.len(),
                several_will_do: false,
            }),
        }
    }

    fn heads_on(&self, branch: Option<&Branch<'_>>) -> Vec<usize> {
        let on_branch = |head: &usize| branch.is_none_or(|branch| branch.lineage.contains(*head));
        self.heads.iter().copied().filter(on_branch).collect()
    }

    /// A head with the label that tells it from the others.
    pub fn named_head(&self, head: usize) -> NamedHead {
        NamedHead { id: self.id(head).to_owned(), label: self.label_of_head(head).map(str::to_owned) }
    }

    /// A place with steps, such as `abc+2`. Upward the branch chooses at forks; downward the place must be on it.
    fn stepped(
        &self,
        target: &Target,
        place: &Place,
        steps: i32,
        at_the_end: AtTheEnd,
    ) -> Result<Point, ResolveError> {
        let branch = self.branch(target)?;
        if steps > 0 {
            let start = self.single(target, place, None)?;
            self.walk(target, start, steps, branch.as_ref(), at_the_end)
        } else {
            let start = self.single(target, place, branch.as_ref())?;
            self.walk(target, start, steps, None, at_the_end)
        }
    }

    /// So many below each head, or each head in reach of a label.
    fn below_heads(&self, target: &Target, steps: i32) -> Result<Vec<usize>, ResolveError> {
        let reach = match self.branch(target)? {
            None => None,
            // What is asked for is a label's branch, not a revision's: those of a mere revision are no heads.
            Some(branch) if self.labelled(branch.name).is_none() => return Ok(vec![]),
            Some(branch) => Some(self.label_reach(branch.node)),
        };
        let wanted = self.real_heads.iter().filter(|head| reach.as_ref().is_none_or(|r| r.contains(**head)));
        let mut found = Vec::new();
        for &head in wanted {
            found.extend(self.walk(target, Some(head), steps, None, AtTheEnd::Refuse)?);
        }
        Ok(found)
    }

    /// Where an upgrade by steps starts: the row on the branch, else what is applied of it, else before everything.
    fn start_of_upgrade(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
        applied: &Applied<'_>,
    ) -> Result<Point, ResolveError> {
        let mut starts = applied.rows();
        if let Some(branch) = branch {
            starts.retain(|&row| branch.lineage.contains(row));
            if starts.is_empty() {
                let on_branch = |node: &usize| applied.contains(*node) && branch.lineage.contains(*node);
                let is_tip = |node: &usize| !self.needed_by(*node).iter().any(on_branch);
                starts = applied.iter().filter(on_branch).filter(is_tip).collect();
            }
        }
        self.one_start(target, &starts)
    }

    /// Where a downgrade by steps starts: the row, on the branch if one is asked for; else, as nothing else of the
    /// branch is a row, the tip of what is applied of it.
    fn start_of_downgrade(
        &self,
        target: &Target,
        branch: Option<&Branch<'_>>,
        applied: &Applied<'_>,
    ) -> Result<usize, ResolveError> {
        let mut starts = applied.rows();
        if let Some(branch) = branch {
            starts.retain(|&row| branch.lineage.contains(row));
            if starts.is_empty() {
                let is_tip =
                    |node: &usize| !self.children(*node).iter().any(|&child| applied.contains(child));
                starts =
                    applied.iter().filter(|&node| branch.lineage.contains(node)).filter(is_tip).collect();
            }
        }
        let start = self.one_start(target, &starts)?;
        start.ok_or_else(|| match branch {
            Some(branch) => {
                ResolveError::NothingApplied { target: target.to_string(), branch: branch.name.to_owned() }
            }
            None => ResolveError::OutOfRange { target: target.to_string(), last: "base".to_owned() },
        })
    }

    fn one_start(&self, target: &Target, starts: &[usize]) -> Result<Point, ResolveError> {
        match starts {
            [] => Ok(BASE),
            [start] => Ok(Some(*start)),
            _ => Err(ResolveError::AmbiguousCurrent {
                target: target.to_string(),
                rows: self.ids(starts),
                steps: target.steps.unwrap_or(0),
            }),
        }
    }

    /// Goes up over children, on a branch if given, or down over parents. One step below a base is `base`.
    fn walk(
        &self,
        target: &Target,
        start: Point,
        steps: i32,
        branch: Option<&Branch<'_>>,
        at_the_end: AtTheEnd,
    ) -> Result<Point, ResolveError> {
        let up = steps > 0;
        let mut at = start;
        for _ in 0..steps.unsigned_abs() {
            let next: Vec<usize> = match (at, up) {
                (Some(node), true) => self.on_branch(self.children(node), branch),
                (BASE, true) => self.on_branch(&self.bases, branch),
                (Some(node), false) => self.parents(node).to_vec(),
                (BASE, false) => vec![],
            };
            at = match (&next[..], at) {
                ([next], _) => Some(*next),
                ([], Some(_)) if !up => BASE,
                ([], _) if at_the_end == AtTheEnd::Stop => return Ok(at),
                ([], _) => {
                    return Err(ResolveError::OutOfRange {
                        target: target.to_string(),
                        last: self.point(at),
                    });
                }
                (choices, _) => {
                    return Err(ResolveError::AmbiguousWalk {
                        target: target.to_string(),
                        at: self.point(at),
                        choices: self.ids(choices),
                    });
                }
            };
        }
        Ok(at)
    }

    fn on_branch(&self, nodes: &[usize], branch: Option<&Branch<'_>>) -> Vec<usize> {
        let on_branch = |node: &usize| branch.is_none_or(|branch| branch.lineage.contains(*node));
        nodes.iter().copied().filter(on_branch).collect()
    }

    pub(super) fn ids(&self, nodes: &[usize]) -> Vec<String> {
        nodes.iter().map(|&node| self.id(node).to_owned()).collect()
    }

    fn point(&self, point: Point) -> String {
        point.map_or("base", |node| self.id(node)).to_owned()
    }
}

#[cfg(test)]
mod tests;
