//! The attributes of `migrate::table!`.

use std::ops::Range;

use migrate_core::ddl::ReferentialAction;
use migrate_core::dialect::DialectSet;

use super::attribute::{Attributes, Of};
use super::cursor::Cursor;
use super::{both, dialects_of};
use crate::models::Unread;
use crate::superset::{
    COLUMN_ATTRIBUTES, Counts, Key, Part, PartKind, References, Renamed, TABLE_ATTRIBUTES, Variants,
};
use crate::token::{Kind, Token, Tree};

/// Reads an attribute behind its name; whether it is one of `migrate::table!`.
pub(super) fn take(name: &str, inside: &mut Cursor<'_, '_>, at: &Range<usize>, to: &mut Attributes) -> bool {
    let is_known = match to.of {
        Of::Item => return false,
        Of::Table => TABLE_ATTRIBUTES.contains(&name),
        Of::Column => COLUMN_ATTRIBUTES.contains(&name),
    };
    if is_known {
        to.is_superset = true;
        if let Err(unread) = read(name, inside, at, to) {
            to.unread.push(unread);
        }
    }
    is_known
}

fn read(
    name: &str,
    inside: &mut Cursor<'_, '_>,
    at: &Range<usize>,
    to: &mut Attributes,
) -> Result<(), Unread> {
    let is_column = to.of == Of::Column;
    match name {
        "index" | "unique" | "check" | "foreign_key" | "references" => {
            let part = part(name, is_column, inside, at)?;
            to.table.parts.push(part);
        }
        "comment" if is_column => to.column.comment = Some(variants(inside)?),
        "comment" => to.table.comment = Some(variants(inside)?),
        "renamed_from" => {
            let place = inside.place();
            let old = variants(inside)?;
            let from = old.all.into_iter().next().map(|(_, text)| text).unwrap_or_default();
            let renamed = Some(Renamed { from, at: place });
            match is_column {
                true => to.column.renamed_from = renamed,
                false => to.table.renamed_from = renamed,
            }
        }
        "partial" => to.table.is_partial = true,
        "default" => to.column.default = Some(variants(inside)?),
        "sql_type" => to.column.sql_type = Some(variants(inside)?),
        "collate" => to.column.collation = Some(variants(inside)?),
        "identity" => {
            let mut is_always = false;
            if let Some(group) = inside.group("(") {
                let mut options = Cursor::of(group);
                match options.word().map(|word| word.text) {
                    Some("always") => is_always = true,
                    Some("by_default") | None => {}
                    Some(_) => return Err(expected(group.start..group.end, "`always` or `by_default`")),
                }
                end(&options)?;
            }
            to.column.counts = Some(Counts::Identity { is_always });
        }
        "auto_increment" => to.column.counts = Some(Counts::AutoIncrement),
        "generated" => to.column.generated = Some(generated(inside)?),
        "labels" => {
            let group = inside.group("(").ok_or_else(|| inside.expected("the labels in `( )`"))?;
            let mut options = Cursor::of(group);
            let mut labels = Vec::new();
            while options.peek(0).is_some() {
                let label = options.token(Kind::Text).ok_or_else(|| options.expected("a label in quotes"))?;
                labels.push(text_of(&label));
                comma(&mut options)?;
            }
            to.column.labels = Some(labels);
        }
        _ => {}
    }
    end(inside)
}

/// `("expr", stored)`, and with a text for each database.
fn generated(inside: &mut Cursor<'_, '_>) -> Result<(Variants, bool), Unread> {
    let group = inside.group("(").ok_or_else(|| inside.expected("an expression in `(\"…\")`"))?;
    let mut options = Cursor::of(group);
    let (mut said, mut is_stored) = (Variants::default(), false);
    while options.peek(0).is_some() {
        match options.peek(0) {
            Some(Tree::Token(token)) if token.kind == Kind::Word && token.text == "stored" => {
                (is_stored, options.at) = (true, options.at + 1);
            }
            Some(Tree::Token(token)) if token.kind == Kind::Word && token.text == "virtual" => {
                options.at += 1
            }
            _ => said.all.push(variant(&mut options)?),
        }
        comma(&mut options)?;
    }
    if said.all.is_empty() {
        return Err(expected(group.start..group.end, "an expression in `(\"…\")`"));
    }
    Ok((said, is_stored))
}

