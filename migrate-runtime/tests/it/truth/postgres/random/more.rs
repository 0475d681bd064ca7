//! Statements of the kinds that not every history has.

use migrate_core::ddl::Kind;
use migrate_core::schema::{ObjectBody, Schema};

use super::Random;

const WIDER: [&str; 14] = [
    "text",
    "varchar(30)",
    "bigint",
    "int",
    "numeric",
    "date",
    "timestamptz",
    "uuid",
    "boolean",
    "jsonb",
    "int[]",
    "text[]",
    "real",
    "e1",
];

impl Random {
    /// The next statement of one of these kinds.
    pub(crate) fn rare(&mut self, schema: &Schema) -> String {
        match self.below(12) {
            0 => self.partitions(schema),
            1 => self.inheritance(schema),
            2 => self.domains(schema),
            3 => self.sequences(schema),
            4 => self.views(schema),
            5 => self.triggers(schema),
            6 => self.functions(schema),
            7 => self.namespaces(schema),
            8 => self.comments(schema),
            9 => self.columns_that_count(schema),
            10 => self.rows(schema),
            _ => self.rest(schema),
        }
    }

    fn partitions(&mut self, schema: &Schema) -> String {
        let is_whole = |body: &ObjectBody| matches!(body, ObjectBody::Table(table) if table.partition.as_ref().is_some_and(|of| of.by.is_some()));
        let is_part = |body: &ObjectBody| matches!(body, ObjectBody::Table(table) if table.is_part());
        let (whole, part) = (self.named(schema, "p", is_whole), self.named(schema, "p", is_part));
        let name = self.number("p", 8);
        let from = self.below(9) * 10;
        let bounds = match self.below(4) {
            0 => "DEFAULT".to_owned(),
            1 => format!("FOR VALUES IN ({}, {})", from, from + 1),
            _ => format!("FOR VALUES FROM ({from}) TO ({})", from + 10),
        };
        match self.below(10) {
            0..=2 => {
                let key = self.pick(&[
                    ", PRIMARY KEY (id)",
                    ", UNIQUE (id, a)",
                    "",
                    "",
                    ", CHECK (a > 0)",
                    ", UNIQUE (a)",
                ]);
                let by = self.pick(&["RANGE (id)", "RANGE (id)", "LIST (a)", "HASH (id)", "RANGE (a, id)"]);
                format!("CREATE TABLE {name} (id int NOT NULL, a int, b text{key}) PARTITION BY {by}")
            }
            3..=5 => format!("CREATE TABLE {name} PARTITION OF {whole} {bounds}"),
            6 => format!("ALTER TABLE {whole} DETACH PARTITION {part}"),
            7 => format!("ALTER TABLE {whole} ATTACH PARTITION {} {bounds}", self.table(schema)),
            8 => format!("CREATE INDEX {}ON {whole} ({})", self.maybe(2, "pi "), self.column(schema, &whole)),
            _ => format!("ALTER TABLE {part} ADD COLUMN x int"),
        }
    }

    fn inheritance(&mut self, schema: &Schema) -> String {
        let (table, parent) = (self.table(schema), self.table(schema));
        match self.below(4) {
            0 => format!("CREATE TABLE {} (extra int) INHERITS ({parent})", self.number("t", 8)),
            1 => format!("ALTER TABLE {table} NO INHERIT {parent}"),
            2 => format!("CREATE TABLE {} (LIKE {parent} INCLUDING ALL)", self.number("t", 8)),
            _ => format!("ALTER TABLE ONLY {parent} DROP COLUMN {}", self.column(schema, &parent)),
        }
    }

    fn domains(&mut self, schema: &Schema) -> String {
        let name =
            self.named(schema, "e", |body| matches!(body, ObjectBody::Domain(_) | ObjectBody::Enum(_)));
        let composite = self.named(schema, "e", |body| matches!(body, ObjectBody::Composite(_)));
        match self.below(10) {
            0 => format!("ALTER DOMAIN {name} ADD CONSTRAINT {} CHECK (VALUE < 100)", self.number("k", 3)),
            1 => format!(
                "ALTER DOMAIN {name} DROP CONSTRAINT {}{}",
                self.maybe(3, "IF EXISTS "),
                self.number("k", 3)
            ),
            2 => format!(
                "ALTER DOMAIN {name} RENAME CONSTRAINT {} TO {}",
                self.number("k", 3),
                self.number("k", 3)
            ),
            3 => format!("ALTER DOMAIN {name} SET DEFAULT 5"),
            4 => format!("ALTER DOMAIN {name} SET NOT NULL"),
            5 => format!("ALTER DOMAIN {name} RENAME TO {}", self.number("e", 5)),
            6 => format!("ALTER TYPE {composite} ADD ATTRIBUTE {} int", self.pick(&["x", "z"])),
            7 => format!(
                "ALTER TYPE {composite} DROP ATTRIBUTE {}{}",
                self.maybe(3, "IF EXISTS "),
                self.pick(&["y", "z"])
            ),
            8 => format!(
                "ALTER TYPE {composite} RENAME ATTRIBUTE {} TO {}",
                self.pick(&["x", "y"]),
                self.pick(&["z", "w"])
            ),
            _ => format!("ALTER TYPE {composite} ALTER ATTRIBUTE {} TYPE text", self.pick(&["x", "y"])),
        }
    }

