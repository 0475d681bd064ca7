//! The integration tests of the facade, in one binary.

mod rebuild;
mod tidy;
