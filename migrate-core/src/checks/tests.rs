//! Small histories and what is found in them.

use super::*;
use crate::file;
use crate::history::{self, Downgrades, Heads, Rules};

/// A history from texts: `upgrade ==> downgrade`, each revision on the one before.
struct Case {
    dialects: DialectSet,
    settings: Settings,
    files: Vec<(String, String)>,
}

impl Case {
    fn of(dialect: Dialect, revisions: &[(&str, &str)]) -> Self {
        let sections = revisions
            .iter()
            .map(|(up, down)| format!("-- migrate:upgrade\n{up}\n-- migrate:downgrade\n{down}\n"));
        Self::files(dialect.into(), &sections.collect::<Vec<_>>())
    }

    fn files(dialects: DialectSet, sections: &[String]) -> Self {
        let file = |(place, text): (usize, &String)| {
            let parent = if place == 0 { "<base>".to_owned() } else { format!("r{}", place - 1) };
            (format!("r{place}.sql"), format!("-- Revision ID: r{place}\n-- Revises: {parent}\n\n{text}"))
        };
        Self {
            dialects,
            settings: Settings::default(),
            files: sections.iter().enumerate().map(file).collect(),
        }
    }

    fn level(mut self, check: &str, level: Level) -> Self {
        self.settings.levels.set(check, level).unwrap();
        self
    }

    fn run(&self) -> (Sources, History, Vec<Diagnostic>) {
        let (mut sources, mut findings) = (Sources::new(), Vec::new());
        let dialects = Dialects::exactly(self.dialects);
        let rules =
            Rules { dialects, heads: Heads::Many, downgrades: Downgrades::Optional, ..Rules::default() };
        let files: Vec<_> = self
            .files
            .iter()
            .map(|(path, text)| sources.add(path.clone(), text.clone().into_bytes(), &mut vec![]))
            .collect();
        let files = files.iter().map(|file| file::parse(&sources, *file, dialects, &mut findings)).collect();
        let history = history::build(files, rules, &mut findings).expect("the history is valid");
        let found = check_anew(&history, &sources, dialects, &self.settings);
        (sources, history, found)
    }

    /// Each finding in one line: level, code, `file:line:column`, and what is marked there.
    #[track_caller]
    fn finds(&self, expect: &[&str]) {
        let (sources, _, found) = self.run();
        let lines: Vec<String> = found
            .iter()
            .map(|it| {
                let level = if it.level == diagnostic::Level::Error { "error" } else { "warning" };
                let span = it.labels[0].span;
                format!("{level} {} {} `{}`", it.code, sources.locate(span), sources.text(span))
            })
            .collect();
        assert_eq!(lines, expect, "{found:#?}");
    }
}

fn check_anew(
    history: &History,
    sources: &Sources,
    dialects: Dialects,
    settings: &Settings,
) -> Vec<Diagnostic> {
    let mut traces = Traces::default();
    let read = |dialect, _: &(dyn Fn(usize, Direction) -> bool + Sync)| Statements::new(history, dialect);
    let first = check(history, sources, dialects, settings, &mut traces, read);
    // What is remembered makes no difference.
    assert_eq!(check(history, sources, dialects, settings, &mut traces, read), first);
    let mut traces = Traces::decode(traces.encode());
    assert_eq!(check(history, sources, dialects, settings, &mut traces, read), first);
    assert!(traces.are_as_read());
    first
}

const USERS: (&str, &str) = ("CREATE TABLE users (id INT PRIMARY KEY, name TEXT);", "DROP TABLE users;");

fn postgres(revisions: &[(&str, &str)]) -> Case {
    Case::of(Dialect::Postgres, revisions)
}

#[test]
fn what_is_right_is_silent() {
    for dialect in Dialect::ALL {
        let index = match dialect {
            Dialect::Mysql => ("CREATE INDEX i ON users (id);", "DROP INDEX i ON users;"),
            _ => ("CREATE INDEX i ON users (name);", "DROP INDEX i;"),
        };
        let column = ("ALTER TABLE users ADD COLUMN age INT;", "ALTER TABLE users DROP COLUMN age;");
        Case::of(dialect, &[USERS, index, column]).finds(&[]);
    }
}

