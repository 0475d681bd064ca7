use super::testing::{graph, ids, set, specs};
use super::{Defect, Edges, RevisionGraph};

#[test]
fn order_continues_lines_and_takes_the_earliest() {
    let check = |history, expect| {
        let graph = graph(history);
        assert_eq!(ids(&graph, graph.topological()), expect);
    };
    check("c <- b; b <- a; a", "a b c");
    check("a; b1 <- a; c1 <- a; b2 <- b1; c2 <- c1; m <- b2 c2", "a b1 b2 c1 c2 m");
    check("net1; net2 <- net1 & acc2; acc1; acc2 <- acc1", "net1 acc1 acc2 net2");
}

#[test]
fn walks_follow_parents_or_everything() {
    let graph = graph("a; b <- a; x; y <- x & b; z <- y");
    let y = graph.get("y").expect("it is there");
    assert_eq!(set(&graph, &graph.ancestors(&[y], Edges::Parents)), "x y");
    assert_eq!(set(&graph, &graph.ancestors(&[y], Edges::All)), "a b x y");
    assert_eq!(set(&graph, &graph.descendants(&[0], Edges::Parents)), "a b");
    assert_eq!(set(&graph, &graph.descendants(&[0], Edges::All)), "a b y z");
}

#[test]
fn finds_every_defect_in_one_pass() {
    let check = |history: &str, expect: &[Defect]| {
        let found = RevisionGraph::build(&specs(history)).err().unwrap_or_default();
        assert_eq!(found, expect, "{history}");
    };
    check("a; b <- a", &[]);
    check("a; a", &[Defect::DuplicateId { first: 0, second: 1 }]);
    check(
        "a <- x; b <- b; c <- a a; d & x",
        &[
            Defect::MissingParent { node: 0, nth: 0 },
            Defect::SelfParent { node: 1, nth: 0 },
            Defect::DuplicateParent { node: 2, nth: 1 },
            Defect::UnknownDependency { node: 3, nth: 0 },
        ],
    );
    check(
        "a (l); b (l, a) & m; c (m) & m; d & a",
        &[
            Defect::LabelClash { node: 1, nth: 0, with: 0 },
            Defect::LabelClash { node: 1, nth: 1, with: 0 },
            Defect::SelfDependency { node: 2, nth: 0 },
        ],
    );
    check(
        "a <- c; b <- a; c <- b; d <- c; x <- y; y & x; z <- x",
        &[Defect::Cycle { path: vec![0, 2, 1] }, Defect::Cycle { path: vec![4, 5] }],
    );
    // A knot of two circles is reported once, by its shortest way round.
    check("a <- d; b <- a; c <- b; d <- c b", &[Defect::Cycle { path: vec![0, 3, 1] }]);
}
