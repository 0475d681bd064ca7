//! What is true of an object, part by part.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::{
    Column, Constraint, ConstraintBody, ForeignKey, Index, Object, ObjectBody, Routine, Schema, Sequence,
    Space, SqlText, Table, Trigger, Type,
};
use crate::ddl::{ConflictResolution, Deferrable, ReferentialAction};
use crate::dialect::Dialect;

/// Something that is true of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    /// What it is about: the object itself (empty), `column id`, `index users_name_idx`.
    pub about: String,
    /// What is known of it for sure, without what follows.
    pub shape: String,
    /// What is not always known, and may be anything then: its type; in MySQL its character set and collation.
    pub open: Vec<Option<String>>,
    /// Expressions that belong to it, in normal form.
    pub texts: Vec<Arc<str>>,
    /// The whole, to be read.
    pub line: String,
    /// Whether it may as well not be so.
    pub(super) is_optional: bool,
}

impl Fact {
    /// Whether all is the same that is known for sure.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let may_be_one = |(one, two): (&Option<String>, &Option<String>)| match (one, two) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        };
        self.shape == other.shape && self.open.iter().zip(&other.open).all(may_be_one)
    }

    /// Whether the expressions are the same, as far as both are known.
    pub(super) fn says_like(&self, other: &Self) -> bool {
        self.texts == other.texts || self.texts.is_empty() || other.texts.is_empty()
    }
}

impl Schema {
    /// All that is true of an object.
    pub(super) fn facts(&self, object: &Object) -> Vec<Fact> {
        self.facts_beside(object, None)
    }

    /// All that is true of an object, but for parts that the other one has as they are: most of what there is to compare is the
    /// same, and to put that into words takes longer than to see it.
    pub(super) fn facts_beside(&self, object: &Object, other: Option<&Object>) -> Vec<Fact> {
        let mut facts = Vec::new();
        if let Some(comment) = &object.comment {
            facts.push(plain("comment", format!("comment {comment:?}")));
        }
        match &object.body {
            ObjectBody::Table(table) => {
                let other = match other.map(|other| &other.body) {
                    Some(ObjectBody::Table(other)) => Some(other),
                    _ => None,
                };
                self.facts_of_table(table, other, &mut facts);
            }
            ObjectBody::View(view) => {
                for (name, data_type) in view.columns.iter().flatten() {
                    facts.push(typed(&format!("column {name}"), name, data_type.as_ref()));
                }
                facts.push(Fact {
                    about: "query".to_owned(),
                    shape: String::new(),
                    open: vec![],
                    texts: known_text(&view.query),
                    line: format!("as {}", one_line(&view.query.written)),
                    is_optional: false,
                });
                for (key, value) in view.compared_options() {
                    facts.push(plain(&format!("option {key}"), format!("{key} {value}")));
                }
                for (key, value) in view.other_options() {
                    let fact = plain(&format!("option {key}"), format!("{key} {value}"));
                    facts.push(Fact { is_optional: true, ..fact });
                }
                for (name, said) in &view.said {
                    facts.extend(said.default.as_ref().map(|default| {
                        with_text(&format!("default of {name}"), &format!("{name} default"), default)
                    }));
                    facts.extend(said.comment.as_ref().map(|comment| {
                        plain(&format!("comment on {name}"), format!("{name} comment {comment:?}"))
                    }));
                }
                facts.extend(view.indexes.iter().map(of_index));
                facts.extend(view.triggers.iter().map(of_trigger));
            }
            ObjectBody::Sequence(sequence) => facts.push(plain("", of_sequence(sequence))),
            ObjectBody::Extension(schema) => {
                let schema = schema.as_ref().map(|schema| schema.to_string());
                // `public` is where it goes unless somebody says otherwise.
                let other = schema.as_deref().filter(|schema| *schema != "public");
                let line = other.map_or(String::new(), |schema| format!("schema {schema}"));
                facts.push(Fact { open: vec![schema], line, ..plain("schema", String::new()) });
            }
            ObjectBody::Enum(labels) => {
                let labels: Vec<String> = labels.iter().map(|label| format!("'{label}'")).collect();
                facts.push(plain("values", labels.join(", ")));
            }
            ObjectBody::Domain(domain) => {
                let not_null = if domain.not_null { " not null" } else { "" };
                facts.push(plain("", format!("{}{not_null}", domain.data_type)));
                facts.extend(domain.default.as_ref().map(|default| with_text("default", "default", default)));
                for (name, check) in &domain.checks {
                    facts.push(with_text(&format!("constraint {name}"), &format!("check {name}"), check));
                }
            }
            ObjectBody::Composite(attributes) => {
                for (name, data_type) in attributes {
                    facts.push(typed(&format!("attribute {name}"), name, Some(data_type)));
                }
            }
            ObjectBody::Routines(routines) => facts.extend(routines.iter().map(of_routine)),
            ObjectBody::Index { .. }
            | ObjectBody::OtherType
            | ObjectBody::Namespace
            | ObjectBody::Other(..) => {}
        }
        facts
    }

