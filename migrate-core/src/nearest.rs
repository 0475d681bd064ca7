//! The candidate that somebody probably meant.

/// The candidate with the fewest edits (a character added, removed, changed, or two neighbours swapped) from what was
/// written, the first of several; none if more than a third of the characters would have to change.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.chars().collect();
    let mut rows = [const { Vec::new() }; 3];
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let length = candidate.chars().count();
        let allowed = written.len().max(length).div_ceil(3);
        if written.len().abs_diff(length) > allowed {
            continue;
        }
        let edits = edits(&written, candidate, &mut rows);
        if edits <= allowed && best.is_none_or(|(fewest, _)| edits < fewest) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The number of edits between two texts. `rows` is room to work in: the last three rows of the usual table.
fn edits(a: &[char], b: &str, rows: &mut [Vec<usize>; 3]) -> usize {
    let b: Vec<char> = b.chars().collect();
    let [before, last, now] = rows;
    last.clear();
    last.extend(0..=b.len());
    before.clone_from(last);
    now.clone_from(last);
    for i in 1..=a.len() {
        now[0] = i;
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            now[j] = change.min(last[j] + 1).min(now[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                now[j] = now[j].min(before[j - 2] + 1);
            }
        }
        std::mem::swap(before, last);
        std::mem::swap(last, now);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_nearest() {
        let check =
            |written, expect| assert_eq!(nearest(written, ["head", "a1b2c3d4", "blog", "blot"]), expect);
        check("haed", Some("head"));
        check("HEAD", None);
        check("a1b2c3d", Some("a1b2c3d4"));
        check("blo", Some("blog"));
        check("blogs", Some("blog"));
        check("", None);
        check("zzzz", None);
    }
}
