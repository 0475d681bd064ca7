//! diesel's own `table!`: what it cannot say is as it is.

use migrate_core::dialect::Dialect::{Mysql, Postgres, Sqlite};
use migrate_core::dialect::DialectSet;
use migrate_schema::{NewKeys, TargetOptions};

use super::{check, check_with};

const USERS: &str =
    "diesel::table! { users (id) { id -> Integer, name -> Text, age -> Nullable<Integer>, } }";

#[test]
fn new_tables_count_as_diesel_users_expect() {
    check(
        Postgres,
        "",
        USERS,
        &[
            "+ table users",
            "+ users: age integer",
            "+ users: id integer not null identity",
            "+ users: name text not null",
            "+ users: primary key users_pkey (id)",
        ],
    );
    check(
        Sqlite,
        "",
        USERS,
        &[
            "+ table users",
            "+ users: age integer",
            "+ users: id integer not null",
            "+ users: name text not null",
            "+ users: primary key (id)",
        ],
    );
    check(
        Mysql,
        "",
        USERS,
        &[
            "+ table users",
            "+ users: age int",
            "+ users: id int not null autoincrement",
            "+ users: name text not null",
            "+ users: primary key PRIMARY (id)",
        ],
    );
}

#[test]
fn how_new_keys_count_is_a_setting() {
    let with = |keys| {
        let mut options = TargetOptions::default();
        options.keys = keys;
        options
    };
    let text = "diesel::table! { t (id) { id -> BigInt, } }";
    let key = "+ t: primary key t_pkey (id)";
    let counts = "+ t: id bigint not null default nextval('t_id_seq'::regclass)";
    check_with(Postgres, "", text, "", &with(NewKeys::Serial), &[counts, key, "+ table t"], &[]);
    let plain = "+ t: id bigint not null";
    check_with(Postgres, "", text, "", &with(NewKeys::Plain), &[plain, key, "+ table t"], &[]);
}

#[test]
fn keys_that_lead_elsewhere_or_have_no_numbers_do_not_count() {
    check(
        Postgres,
        "CREATE TABLE users (id SERIAL PRIMARY KEY);",
        "diesel::table! { users (id) { id -> Int4, } }
         diesel::table! { profiles (id) { id -> Int4, bio -> Text, } }
         diesel::joinable!(profiles -> users (id));
         diesel::table! { tokens (id) { id -> Uuid, } }
         diesel::table! { members (user_id, id) { user_id -> Int4, id -> Int4, } }",
        &[
            "+ members: id integer not null",
            "+ members: primary key members_pkey (user_id, id)",
            "+ members: user_id integer not null",
            "+ profiles: bio text not null",
            "+ profiles: foreign key profiles_id_fkey (id) -> users (id)",
            "+ profiles: id integer not null",
            "+ profiles: primary key profiles_pkey (id)",
            "+ table members",
            "+ table profiles",
            "+ table tokens",
            "+ tokens: id uuid not null",
            "+ tokens: primary key tokens_pkey (id)",
        ],
    );
}

#[test]
fn columns_come_and_go() {
    let text = "diesel::table! { users (id) { id -> Integer, name -> Text, #[sql_name = \"type\"] kind -> Nullable<Text>, } }";
    check(
        Postgres,
        "CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT NOT NULL, age INT); CREATE INDEX users_age ON users (age);",
        text,
        &["- users: age integer", "- users: index users_age (age)", "+ users: type text"],
    );
    check(
        Mysql,
        "CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, name TEXT NOT NULL, age INT);",
        text,
        &["- users: age int", "+ users: type text"],
    );
    check(
        Sqlite,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INT);",
        text,
        &["- users: age int", "+ users: type text"],
    );
}

#[test]
fn what_table_cannot_say_is_kept() {
    for dialect in [Postgres, Mysql, Sqlite] {
        let base = "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) DEFAULT 'x' NOT NULL UNIQUE, age INT CHECK (age > 0));
             CREATE INDEX users_age ON users (age);
             CREATE TABLE posts (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);
             CREATE VIEW old AS SELECT id FROM users;";
        let text =
            "diesel::table! { users (id) { id -> Integer, name -> Varchar, age -> Nullable<Integer>, } }
             diesel::table! { posts (id) { id -> Integer, user_id -> Integer, } }";
        check(dialect, base, text, &[]);
    }
}

