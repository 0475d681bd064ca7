//! Changes of rows.

use super::cursor::{Cursor, NotUnderstood, Read};
use super::query::{With, as_one, plain};
use crate::ddl::{Assignment, ConflictTarget, Delete, Insert, QueryBody, Statement, Update};

impl Cursor<'_> {
    /// `INSERT`, `REPLACE`
    pub(super) fn insert(&mut self, with: With) -> Read<Statement> {
        self.next()?;
        while self.eat_any(&["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE"]) {}
        self.eat("INTO");
        let table = self.path()?;
        if self.eat("PARTITION") {
            self.names()?;
        }
        let mut insert = Insert {
            table,
            alias: None,
            columns: Vec::new(),
            source: None,
            conflict: None,
            set: Vec::new(),
            rest: Vec::new(),
            returning: Vec::new(),
            with,
        };
        if self.is_mark("(") && !self.is_query_in_parentheses() {
            let is_empty = self.is_mark_at(1, ")");
            let columns = if is_empty {
                self.skip_parentheses().map(|()| Vec::new())
            } else {
                self.list(Self::column_path)
            };
            insert.columns = columns?.into_iter().filter_map(|mut names| names.pop()).collect();
        }
        let start = self.start();
        let source = if self.eat_any(&["VALUES", "VALUE"]) {
            let rows = self.commas(|cursor| {
                cursor.eat("ROW");
                cursor.exprs()
            })?;
            plain(self.since(start), QueryBody::Values(rows))
        } else if self.eat("SET") {
            let (columns, row) = self.commas(Self::assignment)?.into_iter().fold(
                (Vec::new(), Vec::new()),
                |(mut columns, mut row), mut assignment| {
                    columns.extend(assignment.columns.pop().and_then(|mut names| names.pop()));
                    row.push(assignment.value);
                    (columns, row)
                },
            );
            insert.columns = columns;
            plain(self.since(start), QueryBody::Values(vec![row]))
        } else {
            self.query()?
        };
        insert.source = Some(Box::new(source));
        // The name of the new row, with names for its columns.
        if self.eat("AS") {
            insert.alias = Some(self.name()?);
            if self.is_mark("(") {
                return Err(NotUnderstood);
            }
        }
        if self.eat("ON DUPLICATE KEY UPDATE") {
            insert.conflict = Some(ConflictTarget::Any);
            insert.set = self.commas(Self::assignment)?;
        }
        if self.eat("RETURNING") {
            insert.returning = self.outputs()?;
        }
        Ok(Statement::Insert(insert))
    }
    /// `UPDATE`
    pub(super) fn update(&mut self, with: With) -> Read<Statement> {
        self.expect("UPDATE")?;
        while self.eat_any(&["LOW_PRIORITY", "IGNORE"]) {}
        let items = self.tables()?;
        self.may_grow(items.len())?;
        let table = as_one(items);
        self.expect("SET")?;
        let set = self.commas(Self::assignment)?;
        let rest = self.conditions()?;
        Ok(Statement::Update(Update { table, set, from: Vec::new(), rest, returning: Vec::new(), with }))
    }
    /// `DELETE`
    pub(super) fn delete(&mut self, with: With) -> Read<Statement> {
        self.expect("DELETE")?;
        while self.eat_any(&["LOW_PRIORITY", "QUICK", "IGNORE", "HISTORY"]) {}
        let place = self.place();
        if self.eat("FROM") {
            let items = self.tables()?;
            // `DELETE FROM a, b USING a JOIN b`
            let items = if self.eat("USING") { self.tables()? } else { items };
            return self.delete_from(items, with);
        }
        self.go_back(place);
        // `DELETE a, b.* FROM a JOIN b`
        self.commas(|cursor| {
            let path = cursor.path()?;
            if cursor.eat_mark(".") {
                cursor.expect_mark("*")?;
            }
            Ok(path)
        })?;
        self.expect("FROM")?;
        let items = self.tables()?;
        self.delete_from(items, with)
    }
    fn delete_from(&mut self, items: Vec<crate::ddl::FromItem>, with: With) -> Read<Statement> {
        self.may_grow(items.len())?;
        let table = as_one(items);
        let rest = self.conditions()?;
        let returning = if self.eat("RETURNING") { self.outputs()? } else { Vec::new() };
        Ok(Statement::Delete(Delete { table, using: Vec::new(), rest, returning, with }))
    }
    fn conditions(&mut self) -> Read<Vec<crate::ddl::Expr>> {
        let mut rest = Vec::new();
        if self.eat("WHERE") {
            rest.push(self.expr()?);
        }
        if self.eat("ORDER BY") {
            rest.extend(self.order_list()?);
        }
        rest.extend(self.limit()?);
        Ok(rest)
    }
    fn assignment(&mut self) -> Read<Assignment> {
        let column = self.column_path()?;
        if !self.eat_mark("=") {
            self.expect_mark(":=")?;
        }
        Ok(Assignment { columns: vec![column], value: self.expr()? })
    }
}
