//! From request to answer: log, control API, faults, authentication, then the one table of paths.
//!
//! Data Center is also served below the context path `/jira`, and Cloud below `/ex/jira/{cloudId}`
//! as the gateway serves it. Paths are matched after that prefix is gone, so that every route works
//! everywhere. A path the table does not know is 404 as in Jira.

mod agile;
mod agile_issues;
mod browse;
mod createmeta;
mod decor;
mod issues;
mod lists;
mod lookup;
mod parts;
mod people;
mod platform;
mod projects;
mod queries;
mod rights;
mod schemes;
mod search;
mod shelves;
mod table;
mod writes;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Response, header, request::Parts},
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    accounts::Account,
    answer::{Answer, AnswerBody, Params},
    auth::{self, Caller},
    control,
    exchange::Origin,
    faults::{PagingFault, Step, Wire, write_http_date},
    limits::{self, Verdict},
    site::{LoggedRequest, Site},
    webhooks,
    world::{Project, World},
};
use writes::Desk;

/// Most bytes of a request body: an upload and its wrapping.
const BODY_LIMIT: usize = writes::UPLOAD_LIMIT + (1 << 20);

/// What Jira's search engine gives by default.
const MAX_RESULT_WINDOW: usize = 10_000;

pub(super) fn build_router(site: Arc<Site>) -> Router {
    Router::new().fallback(handle).with_state(site)
}

/// The control API of several sites at one address: `/{name}/{command}` is the command of that site.
pub(super) fn build_admin_router(sites: &[(&'static str, Arc<Site>)]) -> Router {
    sites.iter().fold(Router::new(), |all, (name, site)| {
        let commands = Router::new().fallback(handle_admin).with_state(Arc::clone(site));
        all.nest(&format!("/{name}"), commands)
    })
}

async fn handle_admin(state: State<Arc<Site>>, mut request: Request) -> Response<Body> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    match format!("/__sandbox{path}").parse() {
        Ok(uri) => {
            *request.uri_mut() = uri;
            handle(state, request).await
        }
        Err(_) => not_found().into_response(),
    }
}

/// Everything a route may look at.
struct Call<'a> {
    world: &'a World,
    caller: Option<&'a Account>,
    method: &'a str,
    params: Params,
    body: Value,
    /// Platform version in the path: 2 or 3.
    api: u8,
    /// Path without prefix, for `self` links.
    path: &'a str,
    /// The site's time.
    now: Timestamp,
    /// How the list that is asked for is to lie.
    paging: Option<PagingFault>,
}

impl Call<'_> {
    fn can(&self, permission: &str, project_key: Option<&str>) -> bool {
        self.caller
            .is_some_and(|account| account.can(permission, project_key))
    }

    fn sees(&self, project: &Project) -> bool {
        !project.hidden && self.can("BROWSE_PROJECTS", Some(&project.key))
    }

    fn list_projects(&self) -> Vec<&Project> {
        self.world
            .projects
            .iter()
            .filter(|project| self.sees(project))
            .collect()
    }

    fn find_project(&self, id_or_key: &str) -> Option<&Project> {
        self.world
            .find_project(id_or_key)
            .filter(|project| self.sees(project))
    }

    fn sees_project_id(&self, id: &str) -> bool {
        self.find_project(id).is_some()
    }

    /// The version of a Data Center site, as numbers.
    fn version(&self) -> Vec<u32> {
        let parts = self.world.version.split(['.', '-']);
        parts.filter_map(|part| part.parse().ok()).collect()
    }

    /// How deep an offset may lead: since Data Center 11, and nowhere else.
    fn max_result_window(&self) -> Option<usize> {
        (!self.world.is_cloud() && self.version() >= vec![11]).then_some(MAX_RESULT_WINDOW)
    }

    fn own_url(&self) -> String {
        format!("{}{}", self.world.base_url, self.path)
    }
}

