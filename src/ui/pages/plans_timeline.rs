//! The timeline of Plans: a lane for each release, its sprints below, today across.
//!
//! Everything is a link in the order of the page; with script the lanes are one stop of the Tab key and
//! arrows move in them. A line that goes on outside the window is cut there, without its node; a release outside
//! says on which side it lies and leads there; sprints outside or without dates are named in their lane. On a
//! phone the lanes are cards without an axis.

use leptos::prelude::*;

use crate::{
    api::plan::sprint_state,
    domain::{
        dates::{format_date, format_day},
        jira::SprintState,
        numbers::counted,
        timeline::{Bar, FULL, Lane, Risk, Side, SprintBar, Timeline, shift_window},
    },
    ui::{
        components::{
            Icon, Status,
            positions::{Position, TimelineStyle, release_id, sprint_id, track_id},
        },
        pages::{
            look::of_risk,
            plans::PlansAddress,
            plans_list::{BugCounts, UndatedView, lane_href, sprint_href},
        },
    },
};

/// A node whose end lies nearer to the edge (in thousandths of the axis) stands inside of it, not across.
const EDGE: u16 = 12;
/// Longest name on the axis, in characters.
const NAME_LIMIT: usize = 22;
/// Sprints named in a lane although they have no bar.
const NAMED: usize = 4;
/// Letters of a label that the narrowest bar has room for.
const SHORT: usize = 3;

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

/// Where everything stands.
pub(super) fn positions(timeline: &Timeline) -> Vec<Position> {
    let mut positions = Vec::new();
    for (index, lane) in timeline.lanes.iter().enumerate() {
        if lane.rows > 1 {
            positions.push(Position::Track {
                lane: index,
                rows: lane.rows,
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
                positions.push(Position::Sprint {
                    lane: index,
                    sprint: at,
                    start: bar.start,
                    end: bar.end,
                    row: sprint.row,
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
    let when = lane.when.clone();
    let status = lane.release_id.is_some().then(|| {
        let (look, status) = (of_risk(lane.risk), lane.status());
        view! { <Status tone=look.tone glyph=look.glyph>{status}</Status> }
    });
    let line = href
        .zip(lane.bar)
        .map(|(href, bar)| release_line(timeline, index, lane, bar, href));
    let outside = lane.side.map(|side| way_to(address, timeline, lane, side));
    let sprints = lane
        .sprints
        .iter()
        .enumerate()
        .map(|(at, sprint)| sprint_bar(address, index, at, sprint, lane.release_id.is_some()))
        .collect_view();
    let today = timeline.today.is_some();
    view! {
        <li class="lane">
            <div class="nm">{name} <span class="sub">{when}</span> {status}</div>
            <div class="rd">
                {lane.release_id.is_some().then(|| requirement_line(lane))}
                <BugCounts counts=lane.counts.clone() />
                {elsewhere(address, lane)}
            </div>
            <div class="track" id=track_id(index)>
                {line}
                {outside}
                {sprints}
                {today.then(|| view! { <span class="today" aria-hidden="true"></span> })}
            </div>
        </li>
    }
    .into_any()
}

/// Where something lies that the window does not show, as the way there.
fn way_to(address: &PlansAddress, timeline: &Timeline, lane: &Lane, side: Side) -> AnyView {
    let first = |sprint: &SprintBar| sprint.start.or(sprint.end);
    let Some(date) = lane.date.or_else(|| lane.sprints.iter().find_map(first)) else {
        return ().into_any();
    };
    let href = address.with_from(&shift_window(date, timeline.zoom, -1).to_string());
    let (class, icon, words) = match side {
        Side::Before => ("off", "i-chev-left", "Before this span"),
        Side::After => ("off after", "i-chev-right", "After this span"),
    };
    let label = format!("{words}, show {}", lane.name);
    view! {
        <a class=class href=href aria-label=label>
            <Icon name=icon />
            {words}
        </a>
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
            let when = format!(", {}", sprint.when);
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

fn release_line(timeline: &Timeline, index: usize, lane: &Lane, bar: Bar, href: String) -> AnyView {
    let running = timeline
        .today
        .is_some_and(|today| bar.start <= today && today < bar.end);
    let name = shortened(&lane.name);
    // Of another year than the axis shows, the year belongs to it.
    let date = lane.date.map_or_else(String::new, |date| {
        if bar.cut_end {
            format_date(date)
        } else {
            format_day(date)
        }
    });
    let letters = name.chars().count() + date.chars().count() + 2;
    let mut class = String::from("rel");
    for (on, name) in [
        (lane.risk == Risk::Released, " done"),
        (running && lane.risk != Risk::Released, " now"),
        (matches!(lane.risk, Risk::Overdue | Risk::BlockerOpen), " late"),
        (bar.writes_backwards(letters), " flip"),
        (bar.cut_start, " from"),
        (bar.cut_end, " on"),
        (!bar.cut_end && bar.end > FULL - EDGE, " edge"),
    ] {
        if on {
            class.push_str(name);
        }
    }
    view! {
        <a class=class id=release_id(index) href=href aria-label=format!("{}, {}", lane.name, lane.words)>
            <span class="lb">{name} " " <span>{date}</span></span>
            <span class="ln"></span>
        </a>
    }
    .into_any()
}

/// Which room a name of so many letters needs; the style sheet knows how much that is.
fn room_class(name: &str) -> &'static str {
    match name.chars().count() {
        0..=9 => " n1",
        10..=16 => " n2",
        17..=24 => " n3",
        _ => " n4",
    }
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
    let items = counted(sprint.counts.requirements, "requirement", "requirements");
    let title = format!(
        "{}, {}, {}, {items}{}",
        sprint.name,
        sprint_state(sprint.state),
        sprint.when,
        if of_release { " of this release" } else { "" }
    );
    let mut class = String::from(match sprint.state {
        SprintState::Active => "spr now",
        SprintState::Closed => "spr done",
        SprintState::Future => "spr",
    });
    class.push_str(room_class(&sprint.name));
    // A label with more letters than the narrowest bar has room for.
    if sprint.short.chars().count() > SHORT {
        class.push_str(" long");
    }
    for (cut, name) in [(bar.cut_start, " from"), (bar.cut_end, " on")] {
        if cut {
            class.push_str(name);
        }
    }
    let inside = view! {
        <b class="fu">{sprint.name.clone()} " "</b>
        <b class="sh" aria-hidden="true">
            {sprint.short.clone()}
        </b>
        <span class="fu c">{items} <span class="m">{format!(", {}", sprint.when)}</span></span>
    };
    let id = sprint_id(lane, at);
    if bar.is_pressable() {
        let current = (sprint.state == SprintState::Active).then_some("true");
        view! {
            <a class=class id=id title=title href=sprint_href(address, sprint.id) aria-current=current>
                {inside}
            </a>
        }
        .into_any()
    } else {
        class.push_str(" thin");
        view! {
            <span class=class id=id title=title>
                {inside}
            </span>
        }
        .into_any()
    }
}
