//! Types.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::name::path_of;
use super::reader::{Reader, all_tokens, child, children, text, tokens};
use crate::ddl::{Ident, TypeName};

impl Reader<'_> {
    /// A type as written.
    pub(super) fn type_name(&self, written: &ast::Type) -> TypeName {
        let node = written.syntax();
        let at = self.at(node);
        let is_set = tokens(node).any(|token| token.kind() == SyntaxKind::SETOF_KW);
        let plain = |words: String, arguments: Vec<Box<str>>| TypeName {
            schema: None,
            name: words.into(),
            arguments,
            dimensions: 0,
            charset: None,
            collation: None,
            is_set,
            at,
        };
        match written {
            ast::Type::ArrayType(array) => {
                let Some(element) = array.ty() else { return plain(String::new(), Vec::new()) };
                let Some(mut element) = self.deeper(|| self.type_name(&element)) else {
                    return plain(String::new(), Vec::new());
                };
                let bounds = array.array_bounds().count().max(1);
                element.dimensions =
                    element.dimensions.saturating_add(u8::try_from(bounds).unwrap_or(u8::MAX));
                element.at = at;
                element.is_set |= is_set;
                element
            }
            ast::Type::PathType(named) => {
                let path =
                    path_of(named.path_ref().map(|path| self.parts(path.syntax())).unwrap_or_default());
                let mut name = plain(path.name.text.into(), arguments(named.arg_list()));
                name.schema = path.schema;
                // `"char"` is not `char`: it is the one-byte type of the catalog.
                if &*name.name == "char" && name.schema.is_none() {
                    name.schema = Some(Ident::new("pg_catalog", path.name.at));
                }
                name
            }
            ast::Type::VarcharType(named) => plain(type_words(node), arguments(named.arg_list())),
            ast::Type::CharacterType(named) => plain(type_words(node), arguments(named.arg_list())),
            ast::Type::BitType(named) => plain(type_words(node), arguments(named.arg_list())),
            ast::Type::BitVaryingType(named) => plain(type_words(node), arguments(named.arg_list())),
            ast::Type::DoubleType(_) => plain(type_words(node), Vec::new()),
            ast::Type::TimeType(named) => plain(type_words(node), precision(named.literal())),
            ast::Type::TimestampType(named) => plain(type_words(node), precision(named.literal())),
            ast::Type::IntervalType(named) => {
                let inner = named.interval_qualifier().and_then(|fields| child(fields.syntax()));
                plain(type_words(node), precision(named.literal().or(inner)))
            }
        }
    }

    /// A type in a function's signature, where `table.column%TYPE` can stand too.
    pub(super) fn func_type(&self, written: &ast::FuncType) -> TypeName {
        match written {
            ast::FuncType::Type(written) => self.type_name(written),
            ast::FuncType::PercentType(of) => {
                let mut name = String::new();
                for part in of.path_ref().map(|path| self.parts(path.syntax())).unwrap_or_default() {
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(&part.text);
                }
                name.push_str("%type");
                let bounds = of.array_bounds().count().max(usize::from(of.array_token().is_some()));
                TypeName {
                    schema: None,
                    name: name.into(),
                    arguments: Vec::new(),
                    dimensions: u8::try_from(bounds).unwrap_or(u8::MAX),
                    charset: None,
                    collation: None,
                    is_set: of.setof_token().is_some(),
                    at: self.at(of.syntax()),
                }
            }
        }
    }

    /// A type that syntax demands; without it an empty one.
    pub(super) fn type_in(&self, node: &SyntaxNode) -> TypeName {
        child::<ast::FuncType>(node)
            .map_or_else(|| self.unknown_type(node), |written| self.func_type(&written))
    }

    /// A type with the collation that may stand behind it in the same node.
    pub(super) fn collated_type_in(&self, node: &SyntaxNode) -> TypeName {
        let mut name = self.type_in(node);
        let collate = child::<ast::Collate>(node).and_then(|collate| collate.collation_ref());
        name.collation = collate.map(|collation| self.path_at(collation.syntax()));
        name
    }

    fn unknown_type(&self, node: &SyntaxNode) -> TypeName {
        TypeName {
            schema: None,
            name: "".into(),
            arguments: Vec::new(),
            dimensions: 0,
            charset: None,
            collation: None,
            is_set: false,
            at: self.at(node),
        }
    }

    /// The columns of a list like `(a int, b text)`.
    pub(super) fn column_defs(&self, list: &ast::ColumnDefList) -> Vec<(Ident, TypeName)> {
        let column = |def: ast::ColumnDef| (self.named(def.name()), self.collated_type_in(def.syntax()));
        list.column_defs().map(column).collect()
    }
}

/// The words of a type, without what is in parentheses and without `SETOF`.
fn type_words(node: &SyntaxNode) -> String {
    let mut words = String::new();
    let mut depth = 0usize;
    for token in all_tokens(node) {
        match token.kind() {
            SyntaxKind::L_PAREN => depth += 1,
            SyntaxKind::R_PAREN => depth = depth.saturating_sub(1),
            SyntaxKind::SETOF_KW => {}
            _ if depth > 0 => {}
            _ => {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(&token.text().to_ascii_lowercase());
            }
        }
    }
    words
}

fn arguments(list: Option<ast::ArgList>) -> Vec<Box<str>> {
    let Some(list) = list else { return Vec::new() };
    children::<ast::Arg>(list.syntax())
        .map(|argument| match argument.expr() {
            Some(ast::Expr::Literal(literal)) => literal_text(&literal),
            _ => text(argument.syntax()),
        })
        .collect()
}

fn precision(literal: Option<ast::Literal>) -> Vec<Box<str>> {
    literal.iter().map(literal_text).collect()
}

/// A constant without its quotes; a number as written.
pub(super) fn literal_text(literal: &ast::Literal) -> Box<str> {
    use squawk_syntax::ast::LitKind;
    match literal.kind() {
        Some(
            LitKind::String(_)
            | LitKind::EscString(_)
            | LitKind::DollarQuotedString(_)
            | LitKind::UnicodeEscString(_)
            | LitKind::NationalString(_),
        ) => literal.string_value().unwrap_or_default().into(),
        _ => text(literal.syntax()),
    }
}
