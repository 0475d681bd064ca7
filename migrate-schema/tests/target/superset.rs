//! `migrate::table!`: what stands in front of tables and columns.

use migrate_core::dialect::Dialect::{Mysql, Postgres, Sqlite};
use migrate_schema::TargetOptions;

use super::{check, check_with, models, schema, way};

#[test]
fn what_the_macro_would_refuse_is_told() {
    let unread = "this declaration is not read: what it is about stays as it is";
    let text = "#[indx(a)] t (id) { id -> Integer, #[partial] a -> Integer, }";
    let options = &TargetOptions::default();
    check_with(
        Postgres,
        "CREATE TABLE t (id SERIAL PRIMARY KEY, a INT NOT NULL, b INT); CREATE INDEX t_a ON t (a);",
        &format!("migrate::table! {{ {text} }}"),
        "",
        options,
        &[],
        &[
            &format!("1:21 {unread}: `#[indx]` says nothing about a table: the nearest is `#[index]`"),
            &format!("1:56 {unread}: `#[partial]` stands in front of a table, not of a column"),
        ],
    );
    for dialect in [Postgres, Mysql, Sqlite] {
        check_with(
            dialect,
            "",
            "migrate::table! { #[index(zz)] t (id) { id -> Integer, } }",
            "",
            options,
            &[],
            &["1:19 `t` cannot be what it is declared as: `t` has no column `zz`"],
        );
    }
}

#[test]
fn all_that_a_new_table_can_say() {
    let text = r#"migrate::table! {
        #[index(author_id, created_at desc)]
        #[unique(slug, name = "posts_slug")]
        #[check("length(title) > 0", name = "posts_title")]
        #[comment = "what is written"]
        posts (id) {
            #[identity] id -> BigInt,
            #[references(users.id, on_delete = cascade)] author_id -> BigInt,
            #[max_length = 200] #[comment = "shown on top"] title -> Varchar,
            #[max_length = 80] slug -> Varchar,
            #[default(postgres = "now()", "CURRENT_TIMESTAMP")] created_at -> Timestamp,
            #[sql_type = "numeric(12,2)"] price -> Nullable<Numeric>,
            #[default(0)] views -> Integer,
        }
    }
    migrate::table! { users (id) { id -> BigInt, } }"#;
    check(
        Postgres,
        "CREATE TABLE users (id BIGSERIAL PRIMARY KEY);",
        text,
        &[
            "+ posts: author_id bigint not null",
            "+ posts: check posts_title length(title) > 0",
            "+ posts: comment \"what is written\"",
            "+ posts: created_at timestamp without time zone not null default now()",
            "+ posts: foreign key posts_author_id_fkey (author_id) -> users (id) on delete cascade",
            "+ posts: id bigint not null identity",
            "+ posts: index posts_author_id_created_at_idx (author_id, created_at desc)",
            "+ posts: price numeric(12,2)",
            "+ posts: primary key posts_pkey (id)",
            "+ posts: slug character varying(80) not null",
            "+ posts: title character varying(200) not null comment \"shown on top\"",
            "+ posts: unique posts_slug (slug)",
            "+ posts: views integer not null default 0",
            "+ table posts",
        ],
    );
    for (dialect, base) in [
        (Sqlite, "CREATE TABLE users (id INTEGER PRIMARY KEY);"),
        (Mysql, "CREATE TABLE users (id BIGINT AUTO_INCREMENT PRIMARY KEY);"),
    ] {
        let options = TargetOptions::default();
        let (lines, found) = way(&schema(dialect, base), &[models(text, "")], text, &options);
        assert_eq!(found, Vec::<String>::new());
        let all = lines.join("\n");
        for part in [
            "posts_slug",
            "posts_title",
            "on delete cascade",
            "default CURRENT_TIMESTAMP",
            "posts_author_id_created_at_idx",
            "default 0",
        ] {
            assert!(all.contains(part), "{part}\n{all}");
        }
    }
}

