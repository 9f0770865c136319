//! What only Jira Cloud does: search by token, estimated counts, paged projects, the cloud id.

use serde_json::{Value, json};

use super::client::JiraClient;
use super::common::{Count, IssuePage, IssueQuery, ProjectPage};
use super::error::JiraError;
use super::paging::{PageToken, read_page};
use super::wire::{self, rows};
use crate::domain::jira::{JiraProject, NamedValue};

pub(super) async fn tenant_cloud_id(client: &JiraClient) -> Result<String, JiraError> {
    let value = client.get_public(&["_edge", "tenant_info"]).await?;
    let id = value
        .get("cloudId")
        .and_then(Value::as_str)
        .filter(|id| !id.is_empty() && id.len() <= 100);
    id.map(str::to_owned)
        .ok_or(JiraError::BadAnswer { what: "cloud id" })
}

pub(super) async fn search_projects(
    client: &JiraClient,
    query: &str,
    limit: usize,
) -> Result<ProjectPage, JiraError> {
    let most = limit.clamp(1, 100).to_string();
    let mut parameters = vec![
        ("maxResults", most.as_str()),
        ("orderBy", "name"),
        ("status", "live"),
    ];
    let query = query.trim();
    if !query.is_empty() {
        parameters.push(("query", query));
    }
    let value = client.get_platform(&["project", "search"], &parameters).await?;
    let page = read_page(value).ok_or(JiraError::BadAnswer { what: "projects" })?;
    let more = page.is_last == Some(false);
    let projects: Vec<JiraProject> = rows::<wire::Project>(page.items)
        .into_iter()
        .map(Into::into)
        .collect();
    Ok(ProjectPage {
        projects,
        total: page.total,
        more,
    })
}

pub(super) async fn list_projects(client: &JiraClient) -> Result<Vec<JiraProject>, JiraError> {
    let items = client
        .list_platform(&["project", "search"], &[("status", "live")])
        .await?;
    Ok(rows::<wire::Project>(items).into_iter().map(Into::into).collect())
}

pub(super) async fn list_priorities(
    client: &JiraClient,
    project: &str,
) -> Result<Vec<NamedValue>, JiraError> {
    // The search takes ids only; for a key, and where the flagged resource is gone, the whole list serves.
    if project.bytes().all(|byte| byte.is_ascii_digit()) {
        match client
            .list_named(&["priority", "search"], &[("projectId", project)])
            .await
        {
            Ok(found) if !found.is_empty() => return Ok(found),
            Ok(_) | Err(JiraError::Gone | JiraError::NotFound { .. } | JiraError::BadRequest { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    client.list_named(&["priority"], &[]).await
}

pub(super) async fn list_resolutions(client: &JiraClient) -> Result<Vec<NamedValue>, JiraError> {
    match client.list_named(&["resolution", "search"], &[]).await {
        Err(JiraError::Gone | JiraError::NotFound { .. }) => client.list_named(&["resolution"], &[]).await,
        result => result,
    }
}

pub(super) async fn count_issues(client: &JiraClient, jql: &str) -> Result<Count, JiraError> {
    let value = client
        .search_platform(&["search", "approximate-count"], json!({ "jql": jql }))
        .await?;
    let n = value
        .get("count")
        .and_then(Value::as_u64)
        .ok_or(JiraError::BadAnswer { what: "count" })?;
    Ok(Count { n, exact: false })
}

pub(super) async fn search_issues(client: &JiraClient, query: &IssueQuery) -> Result<IssuePage, JiraError> {
    let mut body = json!({
        "jql": format!("{} ORDER BY id ASC", query.jql),
        "fields": query.fields.0,
        "maxResults": query.page_size.clamp(1, 5000),
    });
    if let Some(PageToken(token)) = &query.page {
        body["nextPageToken"] = Value::from(token.as_str());
    }
    let value = client.search_platform(&["search", "jql"], body).await?;
    let page = read_page(value).ok_or(JiraError::BadAnswer { what: "issues" })?;
    let next = match (page.is_last, page.next_token) {
        (Some(true), _) | (None, None) => None,
        (_, Some(token)) => Some(PageToken(token)),
        // There is more, and no way to it: that is no complete listing.
        (Some(false), None) => {
            return Err(JiraError::BadAnswer {
                what: "page token of the next page",
            });
        }
    };
    if next.is_some() && next == query.page {
        return Err(JiraError::BadAnswer {
            what: "paging does not advance",
        });
    }
    Ok(IssuePage {
        issues: page.items.into_iter().map(Into::into).collect(),
        next,
        total: None,
    })
}
