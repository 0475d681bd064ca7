//! Up, down, up again: what passes, what fails, and what is said.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use migrate_core::dialect::{Dialect, DialectSet};
use migrate_core::embed;
use migrate_core::history::History;
use migrate_core::revision::{Direction, Format, Revision, RevisionId, Section};
use migrate_runtime::private::Embedded;
use migrate_runtime::testing::{self, Outcome, RoundTrip};
use migrate_runtime::{MigrateConnection, Migrations, Migrator};
use migrate_test::{Database, Server, on_every_database};

/// A history from lines `id <parents> | upgrade | downgrade`; a downgrade may be `!reason` or absent.
fn history(text: &str) -> Arc<History> {
    let revisions = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(revision).collect();
    Arc::new(History::from_revisions(revisions).expect("the history has no defect"))
}

fn revision(line: &str) -> Revision {
    let mut parts = line.split('|').map(str::trim);
    let mut names = parts.next().unwrap_or_default().split_whitespace().map(str::to_owned);
    let mut next = || RevisionId::new(names.next()?).ok();
    let id = next().expect("a revision has an id");
    let parents = std::iter::from_fn(next).collect();
    let upgrade = parts.next().map(|text| section(Direction::Upgrade, text));
    let downgrade = parts.next();
    let irreversible =
        downgrade.and_then(|text| text.strip_prefix('!')).map(|reason| reason.to_owned().into());
    let downgrade =
        downgrade.filter(|_| irreversible.is_none()).map(|text| section(Direction::Downgrade, text));
    Revision {
        message: format!("message of {id}").into(),
        path: format!("migrations/{id}.sql").into(),
        id,
        parents,
        depends_on: vec![],
        labels: vec![],
        create_date: None,
        format: Format::Native,
        sections: upgrade.into_iter().chain(downgrade).collect(),
        irreversible,
        replaces: None,
    }
}

fn section(direction: Direction, text: &str) -> Section {
    Section {
        direction,
        dialects: DialectSet::EMPTY,
        transactional: true,
        foreign_keys: true,
        text: text.to_owned().into(),
        first_line: 1,
    }
}

/// Runs a history and draws what became of each revision.
fn outcomes<C>(database: &Database<C>, text: &str) -> Vec<String>
where
    C: Server + MigrateConnection,
{
    let run = RoundTrip::of_history(&history(text), &mut database.connect());
    let drawn = run.outcomes().map(|(id, outcome)| match outcome {
        Outcome::Restored => format!("{id}: restored"),
        Outcome::Irreversible { reason } => format!("{id}: irreversible, {reason}"),
        other => {
            let failure = run.result(id).expect_err("only these two are no failures");
            assert_eq!(failure.revision(), Some(id), "{other:?}");
            format!("{id}: {failure}")
        }
    });
    drawn.collect()
}

