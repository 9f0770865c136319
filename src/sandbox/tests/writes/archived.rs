//! An archived project can be looked at, issue by issue, and not changed.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, control, new_task, rich,
};

/// What somebody tries on a work item of the project and its comment, on a release, and what Cloud and Data Center
/// answer.
fn list_writes(
    site: usize,
    (key, number, notes): (&str, &str, &str),
    release: &str,
) -> Vec<(&'static str, String, Value, (u16, u16))> {
    let path = api(site, &format!("issue/{key}"));
    let task = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Task"}, "summary": "New"});
    let link =
        json!({"type": {"name": "Blocks"}, "inwardIssue": {"key": key}, "outwardIssue": {"key": "PAY-1"}});
    let remote = json!({"object": {"url": "https://e.example", "title": "x"}});
    let comment = json!({"body": rich(site, "Too late")});
    let version = json!({"name": "9.9", "projectId": 10100});
    let part = json!({"name": "Late", "project": "TRIP"});
    let watcher = if site == CLOUD {
        "watchers?accountId=712020:5a9d0b01-sandbox-ada"
    } else {
        "watchers?username=ada"
    };
    let below = |part: &str| format!("{path}/{part}");
    vec![
        ("POST", api(site, "issue"), json!({"fields": task}), (400, 400)),
        (
            "PUT",
            path.clone(),
            json!({"fields": {"summary": "Changed"}}),
            (403, 403),
        ),
        ("DELETE", path.clone(), Value::Null, (403, 403)),
        (
            "POST",
            below("transitions"),
            json!({"transition": {"id": "11"}}),
            (400, 400),
        ),
        ("POST", below("comment"), comment, (400, 400)),
        ("POST", below("worklog"), json!({"timeSpent": "1h"}), (400, 403)),
        ("POST", below("remotelink"), remote, (403, 403)),
        ("PUT", below("properties/own"), json!({"a": 1}), (403, 403)),
        ("POST", below("watchers"), Value::Null, (403, 401)),
        ("POST", api(site, "issueLink"), link, (401, 401)),
        ("POST", api(site, "version"), version, (404, 403)),
        ("PUT", release.to_owned(), json!({"name": "Changed"}), (404, 403)),
        ("DELETE", release.to_owned(), Value::Null, (404, 403)),
        (
            "PUT",
            below("assignee"),
            json!({"name": "ada", "accountId": "712020:5a9d0b01-sandbox-ada"}),
            (403, 401),
        ),
        (
            "PUT",
            below(&format!("comment/{notes}")),
            json!({"body": rich(site, "Changed")}),
            (400, 400),
        ),
        (
            "DELETE",
            below(&format!("comment/{notes}")),
            Value::Null,
            (400, 400),
        ),
        ("DELETE", below(watcher), Value::Null, (403, 401)),
        ("POST", api(site, "component"), part, (403, 403)),
        (
            "POST",
            "/rest/agile/1.0/epic/none/issue".to_owned(),
            json!({"issues": [key]}),
            (403, 403),
        ),
        ("POST", below("votes"), Value::Null, (404, 404)),
        ("DELETE", below("properties/own"), Value::Null, (404, 403)),
        (
            "POST",
            "/rest/agile/1.0/sprint/306/issue".to_owned(),
            json!({"issues": [key]}),
            (403, 403),
        ),
        (
            "POST",
            "/rest/agile/1.0/backlog/issue".to_owned(),
            json!({"issues": [number]}),
            (403, 403),
        ),
        (
            "PUT",
            api(site, "project/TRIP"),
            json!({"description": "Changed"}),
            (403, 403),
        ),
        (
            "PUT",
            "/rest/agile/1.0/issue/rank".to_owned(),
            json!({"issues": [key], "rankBeforeIssue": "PAY-1"}),
            (403, 403),
        ),
    ]
}

