//! The questions that callers ask, and the answers that both dialects give alike.
//!
//! Where Cloud and Data Center differ, the method asks `cloud` or `data_center`. Every list is complete
//! or an error: half a list would look like deleted things.

use std::collections::{BTreeMap, HashSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use serde_json::Value;

use super::client::JiraClient;
use super::data_center::filter_projects;
use super::error::JiraError;
use super::paging::{MOST_PAGES, PageToken, plan_next_offset, read_page};
use super::wire::{self, rows, rows_and_whole};
use super::{cloud, data_center};
use crate::domain::connection_report::PERMISSIONS;
use crate::domain::jira::{Board, Deployment, Field, IssueType, JiraProject, NamedValue, Release, Status};

/// Questions of one kind that are asked at a time.
const AT_A_TIME: usize = 4;

/// What the site says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerInfo {
    /// Real deployment.
    pub deployment: Deployment,
    /// Version as Jira writes it.
    pub version: Option<String>,
    /// Version as numbers, for comparing.
    pub version_numbers: Vec<u32>,
    /// Name of the site.
    pub title: Option<String>,
    /// Address that Jira calls its own.
    pub base_url: String,
    /// Jira's clock when it answered.
    pub server_time: Option<Timestamp>,
}

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `accountId` on Cloud, `key` on Data Center.
    pub id: String,
    /// Display name.
    pub display_name: String,
    /// Email, where Jira tells it.
    pub email: Option<String>,
    /// Whether the account is active.
    pub active: bool,
    /// Time zone of the profile.
    pub time_zone: Option<String>,
}

/// Projects that match a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectPage {
    /// The first ones.
    pub projects: Vec<JiraProject>,
    /// How many there are, where Jira tells it.
    pub total: Option<u64>,
    /// Whether there are more than those returned.
    pub more: bool,
}

/// A number of issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The number.
    pub n: u64,
    /// Whether it is exact; Cloud only estimates.
    pub exact: bool,
}

/// Which fields of an issue to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSelection(pub(super) Vec<String>);

impl FieldSelection {
    /// What an [`crate::domain::jira::Issue`] needs, and these fields more (ids).
    pub fn standard<S: AsRef<str>>(more: &[S]) -> Self {
        let mut fields: Vec<String> = [
            "summary",
            "description",
            "issuetype",
            "status",
            "priority",
            "resolution",
            "resolutiondate",
            "assignee",
            "reporter",
            "labels",
            "components",
            "fixVersions",
            "versions",
            "duedate",
            "created",
            "updated",
            "parent",
            "issuelinks",
            "project",
            "security",
        ]
        .map(str::to_owned)
        .into();
        for field in more.iter().map(AsRef::as_ref) {
            if !field.is_empty() && !fields.iter().any(|known| known == field) {
                fields.push(field.to_owned());
            }
        }
        Self(fields)
    }

    /// These fields alone.
    pub fn only(fields: &[&str]) -> Self {
        Self(fields.iter().map(|field| (*field).to_owned()).collect())
    }
}

/// A page of a search to ask for.
#[derive(Clone, Debug)]
pub struct IssueQuery {
    /// Restriction without `ORDER BY`; see [`super::jql::Jql`].
    pub jql: String,
    /// Fields to read.
    pub fields: FieldSelection,
    /// Where to go on; `None` for the first page.
    pub page: Option<PageToken>,
    /// Issues per page; Jira may give fewer.
    pub page_size: u32,
}

/// An issue as Jira sent it. Kept raw, so that it can be read again under another mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct RawIssue {
    /// Issue id, if there is one.
    pub id: Option<String>,
    /// The whole object.
    pub raw: Value,
}

impl From<Value> for RawIssue {
    fn from(raw: Value) -> Self {
        Self {
            id: raw.get("id").and_then(wire::id_text),
            raw,
        }
    }
}

/// A page of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct IssuePage {
    /// The issues, ordered by id.
    pub issues: Vec<RawIssue>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<PageToken>,
    /// Issues in the whole search: on Data Center with the first page, on Cloud never.
    pub total: Option<u64>,
}

impl JiraClient {
    /// What the site says about itself. Asked without the credential, which is public on both, and in
    /// version 2, which both speak: so a wrong type or token cannot hide what answers. A site that
    /// hides even this is asked again with the credential.
    ///
    /// # Errors
    /// [`JiraError`]; [`JiraError::NotJson`] also for JSON that is not Jira's.
    pub async fn server_info(&self) -> Result<ServerInfo, JiraError> {
        let value = match self.get_public(&["rest", "api", "2", "serverInfo"]).await {
            Err(JiraError::Unauthorized { .. } | JiraError::Forbidden { .. }) => {
                self.get_platform(&["serverInfo"], &[]).await?
            }
            result => result?,
        };
        parse_server_info(value).ok_or(JiraError::NotJson { status: 200 })
    }

