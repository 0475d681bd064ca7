//! What PostgreSQL's own extensions bring: the names of their types and functions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::Proof;
use super::lookup::Found;
use super::run::Run;
use crate::ddl::TypeName;
use crate::dialect::Dialect;
use crate::nearest::nearest;
use crate::schema::{Schema, Space, Type};

/// The extensions that come with PostgreSQL 15 and 18, each with its types and functions.
static CONTRIB: LazyLock<BTreeMap<&'static str, BTreeSet<&'static str>>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let mut words = line.split(' ');
        Some((words.next()?, words.collect()))
    };
    include_str!("extensions.txt").lines().filter_map(line).collect()
});

/// Whether all extensions of a schema are among those.
pub(super) fn are_contrib(schema: &Schema) -> bool {
    schema.objects_in(Space::Extension).all(|(id, _)| CONTRIB.contains_key(&*id.name))
}

impl Run<'_> {
    pub(super) fn has_extensions(&self) -> bool {
        self.schema.objects_in(Space::Extension).next().is_some()
    }

    /// Whether an extension of the schema brings something of that name, or is one of which nobody knows what it brings.
    pub(super) fn may_be_of_extension(&self, name: &str) -> bool {
        self.schema.objects_in(Space::Extension).any(|(id, _)| match CONTRIB.get(&*id.name) {
            Some(names) => names.contains(name),
            None => true,
        })
    }

    /// The type that a name stands for; a finding if nobody knows it. It is never certain: whoever sets up the database may
    /// have brought an extension.
    pub(super) fn known_type(&mut self, name: &TypeName) -> Type {
        let data_type = self.data_type(name);
        let written = &*name.name;
        let is_other = written.is_empty() || written.starts_with('_') || written.contains('%');
        if self.dialect != Dialect::Postgres || !data_type.is_unknown() || is_other {
            return data_type;
        }
        let path =
            crate::ddl::Path { schema: name.schema.clone(), name: crate::ddl::Ident::new(written, name.at) };
        let is_missing =
            [Space::Type, Space::Relation].iter().all(|&space| self.find(&path, space) == Found::Missing);
        if !is_missing || self.may_be_of_extension(written) {
            return data_type;
        }
        let made = self.schema.objects_in(Space::Type);
        let mut names: Vec<&str> = Type::names_of_postgres().collect();
        names.extend(made.map(|(_, object)| &*object.name.name));
        let near = nearest(written, names).map(|near| format!("the nearest is `{near}`"));
        let finding = self.wrong("missing-type", name.at, format!("there is no type `{written}`"));
        finding.proof = Proof::Likely;
        finding.helps.extend(near);
        data_type
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_bring_what_they_are_known_for() {
        for (extension, name) in [
            ("citext", "citext"),
            ("hstore", "hstore"),
            ("uuid-ossp", "uuid_generate_v4"),
            ("pgcrypto", "crypt"),
        ] {
            assert!(CONTRIB[extension].contains(name), "{name}");
        }
        assert!(CONTRIB["plpgsql"].is_empty());
    }
}
