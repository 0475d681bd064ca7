//! Each command on SQLite.

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
fn history_is_drawn() {
    assert_data_eq!(
        Project::branched().revision("d1", "b2, c1", "joined").story(&[
            "history",
            "history -r a1:b2",
            "history --no-graph",
            "history --no-graph -r b1:",
            "history -v -r d1:",
        ]),
        str![[r#"
$ migrate history
exit 0
--- stdout
○    d1 (head) (mergepoint) joined
├─╮
│ ○    c1 (shop) orders
│ ├─╮
│ │ ╷
○ │ ╷  b2 tags
├───╯
○ │  b1 (blog) posts
├─╯
○  a1 (branchpoint) users
$ migrate history -r a1:b2
exit 0
--- stdout
○  b2 tags
○  b1 (blog) posts
○  a1 (branchpoint) users
$ migrate history --no-graph
exit 0
--- stdout
b2, c1 -> d1 (blog, shop) (head) (mergepoint), joined
a1 (b1) -> c1 (shop), orders
b1 -> b2 (blog), tags
a1 -> b1 (blog), posts
<base> -> a1 (branchpoint), users
$ migrate history --no-graph -r b1:
exit 0
--- stdout
b2, c1 -> d1 (blog, shop) (head) (mergepoint), joined
a1 (b1) -> c1 (shop), orders
b1 -> b2 (blog), tags
a1 -> b1 (blog), posts
$ migrate history -v -r d1:
exit 0
--- stdout
○  Rev: d1 (head) (mergepoint)
│  Merges: b2, c1
~  Branch names: blog, shop
   Create date: 2026-11-21 00:32:10 UTC
   Path: migrations/d1_joined.sql

       joined

"#]]
    );
}

#[test]
fn history_marks_where_the_database_is() {
    assert_data_eq!(
        Project::line().story(&[
            "upgrade a2",
            "history -i",
            "history -r -1:current --no-graph",
            "history -r current:+1 --no-graph",
            "history -r current: --no-graph",
        ]),
        str![[r#"
$ migrate upgrade a2
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> a2, posts (1 statement, [time])
    Finished at a2: 2 revisions, 2 statements in [time]
$ migrate history -i
exit 0
--- stdout
○  a3 (head) tags
@  a2 (current) posts
○  a1 users
$ migrate history -r -1:current --no-graph
exit 0
--- stdout
a1 -> a2 (current), posts
<base> -> a1, users
$ migrate history -r current:+1 --no-graph
exit 0
--- stdout
a2 -> a3 (head), tags
a1 -> a2 (current), posts
$ migrate history -r current: --no-graph
exit 0
--- stdout
a2 -> a3 (head), tags
a1 -> a2 (current), posts

"#]]
    );
}

#[test]
fn listings() {
    assert_data_eq!(
        Project::branched().story(&["heads", "heads -v", "branches", "show b1", "show --sql c1"]),
        str![[r#"
$ migrate heads
exit 0
--- stdout
b2 (blog) (head)
c1 (shop) (head)
$ migrate heads -v
exit 0
--- stdout
Rev: b2 (head)
Parent: b1
Branch names: blog
Create date: [date]
Path: migrations/b2_tags.sql

    tags

Rev: c1 (head)
Parent: a1
Also depends on: b1
Branch names: shop
Path: migrations/c1_orders.sql

    orders

$ migrate branches
exit 0
--- stdout
a1 (branchpoint)
   -> b1 (blog)
   -> c1 (shop) (head)

$ migrate show b1
exit 0
--- stdout
Rev: b1
Parent: a1
Branch names: blog
Path: migrations/b1_posts.sql

    posts

$ migrate show --sql c1
exit 0
--- stdout
Rev: c1 (head)
Parent: a1
Also depends on: b1
Branch names: shop
Path: migrations/c1_orders.sql

    orders

-- migrate:upgrade
CREATE TABLE orders (id INTEGER);

-- migrate:downgrade
DROP TABLE orders;


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
 |
 = help: name one (`blog@head`), take both (`heads`), or join them: `migrate merge heads -m "..."`
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
fn status_and_check() {
    let project = Project::line();
    assert_data_eq!(
        project.story(&[
            "status",
            "check",
            "upgrade a2",
            "status --exit-code",
            "check",
            "upgrade",
            "check",
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
note: the file `app.db` does not exist yet
$ migrate check
exit 1
--- stderr
     Checked 3 revisions: the history is valid
note: the file `app.db` does not exist yet
error[not-current]: the database lacks 3 revisions of this history
 |
 = note: the next is `a1`
 = note: the database is at base, before every revision
 = help: run `migrate upgrade heads`
$ migrate upgrade a2
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> a2, posts (1 statement, [time])
    Finished at a2: 2 revisions, 2 statements in [time]
$ migrate status --exit-code
exit 1
--- stdout
at a2: 2 applied, 1 pending
     pending a3 tags
$ migrate check
exit 1
--- stderr
     Checked 3 revisions: the history is valid
error[not-current]: the database lacks 1 revision of this history
 |
 = note: the next is `a3`
 = note: the database is at `a2`
 = help: run `migrate upgrade heads`
$ migrate upgrade
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade a2 -> a3, tags (1 statement, [time])
    Finished at a3 (head): 1 revision, 1 statement in [time]
$ migrate check
exit 0
--- stderr
     Checked 3 revisions: the history is valid
     Checked the database agrees with it
$ migrate status
exit 0
--- stdout
at a3 (head): 3 applied, 0 pending

"#]]
    );
    assert!(project.ok(&["status", "-v"]).contains("applied a1 users, "));
}

#[test]
fn stamping_runs_nothing() {
    assert_data_eq!(
        Project::line().story(&[
            "ensure-version",
            "ensure_version",
            "stamp a2",
            "current",
            "stamp head",
            "stamp base",
            "stamp --purge a1",
            "upgrade",
        ]),
        str![[r#"
$ migrate ensure-version
exit 0
--- stderr
   Connected sqlite:app.db
    Finished the version table is there
$ migrate ensure_version
exit 0
--- stderr
   Connected sqlite:app.db
    Finished the version table is there
$ migrate stamp a2
exit 0
--- stderr
   Connected sqlite:app.db
    Finished at a2
$ migrate current
exit 0
--- stdout
a2
--- stderr
note: 1 revision behind `a3` (head)
$ migrate stamp head
exit 0
--- stderr
   Connected sqlite:app.db
    Finished at a3 (head)
$ migrate stamp base
exit 0
--- stderr
   Connected sqlite:app.db
    Finished at base
$ migrate stamp --purge a1
exit 0
--- stderr
   Connected sqlite:app.db
    Finished at a1
$ migrate upgrade
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade a1 -> a2, posts (1 statement, [time])
     Upgrade a2 -> a3, tags (1 statement, [time])
    Finished at a3 (head): 2 revisions, 2 statements in [time]

"#]]
    );
}

#[test]
fn init_writes_what_is_missing_and_overwrites_nothing() {
    let project = Project::empty().file("Cargo.toml", "[package]\nname = \"x\"\n");
    assert_data_eq!(
        project.story(&["init", "init", "heads", "check"]),
        str![[r#"
$ migrate init
exit 0
--- stderr
     Created migrations
     Created migrations/.gitkeep
     Created migrate.toml
     Created build.rs
note: `migrate revision -m "..."` writes the first revision
$ migrate init
exit 0
--- stderr
        Kept migrations
        Kept migrate.toml
        Kept build.rs
note: `migrate revision -m "..."` writes the first revision
$ migrate heads
exit 0
$ migrate check
exit 0
--- stderr
     Checked 0 revisions: the history is valid

"#]]
    );
    let script = project.read("build.rs");
    assert!(script.contains("cargo::rerun-if-changed=migrations"), "{script}");

    let project = Project::empty().file("Cargo.toml", "").file("build.rs", "fn main() {}\n");
    assert_data_eq!(
        project.story(&["init db/revisions", "check"]),
        str![[r#"
$ migrate init db/revisions
exit 0
--- stderr
     Created db/revisions
     Created db/revisions/.gitkeep
     Created migrate.toml
        Kept build.rs
warning: build.rs does not tell cargo to watch the migrations; add to its `main`:
note: println!("cargo::rerun-if-changed=db/revisions");
note: `migrate revision -m "..."` writes the first revision
$ migrate check
exit 0
--- stderr
     Checked 0 revisions: the history is valid

"#]]
    );
    assert_eq!(project.read("build.rs"), "fn main() {}\n");
}

#[test]
fn every_key_of_the_configuration_that_init_writes_is_known() {
    let project = Project::empty();
    project.ok(&["init"]);
    let keys: String = project
        .read("migrate.toml")
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(
        keys.contains("\nlock_timeout = \"60s\"\n") && keys.contains("\n[databases.reports]\n"),
        "{keys}"
    );
    let project = project.file("migrate.toml", &keys);
    project.ok(&["heads"]);
}

fn is_setting(line: &str) -> bool {
    line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
}

#[test]
fn revisions_are_written_one_after_the_other() {
    let project = Project::empty().variable("DATABASE_URL", "app.db").file("migrations/.gitkeep", "");
    let first = project.ok(&["revision", "-m", "create users, quickly"]);
    let second = project.ok(&["revision", "-m", "create posts", "--branch-label", "blog"]);
    assert!(first.trim_end().ends_with("_create_users_quickly.sql"), "{first}");
    let id = |path: &str| path.trim_start_matches("migrations/").split('_').next().unwrap().to_owned();
    let text = project.read(second.trim_end());
    assert!(text.contains(&format!("-- Revises: {}\n", id(&first))), "{text}");
    assert!(text.contains("-- Branch Labels: blog\n"), "{text}");
    assert!(id(&second) > id(&first));
    assert_eq!(project.ok(&["heads"]), format!("{} (blog) (head)\n", id(&second)));
    project.ok(&["upgrade"]);
}

#[test]
fn branches_are_made_on_purpose_and_merged() {
    assert_data_eq!(
        Project::line().story(&[
            "revision -m likes --rev-id b1 --head a2",
            "revision -m likes --rev-id b1 --head a2 --splice --branch-label likes",
            "revision -m more --rev-id b2",
            "revision -m more --rev-id b2 --head likes@head --depends-on a3 --version-path sub",
            "revision -m other --rev-id c1 --head base",
            "heads",
            "merge heads --rev-id d1",
            "show d1",
            "merge heads --rev-id d2",
            "show b2",
        ]),
        str![[r#"
$ migrate revision -m likes --rev-id b1 --head a2
exit 2
--- stderr
error[not-a-head]: `a2` is not a head: `a3` builds on it
 |
 = help: `--splice` makes a branch there
$ migrate revision -m likes --rev-id b1 --head a2 --splice --branch-label likes
exit 0
--- stdout
migrations/b1_likes.sql
$ migrate revision -m more --rev-id b2
exit 2
--- stderr
error[several-heads]: `head` is ambiguous: the history has 2 heads, `a3` and `b1` (likes)
 |
 = help: name one (`likes@head`), take both (`heads`), or join them: `migrate merge heads -m "..."`
$ migrate revision -m more --rev-id b2 --head likes@head --depends-on a3 --version-path sub
exit 0
--- stdout
migrations/sub/b2_more.sql
$ migrate revision -m other --rev-id c1 --head base
exit 0
--- stdout
migrations/c1_other.sql
$ migrate heads
exit 0
--- stdout
a3 (effective head)
b2 (likes) (head)
c1 (head)
$ migrate merge heads --rev-id d1
exit 0
--- stdout
migrations/d1_merge_a3_and_b2_and_c1.sql
$ migrate show d1
exit 0
--- stdout
Rev: d1 (head) (mergepoint)
Merges: a3, b2, c1
Branch names: likes
Create date: [date]
Path: migrations/d1_merge_a3_and_b2_and_c1.sql

    merge a3 and b2 and c1

$ migrate merge heads --rev-id d2
exit 2
--- stderr
error[nothing-to-merge]: a merge joins several revisions, and there is only `d1`
$ migrate show b2
exit 0
--- stdout
Rev: b2
Parent: b1
Also depends on: a3
Branch names: likes
Create date: [date]
Path: migrations/sub/b2_more.sql

    more


"#]]
    );
}

#[test]
fn what_would_break_the_history_is_not_written() {
    let project = Project::branched();
    assert_data_eq!(
        project.story(&[
            "revision -m x --head blog@head --rev-id a1",
            "revision -m x --head blog@head --rev-id blog",
            "revision -m x --head blog@head --rev-id head",
            "revision -m x --head blog@head --rev-id a.b",
            "revision -m x --head blog@head --branch-label shop",
            "revision -m x --head blog@head --branch-label c1",
            "revision -m x --head blog@head --depends-on nothing",
            "revision -m x --head blog@head --version-path ../elsewhere",
            "revision -m x --head blog@head --version-path .hidden",
            "merge b1 b2",
            "merge b2",
        ]),
        str![[r#"
$ migrate revision -m x --head blog@head --rev-id a1
exit 2
--- stderr
error[duplicate-id]: there is a revision `a1` already, in migrations/a1_users.sql
$ migrate revision -m x --head blog@head --rev-id blog
exit 2
--- stderr
error[label-clash]: `blog` is a branch label already
$ migrate revision -m x --head blog@head --rev-id head
exit 2
--- stderr
error[bad-id]: `head` cannot be a revision id: the word means something else as a target
$ migrate revision -m x --head blog@head --rev-id a.b
exit 2
--- stderr
error[bad-id]: `a.b` cannot be a revision id: ids are made of `A-Z a-z 0-9 _ -`, not of `.`
$ migrate revision -m x --head blog@head --branch-label shop
exit 2
--- stderr
error[label-clash]: `shop` cannot be a branch label: `c1` carries it already
$ migrate revision -m x --head blog@head --branch-label c1
exit 2
--- stderr
error[label-clash]: `c1` cannot be a branch label: there is a revision of that name
$ migrate revision -m x --head blog@head --depends-on nothing
exit 2
--- stderr
error[unknown-revision]: no revision or label starts with `nothing`
 |
 = help: `migrate history` lists all revisions
$ migrate revision -m x --head blog@head --version-path ../elsewhere
exit 2
--- stderr
error[bad-folder]: `../elsewhere` is not a folder below `migrations` that is read
 |
 = help: sub-folders are part of the history; hidden ones are not
$ migrate revision -m x --head blog@head --version-path .hidden
exit 2
--- stderr
error[bad-folder]: `.hidden` is not a folder below `migrations` that is read
 |
 = help: sub-folders are part of the history; hidden ones are not
$ migrate merge b1 b2
exit 2
--- stderr
error[not-a-head]: `b1` is not a head: `b2` builds on it
 |
 = help: `--splice` makes a branch there
$ migrate merge b2
exit 2
--- stderr
error[nothing-to-merge]: a merge joins several revisions, and there is only `b2`

"#]]
    );
    let message = project.run(&["revision", "--head", "blog@head", "-m", "more\nRevises: a1"]);
    assert!(message.starts_with("exit 2\n--- stderr\nerror[bad-message]"), "{message}");
    assert_eq!(project.ok(&["heads"]).lines().count(), 2);
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
 |
 = note: the database is ahead of this binary, or belongs to another history
 = note: nothing was run
 = help: run a build that has these revisions, or restore their files
$ migrate stamp a2
exit 3
--- stderr
   Connected sqlite:app.db
error[unknown-in-database]: the database is at revision `a3`, which is not in this history
 |
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

#[test]
fn looking_at_a_database_that_is_not_there_does_not_make_it() {
    let project = Project::line();
    for args in [&["current"][..], &["status"], &["check"], &["history", "-i"], &["show", "current"]] {
        project.run(args);
        assert!(!project.path().join("app.db").exists(), "{args:?}");
    }
}

#[test]
fn a_closed_pipe_is_quiet() {
    use std::io::Read as _;
    use std::process::Stdio;

    let mut project = Project::empty().revision("r0", "<base>", "t0");
    for number in 1..2000 {
        project = project.revision(&format!("r{number}"), &format!("r{}", number - 1), &format!("t{number}"));
    }
    let mut child =
        project.command(&["history"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut start = [0; 10];
    child.stdout.take().expect("a pipe").read_exact(&mut start).expect("some history");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr)), (Some(0), "".into()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_not_success() {
    let project = Project::line();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let output = project.command(&["history"]).stdout(full).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("cannot write to standard output: no space left on device"), "{text}");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let project = Project::line();
    assert!(!project.ok(&["history"]).contains('\x1b'));
    assert!(project.ok(&["history", "--color", "always"]).contains("\x1b[36ma1\x1b[0m"));
    assert!(!project.ok(&["history", "--color=never"]).contains('\x1b'));
    let project = project.variable("NO_COLOR", "1").variable("CLICOLOR_FORCE", "1");
    assert!(!project.ok(&["history"]).contains('\x1b'));
}
