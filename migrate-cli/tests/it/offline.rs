//! `--sql`: the clients bring a database to where an online run brings another one.

mod histories;
mod text;

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection as _;
use migrate_core::history::History;
use migrate_runtime::{CatalogSnapshot, JournalEntry, MigrateConnection, Migrator, VersionRow};
use migrate_test::{Database, MysqlConnection, PgConnection, Server, on_every_database};

use self::histories::{chain, failing, nasty};
use crate::client;
use crate::project::Project;

/// Not the usual name, so that the table and its journal are part of the snapshots.
const TABLE: &str = "chain";

/// Two databases, of which one is changed online and the other by scripts.
struct Pair<'a, C> {
    online: &'a Database<C>,
    offline: &'a Database<C>,
    project: Project,
    dialect: &'static str,
}

/// Everything that a database has to say.
#[derive(Debug, PartialEq)]
struct State {
    catalog: CatalogSnapshot,
    rows: Vec<VersionRow>,
    journal: Vec<JournalEntry>,
    notes: String,
}

impl<'a, C: Server + MigrateConnection> Pair<'a, C> {
    fn new(online: &'a Database<C>, offline: &'a Database<C>, project: Project) -> Self {
        let project =
            project.variable("MIGRATE_VERSION_TABLE", TABLE).variable("DATABASE_URL", offline.url());
        Self { online, offline, project, dialect: C::NAME }
    }

    fn online(&self, args: &str) {
        let mut args: Vec<&str> = args.split_whitespace().collect();
        args.extend(["--url", self.online.url()]);
        self.project.ok(&args);
    }

    fn script(&self, args: &str) -> String {
        let mut args: Vec<&str> = args.split_whitespace().collect();
        args.push("--sql");
        self.project.ok(&args)
    }

    /// Goes the same way on both, and looks whether they are in the same state then.
    fn both(&self, online: &str, offline: &str) {
        self.online(online);
        client::takes(self.offline, &self.script(offline));
        self.same(offline);
    }

    fn same(&self, after: &str) {
        let (wanted, found) = (state(self.online), state(self.offline));
        let difference: Vec<String> =
            wanted.catalog.difference(&found.catalog).iter().map(ToString::to_string).collect();
        assert!(difference.is_empty(), "{} after `{after}`: {difference:#?}", self.dialect);
        assert_eq!(wanted, found, "{} after `{after}`", self.dialect);
    }
}

fn state<C: Server + MigrateConnection>(database: &Database<C>) -> State {
    let mut conn = database.connect();
    let history = History::from_revisions(vec![]).expect("nothing wrong in no revisions");
    let migrator = Migrator::from_history(history.into()).version_table(TABLE);
    let journal = migrator.journal(&mut conn).expect("a journal");
    // When it was, and by which process, is not the same.
    let timeless = |entry: JournalEntry| {
        let mut timeless = entry.clone();
        timeless.started_at = String::new();
        timeless.finished_at = entry.finished_at.map(|_| String::new());
        timeless.backend = entry.backend.map(|_| String::new());
        timeless
    };
    State {
        catalog: CatalogSnapshot::take(&mut conn, &[]).expect("a catalog"),
        rows: migrator.current(&mut conn).expect("rows"),
        journal: journal.into_iter().map(timeless).collect(),
        notes: notes(database),
    }
}

/// What the revisions have written into `notes`, byte by byte.
fn notes<C: Server>(database: &Database<C>) -> String {
    let hex = if C::NAME == "postgres" { "encode(convert_to(body, 'UTF8'), 'hex')" } else { "hex(body)" };
    let output = client::run(database, &format!("SELECT id, {hex} FROM notes ORDER BY id;\n"));
    String::from_utf8(output.stdout).expect("ASCII")
}

const REAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");

/// A second database beside the first of a test, unless the client is missing.
fn second<C: Server>() -> Option<Database<C>> {
    client::is_there::<C>("offline").then(|| Database::new("offline").expect("it is there for the first"))
}

