//! Indexes, uniques, checks and foreign keys: what is declared is there, and of a `migrate::table!` nothing else.

use migrate_core::dialect::Dialect::{Mysql, Postgres, Sqlite};
use migrate_schema::TargetOptions;

use super::{check, check_with, models, schema, way};

const BASE: &str = "CREATE TABLE users (id SERIAL PRIMARY KEY);
    CREATE TABLE t (id SERIAL PRIMARY KEY, a INT NOT NULL, b TEXT NOT NULL, user_id INT CONSTRAINT whose REFERENCES users ON DELETE CASCADE,
        CONSTRAINT one_a UNIQUE (a), CONSTRAINT some_b CHECK (length(b) > 0));
    CREATE INDEX by_b ON t (b DESC, a) WHERE a > 1;";

fn declared(of_table: &str, of_key: &str) -> String {
    format!(
        "migrate::table! {{ {of_table} t (id) {{ id -> Integer, a -> Integer, b -> Text, {of_key} user_id -> Nullable<Integer>, }} }}
         migrate::table! {{ users (id) {{ id -> Integer, }} }}"
    )
}

#[test]
fn what_has_no_name_is_found_by_its_columns() {
    let all = "#[unique(a)] #[check(\"length(b) > 0\")] #[index(b desc, a, where = \"a > 1\")]";
    check(Postgres, BASE, &declared(all, "#[references(users.id, on_delete = cascade)]"), &[]);
    check(Postgres, BASE, &declared(all, "#[references(users, on_delete = cascade, name = \"whose\")]"), &[]);
    let unique = "#[index(a, unique)] #[check(\"length(b) > 0\")] #[index(b desc, a, where = \"a > 1\", name = \"by_b\")]";
    check(Postgres, BASE, &declared(unique, "#[references(users.id, on_delete = cascade)]"), &[]);
}

#[test]
fn what_is_not_declared_goes() {
    check(
        Postgres,
        BASE,
        &declared("", ""),
        &[
            "- t: check some_b length(b) > 0",
            "- t: foreign key whose (user_id) -> users (id) on delete cascade",
            "- t: index by_b (b desc, a) where a > 1",
            "- t: unique one_a (a)",
        ],
    );
    check(Postgres, BASE, &declared("#[partial]", ""), &[]);
    let diesel = declared("", "").replace("migrate::", "diesel::");
    check(Postgres, BASE, &diesel, &[]);
    // `joinable!` speaks for a key.
    let joinable =
        declared("#[unique(a)] #[check(\"length(b) > 0\")] #[index(b desc, a, where = \"a > 1\")]", "");
    check(Postgres, BASE, &format!("{joinable} diesel::joinable!(t -> users (user_id));"), &[]);
}

#[test]
fn what_is_declared_otherwise_is_made_anew() {
    let rest = "#[unique(a)] #[check(\"length(b) > 0\")]";
    check(
        Postgres,
        BASE,
        &declared(&format!("{rest} #[index(b, a)]"), "#[references(users.id, on_delete = set_null)]"),
        &[
            "- t: foreign key whose (user_id) -> users (id) on delete cascade",
            "- t: index by_b (b desc, a) where a > 1",
            "+ t: foreign key t_user_id_fkey (user_id) -> users (id) on delete set null",
            "+ t: index t_b_a_idx (b, a)",
        ],
    );
}

#[test]
fn indexes_of_all_kinds() {
    check(
        Postgres,
        "CREATE TABLE t (id SERIAL PRIMARY KEY, a TEXT NOT NULL, b INT[] NOT NULL);",
        "migrate::table! { #[index(\"lower(a)\", name = \"low\", unique)] #[index(b, method = \"gin\")] #[index(a nulls_last, include(id))]
         #[index(a, name = \"only\", only(mysql))] t (id) { id -> Integer, a -> Text, b -> Array<Integer>, } }", &["+ t: index t_a_id_idx (a) include (id)", "+ t: index t_b_idx using gin (b)", "+ t: unique index low (lower(a))"],
    );
}

