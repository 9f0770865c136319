//! Plans: the timeline of a linked Jira project, and the page of one release or sprint.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, moment::MomentView, requirement::IssueListView},
    domain::{
        jira::SprintState,
        mapping::Severity,
        timeline::{Risk, Timeline},
    },
};

/// A linked Jira project to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanConfiguration {
    /// Id.
    pub id: String,
    /// `BOOK, Booking Web`, with its connection where another integration reads alike.
    pub label: String,
    /// Name of its connection, where another integration reads alike.
    pub connection: Option<String>,
    /// Why it is in error; `None` when it is active.
    pub error: Option<String>,
    /// Last finished sync.
    pub last_synced: Option<MomentView>,
}

/// Numbers of the chosen configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSummary {
    /// Releases shown.
    pub releases: u64,
    /// Those that are released.
    pub released: u64,
    /// Requirements.
    pub requirements: u64,
    /// Unresolved bugs.
    pub open_bugs: u64,
    /// Unresolved blockers.
    pub open_blockers: u64,
    /// Unresolved bugs without a release that Plans shows: no row counts them.
    pub unreleased_bugs: u64,
    /// How often rows count an unresolved bug that another row counts too.
    pub repeated_bugs: u64,
    /// Requirements without release and sprint.
    pub unscheduled: u64,
}

/// The plan of one configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenPlan {
    /// Which.
    pub configuration: PlanConfiguration,
    /// A run waits or goes on.
    pub syncing: bool,
    /// Releases, sprints and their places.
    pub timeline: Timeline,
    /// `from` of the window before this one, ISO date.
    pub previous: String,
    /// `from` of the window behind this one, ISO date.
    pub next: String,
    /// Numbers.
    pub summary: PlanSummary,
    /// What is not mapped.
    pub unmapped: Vec<UnmappedView>,
}

/// The Plans page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlansView {
    /// What can be chosen: Active and Error.
    pub configurations: Vec<PlanConfiguration>,
    /// A configuration exists that was never started or is inactive.
    pub prepared: bool,
    /// May start a sync.
    pub may_sync: bool,
    /// May link a Jira project.
    pub may_configure: bool,
    /// Who may link one.
    pub admins: Vec<String>,
    /// The plan; `None` without a configuration to choose.
    pub plan: Option<ChosenPlan>,
}

/// Work items of a configuration whose Jira values are not mapped, so that a default stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmappedView {
    /// Configuration.
    pub configuration_id: String,
    /// Its label.
    pub label: String,
    /// Which values of how many work items, a sentence.
    pub words: String,
    /// Steps of the wizard that map them (1 to 6), and what they map.
    pub steps: Vec<(u8, String)>,
}

/// How a release or a sprint stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanItemState {
    /// A release that Jira has archived.
    Archived,
    /// A release.
    Release(Risk),
    /// A sprint.
    Sprint(SprintState),
}

/// What the page of a release or a sprint has on top.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItemHead {
    /// Name.
    pub name: String,
    /// Dates in words.
    pub when: String,
    /// Status in words, without a reason.
    pub state: String,
    /// Status in words, with what makes it.
    pub status: String,
    /// The same for its shape and colour.
    pub standing: PlanItemState,
    /// Description of a release, goal of a sprint.
    pub text: String,
    /// First day in words.
    pub start: String,
    /// Last day in words.
    pub end: String,
    /// Day a sprint was closed, in words.
    pub completed: String,
    /// Since when it is not in Jira any more.
    pub gone: Option<MomentView>,
    /// Sprints of a release, releases of a sprint: name and address parts (Jira's id).
    pub related: Vec<(String, String)>,
    /// Requirements that are Done.
    pub done: u64,
    /// Unresolved bugs by severity.
    pub open_bugs: Vec<(Severity, u64)>,
    /// Unresolved bugs in all.
    pub open_bugs_total: u64,
}

/// The page of a release or a sprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItemView {
    /// Configuration.
    pub configuration: PlanConfiguration,
    /// Whether the integration is out of use, in words; empty when in use.
    pub out_of_use: String,
    /// Head.
    pub head: PlanItemHead,
    /// Requirements.
    pub requirements: IssueListView,
    /// Bugs, open ones first, most severe first.
    pub bugs: IssueListView,
}

/// Words for the state of a sprint: Jira's own.
pub fn sprint_state(state: SprintState) -> &'static str {
    match state {
        SprintState::Active => "Active",
        SprintState::Future => "Future",
        SprintState::Closed => "Closed",
    }
}

/// The Plans page of a project. Without `configuration` the first one; `zoom` is week, month or
/// quarter; `from` is the first day of the window.
///
/// # Errors
/// Not signed in, not theirs, configuration unknown or not in use.
#[server(endpoint = "load_plans")]
pub async fn load_plans(
    project: String,
    #[server(default)] configuration: Option<String>,
    #[server(default)] zoom: Option<String>,
    #[server(default)] from: Option<String>,
) -> Result<PlansView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SeePlans).await?;
    Ok(app::plan::load_plans(&guard, configuration.as_deref(), zoom.as_deref(), from.as_deref()).await?)
}

/// The page of a release. `sort` names a column, with `-` in front for the other direction; pages
/// count from 1.
///
/// # Errors
/// Not signed in, not theirs, unknown release.
#[server(endpoint = "load_release")]
pub async fn load_release(
    project: String,
    configuration: String,
    release: String,
    #[server(default)] sort: Option<String>,
    #[server(default)] page: Option<u32>,
    #[server(default)] bug_page: Option<u32>,
) -> Result<PlanItemView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SeePlans).await?;
    let pages = app::plan_item::Pages::new(sort, page, bug_page);
    Ok(app::plan_item::load_release(&guard, &configuration, &release, &pages).await?)
}

/// The page of a sprint; arguments as for [`load_release`].
///
/// # Errors
/// Not signed in, not theirs, unknown sprint.
#[server(endpoint = "load_sprint")]
pub async fn load_sprint(
    project: String,
    configuration: String,
    sprint: String,
    #[server(default)] sort: Option<String>,
    #[server(default)] page: Option<u32>,
    #[server(default)] bug_page: Option<u32>,
) -> Result<PlanItemView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::SeePlans).await?;
    let pages = app::plan_item::Pages::new(sort, page, bug_page);
    Ok(app::plan_item::load_sprint(&guard, &configuration, &sprint, &pages).await?)
}
