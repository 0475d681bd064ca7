//! What a migrator does on a connection, from the first query to the report.

use std::time::Instant;

use migrate_core::dialect::Dialect;
use migrate_core::graph::Edges;
use migrate_core::graph::step::{Plan, PlanError};
use migrate_core::graph::target::Target;
use migrate_core::history::{History, Way};
use migrate_core::revision::Direction;

use crate::adopt;
use crate::check;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::journal::{self, JournalEntry, Owner, Progress, Record};
use crate::options::Options;
use crate::report::Report;
use crate::run::Run;
use crate::scope::Scope;
use crate::session::Session;
use crate::source::{HeadRow, Source};
use crate::status;
use crate::table::{self, Change, Refused, VersionRow};
use crate::way;
use crate::words;

type Emit<'a> = &'a mut dyn FnMut(&Event<'_>);

/// Which way to go.
pub(crate) enum Goal {
    Upgrade(Vec<Target>),
    Downgrade(Target),
}

impl Goal {
    pub(crate) fn plan(&self, history: &History, at: &[usize]) -> Result<Plan, Error> {
        let plan = match self {
            Self::Upgrade(targets) => history.graph().upgrade(at, targets),
            Self::Downgrade(target) => history.graph().downgrade(at, target),
        };
        plan.map_err(no_plan)
    }

    /// Whether this is all that the history has, so that its heads say it.
    fn is_everything(&self, source: &dyn Source) -> bool {
        let Self::Upgrade(targets) = self else { return false };
        targets
            .iter()
            .any(|target| *target == Target::heads() || *target == Target::head() && source.has_one_head())
    }
}

pub(crate) fn no_plan(error: PlanError) -> Error {
    let refused = Error::new(ErrorKind::Target, error.to_string()).state_is("nothing was run");
    error.helps().into_iter().fold(refused, Error::help)
}

fn is_in_transaction(session: &mut dyn Session) -> Result<bool, Error> {
    let depth = session.transaction_depth();
    depth.map(|depth| depth > 0).map_err(|error| Error::database("use the connection", error))
}

fn ids(rows: &[VersionRow]) -> Vec<String> {
    rows.iter().map(|row| row.version_num.clone()).collect()
}

/// Whether the rows are certainly these heads: with these digests, or written by a tool without digests.
pub(crate) fn is_at(rows: &[VersionRow], heads: &[HeadRow]) -> bool {
    let is_row = |row: &VersionRow, (id, digest): &(String, String)| {
        row.version_num == *id
            && row.moved_from.is_none()
            && row.digest.as_ref().is_none_or(|known| known == digest)
    };
    // No two heads share a name, so each row is of another one.
    rows.len() == heads.len()
        && heads.iter().all(|head| rows.iter().any(|row| head.0.iter().any(|known| is_row(row, known))))
}

/// Goes to the goal.
pub(crate) fn go(
    session: &mut dyn Session,
    source: &dyn Source,
    options: &Options,
    emit: Emit<'_>,
    goal: &Goal,
) -> Result<Report, Error> {
    let started = Instant::now();
    let dialect = session.dialect();
    options.names.check(dialect)?;
    let unchanged = |rows: &[VersionRow]| Report {
        from: ids(rows),
        to: ids(rows),
        elapsed: started.elapsed(),
        ..Report::default()
    };
    let stale = source.stale_files();
    if !stale.is_empty() {
        (emit)(&Event::StaleBinary { files: &stale });
    }
    let careful = is_in_transaction(session)?;
    let rows = status::rows(session, &options.names, careful).unwrap_or_default();
    let heads = source.heads(dialect);
    if goal.is_everything(source) && is_at(&rows, &heads) {
        return Ok(unchanged(&rows));
    }
    let history = source.history();
    // What is wrong here is looked at again under the lock, and told then.
    if let Ok(at) = check::known(history, &rows) {
        let nothing_to_do = goal.plan(history, &at).is_ok_and(|plan| plan.steps.is_empty());
        if nothing_to_do && !rows.is_empty() && check::digests_agree(history, &rows, dialect) {
            return Ok(unchanged(&rows));
        }
    }
    let mut report = under_lock(session, history, options, emit, goal)?;
    report.elapsed = started.elapsed();
    (emit)(&Event::RunFinished {
        at: &report.to,
        steps: report.steps.len(),
        statements: report.steps.iter().map(|step| step.statements).sum(),
        elapsed: report.elapsed,
    });
    Ok(report)
}

fn under_lock(
    session: &mut dyn Session,
    history: &History,
    options: &Options,
    emit: Emit<'_>,
    goal: &Goal,
) -> Result<Report, Error> {
    let nothing_was_run = |error: Error| error.state_or(|| "nothing was run".to_owned());
    let mut scope = Scope::enter(session, options, emit).map_err(nothing_was_run)?;
    let dialect = scope.dialect;
    let rows = scope.tables.rows(scope.session).map_err(nothing_was_run)?;
    let unfinished = journal::unfinished(scope.session, &scope.tables).map_err(nothing_was_run)?;
    let at = check::known(history, &rows)?;
    let tables = scope.tables.clone();
    check::unedited(history, &rows, &at, dialect, &tables.name, || journal::applied(scope.session, &tables))?;
    let plan = goal.plan(history, &at)?;
    // Only a run that begins at base asks, and only where nothing was ever recorded.
    if rows.is_empty() && !plan.steps.is_empty() && journal::is_empty(scope.session, &tables)? {
        let to_run = plan.steps.iter().map(|step| step.revision);
        adopt::refuse_to_begin_again(scope.session, history, &tables, to_run)?;
    }
    let state = check::place(rows.iter().map(|row| row.version_num.as_str()));
    check::runnable(history, &plan, dialect, scope.in_transaction, &format!("nothing was run; {state}"))?;
    if scope.in_transaction {
        check::keys_can_be_off(scope.session, history, &plan).map_err(nothing_was_run)?;
    }
    nothing_else_is_unfinished(history, &plan, &unfinished, &state)?;
    let in_transaction = scope.in_transaction;
    if let Some(entry) = unfinished.first().filter(|_| in_transaction) {
        let message = format!(
            "revision `{}` is unfinished, and the connection is inside a transaction",
            entry.revision
        );
        return Err(
            Error::new(ErrorKind::InTransaction, message).help("run the migrations outside a transaction")
        );
    }
    let way = way::of(history, &rows, &unfinished, dialect);
    let mut run = Run::new(&mut scope, history, (at, way), unfinished);
    let (from, to) = (run.ids(&run.at), run.ids(&plan.rows_after));
    if !plan.steps.is_empty() {
        (run.scope.emit)(&Event::RunStarted { from: &from, to: &to, steps: plan.steps.len() });
        run.scope.tables.ensure(run.scope.session, &options.names).map_err(nothing_was_run)?;
    }
    run.steps(&plan)?;
    let to = run.ids(&run.at);
    Ok(Report { from, to, steps: std::mem::take(&mut run.report.steps), ..Report::default() })
}

/// What goes on with an unfinished revision.
pub(crate) fn finish(history: &History, entry: &JournalEntry) -> String {
    let JournalEntry { revision, direction, .. } = entry;
    match history.index_of(revision) {
        None => "run a build that has this revision".to_owned(),
        Some(_) if direction == Direction::Upgrade.name() => {
            format!("finish it first: `migrate upgrade {revision}`")
        }
        Some(_) => "finish it first: `migrate downgrade` to where it was to lead".to_owned(),
    }
}

/// Refuses a plan that would leave something half done behind, or go back on it.
fn nothing_else_is_unfinished(
    history: &History,
    plan: &Plan,
    unfinished: &[JournalEntry],
    state: &str,
) -> Result<(), Error> {
    let in_plan = |entry: &&JournalEntry| {
        plan.steps.iter().any(|step| {
            history.revision(step.revision).id.as_str() == entry.revision
                && step.direction.name() == entry.direction
        })
    };
    let Some(entry) = unfinished.iter().find(|entry| !in_plan(entry)) else { return Ok(()) };
    let JournalEntry { revision, direction, statements_done, statements_total, started_at, .. } = entry;
    let message = format!(
        "the {direction} of revision `{revision}` is unfinished since {started_at} UTC: {statements_done} of \
         {statements_total} statements are done"
    );
    let go_on = finish(history, entry);
    // Without its file nobody can say where it stands in the history.
    let purge = if history.index_of(revision).is_none() { "--purge " } else { "" };
    Err(Error::new(ErrorKind::Unfinished, message)
        .revision_is(revision)
        .help(go_on)
        .help(format!(
            "or put the database right by hand, and say where it is then: `migrate stamp {purge}<revision>`"
        ))
        .state_is(format!("nothing was run; {state}")))
}

/// Records revisions without running them.
pub(crate) fn stamp(
    session: &mut dyn Session,
    history: &History,
    options: &Options,
    emit: Emit<'_>,
    targets: &[Target],
    purge: bool,
) -> Result<Report, Error> {
    let started = Instant::now();
    let mut scope = Scope::enter(session, options, emit)?;
    let dialect = scope.dialect;
    let rows = scope.tables.rows(scope.session)?;
    let at = if purge { vec![] } else { check::known(history, &rows)? };
    let unfinished = journal::unfinished(scope.session, &scope.tables)?;
    let way = if purge { Way::default() } else { way::of(history, &rows, &unfinished, dialect) };
    let stamp = history.graph().stamp(&at, targets, purge).map_err(no_plan)?;
    let id = |index: &usize| history.recorded(*index, &way, dialect).0.as_str();
    let row = |index: usize| {
        let (id, digest) = history.recorded(index, &way, dialect);
        (id.as_str(), digest.to_string())
    };
    let before: Vec<&str> = rows.iter().map(|row| row.version_num.as_str()).collect();
    let removed: Vec<&str> = if purge { before.clone() } else { stamp.removed.iter().map(id).collect() };
    let added: Vec<(&str, String)> = stamp.added.iter().map(|index| row(*index)).collect();
    let (from, mut to) =
        (ids(&rows), stamp.rows_after.iter().map(|index| id(index).to_owned()).collect::<Vec<_>>());
    to.sort_unstable();
    scope.tables.ensure(scope.session, &options.names)?;
    let settled = settled_by_stamp(history, unfinished, (targets, &at, &stamp.removed), purge);
    let tables = &scope.tables;
    let mut changes = replace_all(tables, &removed, &added);
    for row in rows.iter().filter(|row| row.is_unfinished()) {
        let kept = stamp.rows_after.iter().find(|index| id(index) == row.version_num);
        let is_settled = settled.iter().any(|entry| entry.revision == row.version_num);
        if let Some(index) = kept.filter(|_| !purge && is_settled) {
            let now = (row.version_num.as_str(), history.recorded(*index, &way, dialect).1.to_string());
            changes.extend(tables.replace(&[now.0], std::slice::from_ref(&now)));
        }
    }
    changes.extend(settled.iter().map(|entry| give_up(dialect, &tables.journal, entry)));
    let since = journal::ago(dialect, started.elapsed());
    changes.extend(stamp_entries(history, dialect, tables, options, (&removed, &added), &since));
    if changes.is_empty() && rows.is_empty() && targets.contains(&Target::base()) {
        // That nothing is applied was said, and counts: nobody asks other tools' tables any more.
        let who = options.who.as_deref();
        let record = Record {
            revision: "base",
            direction: "stamp",
            digest: None,
            statements: 0,
            downgrade_sql: None,
            who,
        };
        changes.push(journal::done(dialect, &tables.journal, &record, &since));
    }
    write(&mut scope, &changes, "stamp the database")?;
    drop(scope);
    Ok(Report { from, to, steps: vec![], elapsed: started.elapsed() })
}

/// The journal's rows of a stamp that removes and adds these rows of the version table.
pub(crate) fn stamp_entries(
    history: &History,
    dialect: Dialect,
    tables: &table::Tables,
    options: &Options,
    (removed, added): (&[&str], &[(&str, String)]),
    started: &str,
) -> Vec<Change> {
    let entry = |revision, direction, digest, downgrade_sql| {
        let record =
            Record { revision, direction, digest, statements: 0, downgrade_sql, who: options.who.as_deref() };
        journal::done(dialect, &tables.journal, &record, started)
    };
    let comes = |revision: &str| added.iter().any(|(id, _)| *id == revision);
    let goes = removed.iter().filter(|id| !comes(id)).map(|id| entry(*id, "unstamp", None, None));
    let stays = added.iter().map(|(revision, digest)| {
        let index = history.index_of_row(revision);
        let downgrade =
            index.and_then(|index| history.revision(index).section(Direction::Downgrade, dialect));
        entry(*revision, "stamp", Some(digest), downgrade.map(|section| &*section.text))
    });
    goes.chain(stays).collect()
}

/// The unfinished revisions of which a stamp says how the database stands to them: those that need, or are needed by,
/// what it names; all of them where it begins anew.
fn settled_by_stamp(
    history: &History,
    unfinished: Vec<JournalEntry>,
    (targets, at, removed): (&[Target], &[usize], &[usize]),
    purge: bool,
) -> Vec<JournalEntry> {
    let graph = history.graph();
    let mut named = removed.to_vec();
    named.extend(targets.iter().filter_map(|target| graph.resolve(target, at).ok()).flatten());
    let (before, after) = (graph.ancestors(&named, Edges::All), graph.descendants(&named, Edges::All));
    let anew = purge || targets.contains(&Target::base());
    let is_settled = |entry: &JournalEntry| {
        let index = history.index_of(&entry.revision);
        anew || index.is_some_and(|index| before.contains(index) || after.contains(index))
    };
    unfinished.into_iter().filter(is_settled).collect()
}

/// Ends the journal's row of a revision that nobody is to finish any more.
fn give_up(dialect: Dialect, journal: &str, entry: &JournalEntry) -> Change {
    let said = match &entry.error {
        Some(error) => format!("given up, the database was stamped: {error}"),
        None => "given up, the database was stamped".to_owned(),
    };
    let to = Progress { error: Some(Some(&said)), finished: true, ..Progress::default() };
    journal::take_over(dialect, journal, entry, &Owner::new(dialect), &to)
}

/// The changes from some rows to others, which may share some.
fn replace_all(tables: &table::Tables, removed: &[&str], added: &[(&str, String)]) -> Vec<Change> {
    let stays = |id: &str| added.iter().any(|(other, _)| *other == id) && removed.contains(&id);
    let gone: Vec<&str> = removed.iter().copied().filter(|id| !stays(id)).collect();
    let new: Vec<(&str, String)> = added.iter().filter(|(id, _)| !stays(id)).cloned().collect();
    let mut changes = tables.replace(&gone, &new);
    for kept in added.iter().filter(|(id, _)| stays(id)) {
        changes.extend(tables.replace(&[kept.0], std::slice::from_ref(kept)));
    }
    changes
}

fn write(scope: &mut Scope<'_>, changes: &[Change], doing: &str) -> Result<(), Error> {
    if !changes.is_empty() {
        scope.begin()?;
        let prefix = scope.prefix();
        table::apply(scope.session, &scope.tables, prefix, changes, "").map_err(|refused| match refused {
            Refused::Fenced => {
                Error::new(ErrorKind::Concurrent, "another process changed the version table during the run")
            }
            Refused::By(error) | Refused::AtLast(error) => Error::database(doing, error),
        })?;
    }
    scope.finish().map_err(|error| Error::database(doing, error))
}

/// Creates the version table and the journal.
pub(crate) fn ensure(session: &mut dyn Session, options: &Options, emit: Emit<'_>) -> Result<(), Error> {
    let mut scope = Scope::enter(session, options, emit)?;
    scope.tables.ensure(scope.session, &options.names)?;
    write(&mut scope, &[], "create the version table and the journal")
}

/// Says of the statement in doubt of an unfinished revision whether it took effect.
pub(crate) fn resolve(
    session: &mut dyn Session,
    history: &History,
    options: &Options,
    emit: Emit<'_>,
    revision: &str,
    applied: bool,
) -> Result<JournalEntry, Error> {
    let mut scope = Scope::enter(session, options, emit)?;
    let dialect = scope.dialect;
    let unfinished = journal::unfinished(scope.session, &scope.tables)?;
    let fitting: Vec<&JournalEntry> =
        unfinished.iter().filter(|entry| entry.revision.starts_with(revision)).collect();
    let exact = fitting.iter().find(|entry| entry.revision == revision).or(match &fitting[..] {
        [one] => Some(one),
        _ => None,
    });
    let Some(&entry) = exact else {
        let list = check::list(unfinished.iter().map(|entry| entry.revision.as_str()));
        let error = Error::new(ErrorKind::Target, format!("no revision `{revision}` is unfinished"));
        return Err(if list.is_empty() {
            error.note("nothing is unfinished on this database")
        } else {
            error.help(format!("unfinished: {list}"))
        });
    };
    let mut entry = entry.clone();
    if entry.error.is_some() && applied {
        let message = format!(
            "statement {} of revision `{}` is not in doubt: the database refused it",
            entry.statements_done + 1,
            entry.revision
        );
        return Err(Error::new(ErrorKind::Unfinished, message)
            .revision_is(&entry.revision)
            .note(entry.error.clone().unwrap_or_default())
            .help("correct the statement and run again"));
    }
    if entry.error.is_some() || entry.statements_done >= entry.statements_total {
        return Ok(entry);
    }
    let index = history.index_of(&entry.revision);
    let direction =
        [Direction::Upgrade, Direction::Downgrade].into_iter().find(|d| d.name() == entry.direction);
    let section = index.zip(direction).and_then(|(index, way)| history.revision(index).section(way, dialect));
    let Some(section) = section else {
        let message = format!("revision `{}` is not in this history", entry.revision);
        return Err(Error::new(ErrorKind::UnknownRevision, message)
            .revision_is(&entry.revision)
            .help("run a build that has this revision, or restore its file"));
    };
    let statements = migrate_core::sql::split(&section.text, dialect);
    let texts: Vec<&str> = statements.iter().map(|statement| statement.text).collect();
    let fingerprints = words::fingerprints(&texts, dialect);
    let done = entry.statements_done + usize::from(applied);
    let said =
        if applied { "settled: the statement before took effect" } else { "settled: it did not take effect" };
    let digest = fingerprints.get(done).map_or("", String::as_str);
    let to = Progress {
        done: (done > 0).then_some((done, digest)),
        error: Some(Some(said)),
        ..Progress::default()
    };
    let change = journal::take_over(dialect, &scope.tables.journal, &entry, &Owner::new(dialect), &to);
    write(&mut scope, &[change], "write the journal")?;
    entry.statements_done = done;
    entry.error = Some(said.to_owned());
    Ok(entry)
}
