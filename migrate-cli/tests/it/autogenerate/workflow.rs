//! The way from a changed model to a file.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

/// A project with users and posts, whose models want something else.
pub(super) fn project() -> Project {
    Project::empty()
        .file("migrate.toml", "dialects = [\"sqlite\"]\nmodels = \"schema.sql\"\n")
        .file(
            "migrations/a1_users.sql",
            "-- users\n--\n-- Revision ID: a1\n-- Revises: <base>\n\n\
             -- migrate:upgrade\nCREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), age INTEGER);\n\
             CREATE INDEX users_name ON users (name);\n\n\
             -- migrate:downgrade\nDROP TABLE users;\n",
        )
        .file(
            "schema.sql",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), email VARCHAR(99));\n\
             CREATE INDEX users_email ON users (email);\n\
             CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id));\n",
        )
}

const NEW: [&str; 6] = ["revision", "--autogenerate", "-m", "posts", "--rev-id", "b1"];

fn new(more: &[&'static str]) -> Vec<&'static str> {
    [&NEW, more].concat()
}

/// What a file does, without its header.
fn sections(project: &Project, path: &str) -> String {
    let text = project.read(path);
    text[text.find("-- migrate:upgrade").expect("a section")..].to_owned()
}

#[test]
fn what_loses_data_is_refused_where_nobody_can_be_asked() {
    let project = project();
    assert_data_eq!(
        project.run(&NEW),
        str![[r#"
exit 8
--- stderr
  + table posts
  + column users.email varchar(99)
  + index users_email (email) on users
  - column users.age, which loses data
  - index users_name (name) on users
error[loses-data]: the revision would lose data; nothing was written
 = note: the values of `users.age`
 = help: `--allow-destructive` writes it, `--sql` shows it

"#]]
    );
    assert!(!project.path().join("migrations/b1_posts.sql").exists());
    assert_data_eq!(
        project.run(&new(&["--allow-destructive"])),
        str![[r#"
exit 0
--- stdout
migrations/b1_posts.sql
--- stderr
  + table posts
  + column users.email varchar(99)
  + index users_email (email) on users
  - column users.age, which loses data
  - index users_name (name) on users

"#]]
    );
    assert_data_eq!(
        project.read("migrations/b1_posts.sql"),
        str![[r#"
-- posts
--
-- Revision ID: b1
-- Revises: a1
-- Create Date: [..]

-- migrate:upgrade
DROP INDEX users_name;

CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    author INTEGER,
    FOREIGN KEY (author) REFERENCES users (id)
);

ALTER TABLE users ADD COLUMN email VARCHAR(99);
CREATE INDEX users_email ON users (email);

-- loses data: the values of `users.age`
ALTER TABLE users DROP COLUMN age;

-- migrate:downgrade
DROP INDEX users_email;

-- the values of `users.age` do not come back
ALTER TABLE users ADD COLUMN age INTEGER;

CREATE INDEX users_name ON users (name);
ALTER TABLE users DROP COLUMN email;
DROP TABLE posts;

"#]]
    );
    assert_data_eq!(
        project.story(&[
            "check --no-database",
            "revision --autogenerate -m again",
            "upgrade --url app.db",
            "check --url app.db"
        ]),
        str![[r#"
$ migrate check --no-database
exit 0
--- stderr
     Checked 2 revisions: the history is valid
     Checked the models agree with it
$ migrate revision --autogenerate -m again
exit 0
--- stderr
note: the models and the history agree: there is nothing to write
$ migrate upgrade --url app.db
exit 0
--- stderr
   Connected sqlite:app.db
     Upgrade <base> -> a1, users (2 statements, [time])
     Upgrade a1 -> b1, posts (5 statements, [time])
    Finished at b1 (head): 2 revisions, 7 statements in [time]
$ migrate check --url app.db
exit 0
--- stderr
     Checked 2 revisions: the history is valid
     Checked models, migrations and database agree

"#]]
    );
}

#[test]
fn a_preview_writes_nothing_and_asks_nothing() {
    let project = project();
    let shown = project.run(&new(&["--sql"]));
    assert!(shown.starts_with("exit 0\n--- stdout\n-- posts\n--\n-- Revision ID: b1\n"), "{shown}");
    assert!(shown.contains("-- loses data: the values of `users.age`\n"), "{shown}");
    assert!(!project.path().join("migrations/b1_posts.sql").exists());
    let shown = project.run(&new(&["--sql", "--json"]));
    assert_data_eq!(
        shown,
        str![[r#"
exit 0
--- stdout
{"type":"begin","format":1,"command":"revision"}
{"type":"operation","dialect":"sqlite","action":"add","object":"table posts","before":null,"after":null,"loses_data":false}
{"type":"operation","dialect":"sqlite","action":"add","object":"column users.email","before":null,"after":"varchar(99)","loses_data":false}
{"type":"operation","dialect":"sqlite","action":"add","object":"index users_email (email) on users","before":null,"after":null,"loses_data":false}
{"type":"operation","dialect":"sqlite","action":"drop","object":"column users.age","before":"integer","after":null,"loses_data":true}
{"type":"operation","dialect":"sqlite","action":"drop","object":"index users_name (name) on users","before":null,"after":null,"loses_data":false}
{"type":"file","path":"migrations/b1_posts.sql","text":"-- posts/n--/n-- Revision ID: b1/n-- Revises: a1/n-- Create Date: [..] UTC/n/n-- migrate:upgrade/nDROP INDEX users_name;/n/nCREATE TABLE posts (/n    id INTEGER PRIMARY KEY,/n    author INTEGER,/n    FOREIGN KEY (author) REFERENCES users (id)/n);/n/nALTER TABLE users ADD COLUMN email VARCHAR(99);/nCREATE INDEX users_email ON users (email);/n/n-- loses data: the values of `users.age`/nALTER TABLE users DROP COLUMN age;/n/n-- migrate:downgrade/nDROP INDEX users_email;/n/n-- the values of `users.age` do not come back/nALTER TABLE users ADD COLUMN age INTEGER;/n/nCREATE INDEX users_name ON users (name);/nALTER TABLE users DROP COLUMN email;/nDROP TABLE posts;/n"}
{"type":"end","ok":true,"exit":0}

"#]]
    );
}

#[test]
fn what_has_another_name_keeps_its_data() {
    let project = project().file(
        "schema.sql",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(20), years INTEGER);\nCREATE INDEX users_name ON people (name);\n",
    );
    assert_data_eq!(
        project.story(&[
            "revision --autogenerate -m people --rev-id b1",
            "revision --autogenerate -m people --rev-id b1 --rename users=people --rename people.age=years",
            "check --no-database",
        ]),
        str![[r#"
$ migrate revision --autogenerate -m people --rev-id b1
exit 8
--- stderr
  + table people
  - table users, which loses data
warning[possible-rename]: `users` goes and `people` comes (2 of 3 columns are the same): if that is one thing, its data is lost
 = help: `--rename users=people` keeps it
error[loses-data]: the revision would lose data; nothing was written
 = note: the rows of `users`
 = help: `--allow-destructive` writes it, `--sql` shows it
$ migrate revision --autogenerate -m people --rev-id b1 --rename users=people --rename people.age=years
exit 0
--- stdout
migrations/b1_people.sql
--- stderr
  ~ column users.age -> years
  ~ table users -> people
$ migrate check --no-database
exit 0
--- stderr
     Checked 2 revisions: the history is valid
     Checked the models agree with it

"#]]
    );
    assert_data_eq!(
        sections(&project, "migrations/b1_people.sql"),
        str![[r#"
-- migrate:upgrade
ALTER TABLE users RENAME COLUMN age TO years;
ALTER TABLE users RENAME TO people;

-- migrate:downgrade
ALTER TABLE people RENAME TO users;
ALTER TABLE users RENAME COLUMN years TO age;

"#]]
    );
}

#[test]
fn several_databases_have_sections_of_their_own_where_they_differ() {
    let project = project()
        .file("migrate.toml", "dialects = [\"postgres\", \"sqlite\", \"mysql\"]\nmodels = \"schema.sql\"\n")
        .file(
            "schema.sql",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), age INTEGER);\nCREATE INDEX users_name ON users (name);\n\
             CREATE TABLE tags (name VARCHAR(20) NOT NULL);\n",
        );
    assert_data_eq!(
        project.run(&new(&[])),
        str![[r#"
exit 0
--- stdout
migrations/b1_posts.sql
--- stderr
  + table tags

"#]]
    );
    assert_data_eq!(
        sections(&project, "migrations/b1_posts.sql"),
        str![[r#"
-- migrate:upgrade
CREATE TABLE tags (
    name VARCHAR(20) NOT NULL
);

-- migrate:downgrade
DROP TABLE tags;

"#]]
    );
    let project = project.file(
        "schema.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) DEFAULT 'x', age INTEGER);\nCREATE INDEX users_name ON users (name);\n\
         CREATE TABLE tags (name VARCHAR(20) NOT NULL);\n",
    );
    assert_data_eq!(
        project.run(&["revision", "--autogenerate", "-m", "names", "--rev-id", "b2"]),
        str![[r#"
exit 0
--- stdout
migrations/b2_names.sql
--- stderr
postgres:
  ~ column users.name: character varying(20) -> character varying(20) default 'x'
mysql:
  ~ column users.name: varchar(20) -> varchar(20) default 'x'
sqlite:
  ~ column users.name: varchar(20) -> varchar(20) default 'x'

"#]]
    );
    assert_data_eq!(
        sections(&project, "migrations/b2_names.sql"),
        str![[r#"
-- migrate:upgrade postgres
ALTER TABLE users ALTER COLUMN name SET DEFAULT 'x';

-- migrate:upgrade mysql
ALTER TABLE users ALTER COLUMN name SET DEFAULT 'x';

-- migrate:upgrade sqlite
CREATE TABLE __new_users (
    id INTEGER PRIMARY KEY,
    name VARCHAR(20) DEFAULT 'x',
    age INTEGER
);

INSERT INTO __new_users (id, name, age)
SELECT id, name, age FROM users;

DROP TABLE users;
ALTER TABLE __new_users RENAME TO users;
CREATE INDEX users_name ON users (name);

-- migrate:downgrade postgres
ALTER TABLE users ALTER COLUMN name DROP DEFAULT;

-- migrate:downgrade mysql
ALTER TABLE users ALTER COLUMN name SET DEFAULT NULL;

-- migrate:downgrade sqlite
CREATE TABLE __new_users (
    id INTEGER PRIMARY KEY,
    name VARCHAR(20),
    age INTEGER
);

INSERT INTO __new_users (id, name, age)
SELECT id, name, age FROM users;

DROP TABLE users;
ALTER TABLE __new_users RENAME TO users;
CREATE INDEX users_name ON users (name);

"#]]
    );
    assert_data_eq!(
        project.story(&[
            "check --no-database",
            "revision --autogenerate",
            "revision --autogenerate --dialect sqlite"
        ]),
        str![[r#"
$ migrate check --no-database
exit 0
--- stderr
     Checked 3 revisions: the history is valid
     Checked the models agree with it
$ migrate revision --autogenerate
exit 0
--- stderr
note: the models and the history agree: there is nothing to write
$ migrate revision --autogenerate --dialect sqlite
exit 2
--- stderr
error[several-dialects]: the revision would have a section for sqlite and for no other database of the project
 = note: `dialects` in the configuration names them
 = help: leave `--dialect` out: each of them gets a section

"#]]
    );
}

#[test]
fn what_is_not_the_projects_business_is_left_alone() {
    let project = project()
        .file("migrate.toml", "dialects = [\"sqlite\"]\nmodels = \"schema.sql\"\n\n[autogenerate]\nexclude = [\"users.age\", \"index:users_*\", \"posts\"]\n")
        .file("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20));\n");
    assert_data_eq!(
        project.run(&new(&[])),
        str![[r#"
exit 0
--- stderr
note: the models and the history agree: there is nothing to write

"#]]
    );
    assert_data_eq!(
        project.run(&new(&["--allow-empty"])),
        str![[r#"
exit 0
--- stdout
migrations/b1_posts.sql
--- stderr
note: the models and the history agree

"#]]
    );
}

#[test]
fn a_template_and_hooks_are_used() {
    let project = project()
        .file("migrations/.templates/ours.sql", "-- {message}\n-- Ours.\n--\n-- Revision ID: {revision}\n-- Revises: {revises}\n\n-- migrate:upgrade\n-- head\n{upgrade}\n\n-- migrate:irreversible we never go back\n")
        .file("migrations/.templates/none.sql", "-- {message}\n--\n-- Revision ID: {revision}\n-- Revises: {revises}\n\n-- migrate:upgrade\n\n-- migrate:downgrade\n")
        .file("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), age INTEGER, x TEXT);\nCREATE INDEX users_name ON users (name);\n");
    assert_data_eq!(
        project.run(&new(&["--template", "none"])),
        str![[r#"
exit 2
--- stderr
  + column users.x text
error[bad-template]: the template `none` has no place for the SQL of the upgrade
 = note: nothing was written
 = help: put `{upgrade}` on a line below `-- migrate:upgrade`

"#]]
    );
    assert_data_eq!(
        project.run(&new(&["--template", "ours"])),
        str![[r#"
exit 0
--- stdout
migrations/b1_posts.sql
--- stderr
  + column users.x text

"#]]
    );
    assert_data_eq!(
        project.read("migrations/b1_posts.sql"),
        str![[r#"
-- posts
-- Ours.
--
-- Revision ID: b1
-- Revises: a1

-- migrate:upgrade
-- head
ALTER TABLE users ADD COLUMN x TEXT;

-- migrate:irreversible we never go back

"#]]
    );
}

#[test]
fn a_branch_begins_where_it_builds() {
    let project = project()
        .revision("c1", "a1", "tags")
        .revision("d1", "a1", "likes")
        .file("schema.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), age INTEGER);\nCREATE INDEX users_name ON users (name);\nCREATE TABLE tags (id INTEGER);\nCREATE TABLE votes (id INTEGER);\n");
    assert_data_eq!(
        project.story(&[
            "revision --autogenerate -m votes --rev-id e1",
            "revision --autogenerate -m votes --rev-id e1 --head c1",
            "revision --autogenerate -m all --rev-id f1 --head heads",
        ]),
        str![[r#"
$ migrate revision --autogenerate -m votes --rev-id e1
exit 2
--- stderr
error[several-heads]: `head` is ambiguous: the history has 2 heads, `c1` and `d1`
 = help: name one (`c1`), take both (`heads`), or join them: `migrate merge heads -m "..."`
 = help: or put a branch that no database has applied on top of the other: `migrate rebase d1 --onto c1`
$ migrate revision --autogenerate -m votes --rev-id e1 --head c1
exit 0
--- stdout
migrations/e1_votes.sql
--- stderr
  + table votes
$ migrate revision --autogenerate -m all --rev-id f1 --head heads
exit 8
--- stderr
  - table likes, which loses data
error[loses-data]: the revision would lose data; nothing was written
 = note: the rows of `likes`
 = help: `--allow-destructive` writes it, `--sql` shows it

"#]]
    );
}
