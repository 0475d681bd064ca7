//! From the text of a `schema.rs` to what it declares.
//!
//! Declarations are looked for everywhere: in modules, beside other items, in the braces of other macros. One that cannot
//! be read is noted, and the rest is read.

use std::ops::Range;

use migrate_core::dialect::{Dialect, DialectSet};

use crate::models::{Column, CustomType, Joinable, ModelType, Models, PostgresType, Table, Unread};
use crate::token::{self, Group, Kind, Token, Tree};

/// The words in a comment that leave the line below or beside it out of comparisons.
pub const IGNORE: &str = "migrate:ignore";

/// Reads the declarations of a file. They are for `dialects`, unless they say otherwise.
pub fn read(text: &str, dialects: DialectSet) -> Models {
    let (trees, comments) = token::read(text);
    let mut ignored: Vec<Range<usize>> = Vec::new();
    for comment in comments.into_iter().filter(|comment| text[comment.clone()].contains(IGNORE)) {
        ignored.push(reach(text, &comment));
    }
    let mut reader = Reader { models: Models::default(), ignored };
    reader.items(&trees, dialects);
    reader.models
}

/// What a comment speaks of: the rest of its line, or the next line that is not empty if it stands alone.
fn reach(text: &str, comment: &Range<usize>) -> Range<usize> {
    let line = text[..comment.start].rfind('\n').map_or(0, |at| at + 1);
    if !text[line..comment.start].trim().is_empty() {
        return line..comment.end;
    }
    let below = &text[comment.end..];
    let blank = below.len() - below.trim_start().len();
    let start = comment.end + blank;
    start..start + text[start..].find('\n').unwrap_or(text.len() - start)
}

/// The databases that a word of a path, a module or a feature speaks of.
pub(crate) fn dialects_of(name: &str) -> Option<DialectSet> {
    let mut set = DialectSet::EMPTY;
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        match word.to_ascii_lowercase().as_str() {
            "pg" => set = set.with(Dialect::Postgres),
            word => set = word.parse().map_or(set, |dialect| set.with(dialect)),
        }
    }
    (!set.is_empty()).then_some(set)
}

struct Reader {
    models: Models,
    /// Stretches of the text that are left out of comparisons.
    ignored: Vec<Range<usize>>,
}

/// Attributes in front of something.
#[derive(Default)]
struct Attributes {
    sql_name: Option<String>,
    max_length: Option<u64>,
    dialects: Option<DialectSet>,
    postgres: Option<PostgresType>,
    is_type: bool,
}

/// A walk over trees.
struct Cursor<'t, 'a> {
    trees: &'t [Tree<'a>],
    at: usize,
    /// Where the trees end.
    end: usize,
}

impl<'t, 'a> Cursor<'t, 'a> {
    fn of(group: &'t Group<'a>) -> Self {
        Self { trees: &group.trees, at: 0, end: group.end.saturating_sub(1) }
    }

    fn peek(&self, ahead: usize) -> Option<&'t Tree<'a>> {
        self.trees.get(self.at + ahead)
    }

    fn is_sign(&self, ahead: usize, sign: &str) -> bool {
        matches!(self.peek(ahead), Some(Tree::Token(token)) if token.kind == Kind::Sign && token.text == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(0), Some(Tree::Token(token)) if token.kind == Kind::Word && token.text == word)
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(0, sign);
        self.at += usize::from(found);
        found
    }

    fn token(&mut self, kind: Kind) -> Option<Token<'a>> {
        match self.peek(0) {
            Some(Tree::Token(token)) if token.kind == kind => {
                self.at += 1;
                Some(*token)
            }
            _ => None,
        }
    }

    fn word(&mut self) -> Option<Token<'a>> {
        self.token(Kind::Word)
    }

    fn group(&mut self, open: &str) -> Option<&'t Group<'a>> {
        match self.peek(0) {
            Some(Tree::Group(group)) if open.contains(group.open) => {
                self.at += 1;
                Some(group)
            }
            _ => None,
        }
    }

    /// Where the walk is.
    fn place(&self) -> Range<usize> {
        self.peek(0).map_or(self.end..self.end, Tree::at)
    }

    /// Behind the next sign of this kind.
    fn skip_past(&mut self, sign: &str) {
        while self.peek(0).is_some() && !self.sign(sign) {
            self.at += 1;
        }
    }

    fn expected(&self, what: &str) -> Unread {
        Unread { at: self.place(), why: format!("expected {what}") }
    }
}

