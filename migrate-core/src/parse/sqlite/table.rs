//! Tables and what they consist of.

use super::reader::{Read, Reader, unquoted, wrong};
use super::tree::{Node, Parts};
use crate::ddl::{
    ColumnConstraint, ColumnConstraintKind, ColumnDef, ConflictResolution, ConstraintKind, CreateTable,
    Deferrable, Expr, ExprKind, Extent, Generated, IndexPart, Literal, Path, References, ReferentialAction,
    TableConstraint, TableElement, TypeName,
};

impl Reader<'_> {
    /// `create_table_args`
    pub(super) fn table_body(&mut self, table: &mut CreateTable, node: Node<'_, '_>) -> Read<()> {
        match node.rule() {
            "create_table_args ::= AS select" => {
                table.query = Some((Vec::new(), Box::new(self.query(node.part(1))?), true));
            }
            // "create_table_args ::= LP columnlist conslist_opt RP table_option_set"
            _ => {
                // "columnlist ::= columnlist COMMA columnname carglist", "columnlist ::= columnname carglist"
                for item in node.part(1).items("columnlist") {
                    // "columnname ::= nm typetoken"
                    let column = item.last(1);
                    let (name, data_type) = (column.part(0), column.part(1));
                    let column = self.column(name, data_type, item.last(0))?;
                    table.elements.push(TableElement::Column(column));
                }
                // Not "conslist_opt ::="
                if node.part(2).rule() == "conslist_opt ::= COMMA conslist" {
                    self.table_constraints(table, node.part(2).part(1))?;
                }
                table_options(table, node.part(4))?;
            }
        }
        Ok(())
    }

    /// `nm typetoken carglist`
    pub(super) fn column(
        &mut self,
        name: Node<'_, '_>,
        data_type: Node<'_, '_>,
        rest: Node<'_, '_>,
    ) -> Read<ColumnDef> {
        let last = [rest, data_type, name].into_iter().find(|node| !node.is_empty()).unwrap_or(name);
        let at = Extent { start: name.at().start, end: last.at().end };
        let mut constraints: Vec<ColumnConstraint> = Vec::new();
        let mut constraint_name: Option<Node<'_, '_>> = None;
        // "carglist ::= carglist ccons", "carglist ::="
        for item in rest.items("carglist") {
            let node = item.last(0);
            match node.rule() {
                // A name belongs to what follows, whatever it is; the last of several counts.
                "ccons ::= CONSTRAINT nm" => constraint_name = Some(node),
                "ccons ::= defer_subclause" => {
                    let last = constraints.last_mut().map(|constraint| &mut constraint.kind);
                    if let Some(ColumnConstraintKind::References(references)) = last {
                        references.deferrable = deferrable(node.part(0));
                    }
                }
                _ => {
                    let clause = constraint_name.take();
                    let name = clause.map(|clause| self.name(clause.part(1)));
                    let start = clause.map_or(node.at().start, |clause| clause.at().start);
                    let at = Extent { start, ..node.at() };
                    let kind = self.column_constraint(node)?;
                    let on_conflict = resolution(node);
                    constraints.push(ColumnConstraint { name, kind, on_conflict, at });
                }
            }
        }
        let (name, data_type) = (self.name(name), self.data_type(data_type));
        Ok(ColumnDef { name, data_type, constraints, position: None, at })
    }

    /// `ccons`
    fn column_constraint(&mut self, node: Node<'_, '_>) -> Read<ColumnConstraintKind> {
        use ColumnConstraintKind as Kind;
        let part = |nth| node.part(nth);
        Ok(match node.rule() {
            "ccons ::= DEFAULT scantok term" => Kind::Default(self.expr(part(2))?),
            "ccons ::= DEFAULT LP expr RP" => Kind::Default(self.expr(part(2))?),
            "ccons ::= DEFAULT PLUS scantok term" | "ccons ::= DEFAULT MINUS scantok term" => {
                let at = Extent { start: part(1).at().start, end: part(3).at().end };
                let kind = super::expr::operation(part(1).text(), vec![self.expr(part(3))?]);
                Kind::Default(Expr { at, kind })
            }
            "ccons ::= DEFAULT scantok ID|INDEXED" => Kind::Default(default_word(part(2))),
            "ccons ::= NULL onconf" => Kind::Null,
            "ccons ::= NOT NULL onconf" => Kind::NotNull,
            "ccons ::= PRIMARY KEY sortorder onconf autoinc" => Kind::PrimaryKey {
                autoincrement: part(4).rule() == "autoinc ::= AUTOINCR",
                descending: part(2).rule() == "sortorder ::= DESC",
                deferrable: Deferrable::default(),
            },
            "ccons ::= UNIQUE onconf" => {
                Kind::Unique { nulls_not_distinct: false, deferrable: Deferrable::default() }
            }
            "ccons ::= CHECK LP expr RP" => Kind::Check { expr: self.expr(part(2))?, no_inherit: false },
            "ccons ::= REFERENCES nm eidlist_opt refargs" => {
                Kind::References(self.references(part(1), part(2), part(3))?)
            }
            "ccons ::= COLLATE ID|STRING" => Kind::Collate(Path::plain(self.name(part(1)))),
            "ccons ::= GENERATED ALWAYS AS generated" => self.generated(part(3))?,
            "ccons ::= AS generated" => self.generated(part(1))?,
            _ => Kind::Other,
        })
    }

    /// `generated`
    fn generated(&mut self, node: Node<'_, '_>) -> Read<ColumnConstraintKind> {
        let is_stored = match node.rule() {
            "generated ::= LP expr RP ID" => match node.part(3) {
                word if word.is("stored") => true,
                word if word.is("virtual") => false,
                word => {
                    return wrong(format!("unknown kind of generated column `{}`", word.text()), word.at());
                }
            },
            // "generated ::= LP expr RP"
            _ => false,
        };
        Ok(ColumnConstraintKind::Generated(Generated { expr: self.expr(node.part(1))?, is_stored }))
    }

    /// `nm eidlist_opt refargs`
    fn references(
        &mut self,
        table: Node<'_, '_>,
        columns: Node<'_, '_>,
        rest: Node<'_, '_>,
    ) -> Read<References> {
        let mut references = References {
            table: Path::plain(self.name(table)),
            columns: self.plain_names(columns)?,
            on_delete: ReferentialAction::NoAction,
            on_delete_columns: Vec::new(),
            on_update: ReferentialAction::NoAction,
            match_full: false,
            deferrable: Deferrable::default(),
        };
        // "refargs ::= refargs refarg", "refargs ::="
        for item in rest.items("refargs") {
            let node = item.last(0);
            match node.rule() {
                "refarg ::= ON DELETE refact" => references.on_delete = action(node.part(2)),
                "refarg ::= ON UPDATE refact" => references.on_update = action(node.part(2)),
                "refarg ::= MATCH nm" => references.match_full = node.part(1).is("full"),
                // "refarg ::= ON INSERT refact" does nothing.
                _ => {}
            }
        }
        Ok(references)
    }

    /// `conslist`
    fn table_constraints(&mut self, table: &mut CreateTable, node: Node<'_, '_>) -> Read<()> {
        let mut constraint_name: Option<Node<'_, '_>> = None;
        // "conslist ::= conslist tconscomma tcons"
        for item in node.items("conslist") {
            let node = item.last(0);
            // A name without a constraint before the comma names nothing: "tconscomma ::= COMMA", "tconscomma ::="
            if item.len() > 1 && !item.get(0).is_empty() {
                constraint_name = None;
            }
            if node.rule() == "tcons ::= CONSTRAINT nm" {
                constraint_name = Some(node);
                continue;
            }
            let clause = constraint_name.take();
            let name = clause.map(|clause| self.name(clause.part(1)));
            let start = clause.map_or(node.at().start, |clause| clause.at().start);
            let at = Extent { start, ..node.at() };
            let (kind, deferrable) = self.table_constraint(table, node)?;
            let on_conflict = resolution(node);
            let constraint =
                TableConstraint { name, kind, deferrable, not_valid: false, on_conflict, comment: None, at };
            table.elements.push(TableElement::Constraint(constraint));
        }
        Ok(())
    }

    /// `tcons`
    fn table_constraint(
        &mut self,
        table: &mut CreateTable,
        node: Node<'_, '_>,
    ) -> Read<(ConstraintKind, Deferrable)> {
        let part = |nth| node.part(nth);
        let mut when = Deferrable::default();
        let kind = match node.rule() {
            "tcons ::= PRIMARY KEY LP sortlist autoinc RP onconf" => {
                if part(4).rule() == "autoinc ::= AUTOINCR" {
                    table.options.push(("autoincrement".into(), "".into()));
                }
                ConstraintKind::PrimaryKey(self.keys(part(3))?)
            }
            "tcons ::= UNIQUE LP sortlist RP onconf" => ConstraintKind::Unique {
                parts: self.keys(part(2))?,
                nulls_not_distinct: false,
                include: Vec::new(),
            },
            "tcons ::= FOREIGN KEY LP eidlist RP REFERENCES nm eidlist_opt refargs defer_subclause_opt" => {
                when = deferrable(part(9));
                let mut references = self.references(part(6), part(7), part(8))?;
                references.deferrable = when;
                ConstraintKind::ForeignKey { columns: self.plain_names(part(3))?, references }
            }
            // "tcons ::= CHECK LP expr RP onconf"
            _ => ConstraintKind::Check { expr: self.expr(part(2))?, no_inherit: false },
        };
        Ok((kind, when))
    }

    /// `sortlist` as the keys of an index
    pub(super) fn keys(&mut self, node: Node<'_, '_>) -> Read<Vec<IndexPart>> {
        let items = node.items("sortlist");
        items.into_iter().map(|item| self.key(item)).collect()
    }

    fn key(&mut self, item: Parts<'_, '_>) -> Read<IndexPart> {
        let mut node = item.last(2);
        let at = node.at();
        let mut collation = None;
        while node.rule() == "expr ::= expr COLLATE ID|STRING" {
            // The outermost counts.
            collation = collation.or(Some(Path::plain(self.name(node.part(2)))));
            node = node.part(0);
        }
        let expr = match node.rule() {
            // A key that is a string is a column, too.
            "expr ::= ID|INDEXED|JOIN_KW" | "term ::= STRING" => {
                Expr { at: node.at(), kind: ExprKind::Column(vec![self.name(node)]) }
            }
            _ => Expr { at, ..self.expr(node)? },
        };
        let nulls_first = match item.last(0).rule() {
            "nulls ::= NULLS FIRST" => Some(true),
            "nulls ::= NULLS LAST" => Some(false),
            // "nulls ::="
            _ => None,
        };
        let descending = item.last(1).rule() == "sortorder ::= DESC";
        Ok(IndexPart { expr, descending, nulls_first, opclass: None, collation, length: None })
    }

    /// `typetoken`
    pub(super) fn data_type(&self, node: Node<'_, '_>) -> Option<TypeName> {
        let mut at = node.at();
        // "typetoken ::= typename", and with one or two numbers in parentheses; not "typetoken ::="
        if node.rule() == "typetoken ::= typename" {
            // "typename ::= typename ID|STRING", "typename ::= ID|STRING"
            let mut words = node.part(0).items("typename");
            // The grammar takes the first words of `GENERATED ALWAYS AS` for some of the type's.
            let ends_with =
                |words: &[Parts<'_, '_>], word| words.last().is_some_and(|last| last.last(0).is(word));
            if ends_with(&words, "always") && at.end - at.start >= 16 {
                words.pop();
                if ends_with(&words, "generated") {
                    words.pop();
                }
            }
            at.end = words.last()?.last(0).at().end;
        }
        (at.start < at.end).then(|| TypeName::declared(at.of(self.sql), at))
    }
}

