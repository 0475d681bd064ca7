//! The SQL type that a new column gets, where nothing else says it.

use migrate_core::dialect::Dialect;
use migrate_core::schema::{Certainty, ObjectBody, ObjectName, Schema, Space};

use crate::models::{Column, ModelType, Models};
use crate::type_map::TypeMap;
use crate::types::{common, own, plain, range};

/// What is known where a type is chosen.
pub(super) struct Types<'a> {
    pub(super) models: &'a Models,
    pub(super) map: &'a TypeMap,
    pub(super) schema: &'a Schema,
}

impl Types<'_> {
    /// The type of a column; `is_key` where it is part of a key. An error says what is missing.
    pub(super) fn of(&self, column: &Column, is_key: bool) -> Result<String, String> {
        let dialect = self.schema.dialect();
        if let Some(said) = column.more.sql_type.as_ref().and_then(|said| said.get(dialect)) {
            return Ok(said.to_owned());
        }
        let model = column.data_type.nullable().1;
        if let Some(labels) = &column.more.labels {
            let labels: Vec<String> = labels.iter().map(|label| dialect.quote_literal(label)).collect();
            match dialect {
                Dialect::Postgres => {}
                Dialect::Mysql => return Ok(format!("ENUM({})", labels.join(", "))),
                Dialect::Sqlite => return Ok("TEXT".to_owned()),
            }
        }
        self.named(model, column.max_length, is_key)
    }

    fn named(&self, model: &ModelType, length: Option<u64>, is_key: bool) -> Result<String, String> {
        let dialect = self.schema.dialect();
        let name = model.name();
        if let Some(sql) = self.map.get(name, dialect) {
            return Ok(sql.to_owned());
        }
        let found = match dialect {
            Dialect::Postgres => self.postgres(model, length)?,
            Dialect::Mysql => mysql(model, length, is_key),
            Dialect::Sqlite => sqlite(name, length),
        };
        found.ok_or_else(|| match dialect {
            Dialect::Postgres => {
                format!("no type of the database is known for `{model}`")
            }
            Dialect::Mysql => format!("MySQL has no type for `{model}`"),
            Dialect::Sqlite => format!("SQLite has no type for `{model}`"),
        })
    }

    fn postgres(&self, model: &ModelType, length: Option<u64>) -> Result<Option<String>, String> {
        if let Some(inner) = model.inside("Array") {
            let inner = self.named(inner.nullable().1, length, false)?;
            return Ok(Some(format!("{inner}[]")));
        }
        if let Some(name) = self.made(model) {
            let quoted = |name: &str| Dialect::Postgres.quote_identifier(name);
            return Ok(Some(match &*name.schema {
                "" | "public" => quoted(&name.name),
                schema => format!("{}.{}", quoted(schema), quoted(&name.name)),
            }));
        }
        Ok(postgres(model, length))
    }

    /// The type that the file declares, or that the schema has under a name like this one.
    pub(super) fn made(&self, model: &ModelType) -> Option<ObjectName> {
        let name = model.name();
        let declared = self.models.types.iter().find(|custom| custom.rust_name == name);
        if let Some(postgres) = declared.and_then(|custom| custom.postgres.as_ref()) {
            let schema = postgres.schema.as_deref().unwrap_or("public");
            let own = ObjectName::new(schema, postgres.name.as_str());
            // A name that `diesel print-schema` wrote may be in another case.
            return Some(self.find(&postgres.name, postgres.schema.as_deref()).unwrap_or(own));
        }
        if common(name).is_some() || postgres(model, None).is_some() || model.inside("Array").is_some() {
            return None;
        }
        self.find(name, None)
    }

    /// The one type of a name, whichever way that is written.
    fn find(&self, name: &str, schema: Option<&str>) -> Option<ObjectName> {
        let mut found = self.schema.objects_in(Space::Type).filter(|(_, object)| {
            plain(&object.name.name) == plain(name)
                && schema.is_none_or(|schema| *object.name.schema == *schema)
                && object.certainty != Certainty::Doubtful
                && !matches!(object.body, ObjectBody::Other(..))
        });
        let first = found.next()?.1.name.clone();
        found.next().is_none().then_some(first)
    }
}

