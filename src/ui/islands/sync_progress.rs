//! The newest sync run of a configuration, kept up to date while the page is open.
//!
//! The first picture is the server's and stays right without script. With script an event stream says
//! that something changed; numbers are taken from the event, the rest is read again through
//! `load_sync`, at most every three seconds. Progress is said aloud at most every ten seconds, a new
//! phase and the end at once. A stream that is lost is shown; the browser opens it again by itself.

#![expect(
    missing_docs,
    reason = "the island macro makes functions of its own; the island below is documented"
)]

use std::time::Duration;

use jiff::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, closure::Closure};
use leptos::web_sys;

use crate::{
    api::sync::{ProgressEvent, RunView, load_sync},
    domain::{
        dates::{format_duration, local},
        sync_status::{Phase, SyncRunState, Trigger},
    },
    ui::{
        components::{ButtonKind, Icon, LinkButton, Note, Status, Tone},
        paths,
    },
};

const READ_AGAIN: Duration = Duration::from_secs(3);
const QUIET: Duration = Duration::from_secs(10);

/// `12,480`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Who or what asked for a run.
pub fn asked_by(run: &RunView) -> String {
    match run.trigger {
        Trigger::Button | Trigger::Proceed if !run.requested_by.is_empty() => {
            format!("{}, {}", run.trigger.label(), run.requested_by)
        }
        trigger => trigger.label().to_owned(),
    }
}

/// Tone, glyph and word of where a run stands.
pub fn state_look(run: &RunView) -> (Tone, &'static str, &'static str) {
    match run.state {
        SyncRunState::Queued => (Tone::Info, "s-none", "Queued"),
        SyncRunState::Running if run.cancelling => (Tone::Info, "s-run", "Cancelling"),
        SyncRunState::Running if run.retry_at.is_some() => (Tone::Info, "s-pause", "Waiting"),
        SyncRunState::Running => (Tone::Info, "s-run", "Running"),
        SyncRunState::Done if run.counts.quarantined > 0 => (Tone::Warn, "s-warn", "Done, some kept aside"),
        SyncRunState::Done => (Tone::Ok, "s-ok", "Done"),
        SyncRunState::Failed => (Tone::Bad, "s-err", "Failed"),
        SyncRunState::Cancelled => (Tone::Mute, "s-off", "Cancelled"),
    }
}

/// `7,312 of 12,480 work items`, or what is known of it.
pub fn headline(run: &RunView) -> String {
    match run.total {
        Some(total) if run.total_is_estimate => {
            format!("{} of about {} work items", grouped(run.done), grouped(total))
        }
        Some(total) => format!("{} of {} work items", grouped(run.done), grouped(total)),
        None if run.state == SyncRunState::Queued => "Waiting to start".into(),
        None if run.done == 0 => run.phase.label().to_owned(),
        None => format!("{} work items", grouped(run.done)),
    }
}

/// What is said aloud.
pub fn spoken(run: &RunView) -> String {
    match run.state {
        SyncRunState::Running => match (run.percent, run.seconds_left) {
            (Some(percent), Some(left)) => {
                let left = format_duration(i64::try_from(left).unwrap_or(i64::MAX));
                format!("{}, {percent} %, about {left} left", run.phase.label())
            }
            (Some(percent), None) => format!("{}, {percent} %", run.phase.label()),
            _ => run.phase.label().to_owned(),
        },
        _ => format!("Sync: {}", state_look(run).2),
    }
}

/// How the stream is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    /// No script, or not open yet.
    Off,
    /// Open.
    On,
    /// Lost; the browser tries again.
    Lost,
}

