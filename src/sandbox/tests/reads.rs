//! The smaller reads of both sites: people, roles, filters, history, expansions, boards' issues.

use serde_json::{Value, json};

use super::harness::{As, Bench, CLOUD, DC};

#[tokio::test]
async fn people_are_found_the_way_each_deployment_asks() {
    let bench = Bench::start().await;
    let cloud = bench.ada(CLOUD, "/rest/api/3/user/search?query=quen").await;
    assert_eq!(
        (cloud[0]["displayName"].as_str(), cloud.as_array().unwrap().len()),
        (Some("Quentin Marsh"), 1)
    );
    let id = cloud[0]["accountId"].as_str().unwrap();
    let one = bench
        .ada(CLOUD, &format!("/rest/api/3/user?accountId={id}&expand=groups"))
        .await;
    assert!(one["groups"]["items"].to_string().contains("qa-leads"));
    assert!(
        bench
            .get(CLOUD, "ada", "/rest/api/3/user/search")
            .await
            .message(400)
            .contains("query")
    );
    let server = bench.ada(DC, "/rest/api/2/user/search?username=.").await;
    assert!(
        server.as_array().unwrap().len() > 3 && server[0]["key"].as_str().unwrap().starts_with("JIRAUSER")
    );
    let by_name = bench.ada(DC, "/rest/api/2/user?username=rhea").await;
    assert_eq!(by_name["displayName"], "Rhea Okafor");
    for (site, path) in [
        (
            CLOUD,
            "/rest/api/3/user/assignable/search?project=PAY&query=quentin",
        ),
        (
            DC,
            "/rest/api/2/user/assignable/search?project=PAY&username=quentin",
        ),
    ] {
        assert_eq!(bench.ada(site, path).await.as_array().unwrap().len(), 1);
    }
    assert_eq!(
        bench
            .get(DC, "rhea", "/rest/api/2/group/member?groupname=qa-leads")
            .await
            .status,
        403
    );
    assert_eq!(
        bench.ada(DC, "/rest/api/2/group/member?groupname=qa-leads").await["total"],
        1
    );
    let tokens = bench.ada(DC, "/rest/pat/latest/tokens").await;
    assert!(tokens[0]["expiringAt"].is_string() && tokens[0].get("rawToken").is_none());
    assert_eq!(
        bench.get(CLOUD, "ada", "/rest/pat/latest/tokens").await.status,
        404
    );
}

#[tokio::test]
async fn issues_expand_what_is_asked_for() {
    let bench = Bench::start().await;
    for (site, api) in [(CLOUD, 3), (CLOUD, 2), (DC, 2)] {
        let expand = "names,schema,renderedFields,editmeta,changelog,operations";
        let issue = bench
            .ada(site, &format!("/rest/api/{api}/issue/PAY-20?expand={expand}"))
            .await;
        assert_eq!(issue["names"]["summary"], "Summary");
        assert_eq!(issue["schema"]["priority"]["type"], "priority");
        assert!(issue["editmeta"]["fields"]["summary"]["operations"].is_array());
        assert!(issue["editmeta"]["fields"].get("project").is_none());
        assert!(issue["changelog"]["histories"].is_array());
        assert_eq!(issue["renderedFields"]["summary"], Value::Null);
        assert!(issue["fields"]["comment"]["comments"].is_array());
        let plain = bench.ada(site, &format!("/rest/api/{api}/issue/PAY-20")).await;
        assert!(
            ["names", "editmeta", "changelog"]
                .iter()
                .all(|name| plain.get(*name).is_none())
        );
    }
    let rendered = bench
        .ada(
            CLOUD,
            "/rest/api/3/search/jql?jql=project=PAY&expand=renderedFields&fields=description",
        )
        .await;
    let texts = rendered["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| &issue["renderedFields"]["description"]);
    assert!(texts.filter_map(Value::as_str).any(|html| html.starts_with('<')));
    let page = bench
        .ada(
            DC,
            "/rest/api/2/search?jql=project=PAY&expand=names,schema&maxResults=1",
        )
        .await;
    assert!(page["names"]["status"].is_string() && page["issues"][0]["fields"].get("comment").is_none());
}

#[tokio::test]
async fn history_comments_and_worklogs_have_resources_where_jira_has_them() {
    let bench = Bench::start().await;
    let log = bench.ada(CLOUD, "/rest/api/3/issue/PAY-20/changelog").await;
    assert!(log["values"].is_array() && log["isLast"].is_boolean());
    assert_eq!(
        bench
            .get(DC, "ada", "/rest/api/2/issue/PAY-20/changelog")
            .await
            .status,
        404
    );
    let ask = json!({"issueIdsOrKeys": ["PAY-20", "PAY-21"], "fieldIds": ["status"]});
    let bulk = bench
        .post(CLOUD, "ada", "/rest/api/3/changelog/bulkfetch", ask)
        .await
        .json(200);
    assert!(bulk["issueChangeLogs"].is_array());
    for (site, api) in [(CLOUD, 3), (DC, 2)] {
        for (part, list) in [("comment", "comments"), ("worklog", "worklogs")] {
            let page = bench
                .ada(site, &format!("/rest/api/{api}/issue/PAY-20/{part}"))
                .await;
            assert!(page[list].is_array() && page["total"].is_u64(), "{part}");
            assert_eq!(
                bench
                    .get(site, "ada", &format!("/rest/api/{api}/issue/NO-1/{part}"))
                    .await
                    .status,
                404
            );
        }
    }
}

#[tokio::test]
async fn old_create_metadata_lives_on_cloud_and_is_gone_from_data_center() {
    let bench = Bench::start().await;
    let query = "projectKeys=PAY&issuetypeNames=Bug&expand=projects.issuetypes.fields";
    let old = bench
        .ada(CLOUD, &format!("/rest/api/3/issue/createmeta?{query}"))
        .await;
    let kinds = old["projects"][0]["issuetypes"].as_array().unwrap();
    assert_eq!(
        (kinds.len(), kinds[0]["fields"]["summary"]["required"].as_bool()),
        (1, Some(true))
    );
    let path = format!("/rest/api/2/issue/createmeta?{query}");
    assert_eq!(bench.get(DC, "ada", &path).await.status, 404);
    bench.sandbox.world().data_center().set_version("8.20.30");
    assert!(bench.ada(DC, &path).await["projects"][0]["issuetypes"].is_array());
}

#[tokio::test]
async fn the_result_window_comes_with_version_11() {
    let bench = Bench::start().await;
    let limit = "/rest/api/2/searchLimits/maxResultWindow";
    assert_eq!(bench.get(DC, "ada", limit).await.status, 404);
    bench.sandbox.world().data_center().set_version("11.2.1");
    assert_eq!(bench.ada(DC, limit).await, 10_000);
    let page = bench
        .ada(DC, "/rest/api/2/search?jql=project=PAY&maxResults=1")
        .await;
    assert_eq!(page["maxResultWindow"], 10_000);
    let deep = bench
        .get(
            DC,
            "ada",
            "/rest/api/2/search?jql=project=PAY&startAt=9999&maxResults=50",
        )
        .await;
    assert!(deep.message(400).contains("result window"));
}

#[tokio::test]
async fn boards_and_sprints_list_their_issues() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let page = bench
            .ada(site, "/rest/agile/1.0/board/85/issue?maxResults=5&fields=project")
            .await;
        let issues = page["issues"].as_array().unwrap();
        assert!(
            issues.len() == 5
                && issues
                    .iter()
                    .all(|issue| issue["fields"]["project"]["key"] == "PAY")
        );
        let sprint = bench
            .ada(site, "/rest/agile/1.0/sprint/354/issue?fields=summary")
            .await;
        assert!(sprint["total"].as_u64().unwrap() > 0);
        assert_eq!(
            bench
                .get(site, "nils", "/rest/agile/1.0/sprint/354/issue")
                .await
                .status,
            404
        );
        let versions = bench.ada(site, "/rest/agile/1.0/board/85/version").await;
        assert!(versions["values"][0]["id"].is_i64() == (site == CLOUD));
        assert!(bench.ada(site, "/rest/agile/1.0/board/85/epic").await["values"][0]["done"].is_boolean());
    }
}

