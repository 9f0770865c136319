//! Sync runs of a configuration: the newest with live progress, the past ones, what was kept aside.
//!
//! Whole without script: the page says when it was made and offers to reload. With script it keeps itself
//! up to date as a whole: the runs, the times, and whether a sync can be started.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        self,
        sync::{QuarantinedView, RunView, SyncView},
    },
    domain::{dates::format_duration_ms, numbers::grouped},
    ui::{
        components::{
            Button, ButtonKind, Cell, Column, ConfirmPanel, Consequence, Crumb, EffectList, EmptyState,
            LinkButton, Note, PageHead, Row, RowHead, RowNote, Status, Table, Time, Tone, moment,
        },
        islands::live_line::SYNC,
        layout::{self, Section},
        pages::{form_state::done, sync_run},
        paths,
        query::Query,
    },
};

/// The page.
#[component]
pub fn SyncPage() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let project = params.get("project").unwrap_or_default();
    let configuration = params.get("configuration").unwrap_or_default();
    let asks = Query::here().get("confirm").as_deref() == Some("cancel");
    let (of, done) = (project.clone(), done());
    layout::project_page(project, Section::Integrations, "Sync", move |frame| async move {
        let view = api::sync::load_sync(of.clone(), configuration).await?;
        if asks && view.may_sync && is_on_its_way(&view) {
            return Ok(confirm_view(&view));
        }
        let mut failures = Vec::new();
        for form in ["start_sync", "cancel_sync"] {
            failures.extend(
                api::form::find_form_failure(form.to_owned())
                    .await?
                    .map(|failure| failure.error.message),
            );
        }
        let name = frame.project.map(|project| project.name).unwrap_or_default();
        Ok(body_view(&view, &name, failures, &done))
    })
}

fn is_on_its_way(view: &SyncView) -> bool {
    view.current.as_ref().is_some_and(|run| !run.state.is_over())
}

fn crumbs(view: &SyncView, project_name: &str, here: &str) -> Vec<Crumb> {
    vec![
        Crumb::link(project_name, paths::project(&view.project_id)),
        Crumb::link("Integrations", paths::integrations(&view.project_id)),
        Crumb::here(here),
    ]
}

fn heading(view: &SyncView) -> String {
    format!("Sync of {}", view.name)
}

fn confirm_view(view: &SyncView) -> AnyView {
    let fields = vec![
        ("project".to_owned(), view.project_id.clone()),
        ("configuration".to_owned(), view.configuration_id.clone()),
    ];
    let kept = if view.last_synced.is_some() {
        "stays. What Jira no longer has is found by the next sync that finishes."
    } else {
        "is kept, but Plans shows nothing of it before a sync has finished."
    };
    view! {
        <ConfirmPanel
            title=format!("Cancel the sync of {}?", view.name)
            action=paths::api("cancel_sync")
            cancel_href=paths::sync(&view.project_id, &view.configuration_id)
            keep="Keep syncing"
            verb="Cancel sync"
            verb_icon="i-x"
            danger=true
            fields=fields
        >
            <EffectList items=vec![
                Consequence::stops("Reading from Jira stops", "at once."),
                Consequence::stays("What was read so far", kept),
                Consequence::stays("The next sync", "reads the project again; Sync starts it."),
            ] />
        </ConfirmPanel>
    }
    .into_any()
}

fn body_view(view: &SyncView, project_name: &str, failures: Vec<String>, done: &str) -> AnyView {
    let crumbs = crumbs(view, project_name, &format!("Sync of {}", view.jira_key));
    let through = format!("Through {}.", view.connection_name);
    let synced = view.last_synced.clone();
    let lead = move || {
        let synced = synced.clone().map(|at| view! { " Last synced "{moment(at)}"." });
        view! { {through.clone()} {synced} }.into_any()
    };
    let panel = match &view.current {
        Some(run) => sync_run::panel_view(view, run),
        None => view! { <EmptyState title="No sync yet" text="The first one starts with Proceed, at the end of the six steps." /> }.into_any(),
    };
    let (title, start, note) = (heading(view), start_view(view), done_view(view, done));
    let cancel = cancel_view(view);
    let (quarantined, past) = (quarantined_view(view), past_view(view));
    view! {
        <div id=SYNC data-follow=paths::live_configuration(&view.configuration_id)>
            <PageHead title=title lead_view=lead crumbs=crumbs>
                {start} {cancel}
            </PageHead>
            {failures.into_iter().map(|text| view! { <div class="mb5"><Note tone=Tone::Bad role="alert">{text}</Note></div> }).collect_view()}
            {note}
            {panel}
            {quarantined}
            {past}
        </div>
    }
    .into_any()
}

/// What became of the button that led here, as long as its run is on its way.
fn done_view(view: &SyncView, done: &str) -> Option<AnyView> {
    let (title, text) = match done {
        "proceeded" => ("The settings are in force.", "This sync is the first with them."),
        "running" => (
            "A sync was on its way already, so no second one was started.",
            "This is the one; it works with the settings now in force.",
        ),
        _ => return None,
    };
    is_on_its_way(view).then(|| {
        view! { <div class="mb5"><Note tone=Tone::Info title=title role="status">{text}</Note></div> }
            .into_any()
    })
}

