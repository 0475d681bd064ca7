//! What is printed, and what is refused instead. No client is needed.

use snapbox::{assert_data_eq, str};

use super::histories::chain;
use crate::project::Project;

/// What each dialect cannot have in a script is known before there is any.
#[test]
fn refused_before_anything_is_printed() {
    let shown = |dialect: &str, sql: &str| {
        let project = chain(&[
            ("n1", "<base>", "-- migrate:upgrade\nSELECT 1;", "-- migrate:irreversible the data is gone"),
            ("n2", "n1", &format!("-- migrate:upgrade {dialect}\n{sql}"), "-- migrate:downgrade"),
        ]);
        project.run(&["upgrade", "--sql", "--dialect", dialect])
    };
    let all = [
        shown("sqlite", "SELECT 4\n/\n2;"),
        shown("mysql", "USE shop;"),
        shown("postgres", "CREATE FUNCTION begin() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1';"),
        shown("postgres", "COPY users FROM STDIN;"),
    ];
    assert_data_eq!(
        all.join("\n"),
        str![[r#"
exit 2
--- stderr
error[offline]: revision `n2` cannot be written as a script: sqlite3 would end the statement at this line: it holds nothing but `/`
 --> migrations/n2.sql:8:1
  |
8 | /
  | ^
  |
  = note: nothing was written
  = help: join it with the line before

exit 2
--- stderr
error[offline]: revision `n2` cannot be written as a script: a script cannot go back to its own database after `USE`
 --> migrations/n2.sql:7:1
  |
7 | USE shop;
  | ^^^^^^^^^
  |
  = note: nothing was written
  = help: name the other database where it is meant: `other.table`

exit 2
--- stderr
error[offline]: revision `n2` cannot be written as a script: psql would not see where this statement ends
 --> migrations/n2.sql:7:1
  |
7 | CREATE FUNCTION begin() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1';
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = note: nothing was written
  = help: close every parenthesis, and quote names such as `begin` and `case`

exit 3
--- stderr
note: the migrations in `migrations` have 1 problem
error[client-command]: `COPY … FROM stdin` is for the database's command line client, it is not SQL
 --> migrations/n2.sql:7:1
  |
7 | COPY users FROM STDIN;
  | ^^^^^^^^^^^^^^^^^^^^^ no driver runs this
  |
  = help: write what it does as SQL, as with `INSERT` in place of `COPY … FROM stdin`

"#]]
    );
    let project = chain(&[
        ("n1", "<base>", "-- migrate:upgrade\nSELECT 1;", "-- migrate:irreversible the data is gone"),
        ("n2", "n1", "-- migrate:upgrade sqlite\nSELECT 1;", "-- migrate:downgrade"),
    ]);
    assert_data_eq!(
        project.story(&[
            "upgrade --sql --dialect mysql",
            "downgrade n2:base --sql --dialect sqlite",
            "upgrade --sql",
            "downgrade base --sql --dialect sqlite",
            "downgrade n2: --sql --dialect sqlite",
            "upgrade n1:n2 n1:n2 --sql --dialect sqlite",
            "upgrade n1:n2 --dialect sqlite --url sqlite:app.db",
            "upgrade n9:n2 --sql --dialect sqlite",
            "upgrade current:n2 --sql --dialect sqlite",
            "stamp head --purge --sql --dialect sqlite",
            "upgrade --tag x",
        ]),
        str![[r#"
$ migrate upgrade --sql --dialect mysql
exit 3
--- stderr
note: the migrations in `migrations` have 1 problem
error[missing-section]: revision `n2` has no upgrade section for mysql
 --> migrations/n2.sql:3:17
  |
3 | -- Revision ID: n2
  |                 ^^ its sections name other databases only
  |
  = help: add `-- migrate:upgrade mysql`; with nothing below it, it does nothing on purpose
$ migrate downgrade n2:base --sql --dialect sqlite
exit 8
--- stderr
error[irreversible]: cannot downgrade past `n1`: the data is gone
 = note: nothing was written
$ migrate upgrade --sql
exit 2
--- stderr
error[no-dialect]: nothing says for which database the script is to be
 = help: name it: `--dialect postgres`, `--dialect mysql` or `--dialect sqlite`
$ migrate downgrade base --sql --dialect sqlite
exit 2
--- stderr
error[no-range]: `downgrade --sql` has to be told where the database is
 = help: name it before the target: `head:base`, or `current:base` to ask the database
$ migrate downgrade n2: --sql --dialect sqlite
exit 2
--- stderr
error[bad-range]: `n2:` has no target behind the `:`
 = help: a range is `start:target`
$ migrate upgrade n1:n2 n1:n2 --sql --dialect sqlite
exit 2
--- stderr
error[bad-range]: `n1:n2` is a second range, after `n1:n2`
 = help: a script has one start; where a database is at several revisions: `a1,b2:head`
$ migrate upgrade n1:n2 --dialect sqlite --url sqlite:app.db
exit 2
--- stderr
error[bad-target]: `n1:n2` is a range where one target is wanted
 = help: ranges are for `history -r` and for `--sql`
$ migrate upgrade n9:n2 --sql --dialect sqlite
exit 2
--- stderr
error[unknown-revision]: no revision or label starts with `n9`
 = help: the nearest is `n1`; `migrate history` lists all
$ migrate upgrade current:n2 --sql --dialect sqlite
exit 2
--- stderr
error[no-database]: no database is named
 = help: set `DATABASE_URL` (also in `.env`), `url` in migrate.toml, or `--url`
$ migrate stamp head --purge --sql --dialect sqlite
exit 2
--- stderr
error[usage]: `--purge` with `--sql`: a script cannot know what there is to forget
 = help: run it online, without `--sql`
$ migrate upgrade --tag x
exit 2
--- stderr
error: the following required arguments were not provided:
  --sql

Usage: migrate upgrade --sql --tag <TEXT> [TARGET]...

For more information, try '--help'.

"#]]
    );
}

#[test]
fn no_database_is_asked_but_for_current() {
    let project = Project::line().variable("DATABASE_URL", "postgres://app:secret@127.0.0.1:1/shop");
    assert!(project.ok(&["upgrade", "--sql"]).starts_with("-- Upgrade from <base> to a3, for postgres\n"));
    assert!(project.run(&["upgrade", "current:head", "--sql"]).starts_with("exit 6\n"));
    // Another dialect than the database's, for which nothing has to be configured.
    assert!(project.ok(&["upgrade", "--sql", "--dialect", "mysql"]).contains("for mysql\n"));
}

#[test]
fn the_text_is_the_same_each_time_and_says_what_it_is() {
    let project = Project::line();
    let args = ["upgrade", "a2:a3", "--sql", "--tag", "release 7\n\\q"];
    let script = project.ok(&args);
    assert_eq!(script, project.ok(&args));
    assert_data_eq!(
        script,
        str![[r#"
-- Upgrade from a2 to a3, for sqlite
-- Written by diesel-migrate 0.1.0
-- Tag: release 7
-- Tag: /q
-- Run it with sqlite3 <database> < <this file>

-- Without this sqlite3 goes on after an error.
.bail on
.timeout 60000
PRAGMA foreign_keys = ON;
-- What has to hold: a value that is not true is an error.
DROP TABLE IF EXISTS temp."__migrate_script";
CREATE TABLE temp."__migrate_script" (started TEXT,
    at_place INTEGER CONSTRAINT "migrate: the database is not where this script begins" CHECK (at_place),
    finished INTEGER CONSTRAINT "migrate: a revision is unfinished, see migrate status" CHECK (finished),
    recorded INTEGER CONSTRAINT "migrate: another process changed the version table" CHECK (recorded));
INSERT INTO temp."__migrate_script" (started) VALUES (NULL);

-- The version table and the journal
BEGIN IMMEDIATE;
UPDATE temp."__migrate_script" SET at_place = ((SELECT count(*) FROM "main"."__migrate_version") = 1 AND (SELECT count(*) FROM "main"."__migrate_version" WHERE version_num = 'a2' AND (digest IS NULL OR digest = 'a2:6e78e49804197d7586e1a96e778ee53bf232b572f30ff998e17e95c61fec003b')) = 1);
CREATE TABLE IF NOT EXISTS "main"."__migrate_journal" (id INTEGER PRIMARY KEY, revision VARCHAR(100) NOT NULL, direction VARCHAR(20) NOT NULL, digest VARCHAR(64) NULL, statements_total INTEGER NOT NULL, statements_done INTEGER NOT NULL, statements_digest VARCHAR(64) NULL, started_at TEXT NOT NULL, finished_at TEXT NULL, who TEXT NULL, tool_version VARCHAR(100) NULL, backend VARCHAR(100) NULL, error TEXT NULL, downgrade_sql TEXT NULL);
UPDATE temp."__migrate_script" SET finished = (NOT EXISTS (SELECT 1 FROM "main"."__migrate_journal" WHERE finished_at IS NULL));

-- Running upgrade a2 -> a3, tags

UPDATE temp."__migrate_script" SET started = strftime('%Y-%m-%d %H:%M:%f', 'now');
CREATE TABLE tags (id INTEGER);

-- Record upgrade of a3
UPDATE "main"."__migrate_version" SET version_num = 'a3', digest = 'a3:646eda93f1bf5945893141b037d2de4af8e2ced7ab28940a837681c7646f0e98' WHERE version_num = 'a2';
INSERT INTO "main"."__migrate_journal" (revision, direction, digest, statements_total, statements_done, started_at, finished_at, who, tool_version, backend, downgrade_sql) VALUES ('a3', 'upgrade', '646eda93f1bf5945893141b037d2de4af8e2ced7ab28940a837681c7646f0e98', 1, 1, (SELECT started FROM temp."__migrate_script"), strftime('%Y-%m-%d %H:%M:%f', 'now'), NULL, 'diesel-migrate 0.1.0', NULL, 'DROP TABLE tags;');
UPDATE temp."__migrate_script" SET recorded = ((SELECT count(*) FROM "main"."__migrate_version") = 1 AND (SELECT count(*) FROM "main"."__migrate_version" WHERE version_num = 'a3' AND (digest IS NULL OR digest = 'a3:646eda93f1bf5945893141b037d2de4af8e2ced7ab28940a837681c7646f0e98')) = 1);
COMMIT;

DROP TABLE temp."__migrate_script";

"#]]
    );
    assert_data_eq!(
        project.story(&[
            "stamp a1:a2 --sql --dialect postgres -q",
            "ensure-version --sql --dialect mysql -q",
            "upgrade a3:head --sql -v",
            "upgrade head:head --sql --json",
        ]),
        str![[r#"
$ migrate stamp a1:a2 --sql --dialect postgres -q
exit 0
--- stdout
-- Stamp from a1 to a2, for postgres
-- Written by diesel-migrate 0.1.0
-- Run it with psql -X -f <this file> <database>

-- Without these psql goes on after an error, or keeps a transaction open.
/set ON_ERROR_STOP on
/set AUTOCOMMIT on
SET client_encoding = 'UTF8';
SET TIME ZONE 'UTC';
-- The schema of the version table: where it is, or would be made.
SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass('"__migrate_version"')), pg_catalog.current_schema()) AS migrate_schema /gset
-- The lock that every run takes; its key is a hash of the version table's name.
WITH RECURSIVE fnv (place, hash) AS (
  SELECT 0, 14695981039346656037::numeric
  UNION ALL
  SELECT place + 1, mod((hash - mod(hash, 256) + (mod(hash, 256)::int # get_byte(name, place))) * 1099511628211, 18446744073709551616)
  FROM fnv, (SELECT convert_to('migrate:' || :'migrate_schema' || '.__migrate_version', 'UTF8') AS name) n WHERE place < length(name)
)
SELECT (CASE WHEN hash < 9223372036854775808 THEN hash ELSE hash - 18446744073709551616 END)::bigint AS migrate_lock
FROM fnv ORDER BY place DESC LIMIT 1 /gset
SELECT CAST(CASE WHEN pg_catalog.pg_try_advisory_lock(:migrate_lock) THEN '1' ELSE 'migrate: another process holds the migration lock' END AS integer) AS migrate_locked /gset

-- The version table and the journal
BEGIN;
SELECT CAST(CASE WHEN (SELECT count(*) FROM :"migrate_schema"."__migrate_version") = 1 AND (SELECT count(*) FROM :"migrate_schema"."__migrate_version" WHERE version_num = 'a1' AND (digest IS NULL OR digest = 'a1:cddfabdd852658a664853e2689f61be417007bc3c5ef02443d59e554a18281a0')) = 1 THEN '1' ELSE 'migrate: the database is not where this script begins' END AS integer) AS migrate_at_place /gset
CREATE TABLE IF NOT EXISTS :"migrate_schema"."__migrate_journal" (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, revision VARCHAR(100) NOT NULL, direction VARCHAR(20) NOT NULL, digest VARCHAR(64) NULL, statements_total INTEGER NOT NULL, statements_done INTEGER NOT NULL, statements_digest VARCHAR(64) NULL, started_at TIMESTAMPTZ NOT NULL, finished_at TIMESTAMPTZ NULL, who TEXT NULL, tool_version VARCHAR(100) NULL, backend VARCHAR(100) NULL, error TEXT NULL, downgrade_sql TEXT NULL);
SELECT CAST(CASE WHEN NOT EXISTS (SELECT 1 FROM :"migrate_schema"."__migrate_journal" WHERE finished_at IS NULL) THEN '1' ELSE 'migrate: a revision is unfinished, see migrate status' END AS integer) AS migrate_finished /gset
COMMIT;

-- Record without running anything

BEGIN;
SELECT CAST(CASE WHEN (SELECT count(*) FROM :"migrate_schema"."__migrate_version") = 1 AND (SELECT count(*) FROM :"migrate_schema"."__migrate_version" WHERE version_num = 'a1' AND (digest IS NULL OR digest = 'a1:cddfabdd852658a664853e2689f61be417007bc3c5ef02443d59e554a18281a0')) = 1 THEN '1' ELSE 'migrate: the database is not where this script begins' END AS integer) AS migrate_at_place /gset
UPDATE :"migrate_schema"."__migrate_version" SET version_num = 'a2', digest = 'a2:6e78e49804197d7586e1a96e778ee53bf232b572f30ff998e17e95c61fec003b' WHERE version_num = 'a1';
INSERT INTO :"migrate_schema"."__migrate_journal" (revision, direction, digest, statements_total, statements_done, started_at, finished_at, who, tool_version, backend, downgrade_sql) VALUES ('a1', 'unstamp', NULL, 0, 0, clock_timestamp(), clock_timestamp(), session_user || '@' || coalesce(host(inet_client_addr()), 'local'), 'diesel-migrate 0.1.0', NULL, NULL);
INSERT INTO :"migrate_schema"."__migrate_journal" (revision, direction, digest, statements_total, statements_done, started_at, finished_at, who, tool_version, backend, downgrade_sql) VALUES ('a2', 'stamp', '6e78e49804197d7586e1a96e778ee53bf232b572f30ff998e17e95c61fec003b', 0, 0, clock_timestamp(), clock_timestamp(), session_user || '@' || coalesce(host(inet_client_addr()), 'local'), 'diesel-migrate 0.1.0', NULL, 'DROP TABLE posts;');
SELECT CAST(CASE WHEN (SELECT count(*) FROM :"migrate_schema"."__migrate_version") = 1 AND (SELECT count(*) FROM :"migrate_schema"."__migrate_version" WHERE version_num = 'a2' AND (digest IS NULL OR digest = 'a2:6e78e49804197d7586e1a96e778ee53bf232b572f30ff998e17e95c61fec003b')) = 1 THEN '1' ELSE 'migrate: another process changed the version table' END AS integer) AS migrate_recorded /gset
COMMIT;

SELECT pg_catalog.pg_advisory_unlock(:migrate_lock) AS migrate_locked /gset
$ migrate ensure-version --sql --dialect mysql -q
exit 0
--- stdout
-- Create the version table and the journal, for mysql
-- Written by diesel-migrate 0.1.0
-- Run it with mysql --comments <database> < <this file>; neither with `source` nor with `--force`

SET NAMES utf8mb4;
SET SESSION time_zone = '+00:00', autocommit = 1;
-- The lock that every run takes; it is waited for.
SET @__migrate_lock = IF(LENGTH(CONCAT('migrate:', DATABASE(), '.__migrate_version')) = CHAR_LENGTH(CONCAT('migrate:', DATABASE(), '.__migrate_version')) AND LENGTH(CONCAT('migrate:', DATABASE(), '.__migrate_version')) <= 64, CONCAT('migrate:', DATABASE(), '.__migrate_version'), CONCAT('migrate:', LEFT(SHA2(CONCAT('migrate:', DATABASE(), '.__migrate_version'), 256), 32)));
SET @__migrate = IF(GET_LOCK(@__migrate_lock, 60) = 1, 'DO 0', 'CALL `migrate: another process holds the migration lock`()');
PREPARE __migrate FROM @__migrate;
EXECUTE __migrate;
-- Each schema change commits by itself, so the journal follows each statement.

-- The version table and the journal
CREATE TABLE IF NOT EXISTS `__migrate_version` (version_num VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, digest VARCHAR(165) CHARACTER SET ascii COLLATE ascii_bin NULL, CONSTRAINT `__migrate_version_pkc` PRIMARY KEY (version_num)) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE IF NOT EXISTS `__migrate_journal` (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, revision VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, direction VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, digest VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL, statements_total INTEGER NOT NULL, statements_done INTEGER NOT NULL, statements_digest VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL, started_at DATETIME(6) NOT NULL, finished_at DATETIME(6) NULL, who LONGTEXT NULL, tool_version VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL, backend VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL, error LONGTEXT NULL, downgrade_sql LONGTEXT NULL) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

DEALLOCATE PREPARE __migrate;
DO RELEASE_LOCK(@__migrate_lock);
$ migrate upgrade a3:head --sql -v
exit 0
--- stdout
-- Upgrade from a3 to a3, for sqlite
-- Written by diesel-migrate 0.1.0
-- Run it with sqlite3 <database> < <this file>

-- Nothing to do
--- stderr
     Printed a script for sqlite in which there is nothing to do
$ migrate upgrade head:head --sql --json
exit 0
--- stdout
{"type":"begin","format":1,"command":"upgrade"}
{"type":"script","dialect":"sqlite","from":["a3"],"to":["a3"],"steps":0,"sql":"-- Upgrade from a3 to a3, for sqlite/n-- Written by diesel-migrate 0.1.0/n-- Run it with sqlite3 <database> < <this file>/n/n-- Nothing to do/n"}
{"type":"end","ok":true,"exit":0}

"#]]
    );
}

/// Escape sequences are part of a text here, and not decoration.
#[test]
fn a_script_is_printed_byte_by_byte() {
    let sql = "-- migrate:upgrade\nSELECT '\u{1b}[1mbold\u{1b}[0m';";
    let project = chain(&[("n1", "<base>", sql, "-- migrate:downgrade")]);
    let script = project.ok(&["upgrade", "--sql", "--dialect", "postgres", "--color", "never"]);
    assert!(script.contains("'\u{1b}[1mbold\u{1b}[0m'"), "{script:?}");
}
