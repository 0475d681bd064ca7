//! `migrate schema`: the schema at a revision, with no database.

use migrate_core::schema::Certainty;

use super::at::At;
use crate::args::Schema;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::json::Line;
use crate::replayed::Replayed;
use crate::style::{DIM, NAME, Painted, WARNING};

pub(super) fn run(context: &Context, args: &Schema) -> Result<Exit> {
    let (settings, environment) = context.settings()?;
    let At { history, dialect, nodes } = At::find(context, &settings, &environment, &args.at)?;
    let schema = Replayed::new(&history, dialect, &nodes).at(&nodes);
    let shell = &context.shell;
    let at = nodes.iter().map(|&node| history.graph().id(node)).collect();
    if context.flags.json {
        let may_have_others = schema.may_have_more();
        shell.line(Line::Schema { dialect: dialect.name(), at, may_have_others }.text());
    }
    for object in schema.described() {
        if context.flags.json {
            let certainty = match object.certainty {
                Certainty::Certain => "certain",
                Certainty::Uncertain => "uncertain",
                Certainty::Doubtful => "doubtful",
            };
            let (kind, name, lines) = (object.kind, object.name, object.lines);
            shell.line(Line::Object { kind, name, certainty, lines }.text());
            continue;
        }
        let certainty = match object.certainty {
            Certainty::Certain => "",
            Certainty::Uncertain => " (not known in all)",
            Certainty::Doubtful => " (may be there)",
        };
        shell.line(format_args!(
            "{} {}{}",
            Painted(DIM, object.kind),
            Painted(NAME, object.name),
            Painted(WARNING, certainty)
        ));
        for line in object.lines {
            shell.line(format_args!("  {line}"));
        }
    }
    if schema.may_have_more() {
        shell.note("there may be more: a statement of the history is not understood, or may do anything");
    }
    Ok(Exit::Done)
}