#[tokio::test]
async fn lists_answer_one_entry_and_small_shelves() {
    let bench = Bench::start().await;
    for (site, api) in [(CLOUD, 3), (DC, 2)] {
        for (path, name) in [
            ("status/3", "In Progress"),
            ("status/In%20Progress", "In Progress"),
            ("priority/2", "High"),
            ("resolution/1", "Fixed"),
            ("issuetype/10001", "Story"),
            ("statuscategory/new", "To Do"),
            ("dashboard/10000", "System Dashboard"),
            ("filter/10085", "Filter for Payments board"),
            ("role/10002", "Administrators"),
        ] {
            assert_eq!(
                bench.ada(site, &format!("/rest/api/{api}/{path}")).await["name"],
                name,
                "{path}"
            );
        }
        assert_eq!(
            bench
                .get(site, "ada", &format!("/rest/api/{api}/status/99"))
                .await
                .status,
            404
        );
        assert!(
            bench.ada(site, &format!("/rest/api/{api}/configuration")).await["timeTrackingEnabled"]
                .is_boolean()
        );
        assert!(
            bench.ada(site, &format!("/rest/api/{api}/permissions")).await["permissions"]["BROWSE_PROJECTS"]
                .is_object()
        );
        assert_eq!(
            bench
                .get(site, "rhea", &format!("/rest/api/{api}/permissions"))
                .await
                .status,
            403
        );
        assert!(
            bench
                .ada(site, &format!("/rest/api/{api}/filter/favourite"))
                .await
                .is_array()
        );
    }
    assert!(
        bench.ada(CLOUD, "/rest/api/3/label").await["values"]
            .as_array()
            .unwrap()
            .len()
            > 3
    );
    assert!(
        bench
            .ada(CLOUD, "/rest/api/3/field/search?type=custom&query=sever")
            .await["total"]
            .as_u64()
            .unwrap()
            >= 2
    );
    assert_eq!(
        bench
            .ada(CLOUD, "/rest/api/3/statuses/search?searchString=done")
            .await["values"][0]["statusCategory"],
        "DONE"
    );
    assert!(
        bench.ada(DC, "/rest/api/2/status/page?query=done").await["total"]
            .as_u64()
            .unwrap()
            >= 1
    );
    let check = json!({"globalPermissions": ["ADMINISTER"], "projectPermissions": [{"permissions": ["BROWSE_PROJECTS"], "projects": [10100, 10101]}]});
    let got = bench
        .post(CLOUD, "rhea", "/rest/api/3/permissions/check", check)
        .await
        .json(200);
    assert_eq!(got["projectPermissions"][0]["projects"], json!([10101]));
    let parse = json!({"queries": ["project = PAY", "project = NOPE", "project ="]});
    let got = bench
        .post(CLOUD, "ada", "/rest/api/3/jql/parse?validation=strict", parse)
        .await
        .json(200);
    let errors: Vec<bool> = got["queries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|query| query["errors"].is_array())
        .collect();
    assert_eq!(errors, [false, true, true]);
    let nobody = bench.request(CLOUD, As::Nobody, "GET", "/rest/api/3/configuration");
    assert_eq!(Bench::send(nobody).await.status, 401);
}
