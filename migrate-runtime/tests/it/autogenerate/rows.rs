//! Rows: what is put in beforehand, and what has to be there afterwards.
//!
//! A column that has the same type before and after has the same values. One that gets another type, of which nothing says that it
//! loses data, has them again once it has its old type again. No row goes but with its table.

use migrate_core::schema::{ObjectBody, Schema};

use super::generate::Renamed;
use super::language::{Language, Place};
use super::model::{self, Model, Table, is_same};
use super::{Case, print};
use crate::truth::random::Dice;

/// How many rows each table gets beforehand.
const ROWS: usize = 2;

/// Between two values of a row.
const SEPARATOR: char = '\u{1f}';

/// What a database says of a value that is not there.
const NULL: &str = "NULL";

/// The rows of a table, each with a text per column, in no order.
type Rows = Vec<Vec<String>>;

/// A table with some of its columns, as SQL writes them.
#[derive(Clone)]
struct Selection {
    table: String,
    columns: Vec<String>,
}

/// A table that is there before and after.
struct Shared {
    before: Selection,
    after: Selection,
    columns: Vec<SharedColumn>,
}

/// What becomes of the values of a column that is there before and after.
struct SharedColumn {
    /// How notes may call it.
    names: Vec<String>,
    is_retyped: bool,
    /// Whether what is NULL may become something else.
    refuses_null: bool,
}

/// The rows of all tables that are there before and after.
pub(super) struct Kept {
    shared: Vec<Shared>,
    rows: Vec<Rows>,
    /// How many rows there are of what is beside the tables of the model.
    besides: Vec<(&'static str, usize)>,
}

impl Kept {
    /// Reads the rows of a database that is as it was made up.
    pub(super) fn before<C: Place>(case: &Case, conn: &mut C, before: &Schema, after: &Schema) -> Self {
        let shared = case.shared(C::language());
        let rows = shared.iter().map(|shared| read(conn, &shared.before)).collect();
        let stays = |name: &str| [before, after].into_iter().all(|schema| has_table(schema, name));
        let besides = C::language().rows_besides.iter().filter(|(name, _)| stays(name));
        let besides = besides.map(|(name, _)| (*name, count(conn, name))).collect();
        Self { shared, rows, besides }
    }

    /// Whether all of them are there after the way there.
    pub(super) fn are_there<C: Place>(&self, conn: &mut C) -> Result<(), String> {
        for (shared, old) in self.shared.iter().zip(&self.rows) {
            let is_same = |place: usize, old: &str, new: &str| {
                let column = &shared.columns[place];
                column.is_retyped || old == new || old == NULL && column.refuses_null
            };
            compare(old, &read(conn, &shared.after), 0, is_same)?;
        }
        self.besides_are_there(conn)
    }

    /// Whether all of them are there after the way back, on which there were `more` rows in each table. `notes` are what was
    /// said on the way there.
    pub(super) fn are_back<C: Place>(
        &self,
        conn: &mut C,
        more: usize,
        notes: &[String],
    ) -> Result<(), String> {
        for (shared, old) in self.shared.iter().zip(&self.rows) {
            let says = |column: &SharedColumn, word: &str| {
                let names = |note: &&String| column.names.iter().any(|name| note.contains(name.as_str()));
                notes.iter().filter(names).any(|note| note.contains(word))
            };
            let is_same = |place: usize, old: &str, new: &str| {
                let column = &shared.columns[place];
                let is_number = || matches!((number(old), number(new)), (Some(old), Some(new)) if old == new);
                old == new
                    || old == NULL && column.refuses_null
                    || column.is_retyped
                        && (says(column, "loses data") || says(column, "cannot be") && is_number())
            };
            compare(old, &read(conn, &shared.before), more, is_same)?;
        }
        self.besides_are_there(conn)
    }

    fn besides_are_there<C: Place>(&self, conn: &mut C) -> Result<(), String> {
        for (name, rows) in &self.besides {
            let found = count(conn, name);
            if found != *rows {
                return Err(format!("{name} had {rows} rows and has {found}"));
            }
        }
        Ok(())
    }
}

impl Case {
    /// Puts rows into all tables.
    pub(super) fn fill<C: Place>(&self, conn: &mut C, schema: &Schema) -> Result<(), String> {
        let mut dice = Dice::new(self.seed + 1_000_000);
        let mut statements = Vec::new();
        for table in &self.before.tables {
            for row in 0..ROWS {
                statements.push(print::row(table, row, C::language(), |column| {
                    // Something may lead there, and keys lead nowhere else.
                    dice.chance(25)
                        && !is_referenced(&self.before, table, &column.name)
                        && !takes_one_null(table, &column.name, C::language())
                }));
            }
        }
        let besides = C::language().rows_besides.iter().filter(|(name, _)| has_table(schema, name));
        statements.extend(besides.map(|(_, sql)| (*sql).to_owned()));
        conn.heed_keys(false);
        for sql in statements {
            conn.batch_execute(&sql).map_err(|error| format!("made up wrongly: {error}\n{sql}"))?;
        }
        conn.heed_keys(true);
        match conn.ailments() {
            none if none.is_empty() => Ok(()),
            some => Err(format!("made up wrongly: {some:?}")),
        }
    }

