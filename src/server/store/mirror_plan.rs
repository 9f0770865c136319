//! The mirror of Jira's releases and sprints: short lists that are always read whole.
//!
//! Like issues they are marked as gone, never deleted. Only the sync writes here; `plan` reads.

use jiff::Timestamp;

use crate::{
    domain::sync_plan::{KnownItem, MirrorRelease, MirrorSprint},
    server::store::{StoreError, Tx},
};

/// What is known of the releases of a configuration.
///
/// # Errors
/// As every store function.
pub async fn list_known_releases(tx: &mut Tx, configuration_id: &str) -> Result<Vec<KnownItem>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String, String, Option<i64>),
        "SELECT jira_id, hash, gone_at FROM release WHERE configuration_id = $1",
        configuration_id,
    )?;
    Ok(rows
        .into_iter()
        .map(|(jira_id, hash, gone)| KnownItem {
            jira_id,
            hash,
            gone: gone.is_some(),
        })
        .collect())
}

/// What is known of the sprints of a configuration.
///
/// # Errors
/// As every store function.
pub async fn list_known_sprints(tx: &mut Tx, configuration_id: &str) -> Result<Vec<KnownItem>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, String, Option<i64>),
        "SELECT jira_id, hash, gone_at FROM sprint WHERE configuration_id = $1",
        configuration_id,
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, hash, gone)| KnownItem {
            jira_id: id.to_string(),
            hash,
            gone: gone.is_some(),
        })
        .collect())
}

/// Stores a release; one that was gone is back.
///
/// # Errors
/// As every store function.
pub async fn save_release(
    tx: &mut Tx,
    configuration_id: &str,
    row: &MirrorRelease,
    position: i64,
) -> Result<(), StoreError> {
    let release = &row.release;
    execute!(
        tx,
        "INSERT INTO release (configuration_id, jira_id, name, description, start_date, release_date, released,
             archived, position, selected, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (configuration_id, jira_id) DO UPDATE SET name = excluded.name, description = excluded.description,
             start_date = excluded.start_date, release_date = excluded.release_date, released = excluded.released,
             archived = excluded.archived, position = excluded.position, selected = excluded.selected,
             hash = excluded.hash, gone_at = NULL",
        configuration_id,
        &release.id,
        &release.name,
        &release.description,
        release.start_date.map(|date| date.to_string()),
        release.release_date.map(|date| date.to_string()),
        release.released,
        release.archived,
        position,
        row.selected,
        &row.hash,
    )?;
    Ok(())
}

/// Moves a release to its place in Jira's order.
///
/// # Errors
/// As every store function.
pub async fn move_release(
    tx: &mut Tx,
    configuration_id: &str,
    jira_id: &str,
    position: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE release SET position = $3 WHERE configuration_id = $1 AND jira_id = $2 AND position <> $3",
        configuration_id,
        jira_id,
        position,
    )?;
    Ok(())
}

/// Stores a sprint; one that was gone is back.
///
/// # Errors
/// As every store function.
pub async fn save_sprint(tx: &mut Tx, configuration_id: &str, row: &MirrorSprint) -> Result<(), StoreError> {
    let sprint = &row.sprint;
    execute!(
        tx,
        "INSERT INTO sprint (configuration_id, jira_id, name, state, start_at, end_at, completed_at, goal, board_id,
             selected, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (configuration_id, jira_id) DO UPDATE SET name = excluded.name, state = excluded.state,
             start_at = excluded.start_at, end_at = excluded.end_at, completed_at = excluded.completed_at,
             goal = excluded.goal, board_id = excluded.board_id, selected = excluded.selected, hash = excluded.hash,
             gone_at = NULL",
        configuration_id,
        sprint.id,
        &sprint.name,
        sprint.state.code(),
        sprint.start_at.map(Timestamp::as_millisecond),
        sprint.end_at.map(Timestamp::as_millisecond),
        sprint.completed_at.map(Timestamp::as_millisecond),
        &sprint.goal,
        sprint.board_id,
        row.selected,
        &row.hash,
    )?;
    Ok(())
}

/// Marks a release as gone.
///
/// # Errors
/// As every store function.
pub async fn mark_release_gone(
    tx: &mut Tx,
    configuration_id: &str,
    jira_id: &str,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE release SET gone_at = $3 WHERE configuration_id = $1 AND jira_id = $2 AND gone_at IS NULL",
        configuration_id,
        jira_id,
        now,
    )?;
    Ok(())
}

/// Marks a sprint as gone.
///
/// # Errors
/// As every store function.
pub async fn mark_sprint_gone(
    tx: &mut Tx,
    configuration_id: &str,
    jira_id: i64,
    now: i64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE sprint SET gone_at = $3 WHERE configuration_id = $1 AND jira_id = $2 AND gone_at IS NULL",
        configuration_id,
        jira_id,
        now,
    )?;
    Ok(())
}
