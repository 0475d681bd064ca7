//! `schema.sql`: the schema that is wanted, in full.
//!
//! What the file does not have goes, but for what cannot be told by it: objects that are not certain, extensions, what other
//! tools and this one keep for themselves, and functions and their kind, of which no statement is ever generated.

use std::collections::BTreeSet;
use std::sync::Arc;

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::Dialect;
use migrate_core::interpret::{Interpreter, Proof};
use migrate_core::replay::{Effect, Piece, pieces_of, run};
use migrate_core::schema::{
    Constraint, ConstraintBody, Object, ObjectBody, ObjectId, ObjectName, Schema, Space, SqlText, Table,
};
use migrate_core::source::Span;

use super::Builder;
use super::apply::put;
use super::draft::is_certain;
use crate::compare::is_of_tool;

impl Builder<'_> {
    /// Goes on from what the SQL files make, if there are any for the database.
    pub(super) fn start_from_sql(&mut self) {
        let files: Vec<_> = self
            .files
            .iter()
            .filter_map(|file| Some((file, file.sql.as_ref()?)))
            .filter(|(_, sql)| sql.dialects.contains(self.dialect))
            .collect();
        if files.is_empty() {
            return;
        }
        let mut schema = Schema::new(self.dialect);
        let mut last = None;
        for (file, sql) in files {
            let text = without_commands(&sql.text, self.dialect);
            let pieces = pieces_of(&text, self.dialect);
            let mut interpreter = Interpreter::on(schema);
            let place = |start: usize, end: usize| Span::new(file.source, start, end);
            // MariaDB's dumps begin with a comment for its own client.
            let is_unknown = |piece: &&Piece<'_>| {
                matches!(piece.effect, Effect::Unknown) && !piece.text.starts_with("/*M!999999\\-")
            };
            for piece in pieces.iter().filter(is_unknown) {
                let finding = Diagnostic::warning(
                    Code("unread-model"),
                    "this statement is not understood: what it names stays as it is",
                );
                self.findings.push(finding.label(place(piece.start, piece.start + piece.text.len()), ""));
            }
            for (at, finding) in run(&mut interpreter, &pieces) {
                // A dump makes what is always there.
                if finding.proof == Proof::Certain && !is_of_every_database(pieces[at].text) {
                    let start = pieces[at].start;
                    let (from, to) = (start + finding.at.start as usize, start + finding.at.end as usize);
                    let mut told = Diagnostic::error(finding.code, finding.message)
                        .label(place(from, to), finding.label);
                    told.notes = finding.notes;
                    told.helps = finding.helps;
                    self.findings.push(told);
                }
            }
            schema = interpreter.into_schema();
            last = Some(place(0, 0));
        }
        if schema.may_have_others {
            let message = "anything may be in the schema that this file makes: it is not compared";
            let finding = Diagnostic::warning(Code("unread-model"), message);
            let finding =
                finding.help("leave out what runs code, such as `DO` blocks and calls of functions");
            self.findings.extend(last.map(|at| finding.label(at, "")));
            return;
        }
        self.schema = joined(&self.schema, schema);
    }
}

/// A text without what is for a client: lines of psql that begin with a backslash, of sqlite3 with a dot. Places stay.
fn without_commands(text: &str, dialect: Dialect) -> String {
    let sign = match dialect {
        Dialect::Postgres => '\\',
        Dialect::Sqlite => '.',
        Dialect::Mysql => return text.to_owned(),
    };
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let is_command = line.starts_with(sign) && line[1..].starts_with(|c: char| c.is_ascii_alphabetic());
        match is_command {
            true => out.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' })),
            false => out.push_str(line),
        }
    }
    out
}

