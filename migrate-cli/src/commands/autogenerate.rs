//! `migrate revision --autogenerate`: the sections that lead from the history to the models.
//!
//! ```text
//! history, replayed --> base --+-> drafts, one per database --> renames, losses: asked or refused --> sections
//! models ---------------------+
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;

use migrate_core::autogenerate::{BadRename, Conditions, Draft, Rename, Unreached, draft, renamed, resolve};
use migrate_core::checks;
use migrate_core::diagnostic::{Code, Diagnostic, Level};
use migrate_core::dialect::Dialect;
use migrate_core::file::Dialects;
use migrate_core::graph::Edges;
use migrate_core::graph::new::Place;
use migrate_core::history::History;
use migrate_core::proof::{self, Traces};
use migrate_core::revision::Direction;
use migrate_core::schema::Schema;
use migrate_core::source::Sources;
use migrate_dir::Directory;

use super::sections::Sections;
use crate::args::Revision;
use crate::context::Context;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::models::Models;
use crate::replayed;
use crate::settings::Settings;

mod database;
mod questions;
mod report;
mod sections;

/// A database that the revision is for.
struct Job {
    dialect: Dialect,
    /// What is there before: what the history makes, or what the database has.
    base: Schema,
    /// What the history makes, where the database was asked.
    history: Option<Schema>,
    /// What the database has, also what nobody here has made, where it was asked.
    live: Option<Schema>,
    /// Which statements with conditions the server takes, where the database was asked.
    conditions: Conditions,
    renames: Vec<Rename>,
}

/// A job, done.
struct Done<'j> {
    job: &'j Job,
    draft: Draft,
}

/// The sections of a new revision at this place; `None` if there is nothing to do.
///
/// # Errors
///
/// - The history has errors, the models cannot be read, or there are none.
/// - The database is not at the heads, or has something else than its revisions make, and that is in the way.
/// - Something cannot be generated, is renamed and not there, or loses data, and nobody said that it may.
pub(super) fn sections(
    context: &Context,
    settings: &Settings,
    environment: &Environment,
    args: &Revision,
    history: &Arc<History>,
    mut directory: Directory,
    place: &Place,
) -> Result<Option<Sections>> {
    if args.models.is_empty() && settings.models().is_empty() {
        return Err(Failure::usage("no-models", "nothing says where the models are")
            .help("name them with `--models src/schema.rs`, or `models` in migrate.toml")
            .help("models are diesel's `schema.rs`, `migrate::table!`, or a `schema.sql`"));
    }
    let dialects = dialects(context, settings, history)?;
    let mut traces = Traces::default();
    check(context, settings, history, &directory, &dialects, &mut traces)?;
    let mut jobs = Vec::new();
    for dialect in dialects {
        let base = replay(history, dialect, place, &mut traces);
        let conditions = Conditions::All;
        jobs.push(Job { dialect, base, history: None, live: None, conditions, renames: vec![] });
    }
    if args.from_database {
        database::take(context, settings, environment, history, &mut jobs)?;
    }
    let models = Models::load(settings, &args.models, &mut directory.sources)?;
    refuse_unread(context, models.findings.clone(), &directory.sources)?;
    let is_told = name(&mut jobs, &models, &args.rename, context, &directory.sources)?;
    let are_of_some = Dialect::ALL.into_iter().any(|dialect| models.speak_of(dialect));
    for job in jobs.iter().filter(|job| are_of_some && !models.speak_of(job.dialect)) {
        context
            .shell
            .note(format_args!("the models say nothing of {}: there all stays as it is", job.dialect));
    }

    let can_ask = !args.sql && !context.flags.json && context.shell.can_ask();
    let mut asked = BTreeSet::new();
    let drafts = loop {
        let drafts = jobs.iter().map(|job| drafted(job, &models, !can_ask)).collect::<Result<Vec<_>>>()?;
        match can_ask.then(|| questions::rename(context, &drafts, &mut asked)) {
            Some(answers) if !answers.is_empty() => {
                for (place, rename) in answers {
                    jobs[place].renames.push(rename);
                }
            }
            _ => break drafts.into_iter().map(|done| done.draft).collect::<Vec<_>>(),
        }
    };
    let mut done: Vec<Done<'_>> = jobs.iter().zip(drafts).map(|(job, draft)| Done { job, draft }).collect();
    for done in &mut done {
        database::mend(done, &models)?;
    }
    if done.iter().all(|done| done.draft.is_empty()) {
        report::undecided(context, &done);
        let but = if is_told { "but for what is told above, " } else { "" };
        let rest = if args.allow_empty { "" } else { ": there is nothing to write" };
        context.shell.note(format_args!("{but}the models and the history agree{rest}"));
        return Ok(None);
    }
    report::summary(context, &done);
    report::undecided(context, &done);
    if !can_ask {
        report::candidates(context, &done);
    }
    for done in &done {
        database::fits(done)?;
    }
    if !args.allow_incomplete {
        refuse_incomplete(&done)?;
    }
    if !args.sql && !args.allow_destructive {
        questions::losses(context, &done, can_ask)?;
    }
    Ok(Some(sections::of(context, &done)))
}

