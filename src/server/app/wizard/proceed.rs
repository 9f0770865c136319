//! Proceed: the draft becomes the version in force, and its sync begins.
//!
//! Jira is asked before the transaction begins. Draft, version, run and audit entry are written together
//! or not at all; a Proceed that was sent twice is done once.

use crate::{
    domain::{
        audit::AuditAction, field_error::FieldErrors, sync_status::Trigger, wizard::Settings,
        wizard_check::check_proceed, wizard_steps::StepId,
    },
    server::{
        app::{
            audit, target,
            wizard::{
                deadline::Deadline,
                get_configuration, lists, parse_settings,
                save::{check_open, draft_text, save, saved_meanwhile, write_draft},
            },
        },
        auth::ProjectGuard,
        error::{Error, Result},
        random,
        store::{
            Tx,
            configuration::{self, ConfigurationRow},
            connection,
        },
        sync::{RequestedRun, request_run},
    },
};

/// Whether this very Proceed was done already: a form that was sent twice is no conflict.
pub(super) async fn was_proceeded(
    tx: &mut Tx,
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    revision: i64,
    settings: &Settings,
) -> Result<bool> {
    if row.draft_revision != revision + 1 || row.draft_saved_by != guard.viewer().name() {
        return Ok(false);
    }
    let Some(id) = &row.proceeded_version_id else {
        return Ok(false);
    };
    let Some(version) = configuration::find_version(tx, id).await? else {
        return Ok(false);
    };
    let draft = parse_settings(&row.draft)?;
    Ok(draft == *settings && parse_settings(&version.settings)? == draft)
}

/// The page of the run that a Proceed made.
pub(super) fn running_page(guard: &ProjectGuard, row: &ConfigurationRow) -> String {
    format!(
        "{}?done=running",
        target::sync(guard.project_id().as_str(), &row.id)
    )
}

/// Validates everything against Jira as it is now, then stores draft, version and sync run together;
/// gives the page of the run. Answers that do not hold are saved as a draft.
pub(super) async fn proceed(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    revision: i64,
    step: StepId,
    mut settings: Settings,
    deadline: Deadline,
) -> Result<String> {
    let state = guard.state();
    let looked = Box::pin(lists::look_now(state, row, &settings, deadline)).await?;
    // A Jira that only does not answer is the run's to wait for, as long as the lists are new.
    let old = looked
        .fetched_at
        .is_none_or(|at| state.clock().now_ms() - at >= lists::FRESH_MS);
    if let Some(problem) = looked.problem.as_ref().filter(|problem| old || problem.refused) {
        save(guard, row, revision, step, &settings).await?;
        return Err(Error::Jira(format!("{} {}", problem.title, problem.text)));
    }
    if let Err(errors) = check_proceed(&settings, &looked.facts()) {
        let mut fields = FieldErrors::new();
        for (at, found) in &errors.0 {
            for error in found {
                let name = if *at == step {
                    error.field.clone()
                } else {
                    format!("step{}.{}", at.number(), error.field)
                };
                fields.push(&name, error.message.clone());
            }
        }
        save(guard, row, revision, step, &settings).await?;
        return Err(Error::Invalid(fields));
    }
    // Names as Jira has them now.
    settings.keep_field_names(&looked.facts().fields);
    settings.project = looked.lists.map(|lists| lists.project).or(settings.project);
    let text = draft_text(&settings)?;
    let now = state.clock().now_ms();
    let viewer = guard.viewer();
    let mut tx = state.database().write().await?;
    let row = get_configuration(&mut tx, guard, &row.id).await?;
    if was_proceeded(&mut tx, guard, &row, revision, &settings).await? {
        return Ok(running_page(guard, &row));
    }
    check_open(&mut tx, guard, &row, revision).await?;
    if !write_draft(&mut tx, guard, &row, revision, step, &settings, &text).await? {
        let row = get_configuration(&mut tx, guard, &row.id).await?;
        return Err(saved_meanwhile(&mut tx, guard, &row).await?);
    }
    let connection = connection::find(&mut tx, &row.connection_id)
        .await?
        .ok_or(Error::NotFound("connection"))?;
    let proceeded = match &row.proceeded_version_id {
        Some(id) => configuration::find_version(&mut tx, id).await?,
        None => None,
    };
    // The same answers again are no new version.
    let same = match &proceeded {
        Some(version) => parse_settings(&version.settings)? == settings,
        None => false,
    };
    let version = match proceeded.filter(|_| same) {
        Some(version) => version,
        None => {
            configuration::insert_version(&mut tx, &random::new_id(), &row.id, &text, viewer.name(), now)
                .await?
        }
    };
    let run = request_run(
        &mut tx,
        &row.id,
        &version.id,
        &connection.id,
        Trigger::Proceed,
        Some(viewer.person_id().as_str()),
        now,
    )
    .await?;
    let detail = format!(
        "Version {} of {} on {}",
        version.number,
        row.jira_project_key.as_deref().unwrap_or_default(),
        connection.name
    );
    audit::record_about(
        &mut tx,
        viewer,
        &connection.id,
        AuditAction::ConfigurationProceeded,
        &row.id,
        &detail,
    );
    tx.commit().await?;
    state.jobs().notify_one();
    let word = match run {
        RequestedRun::Started(_) => "proceeded",
        RequestedRun::AlreadyRunning(_) => "running",
    };
    Ok(format!(
        "{}?done={word}",
        target::sync(guard.project_id().as_str(), &row.id)
    ))
}
