//! Search pages, fields, single issues.

use serde_json::json;

use super::harness::{Bench, CLOUD, DC};

#[tokio::test]
async fn cloud_pages_by_token_and_needs_a_restriction() {
    let bench = Bench::start().await;
    let path = "/rest/api/3/search/jql";
    let mut seen = Vec::new();
    let mut token = None;
    loop {
        let mut body =
            json!({"jql": "project = \"TRIP\" ORDER BY id ASC", "maxResults": 120, "fields": ["summary"]});
        if let Some(token) = &token {
            body["nextPageToken"] = json!(token);
        }
        let page = bench.post(CLOUD, "ada", path, body).await.json(200);
        assert!(page["total"].is_null() && page["startAt"].is_null());
        let issues = page["issues"].as_array().unwrap();
        assert!(issues.len() <= 100);
        assert_eq!(issues[0]["fields"].as_object().unwrap().len(), 1);
        seen.extend(
            issues
                .iter()
                .map(|issue| issue["id"].as_str().unwrap().to_owned()),
        );
        token = page["nextPageToken"].as_str().map(str::to_owned);
        assert_eq!(page["isLast"], token.is_none());
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 290);
    seen.dedup();
    assert_eq!(seen.len(), 290);
    let plain = bench
        .ada(CLOUD, &format!("{path}?jql=project%3DPAY&maxResults=5000"))
        .await;
    assert_eq!(plain["issues"].as_array().unwrap().len(), 210);
    assert_eq!(
        plain["issues"][0].as_object().unwrap().len(),
        1,
        "ids only by default"
    );
    let unbounded = bench
        .get(CLOUD, "ada", &format!("{path}?jql=ORDER%20BY%20created"))
        .await;
    assert!(unbounded.message(400).starts_with("Unbounded JQL queries"));
    let foreign = bench
        .get(
            CLOUD,
            "ada",
            &format!("{path}?jql=project%3DPAY&nextPageToken=abc"),
        )
        .await;
    assert_eq!(foreign.status, 400);
    assert!(
        bench
            .get(CLOUD, "ada", "/rest/api/3/search?jql=project%3DPAY")
            .await
            .message(410)
            .contains("removed")
    );
    let count = bench
        .post(
            CLOUD,
            "ada",
            "/rest/api/3/search/approximate-count",
            json!({"jql": "project = OPS"}),
        )
        .await;
    assert_eq!(count.json(200)["count"], 100);
}

#[tokio::test]
async fn data_center_pages_by_offset_and_lowers_the_page() {
    let bench = Bench::start().await;
    let page = bench
        .ada(
            DC,
            "/rest/api/2/search?jql=ORDER%20BY%20id%20ASC&maxResults=5000&fields=id",
        )
        .await;
    assert_eq!(
        (page["total"].as_u64(), page["maxResults"].as_u64()),
        (Some(600), Some(1000))
    );
    bench
        .sandbox
        .world()
        .data_center()
        .edit(|world| world.search_cap = 40);
    let body = json!({"jql": "project = TRIP", "startAt": 280, "maxResults": 100, "fields": ["status"]});
    let last = bench.post(DC, "ada", "/rest/api/2/search", body).await.json(200);
    assert_eq!(
        (
            last["issues"].as_array().unwrap().len(),
            last["maxResults"].as_u64()
        ),
        (10, Some(40))
    );
    let bad = bench
        .get(DC, "ada", "/rest/api/2/search?jql=project%3DNOPE")
        .await;
    assert_eq!(
        bad.message(400),
        "The value 'NOPE' does not exist for the field 'project'."
    );
    let warned = bench
        .ada(DC, "/rest/api/2/search?jql=project%3DNOPE&validateQuery=false")
        .await;
    assert_eq!(
        (
            warned["total"].as_u64(),
            warned["warningMessages"].as_array().unwrap().len()
        ),
        (Some(0), 1)
    );
    assert!(
        bench
            .get(DC, "ada", "/rest/api/2/search?jql=project%3D")
            .await
            .message(400)
            .contains("before the end of the query")
    );
}

