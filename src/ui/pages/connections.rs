//! Admin > System > Integrations: the list of connections, and what can be connected.
//!
//! Names and texts come from people and from Jira; they are written as text only.

use leptos::prelude::*;

use crate::{
    api::{
        connection::{ConnectionView, list_connections},
        layout::FrameView,
    },
    domain::{configuration::linked_words, connection::ConnectionStatus, jira::Deployment},
    ui::{
        components::{
            ButtonKind, Cell, CheckStrip, Column, Crumb, EmptyState, Icon, IconLink, LinkButton, Note,
            PageHead, Row, RowHead, RowNote, Status, Table, Tone, moment,
        },
        islands::live_line,
        layout::{Section, account_page},
        pages::connection_switch,
        paths,
        query::Query,
    },
};

const LEAD: &str =
    "Connections to Jira that projects can link to. Only Account Admins and System Admins see this page.";

pub(super) fn crumbs(here: &str) -> Vec<Crumb> {
    let mut crumbs = vec![Crumb::link("Admin", paths::CONNECTIONS)];
    if here == "Integrations" {
        crumbs.push(Crumb::here(here));
    } else {
        crumbs.extend([Crumb::link("Integrations", paths::CONNECTIONS), Crumb::here(here)]);
    }
    crumbs
}

/// The list.
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let query = Query::here();
    let done = query.get("done");
    let question = query.get("confirm").zip(query.get("connection"));
    account_page(Section::Connections, "Integrations", move |frame| async move {
        let failure = connection_switch::failure_note().await?;
        if let Some(asked) = connection_switch::ask(question).await? {
            return Ok(view! { {failure} {asked} }.into_any());
        }
        let connections = list_connections().await?;
        Ok(view! {
            <PageHead title="Integrations" lead=LEAD crumbs=crumbs("Integrations")>
                <LinkButton href=paths::CONNECTION_CHOOSE kind=ButtonKind::Primary icon="i-plus">"Create integration"</LinkButton>
            </PageHead>
            {failure}
            {done_note(done.as_deref(), &frame)}
            {list_view(connections)}
        }
        .into_any())
    })
}

fn done_note(done: Option<&str>, frame: &FrameView) -> Option<AnyView> {
    let said = |tone: Tone, title: &'static str, text: &'static str| {
        Some(view! { <Note tone=tone title=title role="status">{text}</Note> }.into_any())
    };
    match done? {
        "created" => {}
        "saved" => {
            return said(
                Tone::Ok,
                "Connection saved.",
                "The test passed with the new values.",
            );
        }
        "disconnected" => {
            return said(
                Tone::Info,
                "Disconnected.",
                "Nothing was deleted. Reconnect brings everything back as it was.",
            );
        }
        "reconnected" => {
            return said(
                Tone::Ok,
                "Reconnected.",
                "What is linked through it is back as it was, and syncs what was missed.",
            );
        }
        "still-off" => {
            return said(
                Tone::Bad,
                "Connected again, but the test failed.",
                "The connection is in Error; its row says why and what to do.",
            );
        }
        _ => return None,
    }
    let (text, way) = next_after_connection(frame);
    let leads_on = way.is_some();
    let action = move || {
        way.clone()
            .map(|(href, words)| view! { <LinkButton href=href small=true>{words}</LinkButton> })
    };
    Some(
        view! {
            <Note tone=Tone::Ok title="Connection created." role="status" with_action=leads_on action=action>
                {text}
            </Note>
        }
        .into_any(),
    )
}

/// What is to be done once Jira is connected: link a project, or make one to link.
fn next_after_connection(frame: &FrameView) -> (&'static str, Option<(String, &'static str)>) {
    match frame.projects.as_slice() {
        [] if frame.viewer.creates_projects => (
            "Next, create a project; its Project Admin links a Jira project to it.",
            Some((paths::PROJECT_NEW.to_owned(), "Create project")),
        ),
        [] => ("Project Admins can link their projects to it now.", None),
        [project] => (
            "Project Admins can link their projects to it now.",
            Some((paths::integrations(&project.id), "Link a Jira project")),
        ),
        _ => (
            "Project Admins can link their projects to it now.",
            Some((paths::HOME.to_owned(), "Choose a project")),
        ),
    }
}

fn list_view(connections: Vec<ConnectionView>) -> AnyView {
    let said = status_words(&connections);
    let list = if connections.is_empty() {
        empty_view()
    } else {
        table_view(connections)
    };
    followed_view(said, list)
}

/// What keeps itself up to date where script runs; `said` is told to those who hear the page when it changes.
pub(super) fn followed_view(said: String, list: AnyView) -> AnyView {
    view! {
        <div id=live_line::CONNECTIONS data-follow=paths::LIVE_CONNECTIONS>
            <div id=live_line::PANEL data-step=said.clone() data-said=said>{list}</div>
            <p class="vh" role="status" aria-live="polite" id=live_line::SAID data-keep=""></p>
        </div>
    }
    .into_any()
}

