//! `revision --autogenerate`: from models to a revision that the database takes.

mod everyday;
mod refused;
mod workflow;
