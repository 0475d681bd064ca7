//! Changes of rows.

use super::query::With;
use super::reader::{Read, Reader, wrong};
use super::tree::Node;
use crate::ddl::{Assignment, ConflictTarget, Delete, Expr, FromItem, Insert, Output, Statement, Update};

/// The parts of an `INSERT`, as they stand in a statement or in a trigger.
pub(super) struct InsertParts<'t, 'a> {
    pub(super) table: Node<'t, 'a>,
    pub(super) columns: Node<'t, 'a>,
    /// Without it, `DEFAULT VALUES`.
    pub(super) query: Option<Node<'t, 'a>>,
    /// `upsert`, `returning`
    pub(super) rest: Node<'t, 'a>,
}

/// The parts of an `UPDATE`.
pub(super) struct UpdateParts<'t, 'a> {
    pub(super) table: Node<'t, 'a>,
    pub(super) set: Node<'t, 'a>,
    pub(super) from: Node<'t, 'a>,
    /// `where_opt`, `where_opt_ret`
    pub(super) rest: Node<'t, 'a>,
}

impl Reader<'_> {
    pub(super) fn insert(&mut self, with: With, parts: InsertParts<'_, '_>) -> Read<Statement> {
        let (table, alias) = self.full_name(parts.table);
        let mut insert = Insert {
            table,
            alias,
            columns: self.names_in_parentheses(parts.columns),
            source: None,
            conflict: None,
            set: Vec::new(),
            rest: Vec::new(),
            returning: Vec::new(),
            with,
        };
        if let Some(query) = parts.query {
            insert.source = Some(Box::new(self.query(query)?));
        }
        self.upsert(&mut insert, parts.rest)?;
        Ok(Statement::Insert(insert))
    }

    /// `upsert`: several of them may follow each other. Each has a target, and the changes of all are those of the statement.
    fn upsert(&mut self, insert: &mut Insert, first: Node<'_, '_>) -> Read<()> {
        let mut next = Some(first);
        while let Some(node) = next.take() {
            let part = |nth| node.part(nth);
            match node.rule() {
                "upsert ::= ON CONFLICT LP sortlist RP where_opt DO UPDATE SET setlist where_opt upsert" => {
                    self.conflict_parts(insert, part(3), part(5))?;
                    insert.set.extend(self.assignments(part(9))?);
                    insert.rest.extend(self.conditions(part(10))?);
                    next = Some(part(11));
                }
                "upsert ::= ON CONFLICT LP sortlist RP where_opt DO NOTHING upsert" => {
                    self.conflict_parts(insert, part(3), part(5))?;
                    next = Some(part(8));
                }
                "upsert ::= ON CONFLICT DO NOTHING returning" => {
                    insert.conflict.get_or_insert(ConflictTarget::Any);
                    next = Some(part(4));
                }
                "upsert ::= ON CONFLICT DO UPDATE SET setlist where_opt returning" => {
                    insert.conflict.get_or_insert(ConflictTarget::Any);
                    insert.set.extend(self.assignments(part(5))?);
                    insert.rest.extend(self.conditions(part(6))?);
                    next = Some(part(7));
                }
                "upsert ::= RETURNING selcollist" | "returning ::= RETURNING selcollist" => {
                    insert.returning = self.outputs(part(1))?;
                }
                // "upsert ::=", "returning ::="
                _ => {}
            }
        }
        Ok(())
    }

    /// The target of the first `ON CONFLICT` is the statement's; those of others are looked up all the same.
    fn conflict_parts(
        &mut self,
        insert: &mut Insert,
        keys: Node<'_, '_>,
        condition: Node<'_, '_>,
    ) -> Read<()> {
        let keys = self.keys(keys)?;
        match insert.conflict {
            None => insert.conflict = Some(ConflictTarget::Parts(keys)),
            Some(_) => insert.rest.extend(keys.into_iter().map(|key| key.expr)),
        }
        insert.rest.extend(self.conditions(condition)?);
        Ok(())
    }

    pub(super) fn update(&mut self, with: With, parts: UpdateParts<'_, '_>) -> Read<Statement> {
        let (path, alias) = self.full_name(parts.table);
        let table = FromItem::Table { path, alias, columns: Vec::new() };
        let set = self.assignments(parts.set)?;
        let from = self.from(parts.from)?;
        let (rest, returning) = self.conditions_and_returning(parts.rest)?;
        Ok(Statement::Update(Update { table, set, from, rest, returning, with }))
    }

    pub(super) fn delete(&mut self, with: With, table: Node<'_, '_>, rest: Node<'_, '_>) -> Read<Statement> {
        let (path, alias) = self.full_name(table);
        let table = FromItem::Table { path, alias, columns: Vec::new() };
        let (rest, returning) = self.conditions_and_returning(rest)?;
        Ok(Statement::Delete(Delete { table, using: Vec::new(), rest, returning, with }))
    }

    /// `where_opt_ret`
    fn conditions_and_returning(&mut self, node: Node<'_, '_>) -> Read<(Vec<Expr>, Vec<Output>)> {
        Ok(match node.rule() {
            "where_opt_ret ::= WHERE expr" => (vec![self.expr(node.part(1))?], Vec::new()),
            "where_opt_ret ::= RETURNING selcollist" => (Vec::new(), self.outputs(node.part(1))?),
            "where_opt_ret ::= WHERE expr RETURNING selcollist" => {
                (vec![self.expr(node.part(1))?], self.outputs(node.part(3))?)
            }
            // "where_opt_ret ::="
            _ => (self.conditions(node)?, Vec::new()),
        })
    }

    /// `setlist`
    fn assignments(&mut self, node: Node<'_, '_>) -> Read<Vec<Assignment>> {
        let mut assignments = Vec::new();
        for item in node.items("setlist") {
            let columns = match item.last(2) {
                // "setlist ::= setlist COMMA LP idlist RP EQ expr", "setlist ::= LP idlist RP EQ expr"
                close if close.rule().is_empty() => self.names(item.last(3)),
                // "setlist ::= setlist COMMA nm EQ expr", "setlist ::= nm EQ expr"
                name => vec![self.name(name)],
            };
            let columns = columns.into_iter().map(|column| vec![column]).collect();
            assignments.push(Assignment { columns, value: self.expr(item.last(0))? });
        }
        Ok(assignments)
    }

    /// `trigger_cmd`
    pub(super) fn trigger_command(&mut self, node: Node<'_, '_>) -> Read<Statement> {
        let part = |nth| node.part(nth);
        match node.rule() {
            "trigger_cmd ::= UPDATE orconf xfullname tridxby SET setlist from where_opt scanpt" => {
                no_index(part(3))?;
                self.update(
                    Vec::new(),
                    UpdateParts { table: part(2), set: part(5), from: part(6), rest: part(7) },
                )
            }
            "trigger_cmd ::= scanpt insert_cmd INTO xfullname idlist_opt select upsert scanpt" => {
                let parts =
                    InsertParts { table: part(3), columns: part(4), query: Some(part(5)), rest: part(6) };
                self.insert(Vec::new(), parts)
            }
            "trigger_cmd ::= DELETE FROM xfullname tridxby where_opt scanpt" => {
                no_index(part(3))?;
                self.delete(Vec::new(), part(2), part(4))
            }
            // "trigger_cmd ::= scanpt select scanpt"
            _ => Ok(Statement::Query(self.query(part(1))?)),
        }
    }
}

/// `tridxby`
fn no_index(node: Node<'_, '_>) -> Read<()> {
    match node.rule() {
        "tridxby ::= INDEXED BY nm" | "tridxby ::= NOT INDEXED" => {
            wrong(format!("`{}` is not allowed in a trigger", node.text()), node.at())
        }
        // "tridxby ::="
        _ => Ok(()),
    }
}
