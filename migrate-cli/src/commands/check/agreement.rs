//! Models, migrations and database: who differs from whom.

use std::collections::BTreeSet;
use std::mem::{ManuallyDrop, take};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use migrate_core::autogenerate::live::strangers;
use migrate_core::checks::Served;
use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::Dialect;
use migrate_core::file::Dialects;
use migrate_core::history::History;
use migrate_core::schema::{Difference, Object, ObjectBody, ObjectId, Schema, Undecided};
use migrate_core::source::Sources;
use migrate_runtime::Verification;

use super::chain::Chain;
use super::words::{Side, sentence};
use crate::args;
use crate::commands::verify;
use crate::connect::Access;
use crate::context::Context;
use crate::database::Database;
use crate::differences::Differences;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::json::Line;
use crate::models::Models;
use crate::report::count;
use crate::settings::Settings;
use crate::shell::Reserved;

/// What the models want of one kind of database, beside what the migrations make.
struct Wanted {
    schema: Schema,
    differences: Vec<Difference>,
    undecided: Undecided,
    /// Whether something of the models could not be followed, which was told.
    is_told: bool,
}

/// What a database has, beside what its revisions make.
struct Live {
    history: Arc<History>,
    verification: Verification,
    /// That it is not at the heads.
    behind: Option<Diagnostic>,
}

/// The files that are named as models, by flags or the configuration.
pub(super) fn named<'s>(settings: &'s Settings, args: &'s args::Check) -> &'s [PathBuf] {
    let configured = || settings.layer.models.as_deref().unwrap_or_default();
    if args.models.is_empty() { configured() } else { &args.models }
}

/// The database, read on a thread beside, which asks for the schema at the revisions that it finds. Who drops it does not want to
/// know any more.
pub(super) struct Reading<'scope> {
    thread: thread::ScopedJoinHandle<'scope, Result<Read>>,
    asked: mpsc::Receiver<(Vec<usize>, Dialect)>,
    answer: mpsc::Sender<Schema>,
    given_up: GivenUp,
}

/// Ends what waits for the database.
struct GivenUp(Arc<AtomicBool>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<'scope> Reading<'scope> {
    /// Starts to read the database, if one is named.
    pub(super) fn start<'env>(
        scope: &'scope thread::Scope<'scope, 'env>,
        context: &'env Context,
        settings: &'env Settings,
        environment: &'env Environment,
        args: &args::Check,
        history: &Arc<History>,
    ) -> Option<Self> {
        if args.no_database || settings.database.is_none() {
            return None;
        }
        let (ask, asked) = mpsc::channel();
        let (answer, answered) = mpsc::channel();
        let schema_at = move |nodes: &[usize], dialect| {
            let is_asked = ask.send((nodes.to_vec(), dialect)).is_ok();
            // Nobody answers where something is wrong already, and then nobody wants to know.
            is_asked.then(|| answered.recv().ok()).flatten().unwrap_or_else(|| Schema::new(dialect))
        };
        let history = Arc::clone(history);
        let thread = scope.spawn(move || live(context, settings, environment, history, schema_at));
        let given_up = GivenUp(Arc::clone(&context.interrupt));
        Some(Self { thread, asked, answer, given_up })
    }

    /// Waits for what the database has.
    ///
    /// # Errors
    ///
    /// - It cannot be reached, or is not on this history, was edited, or has an unfinished revision.
    fn end(self, chain: &mut Chain) -> Result<Read> {
        let Self { thread, asked, answer, given_up } = self;
        if let Ok((nodes, dialect)) = asked.recv() {
            let _ = answer.send(chain.at(&nodes, dialect));
        }
        let live = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        std::mem::forget(given_up);
        live
    }
}

/// Holds models, migrations and database against each other, as far as there are any.
///
/// # Errors
///
/// - The models cannot be read.
/// - The database cannot be reached, or is not on this history, was edited, or has an unfinished revision.
/// - Something differs.
pub(super) fn run(
    context: &Context,
    settings: &Settings,
    args: &args::Check,
    dialects: Dialects,
    chain: Chain,
    (reading, turn): (Option<Reading<'_>>, Reserved<'_>),
) -> Result<Exit> {
    // What is compared goes with the process, which ends after this: to give it back piece by piece takes as long as to compare it.
    let mut chain = ManuallyDrop::new(chain);
    let mut sources = Sources::new();
    let wanted = match models(context, settings, args, &mut sources)? {
        Some(models) => wanted(context, settings, args, models, sources, dialects, &mut chain)?,
        None => vec![],
    };
    drop(turn);
    let live = match reading.map(|reading| reading.end(&mut chain)).transpose()? {
        None => None,
        Some(Read::Live(live)) => Some(ManuallyDrop::new(live)),
        Some(Read::NotComparable(why)) => {
            context.shell.note(format_args!("what the database has is not compared: {why}"));
            None
        }
    };
    let mut wanted = ManuallyDrop::new(wanted);
    check(context, &mut wanted, live.as_ref().map(|live| &***live))
}

