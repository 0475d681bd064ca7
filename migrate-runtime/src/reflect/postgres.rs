//! PostgreSQL 12 and newer: eight queries over the system catalog, whatever the size of the schema.
//!
//! Names are printed as a session sees them whose path is `public`, so that they come out as most migrations write them.

mod row;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use diesel::QueryResult;
use migrate_core::ddl::{Deferrable, Kind, Path, TypeName};
use migrate_core::dialect::Dialect;
use migrate_core::schema::{
    Certainty, Column, Constraint, ConstraintBody, Domain, ForeignKey, Generated, Identity, Index, Need,
    Object, ObjectBody, ObjectName, Routine, Schema, Sequence, Space, SqlText, Table, Trigger, Type, View,
    ViewColumn,
};

use super::{Answers, Reader};
use row::{Fields, action, sequence, table, view};

const DIALECT: Dialect = Dialect::Postgres;

/// Which schemas count, and how they are called.
const VISIBLE: &str = "(CASE WHEN n.oid = pg_my_temp_schema() THEN 'pg_temp'
      WHEN n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' THEN n.nspname END)";

/// The queries, and how many columns each gives.
const QUERIES: [(usize, &str); 8] = [
    (14, include_str!("postgres/relations.sql")),
    (9, include_str!("postgres/types.sql")),
    (12, include_str!("postgres/columns.sql")),
    (21, include_str!("postgres/constraints.sql")),
    (9, include_str!("postgres/indexes.sql")),
    (13, include_str!("postgres/functions.sql")),
    (8, include_str!("postgres/triggers.sql")),
    (5, include_str!("postgres/needs.sql")),
];

pub(super) fn read(reader: &mut Reader<'_>) -> QueryResult<Schema> {
    // Compiling such queries takes the server longer than running them does.
    let settings = "SELECT current_setting('search_path'),
           CASE WHEN current_setting('jit', true) = 'on' THEN set_config('jit', 'off', false) END";
    let mut found = reader.query(settings)?.into_iter().next();
    let mut setting = |column| found.as_mut().and_then(|row| row.take(column));
    let (path, jit) = (setting(0), setting(1));
    let schema = reader.queries(&QUERIES.map(|(columns, query)| whole(query, columns)), catalog);
    let path = DIALECT.quote_literal(&path.unwrap_or_default());
    let jit = if jit.is_some() { ", pg_catalog.set_config('jit', 'on', false)" } else { "" };
    let restored =
        reader.session.batch(&format!("SELECT pg_catalog.set_config('search_path', {path}, true){jit}"));
    let schema = schema?;
    restored?;
    Ok(schema)
}

/// A query as it is sent.
fn whole(query: &str, columns: usize) -> String {
    let query = query.replace(":visible", VISIBLE);
    let names: Vec<String> = (0..columns).map(|column| format!("c{column}")).collect();
    let texts: Vec<String> = names.iter().map(|name| format!("{name}::text")).collect();
    // The filter is evaluated once, before the first row. The setting ends with the transaction, which without an open
    // one is that of the query.
    format!(
        "SELECT {} FROM (\n{query}\n) AS rows ({})
         WHERE (SELECT pg_catalog.set_config('search_path', 'public', true)) IS NOT NULL",
        texts.join(", "),
        names.join(", ")
    )
}

fn catalog(answers: &Answers) -> Schema {
    let rows = || answers.next().map(|row| Fields(row.0.into_iter()));
    let (mut catalog, mut schema) = (Catalog::default(), Schema::new(DIALECT));
    catalog.relations(rows(), &mut schema);
    catalog.types(rows());
    catalog.columns(rows());
    catalog.constraints(rows());
    catalog.indexes(rows());
    catalog.functions(rows(), &mut schema);
    catalog.hangers(rows(), &mut schema);
    catalog.needs(rows());
    let Catalog { relations, types, .. } = catalog;
    for made in relations.into_values().chain(types.into_values()) {
        made.enter(&mut schema);
    }
    schema
}

