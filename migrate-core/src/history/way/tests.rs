use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::dialect::{Dialect, DialectSet};
use crate::digest::Digest;
use crate::embed;
use crate::graph::Squash;
use crate::graph::target::Target;
use crate::history::{History, Way};
use crate::revision::RevisionId;
use crate::revision::testing::{id, revision};

const DIALECT: Dialect = Dialect::Sqlite;

/// `a; b <- a; c <- b & a`, each with SQL of its own.
fn history(text: &str) -> History {
    let specs = crate::graph::testing::specs(text);
    let revisions = specs
        .iter()
        .map(|spec| revision(spec.id, &spec.parents, &spec.depends_on, &format!("SELECT '{}'", spec.id)));
    History::from_revisions(revisions.collect()).unwrap()
}

/// The history with `name` in the place of a run, as the command writes it.
fn squashed(history: &History, squash: &Squash, name: &str, sql: &str) -> History {
    let last = &history.revision(squash.last).id;
    let named =
        |nodes: &[usize]| -> Vec<&str> { nodes.iter().map(|node| history.graph().id(*node)).collect() };
    let run: BTreeSet<usize> = squash.run.iter().copied().collect();
    let mut revisions = vec![];
    for (node, old) in history.revisions().iter().enumerate() {
        if node == squash.last {
            let mut new = revision(name, &named(&squash.parents), &named(&squash.depends_on), sql);
            new.replaces = Some(Box::new(history.replaced_by(squash, DialectSet::ALL)));
            revisions.push(new);
        } else if !run.contains(&node) {
            let mut old = old.clone();
            old.parents.iter_mut().filter(|parent| *parent == last).for_each(|parent| *parent = id(name));
            let depends = old.depends_on.iter_mut().filter(|other| **other == *last.as_str());
            depends.for_each(|other| *other = name.to_owned().into());
            revisions.push(old);
        }
    }
    History::from_revisions(revisions).unwrap()
}

fn run(history: &History, first: &str, last: &str) -> Squash {
    let node = |id: &str| history.index_of(id).unwrap();
    history.graph().squash((!first.is_empty()).then(|| node(first)), node(last)).unwrap()
}

fn recorded(history: &History, at: &str, way: &Way) -> (String, Digest) {
    let (id, digest) = history.recorded(history.index_of_row(at).unwrap(), way, DIALECT);
    (id.to_string(), digest)
}

fn way(history: &History, (id, digest): &(String, Digest)) -> Option<Way> {
    history.way_of(id, digest, DIALECT)
}

#[test]
fn both_ways_are_recognised_and_told_apart() {
    let old = history("a; b <- a; c <- b; d <- c");
    let new = squashed(&old, &run(&old, "b", "c"), "s", "SELECT 's'");
    let short = Way::default();
    for (at, row) in [("c", "s"), ("d", "d")] {
        let long = recorded(&old, at, &short);
        let its_way = way(&new, &long).unwrap();
        assert_ne!(its_way, short, "{at}");
        assert_eq!(recorded(&new, row, &its_way), long, "what was recorded stays as it is");
        let ran = recorded(&new, row, &short);
        assert_eq!((ran.0.as_str(), way(&new, &ran)), (row, Some(short.clone())));
        assert_ne!(ran.1, long.1);
    }
    assert_eq!(recorded(&new, "a", &short), recorded(&old, "a", &short));
    assert_eq!(way(&new, &recorded(&old, "b", &short)), None, "the middle is no place");
    assert_eq!((new.index_of_row("b"), new.index_of_row("c")), (None, new.index_of("s")));
    // Neither row under the name of the other.
    let (long, ran) = (recorded(&old, "c", &short), recorded(&new, "s", &short));
    assert_eq!(way(&new, &("s".to_owned(), long.1)), None);
    assert_eq!(way(&new, &("c".to_owned(), ran.1)), None);
}

#[test]
fn an_edit_is_noticed_where_it_was_run() {
    let old = history("a; b <- a; c <- b; d <- c");
    let squash = run(&old, "b", "c");
    let new = squashed(&old, &squash, "s", "SELECT 's'");
    let edited = squashed(&old, &squash, "s", "SELECT 'other'");
    for at in ["s", "d"] {
        assert_eq!(way(&edited, &recorded(&new, at, &Way::default())), None, "{at} ran what was edited");
        let long = recorded(&new, at, &new.long_way());
        assert!(way(&edited, &long).is_some(), "{at} ran what was replaced");
    }
    // What comes before both counts for both.
    let other = History::from_revisions(
        new.revisions()
            .iter()
            .cloned()
            .map(|mut revision| {
                if revision.id.as_str() == "a" {
                    revision.sections[0].text = "SELECT 'edited'".into();
                }
                revision
            })
            .collect(),
    )
    .unwrap();
    for at in ["a", "s", "d"] {
        for its_way in [Way::default(), new.long_way()] {
            assert_eq!(way(&other, &recorded(&new, at, &its_way)), None, "{at}");
        }
    }
}

