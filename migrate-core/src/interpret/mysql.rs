//! What MySQL and MariaDB do in a way of their own: settings and character sets, the parts of an `ALTER TABLE` at once, and
//! what has to hold of a table after it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::run::Run;
use crate::ddl::{AlterAction, ColumnConstraintKind, ColumnDef, Extent, Ident, Kind};
use crate::schema::mysql as spelling;
use crate::schema::{
    Column, Constraint, ConstraintBody, ForeignKey, Index, ObjectBody, ObjectId, Schema, Space, SqlText,
    Table, Type,
};

/// The settings of a table that are compared.
pub(super) type Options = BTreeMap<Arc<str>, Arc<str>>;

/// The parts of an `ALTER TABLE` in the order in which they take effect: what goes, goes first, and a new name comes last.
pub(super) fn in_order(actions: &[AlterAction]) -> Vec<Cow<'_, AlterAction>> {
    let mut all: Vec<Cow<'_, AlterAction>> = actions.iter().map(Cow::Borrowed).collect();
    all.sort_by_key(|action| match &**action {
        AlterAction::DropConstraint { kind: Some(Kind::ForeignKey), .. } => 0,
        AlterAction::DropConstraint { .. } => 1,
        AlterAction::DropColumn { .. } => 2,
        AlterAction::RenameIndex { .. } | AlterAction::Set(..) | AlterAction::AlterColumn { .. } => 3,
        AlterAction::AddConstraint { constraint, .. } => match constraint.kind {
            crate::ddl::ConstraintKind::ForeignKey { .. } => 7,
            _ => 6,
        },
        AlterAction::RenameTo(_) => 8,
        _ => 4,
    });
    if exchanges_names(&all) {
        through_other_names(&mut all);
    }
    all
}

/// A column that gets another name: the old one and the new one.
fn renamed(action: &AlterAction) -> Option<(&Ident, &Ident)> {
    let (old, new) = match action {
        AlterAction::RenameColumn { old, new } => (old, new),
        AlterAction::ReplaceColumn { old, column, .. } => (old, &column.name),
        _ => return None,
    };
    (!old.text.eq_ignore_ascii_case(&new.text)).then_some((old, new))
}

/// Whether one column gets the name that another one gives up.
fn exchanges_names(actions: &[Cow<'_, AlterAction>]) -> bool {
    let mut names = actions.iter().filter_map(|action| renamed(action));
    names.any(|(_, new)| {
        let mut others = actions.iter().filter_map(|action| renamed(action));
        others.any(|(old, _)| old.text.eq_ignore_ascii_case(&new.text))
    })
}

/// Columns that exchange their names get them at once, here by way of names that no column has.
fn through_other_names(actions: &mut Vec<Cow<'_, AlterAction>>) {
    let mut first = Vec::new();
    for action in actions.iter_mut() {
        let Some((old, _)) = renamed(action) else { continue };
        let between = Ident::new(format!("{}\0", old.text), old.at);
        first.push(Cow::Owned(AlterAction::RenameColumn { old: old.clone(), new: between.clone() }));
        match action.to_mut() {
            AlterAction::RenameColumn { old, .. } | AlterAction::ReplaceColumn { old, .. } => *old = between,
            _ => {}
        }
    }
    let place = actions.iter().position(|action| renamed(action).is_some()).unwrap_or(0);
    actions.splice(place..place, first);
}

/// Whether a column goes and another one of its name comes, which then takes its place in indexes as well.
pub(super) fn replaces_by_name(actions: &[AlterAction]) -> bool {
    actions.iter().any(|action| match action {
        AlterAction::DropColumn { name, .. } => actions.iter().any(|other| {
            matches!(other, AlterAction::AddColumn { column, .. }
                if column.name.text.eq_ignore_ascii_case(&name.text))
        }),
        _ => false,
    })
}

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

/// Whether an index begins with these columns, in this order.
pub(super) fn serves(index: &Index, columns: &[Arc<str>]) -> bool {
    &*index.method == "btree"
        && index.parts.len() >= columns.len()
        && columns.iter().zip(&index.parts).all(|(column, part)| {
            part.is_column && part.length.is_none() && part.expr.written.eq_ignore_ascii_case(column)
        })
}

fn keys(table: &Table) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
    table.constraints.iter().filter_map(|constraint| match &constraint.body {
        ConstraintBody::ForeignKey(key) => Some((constraint, key)),
        _ => None,
    })
}

