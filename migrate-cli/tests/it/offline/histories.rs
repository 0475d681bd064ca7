//! Histories that scripts are written of.

use crate::project::Project;

/// Revisions with their parents and sections, under a message that a client could stumble over.
pub(super) fn chain(revisions: &[(&str, &str, &str, &str)]) -> Project {
    revisions.iter().fold(Project::empty(), |project, (id, parents, up, down)| {
        let text = format!(
            "-- it's {id}; \\q :x $$ /* hm\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n\n{up}\n{down}\n"
        );
        // The last one is from another system.
        let text = if *id == "n5" { text.replace('\n', "\r\n") } else { text };
        project.file(&format!("migrations/{id}.sql"), &text)
    })
}

/// Revisions that each client could take for something else than what they are.
pub(super) fn nasty() -> Project {
    chain(&[
        (
            "n1",
            "<base>",
            "-- migrate:upgrade
CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);
INSERT INTO notes VALUES (1, 'it''s; :x :''y'' $$ \"q\" /* -- no comment
.quit
go
/
delimiter //
use mysql
system false
#
end; ');
INSERT INTO notes VALUES (2, 'Zürich ✓ 日本 🙂'); -- it's; not \"the end
/* nor; is 'this */ INSERT INTO notes
-- and; what's here
VALUES (3, 'three');",
            "-- migrate:downgrade
DROP TABLE notes;",
        ),
        (
            "n2",
            "n1",
            "-- migrate:upgrade postgres
CREATE TABLE slices (a INTEGER[], port INTEGER);
CREATE VIEW first_port AS SELECT a[1:PORT] AS b, a[ 1 : port ] AS c, 'x'::text AS d FROM slices;
CREATE FUNCTION noted() RETURNS INTEGER LANGUAGE plpgsql AS $body$
BEGIN
  -- it's; \\q
  IF ':x' = '\\' THEN RETURN 1; END IF; /*
\\q
  */
  RETURN 2;
END
$body$;
CREATE FUNCTION atomic(n INTEGER) RETURNS INTEGER LANGUAGE sql
BEGIN ATOMIC SELECT CASE WHEN n > 0 THEN 1 END; SELECT 2; END;
CREATE RULE noting AS ON DELETE TO slices DO ALSO
  (INSERT INTO notes VALUES (90, 'a'); INSERT INTO notes VALUES (91, 'b'));
INSERT INTO notes VALUES (10, E'\\\\q \\'; \\\\'), (11, '\\q
\\q');
-- migrate:upgrade mysql
CREATE TABLE counts (n INTEGER);
CREATE TRIGGER counting AFTER INSERT ON counts FOR EACH ROW BEGIN
  -- it's; the $$ way
  INSERT INTO notes VALUES (NEW.n + 100, ';');
  SET @x = 1;
END;
CREATE PROCEDURE noting() BEGIN DECLARE n INT DEFAULT 1; WHILE n < 3 DO SET n = n + 1; END WHILE; END;
INSERT INTO counts VALUES (1);
INSERT INTO notes VALUES (10, '\\\\q \\'; \\\\'), (11, \"it's \\\";
delimiter $$
\");
/*!40101 INSERT INTO notes VALUES (12, 'versioned') */;
-- migrate:upgrade sqlite
CREATE TABLE counts (n INTEGER, shade TEXT DEFAULT \"light\");
CREATE TRIGGER counting AFTER INSERT ON counts BEGIN
  INSERT INTO notes VALUES (NEW.n + 100, CASE WHEN 1 THEN ';' END || NEW.shade);
  SELECT 1;
END;
INSERT INTO counts (n) VALUES (1);
INSERT INTO notes VALUES (10, '\\q \\'), (11, 4
/ 2);",
            "-- migrate:downgrade postgres
DROP RULE noting ON slices;
DROP FUNCTION atomic, noted;
DROP VIEW first_port;
DROP TABLE slices;
DELETE FROM notes WHERE id > 3;
-- migrate:downgrade mysql
DROP PROCEDURE noting;
DROP TABLE counts;
DELETE FROM notes WHERE id > 3;
-- migrate:downgrade sqlite
DROP TABLE counts;
DELETE FROM notes WHERE id > 3;",
        ),
        (
            "n3",
            "n2",
            "-- migrate:upgrade postgres transaction=false
SET search_path TO pg_catalog;
CREATE INDEX CONCURRENTLY notes_body_idx ON public.notes (body);
INSERT INTO public.notes VALUES (20, current_setting('search_path'));
CREATE TYPE public.mood AS ENUM ('sad');
-- migrate:upgrade mysql
SET SESSION sql_mode = 'ANSI_QUOTES';
CREATE TABLE \"quoted\" (\"n\" INTEGER);
-- migrate:upgrade sqlite transaction=false
PRAGMA foreign_keys = OFF;
CREATE TABLE parents (id INTEGER PRIMARY KEY);
CREATE TABLE children (id INTEGER REFERENCES parents (id) ON DELETE CASCADE);
INSERT INTO children VALUES (7);
INSERT INTO notes SELECT 20, foreign_keys FROM pragma_foreign_keys;",
            "-- migrate:downgrade postgres transaction=false
DROP TYPE mood;
DROP INDEX CONCURRENTLY notes_body_idx;
DELETE FROM notes WHERE id = 20;
-- migrate:downgrade mysql
DROP TABLE quoted;
-- migrate:downgrade sqlite
DROP TABLE children;
DROP TABLE parents;
DELETE FROM notes WHERE id = 20;",
        ),
        (
            "n4",
            "n3",
            "-- migrate:upgrade postgres
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad';
INSERT INTO notes SELECT 30, current_setting('search_path');
SET search_path = 'nowhere';
SET TIME ZONE 'Asia/Tokyo';
-- migrate:upgrade mysql
INSERT INTO notes SELECT 30, CONCAT_WS(',', @@sql_mode, @@time_zone, @@character_set_client, @@collation_connection);
SET foreign_key_checks = 0, time_zone = '+02:00';
-- migrate:upgrade sqlite
INSERT INTO notes SELECT 30, foreign_keys FROM pragma_foreign_keys;",
            "-- migrate:downgrade
DELETE FROM notes WHERE id = 30;",
        ),
        (
            "n5",
            "n4",
            "-- migrate:upgrade postgres
INSERT INTO notes SELECT 40, 'glad'::mood::text || current_setting('TimeZone') || current_setting('search_path');
INSERT INTO notes VALUES (41, 'another
line');
-- migrate:upgrade mysql
INSERT INTO notes SELECT 40, CONCAT(@@foreign_key_checks, @@time_zone);
-- migrate:upgrade sqlite
INSERT INTO parents VALUES (1);
INSERT INTO children VALUES (1);
DELETE FROM parents;
INSERT INTO notes SELECT 40, count(*) FROM children;",
            "-- migrate:downgrade postgres
DELETE FROM notes
WHERE id > 39;
-- migrate:downgrade
DELETE FROM notes WHERE id > 39;
DELETE FROM notes -- and
WHERE id > 49;",
        ),
    ])
}

/// A line of which the second revision has a statement that fails.
pub(super) fn failing(broken: &str) -> String {
    format!(
        "-- posts\n--\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:upgrade\nCREATE TABLE posts (id INTEGER);\n\
         {broken}\nCREATE TABLE more (id INTEGER);\n\n-- migrate:downgrade\nDROP TABLE more;\nDROP TABLE posts;\n"
    )
}
