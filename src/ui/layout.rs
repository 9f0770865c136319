//! The frame around every page: loads who looks, runs the page's own loading, shows its failure.
//!
//! A page gives its section, its title and an async body; what it may not see or cannot load becomes
//! an error view inside the frame with the right status. Nobody signed in is sent to sign-in and back.

use std::future::Future;

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location};

use crate::{
    api::{
        ApiError, ErrorKind,
        layout::FrameView,
        notice::{NoticeTarget, NoticeView},
    },
    ui::{
        components::{
            AppShell, NavGroup, NavItem, NoticeItem, PageTitle, PlainShell, Switcher, ThemeForm, Told,
            TopLink, UserMenu,
        },
        islands::live_line::LiveLine,
        paths,
    },
};

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// A path that leads nowhere.
    Nowhere,
    /// My projects.
    Home,
    /// Own profile.
    Profile,
    /// People of the account.
    Users,
    /// Organization settings.
    Settings,
    /// Connections of the account.
    Connections,
    /// Notices of the account.
    Notices,
    /// Audit log.
    Audit,
    /// Plans of a project.
    Plans,
    /// Requirements of a project.
    Requirements,
    /// Bugs of a project.
    Bugs,
    /// Name and description of a project.
    ProjectSettings,
    /// Integrations of a project.
    Integrations,
    /// Members of a project.
    Members,
}

impl Section {
    /// Whether it is one of the pages under Admin.
    fn is_admin(self) -> bool {
        matches!(
            self,
            Self::Users | Self::Settings | Self::Connections | Self::Notices | Self::Audit
        )
    }
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
pub fn project_page<F, Fut, V>(
    project: String,
    section: Section,
    title: impl Into<String>,
    body: F,
) -> impl IntoView
where
    F: FnOnce(FrameView) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<V, ApiError>> + Send + 'static,
    V: IntoView + 'static,
{
    framed(Some(project), section, title.into(), body)
}

/// A page before sign-in: `body` brings its own shell (`AuthShell` or `PlainShell`).
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
                        Err(error) => plain_frame(title, plain_failure(&error)),
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
        if query.is_empty() {
            path
        } else {
            format!("{path}?{}", query.trim_start_matches('?'))
        }
    };
    view! {
        <Suspense>
            {move || {
                let (body, title, project, here) = (body.clone(), title.clone(), project.clone(), here());
                Suspend::new(async move {
                    match crate::api::layout::load_frame(project).await {
                        Ok(frame) => {
                            // The last title made is the one shown: a page may name what it loaded.
                            let head = view! { <PageTitle text=title /> }.into_any();
                            match body(frame.clone()).await {
                                Ok(content) => frame_view(frame, section, head, here, content.into_any()),
                                Err(error) => frame_view(frame, section, head, here, failure_view(&error)),
                            }
                        }
                        Err(error) if error.kind == ErrorKind::NotSignedIn => {
                            view! { <Redirect path=paths::sign_in_then(&here) /> }.into_any()
                        }
                        Err(error) => plain_frame(title, plain_failure(&error)),
                    }
                })
            }}
        </Suspense>
    }
}

/// The side navigation: only pages that exist and that this person may see.
fn navigation(frame: &FrameView, section: Section) -> (String, Vec<NavGroup>) {
    let item = |href: String, label: &str, own: Section| NavItem {
        href,
        label: label.into(),
        current: own == section,
        ..NavItem::default()
    };
    if let Some(project) = &frame.project {
        let mut settings = Vec::new();
        if project.manages_project {
            settings.push(item(
                paths::project_settings(&project.id),
                "General",
                Section::ProjectSettings,
            ));
        }
        if project.manages_members {
            settings.push(item(paths::members(&project.id), "Members", Section::Members));
        }
        if project.sees_integrations {
            settings.push(item(
                paths::integrations(&project.id),
                "Integrations",
                Section::Integrations,
            ));
        }
        let mut groups = Vec::new();
        if project.sees_plans {
            let items = vec![
                item(paths::plans(&project.id), "Plans", Section::Plans),
                item(
                    paths::requirements(&project.id),
                    "Requirements",
                    Section::Requirements,
                ),
                item(paths::bugs(&project.id), "Bugs", Section::Bugs),
            ];
            groups.push(NavGroup {
                label: String::new(),
                items,
            });
        }
        if !settings.is_empty() {
            groups.push(NavGroup {
                label: "Settings".into(),
                items: settings,
            });
        }
        return (project.name.clone(), groups);
    }
    if section.is_admin() {
        let mut items = Vec::new();
        if frame.viewer.manages_connections {
            items.push(item(
                paths::CONNECTIONS.into(),
                "Integrations",
                Section::Connections,
            ));
        }
        if frame.viewer.manages_users {
            items.push(item(paths::USERS.into(), "People", Section::Users));
        }
        if frame.viewer.manages_connections {
            items.push(item(paths::SETTINGS.into(), "Organization", Section::Settings));
            items.push(item(paths::NOTICES.into(), "Notices", Section::Notices));
            items.push(item(paths::AUDIT.into(), "Audit log", Section::Audit));
        }
        return (
            "Admin".into(),
            vec![NavGroup {
                label: String::new(),
                items,
            }],
        );
    }
    let mut items = vec![item(paths::HOME.into(), "My projects", Section::Home)];
    items.extend(frame.projects.iter().map(|project| NavItem {
        href: paths::plans(&project.id),
        label: project.name.clone(),
        ..NavItem::default()
    }));
    (
        "Projects".into(),
        vec![NavGroup {
            label: String::new(),
            items,
        }],
    )
}

