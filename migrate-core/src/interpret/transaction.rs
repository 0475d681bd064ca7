//! Transactions that the SQL itself begins and takes back.

use std::collections::BTreeSet;

use super::{Interpreter, Session};
use crate::ddl::Transaction;
use crate::dialect::Dialect;
use crate::schema::{ObjectId, Schema};

/// A point to which a transaction can be taken back.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// That of a savepoint.
    name: Option<Box<str>>,
    schema: Schema,
    session: Session,
    made: BTreeSet<ObjectId>,
    dropped: BTreeSet<ObjectId>,
}

impl Interpreter {
    /// What runs, runs inside a transaction that stands around it, or not.
    pub fn in_transaction(mut self, is_transactional: bool) -> Self {
        self.is_transactional = is_transactional;
        self.session.is_in_transaction = is_transactional;
        self
    }

    /// SQLite does not look at foreign keys.
    pub fn without_foreign_keys(mut self) -> Self {
        self.session.checks_foreign_keys = Some(false);
        self
    }

    pub(super) fn transaction(&mut self, command: &Transaction) {
        // MySQL's statements that change a schema end the transaction.
        if self.schema.dialect() == Dialect::Mysql {
            return;
        }
        let place =
            |marks: &[Mark], name: &str| marks.iter().rposition(|mark| mark.name.as_deref() == Some(name));
        match command {
            Transaction::Begin => self.mark(None),
            Transaction::Savepoint(name) => self.mark(Some(name.clone())),
            Transaction::Commit => self.marks.clear(),
            Transaction::Release(name) => {
                if let Some(place) = place(&self.marks, name) {
                    self.marks.truncate(place);
                }
            }
            Transaction::RollbackTo(name) => {
                if let Some(place) = place(&self.marks, name) {
                    self.marks.truncate(place + 1);
                    self.take_back(place);
                }
            }
            Transaction::Rollback => match self.marks.is_empty() {
                false => {
                    self.take_back(0);
                    self.marks.clear();
                }
                // It began before, nobody knows where.
                true => self.schema.lose_all(),
            },
            Transaction::Other => {}
        }
        self.session.is_in_transaction = self.is_transactional || !self.marks.is_empty();
    }

    fn mark(&mut self, name: Option<Box<str>>) {
        self.marks.push(Mark {
            name,
            schema: self.schema.clone(),
            session: self.session.clone(),
            made: self.made.clone(),
            dropped: self.dropped.clone(),
        });
    }

    fn take_back(&mut self, place: usize) {
        let Some(mark) = self.marks.get(place) else { return };
        self.schema = mark.schema.clone();
        self.made.clone_from(&mark.made);
        self.dropped.clone_from(&mark.dropped);
        // SQLite's pragmas stay as they are.
        if self.schema.dialect() == Dialect::Postgres {
            self.session = mark.session.clone();
        }
    }
}
