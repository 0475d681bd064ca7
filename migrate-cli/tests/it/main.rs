//! Runs the command as people do: exit code, standard output and standard error together.

mod adopt;
mod alembic;
mod client;
mod configuration;
mod directories;
mod edit;
mod help;
mod hooks;
mod init;
mod json;
mod listings;
mod offline;
mod processes;
mod project;
mod rebase;
mod refused;
mod revision;
mod servers;
mod stamp;
mod status;
mod streams;
mod targets;
mod templates;
mod upgrade;
mod vectors;
