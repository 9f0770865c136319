//! The connection form: testing what was typed, and saving what passed.
//!
//! Test and save go through [`check`], which decides which token goes to which address, and through the
//! same test. A token never goes back to the browser, into the audit log or into an error.

use secrecy::SecretString;
use url::Url;

use crate::{
    api::connection::{ConnectionFields, ConnectionTestView},
    domain::{
        audit::AuditAction,
        connection::{UrlNotice, display_url, fields, parse_organization_url},
        connection_report::{CheckCode, ConnectionReport, Verdict},
        jira::Deployment,
    },
    server::{
        app::{
            audit,
            connection_check::{
                Checked, Purpose, changed_meanwhile, check, find_known, find_typed_token, name_taken,
                test_place,
            },
            connection_row::{changes, new_row},
            target,
        },
        auth::AccountGuard,
        error::{Error, Result},
        jira,
        live::LiveEvent,
        random,
        state::AppState,
        store::{
            StoreError, Tx, connection,
            connection_test::{self, ConnectionTestRow},
            throttle,
        },
    },
};

/// Tests that one person may make within [`TEST_WINDOW_MS`].
pub const TEST_LIMIT: i64 = 20;
/// The window of [`TEST_LIMIT`], in milliseconds.
pub const TEST_WINDOW_MS: i64 = 5 * 60 * 1000;

/// Takes a posted form; gives the path to go on to.
///
/// # Errors
/// Fields that do not hold; too many tests; a failed test; somebody else's change.
pub async fn submit(guard: &AccountGuard, action: &str, form: &ConnectionFields) -> Result<String> {
    match action {
        "save" => save(guard, form).await,
        "test" => test_and_keep(guard, form).await,
        "switch" => switch_type(guard, form).await,
        _ => Err(Error::Conflict(
            "This form has the buttons Test connection, Switch and Save. Use one of them.".into(),
        )),
    }
}

/// Makes a test and keeps its result, what was typed and, sealed, the token, for the page that follows.
async fn test_and_keep(guard: &AccountGuard, form: &ConnectionFields) -> Result<String> {
    let checked = check(guard, form, Purpose::Test).await?;
    let report = run_test(guard, &checked).await?;
    let state = guard.state();
    let view = test_view(state, &checked, report);
    let kept = Kept {
        fields: ConnectionFields {
            url: display_url(&checked.input.url),
            ..form.clone()
        },
        deployment: checked.input.deployment,
        url: Some(&checked.input.url),
        email: checked.input.email.clone().unwrap_or_default(),
        token: checked.new_token.then_some(&checked.token),
        outcome: Some(&view),
    };
    let mut tx = state.database().write().await?;
    let page = keep(guard, &mut tx, kept).await?;
    write_tested(guard, &mut tx, &checked, &view.report);
    tx.commit().await?;
    Ok(page)
}

/// Turns the form to the other type of Jira and keeps what was typed. The token typed a moment ago, or kept by
/// the test before, stays sealed for the same address: people choose the wrong type for the right token.
async fn switch_type(guard: &AccountGuard, form: &ConnectionFields) -> Result<String> {
    let state = guard.state();
    let deployment = match Deployment::find(form.deployment.trim()) {
        Some(Deployment::DataCenter) => Deployment::Cloud,
        Some(Deployment::Cloud) | None => Deployment::DataCenter,
    };
    let mut tx = state.database().write().await?;
    let token = find_typed_token(guard, &mut tx, form).await?;
    let cloud_hosts = &state.outbound().cloud_hosts;
    let url = parse_organization_url(deployment, &form.url, cloud_hosts).ok();
    let kept = Kept {
        fields: ConnectionFields {
            deployment: deployment.code().to_owned(),
            ..form.clone()
        },
        deployment,
        url: url.as_ref().map(|(url, _)| url),
        email: match deployment {
            Deployment::Cloud => form.email.trim().to_owned(),
            Deployment::DataCenter => String::new(),
        },
        token: token.as_ref().filter(|_| url.is_some()),
        outcome: None,
    };
    let page = keep(guard, &mut tx, kept).await?;
    tx.commit().await?;
    Ok(page)
}

/// A form to be kept for the page that follows.
struct Kept<'a> {
    fields: ConnectionFields,
    deployment: Deployment,
    url: Option<&'a Url>,
    email: String,
    token: Option<&'a SecretString>,
    /// What a test of it found; `None` when there was no test.
    outcome: Option<&'a ConnectionTestView>,
}

/// Keeps a form without its token, and the token sealed; gives the path that shows it.
async fn keep(guard: &AccountGuard, tx: &mut Tx, kept: Kept<'_>) -> Result<String> {
    let state = guard.state();
    let id = random::token();
    let id_hash = random::hash_token(&id);
    let internal = |error: serde_json::Error| Error::Internal(format!("keeping a form: {error}"));
    let fields = ConnectionFields {
        token: String::new(),
        kept: String::new(),
        ..kept.fields
    };
    let mut row = ConnectionTestRow {
        person_id: guard.viewer().person_id().to_string(),
        connection_id: fields.id.clone(),
        deployment: kept.deployment.code().to_owned(),
        site_url: kept.url.map(Url::to_string).unwrap_or_default(),
        email: kept.email,
        sealed_token: None,
        fields: serde_json::to_string(&fields).map_err(internal)?,
        outcome: serde_json::to_string(&kept.outcome).map_err(internal)?,
    };
    row.sealed_token = kept
        .token
        .map(|token| state.sealer().seal(&test_place(&id_hash, &row), token));
    connection_test::insert(tx, &id_hash, &row, state.clock().now_ms()).await?;
    let page = if fields.id.is_empty() {
        target::CONNECTION_NEW.to_owned()
    } else {
        target::connection(&fields.id)
    };
    Ok(format!("{page}?test={id}"))
}

