//! What we make of a case, through the functions that the command uses.

use std::collections::{BTreeMap, BTreeSet};

use migrate_core::graph::new::{PlaceError, Wish};
use migrate_core::graph::step::{Plan, PlanError};
use migrate_core::graph::target::{ParseTargetError, Target, TargetRange};
use migrate_core::graph::{Defect, Edges, RangeError, ResolveError, RevisionGraph};
use migrate_core::revision::Direction;
use serde_json::{Value, json};

use crate::case::{Case, sorted, strings};

/// What came out, in the words of the vectors.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// Each step with the rows after it, then the rows at the end; rows sorted by text.
    Moved {
        steps: Vec<(String, Vec<String>)>,
        rows_after: Vec<String>,
    },
    /// Sorted by text.
    Revisions(Vec<String>),
    /// Newest first.
    History(Vec<String>),
    Created {
        parents: Vec<String>,
        depends_on: Vec<String>,
    },
    Graph(Value),
}

/// Why nothing came out.
#[derive(Debug)]
pub(crate) enum Refused {
    Defects(Vec<Defect>),
    /// A revision of the history has an id that no file may have.
    InvalidId,
    Parse(ParseTargetError),
    Resolve(ResolveError),
    Plan(PlanError),
    Range(RangeError),
    Place(PlaceError),
    /// The version table has a row that is not in the history.
    UnknownRow,
    /// `current --check-heads` says no.
    NotAtHeads,
    /// Without a database a downgrade does not know where it starts.
    RangeRequired,
}

pub(crate) type Ours = Result<Outcome, Refused>;

macro_rules! refused {
    ($($variant:ident($error:ty)),*) => {
        $(impl From<$error> for Refused {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}
refused!(
    Parse(ParseTargetError),
    Resolve(ResolveError),
    Plan(PlanError),
    Range(RangeError),
    Place(PlaceError)
);

impl Refused {
    /// The error's class in the words of the vectors.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Defects(defects) => defects.first().map_or("other", defect_class),
            Self::Parse(ParseTargetError::Range(_)) => "range_not_allowed",
            Self::Parse(ParseTargetError::NotARange(_) | ParseTargetError::SeveralColons(_))
            | Self::RangeRequired => "range_required",
            Self::Parse(ParseTargetError::TooManySteps(_)) => "relative_out_of_range",
            Self::Parse(_) | Self::UnknownRow => "no_such_revision",
            Self::Resolve(error)
            | Self::Plan(PlanError::Target(error))
            | Self::Range(RangeError::Target(error))
            | Self::Place(PlaceError::Target(error)) => resolve_class(error),
            Self::Plan(PlanError::NotApplied { .. } | PlanError::NotBelowBranch { .. })
            | Self::Range(RangeError::NotConnected { .. }) => "not_ancestor",
            Self::InvalidId | Self::Place(PlaceError::InvalidId { .. }) => "illegal_revision_id",
            Self::Place(PlaceError::NotAHead { .. }) => "not_a_head",
            Self::Place(PlaceError::DuplicateParent { .. }) => "duplicate_heads",
            Self::Place(PlaceError::DuplicateLabel { .. } | PlaceError::LabelIsId { .. }) => {
                "duplicate_branch_label"
            }
            Self::Plan(_) => "no_such_revision",
            Self::NotAtHeads => "not_at_head",
            Self::Range(_) | Self::Place(_) => "other",
        }
    }
}

fn resolve_class(error: &ResolveError) -> &'static str {
    match error {
        ResolveError::UnknownRevision { .. }
        | ResolveError::UnknownOnBranch { .. }
        | ResolveError::NotHere { .. } => "no_such_revision",
        ResolveError::UnknownBranch { .. } => "no_such_branch",
        ResolveError::AmbiguousPrefix { .. } => "ambiguous_prefix",
        ResolveError::NotInBranch { .. } => "not_in_branch",
        ResolveError::SeveralHeads { .. } => "multiple_heads",
        ResolveError::OutOfRange { .. } | ResolveError::NoStep { .. } => "relative_out_of_range",
        ResolveError::AmbiguousWalk { .. } => "ambiguous_walk",
        ResolveError::AmbiguousCurrent { .. } => "ambiguous_current",
        _ => "other",
    }
}