/// `DEFAULT` and a word, which is a text unless it says true or false.
fn default_word(node: Node<'_, '_>) -> Expr {
    let literal = match node {
        node if node.is("true") => Literal::Boolean(true),
        node if node.is("false") => Literal::Boolean(false),
        node => Literal::Text(unquoted(node.text())),
    };
    Expr { at: node.at(), kind: ExprKind::Literal(literal) }
}

/// `onconf` of a constraint.
fn resolution(node: Node<'_, '_>) -> Option<ConflictResolution> {
    let place = match node.rule() {
        "ccons ::= NOT NULL onconf" => 2,
        "ccons ::= PRIMARY KEY sortorder onconf autoinc" => 3,
        "ccons ::= UNIQUE onconf" => 1,
        "tcons ::= PRIMARY KEY LP sortlist autoinc RP onconf" => 6,
        "tcons ::= UNIQUE LP sortlist RP onconf" => 4,
        // That of NULL and of a check does nothing.
        _ => return None,
    };
    // Not "onconf ::="
    let words = Some(node.part(place)).filter(|node| node.rule() == "onconf ::= ON CONFLICT resolvetype")?;
    // "resolvetype ::= raisetype", "resolvetype ::= IGNORE", "resolvetype ::= REPLACE"
    Some(match words.part(2) {
        word if word.is("rollback") => ConflictResolution::Rollback,
        word if word.is("fail") => ConflictResolution::Fail,
        word if word.is("ignore") => ConflictResolution::Ignore,
        word if word.is("replace") => ConflictResolution::Replace,
        _ => ConflictResolution::Abort,
    })
}

