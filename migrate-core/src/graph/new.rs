//! Where a new revision goes: what it builds on, what it depends on, and whether its names are free.
//!
//! A new revision is refused before it is written if the history would be broken with it, or would fork where nobody asked
//! for it.

use std::fmt;

use super::resolve::{ResolveError, quoted};
use super::target::Target;
use super::{Edges, RevisionGraph};
use crate::revision::{InvalidId, RevisionId};

/// A revision that somebody wants to write.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Its id; not set where one is still to be generated.
    pub id: Option<&'a str>,
    /// The labels it is to carry.
    pub labels: &'a [String],
    /// What it is to build on, or to join; none is [`head`](Target::head) for [`place`](RevisionGraph::place).
    pub targets: &'a [Target],
    /// What has to run before.
    pub depends_on: &'a [Target],
    /// Whether it may build on what is not a head, which makes a branch.
    pub splice: bool,
}

/// The edges of a new revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The revisions it builds on, in the order in which they were named; none for a base.
    pub parents: Vec<usize>,
    /// What its file has to name: an id, or the label where a label was named.
    pub depends_on: Vec<String>,
    /// Those of the dependencies that run before it anyway; they do no harm.
    pub implied: Vec<ImpliedDependency>,
}

/// A dependency of a new revision on what runs before it anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpliedDependency {
    /// What it depends on.
    pub revision: String,
    /// The parent or other dependency that is that revision, or needs it.
    pub by: String,
}

/// Why a revision cannot be written so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlaceError {
    /// A target means nothing definite.
    Target(ResolveError),
    /// No revision can have this id.
    InvalidId {
        /// The id as written.
        id: String,
        /// What is wrong with it.
        wrong: InvalidId,
    },
    /// No revision can have this label.
    InvalidLabel {
        /// The label as written.
        label: String,
        /// What is wrong with it.
        wrong: InvalidId,
    },
    /// There is a revision of this id.
    DuplicateId {
        /// The id.
        id: String,
    },
    /// There was a revision of this id, and another one replaced it.
    ReplacedId {
        /// The id.
        id: String,
        /// The revision that replaced it.
        by: String,
    },
    /// The id is a label.
    IdIsLabel {
        /// The id.
        id: String,
        /// The revision that carries the label.
        carrier: String,
    },
    /// Another revision carries the label.
    DuplicateLabel {
        /// The label.
        label: String,
        /// The revision that carries it; not set if it is the new one.
        carrier: Option<String>,
    },
    /// The label is the id of a revision.
    LabelIsId {
        /// The label.
        label: String,
        /// Whether it is the id of the new revision.
        own: bool,
    },
    /// It would build on a revision that has children, and a branch was not asked for.
    NotAHead {
        /// The revision.
        revision: String,
        /// What builds on it.
        children: Vec<String>,
    },
    /// It would build on a revision twice.
    DuplicateParent {
        /// The revision.
        revision: String,
    },
    /// It would build on a revision and on one that descends from it.
    ImpliedParent {
        /// The revision.
        revision: String,
        /// The one that has it among its ancestors.
        by: String,
    },
    /// A merge of less than two revisions.
    NothingToMerge {
        /// The one.
        only: Option<String>,
    },
    /// It would depend on what is not exactly one revision.
    NotOneDependency {
        /// The target as written.
        target: String,
    },
}

impl RevisionGraph {
    /// The edges of a new revision.
    ///
    /// # Errors
    ///
    /// - Its id or one of its labels is taken, or nothing that can stand in a file.
    /// - A target means nothing definite, or the same revision as another, or one that another builds on.
    /// - What it builds on is not a head, without [`splice`](Wish::splice).
    /// - A dependency is not exactly one revision.
    pub fn place(&self, wish: Wish<'_>) -> Result<Place, PlaceError> {
        let head = [Target::head()];
        let targets = if wish.targets.is_empty() { &head } else { wish.targets };
        self.placed(wish, targets, |target| self.resolve(target, &[]))
    }

