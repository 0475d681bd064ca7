//! Scripts about what MySQL and MariaDB do differently, and about what depends on a server's settings: nothing of it may be
//! told as certain that one of them takes.

pub(super) const SCRIPTS: &[&str] = &[
    // Before version 9 MySQL makes no key of what stands behind a column.
    "CREATE TABLE p (id INT PRIMARY KEY);
     CREATE TABLE c (pid INT REFERENCES p (id), b INT, FOREIGN KEY (b) REFERENCES p (id));
     ALTER TABLE c DROP FOREIGN KEY c_ibfk_2;
     CREATE INDEX pid ON c (b);
     ALTER TABLE c DROP COLUMN pid;
     DROP TABLE p",
    // Engines without keys make their indexes, and ask for nothing.
    "CREATE TABLE m (a INT, b INT, FOREIGN KEY (a) REFERENCES nowhere (id), CONSTRAINT k FOREIGN KEY (b) REFERENCES m (a)) ENGINE=MyISAM;
     ALTER TABLE m ADD FOREIGN KEY (b) REFERENCES nowhere (id), DROP INDEX a;
     ALTER TABLE m ADD FOREIGN KEY (missing) REFERENCES nowhere (id);
     CREATE TABLE n (a INT, FOREIGN KEY (a) REFERENCES m (a))",
    // What a statement does at once.
    "CREATE TABLE t (a INT, b INT AS (a + 1), c INT);
     ALTER TABLE t DROP a;
     ALTER TABLE t DROP a, DROP b;
     ALTER TABLE t DROP c, ADD d INT;
     ALTER TABLE t DROP d;
     ALTER TABLE t ADD d INT AFTER e, RENAME COLUMN d TO e;
     ALTER TABLE t RENAME COLUMN d TO e, ADD d INT;
     ALTER TABLE t ADD f INT, MODIFY d BIGINT AFTER f",
    // An index that was made for a key makes room, its name too.
    "CREATE TABLE p (id INT PRIMARY KEY);
     CREATE TABLE c (pid INT, x INT, FOREIGN KEY (pid) REFERENCES p (id));
     CREATE INDEX pid ON c (pid, x);
     CREATE TABLE d (pid INT, x INT, FOREIGN KEY (pid) REFERENCES p (id));
     ALTER TABLE d ADD UNIQUE (pid);
     CREATE TABLE e (pid INT, x INT, FOREIGN KEY (pid) REFERENCES p (id));
     ALTER TABLE e ADD CONSTRAINT again FOREIGN KEY (pid) REFERENCES p (id)",
    // A procedure may change everything, a function nothing.
    "CREATE TABLE t (a INT, KEY i (a));
     CREATE TABLE u (a INT);
     CREATE FUNCTION f () RETURNS INT DETERMINISTIC RETURN 1;
     SELECT f();
     INSERT INTO u (missing) VALUES (1);
     CREATE PROCEDURE harmless () BEGIN INSERT INTO u VALUES (1); END;
     CALL harmless();
     ALTER TABLE u ADD a INT;
     CREATE PROCEDURE drops (IN name VARCHAR(64)) BEGIN SET @query = CONCAT('ALTER TABLE ', name, ' DROP INDEX i'); PREPARE s FROM @query; EXECUTE s; END;
     CALL drops('t');
     CREATE INDEX i ON t (a)",
    // A statement that is chosen from texts changes what one of them would.
    "CREATE TABLE t (a INT, KEY i (a));
     CREATE TABLE u (a INT);
     SET @sql = (SELECT IF(COUNT(*) > 0, 'ALTER TABLE t DROP INDEX i', 'SELECT 1') FROM information_schema.statistics
       WHERE table_schema = DATABASE() AND table_name = 't' AND index_name = 'i');
     PREPARE s FROM @sql;
     EXECUTE s;
     DEALLOCATE PREPARE s;
     CREATE INDEX i ON t (a);
     INSERT INTO u (missing) VALUES (1);
     SET @sql = IF(1 = 0, 'SELECT 1', 'CREATE TABLE w (a INT)');
     PREPARE s FROM @sql;
     EXECUTE s;
     INSERT INTO w VALUES (1);
     ALTER TABLE u ADD a INT",
    // Whether case tells tables apart is a setting.
    "CREATE TABLE users (id INT PRIMARY KEY);
     CREATE TABLE Users (name INT);
     INSERT INTO Users (name) VALUES (1);
     CREATE TABLE posts (id INT);
     DROP TABLE IF EXISTS Posts;
     CREATE TABLE IF NOT EXISTS posts (id INT);
     CREATE TABLE a (x INT);
     RENAME TABLE a TO A",
    // Checks and JSON.
    "CREATE TABLE t (a INT CHECK (a > 0), j JSON, k JSON CHECK (k IS NOT NULL), l LONGTEXT CHARSET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(l)), KEY n (a), CONSTRAINT n CHECK (a < 9));
     ALTER TABLE t RENAME INDEX n TO m;
     ALTER TABLE t MODIFY a BIGINT;
     CREATE TABLE copy LIKE t;
     ALTER TABLE t CONVERT TO CHARACTER SET latin1;
     CREATE VIEW v AS SELECT j, a FROM t;
     CREATE TABLE s (id SERIAL PRIMARY KEY, b INT UNIQUE PRIMARY KEY);
     CREATE TABLE s (id SERIAL PRIMARY KEY);
     CREATE TABLE x (c CHAR(5), t TEXT, KEY (c(5)), FULLTEXT (t(9), c DESC))",
];
