//! Links between issues.
//!
//! Both issues show a link, each from its side. `inwardIssue: A, outwardIssue: B` of type *Blocks*
//! means that A blocks B, whatever the names suggest. A link that exists already is not made again.

use serde_json::{Value, json};

use super::desk::{Desk, put, show_reference};
use crate::sandbox::{
    answer::Answer,
    webhooks::event::Event,
    world::Issue,
    write::{Refusal, history, text_of},
};

/// Id, name, inward, outward.
const TYPES: [(&str, &str, &str, &str); 4] = [
    ("10000", "Blocks", "is blocked by", "blocks"),
    ("10001", "Cloners", "is cloned by", "clones"),
    ("10002", "Duplicate", "is duplicated by", "duplicates"),
    ("10003", "Relates", "relates to", "relates to"),
];

fn show_type(desk: &Desk<'_>, (id, name, inward, outward): &(&str, &str, &str, &str)) -> Value {
    let own = format!(
        "{}/rest/api/{}/issueLinkType/{id}",
        desk.world.base_url,
        desk.link_api()
    );
    json!({"id": id, "name": name, "inward": inward, "outward": outward, "self": own})
}

pub(crate) fn list_types(desk: &Desk<'_>) -> Answer {
    let types: Vec<Value> = TYPES.iter().map(|kind| show_type(desk, kind)).collect();
    Answer::ok(json!({"issueLinkTypes": types}))
}

pub(crate) fn get_type(desk: &Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let found = TYPES.iter().find(|kind| kind.0 == id);
    let message = format!("No issue link type with id '{id}' found.");
    found
        .map(|kind| Answer::ok(show_type(desk, kind)))
        .ok_or_else(|| Refusal::new(404, message))
}

pub(crate) fn create(desk: &mut Desk<'_>) -> Result<Answer, Refusal> {
    let ready = check(desk, desk.body, None)?;
    apply(desk, ready);
    Ok(Answer::empty(201))
}

/// The issue on one side; `own` is known although it need not be stored yet.
fn find_side(desk: &Desk<'_>, body: &Value, side: &str, own: Option<&Issue>) -> Result<Issue, Refusal> {
    let named = text_of(&body[side]["key"]).or_else(|| text_of(&body[side]["id"]));
    let name = named.ok_or_else(|| Refusal::field(side, format!("'{side}' is required.")))?;
    match own {
        Some(own) if own.id.to_string() == name => Ok(own.clone()),
        _ => desk.get_issue(&name),
    }
}

type LinkType = (&'static str, &'static str, &'static str, &'static str);

/// A link that may be made, and a comment on its first issue.
pub(crate) struct Ready {
    kind: &'static LinkType,
    inward: i64,
    outward: i64,
    comment: Option<super::comments::Ready>,
}

/// Checks a new link, and the comment that came with it.
pub(crate) fn check(desk: &Desk<'_>, body: &Value, own: Option<&Issue>) -> Result<Ready, Refusal> {
    let kind = find_type(&body["type"])?;
    let inward = find_side(desk, body, "inwardIssue", own)?;
    let outward = find_side(desk, body, "outwardIssue", own)?;
    for issue in [&inward, &outward] {
        let message = format!("No Link Issue Permission for issue '{}'", issue.key);
        desk.need(issue, "LINK_ISSUES", 401, &message)?;
    }
    if inward.id == outward.id {
        return Err(Refusal::new(400, "You cannot link an issue to itself."));
    }
    let comment = &body["comment"];
    let comment = comment
        .is_object()
        .then(|| super::comments::check(desk, &inward, comment));
    Ok(Ready {
        kind,
        inward: inward.id,
        outward: outward.id,
        comment: comment.transpose()?,
    })
}

/// Makes a checked link unless it is there already.
pub(crate) fn apply(desk: &mut Desk<'_>, ready: Ready) {
    let kind = ready.kind;
    let find = |id| desk.world.issue(id).map(std::borrow::Cow::into_owned);
    let (Some(inward), Some(outward)) = (find(ready.inward), find(ready.outward)) else {
        return;
    };
    let other = outward.id.to_string();
    let exists = links_of(&inward)
        .iter()
        .any(|link| link["type"]["id"] == kind.0 && link["outwardIssue"]["id"] == other.as_str());
    if exists {
        return;
    }
    let id = desk.next_id();
    let own = format!(
        "{}/rest/api/{}/issueLink/{id}",
        desk.world.base_url,
        desk.link_api()
    );
    for (issue, side, other, says) in [
        (&inward, "outwardIssue", &outward, kind.3),
        (&outward, "inwardIssue", &inward, kind.2),
    ] {
        let mut link = json!({"id": id.to_string(), "self": own, "type": show_type(desk, kind)});
        link[side] = show_reference(other);
        let to = history::Side::of(&other.key, format!("This issue {says} {}", other.key));
        let now = desk.moment(issue.id);
        desk.world.edit_issue(&issue.id.to_string(), |issue| {
            let mut list = links_of(issue);
            list.push(link);
            put(issue, "issuelinks", Value::Array(list));
            put(issue, "updated", Value::from(now));
        });
        desk.write_history(
            issue.id,
            vec![history::special("Link", None, &history::Side::default(), &to)],
        );
    }
    desk.emit(&link_event("issuelink_created", id, kind, inward.id, outward.id));
    if let Some(comment) = ready.comment {
        super::comments::apply(desk, inward.id, comment);
    }
}

