//! What MySQL and MariaDB do in a way of their own: settings and character sets, the parts of an `ALTER TABLE` at once, and
//! what has to hold of a table after it.

mod foreign_key;
mod order;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::lookup::MYSQL_TEMPORARY;
use super::run::Run;
use crate::ddl::{
    AlterAction, AlterTable, ColumnConstraint, ColumnConstraintKind, ColumnDef, Expr, Extent, Ident, Kind,
    Path,
};
use crate::schema::mysql as spelling;
use crate::schema::{
    Column, Constraint, ConstraintBody, ForeignKey, Index, IndexPart, ObjectBody, ObjectId, ObjectName,
    Schema, Space, SqlText, Table, Type,
};

pub(super) use foreign_key::makes_key;
pub(super) use order::{converted_twice, in_order, replaces_by_name};

/// The settings of a table that are compared.
pub(super) type Options = BTreeMap<Arc<str>, Arc<str>>;

/// Takes a setting in; those that are not compared are left out.
fn set_option(options: &mut Options, key: &str, value: &str) {
    let mut put = |key: &str, value: String| drop(options.insert(key.into(), value.into()));
    match key {
        "engine" => put("engine", value.to_ascii_lowercase()),
        "default charset" | "convert charset" => {
            options.remove("collate");
            match value {
                "default" => drop(options.remove("charset")),
                value => drop(options.insert("charset".into(), spelling::name(value).into())),
            }
        }
        "collate" | "convert collate" => {
            put("charset", spelling::charset_of(value));
            put("collate", spelling::name(value));
        }
        "system versioning" if value == "off" => drop(options.remove("system versioning")),
        "system versioning" => put("system versioning", String::new()),
        _ => {}
    }
}

/// The settings of a new table.
pub(super) fn options(written: &[(Box<str>, Box<str>)]) -> Options {
    let mut options = Options::new();
    // A collation says more than a character set, wherever it stands.
    let (last, first): (Vec<_>, Vec<_>) = written.iter().partition(|(key, _)| &**key == "collate");
    first.iter().chain(&last).for_each(|(key, value)| set_option(&mut options, key, value));
    options
}

/// Gives a column the character set and the collation that it has, as far as they are known, and its default the form of
/// its type.
pub(super) fn settle_column(column: &mut Column, written: &ColumnDef, table: &Options) {
    let Some(data_type) = &written.data_type else { return };
    let (charset, collation) = (column.charset.take(), column.collation.take());
    let is_checked = |one: &ColumnConstraint| matches!(one.kind, ColumnConstraintKind::Check { .. });
    if column.data_type.to_string() == "json" && written.constraints.iter().any(is_checked) {
        // MariaDB makes no JSON of a text that has a check already.
        column.data_type = Type::unknown("");
    }
    if charset.as_deref() == Some("binary") {
        make_binary(column);
    } else if spelling::is_text(&column.data_type) {
        let is_national = data_type.name.starts_with("n");
        let charset = match (charset, is_national) {
            (Some(charset), _) => Some(spelling::name(&charset)),
            (None, true) => Some("utf8mb3".to_owned()),
            (None, false) => None,
        };
        let of_table = |key: &str| table.get(key).map(|value| value.to_string());
        let (charset, collation) = match (charset, collation.as_deref()) {
            (None, None) => (of_table("charset"), of_table("collate")),
            (Some(charset), None) => (Some(charset), None),
            (charset, Some("_bin")) => {
                let charset = charset.or_else(|| of_table("charset"));
                (charset.clone(), charset.map(|charset| format!("{charset}_bin")))
            }
            (_, Some(collation)) => (Some(spelling::charset_of(collation)), Some(spelling::name(collation))),
        };
        (column.charset, column.collation) = (charset.map(Into::into), collation.map(Into::into));
    }
    settle_default(column);
}

pub(super) fn settle_default(column: &mut Column) {
    column.default = column.default.take().map(|text| spelling::default(text, &column.data_type));
}

/// `CHARACTER SET binary` makes bytes of texts.
fn make_binary(column: &mut Column) {
    let arguments = column.data_type.arguments.clone();
    let made = match column.data_type.to_string().split('(').next().unwrap_or_default() {
        "char" => "binary",
        "varchar" => "varbinary",
        "tinytext" => "tinyblob",
        "text" => "blob",
        "mediumtext" => "mediumblob",
        "longtext" => "longblob",
        _ => return,
    };
    column.data_type = Type { arguments, ..Type::built_in(made) };
}

