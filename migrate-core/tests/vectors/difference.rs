//! The rules by which we differ on purpose. `docs/alembic-differences.md` says why, under the same codes.

use migrate_core::graph::new::PlaceError;
use migrate_core::graph::step::PlanError;
use migrate_core::graph::target::ParseTargetError;
use migrate_core::graph::{RangeError, ResolveError, RevisionGraph};

use crate::case::{Case, strings};
use crate::run::{Ours, Outcome, Refused};

/// A rule by which we differ.
pub(crate) struct Rule {
    /// The heading in the document.
    pub(crate) code: &'static str,
    /// Whether a case in which we differ falls under it. The first rule that applies counts.
    pub(crate) applies: fn(&Case, &Ours) -> bool,
}

const fn rule(code: &'static str, applies: fn(&Case, &Ours) -> bool) -> Rule {
    Rule { code, applies }
}

/// All rules, in the order of the document.
pub(crate) const RULES: &[Rule] = &[
    // What a database may hold.
    rule("unknown-row", |case, ours| {
        let told = matches!(ours, Err(Refused::UnknownRow | Refused::NotAtHeads));
        case.has_unknown_row() && (told || case.command() == "current")
    }),
    rule("implied-rows", |case, _| case.error() == Some("overlapping_revisions") || has_implied_row(case)),
    rule("row-order", |case, ours| {
        case.command() == "downgrade"
            && matches!(resolving(ours), Some(ResolveError::AmbiguousCurrent { .. }))
    }),
    rule("maximal-rows", |case, ours| {
        let at_row = ["_delete_version", "_update_version"];
        let crashed = at_row.iter().any(|place| case.crashed_in(place));
        let moves = matches!(case.command(), "upgrade" | "downgrade");
        moves && ours.is_ok() && (crashed || case.has_quirk("rows after step"))
    }),
    rule("check-heads", |case, ours| {
        case.command() == "current" && case.error() == Some("not_at_head") && ours.is_ok()
    }),
    // What is no target.
    rule("not-a-target", |_, ours| {
        let Err(Refused::Parse(error)) = ours else { return false };
        !matches!(error, ParseTargetError::AfterSteps { .. } | ParseTargetError::SeveralColons(_))
    }),
    rule("after-steps", |_, ours| matches!(ours, Err(Refused::Parse(ParseTargetError::AfterSteps { .. })))),
    rule("several-colons", |_, ours| matches!(ours, Err(Refused::Parse(ParseTargetError::SeveralColons(_))))),
    // What a target means.
    rule("unknown-branch", |case, ours| ours.is_err() && names_no_branch(case)),
    rule("steps-from-any-id", |case, _| {
        case.error() == Some("no_such_revision")
            && case.targets().iter().any(|target| steps_from_odd_id(target))
    }),
    rule("current-as-a-place", |case, _| {
        case.error() == Some("no_such_revision")
            && case
                .targets()
                .iter()
                .any(|target| target.split(['@', ':', '+', '-']).any(|part| part == "current"))
    }),
    rule("out-of-range", |case, ours| {
        let too_far = matches!(resolving(ours), Some(ResolveError::OutOfRange { .. }));
        let to_base = ours.as_ref().is_ok_and(does_nothing) && case.crashed_in("is_revision");
        let at_base = case.crashed_in("show") || case.crashed_in("generate_revision");
        case.error() == Some("crash") && (too_far || to_base || at_base)
    }),
    rule("below-base", |case, ours| {
        let looks = ["show", "stamp", "revision", "merge"].contains(&case.command());
        let too_far = matches!(resolving(ours), Some(ResolveError::OutOfRange { .. }));
        too_far && (looks || case.target().contains("base-"))
    }),
    rule("nothing-on-the-branch", |_, ours| {
        matches!(resolving(ours), Some(ResolveError::NothingApplied { .. }))
    }),
    rule("nothing-above", |case, ours| {
        case.error() == Some("not_ancestor") && ours.as_ref().is_ok_and(does_nothing)
    }),
    rule("several-wrong", |case, ours| {
        case.targets().len() > 1 && case.error().is_some_and(|class| class != "crash") && ours.is_err()
    }),
    // Parts of the history.
    rule("range-at-base", |case, _| {
        case.command() == "history" && case.target().contains("current") && case.rows().is_empty()
    }),
    rule("range-from-its-end", |case, _| case.command() == "history" && case.target().starts_with('-')),
    rule("range-from-a-step", |case, _| {
        let start = case.target().split(':').next().unwrap_or_default();
        case.command() == "history" && start.contains(['+', '-']) && case.error() == Some("no_such_revision")
    }),
    rule("range-over-dependencies", |case, ours| {
        case.command() == "history" && case.crashed_in("_topological_sort") && ours.is_ok()
    }),
    rule("range-on-a-branch", |case, ours| {
        let start = case.target().split(':').next().unwrap_or_default();
        let names_a_label = start.split('@').next().is_some_and(|branch| is_label(case, branch));
        case.command() == "history" && start.contains('@') && ours.is_ok() && !names_a_label
    }),
    // Stamps.
    rule("stamp-several", |case, ours| {
        let fails = case.error() == Some("crash") || case.has_quirk("stamp leaves overlapping rows");
        case.command() == "stamp" && ours.is_ok() && fails
    }),
    rule("stamp-branch-base", |case, ours| {
        let to_base = case.targets().iter().any(|target| target.ends_with("@base"));
        case.command() == "stamp" && ours.is_ok() && to_base
    }),
    rule("stamp-nothing", |_, ours| matches!(ours, Err(Refused::Plan(PlanError::Nothing { .. })))),
    rule("stamp-prefix", |case, ours| {
        case.command() == "stamp" && case.error() == Some("ambiguous_prefix") && ours.is_ok()
    }),
    // Without a database.
    rule("offline-rows", |case, ours| {
        let several = case.error() == Some("multiple_heads") && ours.is_ok();
        case.option("sql") && (several || case.crashed_in("<listcomp>"))
    }),
    // New revisions.
    rule("merge-one", |_, ours| matches!(ours, Err(Refused::Place(PlaceError::NothingToMerge { .. })))),
    rule("merge-heads", |case, ours| {
        case.command() == "merge"
            && case.targets().contains(&"heads")
            && matches!(ours, Ok(Outcome::Created { .. }))
    }),
    rule("merge-implied", |_, ours| matches!(ours, Err(Refused::Place(PlaceError::ImpliedParent { .. })))),
    rule("name-taken", |_, ours| {
        matches!(
            ours,
            Err(Refused::Place(
                PlaceError::InvalidLabel { .. }
                    | PlaceError::DuplicateId { .. }
                    | PlaceError::ReplacedId { .. }
                    | PlaceError::IdIsLabel { .. }
                    | PlaceError::DuplicateLabel { .. }
                    | PlaceError::LabelIsId { .. }
            ))
        )
    }),
    rule("hyphen-in-id", |case, _| {
        let new = case.0["options"]["rev_id"].as_str().unwrap_or_default();
        let has_hyphen = new.contains('-') || case.revisions().iter().any(|spec| spec.id.contains('-'));
        case.error() == Some("illegal_revision_id") && has_hyphen
    }),
    rule("one-dependency", |_, ours| {
        matches!(ours, Err(Refused::Place(PlaceError::NotOneDependency { .. })))
    }),
    // Histories.
    rule("broken-history", |_, ours| matches!(ours, Err(Refused::Defects(_)))),
];