#[test]
fn each_place_is_a_place_in_the_file() {
    let case = postgres(&[USERS, ("-- é\nDELETE FROM users;", "ALTER TABLE users DROP COLUMN b;")]);
    case.finds(&["error missing-column r1.sql:8:31 `b`"]);
    // Where the upgrade fails, no database ever comes to the downgrade. It is read all the same.
    let case =
        postgres(&[USERS, ("-- é\nALTER TABLE usr ADD COLUMN a INT;", "DROP TABLE usr;\nDROP users;")]);
    case.finds(&["error missing-table r1.sql:6:13 `usr`", "error syntax r1.sql:9:1 `DROP`"]);
}

#[test]
fn a_downgrade_has_to_lead_back() {
    postgres(&[USERS, ("ALTER TABLE users ADD COLUMN a INT;", "")])
        .finds(&["error downgrade-empty r1.sql:6:1 `-- migrate:downgrade`"]);
    postgres(&[USERS, ("ALTER TABLE users DROP COLUMN name;", "ALTER TABLE users ADD COLUMN name INT;")])
        .finds(&["error downgrade-differs r1.sql:6:1 `-- migrate:downgrade`"]);
    // An upgrade that changes no schema needs no downgrade.
    postgres(&[USERS, ("UPDATE users SET name = 'x';", "")]).finds(&[]);
    // Expressions are compared as texts, and a text is no proof.
    postgres(&[
        USERS,
        (
            "ALTER TABLE users ALTER COLUMN name SET DEFAULT 'b';",
            "ALTER TABLE users ALTER COLUMN name SET DEFAULT upper('a');",
        ),
    ])
    .finds(&["error downgrade-differs r1.sql:6:1 `-- migrate:downgrade`"]);
}

#[test]
fn enum_values_stay() {
    let mood = ("CREATE TYPE mood AS ENUM ('sad', 'ok');", "DROP TYPE mood;");
    let case = postgres(&[mood, ("ALTER TYPE mood ADD VALUE 'happy' BEFORE 'ok';", "")]);
    case.finds(&["error enum-values-stay r1.sql:6:1 `-- migrate:downgrade`"]);
    assert_eq!(case.run().2[0].message, "the downgrade leaves `happy` in enum mood");
}

#[test]
fn levels_are_the_projects_business() {
    let case = || postgres(&[USERS, ("ALTER TABLE users ADD COLUMN a INT;", "")]);
    case()
        .level("downgrade-empty", Level::Warn)
        .finds(&["warning downgrade-empty r1.sql:6:1 `-- migrate:downgrade`"]);
    case().level("downgrade_empty", Level::Allow).finds(&[]);
    let needs = || {
        postgres(&[
            USERS,
            ("ALTER TABLE users ADD COLUMN a INT NOT NULL;", "ALTER TABLE users DROP COLUMN a;"),
        ])
    };
    needs().finds(&["warning needs-empty-table r1.sql:5:30 `a INT NOT NULL`"]);
    needs()
        .level("needs-empty-table", Level::Deny)
        .finds(&["error needs-empty-table r1.sql:5:30 `a INT NOT NULL`"]);
    let unknown = Levels::default().set("downgrade-difers", Level::Warn).unwrap_err();
    assert_eq!(unknown.to_string(), "the nearest check is `downgrade-differs`");
}

#[test]
fn old_history_is_followed_and_not_checked() {
    let old = ("ALTER TABLE users ADD COLUMN a INT;", "");
    let mut case = postgres(&[USERS, old, ("ALTER TABLE users DROP COLUMN a;", ""), old]);
    case.settings.from = Some("r1".to_owned());
    case.finds(&[
        "error downgrade-empty r2.sql:6:1 `-- migrate:downgrade`",
        "error downgrade-empty r3.sql:6:1 `-- migrate:downgrade`",
    ]);
    case.settings.from = Some("r3".to_owned());
    case.finds(&[]);
    case.settings.from = Some("r33".to_owned());
    let found = case.run().2;
    assert_eq!((found[0].code.0, &*found[0].helps[0]), ("unknown-revision", "the nearest id is `r3`"));
}