/// How much of a column an index has. MariaDB takes as much as it can where nothing is said, and MySQL refuses what is too
/// long; a length that is the column's own means nothing.
pub(super) fn settle_length(table: &Table, column: &str, part: &mut IndexPart) {
    let Some(column) = table.columns.iter().find(|own| own.name.eq_ignore_ascii_case(column)) else { return };
    part.may_be_cut = part.length.is_none() && spelling::is_long(&column.data_type);
    if spelling::length(&column.data_type) == part.length.as_deref() {
        part.length = None;
    }
}

/// The columns that an index begins with as a whole.
pub(super) fn whole_columns(index: &Index) -> Vec<Arc<str>> {
    let parts = index.parts.iter().take_while(|part| part.is_column && part.length.is_none());
    let is_tree = &*index.method == "btree";
    parts.filter(|_| is_tree).map(|part| part.expr.written.clone()).collect()
}

/// Whether an index goes from the lowest to the highest in all its columns.
pub(super) fn is_in_order(index: &Index) -> bool {
    !index.parts.iter().any(|part| part.descending)
}

/// Whether an index begins with these columns, in this order.
pub(super) fn serves(index: &Index, columns: &[Arc<str>]) -> bool {
    &*index.method == "btree"
        && index.parts.len() >= columns.len()
        && columns.iter().zip(&index.parts).all(|(column, part)| {
            part.is_column && part.length.is_none() && part.expr.written.eq_ignore_ascii_case(column)
        })
}

/// Whether all columns of an index are NOT NULL.
fn refuses_null(table: &Table, index: &Index) -> bool {
    let mut columns = index.columns.iter();
    columns.all(|name| table.columns.iter().any(|column| column.name == *name && column.not_null))
}

/// The foreign keys that every server makes.
fn keys(table: &Table) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
    table.constraints.iter().filter_map(|constraint| match &constraint.body {
        ConstraintBody::ForeignKey(key) if !constraint.may_be_missing => Some((constraint, key)),
        _ => None,
    })
}

/// Names that the server made up from a table's follow its new name.
pub(super) fn rename_made_up(table: &mut Table, old: &str, new: &str) {
    let follow = |name: &mut Option<Arc<str>>| {
        let rest = name.as_deref().filter(|name| spelling::is_made_up(old, name)).and_then(|name| {
            name.get(old.len()..).filter(|rest| rest.starts_with("_ibfk_") || rest.starts_with("_chk_"))
        });
        if let Some(rest) = rest {
            *name = Some(format!("{new}{rest}").into());
        }
    };
    for constraint in &mut table.constraints {
        follow(&mut constraint.name);
        follow(&mut constraint.mysql_name);
        if constraint.column.is_none() && !matches!(constraint.body, ConstraintBody::Unique { .. }) {
            let name = constraint.name.as_deref().unwrap_or_default();
            constraint.is_name_made_up = spelling::is_made_up(new, name);
        }
    }
}

/// What keeps a column from going.
pub(super) fn refusal(table: &Table, own: &Arc<str>) -> Option<(String, String)> {
    let is_own = |name: &Arc<str>| name.eq_ignore_ascii_case(own);
    let checks = table.constraints.iter().find(|constraint| {
        matches!(&constraint.body, ConstraintBody::Check { columns, .. }
            if columns.iter().any(is_own) && (columns.len() > 1 && constraint.column.is_none()))
            && !constraint.may_be_missing
    });
    if let Some(check) = checks {
        let name = check.name.clone().unwrap_or_default();
        return Some((format!("the check `{name}` names it"), format!("drop the check `{name}` first")));
    }
    None
}

