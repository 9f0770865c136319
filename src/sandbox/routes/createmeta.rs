//! Create metadata. Cloud names its arrays, Data Center calls both `values`.
//!
//! Needs Create Issues. A project that is invisible to the caller is 400 on both.

use serde_json::{Map, Value, json};

use super::{
    super::{
        accounts::Account,
        answer::{Answer, Window},
        world::{Issue, Project, World},
    },
    Call,
};

fn find_project<'a>(call: &'a Call<'_>, key: &str) -> Result<&'a Project, Answer> {
    let found = call
        .find_project(key)
        .filter(|project| call.can("CREATE_ISSUES", Some(&project.key)));
    let refuse = || {
        Answer::error(
            400,
            &format!("Project '{key}' does not exist or you do not have permission to create issues in it."),
        )
    };
    found.ok_or_else(refuse)
}

fn page(call: &Call<'_>, all: Vec<Value>, cloud_name: &str) -> Answer {
    if call.world.is_cloud() && call.params.number("maxResults", 50) > 200 {
        return Answer::error(400, "The maxResults query parameter must not exceed 200.");
    }
    let window = Window::cut(all, &call.params, 50, 200);
    let last = window.is_last();
    let mut body = json!({"maxResults": window.max, "startAt": window.start, "total": window.total});
    if call.world.is_cloud() {
        body[cloud_name] = Value::Array(window.items);
    } else {
        body["isLast"] = Value::Bool(last);
        body["values"] = Value::Array(window.items);
    }
    Answer::ok(body)
}

pub(super) fn types(call: &Call<'_>, key: &str) -> Answer {
    match find_project(call, key) {
        Ok(project) => page(call, super::projects::show_types(project), "issueTypes"),
        Err(answer) => answer,
    }
}

pub(super) fn fields(call: &Call<'_>, key: &str, type_id: &str) -> Answer {
    match find_project(call, key) {
        Err(answer) => answer,
        Ok(project) => match list_fields(call, project, type_id) {
            Some(fields) => page(call, fields, "fields"),
            None => Answer::error(400, "The issue type selected is invalid."),
        },
    }
}

/// The create screen of a type as this caller has it: with the security levels that are open to who may set
/// them.
pub(super) fn list_fields(call: &Call<'_>, project: &Project, type_id: &str) -> Option<Vec<Value>> {
    let mut fields = call.world.list_create_fields(project, type_id)?;
    if !may_secure(call.world, call.caller, project) {
        fields.retain(|entry| entry["fieldId"] != "security");
    }
    fields.extend(find_security_field(call.world, call.caller, project, &fields));
    let subject = if call.world.is_cloud() {
        format!("project={}", project.key)
    } else {
        "issueKey=null".to_owned()
    };
    for field in &mut fields {
        if let Some(url) = find_completion(call, field, &subject, "") {
            field["autoCompleteUrl"] = Value::from(url);
        }
    }
    Some(fields)
}

/// The same for the screen of an issue that is there: what is offered depends on it.
pub(super) fn complete_for(call: &Call<'_>, issue: &Issue, fields: &mut [Value]) {
    let (subject, own) = (format!("issueKey={}", issue.key), format!("{}/", issue.id));
    for field in fields {
        if let Some(url) = find_completion(call, field, &subject, &own) {
            field["autoCompleteUrl"] = Value::from(url);
        }
    }
}

/// Where a field's values are looked up while somebody types, as recorded. The pages behind `1.0` are for
/// browsers and not served here.
fn find_completion(call: &Call<'_>, field: &Value, subject: &str, own: &str) -> Option<String> {
    let (base, schema) = (&call.world.base_url, &field["schema"]);
    let (api, query) = if call.world.is_cloud() {
        ("2", "query")
    } else {
        ("latest", "username")
    };
    let custom = schema["custom"].as_str().and_then(|kind| kind.rsplit(':').next());
    let path = match (schema["system"].as_str(), custom) {
        (Some("assignee"), _) => format!("api/{api}/user/assignable/search?{subject}&{query}="),
        (Some("reporter"), _) => format!("api/{api}/user/search?{query}="),
        (Some("labels"), _) => format!("api/1.0/labels/{own}suggest?query="),
        (None, Some("labels")) => format!(
            "api/1.0/labels/{own}suggest?customFieldId={}&query=",
            schema["customId"]
        ),
        (None, Some("userpicker" | "multiuserpicker")) => format!(
            "api/1.0/users/picker?fieldName={}&showAvatar=true&query=",
            field["fieldId"].as_str().unwrap_or_default()
        ),
        _ => return None,
    };
    Some(format!("{base}/rest/{path}"))
}

