//! Connections as pages show them.
//!
//! Never opens a token and never gives one out. Can go wrong: a stored report of an older form; the page
//! then says that no test is known.

use jiff::civil::Date;

use crate::{
    api::connection::{
        ConnectionFields, ConnectionFormView, ConnectionHealthView, ConnectionHourView, ConnectionStanding,
        ConnectionTestView, ConnectionView,
    },
    domain::{
        connection::{ConnectionStatus, TokenLife, display_url, token_life},
        connection_report::{ConnectionReport, Verdict},
        dates::format_date,
        health::{HOUR_MS, HOURS, HourMark, call_words, hour_words, mark_hour, mean_latency},
        numbers::grouped,
    },
    server::{
        app::{
            calendar::Calendar,
            connection::{deployment_of, stored_url},
        },
        auth::AccountGuard,
        error::{Error, Result},
        random,
        store::{
            StoreError, Tx,
            connection::{self, ConnectionRow, UseRow},
            connection_health::{self, HealthRow, HourRow},
            connection_test,
        },
    },
};

/// A check that comes within so many milliseconds comes at once.
const SOON_MS: i64 = 10_000;

/// All connections, those in error first.
///
/// # Errors
/// When the database does not answer.
pub async fn list_connections(guard: &AccountGuard) -> Result<Vec<ConnectionView>> {
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let rows = connection::list(&mut tx).await?;
    let uses = connection::list_uses(&mut tx).await?;
    let health = connection_health::list(&mut tx).await?;
    let now = guard.state().clock().now_ms();
    let hours = connection_health::list_hours(&mut tx, first_hour(now)).await?;
    rows.iter()
        .map(|row| list_view(row, &calendar, &uses, &health, &hours, now))
        .collect()
}

/// A connection as the list shows it.
fn list_view(
    row: &ConnectionRow,
    calendar: &Calendar,
    uses: &[UseRow],
    health: &[HealthRow],
    hours: &[HourRow],
    now: i64,
) -> Result<ConnectionView> {
    let own = || uses.iter().filter(|one| one.connection_id == row.id);
    let mut view = connection_view(row, calendar)?;
    view.linked = own()
        .map(|one| one.jira_project_key.clone().unwrap_or_default())
        .collect();
    view.last_synced = own()
        .filter_map(|one| one.last_synced_at)
        .max()
        .map(|at| calendar.moment_ms(at));
    let own: Vec<&HourRow> = hours.iter().filter(|hour| hour.connection_id == row.id).collect();
    (view.marks, view.latency) = (marks(&own, now), latency(&own));
    view.calls = calls(&own);
    view.worked = worked(row, health).map(|at| calendar.moment_ms(at));
    view.degraded = degraded(row, health);
    Ok(view)
}

/// How a connection stood in the last hours.
///
/// # Errors
/// Unknown connection.
pub async fn load_health(guard: &AccountGuard, id: &str) -> Result<ConnectionHealthView> {
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let row = connection::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("connection"))?;
    let uses = connection::list_uses(&mut tx).await?;
    let health = connection_health::list(&mut tx).await?;
    let now = guard.state().clock().now_ms();
    let mut hours = connection_health::list_hours(&mut tx, first_hour(now)).await?;
    hours.retain(|hour| hour.connection_id == row.id);
    let own = health.iter().find(|one| one.connection_id == row.id);
    let next_at = own
        .and_then(|one| one.next_at)
        .filter(|at| row.status != ConnectionStatus::Inactive.code() && at - now >= SOON_MS);
    Ok(ConnectionHealthView {
        connection: list_view(&row, &calendar, &uses, &health, &hours, now)?,
        next_check: next_at.map(|at| calendar.moment_ms(at)),
        waits: own.is_some_and(|one| one.next_at.is_none()),
        hours: hour_views(&hours, &calendar, now),
    })
}

/// The last hours, the present one first; empty before the first check.
fn hour_views(hours: &[HourRow], calendar: &Calendar, now: i64) -> Vec<ConnectionHourView> {
    if hours.is_empty() {
        return Vec::new();
    }
    shown_hours(now)
        .map(|begin| {
            let none = HourRow::none(begin);
            let hour = hours.iter().find(|hour| hour.hour == begin).unwrap_or(&none);
            ConnectionHourView {
                began: calendar.words_ms(begin),
                mark: mark_hour(hour.works, hour.limited, hour.failed),
                checks: hour_words(hour.works, hour.limited, hour.failed),
                latency_ms: mean_latency(hour.works, hour.latency_ms),
                calls: calls(&[hour]),
            }
        })
        .rev()
        .collect()
}

