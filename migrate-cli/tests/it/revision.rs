//! `revision` and `merge`.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

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
 = help: `--splice` makes a branch there
$ migrate revision -m likes --rev-id b1 --head a2 --splice --branch-label likes
exit 0
--- stdout
migrations/b1_likes.sql
$ migrate revision -m more --rev-id b2
exit 2
--- stderr
error[several-heads]: `head` is ambiguous: the history has 2 heads, `a3` and `b1` (likes)
 = help: name one (`likes@head`), take both (`heads`), or join them: `migrate merge heads -m "..."`
 = help: or put a branch that no database has applied on top of the other: `migrate rebase b1 --onto a3`
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
 = help: `migrate heads` lists what can be joined
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
error[duplicate-id]: there is a revision `a1` already
 = note: `a1` is in migrations/a1_users.sql
$ migrate revision -m x --head blog@head --rev-id blog
exit 2
--- stderr
error[label-clash]: `blog` cannot be a revision id: it is a branch label of `b1`
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
 = help: `migrate history` lists all revisions
$ migrate revision -m x --head blog@head --version-path ../elsewhere
exit 2
--- stderr
error[bad-folder]: `../elsewhere` is not `migrations` or a folder below that is read
 = help: sub-folders are part of the history; hidden ones are not
$ migrate revision -m x --head blog@head --version-path .hidden
exit 2
--- stderr
error[bad-folder]: `.hidden` is not `migrations` or a folder below that is read
 = help: sub-folders are part of the history; hidden ones are not
$ migrate merge b1 b2
exit 2
--- stderr
error[not-a-head]: `b1` is not a head: `b2` builds on it
 = help: `--splice` makes a branch there
$ migrate merge b2
exit 2
--- stderr
error[nothing-to-merge]: a merge joins several revisions, and there is only `b2`
 = help: `migrate heads` lists what can be joined

"#]]
    );
    let message = project.run(&["revision", "--head", "blog@head", "-m", "more\nRevises: a1"]);
    assert!(message.starts_with("exit 2\n--- stderr\nerror[bad-message]"), "{message}");
    assert_eq!(project.ok(&["heads"]).lines().count(), 2);
}

#[test]
fn a_dependency_that_says_nothing_new_is_a_warning() {
    assert_data_eq!(
        Project::branched().file("migrate.toml", "heads = \"many\"\n").story(&[
            "revision -m more --rev-id b3 --head b2 --depends-on a1 --depends-on c1",
            "check --no-database",
            "check --no-database --quiet",
            "history --no-graph",
        ]),
        str![[r#"
$ migrate revision -m more --rev-id b3 --head b2 --depends-on a1 --depends-on c1
exit 0
--- stdout
migrations/b3_more.sql
--- stderr
warning[redundant-dependency]: `a1` comes before the new revision anyway, through `b2`
 = help: that `--depends-on` can be left out
$ migrate check --no-database
exit 0
--- stderr
warning[redundant-dependency]: revision `b3` depends on `a1`, which comes before it anyway
 --> migrations/b3_more.sql:6:16
  |
6 | -- Depends On: a1, c1
  |                ^^ already an ancestor, through `b2`
  |
  = help: remove it from `Depends On`
     Checked 5 revisions: the history is valid
$ migrate check --no-database --quiet
exit 0
$ migrate history --no-graph
exit 0
--- stdout
b2 (a1, c1) -> b3 (blog) (head), more
a1 (b1) -> c1 (shop) (effective head), orders
b1 -> b2 (blog), tags
a1 -> b1 (blog), posts
<base> -> a1 (branchpoint), users

"#]]
    );
}
