//! A database schema as a value.
//!
//! Both ways of knowing a schema end here: the interpreter, which replays SQL on it, and reflection, which reads a live
//! database. So everything is kept in the form in which the database's own catalog would show it, and two schemas can be
//! compared whichever way they came. Expressions are the exception: catalogs print them anew, so a [`SqlText`] keeps what
//! was written and a normal form beside it.
//!
//! A schema is cheap to clone: objects are shared until they are changed ([`SharedMap`]). One that is not certain says so
//! itself ([`Certainty`]), because a wrong answer is worse than none.

pub(crate) mod bytes;
pub(crate) mod conversion;
mod described;
mod difference;
mod fact;
pub mod mysql;
mod name;
mod needs;
mod printed;
pub(crate) mod quoted;
mod routine;
pub(crate) mod sequence;
mod shared;
mod slot;
mod table;
mod text;
mod types;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;
use std::sync::Arc;

pub use described::Described;
pub use difference::{Difference, Undecided};
pub use name::{ObjectId, ObjectName, Space};
pub(crate) use printed::columns_of;
pub(crate) use routine::{Declared, is_list_of_names};
pub use routine::{Parameter, Routine};
pub use shared::SharedMap;
pub(crate) use slot::{Reads, Slot, Stamp, Sums, contributions};
pub use table::{
    Column, Constraint, ConstraintBody, ForeignKey, Generated, Identity, Index, IndexPart, Partition, Table,
    TableKind, Trigger,
};
pub use text::SqlText;
pub use types::{BaseType, Type};

use crate::ddl::Kind;
use crate::dialect::Dialect;

/// A schema.
#[derive(Clone, Debug)]
pub struct Schema {
    dialect: Dialect,
    objects: SharedMap<ObjectId, Object>,
    /// The objects that need each object.
    dependents: SharedMap<ObjectId, BTreeSet<ObjectId>>,
    /// How many constraints have each name, by schema.
    constraint_names: SharedMap<(Arc<str>, Arc<str>), usize>,
    /// The objects that are no relations, by space: there are few of them, and they are looked through.
    by_space: BTreeMap<Space, SharedMap<ObjectId, ()>>,
    /// The views, and the tables with triggers.
    with_statements: SharedMap<ObjectId, ()>,
    /// The objects that have a trigger of each name, in lower case.
    triggers: SharedMap<Box<str>, BTreeSet<ObjectId>>,
    /// Whether objects that are not in it may be there all the same: something ran whose effect nobody knows.
    pub may_have_others: bool,
    /// Who wants to know where one looks.
    reads: Option<Reads>,
}

