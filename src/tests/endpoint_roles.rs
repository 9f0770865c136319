//! Every server function against every kind of person: an endpoint without a row fails the test.
//!
//! `allowed` lists who gets past the guard; for everybody else the answer must be 401, 403 or 404.
//! Getting past the guard means any other answer: most rows send input that fails later, on purpose.

use std::collections::BTreeSet;

use traceline::{
    domain::role::{AccountRole, ProjectRole},
    server::store::configuration,
};

use crate::harness::{TestApp, TestClient};

/// Kinds of people. The last one is Project Admin of another project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
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

pub use Actor::{
    AccountAdmin, Anonymous, Member, ProjectAdmin, Stranger, SystemAdmin, TestLead, Tester, User,
};

pub const ACTORS: &[Actor] = &[
    Anonymous,
    User,
    Member,
    Tester,
    TestLead,
    ProjectAdmin,
    SystemAdmin,
    AccountAdmin,
    Stranger,
];
pub const EVERYBODY: &[Actor] = ACTORS;
pub const SIGNED_IN: &[Actor] = &[
    User,
    Member,
    Tester,
    TestLead,
    ProjectAdmin,
    SystemAdmin,
    AccountAdmin,
    Stranger,
];
pub const MANAGES_USERS: &[Actor] = &[AccountAdmin];
pub const MANAGES_CONNECTIONS: &[Actor] = &[AccountAdmin, SystemAdmin];
pub const CONFIGURES: &[Actor] = &[ProjectAdmin];
pub const SEES_INTEGRATIONS: &[Actor] = &[ProjectAdmin, TestLead, Tester];
const SYNCS: &[Actor] = &[ProjectAdmin, TestLead, Tester];
pub const SEES_PLANS: &[Actor] = &[ProjectAdmin, TestLead, Tester, Member];

pub const MANAGES_MEMBERS: &[Actor] = &[AccountAdmin, ProjectAdmin];
pub const MANAGES_PROJECT: &[Actor] = &[AccountAdmin, ProjectAdmin];
const SEES_FRAME: &[Actor] = &[AccountAdmin, ProjectAdmin, TestLead, Tester, Member];
/// The wrong key: nobody gets in, whoever they are.
pub const NOBODY: &[Actor] = &[];

/// One endpoint: its fields (`{project}` and `{person}` stand for ids) and who gets past the guard.
pub struct Row {
    pub endpoint: &'static str,
    pub fields: &'static [(&'static str, &'static str)],
    pub allowed: &'static [Actor],
}

const fn row(
    endpoint: &'static str,
    fields: &'static [(&'static str, &'static str)],
    allowed: &'static [Actor],
) -> Row {
    Row {
        endpoint,
        fields,
        allowed,
    }
}