/// Names that the server made up from a table's follow its new name.
pub(super) fn rename_made_up(table: &mut Table, old: &str, new: &str) {
    for constraint in &mut table.constraints {
        let rest =
            constraint.name.as_deref().filter(|name| spelling::is_made_up(old, name)).and_then(|name| {
                name.get(old.len()..).filter(|rest| rest.starts_with("_ibfk_") || rest.starts_with("_chk_"))
            });
        if let Some(rest) = rest {
            constraint.name = Some(format!("{new}{rest}").into());
        }
    }
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
            for column in table.columns.iter_mut().filter(|column| spelling::is_text(&column.data_type)) {
                let may_grow = column.charset.as_ref() != charset || charset.is_none();
                // A text whose characters need more bytes becomes the next longer type.
                if may_grow
                    && matches!(column.data_type.to_string().as_str(), "tinytext" | "text" | "mediumtext")
                {
                    column.data_type = Type::unknown("");
                }
                (column.charset, column.collation) = (charset.cloned(), collation.cloned());
            }
        });
    }

    /// A column that was written with what makes it MariaDB's JSON is that.
    pub(super) fn is_mysql_json(&mut self, id: &ObjectId, column: &str, check: &SqlText) -> bool {
        let mut is_json = false;
        self.change_table(id, |table| {
            let own = table.columns.iter_mut().find(|own| own.name.eq_ignore_ascii_case(column));
            is_json = own.is_some_and(|own| spelling::make_json(own, check));
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
        if let Some(place) = place {
            self.change_table(id, |table| drop(table.constraints.remove(place)));
            return;
        }
        // The names that are made up for checks are not those of the other server, and one may have dropped or made it.
        let may_be_called_so = spelling::is_made_up(&self.shown(id), &name.text)
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

    /// What keeps a column from going.
    pub(super) fn mysql_refusal(
        &self,
        id: &ObjectId,
        table: &Table,
        own: &Arc<str>,
    ) -> Option<(String, String)> {
        let is_own = |name: &Arc<str>| name.eq_ignore_ascii_case(own);
        if table.columns.len() == 1 {
            return Some(("it is the only one".to_owned(), "drop the table".to_owned()));
        }
        let checks = table.constraints.iter().find(|constraint| {
            matches!(&constraint.body, ConstraintBody::Check { columns, .. }
                if columns.iter().any(is_own) && (columns.len() > 1 && constraint.column.is_none()))
        });
        if let Some(check) = checks {
            let name = check.name.clone().unwrap_or_default();
            return Some((format!("the check `{name}` names it"), format!("drop the check `{name}` first")));
        }
        let computed = table.columns.iter().find(|column| {
            column.name != *own
                && column.generated.as_ref().is_some_and(|generated| {
                    super::drop_column::mentions(&generated.expr.normal, &own.to_ascii_lowercase())
                })
        });
        if let Some(column) = computed {
            let help = format!("drop column `{}` first", column.name);
            return Some((format!("column `{}` is computed from it", column.name), help));
        }
        let _ = id;
        None
    }

    /// What has to hold of a table after it was changed; `before` is the schema until then.
    pub(super) fn check_mysql_table(&mut self, id: &ObjectId, before: &Schema, at: Extent) {
        if self.is_uncertain(id) {
            return;
        }
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
        let lost = |columns: &[Arc<str>]| {
            old.indexes.iter().any(|index| serves(index, columns))
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
        let message = format!("the foreign key `{key}` of `{of}` needs the index that goes");
        let from = self.findings.len();
        self.wrong("still-needed", at, message).helps.push(format!("drop the foreign key `{key}` first"));
        self.only_if_keys_are_checked(from);
    }

    /// The constraints that `MODIFY` and `CHANGE` bring along.
    pub(super) fn replaced_constraints(&mut self, id: &ObjectId, written: &ColumnDef) {
        self.change_table(id, |table| {
            // A check goes with what is said about its column.
            table.constraints.retain(|constraint| {
                !matches!(constraint.body, ConstraintBody::Check { .. })
                    || constraint
                        .column
                        .as_ref()
                        .is_none_or(|of| !of.eq_ignore_ascii_case(&written.name.text))
            });
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

    /// An index that the server made for a foreign key goes when another one serves as well.
    pub(super) fn replace_implicit_index(&mut self, id: &ObjectId, new: &Index) {
        self.change_indexes(id, |indexes| {
            indexes.retain(|index| {
                let columns: Vec<Arc<str>> =
                    index.parts.iter().map(|part| part.expr.written.clone()).collect();
                !(index.is_implicit && serves(new, &columns))
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
