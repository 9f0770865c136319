//! The list twin of the timeline, and the lane of what has no dates: the same data as a table.

use leptos::prelude::*;

use crate::{
    api::plan::sprint_state,
    domain::{
        dates::format_date,
        mapping::{Severity, Target},
        numbers::counted,
        timeline::{Lane, LaneCounts, Risk, Timeline},
    },
    ui::{
        components::{Cell, Column, Icon, Row, RowHead, Status, Table, Tone},
        pages::{plans::PlansAddress, requirement_table::tone_of},
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

/// Icon of a risk.
pub(super) fn risk_glyph(risk: Risk) -> &'static str {
    match risk {
        Risk::Released => "s-ok",
        Risk::Overdue | Risk::BlockerOpen => "s-err",
        Risk::AtRisk => "s-warn",
        Risk::None => "s-off",
        Risk::Undated => "s-none",
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
        return view! { <span class="muted">{lane.words.clone()}</span> }.into_any();
    }
    let words = lane.risk.label();
    let tone = match lane.risk {
        Risk::None => Tone::Info,
        risk => tone_of(risk.tone()),
    };
    let glyph = risk_glyph(lane.risk);
    view! {
        <Status tone=tone glyph=glyph>
            {words}
        </Status>
        {matches!(lane.risk, Risk::Overdue | Risk::BlockerOpen | Risk::AtRisk).then(|| view! { <span class="sub">{lane.words.clone()}</span> })}
    }
    .into_any()
}

fn lane_row(address: &PlansAddress, lane: &Lane) -> AnyView {
    let sprints = lane
        .sprints
        .iter()
        .map(|sprint| {
            let items = counted(sprint.counts.requirements, "requirement", "requirements");
            let context = format!(" {}, {}, {items}", sprint_state(sprint.state), sprint.when);
            view! {
                <span class="sub">
                    <a href=sprint_href(address, sprint.id)>{sprint.name.clone()}</a>
                    {context}
                </span>
            }
        })
        .collect_view();
    let none = lane
        .sprints
        .is_empty()
        .then(|| view! { <span class="muted">"None"</span> });
    let date = lane.date.map_or_else(|| "None".to_owned(), format_date);
    let (name, href, status) = (
        lane.name.clone(),
        lane_href(address, lane).unwrap_or_default(),
        status_of(lane),
    );
    let counts = lane.counts.clone();
    let (requirements, done) = (counts.requirements.to_string(), counts.done.to_string());
    view! {
        <Row>
            <RowHead href=href>{name}</RowHead>
            <Cell class="st">{status}</Cell>
            <Cell label="Release date">{date}</Cell>
            <Cell label="Requirements" class="r">{requirements}</Cell>
            <Cell label="Done" class="r">{done}</Cell>
            <Cell label="Open bugs">
                <BugCounts counts=counts />
            </Cell>
            <Cell label="Sprints">{sprints} {none}</Cell>
        </Row>
    }
    .into_any()
}

fn lane_table(address: &PlansAddress, caption: &str, lanes: &[&Lane]) -> AnyView {
    let columns = vec![
        Column::new("Release"),
        Column::new("Status"),
        Column::new("Release date"),
        Column::end("Requirements"),
        Column::end("Done"),
        Column::new("Open bugs"),
        Column::new("Sprints"),
    ];
    let rows: Vec<AnyView> = lanes.iter().map(|lane| lane_row(address, lane)).collect();
    view! {
        <Table caption=caption columns=columns>
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
    lane_table(&address, "Releases", &lanes)
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
    let table = lane_table(&address, "Without dates", &refs);
    view! {
        <section class="mt5" aria-labelledby="undated">
            <h2 id="undated" class="mb">
                "Without dates"
            </h2>
            {table}
        </section>
    }
    .into_any()
}
