//! What diesel's command makes of names: identifiers and texts of Rust.

/// A name of the database, and what it is in Rust.
///
/// The order is that in which diesel sorts tables and foreign keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// As the database has it.
    pub(super) sql: String,
    /// As Rust has it.
    pub(super) rust: String,
    /// The schema, unless it is the usual one.
    pub(super) schema: Option<String>,
}

impl Name {
    pub(super) fn new(sql: &str, schema: Option<&str>) -> Self {
        Self { sql: sql.to_owned(), rust: rust_name(sql, None), schema: schema.map(str::to_owned) }
    }

    /// As the database has it, with its schema.
    pub(super) fn full(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.sql),
            None => self.sql.clone(),
        }
    }

    /// As `table!` has it, with its schema.
    pub(super) fn path(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", rust_name(schema, None), self.rust),
            None => self.rust.clone(),
        }
    }
}

/// The words that are no identifiers.
const KEYWORDS: [&str; 53] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "Self", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield", "",
];

/// What means something else inside a table's module.
const IN_TABLES: [&str; 3] = ["table", "columns", "is_nullable"];

fn is_reserved(name: &str) -> bool {
    KEYWORDS.contains(&name) || IN_TABLES.contains(&name) || name.starts_with("__") && !name.ends_with('_')
}

/// The identifier for a name; that of a column is not its table's.
pub(super) fn rust_name(sql: &str, table: Option<&str>) -> String {
    let mut name = String::with_capacity(sql.len() + 1);
    let starts_with_digit = sql.starts_with(|c: char| c.is_ascii_digit());
    if starts_with_digit {
        name.push('_');
    }
    // Several characters that Rust does not take become one underscore.
    let mut is_replaced = starts_with_digit;
    for c in sql.chars() {
        let fits = c.is_ascii_alphanumeric() || c == '_';
        if fits || !is_replaced {
            name.push(if fits { c } else { '_' });
        }
        is_replaced = !fits;
    }
    if is_reserved(&name) || table == Some(name.as_str()) {
        name.push('_');
    }
    name
}

/// A text as a literal.
pub(super) fn literal(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let hashes = "#".repeat(text.matches('#').count() + 1);
    format!("r{hashes}\"{text}\"{hashes}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        let cases = [
            ("users", "users"),
            ("type", "type_"),
            ("table", "table_"),
            ("my table", "my_table"),
            ("a--b", "a_b"),
            ("a_-b", "a__b"),
            ("2fa", "_2fa"),
            ("2-x", "_2_x"),
            ("-x", "_x"),
            ("__x", "__x_"),
            ("__x_", "__x_"),
            ("é", "__"),
            ("", "_"),
            ("bool", "bool"),
            ("users_", "users_"),
        ];
        for (sql, rust) in cases {
            assert_eq!(rust_name(sql, None), rust, "{sql}");
        }
        assert_eq!(rust_name("users", Some("users")), "users_");
    }

    #[test]
    fn literals() {
        assert_eq!(literal("a#b"), "\"a#b\"");
        assert_eq!(literal("a\"#b"), "r##\"a\"#b\"##");
    }
}
