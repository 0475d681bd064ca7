//! What the page for those who come from Alembic says exists, does.

use std::collections::BTreeSet;
use std::path::Path;

use super::turns::INCLUDE_NAME;
use crate::project::Project;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/coming-from-alembic.md");
    std::fs::read_to_string(path).expect("a page")
}

#[test]
fn it_has_the_lines_for_env_py() {
    let indented: String = INCLUDE_NAME.lines().map(|line| format!("  {line}\n")).collect();
    assert!(page().contains(&indented));
}

#[test]
fn its_commands_and_flags_are_there() {
    let page = page();
    let project = Project::empty();
    let spans = page.split('`').skip(1).step_by(2);
    let commands: BTreeSet<&str> = spans.filter_map(|span| span.strip_prefix("migrate ")).collect();
    assert!(commands.len() > 5, "{commands:?}");
    for command in commands {
        let mut words = command.split_whitespace();
        let verb = words.next().expect("a verb");
        let help = project.ok(&[verb, "--help"]);
        for flag in words.filter(|word| word.starts_with("--")) {
            assert!(help.contains(flag), "`migrate {command}` has no {flag}:\n{help}");
        }
    }
}
