//! Each mistake in a history or in a call, with the message that the user of `cargo build` reads.
//!
//! `TRYBUILD=overwrite cargo test -p migrate-ui-tests` writes the messages anew; read the difference.

#[test]
fn messages() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
