//! `squash`: one revision in the place of a run, and what each kind of database does with it.

use std::fs;

use migrate_test::{Database, MysqlConnection, PgConnection, Server};

use crate::project::Project;

/// A revision with these statements, forward and back.
fn revision(project: Project, id: &str, parents: &str, up: &str, down: &str) -> Project {
    let text = format!(
        "-- about {id}\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n\n-- migrate:upgrade\n{up}\n\n-- migrate:downgrade\n{down}\n"
    );
    project.file(&format!("migrations/{id}.sql"), &text)
}

/// `a1`, then `b1` to `b3`, which make a table in three steps, then `c1`.
fn line() -> Project {
    let project = Project::empty()
        .file("migrate.toml", "dialects = [\"sqlite\"]\n")
        .variable("DATABASE_URL", "sqlite:app.db");
    let project = revision(
        project,
        "a1",
        "<base>",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);",
        "DROP TABLE users;",
    );
    let project = revision(
        project,
        "b1",
        "a1",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);",
        "DROP TABLE posts;",
    );
    let project = revision(
        project,
        "b2",
        "b1",
        "ALTER TABLE posts ADD COLUMN author INTEGER REFERENCES users (id);",
        "ALTER TABLE posts DROP COLUMN author;",
    );
    let project = revision(
        project,
        "b3",
        "b2",
        "CREATE INDEX posts_author ON posts (author);",
        "DROP INDEX posts_author;",
    );
    revision(project, "c1", "b3", "CREATE TABLE tags (name TEXT PRIMARY KEY);", "DROP TABLE tags;")
}

fn ok(project: &Project, command: &str) -> String {
    let said = project.run(&command.split(' ').collect::<Vec<_>>());
    assert!(said.starts_with("exit 0\n"), "{command}: {said}");
    said
}

fn refused(project: &Project, command: &str, exit: u8, texts: &[&str]) {
    let said = project.run(&command.split(' ').collect::<Vec<_>>());
    assert!(said.starts_with(&format!("exit {exit}\n")), "{command}: {said}");
    for text in texts {
        assert!(said.contains(text), "{command} says nothing of `{text}`: {said}");
    }
}

