//! The connection form: testing what was typed, and saving what passed.
//!
//! Test and save go through [`check`], the one place that decides which token goes to which address: a
//! typed one, one typed for a test a moment ago to the very same address, or the stored one to the
//! stored address. A token never goes back to the browser, into the audit log or into an error.

use secrecy::{ExposeSecret, SecretString};

use crate::{
    api::connection::{ConnectionFields, ConnectionTestView},
    domain::{
        connection::{
            ConnectionForm, ConnectionInput, ConnectionRules, ConnectionStatus, display_url, fields, parse_connection,
            parse_organization_url,
        },
        connection_report::{CheckCode, ConnectionReport, Verdict},
        field_error::FieldErrors,
        jira::Deployment,
    },
    server::{
        app::{
            audit,
            connection::{deployment_of, open_outbound, open_token, stored_url, token_place},
            connection_list::{Moment, status_words},
            target,
        },
        auth::AccountGuard,
        error::{Error, Result},
        jira,
        live::LiveEvent,
        outbound::OutboundClient,
        random,
        state::AppState,
        store::{
            StoreError, Tx,
            connection::{self, ConnectionRow},
            connection_test::{self, ConnectionTestRow},
            throttle,
        },
    },
};

/// Tests that one person may make within [`TEST_WINDOW_MS`].
pub const TEST_LIMIT: i64 = 20;
/// The window of [`TEST_LIMIT`], in milliseconds.
pub const TEST_WINDOW_MS: i64 = 5 * 60 * 1000;
/// Longest text of a field that is kept for the page.
const LONGEST_KEPT: usize = 70_000;

/// A form that holds, with the token that goes to its address.
struct Checked {
    input: ConnectionInput,
    token: SecretString,
    /// The token is not the stored one.
    new_token: bool,
    /// The connection being edited.
    row: Option<ConnectionRow>,
    outbound: OutboundClient,
    moment: Moment,
}

/// Tests the form as typed.
///
/// # Errors
/// Fields that do not hold; too many tests.
pub async fn test(guard: &AccountGuard, form: &ConnectionFields) -> Result<ConnectionTestView> {
    let checked = check(guard, form).await?;
    let report = run_test(guard, &checked).await?;
    let view = test_view(guard.state(), &checked, report);
    let mut tx = guard.state().database().write().await?;
    write_tested(guard, &mut tx, &checked, &view.report).await?;
    tx.commit().await?;
    Ok(view)
}

/// Takes a posted form; gives the path to go on to.
///
/// # Errors
/// Fields that do not hold; too many tests; a failed test; somebody else's change.
pub async fn submit(guard: &AccountGuard, action: &str, form: &ConnectionFields) -> Result<String> {
    match action {
        "save" => save(guard, form).await,
        "test" => test_and_keep(guard, form).await,
        _ => Err(Error::Conflict("This form has the buttons Test connection and Save. Use one of them.".into())),
    }
}

/// Makes a test and keeps its result, what was typed and, sealed, the token, for the page that follows.
async fn test_and_keep(guard: &AccountGuard, form: &ConnectionFields) -> Result<String> {
    let checked = check(guard, form).await?;
    let report = run_test(guard, &checked).await?;
    let state = guard.state();
    let view = test_view(state, &checked, report);
    let id = random::token();
    let id_hash = random::hash_token(&id);
    let internal = |error: serde_json::Error| Error::Internal(format!("keeping a test: {error}"));
    let kept = ConnectionFields { token: String::new(), kept: String::new(), url: display_url(&checked.input.url), ..form.clone() };
    let row = ConnectionTestRow {
        person_id: guard.viewer().person_id().to_string(),
        connection_id: form.id.clone(),
        deployment: checked.input.deployment.code().to_owned(),
        site_url: checked.input.url.to_string(),
        email: checked.input.email.clone().unwrap_or_default(),
        sealed_token: checked.new_token.then(|| state.sealer().seal(&test_place(&id_hash), &checked.token)),
        fields: serde_json::to_string(&kept).map_err(internal)?,
        outcome: serde_json::to_string(&view).map_err(internal)?,
    };
    let mut tx = state.database().write().await?;
    connection_test::insert(&mut tx, &id_hash, &row, state.clock().now_ms()).await?;
    write_tested(guard, &mut tx, &checked, &view.report).await?;
    tx.commit().await?;
    let page = if form.id.is_empty() { target::CONNECTION_NEW.to_owned() } else { target::connection(&form.id) };
    Ok(format!("{page}?test={id}"))
}

