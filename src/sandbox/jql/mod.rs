//! JQL, as much of it as a client of the sandbox needs.
//!
//! `lexer` and `parser` turn text into a [`Query`]; `check` says what Jira would complain about;
//! `eval` picks and orders issues; `values` reads an issue's values. Functions other than
//! `currentUser()`, `now()` and `openSprints()` and history operators are refused, never guessed.

mod check;
mod eval;
mod lexer;
mod parser;
mod values;

pub(super) use check::list_problems;
pub(super) use eval::find_issues;
pub(super) use parser::parse_query;

use super::{
    accounts::Account,
    world::{Project, World},
};

/// Who asks, and when.
pub(super) struct Viewer<'a> {
    pub(super) world: &'a World,
    /// Projects the caller may browse.
    pub(super) projects: Vec<&'a Project>,
    pub(super) account: Option<&'a Account>,
    pub(super) now_ms: i64,
}

/// A parsed query.
#[derive(Debug, PartialEq)]
pub(super) struct Query {
    pub(super) filter: Option<Expr>,
    /// Field and whether descending.
    pub(super) order: Vec<(String, bool)>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Clause(Clause),
}

#[derive(Debug, PartialEq)]
pub(super) struct Clause {
    pub(super) field: String,
    pub(super) op: Op,
    pub(super) values: Vec<Operand>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    NotEqual,
    In,
    NotIn,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Like,
    NotLike,
    Is,
    IsNot,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Text { text: String, quoted: bool },
    Empty,
    Function(String),
}
