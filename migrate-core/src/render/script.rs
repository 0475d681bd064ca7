//! Statements in a row, with what is around them.

/// Statements that carry out operations, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The statements.
    pub statements: Vec<Statement>,
    /// Whether they can be run in one transaction.
    pub transactional: bool,
    /// Whether SQLite has to look at foreign keys while they run. Where it must not, they are checked afterwards.
    pub foreign_keys: bool,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without a semicolon.
    pub sql: String,
    /// What a reader has to know about it: lines of a comment above it.
    pub notes: Vec<String>,
}

impl Default for Script {
    fn default() -> Self {
        Self { statements: vec![], transactional: true, foreign_keys: true }
    }
}

impl Script {
    /// The statements as a text, each with its comment and its semicolon.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for statement in &self.statements {
            for line in statement.notes.iter().flat_map(|note| note.lines()) {
                out.push_str(&format!("-- {line}\n"));
            }
            out.push_str(&statement.sql);
            out.push_str(";\n");
        }
        out
    }

    /// Puts another one behind it.
    pub fn append(&mut self, other: Self) {
        self.statements.extend(other.statements);
        self.transactional &= other.transactional;
        self.foreign_keys &= other.foreign_keys;
    }

    /// What a reader has to know about the last statement.
    pub(super) fn note(&mut self, notes: Vec<String>) {
        if let Some(last) = self.statements.last_mut() {
            last.notes.extend(notes);
        }
    }

    pub(super) fn push(&mut self, sql: String) {
        self.push_noted(sql, vec![]);
    }

    /// A statement with what a reader has to know about it.
    pub(super) fn push_noted(&mut self, sql: String, notes: Vec<String>) {
        self.statements.push(Statement { sql, notes });
    }
}

impl Extend<String> for Script {
    fn extend<T: IntoIterator<Item = String>>(&mut self, all: T) {
        all.into_iter().for_each(|sql| self.push(sql));
    }
}
