//! `migrate check`: whether the history is right, its SQL too, and whether models and database agree with it.

mod agreement;
mod chain;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use migrate_core::checks;
use migrate_core::diagnostic::{Diagnostic, Level};
use migrate_core::dialect::Dialect;
use migrate_core::file::Dialects;
use migrate_core::history::History;
use migrate_core::proof::Traces;
use migrate_core::revision::Direction;
use migrate_core::source::Sources;
use migrate_dir::Directory;

use agreement::Reading;
use chain::Chain;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::history;
use crate::json::Line;
use crate::memory::Memory;
use crate::replayed;
use crate::report::count;
use crate::settings::Settings;

pub(super) fn run(context: &Context, args: &args::Check) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    // The database answers while the files are checked, and is heard after them.
    thread::scope(|scope| {
        let turn = context.shell.reserve();
        let read = |history: &_| Reading::start(scope, context, &settings, &environment, args, history);
        let (chain, reading) = match &context.embedded {
            Some(embedded) if context.flags.dir.is_empty() => {
                let (history, mut traces) = (embedded(), Traces::default());
                let reading = read(&history);
                built(context, &settings, args, &history, &mut traces)?;
                (Chain::new(history, traces), reading)
            }
            _ => {
                let (history, directory) = history::read_whole(context, &settings)?;
                let history = Arc::new(history);
                let reading = read(&history);
                let memory = Memory::of(&settings, &environment);
                let mut traces = memory.read();
                let checked = checked(context, &settings, args, &history, directory, &mut traces);
                memory.keep(&traces);
                checked?;
                let mut chain = Chain::new(history, traces);
                for dialect in replayed::served(&settings, &chain.history).iter() {
                    tell_unknown(context, &mut chain, dialect);
                }
                (chain, reading)
            }
        };
        let revisions = count(chain.history.revisions().len(), "revision");
        context.shell.status("Checked", format_args!("{revisions}: the history is valid"));
        agreement::run(context, &settings, args, dialects(context, &settings), chain, (reading, turn))
    })
}

/// Checks the SQL of the migration directory as a build does it.
fn checked(
    context: &Context,
    settings: &Settings,
    args: &args::Check,
    history: &History,
    mut directory: Directory,
    traces: &mut Traces,
) -> Result {
    let checks = settings.layer.checks.clone().unwrap_or_default();
    let sources = &directory.sources;
    let dialects = dialects(context, settings);
    let mut findings = checks::check(history, sources, dialects, &checks, traces, |dialect, wanted| {
        migrate_dir::statements(history, dialect, wanted)
    });
    let files = declared(settings, args);
    findings.extend(declarations(context, settings, files, history, traces, &mut directory.sources));
    if findings.iter().any(is_error) {
        history::tell_problems(context, settings, &findings);
    }
    tell(context, findings, directory.sources)
}

/// Says from which revision on the checks may be silent, because nobody can know what a statement has done.
fn tell_unknown(context: &Context, chain: &mut Chain, dialect: Dialect) {
    let Some(node) = chain.first_unknown(dialect) else { return };
    let history = &chain.history;
    let revision = history.revision(node);
    if context.flags.json {
        let (dialect, revision) = (dialect.name(), Some(revision.id.as_str()));
        context.shell.line(Line::Undecided { dialect, revision, object: String::new() }.text());
    }
    context.shell.note(format_args!(
        "from `{}` on not all is known for {dialect}, and what is not known is not checked: {}\n      \
         a statement is not understood, or may do anything; `-- migrate:effect` above it says what it does",
        revision.id.as_str(),
        revision.section_path(Direction::Upgrade),
    ));
}

/// Checks what the build of an application with this history need not have checked: the declarations that the
/// configuration names, where they are at hand. Where the application is deployed they are not.
fn built(
    context: &Context,
    settings: &Settings,
    args: &args::Check,
    history: &History,
    traces: &mut Traces,
) -> Result {
    let mut sources = Sources::new();
    let files = declared(settings, args).filter(|file| file.exists());
    let findings = declarations(context, settings, files, history, traces, &mut sources);
    tell(context, findings, sources)
}

/// The files that are held against the migrations, declaration by declaration. Those that say what is wanted are compared as a
/// whole.
fn declared<'s>(settings: &'s Settings, args: &'s args::Check) -> impl Iterator<Item = &'s PathBuf> {
    let models = agreement::named(settings, args);
    settings.layer.schema.iter().flatten().filter(|file| !models.contains(file))
}

/// What differs between the declarations in these files and what the migrations make.
fn declarations<'f>(
    context: &Context,
    settings: &Settings,
    files: impl Iterator<Item = &'f PathBuf>,
    history: &History,
    traces: &mut Traces,
    sources: &mut Sources,
) -> Vec<Diagnostic> {
    let shown: Vec<_> = files.map(|file| (file.clone(), history::shown(file))).collect();
    if shown.is_empty() {
        return vec![];
    }
    let levels = settings.layer.checks.as_ref().map(|checks| checks.levels.clone()).unwrap_or_default();
    let models = migrate_schema::load(&shown, sources);
    let mut findings = models.findings;
    let dialects = dialects(context, settings);
    findings.extend(migrate_schema::check(
        history,
        dialects,
        &models.files,
        &levels,
        traces,
        |dialect, wanted| {
            migrate_dir::statements(history, dialect, |node, direction| {
                direction == Direction::Upgrade && wanted(node)
            })
        },
    ));
    findings
}

/// The databases to check for: all that the project names, not only the one at hand, unless that is what was asked.
fn dialects(context: &Context, settings: &Settings) -> Dialects {
    match settings.layer.dialects.filter(|set| context.flags.dialect.is_none() && !set.is_empty()) {
        Some(set) => Dialects::exactly(set),
        None => history::rules(settings).dialects,
    }
}

/// Shows the findings, and fails if one of them is an error.
fn tell(context: &Context, findings: Vec<Diagnostic>, sources: Sources) -> Result {
    if findings.iter().any(is_error) {
        return Err(Box::new(Failure { exit: Exit::History, findings, sources }));
    }
    for warning in &findings {
        context.show_finding(warning, &sources);
    }
    Ok(())
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.level == Level::Error
}
