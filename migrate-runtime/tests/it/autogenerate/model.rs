//! Schemas of no database in particular, as the tests make them up.

use migrate_core::dialect::Dialect;

use super::language::{Kind, Language};

/// A schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Model {
    pub(super) tables: Vec<Table>,
    pub(super) views: Vec<View>,
    /// The shapes of what is beside tables, by number.
    pub(super) besides: Vec<usize>,
    pub(super) readers: Vec<Reader>,
}

/// A trigger that reads another table or a view; SQLite alone has them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reader {
    pub(super) name: String,
    pub(super) table: String,
    pub(super) reads: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) key: Vec<String>,
    pub(super) uniques: Vec<Unique>,
    pub(super) checks: Vec<Check>,
    pub(super) foreign: Vec<Foreign>,
    pub(super) indexes: Vec<Index>,
    pub(super) triggers: Vec<String>,
    /// One of the language's, by number.
    pub(super) option: Option<usize>,
    pub(super) comment: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) name: String,
    /// One of the language's kinds, by number.
    pub(super) kind: usize,
    pub(super) not_null: bool,
    /// One of the kind's, by number.
    pub(super) default: Option<usize>,
    /// The column that it is computed from, and the word for how it is kept.
    pub(super) computed: Option<(String, usize)>,
    /// One of the language's ways to count, by number.
    pub(super) counter: Option<usize>,
    /// One of the kind's, by number.
    pub(super) extra: Option<usize>,
    pub(super) comment: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unique {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    /// What becomes of a row that breaks it; SQLite alone has that.
    pub(super) way: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Check {
    /// Whether it stands with its column, which no name does.
    pub(super) is_own: bool,
    pub(super) name: Option<String>,
    pub(super) column: String,
    /// One of the kind's, by number.
    pub(super) template: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Foreign {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) table: String,
    pub(super) referenced: Vec<String>,
    /// Two of the language's, by number.
    pub(super) on_delete: usize,
    pub(super) on_update: usize,
    pub(super) deferrable: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) is_unique: bool,
    pub(super) parts: Vec<Part>,
    /// The column that has to be there for a row to be in it.
    pub(super) predicate: Option<String>,
    /// A column that it carries.
    pub(super) include: Option<String>,
    /// One of the language's, by number.
    pub(super) extra: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) column: String,
    pub(super) descending: bool,
    /// An expression of the column in its place.
    pub(super) is_expression: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    pub(super) name: String,
    pub(super) table: String,
    pub(super) columns: Vec<String>,
    /// The column that it sorts rows out by.
    pub(super) filter: Option<String>,
    /// One of the language's, by number.
    pub(super) kind: usize,
    /// Whether the names of its columns are written before its query.
    pub(super) is_listed: bool,
}