    /// The cloud id of a Cloud site, read without credential.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn tenant_cloud_id(&self) -> Result<String, JiraError> {
        cloud::tenant_cloud_id(self).await
    }

    /// Whose token it is. Needs a sign-in on both, so it is the test of the token.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn myself(&self) -> Result<Identity, JiraError> {
        let value = self.get_platform(&["myself"], &[]).await?;
        parse_identity(value).ok_or(JiraError::BadAnswer { what: "myself" })
    }

    /// Permission keys and whether the account has them: in one project, or in at least one.
    ///
    /// # Errors
    /// [`JiraError`]; [`JiraError::NotFound`] for a project that is not visible.
    pub async fn my_permissions(
        &self,
        project_id: Option<&str>,
    ) -> Result<BTreeMap<String, bool>, JiraError> {
        let keys = PERMISSIONS.map(|(key, _)| key).join(",");
        let mut query: Vec<(&str, &str)> = Vec::new();
        if self.site.deployment == Deployment::Cloud {
            query.push(("permissions", &keys));
        }
        if let Some(project_id) = project_id {
            query.push(("projectId", project_id));
        }
        let value = self.get_platform(&["mypermissions"], &query).await?;
        parse_permissions(&value).ok_or(JiraError::BadAnswer { what: "permissions" })
    }

    /// Projects whose key or name contains `query`. Data Center always sends its whole list: who asks
    /// often keeps that of [`JiraClient::list_all_projects`] and filters it with [`filter_projects`].
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn search_projects(&self, query: &str, limit: usize) -> Result<ProjectPage, JiraError> {
        match self.site.deployment {
            Deployment::Cloud => cloud::search_projects(self, query, limit).await,
            Deployment::DataCenter => Ok(filter_projects(
                &data_center::list_projects(self).await?,
                query,
                limit,
            )),
        }
    }

    /// Every visible project, without archived ones.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn list_all_projects(&self) -> Result<Vec<JiraProject>, JiraError> {
        match self.site.deployment {
            Deployment::Cloud => cloud::list_projects(self).await,
            Deployment::DataCenter => data_center::list_projects(self).await,
        }
    }

    /// One project by id or key.
    ///
    /// # Errors
    /// [`JiraError`]; [`JiraError::NotFound`] also when it is not visible.
    pub async fn get_project(&self, id: &str) -> Result<JiraProject, JiraError> {
        Ok(self.read_project(id).await?.into())
    }

    async fn read_project(&self, id: &str) -> Result<wire::Project, JiraError> {
        let value = self.get_platform(&["project", id], &[]).await?;
        serde_json::from_value(value).map_err(|_| JiraError::BadAnswer { what: "project" })
    }

    /// A project by id or key with its work item types: one answer of Jira holds both.
    ///
    /// # Errors
    /// As [`JiraClient::get_project`].
    pub async fn get_project_with_types(&self, id: &str) -> Result<(JiraProject, Vec<IssueType>), JiraError> {
        let mut project = self.read_project(id).await?;
        let types = rows::<wire::IssueType>(std::mem::take(&mut project.issue_types));
        Ok((project.into(), types.into_iter().map(Into::into).collect()))
    }

    /// Statuses of a project with the types that use them.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn list_statuses(&self, project: &str) -> Result<Vec<Status>, JiraError> {
        let value = self.get_platform(&["project", project, "statuses"], &[]).await?;
        parse_statuses(value).ok_or(JiraError::BadAnswer { what: "statuses" })
    }

    /// Priorities that these types of the project offer; the site's list where the create screens
    /// tell none.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn list_priorities(
        &self,
        project: &str,
        type_ids: &[String],
    ) -> Result<Vec<NamedValue>, JiraError> {
        let offered = self.list_field_options(project, type_ids, "priority").await?;
        if !offered.is_empty() {
            return Ok(offered);
        }
        match self.site.deployment {
            Deployment::Cloud => cloud::list_priorities(self, project).await,
            Deployment::DataCenter => self.list_named(&["priority"], &[]).await,
        }
    }

    /// Resolutions of the site.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn list_resolutions(&self) -> Result<Vec<NamedValue>, JiraError> {
        match self.site.deployment {
            Deployment::Cloud => cloud::list_resolutions(self).await,
            Deployment::DataCenter => self.list_named(&["resolution"], &[]).await,
        }
    }

    /// Fields of the site.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn list_fields(&self) -> Result<Vec<Field>, JiraError> {
        let value = self.get_platform(&["field"], &[]).await?;
        let page = read_page(value).ok_or(JiraError::BadAnswer { what: "fields" })?;
        Ok(rows::<wire::Field>(page.items)
            .into_iter()
            .map(Into::into)
            .collect())
    }

    /// Values that a select-like field offers on the create screens of these types. A type that the
    /// account may not create, or a field that is not on a screen, adds none.
    ///
    /// # Errors
    /// [`JiraError`] unless it is about permission.
    pub async fn list_field_options(
        &self,
        project: &str,
        type_ids: &[String],
        field_id: &str,
    ) -> Result<Vec<NamedValue>, JiraError> {
        let questions: Vec<_> = type_ids
            .iter()
            .map(|type_id| self.list_options_of_type(project, type_id, field_id))
            .collect();
        let answers: Vec<Vec<NamedValue>> = stream::iter(questions).buffered(AT_A_TIME).try_collect().await?;
        let mut seen = HashSet::new();
        Ok(answers
            .into_iter()
            .flatten()
            .filter(|option| seen.insert(option.id.clone()))
            .collect())
    }

    async fn list_options_of_type(
        &self,
        project: &str,
        type_id: &str,
        field_id: &str,
    ) -> Result<Vec<NamedValue>, JiraError> {
        let path = ["issue", "createmeta", project, "issuetypes", type_id];
        match self.list_platform(&path, &[]).await {
            Ok(fields) => Ok(read_options(fields, field_id)),
            Err(JiraError::Forbidden { .. } | JiraError::NotFound { .. } | JiraError::BadRequest { .. }) => {
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    /// Boards of a project. Without Jira Software there are none.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn list_boards(&self, project: &str) -> Result<Vec<Board>, JiraError> {
        match self.list_agile(&["board"], &[("projectKeyOrId", project)]).await {
            Ok(items) => Ok(rows::<wire::Board>(items).into_iter().map(Into::into).collect()),
            Err(JiraError::Forbidden { .. } | JiraError::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Releases of a project, archived ones included.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn list_releases(&self, project: &str) -> Result<Vec<Release>, JiraError> {
        Ok(self.read_releases(project).await?.0)
    }

    /// As [`Self::list_releases`], and whether every row could be read: only then is a release that is
    /// not among them gone.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn read_releases(&self, project: &str) -> Result<(Vec<Release>, bool), JiraError> {
        let value = self.get_platform(&["project", project, "versions"], &[]).await?;
        let page = read_page(value).ok_or(JiraError::BadAnswer { what: "releases" })?;
        let (found, whole) = rows_and_whole::<wire::Version>(page.items);
        Ok((found.into_iter().map(Into::into).collect(), whole))
    }

    /// How many issues a query finds.
    ///
    /// # Errors
    /// [`JiraError`]; [`JiraError::BadRequest`] for a query that names what does not exist.
    pub async fn count_issues(&self, jql: &str) -> Result<Count, JiraError> {
        match self.site.deployment {
            Deployment::Cloud => cloud::count_issues(self, jql).await,
            Deployment::DataCenter => data_center::count_issues(self, jql).await,
        }
    }

    /// One page of a search, ordered by id. Hand each `next` to a [`super::PageGuard`] and ask again
    /// until there is none; an empty page before the end is possible.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn search_issues(&self, query: &IssueQuery) -> Result<IssuePage, JiraError> {
        match self.site.deployment {
            Deployment::Cloud => cloud::search_issues(self, query).await,
            Deployment::DataCenter => data_center::search_issues(self, query).await,
        }
    }

    /// One issue by id or key. A moved issue answers under its new key; compare the id.
    ///
    /// # Errors
    /// [`JiraError`]; [`JiraError::NotFound`] also when it is not visible.
    pub async fn get_issue(&self, id: &str, fields: &FieldSelection) -> Result<RawIssue, JiraError> {
        let fields = fields.0.join(",");
        let value = self
            .get_platform(&["issue", id], &[("fields", &fields), ("updateHistory", "false")])
            .await?;
        if value.get("fields").is_none() {
            return Err(JiraError::BadAnswer { what: "issue" });
        }
        Ok(value.into())
    }

    /// Every row of a paged platform list.
    pub(super) async fn list_platform(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<Value>, JiraError> {
        self.walk(false, path, query).await
    }

    pub(super) async fn list_agile(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<Value>, JiraError> {
        self.walk(true, path, query).await
    }

    async fn walk(
        &self,
        agile: bool,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<Value>, JiraError> {
        let mut found = Vec::new();
        let mut asked = 0;
        for _ in 0..MOST_PAGES {
            let start = asked.to_string();
            let query = [query, &[("startAt", start.as_str()), ("maxResults", "50")]].concat();
            let value = if agile {
                self.get_agile(path, &query).await?
            } else {
                self.get_platform(path, &query).await?
            };
            let page = read_page(value).ok_or(JiraError::BadAnswer { what: "list" })?;
            let next = plan_next_offset(asked, &page)?;
            found.extend(page.items);
            match next {
                Some(next) => asked = next,
                None => return Ok(found),
            }
        }
        Err(JiraError::BadAnswer {
            what: "paging does not end",
        })
    }

    /// A list of things with id and name.
    pub(super) async fn list_named(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<NamedValue>, JiraError> {
        Ok(rows::<wire::Named>(self.list_platform(path, query).await?)
            .into_iter()
            .map(Into::into)
            .collect())
    }
}

/// `serverInfo` of either dialect; `None` when it is not Jira's.
pub fn parse_server_info(value: Value) -> Option<ServerInfo> {
    let info: wire::ServerInfo = serde_json::from_value(value).ok()?;
    if info.version.is_none() && info.deployment_type.is_none() {
        return None;
    }
    let deployment = if info.deployment_type.as_deref() == Some("Cloud") {
        Deployment::Cloud
    } else {
        Deployment::DataCenter
    };
    let mut version_numbers = info.version_numbers;
    if version_numbers.is_empty() {
        version_numbers = info
            .version
            .iter()
            .flat_map(|version| version.split(['.', '-']))
            .map_while(|part| part.parse().ok())
            .collect();
    }
    Some(ServerInfo {
        deployment,
        version: info.version.map(short),
        version_numbers,
        title: info.server_title.filter(|title| !title.is_empty()).map(short),
        base_url: info.base_url,
        server_time: super::dates::parse_timestamp(&info.server_time),
    })
}

/// Names that a Jira gives itself and its people are kept and shown on every page of a connection: no more of
/// them than a person can read.
fn short(text: String) -> String {
    const MOST: usize = 200;
    text.char_indices()
        .nth(MOST)
        .map_or_else(|| text.clone(), |(end, _)| text[..end].to_owned())
}

fn parse_identity(value: Value) -> Option<Identity> {
    let me: wire::Myself = serde_json::from_value(value).ok()?;
    Some(Identity {
        id: short(me.account_id.or(me.key).or(me.name).filter(|id| !id.is_empty())?),
        display_name: short(me.display_name),
        email: me.email_address.filter(|email| !email.is_empty()).map(short),
        active: me.active.unwrap_or(true),
        time_zone: me.time_zone.map(short),
    })
}

/// Permissions of either dialect. Old aliases of Data Center are left out.
pub fn parse_permissions(value: &Value) -> Option<BTreeMap<String, bool>> {
    let all = value.get("permissions")?.as_object()?;
    Some(
        all.iter()
            .filter(|(_, permission)| permission.get("deprecatedKey") != Some(&Value::Bool(true)))
            .map(|(key, permission)| {
                (
                    key.clone(),
                    permission.get("havePermission") == Some(&Value::Bool(true)),
                )
            })
            .collect(),
    )
}

/// A project's statuses, which come per type, as one list by id.
pub fn parse_statuses(value: Value) -> Option<Vec<Status>> {
    let mut found: Vec<Status> = Vec::new();
    for kind in rows::<wire::IssueType>(read_page(value)?.items) {
        for status in rows::<wire::Status>(kind.statuses) {
            match found.iter_mut().find(|known| known.id == status.id) {
                Some(known) => {
                    if !known.issue_type_ids.contains(&kind.id) {
                        known.issue_type_ids.push(kind.id.clone());
                    }
                }
                None => found.push(Status {
                    category: wire::category(&status.category),
                    id: status.id,
                    name: status.name,
                    issue_type_ids: vec![kind.id.clone()],
                }),
            }
        }
    }
    Some(found)
}

/// The values a field offers in create metadata; the field is named by `fieldId`, or `key`.
fn read_options(fields: Vec<Value>, field_id: &str) -> Vec<NamedValue> {
    let is_it = |field: &Value| {
        ["fieldId", "key"]
            .iter()
            .any(|key| field.get(*key).and_then(Value::as_str) == Some(field_id))
    };
    let Some(mut field) = fields.into_iter().find(is_it) else {
        return Vec::new();
    };
    let Some(Value::Array(values)) = field.get_mut("allowedValues").map(Value::take) else {
        return Vec::new();
    };
    rows::<wire::Named>(values)
        .into_iter()
        .filter(|option| !option.disabled)
        .map(Into::into)
        .collect()
}
