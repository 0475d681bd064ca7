//! What `diesel.toml` says about a `schema.rs`.

use std::ops::Range;

use migrate_core::nearest::nearest;
use regex_lite::Regex;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// How one file is printed: a table of `[print_schema]`.
#[derive(Clone, Debug, Default)]
pub struct PrintSchema {
    /// What it is called: `default` for `[print_schema]` itself.
    pub key: String,
    /// The file, as written: from the folder of `diesel.toml`.
    pub file: Option<String>,
    /// The database schema that it is about.
    pub schema: Option<String>,
    /// The tables that it has.
    pub filter: Filter,
    /// The patch that is applied to it, as written.
    pub patch_file: Option<String>,
    /// Which comments its declarations get.
    pub with_docs: Docs,
    /// Which tables are said to appear in one query.
    pub allow_tables_to_appear_in_same_query_config: Together,
    /// The order of columns.
    pub column_sorting: ColumnSorting,
    /// What each declaration uses.
    pub import_types: Vec<String>,
    /// Whether types that diesel does not have are declared; they are unless this is false.
    pub generate_missing_sql_type_definitions: Option<bool>,
    /// Types that are not declared.
    pub except_custom_type_definitions: Vec<Regex>,
    /// What declared types derive, besides what makes them types.
    pub custom_type_derives: Vec<String>,
    /// Whether SQLite's keys that are the row's number have eight bytes.
    pub sqlite_integer_primary_key_is_bigint: bool,
    /// Domains that are types of their own.
    pub pg_domains_as_custom_types: Vec<Regex>,
}

/// Which doc comments declarations get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Docs {
    /// None.
    #[default]
    No,
    /// The database's comments.
    Comments,
    /// The database's comments, and where there is none a sentence.
    CommentsOrSentences,
}

impl Docs {
    /// The words that `diesel.toml` has for them.
    pub const WORDS: [(&str, Self); 3] = [
        ("database-comments-fallback-to-auto-generated-doc-comment", Self::CommentsOrSentences),
        ("only-database-comments", Self::Comments),
        ("no-doc-comments", Self::No),
    ];
}

/// Which tables are said to appear in one query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Together {
    /// All of the file.
    #[default]
    All,
    /// Those that foreign keys join.
    Related,
    /// Nothing is said.
    None,
}

impl Together {
    /// The words that `diesel.toml` has for them.
    pub const WORDS: [(&str, Self); 3] =
        [("fk_related_tables", Self::Related), ("all_tables", Self::All), ("none", Self::None)];
}

/// In which order columns are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColumnSorting {
    /// That of the table.
    #[default]
    OrdinalPosition,
    /// That of their names.
    Name,
}

impl ColumnSorting {
    /// The words that `diesel.toml` has for them.
    pub const WORDS: [(&str, Self); 2] = [("ordinal_position", Self::OrdinalPosition), ("name", Self::Name)];
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

/// Something in a `diesel.toml` that is not understood, and that diesel would not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Where it stands.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
}

/// The tables of `[print_schema]` in the order of their keys, in which diesel prints them, and what is wrong with them.
///
/// Without any there is one, `default`, that says nothing.
pub fn read_print_schemas(text: &str) -> (Vec<PrintSchema>, Vec<ConfigProblem>) {
    let mut problems = Vec::new();
    let nothing = || PrintSchema { key: DEFAULT.to_owned(), ..PrintSchema::default() };
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            let at = error.span().unwrap_or_default();
            problems.push(ConfigProblem { at, message: error.message().to_owned() });
            return (vec![], problems);
        }
    };
    let Some(value) = root.get_ref().get("print_schema") else { return (vec![nothing()], problems) };
    let Some(table) = value.get_ref().as_table() else {
        problems.push(ConfigProblem { at: value.span(), message: "expected a table".to_owned() });
        return (vec![], problems);
    };
    let mut reader = Reader { problems: &mut problems };
    let mut all = vec![reader.print_schema(DEFAULT, table, true)];
    for (key, value) in table {
        if let (name, DeValue::Table(named)) = (key.get_ref(), value.get_ref())
            && !KEYS.contains(&&**name)
        {
            let named = reader.print_schema(name, named, false);
            // One that is called like the unnamed one takes its place.
            match all.iter_mut().find(|print| print.key == named.key) {
                Some(print) => *print = named,
                None => all.push(named),
            }
        }
    }
    all.sort_by(|one, other| one.key.cmp(&other.key));
    problems.sort_by_key(|problem| problem.at.start);
    (all, problems)
}

