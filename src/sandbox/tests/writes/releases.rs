//! Versions and sprints from plan to end.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, errors, new_task,
};

#[tokio::test]
async fn a_version_lives_from_plan_to_merge() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let path = api(site, "version");
        let made = call(&bench, site, "ada", "POST", &path, json!({"name": "4.0", "project": "TRIP", "projectId": 10100, "releaseDate": "2030-01-31", "description": "d"})).await.json(201);
        assert_eq!(
            (&made["released"], &made["overdue"], &made["projectId"]),
            (&json!(false), &json!(false), &json!(10100))
        );
        assert_eq!(made["userReleaseDate"], "31/Jan/30");
        let id = made["id"].as_str().unwrap();
        let one = format!("{path}/{id}");
        assert_eq!(bench.ada(site, &one).await, made);
        let key = new_task(&bench, site, "Planned").await;
        let issue = api(site, &format!("issue/{key}"));
        let planned = call(
            &bench,
            site,
            "ada",
            "PUT",
            &issue,
            json!({"fields": {"fixVersions": [{"id": id}]}}),
        )
        .await;
        assert_eq!(
            planned.status, 204,
            "a new version can be chosen at once: {}",
            planned.text
        );
        let renamed = call(
            &bench,
            site,
            "ada",
            "PUT",
            &one,
            json!({"name": "4.1", "released": true}),
        )
        .await
        .json(200);
        assert_eq!((&renamed["name"], renamed.get("overdue")), (&json!("4.1"), None));
        let shown = bench.ada(site, &issue).await["fields"]["fixVersions"][0].clone();
        assert_eq!(
            (&shown["name"], &shown["released"]),
            (&json!("4.1"), &json!(true)),
            "issues show it at once"
        );
        call(&bench, site, "ada", "PUT", &one, json!({"archived": true}))
            .await
            .json(200);
        let archived = call(
            &bench,
            site,
            "ada",
            "PUT",
            &issue,
            json!({"fields": {"fixVersions": [{"id": id}]}}),
        )
        .await;
        assert!(
            errors(&archived)["fixVersions"]
                .as_str()
                .unwrap()
                .contains("archived")
        );
        let moved = call(
            &bench,
            site,
            "ada",
            "POST",
            &format!("{one}/move"),
            json!({"position": "First"}),
        )
        .await;
        assert_eq!(moved.status, 200);
        assert_eq!(
            bench.ada(site, &api(site, "project/TRIP/versions")).await[0]["id"],
            id
        );
        assert_eq!(
            bench.ada(site, &format!("{one}/relatedIssueCounts")).await["issuesFixedCount"],
            1
        );
        assert_eq!(
            call(
                &bench,
                site,
                "ada",
                "PUT",
                &format!("{one}/mergeto/10303"),
                Value::Null
            )
            .await
            .status,
            204
        );
        assert_eq!(bench.get(site, "ada", &one).await.status, 404);
        assert_eq!(
            bench.ada(site, &issue).await["fields"]["fixVersions"][0]["id"],
            "10303"
        );
    }
}

#[tokio::test]
async fn bad_versions_are_refused() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let path = api(site, "version");
        let post = |body: Value| call(&bench, site, "ada", "POST", &path, body);
        assert_eq!(
            errors(&post(json!({"name": "3.1 loyalty", "projectId": 10100})).await)["name"],
            "A version with this name already exists in this project."
        );
        assert!(errors(&post(json!({"projectId": 10100})).await)["name"].is_string());
        assert!(errors(&post(json!({"name": "x", "projectId": 10100, "startDate": "2026-02-01", "releaseDate": "2026-01-01"})).await)["startDate"].is_string());
        assert!(errors(&post(json!({"name": "x", "projectId": 10100, "releaseDate": "soon"})).await)["releaseDate"].is_string());
        assert_eq!(post(json!({"name": "x", "projectId": 1})).await.status, 404);
        let refused = call(
            &bench,
            site,
            "quentin",
            "POST",
            &path,
            json!({"name": "x", "projectId": 10100}),
        )
        .await;
        assert_eq!(refused.status, if site == CLOUD { 404 } else { 403 });
        let swap = api(site, "version/10302/removeAndSwap");
        assert_eq!(
            call(
                &bench,
                site,
                "ada",
                "POST",
                &swap,
                json!({"moveFixIssuesTo": 99999})
            )
            .await
            .status,
            400
        );
        let count = bench
            .ada(site, &api(site, "version/10302/relatedIssueCounts"))
            .await["issuesFixedCount"]
            .as_u64()
            .unwrap();
        assert!(count > 0);
        assert_eq!(
            call(
                &bench,
                site,
                "ada",
                "POST",
                &swap,
                json!({"moveFixIssuesTo": 10303})
            )
            .await
            .status,
            204
        );
        assert!(
            bench
                .ada(site, &api(site, "version/10303/relatedIssueCounts"))
                .await["issuesFixedCount"]
                .as_u64()
                .unwrap()
                >= count
        );
    }
}