fn test_place(id_hash: &str) -> String {
    format!("connection_test.token:{id_hash}")
}

/// Checks the form and finds its token. Sends nothing.
async fn check(guard: &AccountGuard, form: &ConnectionFields) -> Result<Checked> {
    let state = guard.state();
    if form.ca_pem.len() > LONGEST_KEPT {
        return Err(Error::field(fields::CA_PEM, "This is larger than 64 KB. Paste the authority's certificates alone."));
    }
    let mut tx = state.database().read().await?;
    let moment = Moment::of(guard, &mut tx).await?;
    let row = match form.id.as_str() {
        "" => None,
        id => Some(connection::find(&mut tx, id).await?.ok_or(Error::NotFound("connection"))?),
    };
    if let Some(row) = row.as_ref().filter(|row| row.revision.to_string() != form.revision) {
        return Err(changed_meanwhile(row, &moment));
    }
    let kept = find_kept_token(guard, &mut tx, form).await?;
    let mut typed = ConnectionForm {
        name: form.name.clone(),
        deployment: form.deployment.clone(),
        url: form.url.clone(),
        email: form.email.clone(),
        token: form.token.clone(),
        token_expires: form.token_expires.clone(),
        description: form.description.clone(),
        ca_pem: form.ca_pem.clone(),
    };
    if let Kept::Usable(token) = &kept {
        token.expose_secret().clone_into(&mut typed.token);
    }
    let stored = match &row {
        Some(row) if row.sealed_token.is_some() => Some((deployment_of(row)?, stored_url(&row.site_url, "site_url")?)),
        _ => None,
    };
    let rules = ConnectionRules {
        extra_cloud_hosts: &state.outbound().cloud_hosts,
        today: moment.today(),
        stored: stored.as_ref().map(|(deployment, url)| (*deployment, url)),
    };
    let parsed = parse_connection(&typed, rules);
    let mut errors = FieldErrors::new();
    if let Err(problems) = &parsed {
        for problem in problems {
            let other_address = problem.field == fields::TOKEN && matches!(kept, Kept::OtherAddress);
            errors.push(&problem.field, if other_address { KEPT_ELSEWHERE } else { &problem.message });
        }
    }
    if !form.name.trim().is_empty() && connection::is_name_taken(&mut tx, form.name.trim(), &form.id).await? {
        errors.push(fields::NAME, name_taken(form.name.trim()));
    }
    drop(tx);
    let input = match parsed {
        Ok(input) if errors.is_empty() => input,
        _ => return Err(Error::Invalid(errors)),
    };
    let outbound = open_outbound(state, input.ca_pem.as_deref())?;
    let (token, new_token) = match (&input.token, &row) {
        (Some(token), _) => (SecretString::from(token.reveal().to_owned()), true),
        (None, Some(row)) => (open_token(state, row)?, false),
        (None, None) => return Err(Error::Internal("a new connection without a token".into())),
    };
    Ok(Checked { input, token, new_token, row, outbound, moment })
}

const KEPT_ELSEWHERE: &str =
    "Address, type or email changed after the test, so the tested token is not sent there. Enter the token again.";

/// A token that the server holds since a test without script.
enum Kept {
    None,
    OtherAddress,
    Usable(SecretString),
}

async fn find_kept_token(guard: &AccountGuard, tx: &mut Tx, form: &ConnectionFields) -> Result<Kept> {
    if form.kept.is_empty() || !form.token.trim().is_empty() {
        return Ok(Kept::None);
    }
    let state = guard.state();
    let id_hash = random::hash_token(&form.kept);
    let person = guard.viewer().person_id().as_str();
    let row = connection_test::find(tx, &id_hash, person, &form.id, state.clock().now_ms()).await?;
    let Some(row) = row else { return Ok(Kept::None) };
    let Some(sealed) = &row.sealed_token else { return Ok(Kept::None) };
    let deployment = Deployment::find(form.deployment.trim());
    let url = deployment.and_then(|deployment| parse_organization_url(deployment, &form.url, &state.outbound().cloud_hosts).ok());
    let same_email = deployment != Some(Deployment::Cloud) || form.email.trim() == row.email;
    let same = deployment.is_some_and(|deployment| deployment.code() == row.deployment)
        && url.is_some_and(|(url, _)| url.as_str() == row.site_url)
        && same_email;
    if same { Ok(Kept::Usable(state.sealer().open(&test_place(&id_hash), sealed)?)) } else { Ok(Kept::OtherAddress) }
}

