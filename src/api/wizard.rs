//! The six steps of a configuration: one view for all of them, one function that saves each of them.
//!
//! Answers travel as one flat map of names and texts, because a step has as many fields as Jira has
//! values. A box that is not ticked is absent, so lists carry the mark `shown`: without it (Jira did
//! not answer, nothing was listed) the stored choice stays.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{ApiError, moment::MomentView};

/// A step's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WizardView {
    /// Project of ours.
    pub project_id: String,
    /// Name of it.
    pub project_name: String,
    /// Configuration.
    pub configuration_id: String,
    /// Key of the Jira project, once chosen.
    pub jira_key: String,
    /// Connection.
    pub connection_name: String,
    /// Host of the Jira site, with its port unless it is the usual one.
    pub host: String,
    /// Whether a version was proceeded before.
    pub proceeded: bool,
    /// The step shown, 1 to 6.
    pub step: u8,
    /// Title of the step.
    pub title: String,
    /// All steps.
    pub steps: Vec<StepView>,
    /// Revision that a save has to name.
    pub revision: i64,
    /// Highest step saved, 0 to 6.
    pub reached: u8,
    /// The form shows answers that are not saved: the last post of it failed.
    pub unsaved: bool,
    /// Only what depends on the answers is wanted, of answers that are not saved: see [`LOOK`].
    pub look: bool,
    /// Who saved last.
    pub saved_by: String,
    /// When.
    pub saved: MomentView,
    /// Callouts above the form.
    pub notes: Vec<NoteView>,
    /// What is wrong with what was typed, in the order of the page.
    pub errors: Vec<StepErrorView>,
    /// The form.
    pub body: StepBody,
    /// Step before, if there is one.
    pub previous: Option<u8>,
    /// Title of the next step; `None` on the last.
    pub next: Option<String>,
    /// What Proceed syncs, "about 174 work items"; empty when not known.
    pub proceeds: String,
    /// When Jira's lists were read.
    pub fetched: Option<MomentView>,
    /// What would come out.
    pub preview: PreviewView,
}

/// A step in the line of steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// Title.
    pub title: String,
    /// What is in it, or why it cannot be opened.
    pub detail: String,
    /// `done`, `gaps`, `current`, `ahead` or `off`.
    pub state: String,
    /// Whether it is a link.
    pub link: bool,
    /// Step that `detail` sends to, because an answer there opens this one.
    pub way_out: Option<u8>,
}

/// A callout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteView {
    /// `ok`, `warn`, `bad` or `info`.
    pub tone: String,
    /// What happened.
    pub title: String,
    /// Why, and what to do.
    pub text: String,
    /// Words and step of a way on.
    pub step: Option<(String, u8)>,
}

/// Something wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepErrorView {
    /// Step it is on.
    pub step: u8,
    /// Id of the control there; empty for none.
    pub field: String,
    /// What and what to do.
    pub message: String,
}

/// The form of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepBody {
    /// It cannot be answered now: why, and the step whose answer opens it.
    Closed(String, u8),
    /// Step 1.
    Project(Box<ProjectStep>),
    /// Step 2.
    Features {
        /// Pull requirements.
        requirements: bool,
        /// Bug mapping.
        bugs: bool,
    },
    /// Step 3.
    Iterations(Box<IterationsStep>),
    /// Step 4.
    Priorities(Box<MappingView>),
    /// Step 5.
    Requirements(Box<RequirementsStep>),
    /// Step 6.
    Bugs(Box<BugsStep>),
}

/// A Jira project to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectHit {
    /// Jira's id.
    pub id: String,
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
}

/// What a search for Jira projects found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectHits {
    /// The first ones.
    pub hits: Vec<ProjectHit>,
    /// How many there are, or that there are more.
    pub summary: String,
    /// The connection's account sees no project at all; `summary` says what to ask for.
    pub none_visible: bool,
}

/// Step 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectStep {
    /// The chosen project.
    pub chosen: Option<ProjectHit>,
    /// What was searched for.
    pub query: String,
    /// What was found.
    pub found: ProjectHits,
    /// Answers that another project takes away, in words; may be empty.
    pub resets: String,
    /// Boards of the chosen project: id, name, kind in words, whether chosen.
    pub boards: Vec<ChoiceView>,
    /// Whether the boards were read.
    pub boards_known: bool,
    /// Description.
    pub description: String,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceView {
    /// What the form sends.
    pub id: String,
    /// Words.
    pub label: String,
    /// Second line.
    pub detail: String,
    /// Whether it is chosen.
    pub chosen: bool,
    /// Whether it cannot be chosen; `detail` says why.
    pub disabled: bool,
}