fn files(project: &Project) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(project.path().join("migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_run_becomes_one_revision_for_old_databases_and_new_ones() {
    let project = line();
    ok(&project, "upgrade c1");
    fs::copy(project.path().join("app.db"), project.path().join("behind.db")).unwrap();
    ok(&project, "downgrade b3 --url sqlite:behind.db");
    let long = ok(&project, "schema");

    let printed = ok(&project, "squash b1:b3 --sql --rev-id s1");
    assert!(printed.contains("-- Replaces: b1, b2, b3\n-- Replaced Digests: sqlite "), "{printed}");
    assert_eq!(files(&project).len(), 5, "nothing was written");

    let said = ok(&project, "squash b1:b3 --rev-id s1 -m posts");
    assert!(
        said.contains("Squashed 3 revisions into s1; replayed, it gives the same schema (sqlite)"),
        "{said}"
    );
    assert_eq!(files(&project), ["a1.sql", "c1.sql", "s1_posts.sql"]);
    assert!(project.read("migrations/c1.sql").contains("-- Revises: s1\n"));
    let text = project.read("migrations/s1_posts.sql");
    assert!(text.contains("CREATE TABLE posts") && !text.contains("ALTER TABLE"), "{text}");
    ok(&project, "check");
    assert_eq!(ok(&project, "schema"), long);
    refused(
        &project,
        "revision --rev-id b2 -m again",
        2,
        &["error[duplicate-id]", "there was a revision `b2`, which `s1` replaced", "s1_posts.sql"],
    );
    assert_eq!(files(&project).len(), 3, "nothing was written");

    // Those that have it.
    let said = ok(&project, "upgrade head");
    assert!(said.contains("nothing to do"), "{said}");
    let said = ok(&project, "upgrade head --url sqlite:behind.db --verify");
    assert!(said.contains("Upgrade s1 -> c1"), "{said}");
    // A new one, and each of them back and forth.
    ok(&project, "upgrade head --url sqlite:new.db --verify");
    for database in ["app.db", "behind.db", "new.db"] {
        ok(&project, &format!("downgrade a1 --url sqlite:{database} --verify"));
        let said = ok(&project, &format!("upgrade head --url sqlite:{database} --verify"));
        assert!(said.contains("Upgrade a1 -> s1, posts"), "{said}");
    }
}

#[test]
fn a_database_in_the_middle_is_a_reason_to_refuse() {
    let project = line();
    ok(&project, "upgrade b2");
    refused(
        &project,
        "squash b1:b3",
        8,
        &["error[in-the-middle]", "has `b2` and not `b3`", "migrate upgrade b3"],
    );
    assert_eq!(files(&project).len(), 5);
    ok(&project, "squash b1:b3 --rev-id s1 --no-database");
    refused(
        &project,
        "upgrade head",
        3,
        &["error[replaced]", "`b2`, which was squashed into `s1`", "upgrade it to `b3`"],
    );
    refused(&project, "status --exit-code", 1, &["b2"]);
    refused(&project, "upgrade b2", 2, &["error[replaced]", "`b2` was replaced by `s1`"]);
    // A branch that was written before.
    let project = revision(project, "d1", "b2", "CREATE TABLE d (id INTEGER);", "DROP TABLE d;");
    refused(&project, "check", 3, &["error[missing-parent]", "`s1` replaced it", "name `s1` instead"]);
}

#[test]
fn what_is_no_run_is_refused() {
    let project = revision(line(), "d1", "b1", "CREATE TABLE d (id INTEGER);", "DROP TABLE d;");
    refused(
        &project,
        "squash b1:b3",
        2,
        &["error[open-run]", "`d1` builds on `b1`, in the middle of the run"],
    );
    refused(&project, "squash b3:b1", 2, &["error[bad-range]"]);
    refused(&project, "squash c1:c1", 2, &["error[bad-range]", "one revision already"]);
    refused(&project, "squash b2:nowhere", 2, &["error[unknown-revision]"]);
    refused(&project, "squash b2:b3 --rev-id a1", 2, &["error[duplicate-id]"]);
    assert_eq!(files(&project).len(), 6);
}

#[test]
fn data_steps_are_never_lost_in_silence() {
    let project = || {
        let project =
            revision(line(), "d1", "c1", "INSERT INTO tags (name) VALUES ('new');", "DELETE FROM tags;");
        revision(
            project,
            "d2",
            "d1",
            "ALTER TABLE tags ADD COLUMN rank INTEGER;\nUPDATE tags SET rank = 1;",
            "ALTER TABLE tags DROP COLUMN rank;",
        )
    };
    let steps = [
        "error[data-steps]",
        "migrations/d1.sql:7: `INSERT INTO tags (name) VALUES ('new')` changes rows",
        "migrations/d2.sql:8: `UPDATE tags SET rank = 1` changes rows",
        "migrations/d1.sql:10: `DELETE FROM tags` changes rows",
    ];
    let kept = project();
    refused(&kept, "squash b1:d2", 2, &steps);
    assert_eq!(files(&kept).len(), 7);
    let said = ok(&kept, "squash b1:d2 --rev-id s1 --keep-data");
    assert!(said.contains("warning: 3 statements that a schema does not tell kept"), "{said}");
    let text = fs::read_to_string(kept.path().join("migrations").join(&files(&kept)[1])).unwrap();
    let at = |piece: &str| text.find(piece).unwrap_or_else(|| panic!("{piece} is not in {text}"));
    assert!(at("CREATE TABLE tags") < at("-- from migrations/d1.sql:7\nINSERT INTO tags"));
    assert!(at("INSERT INTO tags") < at("UPDATE tags SET rank"));
    ok(&kept, "upgrade head --verify");
    ok(&kept, "downgrade base --verify");

    let dropped = project();
    let said = ok(&dropped, "squash b1:d2 --rev-id s1 --drop-data");
    assert!(said.contains("left out") && said.contains("`INSERT INTO tags"), "{said}");
    ok(&dropped, "upgrade head --verify");

    let verbatim = project();
    ok(&verbatim, "squash b1:d2 --rev-id s1 --verbatim");
    let text = fs::read_to_string(verbatim.path().join("migrations").join(&files(&verbatim)[1])).unwrap();
    assert!(text.contains("-- from b2 (migrations/b2.sql)\nALTER TABLE posts ADD COLUMN author"), "{text}");
    ok(&verbatim, "upgrade head --verify");
    ok(&verbatim, "downgrade base --verify");

    // What no longer fits at the end.
    let gone = revision(
        line(),
        "d1",
        "c1",
        "INSERT INTO tags (name) VALUES ('new');\nDROP TABLE tags;",
        "CREATE TABLE tags (name TEXT PRIMARY KEY);",
    );
    refused(&gone, "squash b1:d1 --keep-data", 2, &["error[not-the-same]", "INSERT INTO tags"]);
    assert_eq!(files(&gone).len(), 6);
}

#[test]
fn there_is_no_way_back_where_there_was_none() {
    let project = line().file(
        "migrations/d1.sql",
        "-- d1\n--\n-- Revision ID: d1\n-- Revises: c1\n\n-- migrate:upgrade\nDROP TABLE tags;\n\n-- migrate:irreversible the tags are gone\n",
    );
    ok(&project, "squash c1:d1 --rev-id s1");
    ok(&project, "upgrade head");
    refused(&project, "downgrade base", 8, &["error[irreversible]", "d1: the tags are gone"]);
}

#[test]
fn directories_of_diesel_become_a_file() {
    let up = |name: &str| format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY);\n");
    let down = |name: &str| format!("DROP TABLE {name};\n");
    let mut project = Project::empty()
        .file("migrate.toml", "dialects = [\"sqlite\"]\n")
        .variable("DATABASE_URL", "sqlite:app.db");
    for (version, name) in [("1", "one"), ("2", "two"), ("3", "three")] {
        project = project
            .file(&format!("migrations/{version}_{name}/up.sql"), &up(name))
            .file(&format!("migrations/{version}_{name}/down.sql"), &down(name));
    }
    let project = revision(project, "a4", "3", "CREATE TABLE four (id INTEGER);", "DROP TABLE four;");
    refused(&project, "squash 1:2", 2, &["error[no-header]", "end the run with `3` or later"]);
    ok(&project, "upgrade head");
    ok(&project, "squash :3 --rev-id s1");
    assert_eq!(files(&project).len(), 2, "{:?}", files(&project));
    let said = ok(&project, "upgrade head");
    assert!(said.contains("nothing to do"), "{said}");
    ok(&project, "upgrade head --url sqlite:new.db --verify");
}

