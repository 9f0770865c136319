//! What people do around an issue besides editing it: work, watch, vote, rank, sort by component, move.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, control, new_task, rich,
};

#[tokio::test]
async fn logged_work_is_counted_and_remembered() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Work").await;
        let path = api(site, &format!("issue/{key}/worklog"));
        let refused = call(
            &bench,
            site,
            "ada",
            "POST",
            &path,
            json!({"comment": rich(site, "x")}),
        )
        .await;
        assert!(refused.json(400)["errors"]["timeLogged"].is_string());
        let refused = call(&bench, site, "ada", "POST", &path, json!({"timeSpent": "soon"})).await;
        assert!(refused.json(400)["errors"]["timeLogged"].is_string());
        let sent = json!({"timeSpent": "1h 30m", "comment": rich(site, "Looked"), "started": "2026-11-19T10:00:00.000+0000"});
        let made = call(&bench, site, "ada", "POST", &path, sent).await.json(201);
        assert_eq!(
            (&made["timeSpentSeconds"], &made["timeSpent"]),
            (&json!(5400), &json!("1h 30m"))
        );
        assert_eq!(made["comment"], rich(site, "Looked"));
        call(
            &bench,
            site,
            "quentin",
            "POST",
            &path,
            json!({"timeSpentSeconds": 1800}),
        )
        .await
        .json(201);
        assert_eq!(bench.ada(site, &path).await["total"], 2);
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        let changed = call(&bench, site, "ada", "PUT", &one, json!({"timeSpent": "30m"}))
            .await
            .json(200);
        assert_eq!(changed["timeSpentSeconds"], 1800);
        let issue = api(site, &format!("issue/{key}?fields=*all&expand=changelog"));
        let shown = bench.ada(site, &issue).await;
        assert_eq!(shown["fields"]["timespent"], 3600);
        assert_eq!(shown["fields"]["timetracking"]["timeSpent"], "1h");
        assert_eq!(shown["fields"]["worklog"]["total"], 2);
        let items: Vec<&Value> = shown["changelog"]["histories"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|history| history["items"].as_array().unwrap())
            .filter(|item| item["field"] == "timespent")
            .collect();
        assert_eq!(items.len(), 3);
        assert!(
            items
                .iter()
                .any(|item| item["from"] == Value::Null && item["to"] == "5400")
        );
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &one, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.ada(site, &issue).await["fields"]["timespent"], 1800);
        assert_eq!(bench.get(site, "ada", &one).await.status, 404);
    }
}

#[tokio::test]
async fn watchers_and_votes_are_people() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Watched").await;
        let watchers = api(site, &format!("issue/{key}/watchers"));
        let votes = api(site, &format!("issue/{key}/votes"));
        assert_eq!(
            bench.ada(site, &watchers).await["isWatching"],
            true,
            "who makes it follows it"
        );
        assert_eq!(
            bench.get(site, "quentin", &watchers).await.json(200)["isWatching"],
            false
        );
        let id = bench.get(site, "quentin", &api(site, "myself")).await.json(200);
        let id = id[if site == CLOUD { "accountId" } else { "name" }].clone();
        assert_eq!(
            call(&bench, site, "ada", "POST", &watchers, id.clone())
                .await
                .status,
            204
        );
        let shown = bench.get(site, "quentin", &watchers).await.json(200);
        assert_eq!(
            (&shown["watchCount"], &shown["isWatching"]),
            (&json!(2), &json!(true))
        );
        let issue = api(site, &format!("issue/{key}?fields=watches,votes"));
        assert_eq!(
            bench.ada(site, &issue).await["fields"]["watches"]["watchCount"],
            2
        );
        let name = if site == CLOUD { "accountId" } else { "username" };
        let gone = format!("{watchers}?{name}={}", id.as_str().unwrap());
        assert_eq!(
            call(&bench, site, "quentin", "DELETE", &gone, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.ada(site, &watchers).await["watchCount"], 1);
        assert_eq!(
            call(&bench, site, "ada", "POST", &watchers, json!("nobody-here"))
                .await
                .status,
            404
        );

        assert_eq!(
            call(&bench, site, "ada", "POST", &votes, Value::Null)
                .await
                .status,
            404,
            "one's own"
        );
        assert_eq!(
            call(&bench, site, "quentin", "POST", &votes, Value::Null)
                .await
                .status,
            204
        );
        let fields = bench.get(site, "quentin", &issue).await.json(200);
        assert_eq!(
            (
                &fields["fields"]["votes"]["votes"],
                &fields["fields"]["votes"]["hasVoted"]
            ),
            (&json!(1), &json!(true))
        );
        assert_eq!(
            bench.ada(site, &issue).await["fields"]["votes"]["hasVoted"],
            false
        );
        assert_eq!(
            call(&bench, site, "quentin", "DELETE", &votes, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.ada(site, &votes).await["votes"], 0);
    }
}

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
async fn a_board_is_sorted_by_hand() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let order = async || -> Vec<String> {
            let resource = if site == CLOUD { "search/jql" } else { "search" };
            let path = api(
                site,
                &format!(
                    "{resource}?jql=key%20in%20(TRIP-20,TRIP-21,TRIP-22)%20ORDER%20BY%20rank&fields=summary"
                ),
            );
            let page = bench.ada(site, &path).await;
            page["issues"]
                .as_array()
                .unwrap()
                .iter()
                .map(|issue| issue["key"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(order().await, ["TRIP-20", "TRIP-21", "TRIP-22"]);
        let rank = "/rest/agile/1.0/issue/rank";
        let body = json!({"issues": ["TRIP-22"], "rankBeforeIssue": "TRIP-20"});
        assert_eq!(call(&bench, site, "quentin", "PUT", rank, body).await.status, 204);
        assert_eq!(order().await, ["TRIP-22", "TRIP-20", "TRIP-21"]);
        let body = json!({"issues": ["TRIP-22"], "rankAfterIssue": "TRIP-20"});
        assert_eq!(call(&bench, site, "quentin", "PUT", rank, body).await.status, 204);
        assert_eq!(order().await, ["TRIP-20", "TRIP-22", "TRIP-21"]);
        assert_eq!(
            call(
                &bench,
                site,
                "quentin",
                "PUT",
                rank,
                json!({"issues": ["TRIP-22"]})
            )
            .await
            .status,
            400
        );
        let issue = bench
            .ada(site, &api(site, "issue/TRIP-22?expand=changelog"))
            .await;
        let told: Vec<&Value> = issue["changelog"]["histories"]
            .as_array()
            .unwrap()
            .iter()
            .map(|history| &history["items"][0])
            .collect();
        assert!(
            told.iter()
                .any(|item| item["field"] == "Rank" && item["toString"] == "Ranked lower")
        );
    }
}

#[tokio::test]
async fn issues_are_hung_below_an_epic() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let epic = "/rest/agile/1.0/epic/TRIP-1/issue";
        let none = "/rest/agile/1.0/epic/none/issue";
        let issues = json!({"issues": [new_task(&bench, site, "Below").await]});
        let count = async || bench.ada(site, epic).await["total"].as_i64().unwrap();
        let before = count().await;
        assert_eq!(
            call(&bench, site, "ada", "POST", epic, issues.clone())
                .await
                .status,
            204
        );
        assert_eq!(count().await, before + 1);
        assert_eq!(
            call(&bench, site, "ada", "POST", none, issues.clone())
                .await
                .status,
            204
        );
        assert_eq!(count().await, before);
        let story = "/rest/agile/1.0/epic/TRIP-40/issue";
        assert_eq!(call(&bench, site, "ada", "POST", story, issues).await.status, 400);
    }
}

