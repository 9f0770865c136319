//! What Jira has for the wizard, read through a cache of ten minutes.
//!
//! When Jira does not answer, the last lists are used whatever their age and the page says so. All
//! questions of a page share one [`Deadline`]. The cache is never held open over a call. A look at the lists
//! goes on when its page gives up, so a Jira that takes longer than a page waits can be linked too.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    domain::{
        jira::{Board, Field, IssueType, JiraProject, NamedValue, Release, Sprint, Status},
        wizard::Settings,
        wizard_facts::Facts,
    },
    server::{
        app::{
            connection::{self, OpenConnection},
            wizard::{deadline::Deadline, words},
        },
        error::{Error, Result},
        jira::{JiraClient, JiraError},
        on_its_way::Turn,
        outbound::DEFAULT_DEADLINE,
        random,
        state::AppState,
        store::{configuration::ConfigurationRow, connection::ConnectionRow, wizard_cache},
    },
};

/// Kind of the lists of a project in the cache.
const LISTS: &str = "lists";

/// How long a list counts as new, in milliseconds.
pub const FRESH_MS: i64 = 10 * 60 * 1000;

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
    pub open: Option<OpenConnection>,
    /// Lists of the chosen project.
    pub lists: Option<Lists>,
    /// Sprints of the chosen board; none without one, `None` while they could not be read.
    pub sprints: Option<Vec<Sprint>>,
    /// Options of the chosen severity field.
    pub severity_options: Vec<NamedValue>,
    /// When the lists were read.
    pub fetched_at: Option<i64>,
    /// What went wrong.
    pub problem: Option<Problem>,
}

