//! How two texts differ, line by line.

use std::fmt::Write;

/// How many lines around a difference are shown.
const AROUND: usize = 3;
/// How many differences are looked for; texts that have more are shown as one.
const MOST: usize = 2000;

/// A unified diff from one text to another, without the lines that name the files; empty if they have the same lines.
pub(crate) fn unified(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut out = String::new();
    let steps = steps(&before, &after);
    let mut done = 0;
    while let Some(first) = (done..steps.len()).find(|&place| !matches!(steps[place], Step::Same(..))) {
        // Differences whose surroundings meet are shown together.
        let mut last = first;
        for place in first..steps.len() {
            match steps[place] {
                Step::Same(..) if place - last > 2 * AROUND => break,
                Step::Same(..) => {}
                _ => last = place,
            }
        }
        let (from, to) = (first.saturating_sub(AROUND).max(done), (last + 1 + AROUND).min(steps.len()));
        let shown = &steps[from..to];
        let count = |keep: fn(&Step) -> bool| shown.iter().filter(|step| keep(step)).count();
        let (old, new) =
            (count(|step| !matches!(step, Step::New(_))), count(|step| !matches!(step, Step::Old(_))));
        let skipped = &steps[..from];
        let at = |keep: fn(&Step) -> bool, lines: usize| {
            skipped.iter().filter(|step| keep(step)).count() + usize::from(lines > 0)
        };
        let _ = writeln!(
            out,
            "@@ -{},{old} +{},{new} @@",
            at(|step| !matches!(step, Step::New(_)), old),
            at(|step| !matches!(step, Step::Old(_)), new)
        );
        for step in shown {
            let _ = match step {
                Step::Same(place) => writeln!(out, " {}", before[*place]),
                Step::Old(place) => writeln!(out, "-{}", before[*place]),
                Step::New(place) => writeln!(out, "+{}", after[*place]),
            };
        }
        done = to;
    }
    out
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A line of both, by its place in the first.
    Same(usize),
    /// A line of the first.
    Old(usize),
    /// A line of the second.
    New(usize),
}

/// The shortest way from one to the other, by Myers' method.
fn steps(before: &[&str], after: &[&str]) -> Vec<Step> {
    let start = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let (mut old, mut new) = (&before[start..], &after[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other).count();
    (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    let mut steps: Vec<Step> = (0..start).map(Step::Same).collect();
    steps.extend(
        middle(old, new)
            .unwrap_or_else(|| {
                let gone = (0..old.len()).map(Step::Old);
                gone.chain((0..new.len()).map(Step::New)).collect()
            })
            .into_iter()
            .map(|step| match step {
                Step::Same(place) => Step::Same(place + start),
                Step::Old(place) => Step::Old(place + start),
                Step::New(place) => Step::New(place + start),
            }),
    );
    steps.extend((before.len() - end..before.len()).map(Step::Same));
    steps
}

/// `None` if they differ too much.
fn middle(old: &[&str], new: &[&str]) -> Option<Vec<Step>> {
    let (n, m) = (old.len() as isize, new.len() as isize);
    let offset = MOST as isize + 1;
    // For each diagonal how far one gets with so many differences.
    let mut far = vec![0_isize; 2 * MOST + 3];
    let mut rounds: Vec<Vec<isize>> = Vec::new();
    let reached = |far: &[isize], d: isize, k: isize| {
        let at = |k: isize| far[(k + offset) as usize];
        let mut x = if k == -d || k != d && at(k - 1) < at(k + 1) { at(k + 1) } else { at(k - 1) + 1 };
        while x < n && x - k < m && old[x as usize] == new[(x - k) as usize] {
            x += 1;
        }
        x
    };
    let d = (0..=MOST as isize).find(|&d| {
        // Only those that the way back looks at.
        rounds.push(far[(offset - d - 1) as usize..=(offset + d + 1) as usize].to_vec());
        (-d..=d).step_by(2).any(|k| {
            let x = reached(&far, d, k);
            far[(k + offset) as usize] = x;
            x >= n && x - k >= m
        })
    })?;
    let (mut x, mut y) = (n, m);
    let mut back = Vec::new();
    for d in (0..=d).rev() {
        let at = |k: isize| rounds[d as usize][(k + d + 1) as usize];
        let k = x - y;
        let from = if k == -d || k != d && at(k - 1) < at(k + 1) { k + 1 } else { k - 1 };
        let (to_x, to_y) = if d == 0 { (0, 0) } else { (at(from), at(from) - from) };
        while x > to_x && y > to_y {
            (x, y) = (x - 1, y - 1);
            back.push(Step::Same(x as usize));
        }
        if d > 0 {
            back.push(if x == to_x { Step::New(to_y as usize) } else { Step::Old(to_x as usize) });
            (x, y) = (to_x, to_y);
        }
    }
    back.reverse();
    Some(back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_with_their_surroundings() {
        assert_eq!(unified("a\nb\n", "a\nb"), "");
        assert_eq!(unified("", "a\n"), "@@ -0,0 +1,1 @@\n+a\n");
        assert_eq!(unified("a\n", ""), "@@ -1,1 +0,0 @@\n-a\n");
        let lines = |changed: &[(usize, &str)]| -> String {
            let line = |place| {
                changed
                    .iter()
                    .find(|(at, _)| *at == place)
                    .map_or(place.to_string(), |(_, text)| (*text).to_owned())
            };
            (0..30).map(|place| line(place) + "\n").collect()
        };
        let (before, after) = (lines(&[]), lines(&[(2, "two"), (6, "six"), (20, "x\ny")]));
        assert_eq!(
            unified(&before, &after),
            "@@ -1,10 +1,10 @@\n 0\n 1\n-2\n+two\n 3\n 4\n 5\n-6\n+six\n 7\n 8\n 9\n\
             @@ -18,7 +18,8 @@\n 17\n 18\n 19\n-20\n+x\n+y\n 21\n 22\n 23\n"
        );
        assert_eq!(
            unified("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n")
                .lines()
                .filter(|line| line.starts_with(['-', '+']))
                .count(),
            5
        );
    }

    /// What it says leads from the one to the other.
    #[test]
    fn applied_it_gives_the_second() {
        let mut seed = 7_u32;
        let mut text = || -> String {
            let mut number = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as usize
            };
            (0..number() % 20).map(|_| format!("{}\n", number() % 4)).collect()
        };
        for _ in 0..500 {
            let (before, after) = (text(), text());
            let diff = unified(&before, &after);
            assert_eq!(migrate_schema::apply_patch(&before, &diff).unwrap(), after, "{before:?} {diff}");
        }
    }
}