/// Step 3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IterationsStep {
    /// Pull releases.
    pub releases: bool,
    /// Boxes of the states.
    pub release_states: Vec<ChoiceView>,
    /// Single releases: `detail` is the state, `chosen` whether it comes out.
    pub single: Vec<SingleRelease>,
    /// How many more there are than listed.
    pub more_releases: usize,
    /// Pull sprints.
    pub sprints: bool,
    /// Why sprints cannot be pulled, and whether a board chosen in step 1 would turn them on.
    pub sprints_off: Option<(String, bool)>,
    /// Boxes of the states.
    pub sprint_states: Vec<ChoiceView>,
    /// Board the sprints come from.
    pub board: String,
}

/// A release that may be chosen or left out by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SingleRelease {
    /// Jira's id.
    pub id: String,
    /// Name.
    pub name: String,
    /// State and date.
    pub detail: String,
    /// `state`, `always` or `never`.
    pub choice: String,
}

/// A mapping table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingView {
    /// Names the table.
    pub caption: String,
    /// What is mapped: "Jira priority".
    pub source: String,
    /// To what: "Traceline priority".
    pub target: String,
    /// What its suggestions are for: "priority".
    pub noun: String,
    /// First part of the names of its fields.
    pub prefix: String,
    /// Rows to show.
    pub rows: Vec<MappingRow>,
    /// Targets: code and words.
    pub targets: Vec<(String, String)>,
    /// Code of the default.
    pub default: String,
    /// How many rows there are, shown or not.
    pub total: usize,
    /// How many of Jira's values have a row of their own, the empty value aside.
    pub mapped: usize,
    /// Some numbers of the rows are Jira's estimates.
    pub estimated: bool,
    /// What the rows count: "bug" and "bugs".
    pub items: (String, String),
    /// How many have no row of their own.
    pub unmapped: usize,
    /// How many of those have a suggestion.
    pub suggestions: usize,
    /// Only unmapped rows are shown.
    pub only_unmapped: bool,
    /// Why there are no rows, if so.
    pub empty_reason: String,
    /// What the empty value counts as while its row is not chosen; empty without such a row.
    pub empty_counts_as: String,
}

/// A row of a mapping table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingRow {
    /// Jira's id.
    pub id: String,
    /// Jira's name.
    pub name: String,
    /// What tells it from others of the same name; may be empty.
    pub distinction: String,
    /// Number of work items, where it is known.
    pub count: Option<u64>,
    /// Code of the chosen target; empty for none.
    pub chosen: String,
    /// Badge of what a chosen target rests on: the suggestion it agrees with, or a person; empty without one.
    pub origin: String,
    /// Words for what it gets without a row.
    pub without: String,
    /// Words of the suggested target and the reason.
    pub suggestion: Option<(String, String)>,
    /// Whether it is the row of the empty value.
    pub empty: bool,
}

/// Step 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementsStep {
    /// Chosen date sources in order, three places; empty for none.
    pub sources: Vec<String>,
    /// Sources to choose from: code, words, why not.
    pub source_choices: Vec<(String, String, Option<String>)>,
    /// What they supply, where it is known.
    pub supply: Option<DateSupplyView>,
    /// Status table.
    pub statuses: MappingView,
    /// Why the sprint end date is off, and whether a board chosen in step 1 would turn it on.
    pub sprints_off: Option<(String, bool)>,
    /// Types.
    pub types: Vec<ChoiceView>,
    /// Some numbers of the types are Jira's estimates.
    pub types_estimated: bool,
    /// Types to choose by their names, in words; empty once some are chosen.
    pub suggested_types: String,
    /// Further fields.
    pub further: Vec<ChoiceView>,
}

/// How many requirements get their release date from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateSupplyView {
    /// The chosen sources in order.
    pub parts: Vec<DatePart>,
    /// Requirements without a date.
    pub undated: u64,
    /// All requirements.
    pub total: u64,
    /// Whether Jira counted rather than estimated.
    pub exact: bool,
}

/// What one source supplies that none before it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatePart {
    /// The source, as the form sends it.
    pub code: String,
    /// Words.
    pub label: String,
    /// Requirements.
    pub n: u64,
}