/// `= "…"`, `("…")` or `(postgres = "…", "…")`.
fn variants(inside: &mut Cursor<'_, '_>) -> Result<Variants, Unread> {
    if inside.sign("=") {
        return Ok(Variants { all: vec![(DialectSet::ALL, value(inside)?)] });
    }
    let group = inside.group("(").ok_or_else(|| inside.expected("`= \"…\"` or `(\"…\")`"))?;
    let mut options = Cursor::of(group);
    let mut said = Variants::default();
    while options.peek(0).is_some() {
        said.all.push(variant(&mut options)?);
        comma(&mut options)?;
    }
    match said.all.is_empty() {
        true => Err(expected(group.start..group.end, "a text in quotes")),
        false => Ok(said),
    }
}

/// `"…"` or `postgres = "…"`.
fn variant(options: &mut Cursor<'_, '_>) -> Result<(DialectSet, String), Unread> {
    if !options.is_sign(1, "=") {
        return Ok((DialectSet::ALL, value(options)?));
    }
    let dialects = options.word().and_then(|word| dialects_of(word.text));
    let Some(dialects) = dialects else {
        options.at = options.at.saturating_sub(1);
        return Err(options.expected("`postgres`, `mysql` or `sqlite`"));
    };
    options.sign("=");
    Ok((dialects, value(options)?))
}

/// A text in quotes, a number or a word such as `true`.
fn value(inside: &mut Cursor<'_, '_>) -> Result<String, Unread> {
    let sign = if inside.sign("-") { "-" } else { "" };
    let Some(Tree::Token(token)) = inside.peek(0) else { return Err(inside.expected("a text in quotes")) };
    let text = match token.kind {
        Kind::Text => text_of(token),
        Kind::Number => {
            inside.at += 1;
            let mut number = token.text.replace('_', "");
            // `0.5` is three tokens.
            if inside.sign(".") {
                number.push('.');
                number.push_str(inside.token(Kind::Number).map_or("0", |rest| rest.text));
            }
            return Ok(format!("{sign}{number}"));
        }
        Kind::Word if matches!(token.text, "true" | "false" | "null") => token.text.to_owned(),
        _ => return Err(inside.expected("a text in quotes")),
    };
    inside.at += 1;
    Ok(format!("{sign}{text}"))
}

/// What a text stands for: of one that is not raw, without its escapes.
fn text_of(token: &Token<'_>) -> String {
    if token.end - token.start != token.text.len() + 2 || !token.text.contains('\\') {
        return token.text.to_owned();
    }
    let mut out = String::new();
    let mut rest = token.text.chars();
    while let Some(c) = rest.next() {
        match (c, c == '\\') {
            (c, false) => out.push(c),
            _ => match rest.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('0') => out.push('\0'),
                // A line that goes on below.
                Some('\n') => {
                    let below = rest.as_str().trim_start();
                    rest = below.chars();
                }
                Some(other) => out.push(other),
                None => {}
            },
        }
    }
    out
}

/// What may stand in the parentheses of an index or a constraint.
#[derive(Default)]
struct Options {
    keys: Vec<Key>,
    name: Option<String>,
    is_unique: bool,
    nulls_not_distinct: bool,
    predicate: Option<Variants>,
    method: Option<String>,
    include: Vec<String>,
    only: Option<DialectSet>,
    exprs: Vec<(DialectSet, String)>,
    table: Vec<String>,
    referenced: Vec<String>,
    on_delete: ReferentialAction,
    on_update: ReferentialAction,
    deferrable: Option<bool>,
}