#[expect(clippy::too_many_lines, reason = "one life from end to end")]
#[tokio::test]
async fn a_sprint_goes_one_way() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let path = "/rest/agile/1.0/sprint";
        let made = call(
            &bench,
            site,
            "ada",
            "POST",
            path,
            json!({"name": "Next", "originBoardId": 84, "goal": "g"}),
        )
        .await
        .json(201);
        assert_eq!((&made["state"], &made["goal"]), (&json!("future"), &json!("g")));
        let one = format!("{path}/{}", made["id"]);
        let key = new_task(&bench, site, "Work").await;
        let moved = call(
            &bench,
            site,
            "ada",
            "POST",
            &format!("{one}/issue"),
            json!({"issues": [key]}),
        )
        .await;
        assert_eq!(moved.status, 204, "{}", moved.text);
        let change = |body: Value| call(&bench, site, "ada", "POST", &one, body);
        assert_eq!(change(json!({"state": "active"})).await.status, 400, "no dates");
        let dates = json!({"startDate": "2026-11-20T08:00:00.000Z", "endDate": "2026-12-04T08:00:00.000Z"});
        assert_eq!(change(dates).await.status, 200);
        assert_eq!(
            change(json!({"state": "active"})).await.status,
            400,
            "another is active"
        );
        assert_eq!(
            call(
                &bench,
                site,
                "ada",
                "POST",
                "/rest/agile/1.0/sprint/305",
                json!({"state": "closed"})
            )
            .await
            .json(200)["state"],
            "closed"
        );
        let active = change(json!({"state": "active"})).await.json(200);
        assert_eq!(active["state"], "active");
        assert_eq!(
            active["startDate"].as_str().unwrap().ends_with('Z'),
            site == CLOUD
        );
        let issue = api(site, &format!("issue/{key}"));
        let shown = bench.ada(site, &issue).await["fields"]["customfield_10020"].to_string();
        assert!(shown.to_lowercase().contains("active"), "{shown}");
        assert_eq!(
            call(
                &bench,
                site,
                "ada",
                "POST",
                "/rest/agile/1.0/backlog/issue",
                json!({"issues": [key]})
            )
            .await
            .status,
            204
        );
        assert_eq!(
            bench.ada(site, &issue).await["fields"]["customfield_10020"],
            Value::Null
        );
        let closed = change(json!({"state": "closed"})).await.json(200);
        assert!(closed["completeDate"].is_string());
        assert_eq!(change(json!({"state": "active"})).await.status, 400);
        let late = call(
            &bench,
            site,
            "ada",
            "POST",
            &format!("{one}/issue"),
            json!({"issues": [key]}),
        )
        .await;
        assert_eq!(late.status, 400);
        for (body, status) in [
            (json!({"name": "x"}), 400),
            (json!({"name": "x", "originBoardId": 999}), 404),
            (json!({"name": "x", "originBoardId": 91}), 400),
            (json!({"originBoardId": 84}), 400),
        ] {
            assert_eq!(
                call(&bench, site, "ada", "POST", path, body.clone()).await.status,
                status,
                "{body}"
            );
        }
        let reader = json!({"name": "x", "originBoardId": 85});
        assert_eq!(call(&bench, site, "rhea", "POST", path, reader).await.status, 403);
        assert_eq!(
            call(&bench, site, "ada", "DELETE", &one, Value::Null)
                .await
                .status,
            204
        );
        assert_eq!(bench.get(site, "ada", &one).await.status, 404);
    }
}
