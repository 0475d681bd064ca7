//! `migrate adopt`: takes a database over from another migration tool.

use std::sync::Arc;

use migrate_core::adopt::{Match, Tool};
use migrate_core::history::History;
use migrate_runtime::{AdoptedRow, Adoption, AdoptionPlan};

use super::upgrade::{check, place};
use crate::args::Adopt;
use crate::connect::Access;
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::history;
use crate::json::Line;
use crate::report::count;
use crate::style::{DIM, NAME, Painted, WARNING};
use crate::targets;

mod import;

/// How many versions and pending revisions are listed without `-v`.
const LISTED: usize = 20;

pub(super) fn run(context: &Context, args: &Adopt) -> Result<Exit> {
    if let Some(sql) = &args.sql {
        return import::run(context, args, sql);
    }
    let (settings, environment) = context.settings()?;
    settings.database()?;
    let history = history::load(context, &settings)?;
    let at = targets::parse_all(&args.at)?;
    at.iter().try_for_each(|target| check(history.graph().resolve(target, &[])))?;
    let mut adoption = args.from.map_or_else(Adoption::detect, Adoption::of).at(at);
    for (version, revision) in &args.map {
        adoption = adoption.map(version, revision);
    }
    if let Some(table) = &args.table {
        adoption = adoption.table(table);
    }
    let access = if args.dry_run { Access::Read } else { Access::Write };
    let mut database = Database::open(context, &settings, &environment, &history, access)?;
    let Some(plan) = database.plan_adoption(&adoption)? else { return Err(nothing_there(args)) };
    show(context, &history, &plan);
    if plan.is_unchanged() {
        let about = match plan.rows.is_empty() && plan.baseline.is_none() {
            true => format!("`{}` is empty: nothing to do", plan.table),
            false => format!("{}: nothing to do", place(&history, &plan.heads)),
        };
        context.shell.status("Finished", about);
        return Ok(Exit::Done);
    }
    if args.dry_run {
        return Ok(Exit::Done);
    }
    confirm(context, args, &plan)?;
    database.adopt(&plan)?;
    let about =
        format!("{}: {} recorded", place(&history, &plan.heads), count(plan.revisions.len(), "revision"));
    context.shell.status("Finished", about);
    afterwards(context, &plan);
    Ok(Exit::Done)
}

fn nothing_there(args: &Adopt) -> Box<Failure> {
    let whose = match (&args.table, args.from) {
        (Some(table), _) => format!("no table `{table}`"),
        (None, Some(tool)) => format!("no table `{}` ({tool})", tool.table()),
        (None, None) => "no table of another migration tool".to_owned(),
    };
    let failure = Failure::usage("nothing-to-adopt", format!("there is {whose} in this database"));
    let failure = match (&args.table, args.from) {
        (None, None) => {
            let tables: Vec<String> = Tool::ALL.iter().map(|tool| format!("`{}`", tool.table())).collect();
            failure.note(format!("looked for {}", tables.join(", ")))
        }
        _ => failure,
    };
    failure.help("name the table, with its schema if need be: `--table <schema>.<table>`")
}

/// Asks, unless that was answered on the command line.
fn confirm(context: &Context, args: &Adopt, plan: &AdoptionPlan) -> Result {
    if args.yes {
        return Ok(());
    }
    let question = format!("Record {} without running them?", count(plan.revisions.len(), "revision"));
    let (message, help) = match (!context.flags.json).then(|| context.shell.ask(question)).flatten() {
        Some(true) => return Ok(()),
        Some(false) => ("the answer was not yes", "`migrate adopt` asks again"),
        None => {
            ("this has to be confirmed, and there is no terminal", "look at `--dry-run`, then add `--yes`")
        }
    };
    Err(Failure::new(Exit::Refused, "not-confirmed", message).note("nothing was recorded").help(help))
}

fn show(context: &Context, history: &Arc<History>, plan: &AdoptionPlan) {
    match context.flags.json {
        true => json(context, plan),
        false => text(context, history, plan),
    }
}

