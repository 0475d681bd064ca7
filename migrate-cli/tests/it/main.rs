//! Runs the command as people do: exit code, standard output and standard error together.

mod alembic;
mod configuration;
mod directories;
mod help;
mod init;
mod json;
mod listings;
mod processes;
mod project;
mod refused;
mod revision;
mod servers;
mod stamp;
mod status;
mod streams;
mod upgrade;
