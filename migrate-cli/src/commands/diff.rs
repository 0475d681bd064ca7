//! `migrate diff`: how the schemas at two revisions differ, with no database.

use migrate_core::graph::target::TargetRange;
use migrate_core::history::Depth;

use crate::args::Diff;
use crate::context::Context;
use crate::differences::Differences;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::replayed::{self, Replayed};
use crate::{history, targets};

pub(super) fn run(context: &Context, args: &Diff) -> Result<Exit> {
    let range = match (args.from.contains(':'), &args.to) {
        (true, None) => targets::parse::<TargetRange>(&args.from)?,
        (true, Some(_)) => {
            let message = format!("`{}` names both ends already", args.from);
            return Err(Failure::usage("bad-range", message).help("leave the other target out"));
        }
        (false, to) => TargetRange {
            start: Some(targets::parse(&args.from)?),
            end: to.as_ref().map(|to| targets::parse(to)).transpose()?,
        },
    };
    let (settings, environment) = context.settings()?;
    let history = history::load_to_list(context, &settings, Depth::Sections)?;
    let dialect = replayed::dialect(&settings, &history)?;
    let rows = match range.needs_current() {
        true => super::upgrade::rows(context, &settings, &environment, &history)?,
        false => vec![],
    };
    let (from, to) = history.graph().ends_of(&range, &rows).map_err(targets::bad_range)?;
    let replayed = Replayed::new(&history, dialect, &[&from[..], &to].concat());
    let differences = Differences::new(&replayed.at(&from), &replayed.at(&to));
    let exit = if args.exit_code && !differences.is_empty() { Exit::No } else { Exit::Done };
    if context.flags.json {
        differences.json(dialect.name(), None, |line| context.shell.line(line.text()));
    } else if differences.is_empty() {
        context.shell.note("the schemas are the same");
    } else {
        context.shell.text(differences.text(""));
    }
    Ok(exit)
}
