//! Guards: proof, made from the request, that somebody may do something.
//!
//! Their fields are private to this file, so nothing else can make one. Absence of a right answers
//! like absence of the thing wherever its existence is private (projects).

use crate::{
    domain::{
        ids::{PersonId, ProjectId},
        role::{AccountRole, Capability, ProjectRole, can_account, can_project},
    },
    server::{
        auth::session,
        error::{Error, Result},
        random,
        request::{self, RequestContext},
        state::AppState,
        store::{self, StoreError, project::ProjectRow},
    },
};

/// The signed-in person behind a request.
#[derive(Debug, Clone)]
pub struct Viewer {
    state: AppState,
    request: RequestContext,
    person_id: PersonId,
    session_id: String,
    name: String,
    email: String,
    account_role: AccountRole,
    theme: String,
    time_zone: Option<String>,
}

/// Nobody in particular: for pages and forms that work before sign-in.
#[derive(Debug, Clone)]
pub struct Anyone {
    state: AppState,
    request: RequestContext,
}

/// Proof of an account-wide capability.
#[derive(Debug, Clone)]
pub struct AccountGuard {
    viewer: Viewer,
}

/// Proof of a capability in one project.
#[derive(Debug, Clone)]
pub struct ProjectGuard {
    viewer: Viewer,
    project: ProjectRow,
    project_id: ProjectId,
    roles: Vec<ProjectRole>,
}

/// Anyone may ask; the answer must hold nothing private.
///
/// # Errors
/// Only outside a request.
pub fn anyone() -> Result<Anyone> {
    Ok(Anyone {
        state: request::state()?,
        request: request::request()?,
    })
}

/// The person behind the session cookie, if there is one.
///
/// # Errors
/// When the database does not answer.
pub async fn find_viewer() -> Result<Option<Viewer>> {
    let request = request::request()?;
    let sighting = sighting_of(&request);
    find_viewer_of(request::state()?, request, sighting).await
}

/// Whether a request shows that the person is still there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sighting {
    /// Somebody opened a page or did something.
    Counts,
    /// The page asked by itself: a forgotten tab must not keep a session alive.
    DoesNotCount,
}

/// A page that reads itself again says so; a request that changes something is somebody's in any case.
fn sighting_of(request: &RequestContext) -> Sighting {
    if request.is_unattended() {
        Sighting::DoesNotCount
    } else {
        Sighting::Counts
    }
}

async fn find_viewer_of(
    state: AppState,
    request: RequestContext,
    sighting: Sighting,
) -> Result<Option<Viewer>> {
    let Some(token) = session::find_token(&request.headers, request.https) else {
        return Ok(None);
    };
    let hash = random::hash_token(token);
    let now = state.clock().now_ms();
    let mut tx = state.database().read().await?;
    let row = store::session::find_live(&mut tx, &hash, now).await?;
    drop(tx);
    let Some(row) = row else { return Ok(None) };
    if sighting == Sighting::Counts && store::session::needs_touch(&row, now) {
        let mut tx = state.database().write().await?;
        store::session::touch(&mut tx, &row.id, now).await?;
        tx.commit().await?;
    }
    let account_role = AccountRole::find(&row.account_role)
        .ok_or_else(|| StoreError::inconsistent("person", "account_role", &row.account_role))?;
    let person_id = row
        .person_id
        .parse::<PersonId>()
        .map_err(|error| StoreError::inconsistent("person", "id", error))?;
    Ok(Some(Viewer {
        state,
        request,
        person_id,
        session_id: row.id,
        name: row.name,
        email: row.email,
        account_role,
        theme: row.theme,
        time_zone: row.time_zone,
    }))
}

/// The signed-in person.
///
/// # Errors
/// [`Error::NotSignedIn`] without a live session.
pub async fn signed_in() -> Result<Viewer> {
    find_viewer().await?.ok_or(Error::NotSignedIn)
}

/// As [`signed_in`], for event streams: the request is given, and does not count as a sighting of the person.
///
/// # Errors
/// As [`signed_in`].
pub async fn signed_in_from_request(state: &AppState, request: &RequestContext) -> Result<Viewer> {
    find_viewer_of(state.clone(), request.clone(), Sighting::DoesNotCount)
        .await?
        .ok_or(Error::NotSignedIn)
}