impl Schema {
    /// A schema with nothing in it.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            objects: SharedMap::default(),
            dependents: SharedMap::default(),
            constraint_names: SharedMap::default(),
            by_space: BTreeMap::new(),
            with_statements: SharedMap::default(),
            triggers: SharedMap::default(),
            may_have_others: false,
            reads: None,
        }
    }

    /// From here on it is told where one looks in it, and in what becomes of it, or no longer.
    pub(crate) fn watch(&mut self, reads: Option<Reads>) {
        self.reads = reads;
    }

    fn saw(&self, slot: Slot) {
        if let Some(reads) = &self.reads {
            reads.saw(slot);
        }
    }

    /// Whose it is.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Everything in it.
    pub fn objects(&self) -> &SharedMap<ObjectId, Object> {
        self.saw(Slot::ALL);
        &self.objects
    }

    /// Whether there may be objects that are not described: something ran of which not all is known.
    pub fn may_have_more(&self) -> bool {
        self.may_have_others || self.objects().iter().any(|(_, object)| object.is_mere_word())
    }

    /// Everything in it that is of a space.
    pub fn objects_in(&self, space: Space) -> impl Iterator<Item = (&ObjectId, &Object)> {
        self.saw(Slot::space(space));
        let relations = (space == Space::Relation).then(|| self.objects.iter()).into_iter().flatten();
        let others = self.by_space.get(&space).into_iter().flat_map(|ids| ids.iter());
        relations
            .filter(|(id, _)| id.space == Space::Relation)
            .chain(others.filter_map(|(id, ())| self.objects.get_key_value(id)))
    }

    /// The views, and the tables with triggers.
    pub fn objects_with_statements(&self) -> impl Iterator<Item = (&ObjectId, &Object)> {
        self.saw(Slot::STATEMENTS);
        self.with_statements.iter().filter_map(|(id, ())| self.objects.get_key_value(id))
    }

    /// The objects that have a trigger of this name, whatever its case.
    pub fn with_trigger(&self, name: &str) -> impl Iterator<Item = (&ObjectId, &Object)> {
        self.saw(Slot::STATEMENTS);
        let all = self.triggers.get(&name.to_ascii_lowercase().into_boxed_str()).into_iter().flatten();
        all.filter_map(|id| self.objects.get_key_value(id))
    }

    /// The objects that are not one and the same in both schemas, of which one was made from the other.
    pub fn changed(&self, other: &Self) -> BTreeSet<ObjectId> {
        self.objects.unshared(&other.objects)
    }

    fn entry(&self, id: &ObjectId) -> Option<&(ObjectId, Arc<Object>)> {
        let hash = shared::hash(id);
        self.saw(Slot::at(hash));
        self.objects.entry_at(hash, id)
    }

    /// The object.
    pub fn get(&self, id: &ObjectId) -> Option<&Object> {
        self.entry(id).map(|(_, object)| &**object)
    }

    /// The object with its own id.
    pub fn get_key_value(&self, id: &ObjectId) -> Option<(&ObjectId, &Object)> {
        self.entry(id).map(|(id, object)| (id, &**object))
    }

    /// The table.
    pub fn table(&self, id: &ObjectId) -> Option<&Table> {
        match self.get(id) {
            Some(Object { body: ObjectBody::Table(table), .. }) => Some(table),
            _ => None,
        }
    }

    /// The type under a domain, or the type itself.
    pub(crate) fn under(&self, data_type: &Type) -> Type {
        let mut found = data_type.clone();
        // As often as there are domains of domains; a schema that goes in circles is none.
        for _ in 0..16 {
            let Some(made) = found.made() else { break };
            let object = self.get(&made.id(Space::Type, self.dialect()));
            let Some(ObjectBody::Domain(domain)) = object.map(|object| &object.body) else { break };
            found =
                Type { is_array: found.is_array || domain.data_type.is_array, ..domain.data_type.clone() };
        }
        found
    }

    /// The objects that need this one, itself excepted.
    pub fn dependents(&self, id: &ObjectId) -> impl Iterator<Item = (&ObjectId, &Object)> {
        self.saw(Slot::object(id).dependents());
        let all = self.dependents.get(id).into_iter().flatten();
        all.filter(move |dependent| *dependent != id).filter_map(|dependent| self.get_key_value(dependent))
    }

    /// How many constraints in the schema of this name are called so.
    pub fn constraints_named(&self, schema: &Arc<str>, name: &str) -> usize {
        let key = (Arc::clone(schema), name.into());
        self.saw(Slot::constraint_name(&key));
        self.constraint_names.get(&key).copied().unwrap_or(0)
    }

    /// Puts an object there; one of the same id goes.
    pub fn insert(&mut self, id: ObjectId, object: Object) {
        self.remove(&id);
        self.index(&id, &object, true);
        self.objects.insert(id, object);
    }

    /// Takes an object out, and nothing with it.
    pub fn remove(&mut self, id: &ObjectId) -> Option<Arc<Object>> {
        self.saw(Slot::object(id));
        let object = self.objects.remove(id)?;
        self.index(id, &object, false);
        Some(object)
    }

    /// Changes an object; whether there was one.
    pub fn change(&mut self, id: &ObjectId, change: impl FnOnce(&mut Object)) -> bool {
        let Some((_, before)) = self.entry(id).cloned() else { return false };
        let Some(object) = self.objects.get_mut(id) else { return false };
        change(object);
        let after = self.objects.shared(id).cloned();
        self.index(id, &before, false);
        if let Some(after) = after {
            self.index(id, &after, true);
        }
        true
    }

    /// From here on nothing is certain.
    pub fn lose_all(&mut self) {
        self.may_have_others = true;
        let ids: Vec<ObjectId> = self.objects().iter().map(|(id, _)| id.clone()).collect();
        for id in ids {
            self.change(&id, |object| object.certainty = Certainty::Doubtful);
        }
    }

    /// Enters an object into what is derived from objects, or takes it out of there.
    fn index(&mut self, id: &ObjectId, object: &Object, is_there: bool) {
        for need in &object.needs {
            note(&mut self.dependents, need.object.clone(), id, is_there);
        }
        for trigger in object.triggers() {
            note(&mut self.triggers, trigger.name.to_ascii_lowercase().into_boxed_str(), id, is_there);
        }
        let list = |ids: &mut SharedMap<ObjectId, ()>| match is_there {
            true => drop(ids.insert(id.clone(), ())),
            false => drop(ids.remove(id)),
        };
        if id.space != Space::Relation {
            list(self.by_space.entry(id.space).or_default());
        }
        if object.has_statements() {
            list(&mut self.with_statements);
        }
        let ObjectBody::Table(table) = &object.body else { return };
        for name in table.constraints.iter().filter_map(|constraint| constraint.name.as_ref()) {
            let key = (Arc::clone(&id.schema), Arc::clone(name));
            let now = self.constraint_names.get(&key).copied().unwrap_or(0);
            match if is_there { now + 1 } else { now.saturating_sub(1) } {
                0 => {
                    self.constraint_names.remove(&key);
                }
                count => {
                    self.constraint_names.insert(key, count);
                }
            }
        }
    }
}

/// Enters an object under a key, or takes it out of there.
fn note<K: Clone + Hash + Ord>(
    map: &mut SharedMap<K, BTreeSet<ObjectId>>,
    key: K,
    id: &ObjectId,
    is_there: bool,
) {
    match map.get_mut(&key) {
        None if is_there => drop(map.insert(key, BTreeSet::from([id.clone()]))),
        None => {}
        Some(ids) if is_there => drop(ids.insert(id.clone())),
        Some(ids) => {
            ids.remove(id);
            if ids.is_empty() {
                map.remove(&key);
            }
        }
    }
}