#[tokio::test]
async fn nothing_in_an_archived_project_changes() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Kept").await;
        let said = json!({"body": rich(site, "In time")});
        let path = api(site, &format!("issue/{key}/comment"));
        call(&bench, site, "ada", "POST", &path, said).await.json(201);
        control(&bench, site, "archive-project", json!({"key": "TRIP"})).await;
        let path = api(site, &format!("issue/{key}"));
        let before = bench.ada(site, &path).await;
        let number = before["id"].as_str().unwrap().to_owned();
        let notes = before["fields"]["comment"]["comments"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let release = bench.ada(site, &api(site, "project/TRIP/versions")).await[2]["id"].clone();
        let release = api(site, &format!("version/{}", release.as_str().unwrap()));
        let writes = list_writes(site, (&key, &number, &notes), &release);
        let below = |part: &str| format!("{path}/{part}");
        for (method, path, body, want) in writes {
            let got = call(&bench, site, "ada", method, &path, body).await;
            let want = if site == CLOUD { want.0 } else { want.1 };
            assert_eq!(got.status, want, "{method} {path} {}", got.text);
        }
        let open = bench.ada(site, &below("transitions")).await;
        assert_eq!(open["transitions"], json!([]));
        let asked = if site == CLOUD {
            "mypermissions?permissions=EDIT_ISSUES,BROWSE_PROJECTS&projectKey=TRIP"
        } else {
            "mypermissions?projectKey=TRIP"
        };
        let rights = bench.ada(site, &api(site, asked)).await["permissions"].clone();
        assert_eq!(rights["EDIT_ISSUES"]["havePermission"], false);
        assert_eq!(rights["BROWSE_PROJECTS"]["havePermission"], true);
        assert_eq!(bench.ada(site, &path).await, before);

        control(
            &bench,
            site,
            "archive-project",
            json!({"key": "TRIP", "archived": false}),
        )
        .await;
        let changed = json!({"fields": {"summary": "Changed"}});
        assert_eq!(call(&bench, site, "ada", "PUT", &path, changed).await.status, 204);
    }
}

#[tokio::test]
async fn a_project_is_archived_and_restored_once() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let path = api(site, "project/OPS");
        let flag = async || {
            let project = bench.ada(site, &path).await;
            project.get("archived").cloned()
        };
        // Data Center tells it of every project, Cloud only of those that are archived.
        let live = (site == DC).then_some(json!(false));
        assert_eq!(flag().await, live);
        let (method, twice) = if site == CLOUD {
            ("POST", 400)
        } else {
            ("PUT", 403)
        };
        let ask = async |what: &str| {
            let path = format!("{path}/{what}");
            call(&bench, site, "ada", method, &path, Value::Null).await
        };
        assert_eq!(
            ask("restore").await.message(twice),
            "Project 'OPS' is already not archived."
        );
        assert_eq!(ask("archive").await.status, 204);
        assert_eq!(flag().await, Some(json!(true)));
        assert_eq!(
            ask("archive").await.message(twice),
            "Project 'OPS' is already archived."
        );
        assert_eq!(ask("restore").await.status, if site == CLOUD { 200 } else { 202 });
        assert_eq!(flag().await, live);
        let task = json!({"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "Again"});
        call(
            &bench,
            site,
            "ada",
            "POST",
            &api(site, "issue"),
            json!({"fields": task}),
        )
        .await
        .json(201);
        assert_eq!(ask("archive").await.status, 204);
        let delete = async || call(&bench, site, "ada", "DELETE", &path, Value::Null).await;
        if site == CLOUD {
            assert_eq!(
                delete().await.message(404),
                "Project 'OPS' is archived. Restore it before you delete it."
            );
            assert_eq!(flag().await, Some(json!(true)));
            assert_eq!(ask("restore").await.status, 200);
        }
        assert_eq!(delete().await.status, 204);
        assert_eq!(bench.get(site, "ada", &path).await.status, 404);
    }
}