/// `of_column` stands in front of a column, whose name the reader adds.
fn part(name: &str, of_column: bool, inside: &mut Cursor<'_, '_>, at: &Range<usize>) -> Result<Part, Unread> {
    let mut options = Options::default();
    let group = inside.group("(");
    if let Some(group) = group {
        let mut cursor = Cursor::of(group);
        if name == "foreign_key" || name == "references" {
            leads(name, &mut cursor, &mut options)?;
        }
        while cursor.peek(0).is_some() {
            option(name, of_column, &mut cursor, &mut options)?;
            comma(&mut cursor)?;
        }
    }
    let missing = |what: &str| Err(expected(group.map_or(at.clone(), |group| group.start..group.end), what));
    let columns = || {
        let names = options.keys.iter().map(|key| match key {
            Key::Column { name, .. } => name.clone(),
            Key::Text(text) => text.clone(),
        });
        names.collect::<Vec<_>>()
    };
    let kind = match name {
        "index" | "unique" if !of_column && options.keys.is_empty() => {
            return missing("the columns in `( )`");
        }
        "index" => PartKind::Index {
            keys: options.keys,
            is_unique: options.is_unique,
            predicate: options.predicate,
            method: options.method,
            include: options.include,
        },
        "unique" => PartKind::Unique { columns: columns(), nulls_not_distinct: options.nulls_not_distinct },
        "check" if options.exprs.is_empty() => return missing("an expression in `(\"…\")`"),
        "check" => PartKind::Check(Variants { all: options.exprs }),
        _ if options.table.is_empty() => return missing("the table that it leads to"),
        _ => PartKind::ForeignKey(References {
            columns: columns(),
            table: options.table,
            referenced: options.referenced,
            on_delete: options.on_delete,
            on_update: options.on_update,
            deferrable: options.deferrable,
        }),
    };
    Ok(Part { kind, name: options.name, dialects: options.only.unwrap_or(DialectSet::ALL), at: at.clone() })
}

/// `users.id` of `references`, `(a, b) -> parents (x, y)` of `foreign_key`.
fn leads(name: &str, cursor: &mut Cursor<'_, '_>, options: &mut Options) -> Result<(), Unread> {
    if name == "foreign_key" {
        let usage = "`(a, b) -> parents (x, y)`";
        let group = cursor.group("(").ok_or_else(|| cursor.expected(usage))?;
        for column in super::words(group) {
            options.keys.push(Key::Column { name: column, descending: false, nulls_first: None });
        }
        if !cursor.sign("->") {
            return Err(cursor.expected(usage));
        }
    }
    let mut path = Vec::new();
    loop {
        let word = cursor.word().ok_or_else(|| cursor.expected("a table, as in `users.id`"))?;
        path.push(word.text.to_owned());
        if !cursor.sign(".") && !cursor.sign("::") {
            break;
        }
    }
    if let Some(group) = cursor.group("(") {
        options.referenced = super::words(group);
    } else if name == "references" && path.len() > 1 {
        options.referenced.extend(path.pop());
    }
    options.table = path;
    comma(cursor)
}

fn option(
    of: &str,
    of_column: bool,
    cursor: &mut Cursor<'_, '_>,
    options: &mut Options,
) -> Result<(), Unread> {
    let is_key = |token: &Token<'_>| token.kind == Kind::Word;
    let word = match cursor.peek(0) {
        Some(Tree::Token(token)) if is_key(token) => Some(token.text),
        _ => None,
    };
    let is_assigned = cursor.is_sign(1, "=");
    match (of, word) {
        (_, Some("name")) if is_assigned => options.name = Some(assigned(cursor)?),
        (_, Some("only")) if matches!(cursor.peek(1), Some(Tree::Group(_))) => {
            cursor.at += 1;
            options.only = Some(only(cursor)?);
        }
        ("index", Some("method")) if is_assigned => options.method = Some(assigned(cursor)?),
        ("index", Some("where" | "predicate"))
            if is_assigned || matches!(cursor.peek(1), Some(Tree::Group(_))) =>
        {
            cursor.at += 1;
            options.predicate = Some(variants(cursor)?);
        }
        ("index", Some("unique")) => {
            cursor.at += 1;
            options.is_unique = true;
        }
        ("index", Some("include")) if matches!(cursor.peek(1), Some(Tree::Group(_))) => {
            cursor.at += 1;
            options.include = cursor.group("(").map(super::words).unwrap_or_default();
        }
        ("unique", Some("nulls_not_distinct")) => {
            cursor.at += 1;
            options.nulls_not_distinct = true;
        }
        ("foreign_key" | "references", Some("on_delete")) if is_assigned => {
            options.on_delete = action(cursor)?;
        }
        ("foreign_key" | "references", Some("on_update")) if is_assigned => {
            options.on_update = action(cursor)?;
        }
        ("foreign_key" | "references", Some("deferrable")) => {
            cursor.at += 1;
            options.deferrable = options.deferrable.or(Some(false));
        }
        ("foreign_key" | "references", Some("initially_deferred")) => {
            cursor.at += 1;
            options.deferrable = Some(true);
        }
        ("check", _) => options.exprs.push(variant(cursor)?),
        ("index" | "unique", Some(name)) if !of_column && !is_assigned => {
            cursor.at += 1;
            options.keys.push(key(name, cursor)?);
        }
        ("index", None) if !of_column => {
            let text = cursor
                .token(Kind::Text)
                .ok_or_else(|| cursor.expected("a column, or an expression in quotes"))?;
            options.keys.push(Key::Text(text_of(&text)));
        }
        // `#[index(desc)]` in front of a column.
        ("index", Some("desc")) => {
            cursor.at += 1;
            options.keys.push(Key::Column { name: String::new(), descending: true, nulls_first: None });
        }
        _ => return Err(cursor.expected(known_options(of))),
    }
    Ok(())
}