fn defect_class(defect: &Defect) -> &'static str {
    match defect {
        Defect::SelfParent { .. } => "self_loop",
        Defect::SelfDependency { .. } => "dependency_self_loop",
        Defect::LabelClash { .. } => "duplicate_branch_label",
        Defect::Cycle { .. } => "cycle",
        _ => "other",
    }
}

/// A case on its history.
pub(crate) struct Run<'a> {
    pub(crate) case: &'a Case,
    pub(crate) graph: &'a RevisionGraph,
}

impl Run<'_> {
    pub(crate) fn ours(&self) -> Ours {
        let (case, graph) = (self.case, self.graph);
        match case.command() {
            "upgrade" => self.movement(case.target(), Direction::Upgrade),
            "downgrade" => self.movement(case.target(), Direction::Downgrade),
            "stamp" => self.stamp(),
            "history" => self.history(),
            "show" => self.show(case.target()),
            "current" => self.current(),
            "revision" | "merge" => self.create(),
            "heads" if case.option("resolve_dependencies") => {
                Ok(Outcome::Revisions(self.ids(graph.real_heads())))
            }
            "heads" => Ok(Outcome::Revisions(self.ids(graph.heads()))),
            "branches" => {
                let branchpoints = (0..graph.len()).filter(|&node| graph.is_branchpoint(node));
                Ok(Outcome::Revisions(self.ids(&branchpoints.collect::<Vec<_>>())))
            }
            "graph" => Ok(Outcome::Graph(self.describe())),
            command => panic!("{}: no command is called `{command}`", case.id()),
        }
    }

    /// Revisions by id, sorted by text.
    fn ids(&self, nodes: &[usize]) -> Vec<String> {
        sorted(self.names(nodes))
    }

    fn names(&self, nodes: &[usize]) -> Vec<String> {
        nodes.iter().map(|&node| self.graph.id(node).to_owned()).collect()
    }

    /// The rows; one that is not in the history is refused.
    fn rows(&self) -> Result<Vec<usize>, Refused> {
        let rows = self.case.rows().into_iter().map(|id| self.graph.get(id));
        rows.collect::<Option<_>>().ok_or(Refused::UnknownRow)
    }

    /// An upgrade or a downgrade; without a database a range says where it starts.
    fn movement(&self, text: &str, direction: Direction) -> Ours {
        let (rows, target) = match self.case.option("sql") {
            true if text.contains(':') => self.offline(text)?,
            true if direction == Direction::Downgrade => return Err(Refused::RangeRequired),
            true => (vec![], text.parse()?),
            false => {
                let target = text.parse()?;
                (self.rows()?, target)
            }
        };
        let plan = match direction {
            Direction::Upgrade => self.graph.upgrade(&rows, &[target])?,
            Direction::Downgrade => self.graph.downgrade(&rows, &target)?,
        };
        Ok(self.play(&rows, &plan))
    }

    /// The rows that the start of a range stands for, and its end.
    fn offline(&self, text: &str) -> Result<(Vec<usize>, Target), Refused> {
        let range: TargetRange = text.parse()?;
        let rows = match &range.start {
            None => vec![],
            Some(start) => self.graph.rows_at(std::slice::from_ref(start))?,
        };
        Ok((rows, range.end.unwrap_or(Target::heads())))
    }

    /// Plays a plan on the rows. Whatever Alembic says, no step may remove a row that is not there or leave one that
    /// another implies.
    fn play(&self, rows: &[usize], plan: &Plan) -> Outcome {
        let id = self.case.id();
        let mut now: BTreeSet<usize> = rows.iter().copied().collect();
        let mut steps = Vec::new();
        for step in &plan.steps {
            assert!(
                step.removed.iter().all(|row| now.remove(row)),
                "{id}: a step removes a row that is not there"
            );
            assert!(step.added.iter().all(|row| now.insert(*row)), "{id}: a step adds a row that is there");
            let rows: Vec<usize> = now.iter().copied().collect();
            assert_eq!(self.graph.maximal(&rows), rows, "{id}: a row implies another");
            steps.push((self.graph.id(step.revision).to_owned(), self.ids(&rows)));
        }
        assert!(plan.rows_after.iter().eq(&now), "{id}: the rows at the end are not those of the last step");
        Outcome::Moved { steps, rows_after: self.ids(&plan.rows_after) }
    }

    fn stamp(&self) -> Ours {
        let (offline, purge) = (self.case.option("sql"), self.case.option("purge"));
        let mut rows = if offline || purge { vec![] } else { self.rows()? };
        let mut targets = Vec::new();
        for text in self.case.targets() {
            if offline && text.contains(':') {
                let (start, end) = self.offline(text)?;
                rows = start;
                targets.push(end);
            } else {
                targets.push(text.parse()?);
            }
        }
        let stamp = self.graph.stamp(&rows, &targets, purge)?;
        assert_eq!(self.graph.maximal(&stamp.rows_after), stamp.rows_after, "{}: overlap", self.case.id());
        Ok(Outcome::Moved { steps: vec![], rows_after: self.ids(&stamp.rows_after) })
    }

    fn history(&self) -> Ours {
        let range = match &self.case.0["target"] {
            Value::String(text) => text.parse()?,
            _ => TargetRange { start: None, end: None },
        };
        let asks_database = range.needs_current() || self.case.option("indicate_current");
        let rows = if asks_database { self.rows()? } else { vec![] };
        Ok(Outcome::History(self.names(&self.graph.range(&range, &rows)?)))
    }

    fn show(&self, target: &str) -> Ours {
        let rows = if target == "current" { self.rows()? } else { vec![] };
        Ok(Outcome::Revisions(self.ids(&self.graph.resolve(&target.parse()?, &rows)?)))
    }

    /// The rows, and the tips of the lines that they imply through dependencies. Rows that are not in the history are shown
    /// as such.
    fn current(&self) -> Ours {
        let graph = self.graph;
        let known: Vec<usize> = self.case.rows().into_iter().filter_map(|id| graph.get(id)).collect();
        let applied = graph.ancestors(&known, Edges::All);
        if self.case.option("check_heads") && (self.case.has_unknown_row() || applied.len() < graph.len()) {
            return Err(Refused::NotAtHeads);
        }
        let is_tip = |node: &usize| !graph.children(*node).iter().any(|&child| applied.contains(child));
        Ok(Outcome::Revisions(self.ids(&applied.iter().filter(is_tip).collect::<Vec<_>>())))
    }

    fn create(&self) -> Ours {
        let options = &self.case.0["options"];
        let parse = |texts: Vec<&str>| texts.into_iter().map(str::parse).collect::<Result<Vec<Target>, _>>();
        let labels: Vec<String> = options["branch_label"].as_str().into_iter().map(str::to_owned).collect();
        let (targets, depends_on) = (parse(self.case.targets())?, parse(strings(&options["depends_on"]))?);
        let wish = Wish {
            id: options["rev_id"].as_str(),
            labels: &labels,
            targets: &targets,
            depends_on: &depends_on,
            splice: self.case.option("splice"),
        };
        let place = match self.case.command() {
            "merge" => self.graph.place_merge(wish)?,
            _ => self.graph.place(wish)?,
        };
        Ok(Outcome::Created { parents: self.names(&place.parents), depends_on: place.depends_on })
    }

    fn describe(&self) -> Value {
        let graph = self.graph;
        let in_reach = graph.labels_in_reach();
        let describe = |node: usize| {
            let depends_on_it = |other: &usize| graph.dependencies(*other).contains(&node);
            let dependents: Vec<usize> =
                graph.needed_by(node).iter().copied().filter(depends_on_it).collect();
            json!({
                "labels": sorted(in_reach[node].clone()),
                "down": self.names(graph.parents(node)),
                "resolved_dependencies": self.ids(graph.dependencies(node)),
                "children": self.ids(graph.children(node)),
                "dependents": self.ids(&dependents),
                "branch_point": graph.is_branchpoint(node),
                "merge_point": graph.is_mergepoint(node),
            })
        };
        let revisions: BTreeMap<&str, Value> =
            (0..graph.len()).map(|node| (graph.id(node), describe(node))).collect();
        json!({
            "heads": self.ids(graph.heads()),
            "real_heads": self.ids(graph.real_heads()),
            "bases": self.ids(graph.bases()),
            "revisions": revisions,
        })
    }
}
