//! The interpreter against the database: scripts run on both at once, statement by statement.
//!
//! What the database takes, the interpreter must take; what it refuses, the interpreter should refuse; and after every
//! statement that was taken the schema replayed is the schema reflected.

mod mutants;
mod mysql;
mod postgres;
pub(crate) mod random;
mod sqlite;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use diesel::connection::SimpleConnection;
use migrate_core::interpret::{Interpreter, Proof};
use migrate_core::replay;
use migrate_core::schema::{ObjectId, Schema};
use migrate_core::sql::split;
use migrate_runtime::{MigrateConnection, reflect};

/// What came of running scripts.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How many statements ran.
    pub(crate) statements: usize,
    /// How many of them the database refused.
    pub(crate) refused: usize,
    /// What the database took and the interpreter did not.
    pub(crate) false_alarms: Vec<String>,
    /// What the database refused and the interpreter did not.
    pub(crate) misses: Vec<String>,
    /// Where the schemas differ.
    pub(crate) differences: Vec<String>,
    /// Where only expressions differ.
    pub(crate) text_differences: Vec<String>,
}

impl Outcome {
    /// What went wrong, a few of each kind.
    pub(crate) fn story(&self) -> String {
        let mut story = format!(
            "{} statements, {} refused, {} missed\n",
            self.statements,
            self.refused,
            self.misses.len()
        );
        let limit = std::env::var("MIGRATE_TEST_TOLD").ok().and_then(|it| it.parse().ok()).unwrap_or(40);
        let kinds = [
            ("false alarm", &self.false_alarms),
            ("difference", &self.differences),
            ("difference of texts", &self.text_differences),
            ("missed", &self.misses),
        ];
        for (kind, all) in kinds {
            let _ = writeln!(story, "== {kind}: {}", all.len());
            all.iter().take(limit).for_each(|line| {
                let _ = writeln!(story, "{line}");
            });
        }
        story
    }

    /// Adds what another one saw.
    pub(crate) fn add(&mut self, other: Self) {
        self.statements += other.statements;
        self.refused += other.refused;
        self.false_alarms.extend(other.false_alarms);
        self.misses.extend(other.misses);
        self.differences.extend(other.differences);
        self.text_differences.extend(other.text_differences);
    }

    /// No false alarm, and the same schema at every point.
    pub(crate) fn must_agree(&self) {
        let is_fine = self.false_alarms.is_empty() && self.differences.is_empty();
        assert!(is_fine && self.text_differences.is_empty(), "{}", self.story());
    }
}

/// A database and the interpreter, side by side.
pub(crate) struct Pair<'c, C> {
    conn: &'c mut C,
    interpreter: Interpreter,
    /// What the database took so far.
    history: Vec<String>,
    agrees: bool,
    seen: BTreeSet<String>,
    compares_each: bool,
}

impl<'c, C: MigrateConnection + SimpleConnection> Pair<'c, C> {
    /// On an empty database.
    pub(crate) fn new(conn: &'c mut C) -> Self {
        let interpreter = Interpreter::new(conn.dialect());
        Self { conn, interpreter, history: vec![], agrees: true, seen: BTreeSet::new(), compares_each: true }
    }

    /// Compares the schemas only when told to, for servers that take their time to show theirs.
    pub(crate) fn comparing_at_last(mut self) -> Self {
        self.compares_each = std::env::var_os("MIGRATE_TEST_COMPARE_EACH").is_some();
        self
    }

    /// The schema as the interpreter has it.
    pub(crate) fn schema(&self) -> &Schema {
        self.interpreter.schema()
    }

    /// Whether the two were the same at each point until now.
    pub(crate) fn agrees(&self) -> bool {
        self.agrees
    }

