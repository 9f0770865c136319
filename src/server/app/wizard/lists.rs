//! What Jira has for the wizard, read through a cache of ten minutes.
//!
//! When Jira does not answer, the last lists are used whatever their age and the page says so. The
//! cache is never held open over a call.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    domain::{
        jira::{Board, Field, IssueType, JiraProject, NamedValue, Release, Sprint, Status},
        wizard::{Facts, Settings},
    },
    server::{
        app::{
            connection::{self, OpenConnection},
            wizard::words,
        },
        error::{Error, Result},
        jira::{JiraClient, JiraError},
        outbound::OutboundError,
        state::AppState,
        store::{configuration::ConfigurationRow, wizard_cache},
    },
};

/// How long a list counts as new, in milliseconds.
pub const FRESH_MS: i64 = 10 * 60 * 1000;

/// Longest wait for one list; a page that waits longer is of no help.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// Lists of one Jira project.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lists {
    /// The project as it is called now.
    pub project: JiraProject,
    /// Its boards.
    pub boards: Vec<Board>,
    /// Its work item types.
    pub issue_types: Vec<IssueType>,
    /// Its statuses.
    pub statuses: Vec<Status>,
    /// Priorities.
    pub priorities: Vec<NamedValue>,
    /// Resolutions.
    pub resolutions: Vec<NamedValue>,
    /// Fields of the site.
    pub fields: Vec<Field>,
    /// Releases.
    pub releases: Vec<Release>,
}

/// Why Jira's lists are old or missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What happened.
    pub title: String,
    /// Why and what to do.
    pub text: String,
    /// The project is gone or hidden.
    pub gone: bool,
    /// Jira or the connection said no, so that waiting does not help.
    pub refused: bool,
}

/// What is known of Jira when a page is made.
#[derive(Debug, Default)]
pub struct Looked {
    /// The open connection, if it opens.
    pub client: Option<JiraClient>,
    /// Lists of the chosen project.
    pub lists: Option<Lists>,
    /// Sprints of the chosen board.
    pub sprints: Vec<Sprint>,
    /// Options of the chosen severity field.
    pub severity_options: Vec<NamedValue>,
    /// When the lists were read.
    pub fetched_at: Option<i64>,
    /// What went wrong.
    pub problem: Option<Problem>,
}

impl Looked {
    /// The facts that the rules of the wizard ask for.
    pub fn facts(&self) -> Facts {
        match &self.lists {
            None => Facts::default(),
            Some(lists) => Facts {
                loaded: true,
                issue_types: lists.issue_types.clone(),
                statuses: lists.statuses.clone(),
                priorities: lists.priorities.clone(),
                resolutions: lists.resolutions.clone(),
                fields: lists.fields.clone(),
                severity_options: self.severity_options.clone(),
            },
        }
    }
}

/// A cached value and when it was read.
pub async fn find_cached<T: DeserializeOwned>(
    state: &AppState,
    configuration_id: &str,
    kind: &str,
    project_id: &str,
) -> Result<Option<(T, i64)>> {
    let mut tx = state.database().read().await?;
    let row = wizard_cache::find(&mut tx, configuration_id, kind, project_id).await?;
    // A body of another program version is no error: it is asked again.
    Ok(row.and_then(|row| Some((serde_json::from_str(&row.body).ok()?, row.fetched_at))))
}

/// Keeps a value.
pub async fn save_cached<T: Serialize>(
    state: &AppState,
    configuration_id: &str,
    kind: &str,
    project_id: &str,
    value: &T,
) -> Result<i64> {
    let now = state.clock().now_ms();
    save_cached_at(state, configuration_id, kind, project_id, value, now).await?;
    Ok(now)
}

/// Keeps a value that was read at a moment, in UTC milliseconds.
pub async fn save_cached_at<T: Serialize>(
    state: &AppState,
    configuration_id: &str,
    kind: &str,
    project_id: &str,
    value: &T,
    at: i64,
) -> Result<()> {
    let body = serde_json::to_string(value)
        .map_err(|error| Error::Internal(format!("the wizard's cache: {error}")))?;
    let mut tx = state.database().write().await?;
    wizard_cache::save(&mut tx, configuration_id, kind, project_id, &body, at).await?;
    tx.commit().await?;
    Ok(())
}

fn timed_out() -> JiraError {
    JiraError::Outbound(OutboundError::TimedOut {
        host: "Jira".into(),
        after: PATIENCE,
    })
}

/// The cached value if it is new, else what `ask` gives, else the old one with the problem.
async fn through_cache<T, F>(
    state: &AppState,
    row: &ConfigurationRow,
    kind: &str,
    project_id: &str,
    max_age: i64,
    ask: F,
) -> Result<(Option<(T, i64)>, Option<JiraError>)>
where
    T: Serialize + DeserializeOwned,
    F: AsyncFnOnce() -> Option<std::result::Result<T, JiraError>>,
{
    let cached = find_cached::<T>(state, &row.id, kind, project_id).await?;
    let now = state.clock().now_ms();
    if cached.as_ref().is_some_and(|(_, at)| now - at < max_age) {
        return Ok((cached, None));
    }
    // The client limits each call; a list of many pages is limited here.
    let Ok(answer) = tokio::time::timeout(PATIENCE, ask()).await else {
        return Ok((cached, Some(timed_out())));
    };
    match answer {
        None => Ok((cached, None)),
        Some(Ok(value)) => {
            let at = save_cached(state, &row.id, kind, project_id, &value).await?;
            Ok((Some((value, at)), None))
        }
        Some(Err(error)) => Ok((cached, Some(error))),
    }
}

