//! Statements.

use super::dml::{InsertParts, UpdateParts};
use super::reader::{Read, Reader, unquoted};
use super::tree::{Node, Tree};
use crate::ddl::{
    AlterAction, AlterTable, Body, ColumnChange, ConstraintKind, CreateIndex, CreateTable, CreateTrigger,
    CreateView, Deferrable, Drop, DropTarget, Extent, Ident, Kind, Path, Setting, Statement, Step,
    TableConstraint,
};
use crate::dialect::Dialect;
use crate::parse::transaction::transaction;

impl Reader<'_> {
    /// The statement of a tree.
    pub(super) fn statement(&mut self, tree: &Tree<'_>) -> Read<Statement> {
        let statement = self.command(tree.root())?;
        Ok(if tree.is_explained { Statement::Harmless { tables: Vec::new() } } else { statement })
    }

    /// `cmd`
    fn command(&mut self, node: Node<'_, '_>) -> Read<Statement> {
        let part = |nth| node.part(nth);
        Ok(match node.rule() {
            "cmd ::= BEGIN transtype trans_opt"
            | "cmd ::= COMMIT|END trans_opt"
            | "cmd ::= ROLLBACK trans_opt"
            | "cmd ::= SAVEPOINT nm"
            | "cmd ::= RELEASE savepoint_opt nm"
            | "cmd ::= ROLLBACK trans_opt TO savepoint_opt nm" => {
                Statement::Transaction(transaction(node.text(), Dialect::Sqlite))
            }
            "cmd ::= create_table create_table_args" => {
                // "create_table ::= createkw temp TABLE ifnotexists nm dbnm"
                let head = part(0);
                let mut table = self.table_head(head, 3, 4);
                table.is_temporary = head.part(1).rule() == "temp ::= TEMP";
                self.table_body(&mut table, part(1))?;
                Statement::CreateTable(table)
            }
            "cmd ::= create_vtab" => self.virtual_table(part(0)),
            "cmd ::= create_vtab LP vtabarglist RP" => {
                let mut statement = self.virtual_table(part(0));
                if let Statement::CreateTable(table) = &mut statement {
                    // "vtabarglist ::= vtabarglist COMMA vtabarg", "vtabarglist ::= vtabarg"
                    let arguments = part(2).items("vtabarglist");
                    let arguments = arguments.iter().map(|item| item.last(0).text());
                    table.options.extend(arguments.map(|argument| ("argument".into(), argument.into())));
                }
                statement
            }
            "cmd ::= createkw temp VIEW ifnotexists nm dbnm eidlist_opt AS select" => {
                Statement::CreateView(CreateView {
                    name: self.path(part(4), part(5)),
                    is_materialized: false,
                    is_temporary: part(1).rule() == "temp ::= TEMP",
                    or_replace: false,
                    if_not_exists: is_said(part(3)),
                    is_recursive: false,
                    columns: self.plain_names(part(6))?,
                    query: self.query(part(8))?,
                    options: Vec::new(),
                    keeps_options: false,
                })
            }
            "cmd ::= createkw uniqueflag INDEX ifnotexists nm dbnm ON nm LP sortlist RP where_opt" => {
                Statement::CreateIndex(CreateIndex {
                    name: Some(self.path(part(4), part(5))),
                    is_unique: part(1).rule() == "uniqueflag ::= UNIQUE",
                    method: None,
                    concurrently: false,
                    if_not_exists: is_said(part(3)),
                    or_replace: false,
                    table: Path::plain(self.name(part(7))),
                    only: false,
                    parts: self.keys(part(9))?,
                    include: Vec::new(),
                    predicate: self.conditions(part(11))?.pop(),
                    nulls_not_distinct: false,
                    options: Vec::new(),
                })
            }
            "cmd ::= createkw trigger_decl BEGIN trigger_cmd_list END" => self.trigger(part(1), part(3))?,
            "cmd ::= DROP TABLE ifexists fullname" => self.drop(Kind::Table, node),
            "cmd ::= DROP VIEW ifexists fullname" => self.drop(Kind::View, node),
            "cmd ::= DROP INDEX ifexists fullname" => self.drop(Kind::Index, node),
            "cmd ::= DROP TRIGGER ifexists fullname" => self.drop(Kind::Trigger, node),
            "cmd ::= select" => Statement::Query(self.query(part(0))?),
            "cmd ::= with DELETE FROM xfullname indexed_opt where_opt_ret" => {
                let with = self.with(part(0))?;
                self.delete(with, part(3), part(5))?
            }
            "cmd ::= with UPDATE orconf xfullname indexed_opt SET setlist from where_opt_ret" => {
                let with = self.with(part(0))?;
                self.update(with, UpdateParts { table: part(3), set: part(6), from: part(7), rest: part(8) })?
            }
            "cmd ::= with insert_cmd INTO xfullname idlist_opt select upsert" => {
                let with = self.with(part(0))?;
                let parts =
                    InsertParts { table: part(3), columns: part(4), query: Some(part(5)), rest: part(6) };
                self.insert(with, parts)?
            }
            "cmd ::= with insert_cmd INTO xfullname idlist_opt DEFAULT VALUES returning" => {
                let with = self.with(part(0))?;
                let parts = InsertParts { table: part(3), columns: part(4), query: None, rest: part(7) };
                self.insert(with, parts)?
            }
            "cmd ::= PRAGMA nm dbnm" => harmless(),
            "cmd ::= PRAGMA nm dbnm EQ nmnum"
            | "cmd ::= PRAGMA nm dbnm LP nmnum RP"
            | "cmd ::= PRAGMA nm dbnm EQ minus_num"
            | "cmd ::= PRAGMA nm dbnm LP minus_num RP" => {
                let name = self.path(part(1), part(2)).name.text.to_ascii_lowercase();
                let value = unquoted(part(4).text());
                let values = Some(vec![value]);
                Statement::Set(Setting::Set { name: name.into(), values, is_local: false })
            }
            rule if rule.starts_with("cmd ::= ALTER TABLE") => self.alter(node)?,
            "cmd ::= alter_add carglist" => {
                // "alter_add ::= ALTER TABLE fullname ADD kwcolumn_opt nm typetoken"
                let head = part(0);
                let column = self.column(head.part(5), head.part(6), part(1))?;
                let action = AlterAction::AddColumn { column, if_not_exists: false };
                self.altered(head.part(2), action)
            }
            // What they bring in or take away is another file's.
            "cmd ::= ATTACH database_kw_opt expr AS expr key_opt" => {
                self.expr(part(2))?;
                self.expr(part(4))?;
                // Not "key_opt ::="
                if part(5).rule() == "key_opt ::= KEY expr" {
                    self.expr(part(5).part(1))?;
                }
                Statement::Opaque { names: Vec::new() }
            }
            "cmd ::= DETACH database_kw_opt expr" => {
                self.expr(part(2))?;
                Statement::Opaque { names: Vec::new() }
            }
            "cmd ::= VACUUM vinto" | "cmd ::= VACUUM nm vinto" => {
                // Not "vinto ::="
                let into = node.parts().last(0);
                if into.rule() == "vinto ::= INTO expr" {
                    self.expr(into.part(1))?;
                }
                harmless()
            }
            // A name may be a schema's, a table's, an index's or a collation's.
            "cmd ::= REINDEX" | "cmd ::= REINDEX nm dbnm" | "cmd ::= ANALYZE" | "cmd ::= ANALYZE nm dbnm" => {
                harmless()
            }
            _ => Statement::Opaque { names: Vec::new() },
        })
    }

    /// `create_vtab`
    fn virtual_table(&self, node: Node<'_, '_>) -> Statement {
        // "create_vtab ::= createkw VIRTUAL TABLE ifnotexists nm dbnm USING nm"
        let mut table = self.table_head(node, 3, 4);
        table.module = Some(self.name(node.part(7)));
        Statement::CreateTable(table)
    }

    /// A table with nothing but a name: `ifnotexists` stands at one place, `nm dbnm` at the other.
    fn table_head(&self, node: Node<'_, '_>, exists: usize, name: usize) -> CreateTable {
        CreateTable {
            name: self.path(node.part(name), node.part(name + 1)),
            is_temporary: false,
            if_not_exists: is_said(node.part(exists)),
            or_replace: false,
            module: None,
            elements: Vec::new(),
            inherits: Vec::new(),
            partition_of: None,
            partition_by: None,
            of_type: None,
            query: None,
            options: Vec::new(),
        }
    }

    fn drop(&self, kind: Kind, node: Node<'_, '_>) -> Statement {
        let (name, _) = self.full_name(node.part(3));
        Statement::Drop(Drop {
            kind,
            if_exists: node.part(2).rule() == "ifexists ::= IF EXISTS",
            targets: vec![DropTarget { name, on: None, arguments: None }],
            cascade: false,
            is_temporary: false,
            concurrently: false,
        })
    }

    /// `trigger_decl` and `trigger_cmd_list`
    fn trigger(&mut self, head: Node<'_, '_>, list: Node<'_, '_>) -> Read<Statement> {
        // "trigger_decl ::= temp TRIGGER ifnotexists nm dbnm trigger_time trigger_event ON fullname foreach_clause when_clause"
        let part = |nth| head.part(nth);
        let columns = match part(6).rule() {
            "trigger_event ::= UPDATE OF idlist" => self.names(part(6).part(2)),
            // "trigger_event ::= UPDATE", "trigger_event ::= DELETE|INSERT"
            _ => Vec::new(),
        };
        let condition = match part(10).rule() {
            "when_clause ::= WHEN expr" => Some(self.expr(part(10).part(1))?),
            // "when_clause ::="
            _ => None,
        };
        let rows: &[&str] = match part(6) {
            event if event.is("insert") => &["new"],
            event if event.is("delete") => &["old"],
            _ => &["old", "new"],
        };
        // They are not written where they are given.
        let variables = rows.iter().map(|row| Ident::new(*row, Extent::default())).collect();
        let mut body = Body { variables, ..Body::default() };
        // "trigger_cmd_list ::= trigger_cmd_list trigger_cmd SEMI", "trigger_cmd_list ::= trigger_cmd SEMI"
        for item in list.items("trigger_cmd_list") {
            let statement = self.trigger_command(item.last(1))?;
            body.steps.push(Step::Statement(Box::new(statement)));
        }
        Ok(Statement::CreateTrigger(CreateTrigger {
            name: self.path(part(3), part(4)),
            or_replace: false,
            if_not_exists: is_said(part(2)),
            is_temporary: part(0).rule() == "temp ::= TEMP",
            table: self.full_name(part(8)).0,
            columns,
            function: None,
            condition,
            body: Some(body),
        }))
    }

    fn alter(&mut self, node: Node<'_, '_>) -> Read<Statement> {
        let name = |nth| self.name(node.part(nth));
        let change = |nth, change| AlterAction::AlterColumn { name: name(nth), if_exists: false, change };
        let action = match node.rule() {
            "cmd ::= ALTER TABLE fullname RENAME TO nm" => AlterAction::RenameTo(Path::plain(name(5))),
            "cmd ::= ALTER TABLE fullname DROP kwcolumn_opt nm" => {
                AlterAction::DropColumn { name: name(5), if_exists: false, cascade: false }
            }
            "cmd ::= ALTER TABLE fullname RENAME kwcolumn_opt nm TO nm" => {
                AlterAction::RenameColumn { old: name(5), new: name(7) }
            }
            "cmd ::= ALTER TABLE fullname DROP CONSTRAINT nm" => AlterAction::DropConstraint {
                mysql_name: None,
                name: Some(name(5)),
                kind: None,
                if_exists: false,
                cascade: false,
            },
            "cmd ::= ALTER TABLE fullname ALTER kwcolumn_opt nm DROP NOT NULL" => {
                change(5, ColumnChange::DropNotNull)
            }
            "cmd ::= ALTER TABLE fullname ALTER kwcolumn_opt nm SET NOT NULL onconf" => {
                change(5, ColumnChange::SetNotNull)
            }
            "cmd ::= ALTER TABLE fullname ADD CONSTRAINT nm CHECK LP expr RP onconf" => {
                let name = name(5);
                self.added_check(node, Some(name), 8)?
            }
            "cmd ::= ALTER TABLE fullname ADD CHECK LP expr RP onconf" => self.added_check(node, None, 6)?,
            _ => AlterAction::Opaque,
        };
        Ok(self.altered(node.part(2), action))
    }

    fn added_check(&mut self, node: Node<'_, '_>, name: Option<Ident>, expr: usize) -> Read<AlterAction> {
        let at = Extent { start: node.part(4).at().start, end: node.at().end };
        let kind = ConstraintKind::Check { expr: self.expr(node.part(expr))?, no_inherit: false };
        let constraint = TableConstraint {
            name,
            kind,
            deferrable: Deferrable::default(),
            not_valid: false,
            on_conflict: None,
            comment: None,
            at,
        };
        Ok(AlterAction::AddConstraint { constraint, if_not_exists: false })
    }

    fn altered(&self, table: Node<'_, '_>, action: AlterAction) -> Statement {
        let name = self.full_name(table).0;
        Statement::AlterTable(AlterTable { name, if_exists: false, only: false, actions: vec![action] })
    }
}

fn harmless() -> Statement {
    Statement::Harmless { tables: Vec::new() }
}

/// `ifnotexists`
fn is_said(node: Node<'_, '_>) -> bool {
    node.rule() == "ifnotexists ::= IF NOT EXISTS"
}
