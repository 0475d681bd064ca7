//! One virtual environment with Alembic for all tests, and for all runs until its requirements change.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The folder with Python's executables; `None`, said on stderr, where there can be none.
///
/// # Panics
///
/// - There can be none, and `MIGRATE_TEST_REQUIRE` asks for it.
pub(crate) fn executables(test: &str) -> Option<&'static Path> {
    static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let reason = match INSTALLED.get_or_init(install) {
        Ok(folder) => return Some(folder),
        Err(reason) => reason,
    };
    let required = std::env::var("MIGRATE_TEST_REQUIRE").unwrap_or_default();
    let required = required.split(',').any(|name| name.trim() == "alembic");
    assert!(!required, "MIGRATE_TEST_REQUIRE asks for alembic, and it cannot be installed: {reason}");
    // Not by `eprintln!`, which the test harness keeps to itself when the test passes.
    let _ = writeln!(std::io::stderr(), "skipped: {test} beside Alembic: {reason}");
    None
}

fn install() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (home, ready) = (root.join("alembic"), root.join("alembic/requirements-installed.txt"));
    let executables = home.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let is_ready = || fs::read_to_string(&ready).is_ok_and(|installed| installed == REQUIREMENTS);
    if is_ready() {
        return Ok(executables);
    }
    // Other runs of the tests wait here. SQLite's lock ends with the process that holds it, however that ends.
    let lock = root.join("alembic.lock");
    let mut lock = SqliteConnection::establish(&lock.to_string_lossy()).map_err(|error| error.to_string())?;
    lock.batch_execute("PRAGMA busy_timeout = 300000; BEGIN EXCLUSIVE").map_err(|error| error.to_string())?;
    if is_ready() {
        return Ok(executables);
    }
    if home.exists() {
        // Of other requirements, or of a run that was interrupted.
        fs::remove_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/alembic/requirements.txt");
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(executables.join("python")).args(pip).arg(requirements))?;
    fs::write(&ready, REQUIREMENTS).map_err(|error| format!("{}: {error}", ready.display()))?;
    Ok(executables)
}

/// Runs a command to its end; the error is the last that it said.
fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| {
        let program = command.get_program().to_string_lossy().into_owned();
        format!("`{program}` cannot be run: {error}")
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stderr, output.stdout].concat();
    let said = String::from_utf8_lossy(&said);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
    Err(format!("{command:?} failed: {}", last.trim()))
}
