//! From a history to the schema at each of its revisions, with no database.

use std::cell::OnceCell;
use std::ops::Range;

use crate::ddl::{Extent, Ident, Path, Statement};
use crate::dialect::Dialect;
use crate::graph::Edges;
use crate::history::History;
use crate::interpret::{Finding, Interpreter, Proof};
use crate::parse::{Parsed, can_read, parse};
use crate::revision::{Direction, Revision, Section};
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
    let has_notes = text.contains("migrate:");
    let mut after = 0;
    let mut pieces = Vec::new();
    for statement in split(text, dialect) {
        let above = after..statement.start;
        after = statement.end;
        let note = if has_notes { Note::of(text, above, dialect) } else { Note::None };
        let effect = match note {
            Note::None => read(statement.text, dialect),
            Note::Opaque => Effect::Unknown,
            Note::Effect(stated) => match self::stated(stated, dialect) {
                Ok(effects) => Effect::Stated(effects),
                // What it does is not known, and that the file does not say it either is told at the line.
                Err(wrong) => {
                    pieces.push(*wrong);
                    Effect::Unknown
                }
            },
        };
        pieces.push(Piece { text: statement.text, start: statement.start, effect });
    }
    pieces
}

/// The statements of a history's sections for one kind of database, read when they are asked for.
#[derive(Clone, Debug)]
pub struct Statements<'h> {
    history: &'h History,
    dialect: Dialect,
    revisions: Vec<Read<'h>>,
}

/// The statements of one revision, of its upgrade and of its downgrade, as far as they were read.
#[derive(Clone, Debug, Default)]
pub struct Read<'h>([OnceCell<Option<Vec<Piece<'h>>>>; 2]);

impl<'h> Read<'h> {
    /// Reads the section of a revision that serves the database.
    pub fn read(
        &self,
        revision: &'h Revision,
        direction: Direction,
        dialect: Dialect,
    ) -> Option<&[Piece<'h>]> {
        let read = || Some(pieces(revision.section(direction, dialect)?, dialect));
        self.0[usize::from(direction == Direction::Downgrade)].get_or_init(read).as_deref()
    }
}

impl<'h> Statements<'h> {
    /// With nothing read.
    pub fn new(history: &'h History, dialect: Dialect) -> Self {
        Self::of(history, dialect, vec![Read::default(); history.revisions().len()])
    }

    /// With what was read elsewhere, in the order of the history's revisions.
    pub fn of(history: &'h History, dialect: Dialect, revisions: Vec<Read<'h>>) -> Self {
        Self { history, dialect, revisions }
    }

    /// For which database.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The statements of a revision in one direction; `None` without a section that serves the database.
    pub fn get(&self, revision: usize, direction: Direction) -> Option<&[Piece<'h>]> {
        self.revisions.get(revision)?.read(self.history.revision(revision), direction, self.dialect)
    }
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

/// The database as its makers write it.
pub(crate) fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql => "MySQL",
        Dialect::Sqlite => "SQLite",
    }
}

/// The statements that a file states, or the first of them that is none.
fn stated(
    stated: Vec<(&str, usize)>,
    dialect: Dialect,
) -> Result<Vec<(String, Box<Statement>)>, Box<Piece<'_>>> {
    let mut effects = Vec::new();
    for (text, start) in stated {
        let (at, label) = match parse(text, dialect) {
            _ if text.is_empty() => (Extent::new(0, 0), "it says nothing".to_owned()),
            Parsed::Statement(statement) => {
                effects.push((text.to_owned(), statement));
                continue;
            }
            Parsed::Wrong(error) => (error.at, error.message),
            Parsed::Unknown if can_read(dialect) => {
                (Extent::new(0, text.len()), "this is not understood".to_owned())
            }
            Parsed::Unknown => continue,
        };
        let message = format!("this effect is not a statement of {}", name(dialect));
        let mut finding = Finding::new("bad-effect", at, message);
        finding.label = label;
        finding.helps.push(
            "write what the statement below does to the schema, such as `ALTER TABLE users ADD COLUMN age INT`, or `none`"
                .to_owned(),
        );
        return Err(Box::new(Piece { text, start, effect: Effect::Wrong(finding) }));
    }
    Ok(effects)
}

/// What the comments above a statement say about it.
enum Note<'a> {
    None,
    Opaque,
    /// The statements, and where each begins.
    Effect(Vec<(&'a str, usize)>),
}

impl<'a> Note<'a> {
    fn of(text: &'a str, above: Range<usize>, dialect: Dialect) -> Self {
        let mut note = Self::None;
        let mut next = above.start;
        for line in text[above].split_inclusive('\n') {
            let start = next;
            next += line.len();
            let Some(command) = line.trim().strip_prefix("--").map(str::trim_start) else { continue };
            let Some(command) = command.strip_prefix("migrate:") else { continue };
            let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
            let rest = rest.trim();
            match word {
                "opaque" => note = Self::Opaque,
                "effect" => {
                    let mut effects = match note {
                        Self::Effect(effects) => effects,
                        Self::None | Self::Opaque => vec![],
                    };
                    if rest != "none" {
                        let at = start + line.trim_end().len() - rest.len();
                        let statements = split(rest, dialect);
                        if statements.is_empty() {
                            // That it does nothing has to be said.
                            effects.push(("", at));
                        }
                        effects.extend(statements.iter().map(|it| (it.text, at + it.start)));
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
                        finding.at = Extent::new(0, piece.text.len());
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
        names.push(Path::plain(Ident::new(word, Extent::default())));
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

/// The session in which a revision runs in a direction.
pub(crate) fn session(history: &History, node: usize, direction: Direction, schema: Schema) -> Interpreter {
    let section = history.revision(node).section(direction, schema.dialect());
    let interpreter =
        Interpreter::on(schema).in_transaction(section.is_some_and(|section| section.transactional));
    match section {
        Some(section) if !section.foreign_keys => interpreter.without_foreign_keys(),
        _ => interpreter,
    }
}

/// The schema after one step on a schema.
pub fn after(history: &History, node: usize, direction: Direction, schema: Schema) -> Schema {
    let dialect = schema.dialect();
    let mut interpreter = session(history, node, direction, schema);
    if let Some(section) = history.revision(node).section(direction, dialect) {
        run(&mut interpreter, &pieces(section, dialect));
    }
    interpreter.into_schema()
}

/// Whether a finding is about something that is certain to fail.
pub fn is_certain(finding: &Finding) -> bool {
    finding.proof == Proof::Certain
}
