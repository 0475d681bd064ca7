//! `migrate revision`: writes a new revision file.

use migrate_core::graph;
use migrate_core::history;

use super::new::{self, Wish};
use crate::args::Revision;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::targets;

pub(super) fn run(context: &Context, args: &Revision) -> Result<Exit> {
    let (settings, _) = context.settings()?;
    let history = crate::history::read(context, &settings, history::Heads::Many)?;
    let heads = targets::parse_all(&args.head)?;
    let depends_on = targets::parse_all(&args.depends_on)?;
    let wish = graph::new::Wish {
        id: args.rev_id.as_deref(),
        labels: &args.branch_label,
        targets: &heads,
        depends_on: &depends_on,
        splice: args.splice,
    };
    let place = history.graph().place(wish).map_err(|error| targets::misplaced(&history, error))?;
    let wish = Wish {
        message: args.message.as_deref(),
        rev_id: args.rev_id.as_deref(),
        labels: &args.branch_label,
        place,
        folder: args.version_path.as_deref(),
        template: args.template.as_deref(),
        only_print: args.sql,
    };
    new::write(context, &settings, &history, wish)
}
