//! Rust source as trees of tokens, as far as declarations need it.
//!
//! Inside a procedural macro the compiler gives the tokens of a text no places of their own, so no parser that is built on
//! its token streams can say in which line of `schema.rs` something stands. What `table!` takes is small, and this reads
//! it from any text: what is no Rust becomes tokens all the same.

use std::ops::Range;

/// A token, or a pair of brackets and what is between them.
#[derive(Debug)]
pub(crate) enum Tree<'a> {
    Token(Token<'a>),
    Group(Group<'a>),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    /// As written; of `r#type` without `r#`, of a text what is between its quotes.
    pub(crate) text: &'a str,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    Text,
    Number,
    /// `->`, `::`, `=>`, or a character.
    Sign,
}

#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) open: char,
    pub(crate) trees: Vec<Tree<'a>>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Tree<'_> {
    /// Where it stands.
    pub(crate) fn at(&self) -> Range<usize> {
        match self {
            Self::Token(token) => token.start..token.end,
            Self::Group(group) => group.start..group.end,
        }
    }
}

/// Deeper brackets are taken for plain signs.
const DEEPEST: usize = 64;

/// A text as trees.
pub(crate) struct Source<'a> {
    pub(crate) trees: Vec<Tree<'a>>,
    /// The comments that are not documentation.
    pub(crate) comments: Vec<Range<usize>>,
    /// Brackets without their other one, and what is wrong with each: such a text is cut off, or no Rust.
    pub(crate) unbalanced: Vec<(Range<usize>, &'static str)>,
}

/// A text's trees. A bracket that is never closed reaches to the end.
pub(crate) fn read(text: &str) -> Source<'_> {
    let mut lexer = Lexer { text, at: 0, comments: vec![] };
    let mut open: Vec<Group<'_>> = Vec::new();
    let mut trees = Vec::new();
    // Brackets that were not taken for groups and are still open.
    let mut flat = 0_usize;
    let mut stray = None;
    while let Some(token) = lexer.next() {
        match (token.kind, token.text) {
            (Kind::Sign, "(" | "[" | "{") if open.len() < DEEPEST => {
                let bracket = token.text.chars().next().unwrap_or('{');
                let group = Group { open: bracket, trees: vec![], start: token.start, end: text.len() };
                open.push(group);
                continue;
            }
            (Kind::Sign, "(" | "[" | "{") => flat += 1,
            (Kind::Sign, ")" | "]" | "}") if flat > 0 => flat -= 1,
            (Kind::Sign, ")" | "]" | "}") => {
                let closes = |group: &Group<'_>| {
                    matches!((group.open, token.text), ('(', ")") | ('[', "]") | ('{', "}"))
                };
                if !open.last().is_some_and(closes) {
                    stray.get_or_insert(token.start..token.end);
                }
                if let Some(mut group) = open.pop() {
                    group.end = token.end;
                    put(&mut open, &mut trees, Tree::Group(group));
                }
                continue;
            }
            _ => {}
        }
        put(&mut open, &mut trees, Tree::Token(token));
    }
    let mut unbalanced: Vec<_> = stray.into_iter().map(|at| (at, "this bracket closes no other")).collect();
    while let Some(group) = open.pop() {
        unbalanced.push((group.start..group.start + 1, "this bracket is never closed"));
        put(&mut open, &mut trees, Tree::Group(group));
    }
    Source { trees, comments: lexer.comments, unbalanced }
}

