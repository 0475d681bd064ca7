//! One revision up, one revision down, on a database that began without any.

use migrate_core::dialect::Dialect;
use migrate_core::graph::RevisionGraph;
use migrate_core::history::History;
use migrate_core::revision::Direction;

use super::failure::TestFailure;
use crate::backend::MigrateConnection;
use crate::catalog::CatalogSnapshot;
use crate::embedded::Migrations;
use crate::migrator::Migrator;

pub(super) struct Walk<'a, C> {
    migrator: Migrator,
    history: &'a History,
    dialect: Dialect,
    conn: &'a mut C,
}

impl<'a, C: MigrateConnection> Walk<'a, C> {
    /// Refuses a database that has revisions: it is not for a test to take them back.
    ///
    /// The migrator has to be one for this history.
    pub(super) fn begin(
        migrator: Migrator,
        history: &'a History,
        conn: &'a mut C,
    ) -> Result<Self, TestFailure> {
        let rows = migrator
            .current(conn)
            .map_err(|error| TestFailure::refused("looking at the database", &error))?;
        if rows.is_empty() {
            return Ok(Self { migrator, history, dialect: conn.dialect(), conn });
        }
        let rows: Vec<String> = rows.iter().map(|row| format!("`{}`", row.version_num)).collect();
        let text =
            format!("a test needs a database without revisions, and this one is at {}", rows.join(", "));
        Err(TestFailure::new(text)
            .note("nothing was run")
            .help("connect to an empty database: SQLite in memory, or one made for the test"))
    }

    /// The same, for a history that is part of the binary.
    pub(super) fn embedded<H>(migrations: Migrations<H>, conn: &'a mut C) -> Result<Self, TestFailure> {
        Self::begin(Migrator::new(&migrations.untyped()), migrations.history(), conn)
    }

    pub(super) fn history(&self) -> &'a History {
        self.history
    }

    /// Why a revision cannot be taken back, where its file says so.
    pub(super) fn irreversible(&self, node: usize) -> Option<&'a str> {
        self.history.revision(node).irreversible.as_deref()
    }

    pub(super) fn require_downgrade(&self, node: usize) -> Result<(), TestFailure> {
        let revision = self.history.revision(node);
        if revision.section(Direction::Downgrade, self.dialect).is_some() {
            return Ok(());
        }
        let text = format!("{} has no downgrade for {}", self.named(node), self.dialect);
        Err(TestFailure::new(text)
            .of(revision.id.as_str())
            .line(&format!("--> {}", revision.path))
            .help("write one, or say why there is none: `-- migrate:irreversible <reason>`"))
    }

    /// Everything up, in topological order.
    pub(super) fn up_to_heads(&mut self) -> Result<(), TestFailure> {
        let order = self.history.graph().topological();
        order.iter().try_for_each(|&node| self.up(node))
    }

    /// A revision whose predecessors are all applied.
    pub(super) fn up(&mut self, node: usize) -> Result<(), TestFailure> {
        let id = self.history.graph().id(node);
        match self.migrator.upgrade(self.conn, id) {
            Ok(_) => Ok(()),
            Err(error) => {
                Err(TestFailure::refused(&format!("the upgrade of {}", self.named(node)), &error).of(id))
            }
        }
    }

    /// A revision whose predecessors are all applied; what is wrong with what its file states of it, if anything.
    #[cfg(feature = "reflect")]
    pub(super) fn up_as_stated(&mut self, node: usize) -> Result<Option<TestFailure>, TestFailure> {
        let at = &self.history.graph().topological()[..self.history.graph().rank(node)];
        let before = super::stated::before(self.history, node, at, self.conn)?;
        self.up(node)?;
        let check = |before: super::stated::Before| before.check(self.history, node, self.conn).err();
        Ok(before.and_then(check))
    }

    /// A revision whose predecessors are all applied. Without the feature `reflect` nobody can tell whether it does what
    /// its file states of it.
    #[cfg(not(feature = "reflect"))]
    pub(super) fn up_as_stated(&mut self, node: usize) -> Result<Option<TestFailure>, TestFailure> {
        self.up(node).map(|()| None)
    }

    /// A revision that no applied one needs.
    pub(super) fn down(&mut self, node: usize) -> Result<(), TestFailure> {
        let id = self.history.graph().id(node);
        match self.migrator.downgrade(self.conn, target_below(self.history.graph(), node)) {
            Ok(_) => Ok(()),
            Err(error) => {
                Err(TestFailure::refused(&format!("the downgrade of {}", self.named(node)), &error).of(id))
            }
        }
    }

    pub(super) fn snapshot(&mut self) -> Result<CatalogSnapshot, TestFailure> {
        CatalogSnapshot::take(self.conn, &[])
            .map_err(|error| TestFailure::refused("reading the schema", &error))
    }

    /// A revision as a reader of the output knows it.
    pub(super) fn named(&self, node: usize) -> String {
        let revision = self.history.revision(node);
        match revision.summary() {
            "" => format!("`{}`", revision.id),
            summary => format!("`{}` ({summary})", revision.id),
        }
    }
}

