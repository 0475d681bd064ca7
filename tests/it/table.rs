//! `migrate::table!` is diesel's `table!` to a query.

use diesel::prelude::*;

mod schema {
    migrate::table! {
        #[index(author_id, name = "posts_of")]
        #[check("length(title) > 0")]
        /// What is written.
        posts (id) {
            #[identity]
            id -> Integer,
            #[references(users.id, on_delete = cascade)]
            author_id -> Integer,
            #[max_length = 200]
            #[renamed_from = "headline"]
            #[sql_name = "title"]
            heading -> Text,
            #[default(sqlite = "'draft'", "'draft'")]
            state -> Nullable<Text>,
        }
    }

    migrate::table! {
        use diesel::sql_types::{Integer, Text as Words};

        users {
            id -> Integer,
            #[unique]
            name -> Words,
        }
    }

    diesel::joinable!(posts -> users (author_id));
    diesel::allow_tables_to_appear_in_same_query!(posts, users);
}

use schema::{posts, users};

#[test]
fn queries_see_what_diesel_declares() {
    let mut connection = diesel::SqliteConnection::establish(":memory:").expect("SQLite is built in");
    for sql in [
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL, title TEXT NOT NULL, state TEXT)",
    ] {
        diesel::sql_query(sql).execute(&mut connection).expect("the table can be made");
    }
    diesel::insert_into(users::table)
        .values((users::id.eq(1), users::name.eq("Ann")))
        .execute(&mut connection)
        .expect("a user can be added");
    diesel::insert_into(posts::table)
        .values((posts::author_id.eq(1), posts::heading.eq("First")))
        .execute(&mut connection)
        .expect("a post can be added");
    let found: Vec<(String, String, Option<String>)> = posts::table
        .inner_join(users::table)
        .select((users::name, posts::heading, posts::state))
        .load(&mut connection)
        .expect("the tables can be joined");
    assert_eq!(found, [("Ann".to_owned(), "First".to_owned(), None)]);
}