#[test]
fn dependencies_and_labels_come_along() {
    let project = line()
        .file("migrate.toml", "dialects = [\"sqlite\"]\nheads = \"many\"\n")
        .file(
            "migrations/x1.sql",
            "-- x1\n--\n-- Revision ID: x1\n-- Revises: <base>\n-- Branch Labels: other\n-- Depends On: b3\n\n-- migrate:upgrade\nCREATE TABLE x (id INTEGER);\n\n-- migrate:downgrade\nDROP TABLE x;\n",
        );
    ok(&project, "upgrade heads");
    ok(&project, "squash b1:b3 --rev-id s1");
    assert!(project.read("migrations/x1.sql").contains("-- Depends On: s1\n"));
    let said = ok(&project, "upgrade heads");
    assert!(said.contains("nothing to do"), "{said}");
    ok(&project, "upgrade heads --url sqlite:new.db");
}

/// On a server: the short way and the long way lead to the same schema, which is read back each time.
fn both_ways_on<C: Server>() {
    let (Some(old), Some(new)) = (Database::<C>::new("squash_old"), Database::<C>::new("squash_new")) else {
        return;
    };
    let project = Project::empty()
        .file("migrate.toml", &format!("dialects = [\"{}\"]\n", old.dialect()))
        .variable("DATABASE_URL", old.url());
    let rename_back = "ALTER TABLE orders RENAME COLUMN note TO remark;";
    let steps = [
        (
            "a1",
            "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL);",
            "DROP TABLE users;",
        ),
        (
            "b1",
            "CREATE TABLE orders (id BIGINT NOT NULL PRIMARY KEY, buyer BIGINT NOT NULL, remark VARCHAR(200), \
             CONSTRAINT orders_buyer FOREIGN KEY (buyer) REFERENCES users (id) ON DELETE CASCADE);",
            "DROP TABLE orders;",
        ),
        (
            "b2",
            "ALTER TABLE orders ADD COLUMN amount DECIMAL(10, 2) NOT NULL DEFAULT 0;",
            "ALTER TABLE orders DROP COLUMN amount;",
        ),
        ("b3", "ALTER TABLE orders RENAME COLUMN remark TO note;", rename_back),
        (
            "b4",
            "CREATE INDEX orders_amount ON orders (amount, buyer);\nALTER TABLE users ADD COLUMN email VARCHAR(100);",
            "ALTER TABLE users DROP COLUMN email;\nDROP INDEX orders_amount;",
        ),
        (
            "b5",
            "CREATE UNIQUE INDEX users_email ON users (email);\nCREATE VIEW buyers AS SELECT users.id, users.name FROM users;",
            "DROP VIEW buyers;\nDROP INDEX users_email;",
        ),
        ("c1", "CREATE TABLE tags (name VARCHAR(20) NOT NULL PRIMARY KEY);", "DROP TABLE tags;"),
    ];
    let mut parent = "<base>";
    let mut project = project;
    for (id, up, down) in steps {
        let down = match old.dialect() {
            "mysql" => down
                .replace("DROP INDEX orders_amount;", "DROP INDEX orders_amount ON orders;")
                .replace("DROP INDEX users_email;", "DROP INDEX users_email ON users;"),
            _ => down.to_owned(),
        };
        project = revision(project, id, parent, up, &down);
        parent = id;
    }
    ok(&project, "upgrade b3");
    refused(&project, "squash b1:b5", 8, &["error[in-the-middle]"]);
    ok(&project, "upgrade head --verify");
    ok(&project, "squash b1:b5 --rev-id s1");
    let said = ok(&project, "upgrade head");
    assert!(said.contains("nothing to do"), "{said}");
    ok(&project, "verify");
    let short = format!("upgrade head --verify --url {}", new.url());
    ok(&project, &short);
    for url in [old.url(), new.url()] {
        ok(&project, &format!("downgrade a1 --verify --url {url}"));
        let said = ok(&project, &format!("upgrade head --verify --url {url}"));
        assert!(said.contains("Upgrade a1 -> s1"), "{said}");
        ok(&project, &format!("downgrade base --url {url}"));
    }
}

#[test]
fn both_ways_on_postgres() {
    both_ways_on::<PgConnection>();
}

#[test]
fn both_ways_on_mysql() {
    both_ways_on::<MysqlConnection>();
}