fn name_taken(name: &str) -> String {
    format!("Another connection is called {name}. Choose a different name.")
}

fn changed_meanwhile(row: &ConnectionRow, moment: &Moment) -> Error {
    Error::Conflict(format!(
        "{} changed this connection ({}) after you opened the form. Nothing of yours was saved and nothing of theirs is lost. \
         Open the connection again to see the present values, then enter your change.",
        row.updated_by,
        moment.words(row.updated_at),
    ))
}

/// Counts the test against the person's limit, then makes it. No transaction is open meanwhile.
async fn run_test(guard: &AccountGuard, checked: &Checked) -> Result<ConnectionReport> {
    let state = guard.state();
    let now = state.clock().now_ms();
    let bucket = format!("connection_test:{}", guard.viewer().person_id());
    let mut tx = state.database().write().await?;
    let counted = throttle::add(&mut tx, &bucket, TEST_WINDOW_MS, now).await?;
    if counted.failures > TEST_LIMIT {
        // The transaction is dropped: refused tests do not count, so the window always ends.
        return Err(Error::Throttled((counted.since + TEST_WINDOW_MS - now + 999) / 1000));
    }
    tx.commit().await?;
    let input = jira::ConnectionInput {
        deployment: checked.input.deployment,
        site_url: checked.input.url.clone(),
        email: checked.input.email.clone(),
        token: checked.token.clone(),
    };
    Ok(jira::test_connection(&checked.outbound, &input).await)
}

fn test_view(state: &AppState, checked: &Checked, report: ConnectionReport) -> ConnectionTestView {
    let mut notices: Vec<String> = checked.input.url_notices.iter().map(crate::domain::connection::UrlNotice::label).collect();
    if checked.new_token {
        notices.extend(checked.input.token_notices.iter().map(|notice| notice.label().to_owned()));
    }
    ConnectionTestView { report, notices, tested: checked.moment.words(state.clock().now_ms()) }
}

/// Tests again, then stores.
async fn save(guard: &AccountGuard, form: &ConnectionFields) -> Result<String> {
    let checked = check(guard, form).await?;
    let report = run_test(guard, &checked).await?;
    let state = guard.state();
    if report.verdict == Verdict::Failed {
        let mut tx = state.database().write().await?;
        write_tested(guard, &mut tx, &checked, &report).await?;
        tx.commit().await?;
        return Err(refusal(&report));
    }
    let now = state.clock().now_ms();
    let row = new_row(guard, &checked, &report, now)?;
    let mut tx = state.database().write().await?;
    let stored = match &checked.row {
        None => connection::insert(&mut tx, &row).await.map(|()| true),
        Some(_) => connection::update(&mut tx, &row).await,
    };
    match stored {
        Ok(true) => {}
        Ok(false) => {
            let present = connection::find(&mut tx, &row.id).await?.ok_or(Error::NotFound("connection"))?;
            return Err(changed_meanwhile(&present, &checked.moment));
        }
        Err(StoreError::AlreadyExists) => return Err(Error::field(fields::NAME, name_taken(&row.name))),
        Err(error) => return Err(error.into()),
    }
    let detail = changes(checked.row.as_ref(), &row);
    let action = if checked.row.is_some() { "connection.changed" } else { "connection.created" };
    audit::record(&mut tx, guard.viewer(), action, "connection", &row.id, &detail).await?;
    if checked.row.is_some() && checked.new_token {
        audit::record(&mut tx, guard.viewer(), "connection.token_replaced", "connection", &row.id, "token changed").await?;
    }
    connection_test::delete_of_person(&mut tx, guard.viewer().person_id().as_str(), &form.id).await?;
    tx.commit().await?;
    state.live().send(LiveEvent::ConnectionChanged(row.id.clone()));
    let done = if checked.row.is_some() { "saved" } else { "created" };
    Ok(format!("{}?done={done}", target::CONNECTIONS))
}

