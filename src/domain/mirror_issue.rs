//! One issue of Jira as Traceline keeps it: mapped, dated, with the rules that gave each value.
//!
//! [`map_issue`] is the only place where settings meet an issue. Dry run, preview, sync and re-mapping
//! all call it, so they cannot disagree. Same inputs give the same row and the same `mapped_hash`,
//! whatever the order in which Jira lists releases, sprints and values.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::domain::{
    jira::{FieldValue, Issue, JiraUser, NamedValue, Release, Sprint, StatusCategory},
    mapping::{BugStatus, Mapped, Priority, RequirementStatus, Rule, Severity, Target, Tone},
    release_date::{ReleaseDate, release_date},
    rich_text::RichText,
    wizard::{BugStatusSource, Settings},
};

/// What a mirrored issue is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// Of a type chosen in step 5.
    Requirement,
    /// Of a type chosen in step 6.
    Bug,
}

impl IssueKind {
    /// Stable text for storage.
    pub fn code(self) -> &'static str {
        match self {
            Self::Requirement => "requirement",
            Self::Bug => "bug",
        }
    }
}

/// The mapped state, in the list of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MappedStatus {
    /// State of a requirement.
    Requirement(Mapped<RequirementStatus>),
    /// State of a bug.
    Bug(Mapped<BugStatus>),
}

impl MappedStatus {
    /// The state of a stored code and rule; `None` when one of them is none.
    pub fn find(kind: IssueKind, code: &str, rule: &str) -> Option<Self> {
        let rule = Rule::find(rule)?;
        Some(match kind {
            IssueKind::Requirement => Self::Requirement(Mapped {
                value: RequirementStatus::find(code)?,
                rule,
            }),
            IssueKind::Bug => Self::Bug(Mapped {
                value: BugStatus::find(code)?,
                rule,
            }),
        })
    }

    /// Text for pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Requirement(status) => status.value.label(),
            Self::Bug(status) => status.value.label(),
        }
    }

    /// The state in words that say when nobody chose it: `Open by default`.
    pub fn words(self) -> String {
        if self.is_default() {
            format!("{} by default", self.label())
        } else {
            self.label().to_owned()
        }
    }

    /// Colour family: what is not mapped needs a look, whatever it counts as.
    pub fn tone(self) -> Tone {
        match self {
            _ if self.is_default() => Tone::Warn,
            Self::Requirement(status) => status.value.tone(),
            Self::Bug(status) => status.value.tone(),
        }
    }

    /// Whether Jira's value is not mapped, so that the table's default stands in.
    pub fn is_default(self) -> bool {
        let rule = match self {
            Self::Requirement(status) => status.rule,
            Self::Bug(status) => status.rule,
        };
        rule == Rule::Default
    }
}

/// A row of the mirror.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MirrorIssue {
    /// Jira's id of the issue: the key of the row.
    pub jira_id: String,
    /// Current key.
    pub key: String,
    /// Requirement or bug.
    pub kind: IssueKind,
    /// Work item type.
    pub issue_type: NamedValue,
    /// Summary.
    pub summary: String,
    /// Description.
    pub description: RichText,
    /// Mapped state.
    pub status: MappedStatus,
    /// Jira's status.
    pub jira_status: NamedValue,
    /// Jira's status category.
    pub status_category: StatusCategory,
    /// Jira's resolution.
    pub resolution: Option<NamedValue>,
    /// Mapped priority.
    pub priority: Mapped<Priority>,
    /// Jira's priority.
    pub jira_priority: Option<NamedValue>,
    /// Mapped severity; bugs with a chosen severity field only.
    pub severity: Option<Mapped<Severity>>,
    /// Jira's value of the severity field.
    pub jira_severity: Option<NamedValue>,
    /// Assignee.
    pub assignee: Option<JiraUser>,
    /// Reporter.
    pub reporter: Option<JiraUser>,
    /// Labels.
    pub labels: Vec<String>,
    /// Components.
    pub components: Vec<NamedValue>,
    /// Releases, by Jira id, in Jira's order.
    pub release_ids: Vec<String>,
    /// Sprints, by Jira id, in Jira's order.
    pub sprint_ids: Vec<i64>,
    /// Key of the parent.
    pub parent_key: Option<String>,
    /// Whether Jira has a security level on it.
    pub secured: bool,
    /// Release date with its source; requirements only.
    pub release_date: Option<ReleaseDate>,
    /// Due date.
    pub due_date: Option<Date>,
    /// Created.
    pub created_at: Timestamp,
    /// Last change, Jira's clock.
    pub updated_at: Timestamp,
    /// Resolved.
    pub resolved_at: Option<Timestamp>,
    /// Further fields that were chosen and have a value, by field id.
    pub further: BTreeMap<String, FieldValue>,
    /// Hash of the raw answer this row was read from.
    pub raw_hash: String,
    /// Hash of everything above: changes when any shown or counted value changes.
    pub mapped_hash: String,
}

/// What mapping needs beside settings and issue.
#[derive(Clone, Copy)]
pub struct MapContext<'a> {
    /// All releases of the Jira project.
    pub releases: &'a [Release],
    /// All known sprints.
    pub sprints: &'a [Sprint],
    /// Calendar day of a moment in the organisation's time zone.
    pub to_date: &'a dyn Fn(Timestamp) -> Date,
}

