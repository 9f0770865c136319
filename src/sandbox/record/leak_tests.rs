//! What a recording must not tell: file names, telephone numbers, words that were typed, people that
//! only pickers and histories know.

use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::clean::Cleaner;

fn cleaner(keep_texts: bool) -> Cleaner {
    Cleaner::new(
        &"https://jira.corp.test/jira".parse().unwrap(),
        "http://127.0.0.1:9",
        keep_texts,
    )
}

fn cleaned(keep_texts: bool, mut value: Value) -> Value {
    cleaner(keep_texts).clean(&mut value);
    value
}

#[test]
fn addresses_lose_the_names_in_them() {
    let own = "https://jira.corp.test/jira";
    for (key, link, want) in [
        (
            "content",
            format!("{own}/secure/attachment/10000/Kunde%20Bank.pdf"),
            "https://recorded.example/secure/attachment/10000/file",
        ),
        (
            "thumbnail",
            format!("{own}/secure/thumbnail/10000/_thumb_Bank.png"),
            "https://recorded.example/secure/thumbnail/10000/file",
        ),
        (
            "content",
            format!("{own}/rest/api/3/attachment/content/10000"),
            "https://recorded.example/rest/api/3/attachment/content/10000",
        ),
        (
            "href",
            "/secure/attachment/7/Bank.pdf".to_owned(),
            "/secure/attachment/7/file",
        ),
        (
            "url",
            format!("{own}/browse/PAY-1"),
            "https://recorded.example/browse/PAY-1",
        ),
        (
            "url",
            format!("{own}/display/X/Bank"),
            "https://recorded.example/xxxxxxx/X/Xxxx",
        ),
        (
            "url",
            "https://bank.test/Deal?id=5".to_owned(),
            "https://elsewhere.example/Xxxx?xx=0",
        ),
        (
            "searchUrl",
            format!("{own}/rest/api/2/search?jql=text%20~%20Bank"),
            "https://recorded.example/rest/api/2/search?jql=text+%7E+Xxxx",
        ),
        ("url", "Bank".to_owned(), "Xxxx"),
        ("alt", "Bank AG".to_owned(), "Xxxx XX"),
    ] {
        let mut value = json!({});
        value[key] = Value::from(link.as_str());
        assert_eq!(cleaned(false, value)[key], want, "{link}");
    }
    let node = json!({"type": "doc", "content": [{"type": "inlineCard", "attrs": {"url": "https://bank.test/x"}},
        {"type": "text", "text": "x", "marks": [{"type": "link", "attrs": {"href": "https://bank.test"}}]}]});
    let node = cleaned(false, json!({"description": node})).to_string();
    assert!(!node.contains("bank") && node.contains("inlineCard"), "{node}");
    let called = cleaned(false, json!({"description": "+49-30-1234567"}));
    assert_eq!(called["description"], "+00-00-0000000");
}

#[test]
fn what_was_typed_goes() {
    for (query, want) in [
        ("query=Max+M&maxResults=50", "query=Xxx+X&maxResults=50"),
        (
            "searchString=Bank&fields=summary",
            "searchString=Xxxx&fields=summary",
        ),
        ("startAt=100&name=Bank", "startAt=100&name=Xxxx"),
    ] {
        assert_eq!(cleaner(false).clean_query(query), want);
    }
    let mut one = cleaner(false);
    one.clean(&mut json!({"name": "mmuster", "displayName": "Max Muster", "active": true}));
    assert_eq!(one.clean_query("username=mmuster"), "username=person1");
    assert_eq!(one.clean_query("username=mmu"), "username=xxx");
}

#[test]
fn people_of_pickers_and_histories_are_known() {
    let value = cleaned(
        true,
        json!({
            "users": [{"name": "mmuster", "key": "JIRAUSER10203", "displayName": "Max Muster",
                "html": "<strong>Ma</strong>x Muster"}],
            "items": [
                {"field": "assignee", "fieldtype": "jira", "from": "JIRAUSER10203", "fromString": "Max Muster",
                    "to": "JIRAUSER10777", "toString": "Eva Beispiel"},
                {"field": "Approver", "fieldtype": "custom", "from": null, "fromString": "", "to": "557058:abc",
                    "toString": "Ida Probe", "tmpToAccountId": "557058:abc"},
                {"field": "reporter", "from": "oldie", "fromString": "Otto Alt", "to": null, "toString": null},
                {"field": "status", "from": "3", "fromString": "In Progress", "to": "5", "toString": "Done"},
            ],
            "actors": [{"displayName": "Ida Probe", "type": "atlassian-user-role-actor", "actorUser": {"accountId": "557058:abc"}},
                {"displayName": "jira-developers", "type": "atlassian-group-role-actor", "name": "jira-developers",
                    "avatarUrl": "x"}],
        }),
    );
    let text = value.to_string();
    for gone in [
        "uster", "10203", "10777", "Beispiel", "557058", "Probe", "oldie", "Otto",
    ] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    let (user, items) = (&value["users"][0], &value["items"]);
    assert_eq!(items[0]["from"], user["key"]);
    assert_eq!(items[0]["fromString"], user["displayName"]);
    assert_eq!(items[1]["to"], items[1]["tmpToAccountId"]);
    assert_eq!(items[1]["toString"], value["actors"][0]["displayName"]);
    assert_eq!(items[3]["toString"], "Done");
    assert_eq!(value["actors"][1]["name"], "jira-developers");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let into = std::env::temp_dir().join(format!("sandbox-record-large-{}", std::process::id()));
    let options = super::RecordOptions {
        upstream: "https://jira.corp.test".parse().unwrap(),
        into: into.clone(),
        listen: ([127, 0, 0, 1], 0).into(),
        keep_texts: false,
        policy: crate::server::outbound::OutboundPolicy::default(),
    };
    let recorder = super::Recorder::new(options, "http://127.0.0.1:9".to_owned()).unwrap();
    let body = Body::from(vec![b' '; super::LARGEST_BODY + 1]);
    let request = Request::post("/rest/api/2/issue").body(body).unwrap();
    let answer = super::pass_on(State(std::sync::Arc::new(recorder)), request).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(super::shelf::list_exchanges(&into).is_empty());
    std::fs::remove_dir_all(into).unwrap();
}
