//! Alembic as a process that is asked one command after the other.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::installed;

/// Alembic in a folder.
pub(crate) struct Alembic {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What came of one command.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i64,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    pub(crate) fn succeeded(&self) -> bool {
        self.code == 0
    }

    /// The one line by which a command says why it failed, or Python does.
    pub(crate) fn failure(&self) -> &str {
        let failed = self.stdout.lines().find_map(|line| line.trim().strip_prefix("FAILED: "));
        failed.or_else(|| self.stderr.lines().last()).unwrap_or_default().trim()
    }
}

impl Alembic {
    /// Alembic in this folder; `None`, said on stderr, where it cannot be had.
    pub(crate) fn start(test: &str, folder: &Path) -> Option<Self> {
        let python = installed::executables(test)?.join("python");
        let mut child = Command::new(python)
            .args(["-c", include_str!("driver.py")])
            .current_dir(folder)
            // What comes out of a set then comes out the same each time.
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python runs");
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Some(Self { child, requests, answers })
    }

    fn ask(&mut self, request: &Value) -> Value {
        let requests = self.requests.as_mut().expect("it was not ended");
        writeln!(requests, "{request}").expect("Python listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("UTF-8");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{request}: {error}"))
    }

    /// Runs a command.
    pub(crate) fn run(&mut self, args: &[&str]) -> Answer {
        let answer = self.ask(&json!({ "argv": args }));
        let text = |key: &str| answer[key].as_str().expect("a text").to_owned();
        let code = answer["code"].as_i64().expect("an exit code");
        Answer { code, stdout: text("stdout"), stderr: text("stderr") }
    }

    /// The rows of a version table as Alembic reads them, sorted.
    pub(crate) fn rows(&mut self, url: &str, table: &str) -> Vec<String> {
        let answer = self.ask(&json!({ "rows": url, "table": table }));
        let rows = answer["rows"].as_array().expect("rows").iter();
        rows.map(|row| row.as_str().expect("an id").to_owned()).collect()
    }

    /// Every table with its columns, but for those that the tools keep for themselves.
    pub(crate) fn tables(&mut self, url: &str) -> Vec<String> {
        let answer = self.ask(&json!({ "tables": url }));
        let tables = answer["tables"].as_object().expect("tables").iter();
        tables
            .filter(|(name, _)| !name.starts_with("__migrate_") && !name.starts_with("alembic_"))
            .map(|(name, columns)| format!("{name} {columns}"))
            .collect()
    }
}

impl Drop for Alembic {
    fn drop(&mut self) {
        // Its loop ends with its input.
        drop(self.requests.take());
        let _ = self.child.wait();
    }
}
