//! The frame around every page: loads who looks, runs the page's own loading, shows its failure.
//!
//! A page gives its section, its title and an async body; what it may not see or cannot load becomes
//! an error view inside the frame with the right status. Nobody signed in is sent to sign-in and back.

use std::future::Future;

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location};

use crate::{
    api::{ApiError, ErrorKind, layout::FrameView},
    ui::paths,
};

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// My projects.
    Home,
    /// Own profile.
    Profile,
    /// People of the account.
    Users,
    /// Organisation settings.
    Settings,
    /// Connections of the account.
    Connections,
    /// Plans of a project.
    Plans,
    /// Requirements of a project.
    Requirements,
    /// Integrations of a project.
    Integrations,
    /// Members of a project.
    Members,
}

/// A page of the account: `body` gets the frame and gives the content of `main`.
pub fn account_page<F, Fut, V>(section: Section, title: impl Into<String>, body: F) -> impl IntoView
where
    F: FnOnce(FrameView) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<V, ApiError>> + Send + 'static,
    V: IntoView + 'static,
{
    framed(None, section, title.into(), body)
}

/// A page of a project: as [`account_page`], and 404 when the person may not see the project.
pub fn project_page<F, Fut, V>(project: String, section: Section, title: impl Into<String>, body: F) -> impl IntoView
where
    F: FnOnce(FrameView) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<V, ApiError>> + Send + 'static,
    V: IntoView + 'static,
{
    framed(Some(project), section, title.into(), body)
}

/// A page before sign-in: no navigation.
pub fn plain_page<F, Fut, V>(title: impl Into<String>, body: F) -> impl IntoView
where
    F: FnOnce() -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<V, ApiError>> + Send + 'static,
    V: IntoView + 'static,
{
    let title = title.into();
    view! {
        <Suspense>
            {move || {
                let (body, title) = (body.clone(), title.clone());
                Suspend::new(async move {
                    match body().await {
                        Ok(content) => plain_frame(title, content.into_any()),
                        Err(error) => plain_frame(title, failure_view(&error).into_any()),
                    }
                })
            }}
        </Suspense>
    }
}

fn framed<F, Fut, V>(project: Option<String>, section: Section, title: String, body: F) -> impl IntoView
where
    F: FnOnce(FrameView) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<V, ApiError>> + Send + 'static,
    V: IntoView + 'static,
{
    let location = use_location();
    let here = move || {
        let query = location.search.get_untracked();
        let path = location.pathname.get_untracked();
        if query.is_empty() { path } else { format!("{path}?{}", query.trim_start_matches('?')) }
    };
    view! {
        <Suspense>
            {move || {
                let (body, title, project, here) = (body.clone(), title.clone(), project.clone(), here());
                Suspend::new(async move {
                    match crate::api::layout::load_frame(project).await {
                        Ok(frame) => match body(frame.clone()).await {
                            Ok(content) => frame_view(frame, section, title, content.into_any()),
                            Err(error) => frame_view(frame, section, title, failure_view(&error).into_any()),
                        },
                        Err(error) if error.kind == ErrorKind::NotSignedIn => {
                            view! { <Redirect path=paths::sign_in_then(&here) /> }.into_any()
                        }
                        Err(error) => plain_frame(title, failure_view(&error).into_any()),
                    }
                })
            }}
        </Suspense>
    }
}

fn frame_view(frame: FrameView, _section: Section, title: String, content: AnyView) -> AnyView {
    view! { <header>{frame.viewer.name}</header> <main id="main" tabindex="-1"><h1 class="vh">{title}</h1>{content}</main> }.into_any()
}

fn plain_frame(title: String, content: AnyView) -> AnyView {
    view! { <main id="main" tabindex="-1"><h1 class="vh">{title}</h1>{content}</main> }.into_any()
}

/// A failure as the content of a page: what happened, what to do, the reference.
pub fn failure_view(error: &ApiError) -> impl IntoView + use<> {
    let (message, reference) = (error.message.clone(), error.request_id.clone());
    view! { <section class="failure"><p>{message}</p><p class="hint">"Reference: " <code>{reference}</code></p></section> }
}