/// Counts a test against the person's limit.
///
/// # Errors
/// Too many tests.
pub(super) async fn count_test(guard: &AccountGuard) -> Result<()> {
    count_look(guard, "connection_test", TEST_LIMIT).await
}

/// Counts something that asks Jira, of which a person may do `limit` within [`TEST_WINDOW_MS`].
///
/// # Errors
/// Too many.
pub(super) async fn count_look(guard: &AccountGuard, kind: &str, limit: i64) -> Result<()> {
    let state = guard.state();
    let now = state.clock().now_ms();
    let bucket = format!("{kind}:{}", guard.viewer().person_id());
    let mut tx = state.database().write().await?;
    let counted = throttle::add(&mut tx, &bucket, TEST_WINDOW_MS, now).await?;
    if counted.failures > limit {
        // The transaction is dropped: refused tests do not count, so the window always ends.
        return Err(Error::Throttled(
            (counted.since + TEST_WINDOW_MS - now + 999) / 1000,
        ));
    }
    Ok(tx.commit().await?)
}

/// Counts the test, then makes it. No transaction is open meanwhile.
async fn run_test(guard: &AccountGuard, checked: &Checked) -> Result<ConnectionReport> {
    count_test(guard).await?;
    let input = jira::ConnectionInput {
        deployment: checked.input.deployment,
        site_url: checked.input.url.clone(),
        email: checked.input.email.clone(),
        token: checked.token.clone(),
        expired_on: checked.expired_on,
        known: checked.known.clone(),
    };
    Ok(jira::test_connection(&checked.outbound, &input).await)
}

fn test_view(state: &AppState, checked: &Checked, report: ConnectionReport) -> ConnectionTestView {
    let input = &checked.input;
    let notices = input.token_notices.iter().filter(|_| checked.new_token);
    ConnectionTestView {
        report,
        notices: notices.map(|notice| notice.label().to_owned()).collect(),
        // What lasts is said at the field as long as the address is like that.
        url_notices: input
            .url_notices
            .iter()
            .filter(|notice| !notice.is_lasting())
            .map(UrlNotice::label)
            .collect(),
        tested: checked.calendar.words_ms(state.clock().now_ms()),
    }
}

/// Tests again, then stores.
async fn save(guard: &AccountGuard, form: &ConnectionFields) -> Result<String> {
    let checked = check(guard, form, Purpose::Save).await?;
    let report = run_test(guard, &checked).await?;
    let state = guard.state();
    if report.verdict == Verdict::Failed {
        let mut tx = state.database().write().await?;
        write_tested(guard, &mut tx, &checked, &report);
        tx.commit().await?;
        return Err(refusal(&report));
    }
    let now = state.clock().now_ms();
    let row = new_row(guard, &checked, &report, now)?;
    let mut tx = state.database().write().await?;
    if let Some(old) = &checked.row
        && checked.known.is_none()
        && find_known(&mut tx, old).await?.is_some()
    {
        return Err(Error::Conflict(
            "A Jira project was linked through this connection while it was tested, so nothing was saved. Save again.".into(),
        ));
    }
    let stored = match &checked.row {
        None => connection::insert(&mut tx, &row).await.map(|()| true),
        Some(_) => connection::update(&mut tx, &row).await,
    };
    match stored {
        Ok(true) => {}
        Ok(false) => {
            let present = connection::find(&mut tx, &row.id)
                .await?
                .ok_or(Error::NotFound("connection"))?;
            return Err(changed_meanwhile(&present, &checked.calendar));
        }
        Err(StoreError::AlreadyExists) => return Err(Error::field(fields::NAME, name_taken(&row.name))),
        Err(error) => return Err(error.into()),
    }
    let detail = changes(checked.row.as_ref(), &row, checked.new_token);
    let action = if checked.row.is_some() {
        AuditAction::ConnectionChanged
    } else {
        AuditAction::ConnectionCreated
    };
    audit::record_about(&mut tx, guard.viewer(), &row.id, action, &row.id, &detail);
    if checked.row.is_some() && checked.new_token {
        audit::record_about(
            &mut tx,
            guard.viewer(),
            &row.id,
            AuditAction::TokenReplaced,
            &row.id,
            "token changed",
        );
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
        return Error::Conflict(
            "The connection test did not finish, so nothing was saved. Test again.".into(),
        );
    };
    let field = match check.code {
        CheckCode::Deployment => fields::DEPLOYMENT,
        CheckCode::Token | CheckCode::Boards | CheckCode::Permissions => fields::TOKEN,
        _ => fields::URL,
    };
    Error::field(
        field,
        format!("{} {}", check.detail, check.next_step).trim().to_owned(),
    )
}

/// What a test came to, for the audit log.
pub(super) fn verdict_words(report: &ConnectionReport) -> String {
    match report.verdict {
        Verdict::Passed => "passed".to_owned(),
        Verdict::PassedWithLimits => "passed with limits".to_owned(),
        Verdict::Failed => format!(
            "failed: {}",
            report
                .find_failure()
                .map_or("did not finish", |check| check.title.as_str())
        ),
    }
}

fn write_tested(guard: &AccountGuard, tx: &mut Tx, checked: &Checked, report: &ConnectionReport) {
    let result = verdict_words(report);
    let id = checked.row.as_ref().map_or("", |row| row.id.as_str());
    audit::record_about(
        tx,
        guard.viewer(),
        id,
        AuditAction::ConnectionTested,
        id,
        &format!("{} {result}", checked.input.url),
    );
}
