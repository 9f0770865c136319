//! The wizard's line of steps, wide and narrow. Which step is on is decided elsewhere.

use leptos::prelude::*;

use super::icon::Icon;

/// Where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepState {
    /// Filled in.
    Done,
    /// Filled in, with gaps that the detail names.
    Gaps,
    /// The one shown.
    Current,
    /// Not begun.
    #[default]
    Ahead,
    /// Turned off by another step, which the detail names.
    Off,
}

/// Where the detail of a step that is off leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// An address.
    Link(String),
    /// Value of `do` that keeps what is typed; needs the form's id.
    Press(String),
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub label: String,
    /// What is in it, or why it is off.
    pub detail: String,
    /// Where it stands.
    pub state: StepState,
    /// Where it leads; `None` for a step that cannot be opened yet.
    pub href: Option<String>,
    /// Value of `do` that keeps what is typed and opens it; wins over `href`, needs the form's id.
    pub press: Option<String>,
    /// Where its detail leads, because something there opens it; for a step that cannot be opened.
    pub way_out: Option<WayOut>,
}

fn step_view(number: usize, step: Step, form: &str) -> AnyView {
    let class = match step.state {
        StepState::Done => "done",
        StepState::Gaps => "done warn",
        StepState::Current => "now",
        StepState::Ahead => "",
        StepState::Off => "off",
    };
    let dot = match step.state {
        StepState::Done => view! { <Icon name="i-check" label="Done" /> }.into_any(),
        StepState::Gaps => view! { <Icon name="s-warn" label="Done, with gaps" /> }.into_any(),
        _ => number.into_any(),
    };
    let words = step.detail;
    let detail = match step.way_out {
        Some(WayOut::Link(href)) => view! { <a href=href>{words}</a> }.into_any(),
        Some(WayOut::Press(value)) => view! {
            <button class="way" type="submit" form=form.to_owned() name="do" value=value>
                {words}
            </button>
        }
        .into_any(),
        None => words.into_any(),
    };
    let inside = view! {
        <span class="dot">{dot}</span>
        <span>{step.label} <small>{detail}</small></span>
    };
    let current = (step.state == StepState::Current).then_some("step");
    let way = match (step.press, step.href) {
        (Some(value), _) => view! {
            <button class="st" type="submit" form=form.to_owned() name="do" value=value aria-current=current>
                {inside}
            </button>
        }
        .into_any(),
        (None, Some(href)) => view! {
            <a class="st" href=href aria-current=current>
                {inside}
            </a>
        }
        .into_any(),
        (None, None) => view! {
            <span class="st" aria-current=current>
                {inside}
            </span>
        }
        .into_any(),
    };
    view! { <li class=class>{way}</li> }.into_any()
}

/// The line of steps; narrow, one line that opens.
#[component]
pub fn Stepper(
    /// What the steps lead to.
    #[prop(into)]
    label: String,
    /// The steps, in order.
    steps: Vec<Step>,
    /// Id of the form that steps with `press` send.
    #[prop(optional, into)]
    form: String,
) -> AnyView {
    let count = steps.len();
    let at = steps
        .iter()
        .position(|step| step.state == StepState::Current)
        .unwrap_or(0);
    let name = steps.get(at).map(|step| step.label.clone()).unwrap_or_default();
    let list = |steps: Vec<Step>| {
        steps
            .into_iter()
            .enumerate()
            .map(|(index, step)| step_view(index + 1, step, &form))
            .collect_view()
    };
    view! {
        <nav class="stepper" aria-label=label>
            <ol class="wide">{list(steps.clone())}</ol>
            <details class="compact">
                <summary>
                    <span class="badge" data-tone="info">
                        {format!("Step {} of {count}", at + 1)}
                    </span>
                    <b>{name}</b>
                    <Icon name="i-chev-down" />
                </summary>
                <ol>{list(steps)}</ol>
            </details>
        </nav>
    }
    .into_any()
}
