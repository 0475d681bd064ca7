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
fn upgrade_brings_dependencies() {
    check_up(
        DEPENDING,
        "net1",
        "net2",
        "+acc1 [+acc1] +acc2 [-acc1 +acc2] +acc3 [-acc2 +acc3] +net2 [-acc3 -net1 +net2] => net2",
    );
    check_up(DEPENDING, "acc3 net1", "acct@+1", "+acc4 [-acc3 +acc4] => net1 acc4");
    check_up(DEPENDING, "net3", "acct@+1", "+acc4 [+acc4] => net3 acc4");
}

#[test]
fn upgrade_takes_several_targets() {
    check_up(DIAMOND, "aaaa", "bbb2 left", "+bbb1 [-aaaa +bbb1] +bbb2 [+bbb2] => bbb1 bbb2");
    check_up(DIAMOND, "", "aaaa bbb1", "+aaaa [+aaaa] +bbb1 [-aaaa +bbb1] => bbb1");
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
    check_down(DEPENDING, "net3 acc4", "net1", "-net3 [-net3 +net2] -net2 [-net2 +net1] => net1 acc4");
}

#[test]
fn downgrade_takes_dependents_along() {
    check_down(DEPENDING, "net2", "acc2", "-net2 [-net2 +acc3 +net1] -acc3 [-acc3 +acc2] => acc2 net1");
}

#[test]
fn downgrade_keeps_to_the_branch() {
    check_down(DIAMOND, "bbb1 bbb2", "left@aaaa", "-bbb1 [-bbb1] => bbb2");
    check_down(DIAMOND, "bbb1 bbb2", "bbb2@-1", "-bbb2 [-bbb2] => bbb1");
    check_down(
        DIAMOND,
        "mmmm",
        "aaaa@aaaa",
        "cannot downgrade to `aaaa@aaaa`: nothing leads from it to `aaaa` | `migrate history` shows the lines",
    );
}

#[test]
fn downgrade_stays_where_nothing_is_above() {
    check_down(DIAMOND, "mmmm", "mmmm", "=> mmmm");
    // `acc3` is applied because `net3` needs it, and is no row.
    check_down(DEPENDING, "net3", "acc3", "=> net3");
    check_down(
        DIAMOND,
        "bbb1 bbb2",
        "head",
        "cannot downgrade to `head`: `zzzz` is not applied | \
         the database is at `bbb1` and `bbb2`; `migrate upgrade zzzz` leads there",
    );
    check_down(
        DIAMOND,
        "",
        "aaaa",
        "cannot downgrade to `aaaa`: it is not applied | the database has no revision applied",
    );
}

#[test]
fn rows_that_others_imply_are_put_right_by_the_first_step() {
    check_up(DIAMOND, "aaaa bbb1 mmmm", "head", "+zzzz [-aaaa -bbb1 -mmmm +zzzz] => zzzz");
    check_up(DIAMOND, "aaaa mmmm", "bbb2", "=> aaaa mmmm");
    // `bbb1` becomes a row in earnest and stays.
    check_down(DIAMOND, "bbb1 mmmm", "bbb2", "-mmmm [-mmmm +bbb2] => bbb1 bbb2");
    check_down(
        DIAMOND,
        "aaaa zzzz",
        "left",
        "-zzzz [-aaaa -zzzz +mmmm] -mmmm [-mmmm +bbb1 +bbb2] => bbb1 bbb2",
    );
    check_down(DIAMOND, "aaaa bbb1", "aaaa", "-bbb1 [-bbb1] => aaaa");
}

#[test]
fn stamp_replaces_the_line() {
    check_stamp(DIAMOND, "mmmm", "bbb1", "bbb1");
    check_stamp(DIAMOND, "bbb1", "bbb2", "bbb1 bbb2");
    check_stamp(DIAMOND, "bbb1 bbb2", "head", "zzzz");
    check_stamp(DEPENDING, "acc3 net1", "net@head", "net3");
}

#[test]
fn stamp_takes_several_targets() {
    check_stamp(DIAMOND, "mmmm", "bbb1 bbb2", "bbb1 bbb2");
    check_stamp(DIAMOND, "", "heads heads", "zzzz");
    // What one target implies is no row.
    check_stamp(DIAMOND, "bbb1", "aaaa zzzz", "zzzz");
}

#[test]
fn stamp_base_leaves_what_a_downgrade_would() {
    check_stamp(DIAMOND, "mmmm", "base", "");
    check_stamp(DEPENDING, "acc2 net1", "acct@base", "net1");
    check_stamp(DEPENDING, "net3", "acct@base", "net1");
    check_stamp(
        "",
        "",
        "head",
        "`head` stands for no revision | to record that nothing is applied, name `base`",
    );
}

#[test]
fn stamp_refuses_steps() {
    let refused = "does not name a revision here | name an id, a label, `head`, `heads` or `base`";
    check_stamp(DIAMOND, "aaaa", "+1", &format!("`+1` {refused}"));
    check_stamp(DIAMOND, "aaaa", "-1", &format!("`-1` {refused}"));
    check_stamp(DIAMOND, "", "-1", "mmmm");
}

#[test]
fn stamp_with_purge_writes_all_rows_anew() {
    let graph = graph(DIAMOND);
    let stamp = |purge| {
        let stamp =
            graph.stamp(&nodes(&graph, "bbb1 bbb2"), &targets("bbb1"), purge).expect("`bbb1` can be stamped");
        [stamp.removed, stamp.added, stamp.rows_after].map(|rows| ids(&graph, &rows))
    };
    assert_eq!(stamp(false), ["", "", "bbb1 bbb2"]);
    assert_eq!(stamp(true), ["bbb1 bbb2", "bbb1", "bbb1"]);
}
