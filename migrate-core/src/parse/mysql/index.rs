//! Indexes and constraints of tables.

use super::cursor::{Cursor, NotUnderstood, Read};
use crate::ddl::{
    ConstraintKind, CreateIndex, Deferrable, Expr, ExprKind, Ident, IndexKind, IndexPart, Statement,
    TableConstraint,
};

impl Cursor<'_> {
    /// Whether a constraint or an index of a table stands there, and not a column.
    pub(super) fn is_constraint(&self) -> bool {
        let is_index =
            self.is_any(&["INDEX", "KEY", "FULLTEXT", "SPATIAL", "UNIQUE", "CONSTRAINT", "FOREIGN", "CHECK"]);
        is_index || self.are("PRIMARY KEY")
    }

    /// A constraint or an index of a table; whether it may be there already.
    pub(super) fn constraint(&mut self) -> Read<(TableConstraint, bool)> {
        let start = self.start();
        let (mut name, mut if_not_exists, mut not_valid) = (None, false, false);
        if self.eat("CONSTRAINT") {
            if_not_exists = self.eat("IF NOT EXISTS");
            let is_named = !self.is_any(&["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]);
            name = if is_named { Some(self.name()?) } else { None };
        }
        let kind = if self.eat("PRIMARY KEY") {
            // A name is allowed and means nothing.
            name = None;
            self.index_name()?;
            self.index_type()?;
            ConstraintKind::PrimaryKey(self.index_parts()?)
        } else if self.eat("UNIQUE") {
            self.eat_any(&["INDEX", "KEY"]);
            if_not_exists |= self.eat("IF NOT EXISTS");
            name = self.index_name()?.or(name);
            self.index_type()?;
            ConstraintKind::Unique {
                parts: self.index_parts()?,
                nulls_not_distinct: false,
                include: Vec::new(),
            }
        } else if self.eat("FOREIGN KEY") {
            if_not_exists |= self.eat("IF NOT EXISTS");
            name = name.or(self.index_name()?);
            // Lengths and directions are allowed and mean nothing.
            let parts = self.index_parts()?.into_iter();
            let columns = parts
                .map(|part| match part.expr.kind {
                    ExprKind::Column(mut names) => names.pop().ok_or(NotUnderstood),
                    _ => Err(NotUnderstood),
                })
                .collect::<Read<_>>()?;
            let references = self.references()?;
            ConstraintKind::ForeignKey { columns, references }
        } else if self.eat("CHECK") {
            let expr = self.in_parentheses()?;
            not_valid = self.enforcement();
            ConstraintKind::Check { expr, no_inherit: false }
        } else if name.is_none() {
            let kind = self.index_kind();
            if !self.eat_any(&["INDEX", "KEY"]) && kind == IndexKind::Plain {
                return Err(NotUnderstood);
            }
            if_not_exists |= self.eat("IF NOT EXISTS");
            name = self.index_name()?;
            self.index_type()?;
            ConstraintKind::Index { kind, parts: self.index_parts()? }
        } else {
            return Err(NotUnderstood);
        };
        let comment = self.index_options()?;
        let constraint = TableConstraint {
            comment,
            name,
            kind,
            deferrable: Deferrable::default(),
            not_valid,
            on_conflict: None,
            at: self.since(start),
        };
        Ok((constraint, if_not_exists))
    }

    fn index_kind(&mut self) -> IndexKind {
        if self.eat("FULLTEXT") {
            IndexKind::Fulltext
        } else if self.eat("SPATIAL") {
            IndexKind::Spatial
        } else {
            IndexKind::Plain
        }
    }

    fn index_name(&mut self) -> Read<Option<Ident>> {
        if self.is_name_at(0) && !self.is_index_type() { self.name().map(Some) } else { Ok(None) }
    }

    /// Whether `USING BTREE` or the like stands there
    fn is_index_type(&self) -> bool {
        self.is_any(&["USING", "TYPE"]) && ["BTREE", "HASH", "RTREE"].iter().any(|word| self.is_at(1, word))
    }

    fn index_type(&mut self) -> Read<()> {
        if self.is_index_type() {
            self.next()?;
            self.next()?;
        }
        Ok(())
    }

    fn index_parts(&mut self) -> Read<Vec<IndexPart>> {
        self.list(|cursor| {
            let start = cursor.start();
            let mut length = None;
            let expr = if cursor.is_mark("(") {
                let expr = cursor.in_parentheses()?;
                Expr { at: cursor.since(start), ..expr }
            } else {
                let name = cursor.name()?;
                if cursor.eat_mark("(") {
                    length = Some(cursor.number()?);
                    cursor.expect_mark(")")?;
                }
                Expr { at: name.at, kind: ExprKind::Column(vec![name]) }
            };
            let descending = cursor.eat("DESC");
            cursor.eat("ASC");
            Ok(IndexPart { expr, descending, nulls_first: None, opclass: None, collation: None, length })
        })
    }

    /// What stands behind an index; its comment, if it has one that says something.
    fn index_options(&mut self) -> Read<Option<Box<str>>> {
        let mut comment = None;
        loop {
            if self.eat("KEY_BLOCK_SIZE") {
                self.eat_mark("=");
                self.number()?;
            } else if self.eat("COMMENT") {
                comment = Some(self.string()?).filter(|text| !text.is_empty());
            } else if self.eat("WITH PARSER") {
                self.name()?;
            } else if self.is_index_type() {
                self.index_type()?;
            } else if !self.eat_any(&["VISIBLE", "INVISIBLE", "NOT IGNORED", "IGNORED"]) {
                return Ok(comment);
            }
        }
    }

    /// `CREATE INDEX`, from `UNIQUE`, `FULLTEXT`, `SPATIAL` or `INDEX` on
    pub(super) fn create_index(&mut self, or_replace: bool) -> Read<Statement> {
        let is_unique = self.eat("UNIQUE");
        let method = match self.index_kind() {
            IndexKind::Plain => None,
            IndexKind::Fulltext => Some("fulltext".into()),
            IndexKind::Spatial => Some("spatial".into()),
        };
        self.expect("INDEX")?;
        let if_not_exists = self.eat("IF NOT EXISTS");
        let name = crate::ddl::Path::plain(self.name()?);
        self.index_type()?;
        self.expect("ON")?;
        let table = self.path()?;
        let parts = self.index_parts()?;
        let comment = self.index_options()?;
        self.online_options()?;
        Ok(Statement::CreateIndex(CreateIndex {
            name: Some(name),
            is_unique,
            method,
            concurrently: false,
            if_not_exists,
            or_replace,
            table,
            only: false,
            parts,
            include: Vec::new(),
            predicate: None,
            nulls_not_distinct: false,
            options: comment.into_iter().map(|text| ("comment".into(), text)).collect(),
        }))
    }

    /// `ALGORITHM = …`, `LOCK = …`, `WAIT n`: how the server goes about it
    pub(super) fn online_options(&mut self) -> Read<()> {
        loop {
            if self.eat_any(&["ALGORITHM", "LOCK"]) {
                self.eat_mark("=");
                self.next()?;
            } else if self.eat("WAIT") {
                self.number()?;
            } else if !self.eat("NOWAIT") {
                return Ok(());
            }
        }
    }
}
