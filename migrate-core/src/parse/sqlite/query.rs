//! Queries.

use super::reader::{DEEPEST, Read, Reader, Stop, wrong};
use super::tree::Node;
use crate::ddl::{
    Expr, ExprKind, Extent, FromItem, Ident, Join, Output, Query, QueryBody, Select, Statement,
};

/// What stands before a statement: name, columns, and what each is.
pub(super) type With = Vec<(Ident, Vec<Ident>, Statement)>;

impl Reader<'_> {
    /// `select`
    pub(super) fn query(&mut self, node: Node<'_, '_>) -> Read<Query> {
        self.nested(|reader| {
            let (is_recursive, with, body) = match node.rule() {
                "select ::= WITH wqlist selectnowith" => {
                    (false, reader.with_list(node.part(1))?, node.part(2))
                }
                "select ::= WITH RECURSIVE wqlist selectnowith" => {
                    (true, reader.with_list(node.part(2))?, node.part(3))
                }
                // "select ::= selectnowith"
                _ => (false, Vec::new(), node.part(0)),
            };
            let query = reader.compound(body)?;
            Ok(Query { at: node.at(), is_recursive, with, ..query })
        })
    }

    /// `selectnowith`: the order and the limit behind the last part are those of the whole.
    fn compound(&mut self, node: Node<'_, '_>) -> Read<Query> {
        // "selectnowith ::= selectnowith multiselect_op oneselect"
        let items = node.items("selectnowith");
        let last = items.len() - 1;
        let mut parts = Vec::with_capacity(items.len());
        for (nth, item) in items.iter().enumerate() {
            let part = self.one(item.last(0))?;
            let has_end = !part.order_by.is_empty() || !part.rest.is_empty();
            if nth < last && has_end {
                let what = if part.order_by.is_empty() { "LIMIT" } else { "ORDER BY" };
                let operator = items[nth + 1].get(0);
                let message = format!("the {what} clause comes after `{}`, not before", operator.text());
                return wrong(message, operator.at());
            }
            parts.push(part);
        }
        let at = node.at();
        match parts.pop() {
            Some(part) if parts.is_empty() => Ok(part),
            Some(mut part) => {
                let (order_by, rest) = (std::mem::take(&mut part.order_by), std::mem::take(&mut part.rest));
                parts.push(part);
                Ok(Query { order_by, rest, ..plain(at, QueryBody::Compound(parts)) })
            }
            None => Ok(plain(at, QueryBody::Opaque)),
        }
    }

    /// `oneselect`, `values`
    fn one(&mut self, node: Node<'_, '_>) -> Read<Query> {
        let at = node.at();
        match node.rule() {
            "oneselect ::= SELECT distinct selcollist from where_opt groupby_opt having_opt orderby_opt limit_opt"
            | "oneselect ::= SELECT distinct selcollist from where_opt groupby_opt having_opt window_clause orderby_opt limit_opt" =>
            {
                let outputs = self.outputs(node.part(2))?;
                let from = self.from(node.part(3))?;
                let mut rest = self.conditions(node.part(4))?;
                if node.part(5).rule() == "groupby_opt ::= GROUP BY nexprlist" {
                    rest.extend(self.exprs(node.part(5).part(2))?);
                }
                if node.part(6).rule() == "having_opt ::= HAVING expr" {
                    rest.push(self.expr(node.part(6).part(1))?);
                }
                if node.part(7).rule() == "window_clause ::= WINDOW windowdefn_list" {
                    rest.extend(self.windows(node.part(7))?);
                }
                let select = Select { outputs, from, rest, into: None };
                let mut query = plain(at, QueryBody::Select(Box::new(select)));
                query.order_by = self.orders(node.parts().last(1))?;
                query.rest = self.limits(node.parts().last(0))?;
                Ok(query)
            }
            "oneselect ::= values" | "oneselect ::= mvalues" => self.one(node.part(0)),
            "values ::= VALUES LP nexprlist RP" => {
                Ok(plain(at, QueryBody::Values(vec![self.exprs(node.part(2))?])))
            }
            "mvalues ::= values COMMA LP nexprlist RP" | "mvalues ::= mvalues COMMA LP nexprlist RP" => {
                let items = node.items("mvalues");
                let mut rows = Vec::with_capacity(items.len() + 1);
                // The first item holds the first two rows.
                if let Some(first) = items.first() {
                    rows.push(self.exprs(first.get(0).part(2))?);
                }
                for item in items {
                    rows.push(self.exprs(item.last(1))?);
                }
                Ok(plain(at, QueryBody::Values(rows)))
            }
            _ => Ok(plain(at, QueryBody::Opaque)),
        }
    }

    /// The order and the limit of a query, for a statement that ends as one.
    pub(super) fn query_rest(&mut self, cmd: Node<'_, '_>) -> Read<Vec<Expr>> {
        let query = self.query(cmd.part(0))?;
        Ok(query.order_by.into_iter().chain(query.rest).collect())
    }

    /// `wqlist`
    fn with_list(&mut self, node: Node<'_, '_>) -> Read<With> {
        // "wqlist ::= wqlist COMMA wqitem", "wqlist ::= wqitem"
        let mut with = Vec::new();
        for item in node.items("wqlist") {
            // "wqitem ::= withnm eidlist_opt wqas LP select RP"
            let item = item.last(0);
            let columns = self.plain_names(item.part(1))?;
            let query = self.query(item.part(4))?;
            with.push((self.name(item.part(0)), columns, Statement::Query(query)));
        }
        Ok(with)
    }

    /// `with`
    pub(super) fn with(&mut self, node: Node<'_, '_>) -> Read<With> {
        match node.rule() {
            "with ::= WITH wqlist" => self.with_list(node.part(1)),
            "with ::= WITH RECURSIVE wqlist" => self.with_list(node.part(2)),
            // "with ::="
            _ => Ok(Vec::new()),
        }
    }

    /// `selcollist`
    pub(super) fn outputs(&mut self, node: Node<'_, '_>) -> Read<Vec<Output>> {
        let mut outputs = Vec::new();
        let mut node = node;
        loop {
            let part = |nth| node.part(nth);
            let output = match node.rule() {
                "selcollist ::= sclp scanpt STAR" => {
                    Output { expr: Expr { at: part(2).at(), kind: ExprKind::Star(Vec::new()) }, alias: None }
                }
                "selcollist ::= sclp scanpt nm DOT STAR" => {
                    let at = Extent { start: part(2).at().start, end: part(4).at().end };
                    Output { expr: Expr { at, kind: ExprKind::Star(vec![self.name(part(2))]) }, alias: None }
                }
                // "selcollist ::= sclp scanpt expr scanpt as"
                _ => Output { expr: self.expr(part(2))?, alias: self.alias(part(4)) },
            };
            outputs.push(output);
            match part(0).rule() {
                "sclp ::= selcollist COMMA" => node = part(0).part(0),
                // "sclp ::="
                _ => break,
            }
        }
        outputs.reverse();
        Ok(outputs)
    }

    /// `as`
    fn alias(&self, node: Node<'_, '_>) -> Option<Ident> {
        match node.rule() {
            "as ::= AS nm" => Some(self.name(node.part(1))),
            "as ::= ID|STRING" => Some(self.name(node.part(0))),
            // "as ::="
            _ => None,
        }
    }

    /// `from`
    pub(super) fn from(&mut self, node: Node<'_, '_>) -> Read<Vec<FromItem>> {
        match node.rule() {
            "from ::= FROM seltablist" => self.tables(node.part(1)),
            // "from ::="
            _ => Ok(Vec::new()),
        }
    }

    /// `seltablist`: a comma joins as `JOIN` does, so what stands before a `JOIN` is its left side, commas included.
    fn tables(&mut self, node: Node<'_, '_>) -> Read<Vec<FromItem>> {
        let mut nodes = vec![node];
        let mut last = node;
        // "stl_prefix ::= seltablist joinop", "stl_prefix ::="
        while !last.part(0).is_empty() {
            last = last.part(0).part(0);
            nodes.push(last);
        }
        // SQLite joins 64 tables at most, and each makes the value a step deeper.
        if nodes.len() > DEEPEST {
            return Err(Stop::TooDeep);
        }
        let mut items: Vec<FromItem> = Vec::new();
        for node in nodes.into_iter().rev() {
            let right = self.table(node)?;
            let constraint = node.parts().last(0);
            let (on, using) = match constraint.rule() {
                "on_using ::= ON expr" => (Some(self.expr(constraint.part(1))?), Vec::new()),
                "on_using ::= USING LP idlist RP" => (None, self.names(constraint.part(2))),
                // "on_using ::="
                _ => (None, Vec::new()),
            };
            let prefix = node.part(0);
            let is_bare = on.is_none() && using.is_empty();
            if prefix.is_empty() && !is_bare {
                let word = constraint.part(0).text();
                return wrong(format!("a join is required before `{word}`"), constraint.at());
            }
            let operator =
                if prefix.is_empty() { JoinOperator::Comma } else { join_operator(prefix.part(1))? };
            if let (JoinOperator::Comma, true) = (&operator, is_bare) {
                items.push(right);
                continue;
            }
            let (is_natural, left_is_optional, right_is_optional) = match operator {
                JoinOperator::Comma => (false, false, false),
                JoinOperator::Join { is_natural, left_is_optional, right_is_optional } => {
                    (is_natural, left_is_optional, right_is_optional)
                }
            };
            let left = items.drain(..).reduce(join).unwrap_or(FromItem::Opaque);
            let FromItem::Join(mut join) = join(left, right) else { continue };
            (join.on, join.using, join.is_natural) = (on, using, is_natural);
            (join.left_is_optional, join.right_is_optional) = (left_is_optional, right_is_optional);
            items.push(FromItem::Join(join));
        }
        Ok(items)
    }

    /// One item of a `seltablist`
    fn table(&mut self, node: Node<'_, '_>) -> Read<FromItem> {
        let part = |nth| node.part(nth);
        let columns = Vec::new();
        Ok(match node.rule() {
            "seltablist ::= stl_prefix nm dbnm as on_using"
            | "seltablist ::= stl_prefix nm dbnm as indexed_by on_using" => {
                FromItem::Table { path: self.path(part(1), part(2)), alias: self.alias(part(3)), columns }
            }
            "seltablist ::= stl_prefix nm dbnm LP exprlist RP as on_using" => {
                let name = self.path(part(1), part(2));
                let at = Extent { start: name.at().start, end: part(5).at().end };
                let kind = ExprKind::Call { name, arguments: self.exprs(part(4))? };
                FromItem::Function { calls: vec![Expr { at, kind }], alias: self.alias(part(6)), columns }
            }
            "seltablist ::= stl_prefix LP select RP as on_using" => {
                let query = Box::new(self.query(part(2))?);
                FromItem::Query { query, alias: self.alias(part(4)), columns }
            }
            "seltablist ::= stl_prefix LP seltablist RP as on_using" => {
                let items = self.nested(|reader| reader.tables(part(2)))?;
                let outer = self.alias(part(4));
                let mut item = items.into_iter().reduce(join).unwrap_or(FromItem::Opaque);
                match &mut item {
                    FromItem::Table { alias, .. }
                    | FromItem::Query { alias, .. }
                    | FromItem::Function { alias, .. } => *alias = outer.or(alias.take()),
                    FromItem::Join(join) => join.alias = outer.or(join.alias.take()),
                    FromItem::Opaque => {}
                }
                item
            }
            _ => FromItem::Opaque,
        })
    }

    /// `where_opt`
    pub(super) fn conditions(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        match node.rule() {
            "where_opt ::= WHERE expr" => Ok(vec![self.expr(node.part(1))?]),
            // "where_opt ::="
            _ => Ok(Vec::new()),
        }
    }

    /// `orderby_opt`
    fn orders(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        match node.rule() {
            "orderby_opt ::= ORDER BY sortlist" => self.order(node.part(2)),
            // "orderby_opt ::="
            _ => Ok(Vec::new()),
        }
    }

    /// `limit_opt`
    fn limits(&mut self, node: Node<'_, '_>) -> Read<Vec<Expr>> {
        match node.rule() {
            "limit_opt ::= LIMIT expr" => Ok(vec![self.expr(node.part(1))?]),
            "limit_opt ::= LIMIT expr OFFSET expr" | "limit_opt ::= LIMIT expr COMMA expr" => {
                Ok(vec![self.expr(node.part(1))?, self.expr(node.part(3))?])
            }
            // "limit_opt ::="
            _ => Ok(Vec::new()),
        }
    }
}