fn start_view(view: &SyncView) -> AnyView {
    // A run that waits can be told to go on at once.
    let waits = view
        .current
        .as_ref()
        .is_some_and(|run| run.resumes_clock.is_some() && !run.cancelling);
    if !view.may_sync || (is_on_its_way(view) && !waits) {
        return ().into_any();
    }
    let refused = view.start_refused.clone();
    if !refused.is_empty() {
        return view! {
            <Button icon="i-sync" disabled=true described_by="no-sync">"Sync"</Button>
            <p class="hint" id="no-sync">{refused}</p>
        }
        .into_any();
    }
    view! {
        <form method="post" action=paths::api("start_sync")>
            <input type="hidden" name="project" value=view.project_id.clone() />
            <input type="hidden" name="configuration" value=view.configuration_id.clone() />
            <Button kind=ButtonKind::Primary icon="i-sync">"Sync"</Button>
        </form>
    }
    .into_any()
}

/// The way to the question before the sync on its way is cancelled.
fn cancel_view(view: &SyncView) -> Option<AnyView> {
    let run = view.current.as_ref()?;
    let href = format!(
        "{}?confirm=cancel",
        paths::sync(&view.project_id, &view.configuration_id)
    );
    (view.may_sync && !run.state.is_over() && !run.cancelling)
        .then(|| view! { <LinkButton href=href icon="i-x">"Cancel sync"</LinkButton> }.into_any())
}

fn quarantined_view(view: &SyncView) -> AnyView {
    if view.quarantined.is_empty() {
        return ().into_any();
    }
    let row = |item: &QuarantinedView| {
        let seen = item.seen.clone();
        let name = if item.href.is_empty() {
            item.name.clone().into_any()
        } else {
            view! { <a href=item.href.clone() target="_blank" rel="noopener noreferrer">{item.name.clone()}</a> }.into_any()
        };
        let reason = item.reason.clone();
        view! {
            <Row>
                <RowHead>{name}</RowHead>
                <Cell label="Why">{reason}</Cell>
                <Cell label="Seen" class="m"><Time iso=seen.iso text=seen.exact /></Cell>
            </Row>
        }
    };
    let rows = view.quarantined.iter().map(row).collect_view();
    let columns = vec![Column::new("Work item"), Column::new("Why"), Column::new("Seen")];
    view! {
        <section class="mb5" id="aside" aria-labelledby="aside-title">
            <h2 class="mb" id="aside-title">"Kept aside"</h2>
            <p class="hint mb">"These work items could not be read. The others are synced; each sync tries these again."</p>
            <Table caption="Work items that could not be read" columns=columns>
                {rows}
            </Table>
        </section>
    }
    .into_any()
}

fn past_view(view: &SyncView) -> AnyView {
    if view.past.is_empty() {
        return ().into_any();
    }
    let numbers = ["Duration", "New", "Changed", "Unchanged", "Deleted", "Kept aside"];
    let columns: Vec<Column> = ["Started", "Result"]
        .into_iter()
        .map(Column::new)
        .chain(numbers.into_iter().map(Column::end))
        .collect();
    let count = columns.len();
    let rows = view.past.iter().map(|run| past_row(run, count)).collect_view();
    view! {
        <section aria-labelledby="past-title">
            <h2 class="mb" id="past-title">"Earlier sync runs"</h2>
            <Table caption="Earlier sync runs" columns=columns>
                {rows}
            </Table>
        </section>
    }
    .into_any()
}

fn past_row(run: &RunView, columns: usize) -> AnyView {
    let began = run.began.clone();
    let sub = sync_run::asked_by(run);
    let (tone, glyph, label) = sync_run::state_look(run);
    let duration = run.took_ms.map(format_duration_ms).unwrap_or_default();
    let number = grouped;
    let counts = run.counts;
    let error = run.error.clone();
    view! {
        <Row has_note=!error.is_empty()>
            <RowHead sub=sub><Time iso=began.iso text=began.exact /></RowHead>
            <Cell class="st"><Status tone=tone glyph=glyph>{label}</Status></Cell>
            <Cell label="Duration" class="r m">{duration}</Cell>
            <Cell label="New" class="r m">{number(counts.new)}</Cell>
            <Cell label="Changed" class="r m">{number(counts.changed)}</Cell>
            <Cell label="Unchanged" class="r m">{number(counts.unchanged)}</Cell>
            <Cell label="Deleted" class="r m">{number(counts.gone)}</Cell>
            <Cell label="Kept aside" class="r m">{number(counts.quarantined)}</Cell>
        </Row>
        {(!error.is_empty()).then(|| view! { <RowNote columns=columns tone=Tone::Bad>{error}</RowNote> })}
    }
    .into_any()
}
