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
        app::{
            connection::OpenConnection,
            wizard::{
                deadline::Deadline,
                get_configuration,
                lists::{self, Place, Problem, Silence, through_cache},
            },
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
    let (found, silence) = match open.client.site().deployment {
        Deployment::Cloud => search_cloud(&open, &query, deadline).await,
        Deployment::DataCenter => {
            let place = Place {
                configuration_id: &row.id,
                kind: KIND,
                project_id: "",
            };
            let ask = async || Some(open.client.list_all_projects().await.map_err(Silence::from));
            let (all, silence) =
                through_cache::<Vec<JiraProject>, _>(state, place, LIST_FRESH_MS, deadline, ask).await?;
            let found = all.map(|(all, _)| Found {
                page: filter_projects(&all, &query, MOST_HITS),
                sees_any: !all.is_empty(),
            });
            (found, silence)
        }
    };
    // An older list serves as long as Jira does not say no.
    if let Some(silence) = silence {
        let what = "the list of projects";
        let problem = lists::note_silence(state, Some(&open.row), &silence, deadline, what, what).await?;
        if problem.refused || found.is_none() {
            return Ok(Err(problem));
        }
    }
    let account = open.row.identity.as_deref().unwrap_or_default();
    Ok(Ok(found
        .map(|found| hits(found, &query, account))
        .unwrap_or_default()))
}

/// What a search came to.
#[derive(Debug)]
struct Found {
    page: ProjectPage,
    /// Whether the account sees any project at all.
    sees_any: bool,
}

async fn search_cloud(
    open: &OpenConnection,
    query: &str,
    deadline: Deadline,
) -> (Option<Found>, Option<Silence>) {
    let search = async {
        let page = open.client.search_projects(query, MOST_HITS).await?;
        // Nothing of that name, or nothing at all: the second is the Jira admin's to change.
        let sees_any = !page.projects.is_empty()
            || (!query.is_empty() && !open.client.search_projects("", 1).await?.projects.is_empty());
        Ok(Found { page, sees_any })
    };
    match deadline.wait(search).await {
        Some(Ok(found)) => (Some(found), None),
        Some(Err(error)) => (None, Some(Silence::Failed(error))),
        None => (None, Some(Silence::Late)),
    }
}

fn hits(found: Found, query: &str, account: &str) -> ProjectHits {
    ProjectHits {
        summary: summary(&found, query, account),
        none_visible: !found.sees_any,
        hits: found.page.projects.into_iter().map(hit).collect(),
    }
}

/// How many there are, or why there is none. `account` is the connection's account by name, if known.
fn summary(found: &Found, query: &str, account: &str) -> String {
    let page = &found.page;
    match (page.total, page.more, page.projects.len()) {
        (_, _, 0) if !found.sees_any => {
            let whose = if account.is_empty() {
                "The account of this connection".to_owned()
            } else {
                format!("{account}, the account of this connection,")
            };
            format!(
                "{whose} sees no project in this Jira. Ask a Jira admin to give it the permission Browse \
                 Projects in each project that you want to link, then search again."
            )
        }
        (_, _, 0) => format!(
            "No Jira project matches \u{201c}{query}\u{201d}. The connection shows only projects that its account may browse."
        ),
        (Some(total), true, shown) => {
            format!("{shown} of {total} projects. Type more of the key or name to narrow it.")
        }
        (None, true, shown) => {
            format!("The first {shown} projects. Type more of the key or name to narrow it.")
        }
        (_, false, 1) => "1 project".to_owned(),
        (_, false, shown) => format!("{shown} projects"),
    }
}

fn hit(project: JiraProject) -> ProjectHit {
    ProjectHit {
        id: project.id,
        key: project.key,
        name: project.name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: usize, sees_any: bool) -> Found {
        let project = JiraProject {
            id: "1".into(),
            key: "BOOK".into(),
            name: "Booking".into(),
        };
        let page = ProjectPage {
            projects: vec![project; names],
            total: None,
            more: false,
        };
        Found { page, sees_any }
    }

    #[test]
    fn nothing_of_that_name_is_told_apart_from_nothing_at_all() {
        let words = |found: &Found| summary(found, "xyz", "Nils");
        assert!(words(&found(0, true)).starts_with("No Jira project matches \u{201c}xyz\u{201d}."));
        let none = words(&found(0, false));
        assert!(
            none.starts_with("Nils, the account of this connection, sees no project"),
            "{none}"
        );
        assert!(
            none.contains("Browse Projects") && none.contains("Jira admin"),
            "{none}"
        );
        assert!(summary(&found(0, false), "", "").starts_with("The account of this connection sees"));
        assert_eq!(words(&found(1, true)), "1 project");
        assert_eq!(words(&found(2, true)), "2 projects");
    }
}
