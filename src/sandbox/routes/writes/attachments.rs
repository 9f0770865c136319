//! Attachments: uploads need a header that no web form can send, or Jira suspects a forgery.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::desk::{Desk, put};
use crate::sandbox::{
    answer::Answer,
    webhooks::event::Event,
    world::{File, Issue},
    write::{Refusal, history, read_parts},
};

/// Jira's usual limit of one file, in bytes.
pub(crate) const UPLOAD_LIMIT: usize = 10_485_760;

pub(crate) fn meta() -> Answer {
    Answer::ok(json!({"enabled": true, "uploadLimit": UPLOAD_LIMIT}))
}

fn header<'a>(desk: &'a Desk<'_>, name: &str) -> &'a str {
    desk.headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

pub(crate) fn upload(desk: &mut Desk<'_>, key: &str) -> Result<Answer, Refusal> {
    let token = header(desk, "x-atlassian-token").to_ascii_lowercase();
    if !matches!(token.as_str(), "no-check" | "nocheck") {
        return Ok(Answer::html(403, "XSRF check failed".to_owned()));
    }
    let issue = desk.get_issue(key)?;
    desk.need(
        &issue,
        "CREATE_ATTACHMENTS",
        403,
        "You do not have permission to create attachments for this issue.",
    )?;
    let parts = read_parts(header(desk, "content-type"), desk.raw).unwrap_or_default();
    if desk.too_long {
        return Err(refuse_size(desk));
    }
    let files: Vec<_> = parts.into_iter().filter(|part| part.field == "file").collect();
    if files.is_empty() {
        return Err(Refusal::new(
            400,
            "The request has no file in a part named 'file'.",
        ));
    }
    if files.iter().any(|part| part.bytes.len() > UPLOAD_LIMIT) {
        return Err(refuse_size(desk));
    }
    let (mut shown, mut items) = (Vec::new(), Vec::new());
    let field = if desk.world.is_cloud() {
        Some("attachment")
    } else {
        None
    };
    for part in files {
        let id = desk.next_id();
        let entry = describe(desk, issue.id, id, (&part.file, &part.kind, part.bytes.len()));
        let side = history::Side::of(id.to_string(), &part.file);
        items.push(history::special(
            "Attachment",
            field,
            &history::Side::default(),
            &side,
        ));
        desk.world.files.insert(
            id,
            File {
                issue: issue.id,
                name: part.file,
                kind: part.kind,
                bytes: part.bytes,
            },
        );
        shown.push(entry);
    }
    keep(desk, &issue, |list| list.extend(shown.iter().cloned()));
    for entry in &shown {
        desk.emit(&Event {
            issue: Some(issue.id),
            ..Event::new("attachment_created", [("attachment", entry.clone())])
        });
    }
    desk.apply(issue.id, super::create::change_of(items, "issue_updated"));
    Ok(Answer::ok(Value::Array(shown)))
}

/// Cloud has a status for it, Data Center calls it not found, as its documents say.
fn refuse_size(desk: &Desk<'_>) -> Refusal {
    let status = if desk.world.is_cloud() { 413 } else { 404 };
    let message = format!("The field file exceeds its maximum permitted size of {UPLOAD_LIMIT} bytes.");
    Refusal::new(status, message)
}

fn describe(desk: &Desk<'_>, issue: i64, id: i64, (name, kind, size): (&str, &str, usize)) -> Value {
    let (base, api) = (&desk.world.base_url, desk.link_api());
    let content = if desk.world.is_cloud() {
        format!("{base}/rest/api/{api}/attachment/content/{id}")
    } else {
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        format!("{base}/secure/attachment/{id}/{name}")
    };
    let mut entry = json!({
        "self": format!("{base}/rest/api/{api}/attachment/{id}"), "id": id.to_string(), "filename": name,
        "author": desk.author(), "created": desk.moment(issue), "size": size, "mimeType": kind, "content": content,
    });
    if kind.starts_with("image/") {
        entry["thumbnail"] = Value::from(if desk.world.is_cloud() {
            format!("{base}/rest/api/{api}/attachment/thumbnail/{id}")
        } else {
            format!("{base}/secure/thumbnail/{id}/_thumb_{id}.png")
        });
    }
    entry
}

fn keep(desk: &mut Desk<'_>, issue: &Issue, change: impl FnOnce(&mut Vec<Value>)) {
    desk.world.edit_issue(&issue.id.to_string(), |issue| {
        let mut list = issue
            .find_field("attachment")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        change(&mut list);
        put(issue, "attachment", Value::Array(list));
    });
}

/// The issue and the entry of an attachment the caller sees.
fn find(desk: &Desk<'_>, id: &str) -> Result<(Issue, Value), Refusal> {
    let gone = || Refusal::new(404, format!("The attachment with id '{id}' does not exist"));
    let number: i64 = id.parse().map_err(|_| gone())?;
    let owner = desk.world.files.get(&number).ok_or_else(gone)?.issue;
    let issue = desk.get_issue(&owner.to_string()).map_err(|_| gone())?;
    let list = issue
        .find_field("attachment")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let entry = list
        .into_iter()
        .find(|entry| entry["id"] == id)
        .ok_or_else(gone)?;
    Ok((issue, entry))
}

pub(crate) fn get(desk: &Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    find(desk, id).map(|(_, mut entry)| {
        // Asked for alone, a file of Cloud has a number for an id, and text everywhere else.
        if desk.world.is_cloud()
            && let Some(number) = entry["id"].as_str().and_then(|id| id.parse::<i64>().ok())
        {
            entry["id"] = serde_json::Value::from(number);
        }
        Answer::ok(entry)
    })
}

/// Where Cloud keeps the bytes, and the token that opens them there: nobody has to sign in for that.
fn locate(desk: &Desk<'_>, id: i64) -> (String, String) {
    let digest = |what: &str| {
        let text = format!("{what} {id} of {}", desk.world.cloud_id);
        hex::encode(Sha256::digest(text.as_bytes()))
    };
    let media = digest("media");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &media[range]);
    (parts.join("-"), digest("token"))
}

