//! `RENAME COLUMN`, through everything that names the column.

use std::sync::Arc;

use super::run::Run;
use crate::ddl::Ident;
use crate::dialect::Dialect;
use crate::render::written_name;
use crate::schema::{ConstraintBody, ObjectBody, ObjectId, Sequence, Space, SqlText};
use crate::sql::{Token, TokenKind, tokens};

impl Run<'_> {
    pub(super) fn rename_column(&mut self, id: &ObjectId, old: &Ident, new: &Ident) {
        let Some(column) = self.column(id, old) else { return };
        if self.refuses_inherited(id, &column, old) {
            return;
        }
        let Some(table) = self.schema.table(id) else { return };
        let is_same = self.same_name(&old.text, &new.text);
        if !is_same && self.column_place(table, &new.text).is_some() && !self.is_uncertain(id) {
            let message = format!("table `{}` has a column `{}` already", self.shown(id), new.text);
            self.wrong("duplicate-column", new.at, message);
            return;
        }
        if !self.kept_texts_hold(id, new.at) {
            return;
        }
        let (old, new): (Arc<str>, Arc<str>) = (column.name.clone(), (&*new.text).into());
        let texts = self.renamed_texts(id, Some(&old), &new);
        let dialect = self.dialect;
        let tables: Vec<ObjectId> = self.children(id).into_iter().chain([id.clone()]).collect();
        for table in &tables {
            self.change_table(table, |table| rename_in_table(table, &old, &new, dialect));
            self.rename_in_keys(table, &old, &new);
            self.rename_in_needs(table, &old, &new);
        }
        self.put_texts(texts, id, id);
    }

    /// Foreign keys of other tables follow a column's new name.
    fn rename_in_keys(&mut self, id: &ObjectId, old: &Arc<str>, new: &Arc<str>) {
        let dialect = self.dialect;
        let others: Vec<ObjectId> =
            self.schema.dependents(id).map(|(other, _)| other.clone()).chain([id.clone()]).collect();
        for other in others {
            if self.schema.table(&other).is_none() {
                continue;
            }
            self.change_table(&other, |table| {
                for constraint in &mut table.constraints {
                    if let ConstraintBody::ForeignKey(key) = &mut constraint.body
                        && key.table.id(Space::Relation, dialect) == *id
                    {
                        replace(&mut key.referenced, old, new);
                    }
                }
            });
        }
    }

    /// What needs a column, or belongs to it, follows its new name.
    pub(super) fn rename_in_needs(&mut self, id: &ObjectId, old: &Arc<str>, new: &Arc<str>) {
        let others: Vec<ObjectId> = self.schema.dependents(id).map(|(other, _)| other.clone()).collect();
        for other in others {
            self.schema.change(&other, |object| {
                if let ObjectBody::Sequence(Sequence { owned_by: Some((_, column)), .. }) = &mut object.body
                    && column == old
                {
                    *column = new.clone();
                }
                let needs = std::mem::take(&mut object.needs).into_iter();
                object.needs = needs
                    .map(|mut need| {
                        if need.object == *id && need.part.as_ref() == Some(old) {
                            need.part = Some(new.clone());
                        }
                        need
                    })
                    .collect();
            });
        }
    }
}

