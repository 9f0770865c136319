//! What leaves a recording and what stays in it, and the proxy in front of a sandbox site.

use serde_json::{Value, json};

use super::{clean::Cleaner, shelf};

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

fn person() -> Value {
    json!({
        "self": "https://jira.corp.test/jira/rest/api/2/user?username=mmuster", "name": "mmuster", "key": "JIRAUSER10203",
        "emailAddress": "max@corp.test", "displayName": "Max Muster", "active": true, "timeZone": "Europe/Berlin",
        "avatarUrls": {"48x48": "https://www.gravatar.com/avatar/0123456789"},
    })
}

#[test]
fn people_get_the_same_pseudonym_everywhere() {
    let value = cleaned(
        true,
        json!({
            "reporter": person(), "assignee": person(),
            "description": "Ask Max Muster (max@corp.test) or [~mmuster]",
            "watcher": {"accountId": "557058:abc", "displayName": "Eva Beispiel", "active": true},
        }),
    );
    assert_eq!(value["reporter"], value["assignee"]);
    assert_eq!(value["reporter"]["displayName"], "Person 1");
    assert_eq!(
        value["description"],
        "Ask Person 1 (person1@recorded.example) or [~person1]"
    );
    assert_eq!(
        value["reporter"]["self"],
        "https://recorded.example/rest/api/2/user?username=person1"
    );
    let text = value.to_string();
    for gone in [
        "Muster",
        "muster",
        "corp.test",
        "gravatar",
        "10203",
        "557058",
        "Beispiel",
    ] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    assert!(text.contains("Europe/Berlin"), "what tells nobody apart stays");
}

#[test]
fn secrets_and_addresses_go() {
    let value = cleaned(
        true,
        json!({
            "token": "abc", "rawToken": "def", "configuration": {"SECRET": "ghi"}, "password": 5,
            "text": "host 10.1.2.3:8080, again 10.1.2.3 and fe80::1; mail some.one@else.test.", "version": "10.7.4",
        }),
    );
    assert_eq!(value["configuration"]["SECRET"], "removed");
    let text = value.to_string();
    for gone in ["abc", "def", "ghi", "10.1.2.3", "fe80", "else.test"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    assert_eq!(value["version"], "10.7.4");
    let mut one = cleaner(true);
    assert_eq!(one.clean_query("jql=a%20b&os_password=x&token=y"), "jql=a+b");
}

#[test]
fn texts_lose_their_letters_and_keep_their_shape() {
    let value = cleaned(
        false,
        json!({
            "key": "PAY-7", "fields": {"summary": "Refund fails at Bank 24!", "status": {"name": "In Progress"}, "duedate": "2026-12-01",
                "description": {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Für Max"}]}]}},
            "changelog": {"histories": [{"items": [{"field": "duedate", "fromString": "2026-12-01 00:00:00.0", "toString": "2026-12-02"}]}]},
        }),
    );
    assert_eq!(value["fields"]["summary"], "Xxxxxx xxxxx xx Xxxx 00!");
    assert_eq!(
        value["fields"]["description"]["content"][0]["content"][0]["text"],
        "Xxx Xxx"
    );
    assert_eq!(value["fields"]["description"]["type"], "doc");
    assert_eq!(value["fields"]["status"]["name"], "In Progress");
    assert_eq!(value["key"], "PAY-7");
    assert_eq!(
        value["changelog"]["histories"][0]["items"][0]["toString"],
        "2026-12-02"
    );
}

#[tokio::test]
async fn the_proxy_records_a_site_and_its_recording_can_be_served() {
    use crate::sandbox::{Sandbox, SandboxOptions};
    let folder = std::env::temp_dir().join(format!("sandbox-record-{}", std::process::id()));
    let into = folder.join("recording");
    let options = SandboxOptions {
        ca_dir: folder.clone(),
        ..SandboxOptions::default()
    };
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let sandbox = Sandbox::start(options.clone()).await.unwrap();
    let site = &sandbox.sites()[1];
    let token = &site.accounts[0].token;
    let recording = super::start_recording(super::RecordOptions {
        upstream: site.url.parse().unwrap(),
        into: into.clone(),
        listen: ([127, 0, 0, 1], 0).into(),
        keep_texts: false,
        policy: crate::server::outbound::OutboundPolicy::default(),
    })
    .await
    .unwrap();
    let pem = std::fs::read(sandbox.ca_pem_path()).unwrap();
    let client = crate::sandbox::tests::build_client(reqwest::Certificate::from_pem(&pem).unwrap());
    let get = |path: &str| {
        client
            .get(format!("{}{path}", recording.url))
            .bearer_auth(token)
            .send()
    };
    for path in [
        "/rest/api/2/project/PAY",
        "/rest/api/2/project/PAY/statuses",
        "/rest/api/2/myself",
        "/rest/api/2/search?jql=project%3DPAY&fields=*all&maxResults=20",
    ] {
        let answer = get(path).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().get("set-cookie").is_none());
    }
    let kept = shelf::list_exchanges(&into);
    assert_eq!(kept.len(), 4);
    let text = std::fs::read_to_string(into.join("exchanges.jsonl")).unwrap();
    for gone in [token.as_str(), "Ada Castellan", "lanternway", "127.0.0.1"] {
        assert!(!text.contains(gone), "{gone}");
    }
    drop(recording);

    let served = Sandbox::start(SandboxOptions {
        recorded_dir: Some(into),
        ..options
    })
    .await;
    // A recording of Data Center alone has nothing for a Cloud site.
    let Ok(served) = served else { panic!("{served:?}") };
    let site = served
        .sites()
        .iter()
        .find(|site| site.name == "Recorded Data Center")
        .unwrap();
    let token = &site.accounts[0].token;
    let path = "/rest/api/2/project/PAY";
    let answer = client
        .get(format!("{}{path}", site.url))
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let project: Value = answer.json().await.unwrap();
    assert_eq!(project["key"], "PAY");
    std::fs::remove_dir_all(folder).unwrap();
}