on_every_database! {
    fn a_graph_that_restores_everything(db) {
        let text = "
            a | CREATE TABLE t (x int NOT NULL); INSERT INTO t VALUES (1) | DROP TABLE t
            b a | ALTER TABLE t ADD COLUMN y int DEFAULT 0 | ALTER TABLE t DROP COLUMN y
            c a | CREATE INDEX i ON t (x) | DROP TABLE t; CREATE TABLE t (x int NOT NULL, y int DEFAULT 0)
            d b c | UPDATE t SET y = 2 | UPDATE t SET y = 0
            e d | DELETE FROM t | !the rows are gone
            base2 | CREATE TABLE u (x int) | DROP TABLE u";
        assert_eq!(outcomes(db, text), [
            "a: restored", "b: restored", "c: restored", "d: restored", "e: irreversible, the rows are gone",
            "base2: restored",
        ]);
    }

    fn every_lossy_downgrade_is_named_and_the_rest_still_tested(db) {
        let text = "
            a | CREATE TABLE t (x int NOT NULL) | DROP TABLE t
            b a | CREATE TABLE IF NOT EXISTS u (x int) | SELECT 1
            c b | CREATE TABLE v (x int)
            d c | CREATE TABLE w (x int) | DROP TABLE w";
        let outcomes = outcomes(db, text);
        assert_eq!(outcomes[0], "a: restored");
        let lines: Vec<&str> = outcomes[1].lines().collect();
        assert_eq!(lines[..2], [
            "b: the downgrade of `b` (message of b) does not restore the schema", "  --> migrations/b.sql",
        ]);
        assert!(lines[2].starts_with("  + column u.x: int") && lines[3].starts_with("  + table u: table"), "{lines:?}");
        assert_eq!(lines[4..], ["  = note: `-` is lost, `+` is left behind, `~` was another before the upgrade"]);
        let no_downgrade = format!("c: `c` (message of c) has no downgrade for {}", db.dialect());
        assert_eq!(outcomes[2].lines().next(), Some(no_downgrade.as_str()));
        assert_eq!(outcomes[3], "d: restored");
    }

    fn what_cannot_be_reached_says_why(db) {
        let text = "
            a | CREATE TABLE t (x int) | DROP TABLE t
            b a | CREATE TABLE u (x int) | DROP TABLE nothing
            c b | CREATE TABLE v (x int) | DROP TABLE v";
        let outcomes = outcomes(db, text);
        assert_eq!(outcomes[0], "a: restored");
        assert!(outcomes[1].starts_with("b: the downgrade of `b` (message of b) failed: "), "{outcomes:?}");
        assert!(outcomes[1].contains("nothing"), "the database's message is told: {outcomes:?}");
        assert_eq!(outcomes[2], "c: not reached: `b` failed");
    }

    fn a_downgrade_that_leaves_too_much_stops_the_second_upgrade(db) {
        let outcomes = outcomes(db, "a | CREATE TABLE t (x int) | SELECT 1");
        assert!(outcomes[0].contains("does not restore the schema"), "{outcomes:?}");
        assert!(!outcomes[0].contains("second upgrade"), "the cause is told, not what follows from it: {outcomes:?}");
    }

    fn a_database_with_revisions_is_left_alone(db) {
        let history = history("a | CREATE TABLE t (x int) | DROP TABLE t\n b a | CREATE TABLE u (x int) | DROP TABLE u");
        let mut conn = db.connect();
        Migrator::from_history(Arc::clone(&history)).upgrade(&mut conn, "a").expect("it upgrades");
        let run = RoundTrip::of_history(&history, &mut conn);
        let failure = run.result("a").expect_err("the database is not empty").to_string();
        assert!(failure.starts_with("a test needs a database without revisions, and this one is at `a`"), "{failure}");
        let next = run.result("b").expect_err("nothing ran").to_string();
        assert_eq!(next, "not reached: the run could not begin, as the test of `a` says");
        let unknown = run.result("x").expect_err("there is none").to_string();
        assert_eq!(unknown, "the history has no revision `x`");
        conn.batch_execute("INSERT INTO t VALUES (1)").expect("the table is still there");
    }
}

#[test]
fn a_section_for_another_dialect_is_no_downgrade() {
    let mut revision = revision("a | CREATE TABLE t (x int) | DROP TABLE t");
    revision.sections[1].dialects = Dialect::Postgres.into();
    let history = Arc::new(History::from_revisions(vec![revision]).expect("the history has no defect"));
    let Some(database) = Database::<SqliteConnection>::new("other_dialect") else { return };
    let failure =
        RoundTrip::of_history(&history, &mut database.connect()).result("a").expect_err("it has none");
    assert!(failure.to_string().starts_with("`a` (message of a) has no downgrade for sqlite"), "{failure}");
}

/// The same history as the macro would embed it.
fn embedded(text: &str) -> Migrations {
    let (text, index) = embed::encode(&history(text), DialectSet::ALL);
    let embedded = Embedded {
        text: text.leak(),
        index: index.leak(),
        heads: &[],
        one_head: false,
        directories: &[],
        history: OnceLock::new(),
    };
    Migrations::new(Box::leak(Box::new(embedded)))
}

#[test]
fn one_run_serves_the_tests_of_all_revisions() {
    static RUN: OnceLock<RoundTrip> = OnceLock::new();
    let migrations = embedded("a | CREATE TABLE t (x) | DROP TABLE t\n b a | CREATE TABLE u (x) | SELECT 1");
    let database = Database::<SqliteConnection>::new("one_run").expect("SQLite is always there");
    let test = |id: &str| {
        let test = AssertUnwindSafe(|| testing::round_trip_test(&RUN, migrations, || database.connect(), id));
        catch_unwind(test).map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    };
    assert_eq!(test("a"), Ok(()));
    let failure = test("b").expect_err("it leaves its table behind");
    assert!(
        failure.starts_with("the downgrade of `b` (message of b) does not restore the schema"),
        "{failure}"
    );
    // A second run would find the database where the first one left it.
    assert_eq!(test("a"), Ok(()));
}

