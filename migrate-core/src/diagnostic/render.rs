//! Draws a diagnostic the way rustc draws its own.

use annotate_snippets::{AnnotationKind, Group, Level as Severity, Renderer, Snippet};

use super::{Diagnostic, Level};
use crate::source::{FileId, Sources};

/// Draws the finding with its source excerpts, in ASCII; `styled` adds terminal colours.
///
/// The text has no final line break.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, styled: bool) -> String {
    let severity = match diagnostic.level {
        Level::Error => Severity::ERROR,
        Level::Warning => Severity::WARNING,
    };
    let mut group = Group::with_title(severity.primary_title(&diagnostic.message).id(diagnostic.code.0));
    for file in files(diagnostic) {
        let source = sources.get(file);
        let labels = diagnostic.labels.iter().enumerate().filter(|(_, label)| label.span.file == file);
        group = group.element(Snippet::source(&source.text).path(&source.path).annotations(labels.map(
            |(place, label)| {
                let kind = if place == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                let annotation = kind.span(label.span.start as usize..label.span.end as usize);
                if label.text.is_empty() { annotation } else { annotation.label(&label.text) }
            },
        )));
    }
    let notes = diagnostic.notes.iter().map(|note| Severity::NOTE.message(note));
    group = group.elements(notes.chain(diagnostic.helps.iter().map(|help| Severity::HELP.message(help))));
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let text = renderer.render(&[group]).to_string();
    if diagnostic.labels.is_empty() { without_gutter(&text) } else { text }
}

/// Removes the empty gutter between a title and its notes: where there is no excerpt it belongs to nothing.
fn without_gutter(text: &str) -> String {
    let mut found = false;
    let is_gutter = |line: &str| {
        let mut in_escape = false;
        let visible = line.chars().filter(|c| {
            let shown = !in_escape && *c != '\x1b';
            in_escape = (in_escape || *c == '\x1b') && *c != 'm';
            shown && *c != ' '
        });
        visible.eq("|".chars())
    };
    let lines = text.split('\n').filter(|line| {
        let first_gutter = !found && is_gutter(line);
        found |= first_gutter;
        !first_gutter
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The files that a finding points into, the primary one first.
fn files(diagnostic: &Diagnostic) -> Vec<FileId> {
    let mut files = Vec::new();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::Span;

    #[test]
    fn notes_without_an_excerpt_have_no_gutter() {
        let finding = Diagnostic::error(Code("x"), "first\nsecond").note("a\n|\nb").help("c");
        let plain = render(&finding, &Sources::new(), false);
        assert_eq!(
            plain,
            "error[x]: first\n          second\n = note: a\n         |\n         b\n = help: c"
        );
        let styled = render(&finding, &Sources::new(), true);
        assert_eq!(styled.lines().count(), plain.lines().count(), "{styled}");
    }

    #[test]
    fn an_excerpt_keeps_its_gutter() {
        let mut sources = Sources::new();
        let file = sources.add("a.sql".to_owned(), b"SELECT 1".to_vec(), &mut vec![]);
        let finding = Diagnostic::error(Code("x"), "y").label(Span::new(file, 0, 6), "").note("z");
        let text = render(&finding, &sources, false);
        assert_eq!(text.lines().filter(|line| line.trim() == "|").count(), 2, "{text}");
    }
}