/// Whether a statement makes what every database has.
fn is_of_every_database(sql: &str) -> bool {
    let words: Vec<String> =
        sql.split_whitespace().map(|word| word.trim_matches(['"', ';']).to_ascii_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(&words[..], ["create", "schema", "public", ..])
}

/// What is wanted, with what of the base stays whatever is wanted.
fn joined(base: &Schema, mut wanted: Schema) -> Schema {
    let dialect = base.dialect();
    let wanted_ids: Vec<ObjectId> = wanted.objects().iter().map(|(id, _)| id.clone()).collect();
    for id in &wanted_ids {
        let is_there = base.get(id).is_some();
        let is_left_out = wanted
            .get(id)
            .is_some_and(|object| !is_certain(object) || is_of_tool(&owner(&wanted, object).name));
        if is_left_out && !is_there {
            wanted.remove(id);
        }
    }
    let mut kept: BTreeSet<ObjectId> = BTreeSet::new();
    for (id, object) in base.objects().sorted() {
        let stays = match wanted.get(id) {
            Some(other) => !is_certain(object) || !is_certain(other) || is_of_tool(&owner(base, object).name),
            None => {
                !is_certain(object)
                    || is_of_tool(&owner(base, object).name)
                    || matches!(
                        object.body,
                        ObjectBody::Extension(_) | ObjectBody::OtherType | ObjectBody::Routines(_)
                    )
                    || matches!(&object.body, ObjectBody::Namespace if &*object.name.name == "public")
                    || matches!(&object.body, ObjectBody::Other(_, None) if id.space != Space::Trigger)
            }
        };
        if stays {
            kept.insert(id.clone());
        }
    }
    for (id, object) in base.objects().sorted() {
        if kept.contains(id) {
            wanted.insert(id.clone(), object.clone());
        } else if let (ObjectBody::Table(old), Some(new)) = (&object.body, wanted.table(id)) {
            let mut new = new.clone();
            let has_names = adopt_names(old, &mut new, dialect);
            if adopt_no_default(old, &mut new) || has_names {
                put(&mut wanted, id, new);
            }
        }
    }
    wanted.may_have_others = base.may_have_others;
    wanted
}

/// The table that an index or a sequence belongs to; of anything else its own name.
fn owner(schema: &Schema, object: &Object) -> ObjectName {
    match &object.body {
        ObjectBody::Index { table } | ObjectBody::Other(_, Some(table)) => table.clone(),
        ObjectBody::Sequence(sequence) => match &sequence.owned_by {
            Some((table, _)) if schema.table(&table.id(Space::Relation, schema.dialect())).is_some() => {
                table.clone()
            }
            _ => object.name.clone(),
        },
        _ => object.name.clone(),
    }
}

/// Gives constraints whose names were made up those that they have in the base; whether any has another one now.
fn adopt_names(old: &Table, new: &mut Table, dialect: Dialect) -> bool {
    let same = |one: &str, other: &str| match dialect {
        Dialect::Postgres => one == other,
        _ => one.eq_ignore_ascii_case(other),
    };
    let is_named_so = |table: &[Constraint], name: &Option<Arc<str>>| {
        name.as_ref()
            .is_some_and(|name| table.iter().any(|one| one.name.as_ref().is_some_and(|own| same(own, name))))
    };
    let mut has_changed = false;
    let mut taken: Vec<usize> = Vec::new();
    for place in 0..new.constraints.len() {
        let constraint = &new.constraints[place];
        let is_free = constraint.is_name_made_up || constraint.name.is_none();
        if !is_free {
            continue;
        }
        let found = old
            .constraints
            .iter()
            .enumerate()
            .position(|(place, other)| !taken.contains(&place) && is_like(&other.body, &constraint.body));
        let Some(found) = found else { continue };
        taken.push(found);
        let (from, to) = (constraint.name.clone(), old.constraints[found].name.clone());
        let is_made_up = old.constraints[found].is_name_made_up;
        if from != to && !is_named_so(&new.constraints, &to) {
            for index in
                new.indexes.iter_mut().filter(|index| index.constraint.is_some() && index.constraint == from)
            {
                index.constraint.clone_from(&to);
                if let Some(to) = &to {
                    index.name = Arc::clone(to);
                }
            }
            let constraint = &mut new.constraints[place];
            constraint.name = to;
            constraint.is_name_made_up = is_made_up;
            has_changed = true;
        }
    }
    has_changed
}

fn is_like(one: &ConstraintBody, other: &ConstraintBody) -> bool {
    match (one, other) {
        (ConstraintBody::Check { expr: one, .. }, ConstraintBody::Check { expr: other, .. }) => one == other,
        (one, other) => one == other,
    }
}

/// A default that is NULL is none, as it is in the base; a dump of PostgreSQL has some. Whether there was any.
fn adopt_no_default(old: &Table, new: &mut Table) -> bool {
    let mut has_changed = false;
    for column in &mut new.columns {
        let has_none = old.columns.iter().any(|own| own.name == column.name && own.default.is_none());
        let is_null = |default: &SqlText| default.normal.eq_ignore_ascii_case("null");
        if has_none && column.default.as_ref().is_some_and(is_null) {
            column.default = None;
            has_changed = true;
        }
    }
    has_changed
}
