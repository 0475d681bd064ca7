//! Mistakes that are certain, whatever the statements mean.

use std::fmt;

use super::lexer::{Token, TokenKind, Unterminated};
use super::statement::{Code, Piece, Script};
use crate::diagnostic::Code as DiagnosticCode;
use crate::dialect::Dialect;

/// What is wrong.
///
/// `Display` says it in the words of a message; [`Problem::help`] says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A string without an end.
    UnterminatedString,
    /// A quoted identifier without an end.
    UnterminatedIdentifier,
    /// A dollar-quoted string without an end.
    UnterminatedDollarQuote,
    /// A block comment without an end, where the database minds.
    UnterminatedComment,
    /// A body that `BEGIN` or a like word opens and no `END` closes.
    UnfinishedBody,
    /// A statement that begins or ends the transaction in which it would run; the words that make it one.
    TransactionControl(&'static str),
    /// A character outside of quotes and comments that nobody sees, and that no database takes for a blank.
    InvisibleCharacter(char),
    /// A carriage return without a line feed in a line comment, with more behind it: databases disagree about whether
    /// that is still comment.
    LoneCarriageReturn,
    /// A command of the database's own client; its first words.
    ClientCommand(String),
}

/// A problem and where it is, in bytes.
///
/// Of what has no end, the place is what opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What is wrong.
    pub problem: Problem,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// What is certainly wrong with the text, in the order of the places.
///
/// `transactional` says that the text is to run in a transaction, which its statements must leave alone. Behind the
/// first command of a client nothing is reported: what follows one, such as the rows after `COPY … FROM stdin`, need
/// not be SQL.
pub fn problems(sql: &str, dialect: Dialect, transactional: bool) -> Vec<Found> {
    let script = Script::new(sql, dialect);
    let mut found = Vec::new();
    let mut versioned = None;
    for &token in &script.tokens {
        match token.kind {
            TokenKind::VersionedOpen => versioned = Some(token),
            TokenKind::VersionedClose => versioned = None,
            _ => found.extend(in_token(sql, dialect, token)),
        }
    }
    found.extend(versioned.map(|open| Found::new(Problem::UnterminatedComment, open.start, open.end)));
    for piece in &script.pieces {
        found.extend(in_statement(&script.code, piece, dialect, transactional));
    }
    found.sort_by_key(|found| found.start);
    if let Some(first) = found.iter().position(|found| matches!(found.problem, Problem::ClientCommand(_))) {
        found.truncate(first + 1);
    }
    found
}

impl Found {
    fn new(problem: Problem, start: usize, end: usize) -> Self {
        Self { problem, start, end }
    }
}

fn in_token(sql: &str, dialect: Dialect, token: Token) -> Option<Found> {
    let Token { kind, start, .. } = token;
    let text = token.text(sql);
    match kind {
        TokenKind::Unterminated(what) => {
            let (problem, opening) = match what {
                Unterminated::String => (Problem::UnterminatedString, text.find(['\'', '"'])),
                Unterminated::QuotedIdentifier => {
                    (Problem::UnterminatedIdentifier, text.find(['"', '`', '[']))
                }
                Unterminated::DollarString => {
                    (Problem::UnterminatedDollarQuote, text[1..].find('$').map(|at| at + 1))
                }
                Unterminated::Comment => (Problem::UnterminatedComment, Some(1)),
            };
            Some(Found::new(problem, start, start + opening.unwrap_or(0) + 1))
        }
        TokenKind::LineComment => {
            let at = start + carriage_return(sql, token)?;
            Some(Found::new(Problem::LoneCarriageReturn, at, at + 1))
        }
        TokenKind::Word | TokenKind::Number | TokenKind::Punctuation => {
            if dialect == Dialect::Postgres && text == "\\" {
                let name = sql[start + 1..].bytes().take_while(u8::is_ascii_alphanumeric).count();
                let command = &sql[start..start + 1 + name];
                return Some(Found::new(
                    Problem::ClientCommand(command.to_owned()),
                    start,
                    start + command.len(),
                ));
            }
            let (at, character) = invisible(text)?;
            Some(Found::new(
                Problem::InvisibleCharacter(character),
                start + at,
                start + at + character.len_utf8(),
            ))
        }
        _ => None,
    }
}

