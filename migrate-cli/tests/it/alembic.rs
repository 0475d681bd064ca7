//! The command beside real Alembic, which is installed from the package index into the target directory.
//!
//! Where Python, pip or the network is missing, these tests are skipped and say so; `MIGRATE_TEST_REQUIRE=alembic` makes
//! that a failure.

mod driver;
mod installed;
mod moving;
mod page;
mod pair;
mod story;
mod turns;