#[test]
fn an_allowance_covers_its_statement_and_its_section() {
    let wrong = "DROP TABLE missing;";
    let allow = "-- migrate:allow missing-table it is made by hand\n";
    postgres(&[(&format!("{allow}{wrong}"), "")]).finds(&[]);
    postgres(&[(&format!("{allow}{wrong}\n{wrong}"), "")])
        .finds(&["error missing-table r0.sql:7:12 `missing`"]);
    // One statement further down it covers nothing.
    postgres(&[(&format!("{wrong}\n{allow}SELECT 1;"), "")]).finds(&[
        "error missing-table r0.sql:5:12 `missing`",
        "warning unused-allow r0.sql:6:1 `-- migrate:allow missing-table it is made by hand`",
    ]);
    // What is said of the section is covered anywhere in it.
    let keep = "-- migrate:allow downgrade-empty the column stays";
    postgres(&[USERS, ("ALTER TABLE users ADD COLUMN a INT;", keep)]).finds(&[]);
    postgres(&[USERS, ("ALTER TABLE users ADD COLUMN a INT;", "-- migrate:allow downgrade-empty")])
        .finds(&["error missing-reason r1.sql:7:1 `-- migrate:allow downgrade-empty`"]);
    postgres(&[("-- migrate:allow mising-table because\nSELECT 1;", "")])
        .finds(&["error unknown-check r0.sql:5:1 `-- migrate:allow mising-table because`"]);
}

#[test]
fn an_allowance_for_a_database_that_is_not_checked_is_not_useless() {
    let text = "-- migrate:upgrade postgres\nSELECT 1;\n-- migrate:upgrade sqlite\n-- migrate:allow missing-table why\nDROP TABLE missing;\n";
    let case = Case::files(Dialect::Sqlite.into(), &[text.to_owned()]);
    case.finds(&[]);
}

#[test]
fn what_is_wrong_on_several_databases_is_told_once() {
    let both: DialectSet = [Dialect::Postgres, Dialect::Sqlite].into_iter().collect();
    let text = |up: &str| format!("-- migrate:upgrade\n{up}\n");
    let case = Case::files(both, &[text("ALTER TABLE missing ADD COLUMN a INT;")]);
    case.finds(&["error missing-table r0.sql:5:13 `missing`"]);
    assert!(case.run().2[0].notes.is_empty());
    // Where only one has it, it is said which.
    let case = Case::files(both, &[text("CREATE TABLE t (a INT);\nCOMMENT ON TABLE t IS 'x';")]);
    assert_eq!(case.run().2[0].notes, ["on SQLite"]);
}

#[test]
fn what_nobody_can_see_into_may_have_changed_anything() {
    let lost = |run: &str| {
        let create = "CREATE TABLE users (id INT PRIMARY KEY);";
        let case = postgres(&[(&format!("{create}\n{run}\nALTER TABLE users DROP COLUMN geom;"), "")]);
        let (_, _, found) = case.level("downgrade-empty", Level::Allow).run();
        found.iter().map(|it| it.code.0).collect::<Vec<_>>()
    };
    let dynamic =
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE current_setting(''a.b''); END';";
    let warned = ["missing-function"];
    assert_eq!(
        lost("CREATE EXTENSION postgis; SELECT AddGeometryColumn('users', 'geom', 4326, 'POINT', 2);"),
        [""; 0]
    );
    assert_eq!(lost("SELECT add_geometry('users');"), warned, "the database may have it");
    assert_eq!(lost("SELECT * FROM add_geometry('users');"), warned);
    assert_eq!(lost("DO $$ BEGIN IF true THEN PERFORM add_geometry('users'); END IF; END $$;"), [""; 0]);
    assert_eq!(
        lost(
            "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'ALTER TABLE users ADD geom INT'; SELECT f();"
        ),
        [""; 0]
    );
    assert_eq!(lost(&format!("{dynamic} DO $$ BEGIN PERFORM f(); END $$;")), [""; 0]);
    let through =
        "CREATE FUNCTION g() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM f(); END'; SELECT g();";
    assert_eq!(lost(&format!("{dynamic} {through}")), [""; 0]);

    let missing = ["missing-column"];
    assert_eq!(lost("SELECT count(*), now(), pg_catalog.setval('users_seq', 1) FROM users;"), missing);
    assert_eq!(lost("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT f();"), missing);
    assert_eq!(
        lost("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; DO $$ BEGIN PERFORM f(); END $$;"),
        missing
    );
}

#[test]
fn opaque_statements_and_stated_effects() {
    let opaque = "-- migrate:opaque\nMAKE TABLE wonders;";
    postgres(&[
        (opaque, ""),
        ("ALTER TABLE wonders ADD COLUMN a INT;", "ALTER TABLE wonders DROP COLUMN a;"),
    ])
    .finds(&[]);
    let stated = "-- migrate:effect CREATE TABLE wonders (id INT)\nSELECT make_wonders();";
    postgres(&[
        (stated, "DROP TABLE wonders;"),
        ("ALTER TABLE wonders ADD COLUMN a INT;", "ALTER TABLE wonders DROP COLUMN b;"),
    ])
    .finds(&["error missing-column r1.sql:7:33 `b`"]);
    postgres(&[("-- migrate:effect CREATE TABEL wonders (id INT)\nSELECT make_wonders();", "")])
        .finds(&["error bad-effect r0.sql:5:19 `CREATE`"]);
    postgres(&[("-- migrate:effect\nSELECT make_wonders();", "")])
        .finds(&["error bad-effect r0.sql:5:18 `\n`"]);
    postgres(&[("-- migrate:effect none\nDO $$ BEGIN EXECUTE 'x'; END $$;\nDROP TABLE missing;", "")])
        .finds(&["error missing-table r0.sql:7:12 `missing`"]);
}

