//! Create metadata. Cloud names its arrays, Data Center calls both `values`.
//!
//! Needs Create Issues. An invisible project is 404 on Cloud and 400 on Data Center.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        world::Project,
    },
    Call,
};

fn find_project<'a>(call: &'a Call<'_>, key: &str) -> Result<&'a Project, Answer> {
    let found = call
        .find_project(key)
        .filter(|project| call.can("CREATE_ISSUES", Some(&project.key)));
    let refuse = || {
        let status = if call.world.is_cloud() { 404 } else { 400 };
        Answer::error(
            status,
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
        Ok(project) => page(call, project.issue_types.to_vec(), "issueTypes"),
        Err(answer) => answer,
    }
}

pub(super) fn fields(call: &Call<'_>, key: &str, type_id: &str) -> Answer {
    match find_project(call, key) {
        Err(answer) => answer,
        Ok(project) => match call.world.list_create_fields(project, type_id) {
            Some(fields) => page(call, fields, "fields"),
            None => Answer::error(400, "The issue type selected is invalid."),
        },
    }
}