on_every_database! {
    fn the_real_history(db) {
        let Some(other) = second::<C>() else { return };
        let pair = Pair::new(db, &other, Project::empty().variable("MIGRATE_DIR", REAL));
        pair.both("upgrade head", "upgrade");
        pair.both("downgrade 69de3d581db2", "downgrade head:69de3d581db2");
        pair.both("upgrade +2", "upgrade 69de3d581db2:+2");
        pair.both("stamp head", "stamp current:head");
        pair.both("stamp 6a0c8f5f1332", "stamp head:6a0c");
        pair.both("stamp head", "stamp current:current head");
    }

    fn over_branches_and_merges(db) {
        let Some(other) = second::<C>() else { return };
        let project = Project::branched().revision("d1", "b2, c1", "merged").revision("e1", "<base>", "alone");
        let pair = Pair::new(db, &other, project);
        pair.both("upgrade b1", "upgrade b1");
        pair.both("upgrade heads", "upgrade b1:heads");
        pair.both("downgrade d1@c1", "downgrade heads:d1@c1");
        pair.both("downgrade d1@base", "downgrade current:d1@base");
        pair.both("upgrade b2 c1", "upgrade e1:b2 c1");
        pair.both("upgrade heads", "upgrade b2,c1,e1:heads");
        pair.both("downgrade base", "downgrade heads:base");
    }

    fn what_a_client_could_take_for_something_else(db) {
        let Some(other) = second::<C>() else { return };
        let pair = Pair::new(db, &other, nasty());
        pair.both("upgrade n2", "upgrade n2");
        pair.both("upgrade head", "upgrade n2:head");
        assert!(state(pair.offline).notes.contains("5AC3BC72696368") || pair.dialect == "postgres");
        pair.both("downgrade n3", "downgrade head:n3");
        pair.both("upgrade head", "upgrade n3:");
        pair.both("downgrade base", "downgrade head:base");
        pair.both("upgrade head", "upgrade");
    }

    fn one_transaction_or_many(db) {
        let Some(other) = second::<C>() else { return };
        let pair = Pair::new(db, &other, Project::line());
        let many = |mode: &str, range: &str| {
            let script = pair.project.command(&["upgrade", "--sql", range]);
            let mut script = script;
            let output = script.env("MIGRATE_TRANSACTION", mode).output().expect("it runs");
            let script = String::from_utf8(output.stdout).expect("UTF-8");
            script.lines().filter(|line| *line == "COMMIT;").count()
        };
        let counts = [many("auto", ":head"), many("auto", "a1:head"), many("run", "a1:head"), many("revision", ":head")];
        // On PostgreSQL one more for the tables; on MySQL two for each revision, since a schema change commits by itself.
        let expected = match pair.dialect {
            "postgres" => [2, 3, 2, 4],
            "mysql" => [6, 4, 4, 6],
            _ => [1, 1, 1, 3],
        };
        assert_eq!(counts, expected);
    }

    fn nothing_is_changed_at_the_wrong_place(db) {
        let Some(other) = second::<C>() else { return };
        let pair = Pair::new(db, &other, Project::line());
        let refused = |args: &str, why: &str| {
            let before = state(pair.offline);
            let said = client::refused(pair.offline, &pair.script(args));
            assert!(said.contains(why), "{args}: {said}");
            assert_eq!(before, state(pair.offline), "{args}");
        };
        let elsewhere = "migrate: the database is not where this script begins";
        refused("upgrade a1:a2", if pair.dialect == "sqlite" { "no such table" } else { "exist" });
        client::takes(pair.offline, &pair.script("upgrade a2"));
        refused("upgrade a2", elsewhere);
        refused("upgrade a1:a2", elsewhere);
        refused("downgrade a3:a2", elsewhere);
        refused("stamp a1:a3", elsewhere);
        let create = "INSERT INTO chain_journal (revision, direction, statements_total, statements_done, started_at) \
                      VALUES ('a2', 'upgrade', 1, 0, CURRENT_TIMESTAMP)";
        pair.offline.connect().batch_execute(create).expect("a row");
        refused("upgrade a2:a3", "migrate: a revision is unfinished");
        pair.offline.connect().batch_execute("DELETE FROM chain_journal WHERE finished_at IS NULL").expect("none");
        // A revision that was applied is another one now.
        std::fs::write(pair.project.path().join("migrations/a1_users.sql"), failing("SELECT 1;").replace("Revises: a1", "Revises:").replace("ID: a2", "ID: a1")).expect("a file");
        refused("upgrade a2:a3", elsewhere);
    }

    fn a_statement_fails(db) {
        let Some(other) = second::<C>() else { return };
        let project = Project::line().file("migrations/a2_posts.sql", &failing("INSERT INTO missing VALUES (1);"));
        let pair = Pair::new(db, &other, project);
        pair.both("upgrade a1", "upgrade a1");
        let script = pair.script("upgrade a1:head");
        client::refused(pair.offline, &script);
        let online = pair.project.output(&["upgrade", "--url", pair.online.url()]);
        assert_eq!(online.status.code(), Some(4));
        if pair.dialect == "mysql" {
            let last = state(pair.offline).journal.pop().expect("a row");
            let JournalEntry { revision, statements_done: 1, statements_total: 3, finished_at: None, .. } = last else {
                panic!("{last:?}")
            };
            assert_eq!(revision, "a2");
            let said = client::refused(pair.offline, &script);
            assert!(said.contains("migrate: a revision is unfinished"), "{said}");
            let found = pair.project.run(&["upgrade", "current:head", "--sql"]);
            assert!(found.starts_with("exit 7\n--- stderr\nerror[unfinished]"), "{found}");
        } else {
            pair.same("a failure");
        }
        for database in [pair.online, pair.offline] {
            database.connect().batch_execute("CREATE TABLE missing (id INTEGER)").expect("a table");
        }
        pair.online("upgrade");
        pair.project.ok(&["upgrade"]);
        pair.same("the cause is gone");
    }

    fn scripts_and_runs_exclude_each_other(db) {
        if !client::is_there::<C>("offline") {
            return;
        }
        let (hold, release) = match C::NAME {
            "postgres" => ("SELECT pg_advisory_lock(4712)".to_owned(), "SELECT pg_advisory_unlock(4712)".to_owned()),
            "mysql" => {
                let name = format!("offline_{}", std::process::id());
                (format!("SELECT GET_LOCK('{name}', 100)"), format!("SELECT RELEASE_LOCK('{name}')"))
            }
            _ => ("BEGIN IMMEDIATE".to_owned(), "ROLLBACK".to_owned()),
        };
        let blocked = if C::NAME == "sqlite" { "SELECT 1" } else { &hold };
        let project = chain(&[("n1", "<base>", &format!("-- migrate:upgrade\n{blocked};"), "-- migrate:downgrade")])
            .variable("DATABASE_URL", db.url());
        let mut holder = db.connect();
        holder.batch_execute(&hold).expect("nobody else has it");
        let script = project.ok(&["upgrade", "--sql", "--lock-timeout", "1s"]);
        if C::NAME == "sqlite" {
            let said = client::refused(db, &script);
            assert!(said.contains("locked"), "{said}");
            holder.batch_execute(&release).expect("it is held");
            return;
        }
        let mut child = project.command(&["upgrade", "-vv"]).stderr(Stdio::piped()).spawn().expect("it runs");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut lines = stderr.lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains(blocked)), "it got to the statement that waits");
        let said = client::refused(db, &script);
        assert!(said.contains("migrate: another process holds the migration lock"), "{said}");
        holder.batch_execute(&release).expect("it is held");
        lines.for_each(drop);
        assert!(child.wait().expect("it ends").success());
    }
}