/// Step 6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BugsStep {
    /// Types.
    pub types: Vec<ChoiceView>,
    /// Some numbers of the types are Jira's estimates.
    pub types_estimated: bool,
    /// Types to choose by their names, in words; empty once some are chosen.
    pub suggested_types: String,
    /// Severity fields.
    pub severity_fields: Vec<ChoiceView>,
    /// Field to choose by its name, in words; empty once one is chosen.
    pub suggested_field: String,
    /// Severity table, with a field.
    pub severities: Option<MappingView>,
    /// `status` or `resolution`.
    pub source: String,
    /// Table of that source.
    pub statuses: MappingView,
    /// Bugs that are over in Jira and would count as unresolved: words, and id of the first control that
    /// changes it.
    pub looks_open: Option<(String, String)>,
}

/// What would come out of the draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewView {
    /// When Jira was asked.
    pub at: Option<MomentView>,
    /// Requirements as a number; empty when not known or off.
    pub requirements: String,
    /// Bugs.
    pub bugs: String,
    /// Releases.
    pub releases: String,
    /// Sprints.
    pub sprints: String,
    /// The numbers of requirements and bugs are Jira's estimates.
    pub estimated: bool,
    /// Tables with unmapped values: words, how many, step.
    pub gaps: Vec<(String, usize, u8)>,
    /// A few real work items.
    pub samples: Vec<SampleView>,
    /// Why there is less than there could be; may be empty.
    pub remark: String,
    /// What has to be answered before there is more: words, step, id of the control there.
    pub missing: Vec<(String, u8, String)>,
}

/// A work item and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleView {
    /// Key.
    pub key: String,
    /// Summary.
    pub summary: String,
    /// Jira's value, ours, and a remark such as `default` or `field 2`.
    pub lines: Vec<(String, String, String)>,
}

/// Id of the heading of a step, where the ways to it end.
pub const STEP: &str = "step";
/// Id of what is said above a step of the last post, where the ways to it end that have something to say.
pub const SAID: &str = "said";

/// Parameter of a step's address: the answers in the rest of the address are put over the draft for
/// showing what would come of them. Nothing is saved, and the page has no form to send.
pub const LOOK: &str = "look";

/// A step's page. `query` searches Jira projects in step 1; `show` may be `unmapped`.
///
/// # Errors
/// Not allowed; unknown configuration or step. A Jira that does not answer is a note, not an error.
#[server(endpoint = "load_wizard_step")]
pub async fn load_wizard_step(
    project: String,
    configuration: String,
    step: u8,
    #[server(default)] query: Option<String>,
    #[server(default)] show: String,
) -> Result<WizardView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let (anyone, guard) = (
        auth::anyone()?,
        auth::project(&project, Capability::Configure).await?,
    );
    Ok(app::wizard::load_step(&guard, &anyone, &configuration, step, query.as_deref(), &show).await?)
}

/// Saves a step's answers and does what the pressed button says: `save`, `next`, `back`, `proceed`,
/// `go.N` and `go.N.<id>` (opens step N, there the control with that id), `preview`, `refresh`,
/// `accept_suggestions` (all tables of the step) and `accept_suggestions.<prefix>` (the table whose
/// fields begin so; `types` for the work item types, `severity_field` for that field), `show.unmapped` and `show.all` (rows of the tables; `.<prefix>` behind it names the table to come back to), `up.N` and `down.N` (date
/// field N, from 1, one place), `search` (step 1: what `q` says) or `enter` (`search` where `q` is not
/// what was `searched`, else `save`).
///
/// # Errors
/// Not allowed; answers that do not hold; somebody else saved meanwhile.
#[server(endpoint = "save_wizard_step")]
pub async fn save_wizard_step(
    project: String,
    configuration: String,
    step: u8,
    draft_revision: i64,
    #[server(default)]
    #[server(rename = "do")]
    pressed: String,
    #[server(default)] answers: BTreeMap<String, String>,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::Configure).await?;
    Ok(app::wizard::save_step(&guard, &configuration, step, draft_revision, &pressed, &answers).await?)
}

/// Jira projects whose key or name matches, for the search in step 1.
///
/// # Errors
/// Not allowed; Jira does not answer.
#[server(endpoint = "search_jira_projects")]
pub async fn search_jira_projects(
    project: String,
    configuration: String,
    query: String,
) -> Result<ProjectHits, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::Configure).await?;
    Ok(app::wizard::search_projects(&guard, &configuration, &query).await?)
}
