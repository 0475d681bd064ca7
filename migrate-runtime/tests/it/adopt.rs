//! Databases that another tool has migrated, taken over. The tables are those that the tools make themselves.

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use migrate_core::adopt::Tool;
use migrate_core::history::History;
use migrate_runtime::{Adoption, AdoptionPlan, ErrorKind};
use migrate_test::{Database, PgConnection, on_every_database};

use crate::support::{count, file, has_table, history, journal, migrator, rows, stamp, story};

const EMPTY: &str = "-- migrate:upgrade\n-- migrate:downgrade\n";

/// A line of revisions, each with a table of the name `t_<id>`.
fn line(ids: &[&str]) -> Arc<History> {
    let mut parent = "";
    let mut files = vec![];
    for id in ids {
        let sql = format!(
            "-- migrate:upgrade\nCREATE TABLE t_{id} (id INTEGER);\n-- migrate:downgrade\nDROP TABLE t_{id};\n"
        );
        files.push(file(id, parent, &sql));
        parent = id;
    }
    history(&files)
}

/// The table as diesel makes it, with these versions.
fn diesel(versions: &[&str]) -> String {
    let mut sql = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                   run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"
        .to_owned();
    for version in versions {
        sql.push_str(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');"));
    }
    sql
}

fn sqlx(dialect: &str, rows: &[(i64, &str, bool)]) -> String {
    let (time, bytes) = match dialect {
        "postgres" => ("TIMESTAMPTZ NOT NULL DEFAULT now()", "BYTEA"),
        _ => ("TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP", "BLOB"),
    };
    let mut sql = format!(
        "CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on {time}, success BOOLEAN NOT NULL, checksum {bytes} NOT NULL, execution_time BIGINT NOT NULL);"
    );
    for (version, name, success) in rows {
        let checksum = if dialect == "postgres" { "'\\x00ff'" } else { "x'00ff'" };
        sql.push_str(&format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES ({version}, '{name}', {success}, {checksum}, -1);"
        ));
    }
    sql
}

fn refinery(rows: &[(i32, &str)]) -> String {
    let mut sql =
        "CREATE TABLE IF NOT EXISTS refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255), \
                   applied_on VARCHAR(255), checksum VARCHAR(255));"
            .to_owned();
    for (version, name) in rows {
        sql.push_str(&format!(
            "INSERT INTO refinery_schema_history VALUES ({version}, '{name}', '2026-01-02T03:04:05Z', '17');"
        ));
    }
    sql
}

fn sea_orm(versions: &[&str]) -> String {
    let mut sql = "CREATE TABLE IF NOT EXISTS seaql_migrations (version VARCHAR(255) NOT NULL PRIMARY KEY, \
                   applied_at BIGINT NOT NULL);"
        .to_owned();
    for version in versions {
        sql.push_str(&format!("INSERT INTO seaql_migrations VALUES ('{version}', 1767323045);"));
    }
    sql
}

fn flyway(table: &str, rows: &[(&str, &str, bool)]) -> String {
    let mut sql = format!(
        "CREATE TABLE {table} (installed_rank INT NOT NULL PRIMARY KEY, version VARCHAR(50), \
         description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INTEGER, \
         installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, \
         execution_time INTEGER NOT NULL, success BOOLEAN NOT NULL);"
    );
    for (rank, (version, kind, success)) in rows.iter().enumerate() {
        let version = if version.is_empty() { "NULL".to_owned() } else { format!("'{version}'") };
        sql.push_str(&format!(
            "INSERT INTO {table} (installed_rank, version, description, type, script, checksum, installed_by, \
             execution_time, success) VALUES ({rank}, {version}, 'what', '{kind}', 'V.sql', 1, 'me', 3, {success});"
        ));
    }
    sql
}

fn alembic(table: &str, rows: &[&str]) -> String {
    let mut sql = format!(
        "CREATE TABLE {table} (version_num VARCHAR(32) NOT NULL, CONSTRAINT {table}_pkc PRIMARY KEY (version_num));"
    );
    for row in rows {
        sql.push_str(&format!("INSERT INTO {table} VALUES ('{row}');"));
    }
    sql
}

