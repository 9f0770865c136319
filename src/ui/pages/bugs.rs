//! All bugs of a project, with filters in the address; Plans leads here with its numbers.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        bug::{BugFilter, BugsView, UNRESOLVED, load_bugs},
        layout::FrameView,
    },
    domain::mapping::{BugStatus, Target},
    ui::{
        components::{
            Button, ButtonKind, Checkbox, Crumb, EmptyState, Icon, LinkButton, PageHead, Select,
            SelectOption, TextInput,
        },
        layout::{Section, project_page},
        pages::{
            plans::counted,
            requirement_table::{ListHref, bug_table},
        },
        paths,
        query::Query,
    },
};

fn address(project: &str, filter: &BugFilter, page: u32) -> String {
    let page = if page > 1 { page.to_string() } else { String::new() };
    paths::with_query(
        &paths::bugs(project),
        &[
            ("configuration", &filter.configuration),
            ("text", &filter.text),
            ("status", &filter.status),
            ("unreleased", if filter.unreleased { "true" } else { "" }),
            ("page", &page),
        ],
    )
}

/// The unresolved bugs of a configuration; `unreleased` for those that no release in Plans has.
pub(super) fn open_bugs_href(project: &str, configuration: &str, unreleased: bool) -> String {
    let filter = BugFilter {
        configuration: configuration.to_owned(),
        status: UNRESOLVED.to_owned(),
        unreleased,
        ..BugFilter::default()
    };
    address(project, &filter, 1)
}

/// Bugs of a project.
#[component]
pub fn BugsPage() -> impl IntoView {
    let project = use_params_map()
        .read_untracked()
        .get("project")
        .unwrap_or_default();
    let query = Query::here();
    let get = |name: &str| query.get(name).unwrap_or_default();
    let filter = BugFilter {
        configuration: get("configuration"),
        status: get("status"),
        text: get("text"),
        unreleased: !get("unreleased").is_empty(),
        page: get("page").parse().unwrap_or(1),
    };
    project_page(project.clone(), Section::Bugs, "Bugs", move |frame| async move {
        let view = load_bugs(project.clone(), filter).await?;
        Ok(page(&frame, &project, &view))
    })
}

fn page(frame: &FrameView, project: &str, view: &BugsView) -> AnyView {
    let name = frame
        .project
        .as_ref()
        .map(|project| project.name.clone())
        .unwrap_or_default();
    let crumbs = vec![Crumb::link(name, paths::plans(project)), Crumb::here("Bugs")];
    let content = if view.configurations.is_empty() {
        without_integration(project, view.may_configure)
    } else {
        list(project, view)
    };
    view! {
        <PageHead title="Bugs" crumbs=crumbs />
        {content}
    }
    .into_any()
}

fn without_integration(project: &str, may_configure: bool) -> AnyView {
    let (text, href, label) = if may_configure {
        (
            "Bugs come from a linked Jira project. Link one under Integrations.",
            paths::integrations(project),
            "Go to integrations",
        )
    } else {
        (
            "Bugs come from a linked Jira project. Plans names who can link one.",
            paths::plans(project),
            "Open Plans",
        )
    };
    view! {
        <EmptyState title="No Jira project is linked yet" text=text>
            <LinkButton href=href kind=ButtonKind::Primary>{label}</LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn list(project: &str, view: &BugsView) -> AnyView {
    let (filter, found) = (&view.filter, &view.list);
    let (owner, kept) = (project.to_owned(), filter.clone());
    let href: ListHref = Box::new(move |_, page| address(&owner, &kept, page));
    let table = if found.items.is_empty() {
        nothing(project, filter)
    } else {
        bug_table("Bugs", found, &href)
    };
    let count = counted(found.total, "bug", "bugs");
    let count = if filter.is_filtered() {
        format!("{count} found")
    } else {
        count
    };
    view! {
        {filters(project, view)}
        <p class="f13 faint mb" role="status">{count}</p>
        {table}
    }
    .into_any()
}

fn nothing(project: &str, filter: &BugFilter) -> AnyView {
    let (plans, all) = (paths::plans(project), paths::bugs(project));
    if !filter.is_filtered() {
        return view! {
            <EmptyState
                title="No bugs yet"
                text="The integration has brought none: it has not synced yet, maps no bugs, or no work item has a chosen type."
            >
                <LinkButton href=plans>"Open Plans"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState bare=true title="No bug matches" text="Change the filters, or clear them to see all.">
            <LinkButton href=all>"Clear filters"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn filters(project: &str, view: &BugsView) -> AnyView {
    let filter = &view.filter;
    let configurations = (view.configurations.len() > 1).then(|| {
        let mut options = vec![SelectOption::new("", "All integrations")];
        options.extend(view.configurations.iter().map(|row| SelectOption::new(row.id.clone(), row.label.clone())));
        view! { <Select name="configuration" label="Integration" options=options value=filter.configuration.clone() small=true /> }
    });
    // A project with one integration has no choice of it; the address keeps the one it names.
    let kept = (view.configurations.len() <= 1 && !filter.configuration.is_empty())
        .then(|| view! { <input type="hidden" name="configuration" value=filter.configuration.clone() /> });
    let mut statuses = vec![
        SelectOption::new("", "All statuses"),
        SelectOption::new(UNRESOLVED, "Open or In Progress"),
    ];
    statuses.extend(
        BugStatus::ALL
            .iter()
            .map(|status| SelectOption::new(status.code(), status.label())),
    );
    let clear = filter.is_filtered().then(
        || view! { <LinkButton href=paths::bugs(project) small=true kind=ButtonKind::Quiet>"Clear"</LinkButton> },
    );
    view! {
        <form class="toolbar" method="get" action=paths::bugs(project) role="search" aria-label="Bugs">
            <span class="search">
                <Icon name="i-search" />
                <TextInput name="text" kind="search" label="Key or words of the summary" placeholder="Key or summary" value=filter.text.clone() />
            </span>
            {configurations}
            {kept}
            <Select name="status" label="Status" options=statuses value=filter.status.clone() small=true />
            <Checkbox name="unreleased" label="Without release only" value="true" checked=filter.unreleased />
            <Button small=true icon="i-filter">"Apply"</Button>
            {clear}
        </form>
    }
    .into_any()
}
