//! Settings of the organisation: name, public address, time zone.

use axum::http::header;
use jiff::tz::TimeZone;

use crate::{
    api::organisation::SettingsView,
    domain::{
        audit::AuditAction,
        field_error::{FieldErrors, Validated},
        public_url::parse_public_url,
        role::Capability,
        text::parse_name,
    },
    server::{
        app::{audit::record, session, target},
        auth::AccountGuard,
        error::{Error, Result},
        request::{self, RequestContext},
        state::AppState,
        store::{Tx, setting},
    },
};

/// Longest name of an organisation.
pub const MAX_ORGANISATION: usize = 80;
const ADDRESS_IS_FOR_ACCOUNT_ADMINS: &str = "Only an Account Admin can change the public address: invitations and resets lead there. Nothing was saved. Leave the address as it was, or ask an Account Admin.";

/// Checked settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Organisation name.
    pub organisation: String,
    /// Public address without a slash at the end; none where the configuration fixes it.
    pub public_url: Option<String>,
    /// IANA name.
    pub time_zone: String,
}

/// Checks the three fields of a form; a public address fixed by the configuration is not looked at.
///
/// # Errors
/// What is wrong, by field.
pub fn parse_settings(
    state: &AppState,
    request: &RequestContext,
    organisation: &str,
    public_url: &str,
    time_zone: &str,
) -> Validated<Settings> {
    let mut errors = FieldErrors::new();
    let organisation = errors.take(parse_name(
        "organisation",
        "The organization name",
        organisation,
        MAX_ORGANISATION,
    ));
    let public_url = match state.config().public_url {
        Some(_) => Some(None),
        None => {
            let parsed =
                parse_public_url("public_url", public_url).and_then(|url| check_is_reached(request, url));
            errors.take(parsed).map(Some)
        }
    };
    let time_zone = errors.take(parse_time_zone("time_zone", time_zone));
    match (organisation, public_url, time_zone) {
        (Some(organisation), Some(public_url), Some(time_zone)) => Ok(Settings {
            organisation,
            public_url,
            time_zone,
        }),
        _ => Err(errors),
    }
}

/// An IANA time zone in its own spelling.
///
/// # Errors
/// Unknown.
pub fn parse_time_zone(field: &str, text: &str) -> Validated<String> {
    let zone = TimeZone::get(text.trim()).ok();
    match zone.as_ref().and_then(TimeZone::iana_name) {
        Some(name) => Ok(name.to_owned()),
        None => Err(FieldErrors::one(
            field,
            "This time zone is not known. Choose one such as Europe/Berlin or UTC.",
        )),
    }
}

/// An https address binds sign-in to https: whoever came to that very name without TLS would lock everybody out.
fn check_is_reached(request: &RequestContext, url: String) -> Validated<String> {
    let origin = request
        .headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let without_tls = |name: &str| origin.eq_ignore_ascii_case(&format!("http://{name}"));
    if !request.https && url.strip_prefix("https://").is_some_and(without_tls) {
        return Err(FieldErrors::one(
            "public_url",
            format!(
                "You opened this page at {origin}, without TLS, and with this address people could sign in over https alone. Set up TLS in front of Traceline first, open this page at {url}, and save it there."
            ),
        ));
    }
    Ok(url)
}

/// The address links begin with: configured, else set, else the one this request came to.
///
/// # Errors
/// When the database does not answer.
pub async fn public_address(tx: &mut Tx, state: &AppState, request: &RequestContext) -> Result<String> {
    if let Some(url) = &state.config().public_url {
        return Ok(url.as_str().trim_end_matches('/').to_owned());
    }
    Ok(match setting::find(tx, setting::PUBLIC_URL).await? {
        Some(url) => url,
        None => request_origin(state, request),
    })
}

/// The address this request came to, as far as its `Host` can be read.
pub fn request_origin(state: &AppState, request: &RequestContext) -> String {
    let scheme = if request.https { "https" } else { "http" };
    request
        .host()
        .and_then(|host| parse_public_url("", &format!("{scheme}://{host}")).ok())
        .unwrap_or_else(|| format!("http://{}", state.config().listen))
}

/// Stores checked settings.
///
/// # Errors
/// When the database does not answer.
pub async fn save(tx: &mut Tx, settings: &Settings) -> Result<()> {
    setting::save(tx, setting::ORGANISATION, &settings.organisation).await?;
    if let Some(public_url) = &settings.public_url {
        setting::save(tx, setting::PUBLIC_URL, public_url).await?;
    }
    Ok(setting::save(tx, setting::TIME_ZONE, &settings.time_zone).await?)
}

/// Lets the next request see a changed address.
pub fn take_over(state: &AppState, settings: &Settings) {
    if let Some(address) = &settings.public_url {
        state.public_address().set(address);
    }
}

/// The settings as their page shows them.
///
/// # Errors
/// When the database does not answer.
pub async fn load_settings(guard: &AccountGuard) -> Result<SettingsView> {
    let (state, request) = (guard.state(), guard.viewer().request());
    let mut tx = state.database().read().await?;
    Ok(SettingsView {
        organisation: setting::find(&mut tx, setting::ORGANISATION)
            .await?
            .unwrap_or_default(),
        public_url: public_address(&mut tx, state, request).await?,
        public_url_is_fixed: state.config().public_url.is_some(),
        may_change_address: may_change_address(guard),
        seen_address: request_origin(state, request),
        time_zone: setting::find(&mut tx, setting::TIME_ZONE)
            .await?
            .unwrap_or_else(|| "UTC".into()),
    })
}

/// Whoever decides the address decides where invitations and resets lead: that is as good as managing people.
fn may_change_address(guard: &AccountGuard) -> bool {
    guard.viewer().can(Capability::ManageUsers)
}

/// Changes the settings.
///
/// # Errors
/// What is wrong with a field.
pub async fn save_settings(
    guard: &AccountGuard,
    organisation: &str,
    public_url: &str,
    time_zone: &str,
) -> Result<()> {
    let settings = parse_settings(
        guard.state(),
        guard.viewer().request(),
        organisation,
        public_url,
        time_zone,
    )
    .map_err(Error::Invalid)?;
    let mut tx = guard.state().database().write().await?;
    if let Some(address) = &settings.public_url
        && !may_change_address(guard)
        && *address != public_address(&mut tx, guard.state(), guard.viewer().request()).await?
    {
        return Err(Error::field("public_url", ADDRESS_IS_FOR_ACCOUNT_ADMINS));
    }
    save(&mut tx, &settings).await?;
    let detail = format!(
        "Name {}, public address {}, time zone {}",
        settings.organisation,
        settings.public_url.as_deref().unwrap_or("by configuration"),
        settings.time_zone
    );
    record(
        &mut tx,
        guard.viewer(),
        AuditAction::SettingsChanged,
        "organisation",
        &detail,
    );
    tx.commit().await?;
    take_over(guard.state(), &settings);
    session::follow_address(guard.state(), guard.viewer().request());
    request::redirect(&format!("{}?done=saved", target::SETTINGS));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offered_time_zone_is_known() {
        for zone in crate::domain::time_zone::COMMON_TIME_ZONES {
            assert!(parse_time_zone("a", zone).is_ok(), "{zone}");
        }
        for bad in ["", "Nowhere/Land", "<script>", "../../etc/passwd"] {
            assert!(parse_time_zone("a", bad).is_err(), "{bad}");
        }
    }
}