    fn facts_of_table(&self, table: &Table, other: Option<&Table>, facts: &mut Vec<Fact>) {
        let is_mysql = self.dialect() == Dialect::Mysql;
        let columns = table.columns.iter().enumerate();
        let columns =
            columns.filter(|(place, column)| !other.is_some_and(|other| has(&other.columns, *place, column)));
        facts.extend(columns.map(|(_, column)| of_column(column, &table.options, self.dialect())));
        // MySQL's uniques are indexes, and an index knows more.
        let is_told_as_index =
            |constraint: &&Constraint| is_mysql && matches!(constraint.body, ConstraintBody::Unique { .. });
        let constraints = table.constraints.iter().filter(|constraint| !is_told_as_index(constraint));
        facts.extend(constraints.map(|constraint| self.fact_of_constraint(constraint)));
        // Those of constraints are told with them.
        let is_own = |index: &Index| {
            index.constraint.is_none() || is_mysql && !index.name.eq_ignore_ascii_case("primary")
        };
        let indexes = table.indexes.iter().enumerate().filter(|(place, index)| {
            is_own(index) && !other.is_some_and(|other| has(&other.indexes, *place, index))
        });
        facts.extend(indexes.map(|(_, index)| of_index(index)));
        facts.extend(table.triggers.iter().map(of_trigger));
        for parent in &table.inherits {
            facts.push(plain(&format!("parent {parent}"), format!("inherits {parent}")));
        }
        if let Some(partition) = &table.partition {
            facts.extend(partition.by.as_ref().map(|by| with_text("partitions", "partitioned by", by)));
            facts.extend(partition.bounds.as_ref().map(|bounds| with_text("bounds", "partition", bounds)));
        }
        if is_mysql {
            facts.push(of_settings(&table.options));
            return;
        }
        for (key, value) in &table.options {
            facts.push(plain(&format!("option {key}"), format!("{key} {value}").trim_end().to_owned()));
        }
    }

    fn fact_of_constraint(&self, constraint: &Constraint) -> Fact {
        let dialect = self.dialect();
        let mut texts = Vec::new();
        let mut written = String::new();
        let (kind, mut shape) = match &constraint.body {
            ConstraintBody::PrimaryKey(columns) => ("primary key", format!("({})", self.names(columns))),
            ConstraintBody::Unique { columns, nulls_not_distinct } => {
                let nulls = if *nulls_not_distinct { " nulls not distinct" } else { "" };
                ("unique", format!("({}){nulls}", self.names(columns)))
            }
            ConstraintBody::ForeignKey(key) => {
                let referenced = self.referenced(key);
                let mut shape = {
                    let table = self.folded(&key.table.to_string());
                    format!("({}) -> {table} ({})", self.names(&key.columns), self.names(referenced))
                };
                for (event, action) in [("delete", key.on_delete), ("update", key.on_update)] {
                    if let Some(words) = action_words(action, dialect) {
                        let _ = write!(shape, " on {event} {words}");
                    }
                }
                if !key.on_delete_columns.is_empty() {
                    let _ = write!(shape, " ({})", list(&key.on_delete_columns));
                }
                shape.push_str(if key.match_full { " match full" } else { "" });
                ("foreign key", shape)
            }
            ConstraintBody::Check { expr, no_inherit, .. } => {
                texts.push(expr.normal.clone());
                written = format!(" {}", one_line(&expr.written));
                ("check", if *no_inherit { "no inherit".to_owned() } else { String::new() })
            }
            ConstraintBody::Exclude(text) => {
                texts.push(text.normal.clone());
                written = format!(" {}", one_line(&text.written));
                ("exclude", String::new())
            }
            ConstraintBody::NotNull(column) => ("not null", column.to_string()),
        };
        let Deferrable { is_deferrable, is_initially_deferred } = constraint.deferrable;
        shape.push_str(if is_deferrable { " deferrable" } else { "" });
        shape.push_str(if is_initially_deferred { " initially deferred" } else { "" });
        shape.push_str(if constraint.is_validated { "" } else { " not valid" });
        shape.push_str(conflict_words(constraint.on_conflict));
        if let Some(comment) = &constraint.comment {
            let _ = write!(shape, " comment {comment:?}");
        }
        // Names that MySQL and MariaDB make up differ between them; a primary key's is always the same.
        let name = constraint
            .name
            .as_deref()
            .filter(|_| !constraint.is_name_made_up || dialect == Dialect::Postgres);
        let named = name.map_or(String::new(), |name| format!(" {name}"));
        let shape = format!("{kind}{named} {shape}").trim_end().to_owned();
        let about = match name {
            Some(name) => format!("constraint {name}"),
            None => kind.to_owned(),
        };
        let is_optional = constraint.may_be_missing;
        Fact { about, line: format!("{shape}{written}"), shape, open: vec![], texts, is_optional }
    }

