//! `stamp` and `ensure-version`.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

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
