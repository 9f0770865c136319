//! Projects: home, making one, its settings, and deleting one.
//!
//! A project goes with everything under it, in one transaction that first takes the work away from whoever
//! syncs it. On PostgreSQL that can collide with a worker that claimed a run in the same moment; the database
//! then ends one of the two, and the person is told to try again.

use crate::{
    api::project::{HomeProject, HomeView, ProjectSettingsView},
    domain::{
        audit::AuditAction,
        field_error::FieldErrors,
        role::{Capability, ProjectRole},
        text::{MAX_DESCRIPTION, parse_description, parse_project_name},
    },
    server::{
        app::{audit::record, target},
        auth::{AccountGuard, ProjectGuard, Viewer},
        error::{Error, Result},
        live::LiveEvent,
        random, request,
        store::{
            StoreError, configuration_delete, person,
            project::{self, ProjectRow},
            project_delete,
        },
        sync,
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
        .map_err(name_taken)?;
    let role = ProjectRole::ProjectAdmin.code();
    project::save_role(&mut tx, &row.id, viewer.person_id().as_str(), role, now).await?;
    record(&mut tx, viewer, AuditAction::ProjectCreated, &row.id, &row.name);
    tx.commit().await?;
    request::redirect(&format!("{}?done=created", target::members(&row.id)));
    Ok(())
}

fn name_taken(error: StoreError) -> Error {
    match error {
        StoreError::AlreadyExists => {
            Error::field("name", "A project with this name exists. Choose another name.")
        }
        other => other.into(),
    }
}

/// The settings of a project, and what it holds.
///
/// # Errors
/// When the database does not answer.
pub async fn load_settings(guard: &ProjectGuard) -> Result<ProjectSettingsView> {
    let mut tx = guard.state().database().read().await?;
    let holdings = project_delete::load_holdings(&mut tx, guard.project_id().as_str()).await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let ProjectRow {
        id,
        name,
        description,
    } = guard.project().clone();
    Ok(ProjectSettingsView {
        id,
        name,
        description,
        configurations: number(holdings.configurations),
        requirements: number(holdings.requirements),
        bugs: number(holdings.bugs),
        members: number(holdings.members),
        syncing: holdings.syncing > 0,
    })
}

/// Changes name and description.
///
/// # Errors
/// What is wrong with a field.
pub async fn save_project(guard: &ProjectGuard, name: &str, description: &str) -> Result<()> {
    let mut errors = FieldErrors::new();
    let name = errors.take(parse_project_name("name", name));
    let description = errors.take(parse_description("description", description, MAX_DESCRIPTION));
    let (Some(name), Some(description)) = (name, description) else {
        return Err(errors.into());
    };
    let before = &guard.project().name;
    let row = ProjectRow {
        id: guard.project_id().to_string(),
        name,
        description,
    };
    let mut tx = guard.state().database().write().await?;
    project::save(&mut tx, &row).await.map_err(name_taken)?;
    let detail = if *before == row.name {
        format!("{}, description", row.name)
    } else {
        format!("{before} is now {}", row.name)
    };
    record(
        &mut tx,
        guard.viewer(),
        AuditAction::ProjectChanged,
        &row.id,
        &detail,
    );
    tx.commit().await?;
    request::redirect(&format!("{}?done=saved", target::project_settings(&row.id)));
    Ok(())
}

/// Deletes a project with its configurations and mirrors, when its name was typed. Running syncs end. The
/// audit log keeps that it was.
///
/// # Errors
/// The name is another one; deleted already.
pub async fn delete_project(guard: &ProjectGuard, typed_name: &str) -> Result<()> {
    let (id, name) = (guard.project_id().as_str(), &guard.project().name);
    if typed_name.trim() != name {
        return Err(Error::field(
            "typed_name",
            "This is not the name of the project, so nothing was deleted. Type it as it stands above, capitals included.",
        ));
    }
    let mut tx = guard.state().database().write().await?;
    if !project::lock(&mut tx, id).await? {
        return Err(Error::NotFound("project"));
    }
    let configurations = project_delete::lock_configurations(&mut tx, id).await?;
    for configuration in &configurations {
        sync::drop_runs(&mut tx, configuration).await?;
    }
    let holdings = project_delete::load_holdings(&mut tx, id).await?;
    for configuration in &configurations {
        configuration_delete::delete(&mut tx, configuration).await?;
    }
    project_delete::delete(&mut tx, id).await?;
    let detail = format!(
        "{name}, with {} linked Jira projects, {} requirements, {} bugs",
        holdings.configurations, holdings.requirements, holdings.bugs
    );
    record(&mut tx, guard.viewer(), AuditAction::ProjectDeleted, id, &detail);
    tx.commit().await?;
    // Open pages look again and find that the project is gone.
    for configuration in configurations {
        guard
            .state()
            .live()
            .send(LiveEvent::ConfigurationChanged(configuration));
    }
    request::redirect(&format!("{}?done=project_deleted", target::HOME));
    Ok(())
}