    /// Whether expressions are the same. What stands in double quotes may be a text in SQLite, which writes single ones around
    /// it when a table is altered.
    pub(super) fn are_same(&self, some: &[Arc<str>], others: &[Arc<str>]) -> bool {
        let is_quoted = some.iter().chain(others).any(|text| text.contains('"'));
        let plain = |text: &Arc<str>| {
            let plain = text.replace(['"', '\''], "");
            // What may be a column is kept without case.
            if is_quoted { plain.to_ascii_lowercase() } else { plain }
        };
        some == others
            || self.dialect() == Dialect::Sqlite && some.iter().map(plain).eq(others.iter().map(plain))
    }

    /// A name that is written elsewhere than where it was given, in the form in which it is compared.
    fn folded(&self, name: &str) -> String {
        match self.dialect() {
            Dialect::Postgres => name.to_owned(),
            Dialect::Sqlite | Dialect::Mysql => name.to_ascii_lowercase(),
        }
    }

    fn names(&self, names: &[Arc<str>]) -> String {
        self.folded(&list(names))
    }

    /// The columns that a foreign key leads to.
    pub(crate) fn referenced<'s>(&'s self, key: &'s ForeignKey) -> &'s [Arc<str>] {
        if !key.referenced.is_empty() {
            return &key.referenced;
        }
        let target = self.table(&key.table.id(Space::Relation, self.dialect()));
        target.and_then(Table::primary_key).unwrap_or_default()
    }
}

/// Whether a part is among others as it is, most likely at the same place.
fn has<T: PartialEq>(parts: &[T], place: usize, part: &T) -> bool {
    parts.get(place) == Some(part) || parts.contains(part)
}

fn plain(about: &str, line: String) -> Fact {
    Fact {
        about: about.to_owned(),
        shape: line.clone(),
        open: vec![],
        texts: vec![],
        line,
        is_optional: false,
    }
}

/// What is set for a table in MySQL, each of which may be the server's default.
fn of_settings(settings: &BTreeMap<Arc<str>, Arc<str>>) -> Fact {
    let value = |key: &str| settings.get(key).map(|value| value.to_string());
    let words: Vec<String> = settings.iter().map(|(key, value)| format!("{key} {value}")).collect();
    Fact {
        about: "settings".to_owned(),
        shape: if settings.contains_key("system versioning") { "versioned" } else { "" }.to_owned(),
        open: ["engine", "charset", "collate"].map(value).into(),
        texts: vec![],
        line: words.join(", "),
        is_optional: false,
    }
}

/// A name with a type.
fn typed(about: &str, name: &str, data_type: Option<&Type>) -> Fact {
    let shown = data_type.map_or_else(|| "?".to_owned(), Type::to_string);
    Fact {
        about: about.to_owned(),
        shape: name.to_owned(),
        open: vec![data_type.and_then(known)],
        texts: vec![],
        line: format!("{name} {shown}"),
        is_optional: false,
    }
}