/// The databases for which there are to be sections: those that the project names, else the one at hand.
fn dialects(context: &Context, settings: &Settings, history: &History) -> Result<Vec<Dialect>> {
    let declared = settings.layer.dialects.unwrap_or_default();
    let flag = context.flags.dialect;
    if !declared.is_empty() {
        return match flag.filter(|flag| declared.len() > 1 || !declared.contains(*flag)) {
            Some(flag) => Err(Failure::usage(
                "several-dialects",
                format!(
                    "the revision would have a section for {flag} and for no other database of the project"
                ),
            )
            .note("`dialects` in the configuration names them")
            .help("leave `--dialect` out: each of them gets a section")),
            None => Ok(declared.iter().collect()),
        };
    }
    match replayed::served(settings, history).iter().collect::<Vec<_>>() {
        none if none.is_empty() => {
            Err(Failure::usage("no-dialect", "nothing says which database the history is for")
                .help("say it with `--dialect`, or with `dialects` in migrate.toml"))
        }
        all => Ok(all),
    }
}

/// Refuses a history with errors: what is made from it would be wrong, too.
fn check(
    context: &Context,
    settings: &Settings,
    history: &History,
    directory: &Directory,
    dialects: &[Dialect],
    traces: &mut Traces,
) -> Result {
    let settings_of_checks = settings.layer.checks.clone().unwrap_or_default();
    let dialects = Dialects::exactly(dialects.iter().copied().collect());
    let findings = checks::check(
        history,
        &directory.sources,
        dialects,
        &settings_of_checks,
        traces,
        |dialect, wanted| migrate_dir::statements(history, dialect, wanted),
    );
    let errors: Vec<Diagnostic> =
        findings.into_iter().filter(|finding| finding.level == Level::Error).collect();
    if errors.is_empty() {
        return Ok(());
    }
    crate::history::tell_problems(context, settings, &errors);
    Err(Box::new(Failure { exit: Exit::History, findings: errors, sources: directory.sources.clone() }))
}

/// The schema of a database that has all on which the new revision builds.
fn replay(history: &History, dialect: Dialect, place: &Place, traces: &mut Traces) -> Schema {
    let graph = history.graph();
    let named = |name: &String| graph.get(name).or_else(|| graph.labelled(name));
    let nodes: Vec<usize> =
        place.parents.iter().copied().chain(place.depends_on.iter().filter_map(named)).collect();
    let needed = graph.ancestors(&nodes, Edges::All);
    let statements = migrate_dir::statements(history, dialect, |node, direction| {
        direction == Direction::Upgrade
            && needed.contains(node)
            && !proof::is_known(history, node, dialect, true, traces)
    });
    proof::follow(history, &nodes, &statements, traces, None)
}

