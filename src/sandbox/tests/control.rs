//! Faults, edits and the request log, through the control API.

use serde_json::{Value, json};

use super::harness::{As, Bench, CLOUD, DC, build_client};

async fn control(bench: &Bench, site: usize, method: &str, command: &str, body: Value) -> Value {
    Bench::send(
        bench
            .request(site, As::Nobody, method, &format!("/__sandbox/{command}"))
            .json(&body),
    )
    .await
    .json(200)
}

#[tokio::test]
async fn faults_spoil_only_what_they_name() {
    let bench = Bench::start().await;
    let myself = "/rest/api/2/myself";
    let fault = |rule: Value| control(&bench, DC, "POST", "faults", rule);
    fault(json!({"path": myself, "status": 503, "times": 1})).await;
    assert_eq!(bench.get(DC, "ada", myself).await.status, 503);
    assert_eq!(bench.get(DC, "ada", myself).await.status, 200, "used up");

    fault(json!({"path": myself, "html": "<h1>Sign in</h1>", "times": 1})).await;
    let html = bench.get(DC, "ada", myself).await;
    assert_eq!((html.status, html.text.as_str()), (200, "<h1>Sign in</h1>"));

    fault(json!({"path": myself, "redirect_to": "http://127.0.0.1:9/login", "times": 1})).await;
    let moved = bench.get(DC, "ada", myself).await;
    assert_eq!(
        (moved.status, moved.headers["location"].to_str().unwrap()),
        (302, "http://127.0.0.1:9/login")
    );

    fault(json!({"path": myself, "retry_after": 7, "rate_limit_reason": "jira-burst-based", "times": 1}))
        .await;
    let limited = bench.get(DC, "ada", myself).await;
    assert_eq!(
        (limited.status, limited.headers["retry-after"].to_str().unwrap()),
        (429, "7")
    );
    assert_eq!(limited.headers["ratelimit-reason"], "jira-burst-based");

    fault(json!({"path": "/rest/api/2/project", "truncate_at": 10, "skip": 1, "times": 1})).await;
    assert_eq!(
        bench.get(DC, "ada", "/jira/rest/api/2/project").await.status,
        200,
        "the first is skipped"
    );
    let response = bench
        .request(DC, As::Person("ada"), "GET", "/rest/api/2/project")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err(), "cut in the middle");

    fault(json!({"path": myself, "hang": true})).await;
    let hanging = bench.get(DC, "ada", myself);
    assert!(
        tokio::time::timeout(std::time::Duration::from_millis(50), hanging)
            .await
            .is_err()
    );
    control(&bench, DC, "DELETE", "faults", json!({})).await;
    assert_eq!(bench.get(DC, "ada", myself).await.status, 200);
    assert_eq!(
        bench.get(CLOUD, "ada", myself).await.status,
        200,
        "the other site is untouched"
    );
}

