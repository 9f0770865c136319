//! Who gets in, who may what, and how often.

use serde_json::{Value, json};

use super::{
    super::harness::{As, Bench, CLOUD, DC},
    api, call, control, errors, new_task,
};

fn token(site: usize, name: &str) -> String {
    format!(
        "sandbox-{}-{name}-token",
        if site == CLOUD { "cloud" } else { "dc" }
    )
}

#[tokio::test]
async fn a_security_level_hides_an_issue() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        control(
            &bench,
            site,
            "security-level",
            json!({"id": "10001", "name": "Board", "people": ["ada"]}),
        )
        .await;
        let key = new_task(&bench, site, "Secret").await;
        let path = api(site, &format!("issue/{key}"));
        assert_eq!(bench.get(site, "quentin", &path).await.status, 200);
        let hidden = call(
            &bench,
            site,
            "ada",
            "PUT",
            &path,
            json!({"fields": {"security": {"id": "10001"}}}),
        )
        .await;
        assert_eq!(hidden.status, 204, "{}", hidden.text);
        assert_eq!(
            bench.ada(site, &path).await["fields"]["security"]["name"],
            "Board"
        );
        assert_eq!(bench.get(site, "quentin", &path).await.status, 404);
        assert_eq!(
            call(
                &bench,
                site,
                "quentin",
                "PUT",
                &path,
                json!({"fields": {"summary": "x"}})
            )
            .await
            .status,
            404
        );
        let jql = format!("key%20%3D%20{key}");
        let search = if site == CLOUD {
            format!("/rest/api/3/search/jql?jql={jql}")
        } else {
            format!("/rest/api/2/search?validateQuery=false&jql={jql}")
        };
        let found = bench.get(site, "quentin", &search).await;
        assert!(
            found.status == 400 || found.json(200)["issues"] == json!([]),
            "{}",
            found.text
        );
    }
}

#[tokio::test]
async fn a_level_is_set_by_those_who_may() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let level = json!({"id": "10001", "name": "Board", "people": ["ada", "quentin"]});
        control(&bench, site, "security-level", level).await;
        let key = new_task(&bench, site, "Open").await;
        let path = api(site, &format!("issue/{key}"));
        let levels = api(site, "project/TRIP/securitylevel");
        let meta = api(site, "issue/createmeta/TRIP/issuetypes/10002?maxResults=200");
        let edit = format!("{path}/editmeta");
        let secure = json!({"security": {"id": "10001"}});
        let offers = async || {
            let level = bench.get(site, "quentin", &levels).await.json(200);
            let screens = [&meta, &edit].map(|path| bench.get(site, "quentin", path));
            let screens = futures::future::join_all(screens).await;
            let mut told = vec![level["levels"].as_array().unwrap().len() == 1];
            told.extend(screens.iter().map(|got| got.text.contains("\"securitylevel\"")));
            told
        };
        assert_eq!(offers().await, [true, true, true], "{site}");
        let mine = json!({"token": token(site, "quentin"), "denied": ["SET_ISSUE_SECURITY"]});
        control(&bench, site, "rights", mine).await;
        assert_eq!(offers().await, [false, false, false], "{site}");
        let message = "Field 'security' cannot be set. It is not on the appropriate screen, or unknown.";
        let mut fields = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Task"}, "summary": "a"});
        fields["security"] = secure["security"].clone();
        for (method, path, body) in [
            ("POST", api(site, "issue"), json!({"fields": fields})),
            ("PUT", path.clone(), json!({"fields": secure})),
            ("PUT", path.clone(), json!({"fields": {"security": null}})),
            (
                "PUT",
                path.clone(),
                json!({"update": {"security": [{"set": {"id": "10001"}}]}}),
            ),
        ] {
            let refused = call(&bench, site, "quentin", method, &path, body.clone()).await;
            assert_eq!(errors(&refused), json!({"security": message}), "{method} {body}");
        }
        assert_eq!(bench.ada(site, &path).await["fields"]["security"], Value::Null);
        let mine = json!({"token": token(site, "quentin"), "denied": []});
        control(&bench, site, "rights", mine).await;
        let set = call(&bench, site, "quentin", "PUT", &path, json!({"fields": secure})).await;
        assert_eq!(set.status, 204, "{}", set.text);
    }
}

