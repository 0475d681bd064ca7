//! A patch applied to a text, as `diesel print-schema` does it: to the letter, wherever in the file it fits best.

use std::fmt;

/// Why a patch does not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    /// The line of the patch, counted from 1.
    pub line: usize,
    /// The reason.
    pub reason: String,
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for PatchError {}

/// A part of a patch.
struct Part<'p> {
    /// The line of the patch where it begins, counted from 1.
    line: usize,
    /// The line where it goes, counted from 0.
    start: usize,
    /// Its lines, with what ends them.
    before: Vec<&'p str>,
    after: Vec<&'p str>,
}

/// Applies a unified diff to a text.
///
/// Every line has to be there as the patch has it, and near to where the patch says if there are several such places. No part may
/// touch what another has changed.
///
/// # Errors
///
/// - The patch is not understood.
/// - One of its parts fits nowhere.
pub fn apply_patch(text: &str, patch: &str) -> Result<String, PatchError> {
    // Each line, and whether it was put there.
    let mut lines: Vec<(&str, bool)> = text.split_inclusive('\n').map(|line| (line, false)).collect();
    for part in parts(patch)? {
        let len = part.before.len();
        let fits = |at: &usize| {
            let there = lines.get(*at..*at + len);
            there.is_some_and(|there| {
                there.iter().zip(&part.before).all(|((line, is_new), wanted)| !is_new && line == wanted)
            })
        };
        let near = part.start.min(lines.len());
        // Nearer places first, and of two the one above.
        let place = (0..=near.max(lines.len() - near))
            .flat_map(|far| [near.checked_sub(far), Some(near + far)])
            .flatten()
            .filter(|at| *at == near || *at < lines.len())
            .find(fits);
        let Some(at) = place else {
            let wanted = part.before.iter().find(|wanted| !lines.iter().any(|(line, _)| line == *wanted));
            let reason = match wanted {
                Some(line) => format!("this part fits nowhere: there is no line `{}`", line.trim()),
                None => "this part fits nowhere: its lines are not together anywhere".to_owned(),
            };
            return Err(PatchError { line: part.line, reason });
        };
        lines.splice(at..at + len, part.after.iter().map(|line| (*line, true)));
    }
    Ok(lines.into_iter().map(|(line, _)| line).collect())
}

fn parts(patch: &str) -> Result<Vec<Part<'_>>, PatchError> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut lines = patch.split_inclusive('\n').enumerate().peekable();
    let wrong = |line: usize, reason: &str| PatchError { line: line + 1, reason: reason.to_owned() };
    while let Some((number, line)) = lines.next() {
        let Some(head) = line.strip_prefix("@@ ") else {
            // What stands before the first part says which files are meant.
            if parts.is_empty() {
                continue;
            }
            return Err(wrong(number, "this line is no part of a patch"));
        };
        let ranges = head.split_once(" @@").and_then(|(ranges, _)| {
            let (old, new) = ranges.split_once(' ')?;
            Some((range(old.strip_prefix('-')?)?, range(new.strip_prefix('+')?)?))
        });
        let Some(((_, old), (start, new))) = ranges else {
            return Err(wrong(number, "expected `@@ -1,2 +1,2 @@`"));
        };
        let mut part =
            Part { line: number + 1, start: start.saturating_sub(1), before: vec![], after: vec![] };
        // Whose last line ends without a line break.
        let mut last = (false, false);
        while let Some((number, line)) = lines.next_if(|(_, line)| !line.starts_with('@')) {
            let (sign, rest) = match line.strip_prefix([' ', '-', '+', '\\']) {
                Some(rest) => (line.chars().next().unwrap_or(' '), rest),
                None if line.trim_end_matches('\r') == "\n" => (' ', line),
                None => return Err(wrong(number, "this line is no part of a patch")),
            };
            match sign {
                '\\' => {
                    let cut = |list: &mut Vec<&str>| {
                        if let Some(line) = list.last_mut() {
                            *line = line.strip_suffix('\n').unwrap_or(line);
                        }
                    };
                    if last.0 {
                        cut(&mut part.before);
                    }
                    if last.1 {
                        cut(&mut part.after);
                    }
                    continue;
                }
                '-' => part.before.push(rest),
                '+' => part.after.push(rest),
                _ => {
                    part.before.push(rest);
                    part.after.push(rest);
                }
            }
            last = (sign != '+', sign != '-');
        }
        if (part.before.len(), part.after.len()) != (old, new) {
            return Err(wrong(number, "the number of lines is not what this line says"));
        }
        parts.push(part);
    }
    Ok(parts)
}

fn range(text: &str) -> Option<(usize, usize)> {
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((start.parse().ok()?, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_go_where_they_fit() {
        let text = "a\nb\nc\nd\nb\nc\n";
        let patch = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -4,2 +4,3 @@ fn\n b\n-c\n+C\n+D\n";
        assert_eq!(apply_patch(text, patch).unwrap(), "a\nb\nc\nd\nb\nC\nD\n");
        let patch = "@@ -1 +1 @@\n-b\n+B\n@@ -3,1 +3 @@\n-b\n+BB\n";
        assert_eq!(apply_patch(text, patch).unwrap(), "a\nB\nc\nd\nBB\nc\n");
        assert_eq!(apply_patch("a\n", "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n").unwrap(), "b");
        assert_eq!(
            apply_patch("a", "@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n").unwrap(),
            "a\nb\n"
        );
        assert_eq!(apply_patch("a\n", "").unwrap(), "a\n");
        assert_eq!(apply_patch("", "@@ -0,0 +1 @@\n+a\n").unwrap(), "a\n");
        assert_eq!(apply_patch("a\n", "@@ -1,0 +2 @@\n+b\n").unwrap(), "a\nb\n");
    }

    #[test]
    fn what_does_not_apply_is_told() {
        let at = |text: &str, patch: &str| apply_patch(text, patch).unwrap_err().line;
        assert_eq!(at("a\nb\n", "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n"), 3);
        assert_eq!(at("a\nb\n", "@@ -1,2 +1 @@\n-a\n"), 1);
        assert_eq!(at("a\nb\n", "@@ 1 @@\n-a\n"), 1);
        assert_eq!(at("a\nb\n", "@@ -1 +0,0 @@\n-a\nx\n"), 3);
        // Both lines are there, and not together.
        assert_eq!(at("a\nc\nb\n", "@@ -1,2 +1 @@\n a\n-b\n"), 1);
        // The first part has changed the only place.
        assert_eq!(at("a\n", "@@ -1 +1 @@\n-a\n+a\n@@ -2 +2 @@\n-a\n+b\n"), 4);
    }
}
