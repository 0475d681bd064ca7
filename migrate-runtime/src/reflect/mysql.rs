//! MySQL and MariaDB: eleven queries over `information_schema`, restricted to the current database.
//!
//! The two servers spell differently what is the same: MariaDB quotes defaults that are texts and calls JSON `longtext` with
//! a check, MySQL says whether a default is an expression. What comes out is spelt as the interpreter spells it.

mod parts;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use diesel::QueryResult;
use migrate_core::ddl::Kind;
use migrate_core::dialect::Dialect;
use migrate_core::schema::mysql as spelling;
use migrate_core::schema::{
    Certainty, Column, Object, ObjectBody, ObjectName, Partition, Routine, Schema, Sequence, Space, SqlText,
    Table, Trigger, Type, View,
};

use super::{Answers, Reader};

pub(super) fn read(reader: &mut Reader<'_>) -> QueryResult<Schema> {
    let version = reader.query("SELECT VERSION()")?.into_iter().next().and_then(|mut row| row.take(0));
    let is_mariadb = version.is_some_and(|text| text.to_ascii_lowercase().contains("mariadb"));
    let (indexes, checks) = if is_mariadb {
        (include_str!("mysql/indexes_mariadb.sql"), include_str!("mysql/checks_mariadb.sql"))
    } else {
        (include_str!("mysql/indexes_mysql.sql"), include_str!("mysql/checks_mysql.sql"))
    };
    let queries = [
        include_str!("mysql/columns.sql"),
        indexes,
        include_str!("mysql/foreign_keys.sql"),
        include_str!("mysql/foreign_key_columns.sql"),
        checks,
        include_str!("mysql/triggers.sql"),
        include_str!("mysql/views.sql"),
        include_str!("mysql/tables.sql"),
        include_str!("mysql/routines.sql"),
        include_str!("mysql/parameters.sql"),
    ];
    reader.queries(&queries.map(str::to_owned), |answers| catalog(answers, is_mariadb))
}

fn catalog(answers: &Answers, is_mariadb: bool) -> Schema {
    let mut columns = HashMap::<String, Vec<Column>>::new();
    for mut row in answers.rows() {
        let table = row[0].take().unwrap_or_default();
        columns.entry(table).or_default().push(parts::column(row, is_mariadb));
    }
    let mut tables = HashMap::<String, Table>::new();
    parts::indexes(&mut tables, answers.rows());
    parts::foreign_keys(&mut tables, answers.rows());
    parts::foreign_key_columns(&mut tables, answers.rows());
    let mut checks_of = HashMap::<String, Vec<[Option<String>; 4]>>::new();
    for row in answers.rows() {
        checks_of.entry(row[0].clone().unwrap_or_default()).or_default().push(row);
    }
    for [table, name, timing, event, body] in answers.rows() {
        let (table, name) = (table.unwrap_or_default(), name.unwrap_or_default());
        let text = format!(
            "CREATE TRIGGER `{name}` {} {} ON `{table}` FOR EACH ROW {}",
            timing.unwrap_or_default(),
            event.unwrap_or_default(),
            body.unwrap_or_default()
        );
        let text = SqlText::trigger(&text, Dialect::Mysql);
        let trigger = Trigger { name: name.into(), function: None, text, comment: None };
        tables.entry(table).or_default().triggers.push(trigger);
    }
    let mut views = HashMap::<String, [Option<String>; 3]>::new();
    for [name, query, check, security] in answers.rows() {
        views.insert(name.unwrap_or_default(), [query, check, security]);
    }

    let mut schema = Schema::new(Dialect::Mysql);
    for [name, kind, engine, collation, comment, is_divided] in answers.rows() {
        let name = name.unwrap_or_default();
        let columns = columns.remove(&name).unwrap_or_default();
        let body = match kind.as_deref().unwrap_or_default() {
            "VIEW" => {
                let [query, check, security] = views.remove(&name).unwrap_or_default();
                let mut view = view(columns, &query.unwrap_or_default());
                view.set_option("check_option", check.as_deref(), Dialect::Mysql);
                view.set_option("sql security", security.as_deref(), Dialect::Mysql);
                ObjectBody::View(view)
            }
            "SEQUENCE" => ObjectBody::Sequence(Sequence {
                data_type: Type::built_in("bigint"),
                options: vec![],
                owned_by: None,
                is_temporary: false,
            }),
            kind => {
                let mut table = tables.remove(&name).unwrap_or_default();
                table.columns = columns;
                let mut option =
                    |key: &str, value: String| drop(table.options.insert(key.into(), value.into()));
                if let Some(engine) = engine {
                    option("engine", engine);
                }
                if let Some(collation) = collation {
                    option("charset", spelling::charset_of(&collation));
                    option("collate", spelling::name(&collation));
                }
                if is_divided.is_some() {
                    // By what is known to the server in words of its own.
                    table.partition = Some(Partition { by: Some(SqlText::mysql_query("")), bounds: None });
                }
                if kind == "SYSTEM VERSIONED" {
                    option("system versioning", String::new());
                }
                let own = checks_of.get(&name).into_iter().flatten();
                own.for_each(|row| parts::check(&mut table, &name, row, is_mariadb));
                ObjectBody::Table(table)
            }
        };
        put(&mut schema, &name, Space::Relation, body, comment.filter(|comment| !comment.is_empty()));
    }
    routines(&mut schema, answers);
    schema
}

