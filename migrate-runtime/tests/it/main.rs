//! Runs of real histories on real databases.

mod support;
mod upgrade;