async fn handle(State(site): State<Arc<Site>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let method = parts.method.as_str();
    let full = parts.uri.path();

    if let Some(command) = full.strip_prefix("/__sandbox/webhooks/") {
        let input = serde_json::from_slice(&body).unwrap_or(Value::Null);
        return webhooks::control::answer(&site.hub, method, command, &input)
            .await
            .into_response();
    }
    if let Some(command) = full.strip_prefix("/__sandbox/") {
        return control::answer(&site, method, command, &body).into_response();
    }
    site.record(LoggedRequest {
        method: method.to_owned(),
        path: parts
            .uri
            .path_and_query()
            .map_or_else(|| full.to_owned(), ToString::to_string),
        authorized: parts.headers.contains_key(axum::http::header::AUTHORIZATION),
        cookie: parts.headers.contains_key(axum::http::header::COOKIE),
    });

    for step in site.schedule.take_due() {
        carry_out(&site, &step);
    }
    let (path, prefix) = site.read(|world| strip_prefix(world, full));
    let hit = site.faults.take(method, &path);
    if let Some(wire) = parts.extensions.get::<Wire>() {
        wire.set(hit.as_ref().map(|hit| &hit.rule));
    }
    let params = Params::parse(parts.uri.query().unwrap_or_default());
    let posted: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    site.catch_up(&search::list_reconciled(&path, &params, &posted));
    let ask = |paging| {
        let asked = Asked {
            site: &site,
            parts: &parts,
            path: &path,
            prefix: &prefix,
            body: &body,
            paging,
        };
        answer(&asked)
    };
    let mut response = match &hit {
        None => ask(None),
        Some(hit) => {
            hit.wait().await;
            if hit.rule.expire_token {
                expire_token(&site, &parts, !prefix.is_empty());
            }
            match hit.find_answer(site.clock.now()) {
                Some(response) => response,
                None => ask(hit.rule.paging),
            }
        }
    };
    if let Some(hit) = &hit {
        response = hit.spoil(response).await;
    }
    if site.clock.is_skewed()
        && let Ok(date) = HeaderValue::from_str(&write_http_date(site.clock.now()))
    {
        response.headers_mut().insert(header::DATE, date);
    }
    let Some(log) = &site.exchanges else {
        return response;
    };
    let (is_cloud, version, recorded) =
        site.read(|world| (world.is_cloud(), world.version.clone(), world.recorded));
    let origin = Origin {
        deployment: if is_cloud { "cloud" } else { "data_center" },
        version: &version,
        recorded,
    };
    log.keep(origin, (&parts, &path, &body), response, hit.is_some())
        .await
}

fn carry_out(site: &Site, step: &Step) {
    let body = if step.body.is_null() {
        Vec::new()
    } else {
        step.body.to_string().into_bytes()
    };
    let _outcome = control::answer(site, &step.method, &step.command, &body);
}

/// A request as it came, and how the list it asks for is to lie.
#[derive(Clone, Copy)]
struct Asked<'a> {
    site: &'a Site,
    parts: &'a Parts,
    path: &'a str,
    prefix: &'a str,
    body: &'a [u8],
    paging: Option<PagingFault>,
}

/// The caller's token runs out, as if it had reached its last day.
fn expire_token(site: &Site, parts: &Parts, prefixed: bool) {
    let token = site.read(|world| {
        let gateway = world.is_cloud() && prefixed;
        match auth::find_caller(world, &parts.headers, gateway) {
            Caller::Known(account) => Some(account.token),
            Caller::Refused(_) | Caller::Anonymous => None,
        }
    });
    if let Some(token) = token {
        site.edit(|world| world.revoke_token(&token, true));
    }
}

