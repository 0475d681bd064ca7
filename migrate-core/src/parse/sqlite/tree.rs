//! Tokens to a tree, by SQLite's own tables.
//!
//! This is Lemon's driver. It keeps its own stack, so no text is too deep for it, and it accepts exactly what SQLite accepts,
//! keywords that stand for names included.

use super::lex::Token;
use super::rules::RULES;
use super::tables::{
    ACCEPT, ACTION, DEFAULT, FALLBACK, LEFT, LOOKAHEAD, MAX_SHIFT, MAX_SHIFT_REDUCE, MIN_REDUCE,
    MIN_SHIFT_REDUCE, PARTS, REDUCE_OFFSET, SHIFT_OFFSET, WILDCARD, token,
};
use crate::ddl::Extent;

/// The tree of one statement.
pub(super) struct Tree<'a> {
    sql: &'a str,
    nodes: Vec<Inner>,
    /// The children of all nodes, each node's together.
    children: Vec<u32>,
    /// The statement's place among them.
    root: u32,
    /// Whether the statement is only explained.
    pub(super) is_explained: bool,
}

/// A node in the arena.
struct Inner {
    /// A rule, or nothing for a token.
    rule: Option<u16>,
    at: Extent,
    /// Its part of [`Tree::children`].
    first: u32,
    after: u32,
}

/// A node of a tree, by its place among the children of all nodes.
#[derive(Clone, Copy)]
pub(super) struct Node<'t, 'a> {
    tree: &'t Tree<'a>,
    place: usize,
}

/// Why there is no tree.
pub(super) enum Refusal {
    /// This token, by its place, or the end of the text, cannot stand here.
    Token(Option<usize>),
    /// There is no statement, or more than one.
    NotOne,
}

/// The tree of the tokens; `is_all` says that they are all of the text.
pub(super) fn tree<'a>(sql: &'a str, tokens: &[Token], is_all: bool) -> Result<Tree<'a>, Refusal> {
    let mut driver =
        Driver { nodes: Vec::new(), children: Vec::new(), stack: vec![(0, 0)], roots: Vec::new() };
    let mut is_explained = false;
    let end = tokens.last().map_or(0, |token| token.at.end);
    let end = Extent { start: end, end };
    for (place, token) in tokens.iter().enumerate() {
        is_explained |= driver.roots.is_empty() && place == 0 && token.code == token::EXPLAIN;
        driver.take(token.code, token.at).map_err(|()| Refusal::Token(Some(place)))?;
    }
    if !is_all {
        return Err(Refusal::Token(None));
    }
    if tokens.last().is_some_and(|token| token.code != token::SEMI) {
        driver.take(token::SEMI, end).map_err(|()| Refusal::Token(None))?;
    }
    driver.take(0, end).map_err(|()| Refusal::Token(None))?;
    match driver.roots[..] {
        [root] => Ok(Tree { sql, nodes: driver.nodes, children: driver.children, root, is_explained }),
        _ => Err(Refusal::NotOne),
    }
}

struct Driver {
    nodes: Vec<Inner>,
    children: Vec<u32>,
    /// States with the nodes that led to them.
    stack: Vec<(u16, u32)>,
    /// The statements, by their places among the children.
    roots: Vec<u32>,
}

impl Driver {
    /// Takes the next token; an error is one that cannot stand here.
    fn take(&mut self, code: u16, at: Extent) -> Result<(), ()> {
        let mut state = self.state();
        loop {
            let action = find_shift(code, state);
            if action >= MIN_REDUCE {
                state = self.reduce(action - MIN_REDUCE, at.start);
            } else if action <= MAX_SHIFT_REDUCE {
                // What is taken and reduced at once is reduced when the next token comes, as Lemon does it.
                let later = action > MAX_SHIFT;
                let action = if later { action + (MIN_REDUCE - MIN_SHIFT_REDUCE) } else { action };
                let first = self.children.len() as u32;
                let node = self.add(Inner { rule: None, at, first, after: first });
                self.stack.push((action, node));
                return Ok(());
            } else if action == ACCEPT {
                return Ok(());
            } else {
                return Err(());
            }
        }
    }

    fn state(&self) -> u16 {
        self.stack.last().map_or(0, |entry| entry.0)
    }

    fn add(&mut self, node: Inner) -> u32 {
        self.nodes.push(node);
        (self.nodes.len() - 1) as u32
    }

