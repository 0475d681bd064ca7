//! Catalog snapshots of PostgreSQL and MariaDB: what they see, what they ignore, what they name. Those of SQLite are
//! tested beside their code.

use diesel::RunQueryDsl;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use diesel::dsl::sql;
use diesel::sql_types::Text;
use migrate_runtime::{CatalogSnapshot, MigrateConnection};
use migrate_test::{Database, MysqlConnection, PgConnection, on_every_database};

/// An upgrade, its downgrade, and what is different afterwards.
type Trip = (&'static str, &'static str, &'static [&'static str]);

fn run<C: SimpleConnection>(conn: &mut C, sql: &str) {
    if sql.is_empty() {
        return; // MySQL refuses a query with nothing in it.
    }
    conn.batch_execute(sql).unwrap_or_else(|error| panic!("{error} in {sql}"));
}

fn snapshot<C: MigrateConnection>(conn: &mut C) -> CatalogSnapshot {
    CatalogSnapshot::take(conn, &[]).expect("the catalog can be read")
}

/// Runs each trip on `base`, which `begin` and `end` bring about and take away.
fn check_trips<C: MigrateConnection + SimpleConnection>(
    conn: &mut C,
    begin: &str,
    end: &str,
    trips: &[Trip],
) {
    for (up, down, expected) in trips {
        run(conn, begin);
        let before = snapshot(conn);
        run(conn, up);
        assert_ne!(snapshot(conn), before, "the upgrade has to change something: {up}");
        run(conn, down);
        let found: Vec<String> = before.difference(&snapshot(conn)).iter().map(ToString::to_string).collect();
        assert_eq!(found, *expected, "{up}; {down}");
        run(conn, end);
    }
}

const POSTGRES_BASE: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN age AS int CHECK (VALUE > 0);
    CREATE TYPE pair AS (a int, b text);
    CREATE SEQUENCE numbers INCREMENT 5;
    CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL DEFAULT 'x',
        mood mood, email varchar(10) UNIQUE, twice int GENERATED ALWAYS AS (2 + 2) STORED,
        CONSTRAINT named CHECK (name <> ''));
    COMMENT ON COLUMN users.name IS 'as in the passport';
    CREATE TABLE posts (id serial PRIMARY KEY, user_id bigint REFERENCES users ON DELETE CASCADE, during int4range);
    CREATE INDEX posts_user ON posts (user_id) WHERE id > 0;
    CREATE VIEW names AS SELECT 'x'::text AS name;
    CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS n FROM posts;
    CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 1 -- the one
    $$;
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
    CREATE TRIGGER touched BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION touch();
    ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON posts FOR SELECT USING (id > 0);
    CREATE TABLE parts (n int, m int) PARTITION BY RANGE (n);
    CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (9);
    CREATE SCHEMA shop;
    CREATE TABLE shop.\"Item\" (\"a.b\" int);";

