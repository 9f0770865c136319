//! Integrations of a project: linked Jira projects and the connections a new one can use. Discarding a draft and
//! removing an integration ask first, on a page of their own address.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        self, ApiError, ErrorKind,
        configuration::{AvailableConnectionView, ConfigurationEndView, ConfigurationView, IntegrationsView},
        form::FormFailure,
    },
    domain::{
        configuration::{Discarded, listed as names},
        sync_status::ConfigurationStatus,
    },
    ui::{
        components::{
            Button, ButtonKind, Cell, Column, ConfirmPanel, Consequence, Crumb, EffectList, EmptyState,
            IconButton, IconLink, LinkButton, Note, PageHead, PageTitle, Row, RowHead, RowNote, Status,
            Table, Tone, moment,
        },
        layout::{self, Section},
        pages::form_state::done,
        paths,
        query::Query,
    },
};

/// Linked Jira projects of a project.
#[component]
pub fn IntegrationsPage() -> impl IntoView {
    let project = use_params_map()
        .get_untracked()
        .get("project")
        .unwrap_or_default();
    let query = Query::here();
    let question = query.get("confirm").zip(query.get("configuration"));
    let done = done();
    layout::project_page(
        project.clone(),
        Section::Integrations,
        "Integrations",
        move |frame| async move {
            let failure = find_failure().await?;
            if let Some(asked) = ask(&project, question, failure.as_ref()).await? {
                return Ok(asked);
            }
            let view = api::configuration::load_integrations(project.clone()).await?;
            let title = frame
                .project
                .as_ref()
                .map_or_else(String::new, |project| project.name.clone());
            Ok(view! {
                <PageTitle text=format!("Integrations of {title}") />
                {page(project, view, failure, &done)}
            }
            .into_any())
        },
    )
}

/// What failed on this page, and how it is told: the form, its beginning in bold.
const FAILURES: [(&str, &str); 4] = [
    ("create_configuration", "No configuration was made."),
    ("start_sync", "No sync was started."),
    ("discard_draft", "Nothing was discarded."),
    ("remove_configuration", "Nothing was removed."),
];

async fn find_failure() -> Result<Option<(&'static str, FormFailure)>, ApiError> {
    for (form, title) in FAILURES {
        if let Some(failure) = api::form::find_form_failure(form.to_owned()).await? {
            return Ok(Some((title, failure)));
        }
    }
    Ok(None)
}

