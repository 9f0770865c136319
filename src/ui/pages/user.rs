//! One person, for those who manage people: the fresh one-time link, account role, access. Deactivating
//! asks first, on a page of its own address.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        ApiError,
        user::{UserView, load_user, take_shown_link},
    },
    ui::{
        components::{
            Button, ButtonKind, ConfirmPanel, Consequence, CopyField, Crumb, EffectList, Field, LinkButton,
            Note, PageHead, Select, Tone,
        },
        layout::{Section, account_page},
        pages::{
            form_state::{FormState, done},
            users::{role_link, role_options, state_view},
        },
        paths,
        query::Query,
    },
};

/// A person's page.
#[component]
pub fn UserPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let link = Query::here().get("link").unwrap_or_default();
    let asks = Query::here().get("confirm").as_deref() == Some("deactivate");
    let project = Query::here().get("project").unwrap_or_default();
    let done = done();
    account_page(Section::Users, "Person", move |_frame| {
        page(id, link, done, asks, project)
    })
}

/// `asks` puts the question before deactivating in the place of the page; `project` is the one that the person was
/// added for, or empty.
async fn page(
    id: String,
    link: String,
    done: String,
    asks: bool,
    project: String,
) -> Result<AnyView, ApiError> {
    let user = load_user(id.clone()).await?;
    if asks && can_be_deactivated(&user) {
        let refused = FormState::load("deactivate_user").await?.summary();
        return Ok(view! { {refused} {confirm_view(&user)} }.into_any());
    }
    let address = if link.is_empty() {
        None
    } else {
        take_shown_link(id, link.clone()).await?
    };
    let mut summary = Vec::new();
    for endpoint in [
        "create_link",
        "save_user_role",
        "deactivate_user",
        "reactivate_user",
    ] {
        summary.push(FormState::load(endpoint).await?.summary());
    }
    let crumbs = vec![
        Crumb::link("People", paths::USERS),
        Crumb::here(user.name.clone()),
    ];
    let state = state_view(&user.state, user.state_label.clone());
    Ok(view! {
        <PageHead title=user.name.clone() lead=user.email.clone() crumbs=crumbs>
            {state}
        </PageHead>
        {summary}
        {link_view(&user, address, !link.is_empty())}
        {way_view(&user, &project)}
        {done_view(&done)}
        <div class="stack">
            {role_view(&user)}
            {sign_in_view(&user)}
            {project_view(&user)}
        </div>
    }
    .into_any())
}

fn can_be_deactivated(user: &UserView) -> bool {
    user.state != "deactivated" && !user.is_self && !user.is_last_admin
}

fn confirm_view(user: &UserView) -> AnyView {
    let email = user.email.clone();
    view! {
        <ConfirmPanel
            title=format!("Deactivate {}?", user.name)
            action=paths::api("deactivate_user")
            cancel_href=paths::user(&user.id)
            verb="Deactivate"
            danger=true
            fields=vec![("person".to_owned(), user.id.clone())]
        >
            <p>{email}</p>
            <EffectList items=vec![
                Consequence::stops("All sessions and one-time links end", "at once. Nobody can sign in with this account."),
                Consequence::stays("What the person did stays", "under the same name, and so do the memberships in projects."),
                Consequence::stays("It can be undone:", "Reactivate stands on the person's page."),
            ] />
        </ConfirmPanel>
    }
    .into_any()
}

fn link_view(user: &UserView, address: Option<String>, asked: bool) -> AnyView {
    let life = if user.state == "active" {
        "24 hours"
    } else {
        "7 days"
    };
    match address {
        Some(address) => {
            let text = format!(
                "Hand it to {} yourself; it works once, for {life}, and whoever has it can sign in. It is shown only now.",
                user.name
            );
            view! {
                <Note tone=Tone::Ok title="The one-time link is ready." role="status">
                    {text}
                </Note>
                <div class="form mt5">
                    <CopyField id="one_time_link" label="One-time link" value=address />
                </div>
            }
            .into_any()
        }
        None if asked => view! {
            <Note tone=Tone::Info title="The one-time link was shown already.">
                "It is shown once, for who made it. If it got lost, make a new one below; the old one ends then."
            </Note>
        }
        .into_any(),
        None => ().into_any(),
    }
}

