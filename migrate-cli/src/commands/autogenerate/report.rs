//! What a new revision does, as it is told.

use migrate_core::autogenerate::Action;
use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::source::Sources;

use super::Done;
use crate::context::Context;
use crate::json::{self, Line};
use crate::style::{ERROR, GOOD, Painted, WARNING};

/// What is done, a line each; for several databases under their names, unless it is the same for all.
pub(super) fn summary(context: &Context, done: &[Done<'_>]) {
    if context.flags.json {
        for Done { job, draft } in done {
            for item in &draft.items {
                let line = Line::Operation(json::Operation {
                    dialect: job.dialect.name(),
                    action: item.action.name(),
                    object: &item.what,
                    before: item.before.as_deref(),
                    after: item.after.as_deref(),
                    loses_data: item.loses_data,
                });
                context.shell.line(line.text());
            }
        }
        return;
    }
    let is_same = done.windows(2).all(|pair| pair[0].draft.items == pair[1].draft.items);
    for Done { job, draft } in &done[..if is_same { 1 } else { done.len() }] {
        if !is_same {
            context.shell.tell(format_args!("{}:", job.dialect));
        }
        for item in &draft.items {
            let style = match item.action {
                Action::Add => GOOD,
                Action::Change | Action::Rename => WARNING,
                Action::Drop => ERROR,
            };
            let loss = if item.loses_data { ", which loses data" } else { "" };
            let sign = Painted(style, item.action.sign());
            context.shell.tell(format_args!("  {sign} {item}{}", Painted(ERROR, loss)));
        }
    }
}

/// What was left as it is, because nobody knows what it is like.
pub(super) fn undecided(context: &Context, done: &[Done<'_>]) {
    for Done { job, draft } in done {
        let undecided = &draft.undecided;
        if undecided.is_empty() {
            continue;
        }
        if context.flags.json {
            let others = undecided.has_others.then(String::new);
            for object in undecided.objects.iter().cloned().chain(others) {
                let line = Line::Undecided { dialect: job.dialect.name(), revision: None, object };
                context.shell.line(line.text());
            }
            continue;
        }
        let shown: Vec<&str> = undecided.objects.iter().take(5).map(String::as_str).collect();
        let more = undecided.objects.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = match shown.is_empty() {
            true => "what a statement of the history has made that is not understood".to_owned(),
            false => format!("{}{more}, which the history does not make known in all", shown.join(", ")),
        };
        context.shell.note(format_args!("left alone: {what}"));
    }
}

/// What looks as if it had another name: what to say if it has.
pub(super) fn candidates(context: &Context, done: &[Done<'_>]) {
    let mut told = Vec::new();
    for candidate in done.iter().flat_map(|done| &done.draft.candidates) {
        let rename = candidate.rename.to_string();
        if told.contains(&rename) {
            continue;
        }
        let (old, new) = rename.split_once('=').unwrap_or((&rename, ""));
        let message = format!(
            "`{old}` goes and `{new}` comes ({}): if that is one thing, its data is lost",
            candidate.because
        );
        let finding = Diagnostic::warning(Code("possible-rename"), message)
            .help(format!("`--rename {rename}` keeps it"));
        context.show_finding(&finding, &Sources::new());
        told.push(rename);
    }
}
