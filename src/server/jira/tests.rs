//! The client against what Jira really sent, and against small scripted servers on loopback.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use url::Url;

use super::common::{parse_permissions, parse_server_info, parse_statuses};
use super::retry::Pace;
use super::*;
use crate::domain::connection_report::{CheckCode, CheckState, Verdict};
use crate::domain::jira::{self as shape, Board, BoardKind, Deployment, FieldKind};
use crate::domain::rich_text::Block;
use crate::server::outbound::{OutboundClient, OutboundPolicy};

/// The folder with recorded answers. Where it is not named, a run in CI fails and another skips.
fn find_recorded() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("TRACELINE_RECORDED_DIR") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "TRACELINE_RECORDED_DIR must name the recorded answers in CI");
        println!("skipped: TRACELINE_RECORDED_DIR is not set");
        return None;
    };
    Some(folder.into())
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn recorded_files(root: &Path) -> Vec<PathBuf> {
    let folders = ["rest-cloud", "rest-dc", "webhooks-cloud", "webhooks-dc"];
    let mut found: Vec<PathBuf> =
        folders.iter().flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap()).map(|entry| entry.unwrap().path()).collect();
    found.sort();
    assert!(found.len() > 100, "{}", found.len());
    found
}

/// The column `data` of a recorded table.
fn read_csv_data(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    let column = rows[0].iter().position(|name| name.trim() == "data").unwrap();
    rows[1..].iter().filter(|row| row.len() > column).map(|row| serde_json::from_str(&row[column]).unwrap()).collect()
}

