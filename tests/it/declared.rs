//! `schema!`: the declarations come from the migrations, and queries with them run.

use diesel::prelude::*;
use migrate::Head;

const MIGRATIONS: migrate::Migrations =
    migrate::embed_migrations!("tests/fixtures/declared", dialects = [sqlite, postgres]);

mod sqlite {
    migrate::schema!(
        "tests/fixtures/declared",
        dialect = sqlite,
        config = "tests/fixtures/declared/diesel.toml"
    );
}

mod postgres {
    migrate::schema!(
        "tests/fixtures/declared",
        dialect = "postgres",
        config = "tests/fixtures/declared/diesel.toml"
    );
}

mod logs {
    migrate::schema!(
        ["tests/fixtures/declared"],
        dialect = sqlite,
        config = "tests/fixtures/declared/diesel.toml",
        key = "logs",
        uncertain = deny,
    );
}

#[test]
fn queries_with_the_declarations_run() {
    use sqlite::{posts, users};

    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    MIGRATIONS.upgrade(&mut connection, Head).unwrap();
    diesel::insert_into(users::table)
        .values((users::id.eq(1), users::name.eq("Ada")))
        .execute(&mut connection)
        .unwrap();
    diesel::insert_into(posts::table)
        .values((posts::id.eq(7), posts::author.eq(1), posts::type_.eq("note")))
        .execute(&mut connection)
        .unwrap();
    let found: Vec<(String, String, i32)> = posts::table
        .inner_join(users::table)
        .select((users::name, posts::type_, posts::id))
        .load(&mut connection)
        .unwrap();
    assert_eq!(found, [("Ada".to_owned(), "note".to_owned(), 7)]);
}

#[test]
fn each_database_has_its_own_declarations() {
    use postgres::{sql_types, users};

    fn is_of<T, C: Expression<SqlType = T>>(_: C) {}
    is_of::<sql_types::Mood, _>(users::mood);
    is_of::<diesel::sql_types::Nullable<diesel::sql_types::Timestamp>, _>(sqlite::users::born);
}

#[test]
fn what_diesel_toml_describes_elsewhere_and_its_patch() {
    let query =
        diesel::debug_query::<diesel::sqlite::Sqlite, _>(&logs::logs::table.select(logs::logs::place))
            .to_string();
    assert!(query.contains("SELECT `logs`.`place` FROM `logs`"), "{query}");
}
