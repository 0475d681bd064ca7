//! What a run has to say: its events as text or JSON, and its errors as findings with exit codes.

use std::sync::Arc;

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::history::History;
use migrate_core::revision::{Direction, Section};
use migrate_core::source::{Sources, Span, position};
use migrate_runtime::{Error, ErrorKind, Event, Location};

use crate::context::Context;
use crate::duration;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::Line;
use crate::shell::Shell;
use crate::style::{DIM, NAME, Painted, WARNING};

/// The heading and the exit code of each class of errors.
fn class(kind: ErrorKind) -> (&'static str, Exit) {
    match kind {
        ErrorKind::Configuration => ("configuration", Exit::Usage),
        ErrorKind::Target => ("bad-target", Exit::Usage),
        ErrorKind::Offline => ("offline", Exit::Usage),
        ErrorKind::InTransaction => ("in-transaction", Exit::Usage),
        ErrorKind::History => ("history", Exit::History),
        ErrorKind::UnknownRevision => ("unknown-in-database", Exit::History),
        ErrorKind::Replaced => ("replaced", Exit::History),
        ErrorKind::Edited => ("edited", Exit::History),
        ErrorKind::MissingSection => ("missing-section", Exit::History),
        ErrorKind::Adoption => ("adoption", Exit::Refused),
        ErrorKind::NotAdopted => ("not-adopted", Exit::Refused),
        ErrorKind::Irreversible => ("irreversible", Exit::Refused),
        ErrorKind::Unfinished => ("unfinished", Exit::Unfinished),
        ErrorKind::NotCurrent => ("not-current", Exit::No),
        ErrorKind::LockTimeout => ("lock-timeout", Exit::Lock),
        ErrorKind::Concurrent => ("concurrent", Exit::Lock),
        ErrorKind::Interrupted => ("interrupted", crate::signals::exit()),
        ErrorKind::Statement => ("statement-failed", Exit::Statement),
        ErrorKind::ForeignKeys => ("foreign-keys", Exit::Statement),
        ErrorKind::CommitUnknown => ("commit-unknown", Exit::Statement),
        // Also those that a later version of the runtime may have.
        _ => ("database", Exit::Statement),
    }
}

/// The error of a run, with the piece of the revision's file that it is about.
pub(crate) fn failure(error: &Error, history: &History) -> Box<Failure> {
    let (code, exit) = class(error.kind());
    let text = error.to_string();
    let message = match error.location() {
        Some(location) => text.strip_suffix(&format!(" ({location})")).unwrap_or(&text),
        None => &text,
    };
    let mut finding = Diagnostic::error(Code(code), message);
    let mut sources = Sources::new();
    let said = error.database_message().map(|database| match &database.code {
        Some(code) => format!("{} ({code})", database.message),
        None => database.message.clone(),
    });
    match (error.location().and_then(|location| excerpt(error, location, history, &mut sources)), said) {
        (Some(span), said) => finding = finding.label(span, said.unwrap_or_default()),
        (None, Some(said)) => finding = finding.note(format!("the database says: {said}")),
        (None, None) => {}
    }
    if let Some(database) = error.database_message() {
        let facts =
            [("detail", &database.detail), ("hint", &database.hint), ("constraint", &database.constraint)];
        for (name, fact) in facts {
            if let Some(fact) = fact {
                finding = finding.note(format!("{name}: {fact}"));
            }
        }
    }
    finding.notes.extend(error.notes().iter().cloned());
    finding.notes.extend(error.state().map(str::to_owned));
    finding.helps.extend(error.helps().iter().cloned());
    Failure::at(exit, finding, sources)
}

/// Makes the section in question a source of its own, with its lines where they stand in the file.
fn excerpt(error: &Error, location: &Location, history: &History, sources: &mut Sources) -> Option<Span> {
    let revision = history.revision(history.index_of(error.revision()?)?);
    let holds = |section: &&Section| {
        let lines = section.text.lines().count() as u32;
        (section.first_line..section.first_line + lines).contains(&location.line)
            && *revision.section_path(section.direction) == *location.path
    };
    let section = revision.sections.iter().find(holds)?;
    let text = "\n".repeat(section.first_line as usize - 1) + &section.text;
    let start = text
        .char_indices()
        .map(|(at, _)| at)
        .skip_while(|at| position(&text, *at).line < location.line)
        .nth(location.column as usize - 1)?;
    let line_end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    let end = start + text[start..line_end].trim_end().len().max(1);
    let file = sources.add(location.path.clone(), text.clone().into_bytes(), &mut Vec::new());
    Some(Span::new(file, start, end.min(text.len())))
}

/// Tells what happens during a run.
#[derive(Clone)]
pub(crate) struct Reporter {
    shell: Shell,
    json: bool,
    verbose: u8,
    history: Arc<History>,
}

