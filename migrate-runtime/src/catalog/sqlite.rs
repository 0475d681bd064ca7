//! SQLite: four queries that join `sqlite_master` with the table-valued pragmas.
//!
//! The stored text of a table is not comparable as a whole: ADD COLUMN and DROP COLUMN edit it in place, and a rebuilt
//! table has another one with the same meaning. So the facts are structural, and the text serves only what no pragma
//! knows ([`ddl`]). Not covered: attached databases, temporary objects, names of constraints other than checks.

mod ddl;
#[cfg(all(test, feature = "sqlite"))]
mod tests;

use std::collections::{BTreeMap, HashMap};

use diesel::QueryResult;
use migrate_core::dialect::Dialect;

use super::{Reader, text};
use ddl::{ColumnText, TableText};

type Row = Vec<Option<String>>;

pub(super) fn read(reader: &mut Reader<'_>) -> QueryResult<()> {
    let objects = reader.query(include_str!("sqlite/objects.sql"))?;
    let columns = reader.query(include_str!("sqlite/columns.sql"))?;
    let foreign_keys = reader.query(include_str!("sqlite/foreign_keys.sql"))?;
    let indexes = reader.query(include_str!("sqlite/indexes.sql"))?;

    let texts = read_objects(reader, objects);
    let keys = read_columns(reader, &texts, columns);
    read_foreign_keys(reader, &texts, &keys, foreign_keys);
    read_indexes(reader, &texts, indexes);
    Ok(())
}

/// The texts by name, for those objects that have more to tell than their text.
#[derive(Default)]
struct Texts {
    tables: HashMap<String, TableText>,
    indexes: HashMap<String, String>,
}

fn read_objects(reader: &mut Reader<'_>, rows: Vec<Row>) -> Texts {
    let mut texts = Texts::default();
    for row in rows {
        let [kind, name, table, sql] = columns(row);
        match kind.as_str() {
            "table" if is_virtual(&sql) => {
                reader.add(format!("table {name}"), &text::normal(&sql, Dialect::Sqlite));
            }
            "table" => {
                let found = ddl::table(&sql);
                let options = Some(found.options.as_str()).filter(|options| !options.is_empty());
                reader.add(format!("table {name}"), &listed([Some("table"), options]));
                for check in &found.checks {
                    match &check.name {
                        Some(constraint) => {
                            reader.add(format!("check {name}.{constraint}"), &check.expression)
                        }
                        None => reader.add(format!("check {name} {}", check.expression), "without a name"),
                    }
                }
                for conflict in &found.conflicts {
                    reader.add(format!("conflict clause of {name}"), conflict);
                }
                texts.tables.insert(name, found);
            }
            "index" => {
                texts.indexes.insert(name, sql);
            }
            "trigger" => reader.add(format!("trigger {table}.{name}"), &text::normal(&sql, Dialect::Sqlite)),
            _ => reader.add(format!("{kind} {name}"), &text::normal(&sql, Dialect::Sqlite)),
        }
    }
    texts
}

/// Returns the columns of the primary keys by table, in the order of the keys.
fn read_columns(reader: &mut Reader<'_>, texts: &Texts, rows: Vec<Row>) -> BTreeMap<String, Vec<String>> {
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let nothing = ColumnText::default();
    for row in rows {
        let [table, name, kind, not_null, default, key, hidden] = row.try_into().unwrap_or_default();
        let (table, name) = (table.unwrap_or_default(), name.unwrap_or_default());
        let written = texts.tables.get(&table).and_then(|text| text.columns.get(&name.to_ascii_lowercase()));
        let written = written.unwrap_or(&nothing);
        let generated = written.generated.as_ref().map(|expression| {
            let kept = if hidden.as_deref() == Some("3") { "stored" } else { "virtual" };
            format!("generated always as {expression} {kept}")
        });
        let definition = [
            Some(kind.filter(|kind| !kind.is_empty())).map(|kind| {
                kind.map_or_else(|| "any type".to_owned(), |kind| text::normal(&kind, Dialect::Sqlite))
            }),
            (not_null.as_deref() == Some("1")).then(|| "not null".to_owned()),
            // NULL is what there is without a default.
            default
                .filter(|value| !value.eq_ignore_ascii_case("null"))
                .map(|value| format!("default {}", text::normal(&value, Dialect::Sqlite))),
            written.collation.as_ref().filter(|name| *name != "binary").map(|name| format!("collate {name}")),
            generated,
            Some(written.conflicts.join(" ")).filter(|clauses| !clauses.is_empty()),
        ];
        let definition: Vec<String> = definition.into_iter().flatten().collect();
        let definition = definition.join(" ");
        reader.add(format!("column {table}.{name}"), &definition);
        if key.is_some_and(|position| position != "0") {
            keys.entry(table).or_default().push(name);
        }
    }
    for (table, key) in &keys {
        let autoincrement = texts.tables.get(table).is_some_and(|text| text.autoincrement);
        let key = format!("({})", key.join(", "));
        reader.add(
            format!("primary key {table}"),
            &listed([Some(&*key), autoincrement.then_some("autoincrement")]),
        );
    }
    keys
}