    fn sequences(&mut self, schema: &Schema) -> String {
        let name = self.named(schema, "q", |body| matches!(body, ObjectBody::Sequence(_)));
        match self.below(8) {
            0 => format!("ALTER SEQUENCE {name} RENAME TO {}", self.number("q", 4)),
            1 => format!("ALTER SEQUENCE {name} SET SCHEMA {}", self.pick(&["s1", "public"])),
            2 => format!("ALTER SEQUENCE {name} OWNED BY NONE"),
            3 => format!("ALTER SEQUENCE {name} INCREMENT 3 MAXVALUE 1000 CYCLE"),
            4 => format!("ALTER SEQUENCE {name} AS int"),
            5 => {
                let table = self.table(schema);
                format!(
                    "ALTER TABLE {table} ALTER COLUMN {} SET DEFAULT nextval('{name}')",
                    self.column(schema, &table)
                )
            }
            6 => {
                let table = self.table(schema);
                format!(
                    "CREATE SEQUENCE {} OWNED BY {table}.{}",
                    self.number("q", 4),
                    self.column(schema, &table)
                )
            }
            _ => format!("SELECT nextval('{name}')"),
        }
    }

    fn views(&mut self, schema: &Schema) -> String {
        let (view, table) = (self.view(schema), self.table(schema));
        let other = self.table(schema);
        let (column, its) = (self.column(schema, &table), self.column(schema, &other));
        let name = self.number("v", 5);
        match self.below(10) {
            0 => {
                format!("CREATE VIEW {name} (one, two) AS SELECT {column}, count(*) FROM {table} GROUP BY 1")
            }
            1 => format!(
                "CREATE OR REPLACE VIEW {name} AS SELECT x.{column}, y.{its} AS other FROM {table} x LEFT JOIN {other} y ON true"
            ),
            2 => format!(
                "CREATE VIEW {name} AS SELECT {column} FROM {table} UNION ALL SELECT {its} FROM {other}"
            ),
            3 => format!(
                "CREATE VIEW {name} AS WITH w AS (SELECT {column} AS c FROM {table}) SELECT w.c, coalesce(w.c, NULL) AS d FROM w"
            ),
            4 => format!("ALTER VIEW {view} SET SCHEMA {}", self.pick(&["s1", "public"])),
            5 => format!(
                "ALTER VIEW {view} RENAME COLUMN {} TO renamed",
                self.pick(&["one", "other", "id", "a"])
            ),
            6 => format!("REFRESH MATERIALIZED VIEW {view}"),
            7 => format!("CREATE UNIQUE INDEX ON {view} ({})", self.pick(&["one", "id", "a", "other"])),
            8 => format!(
                "CREATE TABLE {} AS SELECT {column}, upper('x') AS up, 1 AS n, now() AS at FROM {table} WITH NO DATA",
                self.number("t", 8)
            ),
            _ => format!("ALTER TABLE {view} RENAME TO {name}"),
        }
    }

    fn triggers(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let (column, name, function) =
            (self.column(schema, &table), self.number("g", 3), self.number("f", 3));
        match self.below(6) {
            0 => format!(
                "CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION {function}()"
            ),
            1 => format!(
                "CREATE OR REPLACE TRIGGER {name} AFTER INSERT ON {table} EXECUTE FUNCTION {function}()"
            ),
            2 => format!("ALTER TRIGGER {name} ON {table} RENAME TO {}", self.number("g", 3)),
            3 => format!("ALTER TABLE {table} DISABLE TRIGGER {}", self.pick(&["ALL", "USER", "g1"])),
            4 => format!("DROP TRIGGER {}{name} ON {table}", self.maybe(2, "IF EXISTS ")),
            _ => format!(
                "CREATE CONSTRAINT TRIGGER {name} AFTER UPDATE ON {table} DEFERRABLE FOR EACH ROW EXECUTE FUNCTION {function}()"
            ),
        }
    }

