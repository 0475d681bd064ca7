//! Alembic's recorded answers (`tests/vectors` of the workspace) through the whole command: files on disk, a database with
//! Alembic's own table, and what is in both afterwards.
//!
//! The core has a test of its own for every recorded case; this one is for what lies between the core and people. Cases
//! where Alembic itself goes wrong are left to that one.

use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection};
use serde_json::Value;

use crate::project::Project;

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// What can be seen of a command.
#[derive(Debug, PartialEq)]
enum Seen {
    Refused,
    /// The steps, `up` or `down` with the revision, and the rows.
    Moved(Vec<String>, Vec<String>),
    Listed(Vec<String>),
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts
}

/// The case's revisions as files, whose names keep their order, and its rows in a database.
fn project(case: &Value) -> (Project, SqliteConnection) {
    let mut project = Project::empty()
        .file("migrate.toml", "heads = \"many\"\nversion_table = \"alembic_version\"\n")
        .variable("DATABASE_URL", "sqlite:app.db");
    for (number, revision) in case["graph"].as_array().expect("revisions").iter().enumerate() {
        let id = revision["revision"].as_str().expect("an id");
        let key = |name: &str, key: &str| match texts(&revision[key]) {
            none if none.is_empty() => String::new(),
            values => format!("-- {name}: {}\n", values.join(", ")),
        };
        let text = format!(
            "-- msg {id}\n--\n-- Revision ID: {id}\n{}{}{}\n-- migrate:upgrade\nINSERT INTO log VALUES ('up {id}');\n\n\
             -- migrate:downgrade\nINSERT INTO log VALUES ('down {id}');\n",
            key("Revises", "down_revision"),
            key("Branch Labels", "branch_labels"),
            key("Depends On", "depends_on"),
        );
        project = project.file(&format!("migrations/{number:03}_{id}.sql"), &text);
    }
    let url = project.path().join("app.db");
    let mut database = SqliteConnection::establish(&url.to_string_lossy()).expect("a database");
    let mut sql = "CREATE TABLE log (word TEXT);\n\
                   CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);\n"
        .to_owned();
    for row in texts(&case["current"]) {
        sql.push_str(&format!("INSERT INTO alembic_version VALUES ('{row}');\n"));
    }
    database.batch_execute(&sql).expect("tables");
    (project, database)
}

fn arguments(case: &Value) -> Vec<String> {
    let verb = case["command"].as_str().expect("a command");
    let mut args = vec![verb.to_owned()];
    for option in ["purge", "indicate_current", "resolve_dependencies", "check_heads"] {
        if case["options"][option] == true {
            args.push(format!("--{}", option.replace('_', "-")));
        }
    }
    if verb == "history" && !case["target"].is_null() {
        args.push("-r".to_owned());
    }
    args.extend(texts(&case["target"]));
    args.extend(case["target"].as_str().map(str::to_owned));
    args
}

fn seen(case: &Value) -> (Seen, String) {
    let (project, mut database) = project(case);
    let mut args = arguments(case);
    args.push("--json".to_owned());
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = project.output(&args);
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    let command = format!("migrate {}\n{stdout}", args.join(" "));
    let mut words = |query: &str| -> Vec<String> {
        let rows: Vec<Word> = diesel::sql_query(query).load(&mut database).expect("rows");
        rows.into_iter().map(|row| row.word).collect()
    };
    let rows = words("SELECT version_num AS word FROM alembic_version ORDER BY 1");
    let steps = words("SELECT word FROM log ORDER BY rowid");
    if !output.status.success() {
        let before = sorted(texts(&case["current"]));
        assert_eq!((rows, steps), (before, vec![]), "it was refused and did something: {command}");
        return (Seen::Refused, command);
    }
    if ["upgrade", "downgrade", "stamp"].contains(&args[0]) {
        return (Seen::Moved(steps, rows), command);
    }
    let lines = stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let revisions = lines.filter(|line| line["type"] == "revision");
    let listed = revisions.map(|line| line["revision"].as_str().expect("an id").to_owned());
    (Seen::Listed(listed.collect()), command)
}

fn expected(case: &Value) -> Seen {
    let expect = &case["expect"];
    if expect.get("error").is_some() {
        return Seen::Refused;
    }
    if let Some(rows) = expect.get("rows_after") {
        let steps = expect["steps"].as_array().expect("steps").iter().map(|step| {
            let way = if step["direction"] == "upgrade" { "up" } else { "down" };
            format!("{way} {}", step["revision"].as_str().expect("an id"))
        });
        return Seen::Moved(steps.collect(), texts(rows));
    }
    match expect.get("revisions") {
        Some(revisions) => Seen::Listed(texts(revisions)),
        None => {
            let branches = expect["branches"].as_array().expect("branches").iter();
            Seen::Listed(branches.map(|it| it["revision"].as_str().expect("an id").to_owned()).collect())
        }
    }
}

/// Whether they are the same, as far as it is determined.
fn agree(case: &Value, seen: Seen, expected: Seen) -> bool {
    let is_ordered = case["order_unique"] == true;
    match (seen, expected) {
        (Seen::Moved(steps, rows), Seen::Moved(expected, after)) => {
            let steps_agree = if is_ordered { steps == expected } else { sorted(steps) == sorted(expected) };
            steps_agree && sorted(rows) == sorted(after)
        }
        (Seen::Listed(seen), Seen::Listed(expected)) if !is_ordered => sorted(seen) == sorted(expected),
        (seen, expected) => seen == expected,
    }
}

#[test]
fn the_command_answers_as_alembic_did() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/curated.json");
    let text = std::fs::read_to_string(path).expect("the recorded answers");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let cases = document["cases"].as_array().expect("cases").iter();
    let cases: Vec<&Value> =
        cases.filter(|case| case["quirk"] != true && case["command"] != "graph").collect();
    assert!(cases.len() > 200, "{} cases", cases.len());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let differ = |case: &Value| {
        let (seen, command) = seen(case);
        let expected = expected(case);
        let wrong = format!("{}: {seen:?} instead of {expected:?}\n{command}", case["id"]);
        (!agree(case, seen, expected)).then(|| (case["id"].as_str().expect("an id").to_owned(), wrong))
    };
    let mut different: Vec<(String, String)> = std::thread::scope(|scope| {
        let part = |part: usize| cases.iter().skip(part).step_by(threads);
        let workers: Vec<_> = (0..threads)
            .map(|n| scope.spawn(move || part(n).filter_map(|case| differ(case)).collect()))
            .collect();
        workers.into_iter().flat_map(|worker| -> Vec<_> { worker.join().expect("a worker") }).collect()
    });
    different.sort();
    // Where we differ on purpose is told on a page, which the core's test holds to the cases.
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/alembic-differences.md");
    let page = std::fs::read_to_string(page).expect("a page");
    different.retain(|(id, _)| !page.contains(&format!("`{id}`")));
    let details: Vec<&str> = different.iter().map(|(_, wrong)| wrong.as_str()).collect();
    assert!(details.is_empty(), "{}", details.join("\n"));
}
