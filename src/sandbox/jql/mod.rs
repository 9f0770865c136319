//! JQL, as much of it as connectors use.
//!
//! `lexer` and `parser` turn text into a [`query::Query`]; `compile` (with `ids` and `values`) resolves its
//! names against the world and says what Jira would complain about; `test` decides about one issue by
//! its facts; `order` compares two; `scope` says
//! where to look, `search` walks the issues in order and `pages` cuts them. History
//! operators (`was`, `changed`) are refused with a message, never guessed.

mod compile;
mod dates;
mod fields;
mod ids;
mod lexer;
mod names;
mod order;
mod pages;
mod parser;
pub(super) mod query;
mod scope;
mod search;
mod test;
mod text;
mod values;
mod words;

pub(super) use compile::{Compiled, compile};
pub(super) use pages::{find_all, find_page};
pub(super) use parser::parse_query;
pub(super) use search::Cursor;

use super::{
    accounts::Account,
    readers,
    world::{Facts, Project, World},
};

/// Who asks, and when.
pub(super) struct Viewer<'a> {
    pub(super) world: &'a World,
    /// Projects the caller may browse.
    pub(super) projects: Vec<&'a Project>,
    pub(super) account: Option<&'a Account>,
    /// The site itself looks, from which no security level hides an issue.
    pub(super) sees_all: bool,
    pub(super) now_ms: i64,
}

impl Viewer<'_> {
    /// The ids of the security levels that hide their issues from the caller.
    fn list_closed_levels(&self) -> Vec<u32> {
        let levels = self.world.security_levels.iter();
        let closed =
            levels.filter(|level| !self.sees_all && !self.world.opens_level(self.account, &level.id));
        closed.filter_map(|level| level.id.parse().ok()).collect()
    }

    /// Whether the caller sees an issue: its project and its security level.
    fn sees(&self, facts: &Facts) -> bool {
        let (project, level) = (facts.project.to_string(), facts.security);
        let browsed = self.projects.iter().any(|own| own.id == project);
        browsed && (level == 0 || self.sees_all || self.world.opens_level(self.account, &level.to_string()))
    }

    /// The texts of the comments of an issue that the caller may read.
    fn list_comment_texts(&self, id: i64) -> Vec<String> {
        let may_read = |comment: &_| self.sees_all || readers::is_open(self.account, comment);
        self.world.list_comment_texts(id, &may_read)
    }
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
        sees_all: true,
        now_ms,
    };
    let compiled = compile(&query, &viewer);
    !find_all(&compiled, &viewer).ids().is_empty()
}