#[test]
fn types_that_agree_stay_and_others_become_the_usual_ones() {
    let text = "diesel::table! { t (id) { id -> Integer, a -> BigInt, b -> Text, c -> Jsonb, #[max_length = 40] d -> Varchar, e -> Numeric, } }";
    check(
        Postgres,
        "CREATE TABLE t (id INT PRIMARY KEY, a INT NOT NULL, b VARCHAR(20) NOT NULL, c JSON NOT NULL, d VARCHAR(20) NOT NULL, e NUMERIC(12,2) NOT NULL);",
        text,
        &[
            "- t: a integer not null",
            "- t: c json not null",
            "- t: d character varying(20) not null",
            "+ t: a bigint not null",
            "+ t: c jsonb not null",
            "+ t: d character varying(40) not null",
        ],
    );
}

#[test]
fn an_identity_takes_its_sequence_along() {
    check(
        Postgres,
        "CREATE TABLE t (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
        "diesel::table! { t (id) { id -> BigInt, } }",
        &[
            "- t: id integer not null identity always",
            "- t_id_seq: integer of t.id",
            "+ t: id bigint not null identity always",
            "+ t_id_seq: bigint of t.id",
        ],
    );
}

#[test]
fn null_comes_and_goes() {
    let base = "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a TEXT, b TEXT NOT NULL);";
    let text = "diesel::table! { t (id) { id -> Integer, a -> Text, b -> Nullable<Text>, } }";
    let options = TargetOptions::default();
    for dialect in [Postgres, Mysql, Sqlite] {
        let (lines, found) =
            super::way(&super::schema(dialect, base), &[super::models(text, "")], text, &options);
        assert!(!lines.is_empty() && found.is_empty(), "{lines:?} {found:?}");
    }
}

#[test]
fn a_primary_key_becomes_another_one_and_none_is_made_up() {
    check(
        Postgres,
        "CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a)); CREATE TABLE u (a INT, b INT);",
        "diesel::table! { t (a, b) { a -> Integer, b -> Integer, } }
         diesel::table! { u (a) { a -> Nullable<Integer>, b -> Nullable<Integer>, } }",
        &[
            "- t: primary key t_pkey (a)",
            "- u: a integer",
            "+ t: primary key t_pkey (a, b)",
            "+ u: a integer not null",
        ],
    );
}

#[test]
fn joinable_is_a_key_of_what_is_new_only() {
    let base = "CREATE TABLE users (id SERIAL PRIMARY KEY); CREATE TABLE posts (id SERIAL PRIMARY KEY, old_id INT NOT NULL);";
    check(
        Postgres,
        base,
        "diesel::table! { users (id) { id -> Integer, } }
         diesel::table! { posts (id) { id -> Integer, old_id -> Integer, user_id -> Nullable<Integer>, } }
         diesel::table! { likes (user_id, post_id) { user_id -> Integer, post_id -> Integer, } }
         diesel::joinable!(posts -> users (user_id));
         diesel::joinable!(likes -> users (user_id));
         diesel::joinable!(likes -> posts (post_id));",
        &[
            "+ likes: foreign key likes_post_id_fkey (post_id) -> posts (id)",
            "+ likes: foreign key likes_user_id_fkey (user_id) -> users (id)",
            "+ likes: post_id integer not null",
            "+ likes: primary key likes_pkey (user_id, post_id)",
            "+ likes: user_id integer not null",
            "+ posts: foreign key posts_user_id_fkey (user_id) -> users (id)",
            "+ posts: user_id integer",
            "+ table likes",
        ],
    );
}