fn postgres(model: &ModelType, length: Option<u64>) -> Option<String> {
    let name = model.name();
    let own = own(name);
    let with_length = |word: &str| match length {
        Some(length) => format!("{word}({length})"),
        None => word.to_owned(),
    };
    Some(match name {
        "Char" | "Bpchar" | "BpChar" => match (name, length) {
            (_, Some(length)) => format!("char({length})"),
            ("Char", None) => "char(1)".to_owned(),
            (_, None) => "bpchar".to_owned(),
        },
        "VarChar" | "Varchar" => with_length("varchar"),
        "Text" if length.is_some() => with_length("varchar"),
        // The front end takes `"char"` for `char`.
        "TinyInt" | "Tinyint" | "CChar" => return None,
        "Tsvector" | "TsVector" | "Tsquery" | "TsQuery" | "Ltree" | "Hstore" | "Xml" => name.to_lowercase(),
        "Range" | "Multirange" => return range(model),
        _ => match common(name).or(own.as_deref())? {
            "bool" => "boolean",
            "int2" => "smallint",
            "int4" => "integer",
            "int8" => "bigint",
            "float4" => "real",
            "float8" => "double precision",
            "tinyint" => return None,
            class => class,
        }
        .to_owned(),
    })
}

fn mysql(model: &ModelType, length: Option<u64>, is_key: bool) -> Option<String> {
    if let Some(inner) = model.inside("Unsigned") {
        return mysql(inner, None, is_key).map(|inner| format!("{inner} unsigned"));
    }
    let name = model.name();
    // A text without a length cannot be a key, and a VARCHAR has to have one.
    let sized = |word: &str| format!("{word}({})", length.unwrap_or(255));
    Some(match name {
        "Char" | "Bpchar" | "BpChar" => format!("char({})", length.unwrap_or(1)),
        "VarChar" | "Varchar" => sized("varchar"),
        "Text" if length.is_some() || is_key => sized("varchar"),
        "Varbinary" => sized("varbinary"),
        "Binary" if length.is_some() || is_key => sized("varbinary"),
        "Tinytext" | "Mediumtext" | "Longtext" | "Tinyblob" | "Mediumblob" | "Longblob" | "Datetime" => {
            name.to_lowercase()
        }
        "Bit" => "bit".to_owned(),
        _ => match common(name)? {
            "bool" => "boolean",
            "tinyint" => "tinyint",
            "int2" => "smallint",
            "int4" => "int",
            "int8" => "bigint",
            "float4" => "float",
            "float8" => "double",
            "numeric" => "decimal",
            "text" => "text",
            "bytea" => "blob",
            class => class,
        }
        .to_owned(),
    })
}

fn sqlite(name: &str, length: Option<u64>) -> Option<String> {
    Some(match name {
        "TimestamptzSqlite" | "Timestamptz" => "TIMESTAMP".to_owned(),
        "Datetime" => "DATETIME".to_owned(),
        "Jsonb" => "BLOB".to_owned(),
        _ => match (common(name)?, length) {
            ("text", Some(length)) => format!("VARCHAR({length})"),
            ("bool", _) => "BOOLEAN".to_owned(),
            ("tinyint", _) => "TINYINT".to_owned(),
            ("int2", _) => "SMALLINT".to_owned(),
            ("int4", _) => "INTEGER".to_owned(),
            ("int8", _) => "BIGINT".to_owned(),
            ("float4", _) => "FLOAT".to_owned(),
            ("float8", _) => "DOUBLE".to_owned(),
            ("numeric", _) => "NUMERIC".to_owned(),
            ("bytea", _) => "BLOB".to_owned(),
            ("json", _) => "TEXT".to_owned(),
            (class, _) => class.to_uppercase(),
        },
    })
}
