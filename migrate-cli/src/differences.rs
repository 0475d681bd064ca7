//! How two schemas differ, in words and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use migrate_core::schema::{Difference, Schema, Undecided};
use migrate_runtime::Verification;

use crate::json::{self, Line};
use crate::style::{DIM, ERROR, GOOD, Painted, WARNING};

/// The differences between two schemas.
pub(crate) struct Differences {
    all: Vec<Difference>,
    /// The lines of the objects that are new, by title.
    new: BTreeMap<String, Vec<String>>,
    /// What nobody knows of it.
    undecided: Undecided,
}

impl Differences {
    pub(crate) fn new(before: &Schema, after: &Schema) -> Self {
        let all = before.differences(after);
        Self { new: lines_of_new(&all, after), all, undecided: before.undecided(after) }
    }

    /// Some differences from a schema that comes after; `undecided` is what nobody knows of it.
    pub(crate) fn some(all: Vec<Difference>, after: &Schema, undecided: Undecided) -> Self {
        Self { new: lines_of_new(&all, after), all, undecided }
    }

    /// How a database differs from what its revisions make.
    pub(crate) fn of(verification: &Verification) -> Self {
        let Verification { differences, wordings, found, undecided, .. } = verification;
        let mut all: Vec<Difference> = differences.iter().chain(wordings).cloned().collect();
        all.sort_by(|one, other| one.object.cmp(&other.object));
        Self { new: lines_of_new(&all, found), all, undecided: undecided.clone() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.undecided.is_empty()
    }

    /// Object for object: `+` what is new, `-` what is gone, `~` what has changed, with its lines. Each line begins with
    /// `indent`.
    pub(crate) fn text(&self, indent: &str) -> String {
        let mut text = String::new();
        let mut line = |depth: usize, style, sign: &str, words: &str| {
            let _ = writeln!(text, "{indent}{:depth$}{} {words}", "", Painted(style, sign));
        };
        let mut object = "";
        for difference in &self.all {
            let (before, after) = (&difference.before, &difference.after);
            if difference.about.is_empty() && (before.is_none() || after.is_none()) {
                match after {
                    None => line(0, ERROR, "-", &difference.object),
                    Some(_) => {
                        line(0, GOOD, "+", &difference.object);
                        let lines = self.new.get(&difference.object);
                        lines.into_iter().flatten().for_each(|words| line(2, GOOD, "+", words));
                    }
                }
                object = "";
                continue;
            }
            if object != difference.object {
                object = &difference.object;
                line(0, WARNING, "~", object);
            }
            for (style, sign, words) in [(ERROR, "-", before), (GOOD, "+", after)] {
                if let Some(words) = words {
                    line(2, style, sign, if words.is_empty() { &difference.about } else { words });
                }
            }
        }
        for object in &self.undecided.objects {
            line(0, DIM, "?", &format!("{object}, which is not known in all"));
        }
        if self.undecided.has_others {
            line(0, DIM, "?", "what nobody knows: a statement is not understood, or may do anything");
        }
        text
    }

    /// The lines of `--json`.
    pub(crate) fn json(self, dialect: &str, revision: Option<&str>, write: impl FnMut(Line<'_>)) {
        self.json_of(None, dialect, revision, write);
    }

    /// The same for `check`, which says what it is that differs.
    pub(crate) fn json_of(
        self,
        side: Option<&'static str>,
        dialect: &str,
        revision: Option<&str>,
        mut write: impl FnMut(Line<'_>),
    ) {
        for difference in self.all {
            let is_new = difference.about.is_empty() && difference.before.is_none();
            let lines = self.new.get(&difference.object).filter(|_| is_new).cloned().unwrap_or_default();
            write(Line::Difference(json::Difference {
                dialect,
                revision,
                side,
                object: difference.object,
                about: difference.about,
                before: difference.before,
                after: difference.after,
                text_only: difference.is_text_only,
                lines,
            }));
        }
        let others = self.undecided.has_others.then(String::new);
        for object in self.undecided.objects.into_iter().chain(others) {
            write(Line::Undecided { dialect, revision, object });
        }
    }
}

/// The lines of the objects that are new, by title.
fn lines_of_new(all: &[Difference], after: &Schema) -> BTreeMap<String, Vec<String>> {
    let is_new = |difference: &Difference| difference.about.is_empty() && difference.before.is_none();
    if !all.iter().any(is_new) {
        return BTreeMap::new();
    }
    let described = after.described().into_iter();
    described.map(|object| (format!("{} {}", object.kind, object.name), object.lines)).collect()
}
