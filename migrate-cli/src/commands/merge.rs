//! `migrate merge`: writes a revision that joins heads.

use migrate_core::graph;
use migrate_core::history;

use super::new::{self, Wish};
use super::sections::Sections;
use crate::args::Merge;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::targets;

pub(super) fn run(context: &Context, args: &Merge) -> Result<Exit> {
    let (settings, _) = context.settings()?;
    let history = crate::history::read(context, &settings, history::Heads::Many)?;
    let graph = history.graph();
    let joined = targets::parse_all(&args.targets)?;
    let wish = graph::new::Wish {
        id: args.rev_id.as_deref(),
        labels: &args.branch_label,
        targets: &joined,
        depends_on: &[],
        splice: args.splice,
    };
    let place = graph.place_merge(wish).map_err(|error| targets::misplaced(&history, error))?;
    let names: Vec<&str> = place.parents.iter().map(|&node| graph.id(node)).collect();
    let message = args.message.clone().unwrap_or_else(|| format!("merge {}", names.join(" and ")));
    let wish = Wish {
        sections: Sections::default(),
        message: Some(&message),
        rev_id: args.rev_id.as_deref(),
        labels: &args.branch_label,
        place,
        folder: None,
        template: args.template.as_deref(),
        only_print: false,
    };
    new::write(context, &settings, &history, wish)
}