#[test]
fn postgres() {
    let Some(database) = Database::<PgConnection>::new("catalog") else { return };
    let trips: &[Trip] = &[
        // What is restored is equal.
        ("CREATE TABLE t (x int)", "DROP TABLE t", &[]),
        ("ALTER TABLE users DROP COLUMN mood", "ALTER TABLE users ADD COLUMN mood mood", &[]),
        ("ALTER TABLE users RENAME name TO nick", "ALTER TABLE users RENAME nick TO name", &[]),
        ("ALTER TABLE posts RENAME TO articles", "ALTER TABLE articles RENAME TO posts", &[]),
        (
            "DROP INDEX posts_user",
            "create index posts_user on public.posts using btree (user_id) where (id>0)",
            &[],
        ),
        (
            "ALTER TABLE users DROP CONSTRAINT named",
            "ALTER TABLE users ADD CONSTRAINT named CHECK ((name != ''))",
            &[],
        ),
        ("DROP VIEW names", "CREATE VIEW names AS\n SELECT 'x'::text as \"name\" -- one", &[]),
        (
            "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2'",
            "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS $body$\n  SELECT\n 1\n$body$",
            &[],
        ),
        ("CREATE EXTENSION pg_trgm", "DROP EXTENSION pg_trgm", &[]),
        ("SET LOCAL search_path = shop; CREATE TABLE t (x int)", "DROP TABLE t", &[]),
        ("GRANT SELECT ON users TO PUBLIC", "REVOKE SELECT ON users FROM PUBLIC", &[]),
        // What is not is named.
        ("CREATE TABLE t (x int)", "", &["+ column t.x: integer", "+ table t: table"]),
        (
            "ALTER TYPE mood ADD VALUE 'happy' BEFORE 'ok'",
            "",
            &["~ enum mood: 'sad', 'ok' -> 'sad', 'happy', 'ok'"],
        ),
        (
            "ALTER TABLE users DROP COLUMN mood",
            "ALTER TABLE users ADD COLUMN mood text NOT NULL",
            &["~ column users.mood: public.mood -> text not null"],
        ),
        (
            "ALTER TABLE users ALTER name DROP DEFAULT, ALTER name DROP NOT NULL",
            "",
            &[
                "~ column users.name: text not null default 'x'::text comment 'as in the passport' -> text comment 'as in the passport'",
            ],
        ),
        (
            "COMMENT ON COLUMN users.name IS 'nick'",
            "COMMENT ON COLUMN users.name IS NULL",
            &[
                "~ column users.name: text not null default 'x'::text comment 'as in the passport' -> text not null default 'x'::text",
            ],
        ),
        (
            "ALTER TABLE users ALTER id DROP IDENTITY",
            "ALTER TABLE users ALTER id ADD GENERATED BY DEFAULT AS IDENTITY",
            &[
                "~ column users.id: bigint not null generated always as identity -> bigint not null generated by default as identity",
            ],
        ),
        (
            "ALTER TABLE users ALTER twice DROP EXPRESSION",
            "",
            &["~ column users.twice: integer generated always as ((2 + 2)) stored -> integer"],
        ),
        (
            "ALTER TABLE users ALTER email TYPE varchar(20) COLLATE \"C\"",
            "",
            &["~ column users.email: character varying(10) -> character varying(20) collate \"C\""],
        ),
        (
            "ALTER TABLE users DROP CONSTRAINT users_email_key",
            "",
            &["- unique users.users_email_key: UNIQUE (email)"],
        ),
        (
            "ALTER TABLE users DROP CONSTRAINT named",
            "ALTER TABLE users ADD CONSTRAINT named CHECK (name <> '') NOT VALID",
            &["~ check users.named: CHECK ((name <> ''::text)) -> CHECK ((name <> ''::text)) NOT VALID"],
        ),
        (
            "ALTER TABLE posts DROP CONSTRAINT posts_user_id_fkey",
            "ALTER TABLE posts ADD FOREIGN KEY (user_id) REFERENCES users",
            &[
                "~ foreign key posts.posts_user_id_fkey: FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE \
            -> FOREIGN KEY (user_id) REFERENCES public.users(id)",
            ],
        ),
        (
            "ALTER TABLE posts DROP CONSTRAINT posts_pkey",
            "",
            &["- primary key posts.posts_pkey: PRIMARY KEY (id)"],
        ),
        (
            "ALTER TABLE posts ADD EXCLUDE USING gist (during WITH &&)",
            "",
            &["+ exclusion posts.posts_during_excl: EXCLUDE USING gist (during WITH &&)"],
        ),
        (
            "DROP INDEX posts_user",
            "CREATE INDEX posts_user ON posts (user_id)",
            &[
                "~ index posts_user: CREATE INDEX posts_user ON public.posts USING btree (user_id) WHERE (id > 0) \
            -> CREATE INDEX posts_user ON public.posts USING btree (user_id)",
            ],
        ),
        (
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'posts_user'::regclass",
            "",
            &[
                "~ index posts_user: CREATE INDEX posts_user ON public.posts USING btree (user_id) WHERE (id > 0) \
            -> CREATE INDEX posts_user ON public.posts USING btree (user_id) WHERE (id > 0), invalid",
            ],
        ),
        (
            "ALTER DOMAIN age DROP CONSTRAINT age_check; ALTER DOMAIN age SET NOT NULL",
            "",
            &["- check age.age_check: CHECK ((VALUE > 0))", "~ domain age: integer -> integer not null"],
        ),
        ("ALTER TYPE pair DROP ATTRIBUTE b", "", &["- attribute pair.b: text"]),
        (
            "ALTER SEQUENCE numbers INCREMENT 7",
            "",
            &[
                "~ sequence numbers: sequence, bigint start 1 increment 5 min 1 max 9223372036854775807 cache 1 \
            -> sequence, bigint start 1 increment 7 min 1 max 9223372036854775807 cache 1",
            ],
        ),
        (
            "CREATE OR REPLACE VIEW names AS SELECT 'a'::text AS name",
            "",
            &["~ view names: view: SELECT 'x' :: text AS name -> view: SELECT 'a' :: text AS name"],
        ),
        (
            "DROP MATERIALIZED VIEW counts",
            "",
            &[
                "- column counts.n: bigint",
                "- materialized view counts: materialized view: SELECT count (*) AS n FROM public.posts",
            ],
        ),
        (
            "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2'",
            "",
            &[
                "~ function one(): (), returns integer, language sql, immutable: SELECT 1 -> (), returns integer, language sql, immutable: SELECT 2",
            ],
        ),
        (
            "ALTER TABLE posts DISABLE TRIGGER touched",
            "",
            &["~ trigger posts.touched: CREATE TRIGGER touched BEFORE UPDATE ON public.posts FOR EACH ROW \
            EXECUTE FUNCTION public.touch() -> …E FUNCTION public.touch(), disabled"],
        ),
        (
            "DROP POLICY own ON posts; ALTER TABLE posts DISABLE ROW LEVEL SECURITY",
            "",
            &[
                "- policy posts.own: permissive for select to public using ((id > 0))",
                "~ table posts: table, row security -> table",
            ],
        ),
        (
            "ALTER TABLE parts DETACH PARTITION part1",
            "",
            &["~ table part1: table, partition of public.parts, FOR VALUES FROM (0) TO (9) -> table"],
        ),
        ("CREATE EXTENSION pg_trgm", "", &["+ extension pg_trgm: version 1.6, schema public"]),
        ("CREATE SCHEMA s", "", &["+ schema s: schema"]),
        (
            "ALTER TABLE shop.\"Item\" ALTER \"a.b\" TYPE bigint",
            "",
            &["~ column shop.\"Item\".\"a.b\": integer -> bigint"],
        ),
        ("GRANT SELECT ON users TO PUBLIC", "", &["+ privileges of public on table public.users: select"]),
        ("CREATE CAST (mood AS int) WITH INOUT", "", &["+ cast (public.mood AS integer): present"]),
    ];
    check_trips(&mut database.connect(), &format!("BEGIN; {POSTGRES_BASE}"), "ROLLBACK", trips);
}