    fn functions(&mut self, schema: &Schema) -> String {
        let (name, table) = (self.number("f", 3), self.table(schema));
        let data_type = self.data_type(schema);
        match self.below(12) {
            0 => format!(
                "CREATE OR REPLACE FUNCTION {name}(a {data_type}) RETURNS int LANGUAGE sql AS 'SELECT 1'"
            ),
            1 => format!(
                "CREATE FUNCTION {name}(a int, b text DEFAULT 'x') RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT b'"
            ),
            2 => format!("DROP FUNCTION {}{name}({data_type})", self.maybe(3, "IF EXISTS ")),
            3 => format!("DROP FUNCTION {name}(int, text){}", self.maybe(2, " CASCADE")),
            4 => format!("ALTER FUNCTION {name}() RENAME TO {}", self.number("f", 4)),
            5 => format!("ALTER FUNCTION {name}(int, text) SET SCHEMA {}", self.pick(&["s1", "public"])),
            6 => format!("CREATE FUNCTION {name}(r {table}) RETURNS {table} LANGUAGE sql AS 'SELECT r'"),
            7 => format!(
                "CREATE OR REPLACE FUNCTION {name}() RETURNS TABLE (a int, b text) LANGUAGE sql AS $$ SELECT 1, 'x' $$"
            ),
            8 => format!("CREATE PROCEDURE {}(a int) LANGUAGE sql AS ''", self.number("r", 2)),
            9 => format!("DROP PROCEDURE {}", self.number("r", 2)),
            10 => {
                let column = self.column(schema, &table);
                format!(
                    "CREATE FUNCTION {name}(a bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT count({column}) FROM {table} $$"
                )
            }
            _ => format!("ALTER TABLE {table} ADD COLUMN fx text DEFAULT {name}(1, 'y')"),
        }
    }

    fn namespaces(&mut self, schema: &Schema) -> String {
        match self.below(8) {
            0 => format!("ALTER SCHEMA {} RENAME TO {}", self.number("s", 3), self.number("s", 3)),
            1 => format!("CREATE SCHEMA {} CREATE TABLE inside (id int PRIMARY KEY)", self.number("s", 3)),
            2 => format!(
                "CREATE EXTENSION {}{}",
                self.maybe(2, "IF NOT EXISTS "),
                self.pick(&["citext", "hstore"])
            ),
            3 => format!(
                "DROP EXTENSION {}{}{}",
                self.maybe(2, "IF EXISTS "),
                self.pick(&["citext", "hstore"]),
                self.maybe(2, " CASCADE")
            ),
            4 => format!(
                "ALTER TABLE {} ADD COLUMN ci {}",
                self.table(schema),
                self.pick(&["citext", "hstore"])
            ),
            5 => format!(
                "ALTER TYPE {} SET SCHEMA {}",
                self.number("e", 5),
                self.pick(&["s1", "s2", "public"])
            ),
            6 => format!("DROP SCHEMA {}{}", self.number("s", 3), self.maybe(2, " CASCADE")),
            _ => "RESET search_path".to_owned(),
        }
    }

    fn comments(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        match self.below(8) {
            0 => format!("COMMENT ON VIEW {} IS 'v'", self.view(schema)),
            1 => format!("COMMENT ON CONSTRAINT {} ON {table} IS 'k'", self.constraint(schema, &table)),
            2 => format!("COMMENT ON INDEX {} IS 'i'", self.number("i", 6)),
            3 => format!("COMMENT ON TYPE {} IS 't'", self.number("e", 5)),
            4 => format!("COMMENT ON FUNCTION {}() IS 'f'", self.number("f", 3)),
            5 => format!("COMMENT ON TRIGGER {} ON {table} IS 'g'", self.number("g", 3)),
            6 => format!("COMMENT ON SCHEMA {} IS 's'", self.number("s", 2)),
            _ => format!(
                "COMMENT ON SEQUENCE {} IS NULL",
                self.named(schema, "q", |body| matches!(body, ObjectBody::Sequence(_)))
            ),
        }
    }