/// What has been read so far, by the numbers that the catalog knows it by.
#[derive(Default)]
struct Catalog {
    relations: BTreeMap<String, Made>,
    types: BTreeMap<String, Made>,
    /// The names of all of these: each may be the type of a column.
    named: BTreeSet<ObjectName>,
    /// The types that were read, by how the catalog prints them.
    printed: HashMap<String, Type>,
    /// The columns by the numbers of their relations and their own.
    columns: HashMap<(u32, u16), Numbered>,
    /// The sequences of identity columns.
    counting: Vec<String>,
}

/// A column that constraints and indexes name by its number.
struct Numbered {
    name: Arc<str>,
    /// The number of its collation.
    collation: u32,
}

/// An object that is being put together.
struct Made {
    name: ObjectName,
    space: Space,
    body: ObjectBody,
    comment: Option<Arc<str>>,
    /// What the query of a view uses.
    needs: BTreeSet<Need>,
}

impl Made {
    fn new(name: ObjectName, space: Space, body: ObjectBody, comment: Option<Arc<str>>) -> Self {
        Self { name, space, body, comment, needs: BTreeSet::new() }
    }

    fn enter(self, schema: &mut Schema) {
        if let ObjectBody::Table(Table { indexes, .. }) | ObjectBody::View(View { indexes, .. }) = &self.body
        {
            for index in indexes {
                let name = ObjectName { schema: self.name.schema.clone(), name: index.name.clone() };
                let body = ObjectBody::Index { table: self.name.clone() };
                put(schema, Made::new(name, Space::Relation, body, None));
            }
        }
        put(schema, self);
    }
}

fn put(schema: &mut Schema, made: Made) {
    let Made { name, space, body, comment, mut needs } = made;
    let of = |object: &ObjectName, space: Space, part: Option<Arc<str>>, is_automatic: bool| Need {
        object: object.id(space, DIALECT),
        part,
        by: None,
        is_automatic,
    };
    match &body {
        ObjectBody::Table(table) => needs = table.needs(DIALECT),
        ObjectBody::View(view) => {
            let types = view.columns.iter().flatten().filter_map(|(_, data_type)| data_type.as_ref()?.made());
            needs.extend(types.map(|made| of(made, Space::Type, None, false)));
        }
        // What goes with its table.
        ObjectBody::Index { table } | ObjectBody::Other(_, Some(table)) => {
            needs.insert(of(table, Space::Relation, None, true));
        }
        ObjectBody::Sequence(Sequence { owned_by: Some((table, column)), .. }) => {
            needs.insert(of(table, Space::Relation, Some(column.clone()), true));
        }
        _ => {}
    }
    let id = name.id(space, DIALECT);
    schema.insert(id, Object { name, body, comment, certainty: Certainty::Certain, needs });
}

impl Catalog {
    fn relations(&mut self, rows: impl Iterator<Item = Fields>, schema: &mut Schema) {
        for mut row in rows {
            let kind = row.text();
            let name = ObjectName { schema: row.name(), name: row.name() };
            let comment = row.shared();
            let number = row.text();
            let (body, space) = match kind.as_str() {
                "schema" => (ObjectBody::Namespace, Space::Namespace),
                "extension" => (ObjectBody::Extension(row.shared()), Space::Extension),
                "c" => (ObjectBody::Composite(vec![]), Space::Type),
                "v" | "m" => (ObjectBody::View(view(&kind, &mut row)), Space::Relation),
                "S" => match sequence(&mut row, |text| self.data_type(text)) {
                    Some((sequence, is_of_identity)) => {
                        if is_of_identity {
                            self.counting.push(number.clone());
                        }
                        (ObjectBody::Sequence(sequence), Space::Relation)
                    }
                    None => continue,
                },
                _ => (ObjectBody::Table(table(&kind, &mut row)), Space::Relation),
            };
            let made = Made::new(name, space, body, comment);
            match space {
                Space::Namespace | Space::Extension => put(schema, made),
                _ => drop(self.relations.insert(number, made)),
            }
        }
    }

