use super::super::testing::{graph, ids, nodes};

/// What is decided: `<roots>: <moved>`, `nothing`, or the error.
fn check(history: &str, revision: &str, onto: &str, expected: &str) {
    let graph = graph(history);
    let (revision, onto) = (nodes(&graph, revision)[0], nodes(&graph, onto)[0]);
    let got = match graph.rebase(revision, onto) {
        Ok(Some(rebase)) => {
            assert_eq!(rebase.onto, onto);
            format!("{}: {}", ids(&graph, &rebase.roots), ids(&graph, &rebase.moved))
        }
        Ok(None) => "nothing".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expected, "{history}");
}

const FORK: &str = "a; b <- a; b2 <- b; c <- a; c2 <- c; c3 <- c2";

#[test]
fn any_revision_of_a_branch_names_it() {
    for revision in ["c", "c2", "c3"] {
        check(FORK, revision, "b2", "c: c c2 c3");
    }
    check(FORK, "b2", "c3", "b: b b2");
}

#[test]
fn what_builds_on_the_branch_comes_along() {
    check("a; b <- a; c <- a; c2 <- c; d <- c", "d", "b", "c: c c2 d");
    check("a; b <- a; c <- a; z <- a; x <- c z", "c", "b", "c: c x");
}

#[test]
fn a_merge_becomes_an_ordinary_revision() {
    check("a; b <- a; c <- a; d <- b c; e <- d; f <- b c", "f", "e", "f: f");
}

#[test]
fn a_line_of_its_own_can_follow_another() {
    check("a; b <- a; x; y <- x", "y", "b", "x: x y");
}

#[test]
fn forks_below_a_merge_all_move() {
    let history = "a; b <- a; c <- a; d <- a; m <- c d; n <- m";
    check(history, "m", "b", "c d: c d m n");
    check("a; b <- a; c <- b; d <- a; m <- c d", "m", "b", "d: d m");
    check("a; b <- a; b2 <- b; c <- a; m <- b2 c", "m", "b", "c: c m");
    check(
        "a; b <- a; c <- a; x; m <- c x",
        "m",
        "b",
        "`m` builds on several lines, which begin with `c` and `x`",
    );
}

#[test]
fn what_is_on_top_already_stays() {
    check(FORK, "c3", "a", "nothing");
    check(FORK, "b", "a", "nothing");
    check(FORK, "b2", "b", "nothing");
}

#[test]
fn one_line_is_refused() {
    check(FORK, "b", "b", "`b` cannot be put on top of itself");
    check(FORK, "b", "b2", "`b2` builds on `b`, so they are one line already");
    check(FORK, "a", "c3", "`c3` builds on `a`, so they are one line already");
}

#[test]
fn lines_that_are_joined_are_refused() {
    let history = "a; b <- a; b2 <- b; c <- a; m <- b2 c; n <- m";
    for (revision, onto) in [("c", "b2"), ("c", "b"), ("m", "b2"), ("n", "b2"), ("b", "c")] {
        let expected = format!("`m` joins the branch with the line of `{onto}` already");
        check(history, revision, onto, &expected);
    }
    check(
        "a; a2 <- a; b <- a2; c <- a2; d <- c a",
        "c",
        "b",
        "`d` joins the branch with the line of `b` already",
    );
}

#[test]
fn a_dependency_the_other_way_round_is_refused() {
    check("a; b <- a & c2; c <- a; c2 <- c", "c", "b", "`b` needs `c`, which is to come after it");
    check("a; b <- a & z; z & c; c <- a", "c", "b", "`b` needs `c`, which is to come after it");
    // The branch itself may depend on what it follows.
    check("a; b <- a; c <- a & b", "c", "b", "c: c");
}
