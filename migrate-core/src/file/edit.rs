//! Changes to a revision file that leave every other byte of it as it is.

use super::header::{self, Header};
use crate::source::{SourceFile, Sources, Span};

/// The bytes of a native revision file with other parents in its header: only the value of `Revises` changes. A header
/// without that line gets one below `Revision ID`, written like it.
///
/// `None` if the bytes are not UTF-8 or do not say which revision they are.
pub fn with_parents(bytes: &[u8], parents: &[&str]) -> Option<Vec<u8>> {
    let file = Read::of(bytes)?;
    let (_, id) = file.header.id.as_ref()?;
    let value = if parents.is_empty() { "<base>".to_owned() } else { parents.join(", ") };
    Some(match file.header.revises {
        // An empty value stands right behind its colon.
        Some(span) if span.start == span.end => file.with(span, &format!(" {value}")),
        Some(span) => file.with(span, &value),
        None => {
            let (at, line) = line_below(file.text, id.start as usize, &format!("Revises: {value}"));
            file.with(Span::new(id.file, at, at), &line)
        }
    })
}

/// The bytes of a native revision file with another name for one of the revisions that it depends on.
///
/// `None` if the bytes are not UTF-8, do not say which revision they are, or do not depend on it.
pub fn with_dependency(bytes: &[u8], old: &str, new: &str) -> Option<Vec<u8>> {
    let file = Read::of(bytes)?;
    file.header.id.as_ref()?;
    let (_, span) = file.header.depends_on.iter().find(|(name, _)| name == old)?;
    Some(file.with(*span, new))
}

/// The bytes of a file, and its header. Neither the byte order mark nor line endings are changed, so that places are those in the
/// bytes.
struct Read<'b> {
    bytes: &'b [u8],
    /// Behind the byte order mark.
    text: &'b str,
    header: Header,
}

impl<'b> Read<'b> {
    fn of(bytes: &'b [u8]) -> Option<Self> {
        let whole = str::from_utf8(bytes).ok()?;
        let text = whole.strip_prefix('\u{FEFF}').unwrap_or(whole);
        let (mut sources, mut findings) = (Sources::new(), Vec::new());
        let file = sources.push(SourceFile { path: String::new(), text: String::new() }, &[], &mut findings);
        let (header, _) = header::parse(file, text, &mut findings);
        Some(Self { bytes, text, header })
    }

    /// The bytes with something else in one place.
    fn with(&self, span: Span, new: &str) -> Vec<u8> {
        let shift = self.bytes.len() - self.text.len();
        let (start, end) = (shift + span.start as usize, shift + span.end as usize);
        [&self.bytes[..start], new.as_bytes(), &self.bytes[end..]].concat()
    }
}

/// A comment line to stand below the one at `place`, with the same indentation and ending, and where it goes.
fn line_below(text: &str, place: usize, content: &str) -> (usize, String) {
    let start = text[..place].rfind('\n').map_or(0, |at| at + 1);
    let end = text[place..].find('\n').map_or(text.len(), |at| place + at + 1);
    let line = &text[start..end];
    let after_dashes = line.trim_start().trim_start_matches('-').trim_start();
    let before = &line[..line.len() - after_dashes.len()];
    let crlf = if line.ends_with('\n') { line.ends_with("\r\n") } else { text.contains("\r\n") };
    let ending = if crlf { "\r\n" } else { "\n" };
    match line.ends_with('\n') {
        true => (end, format!("{before}{content}{ending}")),
        false => (end, format!("{ending}{before}{content}")),
    }
}

#[cfg(test)]
mod tests;
