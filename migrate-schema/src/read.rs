//! From the text of a `schema.rs` to what it declares.
//!
//! Declarations are looked for everywhere: in modules, beside other items, in the braces of other macros. One that cannot
//! be read is noted, and the rest is read.

use std::ops::Range;

use migrate_core::dialect::{Dialect, DialectSet};

use self::attribute::{Attributes, Of};
use self::cursor::Cursor;
use crate::models::{Column, CustomType, Joinable, ModelType, Models, Table, Unread};
use crate::superset::{Key, PartKind, TableMore};
use crate::token::{self, Group, Kind, Source, Tree};

mod attribute;
mod cursor;
mod superset;

/// The words in a comment that leave the line below or beside it out of comparisons.
pub const IGNORE: &str = "migrate:ignore";

/// Reads the declarations of a file. They are for `dialects`, unless they say otherwise.
pub fn read(text: &str, dialects: DialectSet) -> Models {
    let Source { trees, comments, unbalanced } = token::read(text);
    let mut ignored: Vec<Range<usize>> = Vec::new();
    for comment in comments.into_iter().filter(|comment| text[comment.clone()].contains(IGNORE)) {
        ignored.push(reach(text, &comment));
    }
    let mut reader = Reader { models: Models::default(), ignored, imports_superset: false };
    reader.items(&trees, dialects);
    let is_unbalanced = !unbalanced.is_empty();
    let unbalanced = unbalanced.into_iter().map(|(at, why)| Unread { at, why: why.to_owned() });
    reader.models.unread.extend(unbalanced);
    reader.models.is_unbalanced = is_unbalanced;
    reader.models
}

/// What is wrong with an attribute of `migrate::table!`, written out as `#[…]`; nothing if it is none of these.
pub fn attribute_flaw(text: &str, is_of_column: bool) -> Option<String> {
    let Source { trees, .. } = token::read(text);
    let of = if is_of_column { Of::Column } else { Of::Table };
    let mut attributes = Attributes { of, ..Attributes::default() };
    Cursor { trees: &trees, at: 0, end: text.len() }.attribute(&mut attributes);
    attributes.unread.pop().map(|unread| unread.why)
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
    /// Whether `table!` is that of this crate: the file says `use migrate::table`.
    imports_superset: bool,
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
                Tree::Token(token) if token.kind == Kind::Word && token.text == "use" => {
                    cursor.at += 1;
                    let start = cursor.at;
                    cursor.skip_past(";");
                    self.imports_superset |= names_superset(&trees[start..cursor.at]);
                    attributes = Attributes::default();
                }
                Tree::Token(token) if token.kind == Kind::Word && cursor.is_sign(1, "!") => {
                    let (name, start) = (token.text, token.start);
                    let is_superset =
                        cursor.is_behind("migrate") || self.imports_superset && !cursor.is_behind("diesel");
                    cursor.at += 2;
                    let said = std::mem::take(&mut attributes).dialects;
                    if name == "macro_rules" {
                        cursor.at += 2;
                    } else if let Some(body) = cursor.group("{([") {
                        self.call((name, is_superset), start, body, both(dialects, said));
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

    /// A macro call; whether it would be that of this crate, if it is `table!`.
    fn call(
        &mut self,
        (name, is_superset): (&str, bool),
        start: usize,
        body: &Group<'_>,
        dialects: DialectSet,
    ) {
        let at = start..body.end;
        match name {
            "table" | "view" => {
                if let Err(unread) = self.tables((name == "view", is_superset), body, &at, dialects) {
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
        (is_view, is_superset): (bool, bool),
        body: &Group<'_>,
        at: &Range<usize>,
        dialects: DialectSet,
    ) -> Result<(), Unread> {
        let mut cursor = Cursor::of(body);
        let mut renamed: Vec<(String, String)> = Vec::new();
        while cursor.peek(0).is_some() {
            let mut attributes = Attributes { of: Of::Table, ..Attributes::default() };
            while cursor.is_sign(0, "#") && cursor.attribute(&mut attributes) {}
            self.models.unread.append(&mut attributes.unread);
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
            let mut more = attributes.table;
            let mut unknown = attributes.unknown;
            let (columns, has_more) = self.columns(columns, &renamed, &mut more, &mut unknown);
            cursor.sign(",");
            let is_superset = is_superset || attributes.is_superset || has_more;
            if is_superset {
                self.models.unread.append(&mut unknown);
            }
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
                more: is_superset.then(|| Box::new(more)),
            });
        }
        Ok(())
    }

    /// The columns, and whether any says what diesel's `table!` does not take.
    fn columns(
        &mut self,
        group: &Group<'_>,
        renamed: &[(String, String)],
        more: &mut TableMore,
        unknown: &mut Vec<Unread>,
    ) -> (Vec<Column>, bool) {
        let mut cursor = Cursor::of(group);
        let mut columns = Vec::new();
        let mut has_more = false;
        while cursor.peek(0).is_some() {
            match self.column(&mut cursor, renamed) {
                Ok((column, mut attributes)) => {
                    has_more |= attributes.is_superset;
                    self.models.unread.append(&mut attributes.unread);
                    unknown.append(&mut attributes.unknown);
                    attributes.table.parts.iter_mut().for_each(|part| name_column(&mut part.kind, &column));
                    more.parts.append(&mut attributes.table.parts);
                    columns.push(column);
                }
                Err(unread) => {
                    self.models.unread.push(unread);
                    cursor.skip_past(",");
                }
            }
        }
        (columns, has_more)
    }

    fn column(
        &self,
        cursor: &mut Cursor<'_, '_>,
        renamed: &[(String, String)],
    ) -> Result<(Column, Attributes), Unread> {
        let mut attributes = Attributes { of: Of::Column, ..Attributes::default() };
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
        let column = Column {
            name: attributes.sql_name.take().unwrap_or_else(|| name.text.to_owned()),
            rust_name: name.text.to_owned(),
            name_at: name.start..name.end,
            data_type,
            type_at: start..end,
            max_length: attributes.max_length,
            dialects: attributes.dialects.unwrap_or(DialectSet::ALL),
            is_ignored: self.is_ignored(name.start),
            more: std::mem::take(&mut attributes.column),
        };
        Ok((column, attributes))
    }
}

/// Whether a `use` line brings the `table!` of this crate.
fn names_superset(trees: &[Tree<'_>]) -> bool {
    let is_word = |tree: &Tree<'_>, word: &str| matches!(tree, Tree::Token(token) if token.text == word);
    let brings = |trees: &[Tree<'_>]| trees.iter().any(|tree| is_word(tree, "table") || is_word(tree, "*"));
    let first = trees.iter().find(|tree| !is_word(tree, "::"));
    first.is_some_and(|tree| is_word(tree, "migrate"))
        && (brings(trees)
            || trees.iter().any(|tree| matches!(tree, Tree::Group(group) if brings(&group.trees))))
}

/// Puts the column in front of which it stands into an index or a constraint.
fn name_column(kind: &mut PartKind, column: &Column) {
    let own = column.rust_name.clone();
    match kind {
        PartKind::Index { keys, .. } => match &mut keys[..] {
            [Key::Column { name, .. }] if name.is_empty() => *name = own,
            _ => keys.insert(0, Key::Column { name: own, descending: false, nulls_first: None }),
        },
        PartKind::Unique { columns, .. } => *columns = vec![own],
        PartKind::ForeignKey(references) => references.columns = vec![own],
        PartKind::Check(_) => {}
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
