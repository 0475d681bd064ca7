//! `upgrade` and `downgrade` on SQLite.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

#[test]
fn a_database_goes_up_and_down() {
    assert_data_eq!(
        Project::line().story(&[
            "upgrade +1",
            "current",
            "upgrade",
            "upgrade head",
            "downgrade -1",
            "current",
            "downgrade a1",
            "downgrade base",
            "current",
        ]),
        str![[r#"
$ migrate upgrade +1
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
    Finished at a1: 1 revision, 1 statement in [time]
$ migrate current
exit 0
--- stdout
a1
--- stderr
note: 2 revisions behind `a3` (head)
$ migrate upgrade
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade a1 -> a2, posts (1 statement, [time])
     Upgrade a2 -> a3, tags (1 statement, [time])
    Finished at a3 (head): 2 revisions, 2 statements in [time]
$ migrate upgrade head
exit 0
--- stderr
   Connected sqlite:app.db
    Finished at a3 (head): nothing to do
$ migrate downgrade -1
exit 0
--- stderr
   Connected sqlite:app.db
   Downgrade a3 -> a2, tags (1 statement, [time])
    Finished at a2: 1 revision, 1 statement in [time]
$ migrate current
exit 0
--- stdout
a2
--- stderr
note: 1 revision behind `a3` (head)
$ migrate downgrade a1
exit 0
--- stderr
   Connected sqlite:app.db
   Downgrade a2 -> a1, posts (1 statement, [time])
    Finished at a1: 1 revision, 1 statement in [time]
$ migrate downgrade base
exit 0
--- stderr
   Connected sqlite:app.db
   Downgrade a1 -> <base>, users (1 statement, [time])
    Finished at base: 1 revision, 1 statement in [time]
$ migrate current
exit 0
--- stderr
note: 3 revisions behind `a3` (head)

"#]]
    );
}

#[test]
fn several_heads() {
    assert_data_eq!(
        Project::branched().story(&[
            "upgrade head",
            "upgrade blog@head",
            "current",
            "upgrade heads",
            "current",
            "current --check-heads",
            "status --exit-code",
            "downgrade shop@base",
            "current --check-heads",
        ]),
        str![[r#"
$ migrate upgrade head
exit 2
--- stderr
error[several-heads]: `head` is ambiguous: the history has 2 heads, `b2` (blog) and `c1` (shop)
 = help: name one (`blog@head`), take both (`heads`), or join them: `migrate merge heads -m "..."`
 = help: or put a branch that no database has applied on top of the other: `migrate rebase c1 --onto b2`
$ migrate upgrade blog@head
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> b1, posts (1 statement, [time])
     Upgrade b1 -> b2, tags (1 statement, [time])
    Finished at b2 (head): 3 revisions, 3 statements in [time]
$ migrate current
exit 0
--- stdout
b2 (head)
--- stderr
note: 1 revision behind `c1` (head)
$ migrate upgrade heads
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade a1 -> c1, orders (1 statement, [time])
    Finished at b2 (head), c1 (head): 1 revision, 1 statement in [time]
$ migrate current
exit 0
--- stdout
b2 (head)
c1 (head)
$ migrate current --check-heads
exit 0
--- stdout
b2 (head)
c1 (head)
$ migrate status --exit-code
exit 0
--- stdout
at b2 (head), c1 (head): 4 applied, 0 pending
$ migrate downgrade shop@base
exit 0
--- stderr
   Connected sqlite:app.db
   Downgrade c1 -> a1, orders (1 statement, [time])
   Downgrade b2 -> b1, tags (1 statement, [time])
   Downgrade b1 -> a1, posts (1 statement, [time])
   Downgrade a1 -> <base>, users (1 statement, [time])
    Finished at base: 4 revisions, 4 statements in [time]
$ migrate current --check-heads
exit 1
--- stderr
error[not-at-heads]: the database is not at all heads: it lacks 4 revisions

"#]]
    );
}

#[test]
fn a_diesel_folder_needs_nothing_but_dir() {
    let project = Project::empty()
        .file("db/2024-01-02-030405_create_users/up.sql", "CREATE TABLE users (id INTEGER);\n")
        .file("db/2024-01-02-030405_create_users/down.sql", "DROP TABLE users;\n")
        .file("db/2024-02-02-030405_create_posts/up.sql", "CREATE TABLE posts (id INTEGER);\n")
        .file("db/2024-02-02-030405_create_posts/down.sql", "DROP TABLE posts;\n");
    assert_data_eq!(
        project.story(&[
            "--dir db history",
            "--dir db --url sqlite:app.db upgrade",
            "--url sqlite:app.db current --dir db",
            "downgrade base --dir db --url app.db",
        ]),
        str![[r#"
$ migrate --dir db history
exit 0
--- stdout
○  20240202030405 (head) create posts
○  20240102030405 create users
$ migrate --dir db --url sqlite:app.db upgrade
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> 20240102030405, create users (1 statement, [time])
     Upgrade 20240102030405 -> 20240202030405, create posts (1 statement, [time])
    Finished at 20240202030405 (head): 2 revisions, 2 statements in [time]
$ migrate --url sqlite:app.db current --dir db
exit 0
--- stdout
20240202030405 (head)
$ migrate downgrade base --dir db --url app.db
exit 0
--- stderr
   Connected sqlite:app.db
   Downgrade 20240202030405 -> 20240102030405, create posts (1 statement, [time])
   Downgrade 20240102030405 -> <base>, create users (1 statement, [time])
    Finished at base: 2 revisions, 2 statements in [time]

"#]]
    );
}

#[test]
fn a_failing_statement_is_shown_where_it_stands() {
    let project = Project::line().file(
        "migrations/a4_bad.sql",
        "-- bad\n--\n-- Revision ID: a4\n-- Revises: a3\n\n-- migrate:upgrade\nCREATE TABLE fine (id INTEGER);\n\
         INSERT INTO missing VALUES (1);\n\n-- migrate:downgrade\n",
    );
    assert_data_eq!(
        project.story(&["upgrade", "current"]),
        str![[r#"
$ migrate upgrade
exit 4
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> a2, posts (1 statement, [time])
     Upgrade a2 -> a3, tags (1 statement, [time])
error[statement-failed]: statement 2 of 2 of revision `a4` failed
 --> migrations/a4_bad.sql:8:1
  |
8 | INSERT INTO missing VALUES (1);
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no such table: missing
  |
  = note: the run was rolled back; the database is at base, before every revision
$ migrate current
exit 0
--- stderr
note: 4 revisions behind `a4` (head)

"#]]
    );
}

#[test]
fn an_edited_revision_is_refused() {
    let project = Project::line();
    project.ok(&["upgrade"]);
    let text = project.read("migrations/a2_posts.sql").replace("id INTEGER", "id BIGINT");
    let project = project.file("migrations/a2_posts.sql", &text);
    let shown = project.run(&["check"]);
    assert!(shown.starts_with("exit 3\n"), "{shown}");
    assert!(shown.contains("error[edited]: `a2` was edited after this database applied it"), "{shown}");
    assert!(project.ok(&["status"]).contains("edited a2 posts"));
    assert!(project.run(&["downgrade", "-1"]).starts_with("exit 3\n"));
}

#[test]
fn a_database_that_is_ahead_is_refused() {
    let project = Project::line();
    project.ok(&["upgrade"]);
    std::fs::remove_file(project.path().join("migrations/a3_tags.sql")).unwrap();
    assert_data_eq!(
        project.story(&["current", "status", "upgrade", "stamp a2", "stamp --purge a2"]),
        str![[r#"
$ migrate current
exit 0
--- stdout
a3 (unknown)
$ migrate status
exit 0
--- stdout
at a3
     unknown a3, which is not in this history
$ migrate upgrade
exit 3
--- stderr
   Connected sqlite:app.db
error[unknown-in-database]: the database is at revision `a3`, which is not in this history
 = note: the database is ahead of this binary, or belongs to another history
 = note: nothing was run
 = help: run a build that has these revisions, or restore their files
$ migrate stamp a2
exit 3
--- stderr
   Connected sqlite:app.db
error[unknown-in-database]: the database is at revision `a3`, which is not in this history
 = note: the database is ahead of this binary, or belongs to another history
 = note: nothing was run
 = help: run a build that has these revisions, or restore their files
$ migrate stamp --purge a2
exit 0
--- stderr
   Connected sqlite:app.db
    Finished at a2 (head)

"#]]
    );
}