    /// Replaces what a rule consists of by what it makes, and returns the state behind it.
    fn reduce(&mut self, rule: u16, before: u32) -> u16 {
        let parts = usize::from(PARTS[usize::from(rule)].unsigned_abs());
        let from = self.stack.len() - parts;
        let first = self.children.len() as u32;
        let nodes = &self.nodes;
        let parts = self.stack.drain(from..).map(|(_, node)| node);
        self.children.extend(parts);
        let children = &self.children[first as usize..];
        let extents = || children.iter().map(|node| nodes[*node as usize].at).filter(|at| at.start < at.end);
        // What is empty stands where it could have begun.
        let empty = Extent { start: before, end: before };
        let start = extents().next().unwrap_or(empty).start;
        let end = extents().next_back().unwrap_or(empty).end;
        if RULES[usize::from(rule)] == "cmdx ::= cmd" {
            self.roots.push(first);
        }
        let node =
            Inner { rule: Some(rule), at: Extent { start, end }, first, after: self.children.len() as u32 };
        let node = self.add(node);
        let state = find_reduce(self.state(), LEFT[usize::from(rule)]);
        self.stack.push((state, node));
        state
    }
}

fn find_shift(mut code: u16, state: u16) -> u16 {
    if state > MAX_SHIFT {
        return state;
    }
    let offset = usize::from(SHIFT_OFFSET[usize::from(state)]);
    loop {
        let at = offset + usize::from(code);
        if LOOKAHEAD[at] == code {
            return ACTION[at];
        }
        match FALLBACK[usize::from(code)] {
            0 => {}
            other => {
                code = other;
                continue;
            }
        }
        let any = offset + usize::from(WILDCARD);
        return if LOOKAHEAD[any] == WILDCARD && code > 0 {
            ACTION[any]
        } else {
            DEFAULT[usize::from(state)]
        };
    }
}

fn find_reduce(state: u16, made: u16) -> u16 {
    let offset = isize::from(REDUCE_OFFSET[usize::from(state)]) + made as isize;
    ACTION[offset as usize]
}

impl<'a> Tree<'a> {
    /// The statement.
    pub(super) fn root(&self) -> Node<'_, 'a> {
        Node { tree: self, place: self.root as usize }
    }
}

impl<'t, 'a> Node<'t, 'a> {
    fn inner(self) -> &'t Inner {
        &self.tree.nodes[self.tree.children[self.place] as usize]
    }

    /// The rule it was made by; empty for a token.
    pub(super) fn rule(self) -> &'static str {
        self.inner().rule.map_or("", |rule| RULES[usize::from(rule)])
    }

    /// Where it stands.
    pub(super) fn at(self) -> Extent {
        self.inner().at
    }

    /// Its text.
    pub(super) fn text(self) -> &'a str {
        self.at().of(self.tree.sql)
    }

    /// Whether nothing stands there.
    pub(super) fn is_empty(self) -> bool {
        self.at().start == self.at().end
    }

    /// Whether it is this word.
    pub(super) fn is(self, word: &str) -> bool {
        self.text().eq_ignore_ascii_case(word)
    }

    /// Its parts.
    pub(super) fn parts(self) -> Parts<'t, 'a> {
        let inner = self.inner();
        Parts { tree: self.tree, first: inner.first as usize, after: inner.after as usize }
    }

    /// One of its parts. A rule's text says how many there are.
    pub(super) fn part(self, nth: usize) -> Node<'t, 'a> {
        self.parts().get(nth)
    }

    /// The items of a list `name ::= name … item`: for each the parts that its rule adds, separators included.
    ///
    /// Where `name ::= item` does nothing else, the tables have no rule for it, and the item stands in the list's place.
    pub(super) fn items(self, name: &str) -> Vec<Parts<'t, 'a>> {
        let mut items = Vec::new();
        let mut node = self;
        loop {
            let is_list = node.rule().strip_prefix(name).and_then(|rest| rest.strip_prefix(" ::="));
            let parts = node.parts();
            match is_list {
                None => items.push(Parts { tree: self.tree, first: node.place, after: node.place + 1 }),
                Some(of) if of.trim_start().split(' ').next() == Some(name) => {
                    items.push(Parts { first: parts.first + 1, ..parts });
                    node = parts.get(0);
                    continue;
                }
                Some(_) => items.push(parts),
            }
            break;
        }
        items.retain(|item| item.len() > 0);
        items.reverse();
        items
    }
}

/// Some nodes that stand beside each other.
#[derive(Clone, Copy)]
pub(super) struct Parts<'t, 'a> {
    tree: &'t Tree<'a>,
    first: usize,
    after: usize,
}

impl<'t, 'a> Parts<'t, 'a> {
    /// One of them.
    pub(super) fn get(self, nth: usize) -> Node<'t, 'a> {
        Node { tree: self.tree, place: self.first + nth }
    }

    /// One of them, counted from the last.
    pub(super) fn last(self, nth: usize) -> Node<'t, 'a> {
        Node { tree: self.tree, place: self.after - 1 - nth }
    }

    /// How many there are.
    pub(super) fn len(self) -> usize {
        self.after - self.first
    }
}
