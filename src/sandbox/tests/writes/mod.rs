//! Writing over real HTTP, on both deployments, with the ways it goes wrong.

mod access;
mod archived;
mod around;
mod board;
mod configuration;
mod conflicts;
mod deliveries;
mod estimates;
mod files;
mod hooks;
mod issues;
mod kind_rows;
mod kinds;
mod leaving;
mod people;
mod readers;
pub(super) mod receiver;
mod releases;
mod small;
mod transitions;
mod whole;

use serde_json::{Value, json};

use super::harness::{As, Bench, CLOUD, Got};

/// One request with a JSON body.
pub(in crate::sandbox::tests) async fn call(
    bench: &Bench,
    site: usize,
    who: &str,
    method: &str,
    path: &str,
    body: Value,
) -> Got {
    let request = bench.request(site, As::Person(who), method, path);
    Bench::send(if body.is_null() {
        request
    } else {
        request.json(&body)
    })
    .await
}

pub(in crate::sandbox::tests) async fn control(
    bench: &Bench,
    site: usize,
    command: &str,
    body: Value,
) -> Value {
    let path = format!("/__sandbox/{command}");
    Bench::send(bench.request(site, As::Nobody, "POST", &path).json(&body))
        .await
        .json(200)
}

/// The path of a platform resource in the newest version the site has.
pub(in crate::sandbox::tests) fn api(site: usize, rest: &str) -> String {
    format!("/rest/api/{}/{rest}", if site == CLOUD { 3 } else { 2 })
}

/// Rich text as the site takes it.
pub(in crate::sandbox::tests) fn rich(site: usize, text: &str) -> Value {
    if site == CLOUD {
        json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
    } else {
        json!(text)
    }
}

pub(super) fn errors(got: &Got) -> Value {
    got.json(400)["errors"].clone()
}

/// Creates a task in TRIP and gives its key.
pub(super) async fn new_task(bench: &Bench, site: usize, summary: &str) -> String {
    let fields = json!({"project": {"key": "TRIP"}, "issuetype": {"name": "Task"}, "summary": summary});
    let created = call(
        bench,
        site,
        "ada",
        "POST",
        &api(site, "issue"),
        json!({"fields": fields}),
    )
    .await;
    created.json(201)["key"].as_str().unwrap().to_owned()
}
