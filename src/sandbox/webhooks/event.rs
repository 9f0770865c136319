//! What happened, before anybody is told.

use serde_json::{Map, Value};

/// One event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Event {
    /// `webhookEvent`.
    pub(crate) name: String,
    /// Everything of the body but `timestamp` and `webhookEvent`.
    pub(crate) body: Map<String, Value>,
    /// The issue it is about, for JQL filters.
    pub(crate) issue: Option<i64>,
    /// Values of URL variables such as `issue.key`.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// Caused by another change, as the sub-tasks of a deleted issue are.
    pub(crate) cascade: bool,
}

impl Event {
    /// An event with one or more parts of its body.
    pub(crate) fn new(name: &str, parts: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        Self {
            name: name.to_owned(),
            body: parts
                .into_iter()
                .map(|(part, value)| (part.to_owned(), value))
                .collect(),
            ..Self::default()
        }
    }

    /// Whether JQL filters apply: to issues and what hangs on them, not to links, releases, sprints,
    /// boards and projects, which arrive for the whole site.
    pub(crate) fn is_filtered(&self) -> bool {
        [
            "jira:issue_",
            "comment_",
            "worklog_",
            "jira:worklog_",
            "attachment_",
            "issue_property_",
        ]
        .iter()
        .any(|start| self.name.starts_with(start))
    }

    /// The bytes a receiver gets.
    pub(crate) fn write(&self, now_ms: i64) -> Vec<u8> {
        let mut whole = Map::new();
        whole.insert("timestamp".to_owned(), Value::from(now_ms));
        whole.insert("webhookEvent".to_owned(), Value::from(self.name.as_str()));
        whole.extend(self.body.clone());
        Value::Object(whole).to_string().into_bytes()
    }

    /// A URL with its variables filled in; `{issue.key}` and the older `${issue.key}`.
    pub(crate) fn fill_url(&self, url: &str) -> String {
        let mut filled = url.to_owned();
        for (name, value) in &self.variables {
            filled = filled
                .replace(&format!("${{{name}}}"), value)
                .replace(&format!("{{{name}}}"), value);
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_touch_issue_events_only() {
        for (name, filtered) in [
            ("jira:issue_updated", true),
            ("comment_created", true),
            ("issue_property_set", true),
            ("issuelink_created", false),
            ("jira:version_released", false),
            ("sprint_started", false),
            ("project_updated", false),
        ] {
            assert_eq!(Event::new(name, []).is_filtered(), filtered, "{name}");
        }
    }

    #[test]
    fn url_variables_are_filled_in() {
        let event = Event {
            variables: vec![("issue.key", "A-1".to_owned())],
            ..Event::default()
        };
        assert_eq!(
            event.fill_url("https://e.example/{issue.key}/${issue.key}"),
            "https://e.example/A-1/A-1"
        );
    }
}
