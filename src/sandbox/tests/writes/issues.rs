//! Issues: created, edited, moved through their workflow, deleted.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, errors, new_task, rich,
};

#[tokio::test]
async fn an_issue_is_created_as_its_screen_wants_it() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let assignee = if site == CLOUD {
            json!({"accountId": "712020:5a9d0b02-sandbox-quentin"})
        } else {
            json!({"name": "quentin"})
        };
        let fields = json!({
            "project": {"key": "TRIP"}, "issuetype": {"name": "Bug"}, "summary": "Seat map is empty",
            "description": rich(site, "It *is* empty"), "customfield_10030": {"value": "S2 Major"},
            "customfield_10033": [{"id": "10171"}], "labels": ["b", "a"], "fixVersions": [{"id": "10302"}],
            "duedate": "2026-12-31", "priority": {"id": "2"}, "assignee": assignee,
        });
        let properties = json!([{"key": "traceline", "value": {"defect": 7}}]);
        let created = call(
            &bench,
            site,
            "quentin",
            "POST",
            &api(site, "issue"),
            json!({"fields": fields, "properties": properties}),
        )
        .await
        .json(201);
        let (id, key) = (created["id"].as_str().unwrap(), created["key"].as_str().unwrap());
        assert!(
            key.starts_with("TRIP-")
                && created["self"]
                    .as_str()
                    .unwrap()
                    .ends_with(&format!("/issue/{id}"))
        );
        let issue = bench.ada(site, &api(site, &format!("issue/{key}"))).await;
        let shown = &issue["fields"];
        assert_eq!(shown["summary"], "Seat map is empty");
        assert_eq!(shown["description"], rich(site, "It *is* empty"));
        assert_eq!(shown["customfield_10030"]["id"], "10142");
        assert_eq!(shown["customfield_10033"][0]["value"], "DACH");
        assert_eq!(shown["labels"], json!(["a", "b"]));
        assert_eq!(shown["fixVersions"][0]["name"], "3.0 Group trips");
        assert_eq!(shown["status"]["name"], "New");
        assert_eq!(shown["reporter"]["displayName"], "Quentin Marsh");
        assert_eq!(shown["assignee"]["displayName"], "Quentin Marsh");
        assert_eq!(shown["resolution"], Value::Null);
        assert_eq!(shown["created"], shown["updated"]);
        let property = bench
            .ada(site, &api(site, &format!("issue/{key}/properties/traceline")))
            .await;
        assert_eq!(property, json!({"key": "traceline", "value": {"defect": 7}}));
        let jql = format!("key%20%3D%20{key}");
        let path = if site == CLOUD {
            format!("/rest/api/3/search/jql?jql={jql}")
        } else {
            format!("/rest/api/2/search?jql={jql}")
        };
        assert_eq!(bench.ada(site, &path).await["issues"][0]["id"], id);
    }
}

#[tokio::test]
async fn what_the_screen_does_not_take_is_named_field_by_field() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let post = |who: &'static str, fields: Value| {
            let path = api(site, "issue");
            let bench = &bench;
            async move { call(bench, site, who, "POST", &path, json!({"fields": fields})).await }
        };
        let bug = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Bug"}, "customfield_10034": "x", "labels": ["a b"]});
        assert_eq!(
            errors(&post("ada", bug).await),
            json!({
                "summary": "You must specify a summary of the issue.",
                "customfield_10030": "Severity is required.",
                "customfield_10034": "Field 'customfield_10034' cannot be set. It is not on the appropriate screen, or unknown.",
                "labels": "The label 'a b' contains spaces which is invalid.",
            })
        );
        assert!(errors(&post("ada", json!({"summary": "a"})).await)["project"].is_string());
        assert!(
            errors(&post("ada", json!({"project": {"key": "NONE"}, "summary": "a"})).await)["project"]
                .is_string()
        );
        let typed = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Wish"}, "summary": "a"});
        assert!(errors(&post("ada", typed).await)["issuetype"].is_string());
        let child = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Sub-task"}, "summary": "a"});
        let refused = post("ada", child).await;
        assert!(
            errors(&refused)["issuetype"]
                .as_str()
                .unwrap()
                .contains("sub-task")
        );
        let reader = json!({"project": {"key": "PAY"}, "issuetype": {"name": "Task"}, "summary": "a"});
        assert!(
            errors(&post("rhea", reader.clone()).await)["project"].is_string(),
            "no right to create"
        );
        assert!(
            errors(&post("nils", reader).await)["project"].is_string(),
            "no such project for him"
        );
    }
    let plain = json!({"fields": {"project": {"key": "TRIP"}, "issuetype": {"name": "Task"}, "summary": "a", "description": "text"}});
    let refused = call(&bench, CLOUD, "ada", "POST", "/rest/api/3/issue", plain.clone()).await;
    assert_eq!(
        errors(&refused)["description"],
        "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    );
    let created = call(&bench, CLOUD, "ada", "POST", "/rest/api/2/issue", plain)
        .await
        .json(201);
    let path = format!(
        "/rest/api/3/issue/{}?fields=description",
        created["key"].as_str().unwrap()
    );
    assert_eq!(
        bench.ada(CLOUD, &path).await["fields"]["description"],
        rich(CLOUD, "text"),
        "wiki text becomes ADF"
    );
}