fn issues_of(value: Value) -> Vec<Value> {
    match value {
        Value::Object(mut object) => match (object.remove("issues"), object.remove("issue")) {
            (Some(Value::Array(issues)), _) => issues,
            (_, Some(issue)) => vec![issue],
            _ if object.contains_key("fields") && object.contains_key("key") => vec![Value::Object(object)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[test]
fn every_recorded_issue_is_read() {
    let Some(root) = find_recorded() else { return };
    let (mut whole, mut with_sprint, mut with_release, mut with_text) = (0, 0, 0, 0);
    for path in recorded_files(&root) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let issues = if name == "devlake_raw_jira_api_issues_for_due_date.csv" {
            read_csv_data(&path)
        } else if name.ends_with(".json") {
            issues_of(read_json(&path))
        } else {
            Vec::new()
        };
        for raw in issues {
            // Comment events carry a few fields only, and one project trimmed its recordings.
            let is_partial = name.starts_with("jiracli-") || raw.pointer("/fields/created").is_none();
            match parse_issue(&FieldIndex::default(), &raw) {
                Ok(issue) => {
                    whole += 1;
                    assert!(!issue.key.is_empty() && !issue.status.name.is_empty(), "{name}");
                    with_sprint += usize::from(!issue.sprint_ids.is_empty());
                    with_release += usize::from(!issue.release_ids.is_empty());
                    let has_text = raw.pointer("/fields/description").is_some_and(|text| !text.is_null() && text != "");
                    assert_eq!(has_text, !issue.description.blocks.is_empty(), "{name} {}", issue.key);
                    with_text += usize::from(has_text);
                }
                Err(reason) => assert!(is_partial, "{name}: {reason}"),
            }
        }
    }
    println!("{whole} issues, {with_sprint} in sprints, {with_release} in releases, {with_text} with text");
    assert!(whole >= 57 && with_sprint > 0 && with_release > 0 && with_text > 10, "{whole} {with_sprint} {with_release} {with_text}");
}

#[test]
fn recorded_lists_are_read_whole() {
    let Some(root) = find_recorded() else { return };
    let rows_of = |path: &str| paging::read_page(read_json(&root.join(path))).unwrap().items;

    let statuses = parse_statuses(read_json(&root.join("rest-cloud/tuleap-DI-project_DI_statuses.json"))).unwrap();
    assert!(statuses.iter().any(|status| status.category == shape::StatusCategory::Done && status.issue_type_ids.len() > 1));
    let statuses = parse_statuses(read_json(&root.join("rest-dc/tuleap-SBX-project_SBX_statuses.json"))).unwrap();
    assert!(statuses.len() > 3 && statuses.iter().all(|status| !status.id.is_empty() && !status.name.is_empty()));

    let mut fields: Vec<shape::Field> = Vec::new();
    for path in ["rest-cloud/jiracli-fields.json", "rest-dc/gojira-all_fields.json"] {
        let items = rows_of(path);
        let count = items.len();
        fields.extend(wire::rows::<wire::Field>(items).into_iter().map(Into::into));
        assert!(fields.len() >= count, "{path}");
    }
    assert!(fields.iter().any(|field| field.kind == FieldKind::Number && field.custom));
    assert!(fields.iter().any(|field| field.kind == FieldKind::RichText));

    for path in ["rest-cloud/jiracli-sprints.json", "rest-cloud/jiracli-sprints-2.json", "rest-dc/gojira-sprints.json", "rest-dc/gojira-sprints_filtered.json"] {
        let items = rows_of(path);
        let count = items.len();
        let sprints: Vec<shape::Sprint> = wire::rows::<wire::Sprint>(items).into_iter().map(Into::into).collect();
        assert_eq!(sprints.len(), count, "{path}");
        assert!(sprints.iter().all(|sprint| sprint.state == shape::SprintState::Future || sprint.start_at.is_some()), "{path}");
    }
    let sprints: Vec<shape::Sprint> =
        wire::rows::<wire::Sprint>(read_csv_data(&root.join("rest-cloud/devlake_raw_jira_api_sprints.csv"))).into_iter().map(Into::into).collect();
    assert!(sprints.len() > 10 && sprints.iter().all(|sprint| sprint.board_id.is_some()));

    let versions = read_json(&root.join("rest-cloud/tuleap-DI-project_DI.json"))["versions"].take();
    let webhook = read_json(&root.join("webhooks-cloud/mia-version_created.json"))["version"].take();
    for version in versions.as_array().unwrap().iter().chain([&webhook]) {
        let release: shape::Release = serde_json::from_value::<wire::Version>(version.clone()).unwrap().into();
        assert_eq!(release.release_date.is_some(), version.get("releaseDate").is_some());
    }

    let projects = wire::rows::<wire::Project>(rows_of("rest-dc/gojira-all_projects.json"));
    assert!(projects.len() > 400, "{}", projects.len());
    for path in ["rest-dc/gojira-all_boards.json", "rest-dc/gojira-all_boards_filtered.json"] {
        let items = rows_of(path);
        let count = items.len();
        assert_eq!(wire::rows::<wire::Board>(items).len(), count, "{path}");
    }
    assert_eq!(wire::rows::<wire::Named>(rows_of("rest-dc/tuleap-SBX-priority.json")).len(), rows_of("rest-dc/tuleap-SBX-priority.json").len());
    let granted = parse_permissions(&read_json(&root.join("rest-dc/tuleap-SBX-mypermissions_projectKey_SBX.json"))).unwrap();
    assert!(granted.contains_key("BROWSE_PROJECTS") && granted.contains_key("ADMINISTER") && granted.len() < 74);
}

#[test]
fn the_recorded_document_is_read_without_loss() {
    let Some(root) = find_recorded() else { return };
    let read = adf::parse_adf(&read_json(&root.join("adf/jiracli-adf-md.json")));
    assert!(read.blocks.len() > 10);
    let lost: Vec<_> = read.blocks.iter().filter(|block| matches!(block, Block::Unknown { .. })).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn custom_fields_follow_their_kind() {
    let field = |id: &str, kind| shape::Field { id: id.to_owned(), name: String::new(), custom: true, kind, scope_project_id: None };
    let index = FieldIndex::new(&[
        field("customfield_1", FieldKind::Sprint),
        field("customfield_2", FieldKind::Option),
        field("customfield_3", FieldKind::Cascading),
        field("customfield_4", FieldKind::Date),
        field("customfield_5", FieldKind::EpicLink),
        field("customfield_6", FieldKind::MultiOption),
        field("customfield_7", FieldKind::Number),
    ]);
    let raw = json!({"id": 10001, "key": "P-1", "fields": {
        "project": {"id": "1"}, "issuetype": {"id": "2", "name": "Bug"}, "status": {"id": "3", "name": "Open", "statusCategory": {"key": "indeterminate"}},
        "created": "2026-09-27T10:03:11.123+0200", "updated": "2026-09-28T10:03:11.123+0200", "summary": "a\nb", "security": {"id": "1"},
        "reporter": {"key": "JIRAUSER1", "name": "ada", "displayName": "Ada"}, "assignee": null, "fixVersions": [{"id": "9"}],
        "customfield_1": ["com.x.Sprint@1[id=4,name=x]"], "customfield_2": {"id": "21", "value": "High"},
        "customfield_3": {"id": "31", "value": "A", "child": {"id": "32", "value": "B"}}, "customfield_4": "2026-12-31",
        "customfield_5": "P-9", "customfield_6": [], "customfield_7": 4.5, "customfield_8": "not asked for"}});
    let issue = parse_issue(&index, &raw).unwrap();
    assert_eq!((issue.id.as_str(), issue.summary.as_str(), issue.secured), ("10001", "a b", true));
    assert_eq!((issue.sprint_ids, issue.release_ids), (vec![4], vec!["9".to_owned()]));
    assert_eq!(issue.parent_key.as_deref(), Some("P-9"));
    assert_eq!(issue.reporter.unwrap().id, "JIRAUSER1");
    let named = |id: &str, name: &str| shape::FieldValue::Option(shape::NamedValue { id: id.to_owned(), name: name.to_owned() });
    assert_eq!(issue.custom["customfield_2"], named("21", "High"));
    assert_eq!(issue.custom["customfield_3"], named("31", "A / B"));
    assert_eq!(issue.custom.keys().collect::<Vec<_>>(), ["customfield_2", "customfield_3", "customfield_4", "customfield_5", "customfield_7"]);
    for (value, reason) in [
        (json!(null), PoisonReason::NotAnIssue),
        (json!({"id": "1", "key": "P-1", "fields": []}), PoisonReason::NotAnIssue),
        (json!({"key": "P-1", "fields": {}}), PoisonReason::Missing("id")),
        (json!({"id": "1", "key": "P-1", "fields": {}}), PoisonReason::Missing("project")),
    ] {
        assert_eq!(parse_issue(&index, &value), Err(reason));
    }
}

// ---- scripted servers ----

struct Answer(u16, Vec<(&'static str, String)>, String);

fn ok(body: Value) -> Answer {
    Answer(200, vec![("content-type", "application/json".to_owned())], body.to_string())
}

fn status(status: u16) -> Answer {
    Answer(status, vec![("content-type", "application/json".to_owned())], json!({"errorMessages": ["told"], "errors": {}}).to_string())
}

type Requests = Arc<Mutex<Vec<(String, Option<String>, Value)>>>;

/// A server that answers a path (with the longest matching ending) from its list; the last answer
/// stays. What it was asked is kept: path with query, authorization, body.
async fn serve(script: Vec<(&'static str, Vec<Answer>)>) -> (Url, Requests) {
    let requests: Requests = Arc::default();
    let seen = Arc::clone(&requests);
    let script: Arc<Mutex<Vec<(&str, VecDeque<Answer>)>>> =
        Arc::new(Mutex::new(script.into_iter().map(|(path, answers)| (path, answers.into())).collect()));
    let app = axum::Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
        let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
        async move {
            let authorization = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
            seen.lock().unwrap().push((uri.to_string(), authorization, serde_json::from_slice(&body).unwrap_or_default()));
            let (code, answer_headers, text) = {
                let mut script = script.lock().unwrap();
                let Some((_, answers)) = script.iter_mut().find(|(path, _)| uri.path().ends_with(path)) else {
                    return (StatusCode::NOT_FOUND, "{}").into_response();
                };
                let only = answers.len() == 1;
                let first = answers.pop_front().unwrap();
                let copy = (first.0, first.1.clone(), first.2.clone());
                if only {
                    answers.push_front(first);
                }
                copy
            };
            if code == 0 {
                std::future::pending::<()>().await;
            }
            let mut answer = (StatusCode::from_u16(code).unwrap(), text).into_response();
            for (name, value) in answer_headers {
                answer.headers_mut().insert(name, value.parse().unwrap());
            }
            answer
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, requests)
}

fn outbound(gateway: Option<&Url>) -> OutboundClient {
    let mut policy = OutboundPolicy { allowed_hosts: vec!["127.0.0.1".to_owned()], ..OutboundPolicy::default() };
    if let Some(gateway) = gateway {
        policy.cloud_gateway = gateway.clone();
    }
    OutboundClient::new(policy, None).unwrap()
}

/// Never waits; keeps what it was asked to wait.
#[derive(Default)]
struct NoWait(Mutex<Vec<Duration>>);

impl Pace for NoWait {
    fn random_unit(&self) -> f64 {
        1.0
    }

    fn now(&self) -> jiff::Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.0.lock().unwrap().push(time);
        Box::pin(async {})
    }
}

fn client(deployment: Deployment, url: &Url) -> (JiraClient, Arc<NoWait>) {
    let token = "canary-token".to_owned().into();
    let credential = match deployment {
        Deployment::Cloud => Credential::Cloud { email: "ada@example.com".to_owned(), token },
        Deployment::DataCenter => Credential::DataCenter { token },
    };
    let pace = Arc::new(NoWait::default());
    let site = Site { deployment, site_url: url.clone(), api_base: url.clone(), credential };
    (JiraClient::new(outbound(None), site).with_pace(pace.clone()), pace)
}

#[tokio::test]
async fn errors_are_told_apart() {
    let html = |status| Answer(status, vec![("content-type", "text/html".to_owned())], "<html><form>Log in</form>".to_owned());
    let with = |status, name, value: &str| Answer(status, vec![(name, value.to_owned())], String::new());
    let connect = Answer(403, vec![], r#"{"error":"Failed to parse Connect Session Auth Token"}"#.to_owned());
    let half = Answer(200, vec![], r#"{"key":"a","#.to_owned());
    let captcha = || Some(LoginReason::Captcha);
    let told = || vec!["told".to_owned()];
    for (answer, want, class) in [
        (html(200), JiraError::LoginPage, ErrorClass::Credential),
        (status(401), JiraError::Unauthorized { login_reason: None }, ErrorClass::Credential),
        (with(403, "x-seraph-loginreason", "AUTHENTICATION_DENIED"), JiraError::Unauthorized { login_reason: captcha() }, ErrorClass::Credential),
        (with(200, "x-seraph-loginreason", "AUTHENTICATED_FAILED"), JiraError::Unauthorized { login_reason: Some(LoginReason::Failed) }, ErrorClass::Credential),
        (connect, JiraError::ConnectBearer403, ErrorClass::Credential),
        (status(403), JiraError::Forbidden { messages: told() }, ErrorClass::Permission),
        (status(404), JiraError::NotFound { messages: told() }, ErrorClass::Permission),
        (status(400), JiraError::BadRequest { messages: told() }, ErrorClass::Config),
        (status(410), JiraError::Gone, ErrorClass::Config),
        (status(418), JiraError::Unexpected { status: 418, messages: told() }, ErrorClass::Config),
        (html(503), JiraError::Unavailable { status: 503, retry_after: None }, ErrorClass::Transient),
        (with(429, "retry-after", "90"), JiraError::RateLimited { retry_after: Some(Duration::from_secs(90)) }, ErrorClass::Transient),
        (half, JiraError::Truncated, ErrorClass::Transient),
        (Answer(200, vec![], "nonsense".to_owned()), JiraError::NotJson { status: 200 }, ErrorClass::Config),
        (ok(json!({})), JiraError::BadAnswer { what: "myself" }, ErrorClass::Poison),
    ] {
        let (url, _) = serve(vec![("/myself", vec![answer])]).await;
        let error = client(Deployment::DataCenter, &url).0.myself().await.unwrap_err();
        assert_eq!((error.class(), &error), (class, &want));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_read_is_tried_again_and_jiras_wish_is_kept() {
    let me = || ok(json!({"key": "JIRAUSER1", "displayName": "Ada", "active": true, "timeZone": "Europe/Berlin"}));
    let limited = Answer(429, vec![("retry-after", "7".to_owned())], String::new());
    let (url, requests) = serve(vec![("/myself", vec![status(503), limited, me()])]).await;
    let (client, pace) = client(Deployment::DataCenter, &url);
    assert_eq!(client.myself().await.unwrap().id, "JIRAUSER1");
    assert_eq!(*pace.0.lock().unwrap(), [Duration::from_millis(500), Duration::from_secs(7)]);
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 3);
    assert_eq!((requests[0].0.as_str(), requests[0].1.as_deref()), ("/rest/api/2/myself", Some("Bearer canary-token")));
    assert!(!format!("{client:?}").contains("canary"));
}

fn raw(id: u64) -> Value {
    json!({"id": id.to_string(), "key": format!("P-{id}"), "fields": {}})
}

async fn read_all(client: &JiraClient) -> Result<Vec<String>, JiraError> {
    let mut query = IssueQuery { jql: "project = 1".to_owned(), fields: FieldSelection::minimal(), page: None, page_size: 2 };
    let mut guard = PageGuard::default();
    let mut found = Vec::new();
    loop {
        let page = client.search_issues(&query).await?;
        found.extend(page.issues.into_iter().filter_map(|issue| issue.id));
        let Some(next) = page.next else { return Ok(found) };
        guard.accept(&next)?;
        query.page = Some(next);
    }
}

#[tokio::test]
async fn cloud_pages_by_token_over_empty_pages_and_refuses_a_loop() {
    let page = |ids: &[u64], next: Option<&str>| {
        ok(json!({"issues": ids.iter().map(|id| raw(*id)).collect::<Vec<_>>(), "nextPageToken": next, "isLast": next.is_none()}))
    };
    let (url, requests) = serve(vec![("/search/jql", vec![page(&[1, 2], Some("a")), page(&[], Some("b")), page(&[3], None)])]).await;
    let (cloud, _) = client(Deployment::Cloud, &url);
    assert_eq!(read_all(&cloud).await.unwrap(), ["1", "2", "3"]);
    let requests = requests.lock().unwrap().clone();
    assert_eq!(requests[2].2["nextPageToken"], "b");
    assert_eq!(requests[0].2["jql"], "project = 1 ORDER BY id ASC");
    assert!(requests[0].1.as_deref().unwrap().starts_with("Basic "));
    let (url, _) = serve(vec![("/search/jql", vec![page(&[1], Some("a")), page(&[2], Some("b")), page(&[1], Some("a"))])]).await;
    assert_eq!(read_all(&client(Deployment::Cloud, &url).0).await, Err(JiraError::BadAnswer { what: "paging does not advance" }));
}

#[tokio::test]
async fn data_center_goes_on_behind_the_last_id() {
    let page = |ids: &[u64], start: u64, total: u64| {
        ok(json!({"issues": ids.iter().map(|id| raw(*id)).collect::<Vec<_>>(), "startAt": start, "maxResults": 2, "total": total}))
    };
    let (url, requests) = serve(vec![("/search", vec![page(&[3, 9], 0, 5), page(&[10, 11], 0, 3), page(&[12], 0, 1)])]).await;
    assert_eq!(read_all(&client(Deployment::DataCenter, &url).0).await.unwrap(), ["3", "9", "10", "11", "12"]);
    assert_eq!(requests.lock().unwrap()[2].2["jql"], "(project = 1) AND id > 11 ORDER BY id ASC");

    // A server that orders by key: ids do not rise, so offsets take over.
    let (url, requests) = serve(vec![("/search", vec![page(&[9, 3], 0, 3), page(&[10], 2, 3)])]).await;
    assert_eq!(read_all(&client(Deployment::DataCenter, &url).0).await.unwrap(), ["9", "3", "10"]);
    assert_eq!(requests.lock().unwrap()[1].2["startAt"], 2);

    // It looks ordered at first, but one issue is lost behind the last id: noticed by the total.
    let (url, _) = serve(vec![("/search", vec![page(&[8, 9], 0, 4), page(&[10], 0, 1), page(&[3, 10], 2, 4)])]).await;
    assert_eq!(read_all(&client(Deployment::DataCenter, &url).0).await.unwrap(), ["8", "9", "3", "10"]);
}

#[tokio::test]
async fn lists_walk_all_pages_and_forgive_what_is_forbidden() {
    let boards = |ids: &[i64], start: u64, last: bool| {
        let values: Vec<Value> = ids.iter().map(|id| json!({"id": id, "name": "B", "type": "scrum"})).collect();
        ok(json!({"startAt": start, "maxResults": 2, "isLast": last, "values": values}))
    };
    let meta = |key: &str, ids: &[&str]| {
        let values: Vec<Value> = ids.iter().map(|id| json!({"id": id, "name": id})).collect();
        ok(json!({"startAt": 0, "maxResults": 50, "total": 1, key: [{"fieldId": "priority", "required": true, "allowedValues": values}]}))
    };
    let (url, _) = serve(vec![
        ("/board", vec![boards(&[1, 2], 0, false), boards(&[3], 2, true)]),
        ("/issuetypes/1", vec![meta("fields", &["1", "2"])]),
        ("/issuetypes/2", vec![meta("values", &["2", "3"])]),
        ("/issuetypes/3", vec![status(403)]),
        ("/sprint", vec![status(400)]),
    ])
    .await;
    let (client, _) = client(Deployment::DataCenter, &url);
    assert_eq!(client.list_boards("P").await.unwrap().len(), 3);
    let types = ["1", "2", "3"].map(str::to_owned);
    let ids: Vec<String> = client.list_priorities("P", &types).await.unwrap().into_iter().map(|value| value.id).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    let board = |kind| Board { id: 1, name: String::new(), kind };
    assert_eq!(client.list_sprints(&board(BoardKind::Simple)).await, Ok(Vec::new()));
    assert!(client.list_sprints(&board(BoardKind::Scrum)).await.is_err());
}

#[test]
fn ids_cannot_leave_their_place_in_the_address() {
    let base = Url::parse("https://jira.corp/jira/").unwrap();
    for (id, path) in [
        ("P-1", "/jira/rest/api/2/issue/P-1"),
        ("../../admin", "/jira/rest/api/2/issue/..%2F..%2Fadmin"),
        ("..", "/jira/rest/api/2/issue/_"),
        ("a?b#c", "/jira/rest/api/2/issue/a%3Fb%23c"),
    ] {
        assert_eq!(client::build_url(&base, &["rest", "api", "2", "issue", id], &[]).path(), path, "{id}");
    }
}

#[test]
fn server_info_tells_both_apart() {
    let info = parse_server_info(json!({"deploymentType": "Cloud", "version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0]})).unwrap();
    assert_eq!(info.deployment, Deployment::Cloud);
    let info = parse_server_info(json!({"deploymentType": "Server", "version": "10.7.4"})).unwrap();
    assert_eq!((info.deployment, info.version_numbers), (Deployment::DataCenter, vec![10, 7, 4]));
    assert_eq!(parse_server_info(json!({"status": "ok"})), None);
}

// ---- connection test ----

fn server_info(kind: &str, version: &str) -> Answer {
    let now = jiff::Timestamp::now();
    ok(json!({"deploymentType": kind, "version": version, "serverTime": now.to_string(), "serverTitle": "Jira"}))
}

fn me(active: bool) -> Answer {
    ok(json!({"key": "JIRAUSER1", "accountId": "a1", "displayName": "Ada", "active": active}))
}

fn permissions(without: &str) -> Answer {
    let all: serde_json::Map<String, Value> = crate::domain::connection_report::PERMISSIONS
        .iter()
        .map(|(key, _)| ((*key).to_owned(), json!({"key": key, "havePermission": *key != without})))
        .collect();
    ok(json!({ "permissions": all }))
}

async fn probe(deployment: Deployment, script: Vec<(&'static str, Vec<Answer>)>) -> crate::domain::connection_report::ConnectionReport {
    let (url, _) = serve(script).await;
    let email = Some("ada@example.com".to_owned());
    let input = ConnectionInput { deployment, site_url: url.clone(), email, token: "canary-token".to_owned().into() };
    let report = probe::test_connection_within(&outbound(Some(&url)), &input, Duration::from_secs(5)).await;
    assert!(!format!("{report:?}").contains("canary"));
    report
}

fn healthy(kind: &str) -> Vec<(&'static str, Vec<Answer>)> {
    vec![
        ("/serverInfo", vec![server_info(kind, "10.7.4")]),
        ("/myself", vec![me(true)]),
        ("/board", vec![ok(json!({"values": []}))]),
        ("/mypermissions", vec![permissions("")]),
    ]
}

#[tokio::test]
async fn a_healthy_jira_passes() {
    for (deployment, kind) in [(Deployment::Cloud, "Cloud"), (Deployment::DataCenter, "Server")] {
        let report = probe(deployment, healthy(kind)).await;
        assert_eq!(report.verdict, Verdict::Passed, "{report:?}");
        assert_eq!(report.identity.unwrap().display_name, "Ada");
        assert!(report.api_base.is_some() && report.features.iter().all(|feature| feature.works));
    }
}

#[tokio::test]
async fn each_trouble_is_named_at_its_check() {
    use Deployment::{Cloud, DataCenter};
    let changed = |kind: &str, path: &'static str, answer: Answer| {
        let mut script = healthy(kind);
        script.insert(0, (path, vec![answer]));
        script
    };
    let html = || Answer(200, vec![("content-type", "text/html".to_owned())], "<html>".to_owned());
    let moved = || Answer(302, vec![("location", "https://sso.example.com/login".to_owned())], String::new());
    let captcha = || Answer(403, vec![("x-seraph-loginreason", "AUTHENTICATION_DENIED".to_owned())], String::new());
    let half = || Answer(200, vec![], "{\"a\":".to_owned());
    let bare = || Answer(403, vec![], r#"{"error":"Failed to parse Connect Session Auth Token"}"#.to_owned());
    for (deployment, script, code, word) in [
        (DataCenter, changed("Server", "/serverInfo", server_info("Server", "9.17.5")), CheckCode::Version, "9.17.5"),
        (DataCenter, changed("Server", "/serverInfo", server_info("Cloud", "1001")), CheckCode::Deployment, "belongs to Jira Cloud"),
        (Cloud, changed("Cloud", "/serverInfo", server_info("Server", "10.7.4")), CheckCode::Deployment, "belongs to Jira Data Center"),
        (DataCenter, changed("Server", "/serverInfo", html()), CheckCode::IsJira, "web page"),
        (DataCenter, changed("Server", "/serverInfo", moved()), CheckCode::IsJira, "sso.example.com"),
        (DataCenter, changed("Server", "/serverInfo", half()), CheckCode::IsJira, "stops in the middle"),
        (DataCenter, changed("Server", "/serverInfo", ok(json!({"hello": 1}))), CheckCode::IsJira, "not as Jira"),
        (DataCenter, changed("Server", "/serverInfo", status(503)), CheckCode::IsJira, "HTTP 503"),
        (DataCenter, changed("Server", "/myself", status(401)), CheckCode::Token, "personal access token"),
        (Cloud, changed("Cloud", "/myself", status(401)), CheckCode::Token, "email and API token"),
        (Cloud, changed("Cloud", "/myself", bare()), CheckCode::Token, "on its own"),
        (DataCenter, changed("Server", "/myself", captcha()), CheckCode::Token, "CAPTCHA"),
        (DataCenter, changed("Server", "/myself", me(false)), CheckCode::Token, "deactivated"),
        (DataCenter, changed("Server", "/myself", html()), CheckCode::Token, "web page"),
        (DataCenter, changed("Server", "/myself", status(429)), CheckCode::Token, "HTTP 429"),
        (DataCenter, changed("Server", "/myself", half()), CheckCode::Token, "stops in the middle"),
    ] {
        let report = probe(deployment, script).await;
        let failure = report.find_failure().unwrap_or_else(|| panic!("{word}: {report:?}"));
        assert_eq!((failure.code, report.verdict), (code, Verdict::Failed), "{word}");
        assert!(failure.detail.contains(word), "{word}: {failure:?}");
        assert_eq!(report.checks.len(), 9);
    }
}

#[tokio::test]
async fn limits_leave_the_rest_working() {
    let mut script = healthy("Server");
    script.insert(0, ("/board", vec![status(403)]));
    script.insert(0, ("/mypermissions", vec![permissions("CREATE_ISSUES")]));
    let old = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(10);
    script.insert(0, ("/serverInfo", vec![ok(json!({"deploymentType": "Server", "version": "11.0.0", "serverTime": old.to_string()}))]));
    let report = probe(Deployment::DataCenter, script).await;
    assert_eq!(report.verdict, Verdict::PassedWithLimits);
    for code in [CheckCode::Boards, CheckCode::Permissions, CheckCode::Clock] {
        assert_eq!(report.find_check(code).unwrap().state, CheckState::Warned, "{code:?}");
    }
    assert!(report.features.iter().any(|feature| !feature.works && feature.blocked_by == ["Create Issues"]));
}

#[tokio::test]
async fn a_scoped_token_is_found_at_the_gateway() {
    let mut script = healthy("Cloud");
    script.insert(0, ("/ex/jira/c-1/rest/api/3/myself", vec![me(true)]));
    script.insert(1, ("/myself", vec![status(401)]));
    script.insert(0, ("/tenant_info", vec![ok(json!({"cloudId": "c-1"}))]));
    let report = probe(Deployment::Cloud, script).await;
    assert_eq!(report.verdict, Verdict::Passed, "{report:?}");
    assert_eq!(report.cloud_id.as_deref(), Some("c-1"));
    assert!(report.api_base.unwrap().ends_with("/ex/jira/c-1"));
}

#[tokio::test]
async fn a_jira_that_hangs_ends_the_test_in_time() {
    let hang = || Answer(0, Vec::new(), String::new());
    for (path, code) in [("/serverInfo", CheckCode::Reachable), ("/myself", CheckCode::Token)] {
        let mut script = healthy("Server");
        script.insert(0, (path, vec![hang()]));
        let (url, _) = serve(script).await;
        let input = ConnectionInput { deployment: Deployment::DataCenter, site_url: url, email: None, token: "t".to_owned().into() };
        let report = probe::test_connection_within(&outbound(None), &input, Duration::from_millis(400)).await;
        let failure = report.find_failure().unwrap();
        assert_eq!(failure.code, code, "{report:?}");
        assert!(failure.detail.contains("no answer within"), "{failure:?}");
    }
}

#[tokio::test]
async fn addresses_that_are_closed_or_forbidden_are_named() {
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let input = |url: &str| ConnectionInput {
        deployment: Deployment::DataCenter,
        site_url: Url::parse(url).unwrap(),
        email: None,
        token: "t".to_owned().into(),
    };
    for (url, word) in [
        (format!("http://127.0.0.1:{unused}/"), "refuses connections"),
        ("http://10.0.0.1/".to_owned(), "private or reserved"),
        ("http://name.invalid/".to_owned(), "is not known"),
    ] {
        let report = test_connection(&outbound(None), &input(&url)).await;
        let check = report.find_check(CheckCode::Reachable).unwrap();
        assert!(check.detail.contains(word) && report.verdict == Verdict::Failed, "{url}: {check:?}");
        assert!(report.checks[1..].iter().all(|check| check.state == CheckState::NotReached));
    }
}
