//! Every page of help.

use snapbox::{assert_data_eq, file};

use crate::project::Project;

fn page(args: &[&str]) -> String {
    Project::empty().run(args)
}

#[test]
fn short() {
    assert_data_eq!(page(&["-h"]), file!["help/short.txt"]);
}

#[test]
fn long() {
    assert_data_eq!(page(&["--help"]), file!["help/long.txt"]);
}

#[test]
fn every_command() {
    let mut pages = String::new();
    for verb in VERBS {
        let page = page(&[verb, "--help"]);
        // The options that all commands share are on the page of the whole.
        let own = page.split("\nGlobal options:").next().expect("a first part");
        pages.push_str(&format!("$ migrate {verb} --help\n{own}\n"));
        assert!(page.contains("--lock-timeout"), "{verb} takes the global options");
    }
    assert_data_eq!(pages, file!["help/commands.txt"]);
}

#[test]
fn without_arguments_the_help_is_shown_and_nothing_done() {
    let output = Project::empty().output(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Usage: migrate"));
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let project = Project::empty();
    let man = project.ok(&["man"]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = project.ok(&["completions", shell]);
        for verb in VERBS {
            assert!(script.contains(verb), "{shell}: {verb}");
        }
    }
    for verb in VERBS {
        assert!(man.contains(&format!("migrate\\-{}(1)", verb.replace('-', "\\-"))), "{verb}: {man}");
        assert!(project.ok(&["man", verb]).contains(".SH SYNOPSIS"), "{verb}");
    }
}

const VERBS: [&str; 25] = [
    "init",
    "revision",
    "upgrade",
    "downgrade",
    "current",
    "history",
    "heads",
    "branches",
    "show",
    "schema",
    "print-schema",
    "diff",
    "edit",
    "merge",
    "rebase",
    "stamp",
    "adopt",
    "status",
    "check",
    "verify",
    "resolve",
    "ensure-version",
    "list-templates",
    "completions",
    "man",
];
