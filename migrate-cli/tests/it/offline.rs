//! `--sql`: the clients bring a database to where an online run brings another one.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use diesel::connection::SimpleConnection as _;
use migrate_core::history::History;
use migrate_runtime::{CatalogSnapshot, JournalEntry, MigrateConnection, Migrator, VersionRow};
use migrate_test::{Database, MysqlConnection, PgConnection, Server, on_every_database};
use snapbox::{assert_data_eq, str};

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

fn chain(revisions: &[(&str, &str, &str, &str)]) -> Project {
    revisions.iter().fold(Project::empty(), |project, (id, parents, up, down)| {
        let text = format!(
            "-- it's {id}; \\q :x $$ /* hm\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n\n{up}\n{down}\n"
        );
        // The last one is from another system.
        let text = if *id == "n5" { text.replace('\n', "\r\n") } else { text };
        project.file(&format!("migrations/{id}.sql"), &text)
    })
}

/// Revisions that each client could take for something else than what they are.
fn nasty() -> Project {
    chain(&[
        (
            "n1",
            "<base>",
            "-- migrate:upgrade
CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);
INSERT INTO notes VALUES (1, 'it''s; :x :''y'' $$ \"q\" /* -- no comment
.quit
go
/
delimiter //
use mysql
system false
#
end; ');
INSERT INTO notes VALUES (2, 'Zürich ✓ 日本 🙂'); -- it's; not \"the end
/* nor; is 'this */ INSERT INTO notes
-- and; what's here
VALUES (3, 'three');",
            "-- migrate:downgrade
DROP TABLE notes;",
        ),
        (
            "n2",
            "n1",
            "-- migrate:upgrade postgres
CREATE TABLE slices (a INTEGER[], port INTEGER);
CREATE VIEW first_port AS SELECT a[1:PORT] AS b, a[ 1 : port ] AS c, 'x'::text AS d FROM slices;
CREATE FUNCTION noted() RETURNS INTEGER LANGUAGE plpgsql AS $body$
BEGIN
  -- it's; \\q
  IF ':x' = '\\' THEN RETURN 1; END IF; /*
\\q
  */
  RETURN 2;
END
$body$;
CREATE FUNCTION atomic(n INTEGER) RETURNS INTEGER LANGUAGE sql
BEGIN ATOMIC SELECT CASE WHEN n > 0 THEN 1 END; SELECT 2; END;
CREATE RULE noting AS ON DELETE TO slices DO ALSO
  (INSERT INTO notes VALUES (90, 'a'); INSERT INTO notes VALUES (91, 'b'));
INSERT INTO notes VALUES (10, E'\\\\q \\'; \\\\'), (11, '\\q
\\q');
-- migrate:upgrade mysql
CREATE TABLE counts (n INTEGER);
CREATE TRIGGER counting AFTER INSERT ON counts FOR EACH ROW BEGIN
  -- it's; the $$ way
  INSERT INTO notes VALUES (NEW.n + 100, ';');
  SET @x = 1;
END;
CREATE PROCEDURE noting() BEGIN DECLARE n INT DEFAULT 1; WHILE n < 3 DO SET n = n + 1; END WHILE; END;
INSERT INTO counts VALUES (1);
INSERT INTO notes VALUES (10, '\\\\q \\'; \\\\'), (11, \"it's \\\";
delimiter $$
\");
/*!40101 INSERT INTO notes VALUES (12, 'versioned') */;
-- migrate:upgrade sqlite
CREATE TABLE counts (n INTEGER, shade TEXT DEFAULT \"light\");
CREATE TRIGGER counting AFTER INSERT ON counts BEGIN
  INSERT INTO notes VALUES (NEW.n + 100, CASE WHEN 1 THEN ';' END || NEW.shade);
  SELECT 1;
END;
INSERT INTO counts (n) VALUES (1);
INSERT INTO notes VALUES (10, '\\q \\'), (11, 4
/ 2);",
            "-- migrate:downgrade postgres
DROP RULE noting ON slices;
DROP FUNCTION atomic, noted;
DROP VIEW first_port;
DROP TABLE slices;
DELETE FROM notes WHERE id > 3;
-- migrate:downgrade mysql
DROP PROCEDURE noting;
DROP TABLE counts;
DELETE FROM notes WHERE id > 3;
-- migrate:downgrade sqlite
DROP TABLE counts;
DELETE FROM notes WHERE id > 3;",
        ),
        (
            "n3",
            "n2",
            "-- migrate:upgrade postgres transaction=false
SET search_path TO pg_catalog;
CREATE INDEX CONCURRENTLY notes_body_idx ON public.notes (body);
INSERT INTO public.notes VALUES (20, current_setting('search_path'));
CREATE TYPE public.mood AS ENUM ('sad');
-- migrate:upgrade mysql
SET SESSION sql_mode = 'ANSI_QUOTES';
CREATE TABLE \"quoted\" (\"n\" INTEGER);
-- migrate:upgrade sqlite transaction=false
PRAGMA foreign_keys = OFF;
CREATE TABLE parents (id INTEGER PRIMARY KEY);
CREATE TABLE children (id INTEGER REFERENCES parents (id) ON DELETE CASCADE);
INSERT INTO children VALUES (7);
INSERT INTO notes SELECT 20, foreign_keys FROM pragma_foreign_keys;",
            "-- migrate:downgrade postgres transaction=false
DROP TYPE mood;
DROP INDEX CONCURRENTLY notes_body_idx;
DELETE FROM notes WHERE id = 20;
-- migrate:downgrade mysql
DROP TABLE quoted;
-- migrate:downgrade sqlite
DROP TABLE children;
DROP TABLE parents;
DELETE FROM notes WHERE id = 20;",
        ),
        (
            "n4",
            "n3",
            "-- migrate:upgrade postgres
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad';
INSERT INTO notes SELECT 30, current_setting('search_path');
SET search_path = 'nowhere';
SET TIME ZONE 'Asia/Tokyo';
-- migrate:upgrade mysql
INSERT INTO notes SELECT 30, CONCAT_WS(',', @@sql_mode, @@time_zone, @@character_set_client, @@collation_connection);
SET foreign_key_checks = 0, time_zone = '+02:00';
-- migrate:upgrade sqlite
INSERT INTO notes SELECT 30, foreign_keys FROM pragma_foreign_keys;",
            "-- migrate:downgrade
DELETE FROM notes WHERE id = 30;",
        ),
        (
            "n5",
            "n4",
            "-- migrate:upgrade postgres
INSERT INTO notes SELECT 40, 'glad'::mood::text || current_setting('TimeZone') || current_setting('search_path');
INSERT INTO notes VALUES (41, 'another
line');
-- migrate:upgrade mysql
INSERT INTO notes SELECT 40, CONCAT(@@foreign_key_checks, @@time_zone);
-- migrate:upgrade sqlite
INSERT INTO parents VALUES (1);
INSERT INTO children VALUES (1);
DELETE FROM parents;
INSERT INTO notes SELECT 40, count(*) FROM children;",
            "-- migrate:downgrade postgres
DELETE FROM notes
WHERE id > 39;
-- migrate:downgrade
DELETE FROM notes WHERE id > 39;
DELETE FROM notes -- and
WHERE id > 49;",
        ),
    ])
}

/// A line of which the second revision has a statement that fails.
fn failing(broken: &str) -> String {
    format!(
        "-- posts\n--\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:upgrade\nCREATE TABLE posts (id INTEGER);\n\
         {broken}\nCREATE TABLE more (id INTEGER);\n\n-- migrate:downgrade\nDROP TABLE more;\nDROP TABLE posts;\n"
    )
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

/// What each dialect cannot have in a script is known before there is any.
#[test]
fn refused_before_anything_is_printed() {
    let shown = |dialect: &str, sql: &str| {
        let project = chain(&[
            ("n1", "<base>", "-- migrate:upgrade\nSELECT 1;", "-- migrate:irreversible the data is gone"),
            ("n2", "n1", &format!("-- migrate:upgrade {dialect}\n{sql}"), "-- migrate:downgrade"),
        ]);
        project.run(&["upgrade", "--sql", "--dialect", dialect])
    };
    let all = [
        shown("sqlite", "SELECT 4\n/\n2;"),
        shown("mysql", "USE shop;"),
        shown("postgres", "CREATE FUNCTION begin() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1';"),
        shown("postgres", "COPY users FROM STDIN;"),
    ];
    assert_data_eq!(
        all.join("\n"),
        str![[r#"
exit 2
--- stderr
error[offline]: revision `n2` cannot be written as a script: sqlite3 would end the statement at this line: it holds nothing but `/`
 --> migrations/n2.sql:8:1
  |
8 | /
  | ^
  |
  = note: nothing was written
  = help: join it with the line before

exit 2
--- stderr
error[offline]: revision `n2` cannot be written as a script: a script cannot go back to its own database after `USE`
 --> migrations/n2.sql:7:1
  |
7 | USE shop;
  | ^^^^^^^^^
  |
  = note: nothing was written
  = help: name the other database where it is meant: `other.table`

exit 2
--- stderr
error[offline]: revision `n2` cannot be written as a script: psql would not see where this statement ends
 --> migrations/n2.sql:7:1
  |
7 | CREATE FUNCTION begin() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1';
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = note: nothing was written
  = help: close every parenthesis, and quote names such as `begin` and `case`

exit 3
--- stderr
note: the migrations in `migrations` have 1 problem
error[client-command]: `COPY … FROM stdin` is for the database's command line client, it is not SQL
 --> migrations/n2.sql:7:1
  |
7 | COPY users FROM STDIN;
  | ^^^^^^^^^^^^^^^^^^^^^ no driver runs this
  |
  = help: write what it does as SQL, as with `INSERT` in place of `COPY … FROM stdin`

"#]]
    );
    let project = chain(&[
        ("n1", "<base>", "-- migrate:upgrade\nSELECT 1;", "-- migrate:irreversible the data is gone"),
        ("n2", "n1", "-- migrate:upgrade sqlite\nSELECT 1;", "-- migrate:downgrade"),
    ]);
    assert_data_eq!(
        project.story(&[
            "upgrade --sql --dialect mysql",
            "downgrade n2:base --sql --dialect sqlite",
            "upgrade --sql",
            "downgrade base --sql --dialect sqlite",
            "downgrade n2: --sql --dialect sqlite",
            "upgrade n1:n2 n1:n2 --sql --dialect sqlite",
            "upgrade n1:n2 --dialect sqlite --url sqlite:app.db",
            "upgrade n9:n2 --sql --dialect sqlite",
            "upgrade current:n2 --sql --dialect sqlite",
            "stamp head --purge --sql --dialect sqlite",
            "upgrade --tag x",
        ]),
        str![[r#"
$ migrate upgrade --sql --dialect mysql
exit 3
--- stderr
note: the migrations in `migrations` have 1 problem
error[missing-section]: revision `n2` has no upgrade section for mysql
 --> migrations/n2.sql:3:17
  |
3 | -- Revision ID: n2
  |                 ^^ its sections name other databases only
  |
  = help: add `-- migrate:upgrade mysql`; with nothing below it, it does nothing on purpose
$ migrate downgrade n2:base --sql --dialect sqlite
exit 8
--- stderr
error[irreversible]: cannot downgrade past `n1`: the data is gone
 = note: nothing was written
$ migrate upgrade --sql
exit 2
--- stderr
error[no-dialect]: nothing says for which database the script is to be
 = help: name it: `--dialect postgres`, `--dialect mysql` or `--dialect sqlite`
$ migrate downgrade base --sql --dialect sqlite
exit 2
--- stderr
error[no-range]: `downgrade --sql` has to be told where the database is
 = help: name it before the target: `head:base`, or `current:base` to ask the database
$ migrate downgrade n2: --sql --dialect sqlite
exit 2
--- stderr
error[bad-range]: `n2:` has no target behind the `:`
 = help: a range is `start:target`
$ migrate upgrade n1:n2 n1:n2 --sql --dialect sqlite
exit 2
--- stderr
error[bad-range]: `n1:n2` is a second range, after `n1:n2`
 = help: a script has one start; where a database is at several revisions: `a1,b2:head`
$ migrate upgrade n1:n2 --dialect sqlite --url sqlite:app.db
exit 2
--- stderr
error[bad-target]: `n1:n2` is a range where one target is wanted
 = help: ranges are for `history -r` and for `--sql`
$ migrate upgrade n9:n2 --sql --dialect sqlite
exit 2
--- stderr
error[unknown-revision]: no revision or label starts with `n9`
 = help: the nearest is `n1`; `migrate history` lists all
$ migrate upgrade current:n2 --sql --dialect sqlite
exit 2
--- stderr
error[no-database]: no database is named
 = help: set `DATABASE_URL` (also in `.env`), `url` in migrate.toml, or `--url`
$ migrate stamp head --purge --sql --dialect sqlite
exit 2
--- stderr
error[usage]: `--purge` with `--sql`: a script cannot know what there is to forget
 = help: run it online, without `--sql`
$ migrate upgrade --tag x
exit 2
--- stderr
error: the following required arguments were not provided:
  --sql

Usage: migrate upgrade --sql --tag <TEXT> [TARGET]...

For more information, try '--help'.

"#]]
    );
}

#[test]
fn no_database_is_asked_but_for_current() {
    let project = Project::line().variable("DATABASE_URL", "postgres://app:secret@127.0.0.1:1/shop");
    assert!(project.ok(&["upgrade", "--sql"]).starts_with("-- Upgrade from <base> to a3, for postgres\n"));
    assert!(project.run(&["upgrade", "current:head", "--sql"]).starts_with("exit 6\n"));
    // Another dialect than the database's, for which nothing has to be configured.
    assert!(project.ok(&["upgrade", "--sql", "--dialect", "mysql"]).contains("for mysql\n"));
}

#[test]
fn the_text_is_the_same_each_time_and_says_what_it_is() {
    let project = Project::line();
    let args = ["upgrade", "a2:a3", "--sql", "--tag", "release 7\n\\q"];
    let script = project.ok(&args);
    assert_eq!(script, project.ok(&args));
    assert_data_eq!(
        script,
        str![[r#"
-- Upgrade from a2 to a3, for sqlite
-- Written by diesel-migrate 0.1.0
-- Tag: release 7
-- Tag: /q
-- Run it with sqlite3 <database> < <this file>

-- Without this sqlite3 goes on after an error.
.bail on
.timeout 60000
PRAGMA foreign_keys = ON;
-- What has to hold: a value that is not true is an error.
DROP TABLE IF EXISTS temp."__migrate_script";
CREATE TABLE temp."__migrate_script" (started TEXT,
    at_place INTEGER CONSTRAINT "migrate: the database is not where this script begins" CHECK (at_place),
    finished INTEGER CONSTRAINT "migrate: a revision is unfinished, see migrate status" CHECK (finished),
    recorded INTEGER CONSTRAINT "migrate: another process changed the version table" CHECK (recorded));
INSERT INTO temp."__migrate_script" (started) VALUES (NULL);

-- The version table and the journal
BEGIN IMMEDIATE;
UPDATE temp."__migrate_script" SET at_place = ((SELECT count(*) FROM "main"."__migrate_version") = 1 AND (SELECT count(*) FROM "main"."__migrate_version" WHERE version_num = 'a2' AND (digest IS NULL OR digest = 'a2:6e78e49804197d7586e1a96e778ee53bf232b572f30ff998e17e95c61fec003b')) = 1);
CREATE TABLE IF NOT EXISTS "main"."__migrate_journal" (id INTEGER PRIMARY KEY, revision VARCHAR(100) NOT NULL, direction VARCHAR(20) NOT NULL, digest VARCHAR(64) NULL, statements_total INTEGER NOT NULL, statements_done INTEGER NOT NULL, statements_digest VARCHAR(64) NULL, started_at TEXT NOT NULL, finished_at TEXT NULL, who TEXT NULL, tool_version VARCHAR(100) NULL, backend VARCHAR(100) NULL, error TEXT NULL, downgrade_sql TEXT NULL);
UPDATE temp."__migrate_script" SET finished = (NOT EXISTS (SELECT 1 FROM "main"."__migrate_journal" WHERE finished_at IS NULL));

-- Running upgrade a2 -> a3, tags

UPDATE temp."__migrate_script" SET started = strftime('%Y-%m-%d %H:%M:%f', 'now');
CREATE TABLE tags (id INTEGER);

-- Record upgrade of a3
UPDATE "main"."__migrate_version" SET version_num = 'a3', digest = 'a3:646eda93f1bf5945893141b037d2de4af8e2ced7ab28940a837681c7646f0e98' WHERE version_num = 'a2';
INSERT INTO "main"."__migrate_journal" (revision, direction, digest, statements_total, statements_done, started_at, finished_at, who, tool_version, backend, downgrade_sql) VALUES ('a3', 'upgrade', '646eda93f1bf5945893141b037d2de4af8e2ced7ab28940a837681c7646f0e98', 1, 1, (SELECT started FROM temp."__migrate_script"), strftime('%Y-%m-%d %H:%M:%f', 'now'), NULL, 'diesel-migrate 0.1.0', NULL, 'DROP TABLE tags;');
UPDATE temp."__migrate_script" SET recorded = ((SELECT count(*) FROM "main"."__migrate_version") = 1 AND (SELECT count(*) FROM "main"."__migrate_version" WHERE version_num = 'a3' AND (digest IS NULL OR digest = 'a3:646eda93f1bf5945893141b037d2de4af8e2ced7ab28940a837681c7646f0e98')) = 1);
COMMIT;

DROP TABLE temp."__migrate_script";

"#]]
    );
    assert_data_eq!(
        project.story(&[
            "stamp a1:a2 --sql --dialect postgres -q",
            "ensure-version --sql --dialect mysql -q",
            "upgrade a3:head --sql -v",
            "upgrade head:head --sql --json",
        ]),
        str![[r#"
$ migrate stamp a1:a2 --sql --dialect postgres -q
exit 0
--- stdout
-- Stamp from a1 to a2, for postgres
-- Written by diesel-migrate 0.1.0
-- Run it with psql -X -f <this file> <database>

-- Without these psql goes on after an error, or keeps a transaction open.
/set ON_ERROR_STOP on
/set AUTOCOMMIT on
SET client_encoding = 'UTF8';
SET TIME ZONE 'UTC';
-- The schema of the version table: where it is, or would be made.
SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass('"__migrate_version"')), pg_catalog.current_schema()) AS migrate_schema /gset
-- The lock that every run takes; its key is a hash of the version table's name.
WITH RECURSIVE fnv (place, hash) AS (
  SELECT 0, 14695981039346656037::numeric
  UNION ALL
  SELECT place + 1, mod((hash - mod(hash, 256) + (mod(hash, 256)::int # get_byte(name, place))) * 1099511628211, 18446744073709551616)
  FROM fnv, (SELECT convert_to('migrate:' || :'migrate_schema' || '.__migrate_version', 'UTF8') AS name) n WHERE place < length(name)
)
SELECT (CASE WHEN hash < 9223372036854775808 THEN hash ELSE hash - 18446744073709551616 END)::bigint AS migrate_lock
FROM fnv ORDER BY place DESC LIMIT 1 /gset
SELECT CAST(CASE WHEN pg_catalog.pg_try_advisory_lock(:migrate_lock) THEN '1' ELSE 'migrate: another process holds the migration lock' END AS integer) AS migrate_locked /gset

-- The version table and the journal
BEGIN;
SELECT CAST(CASE WHEN (SELECT count(*) FROM :"migrate_schema"."__migrate_version") = 1 AND (SELECT count(*) FROM :"migrate_schema"."__migrate_version" WHERE version_num = 'a1' AND (digest IS NULL OR digest = 'a1:cddfabdd852658a664853e2689f61be417007bc3c5ef02443d59e554a18281a0')) = 1 THEN '1' ELSE 'migrate: the database is not where this script begins' END AS integer) AS migrate_at_place /gset
CREATE TABLE IF NOT EXISTS :"migrate_schema"."__migrate_journal" (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, revision VARCHAR(100) NOT NULL, direction VARCHAR(20) NOT NULL, digest VARCHAR(64) NULL, statements_total INTEGER NOT NULL, statements_done INTEGER NOT NULL, statements_digest VARCHAR(64) NULL, started_at TIMESTAMPTZ NOT NULL, finished_at TIMESTAMPTZ NULL, who TEXT NULL, tool_version VARCHAR(100) NULL, backend VARCHAR(100) NULL, error TEXT NULL, downgrade_sql TEXT NULL);
SELECT CAST(CASE WHEN NOT EXISTS (SELECT 1 FROM :"migrate_schema"."__migrate_journal" WHERE finished_at IS NULL) THEN '1' ELSE 'migrate: a revision is unfinished, see migrate status' END AS integer) AS migrate_finished /gset
COMMIT;

-- Record without running anything

BEGIN;
SELECT CAST(CASE WHEN (SELECT count(*) FROM :"migrate_schema"."__migrate_version") = 1 AND (SELECT count(*) FROM :"migrate_schema"."__migrate_version" WHERE version_num = 'a1' AND (digest IS NULL OR digest = 'a1:cddfabdd852658a664853e2689f61be417007bc3c5ef02443d59e554a18281a0')) = 1 THEN '1' ELSE 'migrate: the database is not where this script begins' END AS integer) AS migrate_at_place /gset
UPDATE :"migrate_schema"."__migrate_version" SET version_num = 'a2', digest = 'a2:6e78e49804197d7586e1a96e778ee53bf232b572f30ff998e17e95c61fec003b' WHERE version_num = 'a1';
INSERT INTO :"migrate_schema"."__migrate_journal" (revision, direction, digest, statements_total, statements_done, started_at, finished_at, who, tool_version, backend, downgrade_sql) VALUES ('a1', 'unstamp', NULL, 0, 0, clock_timestamp(), clock_timestamp(), session_user || '@' || coalesce(host(inet_client_addr()), 'local'), 'diesel-migrate 0.1.0', NULL, NULL);
INSERT INTO :"migrate_schema"."__migrate_journal" (revision, direction, digest, statements_total, statements_done, started_at, finished_at, who, tool_version, backend, downgrade_sql) VALUES ('a2', 'stamp', '6e78e49804197d7586e1a96e778ee53bf232b572f30ff998e17e95c61fec003b', 0, 0, clock_timestamp(), clock_timestamp(), session_user || '@' || coalesce(host(inet_client_addr()), 'local'), 'diesel-migrate 0.1.0', NULL, 'DROP TABLE posts;');
SELECT CAST(CASE WHEN (SELECT count(*) FROM :"migrate_schema"."__migrate_version") = 1 AND (SELECT count(*) FROM :"migrate_schema"."__migrate_version" WHERE version_num = 'a2' AND (digest IS NULL OR digest = 'a2:6e78e49804197d7586e1a96e778ee53bf232b572f30ff998e17e95c61fec003b')) = 1 THEN '1' ELSE 'migrate: another process changed the version table' END AS integer) AS migrate_recorded /gset
COMMIT;

SELECT pg_catalog.pg_advisory_unlock(:migrate_lock) AS migrate_locked /gset
$ migrate ensure-version --sql --dialect mysql -q
exit 0
--- stdout
-- Create the version table and the journal, for mysql
-- Written by diesel-migrate 0.1.0
-- Run it with mysql --comments <database> < <this file>; neither with `source` nor with `--force`

SET NAMES utf8mb4;
SET SESSION time_zone = '+00:00', autocommit = 1;
-- The lock that every run takes; it is waited for.
SET @__migrate_lock = IF(LENGTH(CONCAT('migrate:', DATABASE(), '.__migrate_version')) = CHAR_LENGTH(CONCAT('migrate:', DATABASE(), '.__migrate_version')) AND LENGTH(CONCAT('migrate:', DATABASE(), '.__migrate_version')) <= 64, CONCAT('migrate:', DATABASE(), '.__migrate_version'), CONCAT('migrate:', LEFT(SHA2(CONCAT('migrate:', DATABASE(), '.__migrate_version'), 256), 32)));
SET @__migrate = IF(GET_LOCK(@__migrate_lock, 60) = 1, 'DO 0', 'CALL `migrate: another process holds the migration lock`()');
PREPARE __migrate FROM @__migrate;
EXECUTE __migrate;
-- Each schema change commits by itself, so the journal follows each statement.

-- The version table and the journal
CREATE TABLE IF NOT EXISTS `__migrate_version` (version_num VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, digest VARCHAR(165) CHARACTER SET ascii COLLATE ascii_bin NULL, CONSTRAINT `__migrate_version_pkc` PRIMARY KEY (version_num)) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS `__migrate_journal` (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, revision VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, direction VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, digest VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL, statements_total INTEGER NOT NULL, statements_done INTEGER NOT NULL, statements_digest VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL, started_at DATETIME(6) NOT NULL, finished_at DATETIME(6) NULL, who LONGTEXT NULL, tool_version VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL, backend VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL, error LONGTEXT NULL, downgrade_sql LONGTEXT NULL) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

DEALLOCATE PREPARE __migrate;
DO RELEASE_LOCK(@__migrate_lock);
$ migrate upgrade a3:head --sql -v
exit 0
--- stdout
-- Upgrade from a3 to a3, for sqlite
-- Written by diesel-migrate 0.1.0
-- Run it with sqlite3 <database> < <this file>

-- Nothing to do
--- stderr
     Printed a script for sqlite in which there is nothing to do
$ migrate upgrade head:head --sql --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"upgrade"}
{"type":"script","dialect":"sqlite","from":["a3"],"to":["a3"],"steps":0,"sql":"-- Upgrade from a3 to a3, for sqlite/n-- Written by diesel-migrate 0.1.0/n-- Run it with sqlite3 <database> < <this file>/n/n-- Nothing to do/n"}
{"type":"end","ok":true,"exit":0}

"#]]
    );
}

/// Escape sequences are part of a text here, and not decoration.
#[test]
fn a_script_is_printed_byte_by_byte() {
    let sql = "-- migrate:upgrade\nSELECT '\u{1b}[1mbold\u{1b}[0m';";
    let project = chain(&[("n1", "<base>", sql, "-- migrate:downgrade")]);
    let script = project.ok(&["upgrade", "--sql", "--dialect", "postgres", "--color", "never"]);
    assert!(script.contains("'\u{1b}[1mbold\u{1b}[0m'"), "{script:?}");
}
