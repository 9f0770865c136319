//! Who is signed in, as pages see it.

use crate::{api::session::ViewerView, domain::role::Capability, server::auth::Viewer};

/// The view of a signed-in person.
pub fn viewer_view(viewer: &Viewer) -> ViewerView {
    ViewerView {
        person_id: viewer.person_id().to_string(),
        name: viewer.name().to_owned(),
        email: viewer.email().to_owned(),
        theme: viewer.theme().to_owned(),
        account_role: viewer.account_role().label().to_owned(),
        manages_users: viewer.can(Capability::ManageUsers),
        creates_projects: viewer.can(Capability::CreateProjects),
        manages_connections: viewer.can(Capability::ManageConnections),
    }
}
