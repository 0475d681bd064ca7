//! Functions by name: PostgreSQL's own, and what a call may do.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Proof;
use super::lookup::{Found, shown};
use super::run::Run;
use crate::ddl::{Expr, ExprKind, Path};
use crate::dialect::Dialect;
use crate::nearest::nearest;
use crate::schema::Space;

/// The functions of `pg_catalog` in PostgreSQL 15 and 18, and the constructs of the language that are read as calls.
static BUILT_IN: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("functions.txt").lines().collect());

impl Run<'_> {
    /// Whether a call is one of the database's own functions.
    pub(super) fn is_built_in(&self, name: &Path) -> bool {
        let is_of_catalog = name.schema.as_ref().is_none_or(|schema| &*schema.text == "pg_catalog");
        self.dialect != Dialect::Postgres || is_of_catalog && BUILT_IN.contains(&*name.name.text)
    }

    /// A finding if nobody knows a function. It is never certain, for versions to come have more of them.
    pub(super) fn function_must_be_there(&mut self, name: &Path) {
        if self.dialect != Dialect::Postgres
            || self.is_built_in(name)
            || self.may_be_of_extension(&name.name.text)
            || self.find(name, Space::Routine) != Found::Missing
            // Types are called to convert to them.
            || self.find(name, Space::Type) != Found::Missing
        {
            return;
        }
        let made = self.schema.objects_in(Space::Routine);
        let names = made.map(|(_, object)| &*object.name.name).chain(BUILT_IN.iter().copied());
        let near = nearest(&name.name.text, names).map(|near| format!("the nearest is `{near}`"));
        let finding =
            self.wrong("missing-function", name.at(), format!("there is no function `{}`", shown(name)));
        finding.proof = Proof::Likely;
        finding.helps.extend(near);
    }

    /// All functions that an expression calls must be there.
    pub(super) fn functions_must_be_there(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Call { name, arguments } => {
                self.function_must_be_there(name);
                arguments.iter().for_each(|argument| self.functions_must_be_there(argument));
            }
            ExprKind::Cast(inner, data_type) => {
                drop(self.known_type(data_type));
                self.functions_must_be_there(inner);
            }
            ExprKind::Operation(_, parts) => parts.iter().for_each(|part| self.functions_must_be_there(part)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_has_what_everybody_calls() {
        let names: Vec<&str> = include_str!("functions.txt").lines().collect();
        assert!(names.is_sorted());
        for name in ["coalesce", "now", "gen_random_uuid", "jsonb_build_object", "count", "lower"] {
            assert!(BUILT_IN.contains(name), "{name}");
        }
    }
}
