//! Many processes at once, and processes that die.

use std::process::Stdio;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use migrate_test::on_every_database;

use crate::project::Project;

/// One statement outside a transaction, between two usual revisions: what makes waiting runners deadlock where the lock is
/// a blocking one.
const ONLINE_INDEX: &str = "-- online\n--\n-- Revision ID: a4\n-- Revises: a3\n\n\
    -- migrate:upgrade postgres transaction=false\nCREATE INDEX CONCURRENTLY online_idx ON tags (id);\n\n\
    -- migrate:upgrade\nCREATE INDEX online_idx ON tags (id);\n\n\
    -- migrate:downgrade mysql\nDROP INDEX online_idx ON tags;\n\n-- migrate:downgrade\nDROP INDEX online_idx;\n";

fn project(url: &str) -> Project {
    Project::line()
        .file("migrations/a4_online.sql", ONLINE_INDEX)
        .revision("a5", "a4", "shops")
        .variable("DATABASE_URL", url)
}

#[derive(QueryableByName, Debug, PartialEq)]
struct Applied {
    #[diesel(sql_type = Text)]
    revision: String,
    #[diesel(sql_type = BigInt)]
    times: i64,
}

const JOURNAL: &str = "SELECT revision, COUNT(*) AS times FROM __migrate_journal WHERE finished_at IS NOT NULL GROUP BY revision ORDER BY revision";

fn once_each() -> Vec<Applied> {
    ["a1", "a2", "a3", "a4", "a5"].iter().map(|id| Applied { revision: (*id).to_owned(), times: 1 }).collect()
}

on_every_database! {
    fn fifty_that_start_together_apply_each_revision_once(db) {
        let project = project(db.url());
        let starters: Vec<_> = (0..50)
            .map(|_| {
                let mut command = project.command(&["upgrade", "head"]);
                command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for starter in starters {
            let output = starter.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let journal: Vec<Applied> = diesel::sql_query(JOURNAL).load(&mut db.connect()).unwrap();
        assert_eq!(journal, once_each());
    }
}
