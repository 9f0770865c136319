//! Plans as a timeline: lanes, bars, ticks and today, in whole thousandths of the window.
//!
//! Positions are integers from 0 to 1000, so that the page carries them in SVG attributes and two
//! renderings are equal. Nothing is dropped: a release without date stands in the undated lane, a bar
//! that leaves the window is cut at its edge and says so, and what lies outside has no bar and says on
//! which side it lies. The list twin reads the same lanes. Where bars stand is in `timeline_place`.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

pub use crate::domain::axis::{Tick, Zoom, shift_window};
pub use crate::domain::timeline_place::{Bar, FULL, Side};
use crate::domain::{
    axis::{next_tick, tick_begin, ticks},
    connection::days_between,
    dates::{format_date, format_day},
    jira::{Release, SprintState},
    mapping::{Severity, Tone},
    numbers::counted,
    short_name::short_names,
    timeline_place::{Span, Window, share_rows},
};

/// Days before the date from which open critical bugs make a release at risk.
pub const RISK_DAYS: i32 = 21;

/// Open bugs by severity and requirement counts of one release or sprint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneCounts {
    /// Requirements.
    pub requirements: u64,
    /// Those that are Done.
    pub done: u64,
    /// Unresolved bugs by severity, strongest first; only those above zero.
    pub open_bugs: Vec<(Severity, u64)>,
    /// Unresolved bugs in all, also those without severity.
    pub open_bugs_total: u64,
}

/// A sprint as Plans knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SprintInput {
    /// Jira's id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// State.
    pub state: SprintState,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Releases whose issues are in this sprint; none puts it into the lane without release.
    pub release_ids: Vec<String>,
    /// Counts.
    pub counts: LaneCounts,
}

/// A release as Plans knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseInput {
    /// As Jira has it.
    pub release: Release,
    /// Counts.
    pub counts: LaneCounts,
}

/// How a release stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Nothing to say.
    None,
    /// The date is near and critical bugs are open.
    AtRisk,
    /// A blocker is open.
    BlockerOpen,
    /// The date has passed and it is not released.
    Overdue,
    /// Released.
    Released,
    /// No date.
    Undated,
}

impl Risk {
    /// Words: Jira's own where nothing has to be said about the date.
    pub fn label(self) -> &'static str {
        match self {
            Self::Released => "Released",
            Self::Overdue => "Overdue",
            Self::BlockerOpen | Self::AtRisk => "At risk",
            Self::None | Self::Undated => "Unreleased",
        }
    }

    /// The label and what makes the risk, in one.
    pub fn status(self, why: &str) -> String {
        let label = self.label();
        match self {
            _ if why.is_empty() => label.to_owned(),
            Self::BlockerOpen | Self::AtRisk => format!("{label}: {why}"),
            _ => format!("{label} {why}"),
        }
    }

    /// Colour family.
    pub fn tone(self) -> Tone {
        match self {
            Self::BlockerOpen | Self::Overdue => Tone::Bad,
            Self::AtRisk => Tone::Warn,
            Self::Released => Tone::Ok,
            Self::None => Tone::Info,
            Self::Undated => Tone::Mute,
        }
    }
}

/// A sprint under a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SprintBar {
    /// Jira's id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// What is shown of the name where it has little room: see [`short_names`].
    pub short: String,
    /// State.
    pub state: SprintState,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Its place; `None` when it has no dates or lies outside the window.
    pub bar: Option<Bar>,
    /// On which side of the window it lies, when it has dates and no place.
    pub side: Option<Side>,
    /// Row in its lane, from 0: those of the same time stand below each other.
    pub row: usize,
    /// Dates in words, also when there are none.
    pub when: String,
    /// Counts.
    pub counts: LaneCounts,
}