/// How two items are joined.
enum JoinOperator {
    Comma,
    Join { is_natural: bool, left_is_optional: bool, right_is_optional: bool },
}

/// `joinop`: SQLite takes up to three words before `JOIN` in any order, and then looks what they say.
fn join_operator(node: Node<'_, '_>) -> Read<JoinOperator> {
    let words: Vec<_> = match node.rule() {
        "joinop ::= COMMA|JOIN" if node.text() == "," => return Ok(JoinOperator::Comma),
        // "joinop ::= JOIN_KW JOIN", "joinop ::= JOIN_KW nm JOIN", "joinop ::= JOIN_KW nm nm JOIN"
        _ => (0..node.parts().len() - 1).map(|nth| node.part(nth)).collect(),
    };
    let has = |word: &str| words.iter().any(|node| node.is(word));
    let known = ["natural", "left", "outer", "right", "full", "inner", "cross"];
    let is_known = words.iter().all(|node| known.iter().any(|word| node.is(word)));
    let is_inner = has("inner") || has("cross");
    let is_outer = has("left") || has("right") || has("full");
    if !is_known || is_inner && (is_outer || has("outer")) || has("outer") && !is_outer {
        return wrong(format!("unknown join type `{}`", node.text()), node.at());
    }
    Ok(JoinOperator::Join {
        is_natural: has("natural"),
        left_is_optional: has("right") || has("full"),
        right_is_optional: has("left") || has("full"),
    })
}

/// Two items as one.
fn join(left: FromItem, right: FromItem) -> FromItem {
    FromItem::Join(Box::new(Join {
        left,
        right,
        on: None,
        using: Vec::new(),
        is_natural: false,
        left_is_optional: false,
        right_is_optional: false,
        alias: None,
    }))
}

/// A query that is nothing but its body.
pub(super) fn plain(at: Extent, body: QueryBody) -> Query {
    Query { at, is_recursive: false, with: Vec::new(), body, order_by: Vec::new(), rest: Vec::new() }
}
