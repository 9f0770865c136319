//! Registrations, in the shapes of both deployments.
//!
//! Cloud knows `filters`, `excludeBody` and `secret` at the top; Data Center from version 10 keeps
//! them as strings in `configuration` and silently ignores them anywhere else. Neither ever gives a
//! secret back. The exact texts of refusals are not known for certain.

use serde_json::{Map, Value, json};

/// Every event an administrator can subscribe to.
pub(crate) const EVENTS: [&str; 46] = [
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "jira:worklog_updated",
    "comment_created",
    "comment_updated",
    "comment_deleted",
    "worklog_created",
    "worklog_updated",
    "worklog_deleted",
    "attachment_created",
    "attachment_deleted",
    "issuelink_created",
    "issuelink_deleted",
    "issue_property_set",
    "issue_property_deleted",
    "issuetype_created",
    "issuetype_updated",
    "issuetype_deleted",
    "project_created",
    "project_updated",
    "project_deleted",
    "project_soft_deleted",
    "project_restored_deleted",
    "project_archived",
    "project_restored_archived",
    "jira:version_created",
    "jira:version_updated",
    "jira:version_released",
    "jira:version_unreleased",
    "jira:version_moved",
    "jira:version_deleted",
    "jira:version_merged",
    "sprint_created",
    "sprint_updated",
    "sprint_started",
    "sprint_closed",
    "sprint_deleted",
    "board_created",
    "board_updated",
    "board_deleted",
    "board_configuration_changed",
    "filter_created",
    "filter_updated",
    "filter_deleted",
    "user_created",
];
/// Further events that are known; only the control command `emit` raises them.
const MORE_EVENTS: [&str; 10] = [
    "user_updated",
    "user_deleted",
    "option_voting_changed",
    "option_watching_changed",
    "option_unassigned_issues_changed",
    "option_subtasks_changed",
    "option_attachments_changed",
    "option_issuelinks_changed",
    "option_timetracking_changed",
    "jira:issue_moved",
];

/// Whether Jira has an event of the name.
pub(crate) fn is_event(name: &str) -> bool {
    EVENTS.contains(&name) || MORE_EVENTS.contains(&name)
}

/// A registration.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Registration {
    /// Number in `self`, `id` on Data Center.
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) url: String,
    pub(crate) events: Vec<String>,
    /// JQL; touches issue events only.
    pub(crate) filter: Option<String>,
    pub(crate) exclude_body: bool,
    pub(crate) secret: Option<String>,
    pub(crate) active: bool,
    /// Who wrote it last: id and display name.
    pub(crate) author: (String, String),
    /// Epoch milliseconds.
    pub(crate) created: i64,
    /// Epoch milliseconds.
    pub(crate) updated: i64,
    /// Data Center: `configuration` as sent, secret removed.
    pub(crate) configuration: Map<String, Value>,
    /// Data Center: anything else that is given back as sent.
    pub(crate) ssl: bool,
}

/// Who registers, and when.
pub(crate) struct Author<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) now_ms: i64,
}

fn text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}

/// Name, address and events, which both deployments demand.
fn read_common(
    body: &Value,
    before: Option<&Registration>,
    author: &Author<'_>,
) -> Result<Registration, String> {
    let name = text(&body["name"]).ok_or("The webhook needs a name.")?;
    let url = text(&body["url"]).ok_or("The webhook needs a URL.")?;
    let parsed = url::Url::parse(&url.replace(['{', '}', '$'], "")).ok();
    if !parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        return Err(format!("The URL '{url}' is not valid."));
    }
    let events: Vec<String> = match body["events"].as_array() {
        Some(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let known = |name: &String| is_event(name);
    if let Some(unknown) = events.iter().find(|name| !known(name)) {
        return Err(format!("The event '{unknown}' is not known."));
    }
    Ok(Registration {
        id: before.map_or(0, |before| before.id),
        name,
        url,
        events,
        active: true,
        ssl: true,
        author: (author.id.to_owned(), author.name.to_owned()),
        created: before.map_or(author.now_ms, |before| before.created),
        updated: author.now_ms,
        secret: before.and_then(|before| before.secret.clone()),
        ..Registration::default()
    })
}

/// The settings as Data Center keeps them from version 10 on: what it took before is shown so after an upgrade.
fn configure(one: &Registration) -> Map<String, Value> {
    let settings = [
        ("EXCLUDE_BODY", Some(one.exclude_body.to_string())),
        ("FILTERS", one.filter.clone()),
        ("DESCRIPTION", one.description.clone()),
    ];
    settings
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))))
        .collect()
}

/// Reads the body Cloud takes. An update without a secret keeps the old one.
///
/// # Errors
/// What is wrong with the body.
pub(crate) fn read_cloud(
    body: &Value,
    before: Option<&Registration>,
    author: &Author<'_>,
) -> Result<Registration, String> {
    let mut new = read_common(body, before, author)?;
    new.description = text(&body["description"]);
    new.filter = text(&body["filters"]["issue-related-events-section"]);
    new.exclude_body = body["excludeBody"] == true;
    new.configuration = configure(&new);
    new.active = body["enabled"] != false;
    if let Some(secret) = text(&body["secret"]) {
        new.secret = Some(secret);
    }
    Ok(new)
}

