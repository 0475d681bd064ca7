//! `migrate list-templates`: what new revisions and new projects can be made from.

use super::init;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::json::Line;
use crate::style::{DIM, NAME, Painted};
use crate::templates;

pub(super) fn run(context: &Context) -> Result<Exit> {
    let (settings, _) = context.settings()?;
    let revisions = templates::all(&settings)?;
    let width = revisions.keys().map(String::len).chain(init::Template::ALL.map(|t| t.name().len())).max();
    let width = width.unwrap_or_default();
    let line = |kind: &'static str, name: &str, description: &str, path: Option<String>| {
        if context.flags.json {
            let (name, description) = (name.to_owned(), description.to_owned());
            return context.json(|| Line::Template { kind, name, description, path });
        }
        let name = Painted(NAME, format_args!("{name:width$}"));
        let path =
            path.map_or_else(String::new, |path| format!(" {}", Painted(DIM, format_args!("({path})"))));
        let line = format!("{kind:8}  {name}  {description}{path}");
        context.shell.line(line.trim_end());
    };
    for (name, origin) in &revisions {
        let path = origin.path().map(|path| path.to_string_lossy().replace('\\', "/"));
        line("revision", name, &origin.description(), path);
    }
    for template in init::Template::ALL {
        line("init", template.name(), template.description(), None);
    }
    context.shell.note("`migrate revision --template NAME` and `migrate init --template NAME` use them");
    Ok(Exit::Done)
}