fn shown(plan: Option<AdoptionPlan>) -> String {
    let Some(plan) = plan else { return "no table".to_owned() };
    let row = |row: &migrate_runtime::AdoptedRow| match (&row.revision, row.by) {
        (Some(revision), Some(by)) => format!("{}={revision} ({by:?})", row.version),
        _ => format!("{}=none", row.version),
    };
    let rows: Vec<String> = plan.rows.iter().map(row).collect();
    format!(
        "{} in {}: {}; records {}; heads {}; pending {}",
        plan.tool,
        plan.table,
        rows.join(", "),
        plan.revisions.join(" "),
        plan.heads.join(" "),
        plan.pending.join(" ")
    )
}

on_every_database! {
    fn what_a_tool_recorded_is_recorded_with_digests(db) {
        for (table, ids, tool, versions) in [
            (diesel(&["20240506070809", "20240512183000"]), ["20240506070809", "20240512183000", "c3"], "diesel",
                "20240506070809=20240506070809 (Id), 20240512183000=20240512183000 (Id)"),
            (sqlx(db.dialect(), &[(1, "users", true), (20240101000000, "posts", true)]), ["0001", "20240101000000", "c3"],
                "sqlx", "1=0001 (Number), 20240101000000=20240101000000 (Id)"),
            (refinery(&[(1, "users"), (2, "posts")]), ["V1", "0002", "c3"], "refinery", "1=V1 (Number), 2=0002 (Number)"),
            (sea_orm(&["m20220101_000001_create_table", "m20220120_000001_add"]),
                ["20220101000001", "m20220120_000001_add", "c3"], "SeaORM",
                "m20220101_000001_create_table=20220101000001 (Number), m20220120_000001_add=m20220120_000001_add (Id)"),
            (flyway("flyway_schema_history", &[("1", "SQL", true), ("", "SQL", true), ("1.1", "JDBC", true)]),
                ["1", "1_1", "c3"], "Flyway", "1=1 (Id), 1.1=1_1 (Number)"),
        ] {
            let history = line(&ids);
            let mut conn = db.connect();
            conn.batch_execute(&table).unwrap();
            let mut migrator = migrator(&history);
            let name = tool.to_lowercase().replace("seaorm", "sea-orm").parse::<Tool>().unwrap().table();
            let [one, two, three] = ids;
            let plan = migrator.plan_adoption(&mut conn, &Adoption::detect()).unwrap();
            let expected =
                format!("{tool} in {name}: {versions}; records {one} {two}; heads {two}; pending {three}");
            assert_eq!(shown(plan.clone()), expected);
            assert!(!has_table(&mut conn, "__migrate_version"), "a plan changes nothing");

            // Until then the history is not run from its beginning.
            let error = migrator.upgrade(&mut conn, "head").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotAdopted);
            assert!(!has_table(&mut conn, &format!("t_{one}")));

            assert_eq!(migrator.adopt(&mut conn, &Adoption::detect()).unwrap(), plan);
            assert_eq!(rows(&history, &mut conn), format!("{two} ok"));
            assert_eq!(journal(&history, &mut conn), format!("adopt {one} 0/0, adopt {two} 0/0"));
            let entry = &migrator.journal(&mut conn).unwrap()[0];
            assert_eq!(entry.downgrade_sql.as_deref().map(str::trim), Some(&*format!("DROP TABLE t_{one};")));
            assert_eq!(entry.who.as_deref(), Some("tester"));
            let status = migrator.status(&mut conn).unwrap();
            assert_eq!((status.applied.len(), status.pending.len()), (2, 1));
            assert!(status.applied.iter().all(|applied| applied.at.is_some()));

            migrator.upgrade(&mut conn, "head").unwrap();
            assert!(has_table(&mut conn, "t_c3") && !has_table(&mut conn, &format!("t_{two}")));
            // Once more finds nothing to do, also when a part was taken back since.
            assert!(migrator.adopt(&mut conn, &Adoption::detect()).unwrap().unwrap().is_unchanged());
            stamp(&mut migrator, &mut conn, one, false).unwrap();
            assert!(migrator.adopt(&mut conn, &Adoption::detect()).unwrap().unwrap().is_unchanged());
            assert_eq!(rows(&history, &mut conn), format!("{one} ok"));
            for table in [name, "__migrate_version", "__migrate_journal", "t_c3"] {
                conn.batch_execute(&format!("DROP TABLE {table}")).unwrap();
            }
        }
    }

    fn an_edit_after_the_adoption_is_found(db) {
        let mut conn = db.connect();
        conn.batch_execute(&diesel(&["a1", "b2"])).unwrap();
        migrator(&line(&["a1", "b2"])).adopt(&mut conn, &Adoption::detect()).unwrap();
        let edited = history(&[
            file("a1", "", "-- migrate:upgrade\nCREATE TABLE other (id INTEGER);\n-- migrate:downgrade\n"),
            file("b2", "a1", EMPTY),
            file("c3", "b2", EMPTY),
        ]);
        let error = migrator(&edited).upgrade(&mut conn, "head").unwrap_err();
        assert_eq!((error.kind(), error.revision()), (ErrorKind::Edited, Some("a1")));
        assert_eq!(migrator(&edited).status(&mut conn).unwrap().edited.len(), 2);
    }

    fn alembics_heads_stand_for_their_lines(db) {
        let history = history(&[
            file("a", "", EMPTY), file("b", "a", EMPTY), file("c", "a", EMPTY), file("d", "b, c", EMPTY),
        ]);
        let mut conn = db.connect();
        conn.batch_execute(&alembic("alembic_version", &["b", "c"])).unwrap();
        let mut migrator = migrator(&history);
        let plan = migrator.adopt(&mut conn, &Adoption::of(Tool::Alembic)).unwrap();
        let expected = "Alembic in alembic_version: b=b (Id), c=c (Id); records a b c; heads b c; pending d";
        assert_eq!(shown(plan), expected);
        assert_eq!(rows(&history, &mut conn), "b ok, c ok");
        migrator.upgrade(&mut conn, "head").unwrap();
        assert_eq!(rows(&history, &mut conn), "d ok");

        // The version table itself is nothing to take over.
        let shared = crate::support::migrator(&history).version_table("alembic_version");
        let error = shared.plan_adoption(&mut conn, &Adoption::of(Tool::Alembic)).unwrap_err();
        assert_eq!(error.to_string(), "`alembic_version` is the version table itself: there is nothing to take over");
        assert_eq!(shown(shared.plan_adoption(&mut conn, &Adoption::detect()).unwrap()), "no table");
    }

    fn what_is_not_certain_is_refused_and_can_be_said(db) {
        let history = line(&["a1", "b2", "c3"]);
        let mut conn = db.connect();
        conn.batch_execute(&diesel(&["00000000000000", "1", "b2"])).unwrap();
        let mut migrator = migrator(&history);
        let error = migrator.adopt(&mut conn, &Adoption::detect()).unwrap_err();
        assert_eq!(
            story(&error),
            "Adoption: 2 versions in `__diesel_schema_migrations` are no revisions of this history for certain\n\
             state: nothing was recorded\nnote: `00000000000000`\nnote: `1`\n\
             help: say which revision each one is, `--map 00000000000000=<revision>`, or that it is none, \
             `--map 00000000000000=`\nhelp: or say where the database is: `--at <revision>`"
        );
        let gap = Adoption::detect().map("00000000000000", "").map("1", "c3");
        let error = migrator.adopt(&mut conn, &gap).unwrap_err();
        assert_eq!(error.notes(), ["`b2` is applied, and `a1` is not"]);
        let twice = Adoption::detect().map("00000000000000", "a1").map("1", "a1");
        let error = migrator.adopt(&mut conn, &twice).unwrap_err();
        assert_eq!(error.notes(), ["`00000000000000` and `1` are `a1`"]);
        let error = migrator.adopt(&mut conn, &Adoption::detect().map("7", "a1")).unwrap_err();
        assert_eq!(error.to_string(), "`7` is not among the versions in `__diesel_schema_migrations`");
        let error = migrator.adopt(&mut conn, &Adoption::detect().map("1", "x9")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Target);
        assert!(!has_table(&mut conn, "__migrate_version"));

        let at = Adoption::detect().at(["c3".parse().unwrap()]);
        let plan = migrator.plan_adoption(&mut conn, &at).unwrap();
        let expected = "diesel in __diesel_schema_migrations: 00000000000000=none, 1=none, b2=b2 (Id); records a1 b2 c3; \
                        heads c3; pending ";
        assert_eq!(shown(plan), expected);
        let said = Adoption::detect().map("00000000000000", "").map("1", "a1");
        migrator.adopt(&mut conn, &said).unwrap();
        assert_eq!(rows(&history, &mut conn), "b2 ok");
        assert_eq!(count(&mut conn, "__diesel_schema_migrations"), 3);
    }

    fn what_is_half_applied_is_refused(db) {
        let mut conn = db.connect();
        let history = line(&["1", "2"]);
        let mut migrator = migrator(&history);
        conn.batch_execute(&sqlx(db.dialect(), &[(1, "users", true), (2, "posts", false)])).unwrap();
        let error = migrator.adopt(&mut conn, &Adoption::detect()).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Adoption, "`2` is half applied, says `_sqlx_migrations`"));
        let at = Adoption::detect().at(["2".parse().unwrap()]);
        assert_eq!(migrator.adopt(&mut conn, &at).unwrap_err().kind(), ErrorKind::Adoption);
        conn.batch_execute("DROP TABLE _sqlx_migrations").unwrap();
        conn.batch_execute(&flyway("flyway_schema_history", &[("1", "SQL", true), ("2", "SQL", false)])).unwrap();
        let error = migrator.adopt(&mut conn, &Adoption::detect()).unwrap_err();
        assert_eq!(error.to_string(), "`2` is half applied, says `flyway_schema_history`");
        assert!(!has_table(&mut conn, "__migrate_version"));
    }

    fn the_table_that_counts_is_named(db) {
        let mut conn = db.connect();
        let history = line(&["1", "2"]);
        let mut migrator = migrator(&history);
        assert_eq!(shown(migrator.plan_adoption(&mut conn, &Adoption::detect()).unwrap()), "no table");
        assert_eq!(migrator.adopt(&mut conn, &Adoption::of(Tool::Diesel)).unwrap(), None);
        conn.batch_execute(&(diesel(&["1"]) + &refinery(&[(1, "users"), (2, "posts")]))).unwrap();
        let error = migrator.adopt(&mut conn, &Adoption::detect()).unwrap_err();
        assert_eq!(
            (error.kind(), error.helps()),
            (ErrorKind::Configuration, &["say which one counts: `--from diesel` or `--from refinery`".to_owned()][..])
        );
        let of = |plan: Option<AdoptionPlan>| plan.unwrap().heads;
        assert_eq!(of(migrator.plan_adoption(&mut conn, &Adoption::of(Tool::Refinery)).unwrap()), ["2"]);
        // Another name; the columns say whose it is.
        conn.batch_execute(&flyway("schema_version", &[("1", "BASELINE", true)])).unwrap();
        let named = Adoption::detect().table("schema_version");
        assert_eq!(of(migrator.plan_adoption(&mut conn, &named).unwrap()), ["1"]);
        let wrong = Adoption::of(Tool::Sqlx).table("schema_version");
        let error = migrator.plan_adoption(&mut conn, &wrong).unwrap_err();
        assert_eq!(error.to_string(), "`schema_version` is not a table of sqlx");
        conn.batch_execute("CREATE TABLE seaql_migrations (id INTEGER)").unwrap();
        let error = migrator.plan_adoption(&mut conn, &Adoption::of(Tool::SeaOrm)).unwrap_err();
        assert_eq!(error.to_string(), "`seaql_migrations` is not a table of SeaORM");
        migrator.adopt(&mut conn, &named).unwrap();
        assert_eq!(rows(&history, &mut conn), "1 ok");
    }

    fn a_database_with_a_record_of_its_own_is_left_alone(db) {
        let mut conn = db.connect();
        let history = line(&["1", "2"]);
        let mut migrator = migrator(&history);
        migrator.upgrade(&mut conn, "1").unwrap();
        conn.batch_execute(&diesel(&["1"])).unwrap();
        assert!(migrator.adopt(&mut conn, &Adoption::detect()).unwrap().unwrap().is_unchanged());
        conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('2')").unwrap();
        let error = migrator.adopt(&mut conn, &Adoption::detect()).unwrap_err();
        let message = "`2` is in `__diesel_schema_migrations`, and this database has its own record without it";
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Adoption, message));
        assert_eq!(rows(&history, &mut conn), "1 ok");
    }

    fn a_plan_that_is_not_true_any_more_records_nothing(db) {
        let mut conn = db.connect();
        let history = line(&["1", "2"]);
        let mut migrator = migrator(&history);
        conn.batch_execute(&diesel(&["1"])).unwrap();
        let plan = migrator.plan_adoption(&mut conn, &Adoption::detect()).unwrap().unwrap();
        conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('2')").unwrap();
        let error = migrator.adopt_as_planned(&mut conn, &plan).unwrap_err();
        assert_eq!((error.kind(), error.state()), (ErrorKind::Concurrent, Some("nothing was recorded")));
        assert!(!has_table(&mut conn, "__migrate_version"));
        let plan = migrator.plan_adoption(&mut conn, &Adoption::detect()).unwrap().unwrap();
        migrator.adopt_as_planned(&mut conn, &plan).unwrap();
        assert_eq!(rows(&history, &mut conn), "2 ok");
    }

    fn a_table_that_is_not_about_this_history_stops_nothing(db) {
        let mut conn = db.connect();
        let history = line(&["6a1f02c4b7e9"]);
        conn.batch_execute(&(diesel(&["20240506070809"]) + &refinery(&[]))).unwrap();
        migrator(&history).upgrade(&mut conn, "head").unwrap();

        // And one that only looks as if can be overruled.
        let numbers = line(&["1"]);
        let mut other = migrator(&numbers).version_table("other_version");
        conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('1')").unwrap();
        other.ensure_version_table(&mut conn).unwrap();
        assert_eq!(other.upgrade(&mut conn, "head").unwrap_err().kind(), ErrorKind::NotAdopted);
        stamp(&mut other, &mut conn, "base", false).unwrap();
        other.upgrade(&mut conn, "head").unwrap();
        assert!(has_table(&mut conn, "t_1"));
    }

    fn a_run_that_failed_at_once_is_no_beginning(db) {
        let mut conn = db.connect();
        let history = line(&["1"]);
        let mut migrator = migrator(&history);
        conn.batch_execute("CREATE TABLE t_1 (id INTEGER)").unwrap();
        assert_eq!(migrator.upgrade(&mut conn, "head").unwrap_err().kind(), ErrorKind::Statement);
        conn.batch_execute(&diesel(&["1"])).unwrap();
        assert_eq!(migrator.upgrade(&mut conn, "head").unwrap_err().kind(), ErrorKind::NotAdopted);
        migrator.adopt(&mut conn, &Adoption::detect()).unwrap();
        assert_eq!(rows(&history, &mut conn), "1 ok");
    }

    fn thousands_are_recorded_in_a_few_messages(db) {
        const COUNT: usize = 3000;
        let mut files = vec![];
        let mut table = diesel(&[]) + "INSERT INTO __diesel_schema_migrations (version) VALUES ";
        for number in 1..=COUNT {
            let parent = if number == 1 { String::new() } else { (number - 1).to_string() };
            files.push(file(&number.to_string(), &parent, EMPTY));
            table.push_str(&format!("{}('{number}')", if number == 1 { "" } else { "," }));
        }
        let history = history(&files);
        let mut conn = db.connect();
        conn.batch_execute(&table).unwrap();
        migrator(&history).adopt(&mut conn, &Adoption::detect()).unwrap();
        assert_eq!(rows(&history, &mut conn), format!("{COUNT} ok"));
        let journaled = "__migrate_journal WHERE direction = 'adopt' AND finished_at IS NOT NULL";
        assert_eq!(count(&mut conn, journaled), COUNT as i64);
    }
}

