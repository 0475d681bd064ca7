//! Whether a database has the schema that its revisions make.

use std::collections::BTreeSet;

use migrate_core::dialect::Dialect;
use migrate_core::graph::Edges;
use migrate_core::history::History;
use migrate_core::replay::{self, Effect, pieces};
use migrate_core::revision::Direction;
use migrate_core::schema::{Difference, ObjectId, Schema, Space, Undecided};

use crate::backend::MigrateConnection;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;
use crate::reflect::reflect;

/// How a database's schema stands to its revisions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verification {
    /// The revisions that the database is at.
    pub at: Vec<String>,
    /// The schema that they make.
    pub expected: Schema,
    /// The schema that the database has, without what belongs to somebody else.
    pub found: Schema,
    /// What the revisions make and the database has otherwise, or the other way round.
    pub differences: Vec<Difference>,
    /// The same of expressions, which a database prints in its own way: they may mean the same.
    pub wordings: Vec<Difference>,
    /// What could not be compared, because the revisions do not say enough of it.
    pub undecided: Undecided,
    /// Where something differs: the applied revisions whose files state what their SQL does (`-- migrate:effect`), the
    /// newest last. One of them may say what is not so.
    pub stating: Vec<String>,
}

impl Verification {
    /// Whether the database has what its revisions make.
    pub fn holds(&self) -> bool {
        self.differences.is_empty()
    }

    /// The same of another schema of the database, from which something was left out.
    #[must_use]
    pub fn of_found(self, found: Schema) -> Self {
        let Compared { differences, wordings, undecided } = Compared::new(&self.expected, &found);
        Self { found, differences, wordings, undecided, ..self }
    }
}

/// In what a database differs from what its revisions make.
struct Compared {
    differences: Vec<Difference>,
    wordings: Vec<Difference>,
    undecided: Undecided,
}

impl Compared {
    fn new(expected: &Schema, found: &Schema) -> Self {
        let mut undecided = expected.undecided(found);
        undecided.has_others |= expected.may_have_others;
        let (mut differences, mut wordings) = (vec![], vec![]);
        for difference in expected.differences(found) {
            let is_new = difference.about.is_empty() && difference.before.is_none();
            if is_new && expected.may_have_others {
                undecided.objects.push(difference.object);
            } else if difference.is_text_only {
                wordings.push(difference);
            } else {
                differences.push(difference);
            }
        }
        Self { differences, wordings, undecided }
    }
}

impl<H> Migrator<H> {
    /// Compares the database's schema with the one that its revisions make, replayed without a database. Nothing is written.
    ///
    /// Objects that no revision made count as differences, but not the tables of tools that run migrations, nor extensions
    /// and PostgreSQL's schemas that the history does not make: those belong to somebody else.
    ///
    /// Reads the whole catalog, and replays the history: a matter of tens of milliseconds for hundreds of revisions, not
    /// something for every start.
    ///
    /// # Errors
    ///
    /// - As for [`position`](Self::position): the database is not on this history, it was edited, or a revision is unfinished.
    /// - The database was migrated meanwhile ([`ErrorKind::Concurrent`]).
    /// - PostgreSQL: names without a schema do not lead to `public`, for which the history is replayed
    ///   ([`ErrorKind::Configuration`]).
    pub fn verify<C: MigrateConnection>(&self, connection: &mut C) -> Result<Verification, Error> {
        let dialect = connection.dialect();
        self.verify_against(connection, |nodes| replay::schema_at(self.history(), nodes, dialect))
    }

    /// As [`verify`](Self::verify), for who has replayed the history already: the function gives the schema at these revisions.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify).
    pub fn verify_against<C: MigrateConnection>(
        &self,
        connection: &mut C,
        schema_at: impl FnOnce(&[usize]) -> Schema,
    ) -> Result<Verification, Error> {
        let rows = self.position(connection)?;
        let history = self.history();
        let at: Vec<String> = rows.into_iter().map(|row| row.version_num).collect();
        let nodes: Vec<usize> = at.iter().filter_map(|id| history.index_of_row(id)).collect();
        in_public(connection)?;
        let names = self.table_names();
        let ignored: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut found = reflect(connection, &ignored)?;
        let still = self.current(connection)?;
        if !still.iter().map(|row| &row.version_num).eq(&at) {
            let message = "the database was migrated while its schema was read";
            return Err(Error::new(ErrorKind::Concurrent, message).help("run it again"));
        }

        let expected = schema_at(&nodes);
        leave_out_others(&expected, &mut found);
        let Compared { differences, wordings, undecided } = Compared::new(&expected, &found);
        let stating = match differences.is_empty() {
            true => vec![],
            false => stating(history, &nodes, connection.dialect()),
        };
        Ok(Verification { at, expected, found, differences, wordings, undecided, stating })
    }
}

/// Makes sure that names without a schema mean what they mean in the replay.
fn in_public<C: MigrateConnection>(connection: &mut C) -> Result<(), Error> {
    let session: &mut dyn crate::session::Session = connection;
    if session.dialect() != Dialect::Postgres {
        return Ok(());
    }
    let asked = "SELECT CAST(pg_catalog.current_schema() AS TEXT)";
    let rows = session.query(asked).map_err(|error| Error::database("read the search path", error))?;
    match rows.into_iter().next().and_then(|mut row| row.take(0)) {
        Some(schema) if schema != "public" => {
            let message = format!("names without a schema lead to `{schema}` on this connection");
            Err(Error::new(ErrorKind::Configuration, message)
                .note("the history is replayed for `public`, so the two cannot be compared")
                .help("connect with a `search_path` that begins with `public`"))
        }
        _ => Ok(()),
    }
}

/// Takes out of a database what belongs to somebody else: extensions, and schemas with all that is in them, of which the
/// history makes nothing.
fn leave_out_others(expected: &Schema, found: &mut Schema) {
    let mut ours: BTreeSet<&str> = ["", "public", "main"].into();
    for (id, _) in expected.objects().iter() {
        ours.insert(if id.space == Space::Namespace { &id.name } else { &id.schema });
    }
    let is_others = |id: &ObjectId| match id.space {
        Space::Extension => expected.get(id).is_none(),
        Space::Namespace => !ours.contains(&*id.name),
        _ => !ours.contains(&*id.schema),
    };
    let others: Vec<ObjectId> =
        found.objects().iter().map(|(id, _)| id).filter(|id| is_others(id)).cloned().collect();
    for id in &others {
        found.remove(id);
    }
}

/// The revisions that these need and whose upgrades state effects, themselves included.
fn stating(history: &History, nodes: &[usize], dialect: Dialect) -> Vec<String> {
    let needed = history.graph().ancestors(nodes, Edges::All);
    let topological = history.graph().topological().iter().copied();
    topological
        .filter(|node| needed.contains(*node) && states_effects(history, *node, dialect))
        .map(|node| history.graph().id(node).to_owned())
        .collect()
}

/// Whether the file says of a statement of the upgrade what it does.
pub(crate) fn states_effects(history: &History, node: usize, dialect: Dialect) -> bool {
    let section = history.revision(node).section(Direction::Upgrade, dialect);
    section.is_some_and(|section| {
        section.text.contains("migrate:effect")
            && pieces(section, dialect).iter().any(|piece| matches!(piece.effect, Effect::Stated(_)))
    })
}
