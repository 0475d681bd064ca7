//! What the item form of `embed_migrations!` gives: typed targets, facts of a revision, both forms alike.

use migrate::{Base, Dialect, Head, Migrations, Revision};
use migrate_test::on_every_database;

mod inner {
    // Names of the user's own next to the macro's.
    #[derive(Debug, PartialEq)]
    #[allow(dead_code, reason = "only its name matters")]
    pub(crate) enum Option {
        Some,
    }

    migrate::embed_migrations!(
        /// Kept in front of what the macro writes.
        pub(super) mod typed in "migrations", heads = one, dialects = [postgres, mysql, "sqlite"]
    );
}
use inner::typed;

const UNTYPED: Migrations = migrate::embed_migrations!("migrations");

#[test]
fn both_forms_are_the_same_history() {
    let (a, b) = (typed::MIGRATIONS.history(), UNTYPED.history());
    assert_eq!(a.revisions(), b.revisions());
    for index in 0..a.revisions().len() {
        assert_eq!(a.digest(index, Dialect::Sqlite), b.digest(index, Dialect::Sqlite));
    }
}

#[test]
fn a_revision_knows_what_it_is() {
    let revision = typed::CreateArticles;
    assert_eq!(typed::CreateArticles::ID, "69a5604b4d3c");
    assert_eq!(revision.revision().parents[0].as_str(), typed::CreateUsers::ID);
    assert!(revision.revision().summary().contains("articles"));
    assert_ne!(revision.digest(Dialect::Sqlite), typed::CreateUsers.digest(Dialect::Sqlite));
}

on_every_database! {
    fn types_and_texts_are_targets(db) {
        let connection = &mut db.connect();
        let at = |report: migrate::Report| report.to.join(" ");
        assert_eq!(at(typed::MIGRATIONS.upgrade(connection, typed::CreateArticles).unwrap()), "69a5604b4d3c");
        assert_eq!(at(UNTYPED.upgrade(connection, "69a5604b4d3c").unwrap()), "69a5604b4d3c");
        assert_eq!(at(UNTYPED.downgrade(connection, "-1").unwrap()), typed::CreateUsers::ID);
        assert_eq!(at(UNTYPED.downgrade(connection, Base).unwrap()), "");
        assert_eq!(at(typed::MIGRATIONS.upgrade(connection, Head).unwrap()), "6a3294eade06");
        let again = typed::MIGRATIONS.upgrade(connection, Head).unwrap();
        assert!(again.steps.is_empty());
        assert_eq!(at(typed::MIGRATIONS.downgrade(connection, typed::AddArticlesStandfirst).unwrap()), "69f9b0826dec");
    }
}
