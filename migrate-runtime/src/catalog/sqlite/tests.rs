use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use crate::CatalogSnapshot;

fn database(sql: &str) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(":memory:").expect("SQLite opens a database in memory");
    run(&mut conn, sql);
    conn
}

fn run(conn: &mut SqliteConnection, sql: &str) {
    conn.batch_execute(sql).unwrap_or_else(|error| panic!("{error} in {sql}"));
}

fn snapshot(conn: &mut SqliteConnection) -> CatalogSnapshot {
    CatalogSnapshot::take(conn, &[]).expect("the catalog can be read")
}

/// Asserts which facts a schema has, all of them.
fn check(sql: &str, expected: &[&str]) {
    let snapshot = snapshot(&mut database(sql));
    let found: Vec<String> =
        snapshot.facts().map(|(object, definition)| format!("{object}: {definition}")).collect();
    assert_eq!(found, expected, "{sql}");
}

/// Asserts what is different after an upgrade and its downgrade, from a database that has `base`.
fn check_trip(up: &str, down: &str, expected: &[&str]) {
    const BASE: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, Name TEXT NOT NULL DEFAULT 'x');
        CREATE INDEX users_name ON users (Name);
        CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INT REFERENCES users, n INT CHECK (n > 0));
        CREATE VIEW names AS SELECT Name FROM users;
        CREATE TRIGGER tr AFTER INSERT ON users BEGIN UPDATE users SET Name = 'y'; END;";
    let mut conn = database(BASE);
    let before = snapshot(&mut conn);
    run(&mut conn, up);
    assert_ne!(snapshot(&mut conn), before, "the upgrade has to change something: {up}");
    run(&mut conn, down);
    let found: Vec<String> =
        before.difference(&snapshot(&mut conn)).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{up} {down}");
}

#[test]
fn a_rich_schema_has_all_its_facts() {
    check(
        "CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused
            \"Name\" VARCHAR (20) COLLATE NOCASE NOT NULL UNIQUE ON CONFLICT REPLACE,
            age INT DEFAULT (1 + 2) CONSTRAINT adult CHECK (age > 0 AND Name <> 'A, B)'),
            shout TEXT GENERATED ALWAYS AS (upper(Name)) STORED,
            anything,
            CHECK (age < 200),
            UNIQUE (age, Name) ON CONFLICT IGNORE
        );
        CREATE TABLE posts (
            user_id INT REFERENCES users ON UPDATE SET DEFAULT ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT NULL,
            name TEXT DEFAULT 'check (' REFERENCES users (Name) NOT DEFERRABLE,
            a INT, b INT,
            FOREIGN KEY (a, b) REFERENCES pairs (x, y),
            PRIMARY KEY (user_id, a DESC)
        ) WITHOUT ROWID, STRICT;
        CREATE UNIQUE INDEX posts_lower ON posts (lower(name), a) WHERE a > 0;
        CREATE INDEX posts_b ON posts (b DESC, name COLLATE RTRIM);
        CREATE VIEW v AS SELECT [Name] FROM `users`; -- all of them
        CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 'It''s'; END;
        CREATE TABLE __migrate_version (version_num TEXT PRIMARY KEY);
        CREATE TABLE __diesel_schema_migrations (version TEXT PRIMARY KEY);",
        &[
            "check users (age < 200): without a name",
            "check users.adult: (age > 0 and name <> 'A, B)')",
            "column posts.a: int not null",
            "column posts.b: int",
            "column posts.name: text default 'check ('",
            "column posts.user_id: int not null",
            "column users.Name: varchar (20) not null collate nocase unique on conflict replace",
            "column users.age: int default 1 + 2",
            "column users.anything: any type",
            "column users.id: integer",
            "column users.shout: text generated always as (upper (name)) stored",
            "conflict clause of users: unique (age, name) on conflict ignore",
            "foreign key posts (a, b): references pairs (x, y) on update no action on delete no action",
            "foreign key posts (name): references users (Name) on update no action on delete no action",
            "foreign key posts (user_id): references users (id) on update set default on delete cascade deferred",
            "index posts_b: on posts (b desc, name collate rtrim)",
            "index posts_lower: unique on posts (lower (name), a) where a > 0",
            "primary key index posts: (user_id, a desc)",
            "primary key posts: (user_id, a)",
            "primary key users: (id), autoincrement",
            "table posts: table, strict, without rowid",
            "table users: table",
            "trigger users.t: create trigger t after insert on users begin select 'It''s'; end",
            "unique users (Name): (Name collate nocase)",
            "unique users (age, Name): (age, Name collate nocase)",
            "view v: create view v as select name from users",
        ],
    );
}

#[test]
fn what_is_so_in_any_case_is_no_fact() {
    let said =
        "CREATE TABLE t (a TEXT DEFAULT NULL NOT NULL ON CONFLICT ABORT, UNIQUE (a) ON CONFLICT ABORT)";
    check(said, &["column t.a: text not null", "table t: table", "unique t (a): (a)"]);
}

#[test]
fn a_table_that_is_ignored_is_ignored_with_all_it_has() {
    let mut conn = database(
        "CREATE TABLE a (x INT UNIQUE CHECK (x > 0)); CREATE INDEX i ON a (x); CREATE TABLE \"it's\" (x)",
    );
    let snapshot = CatalogSnapshot::take(&mut conn, &["a", "it's"]).expect("the catalog can be read");
    assert_eq!(snapshot, CatalogSnapshot::default());
}

