//! Names for what the models do not name.
//!
//! A convention is a pattern with tokens, as SQLAlchemy has them: `ix_%(column_0_label)s`. Where there is none the database
//! makes up the name, so that what is there keeps the one it has.

use std::fmt;

use migrate_core::dialect::Dialect;
use migrate_core::nearest::nearest;

/// The patterns of names, by what is named. A pattern that is not there leaves the name to the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamingConvention {
    /// Of indexes: `ix_%(column_0_label)s`.
    pub index: Option<String>,
    /// Of unique constraints: `uq_%(table_name)s_%(column_0_name)s`.
    pub unique: Option<String>,
    /// Of checks: `ck_%(table_name)s_%(constraint_name)s`.
    pub check: Option<String>,
    /// Of foreign keys: `fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s`.
    pub foreign_key: Option<String>,
    /// Of primary keys: `pk_%(table_name)s`.
    pub primary_key: Option<String>,
}

/// A token of a pattern that stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownToken {
    /// The token, as written.
    pub token: String,
}

impl fmt::Display for UnknownToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`%({})s` stands for nothing in a name", self.token)
    }
}

impl std::error::Error for UnknownToken {}

/// The tokens that say one thing each; `0` may be another number.
const TOKENS: [&str; 9] = [
    "table_name",
    "referred_table_name",
    "constraint_name",
    "column_0_name",
    "column_0_label",
    "column_0N_name",
    "column_0_N_name",
    "referred_column_0_name",
    "referred_column_0_N_name",
];

impl UnknownToken {
    /// What to write instead.
    pub fn help(&self) -> String {
        match nearest(&self.token, TOKENS) {
            Some(near) => format!("the nearest token is `%({near})s`"),
            None => format!("the tokens are `%({})s`", TOKENS.join(")s`, `%(")),
        }
    }
}

/// What a name is made from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Named<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: &'a [String],
    pub(crate) referred_table: &'a str,
    pub(crate) referred_columns: &'a [String],
    /// The name that the models give it.
    pub(crate) given: Option<&'a str>,
}

impl NamingConvention {
    /// Sets the pattern of a kind by Alembic's key: `ix`, `uq`, `ck`, `fk` or `pk`.
    ///
    /// # Errors
    ///
    /// - The pattern has a token that stands for nothing.
    /// - The key is none of these: it is the token of the error, then.
    pub fn set(&mut self, key: &str, pattern: &str) -> Result<(), UnknownToken> {
        let columns = ["a".to_owned()];
        let sample = Named {
            table: "t",
            columns: &columns,
            referred_table: "r",
            referred_columns: &columns,
            given: Some("n"),
        };
        expand(pattern, &sample)?;
        let place = match key {
            "ix" => &mut self.index,
            "uq" => &mut self.unique,
            "ck" => &mut self.check,
            "fk" => &mut self.foreign_key,
            "pk" => &mut self.primary_key,
            key => return Err(UnknownToken { token: key.to_owned() }),
        };
        *place = Some(pattern.to_owned());
        Ok(())
    }
}

/// The name by a pattern, or the given one; `None` where the database makes one up.
///
/// A pattern with `%(constraint_name)s` is about what has a name, and others are about what has none.
pub(crate) fn name(pattern: Option<&str>, named: &Named<'_>, dialect: Dialect) -> Option<String> {
    let has_own = pattern.is_some_and(|pattern| pattern.contains("%(constraint_name)s"));
    match (pattern, named.given) {
        (Some(pattern), given) if has_own == given.is_some() => {
            let name = expand(pattern, named).ok()?;
            Some(cut(name, dialect))
        }
        (_, given) => given.map(str::to_owned),
    }
}