/// Progress of the newest run.
#[island]
pub fn SyncProgress(
    /// Project.
    project: String,
    /// Configuration.
    configuration: String,
    /// The run as the server knows it.
    run: RunView,
    /// Offset of the reader's zone, seconds east of UTC.
    offset: i32,
    /// When it was read, UTC milliseconds.
    read_at: i64,
    /// Whether the reader may cancel.
    may_cancel: bool,
) -> impl IntoView {
    // The history beside the panel is of the moment the page was made.
    let was_open = !run.state.is_over();
    let run = RwSignal::new(run);
    let read_at = RwSignal::new(read_at);
    let link = RwSignal::new(Link::Off);
    let said = RwSignal::new(String::new());
    let page = paths::sync(&project, &configuration);
    let plans = paths::with_query(
        &paths::plans(&project),
        &[("configuration", configuration.as_str())],
    );
    follow(project, configuration, run, read_at, link, said);
    let (reload, history) = (page.clone(), page.clone());
    view! {
        <section class="panel running mb5" aria-label="Newest sync">
            <div>
                <div class="row mb">
                    <h2 class="grow">{move || run.with(headline)}</h2>
                    {move || {
                        let (tone, glyph, label) = run.with(state_look);
                        view! { <Status tone=tone glyph=glyph>{label}</Status> }
                    }}
                </div>
                <p class="hint mb">{move || run.with(|run| format!("Started by {}", asked_by(run)))}</p>
                {move || bar_view(&run.get())}
                {move || stats_view(&run.get())}
                {move || notes_view(&run.get(), offset)}
                {move || run.with(|run| run.state == SyncRunState::Done).then(|| view! {
                    <p class="mt5">
                        <LinkButton href=plans.clone() kind=ButtonKind::Default small=true icon="i-calendar">"Open plans"</LinkButton>
                    </p>
                })}
                {move || (was_open && run.with(|run| run.state.is_over())).then(|| view! {
                    <p class="mt5">
                        <LinkButton href=history.clone() kind=ButtonKind::Default small=true icon="i-list">"Show all syncs"</LinkButton>
                    </p>
                })}
                {move || (may_cancel && run.with(|run| !run.state.is_over() && !run.cancelling)).then(|| view! {
                    <p class="mt5">
                        <LinkButton href=format!("{page}?confirm=cancel") kind=ButtonKind::Default small=true icon="i-x">"Cancel sync"</LinkButton>
                    </p>
                })}
            </div>
            <div>
                <h3 class="mb">"Phases"</h3>
                {move || phases_view(&run.get())}
                <p class="f12 faint mt5">
                    {move || format!("Updated {}. ", clock(read_at.get(), offset))}
                    {move || match link.get() {
                        Link::On => "Live updates are on.".into_any(),
                        Link::Lost => "Live updates paused, trying again.".into_any(),
                        Link::Off => view! { <a href=reload.clone()>"Reload"</a> }.into_any(),
                    }}
                </p>
                <p class="vh" role="status" aria-live="polite">{said}</p>
            </div>
        </section>
    }
}

fn clock(at: i64, offset: i32) -> String {
    let at = local(
        Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH),
        offset,
    );
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

fn bar_view(run: &RunView) -> AnyView {
    if run.state.is_over() {
        return ().into_any();
    }
    let known = run.total.filter(|total| *total > 0);
    view! {
        <progress
            aria-label="Work items synced"
            value=known.map(|total| run.done.min(total).to_string())
            max=known.map(|total| total.to_string())
        ></progress>
    }
    .into_any()
}

