//! What the revisions of a run do that a schema does not tell.
//!
//! A squashed revision is written from the schema at its end, which knows nothing of rows, of code that ran, of grants and
//! of how tables are stored. All of that is found here, statement by statement, so that somebody can say what is to become
//! of it. What is not known to be told by a schema counts.

use std::fmt;

use crate::ddl::{
    AlterAction, AlterTable, ColumnChange, ColumnConstraintKind, ColumnDef, CreateTable, Kind, Setting,
    Statement, TableElement,
};
use crate::history::History;
use crate::replay::{Effect, Piece, Statements};
use crate::revision::Direction;

/// A statement that a schema does not tell in full.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Untold {
    /// The revision.
    pub revision: usize,
    /// In which of its sections.
    pub direction: Direction,
    /// The file and the line.
    pub place: String,
    /// The statement.
    pub sql: String,
    /// Why.
    pub why: Why,
}

/// What a schema does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// It changes rows.
    Rows,
    /// It runs code, or asks for what may run some.
    Code,
    /// Nobody knows what it does, or only the file says so.
    Unread,
    /// It says something that is not compared: grants, storage, settings that last.
    More,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rows => "changes rows",
            Self::Code => "runs code",
            Self::Unread => "is not understood",
            Self::More => "says what a schema does not tell",
        })
    }
}

/// The statements of a run that a schema does not tell in full, in an order in which they run.
pub fn untold(
    history: &History,
    run: &[usize],
    direction: Direction,
    statements: &Statements<'_>,
) -> Vec<Untold> {
    let mut found = vec![];
    let in_order: Vec<usize> = match direction {
        Direction::Upgrade => run.to_vec(),
        Direction::Downgrade => run.iter().rev().copied().collect(),
    };
    for revision in in_order {
        let section = history.revision(revision).section(direction, statements.dialect());
        let (Some(section), Some(pieces)) = (section, statements.get(revision, direction)) else { continue };
        // Counted on from one to the next: what was squashed verbatim is one long section.
        let (mut line, mut counted) = (section.first_line.max(1), 0);
        for piece in pieces {
            let Some(why) = why(piece) else { continue };
            let between = section.text.get(counted..piece.start).unwrap_or_default();
            line += between.bytes().filter(|byte| *byte == b'\n').count() as u32;
            counted = piece.start;
            let place = format!("{}:{line}", history.revision(revision).section_path(direction));
            found.push(Untold { revision, direction, place, sql: piece.text.to_owned(), why });
        }
    }
    found
}

fn why(piece: &Piece<'_>) -> Option<Why> {
    match &piece.effect {
        Effect::Statement(statement) => of_statement(statement, piece.text),
        Effect::Stated(_) | Effect::Unknown | Effect::Wrong(_) => Some(Why::Unread),
    }
}

fn of_statement(statement: &Statement, sql: &str) -> Option<Why> {
    let more = |is_more: bool| is_more.then_some(Why::More);
    match statement {
        Statement::Insert(_)
        | Statement::Update(_)
        | Statement::Delete(_)
        | Statement::Merge { .. }
        | Statement::Truncate(_)
        | Statement::Copy { .. } => Some(Why::Rows),
        Statement::Query(_) | Statement::Do(_) | Statement::Call(_) => Some(Why::Code),
        Statement::Opaque { .. } => Some(Why::Unread),
        Statement::Harmless { .. } | Statement::AlterIndex(_) => Some(Why::More),
        Statement::AlterRoutine(alter) => more(alter.options.is_none()),
        Statement::CreateTable(create) if create.query.is_some() => Some(Why::Rows),
        Statement::CreateTable(create) => more(says_more(create) || mentions(sql, &["tablespace"])),
        Statement::AlterTable(alter) => more(changes_more(alter)),
        Statement::CreateIndex(create) => {
            more(!create.options.is_empty() || mentions(sql, &["tablespace", "invisible", "with parser"]))
        }
        Statement::CreateView(_) => more(mentions(sql, &VIEW_OPTIONS)),
        // What it was at is not kept.
        Statement::AlterSequence(_) => Some(Why::More),
        Statement::Set(Setting::Set { name, .. }) => more(lasts(name, sql)),
        Statement::Set(Setting::ResetAll | Setting::Use(_)) | Statement::Transaction(_) => None,
        Statement::CreateType(_)
        | Statement::AlterType(_)
        | Statement::CreateDomain(_)
        | Statement::AlterDomain(_)
        | Statement::CreateSequence(_)
        | Statement::CreateFunction(_)
        | Statement::CreateTrigger(_)
        | Statement::CreateObject(_)
        | Statement::Drop(_)
        | Statement::Rename { .. }
        | Statement::SetSchema { .. } => None,
        Statement::Comment(comment) => more(!is_kept(comment.kind)),
    }
}

/// Whether what is said about an object of a kind is part of a schema.
fn is_kept(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Extension
            | Kind::Operator
            | Kind::OperatorClass
            | Kind::OperatorFamily
            | Kind::Cast
            | Kind::Conversion
            | Kind::TextSearch
            | Kind::Subscription
            | Kind::Server
            | Kind::Role
            | Kind::Other
    )
}

/// What views say besides their query, and what nobody compares.
const VIEW_OPTIONS: [&str; 6] =
    ["check option", "security_barrier", "security_invoker", "sql security", "definer", "algorithm"];

/// Whether one of these words is anywhere in a statement: also where it only looks so.
fn mentions(sql: &str, words: &[&str]) -> bool {
    let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    words.iter().any(|word| sql.contains(word))
}

/// The options of tables that are compared.
fn is_compared(option: &str) -> bool {
    const WORDS: [&str; 9] = [
        "engine",
        "charset",
        "character set",
        "collat",
        "comment",
        "without rowid",
        "strict",
        "row security",
        "unlogged",
    ];
    WORDS.iter().any(|word| option.contains(word)) || matches!(option, "argument" | "autoincrement")
}

fn says_more(create: &CreateTable) -> bool {
    let of_element = |element: &TableElement| match element {
        TableElement::Column(column) => column_says_more(column),
        TableElement::Constraint(_) => false,
        TableElement::Like(like) => !like.including.is_empty(),
    };
    create.elements.iter().any(of_element) || create.options.iter().any(|(key, _)| !is_compared(key))
}

fn column_says_more(column: &ColumnDef) -> bool {
    column.constraints.iter().any(|constraint| {
        matches!(constraint.kind, ColumnConstraintKind::Attribute(_) | ColumnConstraintKind::Other)
    })
}

fn changes_more(alter: &AlterTable) -> bool {
    alter.actions.iter().any(|action| match action {
        AlterAction::Other | AlterAction::Parameters(_) | AlterAction::Opaque => true,
        AlterAction::Set(key, _) => !is_compared(key),
        AlterAction::AddColumn { column, .. } | AlterAction::ReplaceColumn { column, .. } => {
            column_says_more(column)
        }
        AlterAction::AlterColumn { change, .. } => {
            matches!(change, ColumnChange::SetVisible(_) | ColumnChange::Other)
        }
        _ => false,
    })
}

/// Whether a setting stays when the session ends.
fn lasts(name: &str, sql: &str) -> bool {
    let is_of_file = matches!(
        name,
        "user_version" | "application_id" | "journal_mode" | "auto_vacuum" | "page_size" | "encoding"
    );
    let is_global =
        |word: &str| word.eq_ignore_ascii_case("global") || word.to_ascii_lowercase().starts_with("persist");
    is_of_file || sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').skip(1).any(is_global)
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