    fn types(&mut self, rows: impl Iterator<Item = Fields>) {
        // All types are known by name before the first of them is looked into.
        let mut domains = Vec::new();
        for mut row in rows {
            let (number, kind) = (row.text(), row.text());
            let name = ObjectName { schema: row.name(), name: row.name() };
            let labels = row.names();
            let (base, not_null, default) = (row.next(), row.is_true(), row.next());
            let body = match kind.as_str() {
                "e" => ObjectBody::Enum(labels),
                _ => ObjectBody::OtherType,
            };
            if let Some(base) = base {
                domains.push((number.clone(), base, not_null, default));
            }
            let comment = row.shared();
            self.types.insert(number, Made::new(name, Space::Type, body, comment));
        }
        self.named =
            self.types.values().chain(self.relations.values()).map(|made| made.name.clone()).collect();
        for (number, base, not_null, default) in domains {
            let data_type = self.data_type(&base);
            let default = default.map(|text| SqlText::printed(&text, DIALECT));
            if let Some(made) = self.types.get_mut(&number) {
                made.body = ObjectBody::Domain(Domain { data_type, not_null, default, checks: vec![] });
            }
        }
    }

    /// The type that the catalog prints so. Many columns share few types.
    fn data_type(&mut self, text: &str) -> Type {
        if let Some(known) = self.printed.get(text) {
            return known.clone();
        }
        let data_type = Type::printed(text, DIALECT, |path| self.made(path));
        self.printed.insert(text.to_owned(), data_type.clone());
        data_type
    }

    /// The names of columns by their numbers.
    fn column_names(&self, relation: u32, numbers: &[u16]) -> Vec<Arc<str>> {
        let named = |number: &u16| Some(self.columns.get(&(relation, *number))?.name.clone());
        numbers.iter().filter_map(named).collect()
    }

    fn type_named(&self, name: &TypeName) -> Type {
        Type::of(name, DIALECT, |path| self.made(path))
    }

    fn made(&self, path: &Path) -> Option<ObjectName> {
        let schema = path.schema.as_ref().map_or("public", |schema| &schema.text);
        self.named.get(&ObjectName::new(schema, &*path.name.text)).cloned()
    }

    fn columns(&mut self, rows: impl Iterator<Item = Fields>) {
        for mut row in rows {
            let number = row.text();
            let place = (number.parse().unwrap_or_default(), row.number());
            let name = row.name();
            let data_type = self.data_type(&row.text());
            let mut column = Column::new(name, data_type);
            column.not_null = row.is_true();
            column.collation = row.shared();
            let (generated, expr) = (row.text(), row.next());
            let expr = expr.map(|text| SqlText::printed(&text, DIALECT));
            match (generated.as_str(), expr) {
                ("", Some(expr)) => column.default = Some(expr).filter(|expr| &*expr.normal != "null"),
                (kept, Some(expr)) => {
                    column.generated = Some(Generated { expr, is_stored: kept == "s" });
                }
                (_, None) => {}
            }
            let identity = row.text();
            if !identity.is_empty() {
                column.identity = Some(Identity { is_always: identity == "a", options: vec![] });
            }
            column.is_local = row.is_true();
            self.columns.insert(place, Numbered { name: column.name.clone(), collation: row.number() });
            column.comment = row.shared();
            match self.relations.get_mut(&number).map(|made| &mut made.body) {
                Some(ObjectBody::Table(table)) => table.columns.push(column),
                Some(ObjectBody::View(view)) => {
                    let Column { name, data_type, default, comment, .. } = column;
                    view.say(&name, |said| *said = ViewColumn { default, comment });
                    view.columns.get_or_insert_default().push((name, Some(data_type)));
                }
                Some(ObjectBody::Composite(attributes)) => attributes.push((column.name, column.data_type)),
                _ => {}
            }
        }
        self.identities();
    }

    /// The settings of the sequences behind identity columns are told with those columns.
    fn identities(&mut self) {
        let mut settings = BTreeMap::new();
        for number in &self.counting {
            if let Some(ObjectBody::Sequence(Sequence { owned_by: Some(owner), options, .. })) =
                self.relations.get_mut(number).map(|made| &mut made.body)
            {
                settings.insert(owner.clone(), std::mem::take(options));
            }
        }
        for made in self.relations.values_mut() {
            let ObjectBody::Table(table) = &mut made.body else { continue };
            for column in &mut table.columns {
                let owner = (made.name.clone(), column.name.clone());
                if let (Some(identity), Some(options)) = (&mut column.identity, settings.remove(&owner)) {
                    identity.options = options;
                }
            }
        }
    }

