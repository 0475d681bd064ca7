//! `migrate adopt`, and what the other commands say to a database of another tool.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use migrate_test::{Database, Server, on_every_database};
use snapbox::{assert_data_eq, str};

use crate::project::Project;

const DIESEL: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                      run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);";

fn sql(project: &Project, sql: &str) {
    let path = project.path().join("app.db");
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("a database");
    connection.batch_execute(sql).expect("SQL");
}

/// Three revisions, of which diesel has run two under the same ids.
fn of_diesel() -> Project {
    let project = Project::line();
    sql(&project, DIESEL);
    sql(&project, "INSERT INTO __diesel_schema_migrations (version) VALUES ('a1'), ('a2')");
    project
}

#[test]
fn a_database_is_taken_over_and_goes_on() {
    let project = of_diesel();
    assert_data_eq!(
        project.story(&[
            "status",
            "status --json",
            "upgrade",
            "adopt --dry-run",
            "adopt",
            "adopt --yes",
            "upgrade",
            "adopt --yes",
            "status"
        ]),
        str![[r#"
$ migrate status
exit 0
--- stdout
at base: 0 applied, 3 pending
     pending a1 users
     pending a2 posts
     pending a3 tags
--- stderr
note: diesel has migrated this database: `a1` is in `__diesel_schema_migrations`; `migrate adopt` takes over what is recorded there
$ migrate status --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"status"}
{"type":"finding","kind":"elsewhere","revision":"a1","message":"diesel has migrated this database: `a1` is in `__diesel_schema_migrations`"}
{"type":"status","current":[],"heads":["a3"],"applied":0,"pending":["a1","a2","a3"],"ok":false}
{"type":"end","ok":true,"exit":0,"current":[]}
$ migrate upgrade
exit 8
--- stderr
   Connected sqlite:app.db
error[not-adopted]: diesel has migrated this database: `a1` is in `__diesel_schema_migrations`
 = note: running the history from its beginning would run it a second time
 = note: nothing was run
 = help: take over what is recorded there: `migrate adopt`
 = help: or, if that table is not about this history, go on without it: `migrate stamp base`, then `migrate upgrade`
$ migrate adopt --dry-run
exit 0
--- stdout
diesel has 2 versions in `__diesel_schema_migrations`:
    a1 -> a1 users
    a2 -> a2 posts
to be recorded: 2 revisions; the database is then at a2
pending afterwards: 1 revision
    a3 tags
$ migrate adopt
exit 8
--- stdout
diesel has 2 versions in `__diesel_schema_migrations`:
    a1 -> a1 users
    a2 -> a2 posts
to be recorded: 2 revisions; the database is then at a2
pending afterwards: 1 revision
    a3 tags
--- stderr
   Connected sqlite:app.db
error[not-confirmed]: this has to be confirmed, and there is no terminal
 = note: nothing was recorded
 = help: look at `--dry-run`, then add `--yes`
$ migrate adopt --yes
exit 0
--- stdout
diesel has 2 versions in `__diesel_schema_migrations`:
    a1 -> a1 users
    a2 -> a2 posts
to be recorded: 2 revisions; the database is then at a2
pending afterwards: 1 revision
    a3 tags
--- stderr
   Connected sqlite:app.db
    Finished at a2: 2 revisions recorded
note: `__diesel_schema_migrations` stays as it is, and diesel must not be run on this database any more
$ migrate upgrade
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade a2 -> a3, tags (1 statement, [time])
    Finished at a3 (head): 1 revision, 1 statement in [time]
$ migrate adopt --yes
exit 0
--- stdout
diesel has 2 versions in `__diesel_schema_migrations`:
    a1 -> a1 users
    a2 -> a2 posts
--- stderr
   Connected sqlite:app.db
    Finished at a3 (head): nothing to do
$ migrate status
exit 0
--- stdout
at a3 (head): 3 applied, 0 pending

"#]]
    );
}

#[test]
fn what_cannot_be_taken_over_is_refused() {
    let project = of_diesel();
    sql(&project, "INSERT INTO __diesel_schema_migrations (version) VALUES ('00000000000000'), ('7')");
    assert_data_eq!(
        project.story(&[
            "adopt --yes",
            "adopt --yes --map 7=a3 --map 00000000000000=",
            "adopt --map 7",
            "adopt --from sqlx",
            "adopt --from django",
            "adopt --at b1",
            "adopt --table nothing.here",
        ]),
        str![[r#"
$ migrate adopt --yes
exit 8
--- stderr
   Connected sqlite:app.db
error[adoption]: 2 versions in `__diesel_schema_migrations` are no revisions of this history for certain
 = note: `00000000000000`
 = note: `7`
 = note: nothing was recorded
 = help: say which revision each one is, `--map 00000000000000=<revision>`, or that it is none, `--map 00000000000000=`
 = help: or say where the database is: `--at <revision>`
$ migrate adopt --yes --map 7=a3 --map 00000000000000=
exit 0
--- stdout
diesel has 4 versions in `__diesel_schema_migrations`:
    00000000000000 -> no revision
    7 -> a3 tags, as you say
    a1 -> a1 users
    a2 -> a2 posts
to be recorded: 3 revisions; the database is then at a3 (head)
pending afterwards: 0 revisions
--- stderr
   Connected sqlite:app.db
    Finished at a3 (head): 3 revisions recorded
note: `__diesel_schema_migrations` stays as it is, and diesel must not be run on this database any more
$ migrate adopt --map 7
exit 2
--- stderr
error: invalid value '7' for '--map <VERSION=REVISION>': it has no `=`

For more information, try '--help'.
$ migrate adopt --from sqlx
exit 2
--- stderr
   Connected sqlite:app.db
error[nothing-to-adopt]: there is no table `_sqlx_migrations` (sqlx) in this database
 = help: name the table, with its schema if need be: `--table <schema>.<table>`
$ migrate adopt --from django
exit 2
--- stderr
error: invalid value 'django' for '--from <TOOL>': the tools are `alembic`, `diesel`, `sqlx`, `refinery`, `sea-orm` and `flyway`

For more information, try '--help'.
$ migrate adopt --at b1
exit 2
--- stderr
error[unknown-revision]: no revision or label starts with `b1`
 = help: the nearest is `a1`; `migrate history` lists all
$ migrate adopt --table nothing.here
exit 2
--- stderr
   Connected sqlite:app.db
error[nothing-to-adopt]: there is no table `nothing.here` in this database
 = help: name the table, with its schema if need be: `--table <schema>.<table>`

"#]]
    );
}

#[test]
fn where_it_is_can_be_said() {
    let project = of_diesel();
    sql(&project, "DELETE FROM __diesel_schema_migrations WHERE version = 'a1'");
    assert_data_eq!(
        project.story(&["adopt --yes", "adopt --at a3 --yes", "current"]),
        str![[r#"
$ migrate adopt --yes
exit 8
--- stderr
   Connected sqlite:app.db
error[adoption]: `__diesel_schema_migrations` lacks revisions that others in it need
 = note: `a2` is applied, and `a1` is not
 = note: nothing was recorded
 = help: apply what is missing with diesel first
 = help: or say where the database is: `--at <revision>`
$ migrate adopt --at a3 --yes
exit 0
--- stdout
diesel has 1 version in `__diesel_schema_migrations`:
    a2 -> a2 posts
where the database is, you say: the versions do not count
to be recorded: 3 revisions; the database is then at a3 (head)
pending afterwards: 0 revisions
--- stderr
   Connected sqlite:app.db
    Finished at a3 (head): 3 revisions recorded
note: `__diesel_schema_migrations` stays as it is, and diesel must not be run on this database any more
$ migrate current
exit 0
--- stdout
a3 (head)

"#]]
    );
}

#[test]
fn the_plan_as_json() {
    assert_data_eq!(
        of_diesel().story(&["adopt --json", "adopt --yes --json"]),
        str![[r#"
$ migrate adopt --json
exit 8
--- stdout
{"type":"begin","format":1,"command":"adopt"}
{"type":"adopted-version","version":"a1","name":null,"revision":"a1","by":"id"}
{"type":"adopted-version","version":"a2","name":null,"revision":"a2","by":"id"}
{"type":"adoption","tool":"diesel","table":"__diesel_schema_migrations","baseline":null,"repeatable":0,"revisions":["a1","a2"],"heads":["a2"],"pending":["a3"]}
{"type":"diagnostic","level":"error","code":"not-confirmed","message":"this has to be confirmed, and there is no terminal","spans":[],"notes":["nothing was recorded"],"helps":["look at `--dry-run`, then add `--yes`"]}
{"type":"end","ok":false,"exit":8}
$ migrate adopt --yes --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"adopt"}
{"type":"adopted-version","version":"a1","name":null,"revision":"a1","by":"id"}
{"type":"adopted-version","version":"a2","name":null,"revision":"a2","by":"id"}
{"type":"adoption","tool":"diesel","table":"__diesel_schema_migrations","baseline":null,"repeatable":0,"revisions":["a1","a2"],"heads":["a2"],"pending":["a3"]}
{"type":"end","ok":true,"exit":0,"current":["a2"]}

"#]]
    );
}

#[test]
fn several_tools_and_none() {
    let project = of_diesel();
    sql(
        &project,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL); INSERT INTO alembic_version VALUES ('a3')",
    );
    assert_data_eq!(
        project.story(&["adopt --yes", "adopt --yes --from alembic"]),
        str![[r#"
$ migrate adopt --yes
exit 2
--- stderr
   Connected sqlite:app.db
error[configuration]: several tools have recorded in this database: `alembic_version`, `__diesel_schema_migrations`
 = note: nothing was recorded
 = help: say which one counts: `--from alembic` or `--from diesel`
$ migrate adopt --yes --from alembic
exit 0
--- stdout
Alembic has 1 version in `alembic_version`:
    a3 -> a3 tags
to be recorded: 3 revisions; the database is then at a3 (head)
pending afterwards: 0 revisions
--- stderr
   Connected sqlite:app.db
    Finished at a3 (head): 3 revisions recorded
note: `alembic_version` stays as it is, and Alembic must not be run on this database any more
note: to let both go on with one table: `version_table = "alembic_version"`, without `adopt`

"#]]
    );
    assert_data_eq!(
        Project::line().run(&["adopt"]),
        str![[r#"
exit 2
--- stderr
   Connected sqlite:app.db
error[nothing-to-adopt]: there is no table of another migration tool in this database
 = note: looked for `alembic_version`, `__diesel_schema_migrations`, `_sqlx_migrations`, `refinery_schema_history`, `seaql_migrations`, `flyway_schema_history`
 = help: name the table, with its schema if need be: `--table <schema>.<table>`

"#]]
    );
}

const UP: &str = "BEGIN;\n\nCREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);\n\n\
                  -- Running upgrade  -> 1975ea83b712\n\nCREATE TABLE users (id INTEGER);\n\n\
                  INSERT INTO alembic_version (version_num) VALUES ('1975ea83b712');\n\n\
                  -- Running upgrade 1975ea83b712 -> ae1027a6acf1\n\nCOMMIT;\n\nCREATE INDEX CONCURRENTLY i ON users (id);\n\n\
                  BEGIN;\n\nUPDATE alembic_version SET version_num='ae1027a6acf1' WHERE alembic_version.version_num = \
                  '1975ea83b712';\n\nCOMMIT;\n\n";

const DOWN: &str = "-- Running downgrade 1975ea83b712 -> \n\nDROP TABLE users;\n\n\
                    DELETE FROM alembic_version WHERE alembic_version.version_num = '1975ea83b712';\n";

const HISTORY: &str = "Rev: ae1027a6acf1 (head)\nParent: 1975ea83b712\nPath: /x/two.py\n\n    index users\n    \n    \
                       key: value\n    \n    Create Date: 2026-01-02 03:04:05\n\n\
                       Rev: 1975ea83b712\nParent: <base>\nBranch names: people\nPath: /x/one.py\n\n    create users\n";

#[test]
fn alembics_output_becomes_revision_files() {
    let project = Project::empty().file("up.sql", UP).file("down.sql", DOWN).file("history.txt", HISTORY);
    let write = "adopt --sql up.sql --downgrade-sql down.sql --history history.txt";
    let args = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_data_eq!(
        project.story(&[
            "adopt --sql up.sql",
            &format!("{write} --dialect postgres"),
            "history --dialect postgres"
        ]),
        str![[r#"
$ migrate adopt --sql up.sql
exit 2
--- stderr
error[adoption]: nothing says for which database the SQL is
 = help: name it: `--dialect postgres`, `mysql` or `sqlite`
$ migrate adopt --sql up.sql --downgrade-sql down.sql --history history.txt --dialect postgres
exit 0
--- stdout
migrations/1975ea83b712_create_users.sql
migrations/ae1027a6acf1_index_users.sql
--- stderr
    Finished 2 revision files written
note: `migrate adopt` records in each database what Alembic has applied there
$ migrate history --dialect postgres
exit 0
--- stdout
○  ae1027a6acf1 (head) index users
○  1975ea83b712 (people) create users

"#]]
    );
    assert_data_eq!(
        project.read("migrations/1975ea83b712_create_users.sql"),
        str![[r#"
-- create users
--
-- Revision ID: 1975ea83b712
-- Revises: <base>
-- Branch Labels: people

-- migrate:upgrade postgres
CREATE TABLE users (id INTEGER);

-- migrate:downgrade postgres
DROP TABLE users;

"#]]
    );
    assert_data_eq!(
        project.read("migrations/ae1027a6acf1_index_users.sql"),
        str![[r#"
-- index users
--
-- key: value
--
-- Revision ID: ae1027a6acf1
-- Revises: 1975ea83b712
-- Create Date: 2026-01-02 03:04:05

-- migrate:upgrade postgres transaction=false
CREATE INDEX CONCURRENTLY i ON users (id);

-- migrate:irreversible Alembic printed no downgrade

"#]]
    );
    // Once more would overwrite them.
    let again = args(&format!("{write} --dialect postgres"));
    let again = project.run(&again.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(
        again.starts_with("exit 3") && again.contains("two files are revision `1975ea83b712`"),
        "{again}"
    );
}

#[test]
fn output_that_is_no_history_writes_nothing() {
    let branches = UP.replace("upgrade 1975ea83b712 ->", "upgrade  ->");
    let project = Project::empty()
        .file("branches.sql", &branches)
        .file("up.sql", UP)
        .file("history.txt", HISTORY)
        .file("part.sql", "CREATE TABLE users (id INTEGER);\n")
        .file("tail.sql", &format!("-- Running{}", UP.rsplit_once("-- Running").expect("a step").1))
        .file("bad.sql", &UP.replace("1975ea83b712", "v1.0"))
        .file("down.sql", &DOWN.replace("DROP TABLE users;", "COPY x FROM stdin;"));
    assert_data_eq!(
        project.story(&[
            "adopt --sql branches.sql --dialect postgres",
            "adopt --sql part.sql --dialect postgres",
            "adopt --sql tail.sql --dialect postgres",
            "adopt --sql tail.sql --history history.txt --dialect postgres",
            "adopt --sql bad.sql --dialect postgres",
            "adopt --sql up.sql --downgrade-sql down.sql --dialect postgres",
            "adopt --sql up.sql --table other --dialect postgres",
            "adopt --sql nowhere.sql --dialect postgres",
            "adopt --sql up.sql --from diesel --dialect postgres",
        ]),
        str![[r#"
$ migrate adopt --sql branches.sql --dialect postgres
exit 2
--- stderr
error[alembic-output]: the revisions are not one whole line, and the SQL does not say what depends on what
 = help: give what `alembic history --verbose` prints: `--history <file>`
$ migrate adopt --sql part.sql --dialect postgres
exit 2
--- stderr
error[alembic-output]: this statement belongs to no revision
 --> part.sql:1:1
  |
1 | CREATE TABLE users (id INTEGER);
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ before the first one
  |
  = help: put it into a revision of its own, or take it out of the file
error[alembic-output]: there is no step of `alembic upgrade --sql` in this file
 --> part.sql:1:1
  |
1 | CREATE TABLE users (id INTEGER);
  | ^ no line begins with `-- Running upgrade`
$ migrate adopt --sql tail.sql --dialect postgres
exit 2
--- stderr
error[alembic-output]: the revisions are not one whole line, and the SQL does not say what depends on what
 = help: give what `alembic history --verbose` prints: `--history <file>`
$ migrate adopt --sql tail.sql --history history.txt --dialect postgres
exit 3
--- stderr
error[missing-parent]: revision `ae1027a6acf1` revises `1975ea83b712`, which does not exist
 --> migrations/ae1027a6acf1_index_users.sql:6:13
  |
6 | -- Revises: 1975ea83b712
  |             ^^^^^^^^^^^^ no file has this revision id
  |
  = note: nothing was written
  = help: restore the file that is missing, or name another revision
$ migrate adopt --sql bad.sql --dialect postgres
exit 2
--- stderr
error[bad-id]: `v1.0` cannot be a revision id here: ids are made of `A-Z a-z 0-9 _ -`, not of `.`
 --> bad.sql:5:1
  |
5 | -- Running upgrade  -> v1.0
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^ named here
  |
  = help: give it another id in Alembic first: in its file, in those that name it, and in `alembic_version`
error[bad-id]: `v1.0` cannot be a revision id here: ids are made of `A-Z a-z 0-9 _ -`, not of `.`
  --> bad.sql:11:1
   |
11 | -- Running upgrade v1.0 -> ae1027a6acf1
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ named here
   |
   = help: give it another id in Alembic first: in its file, in those that name it, and in `alembic_version`
$ migrate adopt --sql up.sql --downgrade-sql down.sql --dialect postgres
exit 3
--- stderr
error[client-command]: `COPY … FROM stdin` is for the database's command line client, it is not SQL
  --> migrations/1975ea83b712.sql:10:1
   |
10 | COPY x FROM stdin;
   | ^^^^^^^^^^^^^^^^^ no driver runs this
   |
   = note: nothing was written
   = help: write what it does as SQL, as with `INSERT` in place of `COPY … FROM stdin`
$ migrate adopt --sql up.sql --table other --dialect postgres
exit 2
--- stderr
error[alembic-output]: this statement belongs to no revision
 --> up.sql:3:1
  |
3 | CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ before the first one
  |
  = help: put it into a revision of its own, or take it out of the file
error[alembic-output]: nothing records the upgrade of `1975ea83b712` in `other`
 --> up.sql:5:1
  |
5 | -- Running upgrade  -> 1975ea83b712
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ it begins here
  |
  = help: name Alembic's table: `--table`
error[alembic-output]: nothing records the upgrade of `ae1027a6acf1` in `other`
  --> up.sql:11:1
   |
11 | -- Running upgrade 1975ea83b712 -> ae1027a6acf1
   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ it begins here
   |
   = help: name Alembic's table: `--table`
$ migrate adopt --sql nowhere.sql --dialect postgres
exit 2
--- stderr
error[io]: cannot read `nowhere.sql`: no such file or directory
$ migrate adopt --sql up.sql --from diesel --dialect postgres
exit 2
--- stderr
error[adoption]: `--sql` is for the output of Alembic, not of diesel
 = help: write `--from alembic`, or leave `--sql` out

"#]]
    );
    assert!(!project.path().join("migrations").exists());
}

/// The same on each kind of database, through the command.
fn taken_over<C: Server>(database: &Database<C>) {
    let mut connection = database.connect();
    connection.batch_execute(DIESEL).expect("SQL");
    connection
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('a1'), ('a2')")
        .expect("SQL");
    let project = Project::line().variable("DATABASE_URL", database.url());
    assert_eq!(project.output(&["upgrade"]).status.code(), Some(8));
    project.ok(&["adopt", "--yes"]);
    project.ok(&["upgrade"]);
    assert_eq!(project.ok(&["current"]), "a3 (head)\n");
}

on_every_database! {
    fn a_database_of_diesel_goes_on(db) {
        taken_over(db);
    }
}
