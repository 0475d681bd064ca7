//! `docs/alembic-differences.md`: per rule a heading of its code, the reason, and the recorded cases.

use std::collections::BTreeSet;
use std::path::Path;

/// A rule as documented.
pub(crate) struct Entry {
    pub(crate) code: String,
    /// The recorded cases that fall under it.
    pub(crate) cases: BTreeSet<String>,
    /// Whether it says why.
    pub(crate) has_reason: bool,
}

const CASES: &str = "Recorded cases:";

/// The whole document.
pub(crate) fn text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/alembic-differences.md");
    std::fs::read_to_string(path).expect("the document can be read")
}

/// The rules of the document, in its order.
pub(crate) fn read() -> Vec<Entry> {
    let text = text();
    let mut sections = text.split("\n### ");
    sections.next();
    sections.map(entry).collect()
}

fn entry(section: &str) -> Entry {
    let (code, body) = section.split_once('\n').expect("a rule has a text");
    let body = body.split("\n## ").next().unwrap_or(body);
    let (reason, cases) = body.split_once(CASES).unwrap_or_else(|| panic!("`{code}` lists no cases"));
    let ids = cases.split('`').skip(1).step_by(2).map(str::to_owned);
    Entry { code: code.trim().to_owned(), cases: ids.collect(), has_reason: !reason.trim().is_empty() }
}

/// The last lines of a rule, as they should be.
pub(crate) fn list(cases: &BTreeSet<String>) -> String {
    let ids: Vec<String> = cases.iter().map(|id| format!("`{id}`")).collect();
    if ids.is_empty() { format!("{CASES} none.") } else { format!("{CASES} {}.", ids.join(", ")) }
}
