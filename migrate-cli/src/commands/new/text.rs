//! The text of a new file, checked before and after it is written.

use std::fs;
use std::path::Path;

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::file::{self, RevisionFile};
use migrate_core::history::{self, Rules};
use migrate_core::revision::Revision;
use migrate_core::source::Sources;
use migrate_core::template::{NewRevision, Template};

use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::settings::Settings;

/// The text that the template of this name gives, for the file of this path.
///
/// # Errors
///
/// - It would not be read as what was meant: a message may look like a header of its own, and a template may lack a section.
pub(super) fn checked(
    settings: &Settings,
    new: &NewRevision,
    shown: &str,
    name: &str,
    template: &Template,
) -> Result<String> {
    let dialects = settings.layer.dialects.unwrap_or_default();
    let rules = Rules { heads: history::Heads::Many, ..crate::history::rules(settings) };
    let problems = |new: &NewRevision| {
        let text = template.render(new, dialects);
        let (mut sources, mut findings) = (Sources::new(), Vec::new());
        let read = read(&mut sources, shown, text.clone().into_bytes(), rules, &mut findings);
        let lost = lost(new, read.as_ref());
        (text, sources, findings, lost)
    };
    let (text, _, findings, lost) = problems(new);
    if findings.is_empty() && lost.is_empty() {
        return Ok(text);
    }
    // With another message: is it the message or the template?
    let (_, sources, mut findings, lost) =
        problems(&NewRevision { message: "message".to_owned(), ..new.clone() });
    if findings.is_empty() && lost.is_empty() {
        return Err(Failure::usage(
            "bad-message",
            "the message cannot stand in the header of a revision file",
        )
        .note("a line of it would be read as something else than text")
        .help("write it without `<word>:` at the beginning of a line, and without empty lines"));
    }
    let mut head = Diagnostic::error(
        Code("bad-template"),
        format!("the template `{name}` does not give a valid revision file"),
    );
    head.notes.extend(lost.iter().map(|what| format!("the file would not have its {what}")));
    head.notes.push("nothing was written".to_owned());
    findings.insert(0, head);
    Err(Box::new(Failure { exit: Exit::Usage, findings, sources }))
}

/// Checks the file again once it is there: hooks may have changed it.
///
/// # Errors
///
/// - It is not a valid revision file any more, or another revision than the one that was written.
pub(super) fn check_written(new: &NewRevision, path: &Path, shown: &str) -> Result {
    // A hook may well have moved it.
    let Ok(bytes) = fs::read(path) else { return Ok(()) };
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let rules =
        Rules { heads: history::Heads::Many, downgrades: history::Downgrades::Optional, ..Rules::default() };
    let read = read(&mut sources, shown, bytes, rules, &mut findings);
    let lost = lost(new, read.as_ref());
    if findings.is_empty() && lost.is_empty() {
        return Ok(());
    }
    let mut head = Diagnostic::error(
        Code("hook-failed"),
        "the hooks left a file that is not the revision that was written",
    );
    head.notes.extend(lost.iter().map(|what| format!("the file has lost its {what}")));
    head.notes.push(format!("the file is there: {shown}"));
    findings.insert(0, head);
    Err(Box::new(Failure { exit: Exit::History, findings, sources }))
}

/// Reads the text as the only file of a history, so that everything is checked but its edges.
fn read(
    sources: &mut Sources,
    shown: &str,
    bytes: Vec<u8>,
    rules: Rules,
    findings: &mut Vec<Diagnostic>,
) -> Option<Revision> {
    let file = sources.add(shown.to_owned(), bytes, findings);
    let read = file::parse(sources, file, rules.dialects, findings);
    let mut alone = RevisionFile { ..read.clone() };
    if let Some(revision) = &mut alone.revision {
        revision.parents.clear();
        revision.depends_on.clear();
    }
    alone.spans.parents.clear();
    alone.spans.depends_on.clear();
    // Only the findings matter.
    let _ = history::build(vec![alone], rules, findings);
    read.revision
}

/// Whether the lines of the message stand together in the text. A template may put others around them.
fn has(text: &[String], message: &[String]) -> bool {
    text.windows(message.len()).any(|lines| lines == message)
}

/// What the revision that was read does not have of the one that was meant.
fn lost(new: &NewRevision, read: Option<&Revision>) -> Vec<&'static str> {
    let Some(read) = read else { return vec!["id"] };
    let lines = |text: &str| text.trim().lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    let parts = [
        ("id", read.id.as_str() == new.id),
        ("message", new.message.trim().is_empty() || has(&lines(&read.message), &lines(&new.message))),
        ("parents", read.parents.iter().map(|id| id.as_str()).eq(new.parents.iter())),
        ("branch labels", read.labels.iter().map(|label| &**label).eq(new.labels.iter())),
        ("dependencies", read.depends_on.iter().map(|text| &**text).eq(new.depends_on.iter())),
    ];
    parts.into_iter().filter(|(_, is_there)| !is_there).map(|(what, _)| what).collect()
}
