//! What a sync changes: planned purely, applied elsewhere.
//!
//! The planner compares a page of Jira's answer with the rows that are known and returns actions. The
//! newer `updated` wins, unless the issue was read by its id; applying is idempotent, and planning right after applying finds nothing to
//! do. What a complete listing no longer shows is for the sync to confirm by a read of the id.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    jira::{Issue, Release, Sprint},
    mirror_issue::{MapContext, MirrorIssue, ScopeReason, content_hash, map_issue},
    wizard::Settings,
};

/// What is known of a mirrored issue, as far as the planner needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIssue {
    /// Jira's id.
    pub jira_id: String,
    /// Hash of the raw answer.
    pub raw_hash: String,
    /// Hash of the mapped row.
    pub mapped_hash: String,
    /// Jira's `updated` of the stored answer.
    pub updated_at: Timestamp,
    /// Marked *Deleted in Jira*.
    pub gone: bool,
    /// Kept for its links although it is out of scope.
    pub out_of_scope: bool,
}

/// One issue of a page with the hash of its raw answer.
#[derive(Clone, Debug, PartialEq)]
pub struct PulledIssue {
    /// The issue.
    pub issue: Issue,
    /// Hash of the raw JSON, made by the one who read it.
    pub raw_hash: String,
    /// It was read by its id, not from a listing: it is how Jira has it now, whatever its time says. After
    /// Jira was restored from a backup it is older than what is known.
    pub read_by_id: bool,
}

/// What to do with one issue.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Not known yet.
    Insert(Box<MirrorIssue>),
    /// Known and different (or back from the dead).
    Update(Box<MirrorIssue>),
    /// Known and equal; Jira id.
    Unchanged(String),
    /// The stored answer is newer than this one; Jira id.
    StaleSkipped(String),
    /// Not, or no longer, ours.
    OutOfScope {
        /// Jira id.
        jira_id: String,
        /// Why.
        reason: ScopeReason,
        /// Whether a known row has to be marked; false means there is nothing to write.
        leaves: bool,
    },
}

/// Actions of one page, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PagePlan {
    /// One action per issue of the page; an id that occurs twice has its newer copy planned once.
    pub actions: Vec<Action>,
}

/// Counts of a run. Every issue that was seen is in exactly one of the first three, quarantined or
/// out of scope; `gone` were not seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCounts {
    /// Inserted.
    pub new: u64,
    /// Updated.
    pub changed: u64,
    /// Seen and left as they were.
    pub unchanged: u64,
    /// Marked as deleted in Jira.
    pub gone: u64,
    /// Could not be read; kept aside with the reason.
    pub quarantined: u64,
    /// Seen and not ours.
    pub out_of_scope: u64,
}

impl SyncCounts {
    /// Issues seen in Jira's answers.
    pub fn seen(&self) -> u64 {
        self.new + self.changed + self.unchanged + self.quarantined + self.out_of_scope
    }

    /// Whether the run wrote nothing.
    pub fn is_quiet(&self) -> bool {
        self.new == 0 && self.changed == 0 && self.gone == 0
    }

    /// Adds the counts of another page.
    pub fn add(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.gone += other.gone;
        self.quarantined += other.quarantined;
        self.out_of_scope += other.out_of_scope;
    }
}

/// Plans one page. `known` holds at least the rows of the issues on the page (others do no harm).
pub fn plan_page(
    known: &[KnownIssue],
    page: &[PulledIssue],
    settings: &Settings,
    context: MapContext<'_>,
) -> PagePlan {
    let known: BTreeMap<&str, &KnownIssue> = known.iter().map(|row| (row.jira_id.as_str(), row)).collect();
    // A page that shifted while it was read can hold an issue twice: the newer copy counts, and of
    // equally new ones the later.
    let mut newest: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, pulled) in page.iter().enumerate() {
        let best = newest.entry(pulled.issue.id.as_str()).or_insert(at);
        if page[*best].issue.updated_at <= pulled.issue.updated_at {
            *best = at;
        }
    }
    let actions = page
        .iter()
        .enumerate()
        .filter(|(at, pulled)| newest.get(pulled.issue.id.as_str()) == Some(at))
        .map(|(_, pulled)| {
            plan_issue(
                known.get(pulled.issue.id.as_str()).copied(),
                pulled,
                settings,
                context,
            )
        })
        .collect();
    PagePlan { actions }
}

