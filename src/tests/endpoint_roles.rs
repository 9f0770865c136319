//! Every server function against every kind of person: an endpoint without a row fails the test.
//!
//! `allowed` lists who gets past the guard; for everybody else the answer must be 401, 403 or 404.
//! Getting past the guard means any other answer: most rows send input that fails later, on purpose.

use std::collections::BTreeSet;

use traceline::domain::role::{AccountRole, ProjectRole};

use crate::harness::{TestApp, TestClient};

/// Kinds of people. The last one is Project Admin of another project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    Anonymous,
    User,
    Member,
    Tester,
    TestLead,
    ProjectAdmin,
    SystemAdmin,
    AccountAdmin,
    Stranger,
}

use Actor::{AccountAdmin, Anonymous, Member, ProjectAdmin, Stranger, SystemAdmin, TestLead, Tester, User};

const ACTORS: &[Actor] = &[Anonymous, User, Member, Tester, TestLead, ProjectAdmin, SystemAdmin, AccountAdmin, Stranger];
const EVERYBODY: &[Actor] = ACTORS;
const SIGNED_IN: &[Actor] = &[User, Member, Tester, TestLead, ProjectAdmin, SystemAdmin, AccountAdmin, Stranger];
const MANAGES_USERS: &[Actor] = &[AccountAdmin];
const MANAGES_CONNECTIONS: &[Actor] = &[AccountAdmin, SystemAdmin];
const CONFIGURES: &[Actor] = &[ProjectAdmin];
const SEES_INTEGRATIONS: &[Actor] = &[ProjectAdmin, TestLead, Tester];
const SEES_PLANS: &[Actor] = &[ProjectAdmin, TestLead, Tester, Member];

/// One endpoint: its fields (`{project}` and `{configuration}` stand for ids) and who gets past the guard.
struct Row {
    endpoint: &'static str,
    fields: &'static [(&'static str, &'static str)],
    allowed: &'static [Actor],
}

const fn row(endpoint: &'static str, fields: &'static [(&'static str, &'static str)], allowed: &'static [Actor]) -> Row {
    Row { endpoint, fields, allowed }
}

/// The table. One line an endpoint, in the order of the files in `src/api`.
const TABLE: &[Row] = &[
    // form
    row("find_form_failure", &[("form", "sign_in")], EVERYBODY),
    // session
    row("find_viewer", &[], EVERYBODY),
    // layout
    row("load_frame", &[("project", "{project}")], SEES_PLANS),
    // plan
    row("load_plans", &[("project", "{project}")], SEES_PLANS),
    row("load_release", &[("project", "{project}"), ("configuration", "{configuration}"), ("release", "1")], SEES_PLANS),
    row("load_sprint", &[("project", "{project}"), ("configuration", "{configuration}"), ("sprint", "1")], SEES_PLANS),
    // requirement
    row("load_requirements", &[("project", "{project}")], SEES_PLANS),
    row("load_requirement", &[("project", "{project}"), ("configuration", "{configuration}"), ("issue", "1")], SEES_PLANS),
];

struct World {
    app: TestApp,
    project: String,
    configuration: String,
    clients: Vec<(Actor, TestClient)>,
}

async fn world(app: TestApp) -> World {
    let admin = app.person("Ada Admin", AccountRole::AccountAdmin).await;
    let project = app.project("Booking", &admin).await;
    let other = app.project("Other", &admin).await;
    let mut clients = vec![(Anonymous, app.anonymous()), (AccountAdmin, app.browser_of(&admin).await)];
    let people = [
        (User, AccountRole::User, None),
        (SystemAdmin, AccountRole::SystemAdmin, None),
        (Member, AccountRole::User, Some((&project, ProjectRole::Member))),
        (Tester, AccountRole::User, Some((&project, ProjectRole::Tester))),
        (TestLead, AccountRole::User, Some((&project, ProjectRole::TestLead))),
        (ProjectAdmin, AccountRole::User, Some((&project, ProjectRole::ProjectAdmin))),
        (Stranger, AccountRole::User, Some((&other, ProjectRole::ProjectAdmin))),
    ];
    for (actor, account_role, membership) in people {
        let person = app.person(&format!("{actor:?}"), account_role).await;
        if let Some((project, role)) = membership {
            app.join(project, &person, role).await;
        }
        clients.push((actor, app.browser_of(&person).await));
    }
    let configuration = app.configuration(&project, &admin, "BOOK", "active", "0").await;
    app.release(&configuration, "1", "1.0", ("", ""), false).await;
    app.sprint(&configuration, "1", "Sprint 1", "active", ("", "")).await;
    app.issue(&configuration, &crate::mirror_rows::requirement("1", "BOOK-1")).await;
    World { app, project, configuration, clients }
}

on_both! {
    async fn every_endpoint_has_a_row_that_holds(app: TestApp) {
        let world = world(app).await;
        let mut listed = BTreeSet::new();
        let mut wrong = Vec::new();
        for row in TABLE {
            assert!(listed.insert(format!("/api/{}", row.endpoint)), "{} is listed twice", row.endpoint);
            let fields: Vec<(&str, &str)> = row
                .fields
                .iter()
                .map(|(name, value)| match *value {
                    "{project}" => (*name, world.project.as_str()),
                    "{configuration}" => (*name, world.configuration.as_str()),
                    other => (*name, other),
                })
                .collect();
            for (actor, client) in &world.clients {
                // Some endpoints end the session or use a link up: each call gets its own browser.
                let status = client.call(row.endpoint, &fields).await.status.as_u16();
                let refused = matches!(status, 401 | 403 | 404);
                if refused == row.allowed.contains(actor) {
                    wrong.push(format!("{} as {actor:?} answered {status}", row.endpoint));
                }
            }
        }
        let known: BTreeSet<String> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
        let missing: Vec<_> = known.difference(&listed).collect();
        let unknown: Vec<_> = listed.difference(&known).collect();
        assert!(missing.is_empty(), "server functions without a row: {missing:?}");
        assert!(unknown.is_empty(), "rows without a server function: {unknown:?}");
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(world.clients.len(), ACTORS.len());
        drop(world.app);
    }
}
