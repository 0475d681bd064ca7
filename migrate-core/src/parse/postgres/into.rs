//! `INTO` of PL/pgSQL with several variables, and behind `RETURNING`: the library does not read the statements that have it.

use squawk_syntax::{SyntaxKind, SyntaxNode};

use super::reader::{Reader, all_tokens, extent_of};
use crate::ddl::{Extent, Step};

impl Reader<'_> {
    /// A statement that gives something to several variables, which the library does not read: without them.
    pub(super) fn with_targets(&self, node: &SyntaxNode) -> Vec<Step> {
        let opaque = || vec![Step::Opaque];
        let Some(into) = targets(node) else { return opaque() };
        let start = extent_of(node).start;
        let mut text = node.text().to_string();
        let (from, to) = ((into.start - start) as usize, (into.end - start) as usize);
        if text.get(from..to).is_none() {
            return opaque();
        }
        text.replace_range(from..to, &" ".repeat(to - from));
        let places =
            |extent: Extent| self.place(Extent { start: extent.start + start, end: extent.end + start });
        self.deeper(|| Reader::new(&places).sql_steps(&text)).flatten().unwrap_or_else(opaque)
    }
}

/// Where `INTO a, b` stands in a statement.
fn targets(node: &SyntaxNode) -> Option<Extent> {
    let tokens: Vec<_> = all_tokens(node).collect();
    let kind = |place: usize| tokens.get(place).map(|token| token.kind());
    let mut depth = 0usize;
    let into = (0..tokens.len()).find(|place| {
        match kind(*place) {
            Some(SyntaxKind::L_PAREN) => depth += 1,
            Some(SyntaxKind::R_PAREN) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let before = place.checked_sub(1).and_then(kind);
        depth == 0
            && kind(*place) == Some(SyntaxKind::INTO_KW)
            && !matches!(before, Some(SyntaxKind::INSERT_KW | SyntaxKind::MERGE_KW))
    })?;
    let mut place = into + 1;
    if kind(place) == Some(SyntaxKind::STRICT_KW) {
        place += 1;
    }
    loop {
        place += 1;
        while kind(place) == Some(SyntaxKind::DOT) {
            place += 2;
        }
        while kind(place) == Some(SyntaxKind::L_BRACK) {
            while kind(place).is_some_and(|kind| kind != SyntaxKind::R_BRACK) {
                place += 1;
            }
            place += 1;
        }
        if kind(place) != Some(SyntaxKind::COMMA) {
            break;
        }
        place += 1;
    }
    let last = tokens.get(place.min(tokens.len()).checked_sub(1)?)?;
    Some(Extent { start: tokens[into].text_range().start().into(), end: last.text_range().end().into() })
}