/// A run that was interrupted looks whether its statement took effect. What a script leaves looks alike where it was
/// refused, because there was such a table already.
#[test]
fn a_table_of_somebody_else_is_not_taken_for_the_one_of_the_script() {
    let Some(database) = Database::<MysqlConnection>::new("offline_in_doubt") else { return };
    if !client::is_there::<MysqlConnection>("offline_in_doubt") {
        return;
    }
    let project = Project::line().variable("DATABASE_URL", database.url());
    database.connect().batch_execute("CREATE TABLE posts (name TEXT)").expect("a table");
    let said = client::refused(&database, &project.ok(&["upgrade", "--sql"]));
    assert!(said.contains("Table 'posts' already exists"), "{said}");
    let shown = project.run(&["upgrade"]);
    assert!(shown.starts_with("exit 7\n") && shown.contains("migrate resolve a2 --not-applied"), "{shown}");
    database.connect().batch_execute("DROP TABLE posts").expect("it is there");
    project.ok(&["upgrade"]);
    assert_eq!(project.ok(&["current"]), "a3 (head)\n");
}

/// Where the schema is configured, script and run call the tables and the lock alike, whatever a revision sets.
#[test]
fn the_tables_may_be_in_a_schema_of_their_own() {
    let Some(database) = Database::<PgConnection>::new("offline_schema") else { return };
    if !client::is_there::<PgConnection>("offline_schema") {
        return;
    }
    database.connect().batch_execute("CREATE SCHEMA \"its own\"").expect("a schema");
    let sql = "-- migrate:upgrade transaction=false\nSET search_path = '';\nSELECT 1;";
    let project = chain(&[("n1", "<base>", sql, "-- migrate:downgrade")])
        .variable("DATABASE_URL", database.url())
        .variable("MIGRATE_VERSION_SCHEMA", "its own");
    let script = project.ok(&["upgrade", "--sql"]);
    assert!(!script.contains(":\"migrate_schema\""), "{script}");
    client::takes(&database, &script);
    project.ok(&["current", "--check-heads"]);
    client::refused(&database, &script);
    project.ok(&["downgrade", "base"]);
    client::takes(&database, &script);
}

