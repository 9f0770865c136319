//! For every recorded delivery of a webhook one of the sandbox with the same event, which has each key of
//! it with a value of the same type.
//!
//! All events of the recordings are raised on both sites, in two ways each where a value may be empty, and
//! what arrives is compared by event: Cloud's with the Cloud folder, Data Center's with the other. A
//! recorded event that the sandbox never delivers fails.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::{
        harness::{As, Bench, CLOUD, DC},
        recorded::find_folder,
        writes::{
            api, call, control,
            receiver::{Receiver, register, settle},
            rich,
        },
    },
    Difference, Shape, Verdict, add_shape,
};
use crate::sandbox::{recorded::scan, webhooks::registry::EVENTS};

/// What is different on purpose.
const DIFFERENCES: &[Difference] = &[
    ("mm-", "/user/name", EARLIER),
    ("mm-", "/user/key", EARLIER),
    ("mm-", "/user/emailAddress", HIDDEN),
    ("mm-", "/issue/fields/creator/name", EARLIER),
    ("mm-", "/issue/fields/creator/key", EARLIER),
    ("mm-", "/issue/fields/creator/emailAddress", HIDDEN),
    ("mm-", "/issue/fields/reporter/name", EARLIER),
    ("mm-", "/issue/fields/reporter/key", EARLIER),
    ("mm-", "/issue/fields/reporter/emailAddress", HIDDEN),
    ("mm-", "/issue/fields/assignee/name", EARLIER),
    ("mm-", "/issue/fields/assignee/key", EARLIER),
    ("mm-", "/issue/fields/assignee/emailAddress", HIDDEN),
    ("mm-", "/comment/author/name", EARLIER),
    ("mm-", "/comment/author/key", EARLIER),
    ("mm-", "/comment/author/emailAddress", HIDDEN),
    ("mm-", "/comment/updateAuthor/name", EARLIER),
    ("mm-", "/comment/updateAuthor/key", EARLIER),
    ("mm-", "/comment/updateAuthor/emailAddress", HIDDEN),
];

const EARLIER: &str = "recorded before user names and keys left Cloud in 2019";
const HIDDEN: &str = "hidden by the profile of most people on Cloud";

/// A person as fields name people.
async fn name_person(bench: &Bench, site: usize, name: &str) -> Value {
    let own = bench.get(site, name, "/rest/api/2/myself").await.json(200);
    let part = if site == CLOUD { "accountId" } else { "name" };
    json!({part: own[part]})
}

