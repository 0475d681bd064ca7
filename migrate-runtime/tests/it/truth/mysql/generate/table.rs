//! `CREATE TABLE`.

use migrate_core::schema::Schema;

use super::{COLUMNS, CONSTRAINTS, Generator, INDEXES, Known, TABLES, quoted};

const ACTIONS: [&str; 6] = [
    "",
    " ON DELETE CASCADE",
    " ON DELETE SET NULL",
    " ON UPDATE RESTRICT",
    " ON DELETE NO ACTION",
    " ON DELETE CASCADE ON UPDATE CASCADE",
];
const OPTIONS: [&str; 9] = [
    "",
    "",
    "",
    " ENGINE=InnoDB",
    " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
    " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci",
    " CHARSET latin1",
    " COMMENT 'about it'",
    " ENGINE=MyISAM",
];

impl Generator {
    pub(super) fn create_table(&mut self, schema: &Schema) -> String {
        let name = self.dice.pick(&TABLES);
        let guard = self.dice.maybe(8, "IF NOT EXISTS ");
        let temporary = self.dice.maybe(3, "TEMPORARY ");
        match self.dice.roll(20) {
            0 => return format!("CREATE {temporary}TABLE {guard}{name} LIKE {}", self.table(schema).name),
            1 => {
                let from = self.table(schema);
                let (one, other) = (self.column(&from), self.column(&from));
                return format!(
                    "CREATE {temporary}TABLE {guard}{name} AS SELECT {one}, {other} AS other FROM {}",
                    from.name
                );
            }
            _ => {}
        }
        let mut columns: Vec<&str> = COLUMNS.to_vec();
        let count = 1 + self.dice.roll(4);
        while columns.len() > count {
            let place = self.dice.roll(columns.len());
            columns.remove(place);
        }
        let own = Known {
            name: name.to_owned(),
            columns: columns.iter().map(|&name| name.to_owned()).collect(),
            shape: None,
        };
        let mut parts: Vec<String> = vec![];
        for column in &columns {
            parts.push(format!("{column} {}", self.definition(schema, &own, column)));
        }
        for _ in 0..self.dice.roll(4) {
            parts.push(self.element(schema, &own, &mut columns));
        }
        let options = self.dice.pick(&OPTIONS);
        let query = match self.dice.chance(2) {
            true => format!(" SELECT {} FROM {}", columns[0], self.table(schema).name),
            false => String::new(),
        };
        format!("CREATE {temporary}TABLE {guard}{name} ({}){options}{query}", parts.join(", "))
    }

    /// A key, a check, or a column with a foreign key on it.
    fn element(&mut self, schema: &Schema, own: &Known, columns: &mut Vec<&str>) -> String {
        match self.dice.roll(10) {
            0 | 1 => format!("PRIMARY KEY ({})", self.parts(own)),
            2 | 3 => self.key(own),
            4 => self.check(own),
            _ => {
                let (other, target, data_type) = self.target(schema);
                let free = COLUMNS.iter().find(|name| !columns.contains(name));
                let (Some(column), true) = (free, self.dice.chance(90)) else {
                    let column = self.column(own);
                    return format!("FOREIGN KEY ({column}) REFERENCES {other} ({target})");
                };
                columns.push(column);
                let not_null = self.dice.maybe(25, " NOT NULL");
                let key = self.foreign_key(column, &other, &target);
                format!("{column} {data_type}{not_null}, {key}")
            }
        }
    }

    /// An index on columns of the table.
    pub(super) fn key(&mut self, table: &Known) -> String {
        let kind = self.dice.pick(&["UNIQUE", "UNIQUE KEY", "KEY", "INDEX", "FULLTEXT KEY"]);
        let name =
            if self.dice.chance(50) { format!(" {}", self.dice.pick(&INDEXES)) } else { String::new() };
        format!("{kind}{name} ({})", self.parts(table))
    }

    pub(super) fn check(&mut self, table: &Known) -> String {
        let name = self.label(50);
        let column = self.column(table);
        match self.dice.roll(3) {
            0 => format!("{name}CHECK ({column} IS NOT NULL)"),
            1 => format!("{name}CHECK ({column} <> {})", self.column(table)),
            _ => format!("{name}CHECK ({column} > 1 OR {column} < 0)"),
        }
    }

    pub(super) fn foreign_key(&mut self, column: &str, other: &str, target: &str) -> String {
        let (name, action) = (self.label(40), self.dice.pick(&ACTIONS));
        format!("{name}FOREIGN KEY ({column}) REFERENCES {other} ({target}){action}")
    }

    fn label(&mut self, percent: usize) -> String {
        match self.dice.chance(percent) {
            true => format!("CONSTRAINT {} ", self.dice.pick(&CONSTRAINTS)),
            false => String::new(),
        }
    }

    /// A table and a column for a foreign key to lead to, mostly one that has an index; with the column's type.
    pub(super) fn target(&mut self, schema: &Schema) -> (String, String, String) {
        let other = self.table(schema);
        let indexes = other.shape.iter().flat_map(|table| &table.indexes);
        let first: Vec<String> =
            indexes.filter_map(|index| index.columns.first()).map(|name| quoted(name)).collect();
        let column = match self.dice.chance(10) || first.is_empty() {
            true => self.column(&other),
            false => first[self.dice.roll(first.len())].clone(),
        };
        let data_type = match self.dice.chance(5) {
            true => None,
            false => other.type_of(&column),
        };
        (other.name, column, data_type.filter(|of| of != "?").unwrap_or_else(|| "INT".to_owned()))
    }
}