/// Something with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its name, as the catalog has it.
    pub name: ObjectName,
    /// What it is.
    pub body: ObjectBody,
    /// What is said about it.
    pub comment: Option<Arc<str>>,
    /// How well it is known.
    pub certainty: Certainty,
    /// What it cannot be without.
    pub needs: BTreeSet<Need>,
}

impl Object {
    /// Its triggers.
    pub fn triggers(&self) -> &[Trigger] {
        match &self.body {
            ObjectBody::Table(table) => &table.triggers,
            ObjectBody::View(view) => &view.triggers,
            _ => &[],
        }
    }

    /// Whether it is a view or a table with triggers.
    pub(crate) fn has_statements(&self) -> bool {
        matches!(self.body, ObjectBody::View(_)) || !self.triggers().is_empty()
    }

    /// Whether it is but a word of a statement that is not understood: an object of that name may be there.
    pub fn is_mere_word(&self) -> bool {
        self.certainty == Certainty::Doubtful && matches!(self.body, ObjectBody::Other(Kind::Other, None))
    }
}

/// What an object is.
#[derive(Clone, Debug, PartialEq)]
pub enum ObjectBody {
    /// A table, with all that belongs to it.
    Table(Table),
    /// A view.
    View(View),
    /// An index, which is kept with its table; here stands where that is. MySQL's, whose names are the table's own
    /// business, are not here.
    Index {
        /// The table or materialized view.
        table: ObjectName,
    },
    /// A sequence.
    Sequence(Sequence),
    /// An enum, with its labels in order.
    Enum(Vec<Arc<str>>),
    /// A domain.
    Domain(Domain),
    /// A composite type, with its attributes in order.
    Composite(Vec<(Arc<str>, Type)>),
    /// A range type, a type written in C, or one that is only announced.
    OtherType,
    /// The functions, procedures and aggregates of this name.
    Routines(Vec<Routine>),
    /// A schema.
    Namespace,
    /// An extension, with the schema that it was put into, where that is known.
    Extension(Option<Arc<str>>),
    /// Anything else, by its kind and what it belongs to.
    Other(Kind, Option<ObjectName>),
}

/// How well an object is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// As the database has it.
    #[default]
    Certain,
    /// It is there, and what it looks like is not known in all.
    Uncertain,
    /// It may not even be there.
    Doubtful,
}

/// Something that an object cannot be without, down to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Need {
    /// The object that is needed.
    pub object: ObjectId,
    /// The column or the constraint of it that is needed.
    pub part: Option<Arc<str>>,
    /// The part of the object that needs it: a column, a constraint, an index or a trigger, which goes alone when the
    /// needed thing goes; `None` where the whole goes.
    pub by: Option<Arc<str>>,
    /// Whether it goes without being told to, as a table's own sequence does.
    pub is_automatic: bool,
}

/// A view.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Whether its rows are kept.
    pub is_materialized: bool,
    /// It lasts as long as the session.
    pub is_temporary: bool,
    /// Its columns; the type is open where it could not be found out. `None` where not even the names could.
    pub columns: Option<Vec<(Arc<str>, Option<Type>)>>,
    /// The names that its statement gives them; empty where they are those of the query.
    pub given: Vec<Arc<str>>,
    /// What it shows.
    pub query: SqlText,
    /// What it has besides: `security_barrier`, `security_invoker`, `check_option` with `local` or `cascaded`; of a materialized one
    /// its storage parameters, `using`, `tablespace`, and `no data` where it is empty; MySQL's `algorithm`, `sql security` and
    /// `definer`. What is the default is not there.
    pub options: BTreeMap<Arc<str>, Arc<str>>,
    /// What is said of its columns besides, by their names: only of those of which something is.
    pub said: BTreeMap<Arc<str>, ViewColumn>,
    /// The indexes of a materialized view.
    pub indexes: Vec<Index>,
    /// Its triggers.
    pub triggers: Vec<Trigger>,
}

/// What PostgreSQL lets somebody say of a column of a view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewColumn {
    /// What it is where nothing is given.
    pub default: Option<SqlText>,
    /// What is said about it.
    pub comment: Option<Arc<str>>,
}

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// The type of its numbers.
    pub data_type: Type,
    /// What was said about it and is not the default: `start`, `increment`, `minvalue`, `maxvalue`, `cache`, `cycle`.
    pub options: Vec<(Arc<str>, Arc<str>)>,
    /// The column it belongs to.
    pub owned_by: Option<(ObjectName, Arc<str>)>,
    /// It lasts as long as the session.
    pub is_temporary: bool,
}

/// A domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// The type under it.
    pub data_type: Type,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// Its default.
    pub default: Option<SqlText>,
    /// Its checks, by name.
    pub checks: Vec<(Arc<str>, SqlText)>,
}