/// Plans one issue against its known row.
pub fn plan_issue(
    known: Option<&KnownIssue>,
    pulled: &PulledIssue,
    settings: &Settings,
    context: MapContext<'_>,
) -> Action {
    let issue = &pulled.issue;
    if !pulled.read_by_id && known.is_some_and(|known| issue.updated_at < known.updated_at) {
        return Action::StaleSkipped(issue.id.clone());
    }
    let row = match map_issue(issue, &pulled.raw_hash, settings, context) {
        Ok(row) => row,
        Err(reason) => {
            let leaves = known.is_some_and(|known| !known.out_of_scope);
            return Action::OutOfScope {
                jira_id: issue.id.clone(),
                reason,
                leaves,
            };
        }
    };
    match known {
        None => Action::Insert(Box::new(row)),
        Some(known)
            if !known.gone
                && !known.out_of_scope
                && known.raw_hash == row.raw_hash
                && known.mapped_hash == row.mapped_hash =>
        {
            Action::Unchanged(row.jira_id)
        }
        Some(_) => Action::Update(Box::new(row)),
    }
}

/// A mirrored release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorRelease {
    /// As Jira has it.
    pub release: Release,
    /// Whether the settings show it; the others are kept for release dates only.
    pub selected: bool,
    /// Hash of the above.
    pub hash: String,
}

/// A mirrored sprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorSprint {
    /// As Jira has it.
    pub sprint: Sprint,
    /// Whether the settings show it.
    pub selected: bool,
    /// Hash of the above.
    pub hash: String,
}

/// What is known of a mirrored release or sprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownItem {
    /// Jira's id as text.
    pub jira_id: String,
    /// Hash of the row.
    pub hash: String,
    /// Marked as deleted in Jira.
    pub gone: bool,
}

/// Changes of a short list that is always read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPlan<T> {
    /// Not known yet.
    pub insert: Vec<T>,
    /// Different, or back.
    pub update: Vec<T>,
    /// Equal; Jira ids.
    pub unchanged: Vec<String>,
    /// Not listed any more; Jira ids. Empty when the listing was not complete.
    pub gone: Vec<String>,
}

/// Plans the releases. `complete` says that `listing` is all there is.
pub fn plan_releases(
    known: &[KnownItem],
    listing: &[Release],
    settings: &Settings,
    complete: bool,
) -> ListPlan<MirrorRelease> {
    let rows = listing.iter().map(|release| {
        let selected = settings.releases.selects(release);
        let hash = content_hash(&(release, selected));
        (
            release.id.clone(),
            hash.clone(),
            MirrorRelease {
                release: release.clone(),
                selected,
                hash,
            },
        )
    });
    plan_list(known, rows, complete)
}

/// Plans the sprints; `closed_since` as in [`crate::domain::wizard::SprintSettings::selects`].
pub fn plan_sprints(
    known: &[KnownItem],
    listing: &[Sprint],
    settings: &Settings,
    closed_since: Timestamp,
    complete: bool,
) -> ListPlan<MirrorSprint> {
    let rows = listing.iter().map(|sprint| {
        let selected = settings.pulls_sprints() && settings.sprints.selects(sprint, closed_since);
        let hash = content_hash(&(sprint, selected));
        (
            sprint.id.to_string(),
            hash.clone(),
            MirrorSprint {
                sprint: sprint.clone(),
                selected,
                hash,
            },
        )
    });
    plan_list(known, rows, complete)
}

fn plan_list<T>(
    known: &[KnownItem],
    rows: impl Iterator<Item = (String, String, T)>,
    complete: bool,
) -> ListPlan<T> {
    let known_by_id: BTreeMap<&str, &KnownItem> =
        known.iter().map(|row| (row.jira_id.as_str(), row)).collect();
    let mut plan = ListPlan {
        insert: Vec::new(),
        update: Vec::new(),
        unchanged: Vec::new(),
        gone: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    for (id, hash, row) in rows {
        // A listing that repeats an id (it shifted between two pages) counts once.
        if !seen.insert(id.clone()) {
            continue;
        }
        match known_by_id.get(id.as_str()) {
            None => plan.insert.push(row),
            Some(known) if !known.gone && known.hash == hash => plan.unchanged.push(id),
            Some(_) => plan.update.push(row),
        }
    }
    if complete {
        let missing = known
            .iter()
            .filter(|row| !row.gone && !seen.contains(&row.jira_id));
        plan.gone = missing.map(|row| row.jira_id.clone()).collect();
    }
    plan
}

#[cfg(test)]
#[path = "sync_plan_tests.rs"]
mod tests;
