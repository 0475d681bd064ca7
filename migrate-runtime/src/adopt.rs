//! Takes a database over from another migration tool: what that tool has recorded is recorded here, with digests.
//!
//! A plan is made from the tool's table, shown by whoever wants to, made again under the lock and compared. Nothing is
//! run, and the other tool's table stays as it is.

use std::collections::HashSet;
use std::fmt;
use std::time::{Duration, Instant};

use migrate_core::adopt::{Adopted, Cannot, Mapped, Match, Record as OtherRecord, Tool, map};
use migrate_core::dialect::Dialect;
use migrate_core::graph::target::Target;
use migrate_core::graph::{Edges, NodeSet};
use migrate_core::history::{History, Way};
use migrate_core::revision::Direction;

use crate::check;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::journal::{self, Record};
use crate::options::Options;
use crate::scope::Scope;
use crate::session::Session;
use crate::table::{self, Refused, Tables, VersionRow};

mod find;

use find::Found;

/// What is to be taken over, and how: which tool's table, and what somebody knows better than the table.
///
/// ```
/// use migrate_core::adopt::Tool;
/// use migrate_runtime::Adoption;
///
/// let whatever_is_there = Adoption::detect();
/// let from_diesel = Adoption::of(Tool::Diesel).map("20240506070809", "6a1f02c4b7e9");
/// # let _ = (whatever_is_there, from_diesel);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adoption {
    tool: Option<Tool>,
    table: Option<String>,
    maps: Vec<(String, String)>,
    at: Vec<Target>,
}

impl Adoption {
    /// Whatever tool's table is there; several are an error.
    #[must_use]
    pub fn detect() -> Self {
        Self::default()
    }

    /// This tool's.
    #[must_use]
    pub fn of(tool: Tool) -> Self {
        Self { tool: Some(tool), ..Self::default() }
    }

    /// The table's name, with a schema (`audit.flyway_schema_history`) where it is not found without. By default the one
    /// that the tool chooses, where an unqualified name leads.
    #[must_use]
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.table = Some(name.into());
        self
    }

    /// Says that a version of the tool is this revision: an id, or the beginning of one. An empty text says that it is
    /// none of this history.
    #[must_use]
    pub fn map(mut self, version: impl Into<String>, revision: impl Into<String>) -> Self {
        self.maps.push((version.into(), revision.into()));
        self
    }

    /// Says what the database corresponds to, in place of the versions in the table.
    #[must_use]
    pub fn at(mut self, targets: impl IntoIterator<Item = Target>) -> Self {
        self.at.extend(targets);
        self
    }
}

/// What an adoption records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdoptionPlan {
    /// The tool.
    pub tool: Tool,
    /// Its table, with the schema.
    pub table: String,
    /// The versions that it counts as applied, in the table's order.
    pub rows: Vec<AdoptedRow>,
    /// Flyway's baseline, if it has one.
    pub baseline: Option<String>,
    /// How many repeatable migrations of Flyway there are. They are not taken over.
    pub repeatable: usize,
    /// Whether the caller said where the database is ([`Adoption::at`]), so that the rows do not count.
    pub is_said: bool,
    /// The revisions that get recorded, in an order in which they can have run; none where all are recorded already.
    pub revisions: Vec<String>,
    /// The rows of the version table afterwards.
    pub heads: Vec<String>,
    /// What an upgrade to all heads would run afterwards.
    pub pending: Vec<String>,
    adoption: Adoption,
}

/// A version of the tool, and the revision that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdoptedRow {
    /// The version as it stands in the table.
    pub version: String,
    /// What the tool calls it, where it keeps that.
    pub name: Option<String>,
    /// The revision; `None` where it is none.
    pub revision: Option<String>,
    /// Why it is that one.
    pub by: Option<Match>,
}

impl AdoptionPlan {
    pub(crate) fn adoption(&self) -> &Adoption {
        &self.adoption
    }

    /// Whether there is nothing to record.
    pub fn is_unchanged(&self) -> bool {
        self.revisions.is_empty()
    }
}

