//! Plans: releases and their sprints on a timeline or as a list.
//!
//! The address holds everything: `configuration`, `zoom`, `view` and `from`. What is not there yet
//! says so and leads on.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        layout::FrameView,
        plan::{ChosenPlan, PlansView, load_plans},
    },
    domain::{numbers::counted, timeline::Zoom},
    ui::{
        components::{
            Button, ButtonKind, Crumb, EmptyState, Icon, LinkButton, LinkItem, Note, PageHead, Segmented,
            Select, SelectOption, Stat, Time, Tone,
        },
        layout::{Section, project_page},
        pages::{
            bugs::open_bugs_href,
            mirrored_list::{UNSCHEDULED, unmapped_notes},
            plans_list::ListView,
            plans_timeline::TimelineView,
        },
        paths,
        query::Query,
    },
};

/// What of the address the page keeps in its links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PlansAddress {
    pub project: String,
    pub configuration: String,
    pub zoom: String,
    pub list: bool,
    pub from: String,
}

impl PlansAddress {
    fn href(&self) -> String {
        paths::with_query(
            &paths::plans(&self.project),
            &[
                ("configuration", &self.configuration),
                ("view", if self.list { "list" } else { "" }),
                ("zoom", &self.zoom),
                ("from", &self.from),
            ],
        )
    }

    fn with_view(&self, list: bool) -> String {
        Self { list, ..self.clone() }.href()
    }

    fn with_zoom(&self, zoom: Zoom) -> String {
        // Another zoom begins elsewhere: around today.
        Self {
            zoom: zoom.code().to_owned(),
            from: String::new(),
            ..self.clone()
        }
        .href()
    }

    /// The same view from another day.
    pub(super) fn with_from(&self, from: &str) -> String {
        Self {
            from: from.to_owned(),
            ..self.clone()
        }
        .href()
    }
}

/// Plans of a project.
#[component]
pub fn PlansPage() -> impl IntoView {
    let project = use_params_map()
        .read_untracked()
        .get("project")
        .unwrap_or_default();
    let query = Query::here();
    let get = |name: &str| query.get(name).unwrap_or_default();
    let address = PlansAddress {
        project: project.clone(),
        configuration: get("configuration"),
        zoom: get("zoom"),
        list: get("view") == "list",
        from: get("from"),
    };
    project_page(project, Section::Plans, "Plans", move |frame| async move {
        let wish = |text: &str| Some(text.to_owned());
        let view = load_plans(
            address.project.clone(),
            wish(&address.configuration),
            wish(&address.zoom),
            wish(&address.from),
        )
        .await?;
        Ok(page(&frame, &address, view))
    })
}

fn page(frame: &FrameView, address: &PlansAddress, view: PlansView) -> AnyView {
    let project = frame
        .project
        .as_ref()
        .map(|project| project.name.clone())
        .unwrap_or_default();
    let crumbs = vec![
        Crumb::link(project, paths::plans(&address.project)),
        Crumb::here("Plans"),
    ];
    let content = match view.plan.clone() {
        None => without_configuration(address, &view),
        Some(plan) => with_plan(frame, address, &view, plan),
    };
    view! {
        <PageHead title="Plans" crumbs=crumbs />
        {content}
    }
    .into_any()
}