/// Cloud's answer to who asks for the bytes: the way to them, unless they are wanted at once.
pub(crate) fn lead(desk: &Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    if desk.params.find("redirect") == Some("false") {
        return content(desk, id);
    }
    let (_, entry) = find(desk, id)?;
    let (media, token) = locate(desk, id.parse().unwrap_or_default());
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("token", &token);
    query.append_pair("client", &desk.world.cloud_id);
    query.append_pair("name", entry["filename"].as_str().unwrap_or_default());
    let to = format!("{}/file/{media}/binary?{}", desk.world.base_url, query.finish());
    Ok(Answer::empty(303).with_header("location", to))
}

/// The bytes, for who was led to them. A real site keeps them at another address.
pub(crate) fn binary(desk: &Desk<'_>, media: &str) -> Result<Answer, Refusal> {
    let mut files = desk.world.files.iter();
    let found = files.find(|(id, _)| locate(desk, **id).0 == media);
    let (id, file) = found.ok_or_else(|| Refusal::new(404, "The file does not exist."))?;
    if desk.params.find("token") != Some(locate(desk, *id).1.as_str()) {
        return Err(Refusal::new(403, "The token does not open this file."));
    }
    Ok(Answer::bytes(&file.kind, file.bytes.clone()))
}

/// The bytes.
pub(crate) fn content(desk: &Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    find(desk, id)?;
    let file = id.parse().ok().and_then(|id: i64| desk.world.files.get(&id));
    let file = file.ok_or_else(|| Refusal::new(404, "The attachment does not exist"))?;
    Ok(Answer::bytes(&file.kind, file.bytes.clone()))
}

pub(crate) fn delete(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let (issue, entry) = find(desk, id)?;
    let own = entry["author"] == desk.author();
    let right = if own {
        "DELETE_OWN_ATTACHMENTS"
    } else {
        "DELETE_ALL_ATTACHMENTS"
    };
    desk.need(
        &issue,
        right,
        403,
        "You do not have permission to delete this attachment.",
    )?;
    keep(desk, &issue, |list| list.retain(|have| have["id"] != id));
    desk.world.files.remove(&id.parse().unwrap_or_default());
    let name = entry["filename"].as_str().unwrap_or_default().to_owned();
    let field = desk.world.is_cloud().then_some("attachment");
    let item = history::special(
        "Attachment",
        field,
        &history::Side::of(id, name),
        &history::Side::default(),
    );
    desk.emit(&Event {
        issue: Some(issue.id),
        ..Event::new("attachment_deleted", [("attachment", entry)])
    });
    desk.apply(issue.id, super::create::change_of(vec![item], "issue_updated"));
    Ok(Answer::empty(204))
}
