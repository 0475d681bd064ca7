//! `schema`, `diff`, what `show` says of a revision, and the declarations that `check` compares.

use snapbox::{assert_data_eq, str};

use crate::project::Project;

/// Two revisions for two databases.
fn project() -> Project {
    Project::empty()
        .file("migrate.toml", "dialects = [\"postgres\", \"sqlite\"]\n")
        .file(
            "migrations/a1_users.sql",
            "-- users\n--\n-- Revision ID: a1\n-- Revises: <base>\n\n\
             -- migrate:upgrade postgres\nCREATE TYPE mood AS ENUM ('sad', 'ok');\n\
             CREATE TABLE users (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name VARCHAR(20), mood mood);\n\n\
             -- migrate:upgrade sqlite\nCREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), mood TEXT);\n\n\
             -- migrate:downgrade postgres\nDROP TABLE users;\nDROP TYPE mood;\n\n-- migrate:downgrade sqlite\nDROP TABLE users;\n",
        )
        .file(
            "migrations/a2_posts.sql",
            "-- posts\n--\n-- Revision ID: a2\n-- Revises: a1\n\n\
             -- migrate:upgrade postgres\nCREATE TABLE posts (id INT PRIMARY KEY, author BIGINT REFERENCES users (id));\n\
             ALTER TABLE users ALTER COLUMN name SET NOT NULL;\nCREATE INDEX users_name_idx ON users (lower(name));\nALTER TABLE users DROP COLUMN mood;\n\n\
             -- migrate:upgrade sqlite\nCREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id));\n\n\
             -- migrate:downgrade postgres\nDROP INDEX users_name_idx;\nALTER TABLE users ADD COLUMN mood mood;\n\
             ALTER TABLE users ALTER COLUMN name DROP NOT NULL;\nDROP TABLE posts;\n\n\
             -- migrate:downgrade sqlite\nDROP TABLE posts;\n",
        )
}