#[tokio::test]
async fn an_issue_has_adf_on_v3_and_wiki_on_v2() {
    let bench = Bench::start().await;
    let adf = bench.ada(CLOUD, "/rest/api/3/issue/TRIP-17").await;
    assert_eq!(adf["fields"]["description"]["type"], "doc");
    assert!(adf.to_string().contains("javascript:alert"));
    let wiki = bench
        .ada(CLOUD, "/rest/api/2/issue/TRIP-17?fields=description")
        .await;
    assert!(
        wiki["fields"]["description"]
            .as_str()
            .unwrap()
            .contains("{code:html}")
    );
    assert_eq!(wiki["fields"].as_object().unwrap().len(), 1);
    let dc = bench.ada(DC, "/rest/api/2/issue/TRIP-17").await;
    assert!(dc["fields"]["description"].as_str().unwrap().contains("\r\n"));
    assert!(
        dc["fields"]["created"].as_str().unwrap().ends_with("+0100")
            || dc["fields"]["created"].as_str().unwrap().ends_with("+0200")
    );
    let missing = bench.get(DC, "ada", "/rest/api/2/issue/TRIP-9999").await;
    assert_eq!(
        missing.message(404),
        "Issue does not exist or you do not have permission to see it."
    );
    let bulk = json!({"issueIdsOrKeys": ["20001", "PAY-3", "NO-1"], "fields": ["summary"]});
    let bulk = bench
        .post(CLOUD, "ada", "/rest/api/3/issue/bulkfetch", bulk)
        .await
        .json(200);
    assert_eq!(bulk["issues"].as_array().unwrap().len(), 2);
    assert_eq!(bulk["issueErrors"][0]["id"], "NO-1");
}

#[tokio::test]
async fn sprint_values_are_objects_on_cloud_and_text_on_data_center() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let found = bench.sandbox.world().sites()[site].read(|world| {
            let field = world.find_sprint_field().unwrap();
            let issue = world
                .issues()
                .find(|issue| issue.find_field(&field).is_some())
                .unwrap();
            issue.find_field(&field).unwrap()[0].clone()
        });
        assert_eq!(found.is_object(), site == CLOUD, "{found}");
        assert_eq!(
            found
                .as_str()
                .is_some_and(|text| text.contains("Sprint@") && text.contains("[id=")),
            site == DC
        );
    }
}

#[tokio::test]
async fn the_world_has_the_promised_size_and_mess() {
    let bench = Bench::start().await;
    for site in bench.sandbox.world().sites() {
        site.read(|world| {
            assert_eq!((world.store.len(), world.sprints.len()), (600, 14));
            assert_eq!(
                world
                    .projects
                    .iter()
                    .map(|project| project.versions.len())
                    .sum::<usize>(),
                9
            );
            let many = world
                .issues()
                .filter(|issue| issue.find_field("fixVersions").unwrap().as_array().unwrap().len() > 1);
            assert!(many.count() > 10);
            assert!(
                !world
                    .issues()
                    .any(|issue| issue.find_field("status").unwrap()["name"] == "Waiting for Vendor")
            );
            assert!(!world.issues().any(|issue| {
                issue
                    .find_field("priority")
                    .is_some_and(|own| own["name"] == "Cosmetic")
            }));
            let names: std::collections::BTreeSet<_> = world
                .issues()
                .map(|issue| {
                    issue.find_field("issuetype").unwrap()["name"]
                        .as_str()
                        .unwrap()
                        .to_owned()
                })
                .collect();
            assert_eq!(names.len(), 6);
        });
    }
}

#[tokio::test]
async fn cloud_search_notices_changes_late_when_told_to() {
    let bench = Bench::start().await;
    let control = |command: &'static str, body: serde_json::Value| {
        let request = bench.request(
            CLOUD,
            super::harness::As::Nobody,
            "POST",
            &format!("/__sandbox/{command}"),
        );
        Bench::send(request.json(&body))
    };
    let found = |reconcile: serde_json::Value| {
        let body = json!({"jql": "labels = fresh", "reconcileIssues": reconcile});
        let sent = bench.post(CLOUD, "ada", "/rest/api/3/search/jql", body);
        async move { sent.await.json(200)["issues"].as_array().unwrap().len() }
    };
    assert_eq!(
        control("search-delay", json!({"ms": 3_600_000})).await.status,
        200
    );
    for key in ["TRIP-1", "TRIP-2"] {
        let edit = json!({"key": key, "fields": {"labels": ["fresh"]}});
        assert_eq!(control("edit-issue", edit).await.status, 200);
    }
    assert_eq!(found(json!([])).await, 0);
    let issue = bench.ada(CLOUD, "/rest/api/3/issue/TRIP-1?fields=labels").await;
    assert_eq!(
        issue["fields"]["labels"],
        json!(["fresh"]),
        "the issue itself is never late"
    );
    let id: i64 = issue["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(found(json!([id])).await, 1);
    assert_eq!(control("search-delay", json!({"ms": 0})).await.status, 200);
    assert_eq!(found(json!([])).await, 2);
}