    fn columns_that_count(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let (column, other) = (self.column(schema, &table), self.column(schema, &table));
        let action = match self.below(14) {
            0 => format!("ALTER COLUMN {column} DROP IDENTITY{}", self.maybe(2, " IF EXISTS")),
            1 => format!("ALTER COLUMN {column} SET GENERATED BY DEFAULT SET INCREMENT 5"),
            2 => format!("ALTER COLUMN {column} RESTART"),
            3 => format!("ADD COLUMN made text GENERATED ALWAYS AS ({column}::text || 'x') STORED"),
            4 => format!(
                "ALTER COLUMN {} DROP EXPRESSION{}",
                self.pick(&["made", "a"]),
                self.maybe(2, " IF EXISTS")
            ),
            5 => format!("ALTER COLUMN {column} TYPE {}", self.pick(&WIDER)),
            6 => format!("ALTER COLUMN {column} TYPE {} USING NULL", self.pick(&WIDER)),
            7 => format!("ADD COLUMN z{} int, DROP COLUMN {column}", self.below(3)),
            8 => format!("DROP COLUMN {column}, ADD COLUMN {column} text"),
            9 => format!(
                "ALTER COLUMN {column} DROP DEFAULT, ALTER COLUMN {column} TYPE text, ALTER COLUMN {other} SET NOT NULL"
            ),
            10 => format!("ADD CONSTRAINT {} EXCLUDE USING btree ({column} WITH =)", self.number("k", 4)),
            11 => {
                format!("ALTER CONSTRAINT {} DEFERRABLE INITIALLY DEFERRED", self.constraint(schema, &table))
            }
            12 => format!("VALIDATE CONSTRAINT {}", self.constraint(schema, &table)),
            _ => format!(
                "ALTER COLUMN {column} SET DEFAULT {}",
                self.pick(&["1", "'x'", "now()", "true", "NULL", "md5('x')"])
            ),
        };
        format!("ALTER TABLE {table} {action}")
    }

    fn rows(&mut self, schema: &Schema) -> String {
        let (table, other) = (self.table(schema), self.table(schema));
        let (column, its) = (self.column(schema, &table), self.column(schema, &other));
        match self.below(9) {
            0 => format!("INSERT INTO {table} ({column}) SELECT {its} FROM {other} WHERE false"),
            1 => format!(
                "INSERT INTO {table} ({column}) SELECT NULL WHERE false ON CONFLICT ({column}) DO NOTHING"
            ),
            2 => format!("UPDATE {table} SET {column} = o.{its} FROM {other} o WHERE false"),
            3 => format!(
                "DELETE FROM {table} USING {other} o WHERE o.{its} IS NULL AND false RETURNING {column}"
            ),
            4 => format!(
                "SELECT x.{column}, count(*) FROM {table} x JOIN {other} y ON true GROUP BY x.{column} ORDER BY 2"
            ),
            5 => format!(
                "WITH gone AS (DELETE FROM {table} WHERE false RETURNING *) SELECT {column} FROM gone"
            ),
            6 => format!(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'e9') THEN CREATE TYPE {} AS ENUM ('x'); END IF; END $$",
                self.number("e", 5)
            ),
            7 => format!("DO $$ BEGIN ALTER TABLE {table} ADD COLUMN done int; END $$"),
            _ => format!("TRUNCATE {table}"),
        }
    }

    fn rest(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let column = self.column(schema, &table);
        let policy = self.number("p", 2);
        match self.below(13) {
            0 => format!("DROP POLICY {}{policy} ON {table}", self.maybe(2, "IF EXISTS ")),
            1 => format!("ALTER POLICY {policy} ON {table} RENAME TO {}", self.number("p", 3)),
            2 => format!("ALTER POLICY {policy} ON {table} USING ({column} IS NULL)"),
            3 => format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
            4 => format!(
                "CREATE STATISTICS {} ON {column}, {} FROM {table}",
                self.number("st", 2),
                self.column(schema, &table)
            ),
            5 => format!(
                "DROP STATISTICS {}",
                self.named(schema, "st", |body| matches!(body, ObjectBody::Other(Kind::Statistics, _)))
            ),
            6 => format!("CREATE RULE {} AS ON DELETE TO {table} DO INSTEAD NOTHING", self.number("ru", 2)),
            7 => format!("DROP RULE {} ON {table}", self.number("ru", 2)),
            8 => format!("ALTER TABLE {table} SET UNLOGGED"),
            9 => format!("CREATE TABLE {} OF {}", self.number("t", 8), self.number("e", 5)),
            10 => format!("ALTER INDEX {} RENAME TO {}", self.number("i", 6), self.number("i", 8)),
            11 => format!("CREATE TEMPORARY TABLE {} (id int REFERENCES {table})", self.number("t", 8)),
            _ => format!(
                "ALTER TABLE {} RENAME COLUMN {column} TO {}",
                table,
                self.pick(&["ctid", "id", "a", "zz"])
            ),
        }
    }
}
