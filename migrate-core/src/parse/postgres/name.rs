//! Names as PostgreSQL reads them.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::reader::{Reader, tokens};
use crate::ddl::{Ident, Path};

/// The server's `NAMEDATALEN`, without the byte at the end.
const MAX_BYTES: usize = 63;

impl Reader<'_> {
    /// The name that a node consists of.
    ///
    /// Unquoted ones are in lower case, but only A to Z: in UTF-8 the server leaves all others alone.
    pub(super) fn ident(&self, node: &SyntaxNode) -> Ident {
        // Some names are wrapped: roles, and those that could have a schema as far as the library is concerned.
        if tokens(node).next().is_none()
            && let Some(name) = node.descendants().filter(|part| tokens(part).next().is_some()).last()
        {
            return self.ident(&name);
        }
        let mut name = ast::normalize_name_node(node);
        cut(&mut name);
        let last = tokens(node).last();
        let first = tokens(node)
            .find(|token| node.kind() != SyntaxKind::ROLE_REF || token.kind() != SyntaxKind::GROUP_KW);
        let at = match (first, last) {
            (Some(first), Some(last)) => {
                let mut at = self.token_at(&first);
                at.end = self.token_at(&last).end.max(at.end);
                at
            }
            _ => self.at(node),
        };
        Ident::new(name, at)
    }

    /// The name that a node consists of, if there is the node: the last one of a dotted one.
    pub(super) fn name<N: AstNode>(&self, node: Option<N>) -> Option<Ident> {
        node.map(|node| self.parts(node.syntax()).pop().unwrap_or_else(nameless))
    }

    /// The name that a node consists of; without a node, which valid syntax does not come without, an empty one.
    pub(super) fn named<N: AstNode>(&self, node: Option<N>) -> Ident {
        self.name(node).unwrap_or_else(nameless)
    }

    /// The names of a dotted one, from left to right.
    pub(super) fn parts(&self, node: &SyntaxNode) -> Vec<Ident> {
        let parts = node.descendants().filter(|part| is_part(part.kind()));
        let parts: Vec<_> = parts.filter(|part| part.first_token().is_some()).collect();
        if parts.is_empty() {
            return vec![self.ident(node)];
        }
        parts.iter().map(|part| self.ident(part)).collect()
    }

    /// The name of an object, with its schema.
    pub(super) fn path_at(&self, node: &SyntaxNode) -> Path {
        path_of(self.parts(node))
    }

    /// The name of an object, with its schema; without a node an empty one.
    pub(super) fn path<N: AstNode>(&self, node: Option<N>) -> Path {
        node.map_or_else(|| Path::plain(nameless()), |node| self.path_at(node.syntax()))
    }

    /// The names of the parts of a kind.
    pub(super) fn idents<N: AstNode>(&self, nodes: impl Iterator<Item = N>) -> Vec<Ident> {
        nodes.map(|node| self.ident(node.syntax())).collect()
    }

    /// A name in a literal: an enum's label.
    pub(super) fn label(&self, literal: Option<ast::Literal>) -> Ident {
        literal.map_or_else(nameless, |literal| {
            Ident::new(literal.string_value().unwrap_or_default(), self.at(literal.syntax()))
        })
    }
}

/// The last two of some names: a database before them can only be the one that is connected.
pub(super) fn path_of(mut parts: Vec<Ident>) -> Path {
    let name = parts.pop().unwrap_or_else(nameless);
    Path { schema: parts.pop(), name }
}

/// A column of a table, as `OWNED BY` and comments name it.
pub(super) fn column_of(mut parts: Vec<Ident>) -> (Path, Ident) {
    let column = parts.pop().unwrap_or_else(nameless);
    (path_of(parts), column)
}

pub(super) fn nameless() -> Ident {
    Ident::new("", Default::default())
}

/// Whether a node is a part of a dotted name.
fn is_part(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::PATH_SEGMENT | SyntaxKind::PATH_SEGMENT_REF)
}

/// Cuts a name where the server does.
fn cut(name: &mut String) {
    if name.len() > MAX_BYTES {
        let end = (0..=MAX_BYTES).rev().find(|end| name.is_char_boundary(*end));
        name.truncate(end.unwrap_or(0));
    }
}
