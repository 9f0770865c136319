//! Versions of a configuration: who proceeded what and when, what differs between two, and bringing one back.
//!
//! Bringing one back asks first, on an address of its own: it replaces the draft.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        ApiError,
        form::find_form_failure,
        version::{ComparisonView, DRAFT, DifferenceView, VersionView, VersionsView, load_versions},
    },
    domain::{numbers::counted, wizard_steps::StepId},
    ui::{
        components::{
            Button, Cell, Column, ConfirmPanel, Consequence, Crumb, EffectList, EmptyState, LinkButton, Note,
            PageHead, PageTitle, Row, RowHead, Select, SelectOption, Status, Table, Tone, moment,
        },
        layout::{self, Section},
        pages::form_state::done,
        paths,
        query::Query,
    },
};

/// Versions of a configuration.
#[component]
pub fn VersionsPage() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let part = |name: &str| params.get(name).unwrap_or_default();
    let (project, configuration) = (part("project"), part("configuration"));
    let query = Query::here();
    let asked = Asked {
        older: query.get("older").unwrap_or_default(),
        newer: query.get("newer").unwrap_or_default(),
        restore: query.get("restore").and_then(|number| number.parse().ok()),
        done: done(),
    };
    layout::project_page(
        project.clone(),
        Section::Integrations,
        "Versions",
        move |_frame| async move { page(&project, &configuration, asked).await },
    )
}

#[derive(Clone)]
struct Asked {
    older: String,
    newer: String,
    /// Number of the version that is to be brought back.
    restore: Option<i64>,
    done: String,
}

async fn page(project: &str, configuration: &str, asked: Asked) -> Result<AnyView, ApiError> {
    let failure = find_form_failure("restore_version".to_owned()).await?;
    let view = load_versions(
        project.to_owned(),
        configuration.to_owned(),
        asked.older,
        asked.newer,
    )
    .await?;
    let failure = failure.map(|failure| {
        view! {
            <div class="mb5"><Note tone=Tone::Bad title="Nothing was changed." role="alert">{failure.error.message}</Note></div>
        }
    });
    let wanted = asked
        .restore
        .and_then(|number| view.versions.iter().find(|version| version.number == number));
    if let Some(version) = wanted.filter(|_| !view.archived && failure.is_none()) {
        return Ok(restore_view(project, configuration, &view, version));
    }
    let crumbs = vec![
        Crumb::link(view.project_name.clone(), paths::project(project)),
        Crumb::link("Integrations", paths::integrations(project)),
        Crumb::here("Versions"),
    ];
    let title = format!("Versions of {}", view.name);
    if view.versions.is_empty() {
        let open = paths::wizard(project, configuration, 1);
        return Ok(view! {
            <PageHead title=title crumbs=crumbs />
            <EmptyState title="No version yet" text="The first Proceed makes version 1. Until then there is the draft alone.">
                <LinkButton href=open>"Open the draft"</LinkButton>
            </EmptyState>
        }
        .into_any());
    }
    Ok(view! {
        <PageHead
            title=title
            lead="Each Proceed with changed answers makes a version. One in force stays so until a sync of the next one has ended well."
            crumbs=crumbs
        />
        {failure}
        {(asked.done == "restored").then(|| restored_note(project, configuration))}
        {table(project, configuration, &view)}
        {view.comparison.as_ref().map(|comparison| comparison_view(project, configuration, &view, comparison))}
    }
    .into_any())
}

fn restored_note(project: &str, configuration: &str) -> AnyView {
    let last = paths::wizard(project, configuration, 6);
    view! {
        <div class="mb5">
            <Note tone=Tone::Ok title="The draft holds the answers of that version." role="status">
                "They are in force after Proceed. "
                <a href=last>"Look at them and proceed"</a>
            </Note>
        </div>
    }
    .into_any()
}

fn table(project: &str, configuration: &str, view: &VersionsView) -> AnyView {
    let columns = vec![
        Column::new("Version"),
        Column::new("Proceeded"),
        Column::new("By"),
        Column::new("State"),
        Column::hidden("Actions"),
    ];
    let draft = view.draft.clone().map(|(by, at)| {
        let open = paths::wizard(project, configuration, 1);
        view! {
            <Row>
                <RowHead>"Draft"</RowHead>
                <Cell label="Saved">{moment(at)}</Cell>
                <Cell label="By">{by}</Cell>
                <Cell class="st">"Not proceeded"</Cell>
                <Cell class="acts"><LinkButton href=open small=true label="Open the draft">"Open"</LinkButton></Cell>
            </Row>
        }
    });
    let rows = view
        .versions
        .iter()
        .map(|version| row(project, configuration, view, version))
        .collect_view();
    let more = view
        .more
        .then(|| view! { <p class="hint mt">"Older versions are kept and not listed."</p> });
    view! {
        <Table caption="Versions, the newest first" columns=columns middle=true>
            {draft}
            {rows}
        </Table>
        {more}
    }
    .into_any()
}

