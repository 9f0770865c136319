//! The table of paths, and what every reading route may look at.
//!
//! `handle` takes a request from log to answer, `control` carries out what the control API asks for as
//! a person would. Data Center is also served below the context path `/jira`, and Cloud below
//! `/ex/jira/{cloudId}` as the gateway serves it: paths are matched after that prefix is gone, so that
//! every route works everywhere. A path the table does not know is 404 as in Jira, a known path with another
//! method 405.

mod agile;
mod agile_issues;
mod browse;
mod components;
mod configured;
mod control;
mod createmeta;
mod decor;
mod handle;
mod issues;
mod links;
mod lists;
mod lookup;
mod methods;
mod parts;
mod payload;
mod people;
mod platform;
mod projects;
mod queries;
mod rendered;
mod rights;
mod schemes;
mod search;
mod shelves;
mod table;
mod told;
mod writes;

pub(super) use control::control_as_admin;
use createmeta::{find_security_field, may_secure};
pub(super) use handle::{build_admin_router, build_router};
#[cfg(test)]
pub(super) use methods::{PATHS, Where};
#[cfg(test)]
pub(super) use writes::UPLOAD_LIMIT;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    accounts::Account,
    answer::{Answer, AnswerBody, Params},
    faults::PagingFault,
    jql::Viewer,
    world::{Issue, Project, World},
};

/// What Jira's search engine gives by default.
const MAX_RESULT_WINDOW: usize = 10_000;

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

impl<'a> Call<'a> {
    /// A plain GET without parameters.
    fn reading(
        world: &'a World,
        caller: Option<&'a Account>,
        (api, now): (u8, Timestamp),
        path: &'a str,
    ) -> Self {
        Self {
            world,
            caller,
            method: "GET",
            params: Params::default(),
            body: Value::Null,
            api,
            path,
            now,
            paging: None,
        }
    }
}

impl Call<'_> {
    fn can(&self, permission: &str, project_key: Option<&str>) -> bool {
        self.caller
            .is_some_and(|account| self.world.grants(account, permission, project_key))
    }

    fn sees(&self, project: &Project) -> bool {
        !project.is_gone() && self.can("BROWSE_PROJECTS", Some(&project.key))
    }

    fn list_projects(&self) -> Vec<&Project> {
        // Decided once for all projects where that can be: there may be thousands.
        let all = self.caller.map_or(Some(false), Account::browses_all);
        let projects = self.world.projects.iter();
        projects
            .filter(|project| match all {
                Some(all) => all && !project.is_gone(),
                None => self.sees(project),
            })
            .collect()
    }

    /// Who asks, for a search.
    fn viewer(&self) -> Viewer<'_> {
        Viewer {
            world: self.world,
            projects: self.list_projects(),
            account: self.caller,
            sees_all: false,
            now_ms: self.now.as_millisecond(),
        }
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
        read_version(self.world)
    }

    /// How deep an offset may lead: since Data Center 11, and nowhere else.
    fn max_result_window(&self) -> Option<usize> {
        has_search_window(self.world).then_some(MAX_RESULT_WINDOW)
    }

    fn own_url(&self) -> String {
        format!("{}{}", self.world.base_url, self.path)
    }
}

fn read_version(world: &World) -> Vec<u32> {
    let parts = world.version.split(['.', '-']);
    parts.filter_map(|part| part.parse().ok()).collect()
}

/// Whether an offset leads only so deep.
fn has_search_window(world: &World) -> bool {
    !world.is_cloud() && read_version(world) >= vec![11]
}

/// An issue whole, as version `api` of the platform shows it to a caller; `left_out` names fields with a
/// minus before them.
pub(super) fn show_whole(
    world: &World,
    caller: Option<&Account>,
    (api, now): (u8, Timestamp),
    issue: &Issue,
    left_out: &[&str],
) -> Value {
    let call = Call::reading(world, caller, (api, now), "/rest/api/2/issue");
    let asked: Vec<String> = ["*all"].iter().chain(left_out).map(ToString::to_string).collect();
    issues::show(&call, issue, &issues::Fields::new(&asked), false)
}

/// What a reading path of version 2 answers a caller; `None` unless it is 200.
fn find_shown(world: &World, caller: Option<&Account>, now: Timestamp, path: &str) -> Option<Value> {
    let segments = links::split(path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let answer = route(&Call::reading(world, caller, (2, now), path), &segments);
    match answer.body {
        AnswerBody::Json(value) if answer.status == 200 => Some(value),
        _ => None,
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

/// The answer to a method that a known path does not take. What can be read answers HEAD as well, which comes
/// here as GET.
fn refuse_method(world: &World, method: &str, segments: &[&str]) -> Option<Answer> {
    let methods = methods::find(world, segments)?;
    if methods.split(',').any(|own| own == method) {
        return None;
    }
    let allowed = methods.replace("GET", "GET,HEAD");
    let body = serde_json::json!({"message": "HTTP 405 Method Not Allowed", "status-code": 405});
    Some(Answer::json(405, body).with_header("allow", allowed))
}

fn not_found() -> Answer {
    Answer::json(
        404,
        serde_json::json!({"message": "null for uri", "status-code": 404}),
    )
}
