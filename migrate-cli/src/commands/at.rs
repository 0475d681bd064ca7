//! The place in the history that `--at` names, for what is found there with no database.

use std::sync::Arc;

use migrate_core::dialect::Dialect;
use migrate_core::graph::target::Target;
use migrate_core::history::{Depth, History};

use crate::context::Context;
use crate::environment::Environment;
use crate::failure::Result;
use crate::settings::Settings;
use crate::{history, replayed, targets};

/// Some revisions, and the database for which they are replayed.
pub(super) struct At {
    pub(super) history: Arc<History>,
    pub(super) dialect: Dialect,
    pub(super) nodes: Vec<usize>,
}

impl At {
    /// Finds it; a database is asked if the target is about where that is.
    pub(super) fn find(
        context: &Context,
        settings: &Settings,
        environment: &Environment,
        at: &str,
    ) -> Result<Self> {
        let target: Target = targets::parse(at)?;
        let history = history::load_to_list(context, settings, Depth::Sections)?;
        let dialect = replayed::dialect(settings, &history)?;
        let rows = match target.to_string().ends_with("current") {
            true => super::upgrade::rows(context, settings, environment, &history)?,
            false => vec![],
        };
        let nodes = history.graph().resolve(&target, &rows).map_err(targets::unresolved)?;
        Ok(Self { history, dialect, nodes })
    }
}
