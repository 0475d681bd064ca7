//! SQLite, built in.

use std::path::Path;

use diesel::{Connection as _, ConnectionError, SqliteConnection};

use super::{Access, Connector, Refusal};
use crate::url::Sqlite;

const MEMORY: &str = ":memory:";

pub(super) fn connect(sqlite: &Sqlite, connector: &Connector<'_>) -> Result<SqliteConnection, Refusal> {
    let place = place(sqlite, connector)?;
    SqliteConnection::establish(&place).map_err(|error| match error {
        ConnectionError::BadConnection(message) => Refusal::lasting(format!("{place}: {message}")),
        other => Refusal::lasting(other.to_string()),
    })
}

/// What is to be opened.
fn place(sqlite: &Sqlite, connector: &Connector<'_>) -> Result<String, Refusal> {
    let path = &sqlite.path;
    if path == MEMORY || path.starts_with("file:") {
        return Ok(path.clone());
    }
    if let Some(mode) = &sqlite.mode {
        // A URI for SQLite: what means something in it is encoded.
        let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        return Ok(format!("file:{escaped}?mode={mode}"));
    }
    let file = Path::new(path);
    if file.is_dir() {
        return Err(Refusal::lasting("it is a folder, not a file"));
    }
    if file.exists() {
        return Ok(path.clone());
    }
    let parent_exists = |file: &Path| match file.parent() {
        Some(parent) if parent != Path::new("") => parent.is_dir(),
        _ => true,
    };
    if sqlite.three_slashes {
        let absolute = format!("/{path}");
        if Path::new(&absolute).exists() || !parent_exists(file) && parent_exists(Path::new(&absolute)) {
            return Err(Refusal::lasting(format!(
                "`sqlite:///{path}` means the file `{path}` here, which is not there"
            ))
            .help(format!(
                "write `sqlite:/{path}` for the file `{absolute}`, or `sqlite:{path}` for a new one"
            )));
        }
    }
    match connector.access {
        Access::Read => {
            connector.shell.note(format_args!("the file `{path}` does not exist yet"));
            Ok(MEMORY.to_owned())
        }
        Access::Existing => {
            Err(Refusal::missing("the file does not exist").help("`migrate upgrade head` makes it"))
        }
        Access::Write if !parent_exists(file) => {
            let folder = file.parent().unwrap_or(file).display();
            Err(Refusal::lasting(format!("the folder `{folder}` does not exist")).help("make it first"))
        }
        Access::Write => Ok(path.clone()),
    }
}
