//! Two people change one issue at the same time.

use std::time::Duration;

use serde_json::json;

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, control, new_task,
};

#[tokio::test]
async fn cloud_refuses_a_change_that_another_one_has_overtaken() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let key = new_task(&bench, site, "Both want it").await;
        let path = api(site, &format!("issue/{key}"));
        let other = new_task(&bench, site, "Nobody else wants it").await;
        let other = api(site, &format!("issue/{other}"));
        for slow in [
            (path.clone(), json!({"fields": {"summary": "Slow"}})),
            (format!("{path}/transitions"), json!({"transition": {"id": "21"}})),
        ] {
            let (slow_path, slow_body) = slow;
            let method = if slow_path == path { "PUT" } else { "POST" };
            let rule = json!({"path": slow_path, "method": method, "delay_ms": 700, "times": 1});
            control(&bench, site, "faults", rule).await;
            let quick = async {
                tokio::time::sleep(Duration::from_millis(250)).await;
                // A change of something else does not stand in the way.
                let body = json!({"fields": {"summary": "Elsewhere"}});
                assert_eq!(call(&bench, site, "ada", "PUT", &other, body).await.status, 204);
                let body = json!({"fields": {"duedate": format!("2027-01-{}", if method == "PUT" { 10 } else { 11 })}});
                call(&bench, site, "ada", "PUT", &path, body).await
            };
            let (slow, quick) = tokio::join!(
                call(&bench, site, "quentin", method, &slow_path, slow_body.clone()),
                quick
            );
            assert_eq!(quick.status, 204, "{}", quick.text);
            assert_eq!(
                slow.status,
                if site == CLOUD { 409 } else { 204 },
                "{method} {}",
                slow.text
            );
            if site == CLOUD {
                let again = call(&bench, site, "quentin", method, &slow_path, slow_body).await;
                assert_eq!(again.status, 204, "after reading again: {}", again.text);
            }
        }
    }
}