impl Looked {
    /// The project's board where there is no other.
    pub fn find_only_board(&self) -> Option<&Board> {
        match self.lists.as_ref()?.boards.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The facts that the rules of the wizard ask for.
    pub fn facts(&self) -> Facts {
        match &self.lists {
            None => Facts::default(),
            Some(lists) => Facts {
                loaded: true,
                board_kinds: lists.boards.iter().map(|board| board.kind).collect(),
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

/// Why there is no new answer.
#[derive(Debug)]
pub enum Silence {
    /// Jira said no, or nothing that can be used.
    Failed(JiraError),
    /// The page's time was over.
    Late,
    /// This server stops, and with it the question.
    Stopping,
}

impl From<JiraError> for Silence {
    fn from(error: JiraError) -> Self {
        Self::Failed(error)
    }
}

/// What a cached question gives: the answer with the moment it was read, and why it is not a new one.
type Answered<T> = (Option<(T, i64)>, Option<Silence>);

/// Where a question is kept: of which configuration, kind and Jira project.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Configuration.
    pub configuration_id: &'a str,
    /// Kind of list.
    pub kind: &'a str,
    /// Jira project; empty for lists of the whole site.
    pub project_id: &'a str,
}

/// The cached value if it is new, else what `ask` gives, else the old one with the reason.
pub async fn through_cache<T, F>(
    state: &AppState,
    place: Place<'_>,
    max_age: i64,
    deadline: Deadline,
    ask: F,
) -> Result<Answered<T>>
where
    T: Serialize + DeserializeOwned,
    F: AsyncFnOnce() -> Option<std::result::Result<T, Silence>>,
{
    let cached = find_cached::<T>(state, place.configuration_id, place.kind, place.project_id).await?;
    let now = state.clock().now_ms();
    if cached.as_ref().is_some_and(|(_, at)| now - at < max_age) {
        return Ok((cached, None));
    }
    let Some(answer) = deadline.wait(ask()).await else {
        return Ok((cached, Some(Silence::Late)));
    };
    match answer {
        None => Ok((cached, None)),
        Some(Ok(value)) => {
            let at = save_cached(
                state,
                place.configuration_id,
                place.kind,
                place.project_id,
                &value,
            )
            .await?;
            Ok((Some((value, at)), None))
        }
        Some(Err(silence)) => Ok((cached, Some(silence))),
    }
}

/// The problem in words, noted at the connection where it is about the token that asked. `subject` is
/// the key or name of what was asked for, `parts` what was to be read of it.
///
/// # Errors
/// When the database does not answer.
pub async fn note_silence(
    state: &AppState,
    asked_with: Option<&ConnectionRow>,
    silence: &Silence,
    deadline: Deadline,
    subject: &str,
    parts: &str,
) -> Result<Problem> {
    match silence {
        Silence::Late => Ok(words::too_slow(deadline.limit(), parts)),
        Silence::Stopping => Ok(words::stopping()),
        Silence::Failed(error) => {
            if let Some(row) = asked_with {
                connection::record_failure(state, row, error).await?;
            }
            Ok(words::problem(error, subject, parts))
        }
    }
}

async fn ask_lists(client: &JiraClient, project_id: &str) -> std::result::Result<Lists, JiraError> {
    // The project first: the other calls would only say in more words that it is gone.
    let (project, issue_types) = client.get_project_with_types(project_id).await?;
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
        // One try each: somebody waits for the page, and may ask again. The page's deadline ends it.
        Ok(open) => Ok(Ok(OpenConnection {
            client: open.client.with_limits(1, DEFAULT_DEADLINE),
            ..open
        })),
        Err(Error::Conflict(text) | Error::Jira(text) | Error::Forbidden(text)) => Ok(Err(Problem {
            title: "Jira cannot be asked now.".into(),
            text,
            gone: false,
            refused: true,
        })),
        Err(Error::Secret(error)) => Ok(Err(Problem {
            title: "Jira cannot be asked now.".into(),
            text: format!(
                "{} An Account Admin or System Admin can help: {}",
                error.words().0,
                error.words().1
            ),
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
pub async fn look(
    state: &AppState,
    row: &ConfigurationRow,
    settings: &Settings,
    deadline: Deadline,
) -> Result<Looked> {
    look_within(state, row, settings, FRESH_MS, deadline).await
}

/// As [`look`], but Jira is asked whatever the age of the lists.
///
/// # Errors
/// As [`look`].
pub async fn look_now(
    state: &AppState,
    row: &ConfigurationRow,
    settings: &Settings,
    deadline: Deadline,
) -> Result<Looked> {
    look_within(state, row, settings, 0, deadline).await
}

/// What is known without asking Jira: the lists that were read last.
///
/// # Errors
/// When the database does not answer.
pub async fn find_known(state: &AppState, row: &ConfigurationRow, settings: &Settings) -> Result<Looked> {
    let mut looked = Looked::default();
    let Some(project) = &settings.project else {
        return Ok(looked);
    };
    let Some((lists, at)) = find_cached::<Lists>(state, &row.id, LISTS, &project.id).await? else {
        return Ok(looked);
    };
    if let Some(field) = &settings.bugs.severity_field {
        let (kind, _) = kind_of_options(settings, field, &lists);
        let options = find_cached(state, &row.id, &kind, &project.id).await?;
        looked.severity_options = options.map(|(options, _)| options).unwrap_or_default();
    }
    (looked.lists, looked.fetched_at) = (Some(lists), Some(at));
    Ok(looked)
}

/// Kind of the options of a severity field in the cache, and the types that are asked for them.
fn kind_of_options(settings: &Settings, field: &str, lists: &Lists) -> (String, Vec<String>) {
    let chosen = &settings.bugs.type_ids;
    // Bugs that were not chosen yet may have the field as well: then all types are asked.
    let type_ids: Vec<String> = lists
        .issue_types
        .iter()
        .map(|known| known.id.clone())
        .filter(|id| chosen.is_empty() || chosen.contains(id))
        .collect();
    // A hash, because a site may have hundreds of types and a key of a table has an end.
    let kind = format!("options.{field}.{}", random::hash_token(&type_ids.join(".")));
    (kind, type_ids)
}

async fn look_within(
    state: &AppState,
    row: &ConfigurationRow,
    settings: &Settings,
    max_age: i64,
    deadline: Deadline,
) -> Result<Looked> {
    let mut looked = Looked::default();
    match open(state, row).await? {
        Ok(open) => looked.open = Some(open),
        Err(problem) => looked.problem = Some(problem),
    }
    if let Some(project) = &settings.project {
        let errand = Errand {
            state,
            row,
            project,
            max_age,
            deadline,
        };
        errand.look_at_lists(&mut looked).await?;
        // One failure is enough: with Jira away, the parts below come from the cache.
        errand.look_at_sprints(&mut looked, settings).await?;
        errand.look_at_severities(&mut looked, settings).await?;
    }
    Ok(looked)
}

/// What all parts of a look have in common.
#[derive(Clone, Copy)]
struct Errand<'a> {
    state: &'a AppState,
    row: &'a ConfigurationRow,
    project: &'a JiraProject,
    max_age: i64,
    deadline: Deadline,
}

impl Errand<'_> {
    /// One part: from the cache or from Jira; what goes wrong becomes the problem of the look.
    async fn ask<T, F>(
        self,
        looked: &mut Looked,
        kind: &str,
        subject: &str,
        parts: &str,
        question: F,
    ) -> Result<Option<(T, i64)>>
    where
        T: Serialize + DeserializeOwned,
        F: AsyncFnOnce(&OpenConnection) -> std::result::Result<T, Silence>,
    {
        let open = looked.open.as_ref().filter(|_| looked.problem.is_none());
        let place = Place {
            configuration_id: &self.row.id,
            kind,
            project_id: &self.project.id,
        };
        let ask = async || match open {
            Some(open) => Some(question(open).await),
            None => None,
        };
        let (found, silence) = through_cache(self.state, place, self.max_age, self.deadline, ask).await?;
        if let Some(silence) = silence {
            let row = open.map(|open| &open.row);
            let problem = note_silence(self.state, row, &silence, self.deadline, subject, parts).await?;
            looked.problem.get_or_insert(problem);
        }
        Ok(found)
    }

    async fn look_at_lists(self, looked: &mut Looked) -> Result<()> {
        let key = self.project.key.as_str();
        let parts =
            format!("the work item types, statuses, priorities, fields, boards and releases of {key}");
        let ask = async |open: &OpenConnection| self.ask_lists_to_the_end(open).await;
        if let Some((lists, at)) = self.ask(looked, LISTS, key, &parts, ask).await? {
            (looked.lists, looked.fetched_at) = (Some(lists), Some(at));
        }
        Ok(())
    }

    /// The lists, asked for in a task of its own: where a page gives up it goes on, and the next page
    /// finds what it read. Who asks meanwhile waits for it.
    async fn ask_lists_to_the_end(self, open: &OpenConnection) -> std::result::Result<Lists, Silence> {
        let (configuration, project) = (self.row.id.clone(), self.project.id.clone());
        let name = format!("{configuration} {project} {}", open.row.revision);
        loop {
            let began = self.state.clock().now_ms();
            let work = match self.state.looks().begin(&name) {
                Turn::Mine(work) => work,
                Turn::Wait(done) => {
                    done.cancelled().await;
                    let found = find_cached::<Lists>(self.state, &configuration, LISTS, &project).await;
                    match found {
                        Ok(Some((lists, at))) if at >= began => return Ok(lists),
                        _ => continue,
                    }
                }
            };
            let (state, client) = (self.state.clone(), open.client.clone());
            let (configuration, project) = (configuration.clone(), project.clone());
            let look = tokio::spawn(async move {
                // Boxed: seven calls at once are a large future.
                let answer = tokio::select! {
                    answer = Box::pin(ask_lists(&client, &project)) => answer,
                    () = state.shutdown().cancelled() => return Err(Silence::Stopping),
                };
                if let Ok(lists) = &answer
                    && let Err(error) = save_cached(&state, &configuration, LISTS, &project, lists).await
                {
                    tracing::warn!(error = ?error, "lists of the wizard could not be kept");
                }
                drop(work);
                answer.map_err(Silence::from)
            });
            let lost = JiraError::BadAnswer { what: "lists" };
            return look.await.unwrap_or(Err(Silence::Failed(lost)));
        }
    }

    async fn look_at_sprints(self, looked: &mut Looked, settings: &Settings) -> Result<()> {
        let Some(board) = settings
            .board
            .as_ref()
            .filter(|_| settings.sprints_off_reason().is_none())
        else {
            looked.sprints = Some(Vec::new());
            return Ok(());
        };
        let (kind, parts) = (
            format!("sprints.{}", board.id),
            format!("the sprints of {}", board.name),
        );
        let ask = async |open: &OpenConnection| Ok(open.client.list_sprints(board).await?);
        let sprints = self.ask(looked, &kind, &board.name, &parts, ask).await?;
        looked.sprints = sprints.map(|(sprints, _)| sprints);
        Ok(())
    }

    async fn look_at_severities(self, looked: &mut Looked, settings: &Settings) -> Result<()> {
        let (Some(field), Some(lists)) = (&settings.bugs.severity_field, &looked.lists) else {
            return Ok(());
        };
        // What somebody made up is not asked for: each type is a call with the connection's token.
        if !lists.fields.iter().any(|known| known.id == *field) {
            return Ok(());
        }
        let (kind, type_ids) = kind_of_options(settings, field, lists);
        let (id, key) = (self.project.id.as_str(), self.project.key.as_str());
        let ask =
            async |open: &OpenConnection| Ok(open.client.list_field_options(id, &type_ids, field).await?);
        let options = self
            .ask(looked, &kind, key, "the values of the severity field", ask)
            .await?;
        looked.severity_options = options.map(|(options, _)| options).unwrap_or_default();
        Ok(())
    }
}
