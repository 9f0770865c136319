//! A small browser for tests: keeps cookies, follows no redirect, sends what browsers send.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use reqwest::{
    Method, StatusCode,
    header::{self, HeaderMap},
};

/// A browser.
#[derive(Clone)]
pub struct TestClient {
    http: reqwest::Client,
    origin: String,
    cookies: Arc<Mutex<Vec<(String, String)>>>,
}

/// An answer, read whole.
pub struct TestResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl TestResponse {
    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.body))
    }
}

impl TestClient {
    pub fn new(address: SocketAddr, cookie: Option<String>) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the tests' own browser talks to loopback only")]
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self::with_client(http, address, cookie)
    }

    /// A browser on another machine: its requests come from another loopback address.
    pub fn from_address(local: std::net::IpAddr, address: SocketAddr) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the tests' own browser talks to loopback only")]
        let builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        Self::with_client(builder.local_address(local).build().unwrap(), address, None)
    }

    fn with_client(http: reqwest::Client, address: SocketAddr, cookie: Option<String>) -> Self {
        let cookies = cookie
            .iter()
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self {
            http,
            origin: format!("http://{address}"),
            cookies: Arc::new(Mutex::new(cookies)),
        }
    }

    /// Another browser on the same machine, with which nobody is signed in.
    pub fn without_cookies(&self) -> Self {
        Self {
            cookies: Arc::default(),
            ..self.clone()
        }
    }

    /// This server's own origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    fn cookie_line(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies
            .lock()
            .unwrap()
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    }

    /// Sends a request with headers of the caller's and the cookies; nothing else is added.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> TestResponse {
        let mut request = self.http.request(method, format!("{}{path}", self.origin));
        let cookies = self.cookie_line();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for line in headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap().to_owned();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        TestResponse {
            status,
            headers,
            body: response.text().await.unwrap(),
        }
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.send(
            Method::GET,
            path,
            &[("accept", "text/html"), ("sec-fetch-site", "none")],
            None,
        )
        .await
    }

    /// Opens a stream of events; it lasts as long as the answer is kept.
    pub async fn follow(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.origin));
        request
            .header(header::COOKIE, self.cookie_line())
            .send()
            .await
            .unwrap()
    }

    /// Posts a form of the page `page` as a browser without JavaScript does.
    pub async fn post_form(&self, page: &str, endpoint: &str, fields: &[(&str, &str)]) -> TestResponse {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let referer = format!("{}{page}", self.origin);
        let headers = [
            ("accept", "text/html,application/xhtml+xml"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.origin.as_str()),
            ("referer", referer.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, &format!("/api/{endpoint}"), &headers, Some(body))
            .await
    }

    /// Calls a server function as an island does.
    pub async fn call(&self, endpoint: &str, fields: &[(&str, &str)]) -> TestResponse {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.origin.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, &format!("/api/{endpoint}"), &headers, Some(body))
            .await
    }
}
