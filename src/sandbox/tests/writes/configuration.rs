//! What administrators of a project or of the site see and change.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, control,
};

#[tokio::test]
async fn components_are_made_renamed_and_removed() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let path = api(site, "component");
        let make = |name: &str| json!({"project": "OPS", "name": name, "description": "d"});
        let refused = call(&bench, site, "quentin", "POST", &path, make("Desk")).await;
        assert_eq!(refused.status, 403);
        let desk = call(&bench, site, "ada", "POST", &path, make("Desk"))
            .await
            .json(201);
        let phone = call(&bench, site, "ada", "POST", &path, make("Phone"))
            .await
            .json(201);
        assert!(
            call(&bench, site, "ada", "POST", &path, make("desk"))
                .await
                .json(400)["errors"]["name"]
                .is_string()
        );
        let list = bench.ada(site, &api(site, "project/OPS/components")).await;
        assert_eq!(list.as_array().unwrap().len(), 2);
        let (desk, phone) = (desk["id"].as_str().unwrap(), phone["id"].as_str().unwrap());
        control(
            &bench,
            site,
            "edit-issue",
            json!({"key": "OPS-3", "fields": {"components": [{"id": desk, "name": "Desk"}]}}),
        )
        .await;
        let one = api(site, &format!("component/{desk}"));
        let counts = bench.ada(site, &format!("{one}/relatedIssueCounts")).await;
        assert_eq!(counts["issueCount"], 1);
        let found = api(
            site,
            &format!(
                "{}?jql=component%3DDesk&fields=components",
                if site == CLOUD { "search/jql" } else { "search" }
            ),
        );
        assert_eq!(
            bench.ada(site, &found).await["issues"].as_array().unwrap().len(),
            1
        );
        call(&bench, site, "ada", "PUT", &one, json!({"name": "Counter"}))
            .await
            .json(200);
        let issue = api(site, "issue/OPS-3");
        assert_eq!(
            bench.ada(site, &issue).await["fields"]["components"][0]["name"],
            "Counter"
        );
        let gone = format!("{one}?moveIssuesTo={phone}");
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &gone, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(
            bench.ada(site, &issue).await["fields"]["components"][0]["name"],
            "Phone"
        );
        assert_eq!(bench.get(site, "ada", &one).await.status, 404);
        if site == CLOUD {
            let page = bench.ada(site, "/rest/api/3/project/OPS/component").await;
            assert_eq!(
                (&page["total"], &page["values"][0]["issueCount"]),
                (&json!(1), &json!(1))
            );
        }
    }
}

#[tokio::test]
async fn administrators_read_schemes_and_options() {
    let bench = Bench::start().await;
    let schemes = bench
        .ada(CLOUD, "/rest/api/3/priorityscheme?expand=priorities,projects")
        .await;
    let scheme = &schemes["values"][0];
    assert_eq!(schemes["total"], 3);
    assert!(scheme["priorities"]["total"].as_i64().unwrap() >= 4);
    let id = scheme["id"].as_str().unwrap();
    let projects = bench
        .ada(CLOUD, &format!("/rest/api/3/priorityscheme/{id}/projects"))
        .await;
    assert_eq!(projects["values"][0]["id"], scheme["projects"]["values"][0]["id"]);
    let priorities = bench
        .ada(CLOUD, &format!("/rest/api/3/priorityscheme/{id}/priorities"))
        .await;
    assert_eq!(
        priorities["values"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|own| own["isDefault"] == true)
            .count(),
        1
    );
    let context = bench
        .ada(CLOUD, "/rest/api/3/field/customfield_10030/context")
        .await;
    let context = context["values"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/rest/api/3/field/customfield_10030/context/{context}/option");
    assert_eq!(bench.ada(CLOUD, &path).await["values"][0]["value"], "S1 Outage");
    for path in ["/rest/api/3/priorityscheme", path.as_str()] {
        assert!(
            [401, 403].contains(&bench.get(CLOUD, "quentin", path).await.status),
            "{path}"
        );
    }
    for site in [CLOUD, DC] {
        let option = bench.ada(site, &api(site, "customFieldOption/10141")).await;
        assert_eq!(option["value"], "S1 Outage");
    }
}
