//! Replays statements on a schema, with no database.
//!
//! ```text
//! statement -> Interpreter -> schema after it, findings
//! ```
//!
//! The one rule: a finding is reported only if the database is certain to refuse the statement. Whatever is not known is
//! never wrong: a name that may be there is there, an object whose shape is uncertain has every column. What a statement does
//! that is certain to fail is carried out as far as it goes, and what it touched is uncertain from then on, so that one
//! mistake is told once.

mod alter_table;
mod body;
mod constraint;
mod create_table;
mod drop;
mod index;
mod lookup;
mod naming;
mod needs;
mod objects;
mod query;
mod rows;
mod run;
mod scope;
mod session;
mod view;

use self::run::Run;
use crate::ddl::{Extent, Statement};
use crate::diagnostic::Code;
use crate::dialect::Dialect;
use crate::schema::{Certainty, Schema};

pub use session::Session;

/// Something that the database is certain to refuse, or that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// Where in the statement.
    pub at: Extent,
    /// What to say at that place; may be empty.
    pub label: String,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do.
    pub helps: Vec<String>,
}

/// A schema and the session that changes it.
#[derive(Clone, Debug)]
pub struct Interpreter {
    schema: Schema,
    session: Session,
}

impl Interpreter {
    /// An empty database.
    pub fn new(dialect: Dialect) -> Self {
        Self::on(Schema::new(dialect))
    }

    /// A new session on a schema.
    pub fn on(schema: Schema) -> Self {
        let session = Session::new(schema.dialect());
        Self { schema, session }
    }

    /// The schema as it is now.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Replays one statement; `sql` is its text.
    pub fn run(&mut self, statement: &Statement, sql: &str) -> Vec<Finding> {
        let dialect = self.schema.dialect();
        let mut run = Run {
            dialect,
            schema: &mut self.schema,
            session: &mut self.session,
            sql,
            findings: vec![],
            touched: vec![],
        };
        run.statement(statement);
        let Run { findings, touched, .. } = run;
        if !findings.is_empty() {
            for id in touched {
                self.schema
                    .change(&id, |object| object.certainty = object.certainty.max(Certainty::Uncertain));
            }
        }
        findings
    }
}
