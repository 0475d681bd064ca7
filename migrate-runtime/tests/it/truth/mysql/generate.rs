//! Random statements of MySQL and MariaDB, right and wrong.

mod alter;
mod column;
mod table;

use migrate_core::schema::{ObjectBody, Schema, Table};

use crate::truth::random::{Dice, names, tables};

const TABLES: [&str; 7] = ["t0", "t1", "t2", "t3", "t4", "`my table`", "t6"];
const COLUMNS: [&str; 8] = ["id", "a", "b", "c", "Mixed", "`e e`", "`order`", "f"];
const INDEXES: [&str; 6] = ["i0", "i1", "i2", "I3", "a", "b"];
const CONSTRAINTS: [&str; 5] = ["k0", "k1", "K2", "k3", "t1_ibfk_1"];
const VIEWS: [&str; 3] = ["v0", "v1", "v2"];
const TRIGGERS: [&str; 3] = ["g0", "g1", "g2"];
const ROUTINES: [&str; 3] = ["r0", "r1", "R2"];

/// Makes statements that fit a schema, mostly.
pub(super) struct Generator {
    dice: Dice,
}

/// A table as statements see it.
#[derive(Clone)]
pub(super) struct Known {
    name: String,
    columns: Vec<String>,
    shape: Option<Table>,
}

impl Generator {
    pub(super) fn new(dice: Dice) -> Self {
        Self { dice }
    }

