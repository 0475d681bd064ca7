//! Nothing: the tests are in `tests/ui.rs`, their cases in `cases/`.
