//! What PostgreSQL's own extensions bring: the names of their types and functions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use super::Proof;
use super::lookup::Found;
use super::run::Run;
use crate::ddl::{Extent, Path, TypeName};
use crate::dialect::Dialect;
use crate::nearest::nearest;
use crate::schema::{ObjectBody, ObjectName, Schema, Space, Type};

/// The extensions that come with PostgreSQL 15 and 18, each with its types and functions.
static CONTRIB: LazyLock<BTreeMap<&'static str, BTreeSet<&'static str>>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let mut words = line.split(' ');
        Some((words.next()?, words.collect()))
    };
    include_str!("extensions.txt").lines().filter_map(line).collect()
});

/// Whether an extension goes where it is told, and otherwise to the schema that is looked through first. Languages, and what manages
/// the server, know better; of what does not come with PostgreSQL nobody knows.
pub(super) fn goes_anywhere(extension: &str) -> bool {
    CONTRIB.contains_key(extension) && !extension.starts_with("pl") && extension != "adminpack"
}

/// Whether all extensions of a schema are among those.
pub(super) fn are_contrib(schema: &Schema) -> bool {
    schema.objects_in(Space::Extension).all(|(id, _)| CONTRIB.contains_key(&*id.name))
}

/// Into which schema the extension was put that brings a type of this name. `public` where no extension of the schema is known to
/// bring it: then somebody else set it up. `None` where several may, and are in several schemas.
pub fn schema_of_extension_type(schema: &Schema, name: &str) -> Option<Arc<str>> {
    let placed = |known: bool| {
        let all = schema.objects_in(Space::Extension).filter(move |(id, _)| match CONTRIB.get(&*id.name) {
            Some(names) => known && names.contains(name),
            None => !known,
        });
        all.map(|(_, object)| match &object.body {
            ObjectBody::Extension(Some(schema)) => Arc::clone(schema),
            _ => "public".into(),
        })
    };
    let mut places: BTreeSet<Arc<str>> = placed(true).collect();
    if places.is_empty() {
        places = placed(false).collect();
    }
    match places.len() {
        0 => Some("public".into()),
        1 => places.pop_first(),
        _ => None,
    }
}

impl Run<'_> {
    pub(super) fn has_extensions(&self) -> bool {
        self.schema.objects_in(Space::Extension).next().is_some()
    }

    /// A finding if a name is in a schema that nobody made, and that is called almost like one that is there.
    pub(super) fn schema_may_be_there(&mut self, path: &Path) {
        let Some(schema) = path.schema.as_ref().filter(|_| self.dialect == Dialect::Postgres) else { return };
        let id = self.id(&ObjectName::new("", &*schema.text), Space::Namespace);
        let is_known = self.schema.get(&id).is_some() || self.dropped.contains(&id);
        if is_known
            || *schema.text == *"public"
            || schema.text.starts_with("pg_")
            || self.schema.may_have_others
        {
            return;
        }
        let made = self.schema.objects_in(Space::Namespace).map(|(id, _)| &*id.name);
        let Some(near) = nearest(&schema.text, made.chain(["public"])) else { return };
        let help = format!("the nearest is `{near}`");
        let message = format!("no revision makes a schema `{}`", schema.text);
        let finding = self.wrong("missing-object", schema.at, message);
        finding.proof = Proof::Likely;
        finding.helps.push(help);
    }

    /// A finding if a word is none of those that are known, and almost one of them.
    pub(super) fn word_may_be_known(&mut self, what: &str, word: &str, at: Extent, known: &[&str]) {
        if self.dialect != Dialect::Postgres || known.contains(&word) {
            return;
        }
        let Some(near) = nearest(word, known.iter().copied()) else { return };
        let help = format!("the nearest is `{near}`");
        let finding = self.wrong("missing-object", at, format!("PostgreSQL has no {what} `{word}`"));
        finding.proof = Proof::Likely;
        finding.helps.push(help);
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
        self.schema_may_be_there(&path);
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
