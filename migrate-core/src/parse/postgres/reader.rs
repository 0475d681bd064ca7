//! What all parts of the front end share: where things stand, and ways through the library's tree.

use std::cell::{Cell, RefCell};

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxNode, SyntaxToken};

use crate::ddl::{Expr, ExprKind, Extent, Ident};

/// How deep expressions and queries go before they are opaque. Whoever walks the values recurses as deep.
const MAX_DEPTH: u32 = 100;

/// Turns the library's tree of one text into values.
pub(super) struct Reader<'a> {
    /// From places in the text that was parsed to places in the statement, which differ inside of bodies.
    places: &'a dyn Fn(Extent) -> Extent,
    depth: Cell<u32>,
    /// `old` and `new` in `RETURNING`, and the table that they stand for.
    rows: RefCell<Vec<(Box<str>, Ident)>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(places: &'a dyn Fn(Extent) -> Extent) -> Self {
        Self { places, depth: Cell::new(0), rows: RefCell::default() }
    }

    /// Where a stretch of the parsed text stands in the statement.
    pub(super) fn place(&self, extent: Extent) -> Extent {
        (self.places)(extent)
    }

    /// Where a node stands, without a semicolon at its end.
    pub(super) fn at(&self, node: &SyntaxNode) -> Extent {
        let mut extent = extent_of(node);
        if let Some(last) = node.last_token()
            && last.kind() == squawk_syntax::SyntaxKind::SEMICOLON
        {
            let before = node.children_with_tokens().filter(|part| !part.kind().is_trivia());
            let end = before.take_while(|part| part.as_token() != Some(&last)).last();
            if let Some(end) = end {
                extent.end = u32::from(end.text_range().end());
            }
        }
        self.place(extent)
    }

    /// Where a token stands.
    pub(super) fn token_at(&self, token: &SyntaxToken) -> Extent {
        let range = token.text_range();
        self.place(Extent { start: range.start().into(), end: range.end().into() })
    }

    /// Does something one level deeper; `None` where that is too deep.
    pub(super) fn deeper<T>(&self, what: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return None;
        }
        self.depth.set(depth + 1);
        let done = what();
        self.depth.set(depth);
        Some(done)
    }

    /// Does something while names of rows stand for a table.
    pub(super) fn with_rows<T>(&self, rows: Vec<(Box<str>, Ident)>, what: impl FnOnce() -> T) -> T {
        let before = self.rows.replace(rows);
        let done = what();
        self.rows.replace(before);
        done
    }

    /// What a name before a dot stands for.
    pub(super) fn row(&self, name: Ident) -> Ident {
        let rows = self.rows.borrow();
        match rows.iter().find(|(row, _)| *row == name.text) {
            Some((_, table)) => Ident::new(table.text.clone(), name.at),
            None => name,
        }
    }

    /// An expression that names nothing.
    pub(super) fn other(&self, node: &SyntaxNode) -> Expr {
        Expr { at: self.at(node), kind: ExprKind::Other }
    }

    /// The expressions directly under a node.
    pub(super) fn exprs_in(&self, node: &SyntaxNode) -> Vec<Expr> {
        children::<ast::Expr>(node).map(|expr| self.expr(&expr)).collect()
    }

    /// The first expression directly under a node, if there is the node and the expression.
    pub(super) fn expr_in<N: AstNode>(&self, node: Option<N>) -> Option<Expr> {
        child::<ast::Expr>(node?.syntax()).map(|expr| self.expr(&expr))
    }

    /// All expressions and queries under a node, however its syntax wraps them. Types are left out.
    pub(super) fn exprs_under(&self, node: &SyntaxNode) -> Vec<Expr> {
        let mut exprs = Vec::new();
        self.collect(node, &mut exprs);
        exprs
    }

    fn collect(&self, node: &SyntaxNode, exprs: &mut Vec<Expr>) {
        for part in node.children() {
            if let Some(expr) = ast::Expr::cast(part.clone()) {
                if !matches!(&expr, ast::Expr::Collate(collate) if collate.expr().is_none()) {
                    exprs.push(self.expr(&expr));
                }
            } else if let Some(query) = ast::SelectVariant::cast(part.clone()) {
                exprs.push(self.subquery(&query));
            } else if !ast::Type::can_cast(part.kind()) {
                self.collect(&part, exprs);
            }
        }
    }
}

/// Where a node stands in the text that was parsed.
pub(super) fn extent_of(node: &SyntaxNode) -> Extent {
    let range = node.text_range();
    Extent { start: range.start().into(), end: range.end().into() }
}

/// The first part of a kind.
pub(super) fn child<N: AstNode>(node: &SyntaxNode) -> Option<N> {
    node.children().find_map(N::cast)
}

/// All parts of a kind.
pub(super) fn children<N: AstNode>(node: &SyntaxNode) -> impl Iterator<Item = N> + use<N> {
    node.children().filter_map(N::cast)
}

/// Whether there is a part of a kind.
pub(super) fn has<N: AstNode>(node: &SyntaxNode) -> bool {
    node.children().any(|part| N::can_cast(part.kind()))
}

/// All parts of a kind, however deep.
pub(super) fn all_under<N: AstNode>(node: &SyntaxNode) -> impl Iterator<Item = N> + use<N> {
    node.descendants().filter_map(N::cast)
}

/// The tokens directly in a node, without blanks and comments.
pub(super) fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    node.children_with_tokens().filter_map(|part| part.into_token()).filter(|token| !token.kind().is_trivia())
}

/// All tokens of a node, without blanks and comments.
pub(super) fn all_tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    node.descendants_with_tokens()
        .filter_map(|part| part.into_token())
        .filter(|token| !token.kind().is_trivia())
}

/// The words of a node in lower case, with single blanks.
pub(super) fn words(node: &SyntaxNode) -> String {
    let mut words = String::new();
    for token in all_tokens(node) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&token.text().to_ascii_lowercase());
    }
    words
}

/// The text of a node as it stands.
pub(super) fn text(node: &SyntaxNode) -> Box<str> {
    node.text().to_string().into()
}
