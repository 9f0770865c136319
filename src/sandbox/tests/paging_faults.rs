//! Lists that lie while they are paged.

use serde_json::{Value, json};

use super::{
    faults::fault,
    harness::{Bench, CLOUD, DC, Got},
};

async fn cloud_page(bench: &Bench, token: Option<&str>) -> Got {
    let mut body = json!({"jql": "project = PAY", "maxResults": 50, "fields": ["summary"]});
    if let Some(token) = token {
        body["nextPageToken"] = Value::from(token);
    }
    bench.post(CLOUD, "ada", "/rest/api/3/search/jql", body).await
}

fn keys(page: &Value) -> Vec<String> {
    let issues = page["issues"].as_array().unwrap();
    issues
        .iter()
        .map(|issue| issue["key"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn page_tokens_loop_expire_and_skip() {
    let bench = Bench::start().await;
    let path = "/rest/api/3/search/jql";
    let first = cloud_page(&bench, None).await.json(200);
    let token = first["nextPageToken"].as_str().unwrap().to_owned();
    let second = cloud_page(&bench, Some(&token)).await.json(200);

    fault(
        &bench,
        CLOUD,
        json!({"path": path, "paging": "stale_token", "times": 1}),
    )
    .await;
    assert!(
        cloud_page(&bench, Some(&token))
            .await
            .message(400)
            .contains("token")
    );

    fault(
        &bench,
        CLOUD,
        json!({"path": path, "paging": "looping_token", "times": 3}),
    )
    .await;
    let mut token = None;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = cloud_page(&bench, token.as_deref()).await.json(200);
        token = page["nextPageToken"].as_str().map(str::to_owned);
        seen.push(token.clone().unwrap());
    }
    assert_eq!((&seen[0], &seen[1]), (&seen[1], &seen[2]));

    fault(
        &bench,
        CLOUD,
        json!({"path": path, "paging": "skipping_token", "times": 1}),
    )
    .await;
    let page = cloud_page(&bench, None).await.json(200);
    let after = cloud_page(&bench, page["nextPageToken"].as_str()).await.json(200);
    assert!(keys(&after).iter().all(|key| !keys(&second).contains(key)));

    fault(
        &bench,
        CLOUD,
        json!({"path": path, "paging": "empty_page", "times": 1}),
    )
    .await;
    let empty = cloud_page(&bench, None).await.json(200);
    assert_eq!(
        (empty["issues"].as_array().unwrap().len(), &empty["isLast"]),
        (0, &json!(false))
    );
}

#[tokio::test]
async fn offsets_are_ignored_rows_come_twice_and_totals_move() {
    let bench = Bench::start().await;
    let page = |start: usize| {
        let path = format!(
            "/rest/api/2/search?jql=project=PAY%20ORDER%20BY%20id&fields=summary&maxResults=3&startAt={start}"
        );
        let bench = &bench;
        async move { bench.ada(DC, &path).await }
    };
    let (first, second) = (page(0).await, page(3).await);
    let rule = |paging: &str| json!({"path": "/rest/api/2/search", "paging": paging, "times": 2});
    fault(&bench, DC, rule("looping_token")).await;
    assert_eq!(
        (keys(&page(0).await), keys(&page(3).await)),
        (keys(&first), keys(&first))
    );
    fault(&bench, DC, rule("duplicate_rows")).await;
    page(0).await;
    let twice = keys(&page(3).await);
    assert_eq!(
        (&twice[0], &twice[1..]),
        (&keys(&first)[2], keys(&second).as_slice())
    );
    fault(&bench, DC, rule("missing_rows")).await;
    assert_eq!(keys(&page(0).await), keys(&first)[..2]);
    page(0).await;
    let total = first["total"].as_i64().unwrap();
    fault(&bench, DC, rule("shrinking_total")).await;
    assert_eq!(
        [page(0).await["total"].as_i64(), page(3).await["total"].as_i64()],
        [Some(total), Some(total - 1)]
    );
    fault(&bench, DC, rule("growing_total")).await;
    assert_eq!(
        [page(0).await["total"].as_i64(), page(3).await["total"].as_i64()],
        [Some(total), Some(total + 1)]
    );
}