/// Why a failed test keeps a connection from being saved, at the field that it is about.
fn refusal(report: &ConnectionReport) -> Error {
    let Some(check) = report.find_failure() else {
        return Error::Conflict("The connection test did not finish, so nothing was saved. Test again.".into());
    };
    let field = match check.code {
        CheckCode::Deployment => fields::DEPLOYMENT,
        CheckCode::Token | CheckCode::Boards | CheckCode::Permissions => fields::TOKEN,
        _ => fields::URL,
    };
    Error::field(field, format!("{} {}", check.detail, check.next_step).trim().to_owned())
}

fn new_row(guard: &AccountGuard, checked: &Checked, report: &ConnectionReport, now: i64) -> Result<ConnectionRow> {
    let input = &checked.input;
    let name = guard.viewer().name().to_owned();
    let old = checked.row.as_ref();
    let id = old.map_or_else(random::new_id, |row| row.id.clone());
    let (status_reason, status_next) = status_words(report);
    let status = ConnectionStatus::Active.code().to_owned();
    let (sealed_token, token_set_at, token_set_by) = match old {
        Some(row) if !checked.new_token => (row.sealed_token.clone(), row.token_set_at, row.token_set_by.clone()),
        _ => (Some(guard.state().sealer().seal(&token_place(&id), &checked.token)), Some(now), Some(name.clone())),
    };
    Ok(ConnectionRow {
        name: input.name.clone(),
        deployment: input.deployment.code().to_owned(),
        site_url: input.url.to_string(),
        api_base: report.api_base.clone().unwrap_or_else(|| input.url.to_string()),
        cloud_id: report.cloud_id.clone(),
        email: input.email.clone(),
        sealed_token,
        token_set_at,
        token_set_by,
        token_expires_on: input.token_expires.map(|day| day.to_string()),
        description: input.description.clone(),
        ca_pem: input.ca_pem.clone(),
        status_since: old.filter(|row| row.status == status).map_or(now, |row| row.status_since),
        status,
        status_reason,
        status_next,
        report: Some(serde_json::to_string(report).map_err(|error| Error::Internal(format!("a report as JSON: {error}")))?),
        checked_at: Some(now),
        identity: report.identity.as_ref().map(|identity| identity.display_name.clone()),
        product_version: report.version.clone(),
        revision: old.map_or(1, |row| row.revision),
        created_at: old.map_or(now, |row| row.created_at),
        created_by: old.map_or_else(|| name.clone(), |row| row.created_by.clone()),
        updated_at: now,
        updated_by: name,
        id,
    })
}

/// What changed, in words, for the audit log; the token only as "changed".
fn changes(old: Option<&ConnectionRow>, new: &ConnectionRow) -> String {
    let Some(old) = old else { return format!("{}: {} at {}", new.name, new.deployment, new.site_url) };
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let pairs = [
        ("name", old.name.clone(), new.name.clone()),
        ("type", old.deployment.clone(), new.deployment.clone()),
        ("address", old.site_url.clone(), new.site_url.clone()),
        ("email", shown(&old.email), shown(&new.email)),
        ("token expiry", shown(&old.token_expires_on), shown(&new.token_expires_on)),
        ("description", old.description.clone(), new.description.clone()),
    ];
    let mut parts: Vec<String> =
        pairs.into_iter().filter(|(_, old, new)| old != new).map(|(what, old, new)| format!("{what}: {old} -> {new}")).collect();
    for (what, differs) in [("certificate authority", old.ca_pem != new.ca_pem), ("token", old.sealed_token != new.sealed_token)] {
        if differs {
            parts.push(format!("{what} changed"));
        }
    }
    if parts.is_empty() { "nothing but a new test".to_owned() } else { parts.join("; ") }
}

async fn write_tested(guard: &AccountGuard, tx: &mut Tx, checked: &Checked, report: &ConnectionReport) -> Result<()> {
    let result = match report.verdict {
        Verdict::Passed => "passed".to_owned(),
        Verdict::PassedWithLimits => "passed with limits".to_owned(),
        Verdict::Failed => format!("failed: {}", report.find_failure().map_or("did not finish", |check| check.title.as_str())),
    };
    let id = checked.row.as_ref().map_or("", |row| row.id.as_str());
    audit::record(tx, guard.viewer(), "connection.tested", "connection", id, &format!("{} {result}", checked.input.url)).await
}