fn expand(pattern: &str, named: &Named<'_>) -> Result<String, UnknownToken> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find("%(") {
        let (before, token) = rest.split_at(at);
        out.push_str(before);
        let Some((token, after)) = token[2..].split_once(")s") else {
            return Err(UnknownToken { token: token[2..].to_owned() });
        };
        let value = value(token, named).ok_or_else(|| UnknownToken { token: token.to_owned() })?;
        out.push_str(&value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn value(token: &str, named: &Named<'_>) -> Option<String> {
    match token {
        "table_name" => return Some(named.table.to_owned()),
        "referred_table_name" => return Some(named.referred_table.to_owned()),
        "constraint_name" => return named.given.map(str::to_owned),
        _ => {}
    }
    let (columns, rest) = match token.strip_prefix("referred_") {
        Some(rest) => (named.referred_columns, rest),
        None => (named.columns, token),
    };
    let (place, kind) = rest.strip_prefix("column_")?.rsplit_once('_')?;
    let one = |column: &String| match kind {
        "label" => Some(format!("{}_{column}", named.table)),
        "name" | "key" => Some(column.clone()),
        _ => None,
    };
    // `0N` runs the names together, `0_N` puts `_` between them.
    let (place, between) = match (place.strip_suffix("_N"), place.strip_suffix('N')) {
        (Some(place), _) => (place, Some("_")),
        (None, Some(place)) => (place, Some("")),
        (None, None) => (place, None),
    };
    let first: usize = place.parse().ok()?;
    let Some(between) = between else {
        // A key without so many columns has no such part.
        return columns.get(first).map_or(Some(String::new()), one);
    };
    let names: Option<Vec<String>> = columns.iter().skip(first).map(one).collect();
    Some(names?.join(between))
}

/// A name that the database keeps whole: one that is too long is cut, and told from others by what is behind it.
fn cut(name: String, dialect: Dialect) -> String {
    let most = match dialect {
        Dialect::Postgres => 63,
        Dialect::Mysql => 64,
        Dialect::Sqlite => return name,
    };
    let length = |text: &str| match dialect {
        Dialect::Postgres => text.len(),
        _ => text.chars().count(),
    };
    if length(&name) <= most {
        return name;
    }
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for byte in name.bytes() {
        digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let mut start = name;
    while length(&start) > most - 5 {
        start.pop();
    }
    format!("{start}_{:04x}", digest & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, given: Option<&str>, expected: Option<&str>) {
        let columns = ["author_id".to_owned(), "slug".to_owned()];
        let referred_columns = ["id".to_owned()];
        let named = Named {
            table: "posts",
            columns: &columns,
            referred_table: "users",
            referred_columns: &referred_columns,
            given,
        };
        assert_eq!(name(Some(pattern), &named, Dialect::Postgres).as_deref(), expected, "{pattern}");
    }

    #[test]
    fn the_tokens_of_sqlalchemy() {
        check("ix_%(column_0_label)s", None, Some("ix_posts_author_id"));
        check("uq_%(table_name)s_%(column_0_name)s", None, Some("uq_posts_author_id"));
        check("uq_%(table_name)s_%(column_0_N_name)s", None, Some("uq_posts_author_id_slug"));
        check("uq_%(table_name)s_%(column_0N_name)s", None, Some("uq_posts_author_idslug"));
        check("ix_%(column_1_name)s", None, Some("ix_slug"));
        check(
            "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s_%(referred_column_0_name)s",
            None,
            Some("fk_posts_author_id_users_id"),
        );
        check("pk_%(table_name)s", None, Some("pk_posts"));
    }

    #[test]
    fn a_given_name_counts_unless_the_pattern_is_about_it() {
        check("ck_%(table_name)s_%(constraint_name)s", Some("positive"), Some("ck_posts_positive"));
        check("ck_%(table_name)s_%(constraint_name)s", None, None);
        check("ix_%(column_0_label)s", Some("mine"), Some("mine"));
    }

    #[test]
    fn tokens_that_stand_for_nothing_are_told() {
        let mut naming = NamingConvention::default();
        assert!(naming.set("ix", "ix_%(column_0_label)s").is_ok());
        assert_eq!(naming.set("uq", "uq_%(tabel_name)s").unwrap_err().token, "tabel_name");
        assert_eq!(naming.set("ux", "a").unwrap_err().token, "ux");
        assert_eq!(naming.set("uq", "uq_%(table_name").unwrap_err().token, "table_name");
        assert_eq!(naming.index.as_deref(), Some("ix_%(column_0_label)s"));
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let named = |table: &str| {
            let columns = ["a".to_owned()];
            let named = Named { table, columns: &columns, ..Named::default() };
            name(Some("ix_%(table_name)s_%(column_0_name)s"), &named, Dialect::Postgres).unwrap_or_default()
        };
        let (one, other) = (named(&"ä".repeat(40)), named(&format!("{}b", "ä".repeat(40))));
        assert!(one.len() <= 63 && other.len() <= 63 && one != other, "{one} {other}");
    }
}
