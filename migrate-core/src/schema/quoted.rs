//! Names in a text, of which some are in double quotes, as PostgreSQL reads and prints them.

use super::ObjectName;
use crate::dialect::Dialect;

/// The names of a text, with this character between them. Those without quotes are in lower case.
pub(crate) fn names_in(text: &str, between: char) -> Vec<String> {
    let mut all = vec![];
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, others) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (name, others) = unquoted(quoted);
                let others = others.trim_start();
                (name, others.strip_prefix(between).unwrap_or(others))
            }
            None => {
                let (name, others) = rest.split_once(between).unwrap_or((rest, ""));
                (name.trim().to_ascii_lowercase(), others)
            }
        };
        all.push(name);
        rest = others.trim_start();
    }
    all
}

/// A name whose first quote is taken off already, and what stands behind its last one.
fn unquoted(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let Some((start, others)) = rest.split_once('"') else {
            name.push_str(rest);
            return (name, "");
        };
        name.push_str(start);
        match others.strip_prefix('"') {
            Some(others) => {
                name.push('"');
                rest = others;
            }
            None => return (name, others),
        }
    }
}

/// A name with quotes, if it is no plain word.
pub(crate) fn quoted(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    match !name.is_empty() && name.bytes().all(is_plain) {
        true => name.to_owned(),
        false => Dialect::Postgres.quote_identifier(name),
    }
}

/// The relation that a text names, as in `nextval('s')`, with the schema that is looked through by itself where none is said.
pub(crate) fn relation_in(text: &str) -> Option<ObjectName> {
    match names_in(text, '.').as_slice() {
        [name] => Some(ObjectName::new("public", name.as_str())),
        [schema, name] => Some(ObjectName::new(schema.as_str(), name.as_str())),
        _ => None,
    }
}

/// A relation in a text that names it, with the quotes of a text.
pub(crate) fn relation_text(name: &ObjectName) -> String {
    let path = match &*name.schema {
        "public" | "pg_temp" => quoted(&name.name),
        schema => format!("{}.{}", quoted(schema), quoted(&name.name)),
    };
    format!("'{}'", path.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_printed() {
        let listed =
            |text| names_in(text, ',').iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        for (written, wanted) in [
            ("public, PG_temp", "public, pg_temp"),
            (r#""public","$user" , pg_temp"#, r#"public, "$user", pg_temp"#),
            (r#""""#, r#""""#),
            (r#""a, b", "it""s""#, r#""a, b", "it""s""#),
            ("\"open", "open"),
            ("", ""),
        ] {
            assert_eq!(listed(written), wanted, "{written}");
        }
    }

    #[test]
    fn relations_are_found_by_the_text_that_names_them() {
        for (text, printed) in [
            ("S", "'s'"),
            ("public.s", "'s'"),
            (r#""S""#, r#"'"S"'"#),
            (r#"shop."it's""#, r#"'shop."it''s"'"#),
            (r#""a.b"."say ""hi""""#, r#"'"a.b"."say ""hi"""'"#),
        ] {
            assert_eq!(relation_text(&relation_in(text).expect(text)), printed, "{text}");
        }
        assert_eq!(relation_in("a.b.c"), None);
        assert_eq!(relation_in(""), None);
    }
}
