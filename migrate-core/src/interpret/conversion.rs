//! Whether a column's type turns into another one, and a key refers to it, as far as that is certain.

use super::extensions::are_contrib;
use super::run::Run;
use crate::ddl::Kind;
use crate::dialect::Dialect;
use crate::schema::conversion::{becomes, compares, is_listed, is_text};
use crate::schema::{BaseType, Certainty, Object, ObjectBody, Space, Type};

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
            let is_written = |known: Known<'_>| matches!(known, Known::BuiltIn(name) if is_text(name));
            return from.is_array != to.is_array
                && !self.may_convert()
                && self.known(from).is_some()
                && self.known(to).is_some()
                && self.known(scalar).is_some_and(|known| !(from.is_array && is_written(known)));
        }
        let (Some(from), Some(to)) = (self.known(from), self.known(to)) else { return false };
        let turns = match (from, to) {
            (Known::BuiltIn(from), Known::BuiltIn(to)) => becomes(from, to),
            (Known::Enum(_), Known::BuiltIn(to)) => is_text(to),
            _ => false,
        };
        !self.may_convert() && from != to && !turns
    }

    /// Whether a column of one type certainly cannot refer to one of the other.
    pub(super) fn never_compares(&self, key: &Type, target: &Type) -> bool {
        if key.is_array || target.is_array {
            return false;
        }
        let (Some(key), Some(target)) = (self.known(key), self.known(target)) else { return false };
        let are_compared = match (key, target) {
            (Known::BuiltIn(key), Known::BuiltIn(target)) => compares(key, target),
            _ => false,
        };
        !self.may_convert() && key != target && !are_compared
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
