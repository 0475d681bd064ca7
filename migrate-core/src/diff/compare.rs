//! Whether two things are the same, as far as databases tell.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ddl::{ConflictResolution, ReferentialAction};
use crate::dialect::Dialect;
use crate::schema::{Column, Constraint, ConstraintBody, Index, Object, Schema, Trigger, View};

/// The settings of a table.
type Options = BTreeMap<Arc<str>, Arc<str>>;

/// Two schemas of one kind of database.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) before: &'a Schema,
    pub(super) after: &'a Schema,
    /// Whether the second is one that was: a name that nobody chose is then the name that was.
    pub(super) is_back: bool,
}

impl Pair<'_> {
    /// Whether the database takes two names of parts for one.
    pub(super) fn is_same_name(&self, one: &str, other: &str) -> bool {
        match self.after.dialect() {
            Dialect::Postgres => one == other,
            _ => one.eq_ignore_ascii_case(other),
        }
    }

    pub(super) fn is_same_column(&self, before: &Column, after: &Column) -> bool {
        before.data_type == after.data_type
            && before.not_null == after.not_null
            && is_same_way(before.on_null, after.on_null)
            && before.default == after.default
            && before.generated == after.generated
            && before.identity == after.identity
            && before.auto_increment == after.auto_increment
            && self.may_be_one(&before.collation, &after.collation)
            && self.may_be_one(&before.charset, &after.charset)
            && before.on_update == after.on_update
            && before.comment == after.comment
    }

    /// What nothing is said of in MySQL is the server's default, whatever that is.
    pub(super) fn may_be_one(&self, before: &Option<Arc<str>>, after: &Option<Arc<str>>) -> bool {
        before == after || self.after.dialect() == Dialect::Mysql && after.is_none()
    }

    pub(super) fn are_same_options(&self, before: &Options, after: &Options) -> bool {
        let keys = before.keys().chain(after.keys());
        keys.into_iter().all(|key| self.may_be_one(&before.get(key).cloned(), &after.get(key).cloned()))
    }

    pub(super) fn is_same_constraint(&self, before: &Constraint, after: &Constraint) -> bool {
        let are_same = match (&before.name, &after.name) {
            (Some(before), Some(after)) => self.is_same_name(before, after),
            (before, after) => before == after,
        };
        let is_left_open = match self.is_back {
            false => after.is_name_made_up || after.name.is_none(),
            // MySQL and MariaDB make up other names.
            true => self.after.dialect() == Dialect::Mysql && before.is_name_made_up && after.is_name_made_up,
        };
        let names = is_left_open || are_same;
        names
            && before.deferrable == after.deferrable
            && before.is_validated == after.is_validated
            && is_same_way(before.on_conflict, after.on_conflict)
            && self.is_same_body(&before.body, &after.body)
    }

    fn is_same_body(&self, before: &ConstraintBody, after: &ConstraintBody) -> bool {
        let same = |one: &[Arc<str>], other: &[Arc<str>]| {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| self.is_same_name(one, other))
        };
        match (before, after) {
            (ConstraintBody::ForeignKey(one), ConstraintBody::ForeignKey(other)) => {
                let space = crate::schema::Space::Relation;
                let dialect = self.after.dialect();
                same(&one.columns, &other.columns)
                    && one.table.id(space, dialect) == other.table.id(space, dialect)
                    && same(self.before.referenced(one), self.after.referenced(other))
                    && self.is_same_action(one.on_delete, other.on_delete)
                    && self.is_same_action(one.on_update, other.on_update)
                    && same(&one.on_delete_columns, &other.on_delete_columns)
                    && one.match_full == other.match_full
            }
            (ConstraintBody::PrimaryKey(one), ConstraintBody::PrimaryKey(other)) => same(one, other),
            (
                ConstraintBody::Unique { columns: one, nulls_not_distinct: nulls },
                ConstraintBody::Unique { columns: other, nulls_not_distinct: other_nulls },
            ) => same(one, other) && nulls == other_nulls,
            (
                ConstraintBody::Check { expr: one, no_inherit: own, .. },
                ConstraintBody::Check { expr: other, no_inherit, .. },
            ) => one == other && own == no_inherit,
            (one, other) => one == other,
        }
    }

    /// InnoDB does the same for `RESTRICT` and for `NO ACTION`.
    fn is_same_action(&self, before: ReferentialAction, after: ReferentialAction) -> bool {
        let is_idle = |action| matches!(action, ReferentialAction::NoAction | ReferentialAction::Restrict);
        before == after || self.after.dialect() == Dialect::Mysql && is_idle(before) && is_idle(after)
    }

    /// What a database shows in words of its own is not compared, nor are types that only one of them knows.
    pub(super) fn is_same_view(&self, before: &View, after: &View) -> bool {
        let are_same = match (&before.columns, &after.columns) {
            (Some(one), Some(other)) if !one.is_empty() && !other.is_empty() => {
                let mut pairs = one.iter().zip(other);
                one.len() == other.len()
                    && pairs.all(|((name, data_type), (other, other_type))| {
                        self.is_same_name(name, other)
                            && (data_type.is_none() || other_type.is_none() || data_type == other_type)
                    })
            }
            _ => true,
        };
        let is_open = |view: &View| view.query.normal.is_empty();
        are_same
            && before.is_materialized == after.is_materialized
            && (before.query == after.query || is_open(before) || is_open(after))
    }

    /// What is not known of one of them may be as in the other.
    pub(super) fn are_same_view_options(&self, before: &View, after: &View) -> bool {
        let is_like =
            |(key, value): (&Arc<str>, &Arc<str>)| before.options.get(key).is_none_or(|old| old == value);
        before.compared_options() == after.compared_options() && after.other_options().all(is_like)
    }

    pub(super) fn is_same_index(&self, before: &Index, after: &Index) -> bool {
        self.is_same_name(&before.name, &after.name)
            && before.is_unique == after.is_unique
            && before.method == after.method
            && before.parts == after.parts
            && before.include == after.include
            && before.predicate == after.predicate
            && before.nulls_not_distinct == after.nulls_not_distinct
            // PostgreSQL says it in a statement of its own.
            && (before.comment == after.comment || self.after.dialect() == Dialect::Postgres)
    }

    pub(super) fn is_same_trigger(&self, before: &Trigger, after: &Trigger) -> bool {
        self.is_same_name(&before.name, &after.name) && before.text == after.text
    }
}

/// Whether an object is known well enough to be changed.
pub(super) fn is_certain(object: Option<&Object>) -> bool {
    object.is_none_or(|object| object.certainty == crate::schema::Certainty::Certain)
}

/// Whether SQLite does the same with a row that breaks something.
fn is_same_way(before: Option<ConflictResolution>, after: Option<ConflictResolution>) -> bool {
    before.unwrap_or(ConflictResolution::Abort) == after.unwrap_or(ConflictResolution::Abort)
}
