//! The search for a Jira project while typing. Without script its button sends the form around it, which
//! keeps the other answers of the step.

#![expect(
    missing_docs,
    reason = "the island macro makes functions of its own; the island below is documented"
)]

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use crate::api::wizard::{ProjectHits, search_jira_projects};

/// Milliseconds without typing before Jira is asked.
const PAUSE_MS: u64 = 200;

/// Search field and hits as radios of the form around it; answers of older typing are dropped.
#[island]
pub fn ProjectSearch(
    /// Project of ours.
    project: String,
    /// Configuration.
    configuration: String,
    /// What was searched for.
    query: String,
    /// What was found.
    found: ProjectHits,
    /// Jira's id of the chosen project; it is shown elsewhere.
    chosen: String,
) -> impl IntoView {
    // Where there is no other, it is offered as chosen.
    let only = match found.hits.as_slice() {
        [only] if query.is_empty() && chosen.is_empty() => only.id.clone(),
        _ => String::new(),
    };
    let hits = RwSignal::new(found);
    let picked = RwSignal::new(only);
    let turn = StoredValue::new(0_u32);
    let searched = RwSignal::new(false);
    let search = move |event: ev::Event| {
        let text = event_target_value(&event);
        let mine = turn.get_value().wrapping_add(1);
        turn.set_value(mine);
        let (project, configuration) = (project.clone(), configuration.clone());
        let ask = move || {
            if turn.get_value() != mine {
                return;
            }
            leptos::task::spawn_local(async move {
                let answer = search_jira_projects(project, configuration, text).await;
                if turn.get_value() == mine {
                    searched.set(true);
                    hits.set(answer.unwrap_or_else(|error| ProjectHits {
                        summary: error.message,
                        ..ProjectHits::default()
                    }));
                }
            });
        };
        set_timeout(ask, Duration::from_millis(PAUSE_MS));
    };
    let list = move || {
        let chosen = chosen.clone();
        hits.get()
            .hits
            .into_iter()
            .filter(|hit| hit.id != chosen)
            .map(|hit| {
                let id = hit.id.clone();
                let is_picked = picked.get_untracked() == hit.id;
                // Drawn as chosen is only what is offered so; a choice found again is the person's own.
                let pick = move |_| picked.set(id.clone());
                let radio = if searched.get_untracked() {
                    view! { <input type="radio" name="answers[project]" value=hit.id prop:checked=is_picked on:change=pick /> }
                        .into_any()
                } else {
                    // Says nothing of the state: somebody may have chosen before this woke.
                    view! { <input type="radio" name="answers[project]" value=hit.id checked=is_picked on:change=pick /> }
                        .into_any()
                };
                view! {
                    <label class="choice">
                        <span>
                            <b>{hit.key}</b>
                            <small>{hit.name}</small>
                        </span>
                        {radio}
                    </label>
                }
            })
            .collect_view()
    };
    view! {
        <input type="hidden" name="answers[searched]" value=query.clone() />
        <div class="field">
            <label for="q">"Find a Jira project"</label>
            <div class="row">
                <input
                    class="input"
                    type="search"
                    id="q"
                    name="answers[q]"
                    value=query
                    placeholder="Key or name"
                    autocomplete="off"
                    aria-describedby="q-found"
                    on:input=search
                />
                <button class="btn" type="submit" name="do" value="search">
                    "Search"
                </button>
            </div>
            <p class=move || if hits.get().none_visible { "wrn" } else { "hint" } id="q-found" role="status">
                {move || hits.get().summary}
            </p>
        </div>
        <div class="choices hits">{list}</div>
    }
}