#[tokio::test]
async fn the_world_can_be_changed() {
    let bench = Bench::start().await;
    control(&bench, DC, "POST", "version", json!({"version": "10.5.9"})).await;
    assert_eq!(
        bench.ada(DC, "/rest/api/2/serverInfo").await["versionNumbers"],
        json!([10, 5, 9])
    );
    control(
        &bench,
        DC,
        "POST",
        "edit-issue",
        json!({"key": "PAY-2", "fields": {"summary": "Changed"}}),
    )
    .await;
    assert_eq!(
        bench.ada(DC, "/rest/api/2/issue/PAY-2").await["fields"]["summary"],
        "Changed"
    );
    control(&bench, DC, "POST", "delete-issue", json!({"key": "PAY-2"})).await;
    assert_eq!(bench.get(DC, "ada", "/rest/api/2/issue/PAY-2").await.status, 404);
    control(&bench, DC, "POST", "hide-project", json!({"key": "OPS"})).await;
    assert_eq!(bench.get(DC, "ada", "/rest/api/2/project/OPS").await.status, 404);
    control(&bench, DC, "POST", "delete-project", json!({"key": "TRIP"})).await;
    assert_eq!(
        bench
            .ada(DC, "/rest/api/2/project")
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(bench.get(DC, "ada", "/rest/agile/1.0/board/84").await.status, 404);
    control(&bench, CLOUD, "POST", "grow", json!({"issues": 30})).await;
    assert_eq!(
        control(&bench, CLOUD, "GET", "info", json!({})).await["issues"],
        630
    );
    control(
        &bench,
        CLOUD,
        "POST",
        "revoke-token",
        json!({"token": "sandbox-cloud-ada-token"}),
    )
    .await;
    assert_eq!(bench.get(CLOUD, "ada", "/rest/api/3/myself").await.status, 401);
    control(
        &bench,
        CLOUD,
        "POST",
        "restore-token",
        json!({"token": "sandbox-cloud-ada-token"}),
    )
    .await;
    assert_eq!(bench.get(CLOUD, "ada", "/rest/api/3/myself").await.status, 200);
}

#[tokio::test]
async fn the_log_never_holds_a_token() {
    let bench = Bench::start().await;
    bench.ada(CLOUD, "/rest/api/3/myself").await;
    Bench::send(bench.request(CLOUD, As::Nobody, "GET", "/rest/api/3/serverInfo?a=b")).await;
    let log = control(&bench, CLOUD, "GET", "requests", json!({})).await;
    assert_eq!(
        log,
        json!([
            {"method": "GET", "path": "/rest/api/3/myself", "authorized": true, "cookie": false},
            {"method": "GET", "path": "/rest/api/3/serverInfo?a=b", "authorized": false, "cookie": false},
        ])
    );
}

#[tokio::test]
async fn the_authority_is_kept_and_its_key_is_private() {
    let bench = Bench::start().await;
    let folder = bench.sandbox.ca_pem_path().parent().unwrap().to_path_buf();
    let before = std::fs::read(folder.join("ca.pem")).unwrap();
    let options = crate::sandbox::SandboxOptions {
        ca_dir: folder.clone(),
        ..crate::sandbox::SandboxOptions::default()
    };
    let second = crate::sandbox::Sandbox::start(options).await.unwrap();
    assert_eq!(std::fs::read(folder.join("ca.pem")).unwrap(), before);
    let ca = reqwest::Certificate::from_pem(&before).unwrap();
    let client = build_client(ca);
    let url = second.sites()[0].url.replace("127.0.0.1", "localhost");
    assert_eq!(
        client
            .get(format!("{url}/rest/api/3/serverInfo"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.join("ca-key.pem"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    second.stop().await;
    assert!(
        client
            .get(format!("{url}/rest/api/3/serverInfo"))
            .send()
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_new_name_shows_in_every_issue_at_once() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let api = if site == CLOUD { 3 } else { 2 };
        let path = format!("/rest/api/{api}/issue/TRIP-30?fields=status,priority,reporter,updated");
        let before = bench.ada(site, &path).await["fields"].clone();
        let person = if site == CLOUD { "accountId" } else { "key" };
        for (kind, id, name) in [
            ("status", &before["status"]["id"], "Renamed status"),
            ("user", &before["reporter"][person], "Renamed Person"),
        ] {
            let body = json!({"kind": kind, "id": id, "name": name});
            control(&bench, site, "POST", "rename", body).await;
        }
        let after = bench.ada(site, &path).await["fields"].clone();
        assert_eq!(after["status"]["name"], "Renamed status");
        assert_eq!(after["reporter"]["displayName"], "Renamed Person");
        assert_eq!(after["updated"], before["updated"]);
        assert_eq!(after["priority"], before["priority"]);
        let sprint = json!({"kind": "sprint", "id": "305", "name": "Renamed sprint"});
        control(&bench, site, "POST", "rename", sprint).await;
        let search = if site == CLOUD { "search/jql" } else { "search" };
        let found =
            format!("/rest/api/{api}/{search}?jql=sprint%3D305&fields=customfield_10020&maxResults=1");
        let shown = bench.ada(site, &found).await["issues"][0]["fields"].to_string();
        assert!(shown.contains("Renamed sprint"), "{shown}");
    }
}

#[tokio::test]
async fn events_that_nobody_writes_are_raised_by_name() {
    use super::writes::receiver::{Receiver, register, settle};
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let (receiver, url) = Receiver::start().await;
        let events = [
            "board_created",
            "board_updated",
            "board_deleted",
            "board_configuration_changed",
            "issuetype_created",
            "filter_updated",
            "user_created",
            "user_updated",
            "user_deleted",
            "option_voting_changed",
            "sprint_updated",
            "sprint_deleted",
            "project_created",
            "project_archived",
            "project_restored_archived",
            "project_deleted",
        ];
        register(&bench, site, &url, &events, Some("project = NONE")).await;
        let filter = bench.ada(site, "/rest/agile/1.0/board/84/configuration").await["filter"]["id"].clone();
        let kind = bench.ada(site, "/rest/api/2/issuetype").await[0]["id"].clone();
        let own = bench.get(site, "rhea", "/rest/api/2/myself").await.json(200);
        let rhea = own["accountId"]
            .as_str()
            .or(own["name"].as_str())
            .unwrap()
            .to_owned();
        let person = own["accountId"].as_str().or(own["key"].as_str()).unwrap();
        for (event, id) in [
            ("board_created", json!(84)),
            ("board_configuration_changed", json!("84")),
            ("issuetype_created", kind),
            ("filter_updated", filter),
            ("user_created", json!(rhea)),
            ("user_deleted", json!(rhea)),
            ("option_voting_changed", json!(null)),
            ("project_created", json!("PAY")),
        ] {
            control(&bench, site, "POST", "emit", json!({"event": event, "id": id})).await;
        }
        for (command, body) in [
            ("rename", json!({"kind": "board", "id": "84", "name": "Seas"})),
            (
                "rename",
                json!({"kind": "board", "id": "84", "name": "Oceans", "told": true}),
            ),
            (
                "rename",
                json!({"kind": "sprint", "id": "301", "name": "Long sprint", "told": true}),
            ),
            (
                "rename",
                json!({"kind": "status", "id": "3", "name": "Doing", "told": true}),
            ),
            (
                "rename",
                json!({"kind": "user", "id": person, "name": "Rhea Again", "told": true}),
            ),
            ("remove", json!({"kind": "sprint", "id": "301", "told": true})),
            ("remove", json!({"kind": "board", "id": "84", "told": true})),
            ("archive-project", json!({"key": "TRIP"})),
            ("archive-project", json!({"key": "TRIP", "archived": false})),
            ("delete-project", json!({"key": "PAY", "told": true})),
        ] {
            control(&bench, site, "POST", command, body).await;
        }
        for unknown in [
            json!({"event": "board_sank", "id": 84}),
            json!({"event": "board_created", "id": 99_999}),
        ] {
            let request = bench
                .request(site, As::Nobody, "POST", "/__sandbox/emit")
                .json(&unknown);
            assert_eq!(Bench::send(request).await.status, 404, "{unknown}");
        }
        settle(&bench, site).await;
        let bodies = receiver.bodies();
        let find = |name: &str| {
            let found = bodies.iter().find(|body| body["webhookEvent"] == name);
            found.unwrap_or_else(|| panic!("{name} did not come")).clone()
        };
        assert_eq!(bodies.len(), events.len(), "{:?}", receiver.names());
        assert_eq!(find("board_updated")["board"]["name"], "Oceans");
        assert_eq!(find("board_deleted")["board"]["id"], 84);
        assert!(find("board_configuration_changed")["configuration"]["columnConfig"].is_object());
        assert_eq!(find("sprint_updated")["sprint"]["name"], "Long sprint");
        assert_ne!(find("sprint_updated")["oldValue"]["name"], "Long sprint");
        assert_eq!(find("sprint_deleted")["sprint"].get("self"), None);
        assert!(find("project_created")["project"]["id"].is_i64());
        let gone = find("user_deleted");
        assert_eq!(gone["accountId"].is_string(), site == CLOUD, "{gone}");
    }
}

#[tokio::test]
async fn an_archived_project_leaves_lists_and_searches() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let (list, with) = if site == CLOUD {
            (
                "/rest/api/3/project/search",
                "/rest/api/3/project/search?status=archived",
            )
        } else {
            ("/rest/api/2/project", "/rest/api/2/project?includeArchived=true")
        };
        let search = if site == CLOUD {
            "/rest/api/3/search/jql?jql=project%20%3D%20TRIP&maxResults=5"
        } else {
            "/rest/api/2/search?jql=project%20%3D%20TRIP&maxResults=5"
        };
        let names = |answer: &Value| answer.to_string().contains("\"TRIP\"");
        assert!(names(&bench.ada(site, list).await));
        let (method, archive, restore) = if site == CLOUD {
            (
                "POST",
                "/rest/api/3/project/TRIP/archive",
                "/rest/api/3/project/TRIP/restore",
            )
        } else {
            (
                "PUT",
                "/rest/api/2/project/TRIP/archive",
                "/rest/api/2/project/TRIP/restore",
            )
        };
        let ask = |who: &'static str, path: &'static str| {
            Bench::send(bench.request(site, As::Person(who), method, path))
        };
        assert_eq!(ask("quentin", archive).await.status, 403);
        assert_eq!(ask("ada", archive).await.status, 204);
        assert!(!names(&bench.ada(site, list).await));
        assert!(names(&bench.ada(site, with).await));
        assert_eq!(bench.ada(site, search).await["issues"], json!([]));
        assert_eq!(
            bench.ada(site, "/rest/api/2/project/TRIP").await["archived"],
            true
        );
        assert_eq!(
            ask("ada", restore).await.status,
            if site == CLOUD { 200 } else { 202 }
        );
        assert!(names(&bench.ada(site, list).await));
        assert_ne!(bench.ada(site, search).await["issues"], json!([]));
    }
}

#[tokio::test]
async fn a_site_plays_what_nobody_could_check_either_way() {
    let bench = Bench::start().await;
    let variant = |site: usize, body: Value| control(&bench, site, "POST", "variant", body);
    let search = "/rest/api/2/search?jql=sprint%20is%20not%20empty&maxResults=5&fields=customfield_10020";
    let sprint = |answer: Value| answer["issues"][0]["fields"]["customfield_10020"][0].clone();
    let text = sprint(bench.ada(DC, search).await);
    assert!(text.is_string());
    variant(DC, json!({"sprint": "json", "deployment_type": "Data Center"})).await;
    let object = sprint(bench.ada(DC, search).await);
    assert!(
        text.as_str().unwrap().contains(&format!("[id={},", object["id"])),
        "{object}"
    );
    let fields = bench.ada(DC, "/rest/api/2/field").await;
    let own = fields
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["id"] == "customfield_10020")
        .unwrap();
    assert_eq!(own["schema"]["items"], "json");
    assert_eq!(
        bench.ada(DC, "/rest/api/2/serverInfo").await["deploymentType"],
        "Data Center"
    );
    variant(DC, json!({"sprint": "text", "old_webhook_path": true})).await;
    assert_eq!(sprint(bench.ada(DC, search).await), text);
    assert_eq!(
        bench.get(DC, "ada", "/rest/webhooks/1.0/webhook").await.status,
        200
    );
    assert_eq!(
        bench
            .get(DC, "ada", "/rest/jira-webhook/1.0/webhooks")
            .await
            .status,
        404
    );

    let account = &bench.site(CLOUD).accounts[0];
    let scoped = format!("{}-scoped", account.token);
    let gateway = bench.site(CLOUD).gateway_url.clone().unwrap();
    let gateway = gateway.trim_start_matches(&bench.site(CLOUD).url).to_owned();
    let ask = |method: &'static str, path: &'static str| {
        let path = format!("{gateway}{path}");
        let request = bench.request(CLOUD, As::Basic(&account.email, &scoped), method, &path);
        Bench::send(request.json(&json!({"body": null})))
    };
    assert_eq!(ask("GET", "/rest/api/3/myself").await.status, 200);
    variant(CLOUD, json!({"token": scoped, "scopes": ["read:jira-work"]})).await;
    assert_eq!(ask("GET", "/rest/api/3/project/search").await.status, 200);
    for (method, path) in [
        ("GET", "/rest/api/3/myself"),
        ("POST", "/rest/api/3/issue/PAY-1/comment"),
        ("GET", "/rest/webhooks/1.0/webhook"),
    ] {
        let refused = ask(method, path).await.json(401);
        assert_eq!(
            refused,
            json!({"code": 401, "message": "Unauthorized; scope does not match"})
        );
    }
    variant(CLOUD, json!({"token": scoped, "scopes": null})).await;
    assert_eq!(ask("GET", "/rest/api/3/myself").await.status, 200);
}
