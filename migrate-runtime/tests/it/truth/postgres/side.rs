//! One statement after the other on both sides: the server and the interpreter.

use diesel::connection::SimpleConnection;
use migrate_core::dialect::Dialect;
use migrate_core::interpret::{Finding, Interpreter, Proof};
use migrate_core::parse::{Parsed, parse};
use migrate_core::schema::{Certainty, ObjectBody, Schema};
use migrate_runtime::{MigrateConnection, reflect};

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) statements: usize,
    pub(crate) refused: usize,
    pub(crate) caught: usize,
    /// Accepted by the server, refused by the interpreter.
    pub(crate) false_alarms: Vec<String>,
    /// Refused by the server; the interpreter only warned.
    pub(crate) warned: usize,
    /// Refused by the server, accepted by the interpreter.
    pub(crate) misses: Vec<String>,
    /// What the replayed schema has and the catalog has not, or otherwise.
    pub(crate) differences: Vec<String>,
    /// Expressions that are printed otherwise than they were written.
    pub(crate) texts: Vec<String>,
    pub(crate) uncertain: usize,
    pub(crate) objects: usize,
}

impl Report {
    /// The figures, and what was missed.
    pub(crate) fn story(&self) -> String {
        let Self { statements, refused, caught, warned, uncertain, objects, .. } = self;
        let figures = format!(
            "{statements} statements, {refused} refused, {caught} of them caught and {warned} warned of; {} false alarms, {} differences, {} texts; {uncertain} of {objects} objects uncertain",
            self.false_alarms.len(),
            self.differences.len(),
            self.texts.len()
        );
        self.misses.iter().fold(figures, |story, miss| story + "\nmissed: " + miss)
    }

    /// No false alarm, and no difference.
    pub(crate) fn assert(&self) {
        let wrong: Vec<&String> = self.false_alarms.iter().chain(&self.differences).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// A database and what the interpreter knows of it.
pub(crate) struct Side<C> {
    conn: C,
    interpreter: Interpreter,
    name: String,
    /// What has been accepted so far.
    pub(crate) log: Vec<String>,
}

impl<C: MigrateConnection + SimpleConnection> Side<C> {
    pub(crate) fn new(mut conn: C, name: &str) -> Self {
        conn.batch_execute("BEGIN; SET LOCAL client_min_messages = error").expect("a transaction");
        let interpreter = Interpreter::new(Dialect::Postgres);
        Self { conn, interpreter, name: name.to_owned(), log: vec![] }
    }

    pub(crate) fn schema(&self) -> &Schema {
        self.interpreter.schema()
    }

    /// Runs a statement on both sides; one that the server refuses leaves no trace.
    pub(crate) fn run(&mut self, sql: &str, report: &mut Report) -> bool {
        let before = self.interpreter.clone();
        let found: Vec<Finding> = match parse(sql, Dialect::Postgres) {
            Parsed::Statement(statement) => self.interpreter.run(&statement, sql),
            Parsed::Wrong(error) => vec![Finding::new("syntax", error.at, error.message)],
            Parsed::Unknown => vec![],
        };
        let is_warned = found
            .iter()
            .any(|finding| finding.proof == Proof::Likely && finding.code.0 != "needs-empty-table");
        let found = found.into_iter().find(|finding| finding.proof == Proof::Certain);
        let answer = self.conn.batch_execute(&format!("SAVEPOINT s; {sql}"));
        let name = &self.name;
        report.statements += 1;
        match answer {
            Ok(()) => {
                self.conn.batch_execute("RELEASE s").expect("a savepoint");
                self.log.push(sql.to_owned());
                if let Some(finding) = found {
                    report.false_alarms.push(format!("{name}: {sql}: {}", finding.message));
                    return false;
                }
                true
            }
            Err(error) => {
                self.conn.batch_execute("ROLLBACK TO s; RELEASE s").expect("a savepoint");
                self.interpreter = before;
                report.refused += 1;
                match found {
                    Some(_) => report.caught += 1,
                    None if is_warned => report.warned += 1,
                    None => report.misses.push(format!("{name}: {sql}: {error}")),
                }
                false
            }
        }
    }

    /// Compares the replayed schema with the catalog's.
    pub(crate) fn compare(&mut self, report: &mut Report) -> bool {
        let live = reflect(&mut self.conn, &[]).expect("a catalog");
        self.compare_with(&live, report)
    }

    fn compare_with(&self, live: &Schema, report: &mut Report) -> bool {
        let replayed = self.interpreter.schema();
        let mut is_same = true;
        for difference in replayed.differences(live) {
            let line = format!("{}: {difference}", self.name);
            // A view is printed anew in any case.
            if difference.is_text_only {
                report.texts.push(line);
            } else {
                is_same = false;
                report.differences.push(line);
            }
        }
        for (_, object) in replayed.objects().iter() {
            if !matches!(object.body, ObjectBody::Index { .. }) {
                report.objects += 1;
                report.uncertain += usize::from(object.certainty != Certainty::Certain);
            }
        }
        is_same
    }
}
