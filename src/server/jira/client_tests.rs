//! The client against scripted servers: errors, retries, paging, addresses.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::common::parse_server_info;
use super::scripted_tests::{Answer, client, ok, serve, status};
use super::*;
use crate::domain::jira::{self as shape, Board, BoardKind, Deployment, FieldKind};

#[test]
fn custom_fields_follow_their_kind() {
    let field = |id: &str, kind| shape::Field {
        id: id.to_owned(),
        name: String::new(),
        custom: true,
        kind,
        scope_project_id: None,
    };
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
    assert_eq!(
        (issue.id.as_str(), issue.summary.as_str(), issue.secured),
        ("10001", "a b", true)
    );
    assert_eq!(
        (issue.sprint_ids, issue.release_ids),
        (vec![4], vec!["9".to_owned()])
    );
    assert_eq!(issue.parent_key.as_deref(), Some("P-9"));
    assert_eq!(issue.reporter.unwrap().id, "JIRAUSER1");
    let named = |id: &str, name: &str| {
        shape::FieldValue::Option(shape::NamedValue {
            id: id.to_owned(),
            name: name.to_owned(),
        })
    };
    assert_eq!(issue.custom["customfield_2"], named("21", "High"));
    assert_eq!(issue.custom["customfield_3"], named("31", "A / B"));
    assert_eq!(
        issue.custom.keys().collect::<Vec<_>>(),
        [
            "customfield_2",
            "customfield_3",
            "customfield_4",
            "customfield_5",
            "customfield_7"
        ]
    );
    for (value, reason) in [
        (json!(null), PoisonReason::NotAnIssue),
        (
            json!({"id": "1", "key": "P-1", "fields": []}),
            PoisonReason::NotAnIssue,
        ),
        (json!({"key": "P-1", "fields": {}}), PoisonReason::Missing("id")),
        (
            json!({"id": "1", "key": "P-1", "fields": {}}),
            PoisonReason::Missing("project"),
        ),
    ] {
        assert_eq!(parse_issue(&index, &value), Err(reason));
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
async fn errors_are_told_apart() {
    let html = |status| {
        Answer(
            status,
            vec![("content-type", "text/html".to_owned())],
            "<html><form>Log in</form>".to_owned(),
        )
    };
    let with = |status, name, value: &str| Answer(status, vec![(name, value.to_owned())], String::new());
    let connect = Answer(
        403,
        vec![],
        r#"{"error":"Failed to parse Connect Session Auth Token"}"#.to_owned(),
    );
    let half = Answer(200, vec![], r#"{"key":"a","#.to_owned());
    let captcha = || Some(LoginReason::Captcha);
    let told = || vec!["told".to_owned()];
    let unexpected = |code| {
        let messages = told();
        (
            status(code),
            JiraError::Unexpected {
                status: code,
                messages,
            },
        )
    };
    for (answer, want, class) in [
        (html(200), JiraError::LoginPage, ErrorClass::Credential),
        (
            Answer(
                200,
                vec![("content-type", "text/html".to_owned())],
                "<html><p>Back at noon</p>".to_owned(),
            ),
            JiraError::NotJira { status: 200 },
            ErrorClass::Transient,
        ),
        (
            status(401),
            JiraError::Unauthorized { login_reason: None },
            ErrorClass::Credential,
        ),
        (
            with(403, "x-seraph-loginreason", "AUTHENTICATION_DENIED"),
            JiraError::Unauthorized {
                login_reason: captcha(),
            },
            ErrorClass::Credential,
        ),
        (
            with(200, "x-seraph-loginreason", "AUTHENTICATED_FAILED"),
            JiraError::Unauthorized {
                login_reason: Some(LoginReason::Failed),
            },
            ErrorClass::Credential,
        ),
        (connect, JiraError::ConnectBearer403, ErrorClass::Credential),
        (
            status(403),
            JiraError::Forbidden { messages: told() },
            ErrorClass::Permission,
        ),
        (
            status(404),
            JiraError::NotFound { messages: told() },
            ErrorClass::Permission,
        ),
        (
            status(400),
            JiraError::BadRequest { messages: told() },
            ErrorClass::Config,
        ),
        (status(410), JiraError::Gone, ErrorClass::Config),
        (
            status(418),
            JiraError::Unexpected {
                status: 418,
                messages: told(),
            },
            ErrorClass::Config,
        ),
        (
            html(503),
            JiraError::Unavailable {
                status: 503,
                retry_after: None,
            },
            ErrorClass::Transient,
        ),
        (
            with(429, "retry-after", "90"),
            JiraError::RateLimited {
                retry_after: Some(Duration::from_secs(90)),
            },
            ErrorClass::Transient,
        ),
        (half, JiraError::Truncated, ErrorClass::Transient),
        (
            Answer(200, vec![], "nonsense".to_owned()),
            JiraError::NotJson { status: 200 },
            ErrorClass::Transient,
        ),
        (
            Answer(200, vec![], String::new()),
            JiraError::NotJson { status: 200 },
            ErrorClass::Transient,
        ),
        (unexpected(408).0, unexpected(408).1, ErrorClass::Transient),
        (unexpected(409).0, unexpected(409).1, ErrorClass::Transient),
        (unexpected(425).0, unexpected(425).1, ErrorClass::Transient),
        (
            Answer(200, vec![], "[".repeat(200) + &"]".repeat(200)),
            JiraError::BadAnswer {
                what: "nesting is too deep",
            },
            ErrorClass::Poison,
        ),
        (
            ok(json!({})),
            JiraError::BadAnswer { what: "myself" },
            ErrorClass::Poison,
        ),
    ] {
        let (url, _) = serve(vec![("/myself", vec![answer])]).await;
        let error = client(Deployment::DataCenter, &url).0.myself().await.unwrap_err();
        assert_eq!((error.class(), &error), (class, &want));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_read_is_tried_again_and_jiras_wish_is_kept() {
    let me =
        || ok(json!({"key": "JIRAUSER1", "displayName": "Ada", "active": true, "timeZone": "Europe/Berlin"}));
    let limited = Answer(429, vec![("retry-after", "7".to_owned())], String::new());
    let (url, requests) = serve(vec![("/myself", vec![status(503), limited, me()])]).await;
    let (client, pace) = client(Deployment::DataCenter, &url);
    assert_eq!(client.myself().await.unwrap().id, "JIRAUSER1");
    assert_eq!(
        *pace.0.lock().unwrap(),
        [Duration::from_millis(500), Duration::from_secs(7)]
    );
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 3);
    assert_eq!(
        (requests[0].0.as_str(), requests[0].1.as_deref()),
        ("/rest/api/2/myself", Some("Bearer canary-token"))
    );
    assert!(!format!("{client:?}").contains("canary"));
}

fn raw(id: u64) -> Value {
    json!({"id": id.to_string(), "key": format!("P-{id}"), "fields": {}})
}

async fn read_all(client: &JiraClient) -> Result<Vec<String>, JiraError> {
    let mut query = IssueQuery {
        jql: "project = 1".to_owned(),
        fields: FieldSelection::only(&["status"]),
        page: None,
        page_size: 2,
    };
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
        ok(
            json!({"issues": ids.iter().map(|id| raw(*id)).collect::<Vec<_>>(), "nextPageToken": next, "isLast": next.is_none()}),
        )
    };
    let (url, requests) = serve(vec![(
        "/search/jql",
        vec![page(&[1, 2], Some("a")), page(&[], Some("b")), page(&[3], None)],
    )])
    .await;
    let (cloud, _) = client(Deployment::Cloud, &url);
    assert_eq!(read_all(&cloud).await.unwrap(), ["1", "2", "3"]);
    let requests = requests.lock().unwrap().clone();
    assert_eq!(requests[2].2["nextPageToken"], "b");
    assert_eq!(requests[0].2["jql"], "project = 1 ORDER BY id ASC");
    assert!(requests[0].1.as_deref().unwrap().starts_with("Basic "));
    let (url, _) = serve(vec![(
        "/search/jql",
        vec![
            page(&[1], Some("a")),
            page(&[2], Some("b")),
            page(&[1], Some("a")),
        ],
    )])
    .await;
    assert_eq!(
        read_all(&client(Deployment::Cloud, &url).0).await,
        Err(JiraError::BadAnswer {
            what: "paging does not advance"
        })
    );
}

fn offset_page(ids: &[u64], start: u64, total: u64) -> Answer {
    ok(
        json!({"issues": ids.iter().map(|id| raw(*id)).collect::<Vec<_>>(), "startAt": start, "maxResults": 2, "total": total}),
    )
}

/// What Data Center is read as, and the queries with their offsets.
async fn walk(answers: Vec<Answer>) -> (Result<Vec<String>, JiraError>, Vec<(String, u64)>) {
    let (url, requests) = serve(vec![("/search", answers)]).await;
    let found = read_all(&client(Deployment::DataCenter, &url).0).await;
    let requests = requests.lock().unwrap();
    let asked = requests.iter().map(|(_, _, body)| {
        let jql = body["jql"].as_str().unwrap().to_owned();
        (jql, body["startAt"].as_u64().unwrap_or_default())
    });
    (found, asked.collect())
}

#[tokio::test]
async fn data_center_goes_on_behind_the_last_id() {
    let page = offset_page;
    let count = |n| page(&[], 0, n);
    let (found, asked) = walk(vec![
        page(&[3, 9], 0, 5),
        page(&[10, 11], 0, 3),
        count(2),
        page(&[12], 0, 1),
    ])
    .await;
    assert_eq!(found.unwrap(), ["3", "9", "10", "11", "12"]);
    assert_eq!(asked[2].0, "(project = 1) AND id <= 9", "proven once");
    assert_eq!(asked[3].0, "(project = 1) AND id > 11 ORDER BY id ASC");
    assert_eq!(asked.len(), 4);

    // A server that orders by key: ids do not rise, so offsets take over.
    let (found, asked) = walk(vec![page(&[9, 3], 0, 3), page(&[10], 2, 3)]).await;
    assert_eq!((found.unwrap().join(" "), asked[1].1), ("9 3 10".to_owned(), 2));

    // It looks ordered at first, but one issue is lost behind the last id: the proof finds it.
    let (found, asked) = walk(vec![
        page(&[8, 9], 0, 4),
        page(&[10], 0, 1),
        count(3),
        page(&[8, 9], 0, 4),
        page(&[3, 10], 2, 4),
    ])
    .await;
    assert_eq!(
        (found.unwrap().join(" "), asked[4].1),
        ("8 9 8 9 3 10".to_owned(), 2)
    );

    // So does the proof that is repeated where fewer are left than expected.
    let (found, _) = walk(vec![
        page(&[1, 2], 0, 5),
        page(&[5, 6], 0, 3),
        count(2),
        page(&[], 0, 0),
        count(5),
        page(&[1, 2], 0, 5),
        page(&[5, 6], 2, 5),
        page(&[3], 4, 5),
    ])
    .await;
    assert_eq!(found.unwrap().join(" "), "1 2 5 6 1 2 5 6 3");
}

#[tokio::test]
async fn a_deletion_ahead_of_the_walk_brings_no_offsets() {
    let (found, asked) = walk(vec![
        offset_page(&[1, 2], 0, 5),
        offset_page(&[4], 0, 1),
        offset_page(&[], 0, 2),
    ])
    .await;
    assert_eq!(found.unwrap(), ["1", "2", "4"]);
    assert!(asked.iter().all(|(_, start)| *start == 0), "{asked:?}");
    // Later as well: the proof is repeated and holds.
    let (found, asked) = walk(vec![
        offset_page(&[1, 2], 0, 6),
        offset_page(&[3, 4], 0, 4),
        offset_page(&[], 0, 2),
        offset_page(&[6], 0, 1),
        offset_page(&[], 0, 4),
    ])
    .await;
    assert_eq!(found.unwrap(), ["1", "2", "3", "4", "6"]);
    assert!(asked.iter().all(|(_, start)| *start == 0), "{asked:?}");
}

#[tokio::test]
async fn a_listing_is_complete_only_where_jira_says_so() {
    let more = ok(json!({"issues": [raw(1)], "isLast": false}));
    let (url, _) = serve(vec![("/search/jql", vec![more])]).await;
    let cloud = client(Deployment::Cloud, &url).0;
    assert!(matches!(read_all(&cloud).await, Err(JiraError::BadAnswer { .. })));
    let (found, _) = walk(vec![ok(json!({"issues": [raw(1), raw(2)], "startAt": 0}))]).await;
    assert_eq!(found, Err(JiraError::BadAnswer { what: "total" }));

    // No rows although there are: asked again, then a page cut short.
    let (found, _) = walk(vec![offset_page(&[], 0, 2), offset_page(&[1, 2], 0, 2)]).await;
    assert_eq!(found.unwrap(), ["1", "2"]);
    let (found, _) = walk(vec![offset_page(&[], 0, 3)]).await;
    assert_eq!(found, Err(JiraError::Truncated));
    // An index that believes in two issues that are gone.
    let (found, _) = walk(vec![offset_page(&[], 0, 2)]).await;
    assert_eq!(found, Ok(Vec::new()));
}

#[tokio::test]
async fn lists_walk_all_pages_and_forgive_what_is_forbidden() {
    let boards = |ids: &[i64], start: u64, last: bool| {
        let values: Vec<Value> = ids
            .iter()
            .map(|id| json!({"id": id, "name": "B", "type": "scrum"}))
            .collect();
        ok(json!({"startAt": start, "maxResults": 2, "isLast": last, "values": values}))
    };
    let meta = |key: &str, ids: &[&str]| {
        let values: Vec<Value> = ids.iter().map(|id| json!({"id": id, "name": id})).collect();
        ok(
            json!({"startAt": 0, "maxResults": 50, "total": 1, key: [{"fieldId": "priority", "required": true, "allowedValues": values}]}),
        )
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
    let ids: Vec<String> = client
        .list_priorities("P", &types)
        .await
        .unwrap()
        .into_iter()
        .map(|value| value.id)
        .collect();
    assert_eq!(ids, ["1", "2", "3"]);
    let board = |kind| Board {
        id: 1,
        name: String::new(),
        kind,
    };
    assert_eq!(
        client.list_sprints(&board(BoardKind::Simple)).await,
        Ok(Vec::new())
    );
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
        assert_eq!(
            super::client::build_url(&base, &["rest", "api", "2", "issue", id], &[]).path(),
            path,
            "{id}"
        );
    }
}

#[test]
fn server_info_tells_both_apart() {
    let info = parse_server_info(
        json!({"deploymentType": "Cloud", "version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0]}),
    )
    .unwrap();
    assert_eq!(info.deployment, Deployment::Cloud);
    let info = parse_server_info(json!({"deploymentType": "Server", "version": "10.7.4"})).unwrap();
    assert_eq!(
        (info.deployment, info.version_numbers),
        (Deployment::DataCenter, vec![10, 7, 4])
    );
    assert_eq!(parse_server_info(json!({"status": "ok"})), None);
}