    /// Runs a statement on both.
    pub(crate) fn run(&mut self, sql: &str, outcome: &mut Outcome) {
        let dialect = self.conn.dialect();
        let before = self.interpreter.clone();
        let pieces = replay::pieces_of(sql, dialect);
        let findings = replay::run(&mut self.interpreter, &pieces);
        let certain: Vec<&str> = findings
            .iter()
            .filter(|(_, finding)| finding.proof == Proof::Certain)
            .map(|(_, finding)| &*finding.message)
            .collect();
        outcome.statements += 1;
        match (self.conn.batch_execute(sql), certain.as_slice()) {
            (Ok(()), []) => {
                self.history.push(sql.to_owned());
                if self.compares_each {
                    self.compare(sql, outcome);
                }
            }
            (Ok(()), messages) => {
                outcome.false_alarms.push(format!("{}\n{sql}\n    {}", self.told(), messages.join("; ")));
                self.agrees = false;
            }
            (Err(error), messages) => {
                outcome.refused += 1;
                if messages.is_empty() && !is_about_rows(&error.to_string()) {
                    outcome.misses.push(format!("{sql}\n    {error}"));
                }
                self.interpreter = before;
            }
        }
    }

    /// Runs a statement on both and takes it back: the database's refusal, and what the interpreter finds.
    pub(crate) fn try_out(&mut self, sql: &str) -> (Option<String>, Vec<String>) {
        let mut interpreter = self.interpreter.clone();
        let pieces = replay::pieces_of(sql, self.conn.dialect());
        let findings = replay::run(&mut interpreter, &pieces);
        let certain = findings.into_iter().filter(|(_, finding)| finding.proof == Proof::Certain);
        self.conn.batch_execute("SAVEPOINT before").expect("a savepoint");
        let outcome = self.conn.batch_execute(sql);
        self.conn.batch_execute("ROLLBACK TO before; RELEASE before").expect("the savepoint is there");
        (outcome.err().map(|error| error.to_string()), certain.map(|(_, finding)| finding.message).collect())
    }

    /// Compares the schemas.
    pub(crate) fn compare(&mut self, sql: &str, outcome: &mut Outcome) {
        let reflected = reflect(self.conn, &[]).expect("the catalog can be read");
        let replayed = without_temporary(self.schema());
        for difference in replayed.differences(&reflected) {
            self.agrees = false;
            // One that stays is told once.
            if !self.seen.insert(difference.to_string()) {
                continue;
            }
            let told = format!("{}\n{sql}\n    replayed, then reflected: {difference}", self.told());
            match difference.is_text_only {
                true => outcome.text_differences.push(told),
                false => outcome.differences.push(told),
            }
        }
    }

    /// The last statements before this one.
    fn told(&self) -> String {
        let last = self.history.len().saturating_sub(30);
        self.history[last..].iter().fold(String::new(), |told, sql| told + "  " + sql + ";\n")
    }
}

/// Runs the statements of a script on both.
pub(crate) fn run_script<C>(mut pair: Pair<'_, C>, script: &str, outcome: &mut Outcome)
where
    C: MigrateConnection + SimpleConnection,
{
    for statement in split(script, pair.conn.dialect()) {
        pair.run(statement.text, outcome);
    }
    pair.compare("at last", outcome);
}

/// Refusals that follow from what is in tables, from settings, or from a grammar that is not followed to its end.
fn is_about_rows(error: &str) -> bool {
    [
        "constraint failed",
        "Duplicate entry",
        "foreign key constraint fails",
        "datatype mismatch",
        "foreign key mismatch",
        "have a default value",
        "error in your SQL syntax",
    ]
    .iter()
    .any(|words| error.contains(words))
}

/// A session's own objects are not the database's.
fn without_temporary(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    let is_temporary = |id: &ObjectId| matches!(&*id.schema, "temp" | "#temp");
    let ids: Vec<ObjectId> = schema.objects().iter().map(|(id, _)| id.clone()).filter(is_temporary).collect();
    ids.iter().for_each(|id| drop(schema.remove(id)));
    schema
}
