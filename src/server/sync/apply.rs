//! Writing what was planned, inside a transaction that has proven whose job it is.
//!
//! Everything here may run twice: the second time writes nothing and counts nothing. An issue counts
//! once in a run, however often a moving listing shows it.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    domain::{
        jira::{Release, Sprint},
        mirror_issue::{MapContext, ScopeReason},
        sync_plan::{Action, KnownIssue, PagePlan, SyncCounts, plan_page, plan_releases, plan_sprints},
        sync_status::GoneReason,
        wizard::Settings,
    },
    server::{
        error::Result,
        store::{
            Tx,
            mirror::{self, QuarantineRow},
            mirror_plan,
        },
        sync::snapshot::ReadPage,
    },
};

/// Which mirror is written, and by which run.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Configuration.
    pub configuration_id: &'a str,
    /// Marks what the run has seen in this pass.
    pub mark: &'a str,
    /// Settings in force.
    pub settings: &'a Settings,
    /// Now.
    pub now: i64,
}

/// Writes a page of issues; gives what it adds to the counts of the run.
///
/// # Errors
/// As the store.
pub async fn apply_page(tx: &mut Tx, place: Place<'_>, page: &ReadPage, dates: &Dates) -> Result<SyncCounts> {
    let mut ids: Vec<String> = page.issues.iter().map(|pulled| pulled.issue.id.clone()).collect();
    let readable = ids.clone();
    ids.extend(page.poisoned.iter().map(|poisoned| poisoned.jira_id.clone()));
    let rows = mirror::list_known(tx, place.configuration_id, &ids).await?;
    let counted: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row.seen_run_id == place.mark)
        .map(|row| row.known.jira_id.as_str())
        .collect();
    let known: Vec<_> = rows.iter().map(|row| row.known.clone()).collect();
    let plan = dates.plan(&known, page, place.settings);
    let mut counts = SyncCounts::default();
    let mut add = |jira_id: &str, count: fn(&mut SyncCounts) -> &mut u64| {
        if !counted.contains(jira_id) {
            *count(&mut counts) += 1;
        }
    };
    for action in &plan.actions {
        match action {
            Action::Insert(row) | Action::Update(row) => {
                let raw = page.raw.get(&row.jira_id).map_or(&[][..], Vec::as_slice);
                mirror::save_issue(tx, place.configuration_id, place.mark, row, raw).await?;
                if matches!(action, Action::Insert(_)) {
                    add(&row.jira_id, |counts| &mut counts.new);
                } else {
                    add(&row.jira_id, |counts| &mut counts.changed);
                }
            }
            Action::Unchanged(jira_id) | Action::StaleSkipped(jira_id) => {
                add(jira_id, |counts| &mut counts.unchanged);
            }
            Action::OutOfScope {
                jira_id,
                reason,
                leaves,
            } => {
                if *leaves {
                    mirror::mark_gone(
                        tx,
                        place.configuration_id,
                        jira_id,
                        gone_reason(*reason),
                        place.now,
                    )
                    .await?;
                }
                add(jira_id, |counts| &mut counts.out_of_scope);
            }
        }
    }
    mirror::touch_seen(tx, place.configuration_id, place.mark, &ids).await?;
    for poisoned in &page.poisoned {
        let row = QuarantineRow {
            jira_id: poisoned.jira_id.clone(),
            key: poisoned.key.clone(),
            reason: poisoned.reason.clone(),
            seen_run_id: place.mark.to_owned(),
            seen_at: place.now,
        };
        if mirror::save_quarantined(tx, place.configuration_id, &row, &poisoned.raw_hash).await? {
            counts.quarantined += 1;
        }
    }
    mirror::delete_quarantined(tx, place.configuration_id, &readable).await?;
    Ok(counts)
}

/// The reason that a row out of scope is marked with.
pub fn gone_reason(reason: ScopeReason) -> GoneReason {
    match reason {
        ScopeReason::OtherProject => GoneReason::Moved,
        ScopeReason::TypeNotChosen => GoneReason::Retyped,
    }
}

/// Writes the list of releases; only a whole one says which are gone.
///
/// # Errors
/// As the store.
pub async fn apply_releases(tx: &mut Tx, place: Place<'_>, listing: &[Release], whole: bool) -> Result<()> {
    let known = mirror_plan::list_known_releases(tx, place.configuration_id).await?;
    let plan = plan_releases(&known, listing, place.settings, whole);
    let position = |id: &str| {
        let at = listing
            .iter()
            .position(|release| release.id == id)
            .unwrap_or(listing.len());
        i64::try_from(at).unwrap_or(i64::MAX)
    };
    for row in plan.insert.iter().chain(&plan.update) {
        mirror_plan::save_release(tx, place.configuration_id, row, position(&row.release.id)).await?;
    }
    for id in &plan.unchanged {
        mirror_plan::move_release(tx, place.configuration_id, id, position(id)).await?;
    }
    for id in &plan.gone {
        mirror_plan::mark_release_gone(tx, place.configuration_id, id, place.now).await?;
    }
    Ok(())
}

/// Writes the list of sprints; only a whole one says which are gone.
///
/// # Errors
/// As the store.
pub async fn apply_sprints(
    tx: &mut Tx,
    place: Place<'_>,
    listing: &[Sprint],
    closed_since: Timestamp,
    whole: bool,
) -> Result<()> {
    let known = mirror_plan::list_known_sprints(tx, place.configuration_id).await?;
    let plan = plan_sprints(&known, listing, place.settings, closed_since, whole);
    for row in plan.insert.iter().chain(&plan.update) {
        mirror_plan::save_sprint(tx, place.configuration_id, row).await?;
    }
    for id in plan.gone.iter().filter_map(|id| id.parse().ok()) {
        mirror_plan::mark_sprint_gone(tx, place.configuration_id, id, place.now).await?;
    }
    Ok(())
}

/// What dates an issue: releases, sprints and the organisation's time zone.
#[derive(Debug)]
pub struct Dates {
    /// Releases that are there.
    pub releases: Vec<Release>,
    /// Sprints that are there.
    pub sprints: Vec<Sprint>,
    /// Zone of calendar days.
    pub zone: TimeZone,
}

impl Dates {
    fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// Plans a page. The context borrows a closure that no other thread may see, so it lives here only.
    fn plan(&self, known: &[KnownIssue], page: &ReadPage, settings: &Settings) -> PagePlan {
        let to_date = |at| self.day(at);
        let context = MapContext {
            releases: &self.releases,
            sprints: &self.sprints,
            to_date: &to_date,
        };
        plan_page(known, &page.issues, settings, context)
    }
}
