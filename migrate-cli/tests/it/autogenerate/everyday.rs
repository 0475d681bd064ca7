//! What people change every day, with rows that have to survive it: one story for every database.

use diesel::SqliteConnection;
use migrate_test::{Database, MysqlConnection, PgConnection, Server};

use crate::project::Project;

/// The words in which the databases differ.
struct Words {
    /// What has to stand above the tables for an enum of these labels, and the type of its columns.
    mood: fn(&str) -> (String, String),
    uuid: &'static str,
    moment: &'static str,
    /// A value of each.
    id: &'static str,
}

const POSTGRES: Words = Words {
    mood: |labels| (format!("CREATE TYPE mood AS ENUM ({labels});"), "mood".to_owned()),
    uuid: "UUID",
    moment: "TIMESTAMPTZ NOT NULL DEFAULT now()",
    id: "'6a1f02c4-b7e9-4f00-8000-000000000001'",
};

const MYSQL: Words = Words {
    mood: |labels| (String::new(), format!("ENUM ({labels})")),
    uuid: "BINARY(16)",
    moment: "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP",
    id: "x'6a1f02c4b7e94f008000000000000001'",
};

const SQLITE: Words = Words {
    mood: |labels| (String::new(), format!("TEXT CHECK (mood IN ({labels}))")),
    uuid: "BLOB",
    moment: "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP",
    id: "x'6a1f02c4b7e94f008000000000000001'",
};

/// A project on a database, and its steps.
struct Story<C> {
    database: Database<C>,
    project: Project,
    words: Words,
    n_steps: usize,
}

impl<C: Server> Story<C> {
    fn new(words: Words) -> Option<Self> {
        let database = Database::<C>::new("cli_everyday")?;
        let project = Project::empty()
            .file("migrations/.gitkeep", "")
            .file("migrate.toml", "models = \"schema.sql\"\n")
            .variable("DATABASE_URL", database.url());
        Some(Self { database, project, words, n_steps: 0 })
    }