#[test]
fn joinable_of_what_is_there_is_told() {
    let files = |more: &str| {
        format!(
            "diesel::table! {{ users (id) {{ id -> Integer, }} }}
diesel::table! {{ posts (id) {{ id -> Integer, user_id -> Integer, }} }}
diesel::table! {{ pairs (a, b) {{ a -> Integer, b -> Integer, }} }}
diesel::table! {{ links (id) {{ id -> Integer, pair -> Integer, }} }}
{more}"
        )
    };
    let base = "CREATE TABLE users (id SERIAL PRIMARY KEY); CREATE TABLE posts (id SERIAL PRIMARY KEY, user_id INT NOT NULL);
         CREATE TABLE pairs (a INT, b INT, PRIMARY KEY (a, b)); CREATE TABLE links (id SERIAL PRIMARY KEY);";
    let options = &TargetOptions::default();
    let joined =
        files("diesel::joinable!(posts -> users (user_id));\ndiesel::joinable!(links -> pairs (pair));");
    check_with(
        Postgres,
        base,
        &joined,
        "",
        options,
        &["+ links: pair integer not null"],
        &[
            "5:9 no foreign key leads from `posts.user_id` to `users`: of a column that is there it makes no foreign key",
            "6:9 no foreign key leads from `links.pair` to `pairs`: it makes no foreign key to a primary key of several columns",
        ],
    );
    let with_key = base.replace("user_id INT NOT NULL", "user_id INT NOT NULL REFERENCES users");
    let joined = files("diesel::joinable!(posts -> users (user_id));");
    check_with(Postgres, &with_key, &joined, "", options, &["+ links: pair integer not null"], &[]);
}

#[test]
fn undeclared_tables_go_unless_something_speaks_for_them() {
    let base = "CREATE TABLE users (id SERIAL PRIMARY KEY);
        CREATE TABLE posts (id SERIAL PRIMARY KEY, user_id INT REFERENCES users);
        CREATE TABLE tags (id SERIAL PRIMARY KEY, post_id INT REFERENCES posts);
        CREATE TABLE __diesel_schema_migrations (version TEXT PRIMARY KEY);
        CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY);
        CREATE TABLE nokey (id INT);";
    let text = "diesel::table! { users (id) { id -> Integer, } }";
    check(Postgres, base, text, &["- table posts", "- table tags"]);
    let options = TargetOptions::default();
    let config = "[print_schema]\nfile = \"schema.rs\"\nfilter = { only_tables = [\"users\"] }";
    check_with(Postgres, base, text, config, &options, &[], &[]);
    let config = "[print_schema]\nfile = \"schema.rs\"\nfilter = { except_tables = [\"p\"] }";
    check_with(Postgres, &base.replace("tags", "marks"), text, config, &options, &["- table marks"], &[]);
    check(Postgres, base, "", &[]);
}

#[test]
fn nothing_goes_that_something_else_rests_on() {
    check_with(
        Postgres,
        "CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT NOT NULL, age INT);
         CREATE TABLE gone (id SERIAL PRIMARY KEY);
         CREATE VIEW names AS SELECT name FROM users;
         CREATE VIEW all_gone AS SELECT id FROM gone;",
        "diesel::table! { users (id) { id -> Integer, } }",
        "",
        &TargetOptions::default(),
        &["- users: age integer"],
        &[
            "1:18 `users.name` is not declared, and cannot be dropped: column `name` of `users` cannot be dropped: `names` needs it",
            "1:1 `gone` is not declared, and cannot be dropped: `gone` cannot be dropped: `all_gone` needs it",
        ],
    );
}

#[test]
fn what_cannot_be_read_drops_nothing() {
    let base = "CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT NOT NULL, age INT); CREATE TABLE posts (id SERIAL PRIMARY KEY);";
    let unread = "this declaration is not read: what it is about stays as it is";
    check_with(
        Postgres,
        base,
        "diesel::table! { users (id) { id -> Integer, name => Text, } }\ndiesel::table! { posts (id) { id -> Integer, } }",
        "",
        &TargetOptions::default(),
        &[],
        &[&format!("1:51 {unread}: expected `->` and the type of the column")],
    );
    check_with(
        Postgres,
        base,
        "diesel::table! { users (id) { id -> Integer, name -> Text, age -> Nullable<Integer>, } }\ndiesel::table! { posts (id) }",
        "",
        &TargetOptions::default(),
        &[],
        &[&format!("2:29 {unread}: expected the columns of the table in `{{ }}`")],
    );
}

/// As when an editor is just writing it.
#[test]
fn a_file_that_is_cut_off_drops_nothing() {
    let base = "CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT NOT NULL); CREATE TABLE posts (id SERIAL PRIMARY KEY);";
    let unread =
        "this declaration is not read: what it is about stays as it is: this bracket is never closed";
    let text = "diesel::table! { users (id) { id -> Integer,";
    let found = [format!("1:29 {unread}"), format!("1:16 {unread}")];
    check_with(Postgres, base, text, "", &TargetOptions::default(), &[], &[&found[0], &found[1]]);
}