    /// The edges of a revision that joins others.
    ///
    /// `heads` are all revisions here that nothing builds on: what something merely depends on is still a line of its
    /// own, and a merge that left it out would leave several heads.
    ///
    /// # Errors
    ///
    /// As for [`place`](Self::place), and if there are less than two revisions to join.
    pub fn place_merge(&self, wish: Wish<'_>) -> Result<Place, PlaceError> {
        let place = self.placed(wish, wish.targets, |target| match *target == Target::heads() {
            true => Ok(self.heads().to_vec()),
            false => self.resolve(target, &[]),
        })?;
        match place.parents[..] {
            [] => Err(PlaceError::NothingToMerge { only: None }),
            [only] => Err(PlaceError::NothingToMerge { only: Some(self.id(only).to_owned()) }),
            _ => Ok(place),
        }
    }

    fn placed(
        &self,
        wish: Wish<'_>,
        targets: &[Target],
        resolve: impl Fn(&Target) -> Result<Vec<usize>, ResolveError>,
    ) -> Result<Place, PlaceError> {
        if let Some(id) = wish.id {
            let wrong = |wrong| PlaceError::InvalidId { id: id.to_owned(), wrong };
            RevisionId::new(id.to_owned()).map_err(wrong)?;
        }
        let mut parents = Vec::new();
        for target in targets {
            parents.extend(resolve(target)?);
        }
        self.check_parents(&parents, wish.splice)?;
        let depends_on = wish.depends_on.iter().map(|target| self.dependency(target));
        let depends_on = depends_on.collect::<Result<Vec<_>, _>>()?;
        self.check_names(wish.id, wish.labels)?;
        let implied = self.implied_dependencies(&parents, &depends_on);
        Ok(Place { parents, depends_on, implied })
    }

    /// What would be a [redundant dependency](Self::redundant_dependencies).
    fn implied_dependencies(&self, parents: &[usize], depends_on: &[String]) -> Vec<ImpliedDependency> {
        let mut implied = Vec::new();
        let named = |name: &String| self.get(name).or_else(|| self.labelled(name));
        let dependencies: Vec<usize> = depends_on.iter().filter_map(named).collect();
        for (nth, &node) in dependencies.iter().enumerate() {
            let others = dependencies.iter().enumerate().filter(|(other, _)| *other != nth);
            // Of two that are the same, the second is too many.
            let others =
                others.filter(|(other, same)| **same != node || *other < nth).map(|(_, other)| *other);
            let mut others = parents.iter().copied().chain(others);
            if let Some(by) = others.find(|&other| self.ancestors(&[other], Edges::All).contains(node)) {
                let (revision, by) = (self.id(node).to_owned(), self.id(by).to_owned());
                implied.push(ImpliedDependency { revision, by });
            }
        }
        implied
    }

    fn check_parents(&self, parents: &[usize], splice: bool) -> Result<(), PlaceError> {
        let id = |node: usize| self.id(node).to_owned();
        let mut sorted = parents.to_vec();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(PlaceError::DuplicateParent { revision: id(twice[0]) });
        }
        if let Some(&node) = parents.iter().find(|&&node| !splice && !self.children(node).is_empty()) {
            let children = self.ids(self.children(node));
            return Err(PlaceError::NotAHead { revision: id(node), children });
        }
        let grandparents: Vec<usize> = parents.iter().flat_map(|&node| self.parents(node)).copied().collect();
        let implied = self.ancestors(&grandparents, Edges::Parents);
        if let Some(&inner) = parents.iter().find(|&&node| implied.contains(node)) {
            let above = self.descendants(self.children(inner), Edges::Parents);
            let by = parents.iter().find(|&&node| above.contains(node)).map_or(inner, |&outer| outer);
            return Err(PlaceError::ImpliedParent { revision: id(inner), by: id(by) });
        }
        Ok(())
    }

    /// A dependency as the file will have it: a label stays a label, the start of an id becomes the id.
    fn dependency(&self, target: &Target) -> Result<String, PlaceError> {
        let text = target.to_string();
        if self.labelled(&text).is_some() {
            return Ok(text);
        }
        match self.resolve(target, &[])?[..] {
            [node] => Ok(self.id(node).to_owned()),
            _ => Err(PlaceError::NotOneDependency { target: text }),
        }
    }

    fn check_names(&self, id: Option<&str>, labels: &[String]) -> Result<(), PlaceError> {
        if let Some(id) = id {
            if self.get(id).is_some() {
                return Err(PlaceError::DuplicateId { id: id.to_owned() });
            }
            if let Some((by, _)) = self.replacement(id) {
                return Err(PlaceError::ReplacedId { id: id.to_owned(), by: self.id(by).to_owned() });
            }
            if let Some(carrier) = self.labelled(id) {
                let carrier = self.id(carrier).to_owned();
                return Err(PlaceError::IdIsLabel { id: id.to_owned(), carrier });
            }
        }
        for (nth, label) in labels.iter().enumerate() {
            let wrong = |wrong| PlaceError::InvalidLabel { label: label.clone(), wrong };
            RevisionId::new(label.clone()).map_err(wrong)?;
            let carrier = self.labelled(label);
            if carrier.is_some() || labels[..nth].contains(label) {
                let carrier = carrier.map(|carrier| self.id(carrier).to_owned());
                return Err(PlaceError::DuplicateLabel { label: label.clone(), carrier });
            }
            let own = id == Some(label);
            if own || self.get(label).is_some() {
                return Err(PlaceError::LabelIsId { label: label.clone(), own });
            }
        }
        Ok(())
    }
}