/// The way on to the members of the project that the person was added for.
fn way_view(user: &UserView, project: &str) -> Option<AnyView> {
    let here = user.projects.iter().any(|(id, ..)| id == project);
    if project.is_empty() || here {
        return None;
    }
    let (href, name) = (paths::member_add(project, &user.id), user.name.clone());
    Some(
        view! {
            <p class="mt mb5">
                <LinkButton href=href kind=ButtonKind::Primary icon="i-plus">{format!("Add {name} to the project")}</LinkButton>
            </p>
        }
        .into_any(),
    )
}

fn done_view(done: &str) -> AnyView {
    let text = match done {
        "role" => "The account role is changed. The person signs in again to go on.",
        "deactivated" => "The account is deactivated. All sessions and links have ended.",
        "reactivated" => "The account is active again.",
        _ => return ().into_any(),
    };
    view! { <Note tone=Tone::Ok title="Done." role="status">{text}</Note> }.into_any()
}

fn role_view(user: &UserView) -> AnyView {
    let body = if user.is_last_admin {
        view! {
            <p>
                "Account Admin. This is the last active one, so the role cannot be changed: make another person Account Admin first."
            </p>
        }
        .into_any()
    } else {
        let role = user.account_role.clone();
        view! {
            <form class="form" method="post" action=paths::api("save_user_role")>
                <input type="hidden" name="person" value=user.id.clone() />
                <Field id="account_role" label="Account role" hint="A change ends the person's sessions.">
                    <Select name="account_role" options=role_options() value=role />
                </Field>
                {role_link()}
                <div class="btns">
                    <Button>"Change role"</Button>
                </div>
            </form>
        }
        .into_any()
    };
    panel("Account role", body)
}

fn sign_in_view(user: &UserView) -> AnyView {
    let id = user.id.clone();
    let link = match user.state.as_str() {
        "invited" => Some((
            "New invitation link",
            "The person has not chosen a password yet. A new link ends the one before.",
        )),
        "active" => Some((
            "Make reset link",
            "For a forgotten password: a one-time link to choose a new one, for 24 hours.",
        )),
        _ => None,
    };
    let access = if user.state == "deactivated" {
        view! {
            <p>"A deactivated person cannot sign in. What they did stays, and so do their memberships."</p>
            <form class="btns" method="post" action=paths::api("reactivate_user")>
                <input type="hidden" name="person" value=id.clone() />
                <Button>"Reactivate"</Button>
            </form>
        }
        .into_any()
    } else if !can_be_deactivated(user) {
        let why = if user.is_self {
            "This is your own account. Another Account Admin can deactivate it."
        } else {
            "This is the last active Account Admin, who cannot be deactivated."
        };
        view! { <p class="hint">{why}</p> }.into_any()
    } else {
        view! {
            <p>"Deactivating ends all sessions and links at once. Nothing is deleted, and it can be undone."</p>
            <div class="btns">
                <LinkButton href=paths::user_deactivate(&id) kind=ButtonKind::Danger label=format!("Deactivate {}", user.name)>
                    "Deactivate"
                </LinkButton>
            </div>
        }
        .into_any()
    };
    let body = view! {
        <div class="stack">
            {link
                .map(|(words, text)| {
                    view! {
                        <p>{text}</p>
                        <form method="post" action=paths::api("create_link")>
                            <input type="hidden" name="person" value=id.clone() />
                            <Button icon="i-key">{words}</Button>
                        </form>
                    }
                })}
            {access}
        </div>
    };
    panel("Access", body.into_any())
}

fn project_view(user: &UserView) -> AnyView {
    let body = if user.projects.is_empty() {
        view! { <p class="hint">"Member of no project yet. Members are added in each project."</p> }
            .into_any()
    } else {
        view! {
            <ul>
                {user
                    .projects
                    .clone()
                    .into_iter()
                    .map(|(id, name, roles)| {
                        view! {
                            <li>
                                <a href=paths::members(&id)>{name}</a>
                                ": "
                                {roles}
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
        .into_any()
    };
    panel("Projects", body)
}

/// A titled panel.
pub fn panel(title: &'static str, body: AnyView) -> AnyView {
    view! {
        <section class="panel">
            <header>
                <h2>{title}</h2>
            </header>
            <div class="body">{body}</div>
        </section>
    }
    .into_any()
}
