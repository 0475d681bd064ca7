//! `status` and `check`.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

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
fn an_unfinished_revision_is_told() {
    let project = Project::line().file(
        "migrations/a4_alone.sql",
        "-- alone\n--\n-- Revision ID: a4\n-- Revises: a3\n\n-- migrate:upgrade transaction=false\n\
         CREATE TABLE fine (id INTEGER CHECK (id > 1));\nINSERT INTO fine VALUES (1);\n\n\
         -- migrate:downgrade\nDROP TABLE fine;\n",
    );
    project.run(&["upgrade"]);
    assert_data_eq!(
        project.story(&["check", "status"]),
        str![[r#"
$ migrate check
exit 7
--- stderr
     Checked 4 revisions: the history is valid
error[unfinished]: the upgrade of revision `a4` is unfinished: 1 of 2 statements are done
 = note: the database is at `a3`
 = help: finish it first: `migrate upgrade a4`
$ migrate status
exit 0
--- stdout
at a3: 3 applied, 1 pending
  unfinished a4 upgrade: 1 of 2 statements done
     pending a4 alone

"#]]
    );
}