    fn constraints(&mut self, rows: impl Iterator<Item = Fields>) {
        for mut row in rows {
            let (table, domain, kind, name) = (row.text(), row.text(), row.text(), row.name());
            let number = table.parse().unwrap_or_default();
            let columns = self.column_names(number, &row.numbers());
            let target = ObjectName { schema: row.name(), name: row.name() };
            let referenced = self.column_names(row.number(), &row.numbers());
            let (on_delete, on_update) = (action(&row.text()), action(&row.text()));
            let on_delete_columns = self.column_names(number, &row.numbers());
            let match_full = row.is_true();
            let text = row.text();
            let no_inherit = row.is_true();
            let deferrable =
                Deferrable { is_deferrable: row.is_true(), is_initially_deferred: row.is_true() };
            let (is_validated, is_local, nulls_not_distinct) = (row.is_true(), row.is_true(), row.is_true());
            let comment = row.shared();
            if let Some(ObjectBody::Domain(domain)) = self.types.get_mut(&domain).map(|made| &mut made.body) {
                domain.checks.push((name, SqlText::printed(&text, DIALECT)));
                continue;
            }
            let body = match kind.as_str() {
                "p" => ConstraintBody::PrimaryKey(columns),
                "u" => ConstraintBody::Unique { columns, nulls_not_distinct },
                "f" => ConstraintBody::ForeignKey(ForeignKey {
                    columns,
                    table: target,
                    referenced,
                    on_delete,
                    on_update,
                    on_delete_columns,
                    match_full,
                }),
                "c" => ConstraintBody::Check { expr: SqlText::printed(&text, DIALECT), columns, no_inherit },
                _ => ConstraintBody::Exclude(SqlText::exclusion(&text, DIALECT)),
            };
            if let Some(ObjectBody::Table(table)) = self.relations.get_mut(&table).map(|made| &mut made.body)
            {
                let name = Some(name);
                let is_name_made_up = false;
                let made = Constraint {
                    name,
                    is_name_made_up,
                    mysql_name: None,
                    body,
                    deferrable,
                    on_conflict: None,
                    is_validated,
                    comment,
                    is_local,
                    column: None,
                    uses: vec![],
                    may_be_missing: false,
                };
                table.constraints.push(made);
            }
        }
    }

    fn indexes(&mut self, rows: impl Iterator<Item = Fields>) {
        for mut row in rows {
            let (table, name, is_unique) = (row.text(), row.name(), row.is_true());
            let (numbers, collations) = (row.numbers::<u16>(), row.numbers::<u32>());
            let index = match row.next() {
                Some(text) => Index::printed(&text, DIALECT).map(|index| Index { name, ..index }),
                None => Some(self.plain_index(name, is_unique, &table, &numbers, &collations)),
            };
            let Some(mut index) = index else { continue };
            index.constraint = row.shared();
            index.comment = row.shared();
            for option in row.names() {
                let (key, value) = option.split_once('=').unwrap_or((&option, ""));
                index.set_option(key, Some(value));
            }
            match self.relations.get_mut(&table).map(|made| &mut made.body) {
                Some(ObjectBody::Table(table)) => table.indexes.push(index),
                Some(ObjectBody::View(view)) => view.indexes.push(index),
                _ => {}
            }
        }
    }

    /// An index of which nothing is to be said but its columns.
    fn plain_index(
        &self,
        name: Arc<str>,
        is_unique: bool,
        table: &str,
        numbers: &[u16],
        collations: &[u32],
    ) -> Index {
        let table = table.parse().unwrap_or_default();
        let mut index = Index::of_columns(name, self.column_names(table, numbers));
        index.is_unique = is_unique;
        for ((part, number), collation) in index.parts.iter_mut().zip(numbers).zip(collations) {
            // It has its own collation only where the column has another one.
            let of_column = self.columns.get(&(table, *number)).map_or(0, |column| column.collation);
            part.collation = (*collation != of_column).then(|| "default".into());
        }
        index
    }