/// What the sandbox delivers when everything that was recorded happens.
#[expect(clippy::too_many_lines, reason = "one thing after another, as it was recorded")]
async fn collect(bench: &Bench, site: usize) -> Vec<Value> {
    let (receiver, url) = Receiver::start().await;
    let mut events = EVENTS.to_vec();
    events.extend(["user_updated", "user_deleted"]);
    register(bench, site, &url, &events, None).await;
    let ask = |method: &'static str, path: String, body: Value| async move {
        let got = call(bench, site, "ada", method, &path, body).await;
        assert!((200..300).contains(&got.status), "{method} {path} {}", got.text);
        serde_json::from_str::<Value>(&got.text).unwrap_or_default()
    };
    let (ada, quentin) = (
        name_person(bench, site, "ada").await,
        name_person(bench, site, "quentin").await,
    );
    let user = name_person(bench, site, "rhea").await;
    let components = bench.ada(site, &api(site, "project/TRIP/components")).await;
    let fields = json!({
        "project": {"key": "TRIP"}, "issuetype": {"name": "Task"}, "summary": "Told",
        "components": [{"id": components[0]["id"]}],
        "description": rich(site, "Told to all"), "assignee": quentin, "labels": ["a"],
        "fixVersions": [{"id": "10302"}], "priority": {"id": "2"}, "duedate": "2026-12-31",
    });
    let made = ask("POST", api(site, "issue"), json!({"fields": fields})).await;
    let path = api(site, &format!("issue/{}", made["key"].as_str().unwrap()));
    for fields in [
        json!({"assignee": null}),
        json!({"assignee": ada}),
        json!({"summary": "Told again", "priority": {"id": "3"}}),
        json!({"description": rich(site, "Changed"), "labels": ["b", "c"]}),
    ] {
        ask("PUT", path.clone(), json!({"fields": fields})).await;
    }
    let comment = ask(
        "POST",
        format!("{path}/comment"),
        json!({"body": rich(site, "One")}),
    )
    .await;
    let one = format!("{path}/comment/{}", comment["id"].as_str().unwrap());
    ask("PUT", one.clone(), json!({"body": rich(site, "Two")})).await;
    ask(
        "POST",
        format!("{path}/worklog"),
        json!({"timeSpent": "1h", "comment": rich(site, "Work")}),
    )
    .await;
    let upload = bench
        .request(site, As::Person("ada"), "POST", &format!("{path}/attachments"))
        .header("x-atlassian-token", "no-check")
        .header("content-type", "multipart/form-data; boundary=b")
        .body("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n");
    assert_eq!(Bench::send(upload).await.status, 200);
    for (inward, outward) in [(&made["key"], &json!("TRIP-1")), (&json!("TRIP-2"), &made["key"])] {
        let link = json!({"type": {"name": "Blocks"}, "inwardIssue": {"key": inward}, "outwardIssue": {"key": outward}});
        ask("POST", api(site, "issueLink"), link).await;
    }
    let child = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Sub-task"}, "parent": {"key": made["key"]}, "summary": "Below"});
    ask("POST", api(site, "issue"), json!({"fields": child})).await;
    // Through the workflow to its end.
    for _ in 0..6 {
        let open = bench
            .ada(site, &format!("{path}/transitions?expand=transitions.fields"))
            .await;
        let list = open["transitions"].as_array().unwrap();
        let done = list
            .iter()
            .find(|step| step["to"]["statusCategory"]["key"] == "done");
        let Some(step) = done.or(list.first()) else { break };
        let mut body = json!({"transition": {"id": step["id"]}});
        if step["fields"]["resolution"].is_object() {
            body["fields"] = json!({"resolution": step["fields"]["resolution"]["allowedValues"][0]});
        }
        ask("POST", format!("{path}/transitions"), body).await;
        if done.is_some() {
            break;
        }
    }
    ask("DELETE", one, Value::Null).await;
    ask("DELETE", format!("{path}?deleteSubtasks=true"), Value::Null).await;
    let version = json!({"name": "Told", "projectId": 10101, "description": "d", "startDate": "2026-11-24", "releaseDate": "2026-11-30"});
    ask("POST", api(site, "version"), version).await;
    for sprint in [
        json!({"name": "Bare", "originBoardId": 85}),
        json!({"name": "Full", "originBoardId": 85, "goal": "", "startDate": "2026-11-20T08:00:00.000Z", "endDate": "2026-12-04T08:00:00.000Z"}),
    ] {
        ask("POST", "/rest/agile/1.0/sprint".to_owned(), sprint).await;
    }
    let sprints = bench
        .ada(site, "/rest/agile/1.0/board/85/sprint?state=active")
        .await;
    let sprint = sprints["values"][0]["id"].clone();
    let user = user.as_object().unwrap().values().next().unwrap().clone();
    for (event, id) in [
        ("board_created", json!(85)),
        ("board_updated", json!(85)),
        ("sprint_started", sprint),
        ("project_created", json!("TRIP")),
        ("project_updated", json!("TRIP")),
        ("user_created", user.clone()),
        ("user_deleted", user),
    ] {
        control(bench, site, "emit", json!({"event": event, "id": id})).await;
    }

    settle(bench, site).await;
    receiver.bodies()
}

/// One recorded delivery has lost the name of its event.
fn name_event(body: &Value) -> &str {
    body["webhookEvent"].as_str().unwrap_or("user_deleted")
}

#[tokio::test]
async fn deliveries_have_the_keys_and_types_of_recorded_ones() {
    let Some(folder) = find_folder() else { return };
    let bench = Bench::start().await;
    let mut verdict = Verdict::new(DIFFERENCES);
    for (site, side) in [(CLOUD, "webhooks-cloud"), (DC, "webhooks-dc")] {
        let mut ours: BTreeMap<String, Shape> = BTreeMap::new();
        for body in collect(&bench, site).await {
            let shape = ours.entry(name_event(&body).to_owned()).or_default();
            add_shape(&body, "", shape);
        }
        let documents = scan::list_documents(&folder.join(side)).unwrap();
        assert!(!documents.is_empty(), "nothing is recorded in {side}");
        for document in documents {
            let name = document.name.as_str();
            let mut recorded = Shape::new();
            add_shape(&document.value, "", &mut recorded);
            let event = name_event(&document.value);
            let Some(ours) = ours.get(event) else {
                let missing = format!("{name}: {event} is never delivered");
                verdict.breaches.insert(missing);
                continue;
            };
            verdict.hold(name, &recorded, ours);
        }
    }
    verdict.close();
}