/// The honest answer of the site.
fn answer(asked: &Asked<'_>) -> Response<Body> {
    let Asked {
        site,
        parts,
        path,
        prefix,
        body,
        paging: _,
    } = *asked;
    let segments = split(path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let method = parts.method.as_str();
    let headers = match site.read(|world| admit(site, world, parts, path, prefix)) {
        Ok(headers) => headers,
        Err(answer) => return answer.into_response(),
    };
    let change = |world: &mut World| change(site, world, parts, path, prefix, body, &segments);
    let written = if writes::is_write(method, &segments) {
        site.edit(change)
    } else {
        None
    };
    let mut answer = written.unwrap_or_else(|| site.read(|world| look(world, asked, &segments)));
    answer.headers.extend(headers);
    answer.into_response()
}

/// Finds the caller and counts the request; gives the headers of the limits.
fn admit(
    site: &Site,
    world: &World,
    parts: &Parts,
    path: &str,
    prefix: &str,
) -> Result<Vec<(&'static str, String)>, Answer> {
    let caller = find_caller(world, parts, path, prefix)?;
    let request = limits::Request {
        cloud: world.is_cloud(),
        method: parts.method.as_str(),
        path,
        person: caller.as_ref().map(|account| account.id.as_str()),
        now: site.clock.now().as_millisecond(),
    };
    match site.limits.take(&request) {
        Verdict::Pass(headers) => Ok(headers),
        Verdict::Refuse(answer) => Err(name_caller(answer, world, caller.as_ref())),
    }
}

fn find_caller(world: &World, parts: &Parts, path: &str, prefix: &str) -> Result<Option<Account>, Answer> {
    let gateway = world.is_cloud() && !prefix.is_empty();
    match auth::find_caller(world, &parts.headers, gateway) {
        Caller::Refused(answer) if path != "/_edge/tenant_info" && !path.starts_with("/browse/") => {
            Err(answer)
        }
        Caller::Known(account) => Ok(Some(account)),
        Caller::Refused(_) | Caller::Anonymous => Ok(None),
    }
}

fn read_api(path: &str) -> u8 {
    if path.starts_with("/rest/api/3/") { 3 } else { 2 }
}

/// The answer of a reading route.
fn look(world: &World, asked: &Asked<'_>, segments: &[&str]) -> Answer {
    let Asked {
        parts, path, prefix, ..
    } = *asked;
    let caller = match find_caller(world, parts, path, prefix) {
        Ok(caller) => caller,
        Err(answer) => return answer,
    };
    let query = parts.uri.query().unwrap_or_default();
    let mut params = Params::parse(query);
    let mut body = serde_json::from_slice(asked.body).unwrap_or(Value::Null);
    if let Some(paging) = asked.paging {
        params = paging.change_params(params);
        body = paging.change_body(body);
    }
    if let Some(replay) = &asked.site.replay
        && let Some(answer) = replay.find(&world.base_url, (parts.method.as_str(), path, query), &body)
    {
        return name_caller(rebase(answer, world, prefix), world, caller.as_ref());
    }
    let call = Call {
        world,
        caller: caller.as_ref(),
        method: parts.method.as_str(),
        params,
        body,
        api: read_api(path),
        path,
        now: asked.site.clock.now(),
        paging: asked.paging,
    };
    let answer = rebase(route(&call, segments), world, prefix);
    name_caller(answer, world, caller.as_ref())
}

/// The answer of a writing route, if one knows the path.
fn change(
    site: &Site,
    world: &mut World,
    parts: &Parts,
    path: &str,
    prefix: &str,
    body: &[u8],
    segments: &[&str],
) -> Option<Answer> {
    let caller = match find_caller(world, parts, path, prefix) {
        Ok(caller) => caller,
        Err(answer) => return Some(answer),
    };
    let mut desk = Desk {
        world,
        hub: &site.hub,
        caller: caller.as_ref(),
        params: &Params::parse(parts.uri.query().unwrap_or_default()),
        headers: &parts.headers,
        body: &serde_json::from_slice(body).unwrap_or(Value::Null),
        raw: body,
        api: read_api(path),
        now: site.clock.now(),
    };
    let answer = writes::route(&mut desk, parts.method.as_str(), segments)?;
    let answer = rebase(answer, desk.world, prefix);
    Some(name_caller(answer, desk.world, caller.as_ref()))
}

/// What the control API asks for is done as the site's first account, an administrator, would do it.
pub(super) fn control_as_admin(site: &Site, command: &str, input: &Map<String, Value>) -> Answer {
    let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
    site.edit(|world| {
        let admin = world.accounts.first().cloned();
        let mut desk = Desk {
            world,
            hub: &site.hub,
            caller: admin.as_ref(),
            params: &Params::default(),
            headers: &HeaderMap::new(),
            body: &Value::Null,
            raw: &[],
            api: 2,
            now: site.clock.now(),
        };
        let moved = match command {
            "move-issue" => writes::move_to(&mut desk, text("key"), text("project")),
            _ => {
                let renamed = desk.world.rename_project_key(text("key"), text("new_key"));
                writes::tell_project(&desk, text("new_key"), "project_updated");
                renamed.then(|| text("new_key").to_owned())
            }
        };
        match moved {
            Some(key) => Answer::ok(serde_json::json!({"done": true, "key": key})),
            None => Answer::error(404, "The sandbox has nothing of that name."),
        }
    })
}

/// A path as decoded segments.
fn split(path: &str) -> Vec<String> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            url::form_urlencoded::parse(part.replace('+', "%2B").as_bytes())
                .next()
                .map_or_else(String::new, |(name, _)| name.into_owned())
        })
        .collect()
}

