//! Small scripted servers on loopback, for the tests of the client and of the connection test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use url::Url;

use super::retry::Pace;
use super::*;
use crate::domain::jira::Deployment;
use crate::server::outbound::{LookUp, OutboundClient, OutboundPolicy};

pub(super) struct Answer(pub u16, pub Vec<(&'static str, String)>, pub String);

pub(super) fn ok(body: Value) -> Answer {
    Answer(
        200,
        vec![("content-type", "application/json".to_owned())],
        body.to_string(),
    )
}

pub(super) fn status(status: u16) -> Answer {
    Answer(
        status,
        vec![("content-type", "application/json".to_owned())],
        json!({"errorMessages": ["told"], "errors": {}}).to_string(),
    )
}

pub(super) type Requests = Arc<Mutex<Vec<(String, Option<String>, Value)>>>;

/// A server that answers a path (with the longest matching ending) from its list; the last answer
/// stays. What it was asked is kept: path with query, authorization, body.
pub(super) async fn serve(script: Vec<(&'static str, Vec<Answer>)>) -> (Url, Requests) {
    let requests: Requests = Arc::default();
    let seen = Arc::clone(&requests);
    let script: Vec<(&str, VecDeque<Answer>)> = script
        .into_iter()
        .map(|(path, answers)| (path, answers.into()))
        .collect();
    let script = Arc::new(Mutex::new(script));
    let app = axum::Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
        let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
        async move {
            let authorization = headers
                .get("authorization")
                .map(|value| value.to_str().unwrap().to_owned());
            seen.lock().unwrap().push((
                uri.to_string(),
                authorization,
                serde_json::from_slice(&body).unwrap_or_default(),
            ));
            let (code, answer_headers, text) = {
                let mut script = script.lock().unwrap();
                let Some((_, answers)) = script.iter_mut().find(|(path, _)| uri.path().ends_with(path))
                else {
                    return (StatusCode::NOT_FOUND, "{}").into_response();
                };
                let only = answers.len() == 1;
                let first = answers.pop_front().unwrap();
                let copy = (first.0, first.1.clone(), first.2.clone());
                if only {
                    answers.push_front(first);
                }
                copy
            };
            if code == 0 {
                std::future::pending::<()>().await;
            }
            let mut answer = (StatusCode::from_u16(code).unwrap(), text).into_response();
            for (name, value) in answer_headers {
                answer.headers_mut().insert(name, value.parse().unwrap());
            }
            answer
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, requests)
}

pub(super) fn outbound(gateway: Option<&Url>) -> OutboundClient {
    let mut policy = OutboundPolicy {
        allowed_hosts: vec!["127.0.0.1".to_owned()],
        ..OutboundPolicy::default()
    };
    if let Some(gateway) = gateway {
        policy.cloud_gateway = gateway.clone();
    }
    OutboundClient::with_look_up(policy, None, Arc::new(NoNames)).unwrap()
}

/// A name service that knows no name: the servers are called by address.
struct NoNames;

impl LookUp for NoNames {
    fn look_up(&self, _host: String) -> BoxFuture<'static, std::io::Result<Vec<std::net::IpAddr>>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// Never waits; keeps what it was asked to wait.
#[derive(Default)]
pub(super) struct NoWait(pub Mutex<Vec<Duration>>);

impl Pace for NoWait {
    fn random_unit(&self) -> f64 {
        1.0
    }

    fn now(&self) -> jiff::Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.0.lock().unwrap().push(time);
        Box::pin(async {})
    }
}

pub(super) fn client(deployment: Deployment, url: &Url) -> (JiraClient, Arc<NoWait>) {
    let token = "canary-token".to_owned().into();
    let credential = match deployment {
        Deployment::Cloud => Credential::Cloud {
            email: "ada@example.com".to_owned(),
            token,
        },
        Deployment::DataCenter => Credential::DataCenter { token },
    };
    let pace = Arc::new(NoWait::default());
    let site = Site {
        deployment,
        site_url: url.clone(),
        api_base: url.clone(),
        credential,
    };
    (
        JiraClient::new(outbound(None), site).with_pace(pace.clone()),
        pace,
    )
}