#[tokio::test]
async fn a_hidden_issue_is_not_counted_and_leaves_no_hole_in_a_page() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let level = json!({"id": "10001", "name": "Board", "people": ["ada"]});
        control(&bench, site, "security-level", level).await;
        let before = count(&bench, site, "quentin").await;
        let keys = ["OPS-1", "OPS-3", "OPS-50"];
        for key in keys {
            let hide = json!({"fields": {"security": {"id": "10001"}}});
            let path = api(site, &format!("issue/{key}"));
            assert_eq!(call(&bench, site, "ada", "PUT", &path, hide).await.status, 204);
        }
        assert_eq!(count(&bench, site, "ada").await, before);
        assert_eq!(count(&bench, site, "quentin").await, before - 3);
        let resource = if site == CLOUD { "search/jql" } else { "search" };
        for order in ["key", "id", "updated", "summary"] {
            let path =
                format!("{resource}?jql=project%3DOPS%20ORDER%20BY%20{order}&maxResults=10&fields=summary");
            let page = bench.get(site, "quentin", &api(site, &path)).await.json(200);
            let shown: Vec<&str> = page["issues"]
                .as_array()
                .unwrap()
                .iter()
                .map(|issue| issue["key"].as_str().unwrap())
                .collect();
            assert_eq!(shown.len(), 10, "{order}");
            assert!(!keys.iter().any(|key| shown.contains(key)), "{order} {shown:?}");
        }
        let picked = api(site, "issue/picker?query=OPS-50");
        let picked = bench.get(site, "quentin", &picked).await.json(200);
        assert_eq!(picked["sections"][0]["issues"], json!([]));
    }
}

/// How many issues of a project somebody finds.
async fn count(bench: &Bench, site: usize, who: &str) -> i64 {
    if site == CLOUD {
        let body = json!({"jql": "project = OPS"});
        let got = bench
            .post(site, who, "/rest/api/3/search/approximate-count", body)
            .await;
        return got.json(200)["count"].as_i64().unwrap();
    }
    let path = "/rest/api/2/search?jql=project%3DOPS&maxResults=0";
    bench.get(site, who, path).await.json(200)["total"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn single_rights_can_be_missing() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let denied = [
            "LINK_ISSUES",
            "ASSIGN_ISSUES",
            "MODIFY_REPORTER",
            "TRANSITION_ISSUES",
            "CREATE_ATTACHMENTS",
            "DELETE_ISSUES",
        ];
        control(
            &bench,
            site,
            "rights",
            json!({"token": token(site, "quentin"), "denied": denied}),
        )
        .await;
        let link = json!({"type": {"name": "Blocks"}, "inwardIssue": {"key": "TRIP-20"}, "outwardIssue": {"key": "TRIP-21"}});
        assert_eq!(
            call(&bench, site, "quentin", "POST", &api(site, "issueLink"), link)
                .await
                .status,
            401
        );
        let transitions = api(site, "issue/TRIP-20/transitions");
        assert_eq!(
            bench.get(site, "quentin", &transitions).await.json(200)["transitions"],
            json!([])
        );
        assert_eq!(
            call(
                &bench,
                site,
                "quentin",
                "POST",
                &transitions,
                json!({"transition": {"id": "11"}})
            )
            .await
            .status,
            400
        );
        let user = if site == CLOUD {
            json!({"accountId": "712020:5a9d0b01-sandbox-ada"})
        } else {
            json!({"name": "ada"})
        };
        let fields = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Task"}, "summary": "a", "reporter": user});
        assert!(
            errors(
                &call(
                    &bench,
                    site,
                    "quentin",
                    "POST",
                    &api(site, "issue"),
                    json!({"fields": fields})
                )
                .await
            )["reporter"]
                .is_string()
        );
        assert_eq!(
            call(
                &bench,
                site,
                "quentin",
                "DELETE",
                &api(site, "issue/TRIP-20"),
                Value::Null
            )
            .await
            .status,
            403
        );
    }
}

