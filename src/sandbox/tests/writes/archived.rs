//! An archived project can be looked at, issue by issue, and not changed.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, control, new_task, rich,
};

#[tokio::test]
async fn nothing_in_an_archived_project_changes() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Kept").await;
        control(&bench, site, "archive-project", json!({"key": "TRIP"})).await;
        let path = api(site, &format!("issue/{key}"));
        let before = bench.ada(site, &path).await;
        let task = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Task"}, "summary": "New"});
        let link = json!({"type": {"name": "Blocks"}, "inwardIssue": {"key": key}, "outwardIssue": {"key": "PAY-1"}});
        let remote = json!({"object": {"url": "https://e.example", "title": "x"}});
        let comment = json!({"body": rich(site, "Too late")});
        let version = json!({"name": "9.9", "projectId": 10100});
        let below = |part: &str| format!("{path}/{part}");
        for (method, path, body) in [
            ("POST", api(site, "issue"), json!({"fields": task})),
            ("PUT", path.clone(), json!({"fields": {"summary": "Changed"}})),
            ("DELETE", path.clone(), Value::Null),
            ("POST", below("transitions"), json!({"transition": {"id": "11"}})),
            ("POST", below("comment"), comment),
            ("POST", below("worklog"), json!({"timeSpent": "1h"})),
            ("POST", below("remotelink"), remote),
            ("PUT", below("properties/own"), json!({"a": 1})),
            ("POST", below("watchers"), Value::Null),
            ("POST", api(site, "issueLink"), link),
            ("POST", api(site, "version"), version),
            (
                "PUT",
                api(site, "project/TRIP"),
                json!({"description": "Changed"}),
            ),
            (
                "PUT",
                "/rest/agile/1.0/issue/rank".to_owned(),
                json!({"issues": [key], "rankBeforeIssue": "PAY-1"}),
            ),
        ] {
            let got = call(&bench, site, "ada", method, &path, body).await;
            assert!(
                matches!(got.status, 400 | 401 | 403 | 404),
                "{method} {path} {}",
                got.text
            );
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
