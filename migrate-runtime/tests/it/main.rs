//! Runs of real histories on real databases.

mod adopt;
mod alone;
mod autogenerate;
mod catalog;
mod change;
mod crash;
mod foreign_keys;
mod inside;
mod kept;
mod killed;
mod rebuild;
mod reflect;
mod refused;
mod round_trip;
mod shared_table;
mod squash;
mod support;
mod together;
mod truth;
mod upgrade;
mod verify;
