//! Requirements: the list of a project, lists inside a release or sprint, and one requirement.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{
        ApiError,
        moment::MomentView,
        plan::{PlanConfiguration, UnmappedView},
    },
    domain::{
        mapping::{Priority, Severity},
        mirror_issue::MappedStatus,
        rich_text::RichText,
    },
};

/// An issue in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueItem {
    /// Configuration.
    pub configuration_id: String,
    /// Jira's id.
    pub jira_id: String,
    /// Key.
    pub key: String,
    /// Type.
    pub type_name: String,
    /// Summary.
    pub summary: String,
    /// Mapped status.
    pub status: MappedStatus,
    /// Jira's status.
    pub jira_status: String,
    /// Name of its connection, where another integration of the project reads alike.
    pub connection: Option<String>,
    /// Mapped priority.
    pub priority: Priority,
    /// Mapped severity; bugs only.
    pub severity: Option<Severity>,
    /// Assignee in Jira.
    pub assignee: Option<String>,
    /// Release date in words; requirements only.
    pub release_date: Option<String>,
    /// Its page in Jira.
    pub jira_url: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueListView {
    /// Rows.
    pub items: Vec<IssueItem>,
    /// How many there are in all.
    pub total: u64,
    /// This page, from 1.
    pub page: u32,
    /// How many pages, at least 1.
    pub pages: u32,
    /// Column it is sorted by, with `-` in front for the other direction.
    pub sort: String,
}

/// What the list of requirements shows. Empty texts do not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequirementFilter {
    /// Configuration.
    pub configuration: String,
    /// Code of the mapped status.
    pub status: String,
    /// Name of the type.
    pub issue_type: String,
    /// Words in key or summary.
    pub text: String,
    /// Only requirements without release and sprint.
    pub unscheduled: bool,
    /// Column, with `-` in front for the other direction.
    pub sort: String,
    /// Page, from 1; 0 is the first too.
    pub page: u32,
}

impl RequirementFilter {
    /// Whether anything is filtered out.
    pub fn is_filtered(&self) -> bool {
        self.unscheduled
            || [&self.configuration, &self.status, &self.issue_type, &self.text]
                .into_iter()
                .any(|text| !text.is_empty())
    }
}

/// The list of a project's requirements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementsView {
    /// What can be chosen.
    pub configurations: Vec<PlanConfiguration>,
    /// What is not mapped in what can be chosen.
    pub unmapped: Vec<UnmappedView>,
    /// Types that occur.
    pub types: Vec<String>,
    /// The filter as it was understood.
    pub filter: RequirementFilter,
    /// May link a Jira project.
    pub may_configure: bool,
    /// The page.
    pub list: IssueListView,
}

/// A mapped value with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedView {
    /// Our value in words.
    pub label: String,
    /// Jira's value, where it differs.
    pub jira: Option<String>,
    /// The rule that gave our value.
    pub rule: String,
}

/// A source that was asked for the release date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceView {
    /// Words.
    pub label: String,
    /// What it says.
    pub date: Option<String>,
    /// Why that, or why nothing, or why it does not count.
    pub why: String,
    /// It decides.
    pub used: bool,
}

/// A release or sprint of a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLink {
    /// Jira's id.
    pub id: String,
    /// Name; Jira's id when the mirror does not know it.
    pub name: String,
    /// Dates in words.
    pub when: String,
    /// Whether it has a page here.
    pub known: bool,
}

/// A further field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FurtherView {
    /// Field id in Jira.
    pub name: String,
    /// Value as text; empty when it is formatted.
    pub text: String,
    /// Formatted value.
    pub rich: Option<RichText>,
}

/// A requirement's parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentView {
    /// Key.
    pub key: String,
    /// Jira's id and summary, when it is a requirement here too.
    pub known: Option<(String, String)>,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementView {
    /// Configuration.
    pub configuration: PlanConfiguration,
    /// Whether the integration is out of use, in words; empty when in use.
    pub out_of_use: String,
    /// Why and since when it is gone from Jira or out of scope.
    pub gone: Option<(String, MomentView)>,
    /// Jira has a security level on it.
    pub secured: bool,
    /// Key.
    pub key: String,
    /// Summary.
    pub summary: String,
    /// Type.
    pub type_name: String,
    /// Its page in Jira.
    pub jira_url: Option<String>,
    /// Description.
    pub description: RichText,
    /// Mapped status.
    pub status: MappedView,
    /// The same for its shape and colour.
    pub state: MappedStatus,
    /// Mapped priority.
    pub priority: MappedView,
    /// Release date in words.
    pub release_date: Option<String>,
    /// Every source in order.
    pub sources: Vec<SourceView>,
    /// Fix versions.
    pub releases: Vec<PlanLink>,
    /// Sprints.
    pub sprints: Vec<PlanLink>,
    /// Parent.
    pub parent: Option<ParentView>,
    /// Labels.
    pub labels: Vec<String>,
    /// Components.
    pub components: Vec<String>,
    /// Assignee.
    pub assignee: Option<String>,
    /// Reporter.
    pub reporter: Option<String>,
    /// Resolution.
    pub resolution: Option<String>,
    /// Due date in words.
    pub due: Option<String>,
    /// Created in Jira.
    pub created: MomentView,
    /// Changed in Jira.
    pub updated: MomentView,
    /// Resolved in Jira.
    pub resolved: Option<MomentView>,
    /// Further fields that have a value.
    pub further: Vec<FurtherView>,
    /// May configure the integration.
    pub may_configure: bool,
}

/// A page of a project's requirements.
///
/// # Errors
/// Not signed in, not theirs, unknown configuration.
#[server(endpoint = "load_requirements")]
pub async fn load_requirements(
    project: String,
    #[server(default)] filter: RequirementFilter,
) -> Result<RequirementsView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SeePlans).await?;
    Ok(app::requirement::load_requirements(&guard, filter).await?)
}

/// One requirement by configuration and Jira's id.
///
/// # Errors
/// Not signed in, not theirs, unknown, or with a security level that this person does not see.
#[server(endpoint = "load_requirement")]
pub async fn load_requirement(
    project: String,
    configuration: String,
    issue: String,
) -> Result<RequirementView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SeePlans).await?;
    Ok(app::requirement_page::load_requirement(&guard, &configuration, &issue).await?)
}
