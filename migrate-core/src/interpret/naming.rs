//! The names that databases make up.
//!
//! PostgreSQL's rules are those of `makeObjectName`, `ChooseRelationName`, `ChooseConstraintName` and
//! `ChooseIndexColumnNames` in its sources (`src/backend/commands/indexcmds.c`, `src/backend/catalog/pg_constraint.c`).

/// The longest name that PostgreSQL keeps, in bytes.
const POSTGRES_LIMIT: usize = 63;

/// `table_column_label`, the first two cut where they are longest until all fits.
pub(super) fn object_name(table: &str, column: Option<&str>, label: &str) -> String {
    let overhead = usize::from(column.is_some()) + if label.is_empty() { 0 } else { label.len() + 1 };
    let available = POSTGRES_LIMIT.saturating_sub(overhead);
    let (mut first, mut second) = (table.len(), column.map_or(0, str::len));
    while first + second > available {
        if first > second { first -= 1 } else { second -= 1 }
    }
    let mut name = cut(table, first).to_owned();
    if let Some(column) = column {
        name.push('_');
        name.push_str(cut(column, second));
    }
    if !label.is_empty() {
        name.push('_');
        name.push_str(label);
    }
    name
}

/// Whether PostgreSQL 18 may have made up the name for a NOT NULL, which has none in earlier versions: `t_c_not_null`, with a
/// number behind it where that was taken.
pub(super) fn is_of_not_null(name: &str) -> bool {
    name.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with("_not_null")
}

/// The beginning of a text, of at most so many bytes.
fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The first of `t_c_label`, `t_c_label1`, `t_c_label2` … that is not taken.
pub(super) fn free_name(
    table: &str,
    column: Option<&str>,
    label: &str,
    is_taken: impl Fn(&str) -> bool,
) -> String {
    let mut pass = 0;
    loop {
        let numbered = if pass == 0 { label.to_owned() } else { format!("{label}{pass}") };
        let name = object_name(table, column, &numbered);
        if !is_taken(&name) {
            return name;
        }
        pass += 1;
    }
}

/// The names of several columns in one, as far as they fit.
pub(super) fn joined<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for column in columns {
        if !joined.is_empty() {
            joined.push('_');
        }
        joined.push_str(column);
        if joined.len() > POSTGRES_LIMIT {
            break;
        }
    }
    joined
}

/// What an index calls its columns: each name once, with a number behind what comes again.
pub(super) fn index_columns<'a>(parts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        let mut name = part.to_owned();
        let mut number = 1;
        while names.contains(&name) {
            let suffix = number.to_string();
            name = format!("{}{suffix}", cut(part, POSTGRES_LIMIT - suffix.len()));
            number += 1;
        }
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_where_they_are_longest() {
        assert_eq!(object_name("posts", Some("author_id"), "fkey"), "posts_author_id_fkey");
        assert_eq!(object_name("posts", None, "pkey"), "posts_pkey");
        let (long, longer) = ("a".repeat(40), "b".repeat(50));
        let name = object_name(&long, Some(&longer), "fkey");
        assert_eq!(name, format!("{}_{}_fkey", "a".repeat(29), "b".repeat(28)));
        assert_eq!(name.len(), 63);
        assert_eq!(object_name(&"ä".repeat(31), None, "pkey"), format!("{}_pkey", "ä".repeat(29)));
    }

    #[test]
    fn a_not_null_may_have_a_number() {
        assert!(is_of_not_null("comment_reply_id_not_null1"));
        assert!(!is_of_not_null("comment_reply_id_fkey1"));
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = ["t_a_key", "t_a_key1"];
        assert_eq!(free_name("t", Some("a"), "key", |name| taken.contains(&name)), "t_a_key2");
        assert_eq!(index_columns(["lower", "a", "lower"]), ["lower", "a", "lower1"]);
    }
}
