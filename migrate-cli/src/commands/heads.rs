//! `migrate heads`: the revisions that nothing builds on.

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::history;
use crate::listing::{Listing, Marks};

pub(super) fn run(context: &Context) -> Result<Exit> {
    let (settings, _) = context.settings()?;
    let history = history::load(context, &settings)?;
    let listing = Listing::new(&history, None);
    for &head in history.graph().heads() {
        if context.flags.json {
            context.shell.line(listing.json(head).text());
        } else if context.is_verbose() {
            context.shell.line(listing.full(head));
        } else {
            context.shell.line(listing.line(head, Marks::HEAD));
        }
    }
    Ok(Exit::Done)
}
