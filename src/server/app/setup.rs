//! First start: one address, used once, makes the first Account Admin.
//!
//! The address is made anew at each start while nobody has an account, and printed for whoever runs
//! the server. Of two people who use it at once one becomes Account Admin; for the other, and for
//! everybody afterwards, the page does not exist.

use std::net::SocketAddr;

use secrecy::SecretString;

use crate::{
    api::setup::SetupView,
    domain::{
        audit::AuditAction,
        field_error::FieldErrors,
        role::AccountRole,
        text::{fold_email, parse_email, parse_password, parse_person_name},
    },
    server::{
        app::{
            audit,
            organisation::{self, Settings, parse_settings, request_origin},
            session, target,
        },
        auth::Anyone,
        error::{Error, Result},
        public_address::describe_again,
        random,
        request::{self, RequestContext},
        state::AppState,
        store::{
            one_time_link::{self, LinkKind},
            person::{self, NewPerson},
            setting,
        },
    },
};

/// What the form of the setup page sends.
#[derive(Clone)]
pub struct SetupForm {
    /// Token of the link.
    pub token: String,
    /// Administrator's name.
    pub name: String,
    /// Their email.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The password once more.
    pub repeat_password: String,
    /// Organisation name.
    pub organisation: String,
    /// Public address.
    pub public_url: String,
    /// Time zone.
    pub time_zone: String,
}

/// Makes the setup link when nobody has an account, and gives the address to print.
///
/// # Errors
/// When the database does not answer.
pub async fn prepare(state: &AppState, local_address: SocketAddr) -> Result<Option<String>> {
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    if person::count(&mut tx).await? > 0 || setting::find(&mut tx, setting::SETUP_DONE).await?.is_some() {
        return Ok(None);
    }
    let token = random::token();
    one_time_link::insert(&mut tx, &random::hash_token(&token), LinkKind::Setup, None, now).await?;
    tx.commit().await?;
    let base = match &state.config().public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        // An address to listen on everywhere is none to open.
        None if local_address.ip().is_unspecified() => format!("http://127.0.0.1:{}", local_address.port()),
        None => format!("http://{local_address}"),
    };
    Ok(Some(format!("{base}{}", target::setup(&token))))
}

/// What the setup page shows.
///
/// # Errors
/// Not found unless the link is live and nobody has been set up.
pub async fn load_setup(guard: &Anyone, token: &str) -> Result<SetupView> {
    check_link(guard, token).await?;
    let state = guard.state();
    let fixed = state.config().public_url.as_ref();
    Ok(SetupView {
        public_url: fixed.map_or_else(
            || request_origin(state, guard.request()),
            |url| url.as_str().trim_end_matches('/').to_owned(),
        ),
        public_url_is_fixed: fixed.is_some(),
        time_zone: "UTC".into(),
    })
}

async fn check_link(guard: &Anyone, token: &str) -> Result<()> {
    let now = guard.state().clock().now_ms();
    let mut tx = guard.state().database().read().await?;
    let link = one_time_link::find(&mut tx, &random::hash_token(token), now).await?;
    let done = setting::find(&mut tx, setting::SETUP_DONE).await?;
    match link {
        Some(link) if link.kind == LinkKind::Setup.code() && done.is_none() => Ok(()),
        _ => Err(Error::NotFound("page")),
    }
}

/// Makes the first Account Admin and signs them in.
///
/// # Errors
/// Not found when the link is dead; else what is wrong with a field.
pub async fn set_up(guard: &Anyone, form: SetupForm) -> Result<()> {
    check_link(guard, &form.token).await?;
    let (state, request) = (guard.state(), guard.request());
    let (name, email, settings) = parse_form(state, request, &form)?;
    let hash = state.passwords().hash(SecretString::from(form.password)).await?;
    let now = state.clock().now_ms();
    let mut tx = state.database().write().await?;
    let link = one_time_link::take(&mut tx, &random::hash_token(&form.token), now).await?;
    if link.is_none_or(|link| link.kind != LinkKind::Setup.code())
        || !setting::save_once(&mut tx, setting::SETUP_DONE, &now.to_string()).await?
    {
        return Err(Error::NotFound("page"));
    }
    let id = random::new_id();
    let new = NewPerson {
        id: &id,
        email: &email,
        email_key: &fold_email(&email),
        name: &name,
        account_role: AccountRole::AccountAdmin.code(),
        state: person::ACTIVE,
        password_hash: Some(&hash),
        now,
    };
    person::insert(&mut tx, &new).await?;
    organisation::save(&mut tx, &settings).await?;
    one_time_link::delete_setup(&mut tx).await?;
    let token = session::begin(&mut tx, state, request, &id).await?;
    audit::record_own(
        &mut tx,
        state,
        request,
        Some((&id, &name)),
        AuditAction::SetupDone,
        "First Account Admin",
    );
    tx.commit().await?;
    organisation::take_over(state, &settings);
    session::give_cookies(&describe_again(state, request), &token, "system");
    request::redirect(&format!("{}?done=setup", target::HOME));
    Ok(())
}

fn parse_form(
    state: &AppState,
    request: &RequestContext,
    form: &SetupForm,
) -> Result<(String, String, Settings)> {
    let mut errors = FieldErrors::new();
    let name = errors.take(parse_person_name("name", &form.name));
    let email = errors.take(parse_email("email", &form.email));
    errors.take(parse_password("password", &form.password, &form.email));
    if form.password != form.repeat_password {
        errors.push(
            "repeat_password",
            "The two passwords differ. Type the same one twice.",
        );
    }
    let settings = errors.take(parse_settings(
        state,
        request,
        &form.organisation,
        &form.public_url,
        &form.time_zone,
    ));
    match (name, email, settings) {
        (Some(name), Some(email), Some(settings)) if errors.is_empty() => Ok((name, email, settings)),
        _ => Err(errors.into()),
    }
}
