//! Statements about rows.

use super::expr::{Expr, FromItem, Output, Query};
use super::name::{Ident, Path};
use super::statement::Statement;
use super::table::IndexPart;

/// `INSERT`
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// The table.
    pub table: Path,
    /// The name it has in the statement.
    pub alias: Option<Ident>,
    /// Its columns, if they are written.
    pub columns: Vec<Ident>,
    /// The rows; `None` for `DEFAULT VALUES`.
    pub source: Option<Box<Query>>,
    /// `ON CONFLICT`
    pub conflict: Option<ConflictTarget>,
    /// What is changed instead.
    pub set: Vec<Assignment>,
    /// Conditions of the change, in which `excluded` is the row that was refused.
    pub rest: Vec<Expr>,
    /// `RETURNING`
    pub returning: Vec<Output>,
    /// Table expressions before it.
    pub with: Vec<(Ident, Vec<Ident>, Statement)>,
}

/// What `ON CONFLICT` is about.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictTarget {
    /// Anything.
    Any,
    /// An index on these.
    Parts(Vec<IndexPart>),
    /// A constraint.
    Constraint(Ident),
}

/// `UPDATE`
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The table, or MySQL's join of tables.
    pub table: FromItem,
    /// What is changed.
    pub set: Vec<Assignment>,
    /// Where else values come from.
    pub from: Vec<FromItem>,
    /// Conditions, orders.
    pub rest: Vec<Expr>,
    /// `RETURNING`
    pub returning: Vec<Output>,
    /// Table expressions before it.
    pub with: Vec<(Ident, Vec<Ident>, Statement)>,
}

/// `column = value`
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The columns, several for `(a, b) = …`; with the table before them in MySQL.
    pub columns: Vec<Vec<Ident>>,
    /// What they become.
    pub value: Expr,
}

/// `DELETE`
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// The table, or MySQL's join of tables.
    pub table: FromItem,
    /// Where else conditions look.
    pub using: Vec<FromItem>,
    /// Conditions, orders.
    pub rest: Vec<Expr>,
    /// `RETURNING`
    pub returning: Vec<Output>,
    /// Table expressions before it.
    pub with: Vec<(Ident, Vec<Ident>, Statement)>,
}