impl Reporter {
    pub(crate) fn new(context: &Context, history: Arc<History>) -> Self {
        Self {
            shell: context.shell.clone(),
            json: context.flags.json,
            verbose: context.flags.verbose,
            history,
        }
    }

    /// What the server said on its own account.
    pub(crate) fn notice(&self, severity: &str, message: &str) {
        match self.json {
            true => self.line(&Line::Notice { revision: None, message }),
            false if severity == "WARNING" => self.shell.styled_status(WARNING, "Warning", message),
            false => self.shell.styled_status(DIM, "Notice", message),
        }
    }

    fn line(&self, line: &Line<'_>) {
        self.shell.line(line.text());
    }

    /// Tells an event.
    pub(crate) fn event(&self, event: &Event<'_>) {
        match self.json {
            true => self.json_event(event),
            false => self.text_event(event),
        }
    }

    fn text_event(&self, event: &Event<'_>) {
        match *event {
            Event::LockWaiting { waited, holder } => {
                let holder = holder.map_or(String::new(), |holder| format!(": {holder}"));
                let waited = duration::show(waited);
                self.shell.status("Waiting", format_args!("for another migration, {waited}{holder}"));
            }
            Event::StepStarted { revision, number, steps, .. } => {
                self.shell.transient("Running", &format!("{revision} ({number} of {steps})"));
            }
            Event::StatementStarted { revision, number, statements, sql } => {
                self.shell
                    .transient("Running", &format!("{revision} [{number}/{statements}] {}", first_line(sql)));
                if self.verbose > 1 {
                    self.shell.styled_status(
                        DIM,
                        "Statement",
                        format_args!("[{number}/{statements}] {}", sql.trim()),
                    );
                }
            }
            Event::StepFinished { revision, direction, statements, elapsed, .. } => {
                let verb = match direction {
                    Direction::Upgrade => "Upgrade",
                    Direction::Downgrade => "Downgrade",
                };
                let statements = count(statements, "statement");
                let elapsed = duration::show(elapsed);
                self.shell.status(
                    verb,
                    format_args!("{} ({statements}, {elapsed})", self.step(revision, direction)),
                );
            }
            Event::Retrying { revision, reason, attempt, pause } => {
                let pause = duration::show(pause);
                let about = format!("{revision} in {pause}, attempt {attempt}: {reason}");
                self.shell.styled_status(WARNING, "Retrying", about);
            }
            Event::Resuming { revision, direction, done, statements } => {
                self.shell.status(
                    "Resuming",
                    format_args!("{direction} {revision}: {done} of {statements} are done"),
                );
            }
            Event::Notice { message, .. } => self.notice("NOTICE", message),
            _ => {}
        }
    }

    /// `a1b2c3d4e5f6 -> 77aa88bb99cc, slugs for posts`.
    fn step(&self, revision: &str, direction: Direction) -> String {
        let Some(node) = self.history.index_of(revision) else { return revision.to_owned() };
        let graph = self.history.graph();
        let parents = match graph.parents(node) {
            [] => "<base>".to_owned(),
            parents => parents.iter().map(|&parent| graph.id(parent)).collect::<Vec<_>>().join(", "),
        };
        let revision = Painted(NAME, revision);
        let summary = match self.history.revision(node).summary() {
            "" => String::new(),
            summary => format!(", {summary}"),
        };
        match direction {
            Direction::Upgrade => format!("{parents} -> {revision}{summary}"),
            Direction::Downgrade => format!("{revision} -> {parents}{summary}"),
        }
    }

    fn json_event(&self, event: &Event<'_>) {
        match *event {
            Event::LockWaiting { waited, holder } => {
                self.line(&Line::Waiting { millis: waited.as_millis(), holder })
            }
            Event::RunStarted { from, to, steps } => self.line(&Line::Plan { from, to, steps }),
            Event::StepFinished { revision, direction, statements, elapsed, .. } => {
                self.line(&Line::Applied {
                    revision,
                    direction: direction.name(),
                    statements,
                    millis: elapsed.as_millis(),
                })
            }
            Event::Retrying { revision, reason, attempt, .. } => {
                self.line(&Line::Retrying { revision, reason, attempt });
            }
            Event::Resuming { revision, direction, done, statements } => {
                self.line(&Line::Resuming { revision, direction: direction.name(), done, statements });
            }
            Event::Notice { revision, message } => {
                self.line(&Line::Notice { revision: Some(revision), message })
            }
            _ => {}
        }
    }
}

/// `1 statement`, `2 statements`.
pub(crate) fn count(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

fn first_line(sql: &str) -> &str {
    sql.trim_start().lines().next().unwrap_or_default()
}
