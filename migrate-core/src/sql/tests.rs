mod check;
mod lexer;
mod properties;
mod statement;
