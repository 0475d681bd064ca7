//! A walk over the trees of a source.

use std::ops::Range;

use crate::models::{ModelType, Unread};
use crate::token::{Group, Kind, Token, Tree};

/// A walk over trees.
pub(super) struct Cursor<'t, 'a> {
    pub(super) trees: &'t [Tree<'a>],
    pub(super) at: usize,
    /// Where the trees end.
    pub(super) end: usize,
}

impl<'t, 'a> Cursor<'t, 'a> {
    pub(super) fn of(group: &'t Group<'a>) -> Self {
        Self { trees: &group.trees, at: 0, end: group.end.saturating_sub(1) }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<&'t Tree<'a>> {
        self.trees.get(self.at + ahead)
    }

    pub(super) fn is_sign(&self, ahead: usize, sign: &str) -> bool {
        matches!(self.peek(ahead), Some(Tree::Token(token)) if token.kind == Kind::Sign && token.text == sign)
    }

    /// Whether the walk is behind `krate::`.
    pub(super) fn is_behind(&self, krate: &str) -> bool {
        let before = |back: usize| self.at.checked_sub(back).and_then(|at| self.trees.get(at));
        let is = |tree: Option<&Tree<'_>>, text: &str| matches!(tree, Some(Tree::Token(token)) if token.text == text);
        is(before(1), "::") && is(before(2), krate)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(0), Some(Tree::Token(token)) if token.kind == Kind::Word && token.text == word)
    }

    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(0, sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn token(&mut self, kind: Kind) -> Option<Token<'a>> {
        match self.peek(0) {
            Some(Tree::Token(token)) if token.kind == kind => {
                self.at += 1;
                Some(*token)
            }
            _ => None,
        }
    }

    pub(super) fn word(&mut self) -> Option<Token<'a>> {
        self.token(Kind::Word)
    }

    pub(super) fn group(&mut self, open: &str) -> Option<&'t Group<'a>> {
        match self.peek(0) {
            Some(Tree::Group(group)) if open.contains(group.open) => {
                self.at += 1;
                Some(group)
            }
            _ => None,
        }
    }

    /// Where the walk is.
    pub(super) fn place(&self) -> Range<usize> {
        self.peek(0).map_or(self.end..self.end, Tree::at)
    }

    /// Behind the next sign of this kind.
    pub(super) fn skip_past(&mut self, sign: &str) {
        while self.peek(0).is_some() && !self.sign(sign) {
            self.at += 1;
        }
    }

    pub(super) fn expected(&self, what: &str) -> Unread {
        Unread { at: self.place(), why: format!("expected {what}") }
    }

    pub(super) fn path(&mut self) -> Vec<String> {
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

    pub(super) fn data_type(&mut self, depth: usize) -> Result<ModelType, Unread> {
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
}
