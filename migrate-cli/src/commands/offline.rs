//! `--sql`: prints what a command would do, for the database's own client to run.

use migrate_core::dialect::Dialect;
use migrate_core::graph::target::Target;
use migrate_runtime::{Error, Script};

use super::upgrade::{check, place};
use crate::args::{Downgrade, EnsureVersion, Stamp, Upgrade};
use crate::connect::Access;
use crate::context::Context;
use crate::database::{Database, migrator};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::history;
use crate::json::Line;
use crate::report::{count, failure};
use crate::settings::Settings;
use crate::targets;

pub(super) fn upgrade(context: &Context, args: &Upgrade) -> Result<Exit> {
    let way = Way::parse(&args.targets, Some(&Target::head()))?;
    print(context, args.offline.tag.as_deref(), &way, |migrator, dialect, way| {
        migrator.upgrade_script(dialect, &way.start, &way.ends)
    })
}

pub(super) fn downgrade(context: &Context, args: &Downgrade) -> Result<Exit> {
    if !args.target.contains(':') {
        let message = "`downgrade --sql` has to be told where the database is";
        return Err(Failure::usage("no-range", message).help(format!(
            "name it before the target: `head:{0}`, or `current:{0}` to ask the database",
            args.target
        )));
    }
    let way = Way::parse(std::slice::from_ref(&args.target), None)?;
    print(context, args.offline.tag.as_deref(), &way, |migrator, dialect, way| match &way.ends[..] {
        [end] => migrator.downgrade_script(dialect, &way.start, end),
        // The database is at several revisions, and is to stay there.
        _ => migrator.upgrade_script(dialect, &way.start, &way.start),
    })
}

pub(super) fn stamp(context: &Context, args: &Stamp) -> Result<Exit> {
    if args.purge {
        let message = "`--purge` with `--sql`: a script cannot know what there is to forget";
        return Err(Failure::usage("usage", message).help("run it online, without `--sql`"));
    }
    let way = Way::parse(&args.targets, None)?;
    print(context, args.offline.tag.as_deref(), &way, |migrator, dialect, way| {
        migrator.stamp_script(dialect, &way.start, &way.ends)
    })
}

pub(super) fn ensure_version(context: &Context, args: &EnsureVersion) -> Result<Exit> {
    let nowhere = Way { start: vec![], ends: vec![] };
    print(context, args.tag.as_deref(), &nowhere, |migrator, dialect, _| {
        migrator.version_table_script(dialect)
    })
}

/// From where to where.
#[derive(Clone)]
struct Way {
    /// Before every revision, if there is none.
    start: Vec<Target>,
    ends: Vec<Target>,
}

impl Way {
    /// Reads targets of which one may have a start: `start:target`, or several starts with commas.
    fn parse(texts: &[String], default_end: Option<&Target>) -> Result<Self> {
        let mut way = Self { start: vec![], ends: vec![] };
        let mut range = None;
        for text in texts {
            let Some((start, end)) = text.split_once(':') else {
                way.ends.push(targets::parse(text)?);
                continue;
            };
            if let Some(first) = range.replace(text) {
                let message = format!("`{text}` is a second range, after `{first}`");
                return Err(Failure::usage("bad-range", message)
                    .help("a script has one start; where a database is at several revisions: `a1,b2:head`"));
            }
            if !start.is_empty() {
                way.start = start.split(',').map(targets::parse).collect::<Result<_>>()?;
            }
            match (end, default_end) {
                ("", Some(end)) => way.ends.push(end.clone()),
                ("", None) => {
                    let message = format!("`{text}` has no target behind the `:`");
                    return Err(Failure::usage("bad-range", message).help("a range is `start:target`"));
                }
                (end, _) => way.ends.push(targets::parse(end)?),
            }
        }
        Ok(way)
    }

    fn all(&self) -> impl Iterator<Item = &Target> {
        self.start.iter().chain(&self.ends)
    }

    /// Puts the revisions that the database is at in the place of `current`.
    fn with_current(self, rows: &[String]) -> Self {
        let rows: Vec<Target> = rows.iter().map(Target::revision).collect();
        let named = |targets: Vec<Target>, base: Option<Target>| -> Vec<Target> {
            let asked = targets.contains(&Target::current());
            let mut named: Vec<Target> =
                targets.into_iter().filter(|target| *target != Target::current()).collect();
            if asked {
                named.extend(rows.iter().cloned());
                named.extend(base.filter(|_| rows.is_empty()));
            }
            named
        };
        Self { start: named(self.start, None), ends: named(self.ends, Some(Target::base())) }
    }
}

type Migrator = migrate_runtime::Migrator;

/// Makes the script, completely checked, and prints it.
fn print(
    context: &Context,
    tag: Option<&str>,
    way: &Way,
    script: impl for<'m> FnOnce(&'m Migrator, Dialect, &Way) -> Result<Script<'m>, Error>,
) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    let dialect = dialect(&settings)?;
    let history = history::load(context, &settings)?;
    way.all()
        .filter(|target| **target != Target::current())
        .try_for_each(|target| check(history.graph().resolve(target, &[])))?;
    let mut way = way.clone();
    let mut looked_at = vec![];
    if way.all().any(|target| *target == Target::current()) {
        let mut database = Database::open(context, &settings, &environment, &history, Access::Read)?;
        looked_at = database.position()?;
        let rows: Vec<String> = looked_at.iter().map(|row| row.version_num.clone()).collect();
        way = way.with_current(&rows);
        context.reached(rows);
    }
    let migrator = migrator(&settings.layer, &history)?.looked_at(looked_at);
    let mut script = script(&migrator, dialect, &way).map_err(|error| failure(&error, &history))?;
    if let Some(tag) = tag {
        script = script.tag(tag);
    }
    let (from, to, steps) = (script.from(), script.to(), script.steps());
    if context.flags.json {
        let line =
            Line::Script { dialect: dialect.name(), from: &from, to: &to, steps, sql: script.to_string() };
        context.shell.line(line.text());
    } else {
        context.shell.verbatim(&script);
    }
    let about = match script.is_empty() {
        true => format!("a script for {dialect} in which there is nothing to do"),
        false => format!(
            "a script for {dialect} to be {}: {}, {}",
            place(&history, &to),
            count(steps, "revision"),
            count(script.statements(), "statement")
        ),
    };
    context.shell.status("Printed", about);
    Ok(Exit::Done)
}

/// The dialect: that of `--dialect` or of the URL, else the project's only one.
fn dialect(settings: &Settings) -> Result<Dialect> {
    let declared = settings.dialects();
    match declared.iter().next().filter(|_| declared.len() == 1) {
        Some(dialect) => Ok(dialect),
        None => Err(Failure::usage("no-dialect", "nothing says for which database the script is to be")
            .help("name it: `--dialect postgres`, `--dialect mysql` or `--dialect sqlite`")),
    }
}
