//! Made-up schemas and their rows as statements.

use super::language::{Kind, Language};
use super::model::{Check, Column, Foreign, Model, Table, Unique, View};

/// The statements that make a schema.
pub(super) fn ddl(model: &Model, language: &Language) -> String {
    let printer = Printer { language };
    let besides = model.besides.iter().zip(language.besides);
    let mut out: Vec<String> = besides.map(|(shape, shapes)| shapes[*shape].to_owned()).collect();
    out.retain(|text| !text.is_empty());
    out.extend(model.tables.iter().map(|table| printer.table(table)));
    for table in model.tables.iter().filter(|_| language.adds_keys) {
        out.extend(
            table
                .foreign
                .iter()
                .map(|key| format!("ALTER TABLE {} ADD {}", printer.name(&table.name), printer.foreign(key))),
        );
    }
    for table in &model.tables {
        out.extend(table.indexes.iter().map(|index| printer.index(table, index)));
        if let Some(trigger) = language.trigger {
            let name = |text: &str| printer.name(text);
            out.extend(
                table
                    .triggers
                    .iter()
                    .map(|own| trigger(&name(own), &Table { name: name(&table.name), ..table.clone() })),
            );
        }
    }
    out.extend(model.views.iter().map(|view| printer.view(view)));
    out.extend(model.tables.iter().flat_map(|table| printer.comments(table)));
    out.extend(model.readers.iter().map(|reader| {
        let [name, table, reads] =
            [&reader.name, &reader.table, &reader.reads].map(|name| printer.name(name));
        format!("CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN SELECT count(*) FROM {reads}; END")
    }));
    out.into_iter().map(|statement| statement + ";\n").collect()
}

/// The statement that puts a row into a table, but for what counts by itself. Foreign keys fit, because values of one kind are the
/// same everywhere.
pub(super) fn row(
    table: &Table,
    row: usize,
    language: &Language,
    mut is_null: impl FnMut(&Column) -> bool,
) -> String {
    let printer = Printer { language };
    let is_given = |column: &&Column| column.computed.is_none() && column.counter.is_none();
    let given: Vec<&Column> = table.columns.iter().filter(is_given).collect();
    let names: Vec<String> = given.iter().map(|column| printer.name(&column.name)).collect();
    let values: Vec<String> = given
        .iter()
        .map(|column| match column.not_null || is_in_key(table, column) || !is_null(column) {
            true => (language.kinds[column.kind].value)(row),
            false => "NULL".to_owned(),
        })
        .collect();
    let into = printer.name(&table.name);
    if names.is_empty() {
        return format!("INSERT INTO {into} {}", language.no_values);
    }
    format!("INSERT INTO {into} ({}) VALUES ({})", names.join(", "), values.join(", "))
}

/// The query for how many rows have a key that leads nowhere.
pub(super) fn astray(table: &Table, key: &Foreign, language: &Language) -> String {
    let printer = Printer { language };
    let pairs = key.columns.iter().zip(&key.referenced);
    let [given, same]: [Vec<String>; 2] = [
        key.columns.iter().map(|own| format!("c.{} IS NOT NULL", printer.name(own))).collect(),
        pairs.map(|(own, other)| format!("p.{} = c.{}", printer.name(other), printer.name(own))).collect(),
    ];
    format!(
        "SELECT CAST(count(*) AS {}) AS text FROM {} c WHERE {} AND NOT EXISTS (SELECT 1 FROM {} p WHERE {})",
        language.text,
        printer.name(&table.name),
        given.join(" AND "),
        printer.name(&key.table),
        same.join(" AND ")
    )
}

/// A name, always quoted.
pub(super) fn quoted(name: &str, language: &Language) -> String {
    language.dialect.quote_identifier(name)
}

fn is_in_key(table: &Table, column: &Column) -> bool {
    table.key.contains(&column.name)
}

struct Printer<'l> {
    language: &'l Language,
}

