//! Made-up schemas at random, and random changes of them.

use super::language::Language;
use super::model::{Check, Column, Foreign, Index, Model, Part, Reader, Table, Unique, View, is_same};
use crate::truth::random::Dice;
use migrate_core::dialect::Dialect;

/// Makes schemas up.
pub(super) struct Generator<'l> {
    pub(super) language: &'l Language,
    pub(super) dice: Dice,
}

/// A table or a column that got another name.
#[derive(Clone, Debug)]
pub(super) struct Renamed {
    pub(super) table: String,
    pub(super) column: Option<String>,
    pub(super) to: String,
}

impl Generator<'_> {
    /// A schema.
    pub(super) fn model(&mut self) -> Model {
        let mut model = Model::default();
        for _ in 0..1 + self.dice.roll(4) {
            self.add_table(&mut model);
        }
        for _ in 0..self.dice.roll(4) {
            self.add_foreign(&mut model);
        }
        for _ in 0..self.dice.roll(3) {
            self.add_view(&mut model);
        }
        model.besides = self.language.besides.iter().map(|shapes| self.dice.roll(shapes.len())).collect();
        for _ in 0..self.dice.roll(2) {
            self.add_reader(&mut model);
        }
        model.repair(self.language);
        model
    }

    /// A schema that differs in a few things, and what of it got another name.
    pub(super) fn mutate(&mut self, before: &Model) -> (Model, Vec<Renamed>) {
        let (mut model, mut renamed) = (before.clone(), vec![]);
        // First, while the old names are what they were.
        let is_plain = |view: &View| before.table(&view.table).is_some();
        // A column of a view of a view cannot be followed.
        if self.dice.chance(20) && before.views.iter().all(is_plain) {
            renamed.extend(self.rename(&mut model));
            // Perhaps one of another table, too.
            let mut more = model.clone();
            let is_free = |other: &Renamed, one: &Renamed| {
                one.table != other.table && one.to != other.table && one.table != other.to
            };
            if self.dice.chance(30)
                && let Some(other) = self.rename(&mut more)
                && renamed.iter().all(|one| is_free(&other, one))
            {
                (model, renamed) = (more, [renamed, vec![other]].concat());
            }
        }
        if !model.besides.is_empty() && self.dice.chance(40) {
            let place = self.dice.roll(model.besides.len());
            model.besides[place] = self.dice.roll(self.language.besides[place].len());
        }
        for _ in 0..1 + self.dice.roll(4) {
            match self.dice.roll(10) {
                0 => self.add_table(&mut model),
                1 if !model.tables.is_empty() => {
                    let gone = self.dice.roll(model.tables.len());
                    model.tables.remove(gone);
                }
                2 => self.add_foreign(&mut model),
                3 => match self.dice.chance(60) || model.views.is_empty() {
                    true if self.dice.chance(30) => self.add_reader(&mut model),
                    true => self.add_view(&mut model),
                    false => drop(model.views.pop()),
                },
                _ if !model.tables.is_empty() => {
                    let place = self.dice.roll(model.tables.len());
                    let mut table = model.tables.remove(place);
                    self.change(&model, &mut table);
                    model.tables.insert(place, table);
                }
                _ => {}
            }
        }
        model.repair(self.language);
        (model, renamed)
    }

    fn rename(&mut self, model: &mut Model) -> Option<Renamed> {
        if model.tables.is_empty() {
            return None;
        }
        let table = model.tables[self.dice.roll(model.tables.len())].clone();
        if self.dice.chance(40) {
            let to = self.free_name(|name| takes(model, name))?;
            model.rename_table(&table.name, &to);
            return Some(Renamed { table: table.name, column: None, to });
        }
        let column = table.columns[self.dice.roll(table.columns.len())].name.clone();
        let to = self.free_name(|name| table.column(name).is_some())?;
        model.rename_column(&table.name, &column, &to);
        Some(Renamed { table: table.name, column: Some(column), to })
    }

    /// A name that is not taken.
    fn free_name(&mut self, is_taken: impl Fn(&str) -> bool) -> Option<String> {
        let names = self.language.names();
        let start = self.dice.roll(names.len());
        let all = (0..names.len()).map(|step| names[(start + step) % names.len()]);
        all.into_iter().find(|name| !is_taken(name)).map(str::to_owned)
    }

    /// A name for a constraint, an index or a trigger, of which there can be but one.
    fn part_name(&mut self, word: &str, model: &Model, own: &Table) -> String {
        let is_taken = |name: &str| {
            model.tables.iter().chain([own]).any(|table| {
                let constraints = table.uniques.iter().map(|one| &one.name);
                let constraints = constraints.chain(table.checks.iter().map(|one| &one.name));
                let constraints = constraints.chain(table.foreign.iter().map(|one| &one.name)).flatten();
                let indexes = table.indexes.iter().map(|index| &index.name);
                constraints.chain(indexes).chain(&table.triggers).any(|taken| is_same(taken, name))
            }) || model.readers.iter().any(|reader| is_same(&reader.name, name))
        };
        let separator = self.dice.pick(&["_", "_", "_", " ", "-"]);
        let names = (1..).map(|number| format!("{word}{separator}{number}"));
        names.into_iter().find(|name| !is_taken(name)).unwrap_or_default()
    }

    fn add_table(&mut self, model: &mut Model) {
        let Some(name) = self.free_name(|name| takes(model, name)) else { return };
        let mut table = Table { name, ..Table::default() };
        table.comment = self.comment();
        for _ in 0..1 + self.dice.roll(5) {
            self.add_column(&mut table);
        }
        if self.dice.chance(80) {
            self.set_key(&mut table);
        }
        for _ in 0..self.dice.roll(4) {
            self.add_part(model, &mut table);
        }
        model.tables.push(table);
        model.repair(self.language);
    }

    fn comment(&mut self) -> Option<String> {
        (self.language.has_comments && self.dice.chance(15))
            .then(|| self.dice.pick(&["what it's for", "two\nlines", "\\"]).to_owned())
    }

    fn add_column(&mut self, table: &mut Table) {
        let Some(name) = self.free_name(|name| table.column(name).is_some()) else { return };
        let kind = self.dice.roll(self.language.kinds.len());
        let details = &self.language.kinds[kind];
        let mut column = Column {
            name,
            kind,
            not_null: self.dice.chance(40),
            default: (!details.defaults.is_empty() && self.dice.chance(40))
                .then(|| self.dice.roll(details.defaults.len())),
            computed: None,
            counter: None,
            extra: (!details.extras.is_empty() && self.dice.chance(20))
                .then(|| self.dice.roll(details.extras.len())),
            comment: None,
        };
        column.comment = self.comment();
        let sources: Vec<&Column> =
            table.columns.iter().filter(|other| other.kind == kind && other.computed.is_none()).collect();
        if !sources.is_empty() && !self.language.computed.is_empty() && self.dice.chance(30) {
            let from = sources[self.dice.roll(sources.len())].name.clone();
            column.computed = Some((from, self.dice.roll(self.language.computed.len())));
            column.not_null = false;
        }
        table.columns.push(column);
    }

    fn set_key(&mut self, table: &mut Table) {
        let kinds = self.language.kinds;
        if self.dice.chance(50)
            && let Some(kind) = kinds
                .iter()
                .position(|kind| self.language.counters.iter().any(|counter| counter.kind == kind.sql))
        {
            let ways: Vec<usize> = (0..self.language.counters.len())
                .filter(|way| self.language.counters[*way].kind == kinds[kind].sql)
                .collect();
            let column = &mut table.columns[0];
            column.kind = kind;
            column.counter = self.dice.chance(50).then(|| ways[self.dice.roll(ways.len())]);
            table.key = vec![column.name.clone()];
            return;
        }
        table.key = self.keyed_columns(table);
    }

    /// One or more columns that can be in a key.
    fn keyed_columns(&mut self, table: &Table) -> Vec<String> {
        let can: Vec<&Column> = table
            .columns
            .iter()
            .filter(|column| self.language.kinds[column.kind].is_key && column.computed.is_none())
            .collect();
        let mut names: Vec<String> = Vec::new();
        for _ in 0..1 + self.dice.roll(2) {
            if can.is_empty() {
                break;
            }
            let name = can[self.dice.roll(can.len())].name.clone();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// A constraint, an index, a trigger or an option.
    fn add_part(&mut self, model: &Model, table: &mut Table) {
        match self.dice.roll(8) {
            0 | 1 => {
                let name = self.dice.chance(60).then(|| self.part_name("uq", model, table));
                let way = match self.language.dialect {
                    Dialect::Sqlite if self.dice.chance(20) => {
                        self.dice.pick(&[" ON CONFLICT IGNORE", " ON CONFLICT REPLACE", " ON CONFLICT ABORT"])
                    }
                    _ => "",
                };
                table.uniques.push(Unique { name, columns: self.keyed_columns(table), way });
            }
            2 | 3 => {
                let column = &table.columns[self.dice.roll(table.columns.len())];
                let count = self.language.kinds[column.kind].checks.len();
                if count > 0 {
                    let column = column.name.clone();
                    let name = self.dice.chance(60).then(|| self.part_name("ck", model, table));
                    let is_own = self.language.has_own_checks && name.is_none() && self.dice.chance(50);
                    let template = self.dice.roll(count);
                    table.checks.push(Check { is_own, name, column, template });
                }
            }
            4 | 5 => {
                let name = self.part_name("ix", model, table);
                let index = self.index(table, name);
                table.indexes.push(index);
            }
            6 if self.language.trigger.is_some() => {
                let name = self.part_name("tr", model, table);
                table.triggers.push(name);
            }
            _ => {
                let count = self.language.options.len();
                table.option = (count > 0 && self.dice.chance(50)).then(|| self.dice.roll(count));
            }
        }
    }

    fn index(&mut self, table: &Table, name: String) -> Index {
        let columns = self.keyed_columns(table);
        let part = |dice: &mut Dice, column: String| Part {
            column,
            descending: dice.chance(25),
            is_expression: dice.chance(20),
        };
        let parts = columns.into_iter().map(|column| part(&mut self.dice, column)).collect();
        let predicate =
            self.dice.chance(20).then(|| table.columns[self.dice.roll(table.columns.len())].name.clone());
        let include =
            self.dice.chance(20).then(|| table.columns[self.dice.roll(table.columns.len())].name.clone());
        let is_unique = self.dice.chance(30);
        let extra = if is_unique { self.dice.roll(self.language.index_extras.len()) } else { 0 };
        Index { name, is_unique, parts, predicate, include, extra }
    }

    /// A foreign key, with columns of its own or ones that are there.
    fn add_foreign(&mut self, model: &mut Model) {
        if model.tables.is_empty() {
            return;
        }
        let (child, parent) = (self.dice.roll(model.tables.len()), self.dice.roll(model.tables.len()));
        let target = model.tables[parent].clone();
        let mut keys: Vec<Vec<String>> = target.uniques.iter().map(|unique| unique.columns.clone()).collect();
        keys.push(target.key.clone());
        // What is no key is sorted out.
        keys.extend(
            target
                .indexes
                .iter()
                .filter(|_| self.language.dialect == Dialect::Sqlite)
                .map(|index| index.parts.iter().map(|part| part.column.clone()).collect()),
        );
        keys.retain(|key| !key.is_empty());
        if keys.is_empty() {
            return;
        }
        let referenced = keys[self.dice.roll(keys.len())].clone();
        let mut table = model.tables.remove(child);
        let mut columns = Vec::new();
        for name in &referenced {
            let Some(kind) = target.column(name).map(|column| column.kind) else { continue };
            let free = table.columns.iter().find(|column| {
                column.kind == kind
                    && column.counter.is_none()
                    && column.computed.is_none()
                    && !columns.contains(&column.name)
            });
            match free.filter(|_| self.dice.chance(40)).map(|column| column.name.clone()) {
                Some(name) => columns.push(name),
                None => {
                    let Some(name) = self.free_name(|name| table.column(name).is_some()) else { continue };
                    let not_null = self.dice.chance(40);
                    let extra =
                        target.column(name.as_str()).and_then(|column| column.extra).filter(|_| false);
                    table.columns.push(Column {
                        name: name.clone(),
                        kind,
                        not_null,
                        default: None,
                        computed: None,
                        counter: None,
                        extra,
                        comment: None,
                    });
                    columns.push(name);
                }
            }
        }
        let name = self.dice.chance(60).then(|| self.part_name("fk", model, &table));
        let action = |dice: &mut Dice, count: usize| if dice.chance(50) { dice.roll(count) } else { 0 };
        let actions = self.language.actions.len();
        if columns.len() == referenced.len() {
            table.foreign.push(Foreign {
                name,
                columns,
                table: target.name,
                referenced,
                on_delete: action(&mut self.dice, actions),
                on_update: action(&mut self.dice, actions),
                deferrable: action(&mut self.dice, self.language.deferrable.len()),
            });
        }
        model.tables.insert(child, table);
        model.repair(self.language);
    }

    fn add_view(&mut self, model: &mut Model) {
        let Some(name) = self.free_name(|name| takes(model, name)) else { return };
        if model.tables.is_empty() {
            return;
        }
        if self.language.dialect != Dialect::Mysql && !model.views.is_empty() && self.dice.chance(30) {
            let below = model.views[self.dice.roll(model.views.len())].clone();
            let (table, columns) = (below.name.clone(), below.names());
            model.views.push(View { name, table, columns, filter: None, ..below });
            return;
        }
        let table = &model.tables[self.dice.roll(model.tables.len())];
        let mut columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        columns.truncate(1 + self.dice.roll(columns.len()));
        let filter =
            self.dice.chance(40).then(|| table.columns[self.dice.roll(table.columns.len())].name.clone());
        let (table, kind) = (table.name.clone(), self.dice.roll(self.language.views.len()));
        let is_listed = self.dice.chance(30);
        model.views.push(View { name, table, columns, filter, kind, is_listed });
    }

    fn add_reader(&mut self, model: &mut Model) {
        if model.tables.is_empty() || self.language.dialect != Dialect::Sqlite {
            return;
        }
        let name = self.part_name("rd", model, &Table::default());
        let tables = model.tables.iter().map(|table| table.name.clone());
        let all: Vec<String> = tables.chain(model.views.iter().map(|view| view.name.clone())).collect();
        let table = all[self.dice.roll(model.tables.len())].clone();
        let reads = all[self.dice.roll(all.len())].clone();
        model.readers.push(Reader { name, table, reads });
    }

    /// Changes something of a table.
    fn change(&mut self, others: &Model, table: &mut Table) {
        let place = self.dice.roll(table.columns.len());
        match self.dice.roll(14) {
            0 | 1 => self.add_column(table),
            2 if table.columns.len() > 1 => drop(table.columns.remove(place)),
            3 => {
                let column = &mut table.columns[place];
                column.kind = self.dice.roll(self.language.kinds.len());
                column.default = None;
                column.extra = None;
            }
            4 => table.columns[place].not_null ^= true,
            5 => {
                let column = &mut table.columns[place];
                let count = self.language.kinds[column.kind].defaults.len();
                column.default = match column.default {
                    None if count > 0 => Some(self.dice.roll(count)),
                    _ => None,
                };
            }
            6 => {
                let column = &mut table.columns[place];
                match &mut column.computed {
                    Some((_, kept)) if self.dice.chance(50) => *kept += 1,
                    computed => *computed = None,
                }
            }
            7 if !table.uniques.is_empty() => drop(table.uniques.pop()),
            8 if !table.checks.is_empty() => drop(table.checks.pop()),
            9 if !table.foreign.is_empty() => match self.dice.chance(50) {
                true => drop(table.foreign.pop()),
                false => table.foreign[0].on_delete = self.dice.roll(self.language.actions.len()),
            },
            10 if !table.indexes.is_empty() => match self.dice.chance(50) {
                true => drop(table.indexes.pop()),
                false => {
                    let name = table.indexes[0].name.clone();
                    table.indexes[0] = self.index(table, name);
                }
            },
            11 => match self.dice.chance(50) {
                true => self.set_key(table),
                false => table.key.clear(),
            },
            12 if !table.triggers.is_empty() => drop(table.triggers.pop()),
            13 => match self.dice.chance(50) {
                true => table.comment = self.comment(),
                false => table.columns[place].comment = self.comment(),
            },
            _ => self.add_part(others, table),
        }
    }
}

/// Whether a table or a view has this name.
fn takes(model: &Model, name: &str) -> bool {
    let tables = model.tables.iter().map(|table| &table.name);
    tables.chain(model.views.iter().map(|view| &view.name)).any(|taken| is_same(taken, name))
}
