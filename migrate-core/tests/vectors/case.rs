//! A recorded case: a history, where a database is, a command, and Alembic's answer.

use std::collections::BTreeSet;

use migrate_core::graph::NodeSpec;
use serde_json::Value;

/// A case as recorded.
pub(crate) struct Case(pub(crate) Value);

impl Case {
    pub(crate) fn id(&self) -> &str {
        self.0["id"].as_str().expect("a case has an id")
    }

    pub(crate) fn command(&self) -> &str {
        self.0["command"].as_str().expect("a case has a command")
    }

    /// The target, if there is exactly one.
    pub(crate) fn target(&self) -> &str {
        match &self.0["target"] {
            Value::Array(targets) if targets.len() == 1 => targets[0].as_str().unwrap_or_default(),
            target => target.as_str().unwrap_or_default(),
        }
    }

    pub(crate) fn targets(&self) -> Vec<&str> {
        match &self.0["target"] {
            Value::String(target) => vec![target],
            targets => strings(targets),
        }
    }

    pub(crate) fn option(&self, name: &str) -> bool {
        self.0["options"][name] == true
    }

    /// The rows of the version table.
    pub(crate) fn rows(&self) -> Vec<&str> {
        strings(&self.0["current"])
    }

    pub(crate) fn revisions(&self) -> Vec<NodeSpec<'_>> {
        let revisions = self.0["graph"].as_array().into_iter().flatten().map(|revision| NodeSpec {
            id: revision["revision"].as_str().expect("an id is text"),
            parents: strings(&revision["down_revision"]),
            depends_on: strings(&revision["depends_on"]),
            labels: strings(&revision["branch_labels"]),
            ..NodeSpec::default()
        });
        revisions.collect()
    }

    /// What Alembic answered, or what it should have answered where its own bookkeeping fails.
    pub(crate) fn answer(&self) -> &Value {
        self.0.get("ideal").unwrap_or(&self.0["expect"])
    }

    /// The class of the error that Alembic answered.
    pub(crate) fn error(&self) -> Option<&str> {
        self.answer()["error"].as_str()
    }

    /// Whether one of the recorded reasons for a quirk begins so.
    pub(crate) fn has_quirk(&self, reason: &str) -> bool {
        strings(&self.0["quirk_reasons"]).iter().any(|quirk| quirk.starts_with(reason))
    }

    /// The reasons for a quirk, without the ids in them.
    pub(crate) fn quirk_kinds(&self) -> BTreeSet<String> {
        let general = |reason: &str| match reason {
            _ if reason.starts_with("rows after step") => {
                "rows after a step are not the maximal applied revisions".into()
            }
            _ if reason.starts_with("rows_after is not") => {
                "rows after a step are not the maximal applied revisions".into()
            }
            _ if reason.contains("does not equal what downgrade") => {
                "stamp <branch>@base is not downgrade <branch>@base".into()
            }
            _ => reason.to_owned(),
        };
        strings(&self.0["quirk_reasons"]).into_iter().map(general).collect()
    }

    /// Whether Alembic ended with an uncaught exception in this function.
    pub(crate) fn crashed_in(&self, function: &str) -> bool {
        let place = self.0["expect"]["where"].as_str().unwrap_or_default();
        self.error() == Some("crash") && place.starts_with(function)
    }

    /// The case in a few lines.
    pub(crate) fn describe(&self) -> String {
        let keys = ["id", "command", "target", "options", "current", "graph", "expect", "quirk_reasons"];
        keys.map(|key| format!("  {key}: {}\n", self.0[key])).concat()
    }

    /// Whether the database names a revision that the history does not have.
    pub(crate) fn has_unknown_row(&self) -> bool {
        let known: BTreeSet<&str> = self.revisions().iter().map(|spec| spec.id).collect();
        self.rows().iter().any(|row| !known.contains(row))
    }
}

pub(crate) fn strings(value: &Value) -> Vec<&str> {
    value.as_array().map_or(vec![], |items| items.iter().filter_map(Value::as_str).collect())
}

pub(crate) fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}
