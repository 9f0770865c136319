//! What the control API changes as an administrator would, and what clients then see and hear.

use serde_json::{Value, json};

use super::{
    control::control,
    harness::{As, Bench, CLOUD, DC},
};

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
            "filter_updated",
            "user_created",
            "user_updated",
            "user_deleted",
            "sprint_updated",
            "sprint_deleted",
            "project_created",
            "project_archived",
            "project_restored_archived",
            "project_deleted",
        ];
        register(&bench, site, &url, &events, Some("project = NONE")).await;
        let filter = bench.ada(site, "/rest/agile/1.0/board/84/configuration").await["filter"]["id"].clone();
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
            ("user_created", json!(rhea)),
            ("user_deleted", json!(rhea)),
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
        // Nobody has recorded what Jira says of these: they go out only with a body that the caller knows.
        let told = json!({"event": "filter_updated", "body": {"filter": {"id": 7}}});
        control(&bench, site, "POST", "emit", told).await;
        for unknown in [
            json!({"event": "filter_updated", "id": filter}),
            json!({"event": "issuetype_created", "id": "10001"}),
            json!({"event": "option_voting_changed"}),
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
        assert_eq!(find("filter_updated")["filter"], json!({"id": 7}));
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
            ask("ada", archive).await.status,
            if site == CLOUD { 400 } else { 403 },
            "once is enough"
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
    // The sprints of an issue keep its order, whatever order the site has.
    let sites = bench.sandbox.world();
    let site = sites.data_center();
    let list = |ids: [i64; 3]| {
        site.read(|world| {
            let find = |id: i64| world.sprints.iter().find(|sprint| sprint["id"] == id).unwrap();
            ids.map(|id| crate::sandbox::generate::show_sprint(world, find(id)))
        })
    };
    let given = json!(list([303, 301, 305]));
    let fields = json!({"customfield_10020": given});
    assert!(site.edit_issue("TRIP-20", fields.as_object().unwrap()));
    let own = async || {
        let issue = bench.ada(DC, "/rest/api/2/issue/TRIP-20").await;
        issue["fields"]["customfield_10020"].clone()
    };
    variant(DC, json!({"sprint": "json"})).await;
    let ids: Vec<i64> = own()
        .await
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, [303, 301, 305]);
    variant(DC, json!({"sprint": "text"})).await;
    assert_eq!(own().await, given);
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
