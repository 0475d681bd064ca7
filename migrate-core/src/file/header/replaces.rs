//! `Replaces` and `Replaced Digests`: what a squashed revision stands for.
//!
//! ```text
//! -- Replaces: 6a1e88d00c3f, 6a1f02c4b7e9
//! -- Replaced Digests: postgres <before> <after> [<squashed id>:<its digest> ...]
//! ```

use std::fmt::Write as _;

use super::{Header, Key, Piece};
use crate::diagnostic::{Code, Diagnostic};
use crate::dialect::Dialect;
use crate::revision::{Proof, Replaced, RevisionId};
use crate::source::{FileId, Span};

/// How many ids stand in a line.
const IDS_PER_LINE: usize = 6;

/// Reads the digests for one kind of database.
pub(super) fn read(header: &mut Header, file: FileId, value: Piece<'_>, findings: &mut Vec<Diagnostic>) {
    match proof(value.text) {
        Some(proof) if header.proofs.iter().any(|other| other.dialect == proof.dialect) => findings.push(
            wrong(value.span(file), format!("there are two lines of digests for {}", proof.dialect))
                .help("remove one of them"),
        ),
        Some(proof) => header.proofs.push(proof),
        None => {
            findings
                .push(wrong(value.span(file), "these are no digests of replaced revisions".to_owned()).help(
                "restore what `migrate squash` wrote: a database, the digest before them, and the one after",
            ))
        }
    }
}

fn wrong(span: Span, message: String) -> Diagnostic {
    Diagnostic::error(Code("bad-replaces"), message).label(span, "not what `migrate squash` writes")
}

fn proof(text: &str) -> Option<Proof> {
    let mut words = text.split_whitespace();
    let dialect = words.next()?;
    let dialect = Dialect::ALL.into_iter().find(|known| known.name() == dialect)?;
    let (before, after) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let squashed = |word: &str| {
        let (id, digest) = word.split_once(':')?;
        Some((RevisionId::new(id.to_owned()).ok()?, digest.parse().ok()?))
    };
    Some(Proof { dialect, before, after, squashed: words.map(squashed).collect::<Option<_>>()? })
}

/// Looks whether the two keys go together; `key` is one that is there. The file's findings begin at `own`.
pub(super) fn check(header: &Header, (key, span): (Key, Span), own: usize, findings: &mut Vec<Diagnostic>) {
    // A line that could not be read is a finding already.
    if findings[own..].iter().any(|finding| matches!(finding.code.0, "bad-replaces" | "bad-id")) {
        return;
    }
    let message = match (header.replaces.is_empty(), header.proofs.is_empty()) {
        (false, false) => return,
        (false, true) => "nothing says by what a database that has the replaced revisions is recognised",
        (true, _) => "nothing says which revisions are replaced",
    };
    findings.push(
        Diagnostic::error(Code("bad-replaces"), message)
            .label(span, format!("`{}` alone", key.name()))
            .help("the lines are written by `migrate squash`: restore both, or remove both"),
    );
}

impl Replaced {
    /// The lines of a header that say this.
    pub fn header_lines(&self) -> String {
        let mut out = String::new();
        for ids in self.ids.chunks(IDS_PER_LINE) {
            let ids: Vec<&str> = ids.iter().map(RevisionId::as_str).collect();
            let _ = writeln!(out, "-- {}: {}", Key::Replaces.name(), ids.join(", "));
        }
        for Proof { dialect, before, after, squashed } in &self.proofs {
            let _ = write!(out, "-- {}: {dialect} {before} {after}", Key::ReplacedDigests.name());
            for (id, digest) in squashed {
                let _ = write!(out, " {id}:{digest}");
            }
            out.push('\n');
        }
        out
    }
}
