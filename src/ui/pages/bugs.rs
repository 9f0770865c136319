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
        components::{Checkbox, Select},
        layout::{Section, project_page},
        pages::{
            mirrored_list::{MirroredList, Words, choices},
            requirement_table::{ListHref, bug_table},
        },
        paths,
        query::Query,
    },
};

const WORDS: Words = Words {
    title: "Bugs",
    one: "bug",
    many: "bugs",
    why_none: "it has not synced yet, maps no bugs, or no work item has a chosen type.",
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
    let all = paths::bugs(project);
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
        let href: ListHref = Box::new(move |_, page| address(&owner, &kept, page));
        let table = (!found.items.is_empty()).then(|| bug_table("Bugs", found, &href));
        let own = own_filters(filter);
        let filters = list.filters(&filter.text, &view.configurations, &filter.configuration, own);
        let several = filter.configuration.is_empty() && view.configurations.len() > 1;
        list.content(filters, several, found.total, table)
    })
}

fn own_filters(filter: &BugFilter) -> AnyView {
    let mapped = BugStatus::ALL
        .iter()
        .map(|status| (status.code(), status.label()));
    let unresolved = std::iter::once((UNRESOLVED, "Open or In Progress"));
    let statuses = choices("All statuses", unresolved.chain(mapped));
    view! {
        <Select name="status" label="Status" options=statuses value=filter.status.clone() small=true />
        <Checkbox name="unreleased" label="Without release only" value="true" checked=filter.unreleased />
    }
    .into_any()
}
