//! Random statements of SQLite, right and wrong.

use migrate_core::schema::{ObjectBody, Schema};

use crate::truth::random::{Dice, names, tables};

const TABLES: [&str; 6] = ["t0", "t1", "t2", "T3", "\"my table\"", "t5"];
const COLUMNS: [&str; 7] = ["a", "b", "c", "D", "\"e e\"", "\"order\"", "f"];
const TYPES: [&str; 9] =
    ["INTEGER", "TEXT", "REAL", "BLOB", "VARCHAR(20)", "BIG INT", "DECIMAL(10, 2)", "", "BOOLEAN"];
const STRICT_TYPES: [&str; 5] = ["INTEGER", "TEXT", "REAL", "ANY", "INT"];
const INDEXES: [&str; 5] = ["i0", "i1", "i2", "I3", "t1"];
const VIEWS: [&str; 3] = ["v0", "v1", "V2"];
const TRIGGERS: [&str; 3] = ["g0", "g1", "G2"];
const ACTIONS: [&str; 5] =
    ["", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE RESTRICT", " ON DELETE NO ACTION"];

/// Makes statements that fit a schema, mostly.
pub(super) struct Generator {
    dice: Dice,
}

/// A table as statements see it.
#[derive(Clone)]
struct Known {
    name: String,
    columns: Vec<String>,
}

impl Generator {
    pub(super) fn new(dice: Dice) -> Self {
        Self { dice }
    }

    /// One statement, or the few that belong together.
    pub(super) fn statements(&mut self, schema: &Schema) -> Vec<String> {
        if tables(schema).is_empty() {
            return vec![self.create_table(schema)];
        }
        match self.dice.roll(100) {
            0..14 => vec![self.create_table(schema)],
            14..24 => vec![self.create_index(schema)],
            24..31 => vec![self.create_view(schema)],
            31..37 => vec![self.create_trigger(schema)],
            37..46 => vec![self.drop_something(schema)],
            46..74 => vec![self.alter(schema)],
            74..78 => vec![self.pragma()],
            78..84 => self.rebuild(schema),
            84..88 => self.taken_back(schema),
            88..90 => vec![self.create_virtual_table()],
            _ => vec![self.change_rows(schema)],
        }
    }

    /// A table that is there, or at times one that is not.
    fn table(&mut self, schema: &Schema) -> Known {
        let all = tables(schema);
        if all.is_empty() || self.dice.chance(6) {
            let name = self.dice.pick(&TABLES).to_owned();
            return Known { name, columns: COLUMNS.map(str::to_owned).to_vec() };
        }
        let (_, name, table) = all[self.dice.roll(all.len())];
        let columns = table.columns.iter().map(|column| quoted(&column.name)).collect();
        Known { name: self.spelt(name), columns }
    }

    /// A name in one of its spellings.
    fn spelt(&mut self, name: &str) -> String {
        match self.dice.roll(12) {
            0 => format!("[{name}]"),
            1 => format!("`{name}`"),
            2 => format!("\"{}\"", name.to_uppercase()),
            3 if !name.contains(' ') => format!("main.{name}"),
            _ => quoted(name),
        }
    }

    fn plain(&mut self, name: &str) -> String {
        match self.dice.roll(8) {
            0 => format!("\"{name}\""),
            1 => quoted(&name.to_uppercase()),
            _ => quoted(name),
        }
    }

    fn column(&mut self, table: &Known) -> String {
        if table.columns.is_empty() || self.dice.chance(6) {
            return self.dice.pick(&COLUMNS).to_owned();
        }
        let place = self.dice.roll(table.columns.len());
        table.columns[place].clone()
    }

    fn some_columns(&mut self, table: &Known) -> String {
        let count = 1 + self.dice.roll(2);
        let mut columns: Vec<String> = (0..count).map(|_| self.column(table)).collect();
        columns.dedup();
        columns.join(", ")
    }

    fn create_table(&mut self, schema: &Schema) -> String {
        let name = self.dice.pick(&TABLES);
        let (temporary, if_not_exists) = (self.dice.maybe(6, "TEMP "), self.dice.maybe(15, "IF NOT EXISTS "));
        if self.dice.chance(7) {
            let from = self.table(schema);
            let columns = self.some_columns(&from);
            return format!(
                "CREATE {temporary}TABLE {if_not_exists}{name} AS SELECT {columns} FROM {}",
                from.name
            );
        }
        let body = self.body(schema, name);
        format!("CREATE {temporary}TABLE {if_not_exists}{name} {body}")
    }

    /// Columns, constraints and options.
    fn body(&mut self, schema: &Schema, name: &str) -> String {
        let is_strict = self.dice.chance(10);
        let without_rowid = self.dice.chance(10);
        let mut columns: Vec<&str> = COLUMNS.to_vec();
        let count = 1 + self.dice.roll(5);
        while columns.len() > count {
            let place = self.dice.roll(columns.len());
            columns.remove(place);
        }
        let known =
            Known { name: name.to_owned(), columns: columns.iter().map(|name| (*name).to_owned()).collect() };
        let mut has_key = false;
        let mut parts = Vec::new();
        for column in &columns {
            let types: &[&str] = if is_strict && !self.dice.chance(5) { &STRICT_TYPES } else { &TYPES };
            let mut part = format!("{column} {}", self.dice.pick(types));
            if !has_key && self.dice.chance(25) || self.dice.chance(1) {
                has_key = true;
                part += self.dice.pick(&[
                    " PRIMARY KEY",
                    " PRIMARY KEY",
                    " CONSTRAINT pk PRIMARY KEY",
                    " PRIMARY KEY DESC",
                ]);
                part += self.dice.maybe(20, " AUTOINCREMENT");
            }
            part += &self.column_constraints(schema, &known, column);
            parts.push(part);
        }
        if !has_key && (without_rowid && self.dice.chance(90) || self.dice.chance(15)) {
            parts.push(format!("PRIMARY KEY ({})", self.some_columns(&known)));
        }
        if self.dice.chance(15) {
            let (name, columns) = (self.dice.maybe(40, "CONSTRAINT u "), self.some_columns(&known));
            parts.push(format!("{name}UNIQUE ({columns}){}", self.conflict()));
        }
        if self.dice.chance(12) {
            let columns = self.some_columns(&known);
            let target = self.references(schema);
            parts.push(format!("{}FOREIGN KEY ({columns}){target}", self.dice.maybe(40, "CONSTRAINT fk ")));
        }
        if self.dice.chance(12) {
            let check = self.condition(&known);
            parts.push(format!("{}CHECK ({check})", self.dice.maybe(40, "CONSTRAINT k ")));
        }
        let mut options = Vec::new();
        options.extend(without_rowid.then_some("WITHOUT ROWID"));
        options.extend(is_strict.then_some("STRICT"));
        format!("({}) {}", parts.join(", "), options.join(", "))
    }

    fn column_constraints(&mut self, schema: &Schema, table: &Known, column: &str) -> String {
        let mut all = String::new();
        if self.dice.chance(20) {
            all += " NOT NULL";
            all += self.conflict();
        }
        if self.dice.chance(22) {
            all += self.dice.pick(&[
                " DEFAULT 1",
                " DEFAULT 'x'",
                " DEFAULT NULL",
                " DEFAULT (1 + 2)",
                " DEFAULT CURRENT_TIMESTAMP",
                " DEFAULT -1",
                " DEFAULT (lower('A'))",
                " DEFAULT \"x y\"",
                " DEFAULT true",
            ]);
        }
        if self.dice.chance(8) {
            all += " UNIQUE";
            all += self.conflict();
        }
        all += self.dice.maybe(6, " COLLATE NOCASE");
        if self.dice.chance(7) {
            all += &format!(" CHECK ({})", self.condition(table));
        } else if self.dice.chance(3) {
            all += &format!(" CHECK ({column} <> 'a')");
        }
        if self.dice.chance(10) {
            all += &self.references(schema);
        }
        if self.dice.chance(5) {
            let other = self.column(table);
            all += &format!(
                " GENERATED ALWAYS AS ({other} || 'x') {}",
                self.dice.pick(&["VIRTUAL", "STORED", ""])
            );
        }
        all
    }

    fn conflict(&mut self) -> &'static str {
        match self.dice.chance(20) {
            true => self.dice.pick(&[
                " ON CONFLICT ROLLBACK",
                " ON CONFLICT ABORT",
                " ON CONFLICT FAIL",
                " ON CONFLICT IGNORE",
                " ON CONFLICT REPLACE",
            ]),
            false => "",
        }
    }

    fn references(&mut self, schema: &Schema) -> String {
        let target = self.table(schema);
        let name = target.name.trim_start_matches("main.").to_owned();
        let columns = match self.dice.chance(40) {
            true => String::new(),
            false => format!("({})", self.column(&target)),
        };
        let action = self.dice.pick(&ACTIONS);
        format!(
            " REFERENCES {name}{columns}{action}{}",
            self.dice.maybe(10, " DEFERRABLE INITIALLY DEFERRED")
        )
    }

    fn condition(&mut self, table: &Known) -> String {
        let (one, other) = (self.column(table), self.column(table));
        match self.dice.roll(6) {
            0 => format!("{one} > 0"),
            1 => format!("{one} IS NOT NULL AND {other} <> 'it''s'"),
            2 => format!("length({one}) < 10"),
            3 => format!("{one} IN (1, 2, 3)"),
            4 => format!("{one} BETWEEN 1 AND 5"),
            _ => format!("{one} <> \"text\""),
        }
    }

    fn create_index(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let name = self.dice.pick(&INDEXES);
        let mut parts: Vec<String> = Vec::new();
        for _ in 0..=self.dice.roll(2) {
            let column = self.column(&table);
            parts.push(match self.dice.roll(8) {
                0 => format!("{column} DESC"),
                1 => format!("{column} COLLATE NOCASE"),
                2 => format!("lower({column})"),
                _ => column,
            });
        }
        let condition = match self.dice.chance(15) {
            true => format!(" WHERE {}", self.condition(&table)),
            false => String::new(),
        };
        format!(
            "CREATE {}INDEX {}{name} ON {} ({}){condition}",
            self.dice.maybe(30, "UNIQUE "),
            self.dice.maybe(15, "IF NOT EXISTS "),
            table.name.trim_start_matches("main."),
            parts.join(", ")
        )
    }

    fn create_view(&mut self, schema: &Schema) -> String {
        let (one, other) = (self.table(schema), self.table(schema));
        let name = self.dice.pick(&VIEWS);
        let columns = self.some_columns(&one);
        let query = match self.dice.roll(6) {
            0 => format!("SELECT * FROM {}", one.name),
            1 => format!("SELECT x.{} FROM {} AS x JOIN {} ON 1", self.column(&one), one.name, other.name),
            2 => format!("SELECT count(*) AS n FROM {} WHERE {}", one.name, self.condition(&one)),
            3 => format!("WITH w AS (SELECT {columns} FROM {}) SELECT * FROM w", one.name),
            4 => format!("SELECT {columns} FROM {} UNION ALL SELECT {columns} FROM {}", one.name, one.name),
            _ => format!("SELECT {columns} FROM {} WHERE {} ORDER BY 1", one.name, self.condition(&one)),
        };
        format!(
            "CREATE {}VIEW {}{name} AS {query}",
            self.dice.maybe(5, "TEMP "),
            self.dice.maybe(15, "IF NOT EXISTS ")
        )
    }

    fn create_trigger(&mut self, schema: &Schema) -> String {
        let (table, other) = (self.table(schema), self.table(schema));
        let name = self.dice.pick(&TRIGGERS);
        let event = match self.dice.roll(4) {
            0 => format!("UPDATE OF {}", self.column(&table)),
            1 => "DELETE".to_owned(),
            2 => "UPDATE".to_owned(),
            _ => "INSERT".to_owned(),
        };
        let row = if event == "INSERT" || event.starts_with("UPDATE") { "new" } else { "old" };
        let body = match self.dice.roll(4) {
            0 => format!(
                "DELETE FROM {} WHERE {} = {row}.{}",
                bare(&other.name),
                self.column(&other),
                self.column(&table)
            ),
            1 => format!(
                "UPDATE {} SET {} = {row}.{}",
                bare(&other.name),
                self.column(&other),
                self.column(&table)
            ),
            2 => format!(
                "INSERT INTO {} ({}) VALUES ({row}.{})",
                bare(&other.name),
                self.column(&other),
                self.column(&table)
            ),
            _ => "SELECT 1".to_owned(),
        };
        let views = names(schema, |body| matches!(body, ObjectBody::View(_)));
        if !views.is_empty() && self.dice.chance(20) {
            let view = quoted(self.dice.pick(&views));
            return format!("CREATE TRIGGER {name} INSTEAD OF INSERT ON {view} BEGIN {body}; END");
        }
        let when = match self.dice.chance(20) {
            true => format!(" WHEN {row}.{} > 1", self.column(&table)),
            false => String::new(),
        };
        format!(
            "CREATE TRIGGER {}{name} {} {event} ON {}{when} BEGIN {body}; END",
            self.dice.maybe(15, "IF NOT EXISTS "),
            self.dice.pick(&["AFTER", "BEFORE"]),
            bare(&table.name)
        )
    }

    fn drop_something(&mut self, schema: &Schema) -> String {
        let if_exists = self.dice.maybe(25, "IF EXISTS ");
        let (kind, pool, there) = match self.dice.roll(10) {
            0..4 => ("TABLE", &TABLES[..], names(schema, |body| matches!(body, ObjectBody::Table(_)))),
            4..7 => ("INDEX", &INDEXES[..], names(schema, |body| matches!(body, ObjectBody::Index { .. }))),
            7..9 => ("VIEW", &VIEWS[..], names(schema, |body| matches!(body, ObjectBody::View(_)))),
            _ => ("TRIGGER", &TRIGGERS[..], vec![]),
        };
        let name = match there.is_empty() || self.dice.chance(15) {
            true => self.dice.pick(pool).to_owned(),
            false => {
                let name = self.dice.pick(&there).to_owned();
                self.spelt(&name)
            }
        };
        format!("DROP {kind} {if_exists}{name}")
    }

    fn alter(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let name = &table.name;
        match self.dice.roll(10) {
            0..3 => {
                let column = self.dice.pick(&COLUMNS);
                let kind = self.dice.pick(&TYPES);
                let known = Known {
                    columns: [table.columns.clone(), vec![column.to_owned()]].concat(),
                    ..table.clone()
                };
                let constraints = self.column_constraints(schema, &known, column);
                format!(
                    "ALTER TABLE {name} ADD COLUMN {column} {kind}{}{constraints}",
                    self.dice.maybe(2, " PRIMARY KEY")
                )
            }
            3..6 => format!("ALTER TABLE {name} DROP COLUMN {}", self.column(&table)),
            6..8 => {
                let column = self.column(&table);
                let new = self.dice.pick(&COLUMNS);
                format!("ALTER TABLE {name} RENAME COLUMN {column} TO {new}")
            }
            _ => {
                let new = self.dice.pick(&TABLES).trim_matches('"').to_owned();
                let new = self.plain(&new);
                format!("ALTER TABLE {name} RENAME TO {new}")
            }
        }
    }

    fn pragma(&mut self) -> String {
        self.dice
            .pick(&[
                "PRAGMA legacy_alter_table = ON",
                "PRAGMA legacy_alter_table = OFF",
                "PRAGMA legacy_alter_table=0",
                "PRAGMA foreign_keys = ON",
                "PRAGMA foreign_keys = OFF",
                "PRAGMA foreign_key_check",
                "PRAGMA defer_foreign_keys = ON",
                "PRAGMA user_version = 7",
                "ANALYZE",
                "REINDEX",
            ])
            .to_owned()
    }

    /// What is done and not done after all.
    fn taken_back(&mut self, schema: &Schema) -> Vec<String> {
        let mut all = vec![];
        let (begin, end) = match self.dice.roll(3) {
            0 => ("BEGIN", ["ROLLBACK", ""]),
            1 => ("SAVEPOINT one", ["ROLLBACK TO one", "RELEASE one"]),
            _ => ("BEGIN IMMEDIATE", ["COMMIT", ""]),
        };
        all.push(begin.to_owned());
        for _ in 0..=self.dice.roll(3) {
            all.push(match self.dice.roll(5) {
                0 => self.create_table(schema),
                1 => self.alter(schema),
                2 => self.drop_something(schema),
                3 => self.create_index(schema),
                _ => self.pragma(),
            });
        }
        all.extend(end.into_iter().filter(|sql| !sql.is_empty()).map(str::to_owned));
        all
    }

    fn create_virtual_table(&mut self) -> String {
        let (name, module) = (self.dice.pick(&["f0", "f1"]), self.dice.pick(&["fts4", "fts5"]));
        let if_not_exists = self.dice.maybe(15, "IF NOT EXISTS ");
        format!("CREATE VIRTUAL TABLE {if_not_exists}{name} USING {module}(a, \"e e\")")
    }

    /// A table made anew, as SQLite's documentation says and as people do it.
    fn rebuild(&mut self, schema: &Schema) -> Vec<String> {
        let table = self.table(schema);
        let name = bare(&table.name).to_owned();
        let body = self.body(schema, "new");
        let columns = self.some_columns(&table);
        let mut all = match self.dice.roll(3) {
            0 => vec![
                format!("ALTER TABLE {name} RENAME TO old_one"),
                format!("CREATE TABLE {name} {body}"),
                format!("INSERT INTO {name} ({columns}) SELECT {columns} FROM old_one"),
                "DROP TABLE old_one".to_owned(),
            ],
            _ => vec![
                format!("CREATE TABLE new_one {body}"),
                format!("INSERT INTO new_one ({columns}) SELECT {columns} FROM {name}"),
                format!("DROP TABLE {name}"),
                format!("ALTER TABLE new_one RENAME TO {name}"),
            ],
        };
        if self.dice.chance(40) {
            all.insert(0, "PRAGMA foreign_keys = OFF".to_owned());
            all.push("PRAGMA foreign_keys = ON".to_owned());
        }
        if self.dice.chance(30) {
            all.insert(0, "PRAGMA legacy_alter_table = ON".to_owned());
            all.push("PRAGMA legacy_alter_table = OFF".to_owned());
        }
        all
    }

    fn change_rows(&mut self, schema: &Schema) -> String {
        let (table, other) = (self.table(schema), self.table(schema));
        let (one, two, name) = (self.column(&table), self.column(&table), &table.name);
        match self.dice.roll(11) {
            8 => format!(
                "WITH x AS (SELECT {one} AS n FROM {name} UNION ALL SELECT n + 1 FROM x WHERE n < 3)
                 UPDATE {name} SET {two} = (SELECT max(n) FROM x)"
            ),
            9 => format!(
                "WITH x AS (SELECT {} FROM {}), y AS (SELECT * FROM x) DELETE FROM {name} WHERE {one} IN (SELECT {two} FROM y)",
                self.column(&other),
                other.name
            ),
            10 => format!("WITH x AS (SELECT missing FROM nowhere) INSERT INTO {name} ({one}) VALUES (1)"),
            0 => format!("INSERT INTO {name} ({one}) SELECT {} FROM {}", self.column(&other), other.name),
            1 => format!("UPDATE {name} SET {one} = {two} WHERE {}", self.condition(&table)),
            2 => format!(
                "DELETE FROM {name} WHERE {one} = (SELECT max({}) FROM {})",
                self.column(&other),
                other.name
            ),
            3 => format!(
                "SELECT x.{one}, y.{} FROM {name} x, {} y WHERE rowid = 1",
                self.column(&other),
                other.name
            ),
            4 => format!("SELECT {one} AS z FROM {name} WHERE z = 1 GROUP BY z ORDER BY {two}"),
            5 => {
                let views = names(schema, |body| matches!(body, ObjectBody::View(_)));
                match views.is_empty() {
                    true => format!("SELECT {one} FROM {name}"),
                    false => format!("SELECT {one} FROM {}", self.dice.pick(&views)),
                }
            }
            6 => format!("INSERT OR REPLACE INTO {name} SELECT * FROM {} WHERE 0", other.name),
            _ => format!(
                "UPDATE {name} SET {one} = 1 FROM {} AS o WHERE o.{} = {two}",
                other.name,
                self.column(&other)
            ),
        }
    }
}

/// A name that may need quotes.
fn quoted(name: &str) -> String {
    match name.contains(' ') || name.eq_ignore_ascii_case("order") {
        true => format!("\"{name}\""),
        false => name.to_owned(),
    }
}

/// Without the schema before it.
fn bare(name: &str) -> &str {
    name.trim_start_matches("main.")
}
