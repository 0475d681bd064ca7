//! Settings of the session.

use squawk_syntax::ast::{self, AstNode};

use super::reader::{Reader, text};
use super::types::literal_text;
use crate::ddl::{Setting, Statement};

impl Reader<'_> {
    pub(super) fn set(&self, set: &ast::Set) -> Statement {
        let is_local = matches!(set.set_scope(), Some(ast::SetScope::LocalScope(_)));
        let setting = |name: &str, values: Option<Vec<Box<str>>>| {
            Statement::Set(Setting::Set { name: name.into(), values, is_local })
        };
        match set.set_target() {
            Some(ast::SetTarget::SetConfig(config)) => {
                let name = self.parameter(config.config_parameter_ref());
                match config.config_assignment() {
                    Some(ast::ConfigAssignment::ToConfigValue(to)) => {
                        let values = to
                            .default_token()
                            .is_none()
                            .then(|| to.config_values().map(|value| self.value(&value)).collect());
                        setting(&name, values)
                    }
                    // It stays what it is.
                    Some(ast::ConfigAssignment::FromCurrent(_)) | None => {
                        Statement::Harmless { tables: Vec::new() }
                    }
                }
            }
            Some(ast::SetTarget::SetSchemaValue(schema)) => {
                setting("search_path", literal_values(schema.syntax()))
            }
            Some(ast::SetTarget::SetTimeZone(zone)) => {
                let value = zone.config_value().map(|value| vec![self.value(&value)]);
                setting("timezone", value)
            }
            Some(ast::SetTarget::SetCatalog(catalog)) => setting("catalog", literal_values(catalog.syntax())),
            Some(ast::SetTarget::SetXmlOption(_)) | None => Statement::Harmless { tables: Vec::new() },
        }
    }

    pub(super) fn reset(&self, reset: &ast::Reset) -> Statement {
        let default =
            |name: String| Statement::Set(Setting::Set { name: name.into(), values: None, is_local: false });
        match reset.reset_target() {
            Some(ast::ResetTarget::All(_)) => Statement::Set(Setting::ResetAll),
            Some(ast::ResetTarget::ConfigParameterRef(name)) => default(self.parameter(Some(name))),
            Some(ast::ResetTarget::ResetTimeZone(_)) => default("timezone".to_owned()),
            Some(ast::ResetTarget::ResetTransactionIsolation(_)) | None => {
                Statement::Harmless { tables: Vec::new() }
            }
        }
    }

    pub(super) fn parameter(&self, name: Option<ast::ConfigParameterRef>) -> String {
        let parts = name.map(|name| self.parts(name.syntax())).unwrap_or_default();
        let parts: Vec<_> = parts.iter().map(|part| part.text.to_lowercase()).collect();
        parts.join(".")
    }

    pub(super) fn value(&self, value: &ast::ConfigValue) -> Box<str> {
        match value {
            ast::ConfigValue::Literal(literal) => {
                let value = literal_text(literal);
                // What has no quotes is a word like others: `TRUE`.
                if *value == *text(literal.syntax()) { value.to_lowercase().into() } else { value }
            }
            ast::ConfigValue::ConfigValueName(name) => self.ident(name.syntax()).text,
            ast::ConfigValue::PrefixExpr(number) => text(number.syntax()),
        }
    }
}

fn literal_values(node: &squawk_syntax::SyntaxNode) -> Option<Vec<Box<str>>> {
    super::reader::child::<ast::Literal>(node).map(|literal| vec![literal_text(&literal)])
}