fn known_options(of: &str) -> &'static str {
    match of {
        "index" => {
            "a column, `unique`, `where = \"…\"`, `method = \"…\"`, `include(…)`, `name = \"…\"` or `only(…)`"
        }
        "unique" => "a column, `nulls_not_distinct`, `name = \"…\"` or `only(…)`",
        "check" => "an expression in quotes, `name = \"…\"` or `only(…)`",
        _ => {
            "`on_delete = …`, `on_update = …`, `deferrable`, `initially_deferred`, `name = \"…\"` or `only(…)`"
        }
    }
}

/// `desc`, `asc`, `nulls_first` and `nulls_last` behind a column.
fn key(name: &str, cursor: &mut Cursor<'_, '_>) -> Result<Key, Unread> {
    let (mut descending, mut nulls_first) = (false, None);
    while let Some(word) = cursor.word() {
        match word.text {
            "desc" => descending = true,
            "asc" => {}
            "nulls_first" => nulls_first = Some(true),
            "nulls_last" => nulls_first = Some(false),
            _ => return Err(expected(word.start..word.end, "`desc`, `nulls_first`, `nulls_last` or `,`")),
        }
    }
    Ok(Key::Column { name: name.to_owned(), descending, nulls_first })
}

/// The text behind `key =`.
fn assigned(cursor: &mut Cursor<'_, '_>) -> Result<String, Unread> {
    cursor.at += 2;
    let text = cursor.token(Kind::Text).ok_or_else(|| cursor.expected("a text in quotes"))?;
    Ok(text_of(&text))
}

fn action(cursor: &mut Cursor<'_, '_>) -> Result<ReferentialAction, Unread> {
    cursor.at += 2;
    let place = cursor.place();
    let word = match cursor.peek(0) {
        Some(Tree::Token(token)) if matches!(token.kind, Kind::Word | Kind::Text) => {
            token.text.replace(' ', "_")
        }
        _ => String::new(),
    };
    cursor.at += 1;
    Ok(match &*word.to_ascii_lowercase() {
        "cascade" => ReferentialAction::Cascade,
        "restrict" => ReferentialAction::Restrict,
        "no_action" => ReferentialAction::NoAction,
        "set_null" => ReferentialAction::SetNull,
        "set_default" => ReferentialAction::SetDefault,
        _ => {
            return Err(expected(place, "`cascade`, `restrict`, `no_action`, `set_null` or `set_default`"));
        }
    })
}

fn only(cursor: &mut Cursor<'_, '_>) -> Result<DialectSet, Unread> {
    let place = cursor.place();
    let names = cursor.group("(").map(super::words).unwrap_or_default();
    let sets: Option<Vec<DialectSet>> = names.iter().map(|name| dialects_of(name)).collect();
    let all = sets.unwrap_or_default().into_iter().reduce(DialectSet::union);
    all.map(|set| both(DialectSet::ALL, Some(set)))
        .ok_or_else(|| expected(place, "`postgres`, `mysql` or `sqlite`"))
}

fn comma(cursor: &mut Cursor<'_, '_>) -> Result<(), Unread> {
    match cursor.sign(",") || cursor.peek(0).is_none() {
        true => Ok(()),
        false => Err(cursor.expected("`,`")),
    }
}

fn end(cursor: &Cursor<'_, '_>) -> Result<(), Unread> {
    if cursor.peek(0).is_some() { Err(cursor.expected("nothing more")) } else { Ok(()) }
}

fn expected(at: Range<usize>, what: &str) -> Unread {
    Unread { at, why: format!("expected {what}") }
}