#[test]
fn on_a_table_that_is_there_in_every_database() {
    let text = "migrate::table! { #[index(a, b)] #[unique(a)] #[check(\"a > 0\")] #[foreign_key((a, b) -> p (x, y), on_delete = cascade)]
        t (id) { id -> Integer, a -> Integer, b -> Integer, } }
        migrate::table! { p (x, y) { x -> Integer, y -> Integer, } }";
    for dialect in [Postgres, Mysql, Sqlite] {
        let base = "CREATE TABLE p (x INTEGER NOT NULL, y INTEGER NOT NULL, PRIMARY KEY (x, y));
            CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL);";
        let (lines, found) =
            way(&schema(dialect, base), &[models(text, "")], text, &TargetOptions::default());
        assert_eq!(found, Vec::<String>::new());
        let all = lines.join("\n");
        for part in ["unique", "check", "(a, b) -> p (x, y) on delete cascade", "index t_a_b_idx (a, b)"] {
            assert!(all.contains(part), "{part}\n{all}");
        }
    }
}

#[test]
fn mysql_keeps_an_index_for_each_foreign_key() {
    let base = "CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY);
        CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT, INDEX own (user_id), FOREIGN KEY (user_id) REFERENCES users (id));";
    let text =
        "migrate::table! { t (id) { id -> Integer, #[references(users.id)] user_id -> Nullable<Integer>, } }
        migrate::table! { users (id) { id -> Integer, } }";
    check(Mysql, base, text, &[]);
}

#[test]
fn names_by_convention() {
    let mut options = TargetOptions::default();
    for (key, pattern) in [
        ("ix", "ix_%(column_0_label)s"),
        ("uq", "uq_%(table_name)s_%(column_0_N_name)s"),
        ("ck", "ck_%(table_name)s_%(constraint_name)s"),
        ("fk", "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"),
        ("pk", "pk_%(table_name)s"),
    ] {
        options.naming.set(key, pattern).expect("all tokens are known");
    }
    let text = "migrate::table! { users (id) { id -> Uuid, } }
        migrate::table! { #[index(a)] #[unique(a, b)] #[check(\"a > 0\", name = \"positive\")]
            t (id) { id -> Uuid, a -> Integer, b -> Integer, #[references(users.id)] user_id -> Uuid, } }";
    check_with(
        Postgres,
        "CREATE TABLE users (id UUID PRIMARY KEY);",
        text,
        "",
        &options,
        &[
            "+ t: a integer not null",
            "+ t: b integer not null",
            "+ t: check ck_t_positive a > 0",
            "+ t: foreign key fk_t_user_id_users (user_id) -> users (id)",
            "+ t: id uuid not null",
            "+ t: index ix_t_a (a)",
            "+ t: primary key pk_t (id)",
            "+ t: unique uq_t_a_b (a, b)",
            "+ t: user_id uuid not null",
            "+ table t",
        ],
        &[],
    );
    // What has a name keeps it.
    let base = "CREATE TABLE users (id UUID PRIMARY KEY);
        CREATE TABLE t (id UUID PRIMARY KEY, a INT NOT NULL, b INT NOT NULL, user_id UUID NOT NULL REFERENCES users, UNIQUE (a, b));
        ALTER TABLE t ADD CONSTRAINT ck_t_positive CHECK (a > 0); CREATE INDEX of_a ON t (a);";
    check_with(Postgres, base, text, "", &options, &[], &[]);
    for dialect in [Mysql, Sqlite] {
        let text = text.replace("Uuid", "Integer");
        let users = "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY);";
        let (lines, found) = way(&schema(dialect, users), &[models(&text, "")], &text, &options);
        assert_eq!(found, Vec::<String>::new(), "{dialect:?}");
        let all = lines.join("\n");
        for name in ["ix_t_a", "uq_t_a_b", "ck_t_positive", "fk_t_user_id_users"] {
            assert!(all.contains(name), "{dialect:?} {name}\n{all}");
        }
    }
}

#[test]
fn sqlite_and_its_unnamed_constraints() {
    let base: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL UNIQUE, b TEXT CHECK (b <> ''), c INT REFERENCES t (id));";
    let text = "migrate::table! { #[unique(a)] #[check(\"b <> ''\")] t (id) { id -> Integer, a -> Integer, b -> Nullable<Text>, #[references(t.id)] c -> Nullable<Integer>, } }";
    check(Sqlite, base, text, &[]);
    let text = "migrate::table! { t (id) { id -> Integer, a -> Integer, b -> Nullable<Text>, c -> Nullable<Integer>, } }";
    check(Sqlite, base, text, &["- t: check b <> ''", "- t: foreign key (c) -> t (id)", "- t: unique (a)"]);
}
