//! `docs/targets.md`: the history that it draws, and the answers in its tables.

use std::path::Path;

use serde_json::Value;

use crate::project::Project;

/// The history of the document.
fn project() -> Project {
    let revision = |project: Project, id: &str, header: &str, table: &str| {
        project.file(
            &format!("migrations/{id}_{table}.sql"),
            &format!(
                "-- {table}\n--\n-- Revision ID: {id}\n{header}\n-- migrate:upgrade\n\
                 SELECT 1;\n\n-- migrate:downgrade\nSELECT 1;\n"
            ),
        )
    };
    let project = Project::empty().variable("DATABASE_URL", "sqlite:app.db");
    let project = revision(project, "1a2b", "", "users");
    let project = revision(project, "1c3d", "-- Revises: 1a2b\n", "accounts");
    let project = revision(project, "b4e5", "-- Revises: 1c3d\n-- Branch Labels: blog\n", "posts");
    let project = revision(project, "b6f7", "-- Revises: b4e5\n", "tags");
    let project = revision(project, "d8a0", "-- Revises: 1c3d\n-- Branch Labels: shop\n", "orders");
    revision(project, "d9b1", "-- Revises: d8a0\n-- Depends On: b4e5\n", "invoices")
}

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/targets.md");
    std::fs::read_to_string(path).expect("the document can be read")
}

/// What a command of a table comes to: the revisions that it runs or lists, the rows that a stamp leaves, or the error.
fn answer(project: &Project, command: &str) -> String {
    let args: Vec<&str> = command.split_whitespace().chain(["--json"]).collect();
    let output = project.output(&args);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    if let Some(error) = lines.iter().find(|line| line["type"] == "diagnostic") {
        return format!("error: {}", error["message"].as_str().expect("a message"));
    }
    let end = lines.last().expect("a last line");
    let ids: Vec<&str> = match args[0] {
        "stamp" => end["current"].as_array().expect("rows").iter().filter_map(Value::as_str).collect(),
        _ => lines.iter().filter_map(|line| line["revision"].as_str()).collect(),
    };
    let ids: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
    if ids.is_empty() { "nothing".to_owned() } else { ids.join(" ") }
}

#[test]
fn the_tables_are_true() {
    let project = project();
    let text = document();
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        <[&str; 3]>::try_from(cells).ok()
    });
    let mut wrong = String::new();
    let mut n_rows = 0;
    for [at, command, expect] in rows.filter(|[_, command, _]| command.starts_with('`')) {
        let rows = at.replace('`', "");
        project.ok(&["stamp", "--purge"].into_iter().chain(rows.split_whitespace()).collect::<Vec<_>>());
        let found = answer(&project, command.trim_matches('`'));
        if found != expect {
            wrong.push_str(&format!("| {at} | {command} | {found} |\n"));
        }
        n_rows += 1;
    }
    assert!(n_rows > 30, "the tables are not found");
    assert!(wrong.is_empty(), "these rows should be\n{wrong}");
}

#[test]
fn the_drawing_is_what_history_draws() {
    let drawn = project().ok(&["history"]);
    assert!(document().contains(&format!("```text\n{drawn}```\n")), "the drawing should be\n{drawn}");
}
