//! What is refused before anything runs, and what a failing statement leaves.

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use migrate_runtime::ErrorKind;
use migrate_test::{Database, MysqlConnection, on_every_database};

use crate::support::{diesel_history, file, has_table, history, journal, line, migrator, rows, stamp, story};

const UP: &str = "-- migrate:upgrade\n";
const DOWN: &str = "-- migrate:downgrade\n";

on_every_database! {
    fn a_failing_statement_says_where_and_leaves_nothing_recorded(db) {
        let sections = format!("{UP}CREATE TABLE t (id INTEGER);\n\n  INSERT INTO t\n  VALUES (nope);\n{DOWN}");
        let history = history(&[file("a1", "", &sections)]);
        let mut conn = db.connect();
        let error = migrator(&history).upgrade(&mut conn, "head").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Statement);
        assert_eq!(error.revision(), Some("a1"));
        let number = error.statement().unwrap();
        assert_eq!((number.number, number.total), (2, 2));
        let location = error.location().unwrap();
        // PostgreSQL points at the column that does not exist; the others at the statement.
        let place = if db.dialect() == "postgres" { "migrations/a1.sql:10:11" } else { "migrations/a1.sql:9:3" };
        assert_eq!(location.to_string(), place);
        assert_eq!(error.sql(), Some("INSERT INTO t"));
        assert_eq!(error.to_string(), format!("statement 2 of 2 of revision `a1` failed ({place})"));
        assert!(error.database_message().is_some_and(|said| !said.message.is_empty()));
        assert_eq!(rows(&history, &mut conn), "");
        if db.dialect() == "mysql" {
            assert_eq!(error.database_message().unwrap().code.as_deref(), Some("1054 (42S22)"));
            assert_eq!(
                error.state(),
                Some("the database is at base, before every revision; statement 1 of 2 of revision `a1` is done")
            );
            assert_eq!(journal(&history, &mut conn), "upgrade a1 1/2…!");
        } else {
            let state = "the revision was rolled back; the database is at base, before every revision";
            assert_eq!(error.state(), Some(state));
            assert_eq!(journal(&history, &mut conn), "");
            assert!(!has_table(&mut conn, "t"));
        }
    }

    fn a_schema_that_does_not_exist_is_not_an_empty_database(db) {
        let history = line();
        let mut conn = db.connect();
        let mut nowhere = migrator(&history).version_schema("no\"where");
        let message = "the schema of the version table, `no\\\"where`, does not exist";
        let current = nowhere.current(&mut conn).unwrap_err();
        assert_eq!((current.kind(), current.to_string().as_str()), (ErrorKind::Configuration, message));
        assert_eq!(nowhere.status(&mut conn).unwrap_err().to_string(), message);
        assert_eq!(nowhere.upgrade(&mut conn, "head").unwrap_err().to_string(), message);
        assert!(!has_table(&mut conn, "a"));
    }

    fn an_empty_down_file_is_no_way_back(db) {
        let history = diesel_history(&[
            ("CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
            ("CREATE TABLE b (id INTEGER);", ""),
            ("INSERT INTO b VALUES (1);", "-- nothing to undo\n"),
        ]);
        let mut conn = db.connect();
        migrator(&history).upgrade(&mut conn, "head").unwrap();
        let error = migrator(&history).downgrade(&mut conn, "base").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingSection);
        let message = "cannot downgrade past `2`: migrations/2_directory/down.sql is missing or empty";
        assert_eq!(error.to_string(), message);
        assert_eq!(error.state(), Some("nothing was run; the database is at `3`"));
        migrator(&history).downgrade(&mut conn, "-1").unwrap();
        assert_eq!(rows(&history, &mut conn), "2 ok");
        assert!(has_table(&mut conn, "b"));
    }

    fn a_whole_run_is_rolled_back_where_that_is_asked_for(db) {
        let history = history(&[
            file("a1", "", &format!("{UP}CREATE TABLE a (id INTEGER);\n{DOWN}")),
            file("b2", "a1", &format!("{UP}DROP TABLE nothing;\n{DOWN}")),
        ]);
        let mut conn = db.connect();
        let mode = migrate_runtime::TransactionMode::Run;
        let error = migrator(&history).transaction(mode).upgrade(&mut conn, "head").unwrap_err();
        if db.dialect() == "mysql" {
            assert_eq!(rows(&history, &mut conn), "a1 ok");
        } else {
            assert!(!has_table(&mut conn, "a"));
            let state = "the run was rolled back; the database is at base, before every revision";
            assert_eq!(error.state(), Some(state));
        }
    }

    fn an_edited_revision_is_named_and_nothing_runs(db) {
        let mut conn = db.connect();
        migrator(&line()).upgrade(&mut conn, "b2").unwrap();
        let table = |name: &str, more: &str| {
            format!("{UP}CREATE TABLE {name} (id INTEGER PRIMARY KEY{more});\n{DOWN}DROP TABLE {name};\n")
        };
        let edited = history(&[
            file("a1", "", &table("a", ", x INTEGER")),
            file("b2", "a1", &table("b", "")),
            file("c3", "b2", &table("c", "")),
        ]);
        for target in ["head", "b2"] {
            let error = migrator(&edited).upgrade(&mut conn, target).unwrap_err();
            assert_eq!((error.kind(), error.revision()), (ErrorKind::Edited, Some("a1")));
            let text = error.to_string();
            assert!(text.starts_with("`a1` was edited after this database applied it, on 20"), "{text}");
            assert!(text.ends_with(" UTC by tester"), "{text}");
        }
        assert_eq!(migrator(&edited).check_current(&mut conn).unwrap_err().kind(), ErrorKind::Edited);
        let status = migrator(&edited).status(&mut conn).unwrap();
        let ids: Vec<&str> = status.edited.iter().map(|edited| edited.revision.as_str()).collect();
        assert_eq!(ids, ["a1", "b2"]);
        assert!(!has_table(&mut conn, "c"));
        let reformatted = history(&[
            file("a1", "", &format!("{UP}-- a table\ncreate TABLE a (\n  id INTEGER PRIMARY KEY\n);\n{DOWN}DROP TABLE a;")),
        ]);
        let error = migrator(&reformatted).upgrade(&mut conn, "head").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownRevision, "`b2` is not in this history");
    }

    fn a_database_ahead_of_the_binary_is_told(db) {
        let mut conn = db.connect();
        migrator(&line()).upgrade(&mut conn, "head").unwrap();
        let older = history(&[file("a1", "", "-- migrate:upgrade\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n-- migrate:downgrade\nDROP TABLE a;\n")]);
        let mut m = migrator(&older);
        let error = m.upgrade(&mut conn, "head").unwrap_err();
        let expected = "UnknownRevision: the database is at revision `c3`, which is not in this history\n\
            state: nothing was run\n\
            note: the database is ahead of this binary, or belongs to another history\n\
            help: run a build that has these revisions, or restore their files";
        assert_eq!(story(&error), expected);
        assert_eq!(m.downgrade(&mut conn, "base").unwrap_err().kind(), ErrorKind::UnknownRevision);
        assert_eq!(stamp(&mut m, &mut conn, "head", false).unwrap_err().kind(), ErrorKind::UnknownRevision);
        let status = m.status(&mut conn).unwrap();
        assert_eq!((status.unknown.clone(), status.is_current()), (vec!["c3".to_owned()], false));
        stamp(&mut m, &mut conn, "head", true).unwrap();
        assert_eq!(rows(&older, &mut conn), "a1 ok");
    }

    fn nothing_runs_when_a_later_step_cannot(db) {
        let history = history(&[
            file("a1", "", &format!("{UP}CREATE TABLE a (id INTEGER);\n-- migrate:irreversible it counts the dead\n")),
            file("b2", "a1", &format!("{UP}CREATE TABLE b (id INTEGER);\n{DOWN}DROP TABLE b;\n")),
        ]);
        let (mut m, mut conn) = (migrator(&history), db.connect());
        m.upgrade(&mut conn, "head").unwrap();
        let error = m.downgrade(&mut conn, "base").unwrap_err();
        let expected = "Irreversible: cannot downgrade past `a1`: it counts the dead\n\
            state: nothing was run; the database is at `b2`";
        assert_eq!(story(&error), expected);
        assert!(has_table(&mut conn, "b"));
        assert_eq!(rows(&history, &mut conn), "b2 ok");
    }

    fn a_revision_without_sql_for_this_database_is_refused(db) {
        let other = if db.dialect() == "mysql" { "postgres" } else { "mysql" };
        let only = format!("-- migrate:upgrade {other}\nSELECT 1;\n-- migrate:downgrade {other}\nSELECT 1;\n");
        let history = history(&[file("a1", "", &format!("{UP}CREATE TABLE a (id INTEGER);\n{DOWN}")), file("b2", "a1", &only)]);
        let mut conn = db.connect();
        let error = migrator(&history).upgrade(&mut conn, "head").unwrap_err();
        let expected = format!("cannot upgrade to `b2`: it has no upgrade section for {}", db.dialect());
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::MissingSection, expected));
        assert!(!has_table(&mut conn, "a"));
        assert!(!has_table(&mut conn, "__migrate_version"), "not even our own tables");
    }

    fn bad_names_and_targets_leave_the_database_alone(db) {
        let (history, mut conn) = (line(), db.connect());
        for target in ["", "nope", "+9", "-1", "a1:b2", "x@y@z"] {
            let error = migrator(&history).upgrade(&mut conn, target).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Target, "{target}: {error}");
        }
        for name in ["", "a\0b", "a\nb", &"x".repeat(2000)] {
            let error = migrator(&history).version_table(name).upgrade(&mut conn, "head").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{name}: {error}");
        }
        assert!(!has_table(&mut conn, "__migrate_version"));
    }

    fn status_tells_applied_and_pending(db) {
        let (history, mut conn) = (line(), db.connect());
        let status = migrator(&history).status(&mut conn).unwrap();
        assert_eq!((status.applied.len(), status.pending), (0, vec!["a1".into(), "b2".into(), "c3".into()]));
        assert!(!has_table(&mut conn, "__migrate_version"), "looking creates nothing");
        migrator(&history).upgrade(&mut conn, "b2").unwrap();
        let status = migrator(&history).status(&mut conn).unwrap();
        let applied: Vec<_> = status.applied.iter().map(|a| (a.revision.as_str(), a.by.as_deref())).collect();
        assert_eq!(applied, [("a1", Some("tester")), ("b2", Some("tester"))]);
        assert_eq!(status.pending, ["c3"]);
        assert!(!status.is_current());
        let error = migrator(&history).check_current(&mut conn).unwrap_err();
        let expected = "NotCurrent: the database lacks 1 revision of this history\n\
            state: the database is at `b2`\nnote: the next is `c3`\nhelp: run `migrate upgrade heads`";
        assert_eq!(story(&error), expected);
    }

    fn alembics_table_is_taken_over_as_it_is(db) {
        let (history, mut conn) = (line(), db.connect());
        conn.batch_execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)").unwrap();
        conn.batch_execute("INSERT INTO alembic_version VALUES ('b2')").unwrap();
        let mut m = migrator(&history).version_table("alembic_version");
        assert_eq!(m.current(&mut conn).unwrap()[0].digest, None);
        let report = m.upgrade(&mut conn, "head").unwrap();
        assert_eq!((report.from, report.to), (vec!["b2".to_owned()], vec!["c3".to_owned()]));
        assert!(m.current(&mut conn).unwrap()[0].digest.is_some());
        conn.batch_execute("UPDATE alembic_version SET version_num = 'b2', digest = NULL").unwrap();
        assert_eq!(m.status(&mut conn).unwrap().pending, ["c3"], "Alembic may write the table, too");
    }

    fn what_a_revision_sets_does_not_outlive_it(db) {
        let (set, read) = match db.dialect() {
            "postgres" => (
                "CREATE SCHEMA s; SET search_path = s; SET lock_timeout = 77; SELECT set_config('work_mem', '1MB', false)",
                "current_setting('lock_timeout') <> '77ms' AND to_regclass('b') IS NOT NULL AND \
                 current_setting('work_mem') <> '1MB'",
            ),
            "mysql" => ("SET foreign_key_checks = 0; SET sql_mode = 'ANSI_QUOTES'", "@@foreign_key_checks = 1 AND @@sql_mode <> 'ANSI_QUOTES'"),
            _ => ("PRAGMA recursive_triggers = ON", "(SELECT recursive_triggers FROM pragma_recursive_triggers) = 0"),
        };
        let history = history(&[
            file("a1", "", &format!("{UP}{set};\n{DOWN}")),
            file("b2", "a1", &format!("{UP}CREATE TABLE b (id INTEGER);\n{DOWN}")),
        ]);
        let mut conn = db.connect();
        migrator(&history).upgrade(&mut conn, "head").unwrap();
        assert_eq!(rows(&history, &mut conn), "b2 ok");
        assert_eq!(crate::support::count(&mut conn, &format!("(SELECT 1 AS x) t WHERE {read}")), 1);
        assert_eq!(journal(&history, &mut conn).matches("upgrade").count(), 2);
    }

    fn an_interrupt_stops_between_statements(db) {
        let sections = format!("{UP}CREATE TABLE a (id INTEGER);\nCREATE TABLE b (id INTEGER);\n{DOWN}");
        let history = history(&[file("a1", "", &sections)]);
        let mut conn = db.connect();
        let flag = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let set = std::sync::Arc::clone(&flag);
        let mut m = migrator(&history).interrupt(std::sync::Arc::clone(&flag)).on_event(move |event| {
            if matches!(event, migrate_runtime::Event::StatementFinished { number: 1, .. }) {
                set.store(true, std::sync::atomic::Ordering::Relaxed);
            }
        });
        let error = m.upgrade(&mut conn, "head").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert_eq!(error.to_string(), "interrupted before statement 2 of 2 of revision `a1`");
        assert!(error.state().unwrap().contains("the database is at base"), "{}", story(&error));
        assert_eq!(has_table(&mut conn, "a"), db.dialect() == "mysql");
        flag.store(false, std::sync::atomic::Ordering::Relaxed);
        migrator(&history).upgrade(&mut conn, "head").unwrap();
        assert!(has_table(&mut conn, "b"));
    }
}

