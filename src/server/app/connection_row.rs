//! What a save of the connection form stores, and what the audit log says about it.
//!
//! Pure but for the sealing of the token, which appears in the log only as "changed".

use crate::{
    domain::{
        connection::{ConnectionStatus, same_target},
        connection_report::ConnectionReport,
    },
    server::{
        app::{
            connection::{stored_url, token_place},
            connection_check::Checked,
            connection_list::status_words,
        },
        auth::AccountGuard,
        error::{Error, Result},
        random,
        store::connection::ConnectionRow,
    },
};

/// The row of a form that passed its test.
pub(super) fn new_row(
    guard: &AccountGuard,
    checked: &Checked,
    report: &ConnectionReport,
    now: i64,
) -> Result<ConnectionRow> {
    let input = &checked.input;
    let name = guard.viewer().name().to_owned();
    let old = checked.row.as_ref();
    let id = old.map_or_else(random::new_id, |row| row.id.clone());
    // Saving does not connect what somebody disconnected.
    let off = ConnectionStatus::Inactive.code();
    let (status, status_reason, status_next) = match old.filter(|row| row.status == off) {
        Some(row) => (
            row.status.clone(),
            row.status_reason.clone(),
            row.status_next.clone(),
        ),
        None => {
            let (reason, next) = status_words(report);
            (ConnectionStatus::Active.code().to_owned(), reason, next)
        }
    };
    let (token_set_at, token_set_by) = match old {
        Some(row) if !checked.new_token => (row.token_set_at, row.token_set_by.clone()),
        _ => (Some(now), Some(name.clone())),
    };
    // A site that does not tell its cloud id today is still the one that told it here before.
    let stays = match old {
        Some(row) => same_target(&stored_url(&row.site_url, "site_url")?, &input.url),
        None => false,
    };
    let known_id = old.filter(|_| stays).and_then(|row| row.cloud_id.clone());
    let mut row = ConnectionRow {
        name: input.name.clone(),
        deployment: input.deployment.code().to_owned(),
        site_url: input.url.to_string(),
        api_base: report.api_base.clone().unwrap_or_else(|| input.url.to_string()),
        cloud_id: report.cloud_id.clone().or(known_id),
        base_url: report.base_url.clone(),
        email: input.email.clone(),
        sealed_token: None,
        token_set_at,
        token_set_by,
        // Where Jira tells the day, it is right.
        token_expires_on: report
            .token_expires
            .clone()
            .or_else(|| input.token_expires.map(|day| day.to_string())),
        description: input.description.clone(),
        ca_pem: input.ca_pem.clone(),
        status_since: old
            .filter(|row| row.status == status)
            .map_or(now, |row| row.status_since),
        status,
        status_reason,
        status_next,
        report: Some(
            serde_json::to_string(report)
                .map_err(|error| Error::Internal(format!("a report as JSON: {error}")))?,
        ),
        checked_at: Some(now),
        identity: report
            .identity
            .as_ref()
            .map(|identity| identity.display_name.clone()),
        product_version: report.version.clone(),
        revision: old.map_or(1, |row| row.revision),
        created_at: old.map_or(now, |row| row.created_at),
        created_by: old.map_or_else(|| name.clone(), |row| row.created_by.clone()),
        updated_at: now,
        updated_by: name,
        id,
    };
    // Also one that stays: it is bound to the addresses beside it.
    row.sealed_token = Some(guard.state().sealer().seal(&token_place(&row), &checked.token));
    Ok(row)
}

/// What changed, in words, for the audit log; the token only as "changed".
pub(super) fn changes(old: Option<&ConnectionRow>, new: &ConnectionRow, new_token: bool) -> String {
    let Some(old) = old else {
        return format!("{}: {} at {}", new.name, new.deployment, new.site_url);
    };
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let pairs = [
        ("name", old.name.clone(), new.name.clone()),
        ("type", old.deployment.clone(), new.deployment.clone()),
        ("address", old.site_url.clone(), new.site_url.clone()),
        ("email", shown(&old.email), shown(&new.email)),
        (
            "token expiry",
            shown(&old.token_expires_on),
            shown(&new.token_expires_on),
        ),
        ("description", old.description.clone(), new.description.clone()),
    ];
    let mut parts: Vec<String> = pairs
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(what, old, new)| format!("{what}: {old} -> {new}"))
        .collect();
    for (what, differs) in [
        ("certificate authority", old.ca_pem != new.ca_pem),
        ("token", new_token),
    ] {
        if differs {
            parts.push(format!("{what} changed"));
        }
    }
    if parts.is_empty() {
        "nothing but a new test".to_owned()
    } else {
        parts.join("; ")
    }
}
