//! Targets and plans against answers recorded from Alembic (`tests/vectors` of the workspace).
//!
//! A case must agree in steps (in order where only one order is possible, else as a set in a valid order), in the rows at
//! the end, in the rows after each step where the order is the same, and in the class of an error. [`DIFFERENCES`] are the
//! rules by which we differ on purpose, with the cases that fall under each. In cases marked `quirk` Alembic itself goes
//! wrong: they count only where the file says what would have been right.
//!
//! `MIGRATE_VECTORS` may name a folder with further files.

#![expect(
    clippy::disallowed_methods,
    reason = "the vectors are files, and the core's ban is not for its tests"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use migrate_core::graph::step::{Plan, PlanError};
use migrate_core::graph::target::{ParseTargetError, Target, TargetRange};
use migrate_core::graph::{Defect, Edges, NodeSpec, ResolveError, RevisionGraph};
use serde_json::{Value, json};

/// A rule by which we differ in cases without a quirk.
struct Difference {
    /// Why it is better so.
    why: &'static str,
    /// Whether a case falls under it, given what we make of the case.
    applies: fn(&Value, &Result<Outcome, Refused>) -> bool,
    /// The cases in the recorded files that do.
    ids: &'static [&'static str],
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        why: "rows, or targets, that imply each other are read as all they need; Alembic is stuck with them",
        applies: |case, _| case["expect"]["error"] == "overlapping_revisions",
        ids: &["c-0112", "c-0228", "s1-0058", "s1-0092", "s1-0134", "s1-0141"],
    },
    Difference {
        why: "what follows a number of steps is an error; Alembic ignores it",
        applies: |case, ours| *ours == Err("no_such_revision") && ends_in_letters(case),
        ids: &["s1-0225"],
    },
    Difference {
        why: "nothing is below `base`; Alembic goes on down from the heads, or stamps nothing",
        applies: |case, ours| {
            let downward = ["show", "stamp"].contains(&case["command"].as_str().unwrap_or_default());
            *ours == Err("relative_out_of_range") && (downward || target(case).contains("base-"))
        },
        ids: &["c-0045", "s1-0199"],
    },
    Difference {
        why: "a row that the history does not know is told before anything else",
        applies: |case, ours| *ours == Err("no_such_revision") && has_unknown_row(case),
        ids: &["s1-0243"],
    },
    Difference {
        why: "ids with other characters than letters, digits and `_` can be stepped from",
        applies: |case, ours| ours.is_ok() && target(case).contains('.'),
        ids: &["s1-0270"],
    },
    Difference {
        why: "a branch that is unknown or ambiguous is an error wherever it stands; Alembic may not look at it",
        applies: |case, ours| ours.is_err() && names_no_branch(case),
        ids: &[],
    },
    Difference {
        why: "to downgrade to what is applied, with nothing above it, is nothing to do",
        applies: |case, ours| {
            let nothing = |ours: &Outcome| matches!(ours, Outcome::Moved { steps, .. } if steps.is_empty());
            case["expect"]["error"] == "not_ancestor" && ours.as_ref().is_ok_and(nothing)
        },
        ids: &[],
    },
    Difference {
        why: "a stamp that names no revision is refused unless it says `base`; Alembic takes it for `base`",
        applies: |case, ours| case["command"] == "stamp" && *ours == Err("no_such_revision"),
        ids: &[],
    },
    Difference {
        why: "after `branch@` a prefix need only be unique on the branch, for a stamp as for everything else",
        applies: |case, ours| {
            case["command"] == "stamp" && case["expect"]["error"] == "ambiguous_prefix" && ours.is_ok()
        },
        ids: &[],
    },
];

/// The recorded answer, or what it should have been where Alembic's own bookkeeping fails.
fn answer(case: &Value) -> &Value {
    case.get("ideal").unwrap_or(&case["expect"])
}

fn target(case: &Value) -> &str {
    case["target"].as_str().unwrap_or_default()
}

fn has_unknown_row(case: &Value) -> bool {
    let known: BTreeSet<&str> = revisions(case).map(|spec| spec.id).collect();
    strings(&case["current"]).iter().any(|row| !known.contains(row))
}

/// Whether a target has a branch that is not exactly an id or label.
fn names_no_branch(case: &Value) -> bool {
    let known: BTreeSet<&str> =
        revisions(case).flat_map(|spec| spec.labels.into_iter().chain([spec.id])).collect();
    let targets = strings(&case["target"]).into_iter().chain(case["target"].as_str());
    targets.filter_map(|target| target.split_once('@')).any(|(branch, _)| !known.contains(branch))
}