#[test]
fn branches_have_to_agree() {
    let mut case =
        postgres(&[USERS, ("ALTER TABLE users ADD COLUMN a INT;", "ALTER TABLE users DROP COLUMN a;")]);
    let (_, text) = case.files[1].clone();
    case.files.push(("r2.sql".to_owned(), text.replace("ID: r1", "ID: r2")));
    case.finds(&["error branches-conflict r2.sql:5:30 `a`"]);
    let merge = "-- Revision ID: r3\n-- Revises: r1, r2\n\n-- migrate:upgrade\n-- migrate:downgrade\n";
    case.files.push(("r3.sql".to_owned(), merge.to_owned()));
    case.finds(&["error branches-conflict r2.sql:5:30 `a`"]);
}

#[test]
fn sections_for_several_databases_make_the_same_tables() {
    let both: DialectSet = [Dialect::Postgres, Dialect::Sqlite].into_iter().collect();
    let text = |postgres: &str, sqlite: &str| {
        format!("-- migrate:upgrade postgres\n{postgres}\n-- migrate:upgrade sqlite\n{sqlite}\n")
    };
    let alike = text(
        "CREATE TABLE t (id UUID PRIMARY KEY, at TIMESTAMPTZ NOT NULL, ok BOOLEAN, n BIGINT, s VARCHAR(9) UNIQUE);",
        "CREATE TABLE T (id BLOB PRIMARY KEY, at TEXT NOT NULL, ok INTEGER, n INTEGER, s TEXT UNIQUE);",
    );
    Case::files(both, &[alike]).finds(&[]);
    let unlike = text(
        "CREATE TABLE t (id INT PRIMARY KEY, a INT NOT NULL, b TEXT);",
        "CREATE TABLE t (id TEXT PRIMARY KEY, a INT);",
    );
    // What differs once is told once.
    let later = text("ALTER TABLE t ADD COLUMN c INT;", "ALTER TABLE t ADD COLUMN c INT;");
    let case = Case::files(both, &[unlike.clone(), later]);
    case.finds(&["warning dialects-differ r0.sql:6:1 `-- migrate:upgrade sqlite`"]);
    assert_eq!(
        case.run().2[0].notes,
        [
            "`t.id` is `integer` on PostgreSQL and `text` on SQLite",
            "only PostgreSQL has NOT NULL on `t.a`",
            "only PostgreSQL has column `t.b`",
        ]
    );
    let allowed = unlike.replace(
        "CREATE TABLE t (id TEXT",
        "-- migrate:allow dialects-differ tests need no more\nCREATE TABLE t (id TEXT",
    );
    Case::files(both, &[allowed]).finds(&[]);
}

#[test]
fn a_verdict_is_about_one_thing() {
    let case = postgres(&[USERS, ("ALTER TABLE users ADD COLUMN a INT;", "")]);
    let (sources, history, findings) = case.run();
    let dialects = Dialects::exactly(case.dialects);
    let key = key(&history, &sources, dialects, &case.settings);
    let bytes = Verdict { key, findings: findings.clone() }.encode();
    assert_eq!(Verdict::decode(&bytes, key, &sources), Some(findings));
    for damaged in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[damaged] ^= 1;
        assert_eq!(Verdict::decode(&bytes, key, &sources), None, "{damaged}");
        assert_eq!(Verdict::decode(&bytes[..damaged], key, &sources), None, "{damaged}");
    }
    // A comment is a change: it may be an allowance.
    let mut other = postgres(&[USERS, ("ALTER TABLE users ADD COLUMN a INT; -- x", "")]);
    let (sources, history, _) = other.run();
    let changed = super::key(&history, &sources, dialects, &other.settings);
    assert_ne!(changed, key);
    other.settings.levels.set("syntax", Level::Warn).unwrap();
    assert_ne!(super::key(&history, &sources, dialects, &other.settings), changed);
}