#[test]
fn a_warning_before_the_error_does_not_lend_it_its_code() {
    let Some(db) = Database::<MysqlConnection>::new("warning_before_the_error") else { return };
    let table =
        "CREATE TABLE a (id INT, CONSTRAINT f FOREIGN KEY (id) REFERENCES nothing (id)) ENGINE=InnoDB";
    let history = history(&[file("a1", "", &format!("{UP}{table};\n{DOWN}"))]);
    let error = migrator(&history).upgrade(&mut db.connect(), "head").unwrap_err();
    let code = error.database_message().unwrap().code.clone();
    // MariaDB's, which warns with number 150 first, and MySQL's.
    assert!(matches!(code.as_deref(), Some("1005 (HY000)" | "1824 (HY000)")), "{}", story(&error));
}

/// A user who may not read the version table is told so, and not that nothing was ever run.
#[test]
fn who_may_not_read_the_version_table_is_told() {
    let history = line();
    let told = |error: migrate_runtime::Error, denied: &str| {
        assert_eq!(error.to_string(), "could not read the version table", "{}", story(&error));
        let said = error.database_message().map_or("", |said| &said.message);
        assert!(said.contains(denied), "{}", story(&error));
    };
    if let Some(db) = Database::<migrate_test::PgConnection>::new("denied") {
        let mut conn = db.connect();
        migrator(&history).upgrade(&mut conn, "head").unwrap();
        let role = format!("mt_denied_{}", std::process::id());
        conn.batch_execute(&format!("CREATE ROLE {role}; SET ROLE {role}")).unwrap();
        let mut m = migrator(&history);
        let (upgrade, current) = (m.upgrade(&mut conn, "head"), m.current(&mut conn));
        let (status, check) = (m.status(&mut conn), m.check_current(&mut conn));
        conn.batch_execute(&format!("RESET ROLE; DROP ROLE {role}")).unwrap();
        let denied = "permission denied";
        assert_eq!(upgrade.as_ref().unwrap_err().state(), Some("nothing was run"));
        told(upgrade.unwrap_err(), denied);
        told(current.unwrap_err(), denied);
        told(status.unwrap_err(), denied);
        told(check.unwrap_err(), denied);
    }
    if let Some(db) = Database::<MysqlConnection>::new("denied") {
        let mut conn = db.connect();
        migrator(&history).upgrade(&mut conn, "head").unwrap();
        let (user, name) =
            (format!("mt_denied_{}", std::process::id()), db.url().rsplit('/').next().unwrap());
        conn.batch_execute(&format!(
            "CREATE USER {user} IDENTIFIED BY 'x'; GRANT SELECT ON {name}.a TO {user}"
        ))
        .unwrap();
        let url = format!("mysql://{user}:x@{}", db.url().split('@').nth(1).unwrap());
        let other = <MysqlConnection as diesel::Connection>::establish(&url);
        let mut m = migrator(&history);
        let answers = other
            .map(|mut other| (m.upgrade(&mut other, "head"), m.current(&mut other), m.status(&mut other)));
        conn.batch_execute(&format!("DROP USER {user}")).unwrap();
        let (upgrade, current, status) = answers.unwrap();
        told(upgrade.unwrap_err(), "denied");
        told(current.unwrap_err(), "denied");
        told(status.unwrap_err(), "denied");
    }
}

