//! Database migrations for diesel, with a history that the compiler knows.
