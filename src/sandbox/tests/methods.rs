//! Every path with every method: what a path does not take is refused with the list of what it takes.

use super::{
    harness::{As, Bench, CLOUD, DC},
    writes::control,
};
use crate::sandbox::routes::{PATHS, Where};

const METHODS: [&str; 5] = ["DELETE", "GET", "PATCH", "POST", "PUT"];

fn has(site: usize, place: Where) -> bool {
    match place {
        Where::Both => true,
        Where::Cloud | Where::OldWebhooks => site == CLOUD,
        Where::DataCenter | Where::NewWebhooks | Where::SearchWindow => site == DC,
    }
}

/// What a path says of a method: whether it takes it, and what it takes otherwise.
async fn ask(bench: &Bench, site: usize, method: &str, path: &str) -> (bool, u16, String) {
    let got = Bench::send(bench.request(site, As::Person("ada"), method, path)).await;
    let unknown = got.status == 405 || got.status == 404 && got.text.contains("null for uri");
    let allow = got
        .headers
        .get("allow")
        .map(|allow| allow.to_str().unwrap().to_owned());
    (!unknown, got.status, allow.unwrap_or_default())
}

#[tokio::test]
async fn every_path_takes_its_methods_and_names_them_to_others() {
    let bench = Bench::unjudged().await;
    control(&bench, DC, "version", serde_json::json!({"version": "11.2.1"})).await;
    for site in [CLOUD, DC] {
        let bases: &[&str] = if site == CLOUD {
            &["rest/api/3", "rest/api/2", "rest/api/latest"]
        } else {
            &["rest/api/2", "rest/api/latest"]
        };
        for (number, (place, methods, template)) in PATHS.iter().enumerate() {
            // Names that nothing has, so that what is taken changes nothing.
            let path = template
                .replace("{agile}", "rest/agile/1.0")
                .replace('*', &format!("no-{number}"));
            let bases = if path.contains("{api}") { bases } else { &[""] };
            for base in bases {
                let path = format!("/{}", path.replace("{api}", base));
                if !has(site, *place) {
                    // Another line may have the path for this site.
                    continue;
                }
                let own: Vec<&str> = methods.split(',').collect();
                for method in METHODS {
                    let (taken, status, allow) = ask(&bench, site, method, &path).await;
                    if own.contains(&method) {
                        assert!(taken, "{site} {method} {path}: {status}");
                    } else {
                        let wanted = methods.replace("GET", "GET,HEAD");
                        assert_eq!((status, allow), (405, wanted), "{site} {method} {path}");
                    }
                }
                let (_, head, _) = ask(&bench, site, "HEAD", &path).await;
                let get = ask(&bench, site, "GET", &path).await.1;
                assert_eq!(head, get, "{site} HEAD {path}");
            }
        }
        for method in METHODS {
            for path in [
                "/rest/api/2/nothing",
                "/rest/api/9/field",
                "/rest/agile/2.0/board",
                "/nothing",
            ] {
                let (taken, status, allow) = ask(&bench, site, method, path).await;
                assert_eq!(
                    (taken, status, allow.as_str()),
                    (false, 404, ""),
                    "{site} {method} {path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        for path in [
            "/rest/api/2/serverInfo",
            "/rest/api/2/issueLinkType",
            "/rest/api/2/issue/TRIP-1/transitions",
        ] {
            let get = bench.get(site, "ada", path).await;
            let head = Bench::send(bench.request(site, As::Person("ada"), "HEAD", path)).await;
            assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
            assert_eq!(
                head.headers["content-type"], get.headers["content-type"],
                "{path}"
            );
        }
    }
}
