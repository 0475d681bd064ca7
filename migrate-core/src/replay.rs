//! From a history to the schema at each of its revisions, with no database.

use crate::ddl::{Ident, Path, Statement};
use crate::dialect::Dialect;
use crate::graph::Edges;
use crate::history::History;
use crate::interpret::{Finding, Interpreter, Proof};
use crate::parse::{Parsed, parse};
use crate::revision::{Direction, Section};
use crate::schema::Schema;
use crate::sql::{TokenKind, significant_tokens, split, tokens};

/// A statement of a section, as far as it was read.
#[derive(Clone, Debug)]
pub struct Piece<'a> {
    /// Its text.
    pub text: &'a str,
    /// Where it begins in the section's text.
    pub start: usize,
    /// What it does.
    pub effect: Effect,
}

/// What a statement does to a schema.
#[derive(Clone, Debug)]
pub enum Effect {
    /// This.
    Statement(Box<Statement>),
    /// What the file says that it does: `-- migrate:effect`, each text with its statement. None means nothing.
    Stated(Vec<(String, Box<Statement>)>),
    /// Nobody knows: the front end does not, or the file says so with `-- migrate:opaque`.
    Unknown,
    /// The database does not take it.
    Wrong(Finding),
}

/// Reads the statements of a section.
pub fn pieces(section: &Section, dialect: Dialect) -> Vec<Piece<'_>> {
    pieces_of(&section.text, dialect)
}

/// Reads the statements of a text.
pub fn pieces_of(text: &str, dialect: Dialect) -> Vec<Piece<'_>> {
    let mut after = 0;
    let mut pieces = Vec::new();
    for statement in split(text, dialect) {
        let above = &text[after..statement.start];
        after = statement.end;
        let effect = match Note::of(above, dialect) {
            Note::None => read(statement.text, dialect),
            Note::Opaque => Effect::Unknown,
            Note::Effect(texts) => stated(texts, dialect),
        };
        pieces.push(Piece { text: statement.text, start: statement.start, effect });
    }
    pieces
}

fn read(text: &str, dialect: Dialect) -> Effect {
    match parse(text, dialect) {
        Parsed::Statement(statement) => Effect::Statement(statement),
        Parsed::Unknown => Effect::Unknown,
        Parsed::Wrong(error) => {
            let mut finding =
                Finding::new("syntax", error.at, format!("this is not a statement of {}", name(dialect)));
            finding.label = error.message;
            finding.helps.push(
                "if the database takes it all the same, `-- migrate:opaque` on a line above it keeps it from being read"
                    .to_owned(),
            );
            Effect::Wrong(finding)
        }
    }
}

fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql => "MySQL",
        Dialect::Sqlite => "SQLite",
    }
}

fn stated(texts: Vec<String>, dialect: Dialect) -> Effect {
    let mut effects = Vec::new();
    for text in texts {
        match parse(&text, dialect) {
            Parsed::Statement(statement) => effects.push((text, statement)),
            Parsed::Unknown | Parsed::Wrong(_) => return Effect::Unknown,
        }
    }
    Effect::Stated(effects)
}

/// What the comments above a statement say about it.
enum Note {
    None,
    Opaque,
    Effect(Vec<String>),
}

impl Note {
    fn of(above: &str, dialect: Dialect) -> Self {
        let mut note = Self::None;
        for line in above.lines() {
            let Some(command) = line.trim().strip_prefix("--").map(str::trim_start) else { continue };
            let Some(command) = command.strip_prefix("migrate:") else { continue };
            let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
            match (word, rest.trim()) {
                ("opaque", _) => note = Self::Opaque,
                ("effect", effect) => {
                    let mut effects = match note {
                        Self::Effect(effects) => effects,
                        Self::None | Self::Opaque => vec![],
                    };
                    if effect != "none" {
                        effects
                            .extend(split(effect, dialect).iter().map(|statement| statement.text.to_owned()));
                    }
                    note = Self::Effect(effects);
                }
                _ => {}
            }
        }
        note
    }
}

/// Carries out the statements of a section; each finding with the piece that it is about.
pub fn run(interpreter: &mut Interpreter, pieces: &[Piece<'_>]) -> Vec<(usize, Finding)> {
    let dialect = interpreter.schema().dialect();
    let mut findings = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        match &piece.effect {
            Effect::Statement(statement) => {
                let found = interpreter.run(statement, piece.text);
                findings.extend(found.into_iter().map(|finding| (place, finding)));
            }
            // The statement stands elsewhere than its text: only whether it goes is told.
            Effect::Stated(effects) => {
                for (text, statement) in effects {
                    for mut finding in interpreter.run(statement, text) {
                        finding.at = crate::ddl::Extent::new(0, piece.text.len());
                        finding
                            .notes
                            .push(format!("this is what `-- migrate:effect {text}` says that it does"));
                        findings.push((place, finding));
                    }
                }
            }
            Effect::Unknown => drop(interpreter.run(&unknown(piece.text, dialect), piece.text)),
            Effect::Wrong(finding) => {
                findings.push((place, finding.clone()));
                drop(interpreter.run(&unknown(piece.text, dialect), piece.text));
            }
        }
    }
    findings
}

/// A statement of which only the words are known.
fn unknown(text: &str, dialect: Dialect) -> Statement {
    let first = significant_tokens(text, dialect).next().unwrap_or_default().to_ascii_uppercase();
    // Whatever else they do, they change no schema.
    if matches!(
        &*first,
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "TRUNCATE" | "GRANT" | "REVOKE" | "ANALYZE" | "OPTIMIZE"
    ) {
        return Statement::Harmless { tables: vec![] };
    }
    // A call or a block may do anything.
    if matches!(&*first, "CALL" | "DO" | "EXECUTE" | "PREPARE" | "SELECT" | "WITH" | "BEGIN" | "DECLARE") {
        return Statement::Opaque { names: vec![] };
    }
    let mut names = Vec::new();
    for token in tokens(text, dialect) {
        let word = match token.kind {
            TokenKind::Word => token.text(text).to_owned(),
            TokenKind::QuotedIdentifier => token.text(text).trim_matches(['"', '`', '[', ']']).to_owned(),
            _ => continue,
        };
        let word = if dialect == Dialect::Postgres { word.to_lowercase() } else { word };
        names.push(Path::plain(Ident::new(word, crate::ddl::Extent::default())));
    }
    Statement::Opaque { names }
}

/// The schema of a database that has everything that these revisions need, themselves included.
pub fn schema_at(history: &History, nodes: &[usize], dialect: Dialect) -> Schema {
    let needed = history.graph().ancestors(nodes, Edges::All);
    let mut schema = Schema::new(dialect);
    for &node in history.graph().topological().iter().filter(|node| needed.contains(**node)) {
        schema = after(history, node, Direction::Upgrade, schema);
    }
    schema
}

/// The schema after one step on a schema.
pub fn after(history: &History, node: usize, direction: Direction, schema: Schema) -> Schema {
    let dialect = schema.dialect();
    let mut interpreter = Interpreter::on(schema);
    if let Some(section) = history.revision(node).section(direction, dialect) {
        run(&mut interpreter, &pieces(section, dialect));
    }
    interpreter.into_schema()
}

/// Whether a finding is about something that is certain to fail.
pub fn is_certain(finding: &Finding) -> bool {
    finding.proof == Proof::Certain
}
