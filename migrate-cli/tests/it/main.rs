//! Runs the command as people do: exit code, standard output and standard error together.

mod commands;
mod configuration;
mod help;
mod json;
mod processes;
mod project;
mod refused;
mod servers;