fn find_type(sent: &Value) -> Result<&'static LinkType, Refusal> {
    let id = text_of(&sent["id"]);
    let name = sent["name"].as_str();
    let found = TYPES.iter().find(|kind| match (&id, name) {
        (Some(id), _) => kind.0 == id,
        (None, Some(name)) => kind.1.eq_ignore_ascii_case(name),
        (None, None) => false,
    });
    found.ok_or_else(|| match (id, name) {
        (Some(id), _) => Refusal::new(404, format!("No issue link type with id '{id}' found.")),
        (None, Some(name)) => Refusal::new(404, format!("No issue link type with name '{name}' found.")),
        (None, None) => Refusal::new(400, "The issue link type is required."),
    })
}

fn links_of(issue: &Issue) -> Vec<Value> {
    issue
        .find_field("issuelinks")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

fn link_event(name: &str, id: i64, kind: &(&str, &str, &str, &str), source: i64, destination: i64) -> Event {
    Event::new(
        name,
        [(
            "issueLink",
            json!({
                "id": id, "sourceIssueId": source, "destinationIssueId": destination,
                "issueLinkType": {
                    "id": kind.0.parse::<i64>().unwrap_or_default(), "name": kind.1, "outwardName": kind.3,
                    "inwardName": kind.2, "isSubTaskLinkType": false, "isSystemLinkType": false,
                },
                "systemLink": false,
            }),
        )],
    )
}

/// The two issues of a link, inward and outward, and the link as one of them shows it.
fn find_link(desk: &Desk<'_>, id: &str) -> Option<(Issue, Issue, Value)> {
    for issue in desk.world.list_kept() {
        let Some(link) = links_of(&issue).into_iter().find(|link| link["id"] == id) else {
            continue;
        };
        let issue = issue.into_owned();
        let side = if link["outwardIssue"].is_object() {
            "outwardIssue"
        } else {
            "inwardIssue"
        };
        let other = desk.world.find_issue(link[side]["id"].as_str()?)?.into_owned();
        let (inward, outward) = if side == "outwardIssue" {
            (issue, other)
        } else {
            (other, issue)
        };
        return Some((inward, outward, link));
    }
    None
}

pub(crate) fn get(desk: &Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let (inward, outward, link) = get_link(desk, id)?;
    Ok(Answer::ok(json!({
        "id": id, "self": link["self"], "type": link["type"],
        "inwardIssue": show_reference(&inward), "outwardIssue": show_reference(&outward),
    })))
}

/// A link between issues that the caller sees.
fn get_link(desk: &Desk<'_>, id: &str) -> Result<(Issue, Issue, Value), Refusal> {
    let found = find_link(desk, id).filter(|(inward, outward, _)| desk.sees(inward) && desk.sees(outward));
    found.ok_or_else(|| Refusal::new(404, format!("No issue link with id '{id}' exists.")))
}

pub(crate) fn delete(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    let (inward, outward, _) = get_link(desk, id)?;
    for issue in [&inward, &outward] {
        let message = format!("No Link Issue Permission for issue '{}'", issue.key);
        desk.need(issue, "LINK_ISSUES", 401, &message)?;
    }
    remove(desk, id);
    Ok(Answer::empty(204))
}

/// Takes a link away from both sides.
pub(crate) fn remove(desk: &mut Desk<'_>, id: &str) {
    let Some((inward, outward, link)) = find_link(desk, id) else {
        return;
    };
    let kind = TYPES
        .iter()
        .find(|kind| link["type"]["id"] == kind.0)
        .unwrap_or(&TYPES[3]);
    for (issue, other, says) in [(&inward, &outward, kind.3), (&outward, &inward, kind.2)] {
        let now = desk.moment(issue.id);
        desk.world.edit_issue(&issue.id.to_string(), |issue| {
            let mut list = links_of(issue);
            list.retain(|link| link["id"] != id);
            put(issue, "issuelinks", Value::Array(list));
            put(issue, "updated", Value::from(now));
        });
        let from = history::Side::of(&other.key, format!("This issue {says} {}", other.key));
        desk.write_history(
            issue.id,
            vec![history::special("Link", None, &from, &history::Side::default())],
        );
    }
    let number = id.parse().unwrap_or_default();
    desk.emit(&link_event(
        "issuelink_deleted",
        number,
        kind,
        inward.id,
        outward.id,
    ));
}