#[test]
fn what_a_downgrade_restores_is_equal() {
    check_trip("CREATE TABLE t (x INT)", "DROP TABLE t", &[]);
    check_trip(
        "ALTER TABLE users ADD COLUMN age INT NOT NULL DEFAULT 0",
        "ALTER TABLE users DROP COLUMN age",
        &[],
    );
    check_trip(
        "ALTER TABLE posts DROP COLUMN user_id",
        "ALTER TABLE posts ADD COLUMN user_id INT REFERENCES users",
        &[],
    );
    check_trip("ALTER TABLE users RENAME TO people", "ALTER TABLE people RENAME TO users", &[]);
    check_trip("ALTER TABLE users RENAME Name TO nick", "ALTER TABLE users RENAME nick TO Name", &[]);
    check_trip("DROP INDEX users_name", "create index \"users_name\" on [users] (Name asc)", &[]);
    check_trip("DROP VIEW names", "create view names as\n  select Name -- only\n  from users", &[]);
    check_trip(
        "DROP TRIGGER tr",
        "CREATE TRIGGER tr AFTER INSERT ON users BEGIN update users\n set Name = 'y'; END",
        &[],
    );
    // The rebuild of SQLite's documentation, with the constraints written in another way.
    check_trip(
        "DROP TABLE posts",
        "CREATE TABLE new (n int check(n>0), id integer, user_id int, primary key (id),
             foreign key (user_id) references users (id));
         ALTER TABLE new RENAME TO posts",
        &[],
    );
}

#[test]
fn what_a_downgrade_loses_is_named() {
    check_trip("CREATE TABLE t (x INT)", "", &["+ column t.x: int", "+ table t: table"]);
    check_trip(
        "DROP TABLE posts",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INT, n INT)",
        &[
            "- check posts (n > 0): without a name",
            "- foreign key posts (user_id): references users (id) on update no action on delete no action",
        ],
    );
    check_trip(
        "DROP TABLE posts",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, n INT CHECK (n > 1),
             user_id INT REFERENCES users ON DELETE CASCADE)",
        &[
            "- check posts (n > 0): without a name",
            "+ check posts (n > 1): without a name",
            "~ foreign key posts (user_id): references users (id) on update no action on delete no action \
             -> references users (id) on update no action on delete cascade",
        ],
    );
    check_trip("DROP INDEX users_name", "", &["- index users_name: on users (Name)"]);
    check_trip(
        "DROP INDEX users_name",
        "CREATE UNIQUE INDEX users_name ON users (Name) WHERE id > 1",
        &["~ index users_name: on users (Name) -> unique on users (Name) where id > 1"],
    );
    check_trip(
        "DROP TRIGGER tr",
        "",
        &[
            "- trigger users.tr: create trigger tr after insert on users begin update users set name = 'y'; end",
        ],
    );
    check_trip(
        "DROP VIEW names",
        "CREATE VIEW names AS SELECT id FROM users",
        &[
            "~ view names: create view names as select name from users -> create view names as select id from users",
        ],
    );
    let rebuilt = |column: &str| {
        format!(
            "DROP TRIGGER tr; DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, {column});
             CREATE INDEX users_name ON users (Name);
             CREATE TRIGGER tr AFTER INSERT ON users BEGIN UPDATE users SET Name = 'y'; END;"
        )
    };
    let up = "ALTER TABLE users ADD COLUMN age INT";
    let was = "~ column users.Name: text not null default 'x' ->";
    check_trip(up, &rebuilt("Name TEXT NOT NULL DEFAULT 'x'"), &[]);
    check_trip(
        up,
        &rebuilt("Name TEXT NOT NULL DEFAULT 'X'"),
        &[&format!("{was} text not null default 'X'")],
    );
    check_trip(up, &rebuilt("Name TEXT DEFAULT 'x'"), &[&format!("{was} text default 'x'")]);
    check_trip(
        up,
        &rebuilt("Name BLOB NOT NULL DEFAULT 'x'"),
        &[&format!("{was} blob not null default 'x'")],
    );
    check_trip(
        up,
        &rebuilt("Name TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE"),
        &[
            &format!("{was} text not null default 'x' collate nocase"),
            "~ index users_name: on users (Name) -> on users (Name collate nocase)",
        ],
    );
}

#[test]
fn odd_tables_are_read_without_complaint() {
    check(
        r#"CREATE TABLE "(" (")" INT, [a,b] "check" (5) DEFAULT - 1 CHECK ([a,b] IN (')', ',')), "unique" COLLATE RTRIM)"#,
        &[
            r#"check ( ("a,b" in (')', ',')): without a name"#,
            "column (.): int",
            r#"column (.a,b: check default - 1"#,
            "column (.unique: any type collate rtrim",
            "table (: table",
        ],
    );
    let mut conn = database("CREATE VIRTUAL TABLE f USING rtree (id, x, y)");
    assert_eq!(snapshot(&mut conn).get("table f"), Some("create virtual table f using rtree (id, x, y)"));
}

#[test]
fn text_that_is_no_table_gives_less_and_no_panic() {
    for text in [
        "",
        "CREATE TABLE",
        "CREATE TABLE t (",
        "x (a primary",
        "x (a not",
        "x (primary key (a",
        "x (a default",
        "x (a on",
        "x (a check ( , (",
        "x (a references)) ))",
        "x (,,)",
        "x (a collate) , , strict",
        "x (unique",
    ] {
        super::ddl::table(text);
        super::ddl::index(text);
    }
}
