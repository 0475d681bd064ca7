//! Drafts as the sections of a file.

use migrate_core::schema::Difference;

use super::Done;
use crate::commands::sections::{Pair, Sections, section};
use crate::context::Context;

/// The sections of the file.
pub(super) fn of(context: &Context, done: &[Done<'_>]) -> Sections {
    let mut pairs = Vec::new();
    let mut irreversible = None;
    for Done { job, draft } in done {
        let mut upgrade = section(&draft.upgrade);
        if let Some(unreached) = &draft.unreached {
            let missing = comments("not generated", &unreached.differences);
            context.shell.warning(format_args!(
                "not everything was generated: the file says what for {}",
                job.dialect
            ));
            upgrade.text = format!("{missing}{}", upgrade.text);
        }
        let downgrade = match &draft.unreturned {
            None => Some(section(&draft.downgrade)),
            Some(unreturned) => {
                let mut why = unreturned.refused.iter().cloned();
                let mut differences = unreturned.differences.iter().map(Difference::to_string);
                let why = why.next().or_else(|| differences.next()).unwrap_or_default();
                irreversible.get_or_insert(format!("what was there cannot be made again: {why}"));
                None
            }
        };
        pairs.push((job.dialect, Pair { upgrade, downgrade }));
    }
    if irreversible.is_some() {
        context.shell.warning("there is no way back: the file says why");
    }
    Sections::of(pairs, irreversible)
}

fn comments(words: &str, differences: &[Difference]) -> String {
    let lines = differences.iter().map(|difference| {
        let text = difference.to_string();
        format!("-- {words}: {}\n", text.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    lines.collect::<String>() + "\n"
}
