//! Tables of requirements and of bugs, with links that sort and numbered pages.

use leptos::prelude::*;

use crate::{
    api::requirement::{IssueItem, IssueListView},
    domain::{
        mapping::{Priority, Severity, Target, telling_value},
        mirror_issue::MappedStatus,
    },
    ui::{
        components::{Cell, Column, Icon, LinkButton, Row, RowHead, Sorted, Status, Table, Tone},
        pages::{look::of_status, plans_list::severity_icon},
        paths,
    },
};

fn priority_icon(priority: Priority) -> Option<(&'static str, Tone)> {
    match priority {
        Priority::Critical => Some(("p-1", Tone::Bad)),
        Priority::High => Some(("p-2", Tone::Warn)),
        Priority::Medium => Some(("p-3", Tone::Info)),
        Priority::Low => Some(("p-4", Tone::Mute)),
        Priority::None => None,
    }
}

/// A priority: icon and word.
pub(super) fn priority_view(priority: Priority) -> AnyView {
    let icon =
        priority_icon(priority).map(|(icon, tone)| view! { <Icon name=icon class="glyph" tone=tone /> " " });
    view! { <span class="nowrap">{icon} {priority.label()}</span> }.into_any()
}

fn severity_cell(severity: Option<Severity>) -> AnyView {
    let Some(severity) = severity else {
        return optional_cell("Severity", None, "No severity");
    };
    let (icon, tone) = severity_icon(severity);
    view! {
        <Cell label="Severity">
            <span class="nowrap">
                <Icon name=icon class="glyph" tone=tone />
                " "
                {severity.label()}
            </span>
        </Cell>
    }
    .into_any()
}

/// The cell of a priority; on a card one that says nothing is left out. Beside a severity it is named there.
fn priority_cell(priority: Priority, named: bool) -> AnyView {
    let class = match priority {
        Priority::None => "wide",
        _ if named => "named",
        _ => "",
    };
    view! { <Cell label="Priority" class=class>{priority_view(priority)}</Cell> }.into_any()
}

/// A mapped status: shape and words.
pub(super) fn status_view(status: MappedStatus) -> AnyView {
    let look = of_status(status);
    view! {
        <Status tone=look.tone glyph=look.glyph still=true>
            {status.words()}
        </Status>
    }
    .into_any()
}

/// A status, with Jira's own below it where that says more.
fn status_cell(item: &IssueItem) -> AnyView {
    let jira = if item.status.is_default() {
        Some(format!("Jira: {}, not mapped", item.jira_status))
    } else {
        telling_value(item.status.label(), &item.jira_status).map(str::to_owned)
    };
    view! {
        {status_view(item.status)}
        {jira.map(|jira| view! { <span class="sub">{jira}</span> })}
    }
    .into_any()
}

/// A value that may be missing; on a card a missing one is left out.
fn optional_cell(label: &'static str, value: Option<String>, none: &'static str) -> AnyView {
    match value {
        Some(value) => view! { <Cell label=label><span class="nowrap">{value}</span></Cell> }.into_any(),
        None => view! { <Cell label=label class="wide"><span class="faint">{none}</span></Cell> }.into_any(),
    }
}

/// How the links of a list are made: sort code and page to address.
pub(super) type ListHref = Box<dyn Fn(&str, u32) -> String + Send>;

fn sortable(label: &str, code: &str, list: &IssueListView, href: &ListHref) -> Column {
    let (sorted, next) = if list.sort == code {
        (Some(Sorted::Up), format!("-{code}"))
    } else if list.sort.strip_prefix('-') == Some(code) {
        (Some(Sorted::Down), code.to_owned())
    } else {
        (None, code.to_owned())
    };
    Column::sortable(label, href(&next, 1), sorted)
}

