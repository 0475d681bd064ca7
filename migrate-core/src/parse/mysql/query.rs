//! Queries.

use super::cursor::{Cursor, NotUnderstood, Read};
use crate::ddl::{Expr, Extent, FromItem, Ident, Join, Output, Query, QueryBody, Select, Statement};
use crate::sql::TokenKind;

/// What stands before a statement: name, columns, and what each is.
pub(super) type With = Vec<(Ident, Vec<Ident>, Statement)>;

impl Cursor<'_> {
    /// A query, with all that may stand before and behind it.
    pub(super) fn query(&mut self) -> Read<Query> {
        self.nested(|cursor| {
            let start = cursor.start();
            let (is_recursive, with) = cursor.with()?;
            let mut query = cursor.compound()?;
            query.is_recursive |= is_recursive;
            query.with.splice(0..0, with);
            query.at = cursor.since(start);
            Ok(query)
        })
    }

    /// `WITH`, if it stands there
    pub(super) fn with(&mut self) -> Read<(bool, With)> {
        if !self.eat("WITH") {
            return Ok((false, Vec::new()));
        }
        let is_recursive = self.eat("RECURSIVE");
        let with = self.commas(|cursor| {
            let name = cursor.name()?;
            let columns = if cursor.is_mark("(") { cursor.names()? } else { Vec::new() };
            cursor.expect("AS")?;
            cursor.expect_mark("(")?;
            let query = cursor.query()?;
            cursor.expect_mark(")")?;
            if cursor.eat("CYCLE") {
                cursor.commas(Self::name)?;
                cursor.expect("RESTRICT")?;
            }
            Ok((name, columns, Statement::Query(query)))
        })?;
        Ok((is_recursive, with))
    }

    fn compound(&mut self) -> Read<Query> {
        let start = self.start();
        let mut parts = vec![self.term()?];
        while self.eat_any(&["UNION", "EXCEPT", "INTERSECT", "MINUS"]) {
            self.eat_any(&["ALL", "DISTINCT"]);
            parts.push(self.term()?);
        }
        let mut query = if parts.len() == 1 {
            parts.remove(0)
        } else {
            plain(self.since(start), QueryBody::Compound(parts))
        };
        if self.eat("ORDER BY") {
            query.order_by = self.order_list()?;
        }
        query.rest.extend(self.limit()?);
        self.pass_into()?;
        loop {
            if self.eat_any(&["FOR UPDATE", "FOR SHARE"]) {
                if self.eat("OF") {
                    self.commas(Self::path)?;
                }
            } else if self.eat("WAIT") {
                self.number()?;
            } else if !self.eat_any(&["LOCK IN SHARE MODE", "NOWAIT", "SKIP LOCKED"]) {
                break;
            }
        }
        self.pass_into()?;
        query.at = self.since(start);
        Ok(query)
    }

    /// `LIMIT`, `OFFSET … FETCH …`
    pub(super) fn limit(&mut self) -> Read<Vec<Expr>> {
        let mut exprs = Vec::new();
        if self.eat("LIMIT") {
            exprs.push(self.primary()?);
            if self.eat_mark(",") || self.eat("OFFSET") {
                exprs.push(self.primary()?);
            }
            self.eat("ROWS EXAMINED");
        } else if self.is("OFFSET") || self.are("FETCH FIRST") || self.are("FETCH NEXT") {
            return Err(NotUnderstood);
        }
        Ok(exprs)
    }

    /// `INTO @a, @b`, `INTO OUTFILE …`
    fn pass_into(&mut self) -> Read<()> {
        if !self.eat("INTO") {
            return Ok(());
        }
        if self.is_any(&["OUTFILE", "DUMPFILE"]) {
            return Err(NotUnderstood);
        }
        self.commas(|cursor| {
            if cursor.is_mark("@") { cursor.primary().map(|_| ()) } else { cursor.name().map(|_| ()) }
        })?;
        Ok(())
    }

    fn term(&mut self) -> Read<Query> {
        let start = self.start();
        let body = if self.is_mark("(") {
            self.next()?;
            let query = self.query()?;
            self.expect_mark(")")?;
            return Ok(query);
        } else if self.is("SELECT") {
            self.select()?
        } else if self.eat("VALUES") {
            QueryBody::Values(self.commas(|cursor| {
                cursor.eat("ROW");
                cursor.exprs()
            })?)
        } else if self.eat("TABLE") {
            QueryBody::Table(self.path()?)
        } else {
            return Err(NotUnderstood);
        };
        Ok(plain(self.since(start), body))
    }

    fn select(&mut self) -> Read<QueryBody> {
        self.expect("SELECT")?;
        while self.eat_any(&[
            "ALL",
            "DISTINCT",
            "DISTINCTROW",
            "HIGH_PRIORITY",
            "STRAIGHT_JOIN",
            "SQL_SMALL_RESULT",
            "SQL_BIG_RESULT",
            "SQL_BUFFER_RESULT",
            "SQL_CACHE",
            "SQL_NO_CACHE",
            "SQL_CALC_FOUND_ROWS",
        ]) {}
        let outputs = self.outputs()?;
        self.pass_into()?;
        let from = if self.eat("FROM") { self.tables()? } else { Vec::new() };
        let mut rest = Vec::new();
        if self.eat("WHERE") {
            rest.push(self.expr()?);
        }
        if self.eat("GROUP BY") {
            rest.extend(self.order_list()?);
            self.eat("WITH ROLLUP");
        }
        if self.eat("HAVING") {
            rest.push(self.expr()?);
        }
        if self.eat("WINDOW") {
            for window in self.commas(|cursor| {
                cursor.name()?;
                cursor.expect("AS")?;
                cursor.window()
            })? {
                rest.extend(window);
            }
        }
        Ok(QueryBody::Select(Box::new(Select { outputs, from, rest, into: None })))
    }

    /// What a query or `RETURNING` gives
    pub(super) fn outputs(&mut self) -> Read<Vec<Output>> {
        self.commas(|cursor| {
            let start = cursor.start();
            if cursor.eat_mark("*") {
                let kind = crate::ddl::ExprKind::Star(Vec::new());
                return Ok(Output { expr: Expr { at: cursor.since(start), kind }, alias: None });
            }
            Ok(Output { expr: cursor.expr()?, alias: cursor.alias(true)? })
        })
    }

    /// A name behind a thing; those of outputs may be strings.
    pub(super) fn alias(&mut self, may_be_text: bool) -> Read<Option<Ident>> {
        let is_said = self.eat("AS");
        let start = self.start();
        if may_be_text && self.kind() == Some(TokenKind::String) {
            let text = self.string()?;
            return Ok(Some(Ident::new(text, self.since(start))));
        }
        // Words that go on with a table or a query, though they could be names.
        let goes_on =
            ["OFFSET", "FETCH", "WINDOW", "RETURNING", "MINUS", "LATERAL", "FULL", "WAIT", "NOWAIT", "SKIP"];
        if is_said || self.is_name_at(0) && !self.is_any(&goes_on) {
            return Ok(Some(self.name()?));
        }
        Ok(None)
    }

    /// Items with commas between them
    pub(super) fn tables(&mut self) -> Read<Vec<FromItem>> {
        if self.eat("DUAL") {
            return Ok(Vec::new());
        }
        self.commas(Self::joined)
    }

    /// An item with what is joined to it
    fn joined(&mut self) -> Read<FromItem> {
        let mut left = self.item()?;
        let mut joins = 0;
        loop {
            let is_natural = self.eat("NATURAL");
            let left_is_optional = self.is("RIGHT");
            let right_is_optional = self.is("LEFT");
            if left_is_optional || right_is_optional {
                self.next()?;
                self.eat("OUTER");
                self.expect("JOIN")?;
            } else if self.eat("STRAIGHT_JOIN") {
            } else if self.eat_any(&["INNER", "CROSS"]) || is_natural {
                self.expect("JOIN")?;
            } else if !self.eat("JOIN") {
                return Ok(left);
            }
            joins += 1;
            self.may_grow(joins)?;
            let right = self.item()?;
            let on = if self.eat("ON") { Some(self.expr()?) } else { None };
            let using = if self.eat("USING") { self.names()? } else { Vec::new() };
            left = FromItem::Join(Box::new(Join {
                left,
                right,
                on,
                using,
                is_natural,
                left_is_optional,
                right_is_optional,
                alias: None,
            }));
        }
    }

    fn item(&mut self) -> Read<FromItem> {
        self.nested(|cursor| {
            let is_lateral = cursor.is("LATERAL") && cursor.is_mark_at(1, "(");
            if is_lateral {
                cursor.next()?;
            }
            if cursor.is_query_in_parentheses() {
                let place = cursor.place();
                // `((SELECT 1) AS a JOIN b)` is a join in parentheses.
                match cursor.derived() {
                    Ok(item) => return Ok(item),
                    Err(error) if is_lateral => return Err(error),
                    Err(_) => cursor.try_again(place)?,
                }
            }
            if cursor.eat_mark("(") {
                let items = cursor.commas(Self::joined)?;
                cursor.expect_mark(")")?;
                cursor.may_grow(items.len())?;
                return Ok(as_one(items));
            }
            let path = cursor.path()?;
            if cursor.is_mark("(") {
                return Err(NotUnderstood);
            }
            if cursor.eat("PARTITION") {
                cursor.names()?;
            }
            if cursor.are("FOR SYSTEM_TIME") {
                return Err(NotUnderstood);
            }
            let alias = cursor.alias(false)?;
            while cursor.eat_any(&["USE", "IGNORE", "FORCE"]) {
                cursor.next()?;
                if cursor.eat("FOR") {
                    cursor.eat_any(&["JOIN", "ORDER BY", "GROUP BY"]);
                }
                cursor.skip_parentheses()?;
                cursor.eat_mark(",");
            }
            Ok(FromItem::Table { path, alias, columns: Vec::new() })
        })
    }

    /// A query in parentheses with its name
    fn derived(&mut self) -> Read<FromItem> {
        self.expect_mark("(")?;
        let query = Box::new(self.query()?);
        self.expect_mark(")")?;
        let alias = self.alias(false)?;
        let columns = if alias.is_some() && self.is_mark("(") { self.names()? } else { Vec::new() };
        Ok(FromItem::Query { query, alias, columns })
    }
}

/// Items as one that has the columns of all.
pub(super) fn as_one(items: Vec<FromItem>) -> FromItem {
    let join = |left, right| {
        FromItem::Join(Box::new(Join {
            left,
            right,
            on: None,
            using: Vec::new(),
            is_natural: false,
            left_is_optional: false,
            right_is_optional: false,
            alias: None,
        }))
    };
    items.into_iter().reduce(join).unwrap_or(FromItem::Opaque)
}

/// A query that is nothing but its body.
pub(super) fn plain(at: Extent, body: QueryBody) -> Query {
    Query { at, is_recursive: false, with: Vec::new(), body, order_by: Vec::new(), rest: Vec::new() }
}
