//! How a connection stood in the last 24 hours, by the hour: checks, how fast Jira answered, calls and what Jira
//! put off.
//!
//! Shows what the background check wrote down and asks Jira nothing.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::connection::{ConnectionHealthView, ConnectionHourView, load_connection_health},
    domain::{connection::ConnectionStatus, health::HourMark, numbers::grouped},
    ui::{
        components::{
            Cell, Column, Crumb, EmptyState, Icon, LinkButton, Note, PageHead, PageTitle, Row, RowHead,
            Status, Table, Tone, moment,
        },
        layout::{Section, account_page},
        pages::connections::{followed_view, notes_of, status_of, status_words},
        paths,
    },
};

/// The page.
#[component]
pub fn ConnectionHealthPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    account_page(Section::Connections, "Health", move |_frame| async move {
        Ok(page_view(load_connection_health(id).await?))
    })
}

fn page_view(view: ConnectionHealthView) -> AnyView {
    let edit = paths::connection(&view.connection.id);
    let name = view.connection.name.clone();
    let crumbs = vec![
        Crumb::link("Admin", paths::CONNECTIONS),
        Crumb::link("Integrations", paths::CONNECTIONS),
        Crumb::link(name.clone(), edit.clone()),
        Crumb::here("Health"),
    ];
    let title = format!("Health of {name}");
    let said = status_words(std::slice::from_ref(&view.connection));
    let notes = notes_view(&view, &edit);
    let body = view! {
        {facts_view(&view)}
        <div class="stack mb5">{notes}</div>
        {hours_view(view.hours)}
    }
    .into_any();
    view! {
        <PageTitle text=title.clone() />
        <PageHead title=title lead="What the background check found in the last 24 hours." crumbs=crumbs>
            <LinkButton href=edit icon="i-pencil">"Edit and test"</LinkButton>
        </PageHead>
        {followed_view(said, body)}
    }
    .into_any()
}

fn facts_view(view: &ConnectionHealthView) -> AnyView {
    let (tone, word) = status_of(&view.connection);
    let never = || view! { "never" }.into_any();
    let checked = view.connection.checked.clone().map_or_else(never, moment);
    let next = match view.next_check.clone() {
        Some(at) => moment(at),
        None => view! { {next_words(view)} }.into_any(),
    };
    let worked = view
        .connection
        .worked
        .clone()
        .map(|at| view! { <dt>"Worked last"</dt><dd>{moment(at)}</dd> });
    view! {
        <dl class="props mb5">
            <dt>"Status"</dt>
            <dd><Status tone=tone>{word}</Status></dd>
            <dt>"Last check"</dt>
            <dd>{checked}</dd>
            {worked}
            <dt>"Next check"</dt>
            <dd>{next}</dd>
        </dl>
    }
    .into_any()
}

/// When the next check comes that has no moment of its own.
fn next_words(view: &ConnectionHealthView) -> &'static str {
    match view.connection.status {
        ConnectionStatus::Inactive => "None while it is disconnected",
        _ if view.waits => "None until a new token is saved: a third refusal could lock the account",
        _ => "Within seconds",
    }
}

fn notes_view(view: &ConnectionHealthView, edit: &str) -> Vec<AnyView> {
    notes_of(&view.connection)
        .into_iter()
        .map(|(tone, title, text)| {
            let edit = edit.to_owned();
            let action = move || {
                let href = edit.clone();
                view! { <LinkButton href=href small=true icon="i-pencil">"Edit and test"</LinkButton> }
            };
            view! { <Note tone=tone title=title with_action=tone == Tone::Bad action=action>{text}</Note> }
                .into_any()
        })
        .collect()
}

fn hours_view(hours: Vec<ConnectionHourView>) -> AnyView {
    if hours.is_empty() {
        return view! {
            <EmptyState
                title="Not checked yet"
                text="An active connection is checked every five minutes, and at once after a call to Jira failed."
            />
        }
        .into_any();
    }
    let columns = vec![
        Column::new("Hour from"),
        Column::new("Checks"),
        Column::end("Answered in, on average"),
        Column::new("Calls to Jira"),
    ];
    view! {
        <Table caption="The last 24 hours" columns=columns dense=true>
            {hours.into_iter().map(hour_view).collect_view()}
        </Table>
    }
    .into_any()
}

fn hour_view(hour: ConnectionHourView) -> AnyView {
    let sign = match hour.mark {
        HourMark::Well => Some(("s-ok", Tone::Ok)),
        HourMark::Mixed => Some(("s-warn", Tone::Warn)),
        HourMark::Bad => Some(("s-fail", Tone::Bad)),
        HourMark::None => None,
    };
    let faint = sign.is_none().then_some("faint");
    let sign = sign.map(|(icon, tone)| view! { <Icon name=icon class="glyph" tone=tone />" " });
    let latency = hour
        .latency_ms
        .map_or_else(String::new, |ms| format!("{} ms", grouped(ms)));
    view! {
        <Row>
            <RowHead>{hour.began}</RowHead>
            <Cell label="Checks"><span class=faint>{sign} {hour.checks}</span></Cell>
            <Cell label="Answered in" class="r">{latency}</Cell>
            <Cell label="Calls">{hour.calls}</Cell>
        </Row>
    }
    .into_any()
}
