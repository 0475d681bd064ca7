//! Replays statements on a schema, with no database.

mod naming;