#[test]
fn a_table_in_another_schema_has_to_be_named() {
    let Some(db) = Database::<PgConnection>::new("adopt_schemas") else { return };
    let mut conn = db.connect();
    let history = line(&["1", "2"]);
    let mut migrator = migrator(&history);
    let table = refinery(&[(1, "users")]).replace("refinery_schema_history", "audit.refinery_schema_history");
    conn.batch_execute(&format!("CREATE SCHEMA audit; {table}")).unwrap();
    // It may be about something else, so it stops nothing.
    let error = migrator.plan_adoption(&mut conn, &Adoption::detect()).unwrap_err();
    assert_eq!(error.to_string(), "refinery has recorded in another schema: `audit.refinery_schema_history`");
    assert_eq!(error.helps(), ["say which table counts: `--table audit.refinery_schema_history`"]);
    let named = Adoption::detect().table("audit.refinery_schema_history");
    let plan = migrator.adopt(&mut conn, &named).unwrap();
    assert_eq!(
        shown(plan),
        "refinery in audit.refinery_schema_history: 1=1 (Id); records 1; heads 1; pending 2"
    );
}

#[test]
fn a_table_that_this_user_may_not_read_stops_no_upgrade() {
    let Some(db) = Database::<PgConnection>::new("adopt_unreadable") else { return };
    let mut conn = db.connect();
    let role = format!("role_{}", db.url().rsplit('/').next().unwrap());
    conn.batch_execute(&diesel(&["1"])).unwrap();
    conn.batch_execute(&format!("CREATE ROLE {role}; GRANT ALL ON SCHEMA public TO {role}; SET ROLE {role}"))
        .unwrap();
    let history = line(&["1"]);
    // Also inside a transaction, which a refused query would break.
    conn.transaction::<_, migrate_test::diesel::result::Error, _>(|conn| {
        migrator(&history).upgrade(conn, "head").unwrap();
        Ok(())
    })
    .unwrap();
    assert_eq!(rows(&history, &mut conn), "1 ok");
    conn.batch_execute(&format!("RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
}

#[test]
fn processes_that_start_together_take_over_once() {
    let Some(db) = Database::<PgConnection>::new("adopt_together") else { return };
    let history = line(&["1", "2", "3"]);
    db.connect().batch_execute(&diesel(&["1", "2"])).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut conn = db.connect();
                let mut migrator = migrator(&history);
                migrator.adopt(&mut conn, &Adoption::of(Tool::Diesel)).unwrap().unwrap();
                migrator.upgrade(&mut conn, "head").unwrap();
            });
        }
    });
    let mut conn = db.connect();
    assert_eq!(rows(&history, &mut conn), "3 ok");
    assert_eq!(journal(&history, &mut conn), "adopt 1 0/0, adopt 2 0/0, upgrade 3 1/1");
}

#[test]
fn inside_a_transaction_it_is_part_of_it() {
    let history = line(&["1", "2"]);
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(&diesel(&["1"])).unwrap();
    let _ = conn.transaction::<(), _, _>(|conn| {
        migrator(&history).adopt(conn, &Adoption::detect()).unwrap();
        assert_eq!(rows(&history, conn), "1 ok");
        Err(migrate_test::diesel::result::Error::RollbackTransaction)
    });
    assert_eq!(rows(&history, &mut conn), "");
}
