//! What a patch has changed in a `schema.rs` by hand, and is therefore meant to differ from the database.

mod apply;

use std::ops::Range;

pub use apply::{PatchError, apply_patch};

/// The parts of a file that a patch has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// The lines that it put there.
    added: Vec<Range<usize>>,
    /// The lines that it took out, each with the place where it would stand.
    removed: Vec<(usize, String)>,
    /// The lines of parts that were not found in the file, put there and taken out.
    loose: Vec<String>,
}

impl Touched {
    /// Finds the parts of a unified diff in the file that it was applied to.
    pub fn of(patch: &str, text: &str) -> Self {
        let mut touched = Self::default();
        let lines = lines(text);
        for hunk in hunks(patch) {
            touched.take(&hunk, &lines, text.len());
        }
        touched
    }

    fn take(&mut self, hunk: &Hunk<'_>, lines: &[(usize, &str)], end: usize) {
        let after: Vec<&str> =
            hunk.lines.iter().filter(|(sign, _)| *sign != '-').map(|(_, line)| line.trim()).collect();
        let changes = hunk.lines.iter().filter(|(sign, _)| *sign != ' ');
        let Some(start) = find(&after, lines, hunk.start) else {
            self.loose.extend(changes.map(|(_, line)| line.trim().to_owned()));
            return;
        };
        let mut at = start;
        for (sign, line) in &hunk.lines {
            let (place, now) = lines.get(at).copied().unwrap_or((end, ""));
            match sign {
                '-' => self.removed.push((place, line.trim().to_owned())),
                '+' => self.added.push(place..place + now.len()),
                _ => {}
            }
            at += usize::from(*sign != '-');
        }
    }

    /// Whether something at this place was put there.
    pub fn has_added(&self, at: usize) -> bool {
        self.added.iter().any(|line| line.contains(&at))
    }

    /// Whether a column was put into a table or taken out of it.
    pub fn has_column(&self, table: &Range<usize>, name_at: Option<usize>, column: &str) -> bool {
        name_at.is_some_and(|at| self.has_added(at))
            || self.removed.iter().any(|(place, line)| table.contains(place) && is_column(line, column))
            || self.loose.iter().any(|line| is_column(line, column))
    }

    /// Whether a table was put there or taken out, or its primary key was changed.
    pub fn has_table(&self, name_at: Option<usize>, table: &str) -> bool {
        name_at.is_some_and(|at| self.has_added(at))
            || self.removed.iter().map(|(_, line)| line).chain(&self.loose).any(|line| is_table(line, table))
    }
}

fn is_column(line: &str, column: &str) -> bool {
    line.split_once("->").is_some_and(|(name, _)| word(name) == column)
        || line.strip_prefix("#[sql_name").is_some_and(|rest| rest.contains(&format!("\"{column}\"")))
}

fn is_table(line: &str, table: &str) -> bool {
    let name = line.split('(').next().unwrap_or_default();
    let is_head = line.contains('(') && line.trim_end().ends_with('{');
    is_head && word(name.rsplit('.').next().unwrap_or_default()) == table
}

fn word(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("r#").unwrap_or(text)
}

/// A part of a patch: each line with its sign.
struct Hunk<'p> {
    /// The line, counted from 0, where it stands in the new file.
    start: usize,
    lines: Vec<(char, &'p str)>,
}

fn hunks(patch: &str) -> Vec<Hunk<'_>> {
    let mut hunks: Vec<Hunk<'_>> = Vec::new();
    // How many lines the part at hand still has, before and after.
    let mut left = (0_usize, 0_usize);
    for line in patch.lines() {
        if let Some(head) = line.strip_prefix("@@ ") {
            let mut words = head.split(' ');
            let (old, new) = (range(words.next(), '-'), range(words.next(), '+'));
            left = (old.1, new.1);
            hunks.push(Hunk { start: new.0.saturating_sub(1), lines: vec![] });
            continue;
        }
        let Some(hunk) = hunks.last_mut().filter(|_| left != (0, 0)) else { continue };
        let sign = line.chars().next().unwrap_or(' ');
        match sign {
            '-' => left.0 = left.0.saturating_sub(1),
            '+' => left.1 = left.1.saturating_sub(1),
            ' ' => left = (left.0.saturating_sub(1), left.1.saturating_sub(1)),
            _ => continue,
        }
        hunk.lines.push((sign, line.get(1..).unwrap_or_default()));
    }
    hunks
}

fn range(text: Option<&str>, sign: char) -> (usize, usize) {
    let text = text.unwrap_or_default().trim_start_matches(sign);
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    (start.parse().unwrap_or(1), count.parse().unwrap_or(0))
}

/// The lines of a text, each with its place.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let each = text.split_inclusive('\n').map(|line| {
        let start = at;
        at += line.len();
        (start, line)
    });
    each.collect()
}

/// Where these lines stand, nearest to a line, however far they are indented.
fn find(wanted: &[&str], lines: &[(usize, &str)], near: usize) -> Option<usize> {
    let stands =
        |start: &usize| lines[*start..].iter().zip(wanted).all(|((_, line), wanted)| line.trim() == *wanted);
    let last = lines.len().checked_sub(wanted.len())?;
    (0..=last).filter(stands).min_by_key(|start| start.abs_diff(near))
}