const MYSQL_BASE: &str = "
    CREATE TABLE users (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(50) NOT NULL DEFAULT 'x' COMMENT 'hi',
        mood enum('sad', 'ok'), email varchar(100), loud varchar(60) AS (upper(name)) STORED,
        at timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        UNIQUE KEY mail (email), CONSTRAINT named CHECK (name <> '')) ENGINE = InnoDB;
    CREATE TABLE posts (id int PRIMARY KEY, user_id bigint, title text, n int,
        CONSTRAINT author FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE, KEY start (title(10), n));
    CREATE VIEW names AS SELECT name FROM users;
    CREATE FUNCTION one(a int) RETURNS int DETERMINISTIC RETURN a + 1;
    CREATE PROCEDURE two(IN a int, OUT b int) SET b = a;
    CREATE TRIGGER touched BEFORE INSERT ON posts FOR EACH ROW SET new.n = 1;
    CREATE TABLE parts (n int) PARTITION BY RANGE (n) (PARTITION p0 VALUES LESS THAN (9));";

#[test]
fn mariadb() {
    let Some(database) = Database::<MysqlConnection>::new("catalog") else { return };
    let mut conn = database.connect();
    let version: String = sql::<Text>("SELECT VERSION()").get_result(&mut conn).expect("a version");
    if !version.contains("MariaDB") {
        // MySQL prints the same definitions in other words: `bigint` for `bigint(20)`.
        return;
    }
    let trips: &[Trip] = &[
        // What is restored is equal.
        ("CREATE TABLE t (x int)", "DROP TABLE t", &[]),
        ("ALTER TABLE users DROP COLUMN mood", "ALTER TABLE users ADD COLUMN mood enum('sad', 'ok')", &[]),
        (
            "ALTER TABLE users CHANGE name nick varchar(50) NOT NULL, DROP CONSTRAINT named, DROP COLUMN loud",
            "ALTER TABLE users CHANGE nick name varchar(50) NOT NULL DEFAULT 'x' COMMENT 'hi',
            ADD COLUMN loud varchar(60) AS (UPPER(name)) STORED, ADD CONSTRAINT named CHECK (name != '')",
            &[],
        ),
        (
            "ALTER TABLE users ADD COLUMN x int; INSERT INTO users (name) VALUES ('a')",
            "ALTER TABLE users DROP COLUMN x",
            &[],
        ),
        ("DROP VIEW names", "create view names as select users.name from users", &[]),
        ("DROP FUNCTION one", "CREATE FUNCTION one(a int) RETURNS int DETERMINISTIC RETURN  a  +  1", &[]),
        (
            "DROP TRIGGER touched",
            "CREATE TRIGGER touched BEFORE INSERT ON posts FOR EACH ROW SET /* one */ new.n = 1",
            &[],
        ),
        // What is not is named.
        (
            "CREATE TABLE t (x int) ENGINE = InnoDB DEFAULT CHARSET latin1",
            "",
            &[
                "+ column t.x: int(11) default NULL",
                "+ table t: table, engine InnoDB, collation latin1_swedish_ci",
            ],
        ),
        (
            "ALTER TABLE users MODIFY name varchar(60)",
            "",
            &[
                "~ column names.name: varchar(50) collate utf8mb4_general_ci not null default 'x' comment hi \
            -> varchar(60) collate utf8mb4_general_ci default NULL",
                "~ column users.name: varchar(50) collate utf8mb4_general_ci not null default 'x' comment hi \
            -> varchar(60) collate utf8mb4_general_ci default NULL",
            ],
        ),
        (
            "ALTER TABLE users MODIFY mood enum('sad', 'ok', 'happy')",
            "",
            &["~ column users.mood: enum('sad','ok') collate utf8mb4_general_ci default NULL \
            -> enum('sad','ok','happy') collate utf8mb4_general_ci default NULL"],
        ),
        (
            "ALTER TABLE users MODIFY id bigint NOT NULL",
            "",
            &["~ column users.id: bigint(20) not null auto_increment -> bigint(20) not null"],
        ),
        (
            "ALTER TABLE users MODIFY at timestamp NULL DEFAULT CURRENT_TIMESTAMP",
            "",
            &[
                "~ column users.at: timestamp default current_timestamp() on update current_timestamp() -> timestamp default current_timestamp()",
            ],
        ),
        (
            "ALTER TABLE posts DROP FOREIGN KEY author",
            "ALTER TABLE posts ADD CONSTRAINT author FOREIGN KEY (user_id) REFERENCES users (id)",
            &[
                "~ foreign key posts.author: on update restrict on delete cascade, user_id references users.id \
            -> on update restrict on delete restrict, user_id references users.id",
            ],
        ),
        (
            "ALTER TABLE parts REMOVE PARTITIONING; ALTER TABLE parts ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES posts (id)",
            "ALTER TABLE parts DROP FOREIGN KEY f; ALTER TABLE parts PARTITION BY RANGE (n) (PARTITION p0 VALUES LESS THAN (9))",
            &["+ index parts.f: btree on n"],
        ),
        (
            "DROP INDEX mail ON users",
            "CREATE INDEX mail ON users (email)",
            &["+ index users.mail: btree on email", "- unique users.mail: btree on email"],
        ),
        (
            "DROP INDEX start ON posts",
            "CREATE INDEX start ON posts (n, title(20))",
            &["~ index posts.start: btree on title (10), n -> btree on n, title (20)"],
        ),
        ("ALTER TABLE users DROP CONSTRAINT named", "", &["- check users.named: table: `name` <> ''"]),
        ("ALTER TABLE posts DROP PRIMARY KEY", "", &["- primary key posts: btree on id"]),
        (
            "DROP TRIGGER touched",
            "CREATE TRIGGER touched BEFORE INSERT ON posts FOR EACH ROW SET new.n = 2",
            &[
                "~ trigger touched: before insert on posts order 1: SET new.n = 1 -> before insert on posts order 1: SET new.n = 2",
            ],
        ),
        (
            "DROP PROCEDURE two",
            "CREATE PROCEDURE two(IN a int) BEGIN END",
            &[
                "~ parameters of procedure two: in a int(11), out b int(11) -> in a int(11)",
                "~ procedure two: contains sql, sql security definer: SET b = a -> contains sql, sql security definer: BEGIN END",
            ],
        ),
        (
            "CREATE OR REPLACE VIEW names AS SELECT name, id FROM users",
            "",
            &[
                "+ column names.id: bigint(20) not null default 0",
                "~ view names: view, sql security definer: select `users`.`name` AS `name` from `users` \
            -> view, sql security definer: select `users`.`name` AS `name`, `users`.`id` AS `id` from `users`",
            ],
        ),
        (
            "ALTER TABLE parts ADD PARTITION (PARTITION p1 VALUES LESS THAN (20))",
            "",
            &["~ partitions parts: p0 RANGE `n` 9 -> p0 RANGE `n` 9, p1 RANGE `n` 20"],
        ),
        (
            "ALTER TABLE users COMMENT 'people'",
            "",
            &[
                "~ table users: table, engine InnoDB, collation utf8mb4_general_ci -> table, engine InnoDB, collation utf8mb4_general_ci, comment people",
            ],
        ),
    ];
    let name: String = sql::<Text>("SELECT DATABASE()").get_result(&mut conn).expect("a database");
    let begin = format!(
        "DROP DATABASE `{name}`; CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
         USE `{name}`; {MYSQL_BASE}"
    );
    check_trips(&mut conn, &begin, "", trips);
}

