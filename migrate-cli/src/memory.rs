//! What came of revisions when they were checked before, kept where cargo keeps what it makes: `migrate` in its target directory.

use std::fs;
use std::path::{Path, PathBuf};

use migrate_core::proof::Traces;
use migrate_dir::memory;

use crate::environment::Environment;
use crate::settings::Settings;

/// Where it is kept; nowhere, if there is no target directory yet.
pub(crate) struct Memory(Option<PathBuf>);

impl Memory {
    /// The memory of the project's history.
    pub(crate) fn of(settings: &Settings, environment: &Environment) -> Self {
        let dirs: Vec<PathBuf> = settings.dirs.iter().filter_map(|dir| dir.canonicalize().ok()).collect();
        let named = environment.get("CARGO_TARGET_DIR").map(|folder| PathBuf::from(folder.value));
        let beside =
            || dirs.first()?.ancestors().skip(1).map(|folder| folder.join("target")).find(|it| is_cargos(it));
        let target = named.filter(|folder| is_cargos(folder)).or_else(beside);
        Self(
            target.map(|target| {
                memory::file(&target.join("migrate"), "traces", dirs.iter().map(PathBuf::as_path))
            }),
        )
    }

    /// What is remembered.
    pub(crate) fn read(&self) -> Traces {
        let bytes = self.0.as_ref().and_then(|file| fs::read(file).ok());
        bytes.map_or_else(Traces::default, Traces::decode)
    }

    /// Remembers it for the next time, if it is anything new.
    pub(crate) fn keep(&self, traces: &Traces) {
        let Some(file) = self.0.as_ref().filter(|_| !traces.are_as_read()) else { return };
        if file.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok()) {
            memory::keep(file, &traces.encode());
        }
    }
}

/// Whether cargo has made this folder: it marks it for programs that make backups.
fn is_cargos(folder: &Path) -> bool {
    folder.join("CACHEDIR.TAG").is_file()
}