/// `abc+1xyz`
fn ends_in_letters(case: &Value) -> bool {
    let steps = target(case).trim_end_matches(|c: char| c.is_ascii_alphabetic());
    steps.len() < target(case).len()
        && steps.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with(['+', '-'])
}

/// What came out, in the words of the vectors.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// Each step with the rows after it, then the rows at the end; both sorted by text.
    Moved {
        steps: Vec<(String, Vec<String>)>,
        rows_after: Vec<String>,
    },
    Revisions(Vec<String>),
    Graph(Value),
}

/// An error's class.
type Refused = &'static str;

struct Case<'a> {
    value: &'a Value,
    graph: &'a RevisionGraph,
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().map_or(vec![], |items| items.iter().filter_map(Value::as_str).collect())
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

fn revisions(case: &Value) -> impl Iterator<Item = NodeSpec<'_>> {
    case["graph"].as_array().into_iter().flatten().map(|revision| NodeSpec {
        id: revision["revision"].as_str().expect("an id is text"),
        parents: strings(&revision["down_revision"]),
        depends_on: strings(&revision["depends_on"]),
        labels: strings(&revision["branch_labels"]),
    })
}

fn plan_class(error: &PlanError) -> Refused {
    match error {
        PlanError::Target(error) => resolve_class(error),
        PlanError::NotApplied { .. } | PlanError::NotBelowBranch { .. } => "not_ancestor",
        _ => "no_such_revision",
    }
}

fn resolve_class(error: &ResolveError) -> Refused {
    match error {
        ResolveError::UnknownRevision { .. } => "no_such_revision",
        ResolveError::UnknownBranch { .. } | ResolveError::NotHere { .. } => "no_such_revision",
        ResolveError::AmbiguousPrefix { .. } => "ambiguous_prefix",
        ResolveError::NotInBranch { .. } => "not_in_branch",
        ResolveError::SeveralHeads { .. } => "multiple_heads",
        ResolveError::OutOfRange { .. } | ResolveError::NoStep { .. } => "relative_out_of_range",
        ResolveError::AmbiguousWalk { .. } => "ambiguous_walk",
        ResolveError::AmbiguousCurrent { .. } => "ambiguous_current",
        _ => "other",
    }
}

fn parse_class(error: &ParseTargetError) -> Refused {
    match error {
        ParseTargetError::Range(_) => "range_not_allowed",
        _ => "no_such_revision",
    }
}

/// The class of a history with defects; one stands for all.
fn defect_class(defects: &[Defect]) -> Refused {
    let class = |defect: &Defect| match defect {
        Defect::SelfParent { .. } => "self_loop",
        Defect::SelfDependency { .. } => "dependency_self_loop",
        Defect::LabelClash { .. } => "duplicate_branch_label",
        Defect::Cycle { .. } => "cycle",
        _ => "other",
    };
    defects.first().map_or("other", class)
}