#[test]
fn a_search_path_survives_and_does_not_matter() {
    let Some(database) = Database::<PgConnection>::new("search_path") else { return };
    let mut conn = database.connect();
    run(&mut conn, POSTGRES_BASE);
    let plain = snapshot(&mut conn);
    run(&mut conn, "SET search_path = shop, \"$user\", public");
    assert_eq!(snapshot(&mut conn), plain);
    let path: String = sql::<Text>("SHOW search_path").get_result(&mut conn).expect("a setting");
    assert_eq!(path, "shop, \"$user\", public");
    run(&mut conn, "BEGIN; SET LOCAL search_path = shop");
    assert_eq!(snapshot(&mut conn), plain);
    run(&mut conn, "CREATE TABLE \"is in shop\" (x int); COMMIT; DROP TABLE shop.\"is in shop\"");
    let path: String = sql::<Text>("SHOW search_path").get_result(&mut conn).expect("a setting");
    assert_eq!(path, "shop, \"$user\", public");
}

#[test]
fn own_tables_do_not_count() {
    const TABLES: &str = "CREATE TABLE __migrate_version (version_num varchar(100) PRIMARY KEY);
        CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY);
        CREATE TABLE other (x int UNIQUE CHECK (x > 0));";
    fn check<C: MigrateConnection + SimpleConnection>(conn: &mut C, journal: &str) {
        let before = snapshot(conn);
        run(conn, &format!("{TABLES} {journal}; CREATE INDEX i ON other (x)"));
        let after = CatalogSnapshot::take(conn, &["other"]).expect("the catalog can be read");
        assert_eq!(before.difference(&after), []);
    }
    if let Some(database) = Database::<PgConnection>::new("own_tables") {
        let journal =
            "CREATE TABLE __migrate_journal (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x serial)";
        check(&mut database.connect(), journal);
    }
    if let Some(database) = Database::<MysqlConnection>::new("own_tables") {
        let journal = "CREATE TABLE __migrate_journal (id bigint AUTO_INCREMENT PRIMARY KEY)";
        check(&mut database.connect(), journal);
    }
}

on_every_database! {
    fn the_number_of_queries_does_not_grow(db) {
        let mut conn = db.connect();
        let mut queries = |tables: std::ops::Range<u32>| {
            for n in tables {
                run(&mut conn, &format!("CREATE TABLE t{n} (x int PRIMARY KEY, y int)"));
                run(&mut conn, &format!("CREATE INDEX i{n} ON t{n} (y)"));
            }
            let count = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&count);
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
            snapshot(&mut conn);
            count.load(Ordering::Relaxed)
        };
        let few = queries(0..1);
        assert_eq!(queries(1..20), few);
        // Besides the catalog's: PostgreSQL's search path is read and restored, MySQL's version is read.
        let most = match db.dialect() { "postgres" => 8 + 2, "mysql" => 7 + 1, _ => 4 };
        assert_eq!(few, most);
    }
}
