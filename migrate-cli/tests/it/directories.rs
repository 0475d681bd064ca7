//! Several migration directories that form one history.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

/// `a1` in one directory, `b1` on it in another.
fn project() -> Project {
    Project::empty()
        .revision("a1", "<base>", "users")
        .file(
            "billing/migrations/b1_invoices.sql",
            "-- invoices\n--\n-- Revision ID: b1\n-- Revises: a1\n\n\
             -- migrate:upgrade\nCREATE TABLE invoices (id INTEGER);\n\n-- migrate:downgrade\nDROP TABLE invoices;\n",
        )
        .file("migrate.toml", "dir = [\"migrations\", \"billing/migrations\"]\nurl = \"app.db\"\n")
}

#[test]
fn they_are_one_history() {
    let project = project();
    assert_data_eq!(
        project.story(&["upgrade", "history", "check"]),
        str![[r#"
$ migrate upgrade
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (1 statement, [time])
     Upgrade a1 -> b1, invoices (1 statement, [time])
    Finished at b1 (head): 2 revisions, 2 statements in [time]
$ migrate history
exit 0
--- stdout
○  b1 (head) invoices
○  a1 users
$ migrate check
exit 0
--- stderr
     Checked 2 revisions: the history is valid
     Checked the database agrees with it

"#]]
    );
    let project = project.file("migrate.toml", "url = \"app.db\"\n");
    let flags = ["current", "--dir", "migrations", "--dir", "billing/migrations"];
    assert_eq!(project.ok(&flags), "b1 (head)\n");
    let project = project.variable("MIGRATE_DIR", "migrations, billing/migrations");
    assert_eq!(project.ok(&["current"]), "b1 (head)\n");
    assert_eq!(project.ok(&["current", "--dir", "migrations"]), "b1 (unknown)\n");
}

#[test]
fn a_new_file_goes_to_its_parent_or_where_it_is_told_to() {
    assert_data_eq!(
        project().story(&[
            "revision -m items --rev-id b2",
            "revision -m groups --rev-id a2 --head a1 --splice",
            "merge heads --rev-id c1",
            "revision -m deep --rev-id c2 --version-path ./billing/migrations/deep",
            "revision -m deeper --rev-id c3",
            "revision -m reports --rev-id d1 --head base",
            "revision -m reports --rev-id d1 --head base --version-path billing/migrations",
            "revision -m x --version-path deep --head c3",
            "revision -m x --version-path billing --head c3",
            "heads",
        ]),
        str![[r#"
$ migrate revision -m items --rev-id b2
exit 0
--- stdout
billing/migrations/b2_items.sql
$ migrate revision -m groups --rev-id a2 --head a1 --splice
exit 0
--- stdout
migrations/a2_groups.sql
$ migrate merge heads --rev-id c1
exit 0
--- stdout
migrations/c1_merge_a2_and_b2.sql
$ migrate revision -m deep --rev-id c2 --version-path ./billing/migrations/deep
exit 0
--- stdout
billing/migrations/deep/c2_deep.sql
$ migrate revision -m deeper --rev-id c3
exit 0
--- stdout
billing/migrations/c3_deeper.sql
$ migrate revision -m reports --rev-id d1 --head base
exit 2
--- stderr
error[several-folders]: the first revision of a line may begin in several migration directories
 = help: name one: `--version-path migrations` or `--version-path billing/migrations`
$ migrate revision -m reports --rev-id d1 --head base --version-path billing/migrations
exit 0
--- stdout
billing/migrations/d1_reports.sql
$ migrate revision -m x --version-path deep --head c3
exit 2
--- stderr
error[bad-folder]: `deep` is not `migrations` or `billing/migrations` or a folder below that is read
 = help: sub-folders are part of the history; hidden ones are not
$ migrate revision -m x --version-path billing --head c3
exit 2
--- stderr
error[bad-folder]: `billing` is not `migrations` or `billing/migrations` or a folder below that is read
 = help: sub-folders are part of the history; hidden ones are not
$ migrate heads
exit 0
--- stdout
c3 (head)
d1 (head)

"#]]
    );
}

#[test]
fn a_folder_counts_once() {
    let project = project();
    let run = |dirs: &[&str]| {
        let mut args = vec!["heads"];
        dirs.iter().for_each(|dir| args.extend(["--dir", dir]));
        format!("# {}\n{}", dirs.join(" "), project.run(&args))
    };
    let cases: [&[&str]; 4] = [
        &["migrations", "migrations"],
        &["migrations", "billing/../migrations"],
        &["billing/migrations", "migrations", "billing"],
        &["migrations", "nowhere"],
    ];
    assert_data_eq!(
        cases.map(run).concat(),
        str![[r#"
# migrations migrations
exit 2
--- stderr
error[overlapping-folders]: the folder `migrations` is named twice
 = help: name each folder once; sub-folders are part of the history
# migrations billing/../migrations
exit 2
--- stderr
error[overlapping-folders]: `migrations` and `billing/../migrations` are the same folder
 = help: name each folder once; sub-folders are part of the history
# billing/migrations migrations billing
exit 2
--- stderr
error[overlapping-folders]: the folder `billing/migrations` is part of `billing`
 = help: name each folder once; sub-folders are part of the history
# migrations nowhere
exit 2
--- stderr
error[no-directory]: there is no folder `nowhere`
 = help: name the migration directory with `--dir`, or `dir` in migrate.toml

"#]]
    );
}

#[test]
fn a_folder_may_be_named_from_anywhere() {
    let project = project();
    std::fs::create_dir(project.path().join("sub")).unwrap();
    let absolute = project.path().join("billing/migrations/deep");
    for (id, folder) in [("c1", absolute.to_str().unwrap()), ("c2", "../sub/../billing/./migrations/deep")] {
        let mut command = project.command(&["revision", "--rev-id", id, "--version-path", folder]);
        let output = command.current_dir(project.path().join("sub")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(project.path().join(format!("billing/migrations/deep/{id}.sql")).exists(), "{folder}");
    }
}