fn without_configuration(address: &PlansAddress, view: &PlansView) -> AnyView {
    let (title, first) = if view.prepared {
        (
            "No integration is active yet",
            "An integration is prepared or inactive. Plans fill once it is started and has synced. ",
        )
    } else {
        (
            "No Jira project is linked yet",
            "Plans show the releases, sprints and requirements of a linked Jira project. ",
        )
    };
    if view.may_configure {
        let href = paths::integrations(&address.project);
        let text = format!("{first}Choose a connection, map its values, and proceed.");
        return view! {
            <EmptyState title=title text=text>
                <LinkButton href=href kind=ButtonKind::Primary>"Go to integrations"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let who = match view.admins.as_slice() {
        [] => "This project has no Project Admin; an Account Admin can add one, who can then link a Jira project.".to_owned(),
        names => format!("A Project Admin can do this: {}.", names.join(", ")),
    };
    view! { <EmptyState title=title text=format!("{first}{who}") /> }.into_any()
}

fn with_plan(frame: &FrameView, address: &PlansAddress, view: &PlansView, plan: ChosenPlan) -> AnyView {
    let address = PlansAddress {
        configuration: plan.configuration.id.clone(),
        ..address.clone()
    };
    let sees_runs = frame
        .project
        .as_ref()
        .is_some_and(|project| project.sees_integrations);
    let runs = paths::sync(&address.project, &plan.configuration.id);
    let toolbar = toolbar(&address, view, &plan);
    let error = plan.configuration.error.clone().map(|reason| {
        let runs = runs.clone();
        view! {
            <div class="mb">
                <Note
                    tone=Tone::Bad
                    title="This integration is in error."
                    with_action=sees_runs
                    action=move || view! { <LinkButton href=runs.clone() small=true>"Open sync runs"</LinkButton> }
                >
                    {reason}
                    " What you see is from its last sync."
                </Note>
            </div>
        }
    });
    let empty = plan.timeline.lanes.is_empty() && plan.timeline.undated.is_empty();
    let content = if plan.configuration.last_synced.is_none() && empty && plan.summary.requirements == 0 {
        never_synced(&plan, sees_runs.then_some(runs), view.may_sync)
    } else if empty {
        without_releases(&address, &plan)
    } else if address.list {
        view! { <ListView address=address.clone() timeline=plan.timeline.clone() /> }.into_any()
    } else {
        view! { <TimelineView address=address.clone() timeline=plan.timeline.clone() /> }.into_any()
    };
    let summary = (plan.configuration.last_synced.is_some() || !empty).then(|| summary(&address, &plan));
    let unmapped = unmapped_notes(&address.project, &plan.unmapped, view.may_configure, false);
    let repeated = (plan.summary.repeated_bugs > 0).then(
        || view! { <p class="f12 faint mt">"A bug with several releases counts in the row of each."</p> },
    );
    view! {
        {toolbar}
        {error}
        {unmapped}
        {summary}
        {content}
        {repeated}
    }
    .into_any()
}

fn never_synced(plan: &ChosenPlan, runs: Option<String>, may_sync: bool) -> AnyView {
    let (title, text) = if plan.syncing {
        (
            "The first sync is on its way",
            "Releases, sprints and requirements appear here when it is done. Reload to see how far it is.",
        )
    } else if may_sync {
        (
            "This integration has not synced yet",
            "Start the first sync with the button above.",
        )
    } else {
        (
            "This integration has not synced yet",
            "A Tester, Test Lead or Project Admin of this project can start a sync.",
        )
    };
    view! {
        <EmptyState title=title text=text>
            {runs.map(|href| view! { <LinkButton href=href>"Open sync runs"</LinkButton> })}
        </EmptyState>
    }
    .into_any()
}

fn without_releases(address: &PlansAddress, plan: &ChosenPlan) -> AnyView {
    let text = format!(
        "{} has no release and no sprint that this integration shows. Its {} are in the list of requirements.",
        plan.configuration.label,
        counted(plan.summary.requirements, "requirement", "requirements"),
    );
    let href = paths::with_query(
        &paths::requirements(&address.project),
        &[("configuration", &plan.configuration.id)],
    );
    view! {
        <EmptyState title="No releases and no sprints" text=text>
            <LinkButton href=href>"Open requirements"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn summary(address: &PlansAddress, plan: &ChosenPlan) -> AnyView {
    let numbers = &plan.summary;
    let requirements = paths::with_query(
        &paths::requirements(&address.project),
        &[("configuration", &plan.configuration.id)],
    );
    let unscheduled = paths::with_query(
        &paths::requirements(&address.project),
        &[("configuration", &plan.configuration.id), ("unscheduled", "true")],
    );
    let releases = if numbers.releases == 1 {
        "release"
    } else {
        "releases"
    };
    let word = |count: u64, one: &'static str, many: &'static str| if count == 1 { one } else { many };
    let (requirement_word, bug_word) = (
        word(numbers.requirements, "requirement", "requirements"),
        word(numbers.open_bugs, "open bug", "open bugs"),
    );
    let configuration = &plan.configuration.id;
    let open = open_bugs_href(&address.project, configuration, false);
    let unreleased = open_bugs_href(&address.project, configuration, true);
    let blockers = (numbers.open_blockers > 0)
        .then(|| format!(", {}", counted(numbers.open_blockers, "blocker", "blockers")));
    let outside = (numbers.unreleased_bugs > 0).then(|| {
        let text = format!("{} without a release", numbers.unreleased_bugs);
        view! { ", " <a href=unreleased>{text}</a> }
    });
    view! {
        <div class="summary">
            <Stat value=numbers.releases.to_string()>{format!("{releases}, {} released", numbers.released)}</Stat>
            <Stat value=numbers.requirements.to_string()>
                <a href=requirements>{requirement_word}</a>
            </Stat>
            <Stat value=numbers.open_bugs.to_string()>
                <a href=open>{bug_word}</a>
                {blockers}
                {outside}
            </Stat>
            <Stat value=numbers.unscheduled.to_string()>
                <a href=unscheduled>"unscheduled"</a>
            </Stat>
        </div>
        {(numbers.unscheduled > 0).then(|| view! { <p class="f12 faint mb">{UNSCHEDULED}</p> })}
    }
    .into_any()
}

fn toolbar(address: &PlansAddress, view: &PlansView, plan: &ChosenPlan) -> AnyView {
    let options = view
        .configurations
        .iter()
        .map(|row| {
            let mark = if row.error.is_some() { " (error)" } else { "" };
            SelectOption::new(row.id.clone(), format!("{}{mark}", row.label))
        })
        .collect();
    let zoom = plan.timeline.zoom;
    let zooms = Zoom::ALL
        .into_iter()
        .map(|item| LinkItem::new(item.label(), address.with_zoom(item), item == zoom))
        .collect();
    let views = vec![
        LinkItem::new("Timeline", address.with_view(false), !address.list).with_icon("i-timeline"),
        LinkItem::new("List", address.with_view(true), address.list).with_icon("i-list"),
    ];
    let synced = if plan.syncing {
        view! { "Sync is running" }.into_any()
    } else {
        match plan.configuration.last_synced.clone() {
            Some(at) => view! {
                "Synced "
                <Time iso=at.iso text=at.text title=at.exact />
            }
            .into_any(),
            None => "Not synced yet".into_any(),
        }
    };
    let sync = view.may_sync.then(|| {
        view! {
            <form method="post" action=paths::api("start_sync")>
                <input type="hidden" name="project" value=address.project.clone() />
                <input type="hidden" name="configuration" value=plan.configuration.id.clone() />
                <Button kind=ButtonKind::Default small=true icon="i-sync">"Sync"</Button>
            </form>
        }
    });
    let steps = (!address.list).then(|| {
        let (previous, today, next) = (address.with_from(&plan.previous), address.with_from(""), address.with_from(&plan.next));
        view! {
            <span class="row tight of-axis">
                <a class="iconbtn" href=previous aria-label="Earlier" title="Earlier"><Icon name="i-chev-left" /></a>
                <LinkButton href=today small=true>"Today"</LinkButton>
                <a class="iconbtn" href=next aria-label="Later" title="Later"><Icon name="i-chev-right" /></a>
            </span>
        }
    });
    view! {
        <div class="toolbar">
            <form class="row" method="get" action=paths::plans(&address.project) data-go="">
                <Select name="configuration" label="Integration" options=options value=address.configuration.clone() small=true />
                <input type="hidden" name="zoom" value=zoom.code() />
                {address.list.then(|| view! { <input type="hidden" name="view" value="list" /> })}
                <Button kind=ButtonKind::Default small=true>"Apply"</Button>
            </form>
            {sync}
            <span class="f12 faint">{synced}</span>
            <span class="grow"></span>
            <Segmented label="View" items=views />
            {(!address.list).then(|| view! { <span class="of-axis"><Segmented label="Zoom" items=zooms /></span> })}
            {steps}
        </div>
    }
    .into_any()
}