/// The error of a target that means nothing.
fn resolving(ours: &Ours) -> Option<&ResolveError> {
    match ours {
        Err(
            Refused::Resolve(error)
            | Refused::Plan(PlanError::Target(error))
            | Refused::Range(RangeError::Target(error))
            | Refused::Place(PlaceError::Target(error)),
        ) => Some(error),
        _ => None,
    }
}

fn does_nothing(ours: &Outcome) -> bool {
    match ours {
        Outcome::Moved { steps, .. } => steps.is_empty(),
        Outcome::History(revisions) | Outcome::Revisions(revisions) => revisions.is_empty(),
        _ => false,
    }
}

/// Whether a row of the database is needed by another.
fn has_implied_row(case: &Case) -> bool {
    let specs = case.revisions();
    let Ok(graph) = RevisionGraph::build(&specs) else { return false };
    let rows: Vec<usize> = case.rows().into_iter().filter_map(|row| graph.get(row)).collect();
    graph.maximal(&rows).len() < rows.len()
}

fn is_label(case: &Case, name: &str) -> bool {
    case.revisions().iter().any(|spec| spec.labels.contains(&name))
}

/// Whether a target has a branch that is not exactly an id or label.
fn names_no_branch(case: &Case) -> bool {
    let known: Vec<&str> =
        case.revisions().into_iter().flat_map(|spec| spec.labels.into_iter().chain([spec.id])).collect();
    let options = strings(&case.0["options"]["depends_on"]);
    let targets = case.targets().into_iter().chain(options).flat_map(|target| target.split(':'));
    targets.filter_map(|target| target.split_once('@')).any(|(branch, _)| !known.contains(&branch))
}

/// `v1.2+1`, where Alembic's own rule for what may stand before the steps does not fit.
fn steps_from_odd_id(target: &str) -> bool {
    target.split(':').any(|part| {
        let place = part.split_once('@').map_or(part, |(_, place)| place);
        place.find(['+', '-']).is_some_and(|at| place[..at].contains('.'))
    })
}
