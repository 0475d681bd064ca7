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

mod alter_column;
mod alter_constraint;
mod alter_table;
mod body;
mod constraint;
mod constraint_name;
mod conversion;
mod create_table;
mod drop;
mod drop_column;
mod dynamic;
mod extensions;
mod foreign_key;
mod fts;
mod functions;
mod index;
mod like;
mod lookup;
mod made_types;
mod mysql;
mod naming;
mod objects;
mod prepared;
mod query;
mod relocate;

mod removal;
mod rename_column;
mod renamed_text;
mod routine;
mod rows;
mod run;
mod scope;
mod sequence;
mod session;
mod sqlite;
mod standing;
mod transaction;
mod trigger;
mod view;
mod with;

use std::collections::BTreeSet;

use self::run::Run;
use self::transaction::Mark;
use crate::ddl::{Extent, Statement};
use crate::diagnostic::Code;
use crate::dialect::Dialect;
use crate::schema::{Certainty, ObjectId, Schema};

pub use extensions::schema_of_extension_type;
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
    /// How sure it is.
    pub proof: Proof,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// The database refuses.
    Certain,
    /// The database may refuse, by what is in its tables, or by how it reads an expression.
    Likely,
}

impl Finding {
    /// A finding that is certain.
    pub fn new(code: &'static str, at: Extent, message: String) -> Self {
        Self {
            code: Code(code),
            message,
            at,
            label: String::new(),
            notes: vec![],
            helps: vec![],
            proof: Proof::Certain,
        }
    }
}

/// A schema and the session that changes it.
#[derive(Clone, Debug)]
pub struct Interpreter {
    schema: Schema,
    session: Session,
    /// The tables that this session made: they are empty, but for what it put there.
    made: BTreeSet<ObjectId>,
    /// The schemas and extensions that it dropped.
    dropped: BTreeSet<ObjectId>,
    /// Whether a transaction stands around what runs.
    is_transactional: bool,
    /// The points to which what was done can be taken back, the latest last.
    marks: Vec<Mark>,
}

impl Interpreter {
    /// An empty database.
    pub fn new(dialect: Dialect) -> Self {
        Self::on(Schema::new(dialect))
    }

    /// A new session on a schema.
    pub fn on(schema: Schema) -> Self {
        let session = Session::new(schema.dialect());
        Self {
            schema,
            session,
            made: BTreeSet::new(),
            dropped: BTreeSet::new(),
            is_transactional: false,
            marks: vec![],
        }
    }

    /// The schema as it is now.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The schema as it is at last.
    pub fn into_schema(self) -> Schema {
        self.schema
    }

    /// Replays one statement; `sql` is its text.
    pub fn run(&mut self, statement: &Statement, sql: &str) -> Vec<Finding> {
        if let Statement::Transaction(command) = statement {
            self.transaction(command);
            return vec![];
        }
        let dialect = self.schema.dialect();
        let mut run = Run {
            dialect,
            schema: &mut self.schema,
            session: &mut self.session,
            sql,
            findings: vec![],
            touched: vec![],
            made: &mut self.made,
            mentions: None,
            depth: 0,
            only: false,
            dropped: &mut self.dropped,
            values: vec![],
            used: BTreeSet::new(),
        };
        run.statement(statement);
        let Run { findings, touched, .. } = run;
        if findings.iter().any(|finding| finding.proof == Proof::Certain) {
            for id in touched {
                self.schema
                    .change(&id, |object| object.certainty = object.certainty.max(Certainty::Uncertain));
            }
        }
        findings
    }
}