fn row(project: &str, configuration: &str, view: &VersionsView, version: &VersionView) -> AnyView {
    let state = if version.in_force {
        view! { <Status tone=Tone::Ok glyph="s-ok">"In force"</Status> }.into_any()
    } else if version.awaits_sync {
        view! { <Status tone=Tone::Info glyph="s-run">"Waits for its sync"</Status> }.into_any()
    } else {
        view! { <span class="faint">"Earlier"</span> }.into_any()
    };
    let is_draft = view.draft.is_none() && (version.awaits_sync || version.in_force);
    let restore = (!view.archived && !is_draft).then(|| {
        let href = paths::version_restore(project, configuration, version.number);
        let label = format!("Bring version {} back", version.number);
        view! { <LinkButton href=href small=true label=label>"Bring back"</LinkButton> }
    });
    let (name, at, by) = (
        format!("Version {}", version.number),
        version.at.clone(),
        version.by.clone(),
    );
    view! {
        <Row>
            <RowHead>{name}</RowHead>
            <Cell label="Proceeded">{moment(at)}</Cell>
            <Cell label="By">{by}</Cell>
            <Cell class="st">{state}</Cell>
            <Cell class="acts">{restore}</Cell>
        </Row>
    }
    .into_any()
}

fn called(which: &str) -> String {
    match which {
        DRAFT => "Draft".to_owned(),
        number => format!("Version {number}"),
    }
}

fn comparison_view(
    project: &str,
    configuration: &str,
    view: &VersionsView,
    comparison: &ComparisonView,
) -> AnyView {
    let choices = || -> Vec<SelectOption> {
        let draft = view.draft.is_some().then(|| DRAFT.to_owned());
        let numbers = view.versions.iter().map(|version| version.number.to_string());
        draft
            .into_iter()
            .chain(numbers)
            .map(|which| SelectOption::new(which.clone(), called(&which)))
            .collect()
    };
    let (older, newer) = (called(&comparison.older), called(&comparison.newer));
    let found = if comparison.differences.is_empty() {
        view! {
            <EmptyState bare=true title="No difference" text=format!("{older} and {newer} have the same answers.") />
        }
        .into_any()
    } else {
        let columns = vec![
            Column::new("Answer"),
            Column::new(older.clone()),
            Column::new(newer.clone()),
        ];
        let rows = comparison
            .differences
            .iter()
            .cloned()
            .map(|one| difference(one, older.clone(), newer.clone()))
            .collect_view();
        view! {
            <Table caption=format!("What differs between {older} and {newer}") columns=columns dense=true>
                {rows}
            </Table>
        }
        .into_any()
    };
    let count = counted(
        u64::try_from(comparison.differences.len()).unwrap_or(u64::MAX),
        "answer differs",
        "answers differ",
    );
    let unnamed = comparison.unnamed.then(|| {
        view! {
            <p class="hint">"Some values are shown by Jira's id: their names are known after the wizard was opened once."</p>
        }
    });
    view! {
        <section class="mt5 stack" aria-labelledby="compared">
            <h2 id="compared">"What differs"</h2>
            <form class="toolbar" method="get" action=paths::versions(project, configuration) aria-label="Compare">
                <Select name="older" label="From" options=choices() value=comparison.older.clone() small=true />
                <Select name="newer" label="To" options=choices() value=comparison.newer.clone() small=true />
                <Button small=true>"Compare"</Button>
                <span class="f13 faint">{count}</span>
            </form>
            {unnamed}
            {found}
        </section>
    }
    .into_any()
}

fn difference(one: DifferenceView, older: String, newer: String) -> AnyView {
    let step = StepId::find_number(one.step).map_or("", StepId::title);
    view! {
        <Row>
            <RowHead sub=format!("Step {}, {step}", one.step)>{one.what}</RowHead>
            <Cell label=older>{one.before}</Cell>
            <Cell label=newer>{one.after}</Cell>
        </Row>
    }
    .into_any()
}

fn restore_view(project: &str, configuration: &str, view: &VersionsView, version: &VersionView) -> AnyView {
    let title = format!("Bring version {} of {} back?", version.number, view.name);
    let mut items = Vec::new();
    if let Some((by, at)) = &view.draft {
        items.push(Consequence::stops(
            "The changes since the last Proceed are lost:",
            format!("saved by {by} at {}.", at.exact),
        ));
    }
    items.push(Consequence::stays(
        "The draft holds the answers of that version.",
        "Look at them, change them, and proceed.",
    ));
    items.push(Consequence::stays(
        "What is in force stays so",
        "until a sync after Proceed has ended well.",
    ));
    let fields = vec![
        ("project".to_owned(), project.to_owned()),
        ("configuration".to_owned(), configuration.to_owned()),
        ("number".to_owned(), version.number.to_string()),
        ("draft_revision".to_owned(), view.revision.to_string()),
    ];
    view! {
        <PageTitle text=title.clone() />
        <ConfirmPanel
            title=title
            action=paths::api("restore_version")
            cancel_href=paths::versions(project, configuration)
            verb="Bring back"
            verb_icon="i-clock"
            fields=fields
        >
            <EffectList items=items />
        </ConfirmPanel>
    }
    .into_any()
}