#[test]
fn what_a_build_knows_of_more_than_a_history_serves() {
    run_served(&["-- migrate:upgrade\nCREATE TABLE t (a SERIAL, b JSONB[]);\n"], &[]);
    run_served(&["-- migrate:upgrade\nDROP TABLE t;\n"], &["missing-table"]);
    run_served(
        &[
            "-- migrate:upgrade sqlite\nCREATE TABLE t (a INT) STRICT;\n",
            "-- migrate:upgrade\nPRAGMA user_version = 1;\n",
        ],
        &[],
    );
}

/// With every database in question.
#[track_caller]
fn run_served(texts: &[&str], expect: &[&str]) {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    let case = Case::files(DialectSet::ALL, &texts);
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let rules = Rules { heads: Heads::Many, downgrades: Downgrades::Optional, ..Rules::default() };
    let files: Vec<_> = case
        .files
        .iter()
        .map(|(path, text)| sources.add(path.clone(), text.clone().into_bytes(), &mut vec![]))
        .collect();
    let files = files.iter().map(|file| file::parse(&sources, *file, None, &mut findings)).collect();
    let history = history::build(files, rules, &mut findings).expect("the history is valid");
    let found = check_anew(&history, &sources, Dialects::UNKNOWN, &Settings::default());
    let codes: Vec<&str> = found.iter().map(|it| it.code.0).collect();
    assert_eq!(codes, expect, "{found:#?}");
}

#[test]
fn settings_count_for_what_is_remembered() {
    let again = ("ALTER TABLE users ADD COLUMN name TEXT;", "ALTER TABLE users DROP COLUMN name;");
    let case = postgres(&[USERS, again]);
    let (sources, history, _) = case.run();
    let mut traces = Traces::default();
    let mut run = |settings: &Settings| {
        let read =
            |dialect, _: &(dyn Fn(usize, Direction) -> bool + Sync)| Statements::new(&history, dialect);
        let dialects = Dialects::exactly(case.dialects);
        let found = check(&history, &sources, dialects, settings, &mut traces, read);
        found.iter().map(|it| (it.code.0, it.level)).collect::<Vec<_>>()
    };
    let mut settings = Settings::default();
    assert_eq!(run(&settings), [("duplicate-column", diagnostic::Level::Error)]);
    settings.levels.set("duplicate-column", Level::Warn).unwrap();
    assert_eq!(run(&settings), [("duplicate-column", diagnostic::Level::Warning)]);
    settings.levels.set("duplicate-column", Level::Allow).unwrap();
    assert_eq!(run(&settings), []);
    let from = Settings { from: Some("r1".to_owned()), ..Settings::default() };
    assert_eq!(run(&from), []);
    assert_eq!(run(&Settings::default()), [("duplicate-column", diagnostic::Level::Error)]);
}

#[test]
fn what_was_proved_is_not_read_again() {
    let column = |name: &str| {
        (
            format!("ALTER TABLE users ADD COLUMN {name} INT;"),
            format!("ALTER TABLE users DROP COLUMN {name};"),
        )
    };
    let chain = |names: [&str; 3]| {
        let columns = names.map(column);
        let revisions: Vec<_> = columns.iter().map(|(up, down)| (&**up, &**down)).collect();
        postgres(&[&[USERS], &revisions[..]].concat())
    };
    let mut traces = Traces::default();
    let mut run = |names| {
        let case = chain(names);
        let (sources, history, _) = case.run();
        let asked = std::cell::RefCell::new(vec![]);
        let dialects = Dialects::exactly(case.dialects);
        let found = check(&history, &sources, dialects, &case.settings, &mut traces, |dialect, wanted| {
            *asked.borrow_mut() =
                (0..4).filter(|node| wanted(*node, Direction::Downgrade)).collect::<Vec<usize>>();
            Statements::new(&history, dialect)
        });
        traces = Traces::decode(traces.encode());
        (asked.into_inner(), found.iter().map(|it| it.code.0).collect::<Vec<_>>())
    };
    assert_eq!(run(["a", "b", "c"]), (vec![0, 1, 2, 3], vec![]));
    assert_eq!(run(["a", "b", "c"]), (vec![], vec![]));
    // What is wrong is found whether its text is new or not.
    assert_eq!(run(["a", "name", "c"]), (vec![2], vec!["duplicate-column"]));
    assert_eq!(run(["a", "name", "c"]), (vec![], vec!["duplicate-column"]));
    assert_eq!(run(["c", "b", "c"]), (vec![2], vec!["duplicate-column"]));
}
