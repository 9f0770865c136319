//! Which date is a requirement's release date, and why.
//!
//! Up to three sources are asked in order; the first that has a value wins. An issue with several fix
//! versions counts the earliest dated unreleased one, else the latest released one; with several
//! sprints the active one's end, else the next future one's, else the last closed one's. Every source
//! that was asked says what it found, so that the requirement page can explain the date. Today's date
//! plays no part: planning twice on two days gives the same answer.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::domain::{
    dates::format_date,
    jira::{FieldValue, Issue, Release, Sprint, SprintState},
};

/// At most this many sources.
pub const MAX_SOURCES: usize = 3;

/// Where a release date may come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum DateSource {
    /// Release date of a fix version.
    FixVersionDate,
    /// End of a sprint.
    SprintEndDate,
    /// Due date of the issue.
    DueDate,
    /// Day the issue was resolved.
    ResolvedDate,
    /// A custom date or date-time field.
    CustomField {
        /// Field id, `customfield_10042`.
        id: String,
    },
}

impl DateSource {
    /// Stable text for forms; a custom field's own id for [`DateSource::CustomField`].
    pub fn code(&self) -> &str {
        match self {
            Self::FixVersionDate => "fix_version_date",
            Self::SprintEndDate => "sprint_end_date",
            Self::DueDate => "due_date",
            Self::ResolvedDate => "resolved_date",
            Self::CustomField { id } => id,
        }
    }

    /// The source of a form code. Custom fields are recognised by Jira's `customfield_` prefix.
    pub fn find(code: &str) -> Option<Self> {
        match code {
            "fix_version_date" => Some(Self::FixVersionDate),
            "sprint_end_date" => Some(Self::SprintEndDate),
            "due_date" => Some(Self::DueDate),
            "resolved_date" => Some(Self::ResolvedDate),
            _ => {
                let number = code.strip_prefix("customfield_")?;
                let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
                plain.then(|| Self::CustomField { id: code.to_owned() })
            }
        }
    }

    /// Words for pages; a custom field shows its name from the field list instead.
    pub fn label(&self) -> &str {
        match self {
            Self::FixVersionDate => "Fix version date",
            Self::SprintEndDate => "Sprint end date",
            Self::DueDate => "Due date",
            Self::ResolvedDate => "Resolved date",
            Self::CustomField { id } => id,
        }
    }
}

/// The date that won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseDate {
    /// The day.
    pub date: Date,
    /// The source that supplied it.
    pub source: DateSource,
    /// Why this date, in words.
    pub why: String,
}

/// What one source had to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// The source.
    pub source: DateSource,
    /// Its date, if it has one.
    pub date: Option<Date>,
    /// Where the date comes from, or why there is none.
    pub why: String,
    /// Whether this is the date that is used.
    pub used: bool,
}

/// Asks every source and marks the one that wins: the first with a date, in the given order.
///
/// `releases` and `sprints` are all that are known of the Jira project; `to_date` gives the calendar
/// day of a moment in the organisation's time zone.
pub fn consider(
    issue: &Issue,
    sources: &[DateSource],
    releases: &[Release],
    sprints: &[Sprint],
    to_date: &dyn Fn(Timestamp) -> Date,
) -> Vec<Considered> {
    let mut decided = false;
    sources
        .iter()
        .map(|source| {
            let (date, why) = match source {
                DateSource::FixVersionDate => fix_version_date(issue, releases),
                DateSource::SprintEndDate => sprint_end_date(issue, sprints, to_date),
                DateSource::DueDate => match issue.due_date {
                    Some(date) => (Some(date), "the due date of the work item".to_owned()),
                    None => (None, "no due date".to_owned()),
                },
                DateSource::ResolvedDate => match issue.resolved_at {
                    Some(at) => (Some(to_date(at)), "the day it was resolved".to_owned()),
                    None => (None, "not resolved".to_owned()),
                },
                DateSource::CustomField { id } => custom_date(issue, id, to_date),
            };
            let used = !decided && date.is_some();
            decided |= used;
            Considered {
                source: source.clone(),
                date,
                why,
                used,
            }
        })
        .collect()
}

/// What the sources of [`consider`] say beside the date that is stored, which is the one that counts: the
/// rules only explain it, and may come to another one when a release moved after the issue was read.
/// `is_known` tells whether the value of a source is mirrored at all: a field that is no further field is
/// stored only where it won.
pub fn explain_stored(
    found: Vec<Considered>,
    stored: Option<&ReleaseDate>,
    is_known: &dyn Fn(&DateSource) -> bool,
) -> Vec<Considered> {
    let mut decided = false;
    found
        .into_iter()
        .map(|mut considered| {
            let now_first = considered.used;
            let of_this = stored.filter(|stored| stored.source == considered.source);
            considered.used = of_this.is_some();
            match (of_this, considered.date) {
                (Some(stored), date) if date != Some(stored.date) => {
                    considered.date = Some(stored.date);
                    "as of the last sync".clone_into(&mut considered.why);
                }
                (None, _) if now_first => considered.why.push_str("; counts from the next sync"),
                (None, Some(_)) => considered.why.push_str("; not used, an earlier field has a date"),
                (None, None) if decided && !is_known(&considered.source) => {
                    "not asked, an earlier field has a date".clone_into(&mut considered.why);
                }
                _ => {}
            }
            decided |= considered.used;
            considered
        })
        .collect()
}

