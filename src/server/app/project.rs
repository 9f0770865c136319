//! Projects: home, and making one.

use crate::{
    api::project::{HomeProject, HomeView},
    domain::{
        field_error::FieldErrors,
        role::{Capability, ProjectRole},
        text::{MAX_DESCRIPTION, parse_description, parse_project_name},
    },
    server::{
        app::{audit::record, target},
        auth::{AccountGuard, Viewer},
        error::{Error, Result},
        http::context,
        random,
        store::{
            StoreError, person,
            project::{self, ProjectRow},
        },
    },
};

/// Home: the viewer's projects, those they may only manage, and who can help when there are none.
///
/// # Errors
/// When the database does not answer.
pub async fn load_home(viewer: &Viewer) -> Result<HomeView> {
    let id = viewer.person_id().as_str();
    let mut tx = viewer.state().database().read().await?;
    let mut projects = Vec::new();
    for row in project::list_of_person(&mut tx, id).await? {
        let codes = project::list_roles(&mut tx, &row.id, id).await?;
        let roles: Vec<&str> = codes
            .iter()
            .filter_map(|code| ProjectRole::find(code))
            .map(ProjectRole::label)
            .collect();
        projects.push(HomeProject {
            id: row.id,
            name: row.name,
            description: row.description,
            roles: roles.join(", "),
        });
    }
    let others = if viewer.can(Capability::ManageMembers) {
        project::list_others(&mut tx, id).await?
    } else {
        Vec::new()
    };
    let admins = if projects.is_empty() {
        person::list_admin_names(&mut tx).await?
    } else {
        Vec::new()
    };
    Ok(HomeView {
        projects,
        others: others
            .into_iter()
            .map(|row| HomeProject {
                id: row.id,
                name: row.name,
                description: row.description,
                roles: String::new(),
            })
            .collect(),
        admins,
    })
}

/// Makes a project; the maker becomes its Project Admin, because the account role alone would not let
/// them in.
///
/// # Errors
/// What is wrong with a field.
pub async fn create_project(guard: &AccountGuard, name: &str, description: &str) -> Result<()> {
    let mut errors = FieldErrors::new();
    let name = errors.take(parse_project_name("name", name));
    let description = errors.take(parse_description("description", description, MAX_DESCRIPTION));
    let (Some(name), Some(description)) = (name, description) else {
        return Err(errors.into());
    };
    let viewer = guard.viewer();
    let now = guard.state().clock().now_ms();
    let row = ProjectRow {
        id: random::new_id(),
        name,
        description,
    };
    let mut tx = guard.state().database().write().await?;
    project::insert(&mut tx, &row, viewer.person_id().as_str(), now)
        .await
        .map_err(|error| match error {
            StoreError::AlreadyExists => {
                Error::field("name", "A project with this name exists. Choose another name.")
            }
            other => other.into(),
        })?;
    let role = ProjectRole::ProjectAdmin.code();
    project::save_role(&mut tx, &row.id, viewer.person_id().as_str(), role, now).await?;
    record(&mut tx, viewer, "project.created", "project", &row.id, &row.name).await?;
    tx.commit().await?;
    context::redirect(&format!("{}?done=created", target::members(&row.id)));
    Ok(())
}