#[tokio::test]
async fn tokens_run_out_and_captchas_bar_the_door() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let myself = api(site, "myself");
        control(
            &bench,
            site,
            "captcha",
            json!({"token": token(site, "quentin"), "on": true}),
        )
        .await;
        let denied = bench.get(site, "quentin", &myself).await;
        assert_eq!(
            (
                denied.status,
                denied.headers["x-seraph-loginreason"].to_str().unwrap()
            ),
            (403, "AUTHENTICATION_DENIED")
        );
        assert!(
            denied.headers["x-authentication-denied-reason"]
                .to_str()
                .unwrap()
                .starts_with("CAPTCHA_CHALLENGE; login-url=")
        );
        control(
            &bench,
            site,
            "captcha",
            json!({"token": token(site, "quentin"), "on": false}),
        )
        .await;
        control(
            &bench,
            site,
            "expire-token",
            json!({"token": token(site, "quentin"), "in_ms": 3_600_000}),
        )
        .await;
        assert_eq!(bench.get(site, "quentin", &myself).await.status, 200);
        control(
            &bench,
            site,
            "expire-token",
            json!({"token": token(site, "quentin"), "in_ms": 0}),
        )
        .await;
        assert_eq!(bench.get(site, "quentin", &myself).await.status, 401);
        let projects = api(site, "project");
        assert_eq!(bench.get(site, "quentin", &projects).await.status, 401);
        control(&bench, site, "fall-through", json!({"on": true})).await;
        assert_eq!(
            bench.get(site, "quentin", &projects).await.json(200),
            json!([]),
            "the trap"
        );
        assert_eq!(bench.get(site, "quentin", &myself).await.status, 401);
        let anonymous = bench
            .request(site, As::Nobody, "POST", &api(site, "issue"))
            .json(&json!({"fields": {"project": {"key": "TRIP"}}}));
        let anonymous = Bench::send(anonymous).await;
        assert_eq!(anonymous.status, if site == CLOUD { 401 } else { 400 });
    }
}

#[tokio::test]
async fn limits_answer_429_with_the_headers_of_the_deployment() {
    let bench = Bench::start().await;
    control(&bench, CLOUD, "limits", json!({"quota": 3})).await;
    let mut last = bench.get(CLOUD, "ada", "/rest/api/3/myself").await;
    for _ in 0..20 {
        if last.status == 429 {
            break;
        }
        assert_eq!(last.headers["x-ratelimit-limit"], "3");
        last = bench.get(CLOUD, "ada", "/rest/api/3/myself").await;
    }
    assert_eq!(
        (last.status, last.headers["ratelimit-reason"].to_str().unwrap()),
        (429, "jira-quota-global-based")
    );
    assert!(last.headers.contains_key("retry-after") && last.headers.contains_key("x-ratelimit-reset"));
    control(&bench, CLOUD, "limits", json!({})).await;
    let mut statuses = Vec::new();
    for number in 0..25 {
        let path = format!("/rest/api/3/issue/TRIP-30/properties/p{number}");
        statuses.push(call(&bench, CLOUD, "ada", "PUT", &path, json!(1)).await.status);
    }
    assert!(statuses[..20].iter().all(|status| *status == 201), "{statuses:?}");

    let myself = "/rest/api/2/myself";
    assert!(
        !bench
            .get(DC, "ada", myself)
            .await
            .headers
            .contains_key("x-ratelimit-limit"),
        "off until wanted"
    );
    control(
        &bench,
        DC,
        "limits",
        json!({"bucket": {"size": 2, "fill": 1, "interval_seconds": 3600}}),
    )
    .await;
    for left in ["1", "0"] {
        let passed = bench.get(DC, "ada", myself).await;
        assert_eq!(
            (
                passed.status,
                passed.headers["x-ratelimit-remaining"].to_str().unwrap()
            ),
            (200, left)
        );
    }
    assert_eq!(bench.get(DC, "ada", myself).await.status, 429);
    assert_eq!(
        bench.get(DC, "quentin", myself).await.status,
        200,
        "everybody has a bucket of their own"
    );
}
