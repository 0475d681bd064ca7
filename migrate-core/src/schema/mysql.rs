//! What MySQL and MariaDB spell in several ways, in one.
//!
//! Both what is replayed and what is reflected goes through here, so that the two meet.

use super::{BaseType, Column, Constraint, ConstraintBody, SqlText, Type};
use crate::dialect::Dialect;
use crate::sql::significant_tokens;

/// The name of a character set or a collation: `utf8` is `utf8mb3`.
pub fn name(written: &str) -> String {
    let name = written.to_ascii_lowercase();
    match name.strip_prefix("utf8") {
        Some(rest) if rest.is_empty() || rest.starts_with('_') => format!("utf8mb3{rest}"),
        _ => name,
    }
}

/// The character set of a collation.
pub fn charset_of(collation: &str) -> String {
    let name = name(collation);
    name.split('_').next().unwrap_or_default().to_owned()
}

/// Whether a server would make up that name for a foreign key or a check of the table.
pub fn is_made_up(table: &str, constraint: &str) -> bool {
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    let of_table = constraint
        .get(..table.len())
        .filter(|start| start.eq_ignore_ascii_case(table))
        .and_then(|_| constraint.get(table.len()..));
    let of_table =
        of_table.and_then(|rest| rest.strip_prefix("_ibfk_").or_else(|| rest.strip_prefix("_chk_")));
    of_table.or_else(|| constraint.strip_prefix("CONSTRAINT_")).is_some_and(is_number)
}

/// The names in backticks of a text that the server printed.
pub fn quoted_names(text: &str) -> Vec<String> {
    significant_tokens(text, Dialect::Mysql)
        .filter_map(|token| Some(token.strip_prefix('`')?.strip_suffix('`')?.replace("``", "`")))
        .collect()
}

/// Whether values of the type are texts, which have a character set.
pub fn is_text(data_type: &Type) -> bool {
    matches!(
        word(data_type),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set"
    )
}

/// Whether values of the type may be longer than what an index takes.
pub fn is_long(data_type: &Type) -> bool {
    match word(data_type) {
        "varchar" | "varbinary" => {
            let most = data_type.arguments.first().and_then(|length| length.parse().ok());
            most.unwrap_or(usize::MAX) > 191
        }
        "tinytext" | "text" | "mediumtext" | "longtext" | "tinyblob" | "blob" | "mediumblob" | "longblob"
        | "json" => true,
        _ => data_type.is_unknown(),
    }
}

/// How many characters or bytes a value has at most, as it is written.
pub fn length(data_type: &Type) -> Option<&str> {
    let has_length = matches!(word(data_type), "char" | "varchar" | "binary" | "varbinary");
    data_type.arguments.first().map(|length| &**length).filter(|_| has_length)
}

/// What InnoDB compares when it looks whether one column can be the key of another.
#[derive(PartialEq)]
enum KeyType {
    /// A whole number of so many bytes, with or without a sign.
    Whole(u8, bool),
    /// A text.
    Text,
    /// A number with a point.
    Float(u8),
    /// What is kept as bytes, which may be those of another such type.
    Bytes,
}

/// Whether one column certainly cannot refer to the other, by their types (`cmp_cols_are_equal` of InnoDB).
pub fn are_other_keys(one: &Column, other: &Column) -> bool {
    let (Some(first), Some(second)) = (key_type(&one.data_type), key_type(&other.data_type)) else {
        return false;
    };
    let differ = |one: &Option<std::sync::Arc<str>>, other: &Option<std::sync::Arc<str>>| {
        one.is_some() && other.is_some() && one != other
    };
    match first == second {
        true if first == KeyType::Text => {
            differ(&one.charset, &other.charset) || differ(&one.collation, &other.collation)
        }
        is_same => !is_same,
    }
}

fn key_type(data_type: &Type) -> Option<KeyType> {
    let name = data_type.to_string();
    let has_sign = !name.contains("unsigned") && !name.contains("zerofill");
    Some(match word(data_type) {
        "tinyint" => KeyType::Whole(1, has_sign),
        "smallint" => KeyType::Whole(2, has_sign),
        "mediumint" => KeyType::Whole(3, has_sign),
        "int" => KeyType::Whole(4, has_sign),
        "bigint" => KeyType::Whole(8, has_sign),
        "float" => KeyType::Float(4),
        "double" => KeyType::Float(8),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => KeyType::Text,
        "decimal" | "datetime" | "timestamp" | "binary" | "varbinary" => KeyType::Bytes,
        _ => return None,
    })
}

/// MariaDB's JSON is a `longtext` with a check. Makes a column JSON if it is one with that check; whether it is.
pub fn make_json(column: &mut Column, check: &SqlText) -> bool {
    let is_json = word(&column.data_type) == "longtext"
        && column.collation.as_deref() == Some("utf8mb4_bin")
        && check.normal.eq_ignore_ascii_case(&format!("json_valid({})", column.name));
    if is_json {
        column.data_type = Type::built_in("json");
        (column.charset, column.collation) = (None, None);
    }
    is_json
}

/// The check that makes JSON of a text in MariaDB, and is not there in MySQL.
pub fn check_of_json(column: &Column) -> Constraint {
    let name = &column.name;
    let expr = SqlText {
        written: format!("json_valid(`{name}`)").into(),
        normal: format!("json_valid({name})").into(),
    };
    let body = ConstraintBody::Check { expr, columns: vec![name.clone()], no_inherit: false };
    Constraint {
        is_name_made_up: true,
        column: Some(name.clone()),
        may_be_missing: true,
        ..Constraint::named(name.clone(), body)
    }
}