/// The table. One line an endpoint, in the order of the files in `src/api`.
pub const TABLE: &[Row] = &[
    // form
    row("find_form_failure", &[("form", "sign_in")], EVERYBODY),
    // session
    row("find_viewer", &[], EVERYBODY),
    row("load_sign_in", &[], EVERYBODY),
    row("sign_in", &[("email", ""), ("password", "")], EVERYBODY),
    // layout
    row("load_frame", &[("project", "{project}")], SEES_FRAME),
    // invitation
    row("load_invitation", &[("token", "x")], NOBODY),
    row(
        "accept_invitation",
        &[("token", "x"), ("password", "x"), ("repeat_password", "x")],
        NOBODY,
    ),
    // member
    row("load_members", &[("project", "{project}")], MANAGES_MEMBERS),
    row(
        "add_member",
        &[("project", "{project}"), ("person", "x")],
        MANAGES_MEMBERS,
    ),
    row(
        "save_member_roles",
        &[("project", "{project}"), ("person", "x"), ("tester", "on")],
        MANAGES_MEMBERS,
    ),
    row(
        "remove_member",
        &[("project", "{project}"), ("person", "x")],
        MANAGES_MEMBERS,
    ),
    // audit, notices
    row("load_audit_log", &[], MANAGES_CONNECTIONS),
    row("load_notices", &[], MANAGES_CONNECTIONS),
    row(
        "save_notice_hook",
        &[("hook_url", "http://chat.invalid/hooks/x"), ("hook_secret", "")],
        MANAGES_CONNECTIONS,
    ),
    row("test_notice_hook", &[], MANAGES_CONNECTIONS),
    row("delete_notice_hook", &[], MANAGES_CONNECTIONS),
    // organisation
    row("load_settings", &[], MANAGES_CONNECTIONS),
    row(
        "save_settings",
        &[("organisation", ""), ("time_zone", "")],
        MANAGES_CONNECTIONS,
    ),
    // profile
    row("load_profile", &[], SIGNED_IN),
    row("save_profile", &[("name", "")], SIGNED_IN),
    row("set_theme", &[("theme", "none")], SIGNED_IN),
    row(
        "change_password",
        &[
            ("current_password", ""),
            ("new_password", ""),
            ("repeat_password", ""),
        ],
        SIGNED_IN,
    ),
    row("end_session", &[("session", "x")], SIGNED_IN),
    row("end_other_sessions", &[], SIGNED_IN),
    // project
    row("load_home", &[], SIGNED_IN),
    row("check_create_project", &[], MANAGES_USERS),
    row("create_project", &[("name", "")], MANAGES_USERS),
    row(
        "load_project_settings",
        &[("project", "{project}")],
        MANAGES_PROJECT,
    ),
    row(
        "save_project",
        &[("project", "{project}"), ("name", "")],
        MANAGES_PROJECT,
    ),
    row(
        "delete_project",
        &[("project", "{project}"), ("typed_name", "")],
        MANAGES_PROJECT,
    ),
    // setup: its link is the only key
    row("load_setup", &[("token", "x")], NOBODY),
    row(
        "set_up",
        &[
            ("token", "x"),
            ("name", ""),
            ("email", ""),
            ("password", ""),
            ("repeat_password", ""),
            ("organisation", ""),
            ("time_zone", ""),
        ],
        NOBODY,
    ),
    // user
    row("load_users", &[], MANAGES_USERS),
    row("load_user", &[("person", "{person}")], MANAGES_USERS),
    row("take_shown_link", &[("person", "x"), ("id", "x")], MANAGES_USERS),
    row("check_create_user", &[], MANAGES_USERS),
    row(
        "create_user",
        &[("name", ""), ("email", ""), ("account_role", "")],
        MANAGES_USERS,
    ),
    row("create_link", &[("person", "{person}")], MANAGES_USERS),
    row(
        "save_user_role",
        &[("person", "{person}"), ("account_role", "")],
        MANAGES_USERS,
    ),
    row("reactivate_user", &[("person", "{person}")], MANAGES_USERS),
    row("deactivate_user", &[("person", "{person}")], MANAGES_USERS),
    // sync
    row(
        "load_sync",
        &[("project", "{project}"), ("configuration", "{configuration}")],
        SEES_INTEGRATIONS,
    ),
    row(
        "start_sync",
        &[("project", "{project}"), ("configuration", "{configuration}")],
        SYNCS,
    ),
    row(
        "cancel_sync",
        &[("project", "{project}"), ("configuration", "{configuration}")],
        SYNCS,
    ),
    // connection
    row("list_connections", &[], MANAGES_CONNECTIONS),
    row("load_connection_form", &[], MANAGES_CONNECTIONS),
    row(
        "load_connection_health",
        &[("id", "{connection}")],
        MANAGES_CONNECTIONS,
    ),
    row(
        "load_connection_rights",
        &[("id", "{connection}"), ("project", ""), ("query", "")],
        MANAGES_CONNECTIONS,
    ),
    row(
        "save_connection",
        &[("do", "save"), ("form[name]", "")],
        MANAGES_CONNECTIONS,
    ),
    row(
        "load_connection_switch",
        &[("id", "{connection}")],
        MANAGES_CONNECTIONS,
    ),
    row(
        "disconnect_connection",
        &[("id", "{connection}"), ("revision", "0")],
        MANAGES_CONNECTIONS,
    ),
    row(
        "reconnect_connection",
        &[("id", "{connection}"), ("revision", "0")],
        MANAGES_CONNECTIONS,
    ),
    // configuration
    row(
        "load_integrations",
        &[("project", "{project}")],
        SEES_INTEGRATIONS,
    ),
    row(
        "create_configuration",
        &[("project", "{project}"), ("connection", "{connection}")],
        CONFIGURES,
    ),
    row(
        "load_configuration_end",
        &[("project", "{project}"), ("configuration", "{configuration}")],
        CONFIGURES,
    ),
    row(
        "discard_draft",
        &[
            ("project", "{project}"),
            ("configuration", "{configuration}"),
            ("draft_revision", "0"),
        ],
        CONFIGURES,
    ),
    row(
        "load_versions",
        &[("project", "{project}"), ("configuration", "{configuration}")],
        CONFIGURES,
    ),
    row(
        "restore_version",
        &[
            ("project", "{project}"),
            ("configuration", "{configuration}"),
            ("number", "1"),
            ("draft_revision", "0"),
        ],
        CONFIGURES,
    ),
    row(
        "remove_configuration",
        &[("project", "{project}"), ("configuration", "{removed}")],
        CONFIGURES,
    ),
    // wizard
    row("load_wizard_step", WIZARD_STEP, CONFIGURES),
    row("save_wizard_step", WIZARD_STEP, CONFIGURES),
    row("search_jira_projects", WIZARD_SEARCH, CONFIGURES),
    // plan
    row("load_plans", &[("project", "{project}")], SEES_PLANS),
    row("load_bugs", &[("project", "{project}")], SEES_PLANS),
    row(
        "load_release",
        &[
            ("project", "{project}"),
            ("configuration", "{configuration}"),
            ("release", "1"),
        ],
        SEES_PLANS,
    ),
    row(
        "load_sprint",
        &[
            ("project", "{project}"),
            ("configuration", "{configuration}"),
            ("sprint", "1"),
        ],
        SEES_PLANS,
    ),
    // requirement
    row("load_requirements", &[("project", "{project}")], SEES_PLANS),
    row(
        "load_requirement",
        &[
            ("project", "{project}"),
            ("configuration", "{configuration}"),
            ("issue", "1"),
        ],
        SEES_PLANS,
    ),
    // the last one: it ends the sessions of the table's browsers
    row("sign_out", &[], SIGNED_IN),
];

