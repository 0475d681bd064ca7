//! Code: `DO` blocks, and what functions may do.

use super::rows::variables;
use super::run::Run;
use super::scope::Scope;
use crate::ddl::{Body, Statement, Step};

/// Whether a statement changes at most rows and settings.
fn changes_rows_only(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::Merge { .. }
            | Statement::Query(_)
            | Statement::Truncate(_)
            | Statement::Copy { .. }
            | Statement::Transaction(_)
            | Statement::AlterRoutine(_)
            | Statement::Harmless { .. }
    )
}

impl Run<'_> {
    /// Whether running a body may change the schema, or do what nobody can see.
    pub(super) fn may_change_schema(&self, body: &Body) -> bool {
        body.steps.iter().any(|step| match step {
            Step::Statement(statement) => match &**statement {
                Statement::Query(query) => self.calls_what_may_change(query),
                other => !changes_rows_only(other),
            },
            Step::If(branches) => branches.iter().any(|branch| self.may_change_schema(&branch.body)),
            Step::Loop(_, body) | Step::Block(body) => self.may_change_schema(body),
            Step::Dynamic { .. } | Step::Opaque => true,
            Step::Raise | Step::Leave | Step::Compute(_) => false,
        })
    }

    /// Runs a block of code. What is done under a condition is taken to be done if the database would take it: such a
    /// condition asks whether it is necessary.
    pub(super) fn run_body(&mut self, body: &Body) {
        if body.catches_errors && self.may_change_schema(body) {
            // Which of its statements took effect is decided by errors that nobody sees here.
            return self.lose_touched_by(body);
        }
        let scope = Scope { variables: variables(&body.variables), is_open: true, ..Scope::default() };
        for step in &body.steps {
            match step {
                Step::Statement(statement) if changes_rows_only(statement) => {
                    let findings = self.findings.len();
                    match &**statement {
                        Statement::Query(query) => drop(self.query(query, &scope)),
                        other => drop(self.rows_of(other, &scope)),
                    }
                    // Whether it is reached at all is not known.
                    self.findings.truncate(findings);
                    if let Statement::Query(query) = &**statement {
                        self.run_functions(query);
                    }
                }
                Step::Statement(statement) => self.statement(statement),
                Step::If(branches) => {
                    for branch in branches {
                        self.run_guarded(&branch.body);
                    }
                }
                Step::Block(body) => self.run_body(body),
                Step::Loop(_, body) => {
                    if self.may_change_schema(body) {
                        self.lose_touched_by(body);
                    }
                }
                Step::Dynamic { text, at } => self.run_dynamic(text.as_ref(), *at),
                Step::Opaque => self.lose_all(),
                Step::Raise | Step::Leave => return,
                Step::Compute(_) => {}
            }
        }
    }

    /// What stands under a condition: done if it can be done, and uncertain from then on where it cannot.
    fn run_guarded(&mut self, body: &Body) {
        if !self.may_change_schema(body) {
            return;
        }
        let (schema, findings) = (self.schema.clone(), self.findings.len());
        self.run_body(body);
        if self.findings.len() > findings {
            self.findings.truncate(findings);
            *self.schema = schema;
        }
    }

    /// From here on nothing is certain about what a body may have changed.
    fn lose_touched_by(&mut self, body: &Body) {
        let (schema, findings, touched) = (self.schema.clone(), self.findings.len(), self.touched.len());
        let plain = Body { catches_errors: false, ..body.clone() };
        self.run_body(&plain);
        self.findings.truncate(findings);
        for id in schema.changed(self.schema) {
            match (schema.get(&id), self.schema.get(&id).is_some()) {
                (Some(before), false) => {
                    let mut object = before.clone();
                    object.certainty = crate::schema::Certainty::Doubtful;
                    self.schema.insert(id, object);
                }
                (None, true) => {
                    self.schema.change(&id, |object| object.certainty = crate::schema::Certainty::Doubtful);
                }
                _ => self.lose(&id),
            }
        }
        self.touched.truncate(touched);
    }
}
