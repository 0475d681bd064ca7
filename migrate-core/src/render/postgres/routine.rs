//! Functions, procedures and aggregates.

use super::{POSTGRES, comment};
use crate::change::Change;
use crate::ddl::Kind;
use crate::render::{Renderer, Script, types};
use crate::schema::{ObjectName, Routine};

impl Renderer<'_> {
    /// The routines that a change names, of those that have a name. One whose text is not known is left out.
    pub(super) fn routines(&self, name: &ObjectName, change: Change<&[Routine]>, out: &mut Script) {
        let (before, after) = (change.before.unwrap_or_default(), change.after.unwrap_or_default());
        let is_in = |list: &[Routine], one: &Routine| {
            list.iter().any(|other| other.arguments == one.arguments && other.kind == one.kind)
        };
        for routine in before.iter().filter(|routine| !is_in(after, routine)) {
            out.push(format!("DROP {}", self.signature(name, routine)));
        }
        for routine in after {
            let Some(text) = &routine.text else { continue };
            out.push(if is_in(before, routine) { or_replace(text) } else { text.trim().to_owned() });
        }
    }

    /// What is said about one; about several of a name nobody knows of which it is said.
    pub(super) fn comment_on_routine(
        &self,
        name: &ObjectName,
        routines: &[Routine],
        text: Option<&str>,
        out: &mut Script,
    ) {
        if let [routine] = routines {
            let signature = self.signature(name, routine);
            let (kind, what) = signature.split_once(' ').unwrap_or(("FUNCTION", &signature));
            out.push(comment(kind, what, text));
        }
    }

    fn signature(&self, name: &ObjectName, routine: &Routine) -> String {
        let kind = match routine.kind {
            Kind::Procedure => "PROCEDURE",
            Kind::Aggregate => "AGGREGATE",
            _ => "FUNCTION",
        };
        let arguments: Vec<String> =
            routine.arguments.iter().map(|of| types::data_type(of, POSTGRES)).collect();
        let arguments = match (routine.kind, arguments.as_slice()) {
            (Kind::Aggregate, []) => "*".to_owned(),
            _ => arguments.join(", "),
        };
        format!("{kind} {}({arguments})", self.path(name))
    }
}

/// `CREATE` as `CREATE OR REPLACE`.
fn or_replace(text: &str) -> String {
    let text = text.trim();
    let mut words = text.split_ascii_whitespace();
    let is_create = words.next().is_some_and(|word| word.eq_ignore_ascii_case("create"));
    let replaces = words.next().is_some_and(|word| word.eq_ignore_ascii_case("or"));
    match text.split_at_checked("create".len()) {
        Some((create, rest)) if is_create && !replaces => format!("{create} OR REPLACE{rest}"),
        _ => text.to_owned(),
    }
}
