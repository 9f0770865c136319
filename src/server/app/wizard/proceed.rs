//! Proceed: the draft becomes the version in force, and its sync begins.
//!
//! Jira is asked before the transaction begins. Draft, version, run and audit entry are written together
//! or not at all; a Proceed that was sent twice is done once.

use crate::{
    domain::{
        audit::AuditAction,
        field_error::FieldErrors,
        sync_status::Trigger,
        wizard::Settings,
        wizard_check::{WizardErrors, check_proceed},
        wizard_steps::StepId,
    },
    server::{
        app::{
            audit, target,
            wizard::{
                deadline::Deadline,
                get_configuration,
                lists::{self, Looked},
                parse_settings,
                save::{check_open, draft_text, save, saved_meanwhile, write_draft},
            },
        },
        auth::ProjectGuard,
        error::{Error, Result},
        random,
        store::{
            Tx,
            configuration::{self, ConfigurationRow, VersionRow},
            connection, project,
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
    if let Err(hindrance) = check_with_jira(&settings, &looked, state.clock().now_ms(), step) {
        save(guard, row, revision, step, &settings).await?;
        return Err(hindrance);
    }
    // Names as Jira has them now.
    settings.keep_field_names(&looked.facts().fields);
    settings.project = looked.lists.map(|lists| lists.project).or(settings.project);
    let text = draft_text(&settings)?;
    let now = state.clock().now_ms();
    let viewer = guard.viewer();
    let mut tx = state.database().write().await?;
    // Before anything is read: of two clicks at once the second sees what the first has done.
    project::lock(&mut tx, guard.project_id().as_str()).await?;
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
    let version = keep_version(&mut tx, guard, &row, &settings, &text, now).await?;
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

/// What keeps these settings from being proceeded: lists of Jira that are too old, or answers that do not hold.
fn check_with_jira(settings: &Settings, looked: &Looked, now: i64, step: StepId) -> Result<()> {
    // A Jira that only does not answer is the run's to wait for, as long as the lists are new.
    let old = looked.fetched_at.is_none_or(|at| now - at >= lists::FRESH_MS);
    if let Some(problem) = looked.problem.as_ref().filter(|problem| old || problem.refused) {
        return Err(Error::Jira(format!("{} {}", problem.title, problem.text)));
    }
    check_proceed(settings, &looked.facts()).map_err(|errors| Error::Invalid(name_by_step(&errors, step)))
}

/// The errors of all steps by the fields of one form: those of other steps as `step5.types`.
fn name_by_step(errors: &WizardErrors, step: StepId) -> FieldErrors {
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
    fields
}

/// The version with these settings: the one in force where it has the very same, else a new one.
async fn keep_version(
    tx: &mut Tx,
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    settings: &Settings,
    text: &str,
    now: i64,
) -> Result<VersionRow> {
    if let Some(id) = &row.proceeded_version_id
        && let Some(version) = configuration::find_version(tx, id).await?
        && parse_settings(&version.settings)? == *settings
    {
        return Ok(version);
    }
    let (id, by) = (random::new_id(), guard.viewer().name());
    Ok(configuration::insert_version(tx, &id, &row.id, text, by, now).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_other_steps_are_told_with_their_step() {
        let errors = check_proceed(&Settings::default(), &Looked::default().facts()).unwrap_err();
        let named = name_by_step(&errors, StepId::Requirements);
        let names: Vec<&str> = (&named).into_iter().map(|error| error.field.as_str()).collect();
        assert_eq!(names, ["step1.project", "requirement_types", "step6.bug_types"]);
    }
}
