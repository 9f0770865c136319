//! Who is calling, by the rules of each deployment.
//!
//! Cloud takes Basic with email and API token; a bare Bearer is refused by another filter with
//! another body; a scoped token is refused by the site and taken by the gateway. Data Center takes a
//! Bearer personal access token and no Basic. Wrong credentials are refused everywhere; *missing*
//! ones fall through to an anonymous answer, which is how a client gets fooled by empty lists.

use axum::http::HeaderMap;
use base64::Engine as _;
use jiff::Timestamp;
use serde_json::json;

use super::{accounts::Account, answer::Answer, world::World};

/// The outcome: a person, nobody, or a refusal.
pub(super) enum Caller {
    Known(Account),
    Anonymous,
    Refused(Answer),
}

/// Finds the caller. `gateway` tells that the request came by `/ex/jira/{cloudId}`; `now` is the site's own
/// time, by which tokens run out.
pub(super) fn find_caller(world: &World, headers: &HeaderMap, gateway: bool, now: Timestamp) -> Caller {
    let Some(header) = headers.get(axum::http::header::AUTHORIZATION) else {
        return if gateway {
            Caller::Refused(refuse_at_gateway())
        } else {
            Caller::Anonymous
        };
    };
    let (scheme, credential) = header
        .to_str()
        .unwrap_or_default()
        .split_once(' ')
        .unwrap_or_default();
    let found = match (world.is_cloud(), scheme.to_ascii_lowercase().as_str()) {
        (true, "basic") => find_basic(world, credential.trim(), gateway),
        (true, "bearer") if !gateway => {
            return Caller::Refused(Answer::json(
                403,
                json!({"error": "Failed to parse Connect Session Auth Token"}),
            ));
        }
        (false, "bearer") => world
            .accounts
            .iter()
            .find(|account| account.token == credential.trim()),
        _ => None,
    };
    match found {
        Some(account) if account.captcha => Caller::Refused(deny(world)),
        Some(account) if !has_expired(account, now) => Caller::Known(account.clone()),
        _ if gateway => Caller::Refused(refuse_at_gateway()),
        // As a site does that is open to everybody: the credential is ignored, and nothing says so.
        _ if world.falls_through => Caller::Anonymous,
        _ => Caller::Refused(refuse()),
    }
}

fn find_basic<'a>(world: &'a World, credential: &str, gateway: bool) -> Option<&'a Account> {
    let decoded = base64::engine::general_purpose::STANDARD
        .decode(credential)
        .ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    let (email, token) = pair.split_once(':')?;
    world.accounts.iter().find(|account| {
        let fits = if gateway {
            account.scoped_token() == token
        } else {
            account.token == token && !account.scoped
        };
        fits && account.email.eq_ignore_ascii_case(email)
    })
}

/// The answer to a wrong, expired or missing credential.
pub(super) fn refuse() -> Answer {
    Answer::error(401, "Client must be authenticated to access this resource.")
        .with_header("x-seraph-loginreason", "AUTHENTICATED_FAILED")
        .with_header("www-authenticate", "OAuth realm=\"https%3A%2F%2Fsandbox\"")
}

fn has_expired(account: &Account, now: Timestamp) -> bool {
    let now = now.as_millisecond();
    account.expired || account.expires_at.is_some_and(|end| end <= now)
}

/// The answer to somebody whom only a CAPTCHA in a browser can let in again.
fn deny(world: &World) -> Answer {
    let login = format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", world.base_url);
    Answer::html(
        403,
        "<html><head><title>Forbidden (403)</title></head><body>Basic Authentication Failure - Reason : \
         AUTHENTICATION_DENIED</body></html>"
            .to_owned(),
    )
    .with_header("x-seraph-loginreason", "AUTHENTICATION_DENIED")
    .with_header("x-authentication-denied-reason", login)
}

fn refuse_at_gateway() -> Answer {
    Answer::json(401, json!({"code": 401, "message": "Unauthorized"}))
}
