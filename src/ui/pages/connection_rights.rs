//! What the account of a saved connection may do, asked of Jira when the page is opened.
//!
//! A project is found by a search that is a form of its own: the page works without script. Names come from Jira
//! and are written as text only.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        connection::{ConnectionRightsView, ProjectRightsView, load_connection_rights},
        wizard::ProjectHit,
    },
    ui::{
        components::{Button, Crumb, EmptyState, LinkButton, Note, PageHead, PageTitle, TextInput, Tone},
        layout::{Section, account_page},
        pages::rights_table::rights_table,
        paths,
        query::Query,
    },
};

/// The page.
#[component]
pub fn ConnectionRightsPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let query = Query::here();
    let project = query.get("project").unwrap_or_default();
    let text = query.get("q").unwrap_or_default();
    account_page(Section::Connections, "Rights", move |_frame| async move {
        Ok(page_view(load_connection_rights(id, project, text).await?))
    })
}

fn address(id: &str, project: &str, query: &str) -> String {
    paths::with_query(
        &paths::connection_rights(id),
        &[("project", project), ("q", query)],
    )
}

fn page_view(view: ConnectionRightsView) -> AnyView {
    let edit = paths::connection(&view.id);
    let crumbs = vec![
        Crumb::link("Admin", paths::CONNECTIONS),
        Crumb::link("Integrations", paths::CONNECTIONS),
        Crumb::link(view.name.clone(), edit.clone()),
        Crumb::here("Rights"),
    ];
    let project = view
        .project
        .as_ref()
        .map(|project| project.project.id.clone())
        .unwrap_or_default();
    let again = address(&view.id, &project, &view.query);
    let whose = if view.account.is_empty() {
        "the account".to_owned()
    } else {
        view.account.clone()
    };
    let lead = format!("What {whose} may do in Jira, and what of Traceline that allows. Asked of Jira now.");
    let title = format!("Rights of {}", view.name);
    view! {
        <PageTitle text=title.clone() />
        <PageHead title=title lead=lead crumbs=crumbs>
            <LinkButton href=again icon="i-sync">"Check again"</LinkButton>
        </PageHead>
        {search_view(&view)}
        <div class="stack">
            {problem_view(&view, edit)}
            {hits_view(&view)}
            {table_view(&view)}
            {view.project.as_ref().filter(|project| !project.screens.is_empty()).map(screens_view)}
        </div>
    }
    .into_any()
}

fn problem_view(view: &ConnectionRightsView, edit: String) -> Option<AnyView> {
    let text = view.problem.clone();
    let action = move || {
        let href = edit.clone();
        view! { <LinkButton href=href small=true icon="i-pencil">"Edit and test"</LinkButton> }
    };
    (!text.is_empty()).then(|| {
        view! { <Note tone=Tone::Bad title="Not everything could be asked." role="status" with_action=true action=action>{text}</Note> }
            .into_any()
    })
}

fn search_view(view: &ConnectionRightsView) -> AnyView {
    let project = view
        .project
        .as_ref()
        .map(|project| project.project.id.clone())
        .unwrap_or_default();
    let query = view.query.clone();
    let linked: Vec<AnyView> = view
        .linked
        .iter()
        .filter(|hit| hit.id != project)
        .map(|hit| {
            let href = address(&view.id, &hit.id, "");
            let key = hit.key.clone();
            view! { <LinkButton href=href small=true label=format!("Rights in {key}, linked")>{key}</LinkButton> }.into_any()
        })
        .collect();
    let any = (!project.is_empty()).then(|| {
        let href = address(&view.id, "", "");
        view! { <LinkButton href=href small=true>"In at least one project"</LinkButton> }
    });
    let quick = any.is_some() || !linked.is_empty();
    view! {
        <form class="form mb5" method="get" action=paths::connection_rights(&view.id) role="search" aria-label="Jira project">
            {(!project.is_empty()).then(|| view! { <input type="hidden" name="project" value=project.clone() /> })}
            <div class="field">
                <label for="q">"Look at one Jira project"</label>
                <div class="row">
                    <TextInput id="q" name="q" kind="search" value=query placeholder="Key or name" autocomplete="off" />
                    <Button icon="i-search">"Search"</Button>
                </div>
            </div>
            {quick.then(|| view! { <div class="row wrap">{linked} {any}</div> })}
        </form>
    }
    .into_any()
}

fn hits_view(view: &ConnectionRightsView) -> Option<AnyView> {
    let hits = view.hits.as_ref()?;
    if hits.is_empty() {
        return Some(
            view! {
                <EmptyState
                    bare=true
                    title="No Jira project matches"
                    text="The search shows only projects that the account may browse. Change the text, then search again."
                />
            }
            .into_any(),
        );
    }
    let more = view
        .more
        .then_some("There are more. Type more of the key or name to narrow it.");
    let rows = hits.iter().map(|hit| hit_view(&view.id, hit)).collect_view();
    Some(
        view! {
            <section aria-labelledby="found">
                <h2 id="found">"Projects found"</h2>
                <ul class="feat">{rows}</ul>
                {more.map(|more| view! { <p class="hint">{more}</p> })}
            </section>
        }
        .into_any(),
    )
}

fn hit_view(connection: &str, hit: &ProjectHit) -> AnyView {
    let href = address(connection, &hit.id, "");
    let label = format!("Show the rights in {}", hit.key);
    view! {
        <li>
            <span><b>{hit.key.clone()}</b></span>
            <span>{hit.name.clone()}</span>
            <LinkButton href=href small=true label=label>"Show"</LinkButton>
        </li>
    }
    .into_any()
}

fn table_view(view: &ConnectionRightsView) -> Option<AnyView> {
    if view.features.is_empty() {
        return None;
    }
    let place = view.project.as_ref().map_or_else(
        || "In at least one project".to_owned(),
        |project| format!("In {}, {}", project.project.key, project.project.name),
    );
    let checked = format!("Asked {}", view.checked);
    Some(
        view! {
            <section aria-labelledby="rights">
                <h2 id="rights">{place.clone()}</h2>
                <p class="muted f13">{checked}</p>
                {rights_table(place, &view.features)}
            </section>
        }
        .into_any(),
    )
}

fn screens_view(project: &ProjectRightsView) -> AnyView {
    let lines = project
        .screens
        .iter()
        .map(|line| view! { <li>{line.clone()}</li> })
        .collect_view();
    view! {
        <section aria-labelledby="screens">
            <h2 id="screens">"What the create screens require"</h2>
            <ul>{lines}</ul>
        </section>
    }
    .into_any()
}
