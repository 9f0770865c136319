//! Where a use case sends the browser after a form: the few addresses of `ui::paths` it needs, which
//! this layer may not name. A test holds the two against each other.

/// Home.
pub const HOME: &str = "/";
/// Sign-in.
pub const SIGN_IN: &str = "/sign-in";
/// Profile.
pub const PROFILE: &str = "/profile";
/// Organization settings.
pub const SETTINGS: &str = "/admin/settings";
/// Notices.
pub const NOTICES: &str = "/admin/notices";

/// Connections.
pub const CONNECTIONS: &str = "/admin/integrations";
/// Create a connection.
pub const CONNECTION_NEW: &str = "/admin/integrations/new";

/// A connection's page.
pub fn connection(id: &str) -> String {
    format!("/admin/integrations/{id}")
}

/// A person's page.
pub fn user(id: &str) -> String {
    format!("/admin/users/{id}")
}

/// Members of a project.
pub fn members(id: &str) -> String {
    format!("/projects/{id}/members")
}

/// Settings of a project.
pub fn project_settings(id: &str) -> String {
    format!("/projects/{id}/settings")
}

/// Integrations of a project.
pub fn integrations(id: &str) -> String {
    format!("/projects/{id}/integrations")
}

/// A step (1 to 6) of a configuration's wizard.
pub fn wizard(project: &str, configuration: &str, step: u8) -> String {
    format!("/projects/{project}/integrations/{configuration}/step/{step}")
}

/// Versions of a configuration.
pub fn versions(project: &str, configuration: &str) -> String {
    format!("/projects/{project}/integrations/{configuration}/versions")
}

/// Sync runs of a configuration.
pub fn sync(project: &str, configuration: &str) -> String {
    format!("/projects/{project}/integrations/{configuration}/sync")
}

/// The page of an invitation or reset.
pub fn invitation(token: &str) -> String {
    format!("/invitation/{token}")
}

/// The setup page.
pub fn setup(token: &str) -> String {
    format!("/setup/{token}")
}