/// A default in the form in which the server keeps it: as a value of the column's type.
pub fn default(mut text: SqlText, data_type: &Type) -> SqlText {
    let Some(value) = constant(&text.normal) else { return text };
    text.normal = match word(data_type) {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float" | "double" | "year" => {
            number(&value)
        }
        "bit" => bits(&text.normal).unwrap_or_else(|| number(&value)),
        "date" | "datetime" | "timestamp" | "time" => quoted(&moment(&value, data_type)),
        "binary" | "varbinary" => {
            quoted(text_of_bytes(&value).trim_end_matches('\0').trim_end_matches("\\0"))
        }
        "enum" | "set" => quoted(&label(&value, data_type)),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => quoted(&value),
        _ => return text,
    }
    .into();
    text
}

/// The first word of a type's name.
fn word(data_type: &Type) -> &str {
    match &data_type.base {
        BaseType::BuiltIn(name) => name.split(' ').next().unwrap_or_default(),
        BaseType::Made(_) | BaseType::Unknown(_) => "",
    }
}

/// What a constant stands for, quotes taken off; `None` for what is none.
fn constant(normal: &str) -> Option<String> {
    if let Some(text) = normal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some(text.replace("''", "'"));
    }
    let is_number = normal.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    let is_bits = normal.to_ascii_lowercase().starts_with("b'");
    (is_number || is_bits).then(|| normal.to_owned())
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A number without what does not count: `1.50` is `1.5`, `0x10` is `16`.
fn number(text: &str) -> String {
    let text = text.trim().trim_start_matches('+');
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).map_or_else(|_| text.to_owned(), |value| value.to_string());
    }
    if text.contains(['e', 'E']) {
        return text.parse::<f64>().map_or_else(|_| text.to_owned(), |value| value.to_string());
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let digits = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    };
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        rest if rest.starts_with('.') => format!("{sign}0{rest}"),
        rest => format!("{sign}{rest}"),
    }
}

/// `0x6162` as a text.
fn text_of_bytes(text: &str) -> String {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> =
        text.strip_prefix("0x").and_then(|digits| digits.as_bytes().chunks(2).map(byte).collect());
    bytes.map_or_else(|| text.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// `b'101'` as a number.
fn bits(text: &str) -> Option<String> {
    let digits = text.strip_prefix(['b', 'B'])?.trim_matches('\'');
    u64::from_str_radix(digits, 2).ok().map(|value| value.to_string())
}

/// A date or a time with two digits each, without a midnight that is not said by all.
fn moment(text: &str, data_type: &Type) -> String {
    let kind = word(data_type);
    let text = match text {
        "0" if kind == "time" => "00:00:00",
        "0" => "0000-00-00",
        text => text,
    };
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, time),
        None if kind == "time" || text.contains(':') => ("", text),
        None => (text, ""),
    };
    let two = |parts: std::str::Split<'_, char>| parts.map(|part| format!("{part:0>2}")).collect::<Vec<_>>();
    let date = two(date.split('-')).join("-");
    let digits = data_type.arguments.first().and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let fraction = fraction.get(..digits).unwrap_or(fraction).trim_end_matches('0');
    let time = two(time.split(':')).join(":");
    let time = if fraction.is_empty() { time } else { format!("{time}.{fraction}") };
    match time.as_str() {
        "00" | "00:00" | "00:00:00" if kind != "time" => date,
        _ => format!("{date} {time}").trim().to_owned(),
    }
}

/// A label as the type writes it: texts are compared without regard to case.
fn label(text: &str, data_type: &Type) -> String {
    let labels = data_type.arguments.iter().map(|label| label.trim_matches('\''));
    let spelt =
        |one: &str| labels.clone().find(|label| label.eq_ignore_ascii_case(one)).unwrap_or(one).to_owned();
    match word(data_type) {
        "set" => text.split(',').map(spelt).collect::<Vec<_>>().join(","),
        _ => spelt(text),
    }
}

impl SqlText {
    /// MySQL's `CREATE TRIGGER`: when it runs and what it does, for its names are known elsewhere and its definer is the
    /// server's business.
    pub(super) fn mysql_trigger(text: &str) -> Self {
        let words: Vec<String> = significant_tokens(text, Dialect::Mysql)
            .map(|token| match token.starts_with(['\'', '"']) {
                true => token.to_owned(),
                false => token.trim_matches('`').to_lowercase(),
            })
            .collect();
        let is_event = |pair: &[String]| {
            matches!(&*pair[0], "before" | "after") && matches!(&*pair[1], "insert" | "update" | "delete")
        };
        let row = words.windows(3).position(|three| three == ["for", "each", "row"]);
        let (Some(event), Some(row)) = (words.windows(2).position(is_event), row) else {
            return Self::tokens(text, Dialect::Mysql);
        };
        let body = match words.get(row + 3).map(String::as_str) {
            Some("follows" | "precedes") => row + 5,
            _ => row + 3,
        };
        let normal = [&words[event..event + 2], words.get(body..).unwrap_or_default()].concat().join(" ");
        Self { written: text.trim().into(), normal: normal.trim_end_matches(" ;").into() }
    }

    /// A query that the server printed, which is not compared: it prints each anew.
    pub fn mysql_query(printed: &str) -> Self {
        Self { written: printed.trim().into(), normal: "".into() }
    }
}