/// A lane: a release, or the sprints that no release has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Jira's id of the release; `None` for the lane of sprints without release.
    pub release_id: Option<String>,
    /// Name.
    pub name: String,
    /// First day, if Jira has one.
    pub start: Option<Date>,
    /// Day of release.
    pub date: Option<Date>,
    /// Its place; `None` when undated or outside the window.
    pub bar: Option<Bar>,
    /// On which side of the window it lies, when it has a date and no place; of a lane without release, where its
    /// first sprint lies when none has a place.
    pub side: Option<Side>,
    /// Risk.
    pub risk: Risk,
    /// Dates and risk in words.
    pub words: String,
    /// Dates in words.
    pub when: String,
    /// What makes the risk: `by 3 days`, `1 blocker open`; empty where there is nothing to add to its label.
    pub why: String,
    /// Counts.
    pub counts: LaneCounts,
    /// Its sprints, earliest first, undated last.
    pub sprints: Vec<SprintBar>,
    /// How many rows its sprints take.
    pub rows: usize,
}

impl Lane {
    /// The risk in words: `At risk: 1 blocker open`, `Overdue by 3 days`, `Unreleased`.
    pub fn status(&self) -> String {
        self.risk.status(&self.why)
    }
}

/// How often the rows of releases count an unresolved bug that another row counts too: a bug with several
/// releases stands under each. `total` are all of them, `unreleased` those that no row has.
pub fn count_repeated_bugs(timeline: &Timeline, total: u64, unreleased: u64) -> u64 {
    let in_rows: u64 = timeline
        .list()
        .filter(|lane| lane.release_id.is_some())
        .map(|lane| lane.counts.open_bugs_total)
        .sum();
    (in_rows + unreleased).saturating_sub(total)
}

/// Everything a page draws or lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Zoom.
    pub zoom: Zoom,
    /// First day of the window.
    pub from: Date,
    /// First day behind the window.
    pub to: Date,
    /// Marks.
    pub ticks: Vec<Tick>,
    /// Place of today, if it lies inside.
    pub today: Option<u16>,
    /// Dated releases, earliest date first, then sprints without release that have dates.
    pub lanes: Vec<Lane>,
    /// Releases without date, and sprints without release and dates.
    pub undated: Vec<Lane>,
}

impl Timeline {
    /// Rows of the list twin: the same lanes, dated first.
    pub fn list(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.iter().chain(&self.undated)
    }
}

/// Lays out everything. The window covers all dates and today, from the begin of a tick to the end
/// of one, at most five years around today (what lies outside is cut or has no bar, never dropped).
pub fn plan_timeline(
    releases: &[ReleaseInput],
    sprints: &[SprintInput],
    today: Date,
    zoom: Zoom,
) -> Timeline {
    let (from, to) = window(releases, sprints, today, zoom);
    lay_out(releases, sprints, today, zoom, Window { from, to })
}

/// As [`plan_timeline`], through a window as wide as the zoom shows well: 12 weeks, 8 months or 8
/// quarters, beginning with the tick of `from`, else a little before today. A lane outside the window
/// stands there without a bar.
pub fn plan_timeline_within(
    releases: &[ReleaseInput],
    sprints: &[SprintInput],
    today: Date,
    zoom: Zoom,
    from: Option<Date>,
) -> Timeline {
    let from = match from {
        Some(from) => tick_begin(from, zoom),
        None => shift_window(today, zoom, -zoom.before_today()),
    };
    let to = shift_window(from, zoom, zoom.window_ticks());
    lay_out(releases, sprints, today, zoom, Window { from, to })
}

fn lay_out(
    releases: &[ReleaseInput],
    sprints: &[SprintInput],
    today: Date,
    zoom: Zoom,
    place: Window,
) -> Timeline {
    let (mut lanes, mut undated) = (Vec::new(), Vec::new());
    for input in releases {
        let own: Vec<&SprintInput> = sprints
            .iter()
            .filter(|sprint| sprint.release_ids.contains(&input.release.id))
            .collect();
        let lane = release_lane(input, &own, today, place);
        if lane.date.is_some() {
            lanes.push(lane);
        } else {
            undated.push(lane);
        }
    }
    lanes.sort_by(|a, b| (a.date, &a.release_id).cmp(&(b.date, &b.release_id)));
    let shown = |sprint: &SprintInput| {
        releases
            .iter()
            .any(|input| sprint.release_ids.contains(&input.release.id))
    };
    let (dated, bare): (Vec<&SprintInput>, Vec<&SprintInput>) = sprints
        .iter()
        .filter(|sprint| !shown(sprint))
        .partition(|sprint| sprint.start.or(sprint.end).is_some());
    if !dated.is_empty() {
        lanes.push(sprint_lane("Sprints without release", &dated, place));
    }
    if !bare.is_empty() {
        undated.push(sprint_lane("Undated sprints", &bare, place));
    }
    shorten(sprints, lanes.iter_mut().chain(&mut undated));
    Timeline {
        zoom,
        from: place.from,
        to: place.to,
        ticks: ticks(place.from, place.to, zoom, |date| place.clamped(date)),
        today: place.at(today),
        lanes,
        undated,
    }
}