/// Proof of an account-wide capability.
///
/// # Errors
/// Not signed in, or not allowed (answered as 404: the page does not exist for this person).
pub async fn account(capability: Capability) -> Result<AccountGuard> {
    account_of(signed_in().await?, capability)
}

/// As [`account`], for downloads: the request is given.
///
/// # Errors
/// As [`account`].
pub async fn account_of_form(
    state: &AppState,
    request: &RequestContext,
    capability: Capability,
) -> Result<AccountGuard> {
    let viewer = find_viewer_of(state.clone(), request.clone(), Sighting::Counts)
        .await?
        .ok_or(Error::NotSignedIn)?;
    account_of(viewer, capability)
}

fn account_of(viewer: Viewer, capability: Capability) -> Result<AccountGuard> {
    if can_account(&[viewer.account_role], capability) {
        Ok(AccountGuard { viewer })
    } else {
        Err(Error::NotFound("page"))
    }
}

/// Proof of a capability in a project.
///
/// # Errors
/// Not signed in; 404 when the project is unknown or not the person's; forbidden when they may see
/// the project but not do this.
pub async fn project(project_id: &str, capability: Capability) -> Result<ProjectGuard> {
    project_of(signed_in().await?, project_id, capability).await
}

async fn project_of(viewer: Viewer, project_id: &str, capability: Capability) -> Result<ProjectGuard> {
    let project_id = project_id
        .parse::<ProjectId>()
        .map_err(|_| Error::NotFound("project"))?;
    let mut tx = viewer.state.database().read().await?;
    let project = store::project::find(&mut tx, project_id.as_str())
        .await?
        .ok_or(Error::NotFound("project"))?;
    let stored = store::project::list_roles(&mut tx, project_id.as_str(), viewer.person_id.as_str()).await?;
    let mut roles = Vec::with_capacity(stored.len());
    for code in stored {
        roles.push(
            ProjectRole::find(&code)
                .ok_or_else(|| StoreError::inconsistent("project_member", "role", &code))?,
        );
    }
    if can_project(&[viewer.account_role], &roles, capability) {
        return Ok(ProjectGuard {
            viewer,
            project,
            project_id,
            roles,
        });
    }
    if roles.is_empty() {
        return Err(Error::NotFound("project"));
    }
    Err(Error::Forbidden(
        "Your roles in this project do not allow this. Its Project Admins can do it, or give you a role that can.".into(),
    ))
}

impl Anyone {
    /// The server's parts.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// The request.
    pub fn request(&self) -> &RequestContext {
        &self.request
    }
}

impl Viewer {
    /// The server's parts.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// The request.
    pub fn request(&self) -> &RequestContext {
        &self.request
    }

    /// Person.
    pub fn person_id(&self) -> &PersonId {
        &self.person_id
    }

    /// Public id of the session.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// Name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Email.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Account role.
    pub fn account_role(&self) -> AccountRole {
        self.account_role
    }

    /// Chosen theme: `system`, `light` or `dark`.
    pub fn theme(&self) -> &str {
        &self.theme
    }

    /// Chosen IANA time zone.
    pub fn time_zone(&self) -> Option<&str> {
        self.time_zone.as_deref()
    }

    /// Whether the person may do something account-wide, to offer or leave out a link.
    pub fn can(&self, capability: Capability) -> bool {
        can_account(&[self.account_role], capability)
    }
}

impl AccountGuard {
    /// The person.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The server's parts.
    pub fn state(&self) -> &AppState {
        &self.viewer.state
    }
}

impl ProjectGuard {
    /// The person.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The project.
    pub fn project(&self) -> &ProjectRow {
        &self.project
    }

    /// Its id.
    pub fn project_id(&self) -> &ProjectId {
        &self.project_id
    }

    /// Whether the person may also do something else here, to offer or leave out a button.
    pub fn can(&self, capability: Capability) -> bool {
        can_project(&[self.viewer.account_role], &self.roles, capability)
    }

    /// The server's parts.
    pub fn state(&self) -> &AppState {
        &self.viewer.state
    }
}
