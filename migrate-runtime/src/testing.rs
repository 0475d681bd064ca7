//! Tests for your own history: does every upgrade run, and does every downgrade take back what its upgrade did?
//!
//! The usual way is the macro `migrate::round_trip_tests!`, which writes one `#[test]` per revision; all of them share
//! one [`RoundTrip`]. The functions here are for a harness of your own. Each works on a database that you hand over,
//! which has to be without revisions: an in-memory SQLite, or a database made for the test. They leave behind what the
//! last step left, and never look at data.
//!
//! ```no_run
//! # use diesel::prelude::*;
//! # use migrate_runtime::{Migrations, testing};
//! # fn shown(migrations: Migrations, conn: &mut SqliteConnection) -> Result<(), testing::TestFailure> {
//! testing::single_head(migrations)?;
//! testing::upgrade_from_empty(migrations, conn)?;
//! # Ok(())
//! # }
//! ```

mod failure;
mod round_trip;
#[cfg(feature = "reflect")]
mod stated;
mod walk;

use crate::backend::MigrateConnection;
use crate::embedded::Migrations;

pub use failure::TestFailure;
pub use round_trip::{Outcome, RoundTrip, round_trip_test};
use walk::Walk;

/// Checks that `head` has one meaning: no two people have added a revision to the same parent without merging.
///
/// # Errors
///
/// - The history has no head, or several; they are named.
///
/// ```
/// # use migrate_runtime::{Migrations, testing};
/// # fn shown(migrations: Migrations) {
/// testing::single_head(migrations).unwrap();
/// # }
/// ```
pub fn single_head<H>(migrations: Migrations<H>) -> Result<(), TestFailure> {
    let graph = migrations.history().graph();
    let heads: Vec<String> = graph.heads().iter().map(|&node| format!("`{}`", graph.id(node))).collect();
    match heads.len() {
        1 => Ok(()),
        0 => Err(TestFailure::new("the history has no revisions")),
        several => Err(TestFailure::new(format!("the history has {several} heads: {}", heads.join(", ")))
            .help("join them: `migrate merge heads -m \"...\"`")),
    }
}

/// Upgrades an empty database to all heads, one revision at a time, so that a failure names its revision.
///
/// # Errors
///
/// - The database has revisions already.
/// - An upgrade fails.
///
/// ```no_run
/// # use diesel::prelude::*;
/// # use migrate_runtime::{Migrations, testing};
/// # fn shown(migrations: Migrations) {
/// let mut conn = SqliteConnection::establish(":memory:").unwrap();
/// testing::upgrade_from_empty(migrations, &mut conn).unwrap();
/// # }
/// ```
pub fn upgrade_from_empty<H, C: MigrateConnection>(
    migrations: Migrations<H>,
    conn: &mut C,
) -> Result<(), TestFailure> {
    Walk::embedded(migrations, conn)?.up_to_heads()
}

/// Upgrades an empty database to all heads, takes back one revision after the other, and upgrades it again.
///
/// The way down ends at the base or at a revision that is marked as irreversible, whichever comes first; the latter is
/// returned by its id. Schemas are not compared: for that there is [`downgrade_leaves_no_trace`].
///
/// # Errors
///
/// - The database has revisions already.
/// - An upgrade or a downgrade fails, or a revision has no downgrade and does not say that it is irreversible.
///
/// ```no_run
/// # use diesel::prelude::*;
/// # use migrate_runtime::{Migrations, testing};
/// # fn shown(migrations: Migrations) {
/// let mut conn = SqliteConnection::establish(":memory:").unwrap();
/// let floor = testing::up_down_consistency(migrations, &mut conn).unwrap();
/// assert_eq!(floor, None, "everything can be taken back");
/// # }
/// ```
pub fn up_down_consistency<H, C: MigrateConnection>(
    migrations: Migrations<H>,
    conn: &mut C,
) -> Result<Option<String>, TestFailure> {
    let mut walk = Walk::embedded(migrations, conn)?;
    walk.up_to_heads()?;
    let mut floor = None;
    for &node in walk.history().graph().topological().iter().rev() {
        if walk.irreversible(node).is_some() {
            floor = Some(walk.history().graph().id(node).to_owned());
            break;
        }
        walk.require_downgrade(node)?;
        walk.down(node)?;
    }
    walk.up_to_heads()?;
    Ok(floor)
}

/// Takes each revision up, down and up again, and compares the schema each time: [`RoundTrip`] in one call.
///
/// # Errors
///
/// - The database has revisions already.
/// - A revision's downgrade fails, is missing, or leaves another schema than there was before; the differences of all such
///   revisions are named.
///
/// ```no_run
/// # use diesel::prelude::*;
/// # use migrate_runtime::{Migrations, testing};
/// # fn shown(migrations: Migrations) {
/// let mut conn = SqliteConnection::establish(":memory:").unwrap();
/// testing::downgrade_leaves_no_trace(migrations, &mut conn).unwrap();
/// # }
/// ```
pub fn downgrade_leaves_no_trace<H, C: MigrateConnection>(
    migrations: Migrations<H>,
    conn: &mut C,
) -> Result<(), TestFailure> {
    RoundTrip::on(migrations, conn).whole()
}
