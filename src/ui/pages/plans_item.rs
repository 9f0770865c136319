//! The pages of one release and of one sprint: what is in it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        layout::FrameView,
        plan::{PlanItemHead, PlanItemView, load_release, load_sprint},
    },
    domain::timeline::LaneCounts,
    ui::{
        components::{Crumb, EmptyState, Note, PageHead, PageTitle, Stat, Status, Time, Tone},
        layout::{Section, project_page},
        pages::{
            look::of_item,
            plans_list::BugCounts,
            requirement_table::{ListHref, bug_table, requirement_table},
        },
        paths,
        query::Query,
    },
};

/// What of the address decides.
#[derive(Clone, Debug, Default)]
struct Address {
    project: String,
    configuration: String,
    id: String,
    sort: String,
    page: u32,
    bug_page: u32,
    is_release: bool,
}

impl Address {
    fn of_route(id: &str) -> Self {
        let params = use_params_map().read_untracked().clone();
        let query = Query::here();
        let number = |name: &str| query.get(name).and_then(|text| text.parse().ok()).unwrap_or(1);
        Self {
            project: params.get("project").unwrap_or_default(),
            configuration: params.get("configuration").unwrap_or_default(),
            id: params.get(id).unwrap_or_default(),
            sort: query.get("sort").unwrap_or_default(),
            page: number("page"),
            bug_page: number("bugs"),
            is_release: id == "release",
        }
    }

    fn path(&self) -> String {
        if self.is_release {
            paths::release(&self.project, &self.configuration, &self.id)
        } else {
            // An id that is no number never gets this far: the page is not found.
            paths::sprint(
                &self.project,
                &self.configuration,
                self.id.parse().unwrap_or_default(),
            )
        }
    }

    fn href(&self, sort: &str, page: u32, bug_page: u32) -> String {
        let number = |page: u32| if page > 1 { page.to_string() } else { String::new() };
        paths::with_query(
            &self.path(),
            &[
                ("sort", sort),
                ("page", &number(page)),
                ("bugs", &number(bug_page)),
            ],
        )
    }
}

/// A release.
#[component]
pub fn ReleasePage() -> impl IntoView {
    let address = Address::of_route("release");
    project_page(
        address.project.clone(),
        Section::Plans,
        "Release",
        move |frame| async move {
            let at = address.clone();
            let view = load_release(
                at.project,
                at.configuration,
                at.id,
                Some(at.sort),
                Some(at.page),
                Some(at.bug_page),
            )
            .await?;
            Ok(page(&frame, &address, view))
        },
    )
}

/// A sprint.
#[component]
pub fn SprintPage() -> impl IntoView {
    let address = Address::of_route("sprint");
    project_page(
        address.project.clone(),
        Section::Plans,
        "Sprint",
        move |frame| async move {
            let at = address.clone();
            let view = load_sprint(
                at.project,
                at.configuration,
                at.id,
                Some(at.sort),
                Some(at.page),
                Some(at.bug_page),
            )
            .await?;
            Ok(page(&frame, &address, view))
        },
    )
}

fn page(frame: &FrameView, address: &Address, view: PlanItemView) -> AnyView {
    let project = frame
        .project
        .as_ref()
        .map(|project| project.name.clone())
        .unwrap_or_default();
    let plans = paths::with_query(
        &paths::plans(&address.project),
        &[("configuration", &address.configuration)],
    );
    let crumbs = vec![
        Crumb::link(project, paths::plans(&address.project)),
        Crumb::link(format!("Plans, {}", view.configuration.label), plans),
        Crumb::here(view.head.name.clone()),
    ];
    let kind = if address.is_release { "Release" } else { "Sprint" };
    let look = of_item(view.head.standing);
    let notes = notes(&view, kind);
    let status = view.head.status.clone();
    view! {
        <PageTitle text=format!("{}, {kind}", view.head.name) />
        <PageHead title=view.head.name.clone() crumbs=crumbs />
        <p class="row wrap statusline mb">
            <Status tone=look.tone glyph=look.glyph still=true>
                {status}
            </Status>
            <span>{view.head.when.clone()}</span>
        </p>
        {notes}
        {facts(address, &view.head)}
        {numbers(&view)}
        {lists(address, &view)}
    }
    .into_any()
}