impl Model {
    pub(super) fn table_mut(&mut self, name: &str) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| is_same(&table.name, name))
    }

    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| is_same(&table.name, name))
    }

    /// Takes out what rests on something that is no longer there, or that its database does not have.
    pub(super) fn repair(&mut self, language: &Language) {
        for table in &mut self.tables {
            table.repair(language);
        }
        let others = self.clone();
        for table in &mut self.tables {
            let own = table.clone();
            let mut columns_in_use: Vec<Vec<String>> = vec![];
            table.foreign.retain(|key| {
                let Some(target) = others.table(&key.table) else { return false };
                let is_key = target.is_unique(&key.referenced)
                    || language.dialect == Dialect::Sqlite && target.has_unique_index(&key.referenced);
                let kinds = |table: &Table, names: &[String]| -> Vec<Option<usize>> {
                    names.iter().map(|name| table.column(name).map(|column| column.kind)).collect()
                };
                let fits = kinds(&own, &key.columns) == kinds(target, &key.referenced)
                    && key.columns.iter().all(|name| {
                        own.column(name).is_some_and(|own| own.computed.is_none() && own.counter.is_none())
                    })
                    && key
                        .referenced
                        .iter()
                        .all(|name| target.column(name).is_some_and(|own| own.computed.is_none()));
                let is_itself = language.keys_change_alone
                    && is_same(&key.table, &own.name)
                    && key.columns.iter().any(|name| key.referenced.contains(name));
                let is_new = !columns_in_use.contains(&key.columns);
                columns_in_use.push(key.columns.clone());
                is_key && fits && is_new && !is_itself
            });
            for key in &mut table.foreign {
                let takes_null = key.columns.iter().all(|name| {
                    own.column(name).is_some_and(|own| !own.not_null && !table.key.contains(name))
                });
                let may_be_null = |table: &Table, name: &str| {
                    table.column(name).is_some_and(|own| !own.not_null)
                        && !table.key.iter().any(|key| key == name)
                };
                let target = others.table(&key.table);
                let widens = key.columns.iter().zip(&key.referenced).any(|(name, referenced)| {
                    !may_be_null(&own, name) && target.is_some_and(|target| may_be_null(target, referenced))
                });
                if language.keys_change_alone && widens {
                    key.on_update = 0;
                }
                for action in [&mut key.on_delete, &mut key.on_update] {
                    let is_used = |name: &String| {
                        own.checks.iter().any(|check| check.column == *name)
                            || own
                                .columns
                                .iter()
                                .any(|column| column.computed.as_ref().is_some_and(|(from, _)| from == name))
                    };
                    let changes = !matches!(language.actions[*action], "NO ACTION" | "RESTRICT");
                    let is_alone = language.keys_change_alone && key.columns.iter().any(is_used);
                    if language.actions[*action] == "SET NULL" && !takes_null || changes && is_alone {
                        *action = 0;
                    }
                }
            }
        }
        let tables = self.tables.clone();
        // Views of views come after those.
        let mut columns: Vec<(String, Vec<String>)> = tables
            .iter()
            .map(|table| {
                (table.name.clone(), table.columns.iter().map(|column| column.name.clone()).collect())
            })
            .collect();
        self.views.retain_mut(|view| {
            let of = columns.iter().find(|(name, _)| is_same(name, &view.table)).map(|(_, of)| of.clone());
            let has = |name: &String| of.iter().flatten().any(|own| is_same(own, name));
            view.columns.retain(has);
            view.filter = view.filter.take().filter(has);
            columns.push((view.name.clone(), view.names()));
            !view.columns.is_empty()
        });
        let is_there = |name: &str| columns.iter().any(|(own, of)| is_same(own, name) && !of.is_empty());
        self.readers.retain(|reader| {
            tables.iter().any(|table| is_same(&table.name, &reader.table)) && is_there(&reader.reads)
        });
    }

    /// A table gets another name, wherever it is named.
    pub(super) fn rename_table(&mut self, from: &str, to: &str) {
        for table in &mut self.tables {
            if table.name == from {
                table.name = to.to_owned();
            }
            for key in table.foreign.iter_mut().filter(|key| key.table == from) {
                key.table = to.to_owned();
            }
        }
        for view in self.views.iter_mut().filter(|view| view.table == from) {
            view.table = to.to_owned();
        }
        for reader in &mut self.readers {
            for name in [&mut reader.table, &mut reader.reads] {
                if name == from {
                    *name = to.to_owned();
                }
            }
        }
    }

    /// A column gets another name, wherever it is named.
    pub(super) fn rename_column(&mut self, table: &str, from: &str, to: &str) {
        let swap = |name: &mut String| {
            if name == from {
                *name = to.to_owned();
            }
        };
        for own in &mut self.tables {
            for key in own.foreign.iter_mut().filter(|key| key.table == table) {
                key.referenced.iter_mut().for_each(swap);
            }
            if own.name != table {
                continue;
            }
            for column in &mut own.columns {
                swap(&mut column.name);
                column.computed.iter_mut().for_each(|(from, _)| swap(from));
            }
            own.key.iter_mut().for_each(swap);
            own.uniques.iter_mut().for_each(|unique| unique.columns.iter_mut().for_each(swap));
            own.checks.iter_mut().for_each(|check| swap(&mut check.column));
            own.foreign.iter_mut().for_each(|key| key.columns.iter_mut().for_each(swap));
            for index in &mut own.indexes {
                index.parts.iter_mut().for_each(|part| swap(&mut part.column));
                index.predicate.iter_mut().chain(&mut index.include).for_each(swap);
            }
        }
        for view in self.views.iter_mut().filter(|view| view.table == table) {
            view.columns.iter_mut().for_each(swap);
            view.filter.iter_mut().for_each(swap);
        }
    }
}