impl Case<'_> {
    fn ids(&self, nodes: &[usize]) -> Vec<String> {
        sorted(nodes.iter().map(|&node| self.graph.id(node).to_owned()).collect())
    }

    fn option(&self, name: &str) -> bool {
        self.value["options"][name] == true
    }

    /// The rows; one that is not in the history is refused, as any caller would.
    fn rows(&self) -> Result<Vec<usize>, Refused> {
        let rows = strings(&self.value["current"]).into_iter().map(|id| self.graph.get(id));
        rows.collect::<Option<_>>().ok_or("no_such_revision")
    }

    fn run(&self) -> Option<Result<Outcome, Refused>> {
        let target = self.value["target"].as_str().unwrap_or_default();
        let graph = self.graph;
        Some(match self.value["command"].as_str()? {
            "upgrade" => self
                .movement(target)
                .and_then(|(rows, target)| self.moved(&rows, graph.upgrade(&rows, &[target]))),
            "downgrade" => self
                .movement(target)
                .and_then(|(rows, target)| self.moved(&rows, graph.downgrade(&rows, &target))),
            "stamp" => self.stamp(),
            "show" => self.show(target),
            "current" => self.current(),
            "heads" if self.option("resolve_dependencies") => {
                Ok(Outcome::Revisions(self.ids(graph.real_heads())))
            }
            "heads" => Ok(Outcome::Revisions(self.ids(graph.heads()))),
            "branches" => {
                let branchpoints = (0..graph.len()).filter(|&node| graph.is_branchpoint(node));
                Ok(Outcome::Revisions(self.ids(&branchpoints.collect::<Vec<_>>())))
            }
            "graph" => Ok(Outcome::Graph(self.describe())),
            _ => return None,
        })
    }

    /// Rows and target of a command that moves; offline, a range says both.
    fn movement(&self, text: &str) -> Result<(Vec<usize>, Target), Refused> {
        let offline = self.option("sql");
        if offline && text.contains(':') {
            let range: TargetRange = text.parse().map_err(|error| parse_class(&error))?;
            let start = range.start.unwrap_or(Target::base());
            let rows = self.graph.resolve(&start, &[]).map_err(|error| resolve_class(&error))?;
            return Ok((rows, range.end.unwrap_or(Target::heads())));
        }
        if offline && self.value["command"] == "downgrade" {
            return Err("range_required");
        }
        let target = text.parse().map_err(|error| parse_class(&error))?;
        Ok((if offline { vec![] } else { self.rows()? }, target))
    }

    /// Plays a plan on the rows. Whatever Alembic says, no step may remove a row that is not there or leave one that
    /// another implies.
    fn moved(&self, rows: &[usize], plan: Result<Plan, PlanError>) -> Result<Outcome, Refused> {
        let plan = plan.map_err(|error| plan_class(&error))?;
        let id = &self.value["id"];
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
        Ok(Outcome::Moved { steps, rows_after: self.ids(&plan.rows_after) })
    }

    fn stamp(&self) -> Result<Outcome, Refused> {
        let mut rows = if self.option("sql") || self.option("purge") { vec![] } else { self.rows()? };
        let mut targets = Vec::new();
        for text in strings(&self.value["target"]) {
            if self.option("sql") && text.contains(':') {
                let (start, end) = self.movement(text)?;
                rows = start;
                targets.push(end);
            } else {
                targets.push(text.parse().map_err(|error| parse_class(&error))?);
            }
        }
        let stamp = self.graph.stamp(&rows, &targets, self.option("purge"));
        let stamp = stamp.map_err(|error| plan_class(&error))?;
        Ok(Outcome::Moved { steps: vec![], rows_after: self.ids(&stamp.rows_after) })
    }

    fn show(&self, target: &str) -> Result<Outcome, Refused> {
        let rows = if target == "current" { self.rows()? } else { vec![] };
        let target: Target = target.parse().map_err(|error| parse_class(&error))?;
        let shown = self.graph.resolve(&target, &rows).map_err(|error| resolve_class(&error))?;
        Ok(Outcome::Revisions(self.ids(&shown)))
    }

    /// The rows, and the tips of the lines that they imply through dependencies.
    fn current(&self) -> Result<Outcome, Refused> {
        let rows = self.rows();
        let heads = self.ids(self.graph.heads());
        if self.option("check_heads") && rows.as_ref().map(|rows| self.ids(rows)) != Ok(heads) {
            return Err("not_at_head");
        }
        let applied = self.graph.ancestors(&rows?, Edges::All);
        let is_tip = |node: &usize| !self.graph.children(*node).iter().any(|&child| applied.contains(child));
        Ok(Outcome::Revisions(self.ids(&applied.iter().filter(is_tip).collect::<Vec<_>>())))
    }

    fn describe(&self) -> Value {
        let graph = self.graph;
        let in_reach = graph.labels_in_reach();
        let describe = |node: usize| {
            let depends_on_it = |other: &usize| graph.dependencies(*other).contains(&node);
            let dependents: Vec<usize> =
                graph.needed_by(node).iter().copied().filter(depends_on_it).collect();
            let parents: Vec<&str> = graph.parents(node).iter().map(|&parent| graph.id(parent)).collect();
            json!({
                "labels": sorted(in_reach[node].clone()),
                "down": parents,
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

    /// Whether every step comes after, or for a downgrade before, what it needs.
    fn is_valid_order(&self, steps: &[(String, Vec<String>)]) -> bool {
        let place: HashMap<&str, usize> = steps.iter().enumerate().map(|(at, step)| (&*step.0, at)).collect();
        let down = self.value["command"] == "downgrade";
        steps.iter().enumerate().all(|(at, (id, _))| {
            let node = self.graph.get(id).expect("a step is a revision");
            let mut needs = self.graph.needs(node).iter().filter_map(|&need| place.get(self.graph.id(need)));
            needs.all(|&need| if down { need > at } else { need < at })
        })
    }

    fn agrees(&self, ours: &Outcome) -> bool {
        let expect = answer(self.value);
        match ours {
            Outcome::Moved { steps, rows_after } => {
                // Without output, the recorded answer has no rows.
                let rows = &expect["rows_after"];
                self.agrees_in_steps(steps) && (rows.is_null() || strings(rows) == *rows_after)
            }
            Outcome::Revisions(ours) => sorted(strings(&expect["revisions"])) == *ours,
            Outcome::Graph(ours) => {
                let same = |name: &str| sorted(strings(&expect[name])) == strings(&ours[name]);
                let mut revisions = expect["revisions"].clone();
                for revision in revisions.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
                    let revision = revision.as_object_mut().expect("a revision is an object");
                    // Alembic's own bookkeeping.
                    revision.remove("normalized_dependencies");
                    for list in ["resolved_dependencies", "children", "dependents"] {
                        revision[list] = json!(sorted(strings(&revision[list])));
                    }
                }
                ["heads", "real_heads", "bases"].into_iter().all(same) && ours["revisions"] == revisions
            }
        }
    }

    fn agrees_in_steps(&self, ours: &[(String, Vec<String>)]) -> bool {
        let steps = answer(self.value)["steps"].as_array();
        let theirs =
            steps.into_iter().flatten().map(|step| (step["revision"].as_str().unwrap_or(""), &step["rows"]));
        let theirs: Vec<(&str, &Value)> = theirs.collect();
        let pairs = || ours.iter().zip(&theirs);
        if ours.len() == theirs.len() && pairs().all(|(a, b)| a.0 == b.0) {
            // What should have been has no rows of the steps.
            return pairs().all(|(a, b)| b.1.is_null() || a.1 == strings(b.1));
        }
        let set = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        self.value["order_unique"] != true
            && ours.len() == theirs.len()
            && set(ours.iter().map(|step| &*step.0).collect())
                == set(theirs.iter().map(|step| step.0).collect())
            && self.is_valid_order(ours)
    }
}

/// What we make of a case, and whether Alembic made the same of it; `None` for a command that is not the core's.
fn run(case: &Value) -> Option<(Result<Outcome, Refused>, bool)> {
    let built = RevisionGraph::build(&revisions(case).collect::<Vec<_>>());
    let (ours, same) = match &built {
        Err(defects) => (Err(defect_class(defects)), false),
        Ok(graph) => {
            let case = Case { value: case, graph };
            let ours = case.run()?;
            let same = ours.as_ref().is_ok_and(|ours| case.agrees(ours));
            (ours, same)
        }
    };
    let theirs = answer(case)["error"].as_str();
    let agrees = if theirs.is_some() { ours.as_ref().err().copied() == theirs } else { same };
    Some((ours, agrees))
}

/// Runs the cases of a file; returns those that should agree and do not, or differ by another rule than is listed.
fn check(file: &Path, are_listed: bool) -> String {
    let text = std::fs::read_to_string(file).expect("the vectors can be read");
    let document: Value = serde_json::from_str(&text).expect("the vectors are JSON");
    let mut surprises = String::new();
    for case in document["cases"].as_array().expect("the vectors have cases") {
        let Some((ours, agrees)) = run(case) else { continue };
        let id = case["id"].as_str().expect("a case has an id");
        let difference = DIFFERENCES.iter().find(|difference| !agrees && (difference.applies)(case, &ours));
        let listed = DIFFERENCES.iter().find(|difference| difference.ids.contains(&id));
        let why = |difference: Option<&Difference>| difference.map(|difference| difference.why);
        let counts = case["quirk"] != true || case.get("ideal").is_some();
        let is_listed = !are_listed || why(difference) == why(listed);
        let is_surprise = counts && !(is_listed && agrees == difference.is_none());
        if is_surprise {
            let what = ["id", "command", "target", "options", "current", "graph", "expect"];
            let what = what.map(|key| format!("  {key}: {}\n", case[key])).concat();
            surprises += &format!("{what}  ours: {ours:?}\n  difference: {:?}\n\n", why(difference));
        }
    }
    surprises
}

#[test]
fn agrees_with_alembic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut surprises =
        ["curated.json", "random-600.json"].map(|file| check(&folder.join(file), true)).concat();
    if let Some(folder) = std::env::var_os("MIGRATE_VECTORS") {
        let files = std::fs::read_dir(folder).expect("the folder can be read");
        let files = files.map(|file| file.expect("the folder can be read").path());
        let vectors = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
        surprises.extend(vectors.map(|file| check(&file, false)));
    }
    assert!(surprises.is_empty(), "\n{surprises}");
}
