//! The project's models, and what they want.

use std::path::PathBuf;

use migrate_core::autogenerate::aligned;
use migrate_core::checks::Levels;
use migrate_core::diagnostic::{Code, Diagnostic};
use migrate_core::dialect::Dialect;
use migrate_core::filter::Filter;
use migrate_core::schema::Schema;
use migrate_core::source::Sources;
use migrate_schema::{Loaded, ModelFile, Target, TargetOptions};

use crate::failure::Result;
use crate::history;
use crate::settings::Settings;

/// Models, read.
pub(crate) struct Models {
    files: Vec<ModelFile>,
    options: TargetOptions,
    filter: Filter,
    levels: Levels,
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
        let mut loaded = migrate_schema::load(&shown, sources);
        loaded.findings.extend(undeclared(&loaded, &shown));
        Ok(Self {
            files: loaded.files,
            options: settings.target_options(),
            filter: settings.filter()?,
            levels: settings.layer.checks.as_ref().map(|checks| checks.levels.clone()).unwrap_or_default(),
            findings: loaded.findings,
        })
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether they want anything of databases of this kind.
    pub(crate) fn speak_of(&self, dialect: Dialect) -> bool {
        self.files.iter().any(|file| {
            file.sql.as_ref().is_some_and(|sql| sql.dialects.contains(dialect))
                || file.models.tables.iter().any(|table| table.dialects.contains(dialect))
        })
    }

    /// What the models want of a database that is like `base`. What is not the project's business is as it is there, and so
    /// are names that nobody chose.
    pub(crate) fn target(&self, base: &Schema) -> Target {
        let mut target = migrate_schema::target(base, &self.files, &self.options);
        self.levels.apply(&mut target.findings);
        target.schema = aligned(base, &self.filter.apply(base, &target.schema));
        target
    }
}

/// That the files declare nothing: another one may be meant.
fn undeclared(loaded: &Loaded, shown: &[(PathBuf, String)]) -> Option<Diagnostic> {
    let declares = |file: &ModelFile| {
        file.sql.is_some() || !file.models.tables.is_empty() || !file.models.unread.is_empty()
    };
    if loaded.files.is_empty() || !loaded.findings.is_empty() || loaded.files.iter().any(declares) {
        return None;
    }
    let names: Vec<String> = shown.iter().map(|(_, shown)| format!("`{shown}`")).collect();
    let finding =
        Diagnostic::warning(Code("empty-models"), format!("no table is declared in {}", names.join(", ")));
    Some(finding.help("models are diesel's `schema.rs`, `migrate::table!`, or a `schema.sql`"))
}
