//! The panel of a configuration's newest sync run, and the words that its history shares with it.
//!
//! Drawn by the server alone; `islands::live_line` brings it up to date while the page is open.

use leptos::prelude::*;

use crate::{
    api::sync::{RunView, SyncView},
    domain::{
        dates::{format_duration, format_duration_ms},
        numbers::grouped,
        sync_status::{Phase, SyncRunState, Trigger},
    },
    ui::{
        components::{ButtonKind, Icon, LinkButton, Note, Status, Tone},
        islands::live_line as island,
        paths,
    },
};

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
        SyncRunState::Running if run.resumes_clock.is_some() => (Tone::Info, "s-pause", "Waiting"),
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

/// The panel of the newest run.
pub fn panel_view(view: &SyncView, run: &RunView) -> AnyView {
    let page = paths::sync(&view.project_id, &view.configuration_id);
    let (tone, glyph, label) = state_look(run);
    let step = format!("{} {} {}", run.id, label, run.phase.label());
    let links = links_view(view, run);
    let still = standstill_view(run, &page);
    view! {
        <section class="panel running mb5" aria-label="Newest sync" id=island::PANEL data-step=step data-said=spoken(run)>
            <div>
                <div class="row between mb">
                    <h2 tabindex="-1">{headline(run)}</h2>
                    <Status tone=tone glyph=glyph>{label}</Status>
                </div>
                <p class="hint mb">{format!("Started by {}", asked_by(run))}</p>
                {bar_view(run)}
                {stats_view(run)}
                {notes_view(run)}
                {still}
                {links}
            </div>
            <div>
                <h3 class="mb">"Phases"</h3>
                {phases_view(run)}
                <p class="f12 faint mt5">
                    <span>{format!("Updated {}. ", view.read_clock)}</span>
                    <span id=island::LINK data-keep="">
                        <a href=page>"Reload"</a>
                    </span>
                </p>
                <p class="vh" role="status" aria-live="polite" id=island::SAID data-keep=""></p>
            </div>
        </section>
    }
    .into_any()
}

/// Without script the page of a sync on its way stands still: it says so, and offers to be loaded again.
fn standstill_view(run: &RunView, page: &str) -> Option<AnyView> {
    let href = page.to_owned();
    (!run.state.is_over()).then(|| {
        view! {
            <div class="mt5 nojs">
                <Note
                    tone=Tone::Info
                    title="Without JavaScript this page stands still."
                    with_action=true
                    action=move || view! { <LinkButton href=href.clone() small=true icon="i-sync">"Reload"</LinkButton> }
                >
                    "The sync goes on by itself. Reload to see how far it is."
                </Note>
            </div>
        }
        .into_any()
    })
}

/// Where to go from here: to the plans once it is done.
fn links_view(view: &SyncView, run: &RunView) -> AnyView {
    let plans = (run.state == SyncRunState::Done).then(|| {
        let query = [("configuration", view.configuration_id.as_str())];
        let href = paths::with_query(&paths::plans(&view.project_id), &query);
        view! {
            <p class="mt5">
                <LinkButton href=href kind=ButtonKind::Default small=true icon="i-calendar">"Open plans"</LinkButton>
            </p>
        }
    });
    plans.into_any()
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
    } else if let Some(took) = run.took_ms {
        stats.push((format_duration_ms(took), "duration"));
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

fn notes_view(run: &RunView) -> AnyView {
    if run.note.is_empty() && run.error.is_empty() && run.counts.quarantined == 0 {
        return ().into_any();
    }
    let waiting = (!run.note.is_empty()).then(|| {
        let when = run
            .resumes_clock
            .as_ref()
            .map(|at| format!("It goes on at {at}."))
            .unwrap_or_default();
        let note = format!("{} {when}", run.note);
        view! { <Note tone=Tone::Info>{note}</Note> }
    });
    let error = (!run.error.is_empty()).then(|| {
        let error = run.error.clone();
        if run.state == SyncRunState::Cancelled {
            view! { <Note tone=Tone::Info title="The sync was cancelled.">{error}</Note> }.into_any()
        } else {
            view! { <Note tone=Tone::Bad title="The sync stopped." role="alert">{error}</Note> }.into_any()
        }
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
