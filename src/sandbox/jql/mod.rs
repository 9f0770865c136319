//! JQL, as much of it as connectors use.
//!
//! `lexer` and `parser` turn text into a [`query::Query`]; `compile` (with `ids` and `values`) resolves its
//! names against the world and says what Jira would complain about; `test` decides about one issue by
//! its facts; `order` compares two; `search` walks the issues in order and cuts pages. History
//! operators (`was`, `changed`) are refused with a message, never guessed.

mod compile;
mod dates;
mod fields;
mod ids;
mod lexer;
mod names;
mod order;
mod parser;
pub(super) mod query;
mod search;
mod test;
mod text;
mod values;
mod words;

pub(super) use compile::{Compiled, compile};
pub(super) use parser::parse_query;
pub(super) use search::{Cursor, find_all, find_page};

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

/// Whether a stored filter picks one issue, whoever looks. A filter that cannot be read picks none.
pub(super) fn holds(world: &World, filter: &str, issue: i64, now_ms: i64) -> bool {
    // Registered filters have no order; one that has would not parse inside the brackets.
    let Ok(query) = parse_query(&format!("id = {issue} AND ({filter})")) else {
        return false;
    };
    let viewer = Viewer {
        world,
        projects: world.projects.iter().collect(),
        account: None,
        now_ms,
    };
    let compiled = compile(&query, &viewer);
    !find_all(&compiled, &viewer).ids().is_empty()
}
