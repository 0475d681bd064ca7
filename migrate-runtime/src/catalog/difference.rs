//! What differs between two snapshots, and how a person reads it.

use std::collections::BTreeMap;
use std::fmt;

/// Definitions up to this many characters are shown whole.
const SHOWN: usize = 100;

/// One object that is not the same in two snapshots.
///
/// `Display` is one line: `- column users.name: text not null` for an object that is gone, `+` for one that is new, and
/// `~ column users.name: text not null -> text` for one that changed. Long definitions are cut to where they differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The object is in the first snapshot alone.
    Missing {
        /// What it is and is called.
        object: String,
        /// Its definition.
        definition: String,
    },
    /// The object is in the second snapshot alone.
    Added {
        /// What it is and is called.
        object: String,
        /// Its definition.
        definition: String,
    },
    /// The object is in both.
    Changed {
        /// What it is and is called.
        object: String,
        /// Its definition in the first.
        before: String,
        /// Its definition in the second.
        after: String,
    },
}

impl Difference {
    /// What the object is and is called, such as `column users.name`.
    pub fn object(&self) -> &str {
        match self {
            Self::Missing { object, .. } | Self::Added { object, .. } | Self::Changed { object, .. } => {
                object
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { object, definition } => write!(f, "- {object}: {}", excerpt(definition, 0)),
            Self::Added { object, definition } => write!(f, "+ {object}: {}", excerpt(definition, 0)),
            Self::Changed { object, before, after } => {
                let from = common_start(before, after);
                write!(f, "~ {object}: {} -> {}", excerpt(before, from), excerpt(after, from))
            }
        }
    }
}

pub(super) fn between(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    let (mut left, mut right) = (before.iter().peekable(), after.iter().peekable());
    loop {
        // Both sides are sorted, so the smaller name is missing on the other side.
        let order = match (left.peek(), right.peek()) {
            (None, None) => return differences,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        let old = if order.is_le() { left.next() } else { None };
        let new = if order.is_ge() { right.next() } else { None };
        match (old, new) {
            (Some((object, before)), Some((_, after))) if before != after => {
                differences.push(Difference::Changed {
                    object: object.clone(),
                    before: before.clone(),
                    after: after.clone(),
                });
            }
            (Some((object, definition)), None) => {
                differences
                    .push(Difference::Missing { object: object.clone(), definition: definition.clone() });
            }
            (None, Some((object, definition))) => {
                differences
                    .push(Difference::Added { object: object.clone(), definition: definition.clone() });
            }
            _ => {}
        }
    }
}

/// How many characters two texts have in common at their start.
fn common_start(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

/// A text on one line, cut so that the character at `from` is seen with a few before it.
fn excerpt(text: &str, from: usize) -> String {
    let length = text.chars().count();
    let line = |c: char| if c.is_control() { ' ' } else { c };
    if length <= SHOWN {
        return text.chars().map(line).collect();
    }
    let start = from.min(length).saturating_sub(SHOWN / 4);
    let shown: String = text.chars().skip(start).take(SHOWN).map(line).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if start + SHOWN < length { "…" } else { "" };
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(lines: &str) -> BTreeMap<String, String> {
        lines
            .lines()
            .filter_map(|line| line.trim().split_once(": "))
            .map(|(object, definition)| (object.to_owned(), definition.to_owned()))
            .collect()
    }

    fn check(before: &str, after: &str, expected: &[&str]) {
        let found: Vec<String> =
            between(&facts(before), &facts(after)).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn each_object_that_differs_is_told_once_and_in_order() {
        check("table a: table", "table a: table", &[]);
        check(
            "column t.a: int\ncolumn t.b: text\ntable t: table",
            "column t.a: bigint\ncolumn t.c: text not null\ntable t: table\ntable u: table",
            &[
                "~ column t.a: int -> bigint",
                "- column t.b: text",
                "+ column t.c: text not null",
                "+ table u: table",
            ],
        );
    }

    #[test]
    fn long_definitions_are_cut_to_where_they_differ() {
        let start = "x".repeat(300);
        check(
            &format!("view v: {start}1{start}"),
            &format!("view v: {start}2"),
            &[&format!(
                "~ view v: …{0}1{1}… -> …{0}2",
                "x".repeat(SHOWN / 4),
                "x".repeat(SHOWN - SHOWN / 4 - 1)
            )],
        );
    }

    #[test]
    fn an_excerpt_is_one_line_and_counts_characters() {
        assert_eq!(excerpt("a\nb", 0), "a b");
        assert_eq!(excerpt(&"é".repeat(SHOWN), 0), "é".repeat(SHOWN));
        assert_eq!(excerpt(&"é".repeat(SHOWN + 1), 0), format!("{}…", "é".repeat(SHOWN)));
    }
}
