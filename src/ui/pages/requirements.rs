//! All requirements of a project, with filters in the address.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        layout::FrameView,
        requirement::{RequirementFilter, RequirementsView, load_requirements},
    },
    domain::mapping::{RequirementStatus, Target},
    ui::{
        components::{
            Button, ButtonKind, Checkbox, Crumb, EmptyState, Icon, LinkButton, PageHead, Select,
            SelectOption, TextInput,
        },
        layout::{Section, project_page},
        pages::{
            plans::counted,
            requirement_table::{ListHref, requirement_table},
        },
        paths,
        query::Query,
    },
};

fn address(project: &str, filter: &RequirementFilter, sort: &str, page: u32) -> String {
    let page = if page > 1 { page.to_string() } else { String::new() };
    paths::with_query(
        &paths::requirements(project),
        &[
            ("configuration", &filter.configuration),
            ("text", &filter.text),
            ("status", &filter.status),
            ("type", &filter.issue_type),
            ("unscheduled", if filter.unscheduled { "true" } else { "" }),
            ("sort", sort),
            ("page", &page),
        ],
    )
}

/// Requirements of a project.
#[component]
pub fn RequirementsPage() -> impl IntoView {
    let project = use_params_map()
        .read_untracked()
        .get("project")
        .unwrap_or_default();
    let query = Query::here();
    let get = |name: &str| query.get(name).unwrap_or_default();
    let filter = RequirementFilter {
        configuration: get("configuration"),
        status: get("status"),
        issue_type: get("type"),
        text: get("text"),
        unscheduled: !get("unscheduled").is_empty(),
        sort: get("sort"),
        page: get("page").parse().unwrap_or(1),
    };
    project_page(
        project.clone(),
        Section::Requirements,
        "Requirements",
        move |frame| async move {
            let view = load_requirements(project.clone(), filter).await?;
            Ok(page(&frame, &project, &view))
        },
    )
}

fn page(frame: &FrameView, project: &str, view: &RequirementsView) -> AnyView {
    let name = frame
        .project
        .as_ref()
        .map(|project| project.name.clone())
        .unwrap_or_default();
    let crumbs = vec![
        Crumb::link(name, paths::plans(project)),
        Crumb::here("Requirements"),
    ];
    let content = if view.configurations.is_empty() {
        without_integration(project, view.may_configure)
    } else {
        list(project, view)
    };
    view! {
        <PageHead title="Requirements" crumbs=crumbs />
        {content}
    }
    .into_any()
}

fn without_integration(project: &str, may_configure: bool) -> AnyView {
    let text = if may_configure {
        "Requirements come from a linked Jira project. Link one under Integrations."
    } else {
        "Requirements come from a linked Jira project. Plans names who can link one."
    };
    let (href, label) = if may_configure {
        (paths::integrations(project), "Go to integrations")
    } else {
        (paths::plans(project), "Open Plans")
    };
    view! {
        <EmptyState title="No Jira project is linked yet" text=text>
            <LinkButton href=href kind=ButtonKind::Primary>{label}</LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn list(project: &str, view: &RequirementsView) -> AnyView {
    let (filter, found) = (view.filter.clone(), &view.list);
    let owner = project.to_owned();
    let kept = filter.clone();
    let href: ListHref = Box::new(move |sort, page| address(&owner, &kept, sort, page));
    let table = if found.items.is_empty() {
        nothing(project, &filter)
    } else {
        requirement_table(project, "Requirements", found, &href)
    };
    let count = if filter.is_filtered() {
        format!("{} found", counted(found.total, "requirement", "requirements"))
    } else {
        counted(found.total, "requirement", "requirements")
    };
    view! {
        {filters(project, view)}
        <p class="f13 faint mb" role="status">{count}</p>
        {table}
    }
    .into_any()
}

fn nothing(project: &str, filter: &RequirementFilter) -> AnyView {
    let (plans, all) = (paths::plans(project), paths::requirements(project));
    if !filter.is_filtered() {
        return view! {
            <EmptyState
                title="No requirements yet"
                text="The integration has brought none: it has not synced yet, or no work item has a chosen type."
            >
                <LinkButton href=plans>"Open Plans"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState bare=true title="No requirement matches" text="Change the filters, or clear them to see all.">
            <LinkButton href=all>"Clear filters"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn filters(project: &str, view: &RequirementsView) -> AnyView {
    let filter = &view.filter;
    let all = |label: &str| vec![SelectOption::new("", label)];
    let configurations = (view.configurations.len() > 1).then(|| {
        let mut options = all("All integrations");
        options.extend(view.configurations.iter().map(|row| SelectOption::new(row.id.clone(), row.label.clone())));
        view! { <Select name="configuration" label="Integration" options=options value=filter.configuration.clone() small=true /> }
    });
    let mut statuses = all("All statuses");
    statuses.extend(
        RequirementStatus::ALL
            .iter()
            .map(|status| SelectOption::new(status.code(), status.label())),
    );
    let mut types = all("All types");
    types.extend(
        view.types
            .iter()
            .map(|name| SelectOption::new(name.clone(), name.clone())),
    );
    if !filter.issue_type.is_empty() && !view.types.contains(&filter.issue_type) {
        types.push(SelectOption::new(
            filter.issue_type.clone(),
            filter.issue_type.clone(),
        ));
    }
    let clear =
        filter.is_filtered().then(|| view! { <LinkButton href=paths::requirements(project) small=true kind=ButtonKind::Quiet>"Clear"</LinkButton> });
    view! {
        <form class="toolbar" method="get" action=paths::requirements(project) role="search" aria-label="Requirements">
            <span class="search">
                <Icon name="i-search" />
                <TextInput name="text" kind="search" label="Key or words of the summary" placeholder="Key or summary" value=filter.text.clone() />
            </span>
            {configurations}
            <Select name="status" label="Status" options=statuses value=filter.status.clone() small=true />
            <Select name="type" label="Type" options=types value=filter.issue_type.clone() small=true />
            <Checkbox name="unscheduled" label="Unscheduled only" value="true" checked=filter.unscheduled />
            {(!filter.sort.is_empty()).then(|| view! { <input type="hidden" name="sort" value=filter.sort.clone() /> })}
            <Button small=true icon="i-filter">"Apply"</Button>
            {clear}
        </form>
    }
    .into_any()
}
