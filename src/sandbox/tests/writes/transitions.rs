//! Through the workflow: what is offered, what a screen asks for, what follows from it.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    api, call, errors,
};

#[tokio::test]
async fn transitions_lead_through_the_workflow() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let fields = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Bug"}, "summary": "b", "customfield_10030": {"id": "10141"}});
        let key = call(
            &bench,
            site,
            "ada",
            "POST",
            &api(site, "issue"),
            json!({"fields": fields}),
        )
        .await
        .json(201)["key"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = api(site, &format!("issue/{key}/transitions"));
        let list = || async {
            bench
                .ada(site, &format!("{path}?expand=transitions.fields"))
                .await["transitions"]
                .as_array()
                .unwrap()
                .clone()
        };
        let find = |list: &[Value], name: &str| list.iter().find(|step| step["name"] == name).cloned();
        let open = list().await;
        assert!(find(&open, "Fixed").is_none(), "not done before it is begun");
        let step = find(&open, "In Progress").unwrap();
        let id = step["id"].clone();
        let go = |id: Value, fields: Value| {
            call(
                &bench,
                site,
                "quentin",
                "POST",
                &path,
                json!({"transition": {"id": id}, "fields": fields}),
            )
        };
        assert_eq!(go(id.clone(), json!({})).await.status, 204);
        let fixed = find(&list().await, "Fixed").unwrap();
        assert_eq!(fixed["fields"]["resolution"]["required"], true);
        assert_eq!(
            errors(&go(fixed["id"].clone(), json!({})).await)["resolution"],
            "Resolution is required."
        );
        let wrong = go(fixed["id"].clone(), json!({"resolution": {"name": "Gone"}})).await;
        assert_eq!(
            errors(&wrong)["resolution"],
            "Resolution name 'Gone' is not valid"
        );
        assert_eq!(
            errors(
                &go(
                    fixed["id"].clone(),
                    json!({"resolution": {"name": "Fixed"}, "summary": "x"})
                )
                .await
            )["summary"],
            "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown."
        );
        assert_eq!(
            go(fixed["id"].clone(), json!({"resolution": {"name": "Fixed"}}))
                .await
                .status,
            204
        );
        let issue = bench.ada(site, &api(site, &format!("issue/{key}"))).await;
        assert_eq!(
            (
                &issue["fields"]["status"]["name"],
                &issue["fields"]["resolution"]["name"]
            ),
            (&json!("Fixed"), &json!("Fixed"))
        );
        assert!(issue["fields"]["resolutiondate"].is_string());
        let again = find(&list().await, "Reopened").unwrap();
        assert_eq!(go(again["id"].clone(), json!({})).await.status, 204);
        let issue = bench.ada(site, &api(site, &format!("issue/{key}"))).await;
        assert_eq!(
            (&issue["fields"]["resolution"], &issue["fields"]["resolutiondate"]),
            (&Value::Null, &Value::Null)
        );
        let bad = go(json!("9999"), json!({})).await;
        assert_eq!(
            bad.message(400),
            "Transition id '9999' is not valid for this issue."
        );
        let none = call(&bench, site, "ada", "POST", &path, json!({})).await;
        assert_eq!(none.message(400), "Missing 'transition' identifier");
        let reader = api(site, "issue/PAY-3/transitions");
        assert_eq!(
            bench.get(site, "rhea", &reader).await.json(200)["transitions"],
            json!([])
        );
    }
}
