//! A difference in a sentence.

use migrate_core::schema::Difference;

use crate::report::count;

/// Who differs from the migrations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Models,
    Database,
    /// Both, in the same way.
    Both,
}

impl Side {
    /// As `--json` says it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Database => "database",
            Self::Both => "both",
        }
    }

    /// What is said of the others where they alone differ.
    pub(super) fn others_agree(self) -> Option<&'static str> {
        match self {
            Self::Models => Some("migrations and database agree"),
            Self::Database => Some("models and migrations agree"),
            Self::Both => None,
        }
    }

    /// The heading of a list of differences, of which the first is the migrations'.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Models => "the migrations, and what the models want:",
            Self::Database => "the migrations, and what the database has:",
            Self::Both => "the migrations, and what both the models and the database have:",
        }
    }
}

/// What differs in one line: the thing itself where there is but one.
pub(super) fn sentence(side: Side, differences: &[Difference]) -> String {
    if let [difference] = differences {
        return one(side, difference);
    }
    let mut objects: Vec<&str> = differences.iter().map(|it| it.object.as_str()).collect();
    objects.dedup();
    let objects = count(objects.len(), "object");
    match side {
        Side::Models => format!("the models differ from what the migrations make, in {objects}"),
        Side::Database => format!("the database differs from what its revisions make, in {objects}"),
        Side::Both => format!("models and database differ from what the migrations make, in {objects}"),
    }
}

fn one(side: Side, difference: &Difference) -> String {
    let what = match difference.about.as_str() {
        "" => difference.object.clone(),
        about => format!("{about} of {}", difference.object),
    };
    match (side, &difference.before, &difference.after) {
        (Side::Models, Some(before), Some(after)) => {
            format!("the models want {what} as `{after}`, the migrations make `{before}`")
        }
        (Side::Models, _, None) => format!("the migrations make {what}, which the models do not have"),
        (Side::Models, None, _) => format!("the models want {what}, which no migration makes"),
        (Side::Database, Some(before), Some(after)) => {
            format!("the database has {what} as `{after}`, its revisions make `{before}`")
        }
        (Side::Database, _, None) => format!("the database lacks {what}"),
        (Side::Database, None, _) => format!("the database has {what}, which no revision makes"),
        (Side::Both, Some(before), Some(after)) => {
            format!("models and database have {what} as `{after}`, the migrations make `{before}`")
        }
        (Side::Both, _, None) => {
            format!("the migrations make {what}, which neither the models nor the database have")
        }
        (Side::Both, None, _) => format!("models and database have {what}, which no migration makes"),
    }
}
