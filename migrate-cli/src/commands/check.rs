//! `migrate check`: whether the history is right, its SQL too, and whether the database agrees.

use migrate_core::checks::{self, Clean};
use migrate_core::diagnostic::Level;
use migrate_core::file::Dialects;

use crate::args;
use crate::connect::Access;
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::history;
use crate::report::count;
use crate::settings::Settings;

pub(super) fn run(context: &Context, args: &args::Check) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    let history = match &context.embedded {
        // The build has checked it.
        Some(embedded) if context.flags.dir.is_empty() => embedded(),
        _ => checked(context, &settings)?.into(),
    };
    let revisions = count(history.revisions().len(), "revision");
    context.shell.status("Checked", format_args!("{revisions}: the history is valid"));
    if args.no_database || settings.database.is_none() {
        return Ok(Exit::Done);
    }
    let mut database = Database::open(context, &settings, &environment, &history, Access::Read)?;
    database.check_current()?;
    context.shell.status("Checked", "the database agrees with it");
    Ok(Exit::Done)
}

/// The history of the migration directory, with its SQL checked as a build does it.
fn checked(context: &Context, settings: &Settings) -> Result<migrate_core::history::History> {
    let (history, mut directory) = history::read_whole(context, settings)?;
    let checks = settings.layer.checks.clone().unwrap_or_default();
    // All that the project names, not only the one at hand, unless that is what was asked.
    let dialects =
        match settings.layer.dialects.filter(|set| context.flags.dialect.is_none() && !set.is_empty()) {
            Some(set) => Dialects::exactly(set),
            None => history::rules(settings).dialects,
        };
    let (sources, clean) = (&directory.sources, &mut Clean::default());
    let mut findings = checks::check(&history, sources, dialects, &checks, clean, |dialect, wanted| {
        migrate_dir::statements(&history, dialect, wanted)
    });
    if let Some(files) = &settings.layer.schema {
        let shown: Vec<_> = files.iter().map(|file| (file.clone(), history::shown(file))).collect();
        let models = migrate_schema::load(&shown, &mut directory.sources);
        findings.extend(models.findings);
        findings.extend(migrate_schema::check(
            &history,
            dialects,
            &models.files,
            &checks.levels,
            |dialect| migrate_dir::statements(&history, dialect, |_| false),
        ));
    }
    if findings.iter().any(|finding| finding.level == Level::Error) {
        history::tell_problems(context, settings, &findings);
        return Err(Box::new(Failure { exit: Exit::History, findings, sources: directory.sources }));
    }
    for warning in &findings {
        context.show_finding(warning, &directory.sources);
    }
    Ok(history)
}
