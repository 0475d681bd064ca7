//! What `diesel.toml` says about a `schema.rs`.

use regex_lite::Regex;
use toml::de::{DeTable, DeValue};

/// How one file is printed: a table of `[print_schema]`.
#[derive(Clone, Debug, Default)]
pub struct PrintSchema {
    /// The file, as written: from the folder of `diesel.toml`.
    pub file: Option<String>,
    /// The database schema that it is about.
    pub schema: Option<String>,
    /// The tables that it has.
    pub filter: Filter,
    /// The patch that is applied to it, as written.
    pub patch_file: Option<String>,
}

/// Which tables are printed.
#[derive(Clone, Debug, Default)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those that one of these finds something in.
    Only(Vec<Regex>),
    /// All but those.
    Except(Vec<Regex>),
    /// Nobody knows: a pattern was not understood.
    Unknown,
}

impl Filter {
    /// Whether the table is printed for sure.
    pub fn admits(&self, table: &str) -> bool {
        let finds = |patterns: &[Regex]| patterns.iter().any(|pattern| pattern.is_match(table));
        match self {
            Self::All => true,
            Self::Only(patterns) => finds(patterns),
            Self::Except(patterns) => !finds(patterns),
            Self::Unknown => false,
        }
    }
}

/// The tables of `[print_schema]`, the one without a name first; none if the text is no TOML.
///
/// What says how to print, and not what (`column_sorting`, `import_types`, `with_docs`), is left out.
pub fn print_schemas(text: &str) -> Vec<PrintSchema> {
    let Ok(root) = DeTable::parse(text) else { return vec![] };
    let Some(table) = root.get_ref().get("print_schema").and_then(|value| value.get_ref().as_table()) else {
        return vec![];
    };
    let mut all = vec![of(table)];
    for (key, value) in table {
        if let (name, DeValue::Table(named)) = (key.get_ref(), value.get_ref())
            && name != "filter"
        {
            all.push(of(named));
        }
    }
    all.retain(|print| print.file.is_some());
    all
}

fn of(table: &DeTable<'_>) -> PrintSchema {
    let text = |key: &str| Some(table.get(key)?.get_ref().as_str()?.to_owned());
    let filter = table.get("filter").and_then(|filter| filter.get_ref().as_table());
    let patterns = |key: &str| filter.and_then(|filter| Some(patterns(filter.get(key)?.get_ref())));
    let filter = match (patterns("only_tables"), patterns("except_tables")) {
        (Some(Some(only)), _) => Filter::Only(only),
        (None, Some(Some(except))) => Filter::Except(except),
        (None, None) => Filter::All,
        _ => Filter::Unknown,
    };
    PrintSchema { file: text("file"), schema: text("schema"), filter, patch_file: text("patch_file") }
}

fn patterns(value: &DeValue<'_>) -> Option<Vec<Regex>> {
    value.as_array()?.iter().map(|text| Regex::new(text.get_ref().as_str()?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_files_each_with_its_tables() {
        let all = print_schemas(
            "[print_schema]\nfile = \"a.rs\"\nfilter = { except_tables = [\"^old_\"] }\npatch_file = \"a.patch\"\n\
             column_sorting = \"name\"\n\
             [print_schema.second]\nfile = \"b.rs\"\nschema = \"shop\"\nfilter = { only_tables = [\"orders\"] }\n\
             [print_schema.third]\nfilter = { only_tables = [\"(\"] }\nfile = \"c.rs\"\n[print_schema.fourth]\n",
        );
        let facts: Vec<_> =
            all.iter().map(|print| (print.file.as_deref(), print.schema.as_deref())).collect();
        assert_eq!(facts, [(Some("a.rs"), None), (Some("b.rs"), Some("shop")), (Some("c.rs"), None)]);
        assert_eq!(all[0].patch_file.as_deref(), Some("a.patch"));
        assert!(all[0].filter.admits("users") && !all[0].filter.admits("old_users"));
        assert!(all[1].filter.admits("my_orders") && !all[1].filter.admits("users"));
        assert!(!all[2].filter.admits("users"));
        assert!(print_schemas("[print_schema").is_empty());
    }
}
