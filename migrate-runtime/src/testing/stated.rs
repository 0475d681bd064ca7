//! What a file states of its statements (`-- migrate:effect`), held against what they do.

use migrate_core::history::History;
use migrate_core::replay;
use migrate_core::revision::Direction;
use migrate_core::schema::Schema;

use super::failure::TestFailure;
use crate::backend::MigrateConnection;
use crate::reflect::reflect;
use crate::verify::states_effects;

/// The schema before a revision that states effects: as the database has it, and as the statements so far make it.
pub(super) struct Before {
    found: Schema,
    replayed: Schema,
}

/// Looks at the schema before a revision, if the file states effects of its upgrade; `at` are the revisions applied so far.
pub(super) fn before<C: MigrateConnection>(
    history: &History,
    node: usize,
    at: &[usize],
    conn: &mut C,
) -> Result<Option<Before>, TestFailure> {
    let dialect = conn.dialect();
    if !states_effects(history, node, dialect) {
        return Ok(None);
    }
    let found = read(conn)?;
    Ok(Some(Before { found, replayed: replay::schema_at(history, at, dialect) }))
}

impl Before {
    /// Compares what the upgrade did with what its statements, and the file where it states effects, say that it does.
    pub(super) fn check<C: MigrateConnection>(
        &self,
        history: &History,
        node: usize,
        conn: &mut C,
    ) -> Result<(), TestFailure> {
        let did = told(&self.found, &read(conn)?);
        let says = replay::after(history, node, Direction::Upgrade, self.replayed.clone());
        let says = told(&self.replayed, &says);
        if did == says {
            return Ok(());
        }
        let revision = history.revision(node);
        let text = format!("`-- migrate:effect` of `{}` does not say what the upgrade does", revision.id);
        let mut failure = TestFailure::new(text)
            .of(revision.id.as_str())
            .line(&format!("--> {}", revision.section_path(Direction::Upgrade)));
        for change in did.iter().filter(|change| !says.contains(change)) {
            failure = failure.note(&format!("not stated: {change}"));
        }
        for change in says.iter().filter(|change| !did.contains(change)) {
            failure = failure.note(&format!("stated, and not so: {change}"));
        }
        Err(failure)
    }
}

fn read<C: MigrateConnection>(conn: &mut C) -> Result<Schema, TestFailure> {
    reflect(conn, &[]).map_err(|error| TestFailure::refused("reading the schema", &error))
}

/// The changes from one schema to the other, but for what is only worded otherwise.
fn told(before: &Schema, after: &Schema) -> Vec<String> {
    let changes = before.differences(after);
    changes.iter().filter(|change| !change.is_text_only).map(ToString::to_string).collect()
}
