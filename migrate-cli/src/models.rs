//! The project's models, and what they want.

use std::path::PathBuf;

use migrate_core::autogenerate::aligned;
use migrate_core::diagnostic::Diagnostic;
use migrate_core::filter::Filter;
use migrate_core::schema::Schema;
use migrate_core::source::Sources;
use migrate_schema::{ModelFile, Target, TargetOptions};

use crate::failure::Result;
use crate::history;
use crate::settings::Settings;

/// Models, read.
pub(crate) struct Models {
    files: Vec<ModelFile>,
    options: TargetOptions,
    filter: Filter,
    /// What could not be read.
    pub(crate) findings: Vec<Diagnostic>,
}

impl Models {
    /// Reads the files that are named, else those of the configuration. They go to the sources.
    ///
    /// # Errors
    ///
    /// - A pattern of the configuration cannot be.
    pub(crate) fn load(settings: &Settings, named: &[PathBuf], sources: &mut Sources) -> Result<Self> {
        let files = if named.is_empty() { settings.models() } else { named };
        let shown: Vec<_> = files.iter().map(|file| (file.clone(), history::shown(file))).collect();
        let loaded = migrate_schema::load(&shown, sources);
        Ok(Self {
            files: loaded.files,
            options: settings.target_options(),
            filter: settings.filter()?,
            findings: loaded.findings,
        })
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What the models want of a database that is like `base`. What is not the project's business is as it is there, and so
    /// are names that nobody chose.
    pub(crate) fn target(&self, base: &Schema) -> Target {
        let target = migrate_schema::target(base, &self.files, &self.options);
        let schema = aligned(base, &self.filter.apply(base, &target.schema));
        Target { schema, ..target }
    }
}
