//! MySQL's names of types, as `COLUMN_TYPE` shows them, in the form that MySQL and MariaDB share: display widths, which
//! MySQL no longer keeps, are left out but for `tinyint(1)`, which means a truth.

use std::sync::Arc;

use super::{BaseType, Type};
use crate::ddl::TypeName;

pub(super) fn canonical(name: &TypeName) -> Type {
    let mut arguments: Vec<Arc<str>> = name.arguments.iter().map(|text| (&**text).into()).collect();
    let (words, sign) = match name.name.split_once(" unsigned") {
        Some((words, _)) => (words, " unsigned"),
        None => (name.name.trim_end_matches(" zerofill").trim_end_matches(" signed"), ""),
    };
    // What is filled with zeros has no sign.
    let sign = if name.name.ends_with(" zerofill") { " unsigned" } else { sign };
    let words = words.trim_start_matches("national ");
    let base: String = match words {
        "bool" | "boolean" => {
            arguments = vec!["1".into()];
            "tinyint".to_owned()
        }
        "tinyint" | "int1" => {
            arguments.retain(|width| &**width == "1" && sign.is_empty());
            format!("tinyint{sign}")
        }
        "smallint" | "int2" => integer("smallint", sign, &mut arguments),
        "mediumint" | "int3" | "middleint" => integer("mediumint", sign, &mut arguments),
        "int" | "integer" | "int4" => integer("int", sign, &mut arguments),
        "bigint" | "int8" => integer("bigint", sign, &mut arguments),
        "serial" => integer("bigint", " unsigned", &mut arguments),
        "decimal" | "dec" | "numeric" | "fixed" => {
            if arguments.is_empty() {
                arguments.push("10".into());
            }
            if arguments.len() == 1 {
                arguments.push("0".into());
            }
            format!("decimal{sign}")
        }
        "float" | "float4" => {
            // One argument is a number of bits.
            if let [bits] = arguments.as_slice() {
                let is_double = bits.parse::<u32>().is_ok_and(|bits| bits > 24);
                arguments.clear();
                return made(format!("{}{sign}", if is_double { "double" } else { "float" }), arguments);
            }
            format!("float{sign}")
        }
        "double" | "double precision" | "real" | "float8" => format!("double{sign}"),
        "character varying" | "char varying" | "varchar" | "varcharacter" | "nvarchar" => {
            "varchar".to_owned()
        }
        "character" | "char" | "nchar" => with_one("char", &mut arguments),
        "binary" => with_one("binary", &mut arguments),
        "bit" => with_one("bit", &mut arguments),
        "text" => sized("text", &mut arguments),
        "blob" => sized("blob", &mut arguments),
        "long" | "long varchar" | "long char varying" | "long character varying" => "mediumtext".to_owned(),
        "long varbinary" => "mediumblob".to_owned(),
        "year" => {
            arguments.clear();
            "year".to_owned()
        }
        other => other.to_owned(),
    };
    made(base, arguments)
}

fn made(base: String, arguments: Vec<Arc<str>>) -> Type {
    Type { base: BaseType::BuiltIn(base.into()), arguments, is_array: false }
}

fn integer(name: &str, sign: &str, width: &mut Vec<Arc<str>>) -> String {
    width.clear();
    format!("{name}{sign}")
}

fn with_one(name: &str, arguments: &mut Vec<Arc<str>>) -> String {
    if arguments.is_empty() {
        arguments.push("1".into());
    }
    name.to_owned()
}

/// `text(n)` is the smallest of its kind that holds so many bytes.
fn sized(name: &str, arguments: &mut Vec<Arc<str>>) -> String {
    let bytes = arguments.pop().and_then(|size| size.parse::<u64>().ok());
    match bytes {
        None => name.to_owned(),
        Some(0..=255) => format!("tiny{name}"),
        Some(256..=65_535) => name.to_owned(),
        Some(65_536..=16_777_215) => format!("medium{name}"),
        Some(_) => format!("long{name}"),
    }
}