const WIZARD_STEP: &[(&str, &str)] = &[
    ("project", "{project}"),
    ("configuration", "{configuration}"),
    ("step", "2"),
    ("draft_revision", "1"),
];
const WIZARD_SEARCH: &[(&str, &str)] = &[
    ("project", "{project}"),
    ("configuration", "{configuration}"),
    ("query", ""),
];

pub struct World {
    pub app: TestApp,
    pub project: String,
    /// The project of the stranger.
    pub other: String,
    pub person: String,
    pub connection: String,
    pub configuration: String,
    pub removed: String,
    pub clients: Vec<(Actor, TestClient)>,
}

impl World {
    /// What a value of the table stands for.
    pub fn id_of<'a>(&'a self, value: &'a str) -> &'a str {
        match value {
            "{project}" => &self.project,
            "{person}" => &self.person,
            "{connection}" => &self.connection,
            "{configuration}" => &self.configuration,
            "{removed}" => &self.removed,
            value => value,
        }
    }

    pub fn client(&self, actor: Actor) -> &TestClient {
        let found = self.clients.iter().find(|(known, _)| *known == actor);
        &found.unwrap().1
    }
}

pub async fn world(app: TestApp) -> World {
    let admin = app.person("Ada Admin", AccountRole::AccountAdmin).await;
    let project = app.project("Booking", &admin).await;
    let other = app.project("Other", &admin).await;
    let mut clients = vec![
        (Anonymous, app.anonymous()),
        (AccountAdmin, app.browser_of(&admin).await),
    ];
    let people = [
        (User, AccountRole::User, None),
        (SystemAdmin, AccountRole::SystemAdmin, None),
        (Member, AccountRole::User, Some((&project, ProjectRole::Member))),
        (Tester, AccountRole::User, Some((&project, ProjectRole::Tester))),
        (
            TestLead,
            AccountRole::User,
            Some((&project, ProjectRole::TestLead)),
        ),
        (
            ProjectAdmin,
            AccountRole::User,
            Some((&project, ProjectRole::ProjectAdmin)),
        ),
        (
            Stranger,
            AccountRole::User,
            Some((&other, ProjectRole::ProjectAdmin)),
        ),
    ];
    for (actor, account_role, membership) in people {
        let person = app.person(&format!("{actor:?}"), account_role).await;
        if let Some((project, role)) = membership {
            app.join(project, &person, role).await;
        }
        clients.push((actor, app.browser_of(&person).await));
    }
    let person = app.person("Somebody", AccountRole::User).await;
    let (connection, configuration) = crate::wizard::linked(&app, &project).await;
    // What was never proceeded is not there for testers.
    let mut tx = app.state.database().write().await.unwrap();
    let row = configuration::find(&mut tx, &configuration)
        .await
        .unwrap()
        .unwrap();
    configuration::insert_version(&mut tx, "v1", &configuration, &row.draft, "Ada Admin", 0)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let removed = app.configuration(&project, &admin, "GONE", "active", "5").await;
    app.release(&configuration, "1", "1.0", ("", ""), false).await;
    app.sprint(&configuration, "1", "Sprint 1", "active", ("", ""))
        .await;
    app.issue(&configuration, &crate::mirror_rows::requirement("1", "BOOK-1"))
        .await;
    World {
        app,
        project,
        other,
        person,
        connection,
        configuration,
        removed,
        clients,
    }
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
                .map(|(name, value)| (*name, world.id_of(value)))
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
