//! SQL as text: tokens, statements, and the mistakes that can be seen without knowing the grammar.
//!
//! Each database reads quotes, comments and statement ends in its own way, and this module follows the one that is
//! meant: what ends a string in MySQL need not end it in PostgreSQL. Nothing here can fail. A text that no database
//! would take still has tokens, and they concatenate to the text; what is wrong with it is for [`problems`] to say,
//! which keeps silent about everything that the database accepts. Every pass is linear in the text.
//!
//! Deliberately absent: the grammar. What a statement means is the interpreter's business.

mod body;
mod check;
mod lexer;
mod statement;

pub use check::{Found, Problem, problems};
pub use lexer::{Token, TokenKind, Tokens, Unterminated, significant_tokens, tokens};
pub use statement::{Statement, split};

#[cfg(test)]
mod tests;