#[test]
fn the_schema_at_a_revision() {
    assert_data_eq!(
        project().story(&[
            "schema --dialect postgres",
            "schema --dialect postgres --at a1",
            "schema --at base --dialect sqlite",
            "schema --at a1 --url sqlite:app.db --json",
            "schema",
        ]),
        str![[r#"
$ migrate schema --dialect postgres
exit 0
--- stdout
enum mood
  'sad', 'ok'
table posts
  id integer not null
  author bigint
  primary key posts_pkey (id)
  foreign key posts_author_fkey (author) -> users (id)
table users
  id bigint not null identity always
  name character varying(20) not null
  primary key users_pkey (id)
  index users_name_idx (lower(name))
sequence users_id_seq
  bigint of users.id
$ migrate schema --dialect postgres --at a1
exit 0
--- stdout
enum mood
  'sad', 'ok'
table users
  id bigint not null identity always
  name character varying(20)
  mood mood
  primary key users_pkey (id)
sequence users_id_seq
  bigint of users.id
$ migrate schema --at base --dialect sqlite
exit 0
$ migrate schema --at a1 --url sqlite:app.db --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"schema"}
{"type":"schema","dialect":"sqlite","at":["a1"],"may_have_others":false}
{"type":"object","kind":"table","name":"users","certainty":"certain","lines":["id integer","name varchar(20)","mood text","primary key (id)"]}
{"type":"end","ok":true,"exit":0}
$ migrate schema
exit 2
--- stderr
error[several-dialects]: the history serves several databases, each with a schema of its own
 = help: say which is meant: `--dialect postgres` or `--dialect sqlite`

"#]]
    );
}

#[test]
fn the_schemas_at_two_revisions() {
    assert_data_eq!(
        project().story(&[
            "diff a1 a2 --dialect postgres",
            "diff head base --dialect postgres",
            "diff -1 --dialect sqlite",
            "diff :a1 --dialect sqlite --json",
            "diff a1 a1 --dialect sqlite",
            "diff a1 --dialect sqlite --exit-code --quiet",
            "diff a1 a1 --dialect sqlite --exit-code --json",
            "diff a1:a2 head --dialect sqlite",
            "diff nowhere --dialect sqlite",
        ]),
        str![[r#"
$ migrate diff a1 a2 --dialect postgres
exit 0
--- stdout
+ table posts
  + id integer not null
  + author bigint
  + primary key posts_pkey (id)
  + foreign key posts_author_fkey (author) -> users (id)
~ table users
  - name character varying(20)
  + name character varying(20) not null
  + index users_name_idx (lower(name))
  - mood mood
$ migrate diff head base --dialect postgres
exit 0
--- stdout
- enum mood
- table posts
- table users
- sequence users_id_seq
$ migrate diff -1 --dialect sqlite
exit 0
--- stdout
+ table posts
  + id integer
  + author integer
  + primary key (id)
  + foreign key (author) -> users (id)
$ migrate diff :a1 --dialect sqlite --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"diff"}
{"type":"difference","dialect":"sqlite","object":"table users","about":"","before":null,"after":"table users","text_only":false,"lines":["id integer","name varchar(20)","mood text","primary key (id)"]}
{"type":"end","ok":true,"exit":0}
$ migrate diff a1 a1 --dialect sqlite
exit 0
--- stderr
note: the schemas are the same
$ migrate diff a1 --dialect sqlite --exit-code --quiet
exit 1
--- stdout
+ table posts
  + id integer
  + author integer
  + primary key (id)
  + foreign key (author) -> users (id)
$ migrate diff a1 a1 --dialect sqlite --exit-code --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"diff"}
{"type":"end","ok":true,"exit":0}
$ migrate diff a1:a2 head --dialect sqlite
exit 2
--- stderr
error[bad-range]: `a1:a2` names both ends already
 = help: leave the other target out
$ migrate diff nowhere --dialect sqlite
exit 2
--- stderr
error[unknown-revision]: no revision or label starts with `nowhere`
 = help: `migrate history` lists all revisions

"#]]
    );
}

#[test]
fn what_a_revision_changes() {
    assert_data_eq!(
        project().story(&["show a2", "show a2 --dialect sqlite --json"]),
        str![[r#"
$ migrate show a2
exit 0
--- stdout
Rev: a2 (head)
Parent: a1
Path: migrations/a2_posts.sql

    posts

Changes on postgres:
    + table posts
      + id integer not null
      + author bigint
      + primary key posts_pkey (id)
      + foreign key posts_author_fkey (author) -> users (id)
    ~ table users
      - name character varying(20)
      + name character varying(20) not null
      + index users_name_idx (lower(name))
      - mood mood

Changes on sqlite:
    + table posts
      + id integer
      + author integer
      + primary key (id)
      + foreign key (author) -> users (id)

$ migrate show a2 --dialect sqlite --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"show"}
{"type":"revision","revision":"a2","parents":["a1"],"depends_on":[],"labels":[],"message":"posts","created":null,"path":"migrations/a2_posts.sql","head":true,"branchpoint":false,"mergepoint":false}
{"type":"difference","dialect":"sqlite","revision":"a2","object":"table posts","about":"","before":null,"after":"table posts","text_only":false,"lines":["id integer","author integer","primary key (id)","foreign key (author) -> users (id)"]}
{"type":"end","ok":true,"exit":0}

"#]]
    );
}

#[test]
fn what_is_not_known_is_said() {
    let project = project().file(
        "migrations/a3_magic.sql",
        "-- magic\n--\n-- Revision ID: a3\n-- Revises: a2\n\n\
         -- migrate:upgrade\nDO $$ BEGIN EXECUTE current_setting('app.statement'); END $$;\n\n-- migrate:downgrade\nSELECT 1;\n",
    );
    let shown = project.run(&["diff", "-1", "--dialect", "postgres"]);
    assert!(shown.contains("? table posts, which is not known in all"), "{shown}");
    assert!(shown.contains("? what nobody knows"), "{shown}");
    let schema = project.run(&["schema", "--dialect", "postgres"]);
    assert!(schema.contains("table posts (may be there)"), "{schema}");
    let json = project.ok(&["diff", "-1", "--dialect", "postgres", "--json"]);
    assert!(json.contains(r#"{"type":"undecided","dialect":"postgres","object":"table posts"}"#), "{json}");
}

#[test]
fn a_history_says_which_database_it_is_for() {
    let project = Project::empty().revision("a1", "<base>", "users");
    assert_data_eq!(
        project.story(&["schema", "schema --dialect mysql", "show"]),
        str![[r#"
$ migrate schema
exit 2
--- stderr
error[no-dialect]: nothing says which database the history is for
 = help: say it with `--dialect`, or with `dialects` in migrate.toml
$ migrate schema --dialect mysql
exit 0
--- stdout
table users
  id int
$ migrate show
exit 0
--- stdout
Rev: a1 (head)
Parent: <base>
Create date: [date]
Path: migrations/a1_users.sql

    users


"#]]
    );
}

#[test]
fn declarations_are_checked() {
    let project =
        project().file("migrate.toml", "dialects = [\"postgres\", \"sqlite\"]\nschema = \"src/schema.rs\"\n");
    let good = "diesel::table! {\n    users (id) {\n        id -> BigInt,\n        #[max_length = 20]\n        name -> Varchar,\n    }\n}\n\
                diesel::table! {\n    posts (id) {\n        id -> Integer,\n        author -> Nullable<BigInt>,\n    }\n}\n\
                diesel::joinable!(posts -> users (author));\n";
    // In SQLite `users` is what it was.
    let project = project.file("src/schema.rs", good);
    assert_data_eq!(
        project.story(&["check", "check --dialect postgres", "check --dialect sqlite --json"]),
        str![[r#"
$ migrate check
exit 3
--- stderr
note: the migrations in `migrations` have 1 problem
warning[dialects-differ]: the sections for PostgreSQL and SQLite make different tables
  --> migrations/a2_posts.sql:12:1
   |
 6 | -- migrate:upgrade postgres
   | --------------------------- what PostgreSQL gets
...
12 | -- migrate:upgrade sqlite
   | ^^^^^^^^^^^^^^^^^^^^^^^^^ what SQLite gets
   |
   = note: only PostgreSQL has NOT NULL on `users.name`
   = note: only SQLite has column `users.mood`
   = help: where it does not matter: `-- migrate:allow dialects-differ <reason>` in the section
warning[undeclared-column]: the migrations make a column `mood` of `users`, which is not declared
 --> src/schema.rs:2:5
  |
2 |     users (id) {
  |     ^^^^^ not among the columns of this table
  |
  = note: only on sqlite
  = note: `a1` made it so: migrations/a1_users.sql
error[model-nullability]: `users.name` may be NULL by the migrations, and is declared as `Varchar`
 --> src/schema.rs:5:17
  |
5 |         name -> Varchar,
  |                 ^^^^^^^ reading a NULL as this fails
  |
  = note: only on sqlite
  = note: `a1` made it so: migrations/a1_users.sql
  = help: declare it as `Nullable<Varchar>`, or write a revision that makes the column `NOT NULL`
  = help: where it is meant so, `// migrate:ignore` above the column leaves it out
$ migrate check --dialect postgres
exit 0
--- stderr
     Checked 2 revisions: the history is valid
     Checked the models agree with it
$ migrate check --dialect sqlite --json
exit 3
--- stdout
{"type":"begin","format":1,"command":"check"}
{"type":"diagnostic","level":"warning","code":"undeclared-column","message":"the migrations make a column `mood` of `users`, which is not declared","spans":[{"path":"src/schema.rs","line":2,"column":5,"label":"not among the columns of this table"}],"notes":["`a1` made it so: migrations/a1_users.sql"],"helps":[]}
{"type":"diagnostic","level":"error","code":"model-nullability","message":"`users.name` may be NULL by the migrations, and is declared as `Varchar`","spans":[{"path":"src/schema.rs","line":5,"column":17,"label":"reading a NULL as this fails"}],"notes":["`a1` made it so: migrations/a1_users.sql"],"helps":["declare it as `Nullable<Varchar>`, or write a revision that makes the column `NOT NULL`","where it is meant so, `// migrate:ignore` above the column leaves it out"]}
{"type":"end","ok":false,"exit":3}

"#]]
    );
    let project = project.file("migrate.toml", "dialects = [\"postgres\"]\nschema = [\"src\", \"lost.rs\"]\n[checks]\nmodel-nullability = \"warn\"\n");
    assert_data_eq!(
        project.file("src/schema.rs", &good.replace("Nullable<BigInt>", "BigInt")).story(&["check"]),
        str![[r#"
$ migrate check
exit 3
--- stderr
note: the migrations in `migrations` have 1 problem
error[missing-schema]: there is no file `lost.rs`
 = help: name the file that `diesel print-schema` writes, such as `src/schema.rs`, or a `schema.sql`
warning[model-nullability]: `posts.author` may be NULL by the migrations, and is declared as `BigInt`
  --> src/schema.rs:11:19
   |
11 |         author -> BigInt,
   |                   ^^^^^^ reading a NULL as this fails
   |
   = note: `a2` made it so: migrations/a2_posts.sql
   = help: declare it as `Nullable<BigInt>`, or write a revision that makes the column `NOT NULL`
   = help: where it is meant so, `// migrate:ignore` above the column leaves it out

"#]]
    );
}
