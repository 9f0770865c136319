//! Shapes of projects, types, statuses, versions, fields, create metadata.

use serde_json::Value;

use super::harness::{As, Bench, CLOUD, DC};

#[tokio::test]
async fn projects_are_a_page_on_cloud_and_an_array_on_data_center() {
    let bench = Bench::start().await;
    let page = bench
        .ada(CLOUD, "/rest/api/3/project/search?maxResults=500")
        .await;
    assert_eq!(
        (page["maxResults"].as_u64(), page["total"].as_u64()),
        (Some(100), Some(3))
    );
    assert_eq!(page["isLast"], true);
    let first = bench.ada(CLOUD, "/rest/api/3/project/search?maxResults=2").await;
    assert!(first["nextPage"].as_str().unwrap().contains("startAt=2"));
    assert_eq!(first["isLast"], false);
    let found = bench.ada(CLOUD, "/rest/api/3/project/search?query=refund").await;
    assert_eq!(found["values"][0]["key"], "PAY");
    let all = bench.ada(DC, "/rest/api/2/project").await;
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(
        bench.get(DC, "ada", "/rest/api/2/project/search").await.status,
        404
    );
    let one = bench.ada(CLOUD, "/rest/api/3/project/TRIP").await;
    assert_eq!(one["issueTypes"].as_array().unwrap().len(), 7);
    assert_eq!(one["style"], "classic");
    let message = bench
        .get(DC, "ada", "/rest/api/2/project/NOPE")
        .await
        .message(404);
    assert_eq!(message, "No project could be found with key 'NOPE'.");
}

#[tokio::test]
async fn statuses_repeat_names_with_other_ids() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let types = bench.ada(site, "/rest/api/2/project/TRIP/statuses").await;
        let mut ids: Vec<String> = Vec::new();
        for kind in types.as_array().unwrap() {
            for status in kind["statuses"].as_array().unwrap() {
                let id = status["id"].as_str().unwrap().to_owned();
                if status["name"] == "In Progress" && !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        assert_eq!(ids, ["3", "10022"]);
    }
}

#[tokio::test]
async fn versions_come_as_array_and_as_page() {
    let bench = Bench::start().await;
    let all = bench.ada(DC, "/rest/api/2/project/TRIP/versions").await;
    assert_eq!(all.as_array().unwrap().len(), 4);
    let page = bench
        .ada(CLOUD, "/rest/api/3/project/TRIP/version?maxResults=3")
        .await;
    assert_eq!(
        (page["values"].as_array().unwrap().len(), page["isLast"].as_bool()),
        (3, Some(false))
    );
    let open = bench
        .ada(CLOUD, "/rest/api/3/project/PAY/version?status=unreleased")
        .await;
    assert_eq!(open["total"], 2);
    assert!(open["values"][1]["releaseDate"].is_null());
    let total: usize = ["TRIP", "PAY", "OPS"].len() + 6;
    assert_eq!(total, 9);
}

#[tokio::test]
async fn fields_are_found_by_schema_and_names_repeat() {
    let bench = Bench::start().await;
    let fields = bench.ada(CLOUD, "/rest/api/3/field").await;
    let fields = fields.as_array().unwrap();
    let severities: Vec<_> = fields
        .iter()
        .filter(|field| field["name"] == "Severity")
        .collect();
    assert_eq!(severities.len(), 2);
    assert_eq!(severities[1]["scope"]["project"]["id"], "10102");
    let dc = bench.ada(DC, "/rest/api/2/field").await;
    let sprint = dc
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "Sprint")
        .unwrap()
        .clone();
    assert_eq!(sprint["schema"]["items"], "string");
    assert_eq!(sprint["schema"]["custom"], "com.pyxis.greenhopper.jira:gh-sprint");
    for path in ["priority", "resolution", "status", "issuetype"] {
        assert!(
            !bench
                .ada(DC, &format!("/rest/api/2/{path}"))
                .await
                .as_array()
                .unwrap()
                .is_empty()
        );
    }
    let priorities = bench
        .ada(CLOUD, "/rest/api/3/priority/search?projectId=10100")
        .await;
    assert_eq!(priorities["total"], 5);
    assert_eq!(bench.ada(DC, "/rest/api/2/priority/page").await["isLast"], true);
    assert_eq!(
        bench
            .get(DC, "quentin", "/rest/api/2/project/PAY/priorityscheme")
            .await
            .status,
        403
    );
    let types = bench.ada(DC, "/rest/api/2/issuetype/page?projectIds=10102").await;
    assert_eq!(types["total"], 3);
}

