//! Expressions and queries, as far as names go.

use super::name::{Extent, Ident, Path, TypeName};
use super::statement::Statement;

/// An expression: which names it uses, and just enough of its form to say what type it has.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Where it stands.
    pub at: Extent,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A column, with the table or its alias and the schema before it if they are written.
    Column(Vec<Ident>),
    /// SQLite's `"name"`: a column if there is one, else a text.
    ColumnOrText(Ident),
    /// `*` or `t.*`.
    Star(Vec<Ident>),
    /// A constant.
    Literal(Literal),
    /// A conversion to a type.
    Cast(Box<Expr>, TypeName),
    /// A call; aggregates too, and the constructs of the language that are written like one or stand for one
    /// (`extract`, `coalesce`, `current_timestamp`). Window, filter and order are among the arguments, behind the others, as
    /// the operations `over`, `filter`, `within group`, `order by`; a named argument is the operation `=>`.
    Call {
        /// The function.
        name: Path,
        /// What it is given.
        arguments: Vec<Expr>,
    },
    /// A query in parentheses, also under `EXISTS` and `IN`.
    Subquery(Box<Query>),
    /// An operator or another construct of the language, in lower case (`+`, `and`, `is null`, `between`, `row`, `array`),
    /// with its parts; chains of one operator in one list.
    ///
    /// `case` has its operand, if any, then operations `when` (condition, result) and at last `else`. `in` has the left side,
    /// then the list or the query. The field of a composite value is `.field`, all of them `.*`. `[]` is a subscript: the
    /// array, then the places.
    Operation(Box<str>, Vec<Expr>),
    /// A parameter, `DEFAULT`, or whatever else names nothing.
    Other,
    /// Something that the front end cannot look into: nothing follows from what is not seen in it.
    Opaque,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Boolean(bool),
    /// A number, as written.
    Number(Box<str>),
    /// A text, without quotes and escapes.
    Text(Box<str>),
    /// Bits or bytes, as written.
    Bytes(Box<str>),
}

/// A query: what stands before it, its body, and its order.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Where it stands.
    pub at: Extent,
    /// Whether a table expression sees itself.
    pub is_recursive: bool,
    /// The table expressions before it: name, column names, and what each is.
    pub with: Vec<(Ident, Vec<Ident>, Statement)>,
    /// What it is.
    pub body: QueryBody,
    /// By what it is ordered; names may be those of its outputs.
    pub order_by: Vec<OrderBy>,
    /// Limits, offsets and the like.
    pub rest: Vec<Expr>,
}

/// A key of an order.
pub type OrderBy = Expr;

/// The body of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum QueryBody {
    /// `SELECT`
    Select(Box<Select>),
    /// `UNION`, `INTERSECT`, `EXCEPT`: named and typed by the first.
    Compound(Vec<Query>),
    /// `VALUES`
    Values(Vec<Vec<Expr>>),
    /// `TABLE t`
    Table(Path),
    /// Something that the front end cannot look into.
    Opaque,
}

/// `SELECT`
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// What it gives.
    pub outputs: Vec<Output>,
    /// Where it takes it from: the items of the list with the joins below each.
    pub from: Vec<FromItem>,
    /// All other expressions: conditions, groups, windows. Groups may name outputs.
    pub rest: Vec<Expr>,
    /// `INTO t` of PostgreSQL, which makes a table.
    pub into: Option<Path>,
}

/// One column that a query gives, or several for a star.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// What it is.
    pub expr: Expr,
    /// The name that the query gives it. PostgreSQL's front end also knows the names that are not written (`count`,
    /// `?column?`); the others give only those that are.
    pub alias: Option<Ident>,
}

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub enum FromItem {
    /// A table, a view or a table expression.
    Table {
        /// Its name.
        path: Path,
        /// The name it has in the query.
        alias: Option<Ident>,
        /// The names of its columns in the query.
        columns: Vec<Ident>,
    },
    /// A query.
    Query {
        /// What it is.
        query: Box<Query>,
        /// The name it has in the query.
        alias: Option<Ident>,
        /// The names of its columns in the query.
        columns: Vec<Ident>,
    },
    /// A function that gives rows. Without `columns` nobody knows what they are, and there may be more than these.
    Function {
        /// The calls.
        calls: Vec<Expr>,
        /// The name it has in the query.
        alias: Option<Ident>,
        /// The names of its columns in the query.
        columns: Vec<Ident>,
    },
    /// Two of them.
    Join(Box<Join>),
    /// Something that the front end cannot look into: any name may come from it.
    Opaque,
}

/// A join.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// The left side.
    pub left: FromItem,
    /// The right side.
    pub right: FromItem,
    /// `ON`
    pub on: Option<Expr>,
    /// `USING`, which makes one column of two.
    pub using: Vec<Ident>,
    /// `NATURAL`
    pub is_natural: bool,
    /// Whether the left side may be missing, so that its columns are NULL.
    pub left_is_optional: bool,
    /// Whether the right side may be missing.
    pub right_is_optional: bool,
    /// The name that the join as a whole has.
    pub alias: Option<Ident>,
}
