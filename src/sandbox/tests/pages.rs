//! Pages of generated worlds, which are written without building their issues.

use serde_json::{Value, json};

use super::harness::{As, Bench, CLOUD, DC};

const WORLD: &str = "generate:400,seed=3,projects=4,versions=20,statuses=20,sprints=12";

fn search(site: usize, api: u8) -> String {
    if site == CLOUD {
        format!("/rest/api/{api}/search/jql")
    } else {
        "/rest/api/2/search".to_owned()
    }
}

#[tokio::test]
async fn an_issue_of_a_page_is_the_issue() {
    let bench = Bench::of_world(WORLD).await;
    for (site, api) in [(CLOUD, 3), (CLOUD, 2), (DC, 2)] {
        for fields in [
            "*all",
            "*navigable",
            "*all,-description,-comment",
            "summary,parent,subtasks",
            "key",
        ] {
            let page = format!(
                "{}?jql=id%20%3E%200%20ORDER%20BY%20id&maxResults=60&fields={fields}",
                search(site, api)
            );
            let page = bench.ada(site, &page).await;
            let issues = page["issues"].as_array().unwrap();
            assert_eq!(issues.len(), 60);
            for issue in issues.iter().step_by(7) {
                let id = issue["id"].as_str().unwrap();
                let path = format!("/rest/api/{api}/issue/{id}?fields={fields}");
                assert_eq!(*issue, bench.ada(site, &path).await, "{path}");
            }
            let has = |name: &str| {
                issues.iter().any(|issue| {
                    issue["fields"][name]
                        .as_array()
                        .is_some_and(|list| !list.is_empty())
                })
            };
            assert_eq!(has("subtasks"), fields != "key", "{fields}");
            let rich = issues.iter().find_map(|issue| {
                let text = &issue["fields"]["description"];
                (!text.is_null()).then_some(text.is_object())
            });
            let wanted = fields == "*all" || fields == "*navigable";
            assert_eq!(rich, wanted.then_some(api == 3), "{fields}");
        }
    }
}

#[tokio::test]
async fn links_of_a_page_lead_where_it_was_asked_for() {
    let bench = Bench::of_world(WORLD).await;
    let page = |text: &str, base: &str, api: u8| {
        let page: Value = serde_json::from_str(text).unwrap();
        let issue = &page["issues"][0];
        let own = issue["self"].as_str().unwrap();
        let status = issue["fields"]["status"]["self"].as_str().unwrap();
        assert!(own.starts_with(&format!("{base}/rest/api/{api}/issue/")), "{own}");
        assert!(
            status.starts_with(&format!("{base}/rest/api/{api}/status/")),
            "{status}"
        );
    };
    let info = bench.site(CLOUD).clone();
    let gateway = info.gateway_url.unwrap();
    for api in [2, 3] {
        let path = format!("{}?jql=id%20%3E%200&fields=*all", search(CLOUD, api));
        page(&bench.get(CLOUD, "ada", &path).await.text, &info.url, api);
        let through = format!("{}{path}", gateway.trim_start_matches(&info.url));
        let scoped = As::Basic("ada@lanternway.example", "sandbox-cloud-ada-token-scoped");
        let got = Bench::send(bench.request(CLOUD, scoped, "GET", &through)).await;
        page(&got.text, &gateway, api);
        let posted = json!({"jql": "id > 0", "fields": ["*all"]});
        let got = bench.post(CLOUD, "ada", &search(CLOUD, api), posted).await;
        page(&got.text, &info.url, api);
    }
}
