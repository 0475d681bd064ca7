//! `migrate revision`: writes a new revision file.

use std::sync::Arc;

use migrate_core::graph;

use super::autogenerate;
use super::new::{self, Wish};
use super::sections::Sections;
use crate::args::Revision;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::targets;

pub(super) fn run(context: &Context, args: &Revision) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    let (history, directory) = crate::history::read_files(context, &settings, &[])?;
    let history = Arc::new(history);
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
    let sections = match args.autogenerate {
        true => autogenerate::sections(context, &settings, &environment, args, &history, directory, &place)?,
        false => Some(Sections::default()),
    };
    let sections = match sections {
        None if !args.allow_empty => return Ok(Exit::Done),
        sections => sections.unwrap_or_default(),
    };
    let wish = Wish {
        sections,
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