/// What a type is called, if anything is known about it.
fn known(data_type: &Type) -> Option<String> {
    Some(data_type.to_string()).filter(|name| name != "?")
}

fn with_text(about: &str, shape: &str, text: &SqlText) -> Fact {
    Fact {
        about: about.to_owned(),
        shape: shape.to_owned(),
        open: vec![],
        texts: known_text(text),
        line: format!("{shape} {}", one_line(&text.written)),
        is_optional: false,
    }
}

/// The form to be compared; none where a database shows a text of its own.
fn known_text(text: &SqlText) -> Vec<Arc<str>> {
    Some(text.normal.clone()).filter(|normal| !normal.is_empty()).into_iter().collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A column of a table with these settings.
fn of_column(column: &Column, settings: &BTreeMap<Arc<str>, Arc<str>>, dialect: Dialect) -> Fact {
    let start = column.name.len();
    let mut shape = column.name.to_string();
    let mut texts = Vec::new();
    if column.not_null {
        shape.push_str(" not null");
        shape.push_str(conflict_words(column.on_null));
    }
    if column.auto_increment {
        shape.push_str(" autoincrement");
    }
    if let Some(identity) = &column.identity {
        shape.push_str(if identity.is_always { " identity always" } else { " identity" });
        for (key, value) in &identity.options {
            let _ = write!(shape, " {key} {value}");
        }
    }
    let mut open = vec![known(&column.data_type)];
    let mut of_text = String::new();
    for (word, name) in [("collate", &column.collation), ("charset", &column.charset)] {
        if let Some(name) = name.as_ref().filter(|name| settings.get(word) != Some(name)) {
            let _ = write!(of_text, " {word} {name}");
        }
        if dialect == Dialect::Mysql {
            open.push(name.as_ref().map(|name| name.to_string()));
        }
    }
    if dialect != Dialect::Mysql {
        shape.push_str(&of_text);
        of_text.clear();
    }
    let mut line = format!("{} {}{}{of_text}", column.name, column.data_type, &shape[start..]);
    let mut text = |words: &str, text: &SqlText| {
        let _ = write!(shape, " {words}");
        let _ = write!(line, " {words} {}", one_line(&text.written));
        texts.push(text.normal.clone());
    };
    if let Some(default) = &column.default {
        text("default", default);
    }
    if let Some(generated) = &column.generated {
        text(if generated.is_stored { "generated stored" } else { "generated virtual" }, &generated.expr);
    }
    if let Some(on_update) = &column.on_update {
        text("on update", on_update);
    }
    if let Some(comment) = &column.comment {
        let _ = write!(shape, " comment {comment:?}");
        let _ = write!(line, " comment {comment:?}");
    }
    Fact { about: format!("column {}", column.name), shape, open, texts, line, is_optional: false }
}

fn list(names: &[Arc<str>]) -> String {
    names.join(", ")
}

/// What SQLite does with a row that breaks a constraint; to take the statement back is what it does without a word.
fn conflict_words(resolution: Option<ConflictResolution>) -> &'static str {
    match resolution {
        None | Some(ConflictResolution::Abort) => "",
        Some(ConflictResolution::Rollback) => " on conflict rollback",
        Some(ConflictResolution::Fail) => " on conflict fail",
        Some(ConflictResolution::Ignore) => " on conflict ignore",
        Some(ConflictResolution::Replace) => " on conflict replace",
    }
}

fn action_words(action: ReferentialAction, dialect: Dialect) -> Option<&'static str> {
    match action {
        ReferentialAction::NoAction => None,
        // InnoDB does the same for both.
        ReferentialAction::Restrict if dialect == Dialect::Mysql => None,
        ReferentialAction::Restrict => Some("restrict"),
        ReferentialAction::Cascade => Some("cascade"),
        ReferentialAction::SetNull => Some("set null"),
        ReferentialAction::SetDefault => Some("set default"),
    }
}