impl Table {
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| is_same(&column.name, name))
    }

    /// Whether no two rows can have the same values there.
    pub(super) fn is_unique(&self, columns: &[String]) -> bool {
        !columns.is_empty()
            && (self.key == columns || self.uniques.iter().any(|unique| unique.columns == columns))
    }

    fn has_unique_index(&self, columns: &[String]) -> bool {
        let is_plain = |index: &Index| {
            let names: Vec<&String> = index.parts.iter().map(|part| &part.column).collect();
            let has_expression = index.parts.iter().any(|part| part.is_expression);
            index.is_unique
                && index.predicate.is_none()
                && !has_expression
                && names.iter().copied().eq(columns)
        };
        self.indexes.iter().any(is_plain)
    }

    /// The kind of a column that can be in a key.
    fn key_kind<'l>(&self, language: &'l Language, name: &str) -> Option<&'l Kind> {
        let column = self.column(name)?;
        let kind = &language.kinds[column.kind];
        (kind.is_key && column.computed.is_none()).then_some(kind)
    }

    /// Takes an option away that the other one keeps without saying so, if it does not allow what that has; and the other way round.
    pub(super) fn share_option(&mut self, other: &mut Self, language: &Language) {
        let allows = |option: Option<usize>, table: &Self| {
            let kinds = table.columns.iter().map(|column| &language.kinds[column.kind]);
            option.is_none_or(|option| kinds.into_iter().all(language.options[option].allows))
        };
        if !allows(self.option, other) {
            self.option = None;
        }
        if !allows(other.option, self) {
            other.option = None;
        }
    }

    fn repair(&mut self, language: &Language) {
        let own = self.clone();
        let is_plain = |name: &str| {
            own.column(name).is_some_and(|column| column.computed.is_none() && column.counter.is_none())
        };
        for column in &mut self.columns {
            let kind = &language.kinds[column.kind];
            column.default = column.default.filter(|default| *default < kind.defaults.len());
            column.extra = column.extra.filter(|extra| *extra < kind.extras.len());
            let fits = |from: &str| {
                is_plain(from)
                    && !is_same(from, &column.name)
                    && own.column(from).is_some_and(|from| from.kind == column.kind)
            };
            column.computed =
                column.computed.take().filter(|(from, _)| kind.expression.is_some() && fits(from));
            let is_only_key = own.key.len() == 1 && is_same(&own.key[0], &column.name);
            column.counter = column.counter.filter(|counter| {
                is_only_key
                    && language.counters[*counter].kind == kind.sql
                    && (language.counts_with)(self.option)
            });
            if column.counter.is_some() {
                column.computed = None;
                column.extra = None;
                column.default = None;
                column.not_null = true;
            }
            if column.computed.is_some() {
                column.default = None;
            }
        }
        let own = self.clone();
        let is_keyed = |names: &[String]| {
            !names.is_empty() && names.iter().all(|name| own.key_kind(language, name).is_some())
        };
        if !is_keyed(&self.key) {
            self.key.clear();
        }
        self.option = self.option.filter(|option| {
            let option = &language.options[*option];
            let allows = |column: &Column| (option.allows)(&language.kinds[column.kind]);
            (!option.needs_key || !self.key.is_empty()) && self.columns.iter().all(allows)
        });
        let mut seen: Vec<Vec<String>> = vec![self.key.clone()];
        self.uniques.retain(|unique| {
            let is_new = !seen.contains(&unique.columns);
            seen.push(unique.columns.clone());
            is_new && is_keyed(&unique.columns)
        });
        self.checks.retain(|check| {
            own.column(&check.column).is_some_and(|column| {
                check.template < language.kinds[column.kind].checks.len()
                    && column.computed.is_none()
                    && column.counter.is_none()
            })
        });
        let mut owners: Vec<String> = vec![];
        self.checks.retain(|check| {
            let is_new = !check.is_own || !owners.contains(&check.column);
            owners.extend(check.is_own.then(|| check.column.clone()));
            is_new
        });
        let mut checked: Vec<(String, usize)> = vec![];
        self.checks.retain(|check| {
            let is_new = !checked.contains(&(check.column.clone(), check.template));
            checked.push((check.column.clone(), check.template));
            is_new
        });
        for index in &mut self.indexes {
            index.parts.retain(|part| own.key_kind(language, &part.column).is_some());
            for part in &mut index.parts {
                part.descending &= language.has_descending;
                part.is_expression &= language.has_expressions
                    && own.key_kind(language, &part.column).is_some_and(|kind| kind.expression.is_some());
            }
            index.predicate =
                index.predicate.take().filter(|name| language.has_partial && own.column(name).is_some());
        }
        for index in &mut self.indexes {
            let is_key = |name: &str| index.parts.iter().any(|part| is_same(&part.column, name));
            let fits = |name: &String| language.has_include && own.column(name).is_some() && !is_key(name);
            index.include = index.include.take().filter(fits);
        }
        self.indexes.retain(|index| !index.parts.is_empty());
    }
}

impl View {
    /// What its columns are called.
    pub(super) fn names(&self) -> Vec<String> {
        let listed = |name: &String| if self.is_listed { format!("{name}_") } else { name.clone() };
        self.columns.iter().map(listed).collect()
    }
}

/// Names of which databases may think that they are one.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