/// Path and the prefix that was before it.
fn strip_prefix(world: &World, full: &str) -> (String, String) {
    let prefix = if world.is_cloud() {
        format!("/ex/jira/{}", world.cloud_id)
    } else {
        "/jira".to_owned()
    };
    match full.strip_prefix(&prefix) {
        Some(rest) if rest.starts_with('/') => (rest.to_owned(), prefix),
        _ => (full.to_owned(), String::new()),
    }
}

/// Links of an answer that came by a prefix lead through that prefix. Recorded links stay as they are.
fn rebase(mut answer: Answer, world: &World, prefix: &str) -> Answer {
    if !prefix.is_empty()
        && let AnswerBody::Json(value) = &mut answer.body
    {
        rebase_value(value, &world.base_url, &format!("{}{prefix}", world.base_url));
    }
    answer
}

fn rebase_value(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix(from)
                && (rest.is_empty() || rest.starts_with("/rest/"))
            {
                *text = format!("{to}{rest}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rebase_value(item, from, to)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| rebase_value(field, from, to)),
        _ => {}
    }
}

fn name_caller(answer: Answer, world: &World, caller: Option<&Account>) -> Answer {
    match (world.is_cloud(), caller) {
        (true, Some(account)) => answer.with_header("x-aaccountid", &account.id),
        (true, None) => answer,
        // The cookie is bait: a client that keeps it would go on as this user.
        (false, Some(account)) => answer
            .with_header("x-ausername", &account.name)
            .with_header("x-seraph-loginreason", "OK")
            .with_header("set-cookie", "JSESSIONID=SANDBOX0000000000; Path=/; HttpOnly"),
        (false, None) => answer.with_header("x-ausername", "anonymous"),
    }
}

fn route(call: &Call<'_>, segments: &[&str]) -> Answer {
    match segments {
        ["_edge", "tenant_info"] if call.world.is_cloud() => platform::tenant_info(call),
        ["browse", key] => browse::page(call, key),
        ["rest", "api", version, rest @ ..] => match (*version, call.world.is_cloud()) {
            ("3", true) | ("2" | "latest", _) => table::route_platform(call, rest),
            _ => not_found(),
        },
        ["rest", "agile", "1.0" | "latest", rest @ ..] => agile::route(call, rest),
        ["rest", "pat", "1.0" | "latest", "tokens"] if !call.world.is_cloud() && call.method == "GET" => {
            people::personal_tokens(call)
        }
        [] => Answer::html(
            200,
            "<!doctype html><title>Jira sandbox</title><p>The Jira sandbox is running.".to_owned(),
        ),
        _ => not_found(),
    }
}

fn not_found() -> Answer {
    Answer::json(
        404,
        serde_json::json!({"message": "null for uri", "status-code": 404}),
    )
}