/// The date that wins, `None` when no source has one. Arguments as in [`consider`].
pub fn release_date(
    issue: &Issue,
    sources: &[DateSource],
    releases: &[Release],
    sprints: &[Sprint],
    to_date: &dyn Fn(Timestamp) -> Date,
) -> Option<ReleaseDate> {
    consider(issue, sources, releases, sprints, to_date)
        .into_iter()
        .find(|found| found.used)
        .and_then(|found| {
            found.date.map(|date| ReleaseDate {
                date,
                source: found.source,
                why: found.why,
            })
        })
}

fn fix_version_date(issue: &Issue, releases: &[Release]) -> (Option<Date>, String) {
    let own: Vec<&Release> = releases
        .iter()
        .filter(|release| issue.release_ids.contains(&release.id))
        .collect();
    let dated = |released: bool| {
        own.iter()
            .copied()
            .filter(move |release| release.released == released)
            .filter_map(|release| release.release_date.map(|date| (date, &release.id, release)))
    };
    // The id decides between equal dates, so that the order of Jira's answer does not matter.
    if let Some((date, _, release)) = dated(false).min_by_key(|(date, id, _)| (*date, *id)) {
        let among = if own.len() > 1 {
            ", the earliest unreleased one with a date"
        } else {
            ""
        };
        return (Some(date), format!("release {}{among}", release.name));
    }
    if let Some((date, _, release)) = dated(true).max_by_key(|(date, id, _)| (*date, *id)) {
        let among = if own.len() > 1 {
            ", the latest released one"
        } else {
            ""
        };
        return (Some(date), format!("release {}{among}", release.name));
    }
    let why = if issue.release_ids.is_empty() {
        "no fix version".to_owned()
    } else if let [only] = own.as_slice() {
        format!("release {} has no date", only.name)
    } else if own.is_empty() {
        "its fix version is not known here".to_owned()
    } else {
        "none of its fix versions has a date".to_owned()
    };
    (None, why)
}

fn sprint_end_date(
    issue: &Issue,
    sprints: &[Sprint],
    to_date: &dyn Fn(Timestamp) -> Date,
) -> (Option<Date>, String) {
    let own: Vec<&Sprint> = sprints
        .iter()
        .filter(|sprint| issue.sprint_ids.contains(&sprint.id))
        .collect();
    let ending = |state: SprintState| {
        own.iter()
            .copied()
            .filter(move |sprint| sprint.state == state)
            .filter_map(|sprint| {
                sprint
                    .end_at
                    .or(sprint.completed_at)
                    .map(|end| (end, sprint.id, sprint))
            })
    };
    let earliest = |state| ending(state).min_by_key(|(end, id, _)| (*end, *id));
    let found = earliest(SprintState::Active)
        .map(|found| (found, "the active sprint"))
        .or_else(|| earliest(SprintState::Future).map(|found| (found, "the next future sprint")))
        .or_else(|| {
            let last = ending(SprintState::Closed).max_by_key(|(end, id, _)| (*end, *id));
            last.map(|found| (found, "the last closed sprint"))
        });
    if let Some(((end, _, sprint), which)) = found {
        return (Some(to_date(end)), format!("{}, {which}", sprint.name));
    }
    let why = if issue.sprint_ids.is_empty() {
        "in no sprint".to_owned()
    } else if let [only] = own.as_slice() {
        format!("{} has no end date", only.name)
    } else if own.is_empty() {
        "its sprint is not known here".to_owned()
    } else {
        "none of its sprints has an end date".to_owned()
    };
    (None, why)
}

fn custom_date(issue: &Issue, id: &str, to_date: &dyn Fn(Timestamp) -> Date) -> (Option<Date>, String) {
    match issue.custom.get(id) {
        Some(FieldValue::Date(date)) => (Some(*date), format!("the field says {}", format_date(*date))),
        Some(FieldValue::DateTime(at)) => (Some(to_date(*at)), "the field holds a date and time".to_owned()),
        Some(_) => (None, "the field holds no date".to_owned()),
        None => (None, "the field is empty".to_owned()),
    }
}

#[cfg(test)]
#[path = "release_date_tests.rs"]
mod tests;