    fn functions(&mut self, rows: impl Iterator<Item = Fields>, schema: &mut Schema) {
        let mut routines: BTreeMap<ObjectName, Vec<Routine>> = BTreeMap::new();
        for mut row in rows {
            let name = ObjectName { schema: row.name(), name: row.name() };
            let kind = match row.text().as_str() {
                "p" => Kind::Procedure,
                "a" => Kind::Aggregate,
                _ => Kind::Function,
            };
            let arguments: Vec<Type> = row.names().iter().map(|text| self.data_type(text).bare()).collect();
            let optional = row.text().parse().unwrap_or(0);
            let returns = row.next().map(|text| self.data_type(&text).bare());
            let (language, body, comment) = (row.text(), row.text(), row.shared());
            let is_text = !body.is_empty() && !matches!(language.as_str(), "c" | "internal");
            let digest = is_text.then(|| Routine::digest_of(&body, DIALECT));
            let text = row.shared();
            let declared = row.names();
            let declared = declared.chunks_exact(2).map(|pair| (&*pair[0], &*pair[1]));
            let options = (declared.len() > 0).then(|| Routine::declared(declared));
            let (given, returned) = (row.next(), row.next());
            let parameters = given.and_then(|given| {
                Routine::parameters_printed(&given, returned.as_deref(), |name| self.type_named(name).bare())
            });
            let routine = Routine {
                kind,
                arguments,
                optional,
                parameters,
                returns,
                digest,
                options,
                may_change_schema: true,
                text,
                can_be_followed: false,
                comment,
            };
            routines.entry(name).or_default().push(routine);
        }
        for (name, routines) in routines {
            let body = ObjectBody::Routines(routines);
            put(schema, Made::new(name, Space::Routine, body, None));
        }
    }

    /// What hangs on tables and views, and what is only known by its name.
    fn hangers(&mut self, rows: impl Iterator<Item = Fields>, schema: &mut Schema) {
        for mut row in rows {
            let (kind, table, space, name) = (row.text(), row.text(), row.name(), row.name());
            let text = row.text();
            let function = ObjectName { schema: row.name(), name: row.name() };
            let comment = row.shared();
            let named = match kind.as_str() {
                "Collation" => Some(Kind::Collation),
                "Event" => Some(Kind::Event),
                "Publication" => Some(Kind::Publication),
                _ => None,
            };
            if let Some(kind) = named {
                let name = ObjectName::other(kind, space, None, &name);
                put(schema, Made::new(name, Space::Other, ObjectBody::Other(kind, None), comment));
                continue;
            }
            let Some(made) = self.relations.get_mut(&table) else { continue };
            let kind = match kind.as_str() {
                "Policy" => Kind::Policy,
                "Rule" => Kind::Rule,
                "Statistics" => Kind::Statistics,
                _ => {
                    let text = SqlText::trigger(&text, DIALECT);
                    let trigger = Trigger { name, function: Some(function), text, comment };
                    match &mut made.body {
                        ObjectBody::Table(table) => table.triggers.push(trigger),
                        ObjectBody::View(view) => view.triggers.push(trigger),
                        _ => {}
                    }
                    continue;
                }
            };
            let name = ObjectName::other(kind, space, Some(&made.name.name), &name);
            let body = ObjectBody::Other(kind, Some(made.name.clone()));
            put(schema, Made::new(name, Space::Other, body, comment));
        }
    }

    /// What the queries of views use.
    fn needs(&mut self, rows: impl Iterator<Item = Fields>) {
        for mut row in rows {
            let (view, kind) = (row.text(), row.text());
            let name = ObjectName { schema: row.name(), name: row.name() };
            let space = match kind.as_str() {
                "relation" => Space::Relation,
                "routine" => Space::Routine,
                _ => Space::Type,
            };
            let need =
                Need { object: name.id(space, DIALECT), part: row.shared(), by: None, is_automatic: false };
            if let Some(made) = self.relations.get_mut(&view) {
                made.needs.insert(need);
            }
        }
    }
}