#[test]
fn warnings_of_mysql_are_told() {
    let Some(db) = Database::<MysqlConnection>::new("warnings") else { return };
    let sections = format!(
        "{UP}CREATE TABLE t (id INTEGER);\nDROP TABLE IF EXISTS nothing;\nINSERT INTO t SELECT CAST('1x' AS SIGNED);\n{DOWN}"
    );
    let history = history(&[file("a1", "", &sections)]);
    let told = std::sync::Arc::new(std::sync::Mutex::new(vec![]));
    let seen = std::sync::Arc::clone(&told);
    let mut m = migrator(&history).on_event(move |event| {
        if let migrate_runtime::Event::Notice { revision: "a1", message } = event {
            seen.lock().unwrap().push((*message).to_owned());
        }
    });
    let mut conn = db.connect();
    conn.batch_execute("SET sql_mode = ''").unwrap();
    m.upgrade(&mut conn, "head").unwrap();
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("nothing") && told[1].contains("1x"), "{told:?}");
}

#[test]
fn sqlite_has_its_settings_again_after_a_revision_failed() {
    let Some(db) = Database::<SqliteConnection>::new("settings") else { return };
    let mut conn = db.connect();
    conn.batch_execute("CREATE TABLE k (x INTEGER CHECK (x > 0))").unwrap();
    let sections = format!("{UP}PRAGMA ignore_check_constraints = ON;\nDROP TABLE nothing;\n{DOWN}");
    migrator(&history(&[file("a1", "", &sections)])).upgrade(&mut conn, "head").unwrap_err();
    conn.batch_execute("INSERT INTO k VALUES (-1)").unwrap_err();
}