    fn sql(&self, sql: &str) {
        self.database.connect().batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Fails unless there is such a row.
    fn has(&self, row: &str) {
        self.sql(&format!("INSERT INTO proof (ok) SELECT CASE WHEN EXISTS (SELECT 1 FROM {row}) THEN 1 END"));
    }

    /// The models become these: users with these columns, in moods of these labels, and what else there is.
    fn step(&mut self, labels: &str, columns: &str, more: &str, flags: &[&str]) -> String {
        let (above, mood) = (self.words.mood)(labels);
        let columns = columns.replace("{mood}", &mood);
        let schema = format!(
            "{above}\nCREATE TABLE proof (ok INTEGER NOT NULL);\n\
             CREATE TABLE users (\n    id INTEGER PRIMARY KEY,\n    {columns}\n);\n{more}\n"
        );
        self.project = std::mem::replace(&mut self.project, Project::empty()).file("schema.sql", &schema);
        let upgraded = self.n_steps > 0;
        self.n_steps += 1;
        let id = format!("s{:02}", self.n_steps);
        let mut args = vec!["revision", "--autogenerate", "-m", "step", "--rev-id", &id];
        args.extend(flags);
        let path = self.project.ok(&args);
        let text = self.project.read(path.trim());

        for verb in [&["upgrade"][..], &["downgrade", "-1"], &["verify"], &["upgrade"], &["check"]] {
            let shown = self.project.run(verb);
            let is_fine = shown.starts_with("exit 0\n") && !shown.contains("warning");
            assert!(is_fine, "{verb:?} {shown}\n{text}");
            if verb[0] == "verify" && upgraded {
                self.has("users WHERE id = 1");
            }
        }
        let again = self.project.run(&["revision", "--autogenerate", "--from-database", "-m", "again"]);
        assert!(again.contains("nothing to write"), "{again}\n{text}");
        text
    }
}

fn everyday<C: Server>(words: Words) {
    let Some(mut story) = Story::<C>::new(words) else { return };
    let two = "'sad', 'ok'";
    let by_age = "CREATE INDEX users_age ON users (age);";
    let base = "name VARCHAR(20) NOT NULL,\n    age INTEGER,\n    mood {mood}";
    story.step(two, base, by_age, &[]);
    story.sql("INSERT INTO users (id, name, age, mood) VALUES (1, 'ann', 30, 'ok')");

    // A nullable column.
    story.step(two, &format!("{base},\n    bio TEXT"), by_age, &[]);
    story.has("users WHERE name = 'ann' AND age = 30 AND mood = 'ok' AND bio IS NULL");

    // A column that is not NULL, with a default, which goes later.
    let state = |more: &str| format!("{base},\n    bio TEXT,\n    state VARCHAR(10) NOT NULL{more}");
    story.step(two, &state(" DEFAULT 'new'"), by_age, &[]);
    story.has("users WHERE state = 'new'");
    story.step(two, &state(""), by_age, &[]);
    story.has("users WHERE state = 'new'");

    // A rename in one go.
    let about = state("").replace("bio", "about");
    story.sql("UPDATE users SET bio = 'tall'");
    let text = story.step(two, &about, by_age, &["--rename", "users.bio=about"]);
    assert!(!text.contains("loses data"), "{text}");
    story.has("users WHERE about = 'tall'");

    // A rename in two phases: the new column, its values, and then the old one goes.
    let both = format!("{about},\n    full_name VARCHAR(20)");
    story.step(two, &both, by_age, &[]);
    let fill = "-- fill\n--\n-- Revision ID: s06b\n-- Revises: s06\n\n-- migrate:upgrade\n\
                UPDATE users SET full_name = name;\n\n-- migrate:downgrade\n";
    story.project = std::mem::replace(&mut story.project, Project::empty()).file("migrations/s06b.sql", fill);
    story.project.ok(&["upgrade"]);
    // The old one is NULL at first: otherwise nobody could go back and keep the rows.
    let relaxed = both.replace("full_name VARCHAR(20)", "full_name VARCHAR(20) NOT NULL");
    let relaxed = relaxed.replacen("name VARCHAR(20) NOT NULL", "name VARCHAR(20)", 1);
    story.step(two, &relaxed, by_age, &[]);
    let new = relaxed.replacen("name VARCHAR(20),\n    ", "", 1);
    let text = story.step(two, &new, by_age, &["--allow-destructive"]);
    assert!(text.contains("-- loses data: the values of `users.name`"), "{text}");
    story.has("users WHERE full_name = 'ann'");

    // A table with a UUID key, zoned timestamps and an index of two columns.
    let posts = format!(
        "{by_age}\nCREATE TABLE posts (\n    id {} PRIMARY KEY,\n    author INTEGER NOT NULL,\n    made_at {}\n);\n\
         CREATE INDEX posts_author_made ON posts (author, made_at);",
        story.words.uuid, story.words.moment
    );
    story.step(two, &new, &posts, &[]);
    story.sql(&format!("INSERT INTO posts (id, author) VALUES ({}, 1)", story.words.id));

    // A longer text.
    let long = new.replace("VARCHAR(20)", "VARCHAR(40)");
    story.step(two, &long, &posts, &[]);
    story.has(&format!("posts WHERE author = 1 AND id = {} AND made_at IS NOT NULL", story.words.id));

    // One more value.
    story.step("'sad', 'ok', 'happy'", &long, &posts, &[]);
    story.has("users WHERE mood = 'ok'");
    story.sql("UPDATE users SET mood = 'happy'");

    // A column goes that an index has.
    let without = long.replace("    age INTEGER,\n", "");
    let (_, posts) = posts.split_once('\n').expect("an index");
    story.step("'sad', 'ok', 'happy'", &without, posts, &["--allow-destructive"]);
    story.has(
        "users WHERE id = 1 AND full_name = 'ann' AND about = 'tall' AND state = 'new' AND mood = 'happy'",
    );
}

#[test]
fn sqlite_every_day() {
    everyday::<SqliteConnection>(SQLITE);
}

#[test]
fn postgres_every_day() {
    everyday::<PgConnection>(POSTGRES);
}

#[test]
fn mysql_every_day() {
    everyday::<MysqlConnection>(MYSQL);
}