/// Gives each sprint the short form of its name among all of them.
fn shorten<'a>(sprints: &[SprintInput], lanes: impl Iterator<Item = &'a mut Lane>) {
    let names: Vec<&str> = sprints.iter().map(|sprint| sprint.name.as_str()).collect();
    let short: BTreeMap<i64, String> = sprints
        .iter()
        .map(|sprint| sprint.id)
        .zip(short_names(&names))
        .collect();
    for bar in lanes.flat_map(|lane| &mut lane.sprints) {
        if let Some(short) = short.get(&bar.id) {
            bar.short.clone_from(short);
        }
    }
}

fn release_lane(input: &ReleaseInput, sprints: &[&SprintInput], today: Date, place: Window) -> Lane {
    let release = &input.release;
    // Without a start of its own a release begins with its first sprint; without sprints it is its
    // node alone.
    let begin = release
        .start_date
        .or_else(|| sprints.iter().filter_map(|sprint| sprint.start).min());
    let bar = release
        .release_date
        .and_then(|date| place.bar(begin.filter(|begin| *begin <= date).unwrap_or(date), date));
    let (risk, why) = risk(release, &input.counts, today);
    let when = match (release.start_date, release.release_date) {
        (_, Some(date)) => format_date(date),
        (Some(start), None) => format!("No release date, starts {}", format_date(start)),
        (None, None) => "No release date".to_owned(),
    };
    let words = match risk {
        Risk::None | Risk::Undated => when.clone(),
        risk => format!("{when}, {}", risk.status(&why).to_lowercase()),
    };
    let (sprints, rows) = sprint_bars(sprints, place);
    Lane {
        release_id: Some(release.id.clone()),
        name: release.name.clone(),
        start: release.start_date,
        date: release.release_date,
        bar,
        side: release
            .release_date
            .and_then(|date| place.side(date, date))
            .filter(|_| bar.is_none()),
        risk,
        words,
        when,
        why,
        counts: input.counts.clone(),
        sprints,
        rows,
    }
}

fn sprint_lane(name: &str, sprints: &[&SprintInput], place: Window) -> Lane {
    let mut counts = LaneCounts::default();
    for sprint in sprints {
        counts.requirements += sprint.counts.requirements;
        counts.done += sprint.counts.done;
        counts.open_bugs_total += sprint.counts.open_bugs_total;
        for (severity, count) in &sprint.counts.open_bugs {
            match counts.open_bugs.iter_mut().find(|(found, _)| found == severity) {
                Some((_, sum)) => *sum += count,
                None => counts.open_bugs.push((*severity, *count)),
            }
        }
    }
    counts.open_bugs.sort_unstable();
    let words = counted(sprints.len() as u64, "sprint", "sprints");
    let (sprints, rows) = sprint_bars(sprints, place);
    let seen = sprints.iter().any(|sprint| sprint.bar.is_some());
    Lane {
        release_id: None,
        name: name.to_owned(),
        start: None,
        date: None,
        bar: None,
        side: sprints.iter().find_map(|sprint| sprint.side).filter(|_| !seen),
        risk: Risk::None,
        when: words.clone(),
        words,
        why: String::new(),
        counts,
        sprints,
        rows,
    }
}

