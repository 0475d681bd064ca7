//! A squashed revision in the place of others: each kind of database, both ways.

use std::sync::Arc;

use diesel::connection::SimpleConnection as _;
use migrate_core::dialect::DialectSet;
use migrate_core::file::with_parents;
use migrate_core::history::History;
use migrate_runtime::{ErrorKind, MigrateConnection, Migrator};
use migrate_test::on_every_database;

use crate::support::{file, has_table, history, journal, migrator, rows, stamp, story};

/// A revision that makes a table of its name.
fn table(id: &str, parents: &str) -> String {
    file(id, parents, &tables(&[id]))
}

fn tables(names: &[&str]) -> String {
    let create: String =
        names.iter().map(|name| format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY);\n")).collect();
    let drop: String = names.iter().rev().map(|name| format!("DROP TABLE {name};\n")).collect();
    format!("-- migrate:upgrade\n{create}-- migrate:downgrade\n{drop}")
}

fn long() -> Vec<String> {
    vec![table("a1", ""), table("b2", "a1"), table("c3", "b2"), table("d4", "c3")]
}

fn id_of(text: &str) -> &str {
    text.split("Revision ID: ").nth(1).and_then(|rest| rest.lines().next()).unwrap()
}

/// The files with a run replaced by `id`, which does what `sections` say.
fn squashed(files: &[String], (first, last): (&str, &str), id: &str, sections: &str) -> Vec<String> {
    let before = history(files);
    let node = |id: &str| before.index_of(id).unwrap();
    let squash = before.graph().squash((!first.is_empty()).then(|| node(first)), node(last)).unwrap();
    let replaced = before.replaced_by(&squash, DialectSet::ALL);
    let parents: Vec<&str> = squash.parents.iter().map(|node| before.graph().id(*node)).collect();
    let new = format!(
        "-- squashed\n--\n-- Revision ID: {id}\n-- Revises: {}\n{}\n{sections}",
        parents.join(", "),
        replaced.header_lines()
    );
    let mut after = vec![];
    for text in files {
        let node = node(id_of(text));
        if node == squash.last {
            after.push(new.clone());
        } else if squash.children.contains(&node) {
            let parents: Vec<&str> = before
                .graph()
                .parents(node)
                .iter()
                .map(|parent| if *parent == squash.last { id } else { before.graph().id(*parent) })
                .collect();
            after.push(String::from_utf8(with_parents(text.as_bytes(), &parents).unwrap()).unwrap());
        } else if !squash.run.contains(&node) {
            after.push(text.clone());
        }
    }
    after
}

fn short() -> Vec<String> {
    squashed(&long(), ("b2", "c3"), "s9", &tables(&["b2", "c3"]))
}

/// What `upgrade head` ran.
fn upgrade<C: MigrateConnection>(history: &Arc<History>, conn: &mut C, target: &str) -> String {
    let report = migrator(history).upgrade(conn, target).unwrap_or_else(|error| panic!("{}", story(&error)));
    report.steps.iter().map(|step| step.revision.as_str()).collect::<Vec<_>>().join(" ")
}

fn downgrade<C: MigrateConnection>(history: &Arc<History>, conn: &mut C, target: &str) -> String {
    let report =
        migrator(history).downgrade(conn, target).unwrap_or_else(|error| panic!("{}", story(&error)));
    report.steps.iter().map(|step| step.revision.as_str()).collect::<Vec<_>>().join(" ")
}

/// Whether a binary with this history would start.
fn starts<C: MigrateConnection>(history: &Arc<History>, conn: &mut C) -> Result<(), String> {
    migrator(history).check_current(conn).map_err(|error| format!("{:?}", error.kind()))
}

