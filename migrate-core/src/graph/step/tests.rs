use crate::graph::RevisionGraph;
use crate::graph::target::Target;
use crate::graph::testing::{graph, ids, nodes};
use crate::revision::Direction;

use super::{Plan, PlanError};

const DIAMOND: &str = "aaaa; bbb1 (left) <- aaaa; bbb2 <- aaaa; mmmm <- bbb1 bbb2; zzzz <- mmmm";
const DEPENDING: &str =
    "acc1 (acct); acc2 <- acc1; acc3 <- acc2; net1 (net); net2 <- net1 & acc3; net3 <- net2; acc4 <- acc3";

/// Targets that are not even well formed are not for these tests.
fn targets(text: &str) -> Vec<Target> {
    text.split(' ').map(|target| target.parse().expect("a test's target is well formed")).collect()
}

/// `+c [-b +c] => c`: each step with its change of the rows, and the rows at the end.
fn show(graph: &RevisionGraph, plan: Result<Plan, PlanError>) -> String {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => return format!("{error} | {}", error.helps().join(" | ")),
    };
    let mut shown = String::new();
    for step in &plan.steps {
        let sign = if step.direction == Direction::Upgrade { '+' } else { '-' };
        let removed = step.removed.iter().map(|&row| format!("-{}", graph.id(row)));
        let added = step.added.iter().map(|&row| format!("+{}", graph.id(row)));
        let change: Vec<String> = removed.chain(added).collect();
        shown += &format!("{sign}{} [{}] ", graph.id(step.revision), change.join(" "));
    }
    format!("{shown}=> {}", ids(graph, &plan.rows_after)).trim_end().to_owned()
}

#[track_caller]
fn check_up(history: &str, rows: &str, to: &str, expect: &str) {
    let graph = graph(history);
    assert_eq!(show(&graph, graph.upgrade(&nodes(&graph, rows), &targets(to))), expect);
}

#[track_caller]
fn check_down(history: &str, rows: &str, to: &str, expect: &str) {
    let graph = graph(history);
    assert_eq!(show(&graph, graph.downgrade(&nodes(&graph, rows), &targets(to)[0])), expect);
}

#[track_caller]
fn check_stamp(history: &str, rows: &str, to: &str, expect: &str) {
    let graph = graph(history);
    let stamped = match graph.stamp(&nodes(&graph, rows), &targets(to), false) {
        Ok(stamp) => ids(&graph, &stamp.rows_after),
        Err(error) => format!("{error} | {}", error.helps().join(" | ")),
    };
    assert_eq!(stamped, expect);
}

#[test]
fn upgrade_follows_a_chain() {
    check_up("a; b <- a; c <- b", "", "head", "+a [+a] +b [-a +b] +c [-b +c] => c");
    check_up("a; b <- a; c <- b", "a", "+1", "+b [-a +b] => b");
    check_up("a; b <- a; c <- b", "b", "a", "=> b");
    check_up("a; b <- a; c <- b", "b", "base", "=> b");
}

#[test]
fn upgrade_joins_rows_at_a_merge() {
    check_up(DIAMOND, "bbb1 bbb2", "head", "+mmmm [-bbb1 -bbb2 +mmmm] +zzzz [-mmmm +zzzz] => zzzz");
    check_up(DIAMOND, "bbb1", "mmmm", "+bbb2 [+bbb2] +mmmm [-bbb1 -bbb2 +mmmm] => mmmm");
}

#[test]
fn downgrade_brings_back_what_was_covered() {
    check_down(DIAMOND, "zzzz", "bbb1", "-zzzz [-zzzz +mmmm] -mmmm [-mmmm +bbb1 +bbb2] => bbb1 bbb2");
    check_down(
        DEPENDING,
        "net3",
        "net@base",
        "-net3 [-net3 +net2] -net2 [-net2 +acc3 +net1] -net1 [-net1] => acc3",
    );
}

#[test]
fn stamp_replaces_the_line() {
    check_stamp(DIAMOND, "mmmm", "bbb1", "bbb1");
    check_stamp(DIAMOND, "bbb1", "bbb2", "bbb1 bbb2");
}
