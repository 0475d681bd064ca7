//! The reader of live schemas: how often it asks, and what it leaves out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use migrate_core::ddl::Kind;
use migrate_core::dialect::Dialect;
use migrate_core::schema::{Need, ObjectBody, ObjectName, Space};
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

#[test]
fn views_know_what_they_need() {
    let Some(db) = Database::<PgConnection>::new("reflect_needs") else { return };
    let mut conn = db.connect();
    let sql = "CREATE SCHEMA app;
        CREATE TYPE app.mood AS ENUM ('sad', 'ok');
        CREATE TABLE app.people (id INT, mood app.mood, moods app.mood[], unread INT);
        CREATE FUNCTION twice(a INT) RETURNS INT LANGUAGE sql AS 'SELECT 2 * a';
        CREATE VIEW v AS SELECT twice(p.id) AS id, p.mood FROM app.people p WHERE p.moods IS NOT NULL;
        CREATE MATERIALIZED VIEW app.m AS SELECT v.id FROM v;
        CREATE VIEW r AS WITH RECURSIVE n (a) AS (SELECT p.id FROM app.people p UNION ALL SELECT n.a + 1 FROM n WHERE n.a < 9) SELECT n.a FROM n;
        CREATE TABLE t (id SERIAL, CONSTRAINT t_id UNIQUE (id));
        CREATE RULE quiet AS ON DELETE TO t DO INSTEAD NOTHING";
    conn.batch_execute(sql).expect("views");
    let found = reflect(&mut conn, &[]).expect("the catalog can be read");
    let needs = |name: ObjectName, space: Space| -> Vec<String> {
        let object = found.get(&name.id(space, Dialect::Postgres)).expect("it is there");
        let told = |need: &Need| {
            let part = need.part.as_ref().map_or(String::new(), |part| format!(".{part}"));
            let along = if need.is_automatic { " along" } else { "" };
            format!("{}.{}{part}{along}", need.object.schema, need.object.name)
        };
        object.needs.iter().map(told).collect()
    };
    let relation = |schema: &str, name: &str| needs(ObjectName::new(schema, name), Space::Relation);
    let v = relation("public", "v");
    for wanted in ["app.mood", "app.people.id", "app.people.mood", "app.people.moods", "public.twice"] {
        assert!(v.iter().any(|need| need == wanted), "{wanted}: {v:?}");
    }
    assert!(!v.iter().any(|need| need.ends_with("unread")), "{v:?}");
    assert_eq!(relation("app", "m"), ["public.v.id"]);
    assert!(relation("public", "r").contains(&"app.people.id".to_owned()));
    assert_eq!(relation("public", "t_id_seq"), ["public.t.id along"]);
    assert_eq!(relation("public", "t_id"), ["public.t along"]);
    let rule = ObjectName::other(Kind::Rule, "public", Some("t"), "quiet");
    assert_eq!(needs(rule, Space::Other), ["public.t along"]);
}