on_every_database! {
    fn a_new_database_takes_the_short_way(db) {
        let (history, mut conn) = (history(&short()), db.connect());
        assert_eq!(upgrade(&history, &mut conn, "head"), "a1 s9 d4");
        assert_eq!(rows(&history, &mut conn), "d4 ok");
        assert!(has_table(&mut conn, "b2") && has_table(&mut conn, "c3"));
        assert_eq!(starts(&history, &mut conn), Ok(()));
        assert_eq!(downgrade(&history, &mut conn, "s9"), "d4");
        assert_eq!(rows(&history, &mut conn), "s9 ok");
        assert_eq!(downgrade(&history, &mut conn, "a1"), "s9");
        assert!(!has_table(&mut conn, "b2") && !has_table(&mut conn, "c3"));
        // The last of the replaced ones is where the new one leads.
        assert_eq!(upgrade(&history, &mut conn, "c3"), "s9");
        assert_eq!(rows(&history, &mut conn), "s9 ok");
        let error = migrator(&history).upgrade(&mut conn, "b2").unwrap_err();
        assert_eq!(error.to_string(), "`b2` was replaced by `s9`, which was squashed");
    }

    fn a_database_that_has_them_goes_on_and_stays_readable(db) {
        let (old, new, mut conn) = (history(&long()), history(&short()), db.connect());
        upgrade(&old, &mut conn, "c3");
        assert_eq!(rows(&old, &mut conn), "c3 ok");
        let status = migrator(&new).status(&mut conn).unwrap();
        let applied: Vec<&str> = status.applied.iter().map(|applied| applied.revision.as_str()).collect();
        assert_eq!((applied, &status.pending[..]), (vec!["a1", "s9"], &["d4".to_owned()][..]));
        assert!(status.applied.iter().all(|applied| applied.at.is_some()) && status.edited.is_empty());
        assert_eq!(upgrade(&new, &mut conn, "s9"), "", "it has that already");

        assert_eq!(upgrade(&new, &mut conn, "head"), "d4");
        // As the binary before would have written it: each starts, and can go on from where the other left off.
        assert_eq!(rows(&old, &mut conn), "d4 ok");
        assert_eq!((starts(&old, &mut conn), starts(&new, &mut conn)), (Ok(()), Ok(())));
        assert_eq!(downgrade(&new, &mut conn, "-1"), "d4");
        assert_eq!(rows(&old, &mut conn), "c3 ok");
        assert_eq!(upgrade(&old, &mut conn, "head"), "d4");
        assert_eq!(downgrade(&old, &mut conn, "c3"), "d4");

        assert_eq!(downgrade(&new, &mut conn, "a1"), "s9");
        assert_eq!(rows(&new, &mut conn), "a1 ok");
        assert!(!has_table(&mut conn, "b2") && !has_table(&mut conn, "c3"));
        assert_eq!(upgrade(&new, &mut conn, "head"), "s9 d4");
        assert_eq!(rows(&new, &mut conn), "d4 ok");
        assert_eq!(starts(&old, &mut conn), Err("Edited".to_owned()), "that one has not run `s9`");
    }

    fn where_nothing_is_to_be_done_nothing_is_written(db) {
        let (old, new, mut conn) = (history(&long()), history(&short()), db.connect());
        upgrade(&old, &mut conn, "head");
        let before = journal(&old, &mut conn);
        assert!(migrator(&new).upgrade(&mut conn, "head").unwrap().is_unchanged());
        assert_eq!(starts(&new, &mut conn), Ok(()));
        assert_eq!((rows(&old, &mut conn), journal(&old, &mut conn)), ("d4 ok".to_owned(), before));
    }

    fn a_database_before_them_runs_the_new_one(db) {
        let (old, new, mut conn) = (history(&long()), history(&short()), db.connect());
        upgrade(&old, &mut conn, "a1");
        assert_eq!(upgrade(&new, &mut conn, "head"), "s9 d4");
        assert_eq!(rows(&new, &mut conn), "d4 ok");
    }

    fn a_database_in_the_middle_is_refused(db) {
        let (old, new, mut conn) = (history(&long()), history(&short()), db.connect());
        upgrade(&old, &mut conn, "b2");
        let expected = "\
            Replaced: the database is at revision `b2`, which was squashed into `s9` together with later ones\n\
            state: nothing was run\n\
            note: `s9` does at once what the revisions up to `c3` do; the database has some of them\n\
            help: upgrade it to `c3` with a version of the application, or of the files, from before that";
        for target in ["head", "d4"] {
            let error = migrator(&new).upgrade(&mut conn, target).unwrap_err();
            assert_eq!(story(&error), expected);
        }
        let error = migrator(&new).downgrade(&mut conn, "base").unwrap_err();
        assert_eq!(story(&error), expected);
        assert_eq!(starts(&new, &mut conn), Err("Replaced".to_owned()));
        assert_eq!(rows(&old, &mut conn), "b2 ok");
        // The way out.
        upgrade(&old, &mut conn, "c3");
        assert_eq!(upgrade(&new, &mut conn, "head"), "d4");
    }

    fn an_edit_is_noticed_where_it_was_run(db) {
        let (old, new, mut conn) = (history(&long()), history(&short()), db.connect());
        let edited = history(&squashed(&long(), ("b2", "c3"), "s9", &tables(&["c3", "b2"])));
        upgrade(&new, &mut conn, "head");
        for at in ["d4", "s9"] {
            downgrade(&new, &mut conn, at);
            let error = migrator(&edited).upgrade(&mut conn, "head").unwrap_err();
            assert_eq!((error.kind(), error.revision()), (ErrorKind::Edited, Some("s9")), "{error}");
            let found = migrator(&edited).status(&mut conn).unwrap().edited;
            assert_eq!(found.first().map(|edited| edited.revision.as_str()), Some("s9"));
        }
        downgrade(&new, &mut conn, "base");
        // Who ran the others has nothing of it.
        upgrade(&old, &mut conn, "head");
        assert_eq!(starts(&edited, &mut conn), Ok(()));
    }

    fn what_is_forged_lets_nobody_pass(db) {
        let (old, mut conn) = (history(&long()), db.connect());
        upgrade(&old, &mut conn, "c3");
        // The same ids, and other revisions.
        let other: Vec<String> = long().iter().map(|text| text.replace("INTEGER", "BIGINT")).collect();
        let forged = history(&squashed(&other, ("b2", "c3"), "s9", &tables(&["b2", "c3"])));
        for at in ["c3", "d4"] {
            upgrade(&old, &mut conn, at);
            let error = migrator(&forged).upgrade(&mut conn, "head").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Edited, "{error}");
        }
        // What was proved on other ground does not count on this.
        let moved: Vec<String> =
            short().iter().map(|text| text.replace("CREATE TABLE a1 (id INTEGER", "CREATE TABLE a1 (id BIGINT")).collect();
        let error = migrator(&history(&moved)).upgrade(&mut conn, "head").unwrap_err();
        assert_eq!((error.kind(), error.revision()), (ErrorKind::Edited, Some("a1")), "{error}");
    }

    fn branches_and_a_merge_can_be_squashed(db) {
        let files = [
            table("a1", ""), table("b2", "a1"), table("b3", "a1"), table("m4", "b2, b3"), table("x5", "m4"), table("y5", "m4"),
        ];
        let new = squashed(&files, ("a1", "m4"), "s9", &tables(&["a1", "b2", "b3", "m4"]));
        let (old, new, mut conn) = (history(&files), history(&new), db.connect());
        upgrade(&old, &mut conn, "b2");
        upgrade(&old, &mut conn, "b3");
        assert_eq!(migrator(&new).upgrade(&mut conn, "heads").unwrap_err().kind(), ErrorKind::Replaced);
        upgrade(&old, &mut conn, "x5");
        assert_eq!(upgrade(&new, &mut conn, "heads"), "y5");
        assert_eq!(rows(&old, &mut conn), "x5 ok, y5 ok");
        assert_eq!(downgrade(&new, &mut conn, "base"), "y5 x5 s9");
        assert_eq!(upgrade(&new, &mut conn, "heads"), "s9 x5 y5");
    }

    fn what_was_squashed_can_be_squashed_again(db) {
        let once = squashed(&long(), ("a1", "b2"), "s8", &tables(&["a1", "b2"]));
        let twice = squashed(&once, ("s8", "c3"), "s9", &tables(&["a1", "b2", "c3"]));
        let [old, once, twice] = [long(), once, twice].map(|files| history(&files));
        for begun in [&old, &once] {
            let mut conn = db.connect();
            upgrade(begun, &mut conn, "c3");
            let before = rows(begun, &mut conn);
            assert_eq!(upgrade(&twice, &mut conn, "head"), "d4");
            assert_eq!(starts(begun, &mut conn), Ok(()), "it is as that one would have left it");
            downgrade(&twice, &mut conn, "-1");
            assert_eq!(rows(begun, &mut conn), before);
            downgrade(&twice, &mut conn, "base");
        }
        let mut conn = db.connect();
        assert_eq!(upgrade(&twice, &mut conn, "head"), "s9 d4");
        assert_eq!(downgrade(&twice, &mut conn, "base"), "d4 s9");
    }

    fn a_stamp_keeps_to_the_way(db) {
        let (old, new, mut conn) = (history(&long()), history(&short()), db.connect());
        upgrade(&old, &mut conn, "c3");
        stamp(&mut migrator(&new), &mut conn, "d4", false).unwrap();
        assert_eq!(rows(&old, &mut conn), "d4 ok");
        stamp(&mut migrator(&new), &mut conn, "s9", false).unwrap();
        assert_eq!(rows(&old, &mut conn), "c3 ok");
        stamp(&mut migrator(&new), &mut conn, "s9", true).unwrap();
        assert_eq!(rows(&new, &mut conn), "s9 ok");
        assert_eq!(starts(&old, &mut conn), Err("UnknownRevision".to_owned()));
    }

    fn a_row_without_a_digest_is_believed_by_its_name(db) {
        let (old, new, mut conn) = (history(&long()), history(&short()), db.connect());
        upgrade(&old, &mut conn, "c3");
        conn.batch_execute("UPDATE __migrate_version SET digest = NULL").unwrap();
        assert_eq!(upgrade(&new, &mut conn, "head"), "d4");
        assert_eq!(rows(&old, &mut conn), "d4 ok");
    }

    fn outside_of_transactions_it_is_the_same(db) {
        let alone = |files: Vec<String>| -> Vec<String> {
            let alone = |text: String| {
                text.replace("migrate:upgrade", "migrate:upgrade transaction=false")
                    .replace("migrate:downgrade", "migrate:downgrade transaction=false")
            };
            files.into_iter().map(alone).collect()
        };
        let long = alone(long());
        let short = alone(squashed(&long, ("b2", "c3"), "s9", &tables(&["b2", "c3"])));
        let (old, new, mut conn) = (history(&long), history(&short), db.connect());
        upgrade(&old, &mut conn, "c3");
        assert_eq!(upgrade(&new, &mut conn, "head"), "d4");
        assert_eq!(rows(&old, &mut conn), "d4 ok");
        assert_eq!(downgrade(&new, &mut conn, "base"), "d4 s9 a1");
        assert_eq!(upgrade(&new, &mut conn, "head"), "a1 s9 d4");
        // Interrupted on the way back, on the row that goes by the name of the last one replaced.
        downgrade(&new, &mut conn, "base");
        upgrade(&old, &mut conn, "c3");
                conn.batch_execute("DROP TABLE b2").unwrap();
        let error = migrator(&new).downgrade(&mut conn, "a1").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Statement, "{}", story(&error));
        assert_eq!(starts(&new, &mut conn), Err("Unfinished".to_owned()));
        conn.batch_execute("CREATE TABLE b2 (id INTEGER)").unwrap();
        assert_eq!(downgrade(&new, &mut conn, "a1"), "s9");
        assert_eq!(rows(&new, &mut conn), "a1 ok");
    }
}

#[test]
fn a_script_is_for_the_way_that_was_looked_at() {
    let (old, new) = (history(&long()), history(&short()));
    let sqlite = migrate_core::dialect::Dialect::Sqlite;
    let digest =
        |history: &History, id: &str| history.digest(history.index_of(id).unwrap(), sqlite).to_string();
    let script = |m: &Migrator, from: &str| {
        let targets = [from.parse().unwrap()];
        m.upgrade_script(sqlite, &targets, &["head".parse().unwrap()]).unwrap().to_string()
    };
    let by_old_name = script(&migrator(&new), "c3");
    assert!(by_old_name.contains(&format!("c3:{}", digest(&old, "c3"))), "{by_old_name}");
    assert!(by_old_name.contains(&format!("d4:{}", digest(&old, "d4"))), "{by_old_name}");
    let by_new_name = script(&migrator(&new), "s9");
    assert!(by_new_name.contains(&format!("d4:{}", digest(&new, "d4"))), "{by_new_name}");
}
