//! The fields of the invented company, as sites list them: those of every Jira and those of its own.

use serde_json::{Value, json};

use super::every_kind;

pub(super) const SPRINT_FIELD: &str = "customfield_10020";

pub(super) const EPIC_LINK_FIELD: &str = "customfield_10014";

pub(super) const EPIC_NAME_FIELD: &str = "customfield_10011";

pub(super) const RANK_FIELD: &str = "customfield_10019";

pub(super) const SEVERITY_FIELD: &str = "customfield_10030";

pub(super) const TARGET_FIELD: &str = "customfield_10031";

pub(super) const GO_LIVE_FIELD: &str = "customfield_10032";

pub(super) const MARKETS_FIELD: &str = "customfield_10033";

pub(super) const ACCEPTANCE_FIELD: &str = "customfield_10034";

pub(in crate::sandbox) const POINTS_FIELD: &str = "customfield_10035";

pub(super) const IMPACT_FIELD: &str = "customfield_10036";

pub(super) const TEAM_SEVERITY_FIELD: &str = "customfield_10060";

/// Id, name, JQL names, schema type, items.
const SYSTEM_FIELDS: [(&str, &str, &str, &str, &str); 22] = [
    ("summary", "Summary", "summary", "string", ""),
    ("description", "Description", "description", "string", ""),
    ("issuetype", "Issue Type", "issuetype", "issuetype", ""),
    ("status", "Status", "status", "status", ""),
    ("priority", "Priority", "priority", "priority", ""),
    ("resolution", "Resolution", "resolution", "resolution", ""),
    ("resolutiondate", "Resolved", "resolved", "datetime", ""),
    ("assignee", "Assignee", "assignee", "user", ""),
    ("reporter", "Reporter", "reporter", "user", ""),
    ("labels", "Labels", "labels", "array", "string"),
    ("components", "Components", "component", "array", "component"),
    ("fixVersions", "Fix versions", "fixVersion", "array", "version"),
    (
        "versions",
        "Affects versions",
        "affectedVersion",
        "array",
        "version",
    ),
    ("duedate", "Due date", "due", "date", ""),
    ("created", "Created", "created", "datetime", ""),
    ("updated", "Updated", "updated", "datetime", ""),
    ("project", "Project", "project", "project", ""),
    ("issuelinks", "Linked Issues", "issueLink", "array", "issuelinks"),
    ("lastViewed", "Last Viewed", "lastViewed", "datetime", ""),
    ("environment", "Environment", "environment", "string", ""),
    ("timetracking", "Time tracking", "", "timetracking", ""),
    ("security", "Security Level", "level", "securitylevel", ""),
];

pub(super) fn list_fields(cloud: bool) -> Vec<Value> {
    let mut fields: Vec<Value> = SYSTEM_FIELDS
        .iter()
        .map(|entry| show_system_field(entry, cloud))
        .collect();
    if cloud {
        fields.push(
            json!({"id": "parent", "key": "parent", "name": "Parent", "custom": false, "orderable": false,
            "navigable": true, "searchable": false, "clauseNames": ["parent"]}),
        );
    }
    let greenhopper = "com.pyxis.greenhopper.jira:";
    let standard = "com.atlassian.jira.plugin.system.customfieldtypes:";
    let sprint_items = if cloud { "json" } else { "string" };
    let customs = [
        (
            SPRINT_FIELD,
            "Sprint",
            "array",
            sprint_items,
            greenhopper,
            "gh-sprint",
        ),
        (RANK_FIELD, "Rank", "any", "", greenhopper, "gh-lexo-rank"),
        (
            EPIC_LINK_FIELD,
            "Epic Link",
            "any",
            "",
            greenhopper,
            "gh-epic-link",
        ),
        (
            EPIC_NAME_FIELD,
            "Epic Name",
            "string",
            "",
            greenhopper,
            "gh-epic-label",
        ),
        (SEVERITY_FIELD, "Severity", "option", "", standard, "select"),
        (TARGET_FIELD, "Target date", "date", "", standard, "datepicker"),
        (GO_LIVE_FIELD, "Go-live", "datetime", "", standard, "datetime"),
        (
            MARKETS_FIELD,
            "Affected markets",
            "array",
            "option",
            standard,
            "multiselect",
        ),
        (
            ACCEPTANCE_FIELD,
            "Acceptance criteria",
            "string",
            "",
            standard,
            "textarea",
        ),
        (POINTS_FIELD, "Story points", "number", "", standard, "float"),
        (
            IMPACT_FIELD,
            "Customer impact",
            "string",
            "",
            standard,
            "textfield",
        ),
    ];
    fields.extend(customs.map(|(id, name, kind, items, family, own)| {
        show_custom_field(id, name, kind, items, &format!("{family}{own}"), cloud)
    }));
    fields.extend(every_kind::list_fields(cloud));
    if cloud {
        let mut own = show_custom_field(
            TEAM_SEVERITY_FIELD,
            "Severity",
            "option",
            "",
            &format!("{standard}select"),
            cloud,
        );
        own["scope"] = json!({"type": "PROJECT", "project": {"id": "10102"}});
        fields.push(own);
    }
    fields
}

fn show_system_field((id, name, clause, kind, items): &(&str, &str, &str, &str, &str), cloud: bool) -> Value {
    let mut schema = json!({"type": kind, "system": id});
    // A field without a name of its own in queries cannot be searched.
    let clauses: Vec<&str> = Some(*clause)
        .filter(|clause| !clause.is_empty())
        .into_iter()
        .collect();
    if !items.is_empty() {
        schema["items"] = Value::from(*items);
    }
    let mut field = json!({
        "id": id, "name": name, "custom": false, "orderable": true, "navigable": true, "searchable": !clauses.is_empty(),
        "clauseNames": clauses, "schema": schema,
    });
    if cloud {
        field["key"] = Value::from(*id);
    }
    field
}

pub(super) fn show_custom_field(
    id: &str,
    name: &str,
    kind: &str,
    items: &str,
    custom: &str,
    cloud: bool,
) -> Value {
    let number = id.trim_start_matches("customfield_");
    let mut schema =
        json!({"type": kind, "custom": custom, "customId": number.parse::<u32>().unwrap_or_default()});
    if !items.is_empty() {
        schema["items"] = Value::from(items);
    }
    let mut field = json!({
        "id": id, "name": name, "custom": true, "orderable": true, "navigable": true, "searchable": true,
        "clauseNames": [format!("cf[{number}]"), name], "schema": schema,
    });
    if cloud {
        field["key"] = Value::from(id);
        field["untranslatedName"] = Value::from(name);
    }
    field
}

/// A system field as sites list it, for recordings that lack the list.
pub(crate) fn find_system_field(id: &str, cloud: bool) -> Option<Value> {
    SYSTEM_FIELDS
        .iter()
        .find(|entry| entry.0 == id)
        .map(|entry| show_system_field(entry, cloud))
}