#[test]
fn defaults_come_change_and_go() {
    let text =
        |default: &str| format!("migrate::table! {{ t (id) {{ id -> Integer, {default} a -> Integer, }} }}");
    let base = |default: &str| format!("CREATE TABLE t (id SERIAL PRIMARY KEY, a INT NOT NULL {default});");
    check(
        Postgres,
        &base(""),
        &text("#[default(2)]"),
        &["- t: a integer not null", "+ t: a integer not null default 2"],
    );
    check(
        Postgres,
        &base("DEFAULT 1"),
        &text("#[default(\"2\")]"),
        &["- t: a integer not null default 1", "+ t: a integer not null default 2"],
    );
    check(Postgres, &base("DEFAULT 2"), &text("#[default(2)]"), &[]);
    for dialect in [Mysql, Sqlite] {
        let of = |default: &str| base(default).replace("SERIAL", "INTEGER NOT NULL");
        let (int, set) = ("int", "default 2");
        let (old, new) = (format!("- t: a {int} not null"), format!("+ t: a {int} not null {set}"));
        check(dialect, &of(""), &text("#[default(2)]"), &[&old, &new]);
        check(dialect, &of("DEFAULT 2"), &text("#[default(\"2\")]"), &[]);
        let (old, new) = (format!("- t: a {int} not null {set}"), format!("+ t: a {int} not null"));
        check(dialect, &of("DEFAULT 2"), &text(""), &[&old, &new]);
    }
    check(
        Postgres,
        &base("DEFAULT 1"),
        &text(""),
        &["- t: a integer not null default 1", "+ t: a integer not null"],
    );
    // What diesel's own `table!` cannot say is kept, and so is what is said to be incomplete.
    let diesel = "diesel::table! { t (id) { id -> Integer, a -> Integer, } }";
    check(Postgres, &base("DEFAULT 1"), diesel, &[]);
    let partial = "migrate::table! { #[partial] t (id) { id -> Integer, a -> Integer, } }";
    check(Postgres, &base("DEFAULT 1"), partial, &[]);
    // For the database that no text is for, nothing is said.
    check(Postgres, &base("DEFAULT 1"), &text("#[default(sqlite = \"2\")]"), &[]);
}

#[test]
fn types_are_said_in_sql() {
    check(
        Postgres,
        "CREATE TABLE t (id SERIAL PRIMARY KEY, a NUMERIC(10,2) NOT NULL, b NUMERIC(10,2) NOT NULL);",
        "migrate::table! { t (id) { id -> Integer, #[sql_type = \"numeric(12,2)\"] a -> Numeric, #[sql_type = \"decimal(10,2)\"] b -> Numeric, } }",
        &["- t: a numeric(10,2) not null", "+ t: a numeric(12,2) not null"],
    );
}

#[test]
fn names_before() {
    let text = "migrate::table! { #[renamed_from = \"articles\"] posts (id) { id -> Integer, #[renamed_from = \"headline\"] title -> Text, } }";
    for dialect in [Postgres, Sqlite, Mysql] {
        let base = "CREATE TABLE articles (id INTEGER NOT NULL PRIMARY KEY, headline TEXT NOT NULL);";
        let (lines, found) =
            way(&schema(dialect, base), &[models(text, "")], text, &TargetOptions::default());
        assert_eq!(found, Vec::<String>::new());
        assert_eq!(lines.first().map(String::as_str), Some("- table articles"));
        assert!(lines.contains(&"+ posts: title text not null".to_owned()), "{lines:?}");
        let base = "CREATE TABLE posts (id INTEGER NOT NULL PRIMARY KEY, title TEXT NOT NULL);";
        check(dialect, base, text, &[]);
    }
    // It has both: one of them is another one.
    check(
        Postgres,
        "CREATE TABLE posts (id SERIAL PRIMARY KEY, title TEXT NOT NULL, headline TEXT);",
        text,
        &["- posts: headline text"],
    );
}