    /// Puts another row into all tables of the database that was made into another one: it has to take it, and goes on counting
    /// where it was. How many each table got: none where keys would lead nowhere.
    pub(super) fn go_on<C: Place>(&self, conn: &mut C) -> Result<usize, String> {
        conn.heed_keys(false);
        conn.batch_execute("BEGIN").map_err(|error| error.to_string())?;
        for table in &self.after.tables {
            let sql = print::row(table, ROWS, C::language(), |_| false);
            conn.batch_execute(&sql).map_err(|error| format!("no row goes in afterwards: {error}\n{sql}"))?;
        }
        let is_whole = self.after.tables.iter().all(|table| {
            table.foreign.iter().all(|key| {
                let sql = print::astray(table, key, C::language());
                conn.texts(&sql).iter().all(|count| count == "0")
            })
        });
        let end = if is_whole { "COMMIT" } else { "ROLLBACK" };
        conn.batch_execute(end).map_err(|error| error.to_string())?;
        conn.heed_keys(true);
        Ok(usize::from(is_whole))
    }

    /// What is there before and after.
    fn shared(&self, language: &Language) -> Vec<Shared> {
        let name = |text: &str| print::quoted(text, language);
        let select = |table: &str| Selection { table: name(table), columns: vec![] };
        let new_name = |is_it: &dyn Fn(&Renamed) -> bool, own: &str| {
            let renamed = self.renamed.iter().find(|renamed| is_it(renamed));
            renamed.map_or(own.to_owned(), |renamed| renamed.to.clone())
        };
        let mut all = Vec::new();
        for table in &self.before.tables {
            let is_it = |renamed: &Renamed| renamed.table == table.name && renamed.column.is_none();
            let Some(other) = self.after.table(&new_name(&is_it, &table.name)) else { continue };
            let (before, after) = (select(&table.name), select(&other.name));
            let mut shared = Shared { before, after, columns: vec![] };
            for old in &table.columns {
                let is_it = |renamed: &Renamed| {
                    renamed.table == table.name && renamed.column.as_ref() == Some(&old.name)
                };
                let own = new_name(&is_it, &old.name);
                let Some(new) = other.columns.iter().find(|new| is_same(&new.name, &own)) else { continue };
                if new.computed.is_some() || old.computed.is_some() {
                    continue;
                }
                let takes_null = |column: &model::Column, table: &Table| {
                    !column.not_null && !table.key.contains(&column.name)
                };
                let (tables, columns) = ([&table.name, &other.name], [&old.name, &new.name]);
                let pairs =
                    tables.iter().flat_map(|table| columns.iter().map(move |own| format!("{table}.{own}`")));
                shared.before.columns.push(name(&old.name));
                shared.after.columns.push(name(&new.name));
                shared.columns.push(SharedColumn {
                    names: pairs.chain(columns.iter().map(|own| format!("`{own}`"))).collect(),
                    is_retyped: new.kind != old.kind,
                    refuses_null: takes_null(old, table) && !takes_null(new, other),
                });
            }
            all.push(shared);
        }
        all
    }
}

/// What stands in the tables.
pub(super) fn everything<C: Place>(conn: &mut C, model: &Model) -> Vec<Vec<Vec<String>>> {
    let name = |text: &str| print::quoted(text, C::language());
    let select = |table: &Table| {
        let columns = table.columns.iter().map(|column| name(&column.name)).collect();
        let mut rows = read(conn, &Selection { table: name(&table.name), columns });
        rows.sort();
        rows
    };
    model.tables.iter().map(select).collect()
}

fn read<C: Place>(conn: &mut C, what: &Selection) -> Rows {
    let sql = format!("SELECT {} AS text FROM {}", C::row(&what.columns), what.table);
    let values = |line: String| line.split(SEPARATOR).skip(1).map(str::to_owned).collect();
    conn.texts(&sql).into_iter().map(values).collect()
}

fn count<C: Place>(conn: &mut C, table: &str) -> usize {
    conn.texts(&format!("SELECT 'row' AS text FROM {table}")).len()
}

fn has_table(schema: &Schema, name: &str) -> bool {
    let mut tables =
        schema.objects().iter().filter(|(_, object)| matches!(object.body, ObjectBody::Table(_)));
    tables.any(|(_, object)| object.name.to_string() == name.replace('"', ""))
}

/// Whether each row is there again, with `more` others.
fn compare(
    old: &Rows,
    new: &Rows,
    more: usize,
    is_same: impl Fn(usize, &str, &str) -> bool,
) -> Result<(), String> {
    let is_like = |old: &Vec<String>, new: &Vec<String>| {
        old.len() == new.len()
            && old.iter().zip(new).enumerate().all(|(place, (old, new))| is_same(place, old, new))
    };
    match new.len() == old.len() + more && can_be_paired(old, new, &is_like) {
        true => Ok(()),
        false => Err(format!("rows differ:\n{old:?}\n{new:?}")),
    }
}

/// Whether each has one of the others for itself.
fn can_be_paired(
    old: &[Vec<String>],
    new: &[Vec<String>],
    is_like: &impl Fn(&Vec<String>, &Vec<String>) -> bool,
) -> bool {
    let Some((first, rest)) = old.split_first() else { return true };
    (0..new.len()).filter(|place| is_like(first, &new[*place])).any(|place| {
        let others = [&new[..place], &new[place + 1..]].concat();
        can_be_paired(rest, &others, is_like)
    })
}

/// A number, in quotes or without.
fn number(text: &str) -> Option<f64> {
    text.trim_matches('\'').trim().parse().ok()
}

fn is_referenced(model: &Model, table: &Table, column: &str) -> bool {
    let keys = model.tables.iter().flat_map(|table| &table.foreign);
    keys.filter(|key| key.table == table.name).any(|key| key.referenced.iter().any(|own| own == column))
}

/// Whether NULL in two rows would be the same for a unique index.
fn takes_one_null(table: &Table, column: &str, language: &Language) -> bool {
    table.indexes.iter().any(|index| {
        let extra = language.index_extras.get(index.extra);
        index.is_unique
            && extra.is_some_and(|extra| extra.contains("NULLS NOT DISTINCT"))
            && index.parts.iter().any(|part| part.column == column)
    })
}