async fn ask_lists(client: &JiraClient, project_id: &str) -> std::result::Result<Lists, JiraError> {
    // The project first: the other calls would only say in more words that it is gone.
    let project = client.get_project(project_id).await?;
    let issue_types = client.list_issue_types(project_id).await?;
    let type_ids: Vec<String> = issue_types.iter().map(|known| known.id.clone()).collect();
    let (boards, statuses, priorities, resolutions, fields, releases) = tokio::try_join!(
        client.list_boards(project_id),
        client.list_statuses(project_id),
        client.list_priorities(project_id, &type_ids),
        client.list_resolutions(),
        client.list_fields(),
        client.list_releases(project_id),
    )?;
    Ok(Lists {
        project,
        boards,
        issue_types,
        statuses,
        priorities,
        resolutions,
        fields,
        releases,
    })
}

/// Opens the connection of a configuration; what keeps it shut becomes a problem in words.
///
/// # Errors
/// When the database does not answer.
pub async fn open(
    state: &AppState,
    row: &ConfigurationRow,
) -> Result<std::result::Result<OpenConnection, Problem>> {
    match connection::open_client(state, &row.connection_id).await {
        // One try each: somebody waits for the page, and may ask again.
        Ok(open) => Ok(Ok(OpenConnection {
            client: open.client.with_limits(1, PATIENCE),
            ..open
        })),
        Err(Error::Conflict(text) | Error::Jira(text) | Error::Forbidden(text)) => {
            Ok(Err(Problem { title: "Jira cannot be asked now.".into(), text, gone: false, refused: true }))
        }
        Err(Error::Secret(_)) => Ok(Err(Problem {
            title: "Jira cannot be asked now.".into(),
            text: "The stored token does not open with this server's key. An Account Admin or System Admin has to type it again.".into(),
            gone: false,
            refused: true,
        })),
        Err(error) => Err(error),
    }
}

/// Everything the wizard shows of Jira for these settings.
///
/// # Errors
/// When the database does not answer; a Jira that does not is a [`Problem`].
pub async fn look(state: &AppState, row: &ConfigurationRow, settings: &Settings) -> Result<Looked> {
    look_within(state, row, settings, FRESH_MS).await
}

/// As [`look`], but Jira is asked whatever the age of the lists.
///
/// # Errors
/// As [`look`].
pub async fn look_now(state: &AppState, row: &ConfigurationRow, settings: &Settings) -> Result<Looked> {
    look_within(state, row, settings, 0).await
}

async fn look_within(
    state: &AppState,
    row: &ConfigurationRow,
    settings: &Settings,
    max_age: i64,
) -> Result<Looked> {
    let mut looked = Looked::default();
    match open(state, row).await? {
        Ok(open) => looked.client = Some(open.client),
        Err(problem) => looked.problem = Some(problem),
    }
    let Some(project) = &settings.project else {
        return Ok(looked);
    };
    let client = looked.client.clone();
    let (lists, error) = through_cache(
        state,
        row,
        "lists",
        &project.id,
        max_age,
        async || match &client {
            // Boxed: seven calls at once are a large future.
            Some(client) => Some(Box::pin(ask_lists(client, &project.id)).await),
            None => None,
        },
    )
    .await?;
    if let Some(error) = error {
        connection::record_failure(state, &row.connection_id, &error).await?;
        looked.problem = Some(words::problem(&error, &project.key));
    }
    if let Some((lists, at)) = lists {
        (looked.lists, looked.fetched_at) = (Some(lists), Some(at));
    }
    // One failure is enough: with Jira away, the parts below come from the cache.
    let client = client.filter(|_| looked.problem.is_none());
    if let Some(board) = settings
        .board
        .as_ref()
        .filter(|_| settings.sprints_off_reason().is_none())
    {
        let (sprints, error) = through_cache(
            state,
            row,
            &format!("sprints.{}", board.id),
            &project.id,
            max_age,
            async || match &client {
                Some(client) => Some(client.list_sprints(board).await),
                None => None,
            },
        )
        .await?;
        looked.sprints = sprints.map(|(sprints, _)| sprints).unwrap_or_default();
        looked.problem = looked
            .problem
            .or(error.map(|error| words::problem(&error, &board.name)));
    }
    let client = client.filter(|_| looked.problem.is_none());
    if let (Some(field), Some(lists)) = (&settings.bugs.severity_field, &looked.lists) {
        // Bugs that were not chosen yet may have the field as well: then all types are asked.
        let type_ids: Vec<String> = if settings.bugs.type_ids.is_empty() {
            lists.issue_types.iter().map(|known| known.id.clone()).collect()
        } else {
            settings.bugs.type_ids.iter().cloned().collect()
        };
        let kind = format!("options.{field}.{}", type_ids.join("."));
        let (options, error) =
            through_cache(state, row, &kind, &project.id, max_age, async || match &client {
                Some(client) => Some(client.list_field_options(&project.id, &type_ids, field).await),
                None => None,
            })
            .await?;
        looked.severity_options = options.map(|(options, _)| options).unwrap_or_default();
        looked.problem = looked
            .problem
            .or(error.map(|error| words::problem(&error, &project.key)));
    }
    Ok(looked)
}
