//! `rebase`: a branch that no database has applied goes on top of another head.

use std::fs;

use migrate_test::{Database, MysqlConnection, PgConnection, Server};
use snapbox::{assert_data_eq, str};

use crate::project::Project;

/// `a1`; on it the branch `b1`, `b2` and the branch `c1`, `c2`.
fn forked() -> Project {
    Project::empty()
        .revision("a1", "<base>", "users")
        .revision("b1", "a1", "posts")
        .revision("b2", "b1", "tags")
        .revision("c1", "a1", "orders")
        .revision("c2", "c1", "items")
        .variable("DATABASE_URL", "sqlite:app.db")
}

#[test]
fn two_heads_become_a_line() {
    let project = forked();
    let before = project.read("migrations/c1_orders.sql");
    assert_data_eq!(
        project.story(&[
            "upgrade b2",
            "check",
            "rebase c2 --onto b2 --dry-run",
            "heads",
            "rebase c2 --onto b2",
            "rebase c1 --onto b2",
            "history --no-graph",
            "check",
            "upgrade head",
            "check",
        ]),
        str![[r#"
$ migrate upgrade b2
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> b1, posts (1 statement, [time])
     Upgrade b1 -> b2, tags (1 statement, [time])
    Finished at b2 (head): 3 revisions, 3 statements in [time]
$ migrate check
exit 3
--- stderr
note: the migrations in `migrations` have 1 problem
error[several-heads]: the history has 2 heads
 --> migrations/c2_items.sql:3:17
  |
3 | -- Revision ID: c2
  |                 ^^ head `c2` (items)
  |
 ::: migrations/b2_tags.sql:3:17
  |
3 | -- Revision ID: b2
  |                 -- head `b2` (tags)
  |
  = help: join them: `migrate merge b2 c2 -m "merge"`
  = help: or put a branch that no database has applied on top of the other: `migrate rebase c2 --onto b2`
  = help: or allow several: `heads = many` in the macro call, `heads = "many"` in migrate.toml
$ migrate rebase c2 --onto b2 --dry-run
exit 0
--- stdout
migrations/c1_orders.sql: a1 -> b2
--- stderr
Would rebase 2 revisions onto b2
$ migrate heads
exit 0
--- stdout
b2 (head)
c2 (head)
$ migrate rebase c2 --onto b2
exit 0
--- stdout
migrations/c1_orders.sql: a1 -> b2
--- stderr
     Rebased 2 revisions onto b2
$ migrate rebase c1 --onto b2
exit 0
--- stderr
    Finished `c1` builds on `b2` already: nothing to do
$ migrate history --no-graph
exit 0
--- stdout
c1 -> c2 (head), items
b2 -> c1, orders
b1 -> b2, tags
a1 -> b1, posts
<base> -> a1, users
$ migrate check
exit 1
--- stderr
     Checked 5 revisions: the history is valid
error[not-current]: the database lacks 2 revisions of this history
 = note: the next is `c1`
 = note: the database is at `b2`
 = help: run `migrate upgrade heads`
$ migrate upgrade head
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade b2 -> c1, orders (1 statement, [time])
     Upgrade c1 -> c2, items (1 statement, [time])
    Finished at c2 (head): 2 revisions, 2 statements in [time]
$ migrate check
exit 0
--- stderr
     Checked 5 revisions: the history is valid
     Checked the database agrees with it

"#]]
    );
    assert_eq!(project.read("migrations/c1_orders.sql"), before.replace("Revises: a1", "Revises: b2"));
}

#[test]
fn json_tells_each_rewritten_revision() {
    assert_data_eq!(
        forked().story(&["rebase c --onto b2 --json --dry-run", "rebase b1 --onto c2 --json"]),
        str![[r#"
$ migrate rebase c --onto b2 --json --dry-run
exit 2
--- stdout
{"type":"begin","format":1,"command":"rebase"}
{"type":"diagnostic","level":"error","code":"ambiguous-target","message":"`c` is ambiguous: `c1` and `c2` start with it","spans":[],"notes":[],"helps":["write more of it"]}
{"type":"end","ok":false,"exit":2}
$ migrate rebase b1 --onto c2 --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"rebase"}
{"type":"rebased","revision":"b1","path":"migrations/b1_posts.sql","from":["a1"],"to":["c2"],"written":true}
{"type":"diagnostic","level":"warning","code":"text-order","message":"`b1` sorts before `c2`, on which it builds","spans":[],"notes":["`migrate` does not mind; diesel's own harness runs versions in the order of their text and refuses"],"helps":["for that harness, give `b1` an id that sorts later, in its `Revision ID` and its file name"]}
{"type":"end","ok":true,"exit":0}

"#]]
    );
}

#[test]
fn what_is_applied_stays() {
    let project = forked();
    assert_data_eq!(
        project.story(&[
            "upgrade c1",
            "rebase c2 --onto b2",
            "rebase c2 --onto b2 --dry-run --json",
            "downgrade a1",
            "rebase c2 --onto b2 -q",
        ]),
        str![[r#"
$ migrate upgrade c1
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> c1, orders (1 statement, [time])
    Finished at c1: 2 revisions, 2 statements in [time]
$ migrate rebase c2 --onto b2
exit 8
--- stderr
error[applied]: `c1` is applied on `sqlite:app.db`: what it builds on cannot change any more
 = note: nothing was written
 = help: join the lines instead: `migrate merge heads -m "..."`
 = help: or take the branch back there first: `migrate downgrade a1`
$ migrate rebase c2 --onto b2 --dry-run --json
exit 8
--- stdout
{"type":"begin","format":1,"command":"rebase"}
{"type":"diagnostic","level":"error","code":"applied","message":"`c1` is applied on `sqlite:app.db`: what it builds on cannot change any more","spans":[],"notes":["nothing was written"],"helps":["join the lines instead: `migrate merge heads -m /".../"`","or take the branch back there first: `migrate downgrade a1`"]}
{"type":"end","ok":false,"exit":8}
$ migrate downgrade a1
exit 0
--- stderr
   Connected sqlite:app.db
   Downgrade c1 -> a1, orders (1 statement, [time])
    Finished at a1: 1 revision, 1 statement in [time]
$ migrate rebase c2 --onto b2 -q
exit 0
--- stdout
migrations/c1_orders.sql: a1 -> b2

"#]]
    );
}

#[test]
fn every_database_of_the_configuration_is_asked() {
    let project = forked().variable("DATABASE_URL", "").file(
        "migrate.toml",
        "[databases.live]\nurl = \"live.db\"\n\n[databases.other]\nurl = \"other.db\"\ndir = \"elsewhere\"\n\n\
         [databases.test]\nurl_env = \"TEST_URL\"\nversion_table = \"__test_version\"\n",
    );
    assert_data_eq!(
        project.story(&[
            "upgrade c1 --url other.db",
            "rebase c2 --onto b2 --dry-run",
            "upgrade c1 -q --name live",
            "rebase c2 --onto b2 --dry-run",
            "rebase c2 --onto b2 --dry-run --no-database",
        ]),
        str![[r#"
$ migrate upgrade c1 --url other.db
exit 0
--- stderr
   Connected sqlite:other.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> c1, orders (1 statement, [time])
    Finished at c1: 2 revisions, 2 statements in [time]
$ migrate rebase c2 --onto b2 --dry-run
exit 8
--- stderr
note: the file `live.db` does not exist yet
error[no-database]: the database `test` cannot be asked: `TEST_URL` is not set
 = note: nothing was written
 = help: `--no-database` asks none: you know then that no database has applied the branch
$ migrate upgrade c1 -q --name live
exit 0
$ migrate rebase c2 --onto b2 --dry-run
exit 8
--- stderr
error[applied]: `c1` is applied on `sqlite:live.db`: what it builds on cannot change any more
 = note: nothing was written
 = help: join the lines instead: `migrate merge heads -m "..."`
 = help: or take the branch back there first: `migrate downgrade a1`
$ migrate rebase c2 --onto b2 --dry-run --no-database
exit 0
--- stdout
migrations/c1_orders.sql: a1 -> b2
--- stderr
note: no database was asked whether it has applied the branch
Would rebase 2 revisions onto b2

"#]]
    );
    let project = project.variable("TEST_URL", "test.db");
    assert_data_eq!(
        project.story(&[
            "downgrade base -q --name live",
            "upgrade c1 -q --name test",
            "rebase c2 --onto b2",
            "downgrade base -q --name test",
            "rebase c2 --onto b2 --name test",
        ]),
        str![[r#"
$ migrate downgrade base -q --name live
exit 0
$ migrate upgrade c1 -q --name test
exit 0
$ migrate rebase c2 --onto b2
exit 8
--- stderr
error[applied]: `c1` is applied on `sqlite:test.db`: what it builds on cannot change any more
 = note: nothing was written
 = help: join the lines instead: `migrate merge heads -m "..."`
 = help: or take the branch back there first: `migrate downgrade a1`
$ migrate downgrade base -q --name test
exit 0
$ migrate rebase c2 --onto b2 --name test
exit 0
--- stdout
migrations/c1_orders.sql: a1 -> b2
--- stderr
     Rebased 2 revisions onto b2

"#]]
    );
}

#[test]
fn no_configured_database_is_said() {
    assert_data_eq!(
        forked().variable("DATABASE_URL", "").story(&["rebase c2 --onto b2"]),
        str![[r#"
$ migrate rebase c2 --onto b2
exit 0
--- stdout
migrations/c1_orders.sql: a1 -> b2
--- stderr
note: no database was asked whether it has applied the branch: none is configured
     Rebased 2 revisions onto b2

"#]]
    );
}

#[test]
fn what_has_no_clear_meaning_is_refused() {
    let project = forked().file(
        "migrations/d1_joined.sql",
        "-- joined\n--\n-- Revision ID: d1\n-- Revises: b2, c2\n\n-- migrate:upgrade\n\n-- migrate:downgrade\n",
    );
    assert_data_eq!(
        project.story(&[
            "rebase c1 --onto b2",
            "rebase c1 --onto c1",
            "rebase b1 --onto d1",
            "rebase d1 --onto nowhere"
        ]),
        str![[r#"
$ migrate rebase c1 --onto b2
exit 2
--- stderr
error[already-joined]: `d1` joins the branch with the line of `b2` already
 = help: leave it as it is, or delete the merge `d1` first if no database has applied it
$ migrate rebase c1 --onto c1
exit 2
--- stderr
error[same-line]: `c1` cannot be put on top of itself
 = help: name a revision of another line; `migrate heads` lists their ends
$ migrate rebase b1 --onto d1
exit 2
--- stderr
error[same-line]: `d1` builds on `b1`, so they are one line already
 = help: name a revision of another line; `migrate heads` lists their ends
$ migrate rebase d1 --onto nowhere
exit 2
--- stderr
error[unknown-revision]: no revision or label starts with `nowhere`
 = help: `migrate history` lists all revisions

"#]]
    );
    assert_data_eq!(
        forked().story(&["rebase c1 --onto head", "rebase heads --onto b2", "rebase c1"]),
        str![[r#"
$ migrate rebase c1 --onto head
exit 2
--- stderr
error[several-heads]: `head` is ambiguous: the history has 2 heads, `b2` and `c2`
 = help: name one of them by its id
$ migrate rebase heads --onto b2
exit 2
--- stderr
error[bad-target]: `heads` is not one revision
 = help: name one by its id, or the end of its line: `label@head`
$ migrate rebase c1
exit 2
--- stderr
error: the following required arguments were not provided:
  --onto <TARGET>

Usage: migrate rebase --onto <TARGET> <TARGET>

For more information, try '--help'.

"#]]
    );
    // `c1` depends on `b1`, which comes before it anyway once it is on top of `b2`.
    assert_data_eq!(
        Project::branched().story(&["rebase c1 --onto b2", "history --no-graph"]),
        str![[r#"
$ migrate rebase c1 --onto b2
exit 0
--- stdout
migrations/c1_orders.sql: a1 -> b2
--- stderr
warning[redundant-dependency]: revision `c1` depends on `b1`, which comes before it anyway
 --> migrations/c1_orders.sql:6:16
  |
6 | -- Depends On: b1
  |                ^^ already an ancestor, through `b2`
  |
  = help: remove it from `Depends On`
note: the file `app.db` does not exist yet
     Rebased 1 revision onto b2
$ migrate history --no-graph
exit 0
--- stdout
b2 (b1) -> c1 (blog, shop) (head), orders
b1 -> b2 (blog, shop), tags
a1 -> b1 (blog), posts
<base> -> a1, users

"#]]
    );
    let diesel = Project::empty()
        .file("migrations/01_users/up.sql", "CREATE TABLE users (id INTEGER);")
        .revision("x1", "<base>", "posts");
    assert_data_eq!(
        diesel.story(&["rebase 01 --onto x1", "rebase x1 --onto 01"]),
        str![[r#"
$ migrate rebase 01 --onto x1
exit 2
--- stderr
error[no-header]: `01` is a directory of diesel, which has no header
 = note: what it builds on is said by its version: the directory before it
 = help: give the directory a later version, or put the native revisions on top of the directories
$ migrate rebase x1 --onto 01
exit 0
--- stdout
migrations/x1_posts.sql: <base> -> 01
--- stderr
note: no database was asked whether it has applied the branch: none is configured
     Rebased 1 revision onto 01

"#]]
    );
}

#[cfg(unix)]
#[test]
fn every_other_byte_and_the_permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let text = "\u{FEFF}-- orders\r\n--\r\n-- Revision ID: c1\r\n-- revises :  a1 \r\n\r\n-- migrate:upgrade\r\n\
                -- Revises: a1\r\nSELECT 'a1\n';  \r\n-- migrate:downgrade";
    let project = forked().file("migrations/c1_orders.sql", text);
    let path = project.path().join("migrations/c1_orders.sql");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    project.ok(&["rebase", "c1", "--onto", "b2"]);
    assert_eq!(
        project.read("migrations/c1_orders.sql"),
        text.replace("revises :  a1 \r", "revises :  b2 \r")
    );
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o604);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 5);
}

fn servers_are_asked<C: Server>() {
    let Some(database) = Database::<C>::new("cli_rebase") else { return };
    let project = forked().variable("DATABASE_URL", database.url());
    project.ok(&["upgrade", "heads"]);
    let shown = project.run(&["rebase", "c2", "--onto", "b2"]);
    assert!(shown.starts_with("exit 8\n"), "{shown}");
    assert!(shown.contains("error[applied]: `c1` is applied on"), "{shown}");
    project.ok(&["downgrade", "-q", "c2@a1"]);
    project.ok(&["upgrade", "b2"]);
    project.ok(&["rebase", "c2", "--onto", "b2"]);
    project.ok(&["upgrade", "head"]);
    project.ok(&["check"]);
    assert_eq!(project.ok(&["current"]), "c2 (head)\n");
}

#[test]
fn postgres_is_asked() {
    servers_are_asked::<PgConnection>();
}

#[test]
fn mysql_is_asked() {
    servers_are_asked::<MysqlConnection>();
}

/// MySQL cannot take a revision back as a whole: one that failed half way is unfinished.
#[test]
fn what_is_unfinished_stays() {
    let Some(database) = Database::<MysqlConnection>::new("cli_rebase_unfinished") else { return };
    let project = forked().variable("DATABASE_URL", database.url()).file(
        "migrations/c1_orders.sql",
        "-- orders\n--\n-- Revision ID: c1\n-- Revises: a1\n\n-- migrate:upgrade\nCREATE TABLE orders (id INTEGER);\n\
         INSERT INTO missing VALUES (1);\n\n-- migrate:downgrade\nDROP TABLE orders;\n",
    );
    assert!(project.run(&["upgrade", "c1"]).starts_with("exit 4\n"));
    let shown = project.run(&["rebase", "c2", "--onto", "b2"]);
    assert!(shown.starts_with("exit 8\n"), "{shown}");
    assert!(shown.contains("error[unfinished]: the upgrade of `c1` is unfinished on"), "{shown}");
}

#[test]
fn a_database_that_cannot_be_reached_is_a_reason_to_refuse() {
    let project = forked().variable("DATABASE_URL", "postgres://app:secret@127.0.0.1:1/shop");
    let shown = project.run(&["rebase", "c2", "--onto", "b2"]);
    assert!(shown.starts_with("exit 6\n"), "{shown}");
    assert!(shown.contains("nothing was written") && shown.contains("`--no-database`"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
    project.ok(&["rebase", "c2", "--onto", "b2", "--no-database"]);
}