/// Refuses models with errors. Of what is only told, the models' reader has made sure that nothing of it changes.
fn refuse_unread(context: &Context, findings: Vec<Diagnostic>, sources: &Sources) -> Result {
    if findings.iter().any(|finding| finding.level == Level::Error) {
        return Err(Box::new(Failure { exit: Exit::Usage, findings, sources: sources.clone() }));
    }
    findings.iter().for_each(|finding| context.show_finding(finding, sources));
    Ok(())
}

/// Finds what the models and the command line say has another name, and tells what of the models could not be followed; whether
/// there is any.
fn name(
    jobs: &mut [Job],
    models: &Models,
    texts: &[String],
    context: &Context,
    sources: &Sources,
) -> Result<bool> {
    let mut wrong: Vec<Option<BadRename>> = vec![None; texts.len()];
    let mut found = vec![false; texts.len()];
    let mut findings: Vec<Diagnostic> = Vec::new();
    for job in jobs {
        let target = models.target(&job.base);
        for finding in target.findings {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        job.renames = target.renames;
        for (place, rename) in resolve(texts, &job.base, &target.schema).into_iter().enumerate() {
            match rename {
                Ok(rename) => {
                    found[place] = true;
                    if !job.renames.contains(&rename) {
                        job.renames.push(rename);
                    }
                }
                Err(error) => drop(wrong[place].get_or_insert(error)),
            }
        }
    }
    let is_told = !findings.is_empty();
    refuse_unread(context, findings, sources)?;
    // What is renamed in one database need not be there in the others.
    let wrong = texts.iter().zip(wrong).zip(found).filter(|(_, found)| !found);
    let findings: Vec<Diagnostic> = wrong
        .filter_map(|((text, wrong), _)| {
            let wrong = wrong?;
            let mut finding = Diagnostic::error(Code("unknown-rename"), wrong.to_string());
            finding.notes.push(format!("`--rename {text}` says so"));
            finding.helps.push(wrong.help());
            Some(finding)
        })
        .collect();
    match findings.is_empty() {
        true => Ok(is_told),
        false => Err(Box::new(Failure { exit: Exit::Usage, findings, sources: Sources::new() })),
    }
}

/// Drafts the statements for a database.
fn drafted<'j>(job: &'j Job, models: &Models, suggests: bool) -> Result<Done<'j>> {
    let refused = |unreached: Box<Unreached>| refused(job.dialect, &unreached);
    let (base, _) = renamed(&job.base, &job.renames).map_err(refused)?;
    let target = models.target(&base);
    let draft = draft(&job.base, &target.schema, &job.renames, suggests).map_err(refused)?;
    Ok(Done { job, draft })
}

/// The database would refuse what the models want.
fn refused(dialect: Dialect, unreached: &Unreached) -> Box<Failure> {
    let message =
        format!("{dialect} would refuse the statements that lead to the models; nothing was written");
    let failure = Failure::new(Exit::Refused, "not-generated", message);
    unreached.refused.iter().fold(failure, |failure, why| failure.note(why.clone()))
}

/// Refuses to write less than what the models want.
fn refuse_incomplete(done: &[Done<'_>]) -> Result {
    let mut missing = Vec::new();
    for Done { job, draft } in done {
        for difference in draft.unreached.iter().flat_map(|unreached| &unreached.differences) {
            let of = if done.len() > 1 { format!("{}: ", job.dialect) } else { String::new() };
            missing.push(format!("{of}{difference}"));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let message = "not everything can be generated; nothing was written";
    let failure = Failure::new(Exit::Refused, "not-generated", message);
    let failure = missing.into_iter().fold(failure, |failure, what| failure.note(what));
    Err(failure
        .help("write the SQL for it in a revision of its own: `migrate revision -m \"...\"`")
        .help("or leave it out, with `exclude` in the configuration, or with `--allow-incomplete` for once"))
}
