//! A schema as lines of text, as people read it and tests compare it.

use std::fmt;

use super::{Certainty, Object, ObjectBody, ObjectId, Schema};

/// An object as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// What it is: `table`.
    pub kind: String,
    /// Its name, with its schema unless that is the usual one.
    pub name: String,
    /// How well it is known.
    pub certainty: Certainty,
    /// All that is true of it, a line each.
    pub lines: Vec<String>,
}

impl Schema {
    /// What differences call an object: `table users`.
    pub fn title(&self, id: &ObjectId) -> Option<String> {
        self.get(id).map(|object| title(object, id))
    }

    /// All objects as text, by kind and name. What belongs to a table is told with it.
    pub fn described(&self) -> Vec<Described> {
        let mut all = Vec::new();
        for (id, object) in self.objects().sorted() {
            if matches!(object.body, ObjectBody::Index { .. }) || object.is_mere_word() {
                continue;
            }
            let title = title(object, id);
            let kind = match &object.body {
                // The kind is the first word.
                ObjectBody::Other(..) => title.split(' ').next().unwrap_or_default(),
                _ => title.strip_suffix(&object.name.to_string()).unwrap_or(&title).trim_end(),
            };
            let name = title[kind.len()..].trim_start().to_owned();
            let facts = self.facts(object).into_iter().map(|fact| fact.line);
            all.push(Described {
                kind: kind.to_owned(),
                name,
                certainty: object.certainty,
                lines: facts.filter(|line| !line.is_empty()).collect(),
            });
        }
        all
    }
}

/// The schema, an object after the other, by kind and name.
impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Described { kind, name, certainty, lines } in self.described() {
            let certainty = match certainty {
                Certainty::Certain => "",
                Certainty::Uncertain => " (not known in all)",
                Certainty::Doubtful => " (may be there)",
            };
            writeln!(f, "{kind} {name}{certainty}")?;
            for line in lines {
                writeln!(f, "  {line}")?;
            }
        }
        if self.may_have_more() {
            f.write_str("and what nobody knows of\n")?;
        }
        Ok(())
    }
}

/// The kind and the name of an object.
pub(super) fn title(object: &Object, id: &ObjectId) -> String {
    let kind = match &object.body {
        ObjectBody::Table(_) => "table",
        ObjectBody::View(view) if view.is_materialized => "materialized view",
        ObjectBody::View(_) => "view",
        ObjectBody::Index { .. } => "index",
        ObjectBody::Sequence(_) => "sequence",
        ObjectBody::Enum(_) => "enum",
        ObjectBody::Domain(_) => "domain",
        ObjectBody::Composite(_) | ObjectBody::OtherType => "type",
        ObjectBody::Routines(_) => "function",
        ObjectBody::Namespace => "schema",
        ObjectBody::Extension(_) => "extension",
        // The kind is part of the name.
        ObjectBody::Other(..) => {
            let (kind, name) = id.name.split_once(' ').unwrap_or(("", &id.name));
            return format!("{} {name}", kind.to_lowercase()).trim_start().to_owned();
        }
    };
    format!("{kind} {}", object.name)
}