/// The sprints of a lane, and in how many rows they stand.
fn sprint_bars(sprints: &[&SprintInput], place: Window) -> (Vec<SprintBar>, usize) {
    let mut bars: Vec<SprintBar> = sprints
        .iter()
        .map(|sprint| {
            let days = sprint.start.or(sprint.end).zip(sprint.end.or(sprint.start));
            let whole = days.and_then(|(start, end)| place.bar(start, end));
            // A stub at the edge would be a strip without a name: it counts as outside.
            let bar = whole.filter(|bar| !bar.is_stub());
            let side = match whole.filter(|_| bar.is_none()) {
                Some(stub) if stub.cut_start => Some(Side::Before),
                Some(_) => Some(Side::After),
                None => days.and_then(|(start, end)| place.side(start, end)),
            };
            SprintBar {
                id: sprint.id,
                name: sprint.name.clone(),
                short: sprint.name.clone(),
                state: sprint.state,
                start: sprint.start,
                end: sprint.end,
                bar,
                side,
                row: 0,
                when: match (sprint.start, sprint.end) {
                    (Some(start), Some(end)) if start.year() == end.year() => {
                        format!("{} to {}", format_day(start), format_date(end))
                    }
                    (Some(start), Some(end)) => format!("{} to {}", format_date(start), format_date(end)),
                    (Some(start), None) => format!("From {}, no end date", format_date(start)),
                    (None, Some(end)) => format!("Until {}", format_date(end)),
                    (None, None) => "No dates".to_owned(),
                },
                counts: sprint.counts.clone(),
            }
        })
        .collect();
    bars.sort_by_key(|bar| {
        let begin = bar.start.or(bar.end);
        (begin.is_none(), begin, bar.id)
    });
    let (mut seen, spans): (Vec<&mut SprintBar>, Vec<Span>) = bars
        .iter_mut()
        .filter_map(|sprint| {
            let (start, end) = sprint.start.or(sprint.end).zip(sprint.end.or(sprint.start))?;
            let span = (start.min(end), start.max(end), sprint.bar?);
            Some((sprint, span))
        })
        .unzip();
    let (placed, rows) = share_rows(&spans);
    for (sprint, (row, bar)) in seen.iter_mut().zip(placed) {
        sprint.row = row;
        sprint.bar = bar;
        if bar.is_none() {
            sprint.side = Some(Side::Before);
        }
    }
    (bars, rows)
}

/// Risk from what exists before there are tests: the date and the open bugs.
fn risk(release: &Release, counts: &LaneCounts, today: Date) -> (Risk, String) {
    let open = |severity: Severity| {
        counts
            .open_bugs
            .iter()
            .find(|(found, _)| *found == severity)
            .map_or(0, |(_, count)| *count)
    };
    if release.released {
        return (Risk::Released, String::new());
    }
    let Some(date) = release.release_date else {
        return (Risk::Undated, String::new());
    };
    let left = days_between(today, date);
    if left < 0 {
        let late = u64::from(left.unsigned_abs());
        return (Risk::Overdue, format!("by {}", counted(late, "day", "days")));
    }
    let (blockers, criticals) = (open(Severity::Blocker), open(Severity::Critical));
    if blockers > 0 {
        return (
            Risk::BlockerOpen,
            format!("{} open", counted(blockers, "blocker", "blockers")),
        );
    }
    if criticals > 0 && left < RISK_DAYS {
        let bugs = counted(criticals, "critical bug", "critical bugs");
        let days = if left == 0 {
            "due today".to_owned()
        } else {
            format!("{} left", counted(u64::from(left.unsigned_abs()), "day", "days"))
        };
        return (Risk::AtRisk, format!("{bugs} open, {days}"));
    }
    (Risk::None, String::new())
}

fn window(releases: &[ReleaseInput], sprints: &[SprintInput], today: Date, zoom: Zoom) -> (Date, Date) {
    let nearest = today.checked_sub(5.years()).unwrap_or(today);
    let farthest = today.checked_add(5.years()).unwrap_or(today);
    let dates = releases
        .iter()
        .flat_map(|input| [input.release.start_date, input.release.release_date])
        .chain(sprints.iter().flat_map(|sprint| [sprint.start, sprint.end]))
        .flatten()
        .filter(|date| (nearest..=farthest).contains(date));
    let (first, last) = dates.fold((today, today), |(first, last), date| {
        (first.min(date), last.max(date))
    });
    (tick_begin(first, zoom), next_tick(tick_begin(last, zoom), zoom))
}

#[cfg(test)]
#[path = "timeline_tests.rs"]
mod tests;
