//! Changes to a revision file that leave every other byte of it as it is.

use super::header;
use crate::source::{SourceFile, Sources};

/// The bytes of a native revision file with other parents in its header: only the value of `Revises` changes. A header
/// without that line gets one below `Revision ID`, written like it.
///
/// `None` if the bytes are not UTF-8 or do not say which revision they are.
pub fn with_parents(bytes: &[u8], parents: &[&str]) -> Option<Vec<u8>> {
    let whole = str::from_utf8(bytes).ok()?;
    // Places are those in the bytes: neither the byte order mark nor line endings have been changed.
    let text = whole.strip_prefix('\u{FEFF}').unwrap_or(whole);
    let shift = whole.len() - text.len();
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let file = sources.push(SourceFile { path: String::new(), text: String::new() }, &[], &mut findings);
    let (header, _) = header::parse(file, text, &mut findings);
    let (_, id) = header.id.as_ref()?;
    let value = if parents.is_empty() { "<base>".to_owned() } else { parents.join(", ") };
    let (start, end, new) = match header.revises {
        // An empty value stands right behind its colon.
        Some(span) if span.start == span.end => (span.start as usize, span.end as usize, format!(" {value}")),
        Some(span) => (span.start as usize, span.end as usize, value),
        None => {
            let (at, line) = line_below(text, id.start as usize, &format!("Revises: {value}"));
            (at, at, line)
        }
    };
    let mut out = Vec::with_capacity(bytes.len() + new.len());
    out.extend_from_slice(&bytes[..shift + start]);
    out.extend_from_slice(new.as_bytes());
    out.extend_from_slice(&bytes[shift + end..]);
    Some(out)
}

/// The bytes of a native revision file with another name for one of the revisions that it depends on.
///
/// `None` if the bytes are not UTF-8, do not say which revision they are, or do not depend on it.
pub fn with_dependency(bytes: &[u8], old: &str, new: &str) -> Option<Vec<u8>> {
    let whole = str::from_utf8(bytes).ok()?;
    let text = whole.strip_prefix('\u{FEFF}').unwrap_or(whole);
    let shift = whole.len() - text.len();
    let (mut sources, mut findings) = (Sources::new(), Vec::new());
    let file = sources.push(SourceFile { path: String::new(), text: String::new() }, &[], &mut findings);
    let (header, _) = header::parse(file, text, &mut findings);
    header.id.as_ref()?;
    let (_, span) = header.depends_on.iter().find(|(name, _)| name == old)?;
    let mut out = bytes[..shift + span.start as usize].to_vec();
    out.extend_from_slice(new.as_bytes());
    out.extend_from_slice(&bytes[shift + span.end as usize..]);
    Some(out)
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