impl Printer<'_> {
    fn name(&self, name: &str) -> String {
        quoted(name, self.language)
    }

    fn names(&self, names: &[String]) -> String {
        names.iter().map(|name| self.name(name)).collect::<Vec<_>>().join(", ")
    }

    fn kind(&self, column: &Column) -> &Kind {
        &self.language.kinds[column.kind]
    }

    fn named(&self, name: &Option<String>) -> String {
        name.as_ref().map(|name| format!("CONSTRAINT {} ", self.name(name))).unwrap_or_default()
    }

    fn table(&self, table: &Table) -> String {
        let own = |column: &Column| -> String {
            let own = table.checks.iter().filter(|check| check.is_own && check.column == column.name);
            own.map(|check| format!(" {}", self.check(table, check))).collect()
        };
        let mut lines: Vec<String> =
            table.columns.iter().map(|column| self.column(column) + &own(column)).collect();
        let says_key =
            |column: &Column| column.counter.is_some_and(|counter| self.language.counters[counter].says_key);
        if !table.key.is_empty() && !table.columns.iter().any(says_key) {
            lines.push(format!("PRIMARY KEY ({})", self.names(&table.key)));
        }
        lines.extend(table.uniques.iter().map(|Unique { name, columns, way }| {
            format!("{}UNIQUE ({}){way}", self.named(name), self.names(columns))
        }));
        let checks = table.checks.iter().filter(|check| !check.is_own);
        lines.extend(checks.map(|check| self.check(table, check)));
        if !self.language.adds_keys {
            lines.extend(table.foreign.iter().map(|key| self.foreign(key)));
        }
        let option = table.option.map(|option| self.language.options[option].sql).unwrap_or_default();
        format!("CREATE TABLE {} (\n    {}\n) {option}", self.name(&table.name), lines.join(",\n    "))
    }

    fn check(&self, table: &Table, check: &Check) -> String {
        let texts = table.column(&check.column).map_or(&[][..], |column| self.kind(column).checks);
        let text = texts.get(check.template).copied().unwrap_or_default();
        format!("{}CHECK ({})", self.named(&check.name), text.replace("{}", &self.name(&check.column)))
    }

    fn column(&self, column: &Column) -> String {
        let name = self.name(&column.name);
        if let Some(counter) = column.counter {
            return format!("{name} {}", self.language.counters[counter].definition);
        }
        let kind = self.kind(column);
        let mut out = format!("{name} {}", kind.sql);
        if let Some(extra) = column.extra {
            out.push_str(&format!(" {}", kind.extras[extra]));
        }
        if let (Some((from, kept)), Some(expression)) = (&column.computed, kind.expression) {
            let expression = expression.replace("{}", &self.name(from));
            let kept = self.language.computed[kept % self.language.computed.len()];
            out.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {kept}"));
        }
        if column.not_null {
            out.push_str(" NOT NULL");
        }
        if let Some(default) = column.default {
            out.push_str(&format!(" DEFAULT {}", kind.defaults[default]));
        }
        out
    }

    fn foreign(&self, key: &Foreign) -> String {
        let mut out = format!(
            "{}FOREIGN KEY ({}) REFERENCES {} ({})",
            self.named(&key.name),
            self.names(&key.columns),
            self.name(&key.table),
            self.names(&key.referenced)
        );
        for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
            if action > 0 {
                out.push_str(&format!(" ON {event} {}", self.language.actions[action]));
            }
        }
        format!("{out} {}", self.language.deferrable[key.deferrable]).trim_end().to_owned()
    }

    fn index(&self, table: &Table, index: &super::model::Index) -> String {
        let parts: Vec<String> = index
            .parts
            .iter()
            .map(|part| {
                let name = self.name(&part.column);
                let kind = table.column(&part.column).map(|column| self.kind(column));
                let expression = kind.and_then(|kind| kind.expression).filter(|_| part.is_expression);
                let text = expression.map_or(name.clone(), |text| format!("({})", text.replace("{}", &name)));
                format!("{text}{}", if part.descending { " DESC" } else { "" })
            })
            .collect();
        let mut out = format!(
            "CREATE {}INDEX {} ON {} ({})",
            if index.is_unique { "UNIQUE " } else { "" },
            self.name(&index.name),
            self.name(&table.name),
            parts.join(", ")
        );
        if let Some(column) = &index.include {
            out.push_str(&format!(" INCLUDE ({})", self.name(column)));
        }
        out.push_str(&format!(" {}", self.language.index_extras[index.extra]));
        if let Some(column) = &index.predicate {
            out.push_str(&format!(" WHERE {} IS NOT NULL", self.name(column)));
        }
        out
    }

    fn comments(&self, table: &Table) -> Vec<String> {
        let on = |what: String, text: &str| {
            format!("COMMENT ON {what} IS {}", self.language.dialect.quote_literal(text))
        };
        let name = self.name(&table.name);
        let own = table.comment.iter().map(|text| on(format!("TABLE {name}"), text));
        let of_columns = table.columns.iter().filter_map(|column| {
            let text = column.comment.as_ref()?;
            Some(on(format!("COLUMN {name}.{}", self.name(&column.name)), text))
        });
        own.chain(of_columns).collect()
    }

    fn view(&self, view: &View) -> String {
        let listed: Vec<String> = view.names().iter().map(|name| self.name(name)).collect();
        let mut out = format!(
            "CREATE {} {}{} AS SELECT {} FROM {}",
            self.language.views[view.kind],
            self.name(&view.name),
            if view.is_listed { format!(" ({})", listed.join(", ")) } else { String::new() },
            self.names(&view.columns),
            self.name(&view.table)
        );
        if let Some(column) = &view.filter {
            out.push_str(&format!(" WHERE {} IS NOT NULL", self.name(column)));
        }
        out
    }
}
