//! The history replayed, with no database: the schema at its revisions.

use std::cell::RefCell;

use migrate_core::checks::Served;
use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::file::Dialects;
use migrate_core::graph::Edges;
use migrate_core::history::History;
use migrate_core::proof::{self, Traces};
use migrate_core::replay::Statements;
use migrate_core::revision::Direction;
use migrate_core::schema::Schema;

use crate::failure::{Failure, Result};
use crate::settings::Settings;

/// A history as it is for one kind of database.
pub(crate) struct Replayed<'h> {
    history: &'h History,
    statements: Statements<'h>,
    /// What came of the revisions that were gone through already.
    traces: RefCell<Traces>,
}

impl<'h> Replayed<'h> {
    /// Reads the statements that lead to some revisions.
    pub(crate) fn new(history: &'h History, dialect: Dialect, nodes: &[usize]) -> Self {
        let needed = history.graph().ancestors(nodes, Edges::All);
        let statements = migrate_dir::statements(history, dialect, |node, direction| {
            direction == Direction::Upgrade && needed.contains(node)
        });
        Self { history, statements, traces: RefCell::default() }
    }

    /// For which database.
    pub(crate) fn dialect(&self) -> Dialect {
        self.statements.dialect()
    }

    /// Whether the upgrade to a revision has statements.
    pub(crate) fn has_statements(&self, node: usize) -> bool {
        self.statements.get(node, Direction::Upgrade).is_some_and(|pieces| !pieces.is_empty())
    }

    /// The schema of a database that has these revisions, and all that they need.
    pub(crate) fn at(&self, nodes: &[usize]) -> Schema {
        proof::follow(self.history, nodes, &self.statements, &mut self.traces.borrow_mut(), None)
    }

    /// The schema before and after a revision.
    pub(crate) fn around(&self, node: usize) -> (Schema, Schema) {
        let mut before = None;
        let mut see = |at, schema: &Schema, _: &Schema| {
            if at == node {
                before = Some(schema.clone());
            }
        };
        let traces = &mut self.traces.borrow_mut();
        let after = proof::follow(self.history, &[node], &self.statements, traces, Some(&mut see));
        (before.unwrap_or_else(|| after.clone()), after)
    }
}

/// The database whose schema is meant: that of the flag or the URL, else the only one that the history serves.
///
/// # Errors
///
/// - The history serves several, or it does not say which it serves.
pub(crate) fn dialect(settings: &Settings, history: &History) -> Result<Dialect> {
    let served = served(settings, history);
    let named: Vec<Dialect> = served.iter().collect();
    match named[..] {
        [one] => Ok(one),
        [] => {
            let message = "nothing says which database the history is for";
            Err(Failure::usage("no-dialect", message)
                .help("say it with `--dialect`, or with `dialects` in migrate.toml"))
        }
        _ => {
            let names: Vec<_> = named.iter().map(|dialect| format!("`--dialect {dialect}`")).collect();
            Err(Failure::usage(
                "several-dialects",
                "the history serves several databases, each with a schema of its own",
            )
            .help(format!("say which is meant: {}", names.join(" or "))))
        }
    }
}

/// The databases that the history serves for sure: those that somebody names, else those of its sections.
pub(crate) fn served(settings: &Settings, history: &History) -> DialectSet {
    let declared = settings.dialects();
    if !declared.is_empty() {
        return declared;
    }
    let served = Served::of(history, Dialects::UNKNOWN);
    if served.possible.is_empty() { served.certain } else { DialectSet::EMPTY }
}