impl From<ResolveError> for PlaceError {
    fn from(error: ResolveError) -> Self {
        Self::Target(error)
    }
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(error) => error.fmt(f),
            Self::InvalidId { id, wrong } => write!(f, "`{id}` cannot be a revision id: {wrong}"),
            Self::InvalidLabel { label, wrong } => write!(f, "`{label}` cannot be a branch label: {wrong}"),
            Self::DuplicateId { id } => write!(f, "there is a revision `{id}` already"),
            Self::ReplacedId { id, by } => {
                write!(f, "there was a revision `{id}`, which `{by}` replaced")
            }
            Self::IdIsLabel { id, carrier } => {
                write!(f, "`{id}` cannot be a revision id: it is a branch label of `{carrier}`")
            }
            Self::DuplicateLabel { label, carrier: Some(carrier) } => {
                write!(f, "`{label}` cannot be a branch label: `{carrier}` carries it already")
            }
            Self::DuplicateLabel { label, carrier: None } => {
                write!(f, "the branch label `{label}` is named twice")
            }
            Self::LabelIsId { label, own: true } => {
                write!(f, "`{label}` cannot be a branch label: it is the id of the new revision")
            }
            Self::LabelIsId { label, own: false } => {
                write!(f, "`{label}` cannot be a branch label: there is a revision of that name")
            }
            Self::NotAHead { revision, children } => {
                let builds = if children.len() == 1 { "builds" } else { "build" };
                write!(f, "`{revision}` is not a head: {} {builds} on it", quoted(children))
            }
            Self::DuplicateParent { revision } => write!(f, "`{revision}` is named twice"),
            Self::ImpliedParent { revision, by } => write!(f, "`{revision}` is part of `{by}` already"),
            Self::NothingToMerge { only: Some(only) } => {
                write!(f, "a merge joins several revisions, and there is only `{only}`")
            }
            Self::NothingToMerge { only: None } => {
                f.write_str("a merge joins several revisions, and there is none")
            }
            Self::NotOneDependency { target } => write!(f, "`{target}` is not one revision to depend on"),
        }
    }
}

impl std::error::Error for PlaceError {}

impl fmt::Display for ImpliedDependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { revision, by } = self;
        write!(f, "`{revision}` comes before the new revision anyway")?;
        if revision == by { Ok(()) } else { write!(f, ", through `{by}`") }
    }
}

impl PlaceError {
    /// What to do.
    pub fn helps(&self) -> Vec<String> {
        let help = match self {
            Self::Target(error) => return error.helps(),
            Self::NotAHead { .. } => "`--splice` makes a branch there".to_owned(),
            Self::DuplicateParent { .. } => "name each revision once; `heads` are all of them".to_owned(),
            Self::ImpliedParent { by, .. } => format!("`{by}` alone brings both"),
            Self::NothingToMerge { .. } => "`migrate heads` lists what can be joined".to_owned(),
            Self::NotOneDependency { .. } => {
                "name an id or a label; several dependencies are several `--depends-on`".to_owned()
            }
            Self::ReplacedId { .. } => "choose another id: a database may still have that one".to_owned(),
            _ => return vec![],
        };
        vec![help]
    }
}

#[cfg(test)]
mod tests;
