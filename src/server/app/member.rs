//! Members of a project and their roles.
//!
//! A project keeps a Project Admin: changes of one project's members wait for each other, then the
//! others are counted.

use crate::{
    api::member::{Candidate, MemberView, MembersView},
    domain::{
        audit::AuditAction,
        ids::PersonId,
        role::{Capability, ProjectRole},
    },
    server::{
        app::{audit::record, target, user::state_label},
        auth::ProjectGuard,
        error::{Error, Result},
        request,
        store::{
            Tx,
            person::{self, PersonRow},
            project,
        },
    },
};

/// Members and who could become one.
///
/// # Errors
/// When the database does not answer.
pub async fn load_members(guard: &ProjectGuard) -> Result<MembersView> {
    let mut tx = guard.state().database().read().await?;
    let mut members: Vec<MemberView> = Vec::new();
    for row in project::list_members(&mut tx, guard.project_id().as_str()).await? {
        match members.last_mut().filter(|last| last.person_id == row.person_id) {
            Some(last) => last.roles.push(row.role),
            None => members.push(MemberView {
                is_self: row.person_id == guard.viewer().person_id().as_str(),
                state_label: state_label(&row.state).to_owned(),
                person_id: row.person_id,
                name: row.name,
                email: row.email,
                state: row.state,
                roles: vec![row.role],
            }),
        }
    }
    let candidates = person::list(&mut tx)
        .await?
        .into_iter()
        .filter(|person| person.state != person::DEACTIVATED)
        .filter(|person| members.iter().all(|member| member.person_id != person.id))
        .map(|person| Candidate {
            person_id: person.id,
            name: person.name,
            email: person.email,
        })
        .collect();
    Ok(MembersView {
        project_id: guard.project_id().to_string(),
        project_name: guard.project().name.clone(),
        members,
        candidates,
        manages_users: guard.viewer().can(Capability::ManageUsers),
    })
}

async fn get_person(tx: &mut Tx, id: &str) -> Result<PersonRow> {
    let wrong = || Error::field("person", "Choose a person from the list.");
    let id = id.parse::<PersonId>().map_err(|_| wrong())?;
    person::find(tx, id.as_str()).await?.ok_or_else(wrong)
}

fn labels(roles: &[ProjectRole]) -> String {
    roles
        .iter()
        .map(|role| role.label())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Adds a person; without a role they become Tester.
///
/// # Errors
/// Unknown, deactivated or member already.
pub async fn add_member(guard: &ProjectGuard, person_id: &str, roles: &[ProjectRole]) -> Result<()> {
    let roles = if roles.is_empty() {
        &[ProjectRole::Tester][..]
    } else {
        roles
    };
    let project_id = guard.project_id().as_str();
    let now = guard.state().clock().now_ms();
    let mut tx = guard.state().database().write().await?;
    project::lock_members(&mut tx, project_id).await?;
    let person = get_person(&mut tx, person_id).await?;
    if person.state == person::DEACTIVATED {
        return Err(Error::field(
            "person",
            "This person is deactivated. An Account Admin can reactivate them.",
        ));
    }
    if !project::list_roles(&mut tx, project_id, &person.id)
        .await?
        .is_empty()
    {
        return Err(Error::field(
            "person",
            "This person is a member already. Change their roles in the list.",
        ));
    }
    for role in roles {
        project::save_role(&mut tx, project_id, &person.id, role.code(), now).await?;
    }
    let detail = format!("{} as {}", person.name, labels(roles));
    record(
        &mut tx,
        guard.viewer(),
        AuditAction::MemberAdded,
        project_id,
        &detail,
    );
    tx.commit().await?;
    request::redirect(&format!("{}?done=added", target::members(project_id)));
    Ok(())
}

/// Refuses to leave the project without a Project Admin. The caller holds [`project::lock_members`].
async fn check_other_admin(tx: &mut Tx, project_id: &str, person: &PersonRow, had: &[String]) -> Result<()> {
    let is_admin = had.iter().any(|code| code == ProjectRole::ProjectAdmin.code());
    if is_admin && project::count_other_admins(tx, project_id, &person.id).await? == 0 {
        return Err(Error::Conflict(format!(
            "{} is the last Project Admin, and somebody has to configure this project. Make another member Project Admin first.",
            person.name
        )));
    }
    Ok(())
}

/// Replaces a member's roles.
///
/// # Errors
/// No role; not a member; the last Project Admin.
pub async fn save_roles(guard: &ProjectGuard, person_id: &str, roles: &[ProjectRole]) -> Result<()> {
    if roles.is_empty() {
        return Err(Error::field(
            "roles",
            "Choose at least one role, or remove the member.",
        ));
    }
    let project_id = guard.project_id().as_str();
    let now = guard.state().clock().now_ms();
    let mut tx = guard.state().database().write().await?;
    project::lock_members(&mut tx, project_id).await?;
    let person = get_person(&mut tx, person_id).await?;
    let had = project::list_roles(&mut tx, project_id, &person.id).await?;
    if had.is_empty() {
        return Err(Error::Conflict(
            "This person is not a member any more. Reload the page to see who is.".into(),
        ));
    }
    if !roles.contains(&ProjectRole::ProjectAdmin) {
        check_other_admin(&mut tx, project_id, &person, &had).await?;
    }
    project::delete_roles(&mut tx, project_id, &person.id).await?;
    for role in roles {
        project::save_role(&mut tx, project_id, &person.id, role.code(), now).await?;
    }
    let detail = format!("{}: {}", person.name, labels(roles));
    record(
        &mut tx,
        guard.viewer(),
        AuditAction::MemberRolesChanged,
        project_id,
        &detail,
    );
    tx.commit().await?;
    // Who gave up managing members may not see the page any more.
    let gone = person.id == guard.viewer().person_id().as_str()
        && !roles.contains(&ProjectRole::ProjectAdmin)
        && !guard.viewer().can(Capability::ManageMembers);
    let page = if gone {
        target::HOME.to_owned()
    } else {
        format!("{}?done=roles", target::members(project_id))
    };
    request::redirect(&page);
    Ok(())
}

/// Takes a person out of the project; what they did stays.
///
/// # Errors
/// Not a member; the last Project Admin.
pub async fn remove_member(guard: &ProjectGuard, person_id: &str) -> Result<()> {
    let project_id = guard.project_id().as_str();
    let mut tx = guard.state().database().write().await?;
    project::lock_members(&mut tx, project_id).await?;
    let person = get_person(&mut tx, person_id).await?;
    let had = project::list_roles(&mut tx, project_id, &person.id).await?;
    if had.is_empty() {
        return Err(Error::Conflict(
            "This person is not a member any more. Reload the page to see who is.".into(),
        ));
    }
    check_other_admin(&mut tx, project_id, &person, &had).await?;
    project::delete_roles(&mut tx, project_id, &person.id).await?;
    record(
        &mut tx,
        guard.viewer(),
        AuditAction::MemberRemoved,
        project_id,
        &person.name,
    );
    tx.commit().await?;
    let gone =
        person.id == guard.viewer().person_id().as_str() && !guard.viewer().can(Capability::ManageMembers);
    let page = if gone {
        target::HOME.to_owned()
    } else {
        format!("{}?done=removed", target::members(project_id))
    };
    request::redirect(&page);
    Ok(())
}
