//! Integrations of a project: linked Jira projects and the connections a new one can use.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        self,
        configuration::{AvailableConnectionView, ConfigurationView, IntegrationsView},
        form::FormFailure,
    },
    domain::sync_status::ConfigurationStatus,
    ui::{
        components::{
            Button, ButtonKind, Cell, Column, Crumb, EmptyState, IconLink, LinkButton, Note, PageHead,
            PageTitle, Row, RowHead, RowNote, Status, Table, Tone, moment,
        },
        layout::{self, Section},
        paths,
    },
};

/// Linked Jira projects of a project.
#[component]
pub fn IntegrationsPage() -> impl IntoView {
    let project = use_params_map()
        .get_untracked()
        .get("project")
        .unwrap_or_default();
    layout::project_page(
        project.clone(),
        Section::Integrations,
        "Integrations",
        move |frame| async move {
            let view = api::configuration::load_integrations(project.clone()).await?;
            let failure = api::form::find_form_failure("create_configuration".into()).await?;
            let title = frame
                .project
                .as_ref()
                .map_or_else(String::new, |project| project.name.clone());
            Ok(view! {
                <PageTitle text=format!("Integrations of {title}") />
                {page(project, view, failure)}
            })
        },
    )
}

/// "Ana", "Ana and Ben", "Ana, Ben and Cem".
fn names(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn page(project: String, view: IntegrationsView, failure: Option<FormFailure>) -> AnyView {
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
            {failure
                .map(|failure| view! { <div class="mb5"><Note tone=Tone::Bad title="No configuration was made." role="alert">{failure.error.message}</Note></div> })}
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
        Column::new("Draft"),
        Column::new("Last sync"),
        Column::hidden("Actions"),
    ];
    let rows = view
        .configurations
        .iter()
        .map(|row| linked_row(project, row, view.configures))
        .collect_view();
    view! { <Table caption="Linked Jira projects" columns=columns>{rows}</Table> }.into_any()
}

fn linked_row(project: &str, row: &ConfigurationView, configures: bool) -> AnyView {
    let tone = match row.status {
        ConfigurationStatus::Active => Tone::Ok,
        ConfigurationStatus::Error => Tone::Bad,
        ConfigurationStatus::Archived | ConfigurationStatus::Inactive => Tone::Mute,
    };
    let word = row.status.label();
    let syncing = row.syncing.then(|| view! { <span class="sub">"Syncing"</span> });
    let name = if row.key.is_empty() {
        "No Jira project chosen yet".to_owned()
    } else {
        row.key.clone()
    };
    let edit = paths::wizard(project, &row.id, 1);
    let resume = paths::wizard(project, &row.id, row.resume_step);
    let sync = paths::sync(project, &row.id);
    let main = if row.proceeded {
        sync.clone()
    } else if configures {
        resume.clone()
    } else {
        String::new()
    };
    let has_note = !row.status_reason.is_empty();
    let note = has_note.then(|| {
        let reason = row.status_reason.clone();
        view! { <RowNote columns=6 tone=tone>{reason}</RowNote> }
    });
    let draft = if row.draft_note.is_empty() {
        view! { <span class="faint">"None"</span> }.into_any()
    } else {
        let (text, by, at) = (
            row.draft_note.clone(),
            row.draft_saved_by.clone(),
            row.draft_saved.clone(),
        );
        view! { {text} <span class="sub">{by}", "{moment(at)}</span> }.into_any()
    };
    let synced = match row.last_synced.clone() {
        Some(at) => moment(at),
        None => view! { <span class="faint">"Not synced"</span> }.into_any(),
    };
    let (key, label) = (row.name.clone(), row.key.clone());
    let proceeded = row.proceeded;
    let sync_link = proceeded.then(|| view! { <LinkButton href=sync small=true label=format!("Sync runs of {name}")>"Sync runs"</LinkButton> });
    let archived = row.status == ConfigurationStatus::Archived;
    let pen = (configures && !archived).then(|| {
        let resumed = (!proceeded && row.resume_step > 1)
            .then(|| view! { <LinkButton href=resume small=true>{format!("Resume at step {}", row.resume_step)}</LinkButton> });
        if label.is_empty() {
            return view! { <LinkButton href=edit small=true label="Resume the draft">"Resume"</LinkButton> }.into_any();
        }
        view! { {resumed} <IconLink icon="i-pencil" href=edit label=format!("Edit {name}") /> }
        .into_any()
    });
    let (connection, deployment, board) = (
        row.connection_name.clone(),
        row.deployment.short_label(),
        row.board.clone(),
    );
    let title = if label.is_empty() {
        name.clone().into_any()
    } else {
        view! { <span class="key">{label}</span>" "{key} }.into_any()
    };
    view! {
        <Row has_note=has_note>
            <RowHead href=main sub=board>{title}</RowHead>
            <Cell class="st"><Status tone=tone>{word}</Status>{syncing}</Cell>
            <Cell label="Connection">{connection}<span class="sub">{deployment}</span></Cell>
            <Cell label="Draft">{draft}</Cell>
            <Cell label="Last sync">{synced}</Cell>
            <Cell class="acts">{sync_link} {pen}</Cell>
        </Row>
        {note}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named() {
        let all = ["Ana", "Ben", "Cem"].map(str::to_owned);
        assert_eq!(names(&all), "Ana, Ben and Cem");
        assert_eq!(names(&all[..2]), "Ana and Ben");
        assert_eq!(names(&all[..1]), "Ana");
    }
}
