//! Code inside statements: `DO` blocks, function and procedure bodies.

use super::expr::{Expr, Query};
use super::name::{Extent, Ident};
use super::statement::Statement;

/// What a block of code does, as far as it touches a schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Names that stand for values in here and in the blocks inside: variables, arguments, cursors, labels, what a trigger
    /// is given. They look like columns or, before a dot, like tables.
    pub variables: Vec<Ident>,
    /// Whether the block catches errors, so that one of its statements failing is not the end.
    pub catches_errors: bool,
}

/// One step of a block.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A statement that stands there, or in a literal that is executed.
    Statement(Box<Statement>),
    /// `IF` and `CASE`: one of the branches, or none of them.
    If(Vec<Branch>),
    /// A loop: its body, any number of times; the query it goes over.
    Loop(Option<Box<Query>>, Body),
    /// A block inside.
    Block(Body),
    /// A statement that is put together while the code runs.
    Dynamic {
        /// By what, where that is one expression.
        text: Option<Expr>,
        /// Where that stands.
        at: Extent,
    },
    /// An exception: what follows is not reached.
    Raise,
    /// `RETURN`, `EXIT`, `CONTINUE`, all without an error: what follows is not reached, or not this time.
    Leave,
    /// What only computes or says something; its expressions may still call functions.
    Compute(Vec<Expr>),
    /// Something that the front end cannot look into.
    Opaque,
}

/// A branch of a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// When; `None` for `ELSE`.
    pub condition: Option<Expr>,
    /// What.
    pub body: Body,
}