/// Whether somebody may put issues of a project behind a security level.
pub(super) fn may_secure(world: &World, caller: Option<&Account>, project: &Project) -> bool {
    caller.is_some_and(|account| world.grants(account, "SET_ISSUE_SECURITY", Some(&project.key)))
}

/// The security field of a screen that has none yet.
pub(super) fn find_security_field(
    world: &World,
    caller: Option<&Account>,
    project: &Project,
    screen: &[Value],
) -> Option<Value> {
    let levels: Vec<Value> = world
        .security_levels
        .iter()
        .filter(|level| world.opens_level(caller, &level.id))
        .map(|level| level.show(&world.base_url))
        .collect();
    if levels.is_empty()
        || !may_secure(world, caller, project)
        || screen.iter().any(|entry| entry["fieldId"] == "security")
    {
        return None;
    }
    let mut entry = json!({
        "fieldId": "security", "name": "Security Level", "required": false, "hasDefaultValue": false,
        "schema": {"type": "securitylevel", "system": "security"}, "operations": ["set"], "allowedValues": levels,
    });
    if world.is_cloud() {
        entry["key"] = Value::from("security");
    }
    Some(entry)
}

/// Fields by id, as edit metadata and the old create metadata have them.
pub(super) fn by_id(call: &Call<'_>, fields: impl IntoIterator<Item = Value>) -> Value {
    let mut found = Map::new();
    for mut field in fields {
        let id = field["fieldId"].as_str().unwrap_or_default().to_owned();
        if let Some(entry) = field.as_object_mut()
            && call.world.is_cloud()
        {
            entry.remove("fieldId");
            entry.insert("key".to_owned(), Value::from(id.as_str()));
        }
        found.insert(id, field);
    }
    Value::Object(found)
}

/// The old form, all in one: deprecated on Cloud, gone from Data Center with 9.0.
pub(super) fn old(call: &Call<'_>) -> Answer {
    if !call.world.is_cloud() && call.version() >= vec![9] {
        return Answer::error(404, "Issue Does Not Exist");
    }
    let listed = |name: &str, value: &Value| {
        call.params
            .find_list(name)
            .is_none_or(|list| list.iter().any(|wanted| value == wanted.as_str()))
    };
    let expand = call.params.find("expand").unwrap_or_default();
    let with_fields = expand.contains("projects.issuetypes.fields");
    let projects: Vec<Value> = call
        .list_projects()
        .into_iter()
        .filter(|project| call.can("CREATE_ISSUES", Some(&project.key)))
        .filter(|project| listed("projectKeys", &json!(project.key)) && listed("projectIds", &json!(project.id)))
        .map(|project| {
            let kinds: Vec<Value> = project
                .issue_types
                .iter()
                .filter(|kind| listed("issuetypeIds", &kind["id"]) && listed("issuetypeNames", &kind["name"]))
                .map(|kind| {
                    let mut shown = json!({});
                    for name in ["self", "id", "description", "iconUrl", "name", "untranslatedName", "subtask"] {
                        if !kind[name].is_null() {
                            shown[name] = kind[name].clone();
                        }
                    }
                    if with_fields {
                        let id = kind["id"].as_str().unwrap_or_default();
                        let fields = list_fields(call, project, id).unwrap_or_default();
                        shown["expand"] = Value::from("fields");
                        shown["fields"] = by_id(call, fields);
                    }
                    shown
                })
                .collect();
            json!({
                "expand": "issuetypes", "self": project.body.get("self"), "id": project.id, "key": project.key,
                "name": project.name, "avatarUrls": project.body.get("avatarUrls"), "issuetypes": kinds,
            })
        })
        .collect();
    Answer::ok(json!({"expand": "projects", "projects": projects}))
}
