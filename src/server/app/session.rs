//! Who is signed in: sign in, sign out, the sessions of a person.
//!
//! Nothing told apart here may tell a stranger whether an address has an account: unknown, invited
//! and deactivated people take the same work and get the same words as a wrong password.

use axum::http::header;
use secrecy::SecretString;

use crate::{
    api::session::{SignInView, ViewerView},
    domain::{
        audit::AuditAction, field_error::FieldErrors, own_path::is_own_path, role::Capability,
        text::fold_email,
    },
    server::{
        app::{
            audit::{self, record},
            target,
            throttle::count_try,
        },
        auth::{Anyone, Viewer, session as cookie},
        error::{Error, Result},
        public_address::describe_again,
        random,
        request::{self, RequestContext},
        state::AppState,
        store::{
            Tx,
            person::{self, CredentialRow},
            session::{self, NewSession},
            setting,
        },
    },
};

/// How long the browser keeps the theme, in seconds.
const THEME_LIFE_SECONDS: i64 = 365 * 24 * 60 * 60;

/// Sessions that one person may have; the oldest ends when another begins.
const SESSIONS_OF_ONE: i64 = 20;

/// The view of a signed-in person.
pub fn viewer_view(viewer: &Viewer) -> ViewerView {
    ViewerView {
        person_id: viewer.person_id().to_string(),
        name: viewer.name().to_owned(),
        email: viewer.email().to_owned(),
        theme: viewer.theme().to_owned(),
        account_role: viewer.account_role().label().to_owned(),
        manages_users: viewer.can(Capability::ManageUsers),
        creates_projects: viewer.can(Capability::CreateProjects),
        manages_connections: viewer.can(Capability::ManageConnections),
    }
}

/// What the sign-in page shows.
///
/// # Errors
/// When the database does not answer.
pub async fn load_sign_in(guard: &Anyone) -> Result<SignInView> {
    let mut tx = guard.state().database().read().await?;
    Ok(SignInView {
        organisation: setting::find(&mut tx, setting::ORGANISATION)
            .await?
            .unwrap_or_default(),
        set_up: person::count(&mut tx).await? > 0,
    })
}

/// Signs a person in and leads to `next`, if that is a page of ours.
///
/// # Errors
/// Empty fields; no match; too many tries; busy.
pub async fn sign_in(guard: &Anyone, email: &str, password: String, next: &str) -> Result<()> {
    let mut errors = FieldErrors::new();
    if email.trim().is_empty() {
        errors.push("email", "Enter your email.");
    }
    if password.is_empty() {
        errors.push("password", "Enter your password.");
    }
    errors.into_result(())?;
    let (state, request) = (guard.state(), guard.request());
    let key = fold_email(email);
    let counted = count_try(state, request, &key).await?;
    let mut tx = state.database().read().await?;
    let found = person::find_credential(&mut tx, &key).await?;
    drop(tx);
    let stored = found.as_ref().and_then(|found| found.password_hash.clone());
    let fits = match state
        .passwords()
        .verify(SecretString::from(password), stored)
        .await
    {
        Ok(fits) => fits,
        Err(error) => {
            counted.take_back(state).await?;
            return Err(error);
        }
    };
    let is_active = found.as_ref().is_some_and(|found| found.state == person::ACTIVE);
    let found = match found {
        Some(found) if fits && is_active => found,
        other => return Err(refuse(state, request, other.as_ref(), fits).await?),
    };
    let mut tx = state.database().write().await?;
    // Password or state may have changed while the hash was computed.
    if !person::lock_credential(
        &mut tx,
        &found.id,
        found.password_hash.as_deref().unwrap_or_default(),
    )
    .await?
    {
        drop(tx);
        return Err(refuse(state, request, Some(&found), false).await?);
    }
    counted.succeed(&mut tx).await?;
    let token = begin(&mut tx, state, request, &found.id).await?;
    audit::record_own(
        &mut tx,
        state,
        request,
        Some((&found.id, &found.name)),
        AuditAction::SessionBegan,
        "",
    );
    tx.commit().await?;
    give_cookies(request, &token, &found.theme);
    request::redirect(if is_page(next) { next } else { target::HOME });
    Ok(())
}