fn read_foreign_keys(
    reader: &mut Reader<'_>,
    texts: &Texts,
    keys: &BTreeMap<String, Vec<String>>,
    rows: Vec<Row>,
) {
    struct Key {
        table: String,
        id: usize,
        parent: String,
        from: Vec<String>,
        to: Vec<String>,
        actions: String,
    }
    let mut found: Vec<Key> = Vec::new();
    for row in rows {
        let [table, id, parent, from, to, on_update, on_delete] = columns(row);
        let id = id.parse().unwrap_or_default();
        match found.last_mut().filter(|key| key.table == table && key.id == id) {
            Some(key) => {
                key.from.push(from);
                key.to.push(to);
            }
            None => {
                let actions = format!("on update {on_update} on delete {on_delete}").to_ascii_lowercase();
                found.push(Key { table, id, parent, from: vec![from], to: vec![to], actions });
            }
        }
    }
    for Key { table, id, parent, from, to, actions } in found {
        // Without a column list the key points at the parent's primary key.
        let to = match to.iter().all(String::is_empty) {
            true => keys.get(&parent).map_or(String::new(), |key| key.join(", ")),
            false => to.join(", "),
        };
        let deferred = texts.tables.get(&table).is_some_and(|text| {
            text.deferred.len().checked_sub(id + 1).is_some_and(|nth| text.deferred[nth])
        });
        reader.add(
            format!("foreign key {table} ({})", from.join(", ")),
            &format!("references {parent} ({to}) {actions}{}", if deferred { " deferred" } else { "" }),
        );
    }
}

fn read_indexes(reader: &mut Reader<'_>, texts: &Texts, rows: Vec<Row>) {
    struct Index {
        table: String,
        name: String,
        unique: bool,
        origin: String,
        names: Vec<String>,
        keys: Vec<String>,
        has_expression: bool,
    }
    let mut found: Vec<Index> = Vec::new();
    for row in rows {
        let [table, name, unique, origin, column, descending, collation] = columns(row);
        let collation = collation.to_ascii_lowercase();
        let mut key = column.clone();
        if collation != "binary" {
            key.push_str(" collate ");
            key.push_str(&collation);
        }
        if descending == "1" {
            key.push_str(" desc");
        }
        if found.last().is_none_or(|index| index.name != name) {
            let unique = unique == "1";
            found.push(Index {
                table,
                name,
                unique,
                origin,
                names: vec![],
                keys: vec![],
                has_expression: false,
            });
        }
        if let Some(index) = found.last_mut() {
            index.has_expression |= column.is_empty();
            index.names.push(column);
            index.keys.push(key);
        }
    }
    for index in found {
        let keys = format!("({})", index.keys.join(", "));
        match index.origin.as_str() {
            // Which columns it has is known from the table; this is how they compare, where that is unusual.
            "pk" if index.keys == index.names => {}
            "pk" => reader.add(format!("primary key index {}", index.table), &keys),
            "u" => reader.add(format!("unique {} ({})", index.table, index.names.join(", ")), &keys),
            _ => {
                let (written, predicate) =
                    texts.indexes.get(&index.name).map(|sql| ddl::index(sql)).unwrap_or_default();
                let keys = if index.has_expression { written } else { keys };
                let kind = if index.unique { "unique on" } else { "on" };
                let predicate = predicate.map(|predicate| format!(" where {predicate}")).unwrap_or_default();
                let definition = format!("{kind} {} {keys}{predicate}", index.table);
                reader.add(format!("index {}", index.name), &definition);
            }
        }
    }
}

fn is_virtual(sql: &str) -> bool {
    sql.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("CREATE VIRTUAL"))
}

/// The columns of a row, empty where the row has NULL.
fn columns<const N: usize>(row: Row) -> [String; N] {
    let mut row = row.into_iter();
    std::array::from_fn(|_| row.next().flatten().unwrap_or_default())
}

fn listed<const N: usize>(parts: [Option<&str>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
