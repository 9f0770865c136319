//! What only Jira Data Center does: one unpaged project list, and searches with offsets and totals.
//!
//! Searches go on by id (`id > last`) instead of deep offsets, which new releases refuse. That is
//! right only if the server orders by the number of the id, so it is proven once, behind the first
//! page: as many issues must have ids up to the last one as were read. It is proven again where fewer
//! are left than expected, which is mostly a deletion. Ids must rise on every page. If not, the listing
//! begins anew with offsets. Can go wrong: an issue moved behind the walk while another one ahead of it
//! is deleted; that only makes it fall back to offsets.

use serde_json::{Value, json};

use super::client::JiraClient;
use super::common::{Count, IssuePage, IssueQuery, ProjectPage, RawIssue};
use super::error::JiraError;
use super::paging::{Page, PageToken, read_page};
use super::wire::{self, rows};
use crate::domain::jira::JiraProject;

pub(super) async fn list_projects(client: &JiraClient) -> Result<Vec<JiraProject>, JiraError> {
    let value = client.get_platform(&["project"], &[]).await?;
    let page = read_page(value).ok_or(JiraError::BadAnswer { what: "projects" })?;
    Ok(rows::<wire::Project>(page.items)
        .into_iter()
        .filter(|project| !project.archived)
        .map(Into::into)
        .collect())
}

/// The projects whose key or name contains `query`, whatever the case; those that start with it first.
pub fn filter_projects(all: &[JiraProject], query: &str, limit: usize) -> ProjectPage {
    let query = query.trim().to_lowercase();
    let mut found: Vec<(bool, &JiraProject)> = all
        .iter()
        .filter_map(|project| {
            let (key, name) = (project.key.to_lowercase(), project.name.to_lowercase());
            (key.contains(&query) || name.contains(&query))
                .then(|| (!(key.starts_with(&query) || name.starts_with(&query)), project))
        })
        .collect();
    found.sort_by_key(|(later, _)| *later);
    let total = found.len();
    let projects: Vec<JiraProject> = found
        .into_iter()
        .take(limit)
        .map(|(_, project)| project.clone())
        .collect();
    ProjectPage {
        more: projects.len() < total,
        projects,
        total: u64::try_from(total).ok(),
    }
}

pub(super) async fn count_issues(client: &JiraClient, jql: &str) -> Result<Count, JiraError> {
    let value = client
        .search_platform(
            &["search"],
            json!({ "jql": jql, "maxResults": 0, "fields": ["id"] }),
        )
        .await?;
    let n = value
        .get("total")
        .and_then(Value::as_u64)
        .ok_or(JiraError::BadAnswer { what: "count" })?;
    Ok(Count { n, exact: true })
}

/// Where a walk stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Behind this id, after so many issues, with so many expected to be left. `proven`: the server
    /// orders by the number of the id.
    Behind {
        id: u64,
        taken: u64,
        left: u64,
        proven: bool,
    },
    /// At this offset of the unchanged query.
    Offset(u64),
}

impl Place {
    fn parse(token: &PageToken) -> Option<Self> {
        let mut parts = token.0.split(':');
        let kind = parts.next()?;
        let numbers: Vec<u64> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
        match (kind, numbers.as_slice()) {
            ("first" | "id", &[behind, count, rest]) => Some(Self::Behind {
                id: behind,
                taken: count,
                left: rest,
                proven: kind == "id",
            }),
            ("at", &[offset]) => Some(Self::Offset(offset)),
            _ => None,
        }
    }

    fn token(self) -> PageToken {
        PageToken(match self {
            Self::Behind {
                id,
                taken,
                left,
                proven,
            } => {
                let kind = if proven { "id" } else { "first" };
                format!("{kind}:{id}:{taken}:{left}")
            }
            Self::Offset(offset) => format!("at:{offset}"),
        })
    }
}

pub(super) async fn search_issues(client: &JiraClient, query: &IssueQuery) -> Result<IssuePage, JiraError> {
    let place = match &query.page {
        None => None,
        Some(token) => Some(Place::parse(token).ok_or(JiraError::BadAnswer { what: "page token" })?),
    };
    match place {
        None => {
            let (page, total) = ask_fully(client, query, None, 0).await?;
            let len = count(&page);
            let next = match last_rising_id(&page, 0) {
                _ if len == 0 || len >= total => None,
                Some(id) => Some(Place::Behind {
                    id,
                    taken: len,
                    left: total - len,
                    proven: false,
                }),
                None => Some(Place::Offset(len)),
            };
            Ok(finish(page, next, Some(total)))
        }
        Some(Place::Behind {
            id,
            taken,
            left: expected,
            proven,
        }) => {
            let (page, left) = ask_fully(client, query, Some(id), 0).await?;
            if (!proven || left < expected) && !has_read_all_up_to(client, query, id, taken).await? {
                return at_offset(client, query, 0).await;
            }
            let len = count(&page);
            match last_rising_id(&page, id) {
                _ if len == 0 => Ok(finish(page, None, None)),
                Some(last) => {
                    let next = (len < left).then(|| Place::Behind {
                        id: last,
                        taken: taken + len,
                        left: left - len,
                        proven: true,
                    });
                    Ok(finish(page, next, None))
                }
                None => at_offset(client, query, 0).await,
            }
        }
        Some(Place::Offset(offset)) => at_offset(client, query, offset).await,
    }
}