/// Requirements.
pub(super) fn requirement_table(
    project: &str,
    caption: &str,
    list: &IssueListView,
    href: &ListHref,
) -> AnyView {
    let columns = vec![
        sortable("Key", "key", list, href),
        sortable("Summary", "summary", list, href),
        sortable("Type", "type", list, href),
        sortable("Status", "status", list, href),
        sortable("Priority", "priority", list, href),
        sortable("Release date", "date", list, href),
        Column::new("Assignee"),
    ];
    let rows: Vec<AnyView> = list
        .items
        .iter()
        .map(|item| {
            let page = paths::requirement(project, &item.configuration_id, &item.jira_id);
            let (status, priority, item) = (
                status_cell(item),
                priority_cell(item.priority, false),
                item.clone(),
            );
            view! {
                <Row>
                    <RowHead href=page.clone() sub=item.connection.unwrap_or_default()>
                        <span class="key nowrap">{item.key}</span>
                    </RowHead>
                    <Cell class="lead">
                        <a class="rowlink light" href=page>
                            {item.summary}
                        </a>
                    </Cell>
                    <Cell label="Type">{item.type_name}</Cell>
                    <Cell class="st">{status}</Cell>
                    {priority}
                    {optional_cell("Release date", item.release_date, "No date")}
                    {optional_cell("Assignee", item.assignee, "Nobody")}
                </Row>
            }
            .into_any()
        })
        .collect();
    view! {
        <Table caption=caption columns=columns dense=true class="brief">
            {rows}
        </Table>
        {pager(list, href)}
    }
    .into_any()
}

/// Bugs, in the order they come.
pub(super) fn bug_table(caption: &str, list: &IssueListView, href: &ListHref) -> AnyView {
    let columns = vec![
        Column::new("Key"),
        Column::new("Bug"),
        Column::new("Severity"),
        Column::new("Status"),
        Column::new("Priority"),
        Column::new("Assignee"),
    ];
    let rows: Vec<AnyView> = list
        .items
        .iter()
        .map(|item| {
            let key = match item.jira_url.clone() {
                Some(href) => view! {
                    <a class="rowlink key nowrap" href=href target="_blank" rel="noopener noreferrer">
                        {item.key.clone()}
                        " "
                        <Icon name="i-ext" class="glyph" label="opens in Jira" />
                    </a>
                }
                .into_any(),
                None => view! { <span class="key nowrap">{item.key.clone()}</span> }.into_any(),
            };
            let (status, priority, severity) = (
                status_cell(item),
                priority_cell(item.priority, true),
                severity_cell(item.severity),
            );
            let item = item.clone();
            view! {
                <Row>
                    <RowHead sub=item.connection.unwrap_or_default()>{key}</RowHead>
                    <Cell class="lead">{item.summary}</Cell>
                    {severity}
                    <Cell class="st">{status}</Cell>
                    {priority}
                    {optional_cell("Assignee", item.assignee, "Nobody")}
                </Row>
            }
            .into_any()
        })
        .collect();
    view! {
        <Table caption=caption columns=columns dense=true class="brief">
            {rows}
        </Table>
        {pager(list, href)}
    }
    .into_any()
}

/// Which page this is and the ways to the others.
fn pager(list: &IssueListView, href: &ListHref) -> AnyView {
    if list.pages <= 1 {
        return ().into_any();
    }
    let first = u64::from(list.page - 1) * 100 + 1;
    let last = first + list.items.len() as u64 - u64::from(!list.items.is_empty());
    let step = |on: bool, page: u32, label: &'static str| {
        on.then(|| view! { <LinkButton href=href(&list.sort, page) small=true>{label}</LinkButton> })
    };
    view! {
        <div class="tablefoot">
            <span>{format!("{first} to {last} of {}, page {} of {}", list.total, list.page, list.pages)}</span>
            <nav class="pager" aria-label="Pages">
                {step(list.page > 2, 1, "First")}
                {step(list.page > 1, list.page.saturating_sub(1), "Previous")}
                {step(list.page < list.pages, list.page + 1, "Next")}
                {step(list.page + 1 < list.pages, list.pages, "Last")}
            </nav>
        </div>
    }
    .into_any()
}
