//! `ALTER TABLE`.

use migrate_core::schema::Schema;

use super::{COLUMNS, Generator, INDEXES, Known, TABLES};

impl Generator {
    pub(super) fn alter_table(&mut self, schema: &Schema) -> String {
        let table = self.table(schema);
        let count = if self.dice.chance(25) { 2 + self.dice.roll(2) } else { 1 };
        let clauses: Vec<String> = (0..count).map(|_| self.clause(schema, &table)).collect();
        format!("ALTER TABLE {} {}", table.name, clauses.join(", "))
    }

    fn clause(&mut self, schema: &Schema, table: &Known) -> String {
        let column = self.column(table);
        match self.dice.roll(40) {
            0..6 => {
                let name = self.dice.pick(&COLUMNS);
                let word = self.dice.maybe(60, "COLUMN ");
                let definition = self.definition(schema, table, name);
                format!("ADD {word}{name} {definition}{}", self.position(table))
            }
            6..11 => format!("DROP {}{column}", self.dice.maybe(60, "COLUMN ")),
            11..15 => {
                let definition = self.definition(schema, table, &column);
                format!("MODIFY {column} {definition}{}", self.position(table))
            }
            15..18 => {
                let name = self.dice.pick(&COLUMNS);
                let definition = self.definition(schema, table, name);
                format!("CHANGE {column} {name} {definition}{}", self.position(table))
            }
            18 => {
                let data_type =
                    table.type_of(&column).filter(|of| of != "?").unwrap_or_else(|| "INT".to_owned());
                format!("MODIFY {column} {data_type}{}", self.dice.maybe(40, " NOT NULL"))
            }
            19 => format!("ALTER COLUMN {column} SET DEFAULT 7"),
            20 => format!("ALTER {column} DROP DEFAULT"),
            21 | 22 => format!("RENAME COLUMN {column} TO {}", self.dice.pick(&COLUMNS)),
            23 | 24 => format!("ADD {}", self.key(table)),
            25 => format!("ADD PRIMARY KEY ({})", self.parts(table)),
            26 => format!("ADD {}", self.check(table)),
            27..30 => {
                let (other, target, data_type) = self.target(schema);
                let alike: Vec<&String> = table
                    .columns
                    .iter()
                    .filter(|own| table.type_of(own).as_ref() == Some(&data_type))
                    .collect();
                let column = match alike.is_empty() || self.dice.chance(10) {
                    true => column,
                    false => alike[self.dice.roll(alike.len())].clone(),
                };
                format!("ADD {}", self.foreign_key(&column, &other, &target))
            }
            30 | 31 => format!("DROP {} {}", self.dice.pick(&["INDEX", "KEY"]), self.index(table)),
            32 | 33 => {
                let kind = self.dice.pick(&["FOREIGN KEY", "CONSTRAINT", "CONSTRAINT"]);
                format!("DROP {kind} {}", self.constraint(table))
            }
            34 => "DROP PRIMARY KEY".to_owned(),
            35 => format!("RENAME INDEX {} TO {}", self.index(table), self.dice.pick(&INDEXES)),
            36 => format!("RENAME TO {}", self.dice.pick(&TABLES)),
            37 => self
                .dice
                .pick(&[
                    "CONVERT TO CHARACTER SET utf8mb4",
                    "CONVERT TO CHARACTER SET latin1",
                    "CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
                    "DEFAULT CHARSET utf8mb4",
                ])
                .to_owned(),
            38 => self
                .dice
                .pick(&["COMMENT = 'so'", "AUTO_INCREMENT = 5", "ROW_FORMAT=DYNAMIC", "ENGINE = InnoDB"])
                .to_owned(),
            _ => format!("ADD ({} INT, {} VARCHAR(9))", self.dice.pick(&COLUMNS), self.dice.pick(&COLUMNS)),
        }
    }
}