type Emit<'a> = &'a mut dyn FnMut(&Event<'_>);

/// Makes the plan, without changing anything; `None` where no tool's table is there.
pub(crate) fn plan(
    session: &mut dyn Session,
    history: &History,
    options: &Options,
    adoption: &Adoption,
) -> Result<Option<AdoptionPlan>, Error> {
    options.names.check(session.dialect())?;
    let tables = Tables::resolve(session, &options.names)?;
    let nothing_was_recorded = |error: Error| error.state_or(|| "nothing was recorded".to_owned());
    plan_with(session, history, &tables, adoption).map_err(nothing_was_recorded)
}

fn plan_with(
    session: &mut dyn Session,
    history: &History,
    tables: &Tables,
    adoption: &Adoption,
) -> Result<Option<AdoptionPlan>, Error> {
    let dialect = session.dialect();
    let rows = tables.rows(session)?;
    let Some(found) = find::one(session, tables, adoption.tool, adoption.table.as_deref())? else {
        return Ok(None);
    };
    let record = found.read(session)?;
    let adopted = adopted(history, &found, dialect, &record, adoption)?;
    let fresh = not_recorded(session, history, tables, &rows, &found, &adopted.applied)?;
    let graph = history.graph();
    let id = |node: &usize| graph.id(*node).to_owned();
    let (at, heads) = match fresh {
        false => {
            let at: Vec<usize> =
                rows.iter().filter_map(|row| history.index_of_row(&row.version_num)).collect();
            (at, rows.iter().map(|row| row.version_num.clone()).collect())
        }
        true => {
            let mut heads: Vec<String> = adopted.heads.iter().map(id).collect();
            heads.sort_unstable();
            (adopted.heads.clone(), heads)
        }
    };
    let contained = graph.ancestors(&at, Edges::All);
    let row = |row: &Mapped| AdoptedRow {
        version: row.version.version.clone(),
        name: row.version.name.clone(),
        revision: row.revision.as_ref().map(|(node, _)| id(node)),
        by: row.revision.map(|(_, by)| by),
    };
    Ok(Some(AdoptionPlan {
        tool: found.tool,
        table: found.shown(),
        rows: adopted.rows.iter().map(row).collect(),
        baseline: record.baseline,
        repeatable: record.repeatable,
        is_said: !adoption.at.is_empty(),
        revisions: if fresh { adopted.applied.iter().map(id).collect() } else { vec![] },
        heads,
        pending: graph.topological().iter().filter(|node| !contained.contains(**node)).map(id).collect(),
        adoption: adoption.clone(),
    }))
}

/// What the database has, by the tool's record and by what the caller says.
fn adopted(
    history: &History,
    found: &Found,
    dialect: Dialect,
    record: &OtherRecord,
    adoption: &Adoption,
) -> Result<Adopted, Error> {
    let said = said(history, &adoption.maps)?;
    let mapped = map(history, found.tool, dialect, record, &said);
    if adoption.at.is_empty() {
        return mapped.map_err(|cannot| refused(history, found, &cannot));
    }
    let graph = history.graph();
    let mut at = vec![];
    for target in &adoption.at {
        at.extend(graph.resolve(target, &[]).map_err(|error| {
            let refused = Error::new(ErrorKind::Target, error.to_string());
            error.helps().into_iter().fold(refused, Error::help)
        })?);
    }
    let contained = graph.ancestors(&at, Edges::All);
    let rows = mapped.map_or_else(|cannot| cannot.rows, |adopted| adopted.rows);
    let applied = graph.topological().iter().copied().filter(|node| contained.contains(*node)).collect();
    Ok(Adopted { rows, applied, heads: graph.maximal(&at) })
}

/// What the caller says of versions, with the revisions looked up.
fn said(history: &History, maps: &[(String, String)]) -> Result<Vec<(String, Option<usize>)>, Error> {
    let mut said = vec![];
    for (version, revision) in maps {
        if revision.is_empty() {
            said.push((version.clone(), None));
            continue;
        }
        let target: Target = crate::migrator::parse(revision)?;
        let nodes = history.graph().resolve(&target, &[]).map_err(|error| {
            let refused = Error::new(ErrorKind::Target, error.to_string());
            error.helps().into_iter().fold(refused, Error::help)
        })?;
        let [node] = nodes[..] else {
            return Err(Error::new(ErrorKind::Target, format!("`{revision}` is not one revision")));
        };
        said.push((version.clone(), Some(node)));
    }
    Ok(said)
}

/// Most that an error lists of one kind.
const LISTED: usize = 20;

/// Why the record cannot be taken over as it is.
fn refused(history: &History, found: &Found, cannot: &Cannot) -> Error {
    let (tool, table) = (found.tool, found.shown());
    let id = |node: usize| history.graph().id(node);
    let message = match cannot {
        Cannot { not_there, .. } if !not_there.is_empty() => {
            let list = check::list(not_there.iter().map(String::as_str));
            return Error::new(ErrorKind::Adoption, format!("{list} is not among the versions in `{table}`"))
                .help(format!("`SELECT * FROM {table}` shows them"));
        }
        Cannot { unmapped, .. } if !unmapped.is_empty() => match unmapped.len() {
            1 => format!("a version in `{table}` is no revision of this history for certain"),
            count => format!("{count} versions in `{table}` are no revisions of this history for certain"),
        },
        Cannot { twice, .. } if !twice.is_empty() => {
            format!("several versions in `{table}` are the same revision")
        }
        Cannot { deleted, .. } if !deleted.is_empty() => {
            format!("{tool} has deleted versions from `{table}` that are revisions of this history")
        }
        _ => format!("`{table}` lacks revisions that others in it need"),
    };
    let named = |version: &String| {
        let row = cannot.rows.iter().find(|row| row.version.version == *version);
        match row.and_then(|row| row.version.name.as_deref()) {
            Some(name) => format!("`{version}` ({name})"),
            None => format!("`{version}`"),
        }
    };
    let unmapped = cannot.unmapped.iter().map(named);
    let twice =
        cannot.twice.iter().map(|(one, other, node)| format!("`{one}` and `{other}` are `{}`", id(*node)));
    let deleted = cannot
        .deleted
        .iter()
        .map(|(version, node)| format!("`{version}` is `{}`: it may be applied or not", id(*node)));
    let gaps = cannot
        .gaps
        .iter()
        .map(|(node, need)| format!("`{}` is applied, and `{}` is not", id(*node), id(*need)));
    let count = cannot.unmapped.len() + cannot.twice.len() + cannot.deleted.len() + cannot.gaps.len();
    let notes = unmapped.chain(twice).chain(deleted).chain(gaps).take(LISTED);
    let mut error = notes.fold(Error::new(ErrorKind::Adoption, message), Error::note);
    if let more @ 1.. = count.saturating_sub(LISTED) {
        error = error.note(format!("and {more} more"));
    }
    if cannot.unmapped.is_empty() && !cannot.gaps.is_empty() {
        error = error.help(format!("apply what is missing with {tool} first"));
    } else if let Some(first) = cannot.unmapped.first() {
        error = error.help(format!(
            "say which revision each one is, `--map {first}=<revision>`, or that it is none, `--map {first}=`"
        ));
    }
    error.help("or say where the database is: `--at <revision>`")
}

/// Whether the revisions are still to be recorded. They are not where all of them have been, or where this tool has
/// gone on since and the other has not.
fn not_recorded(
    session: &mut dyn Session,
    history: &History,
    tables: &Tables,
    rows: &[VersionRow],
    found: &Found,
    applied: &[usize],
) -> Result<bool, Error> {
    let before = journal::adopted(session, tables)?;
    if rows.is_empty() && before.is_empty() {
        return Ok(!applied.is_empty());
    }
    let at = check::known(history, rows)?;
    let contained = history.graph().ancestors(&at, Edges::All);
    let before: HashSet<&str> = before.iter().map(String::as_str).collect();
    let id = |node: usize| history.graph().id(node);
    let new: Vec<&str> = applied
        .iter()
        .filter(|node| !contained.contains(**node) && !before.contains(id(**node)))
        .map(|node| id(*node))
        .collect();
    let Some(first) = new.first() else { return Ok(false) };
    let place = check::place(rows.iter().map(|row| row.version_num.as_str()));
    let (table, tool) = (found.shown(), found.tool);
    let message = match new.len() {
        1 => format!("`{first}` is in `{table}`, and this database has its own record without it"),
        count => {
            format!("{count} revisions are in `{table}`, and this database has its own record without them")
        }
    };
    let error = Error::new(ErrorKind::Adoption, message)
        .note(format!("by `{}` {place}", tables.name))
        .note(format!("they begin with `{first}`"))
        .help(format!("do not run {tool} any more; if it has applied them, record that: `migrate stamp`"));
    Err(error)
}

/// Records what the other tool has applied. With `planned` only if that is still the plan.
pub(crate) fn adopt(
    session: &mut dyn Session,
    history: &History,
    options: &Options,
    emit: Emit<'_>,
    adoption: &Adoption,
    planned: Option<&AdoptionPlan>,
) -> Result<Option<AdoptionPlan>, Error> {
    let started = Instant::now();
    let nothing_was_recorded = |error: Error| error.state_or(|| "nothing was recorded".to_owned());
    if planned.is_none() {
        let plan = plan(session, history, options, adoption)?;
        if plan.as_ref().is_none_or(AdoptionPlan::is_unchanged) {
            return Ok(plan);
        }
    }
    let mut scope = Scope::enter(session, options, emit).map_err(nothing_was_recorded)?;
    let unfinished = journal::unfinished(scope.session, &scope.tables).map_err(nothing_was_recorded)?;
    if let Some(entry) = unfinished.first() {
        let message = format!("the {} of revision `{}` is unfinished", entry.direction, entry.revision);
        return Err(Error::new(ErrorKind::Unfinished, message)
            .revision_is(&entry.revision)
            .help("finish it first, or say where the database is: `migrate stamp`")
            .state_is("nothing was recorded"));
    }
    let tables = scope.tables.clone();
    let plan = plan_with(scope.session, history, &tables, adoption).map_err(nothing_was_recorded)?;
    if planned.is_some_and(|planned| plan.as_ref() != Some(planned)) {
        let message = "what the database says changed after the plan was made";
        return Err(Error::new(ErrorKind::Concurrent, message)
            .help("see that nobody else migrates this database, and run again")
            .state_is("nothing was recorded"));
    }
    if let Some(plan) = plan.as_ref().filter(|plan| !plan.is_unchanged()) {
        record(&mut scope, history, plan, started.elapsed()).map_err(nothing_was_recorded)?;
    }
    Ok(plan)
}

fn record(
    scope: &mut Scope<'_>,
    history: &History,
    plan: &AdoptionPlan,
    elapsed: Duration,
) -> Result<(), Error> {
    let (dialect, options) = (scope.dialect, scope.options);
    let doing = "record what was adopted";
    let mut way = Way::default();
    plan.rows.iter().for_each(|row| way.extend(history.way_by_name(&row.version)));
    let recorded = |id: &str| {
        let node = history.index_of(id).expect("the plan was made of this history");
        let (row, digest) = history.recorded(node, &way, dialect);
        (node, row.as_str(), digest.to_string())
    };
    scope.tables.ensure(scope.session, &options.names)?;
    let tables = scope.tables.clone();
    let heads: Vec<(&str, String)> =
        plan.heads.iter().map(|id| recorded(id)).map(|(_, row, digest)| (row, digest)).collect();
    let changes = tables.replace(&[], &heads);
    scope.begin()?;
    let prefix = scope.prefix();
    table::apply(scope.session, &tables, prefix, &changes, "").map_err(|refused| match refused {
        Refused::Fenced => {
            Error::new(ErrorKind::Concurrent, "another process changed the version table meanwhile")
        }
        Refused::By(error) | Refused::AtLast(error) => Error::database(doing, error),
    })?;
    let digests: Vec<(usize, String)> =
        plan.revisions.iter().map(|id| recorded(id)).map(|(node, _, digest)| (node, digest)).collect();
    let entries: Vec<Record<'_>> = digests
        .iter()
        .map(|(node, digest)| {
            let revision = history.revision(*node);
            let downgrade = revision.section(Direction::Downgrade, dialect);
            Record {
                revision: revision.id.as_str(),
                direction: journal::ADOPT,
                digest: Some(digest),
                statements: 0,
                downgrade_sql: downgrade.map(|section| &*section.text),
                who: options.who.as_deref(),
            }
        })
        .collect();
    for message in journal::all_done(dialect, &tables.journal, &entries, elapsed) {
        scope.session.execute(&message).map_err(|error| Error::database(doing, error))?;
    }
    scope.finish().map_err(|error| Error::database(doing, error))
}

/// A revision that another tool has run, by its own record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedElsewhere {
    /// The tool.
    pub tool: Tool,
    /// Its table, with the schema where it is not found without.
    pub table: String,
    /// The revision; there may be more of them.
    pub revision: String,
}