#[test]
fn what_is_declared_is_not_what_had_its_name() {
    let text = "migrate::table! { #[renamed_from = \"a\"] b (id) { id -> Integer, #[renamed_from = \"x\"] y -> Integer, x -> Integer, } }
        migrate::table! { a (id) { id -> Integer, #[renamed_from = \"p\"] q -> Integer, p -> Integer, } }";
    check(
        Postgres,
        "CREATE TABLE a (id INT PRIMARY KEY, p INT NOT NULL);",
        text,
        &[
            "+ a: q integer not null",
            "+ b: id integer not null identity",
            "+ b: primary key b_pkey (id)",
            "+ b: x integer not null",
            "+ b: y integer not null",
            "+ table b",
        ],
    );
}

#[test]
fn enums_by_their_labels() {
    let text = "migrate::table! { posts (id) { id -> Integer, #[labels(\"draft\", \"public\", \"gone\")] state -> PostState, } }";
    check(
        Postgres,
        "",
        text,
        &[
            "+ enum post_state",
            "+ post_state: 'draft', 'public', 'gone'",
            "+ posts: id integer not null identity",
            "+ posts: primary key posts_pkey (id)",
            "+ posts: state post_state not null",
            "+ table posts",
        ],
    );
    check(
        Postgres,
        "CREATE TYPE post_state AS ENUM ('draft', 'public'); CREATE TABLE posts (id SERIAL PRIMARY KEY, state post_state NOT NULL);",
        text,
        &["- post_state: 'draft', 'public'", "+ post_state: 'draft', 'public', 'gone'"],
    );
    check(
        Mysql,
        "CREATE TABLE posts (id INT AUTO_INCREMENT PRIMARY KEY, state ENUM('draft', 'public') NOT NULL);",
        text,
        &["- posts: state enum(draft,public) not null", "+ posts: state enum(draft,public,gone) not null"],
    );
    check(
        Sqlite,
        "",
        text,
        &[
            "+ posts: check \"state\" IN ('draft', 'public', 'gone')",
            "+ posts: id integer not null",
            "+ posts: primary key (id)",
            "+ posts: state text not null",
            "+ table posts",
        ],
    );
}

#[test]
fn generated_columns_collations_and_keys_that_count() {
    check(
        Postgres,
        "CREATE TABLE t (id INT PRIMARY KEY, a TEXT NOT NULL);",
        "migrate::table! { t (id) { #[identity(always)] id -> Integer, #[collate = \"C\"] a -> Text, #[generated(\"length(a)\", stored)] b -> Nullable<Integer>, } }",
        &[
            "- t: a text not null",
            "- t: id integer not null",
            "+ t: a text not null collate C",
            "+ t: b integer generated stored length(a)",
            "+ t: id integer not null identity always",
        ],
    );
    check(
        Sqlite,
        "",
        "migrate::table! { t (id) { #[auto_increment] id -> Integer, #[generated(\"id + 1\")] b -> Nullable<Integer>, } }",
        &[
            "+ t: b integer generated virtual id + 1",
            "+ t: id integer not null autoincrement",
            "+ t: primary key (id)",
            "+ table t",
        ],
    );
}

#[test]
fn what_the_database_would_refuse_is_told_where_it_stands() {
    let options = TargetOptions::default();
    check_with(
        Postgres,
        "CREATE TABLE t (id SERIAL PRIMARY KEY, a INT); CREATE TABLE users (id UUID PRIMARY KEY);",
        "migrate::table! { #[check(\"b > 0\")]\n t (id) { id -> Integer, } }\n\
         migrate::table! { users (id) { id -> Uuid, #[references(t.id)] t_id -> Nullable<Uuid>, #[references(nowhere.id)] n_id -> Nullable<Integer>, } }",
        "",
        &options,
        &["+ users: n_id integer", "+ users: t_id uuid"],
        &[
            "1:19 `t` cannot be what it is declared as: table `t` has no column `b`",
            "3:44 no foreign key can lead from `users` to `t`: `t_id` is `uuid` and refers to `integer`: they cannot be compared",
            "3:88 no foreign key can lead from `users` to `nowhere`: there is no table `public.nowhere`",
        ],
    );
}

#[test]
fn attributes_that_cannot_be_read_keep_the_table_as_it_is() {
    let options = TargetOptions::default();
    let base = "CREATE TABLE t (id SERIAL PRIMARY KEY, a INT DEFAULT 1); CREATE INDEX t_a ON t (a);";
    let unread = "this declaration is not read: what it is about stays as it is";
    check_with(
        Postgres,
        base,
        "migrate::table! { #[index(a, uniqe = 1)]\n t (id) { id -> Integer,\n #[default] a -> Nullable<Integer>, } }",
        "",
        &options,
        &[],
        &[
            &format!(
                "1:30 {unread}: expected a column, `unique`, `where = \"…\"`, `method = \"…\"`, `include(…)`, `name = \"…\"` or `only(…)`"
            ),
            &format!("3:11 {unread}: expected `= \"…\"` or `(\"…\")`"),
        ],
    );
}

#[test]
fn the_check_of_an_enum_in_sqlite_is_the_one_that_is_there() {
    check(
        Sqlite,
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('a', 'b')));",
        "migrate::table! { posts (id) { id -> Integer, #[labels(\"a\", \"b\")] state -> PostState, } }",
        &[],
    );
}
