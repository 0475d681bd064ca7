//! The reader of live schemas: how often it asks, and what it leaves out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use migrate_core::schema::ObjectBody;
use migrate_runtime::{MigrateConnection, reflect};
use migrate_test::{Database, PgConnection, on_every_database};

/// How many statements it takes to read the schema.
fn statements<C: MigrateConnection + Connection>(conn: &mut C) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    reflect(conn, &[]).expect("the catalog can be read");
    count.load(Ordering::Relaxed)
}

on_every_database! {
    fn sixty_tables_take_as_many_statements_as_three(db) {
        let mut conn = db.connect();
        let mut make = |numbers: std::ops::Range<u32>| {
            for n in numbers {
                let parent = n.saturating_sub(1);
                conn.batch_execute(&format!(
                    "CREATE TABLE t{n} (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'x', parent_id INTEGER, \
                     CONSTRAINT t{n}_name_check CHECK (name <> ''), CONSTRAINT t{n}_fkey FOREIGN KEY (parent_id) REFERENCES t{parent} (id))"
                )).expect("a table");
                conn.batch_execute(&format!("CREATE UNIQUE INDEX t{n}_name ON t{n} (name, parent_id)")).expect("an index");
                conn.batch_execute(&format!("CREATE VIEW v{n} AS SELECT name FROM t{n}")).expect("a view");
            }
            let found = reflect(&mut conn, &[]).expect("the catalog can be read");
            let tables = found.objects().iter().filter(|(_, it)| matches!(it.body, ObjectBody::Table(_))).count();
            (tables, statements(&mut conn))
        };
        let (tables, few) = make(0..3);
        assert_eq!(tables, 3);
        assert_eq!(make(3..60), (60, few));
    }

    fn the_tables_of_tools_that_run_migrations_are_not_there(db) {
        let mut conn = db.connect();
        for name in ["__diesel_schema_migrations", "alembic_version", "django_migrations", "flyway_schema_history", "own"] {
            conn.batch_execute(&format!("CREATE TABLE {name} (id INTEGER NOT NULL PRIMARY KEY)")).expect("a table");
        }
        let found = reflect(&mut conn, &[]).expect("the catalog can be read");
        let names: Vec<String> = found.described().into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["own"]);
    }
}

#[test]
fn members_of_extensions_are_not_there() {
    let Some(db) = Database::<PgConnection>::new("reflect_extension") else { return };
    let mut conn = db.connect();
    // It brings functions, operators and types; `earthdistance` and its like bring tables and domains.
    conn.batch_execute("CREATE EXTENSION pg_trgm; CREATE TABLE own (id INT)").expect("an extension");
    let found = reflect(&mut conn, &[]).expect("the catalog can be read");
    let all: Vec<String> =
        found.described().into_iter().map(|it| format!("{} {}", it.kind, it.name)).collect();
    assert_eq!(all, ["extension pg_trgm", "table own"]);
}
