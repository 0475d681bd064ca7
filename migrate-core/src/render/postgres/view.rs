//! Views, and what is said of them besides their query.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{POSTGRES, comment};
use crate::render::note::rights_are_lost;
use crate::render::{Renderer, Script, view};
use crate::schema::{Object, ObjectBody, ObjectName, Space, View, ViewColumn};

impl Renderer<'_> {
    /// A view with what is said of its columns. One that goes and comes back has its rows at once: whether it had some nobody knows.
    pub(super) fn make_view(&self, own: &ObjectName, body: &View, out: &mut Script) {
        let before = self.before.get(&own.id(Space::Relation, POSTGRES));
        let comes_back = matches!(before, Some(Object { body: ObjectBody::View(_), .. }));
        let mut body = body.clone();
        let mut notes = vec![];
        if comes_back {
            body.options.remove("no data");
            notes = rights_are_lost(&self.path(own));
        }
        out.push_noted(self.create_view(own, &body), notes);
        self.say_of_columns(own, &View { said: [].into(), ..body.clone() }, &body, out);
    }

    pub(super) fn alter_view(&self, own: &ObjectName, before: &View, after: &View, out: &mut Script) {
        out.extend(view::alter(&self.path(own), before, after));
        self.say_of_columns(own, before, after, out);
    }

    fn say_of_columns(&self, own: &ObjectName, before: &View, after: &View, out: &mut Script) {
        let path = self.path(own);
        let columns: BTreeSet<&Arc<str>> = before.said.keys().chain(after.said.keys()).collect();
        let nothing = ViewColumn::default();
        for column in columns {
            let [old, new] = [before, after].map(|view| view.said.get(column).unwrap_or(&nothing));
            let name = self.name(column);
            match (&old.default, &new.default) {
                (old, Some(new)) if old.as_ref() != Some(new) => {
                    out.push(format!("ALTER VIEW {path} ALTER COLUMN {name} SET DEFAULT {}", new.written));
                }
                (Some(_), None) => out.push(format!("ALTER VIEW {path} ALTER COLUMN {name} DROP DEFAULT")),
                _ => {}
            }
            if old.comment != new.comment {
                out.push(comment("COLUMN", &format!("{path}.{name}"), new.comment.as_deref()));
            }
        }
    }
}
