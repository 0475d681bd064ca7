//! Runs of real histories on real databases.

mod catalog;
mod round_trip;
mod support;
mod upgrade;