/// The place, in the comment, of a carriage return with text behind it on what is one line to some and two to others.
fn carriage_return(sql: &str, comment: Token) -> Option<usize> {
    // PostgreSQL's comment ends before the carriage return.
    let rest = &sql[comment.start..];
    let line = match rest[comment.end - comment.start..].strip_prefix('\r') {
        Some(next) => {
            &rest[..comment.end - comment.start + 1 + next.find(['\r', '\n']).unwrap_or(next.len())]
        }
        None => comment.text(sql),
    };
    let mut at = 0;
    for segment in line.split('\r') {
        let text = segment.trim_ascii();
        // Another comment is one either way.
        if at > 0 && !text.is_empty() && !text.starts_with("--") {
            return Some(at - 1);
        }
        at += segment.len() + 1;
    }
    None
}

/// The first character of a word that nobody sees, and its place.
fn invisible(word: &str) -> Option<(usize, char)> {
    if word.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    let hidden = |c: char| {
        // A NUL is a defect of the file, and reported as such.
        c.is_control() && c != '\0'
            || c.is_whitespace()
            || matches!(c,
                '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
    };
    let mut before = None;
    let mut characters = word.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let after = characters.peek().map(|(_, c)| *c);
        // Persian and Indic words are spelled with joiners, which must stand between letters of theirs.
        let is_letter = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !hidden(c));
        let joins = matches!(c, '\u{200C}' | '\u{200D}') && is_letter(before) && is_letter(after);
        if hidden(c) && !joins {
            return Some((at, c));
        }
        before = Some(c);
    }
    None
}