/// A script switches foreign keys off where a run does, and fails where that fails.
#[test]
fn sections_without_foreign_keys() {
    let (Some(db), Some(other)) =
        (Database::<SqliteConnection>::new("offline_keys"), second::<SqliteConnection>())
    else {
        return;
    };
    let rebuild = |rows: &str| {
        format!(
            "CREATE TABLE fresh (id INTEGER PRIMARY KEY, body TEXT);\nINSERT INTO fresh SELECT * FROM notes{rows};\n\
             DROP TABLE notes;\nALTER TABLE fresh RENAME TO notes;"
        )
    };
    let section = |direction: &str, rows: &str| {
        format!("-- migrate:{direction} sqlite foreign_keys=off\n{}", rebuild(rows))
    };
    let tables = "-- migrate:upgrade\nCREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);\n\
        CREATE TABLE marks (note INTEGER REFERENCES notes (id) ON DELETE CASCADE);\n\
        INSERT INTO notes VALUES (1, 'a'), (2, 'b');\nINSERT INTO marks VALUES (1), (2);";
    let count = "INSERT INTO notes SELECT 10 + count(*), 'marks' FROM marks;\nDELETE FROM notes WHERE id = 1;\n\
        INSERT INTO notes SELECT 20 + count(*), 'marks' FROM marks;";
    let project = chain(&[
        ("n1", "<base>", tables, "-- migrate:downgrade\nDROP TABLE marks;\nDROP TABLE notes;"),
        ("n2", "n1", &section("upgrade", ""), &section("downgrade", "")),
        (
            "n3",
            "n2",
            &format!("-- migrate:upgrade\n{count}"),
            "-- migrate:downgrade\nDELETE FROM notes WHERE id > 10;",
        ),
        ("n4", "n3", &section("upgrade", " WHERE id > 2"), "-- migrate:downgrade"),
    ]);
    let pair = Pair::new(&db, &other, project);
    pair.both("upgrade n2", "upgrade n2");
    pair.both("upgrade n3", "upgrade n2:n3");
    pair.both("downgrade n1", "downgrade n3:n1");
    pair.both("upgrade n3", "upgrade n1:n3");
    let said = client::refused(&other, &pair.script("upgrade n3:n4"));
    assert!(said.contains("migrate: a revision leaves foreign keys that lead nowhere"), "{said}");
    let found = pair.project.run(&["upgrade", "n4", "--url", db.url()]);
    assert!(found.starts_with("exit 4\n") && found.contains("error[foreign-keys]"), "{found}");
    pair.same("a refusal");
}