    /// What a script begins with: foreign keys are checked, are not, or nobody knows.
    pub(super) fn start(&mut self) -> &'static str {
        self.dice.pick(&["SET foreign_key_checks = 1", "SET FOREIGN_KEY_CHECKS = ON", "SET @a = 1"])
    }

    /// The next statement.
    pub(super) fn statement(&mut self, schema: &Schema) -> String {
        if tables(schema).len() < 2 {
            return self.create_table(schema);
        }
        match self.dice.roll(100) {
            0..14 => self.create_table(schema),
            14..20 => self.create_index(schema),
            20..23 => self.create_view(schema),
            23..26 => self.create_trigger(schema),
            26..29 => self.create_routine(),
            29..37 => self.drop_something(schema),
            37..41 => self.rename(schema),
            41..43 => {
                self.dice.pick(&["SET foreign_key_checks = 0", "SET foreign_key_checks = 1"]).to_owned()
            }
            43..88 => self.alter_table(schema),
            _ => self.rows(schema),
        }
    }

    /// A table that is there, or at times one that is not.
    fn table(&mut self, schema: &Schema) -> Known {
        let all = tables(schema);
        if all.is_empty() || self.dice.chance(5) {
            let name = self.dice.pick(&TABLES).to_owned();
            return Known { name, columns: COLUMNS.map(str::to_owned).to_vec(), shape: None };
        }
        let (_, name, table) = all[self.dice.roll(all.len())];
        let columns = table.columns.iter().map(|column| quoted(&column.name)).collect();
        Known { name: self.spelt(name), columns, shape: Some(table.clone()) }
    }

    /// A name in one of its spellings.
    fn spelt(&mut self, name: &str) -> String {
        if self.dice.chance(8) { format!("`{name}`") } else { quoted(name) }
    }

    fn column(&mut self, table: &Known) -> String {
        if table.columns.is_empty() || self.dice.chance(5) {
            return self.dice.pick(&COLUMNS).to_owned();
        }
        let place = self.dice.roll(table.columns.len());
        let name = table.columns[place].clone();
        if self.dice.chance(5) { name.to_uppercase() } else { name }
    }

    /// Columns of an index, some with a length or a direction.
    fn parts(&mut self, table: &Known) -> String {
        let count = 1 + self.dice.roll(2);
        let mut columns: Vec<String> = (0..count).map(|_| self.column(table)).collect();
        columns.dedup();
        let parts = columns.into_iter().map(|column| {
            let is_long = table.type_of(&column).is_some_and(|of| of.contains("text") || of.contains("blob"));
            let length = if is_long && !self.dice.chance(10) || self.dice.chance(2) { "(5)" } else { "" };
            let direction = self.dice.maybe(8, " DESC");
            format!("{column}{length}{direction}")
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    fn create_index(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let (kind, name) = (self.dice.pick(&["", "", "", "UNIQUE ", "FULLTEXT "]), self.dice.pick(&INDEXES));
        format!("CREATE {kind}INDEX {name} ON {} ({})", table.name, self.parts(&table))
    }

    /// The name of an index that the table has, or at times of one that it has not.
    fn index(&mut self, table: &Known) -> String {
        let names = table.shape.iter().flat_map(|table| &table.indexes).map(|index| quoted(&index.name));
        let names: Vec<String> = names.filter(|name| name != "PRIMARY").collect();
        self.one_of(names, &INDEXES)
    }

    /// The name of a foreign key or a check that the table has, or at times of one that it has not.
    fn constraint(&mut self, table: &Known) -> String {
        let all = table.shape.iter().flat_map(|table| &table.constraints);
        let names = all.filter_map(|constraint| constraint.name.as_ref()).map(|name| quoted(name));
        let names = names.filter(|name| name != "PRIMARY").collect();
        self.one_of(names, &CONSTRAINTS)
    }

    fn one_of(&mut self, names: Vec<String>, others: &[&str]) -> String {
        if names.is_empty() || self.dice.chance(8) {
            return self.dice.pick(others).to_owned();
        }
        let place = self.dice.roll(names.len());
        names[place].clone()
    }

    fn create_view(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let what = match self.dice.roll(3) {
            0 => "*".to_owned(),
            1 => format!("{}, COUNT(*) AS n", self.column(&table)),
            _ => format!("{}, {} AS other", self.column(&table), self.column(&table)),
        };
        let group =
            if what.contains("COUNT") { format!(" GROUP BY {}", self.column(&table)) } else { String::new() };
        let replace = self.dice.maybe(30, "OR REPLACE ");
        let condition = match self.dice.chance(30) {
            true => format!(" WHERE {} IS NOT NULL", self.column(&table)),
            false => String::new(),
        };
        let name = self.dice.pick(&VIEWS);
        format!("CREATE {replace}VIEW {name} AS SELECT {what} FROM {}{condition}{group}", table.name)
    }

    fn create_trigger(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let name = self.dice.pick(&TRIGGERS);
        let event = self.dice.pick(&["BEFORE INSERT", "AFTER INSERT", "BEFORE UPDATE", "AFTER DELETE"]);
        format!("CREATE TRIGGER {name} {event} ON {} FOR EACH ROW SET @a = 1", table.name)
    }

    fn create_routine(&mut self) -> String {
        let name = self.dice.pick(&ROUTINES);
        match self.dice.roll(4) {
            0 => format!("CREATE FUNCTION {name} (x INT) RETURNS INT DETERMINISTIC RETURN x + 1"),
            1 => format!("CREATE PROCEDURE {name} (IN x INT, OUT y TEXT) SELECT 1"),
            2 => format!("DROP FUNCTION {}{name}", self.dice.maybe(40, "IF EXISTS ")),
            _ => format!("DROP PROCEDURE {}{name}", self.dice.maybe(40, "IF EXISTS ")),
        }
    }

    fn view(&mut self, schema: &Schema) -> String {
        let all = names(schema, |body| matches!(body, ObjectBody::View(_)));
        let all = all.into_iter().map(quoted).collect();
        self.one_of(all, &VIEWS)
    }

    fn drop_something(&mut self, schema: &Schema) -> String {
        let guard = self.dice.maybe(25, "IF EXISTS ");
        match self.dice.roll(10) {
            0..3 => format!("DROP TABLE {guard}{}", self.table(schema).name),
            3 => format!("DROP VIEW {guard}{}", self.view(schema)),
            4 => format!("DROP TRIGGER {guard}{}", self.dice.pick(&TRIGGERS)),
            5 => format!("DROP VIEW {guard}{}", self.table(schema).name),
            _ => {
                let table = self.table(schema);
                format!("DROP INDEX {} ON {}", self.index(&table), table.name)
            }
        }
    }

    fn rename(&mut self, schema: &Schema) -> String {
        let (one, other) = (self.table(schema), self.table(schema));
        match self.dice.roll(4) {
            0 => {
                let between = self.dice.pick(&TABLES);
                format!("RENAME TABLE {} TO {between}, {} TO {}", one.name, other.name, one.name)
            }
            1 => format!("RENAME TABLE {} TO {}", self.view(schema), self.dice.pick(&VIEWS)),
            _ => format!("RENAME TABLE {} TO {}", one.name, self.dice.pick(&TABLES)),
        }
    }

    /// Rows are never really there, so that only names count.
    fn rows(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let (one, other) = (self.column(&table), self.column(&table));
        let name = &table.name;
        match self.dice.roll(9) {
            0 => format!("INSERT INTO {name} ({one}, {other}) SELECT 1, 2 FROM {name} WHERE {other} = 3"),
            1 => format!("UPDATE {name} SET {one} = 1 WHERE {other} = 2"),
            2 => format!(
                "UPDATE {name} x SET x.{one} = DEFAULT WHERE x.{other} IS NULL ORDER BY {other} LIMIT 1"
            ),
            3 => format!("DELETE FROM {name} WHERE {one} = 1 AND {other} <> 2"),
            4 => format!("SELECT x.{one} FROM {name} x WHERE x.{other} IN (SELECT {one} FROM {name})"),
            5 => {
                let two = self.table(schema);
                let column = self.column(&two);
                format!(
                    "SELECT x.{one}, y.{column} FROM {name} x LEFT JOIN {} y ON y.{column} = x.{other}",
                    two.name
                )
            }
            6 => format!("TRUNCATE TABLE {name}"),
            7 => format!(
                "INSERT INTO {name} ({one}) SELECT {one} FROM {name} ON DUPLICATE KEY UPDATE {other} = VALUES({other})"
            ),
            _ => format!("SELECT {one} AS z, COUNT(*) FROM {name} GROUP BY {one} HAVING z > 1 ORDER BY z"),
        }
    }
}

impl Known {
    /// The type of a column, as it is printed.
    fn type_of(&self, column: &str) -> Option<String> {
        let name = column.trim_matches('`');
        let mut columns = self.shape.as_ref()?.columns.iter();
        columns.find(|own| own.name.eq_ignore_ascii_case(name)).map(|own| own.data_type.to_string())
    }
}

fn quoted(name: &str) -> String {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain && name != "order" { name.to_owned() } else { format!("`{name}`") }
}
