//! A server that receives webhooks, and how it is registered.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD},
    call, control,
};

/// What a receiver got: headers and body.
type Mail = Arc<Mutex<Vec<(HeaderMap, Vec<u8>)>>>;

#[derive(Clone, Default)]
pub(in crate::sandbox::tests) struct Receiver {
    pub(super) mail: Mail,
    /// Statuses to answer with, the last one for ever.
    pub(super) answers: Arc<Mutex<Vec<u16>>>,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    receiver.mail.lock().unwrap().push((headers, body.to_vec()));
    let mut answers = receiver.answers.lock().unwrap();
    let status = if answers.len() > 1 {
        answers.remove(0)
    } else {
        answers.first().copied().unwrap_or(200)
    };
    StatusCode::from_u16(status).unwrap()
}

impl Receiver {
    pub(in crate::sandbox::tests) async fn start() -> (Self, String) {
        let receiver = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    pub(in crate::sandbox::tests) fn bodies(&self) -> Vec<Value> {
        let mail = self.mail.lock().unwrap();
        mail.iter()
            .map(|(_, body)| serde_json::from_slice(body).unwrap_or(Value::Null))
            .collect()
    }

    pub(in crate::sandbox::tests) fn names(&self) -> Vec<String> {
        self.bodies()
            .iter()
            .map(|body| body["webhookEvent"].as_str().unwrap_or("-").to_owned())
            .collect()
    }

    pub(super) fn header(&self, index: usize, name: &str) -> Option<String> {
        let mail = self.mail.lock().unwrap();
        mail[index]
            .0
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    pub(in crate::sandbox::tests) fn clear(&self) {
        self.mail.lock().unwrap().clear();
    }
}

pub(super) fn path(site: usize) -> &'static str {
    if site == CLOUD {
        "/rest/webhooks/1.0/webhook"
    } else {
        "/rest/jira-webhook/1.0/webhooks"
    }
}

pub(super) fn registration(site: usize, url: &str, events: &[&str], filter: Option<&str>) -> Value {
    if site == CLOUD {
        let mut body =
            json!({"name": "n", "url": url, "events": events, "secret": "s3cret", "excludeBody": false});
        if let Some(filter) = filter {
            body["filters"] = json!({"issue-related-events-section": filter});
        }
        return body;
    }
    let mut configuration = json!({"SECRET": "s3cret", "EXCLUDE_BODY": "false"});
    if let Some(filter) = filter {
        configuration["FILTERS"] = json!(filter);
    }
    json!({"name": "n", "url": url, "events": events, "active": true, "configuration": configuration})
}

pub(in crate::sandbox::tests) async fn register(
    bench: &Bench,
    site: usize,
    url: &str,
    events: &[&str],
    filter: Option<&str>,
) -> Value {
    call(
        bench,
        site,
        "ada",
        "POST",
        path(site),
        registration(site, url, events, filter),
    )
    .await
    .json(201)
}

pub(in crate::sandbox::tests) async fn settle(bench: &Bench, site: usize) {
    assert_eq!(
        control(bench, site, "webhooks/settle", json!({"limit_ms": 20_000})).await["settled"],
        true
    );
}