#[test]
fn a_comment_leaves_things_as_they_are() {
    check(
        Postgres,
        "CREATE TABLE t (id SERIAL PRIMARY KEY, a INT); CREATE TABLE u (id SERIAL PRIMARY KEY, a INT);",
        "diesel::table! { t (id) { id -> Integer,
            // migrate:ignore
            a -> Text,
         } }
         // migrate:ignore
         diesel::table! { u (id) { id -> Integer, b -> Text, } }",
        &[],
    );
}

#[test]
fn types_of_ones_own() {
    let mut options = TargetOptions::default();
    options.types.insert("Email", DialectSet::from(Postgres), "varchar(254)");
    check_with(
        Postgres,
        "CREATE TYPE mood AS ENUM ('sad', 'ok');",
        "pub mod sql_types {
            #[derive(diesel::sql_types::SqlType)] #[diesel(postgres_type(name = \"mood\"))] pub struct Mood;
         }
         diesel::table! { use super::sql_types::Mood; t (id) { id -> Uuid, mood -> Mood, moods -> Array<Nullable<Mood>>, email -> Nullable<Email>, } }
         diesel::table! { u (id) { id -> Uuid, geo -> Geometry, } }",
        "",
        &options, &["+ t: email character varying(254)", "+ t: id uuid not null", "+ t: mood mood not null", "+ t: moods mood[] not null", "+ t: primary key t_pkey (id)", "+ table t"],
        &["5:55 `u` cannot be what it is declared as: no type of the database is known for `Geometry`: `#[sql_type = \"…\"]` in `migrate::table!` or the type mapping of the configuration says it"],
    );
}

#[test]
fn a_type_that_nobody_knows_is_told() {
    let text = |name: &str| {
        format!(
            "diesel::table! {{ t (id) {{\n id -> Integer,\n a -> Nullable<{name}>,\n b -> Array<{name}>,\n}} }}"
        )
    };
    let base = "CREATE TABLE t (id SERIAL PRIMARY KEY, a TEXT, b TEXT[] NOT NULL);";
    let none = TargetOptions::default();
    let message = |column: &str| format!("nobody knows which type `Txet` is, so `t.{column}` keeps its own");
    let label = "neither diesel nor this file has it";
    let told = [format!("3:7 {}: {label}", message("a")), format!("4:7 {}: {label}", message("b"))];
    check_with(Postgres, base, &text("Txet"), "", &none, &[], &[&told[0], &told[1]]);

    // Who says it is asked no more.
    let mut said = TargetOptions::default();
    said.types.insert("Txet", DialectSet::ALL, "text");
    check_with(Postgres, base, &text("Txet"), "", &said, &[], &[]);
    let declared = format!("pub mod sql_types {{ pub struct Txet; }}\n{}", text("Txet"));
    let derives = declared.replace("pub struct", "#[diesel(sqlite_type(name = \"Text\"))] pub struct");
    check_with(Postgres, base, &derives, "", &none, &[], &[]);
    let ignored =
        text("Txet").replace("\n a", "\n // migrate:ignore\n a").replace("\n b", "\n // migrate:ignore\n b");
    check_with(Postgres, base, &ignored, "", &none, &[], &[]);
    // A type of an extension has its name.
    let vectors =
        "CREATE EXTENSION vector; CREATE TABLE t (id SERIAL PRIMARY KEY, a vector(3), b vector[] NOT NULL);";
    check_with(Postgres, vectors, &text("Vector"), "", &none, &[], &[]);
    for (dialect, base) in [
        (Mysql, "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a TEXT);"),
        (Sqlite, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);"),
    ] {
        let text = "diesel::table! { t (id) { id -> Integer, a -> Nullable<Txet>, } }";
        check_with(dialect, base, text, "", &none, &[], &[&format!("1:47 {}: {label}", message("a"))]);
    }
}

