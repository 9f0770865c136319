//! The timeline of Plans: a lane for each release, its sprints below, today across.
//!
//! Everything is a link in the order of the page; with script the lanes are one stop of the Tab key and
//! arrows move in them. What lies outside the window or has no dates stays
//! reachable by name in its lane. On a phone the lanes are cards without an axis.

use leptos::prelude::*;

use crate::{
    api::plan::sprint_state,
    domain::{
        dates::format_day,
        jira::SprintState,
        numbers::counted,
        timeline::{Lane, Risk, SprintBar, Timeline},
    },
    ui::{
        components::{
            Status,
            positions::{Position, TimelineStyle, release_id, sprint_id, track_id},
        },
        pages::{
            plans::PlansAddress,
            plans_list::{BugCounts, UndatedView, lane_href, risk_glyph, sprint_href},
            requirement_table::tone_of,
        },
    },
};

/// Narrower bars (in thousandths of the axis) are too small to be pressed and to be written in: they are
/// thin strips without a link, the list has their names.
const LINK_WIDTH: u16 = 32;
/// From here on the name of a release is written towards the start of the axis.
const FLIP_FROM: u16 = 720;
/// Longest name on the axis, in characters.
const NAME_LIMIT: usize = 22;
/// Sprints named in a lane although they have no bar.
const NAMED: usize = 4;

/// The timeline.
#[component]
pub(super) fn TimelineView(
    /// Address of the page.
    address: PlansAddress,
    /// What to draw.
    timeline: Timeline,
) -> AnyView {
    let positions = positions(&timeline);
    let ticks: Vec<u16> = timeline.ticks.iter().map(|tick| tick.at).collect();
    let labels = timeline
        .ticks
        .iter()
        .map(|tick| view! { <span class="mo">{tick.label.clone()}</span> })
        .collect_view();
    let today = timeline.today.is_some();
    let lanes: Vec<AnyView> = timeline
        .lanes
        .iter()
        .enumerate()
        .map(|(index, lane)| lane_view(&address, &timeline, index, lane))
        .collect();
    let undated = timeline.undated.clone();
    let gantt = (!lanes.is_empty()).then(|| {
        view! {
            <TimelineStyle ticks=ticks today=timeline.today positions=positions />
            <div class="gantt" id="gantt">
                <div class="ghead grow" aria-hidden="true">
                    <div>"Release"</div>
                    <div>"Contents"</div>
                    <div class="axis">
                        {labels}
                        {today.then(|| view! { <span class="today flag" data-label="Today"></span> })}
                    </div>
                </div>
                <ol class="lanes" aria-label="Releases by date" data-rove="">
                    {lanes}
                </ol>
            </div>
        }
    });
    view! {
        {gantt}
        <UndatedView address=address lanes=undated />
    }
    .into_any()
}

/// Rows for the bars of a lane, so that sprints of the same time do not cover each other.
fn rows(lane: &Lane) -> (Vec<usize>, usize) {
    let mut ends: Vec<u16> = Vec::new();
    let placed = lane
        .sprints
        .iter()
        .map(|sprint| {
            let Some(bar) = sprint.bar else { return 0 };
            match ends.iter_mut().enumerate().find(|(_, end)| **end <= bar.start) {
                Some((row, end)) => {
                    *end = bar.end;
                    row
                }
                None => {
                    ends.push(bar.end);
                    ends.len() - 1
                }
            }
        })
        .collect();
    (placed, ends.len())
}

/// Where everything stands.
pub(super) fn positions(timeline: &Timeline) -> Vec<Position> {
    let mut positions = Vec::new();
    for (index, lane) in timeline.lanes.iter().enumerate() {
        let (placed, count) = rows(lane);
        if count > 1 {
            positions.push(Position::Track {
                lane: index,
                rows: count,
            });
        }
        if let Some(bar) = lane.bar {
            let reached = match (lane.risk, timeline.today) {
                (Risk::Released, _) => 100,
                (_, Some(today)) if bar.end > bar.start => {
                    let passed = u32::from(today.clamp(bar.start, bar.end) - bar.start);
                    u16::try_from(passed * 100 / u32::from(bar.end - bar.start)).unwrap_or(100)
                }
                _ => 0,
            };
            positions.push(Position::Release {
                lane: index,
                start: bar.start,
                end: bar.end,
                reached,
            });
        }
        for (at, sprint) in lane.sprints.iter().enumerate() {
            if let Some(bar) = sprint.bar {
                let row = placed.get(at).copied().unwrap_or_default();
                positions.push(Position::Sprint {
                    lane: index,
                    sprint: at,
                    start: bar.start,
                    end: bar.end,
                    row,
                });
            }
        }
    }
    positions
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_LIMIT {
        return name.to_owned();
    }
    let start: String = name.chars().take(NAME_LIMIT - 1).collect();
    format!("{}…", start.trim_end())
}