/// Reads the body Data Center takes: settings are strings inside `configuration`.
///
/// # Errors
/// What is wrong with the body.
pub(crate) fn read_data_center(
    body: &Value,
    before: Option<&Registration>,
    author: &Author<'_>,
) -> Result<Registration, String> {
    let mut new = read_common(body, before, author)?;
    new.active = body["active"] != false;
    new.ssl = body["sslVerificationRequired"] != false;
    new.configuration = body["configuration"].as_object().cloned().unwrap_or_default();
    if let Some((name, _)) = new.configuration.iter().find(|(_, value)| !value.is_string()) {
        return Err(format!("The configuration value '{name}' must be a string."));
    }
    if let Some(secret) = new.configuration.remove("SECRET").as_ref().and_then(text) {
        new.secret = Some(secret);
    }
    new.filter = new.configuration.get("FILTERS").and_then(text);
    new.exclude_body = new
        .configuration
        .get("EXCLUDE_BODY")
        .is_some_and(|value| value == "true");
    new.description = new.configuration.get("DESCRIPTION").and_then(text);
    Ok(new)
}

impl Registration {
    /// Whether events of the name are wanted.
    pub(super) fn listens_to(&self, name: &str) -> bool {
        self.active && self.events.iter().any(|event| event == name)
    }

    /// As Cloud shows it; the id stands in `self` only.
    pub(crate) fn show_cloud(&self, base: &str) -> Value {
        let filters = self
            .filter
            .as_ref()
            .map_or_else(|| json!({}), |jql| json!({"issue-related-events-section": jql}));
        let mut body = json!({
            "name": self.name, "url": self.url, "excludeBody": self.exclude_body, "filters": filters,
            "events": self.events, "enabled": self.active, "isSigned": self.secret.is_some(),
            "self": format!("{base}/rest/webhooks/1.0/webhook/{}", self.id),
            "lastUpdatedUser": self.author.0, "lastUpdatedDisplayName": self.author.1, "lastUpdated": self.updated,
        });
        if let Some(description) = &self.description {
            body["description"] = Value::from(description.as_str());
        }
        body
    }

    /// As Data Center shows it.
    pub(crate) fn show_data_center(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "createdDate": self.created, "updatedDate": self.updated,
            "events": self.events, "configuration": self.configuration, "url": self.url, "active": self.active,
            "scopeType": "global", "sslVerificationRequired": self.ssl,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Author<'_> = Author {
        id: "ada",
        name: "Ada",
        now_ms: 7,
    };

    #[test]
    fn cloud_settings_stand_at_the_top_and_the_secret_stays_inside() {
        let body = json!({"name": "n", "url": "https://e.example/{issue.key}", "events": ["jira:issue_created"],
            "filters": {"issue-related-events-section": "project = A"}, "excludeBody": true, "secret": "s3"});
        let one = read_cloud(&body, None, &ADA).unwrap();
        let shown = one.show_cloud("https://j.example");
        assert_eq!(
            (shown["isSigned"].clone(), shown["self"].clone()),
            (
                json!(true),
                json!("https://j.example/rest/webhooks/1.0/webhook/0")
            )
        );
        assert!(!shown.to_string().contains("s3") && shown.get("id").is_none());
        let again = json!({"name": "n", "url": "https://e.example", "events": []});
        let two = read_cloud(&again, Some(&one), &ADA).unwrap();
        assert_eq!(
            (two.secret.as_deref(), two.filter, two.exclude_body),
            (Some("s3"), None, false)
        );
    }

    #[test]
    fn data_center_settings_are_strings_in_configuration() {
        let body = json!({"name": "n", "url": "http://e.example", "events": ["sprint_started"], "secret": "ignored",
            "configuration": {"SECRET": "s3", "FILTERS": "project = A", "EXCLUDE_BODY": "false"}});
        let one = read_data_center(&body, None, &ADA).unwrap();
        assert_eq!(
            (one.secret.as_deref(), one.filter.as_deref(), one.exclude_body),
            (Some("s3"), Some("project = A"), false)
        );
        let shown = one.show_data_center();
        assert_eq!(
            shown["configuration"],
            json!({"FILTERS": "project = A", "EXCLUDE_BODY": "false"})
        );
        assert!(!shown.to_string().contains("s3"));
        let top = json!({"name": "n", "url": "http://e.example", "events": [], "secret": "s"});
        assert_eq!(read_data_center(&top, None, &ADA).unwrap().secret, None);
        let typed = json!({"name": "n", "url": "http://e.example", "configuration": {"EXCLUDE_BODY": false}});
        assert!(
            read_data_center(&typed, None, &ADA)
                .unwrap_err()
                .contains("must be a string")
        );
    }

    #[test]
    fn bad_registrations_are_named() {
        for (body, wanted) in [
            (json!({"url": "http://e.example"}), "name"),
            (json!({"name": "n"}), "URL"),
            (json!({"name": "n", "url": "ftp://e.example"}), "not valid"),
            (
                json!({"name": "n", "url": "http://e.example", "events": ["nothing"]}),
                "'nothing' is not known",
            ),
        ] {
            assert!(
                read_cloud(&body, None, &ADA).unwrap_err().contains(wanted),
                "{body}"
            );
        }
    }
}
