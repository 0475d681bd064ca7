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
    renderer.render(&[group]).to_string()
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
