//! The text of a new file, checked before and after it is written.

use std::fs;
use std::path::Path;

use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::Dialect;
use migrate_core::file::{self, RevisionFile};
use migrate_core::history::{self, Rules};
use migrate_core::revision::{Direction, Revision};
use migrate_core::source::Sources;
use migrate_core::template::{NewRevision, NewSection, Template};

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
    has_places(new, name, template)?;
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

/// Refuses a template without a place for the SQL that a command brings.
fn has_places(new: &NewRevision, name: &str, template: &Template) -> Result {
    let brings = [(Direction::Upgrade, &new.upgrade), (Direction::Downgrade, &new.downgrade)];
    for (direction, sections) in brings {
        if !sections.is_empty() && !template.has_place(direction) {
            let direction = direction.name();
            let message = format!("the template `{name}` has no place for the SQL of the {direction}");
            return Err(Failure::usage("bad-template", message)
                .note("nothing was written")
                .help(format!("put `{{{direction}}}` on a line below `-- migrate:{direction}`")));
        }
    }
    Ok(())
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

/// Whether the SQL that a command brought is there, for each database that it is for, and run as it has to be. A template may
/// put more beside it, and a formatter may write it otherwise.
fn has_sections(read: &Revision, direction: Direction, sections: &[NewSection]) -> bool {
    let is_open = |section: &&NewSection| section.dialects.is_empty();
    let of = |section: &NewSection| match section.dialects.is_empty() {
        true => Dialect::ALL.to_vec(),
        false => section.dialects.iter().collect(),
    };
    let mut wanted = sections.iter().filter(|section| !section.text.trim().is_empty());
    wanted.all(|section| {
        of(section).into_iter().all(|dialect| {
            let Some(found) = read.section(direction, dialect) else { return is_open(&section) };
            let is_same_way = !section.options.contains(&"transaction=false") || !found.transactional;
            is_same_way && !found.text.trim().is_empty()
        })
    })
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
        ("upgrade", has_sections(read, Direction::Upgrade, &new.upgrade)),
        // A template may say that there is no way back.
        (
            "downgrade",
            read.irreversible.is_some() || has_sections(read, Direction::Downgrade, &new.downgrade),
        ),
    ];
    parts.into_iter().filter(|(_, is_there)| !is_there).map(|(what, _)| what).collect()
}