/// The models, if there are any.
///
/// # Errors
///
/// - A pattern of the configuration cannot be.
fn models(
    context: &Context,
    settings: &Settings,
    args: &args::Check,
    sources: &mut Sources,
) -> Result<Option<Models>> {
    // Where an application is deployed, its sources need not be.
    let is_built_in = context.embedded.is_some() && context.flags.dir.is_empty();
    if is_built_in && args.models.is_empty() && settings.models().iter().any(|file| !file.exists()) {
        return Ok(None);
    }
    let models = Models::load(settings, &args.models, sources)?;
    Ok(Some(models).filter(|models| !models.is_empty() || !models.findings.is_empty()))
}

/// What the models want, for each kind of database that the history serves.
///
/// # Errors
///
/// - The models cannot be read.
fn wanted(
    context: &Context,
    settings: &Settings,
    args: &args::Check,
    mut models: Models,
    sources: Sources,
    dialects: Dialects,
    chain: &mut Chain,
) -> Result<Vec<Wanted>> {
    let served = Served::of(&chain.history, dialects);
    let mut one = |dialect| {
        let base = chain.head(dialect);
        let target = models.target(&base);
        let differences = base.differences(&target.schema);
        let undecided = base.undecided(&target.schema);
        (Wanted { schema: target.schema, differences, undecided, is_told: false }, target.findings)
    };
    let mut all: Vec<_> = served.certain.iter().map(&mut one).collect();
    // It serves at least one of these: the one that the models suit best.
    all.extend(served.possible.iter().map(one).min_by_key(|(wanted, _)| wanted.differences.len()));
    let mut findings = take(&mut models.findings);
    let mut wanted = Vec::new();
    for (one, told) in all {
        for finding in told {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        wanted.push(one);
    }
    // Declarations that are held against the migrations one by one were told already, as far as they are not understood.
    if named(settings, args).is_empty() {
        findings.retain(super::is_error);
    }
    if findings.iter().any(super::is_error) {
        return Err(Box::new(Failure { exit: Exit::Usage, findings, sources }));
    }
    wanted.iter_mut().for_each(|wanted| wanted.is_told = !findings.is_empty());
    super::tell(context, findings, sources)?;
    Ok(wanted)
}

/// What came of reading the database.
enum Read {
    Live(Box<Live>),
    /// It is at the heads, and what it has cannot be compared, for this reason.
    NotComparable(String),
}

/// What the database has; the function gives the schema that some revisions make.
///
/// # Errors
///
/// - It cannot be reached, or is not on this history, was edited, or has an unfinished revision.
fn live(
    context: &Context,
    settings: &Settings,
    environment: &Environment,
    history: Arc<History>,
    schema_at: impl FnOnce(&[usize], Dialect) -> Schema,
) -> Result<Read> {
    let mut database = Database::open(context, settings, environment, &history, Access::Read)?;
    let dialect = settings.database()?.dialect();
    let verification = match database.verify_against(|nodes| schema_at(nodes, dialect)) {
        Ok(verification) => verification,
        // What it has cannot be compared, as where names lead to another schema; that it is at the heads can be said.
        Err(failure) if failure.exit == Exit::Usage => {
            database.check_current()?;
            let why: Vec<_> = failure.findings.into_iter().map(|finding| finding.message).collect();
            return Ok(Read::NotComparable(why.join("; ")));
        }
        Err(failure) => return Err(failure),
    };
    let found = settings.filter()?.apply(&verification.expected, &verification.found);
    let verification = match found.changed(&verification.found).is_empty() {
        true => verification,
        false => verification.of_found(found),
    };
    let behind = match database.check_current() {
        Ok(()) => None,
        Err(failure) if failure.exit == Exit::No => failure.findings.into_iter().next(),
        Err(failure) => return Err(failure),
    };
    Ok(Read::Live(Box::new(Live { history, verification, behind })))
}

/// Compares and tells; the answer is no if something differs.
fn check(context: &Context, wanted: &mut [Wanted], live: Option<&Live>) -> Result<Exit> {
    let compared = match (live, wanted.is_empty()) {
        (Some(_), false) => "models, migrations and database agree",
        (Some(_), true) => "the database agrees with it",
        (None, false) => "the models agree with it",
        (None, true) => return Ok(Exit::Done),
    };
    let has_all = live.is_some() && !wanted.is_empty();
    let shows_dialect = wanted.len() > 1;
    let but = if wanted.iter().any(|wanted| wanted.is_told) { ", but for what is told above" } else { "" };
    let mut groups = Vec::new();
    let mut undecided = false;
    let mut of_database = live.map(|live| others_left_alone(context, live, wanted));
    for Wanted { schema, differences, undecided: unknown, .. } in wanted {
        let (schema, mut differences, unknown) = (&*schema, take(differences), take(unknown));
        undecided |= !unknown.is_empty();
        if let (Some(live), Some(others)) = (live, &mut of_database)
            && live.behind.is_none()
            && live.verification.found.dialect() == schema.dialect()
        {
            let both = in_both(&mut differences, others, schema, &live.verification.found);
            groups.push((Side::Both, schema, both, Undecided::default()));
        }
        groups.push((Side::Models, schema, differences, unknown));
    }
    if let (Some(live), Some(differences)) = (live, of_database) {
        let unknown = live.verification.undecided.clone();
        undecided |= !unknown.is_empty();
        groups.push((Side::Database, &live.verification.found, differences, unknown));
    }

    let differing = groups.iter().filter(|(_, _, differences, _)| !differences.is_empty()).count();
    let mut findings = Vec::new();
    for (side, after, differences, unknown) in groups {
        let dialect = after.dialect();
        if !differences.is_empty() {
            let mut sentence = sentence(side, &differences);
            let is_at_heads = live.is_some_and(|live| live.behind.is_none());
            if let Some(agree) = side.others_agree().filter(|_| has_all && differing == 1 && is_at_heads) {
                sentence = format!("{agree}; {sentence}");
            }
            let finding = finding(side, sentence, live);
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        let is_told = !differences.is_empty();
        let differences = Differences::some(differences, after, unknown);
        if context.flags.json {
            differences
                .json_of(Some(side.name()), dialect.name(), None, |line| context.shell.line(line.text()));
        } else if is_told {
            let of = if shows_dialect { format!("{dialect}: ") } else { String::new() };
            context.shell.text(format_args!("{of}{}\n{}", side.heading(), differences.text("  ")));
        }
    }
    if let Some(live) = live {
        match live.verification.wordings.len() {
            0 => {}
            n => context.shell.note(format_args!(
                "the database words {} otherwise, which may mean the same: `migrate verify` shows them",
                count(n, "expression")
            )),
        }
        findings.extend(live.behind.clone());
    }
    if undecided {
        context.shell.note(
            "not all can be compared: a statement of the history is not understood, or may do anything",
        );
    }
    if !findings.is_empty() {
        return Err(Box::new(Failure { exit: Exit::No, findings, sources: Sources::new() }));
    }
    context.shell.status("Checked", format_args!("{compared}{but}"));
    Ok(Exit::Done)
}

/// In what the database differs, without what is there and is nobody's here. That is told, and left alone.
fn others_left_alone(context: &Context, live: &Live, wanted: &[Wanted]) -> Vec<Difference> {
    let Verification { found, expected, differences, .. } = &live.verification;
    let models =
        wanted.iter().map(|wanted| &wanted.schema).find(|schema| schema.dialect() == found.dialect());
    let strangers = strangers(found, expected, models.unwrap_or(expected));
    // An index is told with its table.
    let is_index =
        |id: &ObjectId| matches!(found.get(id), Some(Object { body: ObjectBody::Index { .. }, .. }));
    let mut titles: Vec<String> =
        strangers.iter().filter(|id| !is_index(id)).filter_map(|id| found.title(id)).collect();
    titles.sort_unstable();
    if !titles.is_empty() {
        if context.flags.json {
            let line = Line::LeftAlone { dialect: found.dialect().name(), objects: &titles };
            context.shell.line(line.text());
        }
        let shown = titles.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if titles.len() > 5 { format!(", and {} more", titles.len() - 5) } else { String::new() };
        context
            .shell
            .note(format_args!("left alone, as neither a revision nor a model has it: {shown}{more}"));
    }
    let is_strange = |difference: &Difference| {
        difference.about.is_empty()
            && difference.before.is_none()
            && titles.binary_search(&difference.object).is_ok()
    };
    differences.iter().filter(|difference| !is_strange(difference)).cloned().collect()
}

/// Takes out of both what is the same in both.
fn in_both(
    models: &mut Vec<Difference>,
    database: &mut Vec<Difference>,
    wanted: &Schema,
    found: &Schema,
) -> Vec<Difference> {
    if models.is_empty() || database.is_empty() {
        return vec![];
    }
    let apart: BTreeSet<String> =
        wanted.differences(found).into_iter().map(|difference| difference.object).collect();
    let key = |it: &Difference| {
        let is_same = !it.about.is_empty() || !apart.contains(&it.object);
        is_same.then(|| (it.object.clone(), it.about.clone(), it.before.clone(), it.after.clone()))
    };
    let of_database: BTreeSet<_> = database.iter().filter_map(key).collect();
    let is_shared = |it: &Difference| key(it).is_some_and(|key| of_database.contains(&key));
    let both: Vec<Difference> = models.extract_if(.., |it| is_shared(it)).collect();
    let shared: BTreeSet<_> = both.iter().filter_map(key).collect();
    database.retain(|it| key(it).is_none_or(|key| !shared.contains(&key)));
    both
}

/// The answer no.
fn finding(side: Side, sentence: String, live: Option<&Live>) -> Diagnostic {
    let writes = "`migrate revision --autogenerate` writes the revision that makes them so";
    match (side, live) {
        (Side::Database, Some(live)) => {
            let finding = Diagnostic::error(Code("drift"), sentence);
            verify::placed(finding, &live.history, &live.verification)
        }
        (Side::Both, _) => Diagnostic::error(Code("models-differ"), sentence)
            .help(writes)
            .help("`migrate stamp head` then records it here, where it is done already"),
        _ => Diagnostic::error(Code("models-differ"), sentence).help(writes),
    }
}
