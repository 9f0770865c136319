//! One-time links for people: made by an admin, shown once, used once to choose a password.

use secrecy::SecretString;

use crate::{
    api::invitation::InvitationView,
    domain::{audit::AuditAction, field_error::FieldErrors, text::parse_password},
    server::{
        app::{audit, organisation::public_address, session, target},
        auth::{AccountGuard, Anyone},
        error::{Error, Result},
        random, request,
        secrets::Place,
        store::{
            Tx,
            one_time_link::{self, LinkKind},
            person, session as store_session,
        },
    },
};

/// Makes a link for a person and keeps it, sealed, for the one look of the admin who asked. Gives the
/// id under which the page finds it. Runs inside the caller's transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn make_link(tx: &mut Tx, guard: &AccountGuard, kind: LinkKind, person_id: &str) -> Result<String> {
    let state = guard.state();
    let now = state.clock().now_ms();
    let token = random::token();
    one_time_link::insert(tx, &random::hash_token(&token), kind, Some(person_id), now).await?;
    let base = public_address(tx, state, guard.viewer().request()).await?;
    let address = format!("{base}{}", target::invitation(&token));
    let id = random::token();
    let id_hash = random::hash_token(&id);
    let session = guard.viewer().session_id();
    let sealed = state.sealer().seal(
        &Place::of_shown_link(&id_hash, session, person_id),
        &SecretString::from(address),
    );
    one_time_link::insert_shown(tx, &id_hash, session, person_id, &sealed, now).await?;
    Ok(id)
}

/// The link kept under an id, for the session that made it, once.
///
/// # Errors
/// When the database does not answer, or the key has changed since.
pub async fn take_shown_link(guard: &AccountGuard, person_id: &str, id: &str) -> Result<Option<String>> {
    use secrecy::ExposeSecret;
    let (state, viewer) = (guard.state(), guard.viewer());
    let now = state.clock().now_ms();
    let id_hash = random::hash_token(id);
    let mut tx = state.database().write().await?;
    let sealed = one_time_link::take_shown(
        &mut tx,
        &id_hash,
        viewer.session_id(),
        person_id,
        &viewer.request().id,
        now,
    )
    .await?;
    tx.commit().await?;
    let Some(sealed) = sealed else { return Ok(None) };
    Ok(Some(
        state
            .sealer()
            .open(
                &Place::of_shown_link(&id_hash, viewer.session_id(), person_id),
                &sealed,
            )?
            .expose_secret()
            .to_owned(),
    ))
}

/// What the page of a link shows.
///
/// # Errors
/// Not found when it was used, has expired or never was.
pub async fn load_invitation(guard: &Anyone, token: &str) -> Result<InvitationView> {
    let now = guard.state().clock().now_ms();
    let mut tx = guard.state().database().read().await?;
    let link = one_time_link::find(&mut tx, &random::hash_token(token), now).await?;
    let person_id = link
        .as_ref()
        .and_then(|link| link.person_id.clone())
        .ok_or(Error::NotFound("link"))?;
    let person = person::find(&mut tx, &person_id)
        .await?
        .ok_or(Error::NotFound("link"))?;
    Ok(InvitationView {
        name: person.name,
        email: person.email,
        is_reset: link.is_some_and(|link| link.kind == LinkKind::Reset.code()),
    })
}

/// Sets the password of the link's person, ends all their sessions and signs them in.
///
/// # Errors
/// Not found when the link is dead; else what is wrong with a password.
pub async fn accept(guard: &Anyone, token: &str, password: String, repeat_password: &str) -> Result<()> {
    let view = load_invitation(guard, token).await?;
    let mut errors = FieldErrors::new();
    errors.take(parse_password("password", &password, &view.email));
    if password != repeat_password {
        errors.push(
            "repeat_password",
            "The two passwords differ. Type the same one twice.",
        );
    }
    errors.into_result(())?;
    let (state, request) = (guard.state(), guard.request());
    let hash = state.passwords().hash(SecretString::from(password)).await?;
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    let link = one_time_link::take(&mut tx, &random::hash_token(token), now)
        .await?
        .ok_or(Error::NotFound("link"))?;
    let id = link.person_id.ok_or(Error::NotFound("link"))?;
    if !person::save_password(&mut tx, &id, &hash, now).await? {
        return Err(Error::NotFound("link"));
    }
    store_session::delete_others(&mut tx, &id, "").await?;
    one_time_link::delete_of_person(&mut tx, &id).await?;
    let session_token = session::begin(&mut tx, state, request, &id).await?;
    let (action, detail) = if link.kind == LinkKind::Reset.code() {
        (
            AuditAction::PasswordReset,
            "Password changed by a reset link; all sessions ended",
        )
    } else {
        (AuditAction::PersonJoined, "First password set by an invitation")
    };
    audit::record_own(&mut tx, state, request, Some((&id, &view.name)), action, detail);
    let theme = person::find_theme(&mut tx, &id).await?;
    tx.commit().await?;
    session::give_cookies(request, &session_token, &theme);
    request::redirect(target::HOME);
    Ok(())
}