/// How all connections stand, to be said when it changes: "Depot: Error, Halden Cloud: Active".
pub(super) fn status_words(connections: &[ConnectionView]) -> String {
    let words: Vec<String> = connections
        .iter()
        .map(|connection| {
            let limit = if connection.degraded.is_empty() {
                ""
            } else {
                ", degraded"
            };
            format!("{}: {}{limit}", connection.name, connection.status.label())
        })
        .collect();
    words.join(", ")
}

fn empty_view() -> AnyView {
    view! {
        <EmptyState
            title="No Jira connection yet"
            text="Connect Jira Cloud or Jira Data Center 10.6.1 or later. You need the address, a token of an account that can browse the projects, and about three minutes."
        >
            <LinkButton href=paths::CONNECTION_CHOOSE kind=ButtonKind::Primary icon="i-plus">"Create integration"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

const COLUMNS: usize = 8;

fn table_view(connections: Vec<ConnectionView>) -> AnyView {
    let columns = vec![
        Column::new("Connection"),
        Column::new("Status"),
        Column::new("Type"),
        Column::new("Signed in as"),
        Column::new("Linked projects"),
        Column::new("Last sync"),
        Column::new("Last 24 h"),
        Column::end("Actions"),
    ];
    let count = connections.len();
    let counted = if count == 1 {
        "1 connection".to_owned()
    } else {
        format!("{count} connections")
    };
    view! {
        <Table caption="Jira connections" columns=columns>
            {connections.into_iter().map(row_view).collect_view()}
        </Table>
        <div class="tablefoot"><span>{counted}</span></div>
    }
    .into_any()
}

/// The tone and the word of how a connection stands.
pub(super) fn status_of(connection: &ConnectionView) -> (Tone, &'static str) {
    match tone_of(connection.status) {
        Tone::Ok if !connection.degraded.is_empty() => (Tone::Warn, "Active, degraded"),
        Tone::Ok if !connection.next_step.is_empty() => (Tone::Warn, "Active, with limits"),
        tone => (tone, connection.status.label()),
    }
}

fn tone_of(status: ConnectionStatus) -> Tone {
    match status {
        ConnectionStatus::Active => Tone::Ok,
        ConnectionStatus::Error => Tone::Bad,
        ConnectionStatus::Inactive => Tone::Mute,
    }
}

/// What stands under a row, worst first: tone, bold start, rest.
pub(super) fn notes_of(connection: &ConnectionView) -> Vec<(Tone, String, String)> {
    let mut notes = Vec::new();
    let tone = tone_of(connection.status);
    if !connection.degraded.is_empty() {
        let (what, next) = connection
            .degraded
            .split_once(". ")
            .unwrap_or((&connection.degraded, ""));
        notes.push((
            Tone::Warn,
            format!("{}.", what.trim_end_matches('.')),
            next.to_owned(),
        ));
    }
    if tone != Tone::Ok || !connection.next_step.is_empty() {
        let tone = if tone == Tone::Ok { Tone::Warn } else { tone };
        notes.push((tone, connection.reason.clone(), connection.next_step.clone()));
    }
    if !connection.token_warning.is_empty() {
        let (what, next) = connection
            .token_warning
            .split_once(". ")
            .unwrap_or((&connection.token_warning, ""));
        notes.push((
            Tone::Warn,
            format!("{}.", what.trim_end_matches('.')),
            next.to_owned(),
        ));
    }
    if connection.unencrypted {
        notes.push((
            Tone::Warn,
            "This address uses http://.".to_owned(),
            "The token travels unencrypted, and browsers block or upgrade what Jira serves without https. Switch Jira to https.".to_owned(),
        ));
    }
    notes
}

/// Checks by the hour, when the last one was, how long they take, and the calls.
fn last_day_view(connection: &ConnectionView) -> AnyView {
    let checked = match connection.checked.clone() {
        Some(at) => moment(at),
        None => view! { "never" }.into_any(),
    };
    let health = paths::connection_health(&connection.id);
    let strip = (!connection.marks.is_empty()).then(|| {
        let about = format!("Health of {}. ", connection.name);
        view! {
            <a class="striplink" href=health>
                <span class="vh">{about}</span>
                <CheckStrip marks=connection.marks.clone() />
            </a>
        }
    });
    let latency = (!connection.latency.is_empty()).then(|| format!(", {}", connection.latency));
    let calls =
        (!connection.calls.is_empty()).then(|| view! { <span class="sub">{connection.calls.clone()}</span> });
    view! { {strip} <span class="sub">"Checked "{checked} {latency}</span> {calls} }.into_any()
}

fn row_view(connection: ConnectionView) -> AnyView {
    let notes = notes_of(&connection);
    let (tone, word) = status_of(&connection);
    let quiet_reason = (tone == Tone::Ok).then(|| connection.reason.clone());
    let href = paths::connection(&connection.id);
    let is_cloud = connection.deployment == Deployment::Cloud;
    let icon = if is_cloud { "i-cloud" } else { "i-server" };
    let kind = connection.deployment.short_label();
    let sub = if is_cloud {
        connection.email.clone()
    } else {
        connection.version.clone()
    };
    let shown_url = connection.url.trim_start_matches("https://").to_owned();
    let edit = format!("Edit {}", connection.name);
    let last_day = last_day_view(&connection);
    let worked = connection
        .worked
        .clone()
        .map(|at| view! { <span class="sub">"Worked last "{moment(at)}</span> });
    let token = connection
        .token_set
        .clone()
        .map(|at| view! { <span class="sub">"Token set "{moment(at)}</span> });
    let identity = if connection.identity.is_empty() {
        "Not known".to_owned()
    } else {
        connection.identity
    };
    let (linked, keys) = linked_words(&connection.linked);
    let synced = match connection.last_synced {
        Some(at) => moment(at),
        None => view! { <span class="faint">"Never"</span> }.into_any(),
    };
    let fix = href.clone();
    let is_off = connection.status == ConnectionStatus::Inactive;
    let name = connection.name.clone();
    let unplug = (!is_off).then(|| {
        let href = paths::connection_disconnect(&connection.id);
        view! { <IconLink icon="i-unplug" href=href label=format!("Disconnect {name}") danger=true /> }
    });
    let replug = (
        paths::connection_reconnect(&connection.id),
        format!("Reconnect {name}"),
    );
    view! {
        <Row has_note=!notes.is_empty() id=format!("connection-{}", connection.id)>
            <RowHead href=href.clone() sub=shown_url>{connection.name}</RowHead>
            <Cell class="st">
                <Status tone=tone>{word}</Status>
                {quiet_reason.map(|reason| view! { <span class="sub">{reason}</span> })}
                {worked}
            </Cell>
            <Cell label="Type">
                <span class="type"><Icon name=icon />{kind}</span>
                {(!sub.is_empty()).then(|| view! { <span class="sub">{sub}</span> })}
            </Cell>
            <Cell label="Signed in as">{identity} {token}</Cell>
            <Cell label="Linked projects">{linked} {(!keys.is_empty()).then(|| view! { <span class="sub">{keys}</span> })}</Cell>
            <Cell label="Last sync">{synced}</Cell>
            <Cell label="Last 24 h">{last_day}</Cell>
            <Cell class="acts">
                <IconLink icon="i-pencil" href=href label=edit />
                {unplug}
            </Cell>
        </Row>
        {notes
            .into_iter()
            .enumerate()
            .map(|(index, (tone, title, text))| {
                let (fix, replug) = (fix.clone(), replug.clone());
                let action = move || {
                    if is_off {
                        let (href, label) = replug.clone();
                        view! { <LinkButton href=href small=true icon="i-replug" label=label>"Reconnect"</LinkButton> }
                    } else {
                        view! { <LinkButton href=fix.clone() small=true icon="i-pencil">"Edit and test"</LinkButton> }
                    }
                };
                view! {
                    <RowNote
                        columns=COLUMNS
                        tone=tone
                        title=title
                        with_action=index == 0 && (is_off || tone == Tone::Bad)
                        action=action
                    >
                        {text}
                    </RowNote>
                }
            })
            .collect_view()}
    }
    .into_any()
}

/// What can be integrated.
#[component]
pub fn AvailablePage() -> impl IntoView {
    account_page(
        Section::Connections,
        "Create integration",
        move |_frame| async move {
            let working = list_connections()
                .await?
                .iter()
                .filter(|connection| connection.status == ConnectionStatus::Active)
                .count();
            // A check mark says that something was checked.
            let mark = if working == 0 {
                view! { <Icon name="i-plug" class="glyph" /> }.into_any()
            } else {
                view! { <Icon name="s-ok" class="glyph" tone=Tone::Ok label="Works" /> }.into_any()
            };
            let used = match working {
                0 => "Not connected yet.".to_owned(),
                1 => "1 connection works.".to_owned(),
                count => format!("{count} connections work."),
            };
            Ok(view! {
                <PageHead title="Create integration" lead="What Traceline can connect to." crumbs=crumbs("Create integration") />
                <ul class="feat">
                    <li>
                        {mark}
                        <span>
                            <b>"Jira"</b>
                            <span class="sub">"Jira Cloud, or Jira Data Center 10.6.1 or later. Requirements, releases, sprints and bugs. " {used}</span>
                        </span>
                        <LinkButton href=paths::connection_new("cloud") kind=ButtonKind::Primary icon="i-plus" label="Create Jira integration">
                            "Create"
                        </LinkButton>
                    </li>
                </ul>
            })
        },
    )
}
