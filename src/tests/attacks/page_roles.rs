//! Every page and every other route against every kind of person: one without a row fails the test.
//!
//! What server functions let through is in `endpoint_roles`.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use traceline::ui::app::App;

use crate::{
    endpoint_roles::{
        Actor, CONFIGURES, EVERYBODY, MANAGES_CONNECTIONS, MANAGES_MEMBERS, MANAGES_PROJECT, MANAGES_USERS,
        NOBODY, SEES_INTEGRATIONS, SEES_PLANS, SIGNED_IN, World, world,
    },
    harness::{TestApp, TestClient},
};

/// Pages, and who sees them; everybody else is sent to sign in, told that there is no such page, or,
/// of a project that is theirs, that it is not for them.
const PAGES: &[(&str, &[Actor])] = &[
    ("/", SIGNED_IN),
    ("/setup/{token}", NOBODY),
    ("/sign-in", EVERYBODY),
    ("/invitation/{token}", NOBODY),
    ("/profile", SIGNED_IN),
    ("/admin/users", MANAGES_USERS),
    ("/admin/users/new", MANAGES_USERS),
    ("/admin/users/{id}", MANAGES_USERS),
    ("/admin/notices", MANAGES_CONNECTIONS),
    ("/admin/audit", MANAGES_CONNECTIONS),
    ("/admin/settings", MANAGES_CONNECTIONS),
    ("/admin/integrations", MANAGES_CONNECTIONS),
    ("/admin/integrations/available", MANAGES_CONNECTIONS),
    ("/admin/integrations/new", MANAGES_CONNECTIONS),
    ("/admin/integrations/{id}", MANAGES_CONNECTIONS),
    ("/admin/integrations/{id}/health", MANAGES_CONNECTIONS),
    ("/admin/integrations/{id}/rights", MANAGES_CONNECTIONS),
    ("/projects/new", MANAGES_USERS),
    // Leads on to the plans.
    ("/projects/{project}", SEES_PLANS),
    ("/projects/{project}/settings", MANAGES_PROJECT),
    ("/projects/{project}/members", MANAGES_MEMBERS),
    ("/projects/{project}/plans", SEES_PLANS),
    (
        "/projects/{project}/releases/{configuration}/{release}",
        SEES_PLANS,
    ),
    ("/projects/{project}/sprints/{configuration}/{sprint}", SEES_PLANS),
    ("/projects/{project}/requirements", SEES_PLANS),
    (
        "/projects/{project}/requirements/{configuration}/{issue}",
        SEES_PLANS,
    ),
    ("/projects/{project}/bugs", SEES_PLANS),
    ("/projects/{project}/integrations", SEES_INTEGRATIONS),
    (
        "/projects/{project}/integrations/{configuration}/step/{step}",
        CONFIGURES,
    ),
    (
        "/projects/{project}/integrations/{configuration}/versions",
        CONFIGURES,
    ),
    (
        "/projects/{project}/integrations/{configuration}/sync",
        SEES_INTEGRATIONS,
    ),
    // Only in a build for development; shows nothing of anybody.
    ("/kit", EVERYBODY),
];

/// Everything else that answers.
const OTHERS: &[(&str, &[Actor])] = &[
    ("/livez", EVERYBODY),
    ("/readyz", EVERYBODY),
    ("/error.css", EVERYBODY),
    ("/live", SIGNED_IN),
    ("/admin/audit/export", MANAGES_CONNECTIONS),
];

/// A pattern with the ids of the world.
pub fn path_of(pattern: &str, world: &World) -> String {
    let id = if pattern.contains("integrations/{id}") {
        &world.connection
    } else {
        &world.person
    };
    pattern
        .replace("{id}", id)
        .replace("{project}", &world.project)
        .replace("{configuration}", &world.configuration)
        .replace("{token}", "x")
        .replace("{step}", "2")
        .replace("{release}", "1")
        .replace("{sprint}", "1")
        .replace("{issue}", "1")
}

/// All pages of the app, with the ids of the world.
pub fn list_pages(world: &World) -> Vec<String> {
    PAGES.iter().map(|(pattern, _)| path_of(pattern, world)).collect()
}

/// Follows redirects to where the browser stays.
async fn visit(client: &TestClient, path: &str) -> (StatusCode, String) {
    let mut path = path.to_owned();
    for _ in 0..4 {
        let answer = client.get(&path).await;
        if !answer.status.is_redirection() {
            return (answer.status, path);
        }
        answer.location().clone_into(&mut path);
    }
    panic!("{path} leads on and on");
}

/// Addresses that stand in a text as routes of the router itself.
fn list_routes(text: &str) -> Vec<String> {
    let starts = text.split(".route(").skip(1);
    starts
        .filter_map(|rest| rest.split('"').nth(1))
        .filter(|path| path.starts_with('/'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_route_has_a_row() {
    let routes = leptos_axum::generate_route_list(App);
    let pages: BTreeSet<String> = routes.iter().map(|route| route.path().to_owned()).collect();
    let listed: BTreeSet<String> = PAGES.iter().map(|(pattern, _)| (*pattern).to_owned()).collect();
    assert_eq!(listed.len(), PAGES.len(), "a page is listed twice");
    assert_eq!(pages, listed, "pages of the app, and rows");

    let folder = std::path::Path::new("src/server/http");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        found.extend(list_routes(text));
    }
    let listed: BTreeSet<String> = OTHERS.iter().map(|(pattern, _)| (*pattern).to_owned()).collect();
    let missing: Vec<_> = found
        .difference(&listed)
        .filter(|path| !path.starts_with("/pkg") && !path.contains('.'))
        .collect();
    assert!(missing.is_empty(), "routes without a row: {missing:?}");
    assert!(found.len() >= 5, "{found:?}");
}

on_both! {
    async fn every_route_answers_as_its_row_says(app: TestApp) {
        let world = world(app).await;
        let mut wrong = Vec::new();
        for (pattern, allowed) in PAGES {
            let path = path_of(pattern, &world);
            for (actor, client) in &world.clients {
                let (status, place) = visit(client, &path).await;
                let is_in = status == StatusCode::OK && (path == "/sign-in" || !place.starts_with("/sign-in"));
                if is_in != allowed.contains(actor) || !matches!(status.as_u16(), 200 | 403 | 404) {
                    wrong.push(format!("{pattern} as {actor:?} answered {status} at {place}"));
                }
            }
        }
        for (pattern, allowed) in OTHERS {
            let path = path_of(pattern, &world);
            for (actor, client) in &world.clients {
                let status = if path.ends_with("/export") {
                    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", client.origin())];
                    client.send(Method::POST, &path, &headers, Some("format=csv".into())).await.status
                } else {
                    client.follow(&path).await.status()
                };
                if (status == StatusCode::OK) != allowed.contains(actor) || !matches!(status.as_u16(), 200 | 401 | 403 | 404) {
                    wrong.push(format!("{pattern} as {actor:?} answered {status}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