fn stats_view(run: &RunView) -> AnyView {
    let counts = run.counts;
    let mut stats: Vec<(String, &'static str)> = Vec::new();
    if !run.state.is_over() {
        stats.extend(run.percent.map(|percent| (format!("{percent}%"), "done")));
        stats.extend(
            run.rate
                .map(|rate| (format!("{}/s", grouped(rate)), "rate, last 30 s")),
        );
        stats.extend(run.seconds_left.map(|left| {
            (
                format_duration(i64::try_from(left).unwrap_or(i64::MAX)),
                "left, about",
            )
        }));
    } else if let (Some(start), Some(end)) = (run.started_at, run.finished_at) {
        stats.push((format_duration((end - start) / 1000), "duration"));
    }
    stats.extend([
        (grouped(counts.new), "new"),
        (grouped(counts.changed), "changed"),
        (grouped(counts.unchanged), "unchanged"),
        (grouped(counts.gone), "deleted in Jira"),
        (grouped(counts.quarantined), "kept aside"),
        (grouped(run.requests), "requests"),
    ]);
    if counts.out_of_scope > 0 {
        stats.push((grouped(counts.out_of_scope), "out of scope"));
    }
    if run.throttled_seconds > 0 {
        stats.push((
            format_duration(i64::try_from(run.throttled_seconds).unwrap_or(i64::MAX)),
            "waited for Jira",
        ));
    }
    let stat = |(value, label): (String, &'static str)| {
        view! { <p class="stat"><b>{value}</b><span>{label}</span></p> }
    };
    view! { <div class="stats mt5">{stats.into_iter().map(stat).collect_view()}</div> }.into_any()
}

fn notes_view(run: &RunView, offset: i32) -> AnyView {
    let waiting = (!run.note.is_empty()).then(|| {
        let when = run
            .retry_at
            .map(|at| format!("It goes on at {}.", clock(at, offset)))
            .unwrap_or_default();
        let note = format!("{} {when}", run.note);
        view! { <Note tone=Tone::Info>{note}</Note> }
    });
    let error = (!run.error.is_empty()).then(|| {
        let error = run.error.clone();
        view! { <Note tone=Tone::Bad title="The sync stopped." role="alert">{error}</Note> }
    });
    let aside = (run.counts.quarantined > 0).then(|| {
        let title = match run.counts.quarantined {
            1 => "1 work item could not be read.".to_owned(),
            count => format!("{} work items could not be read.", grouped(count)),
        };
        view! { <Note tone=Tone::Warn title=title>"The others are synced; each sync tries these again."</Note> }
    });
    view! { <div class="mt5 stack">{waiting} {error} {aside}</div> }.into_any()
}

fn phases_view(run: &RunView) -> AnyView {
    let over = run.state == SyncRunState::Done;
    let row = |phase: Phase| {
        let here = phase == run.phase && !over && run.state != SyncRunState::Queued;
        let (tone, icon) = if over || phase < run.phase {
            (Tone::Ok, "s-ok")
        } else if here && run.state == SyncRunState::Running {
            (Tone::Info, "s-run")
        } else if here && run.state == SyncRunState::Failed {
            (Tone::Bad, "s-err")
        } else {
            (Tone::Mute, "s-none")
        };
        let number = match (phase, run.total) {
            (Phase::Issues, Some(total)) => format!("{} of {}", grouped(run.done), grouped(total)),
            _ => String::new(),
        };
        view! {
            <li data-tone=tone.as_str() aria-current=here.then_some("step")>
                <Icon name=icon class=if icon == "s-run" { "spin" } else { "" } />
                <span>{phase.label()}</span>
                <span class="num">{number}</span>
            </li>
        }
    };
    view! { <ol class="phases">{Phase::ALL.iter().copied().map(row).collect_view()}</ol> }.into_any()
}

/// Opens the stream once the page lives, and takes in what it says.
fn follow(
    project: String,
    configuration: String,
    run: RwSignal<RunView>,
    read_at: RwSignal<i64>,
    link: RwSignal<Link>,
    said: RwSignal<String>,
) {
    let pending = RwSignal::new(false);
    let quiet = RwSignal::new(false);
    Effect::new(move |_| {
        let Ok(source) = web_sys::EventSource::new(&paths::live(&project, &configuration)) else {
            return;
        };
        let (project, configuration) = (project.clone(), configuration.clone());
        let changed =
            Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |message: web_sys::MessageEvent| {
                let Some(event) = message
                    .data()
                    .as_string()
                    .and_then(|text| serde_json::from_str::<ProgressEvent>(&text).ok())
                else {
                    return;
                };
                let (other, phase) = run.with_untracked(|run| {
                    (
                        run.id != event.run_id || event.state != Some(run.state),
                        event.phase != Some(run.phase),
                    )
                });
                if !other {
                    run.update(|run| {
                        run.done = event.done;
                        run.total = event.total;
                        run.percent = event.percent;
                        run.phase = event.phase.unwrap_or(run.phase);
                    });
                }
                let (project, configuration) = (project.clone(), configuration.clone());
                let read = move || {
                    pending.set(false);
                    spawn_local(async move {
                        let Ok(view) = load_sync(project, configuration).await else {
                            return;
                        };
                        let Some(now) = view.current else { return };
                        say(&now, other || phase, said, quiet);
                        run.set(now);
                        read_at.set(view.read_at);
                    });
                };
                if other || phase {
                    read();
                } else if !pending.get_untracked() {
                    pending.set(true);
                    set_timeout(read, READ_AGAIN);
                }
            });
        let opened = Closure::<dyn FnMut()>::new(move || link.set(Link::On));
        let lost = Closure::<dyn FnMut()>::new(move || link.set(Link::Lost));
        let _added = source.add_event_listener_with_callback("changed", changed.as_ref().unchecked_ref());
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        // The stream lives as long as the page; the browser closes it with the page.
        changed.forget();
        opened.forget();
        lost.forget();
    });
}

/// Says progress aloud: at once when something happened, else at most every ten seconds.
fn say(run: &RunView, at_once: bool, said: RwSignal<String>, quiet: RwSignal<bool>) {
    if !at_once && quiet.get_untracked() {
        return;
    }
    said.set(spoken(run));
    quiet.set(true);
    set_timeout(move || quiet.set(false), QUIET);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let texts: Vec<String> = [0, 12, 999, 1_000, 12_480, 1_234_567]
            .into_iter()
            .map(grouped)
            .collect();
        assert_eq!(texts, ["0", "12", "999", "1,000", "12,480", "1,234,567"]);
    }
}