fn first_hour(now: i64) -> i64 {
    let shown = i64::try_from(HOURS).unwrap_or_default();
    now - now.rem_euclid(HOUR_MS) - (shown - 1) * HOUR_MS
}

/// When each of the last hours began, the present one last.
fn shown_hours(now: i64) -> impl DoubleEndedIterator<Item = i64> {
    (0..HOURS).map(move |at| first_hour(now) + i64::try_from(at).unwrap_or_default() * HOUR_MS)
}

/// The last hours, the present one last; empty before the first check.
fn marks(hours: &[&HourRow], now: i64) -> Vec<HourMark> {
    if hours.is_empty() {
        return Vec::new();
    }
    shown_hours(now)
        .map(|begin| {
            let hour = hours.iter().find(|hour| hour.hour == begin);
            hour.map_or(HourMark::None, |hour| {
                mark_hour(hour.works, hour.limited, hour.failed)
            })
        })
        .collect()
}

/// "190 ms on average".
fn latency(hours: &[&HourRow]) -> String {
    let (works, all) = hours.iter().fold((0, 0), |(works, all), hour| {
        (works + hour.works, all + hour.latency_ms)
    });
    mean_latency(works, all).map_or_else(String::new, |mean| format!("{} ms on average", grouped(mean)))
}

/// "1,204 calls", with what Jira put off and how long that took; empty before the first call.
fn calls(hours: &[&HourRow]) -> String {
    let sum = |part: fn(&HourRow) -> i64| {
        u64::try_from(hours.iter().map(|hour| part(hour)).sum::<i64>()).unwrap_or_default()
    };
    let (calls, throttled) = (sum(|hour| hour.calls), sum(|hour| hour.throttled));
    call_words(calls, throttled, sum(|hour| hour.waited_ms))
}

/// When Jira knew the account last, of a connection that does not work now.
fn worked(row: &ConnectionRow, health: &[HealthRow]) -> Option<i64> {
    let own = health.iter().find(|one| one.connection_id == row.id)?;
    own.succeeded_at
        .filter(|_| row.status == ConnectionStatus::Error.code())
}

/// What the last check said of a connection that still counts as working.
fn degraded(row: &ConnectionRow, health: &[HealthRow]) -> String {
    if row.status != ConnectionStatus::Active.code() {
        return String::new();
    }
    let own = health.iter().find(|one| one.connection_id == row.id);
    own.map(|one| one.words.clone()).unwrap_or_default()
}

/// How all connections stand, for open pages.
///
/// # Errors
/// When the database does not answer.
pub async fn list_standings(tx: &mut Tx) -> Result<Vec<ConnectionStanding>> {
    let rows = connection::list(tx).await?;
    let health = connection_health::list(tx).await?;
    rows.into_iter()
        .map(|row| {
            Ok(ConnectionStanding {
                status: status_of(&row)?,
                degraded: degraded(&row, &health),
                id: row.id,
                reason: row.status_reason,
                revision: row.revision,
            })
        })
        .collect()
}

pub(super) fn status_of(row: &ConnectionRow) -> Result<ConnectionStatus> {
    Ok(ConnectionStatus::find(&row.status)
        .ok_or_else(|| StoreError::inconsistent("connection", "status", &row.status))?)
}

fn connection_view(row: &ConnectionRow, calendar: &Calendar) -> Result<ConnectionView> {
    let url = stored_url(&row.site_url, "site_url")?;
    let expires = stored_day(row)?;
    let token_warning = match (token_life(expires, calendar.today()), expires) {
        (TokenLife::EndsSoon(0), _) => {
            "The token expires today. Create a new one in Jira and replace it.".to_owned()
        }
        (TokenLife::EndsSoon(days), Some(day)) => {
            let days = if days == 1 {
                "1 day".to_owned()
            } else {
                format!("{days} days")
            };
            format!(
                "The token expires in {days}, on {}. Create a new one in Jira and replace it.",
                format_date(day)
            )
        }
        (TokenLife::Expired(_), Some(day)) => {
            format!(
                "The token expired on {}. Create a new one in Jira and replace it.",
                format_date(day)
            )
        }
        _ => String::new(),
    };
    Ok(ConnectionView {
        id: row.id.clone(),
        name: row.name.clone(),
        deployment: deployment_of(row)?,
        unencrypted: url.scheme() == "http",
        url: display_url(&url),
        status: status_of(row)?,
        reason: row.status_reason.clone(),
        next_step: row.status_next.clone(),
        identity: row.identity.clone().unwrap_or_default(),
        email: row.email.clone().unwrap_or_default(),
        version: row.product_version.clone().unwrap_or_default(),
        linked: Vec::new(),
        last_synced: None,
        checked: row.checked_at.map(|at| calendar.moment_ms(at)),
        marks: Vec::new(),
        latency: String::new(),
        degraded: String::new(),
        calls: String::new(),
        worked: None,
        token_set: row.token_set_at.map(|at| calendar.moment_ms(at)),
        token_warning,
        description: row.description.clone(),
    })
}

