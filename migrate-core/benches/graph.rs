//! The graph at sizes that a chain of twenty years does not reach: building it and planning on it.
//!
//! `cargo bench -p migrate-core [-- <revisions>]` prints the least and the median of ten runs in milliseconds.
//! `benches/alembic_graph.py` measures Alembic on the same history.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints"
)]

use std::hint::black_box;
use std::time::Instant;

use migrate_core::graph::target::TargetRange;
use migrate_core::graph::{NodeSpec, RevisionGraph};

/// Blocks of this many revisions: two lines that begin at the first and meet in the last.
const BLOCK: usize = 25;
/// Where the second line begins.
const FORK: usize = 16;
const N_RUNS: usize = 10;

/// What the revision at a place builds on, depends on and is labelled with.
struct Place {
    parents: Vec<usize>,
    depends_on: Option<usize>,
    is_labelled: bool,
}

fn place(at: usize) -> Place {
    let start = at - at % BLOCK;
    let parents = match at % BLOCK {
        0 if at == 0 => vec![],
        FORK => vec![start],
        last if last == BLOCK - 1 => vec![start + FORK - 1, at - 1],
        _ => vec![at - 1],
    };
    let depends_on = (at % BLOCK == 20).then_some(start + 10);
    Place { parents, depends_on, is_labelled: at.is_multiple_of(100 * BLOCK) }
}

fn measure<T>(what: &str, mut run: impl FnMut() -> T) {
    let mut millis: Vec<f64> = Vec::new();
    for _ in 0..N_RUNS {
        let started = Instant::now();
        black_box(run());
        millis.push(started.elapsed().as_secs_f64() * 1e3);
    }
    millis.sort_by(f64::total_cmp);
    println!("{what:40} {:10.3} {:10.3}", millis[0], millis[N_RUNS / 2]);
}

fn main() {
    let n_revisions = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(100_000);
    let ids: Vec<String> = (0..n_revisions).map(|at| format!("{at:012x}")).collect();
    let labels: Vec<String> = (0..n_revisions).map(|at| format!("label{at}")).collect();
    let specs: Vec<NodeSpec<'_>> = (0..n_revisions)
        .map(|at| {
            let place = place(at);
            NodeSpec {
                id: &ids[at],
                parents: place.parents.iter().map(|&parent| &*ids[parent]).collect(),
                depends_on: place.depends_on.iter().map(|&dependency| &*ids[dependency]).collect(),
                labels: if place.is_labelled { vec![&*labels[at]] } else { vec![] },
                ..NodeSpec::default()
            }
        })
        .collect();
    let n_merges = specs.iter().filter(|spec| spec.parents.len() > 1).count();
    println!("{n_revisions} revisions, {n_merges} merges{:17}{:>10} {:>10}", "", "least ms", "median ms");

    let build = || RevisionGraph::build(&specs).expect("the history has no defects");
    measure("build", build);
    let graph = build();
    let target = |text: &str| text.parse().expect("a target");
    let heads = graph.real_heads().to_vec();
    let inside = vec![n_revisions - BLOCK + FORK - 4];
    let middle = target(&ids[n_revisions / 2]);
    measure("upgrade heads, nothing applied", || graph.upgrade(&[], &[target("heads")]).expect("a plan"));
    measure("upgrade heads, nothing to do", || graph.upgrade(&heads, &[target("heads")]).expect("a plan"));
    measure("upgrade +1", || graph.upgrade(&inside, &[target("+1")]).expect("a plan"));
    measure("downgrade base", || graph.downgrade(&heads, &target("base")).expect("a plan"));
    measure("downgrade to the middle", || graph.downgrade(&heads, &middle).expect("a plan"));
    measure("stamp the middle", || graph.stamp(&heads, std::slice::from_ref(&middle), false).expect("rows"));
    measure("an ambiguous beginning of an id", || {
        graph.resolve(&target(&ids[n_revisions - 1][..11]), &[]).is_err()
    });
    let range: TargetRange = "-10:current".parse().expect("a range");
    measure("history -r -10:current", || graph.range(&range, &inside).expect("a part"));
    measure("labels in reach", || graph.labels_in_reach());
    measure("redundant dependencies", || graph.redundant_dependencies());
}
