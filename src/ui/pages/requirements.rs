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
        components::{Checkbox, Select},
        layout::{Section, project_page},
        pages::{
            mirrored_list::{MirroredList, UNSCHEDULED, Words, choices},
            requirement_table::{ListHref, requirement_table},
        },
        paths,
        query::Query,
    },
};

const WORDS: Words = Words {
    title: "Requirements",
    one: "requirement",
    many: "requirements",
    why_none: "it has not synced yet, or no work item has a chosen type.",
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
    let all = paths::requirements(project);
    let list = MirroredList {
        words: WORDS,
        project,
        all: &all,
        filtered: view.filter.is_filtered(),
        unmapped: &view.unmapped,
        may_configure: view.may_configure,
    };
    list.page(frame, !view.configurations.is_empty(), || {
        let (filter, found) = (&view.filter, &view.list);
        let (owner, kept) = (project.to_owned(), filter.clone());
        let href: ListHref = Box::new(move |sort, page| address(&owner, &kept, sort, page));
        let table =
            (!found.items.is_empty()).then(|| requirement_table(project, "Requirements", found, &href));
        let own = own_filters(filter, &view.types);
        let filters = list.filters(&filter.text, &view.configurations, &filter.configuration, own);
        let hint = filter
            .unscheduled
            .then(|| view! { <p class="f12 faint mb">{UNSCHEDULED}</p> });
        let filters = view! { {filters} {hint} }.into_any();
        let several = filter.configuration.is_empty() && view.configurations.len() > 1;
        list.content(filters, several, found.total, table)
    })
}

fn own_filters(filter: &RequirementFilter, types: &[String]) -> AnyView {
    let statuses = RequirementStatus::ALL
        .iter()
        .map(|status| (status.code(), status.label()));
    let statuses = choices("All statuses", statuses);
    // A type that no requirement has any more stays to be seen and taken off.
    let lost = Some(&filter.issue_type).filter(|name| !name.is_empty() && !types.contains(name));
    let types = choices("All types", types.iter().chain(lost).map(|name| (name, name)));
    let sort = (!filter.sort.is_empty())
        .then(|| view! { <input type="hidden" name="sort" value=filter.sort.clone() /> });
    view! {
        <Select name="status" label="Status" options=statuses value=filter.status.clone() small=true />
        <Select name="type" label="Type" options=types value=filter.issue_type.clone() small=true />
        <Checkbox name="unscheduled" label="Unscheduled only" value="true" checked=filter.unscheduled />
        {sort}
    }
    .into_any()
}
