//! Rows of the mirror for tests that only read it, written as the sync would leave them.

use jiff::{Timestamp, civil::Date};
use traceline::{
    domain::{
        jira::{JiraProject, NamedValue, StatusCategory},
        mapping::{BugStatus, Mapped, Priority, RequirementStatus, Rule, Severity, Target},
        mirror_issue::{IssueKind, MappedStatus, MirrorIssue},
        rich_text::RichText,
        wizard::Settings,
    },
    server::random,
};

use crate::harness::TestApp;

pub fn named(id: &str, name: &str) -> NamedValue {
    NamedValue {
        id: id.into(),
        name: name.into(),
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A story that is to do, in no release and no sprint.
pub fn requirement(id: &str, key: &str) -> MirrorIssue {
    MirrorIssue {
        jira_id: id.into(),
        key: key.into(),
        kind: IssueKind::Requirement,
        issue_type: named("10", "Story"),
        summary: format!("Summary of {key}"),
        description: RichText::default(),
        status: MappedStatus::Requirement(Mapped {
            value: RequirementStatus::ToDo,
            rule: Rule::Chosen,
        }),
        jira_status: named("1", "Backlog"),
        status_category: StatusCategory::ToDo,
        resolution: None,
        priority: Mapped {
            value: Priority::Medium,
            rule: Rule::Default,
        },
        jira_priority: Some(named("3", "P3")),
        severity: None,
        jira_severity: None,
        assignee: None,
        reporter: None,
        labels: vec![],
        components: vec![],
        release_ids: vec![],
        sprint_ids: vec![],
        parent_key: None,
        secured: false,
        release_date: None,
        due_date: None,
        created_at: at("2026-01-02T08:00:00Z"),
        updated_at: at("2026-03-01T08:00:00Z"),
        resolved_at: None,
        further: std::collections::BTreeMap::new(),
        raw_hash: "raw".into(),
        mapped_hash: "mapped".into(),
    }
}

/// An open bug of a severity.
pub fn bug(id: &str, key: &str, severity: Severity) -> MirrorIssue {
    MirrorIssue {
        kind: IssueKind::Bug,
        issue_type: named("20", "Bug"),
        status: MappedStatus::Bug(Mapped {
            value: BugStatus::Open,
            rule: Rule::Chosen,
        }),
        severity: Some(Mapped {
            value: severity,
            rule: Rule::Chosen,
        }),
        ..requirement(id, key)
    }
}

impl TestApp {
    /// Links a Jira project; gives the configuration's id. `synced_at` is empty for never.
    pub async fn configuration(
        &self,
        project: &str,
        creator: &str,
        key: &str,
        status: &str,
        synced_at: &str,
    ) -> String {
        let (connection, configuration, version) = (random::new_id(), random::new_id(), random::new_id());
        self.run(
            "INSERT INTO connection (id, name, name_key, deployment, site_url, api_base, status, status_since, revision,
                 created_at, created_by, updated_at, updated_by)
             VALUES ($1, $1, $1, 'cloud', 'https://halden.example', 'https://halden.example', 'active', 0, 1, 0, $2, 0, $2)",
            &[&connection, creator],
        )
        .await;
        let settings = Settings {
            project: Some(JiraProject {
                id: "100".into(),
                key: key.into(),
                name: format!("{key} name"),
            }),
            ..Settings::default()
        };
        let settings = serde_json::to_string(&settings).unwrap();
        self.run(
            "INSERT INTO configuration (id, project_id, connection_id, status, status_reason, status_since, draft, draft_step,
                 draft_revision, draft_saved_at, draft_saved_by, proceeded_version_id, running_version_id, jira_project_id, jira_project_key,
                 jira_project_name, last_synced_at, created_at, created_by)
             VALUES ($1, $2, $3, $4, 'The token has expired.', 0, $5, 6, 1, 0, $6, $7, $7, '100', $8, $9,
                 CAST(NULLIF($10, '') AS BIGINT), 0, $6)",
            &[&configuration, project, &connection, status, &settings, creator, &version, key, &format!("{key} name"), synced_at],
        )
        .await;
        self.run(
            "INSERT INTO configuration_version (id, configuration_id, number, settings, created_at, created_by)
             VALUES ($1, $2, 1, $3, 0, $4)",
            &[&version, &configuration, &settings, creator],
        )
        .await;
        configuration
    }

    /// A release; empty dates are none.
    pub async fn release(
        &self,
        configuration: &str,
        id: &str,
        name: &str,
        dates: (&str, &str),
        released: bool,
    ) {
        self.run(
            "INSERT INTO release (configuration_id, jira_id, name, description, start_date, release_date, released, archived,
                 position)
             VALUES ($1, $2, $3, '', NULLIF($4, ''), NULLIF($5, ''), ($6 = 'true'), ('' = 'true'), CAST($2 AS BIGINT))",
            &[configuration, id, name, dates.0, dates.1, if released { "true" } else { "" }],
        )
        .await;
    }

    /// A sprint of whole days; empty dates are none.
    pub async fn sprint(&self, configuration: &str, id: &str, name: &str, state: &str, dates: (&str, &str)) {
        let ms = |date: &str| {
            if date.is_empty() {
                return String::new();
            }
            let day: Date = date.parse().unwrap();
            day.at(9, 0, 0, 0)
                .in_tz("UTC")
                .unwrap()
                .timestamp()
                .as_millisecond()
                .to_string()
        };
        self.run(
            "INSERT INTO sprint (configuration_id, jira_id, name, state, start_at, end_at, goal)
             VALUES ($1, CAST($2 AS BIGINT), $3, $4, CAST(NULLIF($5, '') AS BIGINT), CAST(NULLIF($6, '') AS BIGINT), 'Ship it')",
            &[configuration, id, name, state, &ms(dates.0), &ms(dates.1)],
        )
        .await;
    }

    /// An issue with its releases and sprints.
    pub async fn issue(&self, configuration: &str, issue: &MirrorIssue) {
        let (status, rule, kind) = match issue.status {
            MappedStatus::Requirement(status) => (status.value.code(), status.rule, "requirement"),
            MappedStatus::Bug(status) => (status.value.code(), status.rule, "bug"),
        };
        let body = serde_json::to_string(issue).unwrap();
        let date = issue
            .release_date
            .as_ref()
            .map(|found| found.date.to_string())
            .unwrap_or_default();
        self.run(
            "INSERT INTO issue (configuration_id, jira_id, key, kind, type_id, type_name, summary, status_name, status,
                 status_rule, priority, priority_rule, severity, severity_rule, assignee, secured, release_date,
                 jira_created_at, jira_updated_at, raw_hash, mapped_hash, body, raw, seen_run_id, summary_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $17, $10, $18, NULLIF($11, ''), NULLIF($19, ''), NULLIF($12, ''),
                 ($13 = 'true'), NULLIF($14, ''), 0, 0, 'raw', 'mapped', $15, '', 'run', $16)",
            &[
                configuration,
                &issue.jira_id,
                &issue.key,
                kind,
                &issue.issue_type.id,
                &issue.issue_type.name,
                &issue.summary,
                &issue.jira_status.name,
                status,
                issue.priority.value.code(),
                issue.severity.map_or("", |severity| severity.value.code()),
                issue.assignee.as_ref().map_or("", |user| user.name.as_str()),
                if issue.secured { "true" } else { "" },
                &date,
                &body,
                &issue.summary.to_lowercase(),
                rule.code(),
                issue.priority.rule.code(),
                issue.severity.map_or("", |severity| severity.rule.code()),
            ],
        )
        .await;
        for release in &issue.release_ids {
            self.run(
                "INSERT INTO issue_release (configuration_id, jira_id, release_id) VALUES ($1, $2, $3)",
                &[configuration, &issue.jira_id, release],
            )
            .await;
        }
        for sprint in &issue.sprint_ids {
            self.run(
                "INSERT INTO issue_sprint (configuration_id, jira_id, sprint_id) VALUES ($1, $2, CAST($3 AS BIGINT))",
                &[configuration, &issue.jira_id, &sprint.to_string()],
            )
            .await;
        }
    }

    /// Marks an issue as gone from Jira.
    pub async fn gone(&self, configuration: &str, jira_id: &str) {
        self.run("UPDATE issue SET gone_at = 1000, gone_reason = 'deleted' WHERE configuration_id = $1 AND jira_id = $2", &[
            configuration,
            jira_id,
        ])
        .await;
    }
}