/// Renames a column in all that belongs to its table.
fn rename_in_table(table: &mut crate::schema::Table, old: &Arc<str>, new: &Arc<str>, dialect: Dialect) {
    if dialect == Dialect::Postgres {
        table.triggers.iter_mut().for_each(|trigger| trigger.waits_for(old, new));
    }
    for column in &mut table.columns {
        if column.name == *old {
            column.name = new.clone();
        }
        if let Some(generated) = &mut column.generated {
            rename_in_text(&mut generated.expr, old, new, dialect);
        }
    }
    for constraint in &mut table.constraints {
        replace(constraint.column.as_mut_slice(), old, new);
        match &mut constraint.body {
            ConstraintBody::PrimaryKey(columns) | ConstraintBody::Unique { columns, .. } => {
                replace(columns, old, new)
            }
            ConstraintBody::ForeignKey(key) => {
                replace(&mut key.columns, old, new);
                replace(&mut key.on_delete_columns, old, new);
            }
            ConstraintBody::Check { expr, columns, .. } => {
                replace(columns, old, new);
                rename_in_text(expr, old, new, dialect);
            }
            ConstraintBody::NotNull(column) => {
                if column == old {
                    *column = new.clone();
                }
            }
            ConstraintBody::Exclude(text) => rename_in_text(text, old, new, dialect),
        }
    }
    for index in &mut table.indexes {
        replace(&mut index.columns, old, new);
        replace(&mut index.include, old, new);
        for part in &mut index.parts {
            if part.is_column && part.expr.written.eq_ignore_ascii_case(old) {
                part.expr = SqlText::name(new);
            } else if !part.is_column {
                rename_in_text(&mut part.expr, old, new, dialect);
            }
        }
        if let Some(predicate) = &mut index.predicate {
            rename_in_text(predicate, old, new, dialect);
        }
    }
}

fn replace(names: &mut [Arc<str>], old: &Arc<str>, new: &Arc<str>) {
    for name in names {
        if name.eq_ignore_ascii_case(old) {
            *name = new.clone();
        }
    }
}

/// Renames a word in a text: the database does it in the tree, and what it prints then has the new name.
fn rename_in_text(text: &mut SqlText, old: &str, new: &str, dialect: Dialect) {
    let swap = |text: &str, old: &str, new: &str| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut is_in_quotes = false;
        while let Some(at) = rest.find(old) {
            let before = rest[..at].chars().next_back().or(out.chars().next_back()).is_some_and(is_word);
            let after = rest[at + old.len()..].chars().next().is_some_and(is_word);
            out.push_str(&rest[..at]);
            is_in_quotes ^= rest[..at].matches('\'').count() % 2 == 1;
            out.push_str(if before || after || is_in_quotes { old } else { new });
            rest = &rest[at + old.len()..];
        }
        out.push_str(rest);
        Arc::from(out)
    };
    let written = rename_in_written(&text.written, old, new, dialect).into();
    let normal = match dialect {
        Dialect::Postgres => swap(&text.normal, old, new),
        Dialect::Sqlite | Dialect::Mysql => {
            swap(&text.normal, &old.to_ascii_lowercase(), &new.to_ascii_lowercase())
        }
    };
    *text = SqlText { written, normal };
}

/// The same where a text is to be SQL again: by its tokens, so that quotes come out right.
fn rename_in_written(text: &str, old: &str, new: &str, dialect: Dialect) -> String {
    let all: Vec<Token> = tokens(text, dialect).collect();
    let mut out = String::with_capacity(text.len());
    for (place, token) in all.iter().enumerate() {
        let own = token.text(text);
        let is_old = |name: &str| match dialect {
            Dialect::Postgres => name == old,
            Dialect::Sqlite | Dialect::Mysql => name.eq_ignore_ascii_case(old),
        };
        match token.kind {
            TokenKind::QuotedIdentifier if is_old(&unquoted(own)) => {
                out.push_str(&dialect.quote_identifier(new))
            }
            TokenKind::Word if is_old(&own.to_ascii_lowercase()) && !is_call(&all[place + 1..], text) => {
                out.push_str(&written_name(new, dialect));
            }
            _ => out.push_str(own),
        }
    }
    out
}

/// Whether what follows a word makes it the name of a function.
fn is_call(rest: &[Token], text: &str) -> bool {
    rest.iter().find(|token| !token.kind.is_blank()).is_some_and(|token| token.text(text) == "(")
}

/// The name in a quoted identifier.
fn unquoted(text: &str) -> String {
    let Some(quote) = text.chars().next().filter(|_| text.len() > 1) else { return text.to_owned() };
    let inner = &text[quote.len_utf8()..text.len() - 1];
    inner.replace(&quote.to_string().repeat(2), &quote.to_string())
}
