//! Shapes of projects, types, statuses, versions, fields, create metadata.

use serde_json::Value;

use super::harness::{Bench, CLOUD, DC};

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
    let mut counts = Vec::new();
    for key in ["TRIP", "PAY", "OPS"] {
        let path = format!("/rest/api/3/project/{key}/version");
        counts.push(bench.ada(CLOUD, &path).await["total"].clone());
    }
    assert_eq!(counts, [4, 3, 2]);
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

/// A part of every entry of a page.
fn pluck(answer: &Value, part: &str) -> Vec<String> {
    let values = answer["values"].as_array().unwrap().iter();
    values.map(|one| one[part].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of pages")]
async fn pages_keep_what_their_parameters_ask_for() {
    let bench = Bench::start().await;
    for (site, path, part, want) in [
        (
            CLOUD,
            "/rest/api/3/project/search?typeKey=business",
            "key",
            &[][..],
        ),
        (
            CLOUD,
            "/rest/api/3/project/search?typeKey=software&id=10100&id=10101",
            "key",
            &["PAY", "TRIP"],
        ),
        (CLOUD, "/rest/api/3/project/search?status=deleted", "key", &[]),
        (
            CLOUD,
            "/rest/api/3/project/search?action=create&status=live",
            "key",
            &["OPS", "PAY", "TRIP"],
        ),
        (
            CLOUD,
            "/rest/api/3/project/search?orderBy=-key",
            "key",
            &["TRIP", "PAY", "OPS"],
        ),
        (CLOUD, "/rest/api/3/priority/search?id=2", "name", &["High"]),
        (
            CLOUD,
            "/rest/api/3/priority/search?id=2&id=4",
            "name",
            &["High", "Low"],
        ),
        (
            CLOUD,
            "/rest/api/3/priority/search?onlyDefault=true",
            "name",
            &["Medium"],
        ),
        (
            CLOUD,
            "/rest/api/3/priority/search?onlyDefault=true&id=2",
            "name",
            &[],
        ),
        (
            CLOUD,
            "/rest/api/3/priority/search?onlyDefault=false",
            "name",
            &["Critical", "High", "Medium", "Low", "Cosmetic"],
        ),
        (CLOUD, "/rest/api/3/resolution/search?id=10000", "name", &["Done"]),
        (
            CLOUD,
            "/rest/api/3/resolution/search?onlyDefault=true",
            "name",
            &[],
        ),
        (CLOUD, "/rest/api/3/priorityscheme?onlyDefault=true", "name", &[]),
        (
            CLOUD,
            "/rest/api/3/priorityscheme?onlyDefault=false&orderBy=-name",
            "id",
            &["10200", "10201", "10202"],
        ),
        (
            CLOUD,
            "/rest/api/3/priorityscheme?schemeId=10201",
            "id",
            &["10201"],
        ),
        (CLOUD, "/rest/api/3/priorityscheme?priorityId=99999", "id", &[]),
        (
            CLOUD,
            "/rest/api/3/project/TRIP/version?query=winter",
            "name",
            &["2.8 Winter fares"],
        ),
        (
            CLOUD,
            "/rest/api/3/project/TRIP/version?status=released",
            "name",
            &["2.9 Rail & Road"],
        ),
        (DC, "/rest/api/2/priority/page?query=zzz", "name", &[]),
        (DC, "/rest/api/2/priority/page?query=ICAL", "name", &["Critical"]),
        (DC, "/rest/api/2/issuetype/page?query=sub", "name", &["Sub-task"]),
        (
            DC,
            "/rest/api/2/issuetype/page?projectIds=10102&query=s",
            "name",
            &["Task"],
        ),
        (DC, "/rest/api/2/status/page?issueTypeIds=99999", "id", &[]),
        (DC, "/rest/api/2/status/page?projectIds=99999", "id", &[]),
    ] {
        assert_eq!(pluck(&bench.ada(site, path).await, part), want, "{path}");
    }
    let none = bench
        .get(CLOUD, "rhea", "/rest/api/3/project/search?action=create")
        .await;
    assert_eq!(pluck(&none.json(200), "key"), [""; 0], "a reader creates nowhere");
    let sung = bench
        .get(CLOUD, "ada", "/rest/api/3/project/search?action=sing")
        .await;
    assert_eq!(sung.message(400), "The action 'sing' is not known.");
    for (word, want) in [
        ("DONE", &["10001", "10013", "10023", "6", "10042"][..]),
        (concat!("TO", "DO"), &["10000", "10020", "10021", "10040"]),
        ("NONE", &[]),
    ] {
        let path = format!("/rest/api/3/statuses/search?statusCategory={word}");
        let found = bench.ada(CLOUD, &path).await;
        assert_eq!(pluck(&found, "id"), want, "{word}");
        assert!(
            found["values"]
                .as_array()
                .unwrap()
                .iter()
                .all(|one| one["statusCategory"] == word)
        );
    }
}

#[tokio::test]
async fn statuses_belong_to_types_of_projects() {
    let bench = Bench::start().await;
    // Bugs of one project begin in a status that another project has for its tasks only.
    bench.sandbox.world().data_center().edit(|world| {
        let first = world.statuses[0].clone();
        let ops = world
            .projects
            .iter_mut()
            .find(|project| project.key == "OPS")
            .unwrap();
        for (kind, flow) in std::sync::Arc::make_mut(&mut ops.type_statuses) {
            if kind == "10004" {
                flow.push(first.clone());
            }
        }
    });
    let bugs = ["10020", "10021", "10022", "10023", "10025", "6"];
    for (narrow, want) in [
        ("projectIds=10102", &["10000", "10040", "10041", "10042"][..]),
        ("projectIds=10100&issueTypeIds=10004", &bugs),
        (
            "projectIds=10102&issueTypeIds=10004",
            &["10000", "10040", "10041", "10042"],
        ),
        (
            "projectIds=10102&issueTypeIds=10002",
            &["10040", "10041", "10042"],
        ),
        ("projectIds=10102&issueTypeIds=10001", &[]),
        ("projectIds=10100&issueTypeIds=10004&query=close", &["6"]),
    ] {
        let page = bench.ada(DC, &format!("/rest/api/2/status/page?{narrow}")).await;
        assert_eq!(pluck(&page, "id"), want, "{narrow}");
    }
}

#[tokio::test]
async fn fields_belong_to_projects() {
    let bench = Bench::start().await;
    let search = "/rest/api/3/field/search?query=severity";
    for (narrow, want) in [
        ("", 2),
        ("&projectIds=10100", 1),
        ("&projectIds=10102", 2),
        ("&projectIds=10100,10102", 2),
        ("&projectIds=10100&projectIds=10102", 2),
        ("&projectIds=99999", 0),
    ] {
        let found = bench.ada(CLOUD, &format!("{search}{narrow}")).await;
        assert_eq!(found["total"], want, "{narrow}");
    }
    for (narrow, want) in [("", 1), ("&projectIds=10100", 1), ("&projectIds=99999", 0)] {
        let path = format!("/rest/api/2/customFields?search=severity{narrow}");
        assert_eq!(bench.ada(DC, &path).await["total"], want, "{narrow}");
    }
    // Nils sees nothing, and so asks of no project.
    let got = bench
        .get(CLOUD, "nils", &format!("{search}&projectIds=10100"))
        .await;
    assert_eq!(got.json(200)["total"], 0);
}

#[tokio::test]
async fn versions_have_the_order_that_is_asked_for() {
    let bench = Bench::start().await;
    let (first, draft, last) = ("Payments 14", "Payments 16 <draft>", "Payments 15");
    for site in [CLOUD, DC] {
        for (order, want) in [
            ("", [first, last, draft]),
            ("?orderBy=sequence", [first, last, draft]),
            ("?orderBy=-sequence", [draft, last, first]),
            ("?orderBy=name", [first, last, draft]),
            ("?orderBy=%2Bname", [first, last, draft]),
            ("?orderBy=-name", [draft, last, first]),
            // Without a date at the end, whichever way; those without one keep their sequence.
            ("?orderBy=releaseDate", [first, last, draft]),
            ("?orderBy=-releaseDate", [last, first, draft]),
            ("?orderBy=startDate", [first, last, draft]),
            ("?orderBy=-startDate", [first, last, draft]),
        ] {
            let page = bench
                .ada(site, &format!("/rest/api/2/project/PAY/version{order}"))
                .await;
            assert_eq!(pluck(&page, "name"), want, "{site} {order}");
        }
        // The sequence is what people made of it, and the plain list has no other.
        let moved = serde_json::json!({"position": "First"});
        bench
            .post(site, "ada", "/rest/api/2/version/10312/move", moved)
            .await
            .json(200);
        let page = bench.ada(site, "/rest/api/2/project/PAY/version").await;
        assert_eq!(pluck(&page, "name"), [draft, first, last]);
        let plain = bench.ada(site, "/rest/api/2/project/PAY/versions").await;
        assert_eq!(plain, page["values"]);
    }
}