/// Tells the audit log of a refused sign-in, and gives the words for the stranger, which are always the same. What
/// was typed is not kept: people type passwords into the wrong field.
async fn refuse(
    state: &AppState,
    request: &RequestContext,
    found: Option<&CredentialRow>,
    fits: bool,
) -> Result<Error> {
    let why = match found {
        None => "No person has this email",
        Some(_) if fits => "The person is not active",
        Some(_) => "Wrong password",
    };
    let person = found.map(|found| (found.id.as_str(), found.name.as_str()));
    let mut tx = state.database().write().await?;
    audit::record_own(&mut tx, state, request, person, AuditAction::SessionRefused, why);
    tx.commit().await?;
    Ok(Error::field(
        "password",
        "Email and password do not match. Check both and try again, or ask an Account Admin for a reset link.",
    ))
}

/// Whether a sign-in may lead there: a page of this server, not an endpoint.
fn is_page(next: &str) -> bool {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    is_own_path(next) && !path.starts_with("/api/") && path != target::SIGN_IN && !path.contains("//")
}

/// Ends this session.
///
/// # Errors
/// When the database does not answer.
pub async fn sign_out(viewer: &Viewer) -> Result<()> {
    let mut tx = viewer.state().database().write().await?;
    session::delete(&mut tx, viewer.person_id().as_str(), viewer.session_id()).await?;
    record(
        &mut tx,
        viewer,
        AuditAction::SessionEnded,
        viewer.person_id().as_str(),
        "Signed out",
    );
    tx.commit().await?;
    request::append_header(header::SET_COOKIE, cookie::cleared_cookie(viewer.request().https));
    request::redirect(target::SIGN_IN);
    Ok(())
}

/// Begins a session of a person; the one the browser came with ends, whoever's it was, so that a
/// planted cookie is worth nothing. Gives the token for [`give_cookies`] after the commit.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(
    tx: &mut Tx,
    state: &AppState,
    request: &RequestContext,
    person_id: &str,
) -> Result<String> {
    if let Some(old) = cookie::find_token(&request.headers, request.https) {
        session::delete_by_token(tx, &random::hash_token(old)).await?;
    }
    let token = random::token();
    let agent = request
        .headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let session = NewSession {
        token_hash: &random::hash_token(&token),
        id: &random::new_id(),
        person_id,
        address: &request.address,
        agent,
        now: state.clock().now_ms(),
    };
    session::insert(tx, &session).await?;
    session::keep_newest(tx, person_id, SESSIONS_OF_ONE).await?;
    Ok(token)
}

/// Hands the browser its session and the person's theme.
pub fn give_cookies(request: &RequestContext, token: &str, theme: &str) {
    request::append_header(header::SET_COOKIE, cookie::session_cookie(token, request.https));
    give_theme(request, theme);
}

/// After the address was changed: the session's cookie has another name over https, and goes along.
pub fn follow_address(state: &AppState, request: &RequestContext) {
    let now = describe_again(state, request);
    if now.https == request.https {
        return;
    }
    if let Some(token) = cookie::find_token(&request.headers, request.https) {
        request::append_header(header::SET_COOKIE, cookie::session_cookie(token, now.https));
        request::append_header(header::SET_COOKIE, cookie::cleared_cookie(request.https));
    }
}

/// Hands the browser the theme; `system` takes the cookie away.
pub fn give_theme(request: &RequestContext, theme: &str) {
    let life = if theme == "system" { 0 } else { THEME_LIFE_SECONDS };
    let value = if theme == "system" { "" } else { theme };
    request::append_header(
        header::SET_COOKIE,
        cookie::set_cookie(cookie::THEME_COOKIE, value, request.https, life),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_leads_to_pages_only() {
        for good in ["/", "/projects/1?a=b", "/profile#x"] {
            assert!(is_page(good), "{good}");
        }
        for bad in [
            "",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "/api/sign_out",
            "/sign-in?next=/",
            "/a//b",
            "/ü",
        ] {
            assert!(!is_page(bad), "{bad}");
        }
    }
}