#[test]
fn a_forged_line_lets_no_other_database_pass() {
    let old = history("a; b <- a; c <- b; d <- c");
    let foreign = history("x; b <- x; c <- b; d <- c");
    let forge = |forge: &dyn Fn(&mut crate::revision::Replaced)| {
        let mut revisions = squashed(&old, &run(&old, "b", "c"), "s", "SELECT 's'").revisions().to_vec();
        let new = revisions.iter_mut().find(|revision| revision.id.as_str() == "s").unwrap();
        forge(new.replaces.as_mut().unwrap());
        History::from_revisions(revisions).unwrap()
    };
    let real = forge(&|_| {});
    let short = Way::default();
    for at in ["c", "d"] {
        assert!(way(&real, &recorded(&old, at, &short)).is_some());
        assert_eq!(way(&real, &recorded(&foreign, at, &short)), None, "another history with the same ids");
    }
    // Digests of somewhere else, on other ground.
    let after = foreign.digest(foreign.index_of("c").unwrap(), DIALECT);
    let before = Digest::from_bytes([7; 32]);
    let elsewhere = forge(&|replaced| {
        for proof in &mut replaced.proofs {
            (proof.before, proof.after) = (before, after);
        }
    });
    // Without any that fit it is a revision like others.
    let without = forge(&|replaced| replaced.proofs.clear());
    for history in [&elsewhere, &without] {
        for database in [&old, &foreign] {
            for at in ["c", "d"] {
                assert_eq!(way(history, &recorded(database, at, &short)), None);
            }
        }
        let ran = recorded(history, "d", &short);
        assert_eq!(way(history, &ran), Some(short.clone()), "it still is what a new database runs");
    }
}

#[test]
fn what_was_squashed_can_be_squashed_again() {
    let old = history("a; b <- a; c <- b; d <- c; e <- d; f <- e");
    let once = squashed(&old, &run(&old, "b", "c"), "s", "SELECT 's'");
    let within = squashed(&once, &run(&once, "s", "e"), "t", "SELECT 't'");
    let at_the_end = squashed(&once, &run(&once, "a", "s"), "u", "SELECT 'u'");
    let short = Way::default();
    for at in ["e", "f"] {
        for row in [recorded(&old, at, &short), recorded(&once, at, &short)] {
            let its_way = way(&within, &row).unwrap();
            let name = if at == "e" { "t" } else { at };
            assert_eq!(recorded(&within, name, &its_way), row);
        }
    }
    for row in [recorded(&old, "c", &short), recorded(&once, "s", &short)] {
        let its_way = way(&at_the_end, &row).unwrap();
        assert_eq!(recorded(&at_the_end, "u", &its_way), row);
        assert_eq!(history_by_name(&at_the_end, &row.0), row);
    }
    assert_eq!(within.index_of_row("s"), None, "that is in the middle now");
}

fn history_by_name(history: &History, name: &str) -> (String, Digest) {
    recorded(history, name, &history.way_by_name(name))
}

#[test]
fn a_squashed_history_survives_embedding() {
    let old = history("a; b <- a; c <- b; d <- c; e <- d & b".replace(" & b", "").as_str());
    let once = squashed(&old, &run(&old, "a", "b"), "s", "SELECT 's'");
    let twice = squashed(&once, &run(&once, "s", "c"), "t", "SELECT 't'");
    let (text, index) = embed::encode(&twice, Dialect::Sqlite.into());
    let read = embed::decode(text.leak(), index.leak()).unwrap();
    assert_eq!(read.revisions(), twice.revisions());
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        for its_way in [Way::default(), twice.long_way()] {
            for node in 0..twice.revisions().len() {
                assert_eq!(read.recorded(node, &its_way, dialect), twice.recorded(node, &its_way, dialect));
            }
        }
    }
}

#[test]
fn the_lines_of_the_header_are_read_back() {
    let old = history("a; b <- a; c <- b; d <- c");
    let once = squashed(&old, &run(&old, "", "b"), "s", "SELECT 's'");
    let twice = once.replaced_by(&run(&once, "s", "d"), DialectSet::ALL);
    let text = format!("-- squashed\n-- Revision ID: t\n{}\n-- migrate:upgrade\n", twice.header_lines());
    let mut sources = crate::source::Sources::new();
    let mut findings = vec![];
    let file = sources.add("t.sql".to_owned(), text.into_bytes(), &mut findings);
    let read = crate::file::parse(&sources, file, None, &mut findings).revision.unwrap();
    assert_eq!(findings, []);
    assert_eq!(read.replaces.as_deref(), Some(&twice));
    assert_eq!(twice.ids.iter().map(RevisionId::as_str).collect::<Vec<_>>(), ["a", "b", "s", "c", "d"]);
}

