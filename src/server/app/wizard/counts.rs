//! Numbers of work items, asked of Jira and kept for ten minutes.
//!
//! At most [`MOST`] questions a page and [`PATIENCE`] for all of them, within the page's [`Deadline`]:
//! what is not answered by then has no number on the page, which says so, and is asked again with the
//! next one.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use crate::server::{
    app::wizard::{
        deadline::Deadline,
        lists::{FRESH_MS, Looked, find_cached, save_cached_at},
    },
    error::Result,
    jira::{Count, JiraClient},
    state::AppState,
    store::configuration::ConfigurationRow,
};

/// Most questions for one page.
pub const MOST: usize = 40;
/// Longest wait for all answers of one page.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Questions on their way at once.
const AT_ONCE: usize = 5;
const KIND: &str = "counts";

/// A number of work items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The number.
    pub n: u64,
    /// Whether Jira counted rather than estimated.
    pub exact: bool,
}

impl Counted {
    /// Whether the number is to be read as "about" so many: an estimate of nothing says no more than nothing.
    pub fn is_estimate(self) -> bool {
        !self.exact && self.n > 0
    }
}

impl From<Count> for Counted {
    fn from(count: Count) -> Self {
        Self {
            n: count.n,
            exact: count.exact,
        }
    }
}

/// Known numbers by query, and when the oldest was asked.
#[derive(Debug, Default)]
pub struct CountBook {
    known: BTreeMap<String, Counted>,
    /// UTC milliseconds; `None` when nothing is known.
    pub at: Option<i64>,
    /// Jira took longer than the page waits.
    pub late: bool,
}

impl CountBook {
    /// The number of a query.
    pub fn find(&self, jql: &str) -> Option<Counted> {
        self.known.get(jql).copied()
    }

    /// What all these queries count together; `None` while one of them is not known.
    pub fn sum<'a>(&self, queries: impl IntoIterator<Item = &'a str>) -> Option<Counted> {
        let none = Counted { n: 0, exact: true };
        queries.into_iter().try_fold(none, |sum, jql| {
            let found = self.find(jql)?;
            Some(Counted {
                n: sum.n.saturating_add(found.n),
                exact: sum.exact && found.exact,
            })
        })
    }
}

/// Numbers for these queries: from the cache, else from Jira as far as bound and patience reach.
///
/// # Errors
/// When the database does not answer; a question that fails leaves its number unknown.
pub async fn count(
    state: &AppState,
    row: &ConfigurationRow,
    looked: &Looked,
    queries: &[String],
    deadline: Deadline,
) -> Result<CountBook> {
    let project = looked
        .lists
        .as_ref()
        .map_or("", |lists| lists.project.id.as_str());
    let cached = find_cached::<BTreeMap<String, Counted>>(state, &row.id, KIND, project).await?;
    let now = state.clock().now_ms();
    let (mut known, mut at) = match cached {
        Some((known, at)) if now - at < FRESH_MS => (known, Some(at)),
        _ => (BTreeMap::new(), None),
    };
    let missing: Vec<String> = queries
        .iter()
        .filter(|jql| !known.contains_key(*jql))
        .take(MOST)
        .cloned()
        .collect();
    let mut late = false;
    if let Some(open) = looked
        .open
        .as_ref()
        .filter(|_| !missing.is_empty() && looked.problem.is_none())
    {
        let before = known.len();
        late = !ask(&open.client, missing, &mut known, deadline).await;
        if known.len() > before {
            // The age of the oldest number is the age of all, or some would never be asked again.
            let oldest = at.unwrap_or(now);
            save_cached_at(state, &row.id, KIND, project, &known, oldest).await?;
            at = Some(oldest);
        }
    }
    Ok(CountBook { known, at, late })
}

/// Asks as far as patience reaches; gives whether all answered in time.
async fn ask(
    client: &JiraClient,
    queries: Vec<String>,
    known: &mut BTreeMap<String, Counted>,
    deadline: Deadline,
) -> bool {
    let mut answers = stream::iter(queries)
        .map(|jql| async move {
            let count = client.count_issues(&jql).await.ok();
            (jql, count)
        })
        .buffer_unordered(AT_ONCE);
    let all = async {
        while let Some((jql, count)) = answers.next().await {
            if let Some(count) = count {
                known.insert(jql, count.into());
            }
        }
    };
    // Late answers are left out; those that came are kept.
    deadline.within(PATIENCE, all).await.is_some()
}