/// The key of what has none.
pub(crate) const DEFAULT: &str = "default";

const KEYS: [&str; 13] = [
    "file",
    "with_docs",
    "allow_tables_to_appear_in_same_query_config",
    "filter",
    "column_sorting",
    "schema",
    "patch_file",
    "import_types",
    "generate_missing_sql_type_definitions",
    "except_custom_type_definitions",
    "custom_type_derives",
    "sqlite_integer_primary_key_is_bigint",
    "pg_domains_as_custom_types",
];

struct Reader<'p> {
    problems: &'p mut Vec<ConfigProblem>,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn print_schema(&mut self, key: &str, table: &DeTable<'_>, is_root: bool) -> PrintSchema {
        let mut print = PrintSchema { key: key.to_owned(), ..PrintSchema::default() };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "file" => print.file = self.text(value),
                "schema" => print.schema = self.text(value),
                "patch_file" => print.patch_file = self.text(value),
                "with_docs" => {
                    print.with_docs = match value.get_ref().as_bool() {
                        Some(true) => Docs::CommentsOrSentences,
                        Some(false) => Docs::No,
                        None => self.word(value, &Docs::WORDS),
                    }
                }
                "allow_tables_to_appear_in_same_query_config" => {
                    print.allow_tables_to_appear_in_same_query_config = self.word(value, &Together::WORDS);
                }
                "column_sorting" => print.column_sorting = self.word(value, &ColumnSorting::WORDS),
                "import_types" => print.import_types = self.texts(value),
                "custom_type_derives" => print.custom_type_derives = self.texts(value),
                "generate_missing_sql_type_definitions" => {
                    print.generate_missing_sql_type_definitions = self.truth(value);
                }
                "sqlite_integer_primary_key_is_bigint" => {
                    print.sqlite_integer_primary_key_is_bigint = self.truth(value).unwrap_or_default();
                }
                "except_custom_type_definitions" => {
                    print.except_custom_type_definitions = self.patterns(value).unwrap_or_default();
                }
                "pg_domains_as_custom_types" => {
                    print.pg_domains_as_custom_types = self.patterns(value).unwrap_or_default();
                }
                "filter" => print.filter = self.filter(value),
                _ if is_root && value.get_ref().is_table() => {}
                other => {
                    let near = nearest(other, KEYS)
                        .map_or(String::new(), |near| format!(": the nearest is `{near}`"));
                    self.wrong(key.span(), format!("`{other}` is no key of `[print_schema]`{near}"));
                }
            }
        }
        print
    }

    fn wrong(&mut self, at: Range<usize>, message: String) {
        self.problems.push(ConfigProblem { at, message });
    }

    fn text(&mut self, value: &Value<'_>) -> Option<String> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong(value.span(), "expected a text".to_owned());
        }
        text.map(str::to_owned)
    }

    fn truth(&mut self, value: &Value<'_>) -> Option<bool> {
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            self.wrong(value.span(), "expected `true` or `false`".to_owned());
        }
        truth
    }

    fn word<T: Copy + Default>(&mut self, value: &Value<'_>, words: &[(&str, T)]) -> T {
        let text = value.get_ref().as_str();
        let found = words.iter().find(|(word, _)| Some(*word) == text);
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("`\"{word}\"`")).collect();
            self.wrong(value.span(), format!("expected {}", words.join(" or ")));
        }
        found.map(|(_, value)| *value).unwrap_or_default()
    }

    fn texts(&mut self, value: &Value<'_>) -> Vec<String> {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(value.span(), "expected a list of texts".to_owned());
            return vec![];
        };
        list.iter().filter_map(|text| self.text(text)).collect()
    }

    /// `None` if one of them is not understood.
    fn patterns(&mut self, value: &Value<'_>) -> Option<Vec<Regex>> {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(value.span(), "expected a list of patterns".to_owned());
            return None;
        };
        let mut all = Some(Vec::new());
        for pattern in list {
            let regex = self.text(pattern).map(|text| Regex::new(&text));
            match (regex, &mut all) {
                (Some(Ok(regex)), Some(all)) => all.push(regex),
                (Some(Ok(_)), None) => {}
                (Some(Err(error)), _) => {
                    self.wrong(pattern.span(), format!("this pattern is not understood: {error}"));
                    all = None;
                }
                (None, _) => all = None,
            }
        }
        all
    }

    fn filter(&mut self, value: &Value<'_>) -> Filter {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(value.span(), "expected `only_tables` or `except_tables`".to_owned());
            return Filter::Unknown;
        };
        let mut filter = Filter::All;
        for (key, value) in table {
            let make = match key.get_ref().as_ref() {
                "only_tables" => Filter::Only,
                "except_tables" => Filter::Except,
                _ => {
                    self.wrong(key.span(), "expected `only_tables` or `except_tables`".to_owned());
                    return Filter::Unknown;
                }
            };
            if !matches!(filter, Filter::All) {
                self.wrong(key.span(), "there is a filter already".to_owned());
                return Filter::Unknown;
            }
            filter = self.patterns(value).map_or(Filter::Unknown, make);
        }
        filter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_files_each_with_its_tables() {
        let (mut all, _) = read_print_schemas(
            "[print_schema]\nfile = \"a.rs\"\nfilter = { except_tables = [\"^old_\"] }\npatch_file = \"a.patch\"\n\
             column_sorting = \"name\"\n\
             [print_schema.second]\nfile = \"b.rs\"\nschema = \"shop\"\nfilter = { only_tables = [\"orders\"] }\n\
             [print_schema.third]\nfilter = { only_tables = [\"(\"] }\nfile = \"c.rs\"\n[print_schema.fourth]\n",
        );
        all.retain(|print| print.file.is_some());
        let facts: Vec<_> =
            all.iter().map(|print| (print.file.as_deref(), print.schema.as_deref())).collect();
        assert_eq!(facts, [(Some("a.rs"), None), (Some("b.rs"), Some("shop")), (Some("c.rs"), None)]);
        assert_eq!(all[0].patch_file.as_deref(), Some("a.patch"));
        assert!(all[0].filter.admits("users") && !all[0].filter.admits("old_users"));
        assert!(all[1].filter.admits("my_orders") && !all[1].filter.admits("users"));
        assert!(!all[2].filter.admits("users"));
        assert!(read_print_schemas("[print_schema").0.is_empty());
    }

    #[test]
    fn what_diesel_would_not_take_is_told() {
        let text = "[print_schema]\ncolumn_sort = \"name\"\nwith_docs = \"yes\"\nimport_types = \"a\"\n\
                    filter = { only_tables = [], except_tables = [] }\npg_domains_as_custom_types = [\"[\"]\n";
        let (all, problems) = read_print_schemas(text);
        assert_eq!(all.len(), 1);
        let told: Vec<_> = problems.iter().map(|problem| &text[problem.at.clone()]).collect();
        assert_eq!(told, ["column_sort", "\"yes\"", "\"a\"", "only_tables", "\"[\""]);
    }

    #[test]
    fn without_a_table_there_is_one_that_says_nothing() {
        let (all, problems) = read_print_schemas("[migrations_directory]\ndir = \"x\"\n");
        assert_eq!((all.len(), all[0].key.as_str(), problems.len()), (1, "default", 0));
        let keyed =
            "[print_schema.b]\nwith_docs = true\n[print_schema.a]\n[print_schema.default]\nschema = \"x\"\n";
        let keys: Vec<_> =
            read_print_schemas(keyed).0.into_iter().map(|print| (print.key, print.schema)).collect();
        assert_eq!(keys, [("a".into(), None), ("b".into(), None), ("default".into(), Some("x".to_owned()))]);
    }
}
