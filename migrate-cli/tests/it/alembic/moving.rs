//! A project moves over: what Alembic prints becomes files, and what it has recorded becomes ours.

use migrate_test::on_every_database;

use super::driver::Alembic;
use super::pair::{self, history};

on_every_database! {
    fn a_project_moves_over(db) {
        let url = pair::sqlalchemy(db.dialect(), db.url());
        // One line at its end: Alembic can print the way back from one revision only.
        let project = history()[..6].iter().fold(pair::project(&url), pair::script).file("migrate.toml", "");
        let Some(mut alembic) = Alembic::start("moving over", project.path()) else { return };
        let mut print = |args: &[&str], path: &str| {
            let answer = alembic.run(args);
            assert!(answer.succeeded(), "{answer:#?}");
            std::fs::write(project.path().join(path), answer.stdout).expect("a file");
        };
        print(&["upgrade", "heads"], "out.txt");
        print(&["upgrade", "base:heads", "--sql"], "up.sql");
        print(&["downgrade", "heads:base", "--sql"], "down.sql");
        print(&["history", "--verbose"], "history.txt");
        let before = alembic.tables(&url);
        assert_eq!(before.len(), 6, "{before:?}");

        std::fs::create_dir(project.path().join("migrations")).expect("a folder");
        project.ok(&["adopt", "--sql", "up.sql", "--downgrade-sql", "down.sql", "--history", "history.txt"]);
        assert!(project.read("migrations/d4_table_d4.sql").contains("\n-- Branch Labels: blog\n"));
        project.ok(&["adopt", "--yes"]);
        assert_eq!(project.ok(&["current"]), "f6 (head) (mergepoint)\n");
        project.ok(&["status", "--exit-code"]);
        project.ok(&["downgrade", "d4"]);
        assert_eq!(alembic.tables(&url).len(), 5, "`e5` stays beside `d4`");
        project.ok(&["downgrade", "base"]);
        assert_eq!(alembic.tables(&url), Vec::<String>::new());
        project.ok(&["upgrade", "blog@d4"]);
        project.ok(&["upgrade", "head"]);
        assert_eq!(alembic.tables(&url), before);
    }
}
