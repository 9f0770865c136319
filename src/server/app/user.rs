//! People of the account: list, add, roles, links, deactivate and reactivate.
//!
//! There is always an active Account Admin, and every project keeps a Project Admin: whoever takes
//! rights from one first makes every other such change wait ([`person::lock_admins`],
//! [`project::lock_members`]) and then counts the others.

use crate::{
    api::user::{UserRow, UserView, UsersView},
    domain::{
        audit::AuditAction,
        field_error::FieldErrors,
        ids::{PersonId, ProjectId},
        role::{AccountRole, ProjectRole},
        text::{fold_email, parse_email, parse_person_name},
    },
    server::{
        app::{audit::record, calendar::Calendar, invitation, session as app_session, target},
        auth::AccountGuard,
        error::{Error, Result},
        random, request,
        store::{
            StoreError, Tx,
            one_time_link::{self, LinkKind},
            person::{self, ListedPersonRow, NewPerson, PersonRow},
            project, session,
        },
    },
};

/// Words for a state.
pub fn state_label(state: &str) -> &'static str {
    match state {
        person::ACTIVE => "Active",
        person::INVITED => "Invited",
        _ => "Deactivated",
    }
}

fn role_of(code: &str) -> Result<AccountRole> {
    Ok(AccountRole::find(code).ok_or_else(|| StoreError::inconsistent("person", "account_role", code))?)
}

async fn get_person(tx: &mut Tx, id: &str) -> Result<PersonRow> {
    let id = id.parse::<PersonId>().map_err(|_| Error::NotFound("person"))?;
    person::find(tx, id.as_str())
        .await?
        .ok_or(Error::NotFound("person"))
}

/// All people.
///
/// # Errors
/// When the database does not answer.
pub async fn load_users(guard: &AccountGuard) -> Result<UsersView> {
    let mut tx = guard.state().database().read().await?;
    let rows = person::list(&mut tx).await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let users = rows
        .into_iter()
        .map(|row| listed(row, &calendar))
        .collect::<Result<Vec<_>>>()?;
    Ok(UsersView { users })
}

fn listed(row: ListedPersonRow, calendar: &Calendar) -> Result<UserRow> {
    Ok(UserRow {
        account_role: role_of(&row.account_role)?.label().to_owned(),
        state_label: state_label(&row.state).to_owned(),
        id: row.id,
        name: row.name,
        email: row.email,
        state: row.state,
        projects: row.projects,
        seen: row.seen_at.map(|at| calendar.moment_ms(at)),
    })
}

/// One person as an admin sees them.
///
/// # Errors
/// Not found.
pub async fn load_user(guard: &AccountGuard, id: &str) -> Result<UserView> {
    let mut tx = guard.state().database().read().await?;
    let row = get_person(&mut tx, id).await?;
    let mut projects = Vec::new();
    for project in project::list_of_person(&mut tx, &row.id).await? {
        let roles = project::list_roles(&mut tx, &project.id, &row.id).await?;
        let labels: Vec<&str> = roles
            .iter()
            .filter_map(|code| ProjectRole::find(code))
            .map(ProjectRole::label)
            .collect();
        projects.push((project.id, project.name, labels.join(", ")));
    }
    let others = person::count_other_admins(&mut tx, &row.id).await?;
    let is_admin = row.account_role == AccountRole::AccountAdmin.code() && row.state == person::ACTIVE;
    Ok(UserView {
        is_self: row.id == guard.viewer().person_id().as_str(),
        is_last_admin: is_admin && others == 0,
        state_label: state_label(&row.state).to_owned(),
        id: row.id,
        name: row.name,
        email: row.email,
        account_role: row.account_role,
        state: row.state,
        projects,
    })
}