#[tokio::test]
async fn many_issues_are_moved_at_once_on_cloud() {
    let bench = Bench::start().await;
    let (one, other) = (
        new_task(&bench, CLOUD, "A").await,
        new_task(&bench, CLOUD, "B").await,
    );
    let body = json!({"targetToSourcesMapping": {"PAY,10002": {
        "issueIdsOrKeys": [one, other, "NONE-1"], "inferStatusDefaults": true, "inferFieldDefaults": true,
        "inferClassificationDefaults": true, "inferSubtaskTypeDefault": true}}});
    let path = "/rest/api/3/bulk/issues/move";
    let task = call(&bench, CLOUD, "ada", "POST", path, body).await.json(201);
    let queue = format!("/rest/api/3/bulk/queue/{}", task["taskId"].as_str().unwrap());
    let progress = bench.ada(CLOUD, &queue).await;
    assert_eq!(progress["status"], "COMPLETE");
    assert_eq!(progress["processedAccessibleIssues"].as_array().unwrap().len(), 2);
    assert_eq!(progress["invalidOrInaccessibleIssueCount"], 1);
    let moved = bench.ada(CLOUD, &format!("/rest/api/3/issue/{one}")).await;
    assert!(moved["key"].as_str().unwrap().starts_with("PAY-"));
    let wrong = json!({"targetToSourcesMapping": {"PAY,1": {"issueIdsOrKeys": [one]}}});
    assert_eq!(call(&bench, CLOUD, "ada", "POST", path, wrong).await.status, 400);
    assert_eq!(
        bench.get(CLOUD, "ada", "/rest/api/3/bulk/queue/1").await.status,
        400
    );
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

#[tokio::test]
async fn an_id_that_is_gone_refuses_a_strict_query() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let id = bench.ada(site, &api(site, "issue/PAY-9?fields=summary")).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let other = bench.ada(site, &api(site, "issue/PAY-10?fields=summary")).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let resource = if site == CLOUD { "search/jql" } else { "search" };
        let path = api(
            site,
            &format!("{resource}?jql=id%20in%20({id},{other})&fields=summary"),
        );
        assert_eq!(
            bench.ada(site, &path).await["issues"].as_array().unwrap().len(),
            2
        );
        assert_eq!(
            call(
                &bench,
                site,
                "ada",
                "DELETE",
                &api(site, "issue/PAY-9?deleteSubtasks=true"),
                Value::Null
            )
            .await
            .status,
            204
        );
        let refused = bench.get(site, "ada", &path).await;
        assert_eq!(
            refused.message(400),
            format!("A value with ID '{id}' does not exist for the field 'id'.")
        );
        if site == DC {
            let lenient = bench.ada(site, &format!("{path}&validateQuery=false")).await;
            assert_eq!(lenient["issues"].as_array().unwrap().len(), 1);
            assert!(lenient["warningMessages"][0].as_str().unwrap().contains(&id));
        }
    }
}
