//! Random changes of a schema, most of them possible.

mod more;

use migrate_core::schema::{ObjectBody, Schema, Table};

/// A source of statements; the same seed gives the same ones on the same schemas.
pub(crate) struct Random(u64);

const TYPES: [&str; 12] = [
    "int",
    "bigint",
    "text",
    "varchar(20)",
    "boolean",
    "timestamptz",
    "numeric(10,2)",
    "uuid",
    "jsonb",
    "text[]",
    "date",
    "char(3)",
];
const COLUMNS: [&str; 8] = ["id", "a", "b", "c", "d", "name", "\"Mixed\"", "created_at"];

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    /// A number below this one (splitmix64).
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 1).unwrap_or(0) % limit.max(1)
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn maybe(&mut self, many: usize, text: &'static str) -> &'static str {
        if self.one_in(many) { text } else { "" }
    }

    fn number(&mut self, prefix: &str, most: usize) -> String {
        format!("{prefix}{}", self.below(most) + 1)
    }

    /// An object that is there, or, at times, one that may not be.
    fn named(&mut self, schema: &Schema, prefix: &str, is_one: impl Fn(&ObjectBody) -> bool) -> String {
        let all: Vec<String> = schema
            .objects()
            .sorted()
            .into_iter()
            .filter(|(_, object)| is_one(&object.body))
            .map(|(_, object)| quoted_name(&object.name.schema, &object.name.name))
            .collect();
        if all.is_empty() || self.one_in(12) {
            return self.number(prefix, 6);
        }
        all[self.below(all.len())].clone()
    }

    fn table(&mut self, schema: &Schema) -> String {
        self.named(schema, "t", |body| matches!(body, ObjectBody::Table(_)))
    }

    fn view(&mut self, schema: &Schema) -> String {
        self.named(schema, "v", |body| matches!(body, ObjectBody::View(_)))
    }

    fn shape<'s>(&self, schema: &'s Schema, name: &str) -> Option<&'s Table> {
        schema.objects().iter().find_map(|(_, object)| match &object.body {
            ObjectBody::Table(table) if quoted_name(&object.name.schema, &object.name.name) == name => {
                Some(table)
            }
            _ => None,
        })
    }

    fn column(&mut self, schema: &Schema, table: &str) -> String {
        let columns: Vec<String> = self
            .shape(schema, table)
            .map(|table| table.columns.iter().map(|column| quoted(&column.name)).collect())
            .unwrap_or_default();
        if columns.is_empty() || self.one_in(12) {
            return self.pick(&COLUMNS).to_owned();
        }
        columns[self.below(columns.len())].clone()
    }

    fn columns(&mut self, schema: &Schema, table: &str) -> String {
        let one = self.column(schema, table);
        let other = self.column(schema, table);
        if one == other || self.one_in(2) { one } else { format!("{one}, {other}") }
    }

    fn constraint(&mut self, schema: &Schema, table: &str) -> String {
        let names: Vec<String> = self
            .shape(schema, table)
            .into_iter()
            .flat_map(|table| table.constraints.iter())
            .filter_map(|constraint| constraint.name.as_ref().map(|name| quoted(name)))
            .collect();
        if names.is_empty() || self.one_in(8) {
            return self.number("k", 4);
        }
        names[self.below(names.len())].clone()
    }

    fn data_type(&mut self, schema: &Schema) -> String {
        if self.one_in(4) {
            let is_type = |body: &ObjectBody| {
                matches!(body, ObjectBody::Enum(_) | ObjectBody::Domain(_) | ObjectBody::Composite(_))
            };
            let name = self.named(schema, "e", is_type);
            return if self.one_in(6) { format!("{name}[]") } else { name };
        }
        self.pick(&TYPES).to_owned()
    }

    fn column_definition(&mut self, schema: &Schema, name: &str) -> String {
        let kind = self.below(10);
        match kind {
            0 => format!("{name} serial{}", self.maybe(2, " PRIMARY KEY")),
            1 => format!("{name} bigint GENERATED {} AS IDENTITY", self.pick(&["ALWAYS", "BY DEFAULT"])),
            2 => format!("{name} int DEFAULT 1{}", self.maybe(2, " NOT NULL")),
            3 => format!("{name} text DEFAULT 'x'{}", self.maybe(3, " UNIQUE")),
            4 => format!("{name} int CHECK ({name} > 0)"),
            5 => {
                let table = self.table(schema);
                let action =
                    self.pick(&["", " ON DELETE CASCADE", " ON UPDATE SET NULL", " ON DELETE RESTRICT"]);
                format!("{name} int REFERENCES {table}{action}")
            }
            _ => {
                let data_type = self.data_type(schema);
                format!("{name} {data_type}{}{}", self.maybe(3, " NOT NULL"), self.maybe(6, " UNIQUE"))
            }
        }
    }

    fn create_table(&mut self, schema: &Schema) -> String {
        let prefix = if self.one_in(6) { "s1." } else { "" };
        let name = self.number("t", 8);
        let mut parts: Vec<String> = Vec::new();
        let count = 1 + self.below(4);
        let first = self.below(COLUMNS.len());
        for place in 0..count {
            let column = COLUMNS[(first + place) % COLUMNS.len()];
            parts.push(self.column_definition(schema, column));
        }
        let column = COLUMNS[first];
        match self.below(8) {
            0 => parts.push(format!("PRIMARY KEY ({column})")),
            1 => parts.push(format!("CONSTRAINT {} UNIQUE ({column})", self.number("k", 4))),
            2 => parts.push(format!("CHECK ({column} IS NOT NULL)")),
            3 => {
                let other = self.table(schema);
                let target = self.columns(schema, &other);
                parts.push(format!("FOREIGN KEY ({column}) REFERENCES {other} ({target})"));
            }
            4 => {
                let other = self.table(schema);
                let including =
                    self.pick(&["", " INCLUDING ALL", " INCLUDING DEFAULTS", " INCLUDING INDEXES"]);
                parts.push(format!("LIKE {other}{including}"));
            }
            _ => {}
        }
        let tail = if self.one_in(8) { format!(" INHERITS ({})", self.table(schema)) } else { String::new() };
        let guard = self.maybe(8, "IF NOT EXISTS ");
        format!("CREATE TABLE {guard}{prefix}{name} ({}){tail}", parts.join(", "))
    }

    fn alter_table(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let column = self.column(schema, &table);
        let action = match self.below(24) {
            0..=3 => {
                let name = self.pick(&COLUMNS);
                let guard = self.maybe(6, "IF NOT EXISTS ");
                format!("ADD COLUMN {guard}{}", self.column_definition(schema, name))
            }
            4 | 5 => {
                format!("DROP COLUMN {}{column}{}", self.maybe(5, "IF EXISTS "), self.maybe(3, " CASCADE"))
            }
            6 => format!("ALTER COLUMN {column} SET NOT NULL"),
            7 => format!("ALTER COLUMN {column} DROP NOT NULL"),
            8 => format!("ALTER COLUMN {column} DROP DEFAULT"),
            9 => format!("ALTER COLUMN {column} SET DEFAULT NULL"),
            10 => format!("RENAME COLUMN {column} TO {}", self.pick(&COLUMNS)),
            11 => format!("RENAME TO {}", self.number("t", 8)),
            12 => {
                let columns = self.columns(schema, &table);
                let name = if self.one_in(2) {
                    format!("CONSTRAINT {} ", self.number("k", 4))
                } else {
                    String::new()
                };
                format!("ADD {name}UNIQUE ({columns})")
            }
            13 => format!("ADD PRIMARY KEY ({})", self.columns(schema, &table)),
            14 => format!("ADD CHECK ({column} IS NOT NULL){}", self.maybe(4, " NOT VALID")),
            15 | 16 => {
                let other = self.table(schema);
                let target = self.column(schema, &other);
                format!(
                    "ADD FOREIGN KEY ({column}) REFERENCES {other} ({target}){}",
                    self.maybe(5, " DEFERRABLE")
                )
            }
            17 | 18 => {
                let name = self.constraint(schema, &table);
                format!("DROP CONSTRAINT {}{name}{}", self.maybe(5, "IF EXISTS "), self.maybe(3, " CASCADE"))
            }
            19 => {
                let name = self.constraint(schema, &table);
                format!("RENAME CONSTRAINT {name} TO {}", self.number("k", 4))
            }
            20 => format!("SET SCHEMA {}", self.pick(&["s1", "public", "s2"])),
            21 => format!("ALTER COLUMN {column} TYPE {}", self.pick(&["text", "varchar(30)", "bigint"])),
            22 => {
                format!("ADD CONSTRAINT {0} UNIQUE USING INDEX {1}", self.number("k", 4), self.number("i", 6))
            }
            _ => format!("ALTER COLUMN {column} ADD GENERATED ALWAYS AS IDENTITY"),
        };
        format!("ALTER TABLE {table} {action}")
    }

    fn create_view(&mut self, schema: &Schema) -> String {
        let table = if self.one_in(5) { self.view(schema) } else { self.table(schema) };
        let columns = if self.one_in(3) { "*".to_owned() } else { self.columns(schema, &table) };
        let kind = self.pick(&["VIEW", "VIEW", "OR REPLACE VIEW", "MATERIALIZED VIEW"]);
        let condition = if self.one_in(3) {
            format!(" WHERE {} IS NOT NULL", self.column(schema, &table))
        } else {
            String::new()
        };
        format!("CREATE {kind} {} AS SELECT {columns} FROM {table}{condition}", self.number("v", 5))
    }

    fn drop(&mut self, schema: &Schema) -> String {
        let guard = self.maybe(4, "IF EXISTS ");
        let cascade = self.maybe(3, " CASCADE");
        match self.below(10) {
            0..=3 => format!("DROP TABLE {guard}{}{cascade}", self.table(schema)),
            4 => format!("DROP VIEW {guard}{}{cascade}", self.view(schema)),
            5 => {
                let index = self.named(schema, "i", |body| matches!(body, ObjectBody::Index { .. }));
                format!("DROP INDEX {guard}{index}{cascade}")
            }
            6 => {
                let name = self.named(schema, "e", |body| {
                    matches!(body, ObjectBody::Enum(_) | ObjectBody::Composite(_) | ObjectBody::Domain(_))
                });
                format!("DROP TYPE {guard}{name}{cascade}")
            }
            7 => {
                let name = self.named(schema, "q", |body| matches!(body, ObjectBody::Sequence(_)));
                format!("DROP SEQUENCE {guard}{name}{cascade}")
            }
            8 => {
                let name = self.named(schema, "f", |body| matches!(body, ObjectBody::Routines(_)));
                format!("DROP FUNCTION {guard}{name}{cascade}")
            }
            _ => format!("DROP SCHEMA {guard}s{}{cascade}", 1 + self.below(2)),
        }
    }

    fn types(&mut self, schema: &Schema) -> String {
        let name = self.named(schema, "e", |body| matches!(body, ObjectBody::Enum(_)));
        match self.below(8) {
            0 | 1 => format!("CREATE TYPE {} AS ENUM ('x', 'y')", self.number("e", 5)),
            2 => format!("ALTER TYPE {name} ADD VALUE '{}'", self.pick(&["x", "z", "w"])),
            3 => format!("ALTER TYPE {name} ADD VALUE '{}' BEFORE 'y'", self.pick(&["p", "q"])),
            4 => format!("ALTER TYPE {name} RENAME TO {}", self.number("e", 5)),
            5 => format!("ALTER TYPE {name} RENAME VALUE '{}' TO 'r'", self.pick(&["x", "y"])),
            6 => format!("CREATE DOMAIN {} AS int CHECK (VALUE > 0)", self.number("e", 5)),
            _ => format!("CREATE TYPE {} AS (x int, y text)", self.number("e", 5)),
        }
    }

    fn others(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let column = self.column(schema, &table);
        match self.below(16) {
            0 => format!("CREATE SCHEMA {}s{}", self.maybe(3, "IF NOT EXISTS "), 1 + self.below(2)),
            1 => format!("CREATE SEQUENCE {}{}", self.number("q", 3), self.maybe(3, " START 5 INCREMENT 2")),
            2 => format!("ALTER SEQUENCE {} OWNED BY {table}.{column}", self.number("q", 3)),
            3 => format!("CREATE FUNCTION {}() RETURNS int LANGUAGE sql AS 'SELECT 1'", self.number("f", 3)),
            4 => {
                let name = self.number("f", 3);
                format!(
                    "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"
                )
            }
            5 => {
                let (name, call) = (self.number("g", 3), self.number("f", 3));
                format!(
                    "CREATE TRIGGER {name} BEFORE UPDATE OR INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {call}()"
                )
            }
            6 => format!("DROP TRIGGER {} ON {table}", self.number("g", 3)),
            7 => format!("COMMENT ON COLUMN {table}.{column} IS 'about'"),
            8 => format!("COMMENT ON TABLE {table} IS 'about'"),
            9 => {
                let index = self.named(schema, "i", |body| matches!(body, ObjectBody::Index { .. }));
                format!("ALTER INDEX {index} RENAME TO {}", self.number("i", 6))
            }
            10 => {
                format!("SET search_path TO {}", self.path(schema))
            }
            11 => format!("CREATE TABLE {} AS SELECT {column} FROM {table}", self.number("t", 8)),
            12 => format!("ALTER TABLE {table} INHERIT {}", self.table(schema)),
            13 => format!("CREATE POLICY {} ON {table} USING ({column} IS NULL)", self.number("p", 2)),
            14 => format!("ALTER VIEW {} RENAME TO {}", self.view(schema), self.number("v", 5)),
            _ => format!("UPDATE {table} SET {column} = NULL WHERE {} IS NULL", self.column(schema, &table)),
        }
    }

    /// A path of schemas that are there: what one would be that is not, only the server knows.
    fn path(&mut self, schema: &Schema) -> &'static str {
        let has = schema
            .objects()
            .iter()
            .any(|(_, object)| matches!(object.body, ObjectBody::Namespace) && &*object.name.name == "s1");
        if has { self.pick(&["public", "s1, public", "public, s1"]) } else { "public" }
    }

    fn create_index(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let columns = self.columns(schema, &table);
        let name = if self.one_in(3) { String::new() } else { format!(" {}", self.number("i", 6)) };
        let unique = self.maybe(3, "UNIQUE ");
        let tail = match self.below(5) {
            0 => format!(" WHERE {} IS NULL", self.column(schema, &table)),
            1 => format!(" INCLUDE ({})", self.column(schema, &table)),
            _ => String::new(),
        };
        let order = self.pick(&["", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"]);
        format!("CREATE {unique}INDEX{name} ON {table} ({columns}{order}){tail}")
    }

    /// The next statement.
    pub(crate) fn statement(&mut self, schema: &Schema) -> String {
        let tables = schema.objects().iter().filter(|(_, object)| is_table(&object.body)).count();
        match self.below(26) {
            20..26 => self.rare(schema),
            _ if tables < 2 => self.create_table(schema),
            0..=3 => self.create_table(schema),
            4..=9 => self.alter_table(schema),
            10 | 11 => self.create_index(schema),
            12 => self.create_view(schema),
            13 | 14 => self.drop(schema),
            15 | 16 => self.types(schema),
            _ => self.others(schema),
        }
    }
}

fn is_table(body: &ObjectBody) -> bool {
    matches!(body, ObjectBody::Table(_))
}

fn quoted(name: &str) -> String {
    let is_plain =
        name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_plain { name.to_owned() } else { format!("\"{name}\"") }
}

fn quoted_name(schema: &str, name: &str) -> String {
    format!("{}.{}", quoted(schema), quoted(name))
}
