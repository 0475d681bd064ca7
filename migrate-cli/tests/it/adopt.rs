//! `migrate adopt`, and what the other commands say to a database of another tool.

mod import;

use migrate_test::{Database, Server, on_every_database};
use snapbox::{assert_data_eq, str};

use crate::project::Project;

const DIESEL: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                      run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);";

/// Three revisions, of which diesel has run two under the same ids.
fn of_diesel() -> Project {
    let project = Project::line();
    project.sqlite(DIESEL);
    project.sqlite("INSERT INTO __diesel_schema_migrations (version) VALUES ('a1'), ('a2')");
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
    project.sqlite("INSERT INTO __diesel_schema_migrations (version) VALUES ('00000000000000'), ('7')");
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
    project.sqlite("DELETE FROM __diesel_schema_migrations WHERE version = 'a1'");
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
    project.sqlite("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL); INSERT INTO alembic_version VALUES ('a3')");
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
