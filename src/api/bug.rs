//! Bugs of a project: the list.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{
    ApiError,
    plan::{PlanConfiguration, UnmappedView},
    requirement::IssueListView,
};

/// The status of a filter that stands for open and in progress.
pub const UNRESOLVED: &str = "unresolved";

/// What the list of bugs shows. Empty texts do not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BugFilter {
    /// Configuration.
    pub configuration: String,
    /// Code of the mapped status, or [`UNRESOLVED`].
    pub status: String,
    /// Words in key or summary.
    pub text: String,
    /// Only bugs without a release that Plans shows.
    pub unreleased: bool,
    /// Page, from 1; 0 is the first too.
    pub page: u32,
}

impl BugFilter {
    /// Whether anything is filtered out.
    pub fn is_filtered(&self) -> bool {
        self.unreleased
            || [&self.configuration, &self.status, &self.text]
                .into_iter()
                .any(|text| !text.is_empty())
    }
}

/// The list of a project's bugs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BugsView {
    /// What can be chosen.
    pub configurations: Vec<PlanConfiguration>,
    /// What is not mapped in what can be chosen.
    pub unmapped: Vec<UnmappedView>,
    /// The filter as it was understood.
    pub filter: BugFilter,
    /// May link a Jira project.
    pub may_configure: bool,
    /// The page: open ones first, most severe first.
    pub list: IssueListView,
}

/// A page of a project's bugs.
///
/// # Errors
/// Not signed in, not theirs, unknown configuration.
#[server(endpoint = "load_bugs")]
pub async fn load_bugs(project: String, #[server(default)] filter: BugFilter) -> Result<BugsView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SeePlans).await?;
    Ok(app::bug::load_bugs(&guard, filter).await?)
}