/// Whether no more issues have an id up to this one than were read: then the order is that of ids.
async fn has_read_all_up_to(
    client: &JiraClient,
    query: &IssueQuery,
    id: u64,
    taken: u64,
) -> Result<bool, JiraError> {
    let jql = format!("({}) AND id <= {id}", query.jql);
    Ok(count_issues(client, &jql).await?.n <= taken)
}

async fn at_offset(client: &JiraClient, query: &IssueQuery, offset: u64) -> Result<IssuePage, JiraError> {
    let (page, total) = ask_fully(client, query, None, offset).await?;
    let len = count(&page);
    let end = offset + len;
    let next = (len > 0 && end < total).then_some(Place::Offset(end));
    Ok(finish(page, next, None))
}

/// A page and the total that it tells. A page without rows before the end is asked for again: a busy
/// index answers so. What stays empty then is the end only where one page would hold all that is left:
/// an index may believe in a few issues that are gone.
async fn ask_fully(
    client: &JiraClient,
    query: &IssueQuery,
    behind: Option<u64>,
    offset: u64,
) -> Result<(Page, u64), JiraError> {
    let mut again = true;
    loop {
        let page = ask(client, query, behind, offset).await?;
        let total = page.total.ok_or(JiraError::BadAnswer { what: "total" })?;
        let left = total.saturating_sub(offset);
        match page.items.is_empty() && left > 0 {
            true if again => again = false,
            true if left > u64::from(query.page_size) => return Err(JiraError::Truncated),
            _ => return Ok((page, total)),
        }
    }
}

async fn ask(
    client: &JiraClient,
    query: &IssueQuery,
    behind: Option<u64>,
    offset: u64,
) -> Result<Page, JiraError> {
    let jql = match behind {
        Some(id) => format!("({}) AND id > {id} ORDER BY id ASC", query.jql),
        None => format!("{} ORDER BY id ASC", query.jql),
    };
    let body = json!({ "jql": jql, "fields": query.fields.0, "startAt": offset, "maxResults": query.page_size.clamp(1, 1000) });
    let page = read_page(client.search_platform(&["search"], body).await?)
        .ok_or(JiraError::BadAnswer { what: "issues" })?;
    if page.bare || page.start_at.is_some_and(|start| start != offset) {
        return Err(JiraError::BadAnswer {
            what: "paging does not advance",
        });
    }
    Ok(page)
}

fn count(page: &Page) -> u64 {
    u64::try_from(page.items.len()).unwrap_or(u64::MAX)
}

/// The last id of a page whose ids are numbers that rise from above `floor`.
fn last_rising_id(page: &Page, floor: u64) -> Option<u64> {
    let mut last = floor;
    for item in &page.items {
        let id = item.get("id").and_then(wire::id_text)?.parse::<u64>().ok()?;
        if id <= last {
            return None;
        }
        last = id;
    }
    (last > floor).then_some(last)
}

fn finish(page: Page, next: Option<Place>, total: Option<u64>) -> IssuePage {
    IssuePage {
        issues: page.items.into_iter().map(RawIssue::from).collect(),
        next: next.map(Place::token),
        total,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_being_written_down() {
        for place in [
            Place::Behind {
                id: 10,
                taken: 50,
                left: 20,
                proven: true,
            },
            Place::Behind {
                id: 10,
                taken: 50,
                left: 20,
                proven: false,
            },
            Place::Offset(100),
        ] {
            assert_eq!(Place::parse(&place.token()), Some(place));
        }
        for text in ["", "id:1", "at:x", "at:1:2", "7"] {
            assert_eq!(Place::parse(&PageToken(text.to_owned())), None, "{text}");
        }
    }

    #[test]
    fn projects_are_found_by_key_or_name() {
        let project = |key: &str, name: &str| JiraProject {
            id: key.to_owned(),
            key: key.to_owned(),
            name: name.to_owned(),
        };
        let all = [
            project("SHOP", "Web shop"),
            project("WEB", "Portal"),
            project("OPS", "Operations"),
        ];
        let page = filter_projects(&all, " web", 10);
        assert_eq!(
            page.projects.iter().map(|p| p.key.as_str()).collect::<Vec<_>>(),
            ["SHOP", "WEB"]
        );
        let page = filter_projects(&all, "", 2);
        assert_eq!((page.projects.len(), page.total, page.more), (2, Some(3), true));
    }
}
