use super::testing::{graph, ids, nodes, set, specs};
use super::{Defect, Edges, NodeSpec, RevisionGraph};

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

#[test]
fn heads_and_bases() {
    let graph = graph("a; b <- a; x; y <- x & b; c <- a");
    let show = |nodes: &[usize]| ids(&graph, nodes);
    assert_eq!(show(graph.heads()), "b y c");
    assert_eq!(show(graph.real_heads()), "y c");
    assert_eq!(show(graph.bases()), "a x");
    assert!(graph.is_branchpoint(0) && !graph.is_branchpoint(1));
    assert_eq!(show(&graph.maximal(&nodes(&graph, "a b y c"))), "y c");
}

#[test]
fn labels_reach_down_a_line_and_up_from_the_label() {
    let check = |history, carrier, expect| {
        let graph = graph(history);
        assert_eq!(set(&graph, &graph.label_reach(nodes(&graph, carrier)[0])), expect);
    };
    check("a; b (l) <- a; c <- b", "b", "a b c");
    // A branch below the label takes it from the ancestors.
    check("a; b (l) <- a; c <- b; d <- b", "b", "b c d");
    // A dependent anywhere on the line does not, but two are a branchpoint.
    check("a; b (l) <- a; x & b", "b", "a b");
    check("a; b (l) <- a; c <- b; x & b", "b", "b c");
    // The way up ends before what is needed twice, and before a merge.
    check("a; b <- a; c (l) <- b; x & a", "c", "b c");
    check("a; b; m <- a b; c (l) <- m", "c", "c");
    check("a; b; m (l) <- a b; c <- m", "m", "m c");
}

#[test]
fn redundant_dependencies_name_what_implies_them() {
    let check = |history, expect: &[&str]| {
        let graph = graph(history);
        let found = graph.redundant_dependencies();
        let found = found.iter().map(|it| {
            let dependency = graph.dependencies(it.node)[it.nth];
            let [node, dependency, because] = [it.node, dependency, it.because].map(|node| graph.id(node));
            format!("{node} & {dependency} because {because}")
        });
        assert_eq!(found.collect::<Vec<_>>(), expect);
    };
    check("a; b <- a; x & b; y <- x & a; z & a", &["y & a because x"]);
    check("a (l); b <- a & l", &["b & a because a"]);
    check("a (l); b & a l", &["b & a because a"]);
    check("a; b <- a; c & a b", &["c & a because b"]);
    check("a; b; c <- b & a; d <- c & a", &["d & a because c"]);
}

#[test]
fn redundant_dependencies_are_found_beyond_one_batch() {
    // One line depends on another step by step, so that nothing is redundant; then once more on its beginning.
    let mut history = String::from("a0; b0 & a0");
    for n in 1..200 {
        history += &format!("; a{n} <- a{}; b{n} <- b{} & a{n}", n - 1, n - 1);
    }
    history += "; c <- b199 & a0; d <- c & a150";
    let graph = graph(&history);
    let found: Vec<_> =
        graph.redundant_dependencies().iter().map(|it| graph.id(it.node).to_owned()).collect();
    assert_eq!(found, ["c", "d"]);
}

#[test]
fn a_hundred_thousand_revisions_are_no_special_case() {
    let n = 100_000;
    let ids: Vec<String> = (0..n).map(|at| format!("r{at:06}")).collect();
    let spec = |at: usize| NodeSpec {
        id: &ids[at],
        parents: at.checked_sub(1).map(|parent| &*ids[parent]).into_iter().collect(),
        ..NodeSpec::default()
    };
    let mut specs: Vec<NodeSpec<'_>> = (0..n).map(spec).collect();
    let graph = RevisionGraph::build(&specs).expect("a chain has no defects");
    let up = graph.upgrade(&[], &["head".parse().expect("a target")]).expect("a chain has one head");
    assert_eq!((up.steps.len(), &up.rows_after[..]), (n, &[n - 1][..]));
    let down =
        graph.downgrade(&up.rows_after, &"-100000".parse().expect("a target")).expect("all is applied");
    assert_eq!((down.steps.len(), &down.rows_after[..]), (n, &[][..]));

    specs[0].parents.push(&ids[n - 1]);
    let defects = RevisionGraph::build(&specs).expect_err("a circle is a defect");
    let path: Vec<usize> = std::iter::once(0).chain((1..n).rev()).collect();
    assert_eq!(defects, [Defect::Cycle { path }]);
}