impl Reader {
    fn items(&mut self, trees: &[Tree<'_>], dialects: DialectSet) {
        let mut cursor = Cursor { trees, at: 0, end: 0 };
        let mut attributes = Attributes::default();
        while let Some(tree) = cursor.peek(0) {
            match tree {
                Tree::Token(token) if token.kind == Kind::Sign && token.text == "#" => {
                    if !cursor.attribute(&mut attributes) {
                        cursor.at += 1;
                    }
                }
                Tree::Token(token) if token.kind == Kind::Word && token.text == "mod" => {
                    cursor.at += 1;
                    let name = cursor.word().map_or("", |name| name.text);
                    if let Some(body) = cursor.group("{") {
                        let said = std::mem::take(&mut attributes).dialects.or_else(|| dialects_of(name));
                        self.items(&body.trees, both(dialects, said));
                    }
                }
                Tree::Token(token) if token.kind == Kind::Word && token.text == "struct" => {
                    cursor.at += 1;
                    let attributes = std::mem::take(&mut attributes);
                    if let Some(name) = cursor.word().filter(|_| attributes.is_type) {
                        let rust_name = name.text.to_owned();
                        self.models.types.push(CustomType { rust_name, postgres: attributes.postgres });
                    }
                }
                Tree::Token(token) if token.kind == Kind::Word && cursor.is_sign(1, "!") => {
                    let (name, start) = (token.text, token.start);
                    cursor.at += 2;
                    let said = std::mem::take(&mut attributes).dialects;
                    if name == "macro_rules" {
                        cursor.at += 2;
                    } else if let Some(body) = cursor.group("{([") {
                        self.call(name, start, body, both(dialects, said));
                    }
                }
                Tree::Group(group) if group.open == '{' => {
                    cursor.at += 1;
                    let said = std::mem::take(&mut attributes).dialects;
                    self.items(&group.trees, both(dialects, said));
                }
                _ => {
                    if cursor.is_sign(0, ";") {
                        attributes = Attributes::default();
                    }
                    cursor.at += 1;
                }
            }
        }
    }

    /// A macro call.
    fn call(&mut self, name: &str, start: usize, body: &Group<'_>, dialects: DialectSet) {
        let at = start..body.end;
        match name {
            "table" | "view" => {
                if let Err(unread) = self.tables(name == "view", body, &at, dialects) {
                    self.models.unread.push(unread);
                }
            }
            "joinable" => match joinable(body, at, dialects) {
                Ok(joinable) => self.models.joinables.push(joinable),
                Err(unread) => self.models.unread.push(unread),
            },
            "allow_tables_to_appear_in_same_query" | "allow_columns_to_appear_in_same_group_by_clause" => {
                let words = body.trees.iter().filter_map(|tree| match tree {
                    Tree::Token(token) if token.kind == Kind::Word => Some(token.text.to_owned()),
                    _ => None,
                });
                self.models.together.push(words.collect());
            }
            "infer_schema" => self.models.unread.push(Unread {
                at,
                why: "`infer_schema!` asks a database: there is nothing to read".to_owned(),
            }),
            // Whatever it is, declarations may be handed to it, as to `cfg_if!`.
            _ => self.items(&body.trees, dialects),
        }
    }

    fn is_ignored(&self, at: usize) -> bool {
        self.ignored.iter().any(|stretch| stretch.contains(&at))
    }

    /// The body of `table!`: `use` lines and one table, or several as they were possible once.
    fn tables(
        &mut self,
        is_view: bool,
        body: &Group<'_>,
        at: &Range<usize>,
        dialects: DialectSet,
    ) -> Result<(), Unread> {
        let mut cursor = Cursor::of(body);
        let mut renamed: Vec<(String, String)> = Vec::new();
        while cursor.peek(0).is_some() {
            let mut attributes = Attributes::default();
            while cursor.is_sign(0, "#") && cursor.attribute(&mut attributes) {}
            if cursor.is_word("use") {
                cursor.at += 1;
                imports(&mut cursor, &mut renamed);
                continue;
            }
            let mut name = cursor.word().ok_or_else(|| cursor.expected("the name of a table"))?;
            let mut schema = None;
            if cursor.sign(".") {
                schema = Some(name.text.to_owned());
                name = cursor.word().ok_or_else(|| cursor.expected("the name of a table"))?;
            }
            let name_at = name.start..name.end;
            let (primary_key, primary_key_at) = match cursor.group("(") {
                Some(group) => (words(group), group.start..group.end),
                None if is_view => (vec![], name_at.clone()),
                None => (vec!["id".to_owned()], name_at.clone()),
            };
            // `view!` may say what it shows.
            if is_view && cursor.sign("as") {
                cursor.at += 1;
            }
            let columns =
                cursor.group("{").ok_or_else(|| cursor.expected("the columns of the table in `{ }`"))?;
            let columns = self.columns(columns, &renamed);
            cursor.sign(",");
            self.models.tables.push(Table {
                schema,
                name: attributes.sql_name.unwrap_or_else(|| name.text.to_owned()),
                rust_name: name.text.to_owned(),
                is_ignored: self.is_ignored(name.start) || self.is_ignored(at.start),
                name_at,
                at: at.clone(),
                is_view,
                primary_key,
                primary_key_at,
                columns,
                dialects: both(dialects, attributes.dialects),
            });
        }
        Ok(())
    }

    fn columns(&mut self, group: &Group<'_>, renamed: &[(String, String)]) -> Vec<Column> {
        let mut cursor = Cursor::of(group);
        let mut columns = Vec::new();
        while cursor.peek(0).is_some() {
            match self.column(&mut cursor, renamed) {
                Ok(column) => columns.push(column),
                Err(unread) => {
                    self.models.unread.push(unread);
                    cursor.skip_past(",");
                }
            }
        }
        columns
    }

    fn column(&self, cursor: &mut Cursor<'_, '_>, renamed: &[(String, String)]) -> Result<Column, Unread> {
        let mut attributes = Attributes::default();
        while cursor.is_sign(0, "#") && cursor.attribute(&mut attributes) {}
        let name = cursor.word().ok_or_else(|| cursor.expected("the name of a column"))?;
        if !cursor.sign("->") {
            return Err(cursor.expected("`->` and the type of the column"));
        }
        let start = cursor.place().start;
        let mut data_type = cursor.data_type(0)?;
        let end = cursor.trees[..cursor.at].last().map_or(start, |tree| tree.at().end);
        if !cursor.sign(",") && cursor.peek(0).is_some() {
            return Err(cursor.expected("`,` behind the type of the column"));
        }
        rename(&mut data_type, renamed);
        Ok(Column {
            name: attributes.sql_name.unwrap_or_else(|| name.text.to_owned()),
            rust_name: name.text.to_owned(),
            name_at: name.start..name.end,
            data_type,
            type_at: start..end,
            max_length: attributes.max_length,
            dialects: attributes.dialects.unwrap_or(DialectSet::ALL),
            is_ignored: self.is_ignored(name.start),
        })
    }
}

fn both(outer: DialectSet, said: Option<DialectSet>) -> DialectSet {
    said.map_or(outer, |said| outer.iter().filter(|dialect| said.contains(*dialect)).collect())
}

/// The last words of paths in a list.
fn words(group: &Group<'_>) -> Vec<String> {
    let mut words = Vec::new();
    for tree in &group.trees {
        if let Tree::Token(token) = tree
            && token.kind == Kind::Word
        {
            words.push(token.text.to_owned());
        }
    }
    words
}

/// What a `use` line calls otherwise.
fn imports(cursor: &mut Cursor<'_, '_>, renamed: &mut Vec<(String, String)>) {
    let start = cursor.at;
    cursor.skip_past(";");
    renames(&cursor.trees[start..cursor.at], renamed);
}

fn renames(trees: &[Tree<'_>], renamed: &mut Vec<(String, String)>) {
    for (place, tree) in trees.iter().enumerate() {
        match (tree, trees.get(place + 1), trees.get(place + 2)) {
            (Tree::Group(group), ..) => renames(&group.trees, renamed),
            (Tree::Token(old), Some(Tree::Token(word)), Some(Tree::Token(new)))
                if word.kind == Kind::Word && word.text == "as" =>
            {
                renamed.push((new.text.to_owned(), old.text.to_owned()));
            }
            _ => {}
        }
    }
}

fn rename(data_type: &mut ModelType, renamed: &[(String, String)]) {
    if let [name] = &mut data_type.path[..]
        && let Some((_, old)) = renamed.iter().find(|(new, _)| new == name)
    {
        name.clone_from(old);
    }
    data_type.arguments.iter_mut().for_each(|argument| rename(argument, renamed));
}

fn joinable(body: &Group<'_>, at: Range<usize>, dialects: DialectSet) -> Result<Joinable, Unread> {
    let mut cursor = Cursor::of(body);
    let usage = "`child -> parent (column)`";
    let child = cursor.path().pop().ok_or_else(|| cursor.expected(usage))?;
    if !cursor.sign("->") {
        return Err(cursor.expected(usage));
    }
    let parent = cursor.path().pop().ok_or_else(|| cursor.expected(usage))?;
    let column = cursor.group("(").and_then(|group| words(group).pop());
    let column = column.ok_or_else(|| cursor.expected(usage))?;
    Ok(Joinable { child, parent, column, at, dialects })
}

impl Cursor<'_, '_> {
    fn path(&mut self) -> Vec<String> {
        let mut path = Vec::new();
        self.sign("::");
        while let Some(word) = self.word() {
            path.push(word.text.to_owned());
            // `::<` belongs to what follows.
            if self.is_sign(1, "<") || !self.sign("::") {
                break;
            }
        }
        path
    }

    fn data_type(&mut self, depth: usize) -> Result<ModelType, Unread> {
        let path = self.path();
        if path.is_empty() || depth > 16 {
            return Err(self.expected("a SQL type"));
        }
        let mut arguments = Vec::new();
        self.sign("::");
        if self.sign("<") {
            while !self.sign(">") {
                arguments.push(self.data_type(depth + 1)?);
                if !self.sign(",") && !self.is_sign(0, ">") {
                    return Err(self.expected("`>`"));
                }
            }
        }
        Ok(ModelType { path, arguments })
    }

    /// `#[…]` or `#![…]`; whether it is one.
    fn attribute(&mut self, attributes: &mut Attributes) -> bool {
        let is_inner = self.is_sign(1, "!");
        let Some(Tree::Group(group)) = self.peek(if is_inner { 2 } else { 1 }) else { return false };
        self.at += if is_inner { 3 } else { 2 };
        let mut inside = Cursor::of(group);
        match inside.path().pop().as_deref() {
            Some("sql_name") if inside.sign("=") => {
                attributes.sql_name = inside.token(Kind::Text).map(|text| text.text.to_owned());
            }
            Some("max_length") if inside.sign("=") => {
                let number = inside.token(Kind::Number).map(|number| number.text.replace('_', ""));
                attributes.max_length = number.and_then(|number| number.parse().ok());
            }
            Some("cfg") => {
                let said = inside.group("(").and_then(|group| condition(&group.trees));
                if let Some(said) = said {
                    attributes.dialects =
                        Some(both(attributes.dialects.unwrap_or(DialectSet::ALL), Some(said)));
                }
            }
            Some("diesel") => {
                attributes.is_type |= inside.group("(").is_some_and(|group| sql_type(group, attributes));
            }
            Some("postgres") => {
                attributes.is_type = true;
                if let Some(group) = inside.group("(") {
                    attributes.postgres = postgres_type(group);
                }
            }
            Some("sqlite_type" | "mysql_type") => attributes.is_type = true,
            _ => {}
        }
        true
    }
}

/// `postgres_type(name = "…", schema = "…")` among the options of `#[diesel(…)]`; whether it names any database's type.
fn sql_type(options: &Group<'_>, attributes: &mut Attributes) -> bool {
    let mut cursor = Cursor::of(options);
    let mut is_type = false;
    while cursor.peek(0).is_some() {
        match cursor.word().map(|word| word.text) {
            Some("postgres_type") => {
                is_type = true;
                if let Some(group) = cursor.group("(") {
                    attributes.postgres = postgres_type(group);
                }
            }
            Some("sqlite_type" | "mysql_type") => is_type = true,
            _ => {}
        }
        cursor.skip_past(",");
    }
    is_type
}

fn postgres_type(options: &Group<'_>) -> Option<PostgresType> {
    let mut cursor = Cursor::of(options);
    let (mut name, mut schema) = (None, None);
    while cursor.peek(0).is_some() {
        let key = cursor.word().map_or("", |key| key.text);
        if cursor.sign("=") {
            let value = cursor.token(Kind::Text).map(|text| text.text.to_owned());
            match key {
                "name" | "type_name" => name = value,
                "schema" | "type_schema" => schema = value,
                _ => {}
            }
        }
        cursor.skip_past(",");
    }
    Some(PostgresType { schema, name: name? })
}

/// The databases for which a `cfg` holds; `None` where it speaks of something else.
fn condition(trees: &[Tree<'_>]) -> Option<DialectSet> {
    let mut cursor = Cursor { trees, at: 0, end: 0 };
    let word = cursor.word()?.text;
    if let Some(group) = cursor.group("(") {
        let parts: Vec<Option<DialectSet>> = group
            .trees
            .split(|tree| matches!(tree, Tree::Token(token) if token.text == ","))
            .filter(|part| !part.is_empty())
            .map(condition)
            .collect();
        return match word {
            "any" => parts.into_iter().try_fold(DialectSet::EMPTY, |set, part| Some(set.union(part?))),
            "all" => parts.into_iter().flatten().reduce(|set, part| both(set, Some(part))),
            "not" => Some(DialectSet::ALL.difference(parts.into_iter().next()??)),
            _ => None,
        };
    }
    match cursor.sign("=") {
        true => dialects_of(cursor.token(Kind::Text)?.text),
        false => dialects_of(word),
    }
}
