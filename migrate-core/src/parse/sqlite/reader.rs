//! Names, and what all readings share.

use super::super::SyntaxError;
use super::tree::Node;
use crate::ddl::{Extent, Ident, Path};

/// How deep expressions and queries may be nested. SQLite stops at a thousand; beyond this nobody has written it by hand, and
/// whoever goes through the values has a stack.
pub(super) const DEEPEST: usize = 100;

/// Reads trees.
pub(super) struct Reader<'a> {
    pub(super) sql: &'a str,
    depth: usize,
}

/// Why a tree is not read to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// SQLite's parser finds fault with it, in the code beside its grammar and whatever the schema is.
    Wrong(SyntaxError),
    /// It is nested too deeply.
    TooDeep,
}

pub(super) type Read<T> = Result<T, Stop>;

impl<'a> Reader<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        Self { sql, depth: 0 }
    }

    /// Goes a step deeper. Who is stopped does not come back.
    pub(super) fn enter(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(Stop::TooDeep) } else { Ok(()) }
    }

    /// Comes back.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Reads something that may hold its like.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.enter()?;
        let result = read(self)?;
        self.leave();
        Ok(result)
    }

    /// `nm`, or a token that is a name
    pub(super) fn name(&self, node: Node<'_, '_>) -> Ident {
        Ident::new(unquoted(node.text()), node.at())
    }

    /// `nm dbnm`: a name, or a schema and a name.
    pub(super) fn path(&self, first: Node<'_, '_>, second: Node<'_, '_>) -> Path {
        match second.rule() {
            "dbnm ::= DOT nm" => Path { schema: Some(self.name(first)), name: self.name(second.part(1)) },
            _ => Path::plain(self.name(first)),
        }
    }

    /// `fullname`, or `xfullname` with its alias
    pub(super) fn full_name(&self, node: Node<'_, '_>) -> (Path, Option<Ident>) {
        let name = |nth| self.name(node.part(nth));
        match node.rule() {
            "fullname ::= nm DOT nm" | "xfullname ::= nm DOT nm" => {
                (Path { schema: Some(name(0)), name: name(2) }, None)
            }
            "xfullname ::= nm AS nm" => (Path::plain(name(0)), Some(name(2))),
            "xfullname ::= nm DOT nm AS nm" => (Path { schema: Some(name(0)), name: name(2) }, Some(name(4))),
            // "fullname ::= nm", "xfullname ::= nm"
            _ => (Path::plain(name(0)), None),
        }
    }

    /// `idlist`
    pub(super) fn names(&self, list: Node<'_, '_>) -> Vec<Ident> {
        list.items("idlist").iter().map(|item| self.name(item.last(0))).collect()
    }

    /// `idlist_opt ::= LP idlist RP`, or nothing
    pub(super) fn names_in_parentheses(&self, node: Node<'_, '_>) -> Vec<Ident> {
        match node.rule() {
            "idlist_opt ::= LP idlist RP" => self.names(node.part(1)),
            // "idlist_opt ::="
            _ => Vec::new(),
        }
    }

    /// `eidlist_opt`, or an `eidlist`: names that for the sake of old schemas may look like keys of an index, but must not.
    pub(super) fn plain_names(&self, node: Node<'_, '_>) -> Read<Vec<Ident>> {
        let list = match node.rule() {
            "eidlist_opt ::=" => return Ok(Vec::new()),
            "eidlist_opt ::= LP eidlist RP" => node.part(1),
            // "eidlist ::= eidlist COMMA nm collate sortorder", "eidlist ::= nm collate sortorder"
            _ => node,
        };
        list.items("eidlist")
            .iter()
            .map(|item| {
                let name = item.last(2);
                let is_plain = item.last(1).is_empty() && item.last(0).is_empty();
                if !is_plain {
                    return wrong(format!("syntax error after the column name `{}`", name.text()), name.at());
                }
                Ok(self.name(name))
            })
            .collect()
    }
}

/// A refusal of SQLite's parser.
pub(super) fn wrong<T>(message: String, at: Extent) -> Read<T> {
    Err(Stop::Wrong(SyntaxError { message, at }))
}

/// A name or a string without its quotes.
pub(super) fn unquoted(text: &str) -> Box<str> {
    let Some(quote @ ('"' | '`' | '\'' | '[')) = text.chars().next() else {
        return text.into();
    };
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    if quote == '[' || !inner.contains(quote) {
        return inner.into();
    }
    let doubled: String = [quote, quote].iter().collect();
    inner.replace(&doubled, quote.encode_utf8(&mut [0; 4])).into()
}