/// The question before a draft is discarded or an integration removed. None where there is nothing to ask: what
/// somebody else ended meanwhile is not in the list, which says the rest.
async fn ask(
    project: &str,
    question: Option<(String, String)>,
    failure: Option<&(&'static str, FormFailure)>,
) -> Result<Option<AnyView>, ApiError> {
    let Some((verb, configuration)) = question else {
        return Ok(None);
    };
    let gone = failure.is_some_and(|(_, failure)| failure.error.kind == ErrorKind::NotFound);
    if gone || !matches!(verb.as_str(), "discard" | "remove") {
        return Ok(None);
    }
    let end = api::configuration::load_configuration_end(project.to_owned(), configuration).await?;
    let asked = match (verb.as_str(), end.discards) {
        ("remove", _) => remove_view(project, &end),
        (_, Some(discards)) => discard_view(project, &end, discards),
        (_, None) => return Ok(None),
    };
    Ok(Some(view! { {failure.map(failure_view)} {asked} }.into_any()))
}

fn failure_view((title, failure): &(&'static str, FormFailure)) -> AnyView {
    let (title, text) = if failure.error.kind == ErrorKind::NotFound {
        (
            "This integration is gone already.",
            "Somebody removed it, or discarded its draft, meanwhile.".to_owned(),
        )
    } else {
        (*title, failure.error.message.clone())
    };
    view! { <div class="mb5"><Note tone=Tone::Bad title=title role="alert">{text}</Note></div> }.into_any()
}

/// What a question says of its integration: where it goes back to and what it sends.
fn end_fields(project: &str, end: &ConfigurationEndView) -> Vec<(String, String)> {
    vec![
        ("project".to_owned(), project.to_owned()),
        ("configuration".to_owned(), end.id.clone()),
    ]
}

fn jira_stays() -> Consequence {
    Consequence::stays("Jira keeps everything:", "nothing is changed or deleted there.")
}

fn remove_view(project: &str, end: &ConfigurationEndView) -> AnyView {
    let title = match end.name.as_str() {
        "" => format!("Remove the draft on {}?", end.connection_name),
        name => format!("Remove {name}?"),
    };
    let lost = match end.holdings.words(end.runs).as_str() {
        "" => "its six steps and mappings; nothing was mirrored yet.".to_owned(),
        words => format!("{words}, with the six steps and all mappings."),
    };
    let mut items = vec![
        Consequence::stops("What was mirrored is lost:", lost),
        Consequence::stops(
            "Plans, requirements and bugs",
            "no longer show it to anybody, from the next click on.",
        ),
    ];
    if end.syncing {
        items.push(Consequence::stops(
            "The running sync is cancelled.",
            "What it has written is deleted too.",
        ));
    }
    items.push(jira_stays());
    items.push(Consequence::stays(
        format!("The connection {} stays.", end.connection_name),
        "The Jira project can be linked again by it, beginning with step 1.",
    ));
    items.push(Consequence::stays(
        "The audit log stays.",
        "It says who removed the integration.",
    ));
    view! {
        <PageTitle text=title.clone() />
        <ConfirmPanel
            title=title
            action=paths::api("remove_configuration")
            cancel_href=paths::integrations(project)
            verb="Remove integration"
            verb_icon="i-trash"
            danger=true
            fields=end_fields(project, end)
        >
            <p>"This cannot be undone."</p>
            <EffectList items=items />
        </ConfirmPanel>
    }
    .into_any()
}

fn discard_view(project: &str, end: &ConfigurationEndView, discards: Discarded) -> AnyView {
    let title = match end.name.as_str() {
        "" => format!("Discard the draft on {}?", end.connection_name),
        name => format!("Discard the draft of {name}?"),
    };
    let saved = format!("saved by {} at {}.", end.saved_by, end.saved);
    let items = match discards {
        Discarded::Configuration => vec![
            Consequence::stops(
                "The answers are lost:",
                match end.step {
                    0 => format!(
                        "nothing was answered yet, begun by {} at {}.",
                        end.saved_by, end.saved
                    ),
                    step => format!("up to step {step} of 6, {saved}"),
                },
            ),
            Consequence::stops(
                "The row leaves Integrations.",
                "It was never proceeded, so nothing was mirrored.",
            ),
            jira_stays(),
            Consequence::stays(
                format!("The connection {} stays.", end.connection_name),
                "A new configuration can begin on it at any time.",
            ),
        ],
        Discarded::Changes => vec![
            Consequence::stops("The changes since the last Proceed are lost,", saved),
            Consequence::stays(
                "What was proceeded last stays in force,",
                "with everything that was mirrored by it. Edit begins with it again.",
            ),
            jira_stays(),
        ],
    };
    let mut fields = end_fields(project, end);
    fields.push(("draft_revision".to_owned(), end.revision.to_string()));
    view! {
        <PageTitle text=title.clone() />
        <ConfirmPanel
            title=title
            action=paths::api("discard_draft")
            cancel_href=paths::integrations(project)
            verb="Discard draft"
            verb_icon="i-trash"
            danger=true
            fields=fields
        >
            <EffectList items=items />
        </ConfirmPanel>
    }
    .into_any()
}

fn done_view(done: &str) -> Option<AnyView> {
    let (title, text) = match done {
        "removed" => (
            "The integration is removed.",
            "What was mirrored by it is gone. Nothing was changed in Jira.",
        ),
        "discarded" => ("The draft is discarded.", "Nothing was changed in Jira."),
        "restored" => (
            "The changes are discarded.",
            "The draft holds what was proceeded last.",
        ),
        _ => return None,
    };
    Some(
        view! { <div class="mb5"><Note tone=Tone::Ok title=title role="status">{text}</Note></div> }
            .into_any(),
    )
}

fn page(
    project: String,
    view: IntegrationsView,
    failure: Option<(&'static str, FormFailure)>,
    done: &str,
) -> AnyView {
    let crumbs = vec![
        Crumb::link(view.project_name.clone(), paths::project(&project)),
        Crumb::here("Integrations"),
    ];
    let empty = view.configurations.is_empty();
    let others = if view.configures || empty || view.project_admins.is_empty() {
        String::new()
    } else {
        let verb = if view.project_admins.len() == 1 {
            "links and changes"
        } else {
            "link and change"
        };
        format!(
            " You see them and their syncs; {} {verb} them.",
            names(&view.project_admins)
        )
    };
    let lead = format!("Jira projects linked to {}.{others}", view.project_name);
    let linked = (!empty).then(|| linked_table(&project, &view));
    let offers = view.configures && !view.connections.is_empty();
    let available = offers.then(|| available_table(&project, &view.connections, empty));
    view! {
            <PageHead title="Integrations" lead=lead crumbs=crumbs />
            {match &failure {
                Some(failure) => Some(failure_view(failure)),
                None => done_view(done),
            }}
            {empty.then(|| empty_state(&view))}
            {linked}
            {available}
            {(!empty && !offers && view.configures).then(|| view! { <p class="hint mt">{no_connection(&view)}</p> })}
    }
    .into_any()
}

fn no_connection(view: &IntegrationsView) -> String {
    let who = names(&view.connection_makers);
    let what = if view.inactive_connections > 0 {
        "No connection to Jira is active at the moment, so no other Jira project can be linked."
    } else {
        "There is no connection to Jira yet."
    };
    if view.manages_connections {
        what.to_owned()
    } else {
        format!("{what} {who} can set one up.")
    }
}

fn empty_state(view: &IntegrationsView) -> AnyView {
    let (title, text) = match (view.configures, view.connections.is_empty()) {
        (true, false) => (
            "No Jira project is linked yet",
            "Choose a connection below. Six steps say what to pull and how values map; nothing is synced before the last one.".to_owned(),
        ),
        (_, true) => ("No connection to Jira yet", no_connection(view)),
        (false, false) => {
            let who = names(&view.project_admins);
            let text = if who.is_empty() {
                "A Project Admin can link one; this project has none yet. Ask an Account Admin to name one.".to_owned()
            } else {
                format!("{who} can link one as Project Admin.")
            };
            ("No Jira project is linked yet", text)
        }
    };
    let link = view.connections.is_empty() && view.manages_connections;
    view! {
        <EmptyState title=title text=text>
            {link.then(|| view! { <LinkButton href=paths::CONNECTION_CHOOSE kind=ButtonKind::Primary icon="i-plus">"New connection"</LinkButton> })}
        </EmptyState>
    }
    .into_any()
}

fn available_table(project: &str, connections: &[AvailableConnectionView], first: bool) -> AnyView {
    let columns = vec![
        Column::new("Connection"),
        Column::new("Site"),
        Column::hidden("Actions"),
    ];
    let rows = connections
        .iter()
        .map(|connection| {
            let kind = if first && connections.len() == 1 { ButtonKind::Primary } else { ButtonKind::default() };
            let label = format!("New configuration on {}", connection.name);
            let (project, id) = (project.to_owned(), connection.id.clone());
            let (name, deployment, host) = (connection.name.clone(), connection.deployment.short_label(), connection.host.clone());
            view! {
                <Row>
                    <RowHead sub=deployment>{name}</RowHead>
                    <Cell label="Site">{host}</Cell>
                    <Cell class="acts">
                        <form method="post" action=paths::api("create_configuration")>
                            <input type="hidden" name="project" value=project />
                            <input type="hidden" name="connection" value=id />
                            <Button small=true kind=kind icon="i-plus" label=label>"New configuration"</Button>
                        </form>
                    </Cell>
                </Row>
            }
        })
        .collect_view();
    view! {
        <section class="mt5">
            <h2 class="mb">"Available connections"</h2>
            <Table caption="Available connections" columns=columns>{rows}</Table>
        </section>
    }
    .into_any()
}

fn linked_table(project: &str, view: &IntegrationsView) -> AnyView {
    let columns = vec![
        Column::new("Jira project"),
        Column::new("Status"),
        Column::new("Connection"),
        Column::new("Pulls"),
        Column::new("Last sync"),
        Column::end("Actions"),
    ];
    let count = columns.len();
    let rows = view
        .configurations
        .iter()
        .map(|row| linked_row(project, row, view, count))
        .collect_view();
    view! { <Table caption="Linked Jira projects" columns=columns>{rows}</Table> }.into_any()
}

fn linked_row(project: &str, row: &ConfigurationView, view: &IntegrationsView, columns: usize) -> AnyView {
    let tone = match row.status {
        ConfigurationStatus::Active => Tone::Ok,
        ConfigurationStatus::Error => Tone::Bad,
        ConfigurationStatus::Archived | ConfigurationStatus::Inactive => Tone::Mute,
    };
    let word = row.status.label();
    let sync = paths::sync(project, &row.id);
    let syncing = (!row.syncing.is_empty()).then(|| {
        let (href, words) = (sync.clone(), row.syncing.clone());
        view! { <span class="sub"><a href=href>{words}</a></span> }
    });
    let resume = paths::wizard(project, &row.id, row.resume_step);
    let main = if row.proceeded {
        sync.clone()
    } else {
        resume.clone()
    };
    let reason = (!row.status_reason.is_empty()).then(|| row.status_reason.clone());
    let changed =
        (row.proceeded && !row.draft_note.is_empty()).then(|| changed_note(project, row, view, columns));
    let has_note = reason.is_some() || changed.is_some();
    let reason = reason.map(|reason| view! { <RowNote columns=columns tone=tone>{reason}</RowNote> });
    let synced = match row.last_synced.clone() {
        Some(at) => moment(at),
        None => view! { <span class="faint">"Not synced"</span> }.into_any(),
    };
    let pulls = pulls_view(row);
    let actions = actions_view(project, row, view);
    let (connection, deployment, board) = (
        row.connection_name.clone(),
        row.deployment.short_label(),
        row.board.clone(),
    );
    let title = if row.key.is_empty() {
        "No Jira project chosen yet".into_any()
    } else {
        let (key, name) = (row.key.clone(), row.name.clone());
        view! { <span class="key">{key}</span>" "{name} }.into_any()
    };
    view! {
        <Row has_note=has_note>
            <RowHead href=main sub=board>{title}</RowHead>
            <Cell class="st"><Status tone=tone>{word}</Status>{syncing}</Cell>
            <Cell label="Connection">{connection}<span class="sub">{deployment}</span></Cell>
            <Cell label="Pulls">{pulls}</Cell>
            <Cell label="Last sync">{synced}</Cell>
            <Cell class="acts">{actions}</Cell>
        </Row>
        {reason}
        {changed}
    }
    .into_any()
}

/// What is pulled; before the first Proceed how far the draft is.
fn pulls_view(row: &ConfigurationView) -> AnyView {
    if !row.proceeded {
        let (text, by, at) = (
            row.draft_note.clone(),
            row.draft_saved_by.clone(),
            row.draft_saved.clone(),
        );
        return view! { {text} <span class="sub">{by}", "{moment(at)}</span> }.into_any();
    }
    let (first, rest) = row.pulled.clone();
    if first.is_empty() {
        return view! { <span class="faint">"Nothing before the first sync"</span> }.into_any();
    }
    view! { {first} {(!rest.is_empty()).then(|| view! { <span class="sub">{rest}</span> })} }.into_any()
}

/// A draft that is not what runs, and the way back from it.
fn changed_note(project: &str, row: &ConfigurationView, view: &IntegrationsView, columns: usize) -> AnyView {
    let (title, by, at) = (
        row.draft_note.clone(),
        row.draft_saved_by.clone(),
        row.draft_saved.clone(),
    );
    let offers = view.configures && row.status != ConfigurationStatus::Archived;
    let (href, label) = (
        paths::draft_discard(project, &row.id),
        format!("Discard the draft of {}", row.label),
    );
    view! {
        <RowNote
            columns=columns
            tone=Tone::Info
            title=title
            with_action=offers
            action=move || view! { <LinkButton href=href.clone() small=true icon="i-trash" label=label.clone()>"Discard draft"</LinkButton> }
        >
            "By "{by}", "{moment(at)}". They are in force after Proceed."
        </RowNote>
    }
    .into_any()
}

fn actions_view(project: &str, row: &ConfigurationView, view: &IntegrationsView) -> AnyView {
    let (id, name) = (row.id.clone(), row.label.clone());
    let archived = row.status == ConfigurationStatus::Archived;
    let jira = (!row.jira_href.is_empty()).then(|| {
        let href = row.jira_href.clone();
        view! { <IconLink icon="i-ext" href=href label=format!("Open {name} in Jira") external=true /> }
    });
    if !row.proceeded {
        let resume = paths::wizard(project, &id, row.resume_step);
        let draft = if row.key.is_empty() {
            format!("draft on {}", row.connection_name)
        } else {
            format!("draft of {name}")
        };
        let words = match row.resume_step {
            1 => "Resume".to_owned(),
            step => format!("Resume at step {step}"),
        };
        return view! {
            <LinkButton href=resume small=true label=format!("{words}: {draft}")>{words}</LinkButton>
            {jira}
            <IconLink icon="i-trash" href=paths::draft_discard(project, &id) label=format!("Discard the {draft}") danger=true />
        }
        .into_any();
    }
    let startable = view.syncs && row.sync_refused.is_empty() && row.syncing.is_empty();
    let start = startable.then(|| {
        let (project, id) = (project.to_owned(), id.clone());
        view! {
            <form method="post" action=paths::api("start_sync")>
                <input type="hidden" name="project" value=project />
                <input type="hidden" name="configuration" value=id />
                <IconButton icon="i-sync" label=format!("Sync {name}") />
            </form>
        }
    });
    let runs = paths::sync(project, &id);
    let pen = (view.configures && !archived).then(|| {
        view! { <IconLink icon="i-pencil" href=paths::wizard(project, &id, 1) label=format!("Edit {name}") /> }
    });
    let versions = view.configures.then(|| {
        let href = paths::versions(project, &id);
        view! { <IconLink icon="i-clock" href=href label=format!("Versions of {name}") /> }
    });
    let remove = view.configures.then(|| {
        let href = paths::configuration_remove(project, &id);
        view! { <IconLink icon="i-trash" href=href label=format!("Remove {name}") danger=true /> }
    });
    view! {
        {start}
        <IconLink icon="i-list" href=runs label=format!("Sync runs of {name}") />
        {jira} {versions} {pen} {remove}
    }
    .into_any()
}
