//! The integration tests of the facade, in one binary.

mod adopt;
mod application;
mod codes;
mod declared;
mod embedded;
mod harness;
mod rebuild;
mod round_trips;
mod squash;
mod table;
mod tidy;
mod warnings;
