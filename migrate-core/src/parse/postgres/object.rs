//! Objects that are named: to be dropped, renamed, moved or commented on.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::alter_table::is_cascade;
use super::expr::operator_text;
use super::name::{column_of, nameless, path_of};
use super::reader::{Reader, child, children, has, text, tokens};
use crate::ddl::{AlterRoutine, CommentOn, Drop, DropTarget, Ident, Kind, Path, Statement, TypeName};

pub(super) fn plain(name: Path) -> DropTarget {
    DropTarget { name, on: None, arguments: None }
}

impl Reader<'_> {
    pub(super) fn dropped(&self, kind: Kind, node: &SyntaxNode, targets: Vec<DropTarget>) -> Statement {
        Statement::Drop(Drop {
            kind,
            if_exists: has::<ast::IfExists>(node),
            targets,
            cascade: is_cascade(node),
            is_temporary: false,
            concurrently: tokens(node).any(|token| token.kind() == SyntaxKind::CONCURRENTLY_KW),
        })
    }

    /// `DROP` of things that are named by their names.
    pub(super) fn drop_named<N: AstNode>(&self, kind: Kind, node: &SyntaxNode) -> Statement {
        let targets = children::<N>(node).map(|name| plain(self.path_at(name.syntax())));
        self.dropped(kind, node, targets.collect())
    }

    /// `DROP` of things that are named with their arguments.
    pub(super) fn drop_called(&self, kind: Kind, node: &SyntaxNode) -> Statement {
        let targets = node.descendants().filter(|part| is_signature(part.kind()));
        let targets = targets.map(|part| self.called(&part)).collect();
        self.dropped(kind, node, targets)
    }

    /// `DROP` of something that belongs to a table, and what is like that.
    pub(super) fn drop_one(&self, kind: Kind, node: &SyntaxNode, target: DropTarget) -> Statement {
        self.dropped(kind, node, vec![target])
    }

    /// `ALTER`: a new name, another schema, or what nobody compares.
    pub(super) fn altered(&self, kind: Kind, node: &SyntaxNode, target: DropTarget) -> Statement {
        let if_exists = has::<ast::IfExists>(node);
        if let Some(set) = child::<ast::SetSchema>(node) {
            return Statement::SetSchema { kind, target, if_exists, schema: self.named(set.schema_ref()) };
        }
        let rename = node.children().find(|part| {
            let mut words = tokens(part).map(|token| token.kind());
            words.next() == Some(SyntaxKind::RENAME_KW) && words.next() == Some(SyntaxKind::TO_KW)
        });
        match rename.and_then(|rename| rename.last_child()) {
            Some(name) => Statement::Rename { kind, target, if_exists, to: self.path_at(&name) },
            None => Statement::Harmless { tables: target.on.into_iter().collect() },
        }
    }

    /// `ALTER` of something that is named by its name.
    pub(super) fn alter_named<N: AstNode>(&self, kind: Kind, node: &SyntaxNode) -> Statement {
        self.altered(kind, node, plain(self.path(child::<N>(node))))
    }

    /// `ALTER` of something that is named with its arguments.
    pub(super) fn alter_called(&self, kind: Kind, node: &SyntaxNode) -> Statement {
        let signature = node.children().find(|part| is_signature(part.kind()));
        let target =
            signature.map_or_else(|| plain(Path::plain(nameless())), |signature| self.called(&signature));
        match self.altered(kind, node, target.clone()) {
            Statement::Harmless { .. }
                if !node.children().any(|part| ast::OwnerTo::can_cast(part.kind())) =>
            {
                // What it depends on besides is in no statement that makes it.
                let list = child::<ast::FuncOptionList>(node);
                let options = list.and_then(|list| self.routine_options(Some(list)));
                Statement::AlterRoutine(AlterRoutine { target, options })
            }
            statement => statement,
        }
    }

    /// A function, a procedure, an aggregate, with its arguments if they are written.
    pub(super) fn called(&self, signature: &SyntaxNode) -> DropTarget {
        let name = signature.children().find(|part| !ast::ParamList::can_cast(part.kind()));
        let parameters = child::<ast::ParamList>(signature);
        let arguments = parameters.map(|list| {
            let inputs =
                list.all_params().filter(|param| !matches!(param.mode(), Some(ast::ParamMode::ParamOut(_))));
            inputs.map(|param| self.type_in(param.syntax())).collect()
        });
        DropTarget {
            name: name.map_or_else(|| Path::plain(nameless()), |name| self.path_at(&name)),
            on: None,
            arguments,
        }
    }

    /// `+ (int, int)`, in `OpSig` and in a comment
    pub(super) fn operator(&self, node: &SyntaxNode) -> DropTarget {
        let arguments: Vec<TypeName> =
            children::<ast::Type>(node).map(|written| self.type_name(&written)).collect();
        DropTarget { name: self.operator_path(child::<ast::Op>(node)), on: None, arguments: Some(arguments) }
    }

    pub(super) fn operator_path(&self, operator: Option<ast::Op>) -> Path {
        let Some(operator) = operator else { return Path::plain(nameless()) };
        let node = operator.syntax();
        let name = Ident::new(operator_text(node), self.at(node));
        let schema = child::<ast::PathRef>(node).map(|path| self.parts(path.syntax()));
        Path { schema: schema.and_then(|mut parts| parts.pop()), name }
    }

    /// A cast, which has no name: its types stand for it.
    pub(super) fn cast_target(&self, signature: Option<ast::CastSig>) -> DropTarget {
        let Some(signature) = signature else { return plain(Path::plain(nameless())) };
        let node = signature.syntax();
        let arguments = children::<ast::Type>(node).map(|written| self.type_name(&written)).collect();
        DropTarget {
            name: Path::plain(Ident::new(text(node), self.at(node))),
            on: None,
            arguments: Some(arguments),
        }
    }

    /// A transform, which has no name: its type and its language stand for it.
    pub(super) fn transform_target(&self, node: &SyntaxNode) -> DropTarget {
        let arguments = children::<ast::Type>(node).map(|written| self.type_name(&written)).collect();
        DropTarget { name: self.path(child::<ast::LanguageRef>(node)), on: None, arguments: Some(arguments) }
    }

    /// A user mapping: the user, and the server that it belongs to.
    pub(super) fn mapping_target(&self, node: &SyntaxNode) -> DropTarget {
        let user = child::<ast::UserMappingRole>(node).map(|role| role.syntax().clone());
        let user = user.or_else(|| child::<ast::RoleRef>(node).map(|role| role.syntax().clone()));
        let name = user.map_or_else(nameless, |user| Ident::new(text(&user), self.at(&user)));
        let server = child::<ast::ServerClause>(node).map(|clause| self.path(clause.server_ref()));
        DropTarget { name: Path::plain(name), on: server, arguments: None }
    }

    /// An operator class or family, with the access method that it belongs to.
    pub(super) fn of_method<N: AstNode>(&self, node: &SyntaxNode) -> DropTarget {
        let method = child::<ast::UsingMethod>(node).map(|using| self.path(using.access_method_ref()));
        DropTarget { name: self.path(child::<N>(node)), on: method, arguments: None }
    }

    /// Something that belongs to a table.
    pub(super) fn of_table<N: AstNode>(&self, node: &SyntaxNode) -> DropTarget {
        let on = child::<ast::OnTable>(node).map(|on| self.path(on.table_name_ref()));
        let on = on.or_else(|| child::<ast::OnRelation>(node).map(|on| self.path(on.relation_name_ref())));
        let on = on.or_else(|| child::<ast::TableNameRef>(node).map(|on| self.path_at(on.syntax())));
        let on = on.or_else(|| child::<ast::RelationNameRef>(node).map(|on| self.path_at(on.syntax())));
        DropTarget { name: self.path(child::<N>(node)), on, arguments: None }
    }

    pub(super) fn comment(&self, comment: &ast::CommentOn) -> Statement {
        let Some(object) = comment.comment_object() else {
            return Statement::Harmless { tables: Vec::new() };
        };
        let (kind, target) = self.object(&object);
        let text = comment.literal().and_then(|literal| literal.string_value());
        Statement::Comment(CommentOn { kind, target, text: text.map(Into::into) })
    }

    fn object(&self, object: &ast::CommentObject) -> (Kind, DropTarget) {
        use ast::CommentObject as Object;
        let node = object.syntax();
        // Most consist of words and one name.
        let named = || {
            plain(node.children().last().map_or_else(|| Path::plain(nameless()), |name| self.path_at(&name)))
        };
        let called = || {
            let signature = node.children().find(|part| is_signature(part.kind()));
            signature.map_or_else(|| plain(Path::plain(nameless())), |signature| self.called(&signature))
        };
        match object {
            Object::ObjectTable(_) => (Kind::Table, named()),
            Object::ObjectForeignTable(_) => (Kind::ForeignTable, named()),
            Object::ObjectView(_) => (Kind::View, named()),
            Object::ObjectMaterializedView(_) => (Kind::MaterializedView, named()),
            Object::ObjectIndex(_) => (Kind::Index, named()),
            Object::ObjectSequence(_) => (Kind::Sequence, named()),
            Object::ObjectType(_) => (Kind::Type, named()),
            Object::ObjectDomain(_) => (Kind::Domain, named()),
            Object::ObjectFunction(_) => (Kind::Function, called()),
            Object::ObjectProcedure(_) => (Kind::Procedure, called()),
            Object::ObjectRoutine(_) => (Kind::Routine, called()),
            Object::ObjectAggregate(_) => (Kind::Aggregate, called()),
            Object::ObjectColumn(column) => {
                let parts = column.name().map(|name| self.parts(name.syntax())).unwrap_or_default();
                let (table, name) = column_of(parts);
                (Kind::Column, DropTarget { name: Path::plain(name), on: Some(table), arguments: None })
            }
            Object::ObjectConstraint(constraint) => {
                let on = match constraint.domain_ref() {
                    Some(domain) => self.path_at(domain.syntax()),
                    None => self.path(constraint.table_name_ref()),
                };
                let name = self.path(constraint.constraint_name_ref());
                (Kind::Constraint, DropTarget { name, on: Some(on), arguments: None })
            }
            Object::ObjectTrigger(_) => (Kind::Trigger, self.of_table::<ast::TriggerRef>(node)),
            Object::ObjectRule(_) => (Kind::Rule, self.of_table::<ast::RuleRef>(node)),
            Object::ObjectPolicy(_) => (Kind::Policy, self.of_table::<ast::PolicyRef>(node)),
            Object::ObjectOperator(_) => (Kind::Operator, self.operator(node)),
            Object::ObjectOperatorClass(_) => (Kind::OperatorClass, self.of_method::<ast::OpClassRef>(node)),
            Object::ObjectOperatorFamily(_) => {
                (Kind::OperatorFamily, self.of_method::<ast::OpFamilyRef>(node))
            }
            Object::ObjectCast(cast) => (Kind::Cast, self.cast_target(child(cast.syntax()))),
            Object::ObjectTransform(_) => (Kind::Other, self.transform_target(node)),
            Object::ObjectSchema(_) => (Kind::Schema, named()),
            Object::ObjectExtension(_) => (Kind::Extension, named()),
            Object::ObjectCollation(_) => (Kind::Collation, named()),
            Object::ObjectConversion(_) => (Kind::Conversion, named()),
            Object::ObjectStatistics(_) => (Kind::Statistics, named()),
            Object::ObjectEventTrigger(_) => (Kind::Event, named()),
            Object::ObjectPublication(_) => (Kind::Publication, named()),
            Object::ObjectSubscription(_) => (Kind::Subscription, named()),
            Object::ObjectServer(_) | Object::ObjectForeignDataWrapper(_) => (Kind::Server, named()),
            Object::ObjectRole(_) => (Kind::Role, named()),
            Object::ObjectTextSearchConfig(_)
            | Object::ObjectTextSearchDict(_)
            | Object::ObjectTextSearchParser(_)
            | Object::ObjectTextSearchTemplate(_) => (Kind::TextSearch, named()),
            Object::ObjectLargeObject(_) => {
                let at = self.at(node);
                (Kind::Other, plain(Path::plain(Ident::new(text(node), at))))
            }
            Object::ObjectAccessMethod(_)
            | Object::ObjectDatabase(_)
            | Object::ObjectLanguage(_)
            | Object::ObjectPropertyGraph(_)
            | Object::ObjectTablespace(_) => (Kind::Other, named()),
        }
    }
}

fn is_signature(kind: SyntaxKind) -> bool {
    ast::FunctionSig::can_cast(kind)
        || ast::ProcedureSig::can_cast(kind)
        || ast::RoutineSig::can_cast(kind)
        || ast::Aggregate::can_cast(kind)
}

/// A name that was put together here.
pub(super) fn made(name: String, like: &Ident) -> Path {
    path_of(vec![Ident::new(name, like.at)])
}
