//! Tables that `diesel print-schema` would have put into a file, and that are declared in none.

use migrate_core::schema::{Certainty, Object, ObjectBody, ObjectId, Schema, TableKind};

use crate::compare::{ModelFile, default_schema, is_of_tool};

/// A table that is not declared, and the place of the file that would declare it.
pub(crate) struct Undeclared<'s> {
    pub(crate) id: &'s ObjectId,
    pub(crate) object: &'s Object,
    pub(crate) file: usize,
}

/// The tables but those that are declared; none while a declaration is not understood, which may be of any table.
pub(crate) fn undeclared<'s>(
    files: &[ModelFile],
    schema: &'s Schema,
    is_declared: impl Fn(&ObjectId) -> bool,
) -> Vec<Undeclared<'s>> {
    let dialect = schema.dialect();
    let is_elsewhere = |file: &ModelFile, at: usize| !file.models.tables.iter().any(|it| it.at.contains(&at));
    let is_unread = |file: &ModelFile| {
        let models = &file.models;
        models.is_unbalanced || models.unread.iter().any(|unread| is_elsewhere(file, unread.at.start))
    };
    if files.iter().any(is_unread) {
        return vec![];
    }
    let mut found = Vec::new();
    for (id, object) in schema.objects().sorted() {
        let ObjectBody::Table(table) = &object.body else { continue };
        let is_printed = table.kind == TableKind::Plain && !table.is_part() && table.primary_key().is_some();
        if !is_printed
            || object.certainty != Certainty::Certain
            || is_declared(id)
            || is_of_tool(&object.name.name)
        {
            continue;
        }
        let file = files.iter().position(|file| {
            let has_tables = file.models.tables.iter().any(|table| table.dialects.contains(dialect));
            let settings = file.settings.as_ref();
            let schema = settings.and_then(|settings| settings.schema.as_deref());
            has_tables
                && schema.unwrap_or(default_schema(dialect)) == &*object.name.schema
                && settings.is_none_or(|settings| settings.filter.admits(&object.name.name))
                && !file.touched.has_table(None, &object.name.name)
        });
        found.extend(file.map(|file| Undeclared { id, object, file }));
    }
    found
}
