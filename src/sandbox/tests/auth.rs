//! Who gets in, who does not, and how each deployment says so.

use serde_json::json;

use super::harness::{As, Bench, CLOUD, DC};

#[tokio::test]
async fn server_info_is_for_everybody() {
    let bench = Bench::start().await;
    let cloud = Bench::send(bench.request(CLOUD, As::Nobody, "GET", "/rest/api/3/serverInfo"))
        .await
        .json(200);
    assert_eq!(cloud["deploymentType"], "Cloud");
    assert_eq!(cloud["versionNumbers"], json!([1001, 0, 0]));
    for path in ["/rest/api/2/serverInfo", "/jira/rest/api/2/serverInfo"] {
        let dc = Bench::send(bench.request(DC, As::Nobody, "GET", path))
            .await
            .json(200);
        assert_eq!(
            (&dc["deploymentType"], &dc["versionNumbers"]),
            (&json!("Server"), &json!([10, 7, 4]))
        );
    }
    assert_eq!(
        Bench::send(bench.request(DC, As::Nobody, "GET", "/rest/api/3/serverInfo"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn cloud_takes_email_and_token_only() {
    let bench = Bench::start().await;
    let me = bench.ada(CLOUD, "/rest/api/3/myself").await;
    assert_eq!(me["displayName"], "Ada Castellan");
    assert!(me["accountId"].is_string() && me["key"].is_null());
    let get = |who| Bench::send(bench.request(CLOUD, who, "GET", "/rest/api/3/myself"));
    assert_eq!(get(As::Nobody).await.status, 401);
    let bearer = get(As::Bearer("sandbox-cloud-ada-token")).await;
    assert_eq!(
        bearer.json(403),
        json!({"error": "Failed to parse Connect Session Auth Token"})
    );
    let wrong = get(As::Basic("ada@lanternway.example", "nonsense")).await;
    assert!(wrong.message(401).contains("authenticated"));
    assert_eq!(wrong.headers["x-seraph-loginreason"], "AUTHENTICATED_FAILED");
    assert_eq!(
        get(As::Basic("quentin@lanternway.example", "sandbox-cloud-ada-token"))
            .await
            .status,
        401
    );
    assert_eq!(get(As::Person("erin")).await.status, 401, "expired");
}

#[tokio::test]
async fn data_center_takes_bearer_only() {
    let bench = Bench::start().await;
    let got = bench.get(DC, "ada", "/rest/api/2/myself").await;
    assert_eq!(got.headers["x-ausername"], "ada");
    assert!(got.headers.contains_key("date") && got.headers.contains_key("set-cookie"));
    let me = got.json(200);
    assert!(me["key"].as_str().unwrap().starts_with("JIRAUSER") && me["accountId"].is_null());
    let get = |who| Bench::send(bench.request(DC, who, "GET", "/rest/api/2/myself"));
    assert_eq!(get(As::Basic("ada", "sandbox-dc-ada-token")).await.status, 401);
    assert_eq!(get(As::Bearer("nonsense")).await.status, 401);
    assert_eq!(get(As::Nobody).await.status, 401);
    assert_eq!(get(As::Person("erin")).await.status, 401, "expired");
}

#[tokio::test]
async fn a_scoped_token_works_through_the_gateway_only() {
    let bench = Bench::start().await;
    assert_eq!(bench.get(CLOUD, "selma", "/rest/api/3/myself").await.status, 401);
    let tenant = Bench::send(bench.request(CLOUD, As::Nobody, "GET", "/_edge/tenant_info"))
        .await
        .json(200);
    let gateway = format!("/ex/jira/{}", tenant["cloudId"].as_str().unwrap());
    assert!(
        bench
            .site(CLOUD)
            .gateway_url
            .as_ref()
            .unwrap()
            .ends_with(&gateway)
    );
    let me = bench
        .get(CLOUD, "selma", &format!("{gateway}/rest/api/3/myself"))
        .await
        .json(200);
    assert_eq!(me["displayName"], "Selma Ortiz");
    assert!(
        me["self"].as_str().unwrap().contains("/ex/jira/"),
        "links lead through the gateway"
    );
    assert_eq!(
        bench
            .get(CLOUD, "ada", &format!("{gateway}/rest/api/3/myself"))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn permissions_differ_by_deployment_and_person() {
    let bench = Bench::start().await;
    let path = "/rest/api/3/mypermissions";
    assert_eq!(bench.get(CLOUD, "ada", path).await.status, 400);
    assert_eq!(
        bench
            .get(CLOUD, "ada", &format!("{path}?permissions=FLY"))
            .await
            .status,
        400
    );
    let ask = format!("{path}?permissions=ADMINISTER,BROWSE_PROJECTS,CREATE_ISSUES");
    for (who, want) in [
        ("ada", [true, true, true]),
        ("quentin", [false, true, true]),
        ("rhea", [false, true, false]),
        ("nils", [false, false, false]),
    ] {
        let got = bench.get(CLOUD, who, &ask).await.json(200);
        let have = ["ADMINISTER", "BROWSE_PROJECTS", "CREATE_ISSUES"]
            .map(|key| got["permissions"][key]["havePermission"].as_bool().unwrap());
        assert_eq!(have, want, "{who}");
    }
    let trip = bench.get(CLOUD, "rhea", &format!("{ask}&projectKey=TRIP")).await;
    assert_eq!(trip.status, 404, "an invisible project does not exist");
    let dc = bench
        .get(DC, "quentin", "/rest/api/2/mypermissions?projectKey=PAY")
        .await
        .json(200);
    assert!(dc["permissions"].as_object().unwrap().len() > 40);
    assert_eq!(dc["permissions"]["BROWSE"]["deprecatedKey"], true);
    assert_eq!(dc["permissions"]["COMMENT_EDIT_OWN"]["deprecatedKey"], true);
    for site in [CLOUD, DC] {
        let path = if site == CLOUD {
            "/rest/api/2/mypermissions?permissions=MANAGE_SPRINTS_PERMISSION"
        } else {
            "/rest/api/2/mypermissions"
        };
        let sprints = bench.get(site, "quentin", path).await.json(200);
        assert_eq!(
            sprints["permissions"]["MANAGE_SPRINTS_PERMISSION"]["havePermission"],
            true
        );
    }
    assert_eq!(dc["permissions"]["ADMINISTER"]["havePermission"], false);
    assert_eq!(dc["permissions"]["ADMINISTER"]["type"], "GLOBAL");
}

#[tokio::test]
async fn what_a_person_may_not_see_does_not_exist() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        for (who, trip, pay) in [("ada", 200, 200), ("rhea", 404, 200), ("nils", 404, 404)] {
            assert_eq!(
                bench.get(site, who, "/rest/api/2/project/TRIP").await.status,
                trip,
                "{who}"
            );
            assert_eq!(
                bench.get(site, who, "/rest/api/2/issue/TRIP-1").await.status,
                trip,
                "{who}"
            );
            assert_eq!(
                bench.get(site, who, "/rest/api/2/issue/PAY-1").await.status,
                pay,
                "{who}"
            );
        }
        let anonymous = Bench::send(bench.request(site, As::Nobody, "GET", "/rest/api/2/project")).await;
        assert_eq!(anonymous.json(200), json!([]), "the trap: 200 and empty");
        assert_eq!(
            bench.get(site, "rhea", "/rest/agile/1.0/board/84").await.status,
            404
        );
    }
}
