//! `migrate status`: how the database stands to the history.

use migrate_core::history::{Depth, History};
use migrate_runtime::Status;

use super::upgrade::place;
use crate::args;
use crate::connect::Access;
use crate::context::Context;
use crate::database::{Database, stranger};
use crate::exit::Exit;
use crate::failure::Result;
use crate::history;
use crate::json::Line;
use crate::report::count;
use crate::style::{DIM, ERROR, GOOD, Painted, WARNING};

/// How many pending revisions are listed without `-v`.
const LISTED: usize = 20;

pub(super) fn run(context: &Context, args: &args::Status) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    settings.database()?;
    let history = history::load_to_list(context, &settings, Depth::Sections)?;
    let mut database = Database::open(context, &settings, &environment, &history, Access::Read)?;
    let status = database.status()?;
    let rows: Vec<String> = status.rows.iter().map(|row| row.version_num.clone()).collect();
    context.reached(rows.clone());
    match context.flags.json {
        true => json(context, &history, &status, rows),
        false => text(context, &history, &status, &rows),
    }
    Ok(if args.exit_code && !status.is_current() { Exit::No } else { Exit::Done })
}

fn text(context: &Context, history: &History, status: &Status, rows: &[String]) {
    let shell = &context.shell;
    let summary = |id: &str| match history.index_of_row(id).map(|node| history.revision(node).summary()) {
        None | Some("") => String::new(),
        Some(summary) => format!(" {summary}"),
    };
    let place = place(history, rows);
    if status.unknown.is_empty() {
        let (applied, pending) = (status.applied.len(), status.pending.len());
        shell.line(format_args!("{place}: {applied} applied, {pending} pending"));
    } else {
        // What the unknown revisions build on cannot be counted.
        shell.line(place);
    }
    let line = |style, word: &str, id: &str, about: String| {
        shell.line(format_args!("{} {id}{about}", Painted(style, format_args!("{word:>12}"))));
    };
    if context.is_verbose() {
        for applied in &status.applied {
            let at = applied.at.as_ref().map_or(String::new(), |at| format!(", {at} UTC"));
            let by = applied.by.as_ref().map_or(String::new(), |by| format!(", by {by}"));
            line(GOOD, "applied", &applied.revision, format!("{}{at}{by}", summary(&applied.revision)));
        }
    }
    for id in &status.unknown {
        line(ERROR, "unknown", id, format!(", which {}", stranger(history, id)));
    }
    for edited in &status.edited {
        line(ERROR, "edited", &edited.revision, summary(&edited.revision));
    }
    for entry in &status.unfinished {
        let (done, total) = (entry.statements_done, count(entry.statements_total, "statement"));
        line(ERROR, "unfinished", &entry.revision, format!(" {}: {done} of {total} done", entry.direction));
    }
    let listed = if context.is_verbose() { status.pending.len() } else { LISTED };
    for id in status.pending.iter().take(listed) {
        line(WARNING, "pending", id, summary(id));
    }
    if let more @ 1.. = status.pending.len().saturating_sub(listed) {
        line(DIM, "pending", &format!("and {more} more"), String::new());
    }
    if let Some(elsewhere) = &status.elsewhere {
        shell.note(format_args!("{elsewhere}; `migrate adopt` takes over what is recorded there"));
    }
}

fn json(context: &Context, history: &History, status: &Status, rows: Vec<String>) {
    let finding = |kind: &'static str, revision: &str, message: String| {
        context.json(|| Line::Finding { kind, revision: revision.to_owned(), message });
    };
    for id in &status.unknown {
        let why = match history.graph().replacement(id) {
            Some(_) => stranger(history, id),
            None => "not in this history".to_owned(),
        };
        finding("unknown", id, why);
    }
    for edited in &status.edited {
        finding("edited", &edited.revision, format!("applied as {}, now {}", edited.applied, edited.now));
    }
    for entry in &status.unfinished {
        let (done, total) = (entry.statements_done, entry.statements_total);
        finding(
            "unfinished",
            &entry.revision,
            format!("{} of {total} statements done: {}", done, entry.direction),
        );
    }
    if let Some(elsewhere) = &status.elsewhere {
        finding("elsewhere", &elsewhere.revision, elsewhere.to_string());
    }
    let heads = history.graph().real_heads().iter().map(|&head| history.graph().id(head).to_owned());
    let (heads, pending) = (heads.collect(), status.pending.clone());
    let (applied, ok) = (status.applied.len(), status.is_current());
    context.json(|| Line::Status { current: rows, heads, applied, pending, ok });
}
