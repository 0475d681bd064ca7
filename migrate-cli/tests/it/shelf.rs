//! A project with two revisions, and a database that somebody changes by hand.

use migrate_test::{Database, Server};

use crate::project::Project;

pub(crate) const SHELVES: &str = "-- shelves\n--\n-- Revision ID: a1\n-- Revises: <base>\n\n-- migrate:upgrade\n\
     CREATE TABLE shelves (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'new');\n\
     CREATE INDEX shelves_name ON shelves (name);\n\n\
     -- migrate:downgrade\nDROP TABLE shelves;\n";

pub(crate) const BOOKS: &str = "-- books\n--\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:upgrade\n\
     CREATE TABLE books (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(100));\n\n\
     -- migrate:downgrade\nDROP TABLE books;\n";

pub(crate) fn shelf() -> Project {
    Project::empty()
        .file("migrations/a1_shelves.sql", SHELVES)
        .file("migrations/a2_books.sql", BOOKS)
        .variable("DATABASE_URL", "sqlite:app.db")
}

/// Runs SQL behind the command's back.
pub(crate) fn by_hand<C: Server>(database: &Database<C>, sql: &str) {
    database.connect().batch_execute(sql).expect("the database takes it");
}
