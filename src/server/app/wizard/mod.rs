//! The wizard: six steps over one draft, what Jira has for them, and Proceed.
//!
//! Each file is one part: `lists` and `counts` ask Jira through a cache, `answers` reads forms, `load`
//! and `tables` make pages, `preview` says what would come out, `save` keeps and proceeds. A draft is
//! never touched by a failure of Jira.

mod answers;
mod counts;
mod lists;
mod load;
mod preview;
mod save;
mod tables;
mod words;

use crate::{
    api::wizard::{ProjectHit, ProjectHits},
    domain::{ids::ConfigurationId, jira::JiraProject, wizard::Settings},
    server::{
        app::connection,
        auth::ProjectGuard,
        error::{Error, Result},
        store::{
            StoreError, Tx,
            configuration::{self, ConfigurationRow},
        },
    },
};

pub use load::load_step;
pub use save::save_step;

/// Projects listed for a search.
const MOST_HITS: usize = 20;

/// The stored settings.
///
/// # Errors
/// When they are of a newer program.
pub fn parse_settings(text: &str) -> Result<Settings> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::inconsistent("configuration", "draft", error).into())
}

/// Settings as they are stored.
///
/// # Errors
/// Never in practice: all keys are texts.
pub fn settings_text(settings: &Settings) -> Result<String> {
    serde_json::to_string(settings).map_err(|error| Error::Internal(format!("settings: {error}")))
}

/// A configuration of the guard's project; those of other projects do not exist here.
async fn get_configuration(tx: &mut Tx, guard: &ProjectGuard, id: &str) -> Result<ConfigurationRow> {
    let id = id
        .parse::<ConfigurationId>()
        .map_err(|_| Error::NotFound("configuration"))?;
    configuration::find(tx, id.as_str())
        .await?
        .filter(|row| row.project_id == guard.project_id().as_str())
        .ok_or(Error::NotFound("configuration"))
}

/// Jira projects whose key or name matches.
///
/// # Errors
/// Unknown configuration; Jira does not answer.
pub async fn search_projects(
    guard: &ProjectGuard,
    configuration_id: &str,
    query: &str,
) -> Result<ProjectHits> {
    let mut tx = guard.state().database().read().await?;
    let row = get_configuration(&mut tx, guard, configuration_id).await?;
    drop(tx);
    match find_projects(guard, &row, query).await? {
        Ok(hits) => Ok(hits),
        Err(problem) => Err(Error::Jira(format!("{} {}", problem.title, problem.text))),
    }
}

async fn find_projects(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    query: &str,
) -> Result<std::result::Result<ProjectHits, lists::Problem>> {
    let query: String = query.trim().chars().take(100).collect();
    let open = match lists::open(guard.state(), row).await? {
        Ok(open) => open,
        Err(problem) => return Ok(Err(problem)),
    };
    match open.client.search_projects(&query, MOST_HITS).await {
        Ok(page) => {
            let summary = match (page.total, page.more, page.projects.len()) {
                (_, _, 0) => {
                    "No Jira project matches. The connection shows only projects that its account may browse."
                        .to_owned()
                }
                (Some(total), true, shown) => {
                    format!("{shown} of {total} projects. Type more of the key or name to narrow it.")
                }
                (None, true, shown) => {
                    format!("The first {shown} projects. Type more of the key or name to narrow it.")
                }
                (_, false, 1) => "1 project".to_owned(),
                (_, false, shown) => format!("{shown} projects"),
            };
            Ok(Ok(ProjectHits {
                hits: page.projects.into_iter().map(hit).collect(),
                summary,
            }))
        }
        Err(error) => {
            connection::record_failure(guard.state(), &row.connection_id, &error).await?;
            Ok(Err(words::problem(&error, "the list of projects")))
        }
    }
}

fn hit(project: JiraProject) -> ProjectHit {
    ProjectHit {
        id: project.id,
        key: project.key,
        name: project.name,
    }
}