/// Adds a person and makes their invitation; leads to their page, which shows the link once, and from there to the
/// members of the project they are meant for, if one is named.
///
/// # Errors
/// What is wrong with a field.
pub async fn create_user(
    guard: &AccountGuard,
    name: &str,
    email: &str,
    account_role: &str,
    project: &str,
) -> Result<()> {
    let mut errors = FieldErrors::new();
    let name = errors.take(parse_person_name("name", name));
    let email = errors.take(parse_email("email", email));
    let role = errors.take(parse_role(account_role));
    let (Some(name), Some(email), Some(role)) = (name, email, role) else {
        return Err(errors.into());
    };
    let now = guard.state().clock().now_ms();
    let id = random::new_id();
    let new = NewPerson {
        id: &id,
        email: &email,
        email_key: &fold_email(&email),
        name: &name,
        account_role: role.code(),
        state: person::INVITED,
        password_hash: None,
        now,
    };
    let mut tx = guard.state().database().write().await?;
    person::insert(&mut tx, &new).await.map_err(|error| match error {
        StoreError::AlreadyExists => Error::field(
            "email",
            "Somebody with this email is here already. Look for them among the people.",
        ),
        other => other.into(),
    })?;
    let link = invitation::make_link(&mut tx, guard, LinkKind::Invite, &id).await?;
    let detail = format!("{name}, {email}, {}", role.label());
    record(&mut tx, guard.viewer(), AuditAction::PersonInvited, &id, &detail);
    tx.commit().await?;
    let way = match project.parse::<ProjectId>() {
        Ok(project) => format!("&project={}", project.as_str()),
        Err(_) => String::new(),
    };
    request::redirect(&format!("{}?done=added&link={link}{way}", target::user(&id)));
    Ok(())
}

fn parse_role(code: &str) -> std::result::Result<AccountRole, FieldErrors> {
    AccountRole::find(code)
        .ok_or_else(|| FieldErrors::one("account_role", "Choose one of the account roles."))
}

/// Makes a new link: an invitation for who never chose a password, else a reset.
///
/// # Errors
/// Not found; deactivated.
pub async fn create_link(guard: &AccountGuard, id: &str) -> Result<()> {
    let mut tx = guard.state().database().write().await?;
    let row = get_person(&mut tx, id).await?;
    let kind = match row.state.as_str() {
        person::DEACTIVATED => {
            return Err(Error::Conflict(
                "This person is deactivated, so a link would not let them in. Reactivate them first.".into(),
            ));
        }
        person::INVITED => LinkKind::Invite,
        _ => LinkKind::Reset,
    };
    let link = invitation::make_link(&mut tx, guard, kind, &row.id).await?;
    let action = if kind == LinkKind::Invite {
        AuditAction::PersonInvitedAgain
    } else {
        AuditAction::ResetLinkMade
    };
    record(&mut tx, guard.viewer(), action, &row.id, &row.name);
    tx.commit().await?;
    request::redirect(&format!("{}?done=link&link={link}", target::user(&row.id)));
    Ok(())
}

/// Refuses to leave the account without an Account Admin. The caller holds [`person::lock_admins`].
async fn check_other_admin(tx: &mut Tx, row: &PersonRow) -> Result<()> {
    let is_admin = row.account_role == AccountRole::AccountAdmin.code() && row.state == person::ACTIVE;
    if is_admin && person::count_other_admins(tx, &row.id).await? == 0 {
        return Err(Error::Conflict(format!(
            "{} is the last active Account Admin, and somebody has to manage users. Make another person Account Admin first.",
            row.name
        )));
    }
    Ok(())
}

/// Projects that a message names one by one.
const MOST_NAMED: usize = 5;

/// Refuses to leave a project without a Project Admin. The caller holds
/// [`project::lock_members_of_person`].
async fn check_projects_keep_admin(tx: &mut Tx, row: &PersonRow) -> Result<()> {
    let alone = project::list_only_admin_of(tx, &row.id).await?;
    if alone.is_empty() {
        return Ok(());
    }
    let mut names: Vec<String> = alone
        .iter()
        .take(MOST_NAMED)
        .map(|project| project.name.clone())
        .collect();
    match alone.len().saturating_sub(MOST_NAMED) {
        0 => {}
        1 => names.push("1 more project".into()),
        more => names.push(format!("{more} more projects")),
    }
    Err(Error::Conflict(format!(
        "{} is the last Project Admin of {}, and somebody has to configure a project. Make another person Project Admin there first; you may add yourself.",
        row.name,
        names.join(", "),
    )))
}

