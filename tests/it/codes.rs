//! The codes of errors and warnings: each can be looked up, and what can be looked up exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use migrate_core::checks::CODES;

use crate::tidy::{root, rust_files};

/// Which calls and tables have a code as their text, beside `Code("…")`.
const CALLS: [&str; 6] = ["Code(", "Finding::new(", "wrong(", "usage(", "refused(", "Failure::new("];
const TABLES: [&str; 4] = [
    "migrate-cli/src/report.rs",
    "migrate-cli/src/targets.rs",
    "migrate-core/src/sql/check.rs",
    "migrate-schema/src/report.rs",
];

/// Every text in quotes that is spelled as a code, with what stands before it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices('"').filter_map(|(at, _)| {
        let word = text[at + 1..].split('"').next()?;
        let is_code = word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        is_code.then_some((word, text[..at].trim_end()))
    })
}

/// Whether what stands before a text says that the text is a code.
fn is_code(before: &str, is_table: bool) -> bool {
    let (call, first) = match before.strip_suffix(',') {
        // The second argument.
        Some(rest) => match rest.rsplit_once("Failure::new(") {
            Some((_, first)) => ("Failure::new(", first),
            None => return false,
        },
        None => (before, ""),
    };
    let is_call = CALLS.iter().any(|name| call.ends_with(name)) && !first.contains([';', ',', '"']);
    is_call || is_table && ["=>", "=> {", "=> ("].iter().any(|arm| before.ends_with(arm))
}

/// The codes in the sources with the files that have them, and every word that could be one.
fn in_sources() -> (BTreeSet<(String, String)>, BTreeSet<String>) {
    let (mut codes, mut all) = (BTreeSet::new(), BTreeSet::new());
    let crates = ["core", "dir", "schema", "macros", "runtime", "cli"];
    for folder in crates.map(|name| root().join(format!("migrate-{name}/src"))) {
        for file in rust_files(&folder).into_iter().filter(|file| !file.ends_with("tests.rs")) {
            let text = fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let path = file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            for (word, before) in words(text) {
                all.insert(word.to_owned());
                // A word alone is a column or an option as well.
                if is_code(
                    before,
                    TABLES.contains(&&*path) && (word.contains('-') || before.ends_with("=> (")),
                ) {
                    codes.insert((word.to_owned(), path.clone()));
                }
            }
        }
    }
    (codes, all)
}

fn headings(page: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("docs").join(page)).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("### ")).map(str::to_owned).collect()
}

#[test]
fn each_code_can_be_looked_up() {
    let (codes, all) = in_sources();
    assert!(codes.len() > 100, "{codes:?}");
    let checks: BTreeSet<String> = CODES.iter().map(|code| (*code).to_owned()).collect();
    let page = headings("codes.md");
    let documented: BTreeSet<String> = page.iter().cloned().collect();
    assert_eq!(documented.len(), page.len(), "a code stands twice in docs/codes.md");

    // Headings that are no code stand above the checks.
    let sections: BTreeSet<String> = headings("build-checks.md").into_iter().collect();
    assert_eq!(sections, checks, "docs/build-checks.md and the list of checks");
    assert_eq!(documented.intersection(&checks).collect::<Vec<_>>(), Vec::<&String>::new(), "in both pages");

    let missing: Vec<_> =
        codes.iter().filter(|(code, _)| !documented.contains(code) && !checks.contains(code)).collect();
    assert!(missing.is_empty(), "docs/codes.md has no section for {missing:?}");
    let stale: Vec<_> = documented.iter().filter(|code| !all.contains(*code)).collect();
    assert!(stale.is_empty(), "nothing says {stale:?}");
    let unused: Vec<_> = checks.iter().filter(|code| !all.contains(*code)).collect();
    assert!(unused.is_empty(), "no check finds {unused:?}");
}

/// What no case of tests/ui can show, and why.
const WITHOUT_CASE: [(&str, &str); 9] = [
    ("alembic-output", "`migrate adopt` alone reads it"),
    ("config", "the cases have no configuration"),
    ("io", "the system refuses"),
    ("model-conflict", "`migrate revision --autogenerate` alone looks for it"),
    ("no-dialect", "the cases have all features"),
    ("unknown-placeholder", "the command alone reads templates"),
    ("unknown-revision", "the cases have no configuration"),
    ("unknown-type", "`migrate revision --autogenerate` alone compares so"),
    ("unreadable", "the system refuses"),
];

/// What a build can say has a failing build that shows it, in tests/ui.
#[test]
fn each_code_of_a_build_has_a_case() {
    let cases = fs::read_dir(root().join("tests/ui/cases")).unwrap().map(|entry| entry.unwrap().path());
    let shown: String = cases
        .filter(|path| path.extension().is_some_and(|extension| extension == "stderr"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let commands = ["migrate-cli", "migrate-runtime"];
    let of_builds: BTreeSet<String> = in_sources()
        .0
        .into_iter()
        .filter(|(_, path)| !commands.iter().any(|name| path.starts_with(name)))
        .map(|(code, _)| code)
        .collect();
    assert!(of_builds.len() > 80, "{of_builds:?}");
    let excused: BTreeSet<String> = WITHOUT_CASE.iter().map(|(code, _)| (*code).to_owned()).collect();
    let without: BTreeSet<String> =
        of_builds.into_iter().filter(|code| !shown.contains(&format!("[{code}]"))).collect();
    assert_eq!(without, excused, "left: without a case; right: those that cannot have one");
}

/// What the engine finds is in the list of checks, in which levels and allowances are looked up.
#[test]
fn each_finding_of_the_engine_is_a_check() {
    // What is wrong with the project's own words about the checks.
    let others = ["unknown-revision", "unknown-check", "missing-reason"];
    let core = Path::new("migrate-core/src");
    let found: Vec<_> = in_sources()
        .0
        .into_iter()
        .filter(|(_, path)| {
            let path = Path::new(path);
            ["interpret", "checks", "interpret.rs", "proof.rs", "replay.rs"]
                .iter()
                .any(|part| path.starts_with(core.join(part)))
        })
        .filter(|(code, _)| !others.contains(&&**code))
        .collect();
    assert!(found.len() > 30, "{found:?}");
    let strangers: Vec<_> = found.iter().filter(|(code, _)| !CODES.contains(&&**code)).collect();
    assert!(strangers.is_empty(), "not in the list of checks: {strangers:?}");
}
