//! What the checks found the last time, to be taken as it is if nothing has changed.
//!
//! The key covers everything that the checks look at: the files as they are (an allowance is a comment), the databases, the
//! project's settings, and this very program. So a verdict is either about the same thing or about nothing.

use sha2::{Digest as _, Sha256};

use super::{CODES, Level, Settings};
use crate::diagnostic::{Code, Diagnostic, Label, Level as Severity};
use crate::dialect::Dialect;
use crate::digest::Digest;
use crate::file::Dialects;
use crate::history::History;
use crate::parse::can_read;
use crate::source::{Sources, Span};

/// Findings that are no checks, which [`check`](super::check) has all the same.
const OTHERS: [&str; 3] = ["missing-reason", "unknown-check", "unknown-revision"];

/// What was found, and about what.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What [`key`] says of it.
    pub key: Digest,
    /// The findings.
    pub findings: Vec<Diagnostic>,
}

/// What the findings about a history depend on.
pub fn key(history: &History, sources: &Sources, dialects: Dialects, settings: &Settings) -> Digest {
    let mut bytes = Vec::new();
    let mut hasher = Sha256::new();
    text(&mut bytes, env!("CARGO_PKG_VERSION"));
    text(&mut bytes, env!("MIGRATE_CORE_SOURCES"));
    let readable: Vec<Dialect> = Dialect::ALL.into_iter().filter(|dialect| can_read(*dialect)).collect();
    text(&mut bytes, &format!("{readable:?} {dialects:?} {:?}", settings.from));
    for (code, level) in settings.levels.iter() {
        text(&mut bytes, code);
        bytes.push(match level {
            Level::Allow => 0,
            Level::Warn => 1,
            Level::Deny => 2,
        });
    }
    for revision in history.revisions() {
        text(&mut bytes, revision.id.as_str());
        // The one thing about diesel's directories that is not in the SQL; `foreign_keys` stands in a file's text.
        bytes.extend(revision.sections.iter().map(|section| u8::from(section.transactional)));
    }
    for file in sources.iter() {
        text(&mut bytes, &file.path);
        text(&mut bytes, &file.text);
        // A call for each field is what an unoptimised build would spend its time on.
        if bytes.len() > 1 << 16 {
            hasher.update(&bytes);
            bytes.clear();
        }
    }
    hasher.update(&bytes);
    Digest::from_bytes(hasher.finalize().into())
}

impl Verdict {
    /// The verdict as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.key.as_bytes().to_vec();
        number(&mut out, self.findings.len());
        for finding in &self.findings {
            text(&mut out, finding.code.0);
            number(&mut out, usize::from(finding.level == Severity::Error));
            text(&mut out, &finding.message);
            number(&mut out, finding.labels.len());
            for Label { span, text: said } in &finding.labels {
                number(&mut out, span.file.place());
                number(&mut out, span.start as usize);
                number(&mut out, span.end as usize);
                text(&mut out, said);
            }
            for texts in [&finding.notes, &finding.helps] {
                number(&mut out, texts.len());
                texts.iter().for_each(|said| text(&mut out, said));
            }
        }
        let sum: [u8; 32] = Sha256::digest(&out).into();
        out.extend(sum);
        out
    }

    /// The findings in the bytes, if they are about this: what is damaged, or about something else, is nothing.
    pub fn decode(bytes: &[u8], key: Digest, sources: &Sources) -> Option<Vec<Diagnostic>> {
        let (body, sum) = bytes.split_last_chunk::<32>()?;
        let mut rest = body.strip_prefix(key.as_bytes())?;
        let wanted: [u8; 32] = Sha256::digest(body).into();
        if wanted != *sum {
            return None;
        }
        let bytes = &mut rest;
        let findings = (0..take(bytes)?).map(|_| finding(bytes, sources)).collect::<Option<Vec<_>>>()?;
        bytes.is_empty().then_some(findings)
    }
}

fn finding(bytes: &mut &[u8], sources: &Sources) -> Option<Diagnostic> {
    let name = take_text(bytes)?;
    let code = CODES.iter().chain(&OTHERS).copied().find(|code| *code == name)?;
    let level = if take(bytes)? == 1 { Severity::Error } else { Severity::Warning };
    let message = take_text(bytes)?;
    let labels = (0..take(bytes)?)
        .map(|_| {
            let file = sources.files().nth(take(bytes)?).map(|(id, _)| id)?;
            let (start, end) = (take(bytes)?, take(bytes)?);
            // Drawing counts on it.
            sources.get(file).text.get(start..end)?;
            Some(Label { span: Span::new(file, start, end), text: take_text(bytes)? })
        })
        .collect::<Option<Vec<_>>>()?;
    let mut texts = || (0..take(bytes)?).map(|_| take_text(bytes)).collect::<Option<Vec<_>>>();
    let (notes, helps) = (texts()?, texts()?);
    Some(Diagnostic { code: Code(code), level, message, labels, notes, helps })
}

fn number(out: &mut Vec<u8>, number: usize) {
    out.extend((number as u64).to_le_bytes());
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len());
    out.extend(text.as_bytes());
}

fn take(bytes: &mut &[u8]) -> Option<usize> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    usize::try_from(u64::from_le_bytes(*number)).ok()
}

fn take_text(bytes: &mut &[u8]) -> Option<String> {
    let length = take(bytes)?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok()
}
