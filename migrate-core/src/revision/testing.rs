//! Revisions for tests.

use super::{Direction, Format, Revision, RevisionId, Section};
use crate::dialect::DialectSet;

pub(crate) fn id(text: &str) -> RevisionId {
    RevisionId::new(text.to_owned()).expect("a test's id is one")
}

/// A revision with an upgrade for every database, and no way back.
pub(crate) fn revision(name: &str, parents: &[&str], depends_on: &[&str], sql: &str) -> Revision {
    Revision {
        id: id(name),
        message: "".into(),
        parents: parents.iter().map(|parent| id(parent)).collect(),
        depends_on: depends_on.iter().map(|other| (*other).to_owned().into()).collect(),
        labels: vec![],
        create_date: None,
        path: format!("{name}.sql").into(),
        format: Format::Native,
        sections: vec![Section {
            direction: Direction::Upgrade,
            dialects: DialectSet::EMPTY,
            transactional: true,
            foreign_keys: true,
            text: sql.to_owned().into(),
            first_line: 1,
        }],
        irreversible: Some("".into()),
        replaces: None,
    }
}
