//! From request to answer: log, control API, faults, authentication, limits, then the table of paths.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, Response, header, request::Parts},
};
use futures::StreamExt as _;
use serde_json::{Value, json};

use super::{
    Call, links, not_found, refuse_method, route, search,
    writes::{self, Desk},
};
use crate::sandbox::{
    accounts::Account,
    answer::{Answer, Params},
    auth::{self, Caller},
    control,
    exchange::Origin,
    faults::{PagingFault, Step, Wire, write_http_date},
    limits::{self, Verdict},
    scopes,
    site::{LoggedRequest, Site},
    webhooks,
    world::World,
};

/// Most bytes of a request body: an upload and its wrapping.
const BODY_LIMIT: usize = writes::UPLOAD_LIMIT + (1 << 20);

pub(crate) fn build_router(site: Arc<Site>) -> Router {
    Router::new().fallback(handle).with_state(site)
}

/// The control API of several sites at one address: `/{name}/{command}` is the command of that site.
pub(crate) fn build_admin_router(sites: &[(&'static str, Arc<Site>)]) -> Router {
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

async fn handle(State(site): State<Arc<Site>>, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    // Whatever is read can be asked for its headers alone; the body is left out when it is sent.
    if parts.method == Method::HEAD {
        parts.method = Method::GET;
    }
    let taken = take_body(body).await;
    let body = taken.as_deref().unwrap_or_default();
    let method = parts.method.as_str();
    let full = parts.uri.path();

    if let Some(command) = full.strip_prefix("/__sandbox/webhooks/") {
        let input = serde_json::from_slice(body).unwrap_or(Value::Null);
        return webhooks::control::answer(&site.hub, method, command, &input)
            .await
            .into_response();
    }
    if let Some(command) = full.strip_prefix("/__sandbox/") {
        return control::answer(&site, method, command, body).into_response();
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
    let arrived = site.read(|world| world.revision);
    let (path, prefix) = site.read(|world| links::strip_prefix(world, full));
    let hit = site.faults.take(method, &path);
    if let Some(wire) = parts.extensions.get::<Wire>() {
        wire.set(hit.as_ref().map(|hit| &hit.rule));
    }
    let params = Params::parse(parts.uri.query().unwrap_or_default());
    let posted: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    site.catch_up(&search::list_reconciled(&path, &params, &posted));
    let ask = |paging| {
        let asked = Asked {
            site: &site,
            parts: &parts,
            path: &path,
            prefix: &prefix,
            body,
            too_long: taken.is_none(),
            arrived,
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
    log.keep(origin, (&parts, &path, body), response, hit.is_some())
        .await
}

/// The body of a request; `None` when it is too long. It is read to its end even then, for a sender that is cut
/// off would never see the answer.
async fn take_body(body: Body) -> Option<Vec<u8>> {
    let mut stream = body.into_data_stream();
    let mut taken = Some(Vec::new());
    while let Some(Ok(chunk)) = stream.next().await {
        let fits = |kept: &Vec<u8>| kept.len() + chunk.len() <= BODY_LIMIT;
        taken = taken.filter(fits);
        if let Some(kept) = &mut taken {
            kept.extend_from_slice(&chunk);
        }
    }
    taken
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
    /// The body was longer than anything a site takes, and is lost.
    too_long: bool,
    /// What the site's revision was when it came.
    arrived: u64,
    paging: Option<PagingFault>,
}

/// The caller's token runs out, as if it had reached its last day.
fn expire_token(site: &Site, parts: &Parts, prefixed: bool) {
    let token = site.read(|world| {
        let gateway = world.is_cloud() && prefixed;
        match auth::find_caller(world, &parts.headers, gateway, site.clock.now()) {
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
        ..
    } = *asked;
    let segments = links::split(path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let method = parts.method.as_str();
    let headers = match site.read(|world| admit(site, world, parts, path, prefix)) {
        Ok(headers) => headers,
        Err(answer) => return answer.into_response(),
    };
    if let Some(answer) = site.read(|world| find_recorded(world, asked)) {
        return with_headers(answer, headers);
    }
    if let Some(answer) = site.read(|world| refuse_method(world, method, &segments)) {
        return with_headers(answer, headers);
    }
    let change = |world: &mut World| change(world, asked, &segments);
    let written = if writes::is_write(method, &segments) {
        site.edit(change)
    } else {
        None
    };
    let answer = written.unwrap_or_else(|| site.read(|world| look(world, asked, &segments)));
    with_headers(answer, headers)
}

fn with_headers(mut answer: Answer, headers: Vec<(&'static str, String)>) -> Response<Body> {
    answer.headers.extend(headers);
    answer.into_response()
}

/// What was recorded for the same request, whatever its method.
fn find_recorded(world: &World, asked: &Asked<'_>) -> Option<Answer> {
    let replay = asked.site.replay.as_ref()?;
    let Asked {
        parts, path, prefix, ..
    } = *asked;
    let query = parts.uri.query().unwrap_or_default();
    let mut body = serde_json::from_slice(asked.body).unwrap_or(Value::Null);
    if let Some(paging) = asked.paging {
        body = paging.change_body(body);
    }
    let answer = replay.find(&world.base_url, (parts.method.as_str(), path, query), &body)?;
    let caller = find_caller(asked.site, world, parts, path, prefix).ok()?;
    let answer = links::lead_back(answer, world, path, prefix);
    Some(name_caller(answer, world, caller.as_ref()))
}

/// Finds the caller and counts the request; gives the headers of the limits.
fn admit(
    site: &Site,
    world: &World,
    parts: &Parts,
    path: &str,
    prefix: &str,
) -> Result<Vec<(&'static str, String)>, Answer> {
    let caller = find_caller(site, world, parts, path, prefix)?;
    let request = limits::Request {
        cloud: world.is_cloud(),
        method: parts.method.as_str(),
        path,
        issue: limits::find_written_issue(parts.method.as_str(), path).map(|name| {
            let id = world.find_issue_id(name);
            id.map_or_else(|| name.to_uppercase(), |id| id.to_string())
        }),
        person: caller.as_ref().map(|account| account.id.as_str()),
        now: site.clock.now().as_millisecond(),
    };
    match site.limits.take(&request) {
        Verdict::Pass(headers) => Ok(headers),
        Verdict::Refuse(answer) => Err(name_caller(answer, world, caller.as_ref())),
    }
}

fn find_caller(
    site: &Site,
    world: &World,
    parts: &Parts,
    path: &str,
    prefix: &str,
) -> Result<Option<Account>, Answer> {
    let gateway = world.is_cloud() && !prefix.is_empty();
    match auth::find_caller(world, &parts.headers, gateway, site.clock.now()) {
        Caller::Refused(answer) if path != "/_edge/tenant_info" && !path.starts_with("/browse/") => {
            Err(answer)
        }
        Caller::Known(account) if gateway && lacks_scope(world, &account, parts.method.as_str(), path) => {
            let message = "Unauthorized; scope does not match";
            Err(Answer::json(401, json!({"code": 401, "message": message})))
        }
        Caller::Known(account) => Ok(Some(account)),
        Caller::Refused(_) | Caller::Anonymous => Ok(None),
    }
}

/// Whether the caller's token has scopes without those that the request needs.
fn lacks_scope(world: &World, account: &Account, method: &str, path: &str) -> bool {
    let Some(held) = world.variant.scopes.get(&account.id) else {
        return false;
    };
    let segments = links::split(path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    !scopes::allow(method, &segments, held)
}

fn read_api(path: &str) -> u8 {
    if path.starts_with("/rest/api/3/") { 3 } else { 2 }
}

/// The answer of a reading route.
fn look(world: &World, asked: &Asked<'_>, segments: &[&str]) -> Answer {
    let Asked {
        parts, path, prefix, ..
    } = *asked;
    let caller = match find_caller(asked.site, world, parts, path, prefix) {
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
    let answer = route(&call, segments);
    let answer = links::lead_back(answer, world, path, prefix);
    name_caller(answer, world, caller.as_ref())
}

/// The answer of a writing route, if one knows the path.
fn change(world: &mut World, asked: &Asked<'_>, segments: &[&str]) -> Option<Answer> {
    let Asked {
        site,
        parts,
        path,
        prefix,
        body,
        too_long,
        arrived,
        paging: _,
    } = *asked;
    let caller = match find_caller(site, world, parts, path, prefix) {
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
        too_long,
        api: read_api(path),
        now: site.clock.now(),
        arrived,
    };
    let answer = writes::route(&mut desk, parts.method.as_str(), segments)?;
    let answer = links::lead_back(answer, desk.world, path, prefix);
    Some(name_caller(answer, desk.world, caller.as_ref()))
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