impl fmt::Display for RecordedElsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tool, table, revision } = self;
        write!(f, "{tool} has migrated this database: `{revision}` is in `{table}`")
    }
}

/// Looks for a revision of these that another tool has run. For where nothing was ever recorded here.
pub(crate) fn recorded_elsewhere(
    session: &mut dyn Session,
    history: &History,
    tables: &Tables,
    to_run: impl IntoIterator<Item = usize>,
) -> Result<Option<RecordedElsewhere>, Error> {
    let dialect = session.dialect();
    let mut wanted = NodeSet::new(history.graph().len());
    to_run.into_iter().for_each(|node| _ = wanted.insert(node));
    for found in find::all(session, tables, None, None)? {
        // What this user may not read, and what is no record, belongs to somebody else.
        let Ok(record) = found.read_quietly(session) else { continue };
        if record.is_empty() {
            continue;
        }
        let (mapped, rows) = match map(history, found.tool, dialect, &record, &[]) {
            Ok(adopted) => (adopted.applied, adopted.rows),
            Err(cannot) => (vec![], cannot.rows),
        };
        // What was squashed is of this history, whether or not all of it is there.
        let replaced = |row: &Mapped| history.graph().replacement(&row.version.version).map(|(by, _)| by);
        let mut of_rows = rows
            .iter()
            .filter_map(|row: &Mapped| row.revision.map(|(node, _)| node).or_else(|| replaced(row)));
        let Some(node) = of_rows
            .find(|node| wanted.contains(*node))
            .or_else(|| mapped.into_iter().find(|node| wanted.contains(*node)))
        else {
            continue;
        };
        let (tool, table, revision) = (found.tool, found.shown(), history.graph().id(node).to_owned());
        return Ok(Some(RecordedElsewhere { tool, table, revision }));
    }
    Ok(None)
}

/// Refuses to run a history from its beginning on a database on which another tool has run a part of it.
pub(crate) fn refuse_to_begin_again(
    session: &mut dyn Session,
    history: &History,
    tables: &Tables,
    to_run: impl IntoIterator<Item = usize>,
) -> Result<(), Error> {
    let Some(found) = recorded_elsewhere(session, history, tables, to_run)? else { return Ok(()) };
    Err(Error::new(ErrorKind::NotAdopted, found.to_string())
        .revision_is(&found.revision)
        .note("running the history from its beginning would run it a second time")
        .help("take over what is recorded there: `migrate adopt`")
        .help("or, if that table is not about this history, go on without it: `migrate stamp base`, then `migrate upgrade`")
        .state_is("nothing was run"))
}
