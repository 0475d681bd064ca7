//! From two schemas to the operations that lead from one to the other.
//!
//! ```text
//! before, after -> what differs, object by object -> what is in the way of it -> operations, in an order that goes
//! ```
//!
//! What is not certain on either side is left alone. What has not changed and is in the way of what has (a view of a column
//! whose type changes, a foreign key to a primary key that is made anew) is taken away and put back.

mod compare;
mod mysql;
mod names;
mod order;
mod plan;
mod routine;
mod sqlite;
mod table;
mod way;

use crate::change::Operation;
use crate::schema::{Constraint, Schema};

/// The operations that make `before` like `after`, in an order in which they can be carried out.
pub fn diff(before: &Schema, after: &Schema) -> Vec<Operation> {
    plan::Plan::new(before, after, false).operations()
}

/// The same for the way back to a schema that was.
pub(crate) fn diff_back(before: &Schema, after: &Schema) -> Vec<Operation> {
    plan::Plan::new(before, after, true).operations()
}

/// Whether a constraint of one schema is what one of another wants, which may leave its name to the database.
pub(crate) fn is_same_constraint(
    before: &Schema,
    after: &Schema,
    one: &Constraint,
    other: &Constraint,
) -> bool {
    compare::Pair { before, after, is_back: false }.is_same_constraint(one, other)
}

#[cfg(all(test, feature = "postgres", feature = "sqlite", feature = "mysql"))]
mod tests;