/// Changes the account role. The person's sessions end, one's own but this.
///
/// # Errors
/// Not found; the last Account Admin.
pub async fn save_role(guard: &AccountGuard, id: &str, account_role: &str) -> Result<()> {
    let role = parse_role(account_role)?;
    let viewer = guard.viewer();
    let (state, request) = (guard.state(), viewer.request());
    let mut tx = state.database().write().await?;
    person::lock_admins(&mut tx).await?;
    let row = get_person(&mut tx, id).await?;
    let mut own_token = None;
    if row.account_role != role.code() {
        if role != AccountRole::AccountAdmin {
            check_other_admin(&mut tx, &row).await?;
        }
        person::save_role(&mut tx, &row.id, role.code(), state.clock().now_ms()).await?;
        session::delete_others(&mut tx, &row.id, "").await?;
        if row.id == viewer.person_id().as_str() {
            own_token = Some(app_session::begin(&mut tx, state, request, &row.id).await?);
        }
        let detail = format!(
            "{}: {} to {}",
            row.name,
            role_of(&row.account_role)?.label(),
            role.label()
        );
        record(&mut tx, viewer, AuditAction::AccountRoleChanged, &row.id, &detail);
    }
    tx.commit().await?;
    if let Some(token) = &own_token {
        app_session::give_cookies(request, token, viewer.theme());
    }
    let stays = row.id != viewer.person_id().as_str() || role == AccountRole::AccountAdmin;
    let page = if stays {
        format!("{}?done=role", target::user(&row.id))
    } else {
        target::HOME.to_owned()
    };
    request::redirect(&page);
    Ok(())
}

/// Ends a person's right to sign in: sessions and links end with it, memberships stay.
///
/// # Errors
/// Not found; oneself; the last Account Admin; the last Project Admin of a project.
pub async fn deactivate(guard: &AccountGuard, id: &str) -> Result<()> {
    let mut tx = guard.state().database().write().await?;
    person::lock_admins(&mut tx).await?;
    let row = get_person(&mut tx, id).await?;
    check_other_admin(&mut tx, &row).await?;
    if row.id == guard.viewer().person_id().as_str() {
        return Err(Error::Conflict(
            "This is your own account. Another Account Admin can deactivate it.".into(),
        ));
    }
    if row.state != person::DEACTIVATED {
        project::lock_members_of_person(&mut tx, &row.id).await?;
        check_projects_keep_admin(&mut tx, &row).await?;
        person::deactivate(&mut tx, &row.id, guard.state().clock().now_ms()).await?;
        session::delete_others(&mut tx, &row.id, "").await?;
        one_time_link::delete_of_person(&mut tx, &row.id).await?;
        record(
            &mut tx,
            guard.viewer(),
            AuditAction::PersonDeactivated,
            &row.id,
            &row.name,
        );
    }
    tx.commit().await?;
    request::redirect(&format!("{}?done=deactivated", target::user(&row.id)));
    Ok(())
}

/// Gives the right to sign in back.
///
/// # Errors
/// Not found.
pub async fn reactivate(guard: &AccountGuard, id: &str) -> Result<()> {
    let mut tx = guard.state().database().write().await?;
    let row = get_person(&mut tx, id).await?;
    if row.state == person::DEACTIVATED {
        person::reactivate(&mut tx, &row.id, guard.state().clock().now_ms()).await?;
        record(
            &mut tx,
            guard.viewer(),
            AuditAction::PersonReactivated,
            &row.id,
            &row.name,
        );
    }
    tx.commit().await?;
    request::redirect(&format!("{}?done=reactivated", target::user(&row.id)));
    Ok(())
}
