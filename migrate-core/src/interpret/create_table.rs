//! `CREATE TABLE`

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::constraint::{NewConstraint, in_order, of_columns};
use super::fts;
use super::lookup::{Found, shown};
use super::naming;
use super::run::Run;
use super::scope::Scope;
use crate::ddl::{
    ColumnConstraintKind, ColumnDef, CreateTable, Expr, ExprKind, Ident, Literal, Path, Query, TableElement,
};
use crate::dialect::Dialect;
use crate::schema::quoted::names_in;
use crate::schema::{
    Certainty, Column, Generated, Identity, Need, ObjectBody, ObjectId, ObjectName, Partition, Schema,
    Sequence, Space, SqlText, Table, TableKind, Type, columns_of,
};

impl Run<'_> {
    pub(super) fn create_table(&mut self, create: &CreateTable) {
        self.schema_may_be_there(&create.name);
        let Some(name) = self.new_name(&create.name, create.is_temporary) else {
            return self.schema.may_have_others = true;
        };
        let id = self.id(&name, Space::Relation);
        match self.schema.get(&id).map(|object| object.certainty) {
            // If it was there, it stayed as it was; if not, it is as said now.
            Some(Certainty::Doubtful) if create.if_not_exists => {
                self.schema.change(&id, |object| object.certainty = Certainty::Uncertain);
                return;
            }
            // It was not there, and so were neither its indexes nor its sequences.
            Some(Certainty::Doubtful) if self.dialect == Dialect::Postgres => self.take_out(&id, false),
            None | Some(Certainty::Doubtful) => {}
            Some(_) if self.is_spelt_otherwise(&id, &name.name) => return self.doubt(&id),
            Some(_) if create.if_not_exists => {
                let is_index =
                    matches!(self.schema.get(&id).map(|object| &object.body), Some(ObjectBody::Index { .. }));
                if is_index && self.dialect == Dialect::Sqlite {
                    let message = format!("there is an index `{}` already", shown(&create.name));
                    self.wrong("duplicate-index", create.name.at(), message);
                }
                return;
            }
            Some(_) if create.or_replace => drop(self.schema.remove(&id)),
            Some(_) => {
                let message = format!("there is a relation `{}` already", shown(&create.name));
                self.wrong("duplicate-table", create.name.at(), message);
                return;
            }
        }
        if self.is_type(&name) {
            let message = format!("there is a type `{name}` already, and a table is a type as well");
            self.wrong("duplicate-type", create.name.at(), message);
            return;
        }
        // A table of this name that is elsewhere is what the query means.
        let given = create.query.as_ref().map(|(names, query, _)| self.columns_from_query(names, query));
        let may_be_another = create.if_not_exists && self.schema.may_have_others;
        self.put(name.clone(), Space::Relation, ObjectBody::Table(Table::default()), BTreeSet::new());
        self.made.insert(id.clone());
        let constraints = self.fill_table(&id, &name, create, given);
        for element in &create.elements {
            if let TableElement::Like(source) = element {
                self.copy_indexes(&id, source);
            }
        }
        for constraint in self.merged(in_order(constraints, self.dialect)) {
            self.add_constraint(&id, &constraint);
        }
        match self.dialect {
            Dialect::Sqlite => {
                self.check_new_table(&id, create.name.at());
                for element in &create.elements {
                    if let TableElement::Column(column) = element {
                        self.check_computed(&id, column);
                    }
                }
            }
            Dialect::Mysql => {
                let comment = create.options.iter().rfind(|(key, _)| &**key == "comment");
                comment.into_iter().for_each(|(key, text)| self.set_mysql_option(&id, key, text));
                self.check_mysql_table(&id, &Schema::new(self.dialect), create.name.at());
            }
            Dialect::Postgres => {}
        }
        if may_be_another {
            self.lose(&id);
        }
    }

    /// Whether there is a type of that name, which PostgreSQL's tables and views are as well.
    pub(super) fn is_type(&self, name: &ObjectName) -> bool {
        let found = self.schema.get(&self.id(name, Space::Type));
        self.dialect == Dialect::Postgres
            && found.is_some_and(|object| object.certainty != Certainty::Doubtful)
    }

    /// Gives a new table its columns; returns the constraints that are still to be made.
    fn fill_table(
        &mut self,
        id: &ObjectId,
        name: &ObjectName,
        create: &CreateTable,
        given: Option<(Vec<Column>, bool)>,
    ) -> Vec<NewConstraint> {
        let mut table = Table {
            kind: match (&create.module, create.is_temporary) {
                (Some(module), _) => TableKind::Virtual((&*module.text).into()),
                (None, true) => TableKind::Temporary,
                _ if create.options.iter().any(|(key, _)| &**key == "foreign server") => TableKind::Foreign,
                (None, false) => TableKind::Plain,
            },
            options: match self.dialect {
                Dialect::Mysql => super::mysql::options(&create.options),
                _ => self.table_options(&create.options),
            },
            ..Table::default()
        };
        if create.module.is_some() {
            let arguments: Vec<&str> = fts::arguments(create).collect();
            table.options = [("arguments".into(), arguments.join(", ").into())].into();
        }
        let mut constraints = Vec::new();
        let searched = fts::columns(create);
        let is_copy = |element: &TableElement| matches!(element, TableElement::Like(_));
        // Which of the two a column is from is not followed.
        let is_both = !create.inherits.is_empty() && create.elements.iter().any(is_copy);
        let mut is_known =
            !is_both && (create.module.is_none() || searched.is_some()) && create.of_type.is_none();
        table.columns.extend(searched.into_iter().flatten());
        for parent in &create.inherits {
            is_known &= self.inherit(&mut table, parent, false);
        }
        if let Some(partition) = &create.partition_of {
            is_known &= self.inherit(&mut table, &partition.parent, true);
            let bounds = SqlText::tokens(partition.bounds.of(self.sql), self.dialect);
            table.partition = Some(Partition { by: None, bounds: Some(bounds) });
        }
        if let Some(by) = &create.partition_by {
            let by = SqlText::tokens(by.at.of(self.sql), self.dialect);
            table.partition.get_or_insert(Partition { by: None, bounds: None }).by = Some(by);
        }
        for element in &create.elements {
            match element {
                TableElement::Column(column) => {
                    self.new_column(id, name, &mut table, column, &mut constraints)
                }
                TableElement::Constraint(constraint) => {
                    constraints.push(NewConstraint::of_table(constraint));
                }
                TableElement::Like(source) => is_known &= self.like(id, name, &mut table, source),
            }
        }
        if let Some((columns, are_known)) = given {
            table.columns.extend(columns);
            is_known &= are_known;
        }
        self.change_table(id, |new| *new = table);
        if !is_known {
            self.lose(id);
        }
        self.expressions_of_columns(id, create);
        constraints
    }

    /// What columns are computed from must be there; defaults name no columns.
    fn expressions_of_columns(&mut self, id: &ObjectId, create: &CreateTable) {
        if self.dialect != Dialect::Postgres {
            return;
        }
        for element in &create.elements {
            let TableElement::Column(column) = element else { continue };
            for constraint in &column.constraints {
                match &constraint.kind {
                    ColumnConstraintKind::Generated(generated) => {
                        self.columns_must_be_there(id, &generated.expr);
                    }
                    ColumnConstraintKind::Default(expr) => self.names_no_column(expr),
                    _ => {}
                }
            }
        }
    }

    /// A default of PostgreSQL cannot look at the row.
    pub(super) fn names_no_column(&mut self, expr: &Expr) {
        let mut names = Vec::new();
        columns_of(expr, &mut names);
        if let (Some(name), Dialect::Postgres) = (names.first(), self.dialect) {
            let message = format!("a default cannot name the column `{}`", name.text);
            self.wrong("missing-column", name.at, message);
        }
    }

    /// The settings of a table that are compared: not where and how PostgreSQL stores it.
    fn table_options(&self, written: &[(Box<str>, Box<str>)]) -> BTreeMap<Arc<str>, Arc<str>> {
        let counts =
            |key: &str| self.dialect != Dialect::Postgres || matches!(key, "unlogged" | "foreign server");
        let settings = options(written).into_iter().filter(|(key, _)| counts(key));
        settings
            .map(|(key, value)| if &*key == "unlogged" { (key, "true".into()) } else { (key, value) })
            .collect()
    }

    /// `SELECT INTO`
    pub(super) fn create_from_query(&mut self, into: &Path, query: &Query) {
        let create = CreateTable {
            name: into.clone(),
            is_temporary: false,
            if_not_exists: false,
            or_replace: false,
            module: None,
            elements: vec![],
            inherits: vec![],
            partition_of: None,
            partition_by: None,
            of_type: None,
            query: Some((vec![], Box::new(query.clone()), true)),
            options: vec![],
        };
        self.create_table(&create);
    }

    /// The columns of a query; whether all are known, with their types.
    fn columns_from_query(&mut self, names: &[Ident], query: &Query) -> (Vec<Column>, bool) {
        let Some(fields) = self.query(query, &Scope::default()) else { return (vec![], false) };
        let mut is_known = true;
        let mut columns = Vec::new();
        for (place, field) in fields.into_iter().enumerate() {
            let name = names.get(place).map_or(field.name, |name| (&*name.text).into());
            let data_type = match self.dialect {
                Dialect::Postgres => field.data_type,
                Dialect::Sqlite => field.data_type.as_ref().and_then(super::sqlite::affinity),
                Dialect::Mysql => None,
            };
            let is_there = columns.iter().any(|column: &Column| self.same_name(&column.name, &name));
            if is_there && self.dialect == Dialect::Postgres {
                self.wrong("duplicate-column", query.at, format!("column `{name}` is there twice"));
            }
            // SQLite and MySQL tell columns of one name apart, or do not take them. PostgreSQL's column of a type that is not
            // known is told by that type.
            is_known &= (data_type.is_some() || self.dialect == Dialect::Postgres) && !is_there;
            let data_type = data_type.unwrap_or_else(|| Type::unknown(""));
            columns.push(Column::new(name, data_type));
        }
        (columns, is_known)
    }

    /// Takes over a parent's columns; whether all is known.
    fn inherit(&mut self, table: &mut Table, parent: &Path, is_part: bool) -> bool {
        let Some(parent_id) = self.relation(parent, "table") else { return false };
        let Some(object) = self.schema.get(&parent_id) else { return false };
        let ObjectBody::Table(whole) = &object.body else { return false };
        table.inherits.push(object.name.clone());
        for column in &whole.columns {
            if !table.columns.iter().any(|own| own.name == column.name) {
                // Who counts is the parent's business, unless the child is a part of it.
                let identity = column.identity.clone().filter(|_| is_part);
                table.columns.push(Column { is_local: false, identity, comment: None, ..column.clone() });
            }
        }
        let is_key = |body: &crate::schema::ConstraintBody| {
            matches!(body, crate::schema::ConstraintBody::ForeignKey(_))
        };
        let has_keys = !whole.indexes.is_empty()
            || !whole.triggers.is_empty()
            || whole.constraints.iter().any(|constraint| is_key(&constraint.body));
        let inherited = whole.constraints.iter().filter(|constraint| {
            matches!(constraint.body, crate::schema::ConstraintBody::Check { no_inherit: false, .. })
        });
        table.constraints.extend(inherited.cloned().map(|constraint| crate::schema::Constraint {
            is_local: false,
            comment: None,
            ..constraint
        }));
        // A part gets the keys and indexes of its whole under names of its own, which is not followed.
        object.certainty == Certainty::Certain && !(is_part && has_keys)
    }

    /// Adds a column to a table that is being made; its constraints come later.
    fn new_column(
        &mut self,
        id: &ObjectId,
        name: &ObjectName,
        table: &mut Table,
        written: &ColumnDef,
        constraints: &mut Vec<NewConstraint>,
    ) {
        let mut inherited = None;
        if let Some(place) = self.column_place(table, &written.name.text) {
            if table.columns[place].is_local {
                let message = format!("column `{}` is there twice", written.name.text);
                self.wrong("duplicate-column", written.name.at, message);
                return;
            }
            // PostgreSQL merges it with the inherited one.
            inherited = Some(table.columns.remove(place));
        }
        let mut column = self.column_of(id, name, written);
        if self.dialect == Dialect::Mysql {
            super::mysql::settle_column(&mut column, written, &table.options);
        }
        if let Some(inherited) = inherited {
            let are_known = !column.data_type.is_unknown() && !inherited.data_type.is_unknown();
            if written.data_type.is_none() {
                column.data_type = inherited.data_type;
            } else if are_known && column.data_type != inherited.data_type {
                let message = format!("column `{}` is inherited with another type", column.name);
                self.wrong("duplicate-column", written.name.at, message);
                return;
            }
            column.not_null |= inherited.not_null;
            if column.default.is_none() && column.generated.is_none() {
                (column.default, column.uses) = (inherited.default, inherited.uses);
                column.generated = inherited.generated;
            }
        }
        table.columns.push(column);
        constraints.extend(of_columns(written, self.dialect));
    }

    /// A column from what is written about it, without what is a constraint of its table.
    pub(super) fn column_of(&mut self, id: &ObjectId, table: &ObjectName, written: &ColumnDef) -> Column {
        let data_type = match &written.data_type {
            Some(data_type) => self.known_type(data_type),
            None => Type::built_in(""),
        };
        let mut column = Column::new((&*written.name.text).into(), data_type);
        if self.dialect == Dialect::Sqlite {
            self.check_column(written);
        }
        if let Some(data_type) = &written.data_type {
            if self.dialect == Dialect::Mysql && data_type.name.ends_with(" zerofill") {
                column.attributes.push("ZEROFILL".into());
            }
            column.charset = data_type.charset.as_deref().map(Into::into);
            column.collation = data_type.collation.as_ref().and_then(|path| self.collation(path));
            if Type::serial(data_type, self.dialect) {
                column.not_null = true;
                match self.dialect {
                    Dialect::Postgres => self.serial(id, table, &mut column),
                    _ => column.auto_increment = true,
                }
            }
        }
        for constraint in &written.constraints {
            match &constraint.kind {
                ColumnConstraintKind::NotNull => {
                    (column.not_null, column.on_null) = (true, constraint.on_conflict);
                }
                ColumnConstraintKind::Default(expr) => self.set_default(&mut column, expr),
                ColumnConstraintKind::PrimaryKey { autoincrement, .. } => {
                    column.auto_increment |= autoincrement;
                    column.not_null |= self.dialect != Dialect::Sqlite;
                }
                ColumnConstraintKind::Generated(generated) => {
                    column.uses = self.used_by(&generated.expr);
                    let expr = self.text(&generated.expr);
                    column.generated = Some(Generated { expr, is_stored: generated.is_stored });
                }
                ColumnConstraintKind::Identity(identity) => {
                    column.not_null = true;
                    self.own_sequence(id, table, &mut column);
                    let options = Sequence::settled(&column.data_type, &options(&identity.options));
                    column.identity = Some(Identity { is_always: identity.is_always, options });
                }
                ColumnConstraintKind::AutoIncrement => {
                    column.auto_increment = true;
                    column.not_null = true;
                }
                ColumnConstraintKind::Collate(path) => column.collation = self.collation(path),
                // An empty one is none.
                ColumnConstraintKind::Comment(text) => {
                    column.comment = Some((&**text).into()).filter(|_| !text.is_empty())
                }
                ColumnConstraintKind::Attribute(text) => column.attributes.push((&**text).into()),
                ColumnConstraintKind::OnUpdate(expr) => column.on_update = Some(self.text(expr)),
                ColumnConstraintKind::Null
                | ColumnConstraintKind::Unique { .. }
                | ColumnConstraintKind::Check { .. }
                | ColumnConstraintKind::OwnCheck(_)
                | ColumnConstraintKind::References(_)
                | ColumnConstraintKind::Other => {}
            }
        }
        column
    }

    /// What a column's collation is called: PostgreSQL's without its schema. Its `default` is none.
    pub(super) fn collation(&self, path: &Path) -> Option<Arc<str>> {
        match self.dialect {
            Dialect::Postgres => {
                Some((&*path.name.text).into()).filter(|name: &Arc<str>| &**name != "default")
            }
            _ => Some(shown(path).into()),
        }
    }

    /// Gives a column its default, unless that is `NULL`.
    pub(super) fn set_default(&mut self, column: &mut Column, expr: &Expr) {
        self.functions_must_be_there(expr);
        column.uses = self.used_by(expr);
        column.default = match &expr.kind {
            ExprKind::Literal(Literal::Null) => None,
            // The database reads the text as a value of the type.
            ExprKind::Literal(Literal::Text(text)) if self.dialect == Dialect::Postgres => {
                let mut default = self.text(expr);
                if let Some(value) = value_of(text, &column.data_type) {
                    default.normal = value.into();
                }
                Some(default)
            }
            _ => Some(self.text(expr)),
        };
    }

    /// PostgreSQL's `serial`: a sequence that belongs to the column and gives its default.
    fn serial(&mut self, id: &ObjectId, table: &ObjectName, column: &mut Column) {
        let sequence = self.own_sequence(id, table, column);
        column.default = Some(SqlText::sequence(&sequence));
        column.uses = vec![self.id(&sequence, Space::Relation)];
    }

    pub(super) fn own_sequence(
        &mut self,
        id: &ObjectId,
        table: &ObjectName,
        column: &mut Column,
    ) -> ObjectName {
        let name = naming::free_name(&table.name, Some(&column.name), "seq", |name| {
            self.is_relation(&table.schema, name)
        });
        let name = ObjectName { schema: table.schema.clone(), name: name.into() };
        let sequence = Sequence {
            data_type: column.data_type.clone(),
            options: vec![],
            owned_by: Some((table.clone(), column.name.clone())),
            is_temporary: false,
        };
        let need = Need { object: id.clone(), part: Some(column.name.clone()), by: None, is_automatic: true };
        self.put(name.clone(), Space::Relation, ObjectBody::Sequence(sequence), BTreeSet::from([need]));
        name
    }

    /// The type that a name stands for.
    pub(super) fn data_type(&self, name: &crate::ddl::TypeName) -> Type {
        Type::of(name, self.dialect, |path| match self.find(path, Space::Type) {
            Found::Known(id) => self.schema.get(&id).map(|object| object.name.clone()),
            // A table is a type as well.
            Found::Unknown | Found::Missing => match self.find(path, Space::Relation) {
                Found::Known(id) => self.schema.get(&id).map(|object| object.name.clone()),
                Found::Unknown | Found::Missing => None,
            },
        })
    }

    /// The sequences and functions of the schema that an expression uses.
    pub(super) fn used_by(&self, expr: &Expr) -> Vec<ObjectId> {
        let mut used = Vec::new();
        self.uses(expr, &mut used);
        used.sort_unstable();
        used.dedup();
        used
    }

    fn uses(&self, expr: &Expr, out: &mut Vec<ObjectId>) {
        match &expr.kind {
            ExprKind::Call { name, arguments } => {
                if let Found::Known(routine) = self.find(name, Space::Routine) {
                    out.push(routine);
                }
                if &*name.name.text == "nextval"
                    && let Some(sequence) =
                        arguments.first().and_then(|argument| self.named_relation(argument))
                {
                    out.push(sequence);
                }
                arguments.iter().for_each(|argument| self.uses(argument, out));
            }
            ExprKind::Cast(inner, _) => self.uses(inner, out),
            ExprKind::Operation(_, parts) => parts.iter().for_each(|part| self.uses(part, out)),
            _ => {}
        }
    }

    /// The relation that a text names, as in `nextval('s')`.
    fn named_relation(&self, expr: &Expr) -> Option<ObjectId> {
        match &expr.kind {
            ExprKind::Cast(inner, _) => self.named_relation(inner),
            ExprKind::Literal(Literal::Text(text)) => {
                let ident = |text: &String| Ident::new(text.as_str(), expr.at);
                let path = match names_in(text, '.').as_slice() {
                    [name] => Path::plain(ident(name)),
                    [schema, name] => Path { schema: Some(ident(schema)), name: ident(name) },
                    _ => return None,
                };
                match self.find(&path, Space::Relation) {
                    Found::Known(id) => Some(id),
                    Found::Unknown | Found::Missing => None,
                }
            }
            _ => None,
        }
    }
}

/// How PostgreSQL prints a text that it has read as a value of a type.
fn value_of(text: &str, data_type: &Type) -> Option<String> {
    if data_type.is_array {
        return None;
    }
    match data_type.to_string().as_str() {
        "boolean" => match text.trim().to_ascii_lowercase().as_str() {
            "t" | "true" | "y" | "yes" | "on" | "1" => Some("true".to_owned()),
            "f" | "false" | "n" | "no" | "off" | "0" => Some("false".to_owned()),
            _ => None,
        },
        "integer" | "bigint" | "smallint" => Some(text.trim().to_owned()),
        _ => None,
    }
}

pub(super) fn options(written: &[(Box<str>, Box<str>)]) -> Vec<(Arc<str>, Arc<str>)> {
    written.iter().map(|(key, value)| ((&**key).into(), (&**value).into())).collect()
}