fn stored_day(row: &ConnectionRow) -> Result<Option<Date>> {
    row.token_expires_on
        .as_deref()
        .map(|day| {
            day.parse::<Date>()
                .map_err(|error| StoreError::inconsistent("connection", "token_expires_on", error).into())
        })
        .transpose()
}

/// The form of a new connection, or of a stored one; with the test that the person has just made.
///
/// # Errors
/// Unknown connection; a test that is over is not one.
pub async fn load_form(
    guard: &AccountGuard,
    id: Option<&str>,
    test: Option<&str>,
) -> Result<ConnectionFormView> {
    let now = guard.state().clock().now_ms();
    let mut tx = guard.state().database().read().await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    let row = match id {
        None => None,
        Some(id) => Some(
            connection::find(&mut tx, id)
                .await?
                .ok_or(Error::NotFound("connection"))?,
        ),
    };
    let kept = match test {
        None => None,
        Some(test) => {
            let person = guard.viewer().person_id().as_str();
            connection_test::find(
                &mut tx,
                &random::hash_token(test),
                person,
                id.unwrap_or_default(),
                now,
            )
            .await?
        }
    };
    drop(tx);
    let mut view = ConnectionFormView {
        fields: row.as_ref().map(stored_fields).transpose()?.unwrap_or_default(),
        token_set: row.as_ref().and_then(|row| {
            Some(format!(
                "Set {} by {}",
                calendar.day_words_ms(row.token_set_at?),
                row.token_set_by.as_deref()?
            ))
        }),
        tested: row.as_ref().and_then(|row| stored_test(row, &calendar)),
        tested_now: false,
        switched: false,
        token_kept: false,
        stored: row
            .as_ref()
            .map(|row| connection_view(row, &calendar))
            .transpose()?,
    };
    if let (Some(kept), Some(test)) = (kept, test) {
        let unreadable = |error| StoreError::inconsistent("connection_test", "outcome", error);
        view.fields = serde_json::from_str(&kept.fields).map_err(unreadable)?;
        let tested: Option<ConnectionTestView> = serde_json::from_str(&kept.outcome).map_err(unreadable)?;
        view.switched = tested.is_none();
        view.tested_now = tested.is_some();
        view.tested = tested;
        view.token_kept = kept.sealed_token.is_some();
        test.clone_into(&mut view.fields.kept);
    }
    Ok(view)
}

fn stored_fields(row: &ConnectionRow) -> Result<ConnectionFields> {
    Ok(ConnectionFields {
        id: row.id.clone(),
        revision: row.revision.to_string(),
        name: row.name.clone(),
        deployment: row.deployment.clone(),
        url: display_url(&stored_url(&row.site_url, "site_url")?),
        email: row.email.clone().unwrap_or_default(),
        token: String::new(),
        token_expires: row.token_expires_on.clone().unwrap_or_default(),
        description: row.description.clone(),
        ca_pem: row.ca_pem.clone().unwrap_or_default(),
        kept: String::new(),
    })
}

fn stored_test(row: &ConnectionRow, calendar: &Calendar) -> Option<ConnectionTestView> {
    let report: ConnectionReport = serde_json::from_str(row.report.as_deref()?).ok()?;
    Some(ConnectionTestView {
        report,
        notices: Vec::new(),
        url_notices: Vec::new(),
        // A report is written by saving and by reconnecting alone; the background check asks less.
        tested: if row.status == ConnectionStatus::Inactive.code() {
            "Stored values, before it was disconnected".to_owned()
        } else {
            format!("Stored values, {}", calendar.words_ms(row.updated_at))
        },
    })
}

/// Reason and next step of a saved connection's status. That it is not encrypted is said beside every
/// status, and keeps no permission from being named.
pub(super) fn status_words(report: &ConnectionReport) -> (String, String) {
    use crate::domain::connection_report::{CheckCode, CheckState};
    let limit = match report.verdict {
        Verdict::Passed => None,
        _ if !report.can_browse() => report.find_check(CheckCode::Permissions),
        _ => report
            .checks
            .iter()
            .find(|check| check.state == CheckState::Warned && check.code != CheckCode::Tls),
    };
    match limit {
        Some(check) => (check.detail.clone(), check.next_step.clone()),
        None if report.verdict == Verdict::PassedWithLimits => {
            ("Works, without encryption.".to_owned(), String::new())
        }
        None => ("All checks passed.".to_owned(), String::new()),
    }
}
