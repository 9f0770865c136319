//! Versions of a configuration: listed, compared, brought back into the draft.
//!
//! A version is never changed. Bringing one back is a change of the draft like any other: who saved it meanwhile is
//! not written over, and nothing is in force before Proceed. Names come from the lists that the wizard read last;
//! Jira is not asked.

use crate::{
    api::version::{ComparisonView, DRAFT, DifferenceView, VersionView, VersionsView},
    domain::{
        audit::AuditAction, sync_status::ConfigurationStatus, version_diff::compare_versions,
        wizard::Settings, wizard_steps::StepId,
    },
    server::{
        app::{
            audit,
            calendar::Calendar,
            configuration_end::name_of,
            target,
            wizard::{
                get_configuration, lists, parse_settings,
                save::{check_open, saved_meanwhile, write_draft},
            },
        },
        auth::ProjectGuard,
        error::{Error, Result},
        live::LiveEvent,
        request,
        store::{
            Tx,
            configuration::{self, ConfigurationRow, VersionRow},
        },
    },
};

/// Versions listed.
const MOST: i64 = 100;

/// The page of the versions.
///
/// # Errors
/// Unknown, or of another project; a version to compare that does not exist.
pub async fn load_versions(
    guard: &ProjectGuard,
    configuration_id: &str,
    older: &str,
    newer: &str,
) -> Result<VersionsView> {
    let state = guard.state();
    let mut tx = state.database().read().await?;
    let row = get_configuration(&mut tx, guard, configuration_id).await?;
    let mut rows = configuration::list_versions(&mut tx, &row.id, MOST + 1).await?;
    let (name, _) = name_of(&mut tx, guard, &row).await?;
    let calendar = Calendar::load(&mut tx, guard.viewer()).await?;
    drop(tx);
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let draft = parse_settings(&row.draft)?;
    let changed = match find(&rows, row.proceeded_version_id.as_deref()) {
        Some(version) => parse_settings(&version.settings)? != draft,
        None => true,
    };
    let comparison = match choose(&rows, changed, older, newer) {
        Some((older, newer)) => Some(compare(guard, &row, &rows, &older, &newer).await?),
        None => None,
    };
    Ok(VersionsView {
        project_name: guard.project().name.clone(),
        name,
        revision: row.draft_revision,
        archived: row.status == ConfigurationStatus::Archived.code(),
        versions: rows
            .iter()
            .map(|version| VersionView {
                number: version.number,
                at: calendar.moment_ms(version.created_at),
                by: version.created_by.clone(),
                in_force: row.running_version_id.as_deref() == Some(&version.id),
                awaits_sync: row.proceeded_version_id.as_deref() == Some(&version.id)
                    && row.running_version_id.as_deref() != Some(&version.id),
            })
            .collect(),
        more,
        draft: changed.then(|| (row.draft_saved_by.clone(), calendar.moment_ms(row.draft_saved_at))),
        comparison,
    })
}

fn find<'a>(rows: &'a [VersionRow], id: Option<&str>) -> Option<&'a VersionRow> {
    rows.iter().find(|version| Some(version.id.as_str()) == id)
}

/// What is compared: what was asked for, else the newest two of draft and versions.
fn choose(rows: &[VersionRow], changed: bool, older: &str, newer: &str) -> Option<(String, String)> {
    if !older.is_empty() && !newer.is_empty() {
        return Some((older.to_owned(), newer.to_owned()));
    }
    let numbers = rows.iter().map(|version| version.number.to_string());
    let mut newest = changed.then(|| DRAFT.to_owned()).into_iter().chain(numbers);
    let newer = newest.next()?;
    Some((newest.next()?, newer))
}

async fn compare(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    rows: &[VersionRow],
    older: &str,
    newer: &str,
) -> Result<ComparisonView> {
    let settings = |which: &str| -> Result<Settings> {
        if which == DRAFT {
            return parse_settings(&row.draft);
        }
        let number = which.parse::<i64>().ok();
        let version = rows.iter().find(|version| Some(version.number) == number);
        parse_settings(&version.ok_or(Error::NotFound("version"))?.settings)
    };
    let (before, after) = (settings(older)?, settings(newer)?);
    let known = lists::find_known(guard.state(), row, &after).await?;
    let releases = known.lists.as_ref().map(|lists| lists.releases.as_slice());
    let differences = compare_versions(&before, &after, &known.facts(), releases.unwrap_or_default());
    Ok(ComparisonView {
        older: older.to_owned(),
        newer: newer.to_owned(),
        differences: differences
            .into_iter()
            .map(|one| DifferenceView {
                step: one.step.number(),
                what: one.what,
                before: one.before,
                after: one.after,
            })
            .collect(),
        unnamed: releases.is_none(),
    })
}

/// Puts the answers of a version into the draft that `revision` names.
///
/// # Errors
/// Unknown; archived; saved by somebody meanwhile; its Jira project is linked by another configuration now.
pub async fn restore_version(
    guard: &ProjectGuard,
    configuration_id: &str,
    number: i64,
    revision: i64,
) -> Result<()> {
    let mut tx = guard.state().database().write().await?;
    let row = get_configuration(&mut tx, guard, configuration_id).await?;
    check_open(&mut tx, guard, &row, revision).await?;
    let version = find_number(&mut tx, &row, number).await?;
    let settings = parse_settings(&version.settings)?;
    if !write_draft(
        &mut tx,
        guard,
        &row,
        revision,
        StepId::Bugs,
        &settings,
        &version.settings,
    )
    .await?
    {
        let row = get_configuration(&mut tx, guard, configuration_id).await?;
        return Err(saved_meanwhile(&mut tx, guard, &row).await?);
    }
    let (name, connection) = name_of(&mut tx, guard, &row).await?;
    audit::record_about(
        &mut tx,
        guard.viewer(),
        &row.connection_id,
        AuditAction::VersionRestored,
        &row.id,
        &format!("Version {number} of {name} on {connection} into the draft"),
    );
    tx.commit().await?;
    let live = guard.state().live();
    live.send(LiveEvent::ConfigurationChanged(row.id.clone()));
    let page = target::versions(guard.project_id().as_str(), &row.id);
    request::redirect(&format!("{page}?done=restored"));
    Ok(())
}

async fn find_number(tx: &mut Tx, row: &ConfigurationRow, number: i64) -> Result<VersionRow> {
    configuration::find_version_number(tx, &row.id, number)
        .await?
        .ok_or(Error::NotFound("version"))
}