/// The person's projects, and the list of all they can reach.
fn switcher_items(frame: &FrameView, section: Section) -> Vec<NavItem> {
    let open = frame.project.as_ref().map(|project| project.id.as_str());
    let mut items: Vec<NavItem> = frame
        .projects
        .iter()
        .map(|project| NavItem {
            href: paths::project(&project.id),
            label: project.name.clone(),
            current: open == Some(project.id.as_str()),
            ..NavItem::default()
        })
        .collect();
    items.push(NavItem {
        href: paths::HOME.into(),
        label: "All projects".into(),
        current: section == Section::Home,
        ..NavItem::default()
    });
    items
}

fn frame_view(frame: FrameView, section: Section, head: AnyView, here: String, content: AnyView) -> AnyView {
    let (nav_label, nav) = navigation(&frame, section);
    let admin = frame.viewer.manages_connections || frame.viewer.manages_users;
    let in_admin = section.is_admin();
    let mut top = vec![TopLink {
        href: paths::HOME.into(),
        label: "Projects".into(),
        icon: "i-home".into(),
        current: !in_admin,
        icon_only: false,
    }];
    if admin {
        let href = if frame.viewer.manages_connections {
            paths::CONNECTIONS
        } else {
            paths::USERS
        };
        top.push(TopLink {
            href: href.into(),
            label: "Admin".into(),
            icon: "i-gear".into(),
            current: in_admin,
            icon_only: false,
        });
    }
    let theme = ThemeForm {
        action: paths::api("set_theme"),
        current: frame.viewer.theme.clone(),
        back: here,
    };
    let user = UserMenu {
        name: frame.viewer.name.clone(),
        sub: frame.viewer.account_role.clone(),
        links: vec![NavItem {
            href: paths::PROFILE.into(),
            label: "Profile".into(),
            icon: "i-user".into(),
            ..NavItem::default()
        }],
        sign_out_action: paths::api("sign_out"),
    };
    let switcher = Switcher {
        items: switcher_items(&frame, section),
        title: nav_label.clone(),
        sub: frame.organisation.clone(),
    };
    let told = told(&frame);
    view! {
        {head}
        <AppShell home=paths::HOME nav=nav nav_label=nav_label switcher=Some(switcher) top=top theme=Some(theme) user=Some(user) told=Some(told)>
            {content}
            <LiveLine />
        </AppShell>
    }
    .into_any()
}

/// Where a notice is mended.
pub fn notice_path(target: &NoticeTarget) -> String {
    match target {
        NoticeTarget::Connection(id) => paths::connection(id),
        NoticeTarget::Sync(project, configuration) => paths::sync(project, configuration),
        NoticeTarget::Mapping(project, configuration, step) => paths::wizard(project, configuration, *step),
    }
}

fn told(frame: &FrameView) -> Told {
    let item = |notice: &NoticeView| NoticeItem {
        href: notice_path(&notice.target),
        fails: notice.fails,
        title: notice.title.clone(),
        text: notice.detail.clone(),
    };
    let trouble = |(name, reason): &(String, String)| {
        let text = format!(
            "{reason} What you see is from the last sync. An Account Admin or System Admin can mend it under Admin > Integrations."
        );
        (format!("The connection {name} is in Error."), text)
    };
    Told {
        stamp: frame.live,
        topic: paths::LIVE_FRAME.to_owned(),
        notices: frame.notices.iter().map(item).collect(),
        troubles: frame
            .project
            .iter()
            .flat_map(|project| project.troubles.iter().map(trouble))
            .collect(),
    }
}

fn plain_frame(title: String, content: AnyView) -> AnyView {
    view! {
        <PageTitle text=title />
        {content}
    }
    .into_any()
}

/// A failure as the content of a page: what happened, what to do, the reference.
pub fn failure_view(error: &ApiError) -> AnyView {
    let title = match error.kind {
        ErrorKind::NotFound => "This page does not exist",
        ErrorKind::Forbidden => "You may not do this",
        ErrorKind::Jira => "Jira did not answer as expected",
        ErrorKind::Busy => "Traceline is busy",
        _ => "This page cannot be shown",
    };
    let (message, reference) = (error.message.clone(), error.request_id.clone());
    view! {
        <div class="fault inside">
            <svg class="line" viewBox="0 0 480 32" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5">
                <circle cx="10" cy="16" r="7" />
                <path d="M17 16h143" />
                <path d="M166 16h52M262 16h52" stroke-dasharray="3 5" />
                <path class="gap" d="M231 7l18 18M249 7l-18 18" />
                <path d="M320 16h143" />
                <circle cx="470" cy="16" r="7" />
            </svg>
            <h1>{title}</h1>
            <p class="lead">{message}</p>
            <p><a class="btn primary" href=paths::HOME>"Go to my projects"</a></p>
            {(!reference.is_empty()).then(|| view! { <p class="hint">"Reference for your admin: " <code>{reference}</code></p> })}
        </div>
    }
    .into_any()
}

fn plain_failure(error: &ApiError) -> AnyView {
    let content = failure_view(error);
    view! { <PlainShell home=paths::HOME>{content}</PlainShell> }.into_any()
}
