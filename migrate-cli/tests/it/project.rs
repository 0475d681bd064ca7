//! A folder with migrations, and the command run in it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use tempfile::TempDir;

/// A project in a folder of its own.
pub(crate) struct Project {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Project {
    /// An empty folder, which is a repository so that nothing above it counts.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join(".git")).expect("a folder");
        Self { folder, variables: vec![] }
    }

    /// A line of three revisions `a1`, `a2`, `a3` and a SQLite database `app.db`.
    pub(crate) fn line() -> Self {
        Self::empty()
            .revision("a1", "<base>", "users")
            .revision("a2", "a1", "posts")
            .revision("a3", "a2", "tags")
            .variable("DATABASE_URL", "sqlite:app.db")
    }

    /// `a1`; on it the branches `b1`, `b2` labelled `blog` and `c1` labelled `shop`.
    pub(crate) fn branched() -> Self {
        Self::empty()
            .revision("a1", "<base>", "users")
            .file(
                "migrations/b1_posts.sql",
                "-- posts\n--\n-- Revision ID: b1\n-- Revises: a1\n-- Branch Labels: blog\n\n\
                 -- migrate:upgrade\nCREATE TABLE posts (id INTEGER);\n\n-- migrate:downgrade\nDROP TABLE posts;\n",
            )
            .revision("b2", "b1", "tags")
            .file(
                "migrations/c1_orders.sql",
                "-- orders\n--\n-- Revision ID: c1\n-- Revises: a1\n-- Branch Labels: shop\n-- Depends On: b1\n\n\
                 -- migrate:upgrade\nCREATE TABLE orders (id INTEGER);\n\n-- migrate:downgrade\nDROP TABLE orders;\n",
            )
            .variable("DATABASE_URL", "sqlite:app.db")
    }

    /// Adds a revision that creates a table of the name of its message.
    pub(crate) fn revision(self, id: &str, parents: &str, table: &str) -> Self {
        let text = format!(
            "-- {table}\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n-- Create Date: 2026-11-21 00:32:10 UTC\n\n\
             -- migrate:upgrade\nCREATE TABLE {table} (id INTEGER);\n\n-- migrate:downgrade\nDROP TABLE {table};\n"
        );
        self.file(&format!("migrations/{id}_{table}.sql"), &text)
    }

    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        self.bytes(path, text.as_bytes())
    }

    pub(crate) fn bytes(self, path: &str, bytes: &[u8]) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect(path)
    }

    /// Runs SQL on the SQLite database `app.db`, behind the command's back.
    pub(crate) fn sqlite(&self, sql: &str) {
        let path = self.path().join("app.db");
        let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("a database");
        connection.batch_execute(sql).expect("SQL");
    }

    /// The command, ready to run.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(snapbox::cmd::cargo_bin!("migrate"));
        command.args(args).current_dir(self.path()).stdin(Stdio::null()).env_clear();
        // So that nothing of whoever runs the tests counts.
        command.env("HOME", self.path()).env("USER", "nobody").env("COLUMNS", "100");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the command runs")
    }

    /// Runs the command and writes down everything that came of it.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let output = self.output(args);
        let mut text = format!("exit {}\n", output.status.code().expect("an exit code"));
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                let bytes = String::from_utf8(bytes.clone()).expect("UTF-8");
                text.push_str(&format!("--- {name}\n{bytes}"));
            }
        }
        let folder = self.path().to_string_lossy();
        let text: String = text
            .replace(&*folder, "[folder]")
            .split_inclusive('\n')
            .map(|line| if line.starts_with("Create date: ") { "Create date: [date]\n" } else { line })
            .collect();
        without_times(&text)
    }

    /// Runs commands one after the other.
    pub(crate) fn story(&self, commands: &[&str]) -> String {
        commands
            .iter()
            .map(|line| {
                let args: Vec<&str> = line.split_whitespace().collect();
                format!("$ migrate {line}\n{}", self.run(&args))
            })
            .collect()
    }

    /// Runs the command, which has to succeed.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.output(args);
        assert!(output.status.success(), "{args:?}: {}", self.run(args));
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

/// Replaces `14ms`, `3.2s` and `"millis":14`.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number_on) = rest.split_at(at);
        out.push_str(before);
        let end = number_on.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number_on.len());
        let (number, after) = number_on.split_at(end);
        let unit = ["ms", "s"].into_iter().find(|unit| {
            after.strip_prefix(unit).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        });
        let starts = before.ends_with(" in ") || before.ends_with(", ");
        match unit {
            Some(unit) if starts && !number.ends_with('.') => {
                out.push_str("[time]");
                rest = &after[unit.len()..];
            }
            _ => {
                out.push_str(if before.ends_with("\"millis\":") { "0" } else { number });
                rest = after;
            }
        }
    }
    out + rest
}
