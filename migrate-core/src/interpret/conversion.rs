//! Which of PostgreSQL's types turn into which: by themselves, where a column's type is changed, and to be compared, where a
//! foreign key leads from one to the other.
//!
//! What is said here was tried on PostgreSQL 15 and 18; it is what `pg_cast` has as implicit and as assignment casts, and what
//! the operator families of B-trees compare.

use super::extensions::are_contrib;
use super::run::Run;
use crate::ddl::Kind;
use crate::dialect::Dialect;
use crate::schema::{BaseType, Certainty, Object, ObjectBody, Space, Type};

/// Types of numbers.
const NUMBERS: [&str; 6] = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];

/// Types of texts, to which every value can be written out.
const TEXTS: [&str; 4] = ["text", "character varying", "character", "name"];

/// Types of bits, addresses and documents that turn into each other.
const PAIRS: [[&str; 2]; 4] =
    [["inet", "cidr"], ["bit", "bit varying"], ["macaddr", "macaddr8"], ["json", "jsonb"]];

/// Types that turn into nothing but texts.
const ALONE: [&str; 4] = ["uuid", "boolean", "bytea", "interval"];

/// Types of times, each with those that it turns into.
const TIMES: [(&str, &[&str]); 5] = [
    ("date", &["timestamp without time zone", "timestamp with time zone"]),
    ("timestamp without time zone", &["date", "timestamp with time zone", "time without time zone"]),
    (
        "timestamp with time zone",
        &["date", "timestamp without time zone", "time without time zone", "time with time zone"],
    ),
    ("time without time zone", &["interval", "time with time zone"]),
    ("time with time zone", &["time without time zone"]),
];

/// What is known of a type here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known<'t> {
    BuiltIn(&'t str),
    Enum(&'t crate::schema::ObjectName),
}

impl Run<'_> {
    /// Whether PostgreSQL certainly does not turn one type into the other by itself.
    pub(super) fn never_becomes(&self, from: &Type, to: &Type) -> bool {
        if from.is_array || to.is_array {
            // Only a text can be made of a list, and no list of a single value.
            let scalar = if from.is_array { to } else { from };
            let is_text = |known: Known<'_>| matches!(known, Known::BuiltIn(name) if TEXTS.contains(&name));
            return from.is_array != to.is_array
                && !self.may_convert()
                && self.known(from).is_some()
                && self.known(to).is_some()
                && self.known(scalar).is_some_and(|known| !(from.is_array && is_text(known)));
        }
        let (Some(from), Some(to)) = (self.known(from), self.known(to)) else { return false };
        !self.may_convert() && from != to && !becomes(from, to)
    }

    /// Whether a column of one type certainly cannot refer to one of the other.
    pub(super) fn never_compares(&self, key: &Type, target: &Type) -> bool {
        if key.is_array || target.is_array {
            return false;
        }
        let (Some(key), Some(target)) = (self.known(key), self.known(target)) else { return false };
        !self.may_convert() && key != target && !compares(key, target)
    }

    fn known<'t>(&'t self, data_type: &'t Type) -> Option<Known<'t>> {
        match &data_type.base {
            BaseType::BuiltIn(name) => is_listed(name).then_some(Known::BuiltIn(name)),
            BaseType::Made(name) => {
                let object = self.schema.get(&self.id(name, Space::Type))?;
                let is_enum = matches!(object.body, ObjectBody::Enum(_));
                (is_enum && object.certainty == Certainty::Certain).then_some(Known::Enum(name))
            }
            BaseType::Unknown(_) => None,
        }
    }

    /// Whether there may be casts and operators that are not PostgreSQL's own.
    fn may_convert(&self) -> bool {
        let makes = |object: &Object| {
            matches!(
                object.body,
                ObjectBody::Other(
                    Kind::Cast | Kind::Operator | Kind::OperatorClass | Kind::OperatorFamily,
                    _
                )
            )
        };
        self.dialect != Dialect::Postgres
            || self.schema.may_have_others
            || !are_contrib(self.schema)
            || self.schema.objects_in(Space::Other).any(|(_, object)| makes(object))
    }
}

fn is_listed(name: &str) -> bool {
    NUMBERS.contains(&name)
        || TEXTS.contains(&name)
        || ALONE.contains(&name)
        || PAIRS.iter().any(|pair| pair.contains(&name))
        || TIMES.iter().any(|(time, _)| *time == name)
}

fn becomes(from: Known<'_>, to: Known<'_>) -> bool {
    match (from, to) {
        (_, Known::BuiltIn(to)) if TEXTS.contains(&to) => true,
        (Known::BuiltIn(from), Known::BuiltIn(to)) => {
            let both = |list: &[&str]| list.contains(&from) && list.contains(&to);
            both(&NUMBERS)
                || PAIRS.iter().any(|pair| both(pair))
                || TIMES.iter().any(|(time, others)| *time == from && others.contains(&to))
                || from == "interval" && to == "time without time zone"
        }
        _ => false,
    }
}

fn compares(key: Known<'_>, target: Known<'_>) -> bool {
    let (Known::BuiltIn(key), Known::BuiltIn(target)) = (key, target) else { return false };
    let place = |name: &str| NUMBERS.iter().position(|own| *own == name);
    if let (Some(key), Some(target)) = (place(key), place(target)) {
        // Whole numbers are compared as they are; of the rest the key has to turn into the target by itself.
        return key < 3 || key.min(4) <= target;
    }
    let both = |list: &[&str]| list.contains(&key) && list.contains(&target);
    let days = ["date", "timestamp without time zone", "timestamp with time zone"];
    both(&TEXTS)
        || both(&days)
        || PAIRS.iter().any(|pair| both(pair))
        || key == "time without time zone" && ["interval", "time with time zone"].contains(&target)
}
