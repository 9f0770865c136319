//! The document around every page, and the table of routes.
//!
//! The whole app is rendered once at start to list its routes: nothing here may read request data.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Redirect, Route, Router, Routes},
    hooks::use_params_map,
    path,
};

use crate::ui::{
    pages::{
        audit::AuditPage,
        bugs::BugsPage,
        connection_form::{ConnectionEditPage, ConnectionNewPage},
        connection_health::ConnectionHealthPage,
        connection_rights::ConnectionRightsPage,
        connections::{AvailablePage, ConnectionsPage},
        home::HomePage,
        integrations::IntegrationsPage,
        invitation::InvitationPage,
        kit::KitPage,
        members::MembersPage,
        not_found::NotFoundPage,
        notices::NoticesPage,
        plans::PlansPage,
        plans_item::{ReleasePage, SprintPage},
        profile::ProfilePage,
        project_new::ProjectNewPage,
        project_settings::ProjectSettingsPage,
        requirement::RequirementPage,
        requirements::RequirementsPage,
        settings::SettingsPage,
        setup::SetupPage,
        sign_in::SignInPage,
        sync::SyncPage,
        user::UserPage,
        users::{UserNewPage, UsersPage},
        versions::VersionsPage,
        wizard::WizardPage,
    },
    paths,
    query::Query,
};

/// Addresses of style and script and the theme, given by the server for each request.
#[derive(Clone, Debug, Default)]
pub struct PageFrame {
    /// Style sheet.
    pub style: String,
    /// Loader of the islands; absent when the browser part was not built.
    pub script: Option<String>,
    /// Module of the islands.
    pub module: String,
    /// WebAssembly of the islands.
    pub wasm: String,
    /// `light`, `dark` or empty for the system's.
    pub theme: String,
}

/// The document.
pub fn shell() -> impl IntoView {
    let frame = use_context::<PageFrame>().unwrap_or_default();
    if let Some(shared) = Owner::current_shared_context() {
        // Pages are not hydrated, islands are: what pages load is not sent a second time as data.
        shared.set_is_hydrating(false);
    }
    let theme = Some(frame.theme).filter(|theme| !theme.is_empty());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=frame.style />
                {frame.script.map(|script| view! {
                    <link rel="modulepreload" href=frame.module.clone() />
                    <script type="module" nonce=use_nonce() src=script data-module=frame.module data-wasm=frame.wasm id="islands"></script>
                })}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/setup/:token") view=SetupPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/invitation/:token") view=InvitationPage ssr=SsrMode::Async />
                <Route path=path!("/profile") view=ProfilePage ssr=SsrMode::Async />
                <Route path=path!("/admin/users") view=UsersPage ssr=SsrMode::Async />
                <Route path=path!("/admin/users/new") view=UserNewPage ssr=SsrMode::Async />
                <Route path=path!("/admin/users/:id") view=UserPage ssr=SsrMode::Async />
                <Route path=path!("/admin/notices") view=NoticesPage ssr=SsrMode::Async />
                <Route path=path!("/admin/audit") view=AuditPage ssr=SsrMode::Async />
                <Route path=path!("/admin/settings") view=SettingsPage ssr=SsrMode::Async />
                <Route path=path!("/projects/new") view=ProjectNewPage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project/settings") view=ProjectSettingsPage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project/members") view=MembersPage ssr=SsrMode::Async />
                <Route path=path!("/admin/integrations") view=ConnectionsPage ssr=SsrMode::Async />
                <Route path=path!("/admin/integrations/available") view=AvailablePage ssr=SsrMode::Async />
                <Route path=path!("/admin/integrations/new") view=ConnectionNewPage ssr=SsrMode::Async />
                <Route path=path!("/admin/integrations/:id") view=ConnectionEditPage ssr=SsrMode::Async />
                <Route path=path!("/admin/integrations/:id/health") view=ConnectionHealthPage ssr=SsrMode::Async />
                <Route path=path!("/admin/integrations/:id/rights") view=ConnectionRightsPage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project/integrations") view=IntegrationsPage ssr=SsrMode::Async />
                <Route
                    path=path!("/projects/:project/integrations/:configuration/step/:step")
                    view=WizardPage
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/projects/:project/integrations/:configuration/versions")
                    view=VersionsPage
                    ssr=SsrMode::Async
                />
                <Route path=path!("/projects/:project/plans") view=PlansPage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project/releases/:configuration/:release") view=ReleasePage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project/sprints/:configuration/:sprint") view=SprintPage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project/requirements") view=RequirementsPage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project/requirements/:configuration/:issue") view=RequirementPage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project/bugs") view=BugsPage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project/integrations/:configuration/sync") view=SyncPage ssr=SsrMode::Async />
                <Route path=path!("/projects/:project") view=ProjectEntry ssr=SsrMode::Async />
                <Route path=path!("/kit") view=KitRoute ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// The kit page; a released server has no route to it, and the page is left out of its binary.
#[component]
fn KitRoute() -> impl IntoView {
    let theme = Query::here().get("theme").unwrap_or_default();
    if crate::DEVELOPMENT {
        view! { <KitPage theme=theme /> }.into_any()
    } else {
        view! { <NotFoundPage /> }.into_any()
    }
}

/// A project's bare address leads to its plans.
#[component]
fn ProjectEntry() -> impl IntoView {
    let project = use_params_map()
        .read_untracked()
        .get("project")
        .unwrap_or_default();
    // What is no project is told so by the page it leads to; a header carries no odd letters.
    let project: String = url::form_urlencoded::byte_serialize(project.as_bytes()).collect();
    view! { <Redirect path=paths::plans(&project) /> }
}