#[tokio::test]
async fn many_are_created_at_once_each_for_itself() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let good =
            json!({"fields": {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "one"}});
        let bad = json!({"fields": {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}}});
        let path = api(site, "issue/bulk");
        let both = call(
            &bench,
            site,
            "ada",
            "POST",
            &path,
            json!({"issueUpdates": [good, bad]}),
        )
        .await
        .json(201);
        assert_eq!(both["issues"].as_array().unwrap().len(), 1);
        assert_eq!(both["errors"][0]["failedElementNumber"], 1);
        assert!(both["errors"][0]["elementErrors"]["errors"]["summary"].is_string());
        let none = call(&bench, site, "ada", "POST", &path, json!({"issueUpdates": [bad]}))
            .await
            .json(400);
        assert_eq!(none["issues"], json!([]));
    }
}

#[tokio::test]
async fn edits_change_fields_and_leave_a_history() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Before").await;
        let path = api(site, &format!("issue/{key}"));
        let before = bench.ada(site, &path).await;
        let edit = json!({
            "fields": {"summary": "After", "description": rich(site, "new")},
            "update": {"labels": [{"add": "x"}], "fixVersions": [{"add": {"name": "3.1 Loyalty"}}],
                "comment": [{"add": {"body": rich(site, "said")}}]},
        });
        assert_eq!(
            call(&bench, site, "quentin", "PUT", &path, edit).await.status,
            204
        );
        let after = bench.ada(site, &path).await;
        assert_eq!(
            (after["fields"]["summary"].as_str(), &after["fields"]["labels"]),
            (Some("After"), &json!(["x"]))
        );
        assert!(after["fields"]["updated"].as_str() >= before["fields"]["updated"].as_str());
        let kept = bench.sandbox.world().sites()[site].read(|world| {
            world
                .find_extras(after["id"].as_str().unwrap().parse().unwrap())
                .unwrap()
                .into_owned()
        });
        assert_eq!(kept.comments.len(), 1);
        let history = &kept.changelog[0];
        assert_eq!(history["author"]["displayName"], "Quentin Marsh");
        let items = history["items"].as_array().unwrap();
        let find = |field: &str| {
            items
                .iter()
                .find(|item| item["field"] == field)
                .unwrap_or_else(|| panic!("{field} in {items:?}"))
        };
        assert_eq!(
            (&find("summary")["fromString"], &find("summary")["toString"]),
            (&json!("Before"), &json!("After"))
        );
        assert_eq!(
            (&find("Fix Version")["to"], &find("Fix Version")["toString"]),
            (&json!("10303"), &json!("3.1 Loyalty"))
        );
        assert_eq!(find("labels")["toString"], "x");
        assert_eq!(find("description")["toString"], "new");
        assert_eq!(find("summary").get("fieldId").is_some(), site == CLOUD);

        let refused = call(
            &bench,
            site,
            "ada",
            "PUT",
            &path,
            json!({"fields": {"summary": null, "nothing": 1}}),
        )
        .await;
        assert_eq!(errors(&refused).as_object().unwrap().len(), 2);
        assert_eq!(
            call(&bench, site, "ada", "PUT", &path, json!({})).await.status,
            400
        );
        assert_eq!(
            call(
                &bench,
                site,
                "nils",
                "PUT",
                &path,
                json!({"fields": {"summary": "x"}})
            )
            .await
            .status,
            404
        );
        let pay = api(site, "issue/PAY-3");
        assert_eq!(
            call(
                &bench,
                site,
                "rhea",
                "PUT",
                &pay,
                json!({"fields": {"summary": "x"}})
            )
            .await
            .status,
            403
        );
    }
}

#[tokio::test]
async fn verbs_come_in_lists() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Verbs").await;
        let path = api(site, &format!("issue/{key}"));
        let before = bench.ada(site, &path).await;
        for (body, kind, token, part) in [
            (
                json!({"update": {"labels": {"add": "a"}}}),
                "ArrayList",
                "START_OBJECT",
                "update",
            ),
            (
                json!({"update": {"labels": "a"}}),
                "ArrayList",
                "VALUE_STRING",
                "update",
            ),
            (
                json!({"update": {"comment": {"add": {"body": "a"}}}}),
                "ArrayList",
                "START_OBJECT",
                "update",
            ),
            (
                json!({"fields": {"summary": "b"}, "update": {"labels": 5}}),
                "ArrayList",
                "VALUE_NUMBER_INT",
                "update",
            ),
            (
                json!({"update": [{"labels": []}]}),
                "LinkedHashMap",
                "START_ARRAY",
                "update",
            ),
            (
                json!({"update": "labels"}),
                "LinkedHashMap",
                "VALUE_STRING",
                "update",
            ),
            (json!({"fields": []}), "LinkedHashMap", "START_ARRAY", "fields"),
        ] {
            for (method, path) in [
                ("PUT", path.clone()),
                ("POST", api(site, "issue")),
                ("POST", format!("{path}/transitions")),
            ] {
                let mut body = body.clone();
                body["transition"] = json!({"id": "21"});
                let refused = call(&bench, site, "ada", method, &path, body.clone()).await;
                assert_eq!(
                    refused.message(400),
                    format!(
                        "Can not deserialize instance of java.util.{kind} out of {token} token (through reference \
                         chain: com.atlassian.jira.rest.v2.issue.IssueUpdateBean[\"{part}\"])"
                    ),
                    "{method} {body}"
                );
            }
        }
        assert_eq!(bench.ada(site, &path).await, before, "nothing is half done");
        let good = json!({"update": {"labels": [{"add": "a"}], "priority": []}});
        assert_eq!(call(&bench, site, "ada", "PUT", &path, good).await.status, 204);
        assert_eq!(bench.ada(site, &path).await["fields"]["labels"], json!(["a"]));
    }
}
