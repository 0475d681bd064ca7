//! What SQLite's `ALTER TABLE` cannot do.

use super::plan::Plan;
use super::table::is_of_new_column;
use crate::change::{Change, Operation};
use crate::dialect::Dialect;
use crate::schema::{Constraint, ConstraintBody, Object, ObjectBody, ObjectId, ObjectName, Table, Trigger};

impl Plan<'_> {
    /// Whether the way from one table to the other leads over a new one.
    pub(super) fn must_be_rebuilt(&self, before: &Table, after: &Table) -> bool {
        if !self.pair.are_same_options(&before.options, &after.options) {
            return true;
        }
        let find = |table: &Table, own: &str| {
            table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(own)).cloned()
        };
        let is_hard = after.columns.iter().any(|column| match find(before, &column.name) {
            None => !crate::render::can_be_added(column),
            Some(old) => !self.pair.is_same_column(&old, column),
        });
        if is_hard {
            return true;
        }
        let is_same = |old: &Constraint, new: &Constraint| self.pair.is_same_constraint(old, new);
        let is_new = |constraint: &Constraint| {
            !before.constraints.iter().any(|old| is_same(old, constraint))
                && !is_of_new_column(Dialect::Sqlite, constraint, before, after)
        };
        if after.constraints.iter().any(is_new)
            || before.constraints.iter().any(|old| !after.constraints.iter().any(|new| is_same(old, new)))
        {
            return true;
        }
        // A column that something of the table rests on cannot go.
        let goes = |own: &str| find(before, own).is_some() && find(after, own).is_none();
        before.constraints.iter().any(|constraint| match &constraint.body {
            ConstraintBody::PrimaryKey(columns)
            | ConstraintBody::Unique { columns, .. }
            | ConstraintBody::Check { columns, .. } => columns.iter().any(|column| goes(column)),
            ConstraintBody::ForeignKey(key) => key.columns.iter().any(|column| goes(column)),
            ConstraintBody::Exclude(_) | ConstraintBody::NotNull(_) => false,
        }) || before
            .columns
            .iter()
            .any(|column| column.generated.is_some() && before.columns.iter().any(|other| goes(&other.name)))
    }

    /// Makes a table anew, and then what went with the old one.
    pub(super) fn rebuild(&mut self, id: &ObjectId, name: &ObjectName, before: &Table, after: &Table) {
        self.rebuilt.insert(id.clone());
        let bare = |table: &Table| Table { indexes: vec![], triggers: vec![], ..table.clone() };
        let change = Change::alter(bare(before), bare(after));
        self.phases.columns.push(Operation::Rebuild { table: name.clone(), change });
        self.make_parts(name, after);
    }

    /// Views and triggers that name a table cannot stand while it is away, nor those that name such a view.
    pub(super) fn clear_for_rebuilds(&mut self) {
        let mut away: Vec<String> = self.rebuilt.iter().map(|id| id.name.to_string()).collect();
        // SQLite reads all of them again when a table gets its name, and when a column goes.
        if !away.is_empty() || !self.phases.drop_columns.is_empty() {
            let early = self.phases.drop_views.iter().chain(&self.phases.drop_replaced);
            away.extend(early.filter_map(|operation| match operation {
                Operation::Object { name, .. } => Some(name.name.to_lowercase()),
                _ => None,
            }));
        }
        if away.is_empty() {
            return;
        }
        let pair = self.pair;
        let objects: Vec<(&ObjectId, &Object)> = pair.before.objects().sorted().into_iter().collect();
        let mut views: Vec<(&ObjectId, &Object)> = objects
            .iter()
            // What becomes a table goes in any case.
            .filter(|(id, object)| {
                let stays = |object: &Object| matches!(object.body, ObjectBody::View(_));
                stays(object) && pair.after.get(id).is_some_and(stays)
            })
            .copied()
            .collect();
        loop {
            let (named, others): (Vec<_>, Vec<_>) = views.into_iter().partition(|(_, object)| {
                matches!(&object.body, ObjectBody::View(view) if names_one(&view.query.normal, &away, None))
            });
            if named.is_empty() {
                break;
            }
            for (id, before) in named {
                if let Some(after) = pair.after.get(id) {
                    self.remake_view(before, after);
                    away.push(id.name.to_string());
                }
            }
            views = others;
        }
        for (id, before) in objects {
            if let ObjectBody::Table(table) = &before.body {
                self.clear_triggers(id, before, table, pair.after.get(id), &away);
            }
        }
        self.order_views();
    }

    fn clear_triggers(
        &mut self,
        id: &ObjectId,
        owner: &Object,
        before: &Table,
        after: Option<&Object>,
        away: &[String],
    ) {
        let pair = self.pair;
        let new: &[Trigger] = match after.map(|object| &object.body) {
            Some(ObjectBody::Table(table)) => &table.triggers,
            _ => &[],
        };
        for trigger in &before.triggers {
            if !names_one(&trigger.text.normal, away, self.rebuilt.contains(id).then_some(&*id.name)) {
                continue;
            }
            let table = owner.name.clone();
            let drop = Operation::Trigger { table: table.clone(), change: Change::drop(trigger.clone()) };
            if self.phases.drop_triggers.contains(&drop) {
                continue;
            }
            self.phases.drop_triggers.push(drop);
            // What is made anew gets its triggers back in any case.
            let stays = new.iter().find(|new| pair.is_same_trigger(trigger, new));
            if let Some(stays) = stays.filter(|_| !self.rebuilt.contains(id)) {
                let change = Change::make(stays.clone());
                self.phases.make_triggers.push(Operation::Trigger { table, change });
            }
        }
    }
}

/// Whether a text may name one of these, other than this one. A word that only looks so costs nothing.
fn names_one(text: &str, names: &[String], own: Option<&str>) -> bool {
    let text = text.to_lowercase();
    names.iter().any(|name| own != Some(name) && text.contains(&**name))
}
