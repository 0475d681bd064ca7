//! What the migrations make, replayed once.

use std::collections::BTreeMap;
use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::graph::Edges;
use migrate_core::history::History;
use migrate_core::proof::{self, Seer, Traces};
use migrate_core::revision::Direction;
use migrate_core::schema::{Object, ObjectId, Schema};

/// A history, and what came of its revisions when they were checked.
pub(super) struct Chain {
    pub(super) history: Arc<History>,
    traces: Traces,
    /// The schemas at the heads, as far as somebody asked for them.
    heads: BTreeMap<Dialect, Schema>,
}

impl Chain {
    pub(super) fn new(history: Arc<History>, traces: Traces) -> Self {
        Self { history, traces, heads: BTreeMap::new() }
    }

    /// The schema at the heads.
    pub(super) fn head(&mut self, dialect: Dialect) -> Schema {
        let history = Arc::clone(&self.history);
        self.at(history.graph().real_heads(), dialect)
    }

    /// The schema at some revisions.
    pub(super) fn at(&mut self, nodes: &[usize], dialect: Dialect) -> Schema {
        if nodes != self.history.graph().real_heads() {
            return self.follow(nodes, dialect, None);
        }
        if let Some(known) = self.heads.get(&dialect) {
            return known.clone();
        }
        let schema = self.follow(nodes, dialect, None);
        self.heads.insert(dialect, schema.clone());
        schema
    }

    /// The revision from which on not all is known.
    pub(super) fn first_unknown(&mut self, dialect: Dialect) -> Option<usize> {
        let mut first = None;
        let mut see = |node, before: &Schema, after: &Schema| {
            // Only what changed is looked at: until here all was known.
            let is_word = |id: &ObjectId| after.get(id).is_some_and(Object::is_mere_word);
            let is_lost = || {
                after.may_have_others && !before.may_have_others || before.changed(after).iter().any(is_word)
            };
            if first.is_none() && is_lost() {
                first = Some(node);
            }
        };
        let history = Arc::clone(&self.history);
        let schema = self.follow(history.graph().real_heads(), dialect, Some(&mut see));
        self.heads.insert(dialect, schema);
        first
    }

    /// Goes through the history. Revisions that were gone through already are not read again.
    fn follow(&mut self, nodes: &[usize], dialect: Dialect, see: Option<Seer<'_>>) -> Schema {
        let (history, traces) = (&self.history, &mut self.traces);
        let needed = history.graph().ancestors(nodes, Edges::All);
        let statements = migrate_dir::statements(history, dialect, |node, direction| {
            direction == Direction::Upgrade
                && needed.contains(node)
                && !proof::is_known(history, node, dialect, true, traces)
        });
        proof::follow(history, nodes, &statements, traces, see)
    }
}
