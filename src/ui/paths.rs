//! Every address of the app, in one place: pages link through these functions, never by text.

/// Home: my projects.
pub const HOME: &str = "/";
/// Sign-in.
pub const SIGN_IN: &str = "/sign-in";
/// Profile.
pub const PROFILE: &str = "/profile";
/// People of the account.
pub const USERS: &str = "/admin/users";
/// Add a person.
pub const USER_NEW: &str = "/admin/users/new";
/// Organization settings.
pub const SETTINGS: &str = "/admin/settings";
/// Notices.
pub const NOTICES: &str = "/admin/notices";
/// Audit log.
pub const AUDIT: &str = "/admin/audit";
/// Makes a file of it.
pub const AUDIT_EXPORT: &str = "/admin/audit/export";
/// Connections.
pub const CONNECTIONS: &str = "/admin/integrations";
/// List of what can be integrated.
pub const CONNECTION_CHOOSE: &str = "/admin/integrations/available";
/// Create a connection.
pub const CONNECTION_NEW: &str = "/admin/integrations/new";
/// Create a project.
pub const PROJECT_NEW: &str = "/projects/new";
/// The kit page (debug builds).
pub const KIT: &str = "/kit";

/// Where a server function answers.
pub fn api(endpoint: &str) -> String {
    format!("/api/{endpoint}")
}

/// Sign-in that leads on to a path of ours afterwards.
pub fn sign_in_then(next: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("{SIGN_IN}?{query}")
}

/// Add a person who is meant for a project.
pub fn user_new_for(project: &str) -> String {
    with_query(USER_NEW, &[("project", project)])
}

/// A person's page.
pub fn user(id: &str) -> String {
    format!("/admin/users/{id}")
}

/// Asks whether a person is to be deactivated.
pub fn user_deactivate(id: &str) -> String {
    with_query(&user(id), &[("confirm", "deactivate")])
}

/// The connection form for a type: `cloud` or `data_center`.
pub fn connection_new(kind: &str) -> String {
    format!("{CONNECTION_NEW}?type={kind}")
}

/// A connection's page.
pub fn connection(id: &str) -> String {
    format!("/admin/integrations/{id}")
}

/// What a connection's account may do.
pub fn connection_rights(id: &str) -> String {
    format!("/admin/integrations/{id}/rights")
}

/// How a connection stood in the last hours.
pub fn connection_health(id: &str) -> String {
    format!("/admin/integrations/{id}/health")
}

/// The question before a connection is disconnected.
pub fn connection_disconnect(id: &str) -> String {
    with_query(CONNECTIONS, &[("confirm", "disconnect"), ("connection", id)])
}

/// The question before a connection is connected again.
pub fn connection_reconnect(id: &str) -> String {
    with_query(CONNECTIONS, &[("confirm", "reconnect"), ("connection", id)])
}

/// A project's entry: its plans.
pub fn project(id: &str) -> String {
    plans(id)
}

/// Plans of a project.
pub fn plans(id: &str) -> String {
    format!("/projects/{id}/plans")
}

/// All requirements of a project.
pub fn requirements(id: &str) -> String {
    format!("/projects/{id}/requirements")
}

/// A requirement by configuration and Jira's issue id.
pub fn requirement(project: &str, configuration: &str, issue: &str) -> String {
    format!("/projects/{project}/requirements/{configuration}/{issue}")
}

/// A release by configuration and Jira's version id.
pub fn release(project: &str, configuration: &str, release: &str) -> String {
    format!("/projects/{project}/releases/{configuration}/{release}")
}

/// A sprint by configuration and Jira's sprint id.
pub fn sprint(project: &str, configuration: &str, sprint: i64) -> String {
    format!("/projects/{project}/sprints/{configuration}/{sprint}")
}

/// Bugs of a project.
pub fn bugs(id: &str) -> String {
    format!("/projects/{id}/bugs")
}

/// Settings of a project.
pub fn project_settings(id: &str) -> String {
    format!("/projects/{id}/settings")
}

/// Asks whether a project is to be deleted.
pub fn project_delete(id: &str) -> String {
    with_query(&project_settings(id), &[("confirm", "delete")])
}

/// Members of a project.
pub fn members(id: &str) -> String {
    format!("/projects/{id}/members")
}

/// Members of a project, with a person chosen to be added.
pub fn member_add(project: &str, person: &str) -> String {
    with_query(&members(project), &[("person", person)])
}

/// Asks whether a person is to be removed from a project.
pub fn member_remove(project: &str, person: &str) -> String {
    with_query(&members(project), &[("confirm", "remove"), ("person", person)])
}

/// Integrations of a project.
pub fn integrations(id: &str) -> String {
    format!("/projects/{id}/integrations")
}

/// Asks whether the draft of a configuration is to be discarded.
pub fn draft_discard(project: &str, configuration: &str) -> String {
    let question = [("confirm", "discard"), ("configuration", configuration)];
    with_query(&integrations(project), &question)
}

/// Asks whether a configuration is to be removed.
pub fn configuration_remove(project: &str, configuration: &str) -> String {
    let question = [("confirm", "remove"), ("configuration", configuration)];
    with_query(&integrations(project), &question)
}

/// A step (1 to 6) of a configuration's wizard.
pub fn wizard(project: &str, configuration: &str, step: u8) -> String {
    format!("/projects/{project}/integrations/{configuration}/step/{step}")
}

/// Versions of a configuration.
pub fn versions(project: &str, configuration: &str) -> String {
    format!("/projects/{project}/integrations/{configuration}/versions")
}

/// Asks whether a version is to be put into the draft.
pub fn version_restore(project: &str, configuration: &str, number: i64) -> String {
    format!("{}?restore={number}", versions(project, configuration))
}

/// Sync runs of a configuration, the newest with live progress.
pub fn sync(project: &str, configuration: &str) -> String {
    format!("/projects/{project}/integrations/{configuration}/sync")
}

/// The topic of a part that shows a configuration.
pub fn live_configuration(configuration: &str) -> String {
    format!("configuration/{configuration}")
}

/// The topic of a part that shows all connections.
pub const LIVE_CONNECTIONS: &str = "connections";

/// The topic of what the frame around pages tells.
pub const LIVE_FRAME: &str = "frame";

/// A path of ours with a query; pairs without a value are left out.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}