impl Run<'_> {
    /// A setting of a table changes.
    pub(super) fn set_mysql_option(&mut self, id: &ObjectId, key: &str, value: &str) {
        if key == "comment" {
            let comment = Some(Arc::from(value)).filter(|text: &Arc<str>| !text.is_empty());
            self.schema.change(id, |object| object.comment = comment);
            return;
        }
        self.change_table(id, |table| {
            if key == "partition by" {
                let by = Some(SqlText::name("")).filter(|_| !value.is_empty());
                table.partition = by.map(|by| crate::schema::Partition { by: Some(by), bounds: None });
                return;
            }
            set_option(&mut table.options, key, value);
            if !matches!(key, "convert charset" | "convert collate") {
                return;
            }
            let (charset, collation) = (table.options.get("charset"), table.options.get("collate"));
            let mut checks = Vec::new();
            let is_json = |column: &Column| column.data_type.to_string() == "json";
            let texts = table.columns.iter_mut();
            for column in texts.filter(|column| spelling::is_text(&column.data_type) || is_json(column)) {
                let may_grow = column.charset.as_ref() != charset || charset.is_none();
                // MariaDB's JSON is a text, too.
                if column.data_type.to_string() == "json" {
                    let check = spelling::check_of_json(column);
                    (column.data_type, column.charset, column.collation) = (Type::unknown(""), None, None);
                    checks.push(check);
                    continue;
                }
                // A text whose characters need more bytes becomes the next longer type.
                if may_grow
                    && matches!(column.data_type.to_string().as_str(), "tinytext" | "text" | "mediumtext")
                {
                    column.data_type = Type::unknown("");
                }
                (column.charset, column.collation) = (charset.cloned(), collation.cloned());
            }
            table.constraints.extend(checks);
        });
    }

    /// A column that was written with what makes it MariaDB's JSON is that.
    pub(super) fn is_mysql_json(&mut self, id: &ObjectId, column: &str, check: &SqlText) -> bool {
        let (mut is_json, mut made) = (false, None);
        self.change_table(id, |table| {
            let own = table.columns.iter_mut().find(|own| own.name.eq_ignore_ascii_case(column));
            is_json = own.is_some_and(|own| {
                let is_json = spelling::make_json(own, check);
                // It stays what it is in MySQL.
                if is_json {
                    made = Some(spelling::check_of_json(own));
                    own.data_type = Type::unknown("");
                }
                is_json
            });
            table.constraints.extend(made);
        });
        is_json
    }

    /// `DROP INDEX`, `DROP FOREIGN KEY`, `DROP CHECK`, `DROP CONSTRAINT`, `DROP PRIMARY KEY`.
    pub(super) fn drop_mysql_constraint(
        &mut self,
        id: &ObjectId,
        name: Option<&Ident>,
        kind: Option<Kind>,
        if_exists: bool,
        at: Extent,
    ) {
        let Some(table) = self.schema.table(id) else { return };
        let Some(name) = name.filter(|name| !name.text.eq_ignore_ascii_case("primary")) else {
            if table.primary_key().is_some() {
                self.remove_index(id, "PRIMARY");
            } else if !if_exists && !self.is_uncertain(id) {
                let message = format!("table `{}` has no primary key", self.shown(id));
                self.wrong("missing-constraint", at, message);
            }
            return;
        };
        let is_index = matches!(kind, Some(Kind::Index | Kind::Constraint))
            && table.indexes.iter().any(|index| {
                self.same_name(&index.name, &name.text) && (kind == Some(Kind::Index) || index.is_unique)
            });
        if is_index {
            return self.remove_index(id, &name.text);
        }
        let is_meant = |constraint: &Constraint| match &constraint.body {
            ConstraintBody::ForeignKey(_) => matches!(kind, Some(Kind::ForeignKey | Kind::Constraint)),
            // What stands with a column goes with it.
            ConstraintBody::Check { .. } => {
                matches!(kind, Some(Kind::Check | Kind::Constraint)) && constraint.column.is_none()
            }
            _ => false,
        };
        let place = table.constraints.iter().position(|constraint| {
            is_meant(constraint)
                && constraint.name.as_ref().is_some_and(|own| self.same_name(own, &name.text))
        });
        let is_of_mysql = |own: &Constraint| {
            own.mysql_name.as_ref().is_some_and(|own| self.same_name(own, &name.text))
                && matches!(kind, Some(Kind::Check | Kind::Constraint))
        };
        if let Some(place) = place.or_else(|| table.constraints.iter().position(is_of_mysql)) {
            self.change_table(id, |table| drop(table.constraints.remove(place)));
            return;
        }
        let is_made_up = spelling::is_made_up(&self.shown(id), &name.text);
        // Which key has which number depends on those that only some servers make.
        if is_made_up && table.constraints.iter().any(|constraint| constraint.may_be_missing) {
            return self.lose(id);
        }
        // The names that are made up for checks are not those of the other server, and one may have dropped or made it.
        let may_be_called_so = is_made_up
            || table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(&name.text))
                && kind != Some(Kind::Index);
        if if_exists || self.is_uncertain(id) {
            return;
        }
        let (what, code) = match kind {
            Some(Kind::Index) => ("index", "missing-index"),
            Some(Kind::ForeignKey) => ("foreign key", "missing-constraint"),
            _ => ("constraint", "missing-constraint"),
        };
        if kind == Some(Kind::ForeignKey) && !foreign_key::has_keys_for_sure(table) {
            // MySQL does not look where there are none.
            return;
        }
        let is_certain = !may_be_called_so || kind == Some(Kind::ForeignKey);
        let message = format!("table `{}` has no {what} `{}`", self.shown(id), name.text);
        let table = self.schema.table(id);
        let names: Vec<Arc<str>> = match (table, kind) {
            (Some(table), Some(Kind::Index)) => {
                table.indexes.iter().map(|index| index.name.clone()).collect()
            }
            (Some(table), _) => {
                table.constraints.iter().filter_map(|constraint| constraint.name.clone()).collect()
            }
            _ => vec![],
        };
        let near = crate::nearest::nearest(&name.text, names.iter().map(|name| &**name));
        let near = near.map(|near| format!("the nearest is `{near}`"));
        let finding = self.wrong(code, name.at, message);
        finding.helps.extend(near);
        if !is_certain {
            finding.proof = super::Proof::Likely;
        }
    }

    /// What MySQL is told to do to a check, so that it has what MariaDB has by itself.
    pub(super) fn remake_check(&mut self, id: &ObjectId, name: &Ident, check: Option<&Expr>) {
        let Some(table) = self.schema.table(id) else { return };
        let is_named = |own: &&Constraint| {
            matches!(own.body, ConstraintBody::Check { .. })
                && own.name_in_mysql().is_some_and(|own| own.eq_ignore_ascii_case(&name.text))
        };
        let found = table.constraints.iter().position(|own| is_named(&own));
        let is_same = match (found.map(|place| &table.constraints[place].body), check) {
            (Some(ConstraintBody::Check { expr, .. }), Some(check)) => *expr == self.text(check),
            (_, check) => check.is_none(),
        };
        let Some(place) = found.filter(|_| is_same) else {
            if !is_same {
                self.lose(id);
            }
            return;
        };
        self.change_table(id, |table| match (check, table.constraints[place].may_be_missing) {
            // MariaDB had forgotten it.
            (None, true) => drop(table.constraints.remove(place)),
            (check, _) => table.constraints[place].may_be_missing = check.is_none(),
        });
    }

    /// An index of a foreign key that MariaDB may have dropped is made there again; MySQL has it.
    pub(super) fn keep_index(&mut self, id: &ObjectId, name: &Ident, columns: &[Ident]) {
        let Some(table) = self.schema.table(id) else { return };
        let is_meant = |index: &Index| {
            index.name.eq_ignore_ascii_case(&name.text)
                && index.columns.len() == columns.len()
                && index
                    .columns
                    .iter()
                    .zip(columns)
                    .all(|(own, column)| own.eq_ignore_ascii_case(&column.text))
        };
        let Some(place) = table.indexes.iter().position(is_meant) else { return self.lose(id) };
        self.change_indexes(id, |indexes| indexes[place].may_be_missing = false);
    }

    /// A finding if a column is computed from one that a statement dropped.
    pub(super) fn check_computed_columns(&mut self, id: &ObjectId, actions: &[AlterAction]) {
        let Some(table) = self.schema.table(id).filter(|_| !self.is_uncertain(id)) else { return };
        let needed = actions.iter().find_map(|action| {
            let AlterAction::DropColumn { name, .. } = action else { return None };
            let own = name.text.to_ascii_lowercase();
            let is_computed = |column: &&Column| {
                let expr = column.generated.as_ref().map(|generated| &generated.expr.normal);
                expr.is_some_and(|expr| super::drop_column::mentions(expr, &own))
            };
            let is_there = self.column_place(table, &name.text).is_some();
            Some((name, table.columns.iter().find(is_computed).filter(|_| !is_there)?.name.clone()))
        });
        let Some((name, column)) = needed else { return };
        let message = format!(
            "column `{}` of `{}` cannot be dropped: column `{column}` is computed from it",
            name.text,
            self.shown(id)
        );
        self.wrong("still-needed", name.at, message).helps.push(format!("drop column `{column}` first"));
    }

    /// What has to hold of a table after it was changed; `before` is the schema until then.
    pub(super) fn check_mysql_table(&mut self, id: &ObjectId, before: &Schema, at: Extent) {
        if self.is_uncertain(id) {
            return;
        }
        if self.schema.table(id).is_some_and(|table| table.columns.is_empty()) {
            let message = format!("table `{}` cannot be without a column", self.shown(id));
            self.wrong("still-needed", at, message).helps.push("drop the table".to_owned());
        }
        self.change_table(id, |table| {
            let whole = table.indexes.clone();
            for (place, index) in table.indexes.iter_mut().enumerate().filter(|(_, index)| index.is_implicit)
            {
                let columns = whole_columns(index);
                let others = whole.iter().enumerate().filter(|(other, _)| *other != place);
                index.may_be_missing |= others.into_iter().any(|(_, other)| serves(other, &columns));
            }
        });
        self.check_counting_column(id, at);
        self.check_indexes_of_keys(id, before, at);
    }

    /// At most one column counts, and a key begins with it.
    fn check_counting_column(&mut self, id: &ObjectId, at: Extent) {
        let Some(table) = self.schema.table(id) else { return };
        let counting: Vec<&Column> = table.columns.iter().filter(|column| column.auto_increment).collect();
        let is_innodb = table.options.get("engine").is_none_or(|engine| &**engine == "innodb");
        let is_key = |column: &Column| {
            table.indexes.iter().any(|index| {
                let of =
                    |part: &crate::schema::IndexPart| part.expr.written.eq_ignore_ascii_case(&column.name);
                if is_innodb { index.parts.first().is_some_and(of) } else { index.parts.iter().any(of) }
            })
        };
        let (message, help) = match counting.as_slice() {
            [] => return,
            [column] if is_key(column) => return,
            [column] => (
                format!("column `{}` is AUTO_INCREMENT, and no key of the table begins with it", column.name),
                format!("`MODIFY` column `{}` without AUTO_INCREMENT, or give it a key", column.name),
            ),
            [one, two, ..] => (
                format!("columns `{}` and `{}` are both AUTO_INCREMENT", one.name, two.name),
                "let one of them count".to_owned(),
            ),
        };
        self.wrong("auto-increment-key", at, message).helps.push(help);
    }

    /// A foreign key has an index on its columns, and one where it leads; none of the two goes before it.
    fn check_indexes_of_keys(&mut self, id: &ObjectId, before: &Schema, at: Extent) {
        let (Some(table), Some(old)) = (self.schema.table(id), before.table(id)) else { return };
        let is_primary = |index: &Index| index.name.eq_ignore_ascii_case("primary");
        // Where another key takes its place, MariaDB lets the primary one go from under foreign keys, not always.
        let is_replaced = old.indexes.iter().any(is_primary)
            && !table.indexes.iter().any(is_primary)
            && table.indexes.iter().any(|index| index.is_unique && refuses_null(table, index));
        let lost = |columns: &[Arc<str>]| {
            old.indexes.iter().any(|index| serves(index, columns) && !(is_replaced && is_primary(index)))
                && !table.indexes.iter().any(|index| serves(index, columns))
        };
        let mut needed: Vec<(Arc<str>, String)> = keys(table)
            .filter(|(_, key)| lost(&key.columns))
            .map(|(constraint, _)| (constraint.name.clone().unwrap_or_default(), self.shown(id)))
            .collect();
        let own = self.schema.get(id).map(|object| (id, object));
        for (_, object) in self.schema.dependents(id).chain(own) {
            let ObjectBody::Table(other) = &object.body else { continue };
            let leads_here = |key: &ForeignKey| {
                key.table.id(Space::Relation, self.dialect) == *id && lost(&key.referenced)
            };
            let found = keys(other).filter(|(_, key)| leads_here(key));
            needed.extend(found.map(|(constraint, _)| {
                (constraint.name.clone().unwrap_or_default(), object.name.to_string())
            }));
        }
        let Some((key, of)) = needed.first() else { return };
        if self.session.checks_foreign_keys != Some(true) {
            // Where they are not checked, the index goes, and some keys with it.
            let ids: Vec<ObjectId> = self.schema.dependents(id).map(|(other, _)| other.clone()).collect();
            ids.iter().chain([id]).for_each(|id| self.lose(id));
        }
        if self.session.checks_foreign_keys == Some(false) {
            return;
        }
        let message = format!("the foreign key `{key}` of `{of}` needs the index that goes");
        let from = self.findings.len();
        self.wrong("still-needed", at, message).helps.push(format!("drop the foreign key `{key}` first"));
        self.only_if_keys_are_checked(from);
    }

    /// The parts of indexes that a column of another type is.
    pub(super) fn settle_parts_of(&mut self, id: &ObjectId, column: &str) {
        self.change_table(id, |table| {
            let whole = table.clone();
            let parts = table.indexes.iter_mut().flat_map(|index| &mut index.parts);
            for part in parts.filter(|part| part.is_column && part.expr.written.eq_ignore_ascii_case(column))
            {
                let had_length = part.length.is_some();
                settle_length(&whole, column, part);
                part.may_be_cut |= had_length;
            }
        });
    }

    /// The constraints that `MODIFY` and `CHANGE` bring along.
    pub(super) fn replaced_constraints(&mut self, id: &ObjectId, written: &ColumnDef) {
        let kept: Vec<SqlText> = written
            .constraints
            .iter()
            .filter_map(|constraint| match &constraint.kind {
                ColumnConstraintKind::OwnCheck(expr) => Some(self.text(expr)),
                _ => None,
            })
            .collect();
        self.change_table(id, |table| {
            // A check goes with what is said about its column, but not in MySQL, where it is the table's.
            for constraint in &mut table.constraints {
                let ConstraintBody::Check { expr, .. } = &constraint.body else { continue };
                let is_own =
                    constraint.column.as_ref().is_some_and(|of| of.eq_ignore_ascii_case(&written.name.text));
                constraint.may_be_missing |= is_own && !kept.contains(expr);
            }
        });
        for constraint in &written.constraints {
            let is_meant = matches!(
                constraint.kind,
                ColumnConstraintKind::Unique { .. }
                    | ColumnConstraintKind::PrimaryKey { .. }
                    | ColumnConstraintKind::Check { .. }
            );
            if let Some(new) = super::constraint::of_column(&written.name, constraint).filter(|_| is_meant) {
                self.add_constraint(id, &new);
            }
        }
    }

    /// A table that gets another name and is changed in one statement: MariaDB loses foreign keys on the way where they are not
    /// checked, and leaves tables of other engines behind.
    pub(super) fn doubt_rename(&mut self, old: &ObjectId, new: &ObjectId, alter: &AlterTable) {
        let has_keys = self.schema.table(new).is_some_and(foreign_key::has_keys_for_sure);
        let are_checked = self.session.checks_foreign_keys == Some(true);
        if old == new || alter.actions.len() < 2 || has_keys && are_checked {
            return;
        }
        let others: Vec<ObjectId> = self.schema.dependents(new).map(|(other, _)| other.clone()).collect();
        others.iter().chain([new]).for_each(|id| self.lose(id));
        if !has_keys {
            let name = ObjectName::new(old.schema.clone(), &*alter.name.name.text);
            self.may_be_there(old.clone(), name);
        }
    }

    /// A temporary table gets another name, or the table that it hides.
    pub(super) fn rename_hidden(&mut self, old: &Path, new: &Path) {
        for path in [old, new] {
            for schema in [MYSQL_TEMPORARY, ""] {
                let name = ObjectName::new(schema, &*path.name.text);
                self.may_be_there(name.id(Space::Relation, self.dialect), name);
            }
        }
    }

    /// An index that the server made for a foreign key goes when another one on these columns serves as well, which one that is
    /// not in order does in MariaDB alone.
    pub(super) fn make_room(&mut self, id: &ObjectId, columns: &[Arc<str>], is_in_order: bool) {
        self.change_indexes(id, |indexes| {
            indexes.retain_mut(|index| {
                let is_like =
                    |(part, column): (&IndexPart, &Arc<str>)| part.expr.written.eq_ignore_ascii_case(column);
                let is_shorter = index.parts.len() <= columns.len();
                let goes = index.is_implicit && is_shorter && index.parts.iter().zip(columns).all(is_like);
                index.may_be_missing |= goes && !is_in_order;
                !goes || !is_in_order
            });
        });
    }

    /// Takes over what `CREATE TABLE … LIKE` does: all but foreign keys and triggers.
    pub(super) fn mysql_like(&self, table: &mut Table, other: &Table) {
        let is_key = |constraint: &&Constraint| matches!(constraint.body, ConstraintBody::ForeignKey(_));
        *table = Table {
            kind: table.kind.clone(),
            columns: other.columns.clone(),
            constraints: other.constraints.iter().filter(|own| !is_key(own)).cloned().collect(),
            indexes: other.indexes.clone(),
            partition: other.partition.clone(),
            options: other.options.clone(),
            ..Table::default()
        };
    }
}
