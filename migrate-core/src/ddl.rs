//! What a statement says, in words that the three databases share.
//!
//! A front end per database turns the text of a statement into these values and nothing else: names resolved as far as the
//! text alone allows (case folded, quotes removed), expressions as trees of names with everything that only computes
//! folded together, and the place of each name in the text. What the names stand for is the interpreter's business.
//!
//! Deliberately absent: a way back. SQL is never printed from these trees; whoever needs the text has it, because every
//! [`Expr`] and [`Query`] says where it stands.

mod body;
mod expr;
mod name;
mod routine;
mod rows;
mod statement;
mod table;
mod types;

pub use body::{Body, Branch, Step};
pub use expr::{Expr, ExprKind, FromItem, Join, Literal, OrderBy, Output, Query, QueryBody, Select};
pub use name::{Extent, Ident, Path, TypeName};
pub use routine::{AlterRoutine, Argument, CreateFunction, RoutineOptions};
pub use rows::{Assignment, ConflictTarget, Delete, Insert, Update};
pub use statement::{
    AlterIndex, CommentOn, CreateIndex, CreateObject, CreateTrigger, CreateView, Drop, DropTarget, Kind,
    PREPARED, Setting, Statement, Transaction,
};
pub use table::{
    AlterAction, AlterTable, ColumnChange, ColumnConstraint, ColumnConstraintKind, ColumnDef,
    ConflictResolution, ConstraintKind, CreateTable, Deferrable, Generated, Identity, IndexKind, IndexPart,
    LikeSource, PartPosition, PartitionOf, References, ReferentialAction, TableConstraint, TableElement,
};
pub use types::{AlterDomain, AlterSequence, AlterType, CreateDomain, CreateSequence, CreateType, TypeKind};
