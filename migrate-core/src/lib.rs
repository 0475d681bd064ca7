//! The pure core of `migrate`: text and values in, values out.
//!
//! ```text
//! bytes -> SourceFile -> RevisionFile -> History (RevisionGraph + Revisions + Digests) -> Target -> Plan
//!          source        file            history  graph                                  graph::target, graph::step
//! ```
//!
//! There is no IO here, no clock, no environment and no diesel: whoever reads a directory, talks to a database or
//! speaks to a person does so in another crate and hands over values. Modules are listed in reading order.

pub mod dialect;
pub mod nearest;
pub mod source;
pub mod utc;

pub mod diagnostic;
pub mod sql;

pub mod revision;

pub mod file;

pub mod digest;
pub mod graph;
pub mod history;

pub mod adopt;
pub mod embed;
pub mod template;

pub mod ddl;
pub mod parse;
pub mod schema;

pub mod interpret;
pub mod replay;

pub mod autogenerate;
pub mod change;
pub mod diff;
pub mod filter;
pub mod render;

pub mod proof;
pub mod squash;

pub mod checks;
