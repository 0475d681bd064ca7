//! What every command is given.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use migrate_core::diagnostic::{self, Diagnostic, Level};
use migrate_core::history::{Depth, History};
use migrate_core::source::Sources;

use crate::args::Global;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::Result;
use crate::json::{self, Line};
use crate::settings::Settings;
use crate::shell::Shell;

/// Gives the history that is compiled into this binary.
pub(crate) type Embedded = Box<dyn Fn() -> Arc<History> + Send + Sync>;

/// The terminal, the surroundings, and what was asked on the command line for all commands alike.
pub(crate) struct Context {
    pub(crate) shell: Shell,
    pub(crate) flags: Global,
    pub(crate) cwd: PathBuf,
    /// The history in this binary, if it is an application's.
    pub(crate) embedded: Option<Embedded>,
    /// Set when the user wants to stop.
    pub(crate) interrupt: Arc<AtomicBool>,
    /// Where the database is, once it is known.
    pub(crate) current: Mutex<Option<Vec<String>>>,
}

impl Context {
    /// Whether more is to be said.
    pub(crate) fn is_verbose(&self) -> bool {
        self.flags.verbose > 0
    }

    /// How much of the files a list of revisions needs: in full they show whether there is a way back.
    pub(crate) fn listed_depth(&self) -> Depth {
        if self.is_verbose() && !self.flags.json { Depth::Sections } else { Depth::Headers }
    }

    /// Writes a line of JSON, if JSON was asked for.
    pub(crate) fn json(&self, line: impl FnOnce() -> Line<'static>) {
        if self.flags.json {
            self.shell.line(line().text());
        }
    }

    /// The environment, the configuration and the flags together.
    ///
    /// # Errors
    ///
    /// As [`Environment::load`] and [`Settings::load`].
    pub(crate) fn settings(&self) -> Result<(Settings, Environment)> {
        let environment = Environment::load(&self.cwd)?;
        let settings = Settings::load(&self.flags, &environment, &self.cwd)?;
        Ok((settings, environment))
    }

    /// Shows a finding: drawn with its excerpt, or as a line of JSON.
    pub(crate) fn show_finding(&self, finding: &Diagnostic, sources: &Sources) {
        if self.flags.json {
            self.shell.line(json::diagnostic(finding, sources).text());
        } else if finding.level == Level::Error || !self.flags.quiet {
            self.shell.error(diagnostic::render(finding, sources, self.shell.colors_errors()));
        }
    }

    /// Ends the command: shows why it failed, writes out everything, and says which exit code it is.
    pub(crate) fn end(&self, result: Result<Exit>) -> Exit {
        let exit = match result {
            Ok(exit) => exit,
            Err(failure) => {
                for finding in &failure.findings {
                    self.show_finding(finding, &failure.sources);
                }
                failure.exit
            }
        };
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.json(|| Line::End { ok: exit == Exit::Done, exit: exit.code(), current });
        match self.shell.finish() {
            Ok(()) => exit,
            Err(failure) => {
                self.shell.error(diagnostic::render(
                    &failure.findings[0],
                    &failure.sources,
                    self.shell.colors_errors(),
                ));
                if exit == Exit::Done { failure.exit } else { exit }
            }
        }
    }

    /// Remembers where the database is, for the last line of `--json`.
    pub(crate) fn reached(&self, rows: Vec<String>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(rows);
    }
}