/// Why an issue is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeReason {
    /// It is in another Jira project now.
    OtherProject,
    /// Its type was chosen neither for requirements nor for bugs.
    TypeNotChosen,
}

impl ScopeReason {
    /// Words for pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::OtherProject => "moved to another Jira project",
            Self::TypeNotChosen => "its work item type is not chosen",
        }
    }
}

/// What an issue is under these settings, or why it is nothing.
///
/// # Errors
/// The reason why the issue is out of scope.
pub fn kind_of(issue: &Issue, settings: &Settings) -> Result<IssueKind, ScopeReason> {
    if settings
        .project
        .as_ref()
        .is_none_or(|project| project.id != issue.project_id)
    {
        return Err(ScopeReason::OtherProject);
    }
    if settings.pull_requirements && settings.requirement.type_ids.contains(&issue.issue_type.id) {
        return Ok(IssueKind::Requirement);
    }
    if settings.bug_mapping && settings.bugs.type_ids.contains(&issue.issue_type.id) {
        return Ok(IssueKind::Bug);
    }
    Err(ScopeReason::TypeNotChosen)
}

/// The option that a severity field holds; of several options the first.
pub fn severity_value<'a>(issue: &'a Issue, field_id: &str) -> Option<&'a NamedValue> {
    match issue.custom.get(field_id)? {
        FieldValue::Option(value) => Some(value),
        FieldValue::Options(values) => values.first(),
        _ => None,
    }
}

/// Maps one issue.
///
/// # Errors
/// The reason why the issue is out of scope.
pub fn map_issue(
    issue: &Issue,
    raw_hash: &str,
    settings: &Settings,
    context: MapContext<'_>,
) -> Result<MirrorIssue, ScopeReason> {
    let kind = kind_of(issue, settings)?;
    let id = |value: &Option<NamedValue>| value.as_ref().map(|value| value.id.clone());
    let (status, severity, jira_severity, date) = match kind {
        IssueKind::Requirement => {
            let status = settings.requirement.statuses.map(Some(&issue.status.id));
            let sources = settings.date_sources();
            let date = release_date(
                issue,
                &sources,
                context.releases,
                context.sprints,
                context.to_date,
            );
            (MappedStatus::Requirement(status), None, None, date)
        }
        IssueKind::Bug => {
            let status = match settings.bugs.status_source {
                BugStatusSource::Status => settings.bugs.statuses.map(Some(&issue.status.id)),
                BugStatusSource::Resolution => {
                    settings.bugs.resolutions.map(id(&issue.resolution).as_deref())
                }
            };
            let field = settings.bugs.severity_field.as_deref();
            let jira_severity = field.and_then(|field| severity_value(issue, field)).cloned();
            let severity = field.map(|_| settings.bugs.severities.map(id(&jira_severity).as_deref()));
            (MappedStatus::Bug(status), severity, jira_severity, None)
        }
    };
    let further = settings
        .requirement
        .further_fields
        .iter()
        .filter_map(|field| {
            issue
                .custom
                .get(field)
                .map(|value| (field.clone(), value.clone()))
        })
        .collect();
    let mut row = MirrorIssue {
        jira_id: issue.id.clone(),
        key: issue.key.clone(),
        kind,
        issue_type: issue.issue_type.clone(),
        summary: issue.summary.clone(),
        description: issue.description.clone(),
        status,
        jira_status: issue.status.clone(),
        status_category: issue.status_category,
        resolution: issue.resolution.clone(),
        priority: settings.priorities.map(id(&issue.priority).as_deref()),
        jira_priority: issue.priority.clone(),
        severity,
        jira_severity,
        assignee: issue.assignee.clone(),
        reporter: issue.reporter.clone(),
        labels: issue.labels.clone(),
        components: issue.components.clone(),
        release_ids: issue.release_ids.clone(),
        sprint_ids: issue.sprint_ids.clone(),
        parent_key: issue.parent_key.clone(),
        secured: issue.secured,
        release_date: date,
        due_date: issue.due_date,
        created_at: issue.created_at,
        updated_at: issue.updated_at,
        resolved_at: issue.resolved_at,
        further,
        raw_hash: raw_hash.to_owned(),
        mapped_hash: String::new(),
    };
    row.mapped_hash = content_hash(&row);
    Ok(row)
}

/// Hash of a value's JSON, 32 hexadecimal digits: tells versions of a row apart. No protection
/// against somebody who wants two values to collide; the worst outcome is a missed refresh.
pub fn content_hash<T: Serialize>(value: &T) -> String {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    // A value that cannot be written (a map with odd keys) does not exist among our types; should it
    // ever, the constant hash only costs needless comparisons, never a lost row.
    let json = serde_json::to_vec(value).unwrap_or_default();
    let hash = json.iter().fold(OFFSET, |hash, byte| {
        (hash ^ u128::from(*byte)).wrapping_mul(PRIME)
    });
    format!("{hash:032x}")
}

#[cfg(test)]
#[path = "mirror_issue_tests.rs"]
mod tests;
