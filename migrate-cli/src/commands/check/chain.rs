//! What the migrations make, replayed once.

use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::graph::Edges;
use migrate_core::history::History;
use migrate_core::proof::{self, Traces};
use migrate_core::revision::Direction;
use migrate_core::schema::Schema;

/// A history, and what came of its revisions when they were checked.
pub(super) struct Chain {
    pub(super) history: Arc<History>,
    traces: Traces,
}

impl Chain {
    pub(super) fn new(history: Arc<History>, traces: Traces) -> Self {
        Self { history, traces }
    }

    /// The schema at the heads.
    pub(super) fn head(&mut self, dialect: Dialect) -> Schema {
        let history = Arc::clone(&self.history);
        self.at(history.graph().real_heads(), dialect)
    }

    /// The schema at some revisions. Those that were gone through already are not read again.
    pub(super) fn at(&mut self, nodes: &[usize], dialect: Dialect) -> Schema {
        let (history, traces) = (&self.history, &mut self.traces);
        let needed = history.graph().ancestors(nodes, Edges::All);
        let statements = migrate_dir::statements(history, dialect, |node, direction| {
            direction == Direction::Upgrade
                && needed.contains(node)
                && !proof::is_known(history, node, dialect, true, traces)
        });
        proof::follow(history, nodes, &statements, traces, None)
    }
}
