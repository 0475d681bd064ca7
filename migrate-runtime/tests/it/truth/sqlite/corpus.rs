//! Scripts that know where SQLite is particular.

pub(super) const SCRIPTS: &[&str] = &[
    // Types are what was written; keys take NULL.
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR (10) NOT NULL DEFAULT 'x', score BIG INT, nothing);
     CREATE TABLE \"odd name\" (\"a b\" TEXT PRIMARY KEY, [c] Text UNIQUE, `d` REAL COLLATE NOCASE);
     CREATE TABLE kept (a INT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
     CREATE TABLE strict (id INTEGER PRIMARY KEY AUTOINCREMENT, x ANY, y TEXT NOT NULL) STRICT;
     CREATE TABLE strict_key (a TEXT PRIMARY KEY, b INT) STRICT;
     CREATE TABLE copy AS SELECT id, name, score + 1 AS more FROM users;
     CREATE TABLE users (id INTEGER);
     CREATE TABLE IF NOT EXISTS USERS (id INTEGER)",
    // The rebuild, as the documentation has it and with the rename first.
    "PRAGMA foreign_keys = OFF;
     CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);
     CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents (id) ON DELETE CASCADE);
     CREATE INDEX children_parent ON children (parent_id);
     CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
     INSERT INTO new_parents SELECT * FROM parents;
     DROP TABLE parents;
     ALTER TABLE new_parents RENAME TO parents;
     ALTER TABLE children RENAME TO old_children;
     CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents);
     INSERT INTO children (id, parent_id) SELECT id, parent_id FROM old_children;
     DROP TABLE old_children;
     CREATE INDEX children_parent ON children (parent_id)",
    // What refers to a table follows a rename, unless told otherwise.
    "CREATE TABLE a (id INTEGER PRIMARY KEY);
     CREATE TABLE b (a_id INTEGER REFERENCES a (id));
     ALTER TABLE a RENAME TO a2;
     PRAGMA legacy_alter_table = ON;
     PRAGMA foreign_keys = OFF;
     ALTER TABLE a2 RENAME TO a3;
     PRAGMA foreign_keys = ON;
     ALTER TABLE a3 RENAME TO a4;
     PRAGMA legacy_alter_table = OFF;
     ALTER TABLE a4 RENAME TO a5;
     ALTER TABLE a5 RENAME COLUMN id TO key",
    // What keeps a column from going.
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE, c INT CHECK (c > 0), d INT, e INT, f INT REFERENCES t, g AS (d + 1), h INT);
     CREATE INDEX t_e ON t (e);
     ALTER TABLE t DROP COLUMN a;
     ALTER TABLE t DROP COLUMN b;
     ALTER TABLE t DROP COLUMN c;
     ALTER TABLE t DROP COLUMN d;
     ALTER TABLE t DROP COLUMN e;
     ALTER TABLE t DROP COLUMN f;
     ALTER TABLE t DROP COLUMN g;
     ALTER TABLE t DROP COLUMN d;
     ALTER TABLE t DROP COLUMN missing;
     DROP INDEX t_e;
     ALTER TABLE t DROP COLUMN e",
    // Views that name what is not there stand in the way of a rename.
    "CREATE TABLE t (a INT, b INT);
     CREATE TABLE u (a INT, b INT);
     CREATE VIEW v AS SELECT a FROM t;
     DROP TABLE t;
     ALTER TABLE u RENAME TO w;
     ALTER TABLE u RENAME COLUMN a TO z;
     ALTER TABLE u DROP COLUMN b;
     ALTER TABLE u ADD COLUMN c INT;
     DROP VIEW v;
     ALTER TABLE u RENAME TO w",
    // Views and triggers follow renames.
    "CREATE TABLE t (a INT, b INT);
     CREATE TABLE log (what TEXT, a INT);
     CREATE VIEW v AS SELECT a, t.b AS bee FROM t WHERE a > 1;
     CREATE TRIGGER g AFTER UPDATE OF a ON t WHEN new.a > 1 BEGIN INSERT INTO log (what, a) VALUES ('a', new.a); UPDATE t SET b = old.a WHERE t.a = new.a; END;
     ALTER TABLE t RENAME COLUMN a TO first;
     ALTER TABLE t RENAME TO tt;
     ALTER TABLE log RENAME COLUMN what TO \"the what\";
     ALTER TABLE log RENAME TO journal",
    // Columns that cannot be added.
    "CREATE TABLE t (a INT);
     ALTER TABLE t ADD COLUMN b INT PRIMARY KEY;
     ALTER TABLE t ADD COLUMN b INT UNIQUE;
     ALTER TABLE t ADD COLUMN b INT NOT NULL;
     ALTER TABLE t ADD COLUMN c TEXT DEFAULT CURRENT_TIMESTAMP;
     ALTER TABLE t ADD COLUMN d INT AS (a + 1) STORED;
     ALTER TABLE t ADD COLUMN e INT AS (a + 1) VIRTUAL;
     ALTER TABLE t ADD COLUMN A INT;
     ALTER TABLE t ADD COLUMN f INT CHECK (f > a) REFERENCES t (a) ON DELETE SET NULL",
    // Names that are shared: a table, an index and a view cannot have the same.
    "CREATE TABLE t (a INT);
     CREATE INDEX i ON t (a);
     CREATE TABLE i (a INT);
     CREATE INDEX t ON t (a);
     CREATE VIEW t AS SELECT 1;
     CREATE VIEW i AS SELECT 1;
     CREATE INDEX IF NOT EXISTS i ON t (a);
     DROP VIEW t;
     DROP TABLE i;
     DROP INDEX t;
     CREATE INDEX u ON t (a, lower(a), a DESC) WHERE a IS NOT NULL;
     DROP TABLE t;
     DROP INDEX u",
    // Text in double quotes.
    "CREATE TABLE t (a TEXT DEFAULT \"x\", b TEXT);
     INSERT INTO t (a) VALUES (\"text\");
     UPDATE t SET a = \"more\" WHERE b = \"none\";
     SELECT \"nothing\" FROM t;
     SELECT [nothing] FROM t;
     SELECT nothing FROM t;
     CREATE INDEX i ON t (\"b\");
     CREATE INDEX j ON t (\"nothing\")",
    // Full text search.
    "CREATE VIRTUAL TABLE docs USING fts5(title, body UNINDEXED, tokenize = 'porter', prefix='2 3');
     CREATE VIRTUAL TABLE old USING fts4(\"a b\", c, tokenize=simple);
     INSERT INTO docs (title, body) VALUES ('a', 'b');
     INSERT INTO docs (docs) VALUES ('rebuild');
     INSERT INTO docs (docs, rank) VALUES ('merge', 500);
     SELECT rowid, rank, title FROM docs AS d WHERE docs MATCH 'a' ORDER BY rank;
     SELECT headline FROM docs;
     SELECT c FROM old WHERE old MATCH 'c' AND docid = 1;
     SELECT count(*) FROM docs_content;
     DELETE FROM docs_docsize WHERE id = 0;
     ALTER TABLE docs RENAME TO texts;
     INSERT INTO texts (title, headline) VALUES ('a', 'b');
     DROP TABLE texts",
    // JSON taken apart.
    "CREATE TABLE t (a TEXT, b TEXT);
     SELECT je.key, value, t.a, b FROM t, json_each(t.a) AS je WHERE je.type = 'text' AND je.rowid = 1;
     SELECT json_tree.fullkey, path FROM json_tree('[1]') WHERE atom = 1;
     UPDATE t SET a = (SELECT json_group_array(value) FROM json_each(t.b) WHERE key > 0);
     INSERT INTO t SELECT je.key, je.root FROM json_each('[1]') AS je;
     CREATE TABLE parts (a, b, c, d, e, f, g, h);
     INSERT INTO parts SELECT * FROM json_each('[1]');
     SELECT keys FROM json_each('[1]')",
    // Constraints with the same columns share an index; names may be given twice.
    "CREATE TABLE t (a INT UNIQUE, b INT, UNIQUE (a), CONSTRAINT u UNIQUE (a, b), CONSTRAINT u UNIQUE (b, a));
     CREATE TABLE s (a INTEGER PRIMARY KEY UNIQUE, b TEXT PRIMARY KEY);
     CREATE TABLE s (a INTEGER PRIMARY KEY UNIQUE, b TEXT, CONSTRAINT c CHECK (b <> ''), CONSTRAINT c CHECK (a > 0));
     CREATE TABLE w (a TEXT PRIMARY KEY UNIQUE, b INT, UNIQUE (a))",
    // Table expressions see themselves and each other, whatever the word; those that nobody uses are not looked at.
    "CREATE TABLE t (a INT, b INT);
     WITH x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x WHERE n < 3) INSERT INTO t (a) SELECT n FROM x;
     WITH x (n) AS (SELECT 1 UNION ALL SELECT missing FROM x WHERE n < 3) INSERT INTO t (a) SELECT n FROM x;
     WITH x AS (SELECT a FROM t) UPDATE t SET b = (SELECT max(a) FROM x);
     WITH x AS (SELECT * FROM y), y AS (SELECT a AS q FROM t) DELETE FROM t WHERE a IN (SELECT q FROM x);
     WITH x AS (SELECT missing FROM nowhere) SELECT a FROM t;
     WITH x AS (SELECT missing FROM t), y AS (SELECT * FROM x) SELECT a FROM t;
     WITH x AS (SELECT missing FROM t), y AS (SELECT * FROM x) SELECT * FROM y;
     WITH x AS (SELECT missing FROM t) SELECT a FROM t WHERE EXISTS (SELECT 1 FROM x);
     CREATE TEMP VIEW words AS WITH split (word, rest) AS (
         SELECT '', 'a,b,' UNION ALL SELECT substr(rest, 1, 1), substr(rest, 3) FROM split WHERE rest <> '')
         SELECT word FROM split;
     INSERT INTO t (b) SELECT word FROM words;
     INSERT INTO t (b) SELECT missing FROM words",
    // What is done with a row that breaks a constraint.
    "CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT REPLACE, b TEXT NOT NULL ON CONFLICT IGNORE DEFAULT '',
         c INT UNIQUE ON CONFLICT FAIL, d INT NOT NULL ON CONFLICT ABORT, UNIQUE (b, c) ON CONFLICT ROLLBACK,
         CHECK (d > 0) ON CONFLICT IGNORE);
     CREATE TABLE k (a TEXT, b INT NULL ON CONFLICT IGNORE, PRIMARY KEY (a, b) ON CONFLICT IGNORE) WITHOUT ROWID;
     CREATE TABLE u (a INT UNIQUE, b INT UNIQUE ON CONFLICT FAIL, UNIQUE (a) ON CONFLICT REPLACE, UNIQUE (b));
     CREATE TABLE w (a INT UNIQUE ON CONFLICT FAIL, UNIQUE (a) ON CONFLICT REPLACE);
     CREATE TABLE x (a TEXT PRIMARY KEY ON CONFLICT FAIL UNIQUE ON CONFLICT IGNORE);
     ALTER TABLE t ADD COLUMN e INT NOT NULL ON CONFLICT REPLACE DEFAULT 1;
     ALTER TABLE t RENAME COLUMN b TO f;
     ALTER TABLE u RENAME TO v",
    // What is taken back was not done; inside a transaction nobody switches foreign keys on or off.
    "BEGIN;
     CREATE TABLE t (a INT);
     ROLLBACK;
     CREATE TABLE t (b INT);
     SAVEPOINT ONE;
     ALTER TABLE t ADD COLUMN c INT;
     SAVEPOINT TWO;
     DROP TABLE t;
     ROLLBACK TRANSACTION TO SAVEPOINT TWO;
     ALTER TABLE t ADD COLUMN d INT;
     RELEASE TWO;
     ROLLBACK TO ONE;
     RELEASE SAVEPOINT ONE;
     ALTER TABLE t ADD COLUMN c TEXT;
     CREATE TABLE parents (id INTEGER PRIMARY KEY);
     CREATE TABLE children (parent_id INTEGER REFERENCES parents);
     PRAGMA foreign_keys = ON;
     PRAGMA legacy_alter_table = ON;
     BEGIN;
     PRAGMA foreign_keys = OFF;
     ALTER TABLE parents RENAME TO elders;
     COMMIT;
     PRAGMA foreign_keys = OFF;
     ALTER TABLE elders RENAME TO parents",
    // Little can be done with a virtual table, and nobody writes to what is computed.
    "CREATE VIRTUAL TABLE docs USING fts5(a, b);
     CREATE TABLE t (a INT, b AS (a + 1));
     CREATE INDEX i ON docs (a);
     CREATE TRIGGER g AFTER INSERT ON docs BEGIN SELECT 1; END;
     ALTER TABLE docs ADD COLUMN c TEXT;
     ALTER TABLE docs DROP COLUMN b;
     ALTER TABLE docs RENAME COLUMN a TO c;
     ALTER TABLE docs RENAME TO texts;
     INSERT INTO t (a, b) VALUES (1, 2);
     INSERT INTO t VALUES (1);
     UPDATE t SET b = 2;
     INSERT INTO t (a) VALUES (1) ON CONFLICT DO UPDATE SET b = 2;
     CREATE TRIGGER h AFTER INSERT ON t BEGIN UPDATE t SET b = 1; END;
     INSERT INTO __new_t (a) SELECT a FROM t;
     ALTER TABLE __new_t RENAME TO u",
    // What is done in a conflict is only looked at where there can be one.
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE, b INT);
     CREATE TABLE k (id INTEGER PRIMARY KEY, b INT);
     CREATE TABLE n (b INT);
     INSERT INTO t (b) VALUES (1) ON CONFLICT (id) DO UPDATE SET missing = 1;
     INSERT INTO t (b) VALUES (1) ON CONFLICT (a) DO UPDATE SET missing = 1;
     INSERT INTO t (b) VALUES (1) ON CONFLICT DO UPDATE SET missing = 1;
     INSERT INTO t (id, b) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET b = missing;
     INSERT INTO t (id, b) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET b = excluded.b;
     INSERT INTO k (b) VALUES (1) ON CONFLICT DO UPDATE SET missing = 1;
     INSERT INTO k VALUES (5, 1) ON CONFLICT DO UPDATE SET missing = 1;
     INSERT INTO n VALUES (1) ON CONFLICT DO UPDATE SET missing = 1",
    // A table expression in a query within another one sees the columns of that.
    "CREATE TABLE t (a INT, d INT);
     CREATE TABLE u (b INT);
     WITH x AS (SELECT d FROM u), y AS (SELECT * FROM x) DELETE FROM t WHERE a IN (SELECT a FROM y);
     WITH x AS (SELECT missing FROM u) DELETE FROM t WHERE a IN (SELECT * FROM x)",
];