fn put(schema: &mut Schema, name: &str, space: Space, body: ObjectBody, comment: Option<String>) {
    let name = ObjectName::new("", name);
    let id = name.id(space, Dialect::Mysql);
    let comment = comment.map(Into::into);
    let needs = match &body {
        ObjectBody::Table(table) => table.needs(Dialect::Mysql),
        _ => BTreeSet::new(),
    };
    // A view of what is not there any more has no columns; what a sequence does is in no catalog.
    let certainty = match &body {
        ObjectBody::View(view) if view.columns.as_ref().is_none_or(Vec::is_empty) => Certainty::Uncertain,
        ObjectBody::Sequence(_) => Certainty::Uncertain,
        _ => Certainty::Certain,
    };
    schema.insert(id, Object { name, body, comment, certainty, needs });
}

fn view(columns: Vec<Column>, query: &str) -> View {
    View {
        is_materialized: false,
        is_temporary: false,
        columns: Some(columns.into_iter().map(|column| (column.name, Some(column.data_type))).collect()),
        given: vec![],
        query: SqlText::mysql_query(query),
        options: BTreeMap::new(),
        said: BTreeMap::new(),
        indexes: vec![],
        triggers: vec![],
    }
}

fn routines(schema: &mut Schema, answers: &Answers) {
    // A function and a procedure may have the same name.
    let mut all = BTreeMap::<String, BTreeMap<String, Routine>>::new();
    for [name, kind] in answers.rows() {
        let (name, kind) = (name.unwrap_or_default(), kind.unwrap_or_default());
        let routine = Routine {
            kind: if kind == "FUNCTION" { Kind::Function } else { Kind::Procedure },
            arguments: vec![],
            optional: 0,
            parameters: None,
            returns: None,
            digest: None,
            options: None,
            may_change_schema: true,
            text: None,
            can_be_followed: false,
            comment: None,
        };
        all.entry(name).or_default().insert(kind, routine);
    }
    for [name, kind, place, data_type] in answers.rows() {
        let of_name = name.and_then(|name| all.get_mut(&name));
        let routine = of_name.zip(kind).and_then(|(routines, kind)| routines.get_mut(&kind));
        let (Some(routine), Some(data_type)) = (routine, data_type) else { continue };
        let data_type = Type::printed(&data_type, Dialect::Mysql, |_| None);
        match place {
            Some(_) => routine.returns = Some(data_type),
            None => routine.arguments.push(data_type),
        }
    }
    for (name, routines) in all {
        let body = ObjectBody::Routines(routines.into_values().collect());
        put(schema, &name, Space::Routine, body, None);
    }
}

/// A name, or nothing where the row has none.
fn shared(text: &Option<String>) -> Arc<str> {
    text.as_deref().unwrap_or_default().into()
}