#[test]
fn every_type_of_diesel_has_one_in_sql() {
    let all = "a -> Bool, b -> SmallInt, c -> Integer, d -> BigInt, e -> Float, f -> Double, g -> Numeric, h -> Text, i -> Varchar,
         #[max_length = 9] j -> Varchar, #[max_length = 3] k -> Char, l -> Binary, m -> Date, n -> Time, o -> Timestamp, p -> Json,";
    let text = |more: &str| format!("diesel::table! {{ t (id) {{ id -> Integer, {all} {more} }} }}");
    check(
        Postgres,
        "",
        &text(
            "q -> Timestamptz, r -> Interval, s -> Uuid, t -> Jsonb, u -> Array<Text>, v -> Range<Timestamptz>, w -> Inet, x -> MacAddr,",
        ),
        &[
            "+ t: a boolean not null",
            "+ t: b smallint not null",
            "+ t: c integer not null",
            "+ t: d bigint not null",
            "+ t: e real not null",
            "+ t: f double precision not null",
            "+ t: g numeric not null",
            "+ t: h text not null",
            "+ t: i character varying not null",
            "+ t: id integer not null identity",
            "+ t: j character varying(9) not null",
            "+ t: k character(3) not null",
            "+ t: l bytea not null",
            "+ t: m date not null",
            "+ t: n time without time zone not null",
            "+ t: o timestamp without time zone not null",
            "+ t: p json not null",
            "+ t: primary key t_pkey (id)",
            "+ t: q timestamp with time zone not null",
            "+ t: r interval not null",
            "+ t: s uuid not null",
            "+ t: t jsonb not null",
            "+ t: u text[] not null",
            "+ t: v tstzrange not null",
            "+ t: w inet not null",
            "+ t: x macaddr not null",
            "+ table t",
        ],
    );
    check(
        Mysql,
        "",
        &text("q -> Unsigned<BigInt>, r -> TinyInt, s -> Datetime, t -> Mediumtext,"),
        &[
            "+ t: a tinyint(1) not null",
            "+ t: b smallint not null",
            "+ t: c int not null",
            "+ t: d bigint not null",
            "+ t: e float not null",
            "+ t: f double not null",
            "+ t: g decimal(10,0) not null",
            "+ t: h text not null",
            "+ t: i varchar(255) not null",
            "+ t: id int not null autoincrement",
            "+ t: j varchar(9) not null",
            "+ t: k char(3) not null",
            "+ t: l blob not null",
            "+ t: m date not null",
            "+ t: n time not null",
            "+ t: o timestamp not null",
            "+ t: p json not null",
            "+ t: primary key PRIMARY (id)",
            "+ t: q bigint unsigned not null",
            "+ t: r tinyint not null",
            "+ t: s datetime not null",
            "+ t: t mediumtext not null",
            "+ table t",
        ],
    );
    check(
        Sqlite,
        "",
        &text("q -> TimestamptzSqlite, r -> Jsonb,"),
        &[
            "+ t: a boolean not null",
            "+ t: b smallint not null",
            "+ t: c integer not null",
            "+ t: d bigint not null",
            "+ t: e float not null",
            "+ t: f double not null",
            "+ t: g numeric not null",
            "+ t: h text not null",
            "+ t: i text not null",
            "+ t: id integer not null",
            "+ t: j varchar(9) not null",
            "+ t: k varchar(3) not null",
            "+ t: l blob not null",
            "+ t: m date not null",
            "+ t: n time not null",
            "+ t: o timestamp not null",
            "+ t: p text not null",
            "+ t: primary key (id)",
            "+ t: q timestamp not null",
            "+ t: r blob not null",
            "+ table t",
        ],
    );
}

#[test]
fn schemas_of_postgres() {
    check(
        Postgres,
        "CREATE SCHEMA shop; CREATE TABLE shop.orders (id SERIAL PRIMARY KEY);",
        "diesel::table! { shop.orders (id) { id -> Integer, note -> Nullable<Text>, } }
         diesel::table! { audit.log (id) { id -> Integer, } }",
        &[
            "+ audit.log: id integer not null identity",
            "+ audit.log: primary key log_pkey (id)",
            "+ schema audit",
            "+ shop.orders: note text",
            "+ table audit.log",
        ],
    );
}

#[test]
fn a_view_keeps_its_column_in_every_database() {
    for dialect in [Postgres, Mysql, Sqlite] {
        let base = "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b INTEGER); CREATE TABLE u (id INTEGER NOT NULL PRIMARY KEY);
            CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT * FROM u;";
        let text = "diesel::table! { t (id) { id -> Integer, } }";
        let (lines, found) = super::way(
            &super::schema(dialect, base),
            &[super::models(text, "")],
            text,
            &TargetOptions::default(),
        );
        assert_eq!(lines.iter().filter(|line| line.starts_with("- t: b")).count(), 1, "{lines:?}");
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
