//! What the account of a connection may do, asked of Jira anew each time: in at least one project, or in one.
//!
//! Changes nothing in Jira; what Jira says to the token is noted as after every call. Each look is counted by person, because it costs Jira a handful of calls. What Jira does not tell
//! in time is said, and the rest shown.

use crate::{
    api::{
        connection::{ConnectionRightsView, ProjectRightsView},
        wizard::ProjectHit,
    },
    domain::{
        connection_rights::{CreateScreen, GuardedField, explain_screens, list_features, list_permissions},
        jira::JiraProject,
        numbers::counted,
    },
    server::{
        app::{
            calendar::Calendar,
            connection::{OpenConnection, open_client, record_failure, record_success},
            connection_form::count_look,
        },
        auth::AccountGuard,
        error::{Error, Result},
        jira::{JiraClient, JiraError},
        store::{connection, connection_witness},
    },
};

/// Looks that one person may take within [`super::connection_form::TEST_WINDOW_MS`].
const LOOK_LIMIT: i64 = 60;
/// Projects listed for a search.
const MOST_HITS: usize = 20;
/// Work item types whose create screens are read.
const MOST_TYPES: usize = 25;

/// The rights of a connection's account: `project` is Jira's id of the chosen one, `query` what is searched for.
///
/// # Errors
/// Unknown connection; too many looks.
pub async fn load_rights(
    guard: &AccountGuard,
    id: &str,
    project: &str,
    query: &str,
) -> Result<ConnectionRightsView> {
    let state = guard.state();
    let mut tx = state.database().read().await?;
    let row = connection::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("connection"))?;
    let linked = connection_witness::list_projects(&mut tx, id).await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    drop(tx);
    let query: String = query.trim().chars().take(100).collect();
    let mut view = ConnectionRightsView {
        id: row.id.clone(),
        name: row.name.clone(),
        account: row.identity.clone().unwrap_or_default(),
        query,
        linked: linked
            .into_iter()
            .map(|linked| ProjectHit {
                id: linked.jira_project_id,
                key: linked.jira_project_key,
                name: String::new(),
            })
            .collect(),
        checked: calendar.words_ms(state.clock().now_ms()),
        ..ConnectionRightsView::default()
    };
    // An open page that follows notices shows what it showed; Jira is asked for people alone.
    if guard.viewer().request().is_unattended() {
        return Ok(view);
    }
    count_look(guard, "connection_rights", LOOK_LIMIT).await?;
    let open = match open_client(state, id).await {
        Ok(open) => open,
        Err(Error::Conflict(text)) => {
            view.problem = text;
            return Ok(view);
        }
        Err(Error::Secret(error)) => {
            let (what, next) = error.words();
            view.problem = format!("{what} {next}");
            return Ok(view);
        }
        Err(error) => return Err(error),
    };
    let patience = state.outbound().page_patience;
    let client = open.client.clone().with_tries(1);
    match tokio::time::timeout(patience, ask(&client, project, &mut view)).await {
        Ok(Ok(())) => record_success(state, &open.row).await?,
        Ok(Err(error)) => view.problem = tell(guard, &open, &error, !project.is_empty()).await?,
        Err(_) => {
            view.problem = format!(
                "Jira did not answer everything within {} s. What is missing below was not told. Check again.",
                patience.as_secs()
            );
        }
    }
    Ok(view)
}

/// Fills in what Jira tells, as far as it comes.
async fn ask(
    client: &JiraClient,
    project: &str,
    view: &mut ConnectionRightsView,
) -> std::result::Result<(), JiraError> {
    if project.is_empty() {
        let granted = client.my_permissions(None).await?;
        let permissions = list_permissions(|key| granted.get(key).copied().unwrap_or(false));
        view.features = list_features(&permissions, None);
    } else {
        ask_project(client, project, view).await?;
    }
    if !view.query.is_empty() {
        let page = client.search_projects(&view.query, MOST_HITS).await?;
        view.more = page.more;
        view.hits = Some(page.projects.into_iter().map(hit).collect());
    }
    Ok(())
}

async fn ask_project(
    client: &JiraClient,
    project: &str,
    view: &mut ConnectionRightsView,
) -> std::result::Result<(), JiraError> {
    let (found, mut types) = client.get_project_with_types(project).await?;
    view.project = Some(ProjectRightsView {
        project: hit(found.clone()),
        screens: Vec::new(),
    });
    let granted = client.my_permissions(Some(&found.id)).await?;
    let permissions = list_permissions(|key| granted.get(key).copied().unwrap_or(false));
    view.features = list_features(&permissions, None);
    let all = types.len();
    types.truncate(MOST_TYPES);
    let key = found.key;
    // Without the right to create, Jira shows no create screen.
    let may_create = permissions
        .iter()
        .any(|permission| permission.key == "CREATE_ISSUES" && permission.granted);
    let screens = if may_create {
        client.list_create_screens(&key, &types).await?
    } else {
        None
    };
    let words = match &screens {
        None => vec![format!(
            "The create screens of {key} are not shown to this account, so what they require is not known."
        )],
        Some(screens) => {
            let left_out = all.saturating_sub(screens.len());
            view.features = list_features(&permissions, Some(screens));
            let sets_all = permissions
                .iter()
                .all(|one| one.granted || !GuardedField::guards(&one.key));
            explain(&key, screens, left_out, sets_all)
        }
    };
    if let Some(project) = &mut view.project {
        project.screens = words;
    }
    Ok(())
}

fn explain(key: &str, screens: &[CreateScreen], left_out: usize, sets_all: bool) -> Vec<String> {
    let mut words = explain_screens(key, screens);
    if left_out > 0 {
        words.push(format!(
            "The create screens of {} were not looked at: more than {MOST_TYPES} are not asked for, and Jira keeps some to itself.",
            counted(u64::try_from(left_out).unwrap_or(u64::MAX), "more work item type", "more work item types")
        ));
    }
    if !sets_all {
        words.push(
            "Jira shows an account only the fields that it may set: a screen may require one more whose permission is missing."
                .to_owned(),
        );
    }
    words
}

fn hit(project: JiraProject) -> ProjectHit {
    ProjectHit {
        id: project.id,
        key: project.key,
        name: project.name,
    }
}

/// Notes a failed call, and says what it means.
async fn tell(
    guard: &AccountGuard,
    open: &OpenConnection,
    error: &JiraError,
    of_project: bool,
) -> Result<String> {
    record_failure(guard.state(), &open.row, error).await?;
    Ok(match error {
        JiraError::NotFound { .. } if of_project => {
            "Jira shows no such project to this account: it is gone, or the account lacks Browse Projects in it. Choose another one.".to_owned()
        }
        error => {
            let words = error.to_string();
            let mut letters = words.chars();
            let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
            format!("{first}{}. Check again, or test the connection.", letters.as_str())
        }
    })
}