fn text(context: &Context, history: &History, plan: &AdoptionPlan) {
    let shell = &context.shell;
    let about = |id: &str| match history.index_of(id).map(|node| history.revision(node).summary()) {
        None | Some("") => id.to_owned(),
        Some(summary) => format!("{id} {summary}"),
    };
    let (tool, table) = (plan.tool, &plan.table);
    shell.line(format_args!("{tool} has {} in `{table}`:", count(plan.rows.len(), "version")));
    let is_listed =
        |nth: usize, row: &AdoptedRow| context.is_verbose() || nth < LISTED || row.by != Some(Match::Id);
    let mut left_out = 0;
    for (nth, row) in plan.rows.iter().enumerate() {
        if !is_listed(nth, row) {
            left_out += 1;
            continue;
        }
        let name = row.name.as_ref().map_or(String::new(), |name| format!(" ({name})"));
        let why = match row.by {
            Some(Match::Number) => ", the same number",
            Some(Match::Sql) => ", the same SQL",
            Some(Match::Replaced) => ", which replaced it",
            Some(Match::Said) => ", as you say",
            Some(Match::Id) | None => "",
        };
        let revision = row.revision.as_deref().map_or_else(|| "no revision".to_owned(), about);
        shell.line(format_args!("    {}{name} -> {revision}{why}", Painted(NAME, &row.version)));
    }
    if left_out > 0 {
        shell.line(format_args!(
            "    {}",
            Painted(DIM, format_args!("and {left_out} more, each with its own id"))
        ));
    }
    if let Some(baseline) = &plan.baseline {
        shell.line(format_args!("    {} is the baseline: all up to it counts", Painted(NAME, baseline)));
    }
    if plan.repeatable > 0 {
        let repeatable = count(plan.repeatable, "repeatable migration");
        shell.line(format_args!("    and {repeatable}, which are not taken over"));
    }
    if plan.is_said {
        shell.line("where the database is, you say: the versions do not count");
    }
    if plan.is_unchanged() {
        return;
    }
    let recorded = count(plan.revisions.len(), "revision");
    shell.line(format_args!(
        "to be recorded: {recorded}; the database is then {}",
        place(history, &plan.heads)
    ));
    let listed = if context.is_verbose() { plan.pending.len() } else { LISTED };
    shell.line(format_args!("pending afterwards: {}", count(plan.pending.len(), "revision")));
    for id in plan.pending.iter().take(listed) {
        shell.line(format_args!("    {}", Painted(WARNING, about(id))));
    }
    if let more @ 1.. = plan.pending.len().saturating_sub(listed) {
        shell.line(format_args!("    {}", Painted(DIM, format_args!("and {more} more"))));
    }
}

fn json(context: &Context, plan: &AdoptionPlan) {
    let line = |line: Line<'_>| context.shell.line(line.text());
    for row in &plan.rows {
        let by = row.by.map(|by| match by {
            Match::Id => "id",
            Match::Number => "number",
            Match::Sql => "sql",
            Match::Replaced => "replaced",
            Match::Said => "said",
        });
        let (name, revision) = (row.name.as_deref(), row.revision.as_deref());
        line(Line::AdoptedVersion { version: &row.version, name, revision, by });
    }
    line(Line::Adoption {
        tool: plan.tool.name(),
        table: &plan.table,
        baseline: plan.baseline.as_deref(),
        repeatable: plan.repeatable,
        revisions: &plan.revisions,
        heads: &plan.heads,
        pending: &plan.pending,
    });
}

/// What has to be known from now on.
fn afterwards(context: &Context, plan: &AdoptionPlan) {
    let (tool, table) = (plan.tool, &plan.table);
    context
        .shell
        .note(format_args!("`{table}` stays as it is, and {tool} must not be run on this database any more"));
    if tool == Tool::Alembic {
        context
            .shell
            .note("to let both go on with one table: `version_table = \"alembic_version\"`, without `adopt`");
    }
}
