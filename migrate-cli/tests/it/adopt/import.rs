//! Revision files from what Alembic prints.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

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