#[test]
fn a_connection_to_another_empty_database_goes_on_after_a_failure() {
    let migrations = embedded(
        "a | CREATE TABLE t (x) | DROP TABLE nothing
         b a | CREATE TABLE u (x) | SELECT 1
         c b | CREATE TABLE v (x) | DROP TABLE v
         d c | nonsense | SELECT 1
         e d | CREATE TABLE w (x) | DROP TABLE w",
    );
    let opened = AtomicUsize::new(0);
    let run = RoundTrip::run(migrations, || {
        opened.fetch_add(1, Ordering::Relaxed);
        SqliteConnection::establish(":memory:").expect("SQLite opens a database in memory")
    });
    let told = |id: &str| run.result(id).map_err(|failure| failure.to_string());
    assert!(told("a").is_err_and(|text| text.starts_with("the downgrade of `a` (message of a) failed")));
    assert!(told("b").is_err_and(|text| text.contains("+ table u: table")));
    assert_eq!(told("c"), Ok(()));
    assert!(told("d").is_err_and(|text| text.starts_with("the upgrade of `d` (message of d) failed")));
    assert_eq!(told("e"), Err("not reached: `d` failed".to_owned()), "no database can get there");
    assert_eq!(opened.into_inner(), 3);
}

on_every_database! {
    fn standalone_checks_pass_on_a_sound_history(db) {
        let migrations = embedded("
            a | CREATE TABLE t (x int) | DROP TABLE t
            b a | CREATE TABLE u (x int) | DROP TABLE u
            c a | CREATE TABLE v (x int) | DROP TABLE v
            d b c | SELECT 1 | SELECT 1");
        assert_eq!(testing::single_head(migrations), Ok(()));
        assert_eq!(testing::up_down_consistency(migrations, &mut db.connect()), Ok(None));
        let failure = testing::upgrade_from_empty(migrations, &mut db.connect()).expect_err("the check before ended at the head");
        assert!(failure.to_string().contains("this one is at `d`"), "{failure}");
        Migrator::new(&migrations).downgrade(&mut db.connect(), "base").expect("it can be taken back");
        assert_eq!(testing::downgrade_leaves_no_trace(migrations, &mut db.connect()), Ok(()));
        db.connect().batch_execute("INSERT INTO v VALUES (1)").expect("everything is applied");
    }

    fn the_way_down_ends_at_what_is_irreversible(db) {
        let migrations = embedded("
            a | CREATE TABLE t (x int) | DROP TABLE nothing
            b a | DELETE FROM t | !the rows are gone
            c b | CREATE TABLE v (x int) | DROP TABLE v");
        assert_eq!(testing::up_down_consistency(migrations, &mut db.connect()), Ok(Some("b".to_owned())));
    }

    fn standalone_checks_name_what_is_wrong(db) {
        let several = testing::single_head(embedded("a | SELECT 1 | SELECT 1\n b | SELECT 1 | SELECT 1"));
        let several = several.expect_err("there are two heads").to_string();
        assert!(several.starts_with("the history has 2 heads: `a`, `b`"), "{several}");

        let bad_upgrade = embedded("a | SELECT 1 | SELECT 1\n b a | CREATE nonsense | SELECT 1");
        let failure = testing::upgrade_from_empty(bad_upgrade, &mut db.connect()).expect_err("it cannot run");
        assert_eq!(failure.revision(), Some("b"));
        assert!(failure.to_string().contains("nonsense"), "the statement is told: {failure}");
    }

    fn all_lossy_downgrades_are_in_one_failure(db) {
        let lossy = embedded("
            a | CREATE TABLE t (x int) | DROP TABLE t
            b a | CREATE TABLE IF NOT EXISTS u (x int) | SELECT 1
            c b | CREATE TABLE IF NOT EXISTS v (x int) | SELECT 1
            d c | CREATE TABLE w (x int) | DROP TABLE nothing
            e d | SELECT 1 | SELECT 1");
        let failure = testing::downgrade_leaves_no_trace(lossy, &mut db.connect()).expect_err("it leaves traces");
        let text = failure.to_string();
        for part in ["+ table u", "+ table v", "the downgrade of `d` (message of d) failed", "1 later revision was not reached"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
