//! Finding the Jira project of step 1 by typing a part of its key or name.
//!
//! Cloud searches by itself. Data Center has nothing but its whole list, hundreds of kilobytes on a
//! large site: that is read once and searched here for a minute, or each key that somebody presses would
//! cost Jira the whole list again. Can go wrong: a project made in that minute is not found before it is
//! over.

use crate::{
    api::wizard::{ProjectHit, ProjectHits},
    domain::jira::{Deployment, JiraProject},
    server::{
        app::wizard::{
            deadline::Deadline,
            get_configuration,
            lists::{self, Place, Problem, Silence, through_cache},
        },
        auth::ProjectGuard,
        error::{Error, Result},
        jira::{ProjectPage, filter_projects},
        store::configuration::ConfigurationRow,
    },
};

/// Projects listed for a search.
const MOST_HITS: usize = 20;
/// How long the whole list of a Data Center serves, in milliseconds.
const LIST_FRESH_MS: i64 = 60 * 1000;
/// Kind of the kept list; its project is none.
const KIND: &str = "projects";

/// Jira projects whose key or name matches.
///
/// # Errors
/// Unknown configuration; Jira does not answer.
pub async fn search_projects(
    guard: &ProjectGuard,
    configuration_id: &str,
    query: &str,
) -> Result<ProjectHits> {
    let deadline = Deadline::start(guard.state().outbound().page_patience);
    let mut tx = guard.state().database().read().await?;
    let row = get_configuration(&mut tx, guard, configuration_id).await?;
    drop(tx);
    match find_projects(guard, &row, query, deadline).await? {
        Ok(hits) => Ok(hits),
        Err(problem) => Err(Error::Jira(format!("{} {}", problem.title, problem.text))),
    }
}

/// As [`search_projects`], for a page that shows a problem beside its form.
pub(super) async fn find_projects(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    query: &str,
    deadline: Deadline,
) -> Result<std::result::Result<ProjectHits, Problem>> {
    let state = guard.state();
    let query: String = query.trim().chars().take(100).collect();
    let open = match lists::open(state, row).await? {
        Ok(open) => open,
        Err(problem) => return Ok(Err(problem)),
    };
    let (page, silence) = match open.client.site().deployment {
        Deployment::Cloud => match deadline
            .wait(open.client.search_projects(&query, MOST_HITS))
            .await
        {
            Some(Ok(page)) => (Some(page), None),
            Some(Err(error)) => (None, Some(Silence::Failed(error))),
            None => (None, Some(Silence::Late)),
        },
        Deployment::DataCenter => {
            let place = Place {
                configuration_id: &row.id,
                kind: KIND,
                project_id: "",
            };
            let ask = async || Some(open.client.list_all_projects().await);
            let (all, silence) =
                through_cache::<Vec<JiraProject>, _>(state, place, LIST_FRESH_MS, deadline, ask).await?;
            let page = all.map(|(all, _)| filter_projects(&all, &query, MOST_HITS));
            (page, silence)
        }
    };
    // An older list serves as long as Jira does not say no.
    if let Some(silence) = silence {
        let what = "the list of projects";
        let problem = lists::note_silence(state, Some(&open.row), &silence, deadline, what, what).await?;
        if problem.refused || page.is_none() {
            return Ok(Err(problem));
        }
    }
    Ok(Ok(page.map(hits).unwrap_or_default()))
}

fn hits(page: ProjectPage) -> ProjectHits {
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
    ProjectHits {
        hits: page.projects.into_iter().map(hit).collect(),
        summary,
    }
}

fn hit(project: JiraProject) -> ProjectHit {
    ProjectHit {
        id: project.id,
        key: project.key,
        name: project.name,
    }
}
