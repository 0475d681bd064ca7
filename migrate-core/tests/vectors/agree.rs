//! Whether our answer to a case is Alembic's.

use std::collections::{BTreeSet, HashMap};

use migrate_core::graph::RevisionGraph;
use migrate_core::revision::RevisionId;
use serde_json::json;

use crate::case::{Case, sorted, strings};
use crate::run::{Ours, Outcome, Refused, Run};

/// What we make of a case, and whether Alembic made the same of it.
pub(crate) fn compare(case: &Case) -> (Ours, bool) {
    let specs = case.revisions();
    // No file may have a dot in its id either; the cases about such ids still say something about targets.
    let is_valid = |id: &str| RevisionId::new(id.replace('.', "_")).is_ok();
    let (ours, same) = match RevisionGraph::build(&specs) {
        _ if !specs.iter().all(|spec| is_valid(spec.id)) => (Err(Refused::InvalidId), false),
        Err(defects) => (Err(Refused::Defects(defects)), false),
        Ok(graph) => {
            let run = Run { case, graph: &graph };
            let ours = run.ours();
            let same = ours.as_ref().is_ok_and(|ours| run.agrees(ours));
            (ours, same)
        }
    };
    let agrees = match (case.error(), &ours) {
        (Some(theirs), Err(ours)) => is_same_class(ours.class(), theirs),
        (Some(_), Ok(_)) => false,
        (None, _) => same,
    };
    (ours, agrees)
}

/// Alembic shows a missing branch and a missing revision to its user in the same words, and a cycle over
/// dependencies is a cycle.
fn is_same_class(ours: &str, theirs: &str) -> bool {
    let widened = |class: &str| match class {
        "no_such_branch" => "no_such_revision".to_owned(),
        "dependency_cycle" => "cycle".to_owned(),
        class => class.to_owned(),
    };
    widened(ours) == widened(theirs)
}

impl Run<'_> {
    fn agrees(&self, ours: &Outcome) -> bool {
        let expect = self.case.answer();
        match ours {
            Outcome::Moved { steps, rows_after } => {
                // Without output, the recorded answer has no rows.
                let rows = &expect["rows_after"];
                self.agrees_in_steps(steps) && (rows.is_null() || strings(rows) == *rows_after)
            }
            Outcome::Revisions(ours) => sorted(strings(&expect["revisions"])) == *ours,
            Outcome::History(ours) => {
                let theirs = strings(&expect["revisions"]);
                let ours: Vec<&str> = ours.iter().map(|id| &**id).collect();
                ours == theirs
                    || self.may_order_differently()
                        && sorted(ours.clone()) == sorted(theirs)
                        && self.is_valid_order(&ours, Newest::First)
            }
            Outcome::Created { parents, depends_on } => {
                let created = &expect["created"];
                strings(&created["down_revision"]) == *parents
                    && strings(&created["depends_on"]) == *depends_on
            }
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
        let steps = self.case.answer()["steps"].as_array().map_or(&[][..], Vec::as_slice);
        let theirs: Vec<&str> = steps.iter().filter_map(|step| step["revision"].as_str()).collect();
        let revisions: Vec<&str> = ours.iter().map(|step| &*step.0).collect();
        if revisions == theirs {
            // What should have been has no rows of the steps.
            let mut pairs = ours.iter().zip(steps.iter().map(|step| &step["rows"]));
            return pairs.all(|(ours, theirs)| theirs.is_null() || ours.1 == strings(theirs));
        }
        let newest = if self.case.command() == "downgrade" { Newest::First } else { Newest::Last };
        self.may_order_differently()
            && sorted(revisions.clone()) == sorted(theirs)
            && self.is_valid_order(&revisions, newest)
    }

    /// Whether the history admits several orders of the steps, or of the listing.
    fn may_order_differently(&self) -> bool {
        self.case.0["order_unique"] != true
    }

    /// Whether every revision comes after what it needs, or before it.
    fn is_valid_order(&self, ids: &[&str], newest: Newest) -> bool {
        let place: HashMap<&str, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let once = ids.iter().collect::<BTreeSet<_>>().len() == ids.len();
        once && ids.iter().enumerate().all(|(at, id)| {
            let node = self.graph.get(id).expect("a listed revision exists");
            let mut needs = self.graph.needs(node).iter().filter_map(|&need| place.get(self.graph.id(need)));
            needs.all(|&need| match newest {
                Newest::First => need > at,
                Newest::Last => need < at,
            })
        })
    }
}

#[derive(Clone, Copy)]
enum Newest {
    First,
    Last,
}