/// `refact`
fn action(node: Node<'_, '_>) -> ReferentialAction {
    match node.rule() {
        "refact ::= SET NULL" => ReferentialAction::SetNull,
        "refact ::= SET DEFAULT" => ReferentialAction::SetDefault,
        "refact ::= CASCADE" => ReferentialAction::Cascade,
        "refact ::= RESTRICT" => ReferentialAction::Restrict,
        // "refact ::= NO ACTION"
        _ => ReferentialAction::NoAction,
    }
}

/// `defer_subclause`, or nothing
fn deferrable(node: Node<'_, '_>) -> Deferrable {
    match node.rule() {
        "defer_subclause ::= DEFERRABLE init_deferred_pred_opt" => Deferrable {
            is_deferrable: true,
            is_initially_deferred: node.part(1).rule() == "init_deferred_pred_opt ::= INITIALLY DEFERRED",
        },
        // "defer_subclause ::= NOT DEFERRABLE init_deferred_pred_opt", "defer_subclause_opt ::="
        _ => Deferrable::default(),
    }
}

/// `table_option_set`
fn table_options(table: &mut CreateTable, node: Node<'_, '_>) -> Read<()> {
    // "table_option_set ::= table_option_set COMMA table_option", "table_option_set ::="
    for item in node.items("table_option_set") {
        let option = item.last(0);
        let known = match option.rule() {
            "table_option ::= WITHOUT nm" if option.part(1).is("rowid") => "without rowid",
            "table_option ::= nm" if option.part(0).is("strict") => "strict",
            _ => return wrong(format!("unknown table option `{}`", option.text()), option.at()),
        };
        table.options.push((known.into(), "".into()));
    }
    Ok(())
}
