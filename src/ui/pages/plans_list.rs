//! The list twin of the timeline, and the lane of what has no dates: the same data as a table.

use leptos::prelude::*;

use crate::{
    api::plan::sprint_state,
    domain::{
        dates::format_date,
        mapping::{Severity, Target},
        timeline::{Lane, LaneCounts, SprintBar, Timeline},
    },
    ui::{
        components::{Cell, Column, Icon, Row, RowHead, Status, Table, Tone},
        pages::{
            look::{of_risk, of_sprint},
            plans::PlansAddress,
        },
        paths,
    },
};

/// Icon of a severity.
pub(super) fn severity_icon(severity: Severity) -> (&'static str, Tone) {
    match severity {
        Severity::Blocker => ("s-err", Tone::Bad),
        Severity::Critical => ("p-1", Tone::Bad),
        Severity::Major => ("p-2", Tone::Warn),
        Severity::Minor => ("p-3", Tone::Mute),
        Severity::Trivial => ("p-4", Tone::Mute),
    }
}

/// The page of a lane's release.
pub(super) fn lane_href(address: &PlansAddress, lane: &Lane) -> Option<String> {
    lane.release_id
        .as_ref()
        .map(|id| paths::release(&address.project, &address.configuration, id))
}

/// The page of a sprint.
pub(super) fn sprint_href(address: &PlansAddress, sprint: i64) -> String {
    paths::sprint(&address.project, &address.configuration, sprint)
}

/// Open bugs by severity, strongest first.
#[component]
pub(super) fn BugCounts(
    /// Counts.
    counts: LaneCounts,
) -> AnyView {
    if counts.open_bugs_total == 0 {
        return view! { <span class="sub">"No open bugs"</span> }.into_any();
    }
    let rated: u64 = counts.open_bugs.iter().map(|(_, count)| count).sum();
    let bare = counts.open_bugs_total.saturating_sub(rated);
    let items = counts
        .open_bugs
        .iter()
        .map(|(severity, count)| {
            let (icon, tone) = severity_icon(*severity);
            view! {
                <span>
                    <Icon name=icon class="glyph" tone=tone />
                    " "
                    <b>{count.to_string()}</b>
                    " "
                    {severity.label().to_lowercase()}
                </span>
            }
        })
        .collect_view();
    let without = (bare > 0).then(|| {
        view! {
            <span>
                <Icon name="i-bug" class="glyph" tone=Tone::Mute />
                " "
                <b>{bare.to_string()}</b>
                {if rated > 0 { " without severity" } else { " open" }}
            </span>
        }
    });
    view! {
        <div class="bugs f12">
            <span class="vh">"Open bugs: "</span>
            {items}
            {without}
        </div>
    }
    .into_any()
}

fn status_of(lane: &Lane) -> AnyView {
    if lane.release_id.is_none() {
        return view! { <span class="sub">{lane.words.clone()}</span> }.into_any();
    }
    let (look, label) = (of_risk(lane.risk), lane.risk.label());
    let why = Some(lane.why.clone()).filter(|why| !why.is_empty());
    view! {
        <Status tone=look.tone glyph=look.glyph>
            {label}
        </Status>
        {why.map(|why| view! { <span class="sub">{why}</span> })}
    }
    .into_any()
}

/// Requirements and how many of them are done; on a card both with their words.
fn progress_cells(counts: &LaneCounts) -> AnyView {
    let (requirements, done) = (counts.requirements.to_string(), counts.done.to_string());
    view! {
        <Cell label="Requirements" class="r">{requirements}</Cell>
        <Cell label="Done" class="r">{done}</Cell>
    }
    .into_any()
}

fn lane_row(address: &PlansAddress, lane: &Lane) -> AnyView {
    let date = match (lane.date, lane.release_id.is_some()) {
        (Some(date), _) => view! { <span class="nowrap">{format_date(date)}</span> }.into_any(),
        (None, true) => view! { <span class="faint">"No date"</span> }.into_any(),
        (None, false) => ().into_any(),
    };
    let (name, href, status) = (
        lane.name.clone(),
        lane_href(address, lane).unwrap_or_default(),
        status_of(lane),
    );
    let class = if lane.date.is_some() { "" } else { "wide" };
    let (progress, counts) = (progress_cells(&lane.counts), lane.counts.clone());
    view! {
        <Row>
            <RowHead href=href>{name}</RowHead>
            <Cell class="st">{status}</Cell>
            <Cell label="Dates" class=class>{date}</Cell>
            {progress}
            <Cell label="Open bugs">
                <BugCounts counts=counts />
            </Cell>
        </Row>
    }
    .into_any()
}

/// A sprint below its release: the same columns, counting what both hold.
fn sprint_row(address: &PlansAddress, sprint: &SprintBar) -> AnyView {
    let look = of_sprint(sprint.state);
    let (name, when, state) = (
        sprint.name.clone(),
        sprint.when.clone(),
        sprint_state(sprint.state),
    );
    let href = sprint_href(address, sprint.id);
    let (progress, bugs) = (
        progress_cells(&sprint.counts),
        sprint.counts.open_bugs_total.to_string(),
    );
    view! {
        <Row class="child">
            <RowHead href=href>{name}</RowHead>
            <Cell class="st">
                <Status tone=look.tone glyph=look.glyph still=true>
                    {state}
                </Status>
            </Cell>
            <Cell label="Dates">
                <span class="nowrap">{when}</span>
            </Cell>
            {progress}
            <Cell label="Open bugs" class="n">
                {bugs}
            </Cell>
        </Row>
    }
    .into_any()
}

fn lane_table(address: &PlansAddress, caption: &str, lanes: &[&Lane]) -> AnyView {
    let columns = vec![
        Column::new("Release or sprint"),
        Column::new("Status"),
        Column::new("Dates"),
        Column::end("Requirements"),
        Column::end("Done"),
        Column::new("Open bugs"),
    ];
    let rows: Vec<AnyView> = lanes
        .iter()
        .flat_map(|lane| {
            let sprints = lane.sprints.iter().map(|sprint| sprint_row(address, sprint));
            std::iter::once(lane_row(address, lane)).chain(sprints)
        })
        .collect();
    view! {
        <Table caption=caption columns=columns class="brief">
            {rows}
        </Table>
    }
    .into_any()
}

/// All lanes as a table.
#[component]
pub(super) fn ListView(
    /// Address of the page.
    address: PlansAddress,
    /// What to list.
    timeline: Timeline,
) -> AnyView {
    let lanes: Vec<&Lane> = timeline.list().collect();
    lane_table(&address, "Releases and their sprints", &lanes)
}

/// Releases without date and sprints without release and dates, below the timeline.
#[component]
pub(super) fn UndatedView(
    /// Address of the page.
    address: PlansAddress,
    /// What to list.
    lanes: Vec<Lane>,
) -> AnyView {
    if lanes.is_empty() {
        return ().into_any();
    }
    let refs: Vec<&Lane> = lanes.iter().collect();
    let table = lane_table(&address, "Undated releases and sprints", &refs);
    view! {
        <section class="mt5" aria-labelledby="undated">
            <h2 id="undated" class="mb">
                "Undated"
            </h2>
            {table}
        </section>
    }
    .into_any()
}
