//! Views and triggers of SQLite, which it keeps as texts: their names are looked up when they are used, and whenever a table
//! is altered. A text that names what is not there stands in the way of that, and texts follow the new names of tables and
//! columns.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::run::Run;
use super::scope::{Field, Fields, Scope, Source};
use super::{Finding, Proof};
use crate::ddl::{CreateTrigger, Extent, Statement, Step};
use crate::dialect::Dialect;
use crate::parse::{Parsed, parse};
use crate::schema::{Certainty, ObjectBody, ObjectId, SqlText};

/// Views may be made of views, and SQLite makes no end of it where they go in circles.
const DEEPEST: u8 = 20;

/// A place in a text that names a table or a column.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) object: ObjectId,
    pub(super) column: Option<Arc<str>>,
    pub(super) at: Extent,
}

/// A text that is kept: a view's query, or a trigger by its name.
pub(super) struct Kept {
    owner: ObjectId,
    trigger: Option<Arc<str>>,
    text: Arc<str>,
}

/// What came of reading a text.
#[derive(Default)]
struct Read {
    mentions: Vec<Mention>,
    findings: Vec<Finding>,
    fields: Fields,
}

impl Run<'_> {
    /// Notes that a name stands for this, where somebody wants to know.
    pub(super) fn mention(&mut self, object: &ObjectId, column: Option<&Arc<str>>, at: Extent) {
        if let Some(mentions) = &mut self.mentions {
            mentions.push(Mention { object: object.clone(), column: column.cloned(), at });
        }
    }

    fn read_kept(&mut self, owner: &ObjectId, text: &str) -> Read {
        if self.depth >= DEEPEST {
            return Read::default();
        }
        // What the file keeps means what is in the file.
        let outside = self.session.search_path.clone();
        if *owner.schema != *"temp" {
            self.session.search_path = Some(vec![owner.schema.clone()]);
        }
        let read = self.read_text(text);
        self.session.search_path = outside;
        read
    }

    fn read_text(&mut self, text: &str) -> Read {
        let Parsed::Statement(statement) = parse(text, self.dialect) else { return Read::default() };
        let mut run = Run {
            dialect: self.dialect,
            schema: self.schema,
            session: self.session,
            sql: text,
            findings: vec![],
            touched: vec![],
            made: self.made,
            mentions: Some(vec![]),
            depth: self.depth + 1,
            only: false,
            dropped: self.dropped,
            values: vec![],
            used: BTreeSet::new(),
        };
        let fields = match &*statement {
            Statement::Query(query) => run.query(query, &Scope::default()),
            Statement::CreateTrigger(create) => {
                run.names_of_trigger(create);
                None
            }
            _ => None,
        };
        let Run { mentions, findings, .. } = run;
        Read { mentions: mentions.unwrap_or_default(), findings, fields }
    }

    /// Looks up all names of a trigger.
    fn names_of_trigger(&mut self, create: &CreateTrigger) {
        let Some(id) = self.relation(&create.table, "table") else { return };
        let findings = self.findings.len();
        create.columns.iter().for_each(|column| drop(self.column(&id, column)));
        self.findings.truncate(findings);
        let source = self.source_of(Some(&id), &create.table, None);
        let row = |name: &str| Source { name: Some(name.into()), is_qualified: true, ..source.clone() };
        let scope = Scope { sources: vec![row("new"), row("old")], ..Scope::default() };
        if let Some(condition) = &create.condition {
            self.expr(condition, &scope);
        }
        for step in create.body.iter().flat_map(|body| &body.steps) {
            match step {
                Step::Statement(statement) => match &**statement {
                    Statement::Query(query) => drop(self.query(query, &scope)),
                    other => drop(self.rows_of(other, &scope)),
                },
                Step::Compute(exprs) => exprs.iter().for_each(|expr| drop(self.expr(expr, &scope))),
                _ => {}
            }
        }
    }

    /// The columns of a view of SQLite, as they are now; a finding at the place where it is used if it cannot be read.
    pub(super) fn fields_of_view(&mut self, id: &ObjectId, at: Extent) -> Fields {
        let object = self.schema.get(id)?;
        let ObjectBody::View(view) = &object.body else { return None };
        let is_certain = object.certainty == Certainty::Certain;
        let (text, name) = (view.query.written.clone(), object.name.to_string());
        let named: Option<Vec<Field>> = view.columns.as_ref().map(|columns| {
            columns.iter().map(|(name, _)| Field { name: name.clone(), data_type: None }).collect()
        });
        let read = self.read_kept(id, &text);
        let broken = read.findings.into_iter().find(|finding| finding.proof == Proof::Certain);
        if let Some(broken) = broken.filter(|_| is_certain) {
            self.wrong("broken-view", at, format!("view `{name}` cannot be read: {}", broken.message));
            return None;
        }
        if is_certain { named.or(read.fields) } else { None }
    }

    fn kept(&self) -> Vec<Kept> {
        let mut all = Vec::new();
        for (id, object) in self.schema.objects_with_statements() {
            let triggers = match &object.body {
                ObjectBody::View(view) => {
                    if object.certainty == Certainty::Certain {
                        all.push(Kept { owner: id.clone(), trigger: None, text: view.query.written.clone() });
                    }
                    &view.triggers
                }
                ObjectBody::Table(table) => &table.triggers,
                _ => continue,
            };
            all.extend(triggers.iter().map(|trigger| Kept {
                owner: id.clone(),
                trigger: Some(trigger.name.clone()),
                text: trigger.text.written.clone(),
            }));
        }
        all
    }

    /// Whether SQLite can read all its views and triggers, as it must before and after it alters a table; a finding if not.
    pub(super) fn kept_texts_hold(&mut self, table: &ObjectId, at: Extent) -> bool {
        if self.dialect != Dialect::Sqlite || self.session.legacy_rename != Some(false) {
            return true;
        }
        // A session's own table concerns only its own texts.
        let concerns = |kept: &Kept| *table.schema != *"temp" || *kept.owner.schema == *"temp";
        for kept in self.kept().into_iter().filter(concerns) {
            let read = self.read_kept(&kept.owner, &kept.text);
            let Some(broken) = read.findings.into_iter().find(|finding| finding.proof == Proof::Certain)
            else {
                continue;
            };
            let what = match &kept.trigger {
                Some(trigger) => format!("trigger `{trigger}`"),
                None => format!("view `{}`", self.shown(&kept.owner)),
            };
            let message = format!("{what} cannot be read: {}", broken.message);
            self.wrong("broken-view", at, message).helps.push(
                "SQLite reads all views and triggers when a table is altered: drop it before, or make it right"
                    .to_owned(),
            );
            return false;
        }
        true
    }

    /// The texts that name a table, or a column of it, with the new name in the place of the old.
    pub(super) fn renamed_texts(&mut self, id: &ObjectId, column: Option<&str>, new: &str) -> Vec<Kept> {
        if self.dialect != Dialect::Sqlite {
            return vec![];
        }
        let mut all = Vec::new();
        let old = column.unwrap_or(&id.name).to_ascii_lowercase();
        // Reading takes time, and few texts have the word. Quotes within a name are written twice.
        let may_name =
            |kept: &Kept| old.contains(['"', '`', '\'']) || kept.text.to_ascii_lowercase().contains(&old);
        for kept in self.kept().into_iter().filter(may_name) {
            let mut places: Vec<Extent> = self
                .read_kept(&kept.owner, &kept.text)
                .mentions
                .into_iter()
                .filter(|mention| mention.object == *id)
                .filter(|mention| match (&mention.column, column) {
                    (None, None) => true,
                    (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
                    _ => false,
                })
                .map(|mention| mention.at)
                .collect();
            // Without the new rules of renaming only the table that a trigger is on follows.
            if column.is_none() && self.session.legacy_rename != Some(false) {
                let is_own = kept.trigger.is_some() && kept.owner == *id;
                places.truncate(usize::from(is_own));
            }
            places.sort_unstable_by_key(|at| std::cmp::Reverse(at.start));
            places.dedup();
            if places.is_empty() {
                continue;
            }
            let mut text = kept.text.to_string();
            for at in places {
                let new = format!("\"{}\"", new.replace('"', "\"\""));
                text.replace_range(at.start as usize..at.end as usize, &new);
            }
            all.push(Kept { text: text.into(), ..kept });
        }
        all
    }

    /// Puts texts into their places; what belonged to `old` belongs to `new` by now.
    pub(super) fn put_texts(&mut self, texts: Vec<Kept>, old: &ObjectId, new: &ObjectId) {
        let dialect = self.dialect;
        for kept in texts {
            let owner = if kept.owner == *old { new } else { &kept.owner };
            let text = SqlText::tokens(&kept.text, dialect);
            self.schema.change(owner, |object| {
                let triggers = match &mut object.body {
                    ObjectBody::View(view) if kept.trigger.is_none() => return view.query = text,
                    ObjectBody::View(view) => &mut view.triggers,
                    ObjectBody::Table(table) => &mut table.triggers,
                    _ => return,
                };
                if let Some(trigger) =
                    triggers.iter_mut().find(|trigger| Some(&trigger.name) == kept.trigger.as_ref())
                {
                    trigger.text = text;
                }
            });
        }
    }
}