fn of_index(index: &Index) -> Fact {
    let mut texts = Vec::new();
    let (mut shape_parts, mut line_parts, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for part in &index.parts {
        let mut suffix = String::new();
        let mut written = String::new();
        if let Some(length) = &part.length {
            let _ = write!(written, "({length})");
        }
        // What a server cuts off by itself is not known.
        open.push(Some(written.clone()).filter(|_| !part.may_be_cut));
        for (word, name) in [("collate ", &part.collation), ("", &part.opclass)] {
            if let Some(name) = name {
                let _ = write!(suffix, " {word}{name}");
            }
        }
        suffix.push_str(if part.descending { " desc" } else { "" });
        if part.nulls_first != part.descending {
            suffix.push_str(if part.nulls_first { " nulls first" } else { " nulls last" });
        }
        match part.is_column {
            true => shape_parts.push(format!("{}{suffix}", part.expr.written)),
            false => {
                texts.push(part.expr.normal.clone());
                shape_parts.push(format!("expression{suffix}"));
            }
        }
        line_parts.push(format!("{}{written}{suffix}", one_line(&part.expr.written)));
    }
    let unique = if index.is_unique { "unique index" } else { "index" };
    let method = if &*index.method == "btree" { String::new() } else { format!(" using {}", index.method) };
    let start = format!("{unique} {}{method}", index.name);
    let mut end = String::new();
    if !index.include.is_empty() {
        let _ = write!(end, " include ({})", list(&index.include));
    }
    end.push_str(if index.nulls_not_distinct { " nulls not distinct" } else { "" });
    let mut shape = format!("{start} ({}){end}", shape_parts.join(", "));
    let mut line = format!("{start} ({}){end}", line_parts.join(", "));
    if let Some(predicate) = &index.predicate {
        shape.push_str(" where");
        let _ = write!(line, " where {}", one_line(&predicate.written));
        texts.push(predicate.normal.clone());
    }
    if let Some(comment) = &index.comment {
        let _ = write!(shape, " comment {comment:?}");
    }
    let is_optional = index.may_be_missing;
    Fact { about: format!("index {}", index.name), shape, open, texts, line, is_optional }
}

fn of_routine(routine: &Routine) -> Fact {
    let about = routine.signature();
    let returns = routine.returns.as_ref().and_then(known);
    let mut line = about.clone();
    if let Some(returns) = &returns {
        let _ = write!(line, " -> {returns}");
    }
    let declared = routine.options.as_ref().map(|options| {
        let word = |(key, value): (&Arc<str>, &Arc<str>)| match &**key {
            "volatility" => value.to_string(),
            _ => format!("{key} {value}").trim_end().to_owned(),
        };
        options.iter().map(word).collect::<Vec<_>>().join(" ")
    });
    if let Some(declared) = &declared {
        let _ = write!(line, " {declared}");
    }
    let mut open = vec![returns, declared];
    let mut texts: Vec<Arc<str>> =
        routine.digest.iter().map(|digest| format!("{digest:016x}").into()).collect();
    let is_told = !texts.is_empty();
    let parameters = routine.parameters.as_ref().map(|parameters| {
        let mut told = Vec::new();
        for parameter in parameters {
            let out = if parameter.is_output { "out " } else { "" };
            let optional = if parameter.default.is_some() { " default" } else { "" };
            told.push(format!("{out}{}{optional}", parameter.name.as_deref().unwrap_or_default()));
            let default = parameter.default.as_ref().filter(|_| is_told);
            texts.extend(default.map(|default| default.normal.clone()));
        }
        told.join(", ")
    });
    open.push(parameters);
    let given = routine.parameters.iter().flatten().filter(|parameter| !parameter.is_input);
    open.extend(given.map(|parameter| known(&parameter.data_type)));
    let shape = with_comment(String::new(), routine.comment.as_ref());
    Fact { about, line: line + &shape, shape, open, texts, is_optional: false }
}

fn of_trigger(trigger: &Trigger) -> Fact {
    let about = format!("trigger {}", trigger.name);
    let shape = with_comment(String::new(), trigger.comment.as_ref());
    let texts = vec![trigger.text.normal.clone()];
    Fact { line: format!("{about}{shape}"), about, shape, open: vec![], texts, is_optional: false }
}

fn with_comment(mut text: String, comment: Option<&Arc<str>>) -> String {
    if let Some(comment) = comment {
        let _ = write!(text, " comment {comment:?}");
    }
    text
}

fn of_sequence(sequence: &Sequence) -> String {
    let mut text = sequence.data_type.to_string();
    for (key, value) in &sequence.options {
        let _ = write!(text, " {key} {value}");
    }
    if let Some((table, column)) = &sequence.owned_by {
        let _ = write!(text, " of {table}.{column}");
    }
    text
}