#[test]
fn ten_thousand_revisions_become_one() {
    let n = 10_000;
    let chain: String =
        (0..n).map(|at| if at == 0 { "r0;".into() } else { format!("r{at} <- r{};", at - 1) }).collect();
    let old = history(&format!("{chain} last <- r{}", n - 1));
    let new = squashed(&old, &run(&old, "", &format!("r{}", n - 1)), "s", "SELECT 's'");
    assert_eq!(new.revisions().len(), 2);
    let row = recorded(&old, "last", &Way::default());
    assert_eq!(recorded(&new, "last", &way(&new, &row).unwrap()), row);
}

/// A history of up to a dozen revisions: for each two choices of what it builds on, and one of what it depends on.
fn random(choices: &[(u8, u8, u8)]) -> History {
    let mut text = String::new();
    for (at, &(one, two, needs)) in choices.iter().enumerate() {
        let mut parents: Vec<usize> = match at {
            0 => vec![],
            _ if one > 240 => vec![],
            _ if two > 160 => vec![usize::from(one) % at, usize::from(two) % at],
            _ => vec![at - 1 - usize::from(one) % at.min(2)],
        };
        parents.dedup();
        let parents: Vec<String> = parents.iter().map(|parent| format!("r{parent}")).collect();
        let needs =
            if at > 0 && needs > 220 { format!(" & r{}", usize::from(needs) % at) } else { String::new() };
        text.push_str(&format!("r{at} <- {}{needs};", parents.join(" ")));
    }
    history(&text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_outside_of_a_run_changes(
        choices in proptest::collection::vec(any::<(u8, u8, u8)>(), 3..12),
        ends in proptest::collection::vec(any::<(u8, u8)>(), 1..12),
        rows in proptest::collection::vec(any::<u8>(), 0..3),
    ) {
        let mut old = random(&choices);
        for (nth, &(first, last)) in ends.iter().enumerate() {
            let n = old.revisions().len();
            let (first, last) = (usize::from(first) % (n + 1), usize::from(last) % n);
            let Ok(squash) = old.graph().squash((first < n).then_some(first), last) else { continue };
            let name = format!("s{nth}");
            let new = squashed(&old, &squash, &name, &format!("SELECT '{name}'"));
            let to_new = |node: usize| match node == squash.last {
                true => new.index_of(&name).unwrap(),
                false => new.index_of(old.graph().id(node)).unwrap(),
            };
            let outside: Vec<usize> =
                (0..n).filter(|node| *node == squash.last || !squash.run.contains(node)).collect();
            for &node in &outside {
                for its_way in [Way::default(), old.long_way()] {
                    let (id, digest) = old.recorded(node, &its_way, DIALECT);
                    let now = new.way_of(id.as_str(), &digest, DIALECT);
                    prop_assert!(now.is_some(), "{id} is not recognised");
                    prop_assert_eq!(new.recorded(to_new(node), &now.unwrap(), DIALECT), (id, digest));
                }
            }
            for node in squash.run.iter().filter(|node| **node != squash.last) {
                prop_assert_eq!(new.index_of_row(old.graph().id(*node)), None);
            }
            // Plans are the same, with one step in the place of the run.
            let rows: Vec<usize> = rows.iter().map(|row| outside[usize::from(*row) % outside.len()]).collect();
            let rows = old.graph().maximal(&rows);
            let new_rows: Vec<usize> = rows.iter().map(|row| to_new(*row)).collect();
            for &target in &outside {
                let (one, other) = (Target::revision(old.graph().id(target)), Target::revision(new.graph().id(to_new(target))));
                let before = old.graph().upgrade(&rows, &[one]);
                let after = new.graph().upgrade(&new_rows, &[other]);
                let (Ok(before), Ok(after)) = (before, after) else {
                    return Err(TestCaseError::fail("an upgrade to a revision cannot fail"));
                };
                let in_run = |node: usize| squash.run.contains(&node);
                let expected: BTreeSet<usize> = before
                    .steps
                    .iter()
                    .map(|step| if in_run(step.revision) { squash.last } else { step.revision })
                    .map(to_new)
                    .collect();
                let steps: Vec<usize> = after.steps.iter().map(|step| step.revision).collect();
                prop_assert_eq!(steps.iter().copied().collect::<BTreeSet<_>>(), expected);
                let sorted = |rows: &[usize]| rows.iter().copied().collect::<BTreeSet<_>>();
                let rows_after: Vec<usize> = before.rows_after.iter().map(|row| to_new(*row)).collect();
                prop_assert_eq!(sorted(&after.rows_after), sorted(&rows_after));
            }
            old = new;
        }
    }
}