#[tokio::test]
async fn create_metadata_has_one_name_per_dialect() {
    let bench = Bench::start().await;
    let types = bench
        .ada(CLOUD, "/rest/api/3/issue/createmeta/TRIP/issuetypes")
        .await;
    assert_eq!(
        (
            types["issueTypes"].as_array().unwrap().len(),
            types["isLast"].is_null()
        ),
        (7, true)
    );
    let fields = bench
        .ada(
            CLOUD,
            "/rest/api/3/issue/createmeta/TRIP/issuetypes/10004?maxResults=200",
        )
        .await;
    let severity = fields["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "Severity")
        .unwrap();
    assert_eq!(severity["allowedValues"].as_array().unwrap().len(), 4);
    assert_eq!(
        bench
            .get(
                CLOUD,
                "ada",
                "/rest/api/3/issue/createmeta/TRIP/issuetypes?maxResults=201"
            )
            .await
            .status,
        400
    );
    let dc = bench
        .ada(DC, "/rest/api/2/issue/createmeta/TRIP/issuetypes/10004")
        .await;
    assert!(dc["values"].is_array() && dc["isLast"] == true && dc["values"][0]["key"].is_null());
    assert_eq!(
        bench
            .get(DC, "rhea", "/rest/api/2/issue/createmeta/PAY/issuetypes")
            .await
            .status,
        400
    );
    assert_eq!(
        bench
            .get(CLOUD, "rhea", "/rest/api/3/issue/createmeta/PAY/issuetypes")
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_browse_page_is_escaped() {
    let bench = Bench::start().await;
    let page = bench.get(CLOUD, "ada", "/browse/TRIP-17").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("&lt;script&gt;") && !page.text.contains("<script>"));
    assert_eq!(bench.get(DC, "ada", "/browse/TRIP-99999").await.status, 404);
}

#[tokio::test]
async fn pages_keep_what_their_parameters_ask_for() {
    let bench = Bench::start().await;
    let count = |answer: &Value| answer["values"].as_array().unwrap().len();
    for (site, path, want) in [
        (CLOUD, "/rest/api/3/project/search?typeKey=business", 0),
        (
            CLOUD,
            "/rest/api/3/project/search?typeKey=software&id=10100&id=10101",
            2,
        ),
        (CLOUD, "/rest/api/3/project/search?status=deleted", 0),
        (CLOUD, "/rest/api/3/project/search?action=create&status=live", 3),
        (CLOUD, "/rest/api/3/priority/search?id=2", 1),
        (CLOUD, "/rest/api/3/resolution/search?id=10000", 1),
        (CLOUD, "/rest/api/3/project/TRIP/version?query=winter", 1),
        (DC, "/rest/api/2/priority/page?query=zzz", 0),
        (DC, "/rest/api/2/status/page?issueTypeIds=99999", 0),
    ] {
        assert_eq!(count(&bench.ada(site, path).await), want, "{path}");
    }
    let none = bench
        .get(CLOUD, "rhea", "/rest/api/3/project/search?action=create")
        .await;
    assert_eq!(count(&none.json(200)), 0, "a reader creates nowhere");
    assert_eq!(
        bench
            .get(CLOUD, "ada", "/rest/api/3/project/search?action=sing")
            .await
            .status,
        400
    );
    for site in [CLOUD, DC] {
        let path = "/rest/api/2/project/TRIP/version?orderBy=";
        let names = |answer: Value| -> Vec<String> {
            answer["values"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["name"].as_str().unwrap().to_owned())
                .collect()
        };
        let mut forward = names(bench.ada(site, &format!("{path}name")).await);
        forward.reverse();
        assert_eq!(names(bench.ada(site, &format!("{path}-name")).await), forward);
    }
    let found = bench
        .ada(CLOUD, "/rest/api/3/statuses/search?statusCategory=DONE")
        .await;
    assert!(
        found["values"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["statusCategory"] == "DONE")
    );
}

#[tokio::test]
async fn a_wrong_method_is_told_from_an_unknown_path() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let ask = |method: &'static str, path: &'static str| {
            Bench::send(bench.request(site, As::Person("ada"), method, path))
        };
        for (method, path, want, allow) in [
            ("DELETE", "/rest/api/2/field", 405, "GET"),
            ("GET", "/rest/api/2/issueLink", 405, "POST"),
            ("PUT", "/rest/api/2/issue", 405, "POST"),
            ("PATCH", "/rest/api/2/issue/TRIP-1", 405, "GET"),
            ("GET", "/rest/api/2/nothing", 404, ""),
            ("POST", "/rest/api/2/nothing", 404, ""),
        ] {
            let got = ask(method, path).await;
            assert_eq!(got.status, want, "{method} {path}");
            let told = got
                .headers
                .get("allow")
                .map_or("", |value| value.to_str().unwrap());
            assert_eq!(told, allow, "{method} {path}");
        }
        let head = ask("HEAD", "/rest/api/2/serverInfo").await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
    }
}