fn in_statement(code: &Code<'_>, piece: &Piece, dialect: Dialect, transactional: bool) -> Vec<Found> {
    let place = |problem, first: usize, last: usize| {
        let (first, last) = (code.get(first)?, code.get(last)?);
        Some(Found::new(problem, first.start, last.end))
    };
    let transaction = transaction(code, piece, dialect).filter(|_| transactional);
    let client = client_command(code, piece, dialect);
    [
        piece.open.and_then(|open| place(Problem::UnfinishedBody, open, open)),
        transaction.and_then(|words| {
            place(Problem::TransactionControl(words), piece.first, piece.first + words.matches(' ').count())
        }),
        client.and_then(|(words, last)| place(Problem::ClientCommand(words), piece.first, last)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The words that make the statement one which begins or ends a transaction.
fn transaction(code: &Code<'_>, piece: &Piece, dialect: Dialect) -> Option<&'static str> {
    let Piece { first, after, .. } = *piece;
    let (postgres, mysql, sqlite) =
        (dialect == Dialect::Postgres, dialect == Dialect::Mysql, dialect == Dialect::Sqlite);
    let words: &[&str] = &["BEGIN", "COMMIT", "ROLLBACK", "END", "ABORT", "START", "PREPARE"];
    match words.iter().position(|word| code.is(first, word))? {
        // In MariaDB's Oracle mode, `BEGIN` with anything else behind it is a block.
        0 if !mysql || first + 1 == after || code.is(first + 1, "WORK") => Some("BEGIN"),
        1 if postgres && code.is(first + 1, "PREPARED") => Some("COMMIT PREPARED"),
        1 => Some("COMMIT"),
        2 if postgres && code.is(first + 1, "PREPARED") => Some("ROLLBACK PREPARED"),
        2 if !(first..after).any(|at| code.is(at, "TO")) => Some("ROLLBACK"),
        3 if !mysql => Some("END"),
        4 if postgres => Some("ABORT"),
        5 if !sqlite && code.is(first + 1, "TRANSACTION") => Some("START TRANSACTION"),
        // `PREPARE transaction AS …` names a prepared statement.
        6 if postgres
            && code.is(first + 1, "TRANSACTION")
            && matches!(code.kind(first + 2), Some(TokenKind::String | TokenKind::DollarString)) =>
        {
            Some("PREPARE TRANSACTION")
        }
        _ => None,
    }
}

/// The command and its last token, if the statement is one that only the database's own client runs.
fn client_command(code: &Code<'_>, piece: &Piece, dialect: Dialect) -> Option<(String, usize)> {
    let Piece { first, after, .. } = *piece;
    match dialect {
        Dialect::Postgres if code.is(first, "COPY") => {
            let from = (first + 1..after).find(|at| code.are(*at, &["FROM", "STDIN"]))?;
            Some(("COPY … FROM stdin".to_owned(), from + 1))
        }
        Dialect::Sqlite
            if code.text(first) == "."
                && code.kind(first + 1) == Some(TokenKind::Word)
                && code.is_joined(first, first + 1) =>
        {
            Some((format!(".{}", code.text(first + 1)), first + 1))
        }
        _ => None,
    }
}

impl Problem {
    /// The stable name of the kind of problem.
    pub fn code(&self) -> DiagnosticCode {
        DiagnosticCode(match self {
            Self::UnterminatedString => "unterminated-string",
            Self::UnterminatedIdentifier => "unterminated-identifier",
            Self::UnterminatedDollarQuote => "unterminated-dollar-quote",
            Self::UnterminatedComment => "unterminated-comment",
            Self::UnfinishedBody => "unfinished-body",
            Self::TransactionControl(_) => "transaction-control",
            Self::InvisibleCharacter(_) => "invisible-character",
            Self::LoneCarriageReturn => "lone-carriage-return",
            Self::ClientCommand(_) => "client-command",
        })
    }

    /// What to say at the place itself.
    pub fn label(&self) -> &'static str {
        match self {
            Self::UnterminatedString
            | Self::UnterminatedIdentifier
            | Self::UnterminatedDollarQuote
            | Self::UnterminatedComment
            | Self::UnfinishedBody => "it begins here",
            Self::TransactionControl(_) => "this ends or begins a transaction",
            Self::InvisibleCharacter(_) | Self::LoneCarriageReturn => "here",
            Self::ClientCommand(_) => "no driver runs this",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::UnterminatedString => "close it, and double a quote that belongs to the string: `''`",
            Self::UnterminatedIdentifier => "close it with the quote that opens it",
            Self::UnterminatedDollarQuote => "close it with the same `$tag$` that opens it",
            Self::UnterminatedComment => "close it with `*/`; PostgreSQL wants one for each `/*` inside, too",
            Self::UnfinishedBody => "close each block with its `END`, and the last one with `;` behind it",
            Self::TransactionControl(_) => {
                "remove it, or put `transaction=false` on the section to have its statements run one by one"
            }
            Self::InvisibleCharacter(_) => "replace it by a plain space, or remove it",
            Self::LoneCarriageReturn => "save the file with `\\n` line endings",
            Self::ClientCommand(_) => {
                "write what it does as SQL, as with `INSERT` in place of `COPY … FROM stdin`"
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnterminatedString => f.write_str("a string has no closing quote"),
            Self::UnterminatedIdentifier => f.write_str("a quoted identifier has no closing quote"),
            Self::UnterminatedDollarQuote => f.write_str("a dollar-quoted string is not closed"),
            Self::UnterminatedComment => f.write_str("a comment is not closed"),
            Self::UnfinishedBody => f.write_str("a body of statements has no `END`"),
            Self::TransactionControl(words) => {
                write!(f, "`{words}` in a section that runs inside a transaction")
            }
            Self::InvisibleCharacter(c) => {
                write!(f, "an invisible character, U+{:04X}, outside of quotes and comments", u32::from(*c))
            }
            Self::LoneCarriageReturn => f.write_str(
                "a carriage return in a comment: PostgreSQL ends the comment there, other databases do not",
            ),
            Self::ClientCommand(words) => {
                write!(f, "`{words}` is for the database's command line client, it is not SQL")
            }
        }
    }
}