/// The target that takes back this revision and nothing else, from a database in which nothing needs it, whatever other
/// branches it is on.
///
/// Of the lines that lead from a parent to the revision, only that from the latest parent has nothing in between.
fn target_below(graph: &RevisionGraph, node: usize) -> String {
    let latest = graph.parents(node).iter().max_by_key(|&&parent| graph.rank(parent));
    format!("{}@{}", graph.id(node), latest.map_or("base", |&parent| graph.id(parent)))
}

#[cfg(test)]
mod tests {
    use migrate_core::graph::NodeSpec;
    use migrate_core::graph::step::Step;
    use migrate_core::graph::target::Target;

    use super::*;

    /// Nodes as `id: parents | dependencies`; walks up in topological order and each step down and up again.
    fn check(nodes: &str) {
        let specs: Vec<NodeSpec<'_>> = nodes
            .split(';')
            .map(|node| {
                let (id, needs) = node.split_once(':').expect("a node has an id");
                let (parents, dependencies) = needs.split_once('|').unwrap_or((needs, ""));
                NodeSpec {
                    id: id.trim(),
                    parents: parents.split_whitespace().collect(),
                    depends_on: dependencies.split_whitespace().collect(),
                    ..NodeSpec::default()
                }
            })
            .collect();
        let graph = RevisionGraph::build(&specs).expect("the history has no defect");
        let target = |text: String| text.parse::<Target>().expect("it is a target");
        let mut rows = vec![];
        for &node in graph.topological() {
            let up = graph.upgrade(&rows, &[target(graph.id(node).to_owned())]).expect("there is a way up");
            let [Step { revision, .. }] = up.steps.as_slice() else { panic!("{:?} for {nodes}", up.steps) };
            assert_eq!(*revision, node, "{nodes}");
            let below = target_below(&graph, node);
            let down = graph.downgrade(&up.rows_after, &target(below.clone())).expect("there is a way down");
            let [Step { revision, .. }] = down.steps.as_slice() else {
                panic!("{below}: {:?} for {nodes}", down.steps)
            };
            assert_eq!((*revision, down.rows_after), (node, rows), "{below} for {nodes}");
            rows = up.rows_after;
        }
    }

    #[test]
    fn one_revision_goes_up_and_down_in_every_history() {
        check("a:; b: a; c: b");
        check("a:; b:; c: a");
        check("a:; b: a; c: a; d: b c");
        check("a:; b: a; c: a b; d: a c");
        check("a:; b: a; c: a; d: b; e: c d; f: a");
        check("a:; b: a; c: | b; d: c | a; e: | d");
        check("a:; b: a; x:; y: x | b; m: b y");
    }
}
