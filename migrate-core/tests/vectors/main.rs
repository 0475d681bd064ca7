//! Targets, plans, listings and new revisions against answers recorded from Alembic (`tests/vectors` of the workspace).
//!
//! A case agrees in steps (in order where only one order is possible, else as a set in a valid order), in the rows at
//! the end, in the rows after each step where the order is the same, in what is listed or written, and in the class of
//! an error. A case in which we differ falls under one of the [`RULES`], and `docs/alembic-differences.md` has the
//! reason and the recorded cases of each.
//!
//! `MIGRATE_VECTORS` may name a folder with further files. `--nocapture` shows how many cases agree, and how the others
//! are divided among the rules and among the ways in which Alembic goes wrong (`quirk`).

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "the vectors are files and the counts are printed; the core's bans are not for its tests"
)]

mod agree;
mod case;
mod difference;
mod document;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use case::Case;
use difference::RULES;

/// What came of the cases of a file.
#[derive(Default)]
struct Outcomes {
    n_cases: usize,
    /// The cases that differ, by rule.
    different: BTreeMap<&'static str, BTreeSet<String>>,
    /// The cases that Alembic gets wrong by kind: how many, and in how many of them we agree all the same.
    quirks: BTreeMap<String, (usize, usize)>,
    /// Those that differ and fall under no rule.
    surprises: Vec<String>,
}

fn check(file: &Path) -> Outcomes {
    let text = std::fs::read_to_string(file).expect("the vectors can be read");
    let mut document: serde_json::Value = serde_json::from_str(&text).expect("the vectors are JSON");
    let cases = document["cases"].as_array_mut().expect("the vectors have cases");
    let mut outcomes = Outcomes { n_cases: cases.len(), ..Outcomes::default() };
    for case in std::mem::take(cases).into_iter().map(Case) {
        let (ours, agrees) = agree::compare(&case);
        for kind in case.quirk_kinds() {
            let (n_cases, n_agreeing) = outcomes.quirks.entry(kind).or_default();
            *n_cases += 1;
            *n_agreeing += usize::from(agrees);
        }
        if agrees {
            continue;
        }
        match RULES.iter().find(|rule| (rule.applies)(&case, &ours)) {
            Some(rule) => {
                outcomes.different.entry(rule.code).or_default().insert(case.id().to_owned());
            }
            None => outcomes.surprises.push(format!("{}  ours: {ours:?}\n", case.describe())),
        }
    }
    outcomes
}

impl Outcomes {
    fn report(&self, file: &Path) {
        let n_different: usize = self.different.values().map(BTreeSet::len).sum();
        let n_agreeing = self.n_cases - n_different - self.surprises.len();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        println!("{name}: {} cases, {n_agreeing} agree, {n_different} differ by rule", self.n_cases);
        self.different.iter().for_each(|(code, ids)| println!("  {:5} {code}", ids.len()));
        println!("  quirks of Alembic, and in how many of them we agree:");
        self.quirks.iter().for_each(|(kind, (n, agree))| println!("  {n:5} {agree:5} {kind}"));
    }
}

fn recorded() -> [PathBuf; 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    ["curated.json", "random-600.json"].map(|file| folder.join(file))
}

/// Checks files, reports on each, and fails if a case differs by no rule.
fn check_all(files: impl IntoIterator<Item = PathBuf>) -> Vec<Outcomes> {
    let check = |file: PathBuf| {
        let outcomes = check(&file);
        outcomes.report(&file);
        outcomes
    };
    let all: Vec<Outcomes> = files.into_iter().map(check).collect();
    let surprises: String = all.iter().flat_map(|outcomes| &outcomes.surprises).cloned().collect();
    assert!(surprises.is_empty(), "\n{surprises}");
    all
}

#[test]
fn the_recorded_answers_are_ours_or_documented() {
    let all = check_all(recorded());
    let n_cases: usize = all.iter().map(|outcomes| outcomes.n_cases).sum();
    let n_different: usize =
        all.iter().flat_map(|outcomes| outcomes.different.values()).map(BTreeSet::len).sum();
    let counts =
        format!("Of {n_cases} recorded cases {} agree and {n_different} differ.", n_cases - n_different);
    assert!(document::text().contains(&counts), "the document should say: {counts}");
    let documented = document::read();
    let codes: Vec<&str> = documented.iter().map(|entry| &*entry.code).collect();
    assert_eq!(codes, RULES.iter().map(|rule| rule.code).collect::<Vec<_>>(), "the rules of the document");
    for entry in documented {
        let found = all.iter().filter_map(|outcomes| outcomes.different.get(&*entry.code)).flatten();
        let found: BTreeSet<String> = found.cloned().collect();
        assert!(entry.has_reason, "`{}` has no reason", entry.code);
        assert!(entry.cases == found, "`{}` should have\n{}", entry.code, document::list(&found));
    }
}

#[test]
fn further_answers_are_ours_or_documented() {
    let Some(folder) = std::env::var_os("MIGRATE_VECTORS") else { return };
    let files = std::fs::read_dir(folder).expect("the folder can be read");
    let files = files.map(|file| file.expect("the folder can be read").path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|extension| extension == "json")).collect();
    files.sort();
    check_all(files);
}
