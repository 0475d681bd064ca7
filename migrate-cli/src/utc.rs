//! The time of day, in UTC.

use std::time::{SystemTime, UNIX_EPOCH};

use migrate_core::utc::Utc;

/// This moment.
pub(crate) fn now() -> Utc {
    // A clock before 1970 is a broken clock; ids sort after their parents all the same.
    Utc::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
