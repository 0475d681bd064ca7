//! A connection, reduced to what running revisions needs.
//!
//! All of this crate speaks to the database through [`Session`], which is object safe: the generic part ends here, so
//! the rest is compiled once. SQL carries its values as literals (`Dialect::quote_literal`) and answers come back as
//! text, so every query casts what is not text.

use diesel::backend::Backend;
use diesel::connection::{Connection, LoadConnection, TransactionManager};
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId, SqlQuery};
use diesel::query_dsl::methods::{ExecuteDsl, LoadQuery};
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::{Text, Untyped};
use diesel::{QueryResult, RunQueryDsl};
use migrate_core::dialect::Dialect;

use crate::backend::MigrateBackend;

/// A connection without its type. Implemented for every [`MigrateConnection`](crate::MigrateConnection), and only for
/// those; not part of the public API.
#[doc(hidden)]
pub trait Session {
    /// How the database spells SQL.
    fn dialect(&self) -> Dialect;

    /// Runs statements and throws away what they return, in one message where the driver can.
    fn batch(&mut self, sql: &str) -> QueryResult<()>;

    /// Runs one statement and counts the rows that it changed.
    fn execute(&mut self, sql: &str) -> QueryResult<usize>;

    /// Runs one query and returns its rows; every column must be text.
    fn query(&mut self, sql: &str) -> QueryResult<Vec<TextRow>>;

    /// As [`query`](Self::query), with a statement that the connection keeps prepared: for what is asked again and again.
    fn query_prepared(&mut self, sql: &str) -> QueryResult<Vec<TextRow>>;

    /// How many diesel transactions are open on the connection.
    fn transaction_depth(&mut self) -> QueryResult<u32>;
}

/// One row of an answer, column by column, `None` for NULL.
#[doc(hidden)]
#[derive(Debug)]
pub struct TextRow(pub Vec<Option<String>>);

impl TextRow {
    /// Takes a column out of the row; NULL and a column that is not there give `None`.
    pub(crate) fn take(&mut self, column: usize) -> Option<String> {
        self.0.get_mut(column).and_then(Option::take)
    }

    /// Whether the column holds `1` or `t`, the way the three databases print a truth as text.
    pub(crate) fn is_true(&self, column: usize) -> bool {
        matches!(self.0.get(column), Some(Some(text)) if matches!(text.as_str(), "1" | "t" | "true"))
    }
}

impl<DB> QueryableByName<DB> for TextRow
where
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn build<'a>(row: &impl NamedRow<'a, DB>) -> deserialize::Result<Self> {
        let column = |index: usize| match Row::get(row, index).as_ref().and_then(|field| field.value()) {
            None => Ok(None),
            Some(value) => String::from_sql(value).map(Some),
        };
        (0..row.field_count()).map(column).collect::<deserialize::Result<_>>().map(Self)
    }
}

/// SQL that diesel may keep prepared, which it does not do with `sql_query`.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Prepared(String);

impl Query for Prepared {
    type SqlType = Untyped;
}

impl QueryId for Prepared {
    type QueryId = ();

    // The text is the key.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for Prepared {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql(&self.0);
        Ok(())
    }
}

impl<C> RunQueryDsl<C> for Prepared {}

impl<C> Session for C
where
    C: Connection + LoadConnection,
    C::Backend: MigrateBackend,
    for<'q> SqlQuery: LoadQuery<'q, C, TextRow> + ExecuteDsl<C, C::Backend>,
    for<'q> Prepared: LoadQuery<'q, C, TextRow>,
{
    fn dialect(&self) -> Dialect {
        C::Backend::DIALECT
    }

    fn batch(&mut self, sql: &str) -> QueryResult<()> {
        self.batch_execute(sql)
    }

    fn execute(&mut self, sql: &str) -> QueryResult<usize> {
        diesel::sql_query(sql).execute(self)
    }

    fn query(&mut self, sql: &str) -> QueryResult<Vec<TextRow>> {
        diesel::sql_query(sql).load(self)
    }

    fn query_prepared(&mut self, sql: &str) -> QueryResult<Vec<TextRow>> {
        Prepared(sql.to_owned()).load(self)
    }

    fn transaction_depth(&mut self) -> QueryResult<u32> {
        let status = C::TransactionManager::transaction_manager_status_mut(self);
        Ok(status.transaction_depth()?.map_or(0, Into::into))
    }
}