fn put<'a>(open: &mut [Group<'a>], trees: &mut Vec<Tree<'a>>, tree: Tree<'a>) {
    match open.last_mut() {
        Some(group) => group.trees.push(tree),
        None => trees.push(tree),
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    comments: Vec<Range<usize>>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn take(&mut self, length: usize) -> &'a str {
        let taken = &self.text[self.at..self.at + length];
        self.at += length;
        taken
    }

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blanks();
        let start = self.at;
        let rest = self.rest();
        let first = rest.chars().next()?;
        if let Some(text) = self.quoted() {
            return Some(Token { kind: Kind::Text, text, start, end: self.at });
        }
        let (kind, text) = if is_word_start(first) {
            if rest.starts_with("r#") && rest[2..].starts_with(is_word_start) {
                self.at += 2;
            }
            (Kind::Word, self.take_while(is_word))
        } else if first.is_ascii_digit() {
            (Kind::Number, self.take_while(is_word))
        } else if first == '\'' {
            self.quote();
            (Kind::Sign, &self.text[start..self.at])
        } else if ["->", "::", "=>"].iter().any(|sign| rest.starts_with(sign)) {
            (Kind::Sign, self.take(2))
        } else {
            (Kind::Sign, self.take(first.len_utf8()))
        };
        Some(Token { kind, text, start, end: self.at })
    }

    fn take_while(&mut self, wanted: fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        self.take(rest.find(|c| !wanted(c)).unwrap_or(rest.len()))
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            let start = self.at;
            let rest = self.rest();
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
                self.comments.push(start..self.at);
            } else if rest.starts_with("/*") {
                self.at += block_comment(rest);
                self.comments.push(start..self.at);
            } else {
                return;
            }
        }
    }

    /// A text in quotes, of any kind.
    fn quoted(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let mut prefix = rest.find(|c| !matches!(c, 'b' | 'c' | 'r'))?;
        let is_raw = rest[..prefix].ends_with('r');
        let hashes =
            if is_raw { rest[prefix..].len() - rest[prefix..].trim_start_matches('#').len() } else { 0 };
        prefix += hashes;
        if prefix > hashes + 2 || !rest[prefix..].starts_with('"') {
            return None;
        }
        let body = &rest[prefix + 1..];
        let length = if is_raw {
            body.find(&format!("\"{}", "#".repeat(hashes))).unwrap_or(body.len())
        } else {
            end_of_text(body)
        };
        let text = &body[..length];
        self.at = (self.at + prefix + 1 + length + 1 + hashes).min(self.text.len());
        Some(text)
    }

    /// A character in quotes, or a lifetime.
    fn quote(&mut self) {
        let mut chars = self.rest().char_indices().skip(1);
        let (first, second) = (chars.next(), chars.next());
        self.at += match (first, second) {
            (Some((_, '\\')), Some(_)) => {
                // Behind the escape, up to the quote; all on one line.
                let rest = self.rest();
                let end = rest[2..].char_indices().skip(1).find(|(_, c)| matches!(c, '\'' | '\n'));
                end.map_or(rest.len(), |(at, _)| at + 3)
            }
            (Some(_), Some((at, '\''))) => at + 1,
            _ => 1,
        };
    }
}

/// How long a text is whose first quote is behind it.
fn end_of_text(body: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    body.len()
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    let bytes = rest.as_bytes();
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn is_word_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(trees: &[Tree<'_>]) -> String {
        let shown = trees.iter().map(|tree| match tree {
            Tree::Token(token) if token.kind == Kind::Text => format!("<{}>", token.text),
            Tree::Token(token) => token.text.to_owned(),
            Tree::Group(group) => format!("{}{}|", group.open, shown(&group.trees)),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tokens_of_all_kinds() {
        for (text, trees) in [
            ("a::b -> c<d>, // e\n /* f /* g */ h */ i", "a :: b -> c < d > , i"),
            (r##"r#type "a\"b" r#"c"d"# b"e" 'f' '\'' 'g h"##, r#"type <a\"b> <c"d> <e> 'f' '\'' ' g h"#),
            ("{ ( ] } x", "{(|| x"),
            ("a } b", "a b"),
            ("{ a", "{a|"),
            ("\"open", "<open>"),
            ("ä 12_u8 é", "ä 12_u8 é"),
            ("'", "'"),
            ("'\\", "' \\"),
            ("r\"", "<>"),
        ] {
            assert_eq!(shown(&read(text).trees), trees, "{text}");
        }
    }

    #[test]
    fn brackets_without_their_other_one() {
        for (text, places) in [
            ("a { b ( c ) [ '}' \"}\" ] } // }", &[][..]),
            ("a { b ( c )", &[2]),
            ("a { b ( c", &[6, 2]),
            ("a } b }", &[2]),
            ("{ ( ] }", &[4]),
        ] {
            let found = read(text).unbalanced;
            assert_eq!(found.iter().map(|(at, _)| at.start).collect::<Vec<_>>(), places, "{text}");
        }
    }

    #[test]
    fn a_hundred_thousand_brackets_are_no_deep_recursion() {
        let text = "{".repeat(100_000) + &"}".repeat(100_000) + " a";
        assert!(matches!(&read(&text).trees[..], [Tree::Group(_), Tree::Token(_)]));
    }
}
