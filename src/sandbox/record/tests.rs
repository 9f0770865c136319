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

#[test]
fn what_people_wrote_goes_wherever_it_stands() {
    let sprint = "com.atlassian.greenhopper.service.sprint.Sprint@1a[id=1,name=Sprint 1,goal=Save Bank,startDate=<null>]";
    let value = cleaned(
        false,
        json!({
            "names": {"customfield_10031": "Root cause"},
            "fields": {
                "customfield_10031": "Bank was down", "customfield_10032": ["Bank", "PAY-7"], "customfield_10033": "2026-12-01",
                "customfield_10034": "PAY-12", "customfield_10035": "0|i0001:", "customfield_10036": {"value": "High", "id": "3"},
                "customfield_10020": [sprint],
            },
            "properties": {"crm": {"customer": "Bank AG", "deep": [{"note": "Bank"}]}},
            "jql": "project = PAY and text ~ \"Bank AG\"",
        }),
    );
    let text = value.to_string();
    assert!(!text.contains("Bank"), "{text}");
    let fields = &value["fields"];
    assert_eq!(value["names"]["customfield_10031"], "Root cause");
    assert_eq!(fields["customfield_10031"], "Xxxx xxx xxxx");
    assert_eq!(fields["customfield_10032"], json!(["Xxxx", "PAY-7"]));
    assert_eq!(fields["customfield_10033"], "2026-12-01");
    assert_eq!(fields["customfield_10034"], "PAY-12");
    assert_eq!(fields["customfield_10035"], "0|i0001:");
    assert_eq!(fields["customfield_10036"]["value"], "High");
    assert!(
        fields["customfield_10020"][0]
            .as_str()
            .unwrap()
            .contains("goal=Xxxx Xxxx,startDate")
    );
    assert_eq!(value["jql"], "project = PAY and text ~ \"Xxxx XX\"");
    let one = cleaned(false, json!({"key": "crm", "value": {"customer": "Bank AG"}}));
    assert_eq!(one, json!({"key": "crm", "value": {"customer": "Xxxx XX"}}));
    let listed = cleaned(false, json!({"properties": ["crm"], "jql": "key = PAY-1"}));
    assert_eq!(listed, json!({"properties": ["crm"], "jql": "key = PAY-1"}));
    let query = cleaner(false).clean_query("jql=summary%20~%20%22Bank%22&fields=id");
    assert_eq!(query, "jql=summary+%7E+%22Xxxx%22&fields=id");
}

#[test]
fn only_json_of_the_rest_interface_is_kept() {
    let json = Some("application/json;charset=UTF-8");
    for (path, kind, empty, kept) in [
        ("/rest/api/2/myself", json, false, true),
        ("/ex/jira/1-2/rest/api/3/myself", json, false, true),
        ("/rest/api/2/issue/PAY-1", None, true, true),
        ("/rest/api/2/issue/PAY-1", Some("text/plain"), false, false),
        ("/secure/attachment/1/rest/customers.json", json, false, false),
        ("/rest/api/3/attachment/content/10000", json, false, false),
        ("/rest/api/3/attachment/thumbnail/10000", json, false, false),
    ] {
        assert_eq!(super::may_keep(path, kind, empty), kept, "{path}");
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one recording from its start to its replay")]
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
    // What the recording has to give back for requests that the sandbox would answer itself.
    let search = "/rest/api/2/search?jql=project%3DPAY&maxResults=1";
    let found: Value = get(search).await.unwrap().json().await.unwrap();
    let transitions = format!(
        "/rest/api/2/issue/{}/transitions",
        found["issues"][0]["key"].as_str().unwrap()
    );
    let comment = json!({"body": "Written while somebody recorded"});
    let commented = format!(
        "/rest/api/2/issue/{}/comment",
        found["issues"][0]["key"].as_str().unwrap()
    );
    let made = client
        .post(format!("{}{commented}", recording.url))
        .bearer_auth(token)
        .json(&comment)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    for path in ["/rest/api/2/issueLinkType", transitions.as_str()] {
        assert_eq!(get(path).await.unwrap().status(), 200);
    }
    let upload = client
        .post(format!("{}{commented}", recording.url))
        .bearer_auth(token)
        .body("--boundary")
        .send()
        .await
        .unwrap();
    assert_eq!(upload.status(), 501, "what it cannot pass on is refused");
    let kept = shelf::list_exchanges(&into);
    assert_eq!(kept.len(), 8);
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
    for exchange in kept.iter().skip(5) {
        let request = client
            .request(
                exchange.method.parse().unwrap(),
                format!("{}{}", site.url, exchange.path),
            )
            .bearer_auth(token);
        let request = if exchange.method == "POST" {
            request.json(&comment)
        } else {
            request
        };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), exchange.status, "{}", exchange.path);
        let answer = answer
            .text()
            .await
            .unwrap()
            .replace(&site.url, crate::sandbox::record::HOST);
        assert_eq!(
            serde_json::from_str::<Value>(&answer).unwrap(),
            exchange.answer,
            "{}",
            exchange.path
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}
