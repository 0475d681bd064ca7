//! `revision --autogenerate`: from models to a revision that the database takes.

mod declared;
mod everyday;
mod questions;
mod refused;
mod workflow;
