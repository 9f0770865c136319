//! Telling what happened: callouts, error summaries, empty states, toasts.

use leptos::prelude::*;

use super::icon::Icon;
use super::live::ToastCard;
use super::{Tone, some};

/// A callout. Bold start: what happened. Then why, then what to do.
#[component]
pub fn Note(
    /// Its tone.
    tone: Tone,
    /// What happened, in bold.
    #[prop(optional, into)]
    title: String,
    /// Id, where a control is described by it.
    #[prop(optional, into)]
    id: String,
    /// `status` or `alert`, where it appears after an action.
    #[prop(optional, into)]
    role: String,
    /// At most one action, as a small button.
    #[prop(optional, into)]
    action: ViewFn,
    /// Whether `action` is given.
    #[prop(optional)]
    with_action: bool,
    /// Why, and what to do.
    children: Children,
) -> AnyView {
    view! {
        <div class="note" id=some(&id) data-tone=tone.as_str() role=some(&role)>
            <Icon name=tone.icon() />
            <div>{(!title.is_empty()).then(|| view! { <strong>{title}</strong>" " })} {children()}</div>
            {with_action.then(|| view! { <div class="btns">{action.run()}</div> })}
        </div>
    }
    .into_any()
}

/// What is wrong with a form, each error a link to its field. It takes the focus.
#[component]
pub fn ErrorSummary(
    /// Id of the field (empty for none) and the message, in the order of the page.
    errors: Vec<(String, String)>,
    /// The heading, for example "2 fields need a change".
    #[prop(optional, into)]
    title: String,
) -> AnyView {
    if errors.is_empty() {
        return ().into_any();
    }
    let title = match (title.is_empty(), errors.len()) {
        (false, _) => title,
        (true, 1) => "One thing needs a change".to_owned(),
        (true, count) => format!("{count} things need a change"),
    };
    view! {
        <div class="errsum mb5" id="errors" role="alert" tabindex="-1" autofocus=true aria-labelledby="errors-title">
            <h2 id="errors-title">
                <Icon name="s-err" />
                {title}
            </h2>
            <ul>
                {errors
                    .into_iter()
                    .map(|(field, message)| {
                        if field.is_empty() {
                            view! { <li>{message}</li> }.into_any()
                        } else {
                            view! {
                                <li>
                                    <a href=format!("#{field}")>{message}</a>
                                </li>
                            }
                                .into_any()
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
    .into_any()
}

/// Nothing here yet: what is missing, what is needed, one primary action.
#[component]
pub fn EmptyState(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// What is needed, and how long it takes.
    #[prop(optional, into)]
    text: String,
    /// Without art and edge: no match for a filter.
    #[prop(optional)]
    bare: bool,
    /// The buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class=if bare { "empty bare" } else { "empty" }>
            {(!bare)
                .then(|| {
                    view! {
                        <svg class="art" viewBox="0 0 240 64" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5">
                            <circle cx="18" cy="32" r="9" />
                            <path d="M27 32h58" />
                            <path d="M91 32h58" stroke-dasharray="3 5" />
                            <path d="M155 32h58" />
                            <circle cx="222" cy="32" r="9" />
                            <circle class="node" cx="120" cy="32" r="9.5" />
                            <path class="mark" d="M116 32h8M120 28v8" stroke-width="1.75" stroke-linecap="round" />
                        </svg>
                    }
                })} <h2>{title}</h2> {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {children.map(|children| view! { <div class="btns">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// A message that floats for a while. It also stands on the page or in the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToastText {
    /// Its tone; `Bad` stays until dismissed.
    pub tone: Tone,
    /// What happened.
    pub title: String,
    /// One more line; may be empty.
    pub text: String,
}

/// The one region for toasts, at the end of the page.
#[component]
pub fn ToastRegion(
    /// What to say; usually the outcome of the form before this page.
    toasts: Vec<ToastText>,
) -> AnyView {
    view! {
        <div class="toasts" id="toasts">
            {toasts
                .into_iter()
                .map(|toast| {
                    view! {
                        <ToastCard
                            tone=toast.tone.as_str().to_owned()
                            icon=toast.tone.icon().to_owned()
                            title=toast.title
                            text=toast.text
                        />
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}