fn notes(view: &PlanItemView, kind: &str) -> AnyView {
    let gone = view.head.gone.clone().map(|at| {
        let title = format!("This {} is not in Jira any more.", kind.to_lowercase());
        view! {
            <div class="mb">
                <Note tone=Tone::Warn title=title>
                    "It was missing from the sync of "
                    <Time iso=at.iso text=at.text title=at.exact />
                    "."
                </Note>
            </div>
        }
    });
    let words = view.out_of_use.clone();
    let out = (!words.is_empty()).then(|| {
        view! {
            <div class="mb">
                <Note tone=Tone::Mute>{words}</Note>
            </div>
        }
    });
    let error = view.configuration.error.clone().map(|reason| {
        view! {
            <div class="mb">
                <Note tone=Tone::Bad title="This integration is in error.">{reason} " What you see is from its last sync."</Note>
            </div>
        }
    });
    view! {
        {out}
        {error}
        {gone}
    }
    .into_any()
}

fn facts(address: &Address, head: &PlanItemHead) -> AnyView {
    let pair = |name: &'static str, value: &str| {
        (!value.is_empty()).then(|| {
            let value = value.to_owned();
            view! {
                <dt>{name}</dt>
                <dd class="pre">{value}</dd>
            }
        })
    };
    let related = (!head.related.is_empty()).then(|| {
        let links = head
            .related
            .iter()
            .map(|(name, id)| {
                let href = if address.is_release {
                    paths::sprint(
                        &address.project,
                        &address.configuration,
                        id.parse().unwrap_or_default(),
                    )
                } else {
                    paths::release(&address.project, &address.configuration, id)
                };
                view! {
                    <a href=href>{name.clone()}</a>
                    " "
                }
            })
            .collect_view();
        view! {
            <dt>{if address.is_release { "Sprints" } else { "Releases" }}</dt>
            <dd class="row wrap">{links}</dd>
        }
    });
    let (end, text) = if address.is_release {
        ("Release date", "Description")
    } else {
        ("End", "Goal")
    };
    view! {
        <dl class="props mb5">
            {pair("Start", &head.start)}
            {pair(end, &head.end)}
            {pair("Closed", &head.completed)}
            {pair(text, &head.text)}
            {related}
        </dl>
    }
    .into_any()
}

fn numbers(view: &PlanItemView) -> AnyView {
    let counts = LaneCounts {
        requirements: view.requirements.total,
        done: view.head.done,
        open_bugs: view.head.open_bugs.clone(),
        open_bugs_total: view.head.open_bugs_total,
    };
    let word = |count: u64, one: &'static str, many: &'static str| if count == 1 { one } else { many };
    let (requirement_word, bug_word) = (
        word(view.requirements.total, "requirement", "requirements"),
        word(view.head.open_bugs_total, "open bug", "open bugs"),
    );
    view! {
        <div class="summary">
            <Stat value=view.requirements.total.to_string()>{requirement_word}</Stat>
            <Stat value=view.head.done.to_string()>"done"</Stat>
            <Stat value=view.head.open_bugs_total.to_string()>{bug_word}</Stat>
        </div>
        {(counts.open_bugs_total > 0)
            .then(|| {
                view! {
                    <div class="mb5">
                        <BugCounts counts=counts />
                    </div>
                }
            })}
    }
    .into_any()
}

fn lists(address: &Address, view: &PlanItemView) -> AnyView {
    let (at, bug_page) = (address.clone(), view.bugs.page);
    let href: ListHref = Box::new(move |sort, page| at.href(sort, page, bug_page));
    let requirements = if view.requirements.items.is_empty() {
        view! { <EmptyState bare=true title="No requirements" text="No requirement is planned here, or none that you may see." /> }.into_any()
    } else {
        requirement_table(&address.project, "Requirements", &view.requirements, &href)
    };
    let (at, sort, page) = (
        address.clone(),
        view.requirements.sort.clone(),
        view.requirements.page,
    );
    let bug_href: ListHref = Box::new(move |_, bug_page| at.href(&sort, page, bug_page));
    let bugs = if view.bugs.items.is_empty() {
        view! { <p class="muted">"No bugs are planned here."</p> }.into_any()
    } else {
        bug_table("Bugs", &view.bugs, &bug_href)
    };
    view! {
        <section aria-labelledby="requirements">
            <h2 id="requirements" class="mb">
                "Requirements "
                <span class="faint f13">{view.requirements.total.to_string()}</span>
            </h2>
            {requirements}
        </section>
        <section class="mt8" aria-labelledby="bugs">
            <h2 id="bugs" class="mb">
                "Bugs "
                <span class="faint f13">{view.bugs.total.to_string()}</span>
            </h2>
            {bugs}
        </section>
    }
    .into_any()
}
