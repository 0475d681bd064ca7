//! The names of outputs that are not written, as the server's `FigureColname` finds them.

use crate::ddl::{Expr, ExprKind, Ident, QueryBody, TypeName};

/// The name of an output without an alias; `None` for a star.
pub(super) fn implied_name(expr: &Expr) -> Option<Ident> {
    if matches!(&expr.kind, ExprKind::Star(_))
        || matches!(&expr.kind, ExprKind::Operation(name, _) if &**name == ".*")
    {
        return None;
    }
    match strongest(expr).0 {
        Some(name) => Some(name),
        None => Some(Ident::new("?column?", expr.at)),
    }
}

/// A name, and whether it is better than one that a cast around it gives.
fn strongest(expr: &Expr) -> (Option<Ident>, bool) {
    let strong = |name: &str| (Some(Ident::new(name, expr.at)), true);
    let weak = |name: &str| (Some(Ident::new(name, expr.at)), false);
    match &expr.kind {
        ExprKind::Column(names) => (names.last().cloned(), true),
        ExprKind::Call { name, .. } => (Some(name.name.clone()), true),
        ExprKind::Cast(value, to) => match strongest(value) {
            (name, true) => (name, true),
            _ => weak(&catalog_name(to)),
        },
        ExprKind::Subquery(query) => {
            let mut query = query;
            let mut first;
            loop {
                match &query.body {
                    QueryBody::Select(select) => {
                        let name = select.outputs.first().and_then(|output| output.alias.clone());
                        let is_known = name.as_ref().is_some_and(|name| &*name.text != "?column?");
                        return if is_known { (name, true) } else { (None, false) };
                    }
                    QueryBody::Compound(operands) => match operands.first() {
                        Some(operand) => {
                            first = Box::new(operand.clone());
                            query = &first;
                        }
                        None => return (None, false),
                    },
                    QueryBody::Values(_) => return strong("column1"),
                    QueryBody::Table(_) | QueryBody::Opaque => return (None, false),
                }
            }
        }
        ExprKind::Operation(operator, parts) => match &**operator {
            "case" => {
                let last = parts
                    .last()
                    .filter(|last| matches!(&last.kind, ExprKind::Operation(name, _) if &**name == "else"));
                let otherwise = last.and_then(|last| match &last.kind {
                    ExprKind::Operation(_, parts) => parts.first(),
                    _ => None,
                });
                match otherwise.map(strongest) {
                    Some((name, true)) => (name, true),
                    _ => weak("case"),
                }
            }
            "array" => strong("array"),
            "row" => strong("row"),
            "exists" => strong("exists"),
            "overlaps" => strong("overlaps"),
            "at time zone" | "at local" => strong("timezone"),
            "[]" | "collate" => parts.first().map_or((None, false), strongest),
            field if field.len() > 1 && field.starts_with('.') && field != ".*" => strong(&field[1..]),
            normalized if normalized.starts_with("is ") && normalized.ends_with("normalized") => {
                strong("is_normalized")
            }
            _ => (None, false),
        },
        ExprKind::Star(_)
        | ExprKind::ColumnOrText(_)
        | ExprKind::Literal(_)
        | ExprKind::Other
        | ExprKind::Opaque => (None, false),
    }
}

/// The name that the catalog has for a type that the grammar has a word for.
fn catalog_name(written: &TypeName) -> String {
    let words = written.name.strip_prefix("national ").unwrap_or(&written.name);
    match words {
        "int" | "integer" => "int4",
        "smallint" => "int2",
        "bigint" => "int8",
        "real" => "float4",
        "float" => match written.arguments.first().and_then(|bits| bits.parse::<u32>().ok()) {
            Some(bits) if bits < 25 => "float4",
            _ => "float8",
        },
        "double precision" => "float8",
        "decimal" | "dec" => "numeric",
        "boolean" => "bool",
        "character varying" | "char varying" | "nchar varying" => "varchar",
        "char" if written.schema.is_none() => "bpchar",
        "character" | "nchar" => "bpchar",
        "bit varying" => "varbit",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        interval if interval.starts_with("interval ") => "interval",
        other => other,
    }
    .to_owned()
}
