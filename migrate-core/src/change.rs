//! Changes of a schema, one by one.

mod fit;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use fit::{Fit, fit, fit_in};

use crate::schema::{Column, Constraint, Index, ObjectBody, ObjectName, Table, Trigger};

/// What something is before and after; both where it is changed, one where it is made or goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<T> {
    /// As it is before.
    pub before: Option<T>,
    /// As it is after.
    pub after: Option<T>,
}

impl<T> Change<T> {
    /// It is made.
    pub fn make(after: T) -> Self {
        Self { before: None, after: Some(after) }
    }

    /// It goes.
    pub fn drop(before: T) -> Self {
        Self { before: Some(before), after: None }
    }

    /// It is changed.
    pub fn alter(before: T, after: T) -> Self {
        Self { before: Some(before), after: Some(after) }
    }

    fn inverse(self) -> Self {
        Self { before: self.after, after: self.before }
    }
}

/// One change of a schema. Each says what was there before, so that it can be undone.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// An object is made, goes, or is changed as a whole. A table is made and goes with its columns and constraints; its
    /// indexes and triggers are operations of their own.
    Object {
        /// Its name.
        name: ObjectName,
        /// What becomes of it.
        change: Change<ObjectBody>,
    },
    /// A column.
    Column {
        /// The table.
        table: ObjectName,
        /// What becomes of it.
        change: Change<Column>,
    },
    /// A constraint.
    Constraint {
        /// The table.
        table: ObjectName,
        /// What becomes of it.
        change: Change<Constraint>,
    },
    /// An index.
    Index {
        /// The table or materialized view.
        table: ObjectName,
        /// What becomes of it.
        change: Change<Index>,
    },
    /// A trigger.
    Trigger {
        /// The table or view.
        table: ObjectName,
        /// What becomes of it.
        change: Change<Trigger>,
    },
    /// The settings of a table.
    Options {
        /// The table.
        table: ObjectName,
        /// All of them.
        change: Change<BTreeMap<Arc<str>, Arc<str>>>,
    },
    /// What is said about an object.
    Comment {
        /// The object.
        name: ObjectName,
        /// What it is.
        body: ObjectBody,
        /// The texts.
        change: Change<Arc<str>>,
    },
    /// A table gets another name.
    RenameTable {
        /// Its name before.
        from: ObjectName,
        /// Its name after.
        to: ObjectName,
    },
    /// A column gets another name.
    RenameColumn {
        /// The table.
        table: ObjectName,
        /// Its name before.
        from: Arc<str>,
        /// Its name after.
        to: Arc<str>,
    },
    /// A value of an enum gets another name.
    RenameValue {
        /// The enum.
        name: ObjectName,
        /// Its name before.
        from: Arc<str>,
        /// Its name after.
        to: Arc<str>,
    },
    /// SQLite: a table is made anew and its rows are moved, for what `ALTER TABLE` cannot do there. Its indexes and triggers are
    /// gone after it.
    Rebuild {
        /// Its name.
        table: ObjectName,
        /// The table.
        change: Change<Table>,
    },
}

impl Operation {
    /// What undoes it. The rows that it throws away do not come back.
    pub fn inverse(self) -> Self {
        match self {
            Self::Object { name, change } => Self::Object { name, change: change.inverse() },
            Self::Column { table, change } => Self::Column { table, change: change.inverse() },
            Self::Constraint { table, change } => Self::Constraint { table, change: change.inverse() },
            Self::Index { table, change } => Self::Index { table, change: change.inverse() },
            Self::Trigger { table, change } => Self::Trigger { table, change: change.inverse() },
            Self::Options { table, change } => Self::Options { table, change: change.inverse() },
            Self::Comment { name, body, change } => Self::Comment { name, body, change: change.inverse() },
            Self::RenameTable { from, to } => Self::RenameTable { from: to, to: from },
            Self::RenameColumn { table, from, to } => Self::RenameColumn { table, from: to, to: from },
            Self::RenameValue { name, from, to } => Self::RenameValue { name, from: to, to: from },
            Self::Rebuild { table, change } => Self::Rebuild { table, change: change.inverse() },
        }
    }
}
