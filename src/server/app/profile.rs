//! One's own account: name, time zone, theme, password, sessions.

use secrecy::SecretString;

use crate::{
    api::profile::{OwnSession, ProfileView},
    domain::{
        audit::AuditAction,
        field_error::FieldErrors,
        own_path::is_own_path,
        text::{fold_email, parse_password, parse_person_name},
    },
    server::{
        app::{
            audit::record, calendar::Calendar, organisation::parse_time_zone, session as app_session, target,
            throttle::count_try,
        },
        auth::Viewer,
        error::{Error, Result},
        request,
        store::{one_time_link, person, session, setting},
    },
};

/// The profile page.
///
/// # Errors
/// When the database does not answer.
pub async fn load_profile(viewer: &Viewer) -> Result<ProfileView> {
    let now = viewer.state().clock().now_ms();
    let mut tx = viewer.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, viewer).await?;
    let rows = session::list_of_person(&mut tx, viewer.person_id().as_str(), now).await?;
    let sessions = rows
        .into_iter()
        .map(|row| OwnSession {
            is_current: row.id == viewer.session_id(),
            id: row.id,
            created: calendar.moment_ms(row.created_at),
            seen: calendar.moment_ms(row.seen_at),
            address: row.address,
            agent: row.agent,
        })
        .collect();
    Ok(ProfileView {
        name: viewer.name().to_owned(),
        email: viewer.email().to_owned(),
        account_role: viewer.account_role().label().to_owned(),
        theme: viewer.theme().to_owned(),
        time_zone: viewer.time_zone().unwrap_or_default().to_owned(),
        organisation_time_zone: setting::find(&mut tx, setting::TIME_ZONE)
            .await?
            .unwrap_or_else(|| "UTC".into()),
        sessions,
    })
}

/// Changes name and time zone; an empty zone follows the organisation's.
///
/// # Errors
/// What is wrong with a field.
pub async fn save_profile(viewer: &Viewer, name: &str, time_zone: &str) -> Result<()> {
    let mut errors = FieldErrors::new();
    let name = errors.take(parse_person_name("name", name));
    let zone = match time_zone.trim() {
        "" => Some(None),
        zone => errors.take(parse_time_zone("time_zone", zone)).map(Some),
    };
    let (Some(name), Some(zone)) = (name, zone) else {
        return Err(errors.into());
    };
    let id = viewer.person_id().as_str();
    let mut tx = viewer.state().database().write().await?;
    person::save_profile(
        &mut tx,
        id,
        &name,
        zone.as_deref(),
        viewer.state().clock().now_ms(),
    )
    .await?;
    let detail = format!(
        "{name}, time zone {}",
        zone.as_deref().unwrap_or("of the organization")
    );
    record(&mut tx, viewer, AuditAction::ProfileChanged, id, &detail);
    tx.commit().await?;
    request::redirect(&format!("{}?done=profile", target::PROFILE));
    Ok(())
}

/// Changes the theme and leads back to the page the menu was opened on.
///
/// # Errors
/// A theme that does not exist.
pub async fn save_theme(viewer: &Viewer, theme: &str, back: &str) -> Result<()> {
    if !matches!(theme, "system" | "light" | "dark") {
        return Err(Error::field("theme", "Choose like the system, light or dark."));
    }
    let mut tx = viewer.state().database().write().await?;
    person::save_theme(
        &mut tx,
        viewer.person_id().as_str(),
        theme,
        viewer.state().clock().now_ms(),
    )
    .await?;
    tx.commit().await?;
    app_session::give_theme(viewer.request(), theme);
    request::redirect(if is_own_path(back) { back } else { target::PROFILE });
    Ok(())
}

/// Changes the password; every session ends, this one is replaced.
///
/// # Errors
/// What is wrong with a field; too many wrong tries at the current password.
pub async fn change_password(
    viewer: &Viewer,
    current_password: String,
    new_password: String,
    repeat_password: &str,
) -> Result<()> {
    let mut errors = FieldErrors::new();
    if current_password.is_empty() {
        errors.push("current_password", "Enter the password you sign in with now.");
    }
    errors.take(parse_password("new_password", &new_password, viewer.email()));
    if new_password != repeat_password {
        errors.push(
            "repeat_password",
            "The two passwords differ. Type the same one twice.",
        );
    }
    errors.into_result(())?;
    let (state, request, id) = (viewer.state(), viewer.request(), viewer.person_id().as_str());
    let counted = count_try(state, request, &fold_email(viewer.email())).await?;
    let mut tx = state.database().read().await?;
    let stored = person::find_password_hash(&mut tx, id).await?;
    drop(tx);
    let work = async {
        if !state
            .passwords()
            .verify(SecretString::from(current_password), stored.clone())
            .await?
        {
            return Ok(None);
        }
        state
            .passwords()
            .hash(SecretString::from(new_password))
            .await
            .map(Some)
    };
    let hash = match work.await {
        Ok(Some(hash)) => hash,
        Ok(None) => {
            return Err(Error::field(
                "current_password",
                "This is not your password. Nothing was changed; try again.",
            ));
        }
        Err(error) => {
            counted.take_back(state).await?;
            return Err(error);
        }
    };
    let mut tx = state.database().write().await?;
    // Two changes at once: the second one's current password is no longer it.
    if !person::lock_credential(&mut tx, id, stored.as_deref().unwrap_or_default()).await? {
        return Err(Error::Conflict(
            "Your password was changed elsewhere just now. Sign in with the new one.".into(),
        ));
    }
    counted.succeed(&mut tx).await?;
    person::save_password(&mut tx, id, &hash, state.clock().now_ms()).await?;
    session::delete_others(&mut tx, id, "").await?;
    one_time_link::delete_of_person(&mut tx, id).await?;
    let token = app_session::begin(&mut tx, state, request, id).await?;
    record(
        &mut tx,
        viewer,
        AuditAction::PasswordChanged,
        id,
        "Password changed; other sessions ended",
    );
    tx.commit().await?;
    app_session::give_cookies(request, &token, viewer.theme());
    request::redirect(&format!("{}?done=password", target::PROFILE));
    Ok(())
}

/// Ends one of one's own sessions; this one like signing out.
///
/// # Errors
/// Not found when it is not one's own or over already.
pub async fn end_session(viewer: &Viewer, id: &str) -> Result<()> {
    if id == viewer.session_id() {
        return app_session::sign_out(viewer).await;
    }
    let mut tx = viewer.state().database().write().await?;
    if !session::delete(&mut tx, viewer.person_id().as_str(), id).await? {
        return Err(Error::Conflict(
            "This session is over already. Reload the page to see those that are left.".into(),
        ));
    }
    record(
        &mut tx,
        viewer,
        AuditAction::SessionEnded,
        viewer.person_id().as_str(),
        "Ended from another session",
    );
    tx.commit().await?;
    request::redirect(&format!("{}?done=session", target::PROFILE));
    Ok(())
}

/// Ends all of one's own sessions but this one.
///
/// # Errors
/// When the database does not answer.
pub async fn end_other_sessions(viewer: &Viewer) -> Result<()> {
    let id = viewer.person_id().as_str();
    let mut tx = viewer.state().database().write().await?;
    session::delete_others(&mut tx, id, viewer.session_id()).await?;
    record(
        &mut tx,
        viewer,
        AuditAction::SessionEnded,
        id,
        "All other sessions ended",
    );
    tx.commit().await?;
    request::redirect(&format!("{}?done=sessions", target::PROFILE));
    Ok(())
}