fn lane_view(address: &PlansAddress, timeline: &Timeline, index: usize, lane: &Lane) -> AnyView {
    let href = lane_href(address, lane);
    let name = match href.clone() {
        Some(href) => view! { <a href=href>{lane.name.clone()}</a> }.into_any(),
        None => view! { <b>{lane.name.clone()}</b> }.into_any(),
    };
    let risky = !matches!(lane.risk, Risk::None | Risk::Undated);
    let words = lane.words.clone();
    let words = if risky {
        view! { <Status tone=tone_of(lane.risk.tone()) glyph=risk_glyph(lane.risk)>{words}</Status> }
            .into_any()
    } else {
        view! { <span class="sub">{words}</span> }.into_any()
    };
    let line = href
        .filter(|_| lane.bar.is_some())
        .map(|href| release_line(timeline, index, lane, href));
    let sprints = lane
        .sprints
        .iter()
        .enumerate()
        .map(|(at, sprint)| sprint_bar(address, index, at, sprint, lane.release_id.is_some()))
        .collect_view();
    let today = timeline.today.is_some();
    view! {
        <li class="lane">
            <div class="nm">{name} {words}</div>
            <div class="rd">
                {lane.release_id.is_some().then(|| requirement_line(lane))}
                <BugCounts counts=lane.counts.clone() />
                {elsewhere(address, lane)}
            </div>
            <div class="track" id=track_id(index)>
                {line}
                {sprints}
                {today.then(|| view! { <span class="today" aria-hidden="true"></span> })}
            </div>
        </li>
    }
    .into_any()
}

fn requirement_line(lane: &Lane) -> AnyView {
    let text = format!(
        "{}, {} done",
        counted(lane.counts.requirements, "requirement", "requirements"),
        lane.counts.done
    );
    view! { <span>{text}</span> }.into_any()
}

/// Sprints of the lane that have no bar here.
fn elsewhere(address: &PlansAddress, lane: &Lane) -> AnyView {
    let hidden: Vec<&SprintBar> = lane
        .sprints
        .iter()
        .filter(|sprint| sprint.bar.is_none())
        .collect();
    if hidden.is_empty() {
        return ().into_any();
    }
    let more = hidden.len().saturating_sub(NAMED);
    let links = hidden
        .iter()
        .take(NAMED)
        .map(|sprint| {
            let items = counted(sprint.counts.requirements, "requirement", "requirements");
            let when = format!(", {}, {items}", sprint.when);
            view! {
                <span class="sub">
                    <a href=sprint_href(address, sprint.id)>{sprint.name.clone()}</a>
                    {when}
                </span>
            }
        })
        .collect_view();
    let more =
        (more > 0).then(|| view! { <span class="sub">{format!("and {more} more in the list")}</span> });
    view! {
        <div class="f12">
            <span class="sub">"Also in it:"</span>
            {links}
            {more}
        </div>
    }
    .into_any()
}

fn release_line(timeline: &Timeline, index: usize, lane: &Lane, href: String) -> AnyView {
    let bar = lane.bar;
    let running = timeline
        .today
        .is_some_and(|today| bar.is_some_and(|bar| bar.start <= today && today < bar.end));
    let mut class = String::from("rel");
    for (on, name) in [
        (lane.risk == Risk::Released, " done"),
        (running && lane.risk != Risk::Released, " now"),
        (matches!(lane.risk, Risk::Overdue | Risk::BlockerOpen), " late"),
        (bar.is_some_and(|bar| bar.start >= FLIP_FROM), " flip"),
    ] {
        if on {
            class.push_str(name);
        }
    }
    let date = lane.date.map(format_day).unwrap_or_default();
    view! {
        <a class=class id=release_id(index) href=href aria-label=format!("{}, {}", lane.name, lane.words)>
            <span class="lb">
                {shortened(&lane.name)} " " <span>{date}</span>
            </span>
            <span class="ln"></span>
        </a>
    }
    .into_any()
}

fn sprint_bar(
    address: &PlansAddress,
    lane: usize,
    at: usize,
    sprint: &SprintBar,
    of_release: bool,
) -> AnyView {
    let Some(bar) = sprint.bar else {
        return ().into_any();
    };
    let count = sprint.counts.requirements;
    let items = counted(count, "requirement", "requirements");
    let title = format!(
        "{}, {}, {}, {items}{}",
        sprint.name,
        sprint_state(sprint.state),
        sprint.when,
        if of_release { " of this release" } else { "" }
    );
    let class = match sprint.state {
        SprintState::Active => "spr now",
        SprintState::Closed => "spr done",
        SprintState::Future => "spr",
    };
    let inside = view! {
        <b>
            <span class="fu">{sprint.name.clone()} " "</span>
            <span class="sh" aria-hidden="true">
                {sprint.short.clone()}
            </span>
        </b>
        <span class="fu">{items} <span class="m">{format!(", {}", sprint.when)}</span></span>
        <span class="sh" aria-hidden="true">
            {count.to_string()}
        </span>
    };
    let id = sprint_id(lane, at);
    if bar.end.saturating_sub(bar.start) < LINK_WIDTH {
        view! {
            <span class=format!("{class} thin") id=id title=title>
                {inside}
            </span>
        }
        .into_any()
    } else {
        let current = (sprint.state == SprintState::Active).then_some("true");
        view! {
            <a class=class id=id title=title href=sprint_href(address, sprint.id) aria-current=current>
                {inside}
            </a>
        }
        .into_any()
    }
}
