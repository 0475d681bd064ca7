//! `history`, `heads`, `branches`, `show` and `current`.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

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

Changes:
    + table posts
      + id integer

$ migrate show --sql c1
exit 0
--- stdout
Rev: c1 (head)
Parent: a1
Also depends on: b1
Branch names: shop
Path: migrations/c1_orders.sql

    orders

Changes:
    + table orders
      + id integer

-- migrate:upgrade
CREATE TABLE orders (id INTEGER);

-- migrate:downgrade
DROP TABLE orders;


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
fn heads_by_parents_or_by_all_that_is_needed() {
    let project = Project::branched().revision("d1", "c1", "bills").file(
        "migrations/e1_reports.sql",
        "-- reports\n--\n-- Revision ID: e1\n-- Depends On: b2\n\n-- migrate:upgrade\n-- migrate:downgrade\n",
    );
    assert_data_eq!(
        project.story(&[
            "heads",
            "heads --resolve-dependencies",
            "branches -v",
            "current -v",
            "upgrade heads",
            "current -v"
        ]),
        str![[r#"
$ migrate heads
exit 0
--- stdout
b2 (blog) (effective head)
d1 (shop) (head)
e1 (head)
$ migrate heads --resolve-dependencies
exit 0
--- stdout
d1 (shop) (head)
e1 (head)
$ migrate branches -v
exit 0
--- stdout
Rev: a1 (branchpoint)
Parent: <base>
Branches into: b1, c1
Create date: [date]
Path: migrations/a1_users.sql

    users

   -> b1 (blog), posts
   -> c1 (shop), orders

$ migrate current -v
exit 0
--- stdout
Current revision(s) for sqlite:app.db:
--- stderr
note: the file `app.db` does not exist yet
note: 6 revisions behind `d1`, `e1` (heads)
$ migrate upgrade heads
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> b1, posts (1 statement, [time])
     Upgrade b1 -> b2, tags (1 statement, [time])
     Upgrade <base> -> e1, reports (0 statements, [time])
     Upgrade a1 -> c1, orders (1 statement, [time])
     Upgrade c1 -> d1, bills (1 statement, [time])
    Finished at d1 (head), e1 (head): 6 revisions, 5 statements in [time]
$ migrate current -v
exit 0
--- stdout
Current revision(s) for sqlite:app.db:
Rev: d1 (head)
Parent: c1
Branch names: shop
Create date: [date]
Path: migrations/d1_bills.sql

    bills

Rev: e1 (head)
Parent: <base>
Also depends on: b2
Path: migrations/e1_reports.sql

    reports

Rev: b2 (effective head)
Parent: b1
Branch names: blog
Create date: [date]
Path: migrations/b2_tags.sql

    tags


"#]]
    );
}

#[test]
fn listings_leave_the_sql_to_those_who_run_it() {
    let project = Project::line().file(
        "migrations/a4_bad.sql",
        "-- bad\n--\n-- Revision ID: a4\n-- Revises: a3\n\n-- migrate:upgrade\nSELECT 'open;\n-- migrate:irreversible gone\n",
    );
    assert_eq!(project.ok(&["heads"]), "a4 (head)\n");
    assert!(project.ok(&["history", "-r", "a4:"]).contains("a4 (head) bad"));
    assert!(project.ok(&["history", "-v", "-r", "a4:"]).contains("Irreversible: gone"));
    assert!(project.ok(&["show", "--sql", "a4"]).contains("SELECT 'open;"));
    assert_eq!(project.ok(&["current"]), "");
    assert!(project.ok(&["status"]).contains("4 pending"));
    for verb in ["check", "upgrade"] {
        let shown = project.run(&[verb]);
        assert!(shown.starts_with("exit 3\n") && shown.contains("error[unterminated-string]"), "{shown}");
    }
    // A broken graph is broken for everybody.
    let project = project.revision("b1", "b9", "lost");
    assert!(project.run(&["heads"]).contains("error[missing-parent]"));
}
