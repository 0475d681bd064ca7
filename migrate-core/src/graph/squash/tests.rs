use crate::graph::testing::{graph, ids, nodes};

/// `first:last` squashed, as `run | parents | depends on | children`, or the error.
fn check(history: &str, range: &str, expected: &str) {
    let graph = graph(history);
    let (first, last) = range.split_once(':').unwrap();
    let answer = match graph.squash(nodes(&graph, first).pop(), nodes(&graph, last)[0]) {
        Ok(squash) => {
            [&squash.run, &squash.parents, &squash.depends_on, &squash.children, &squash.dependents]
                .map(|nodes| ids(&graph, nodes))
                .join("|")
        }
        Err(error) => format!("{error}; {}", error.help()),
    };
    assert_eq!(answer, expected, "{range} of {history}");
}

#[test]
fn a_run_has_one_way_in_and_one_way_out() {
    let line = "a; b <- a; c <- b; d <- c";
    check(line, "b:c", "b c|a||d|");
    check(line, ":d", "a b c d||||");
    check(line, ":b", "a b|||c|");
    check(
        line,
        "c:b",
        "`b` does not build on `c`; a run is `start:end`, the older first; `migrate history` shows what builds on what",
    );
    check(
        line,
        "c:c",
        "`c` alone is one revision already; name the first and the last of several: `start:end`",
    );

    let diamond = "a; b <- a; c <- a; d <- b c; e <- d";
    check(diamond, "a:d", "a b c d|||e|");
    check(diamond, ":d", "a b c d|||e|");
    check(
        diamond,
        "b:d",
        "`d` also builds on `c`, which is not of the run; begin the run before the lines fork, or end it before they join",
    );
    check(
        diamond,
        "a:b",
        "`c` builds on `a`, in the middle of the run; end the run with `a`, or begin it after that",
    );
    check("a; x; b <- a x; c <- b", ":c", "a x b c||||");
    check("a; b <- a; x; c <- b x; d <- c", "a:b", "a b|||c|");
    check("a; b <- a; x <- a; c <- b x; d <- c", "c:d", "c d|b x|||");
}

#[test]
fn dependencies_stay_outside_or_inside() {
    check("x; a; b <- a & x; c <- b", "a:b", "a b||x|c|");
    check("x; y <- x; a; b <- a & x; c <- b & y", "a:c", "a b c||y||");
    check("x; a <- x; b <- a & x", "a:b", "a b|x|||");
    check("a; b <- a; c <- b & a", "a:c", "a b c||||");
    check(
        "a; b <- a; c <- b; x & b",
        "b:c",
        "`x` depends on `b`, in the middle of the run; end the run with `b`, or begin it after that",
    );
    check("a; b <- a; c <- b; x & c", "b:c", "b c|a|||x");
}
