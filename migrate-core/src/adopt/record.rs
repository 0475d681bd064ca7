//! What the rows of a tool's table mean, by the tool's own rules.

use std::collections::HashMap;
use std::fmt;

use super::Tool;

/// A row as it stands in the table; what the tool does not keep is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The version; Flyway's repeatable migrations have none.
    pub version: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// Flyway's type.
    pub kind: Option<String>,
    /// Whether it was carried out to its end; `None` where the tool only records what was.
    pub success: Option<bool>,
    /// sqlx's SHA-384 of the file, in hex.
    pub checksum: Option<String>,
}

/// Something that the tool counts as applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The version as it stands in the table.
    pub version: String,
    /// What it is called, where the tool keeps that.
    pub name: Option<String>,
    /// sqlx's SHA-384 of the file, in hex.
    pub checksum: Option<String>,
}

/// What a tool says about a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// What is applied, in the table's order.
    pub applied: Vec<Version>,
    /// Flyway's baseline: everything up to this version counts as applied.
    pub baseline: Option<String>,
    /// Flyway's versions whose files are gone (`DELETE`): applied once, and to be applied again if they come back.
    pub deleted: Vec<String>,
    /// How many of Flyway's repeatable migrations there are. They are no revisions.
    pub repeatable: usize,
}

/// A migration that the tool began and did not finish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfApplied {
    /// The version, or the name where it has none.
    pub version: String,
}

impl fmt::Display for HalfApplied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is half applied", self.version)
    }
}

impl std::error::Error for HalfApplied {}

impl Record {
    /// Reads the rows, which come in the order in which the tool wrote them.
    ///
    /// # Errors
    ///
    /// - A row says that its migration failed.
    pub fn read(tool: Tool, rows: Vec<Row>) -> Result<Self, HalfApplied> {
        let mut record = Self::default();
        // By number of row; Flyway takes versions back.
        let mut applied: Vec<Option<Version>> = Vec::with_capacity(rows.len());
        let mut place: HashMap<String, usize> = HashMap::new();
        for row in rows {
            let Row { version, name, kind, success, checksum } = row;
            if success == Some(false) {
                return Err(HalfApplied { version: version.or(name).unwrap_or_default() });
            }
            let kind = kind.unwrap_or_default();
            let Some(version) = version else {
                record.repeatable += usize::from(kind != "SCHEMA" && kind != "DELETE");
                continue;
            };
            if tool != Tool::Flyway {
                applied.push(Some(Version { version, name, checksum }));
                continue;
            }
            match kind.as_str() {
                // The schema that Flyway made, which is no migration.
                "SCHEMA" => continue,
                "BASELINE" | "SQL_BASELINE" | "JDBC_BASELINE" | "SCRIPT_BASELINE" => {
                    record.baseline = Some(version);
                    continue;
                }
                _ => {}
            }
            if let Some(before) = place.remove(&version) {
                applied[before] = None;
            }
            record.deleted.retain(|other| *other != version);
            if kind == "DELETE" {
                record.deleted.push(version);
            } else if !kind.starts_with("UNDO") {
                place.insert(version.clone(), applied.len());
                applied.push(Some(Version { version, name, checksum }));
            }
        }
        record.applied = applied.into_iter().flatten().collect();
        Ok(record)
    }

    /// Whether the tool has applied nothing.
    pub fn is_empty(&self) -> bool {
        self.applied.is_empty() && self.baseline.is_none()
    }
}
