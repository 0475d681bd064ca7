//! Every database that the configuration knows, asked before files change that it may have applied.

use std::sync::Arc;

use migrate_core::history::History;
use migrate_runtime::Status;

use crate::connect::Access;
use crate::context::Context;
use crate::database::Database;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::settings::{self, Settings};

/// What is asked.
pub(super) struct Ask {
    /// Whether it `has done this`.
    pub(super) what: &'static str,
    /// What one may be that is not on the history: that may `have done this`.
    pub(super) may: &'static str,
    /// How to go on without an answer.
    pub(super) help: &'static str,
}

impl Ask {
    /// Refuses unless every database that is known answers, and `look` has nothing against the answer.
    pub(super) fn every(
        &self,
        context: &Context,
        settings: &Settings,
        environment: &Environment,
        history: &Arc<History>,
        mut look: impl FnMut(&str, &Status) -> Result,
    ) -> Result {
        let responsible = |failure: Box<Failure>| failure.note("nothing was written").help(self.help);
        let others = settings.others(&context.flags, environment, &context.cwd).map_err(responsible)?;
        let name = settings::chosen_name(&context.flags, environment);
        let known = std::iter::once((name.as_deref(), settings))
            .chain(others.iter().map(|(name, other)| (name.as_deref(), other)));
        let mut asked = 0;
        for (name, settings) in known {
            let Some(database) = &settings.database else {
                if let Some(missing) = without_url(name, settings) {
                    return Err(responsible(Failure::new(Exit::Refused, "no-database", missing)));
                }
                continue;
            };
            let mut open =
                Database::open(context, settings, environment, history, Access::Read).map_err(responsible)?;
            let status = open.status().map_err(responsible)?;
            if let Some(unknown) = status.unknown.first() {
                let message = format!(
                    "`{database}` is at `{unknown}`, which is not in this history, so it may {}",
                    self.may
                );
                return Err(responsible(Failure::new(Exit::Refused, "unknown-revision", message)));
            }
            look(&database.to_string(), &status)?;
            asked += 1;
        }
        if asked == 0 {
            context
                .shell
                .note(format_args!("no database was asked whether it {}: none is configured", self.what));
        }
        Ok(())
    }
}

/// Refuses if one of the revisions is unfinished on a database.
pub(super) fn refuse_unfinished<'h, I: Iterator<Item = &'h str>>(
    revisions: impl Fn() -> I,
    database: &str,
    status: &Status,
) -> Result {
    let is_one = |id: &str| revisions().any(|one| one == id);
    let Some(entry) = status.unfinished.iter().find(|entry| is_one(&entry.revision)) else { return Ok(()) };
    let message = format!("the {} of `{}` is unfinished on `{database}`", entry.direction, entry.revision);
    Err(Failure::new(Exit::Refused, "unfinished", message)
        .note("nothing was written")
        .help("`migrate status` shows how far it came there"))
}

/// Why a database that the configuration knows cannot be asked; none if it knows no database.
fn without_url(name: Option<&str>, settings: &Settings) -> Option<String> {
    let variable = settings.layer.url_env.as_ref();
    match (name, variable) {
        (None, None) => None,
        (None, Some(variable)) => Some(format!("the database cannot be asked: `{variable}` is not set")),
        (Some(name), None) => Some(format!("the database `{name}` cannot be asked: it has no URL here")),
        (Some(name), Some(variable)) => {
            Some(format!("the database `{name}` cannot be asked: `{variable}` is not set"))
        }
    }
}
