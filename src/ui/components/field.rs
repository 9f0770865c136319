//! A labelled control with hint, error and warning, tied together for those who hear the page.
//!
//! [`Field`] hands its id to the control inside it; a control outside a field needs its own `id` and
//! `label`. No control sets `maxlength`: browsers count UTF-16 units, our limits are characters.

#![expect(clippy::fn_params_excessive_bools, reason = "the properties of a component, each set by name")]

use leptos::context::Provider;
use leptos::prelude::*;

use crate::domain::text::count_stored;

use super::icon::Icon;
use super::live::CharCounter;
use super::safe::textarea_html;
use super::some;

/// What a [`Field`] tells the control inside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldContext {
    pub(crate) id: String,
    pub(crate) described_by: String,
    pub(crate) invalid: bool,
    pub(crate) optional: bool,
}

/// Id, description and validity of a control: its own id, else what the field around it says.
pub(crate) fn wiring(id: String) -> FieldContext {
    let around = use_context::<FieldContext>().unwrap_or_default();
    if id.is_empty() {
        around
    } else {
        FieldContext { id, ..around }
    }
}

/// Label, control, hint, error.
#[component]
pub fn Field(
    /// Id of the control; the texts get `-hint`, `-error`, `-warning` behind it.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Format or example.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with the value. Marks the control.
    #[prop(optional, into)]
    error: String,
    /// What follows from the value, without stopping anybody.
    #[prop(optional, into)]
    warning: String,
    /// May stay empty; said next to the label. Required is the default.
    #[prop(optional)]
    optional: bool,
    /// Greatest number of characters; 0 shows no counter.
    #[prop(optional)]
    limit: u32,
    /// The value the counter starts with.
    #[prop(optional, into)]
    counted: String,
    /// More below the control, for example a link.
    #[prop(optional, into)]
    below: ViewFn,
    /// The control.
    children: Children,
) -> AnyView {
    let described: Vec<String> = [("error", &error), ("warning", &warning), ("hint", &hint)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(part, _)| format!("{id}-{part}"))
        .collect();
    let context = FieldContext {
        id: id.clone(),
        described_by: described.join(" "),
        invalid: !error.is_empty(),
        optional,
    };
    let used = u32::try_from(count_stored(&counted)).unwrap_or(u32::MAX);
    view! {
        <div class="field">
            <div class="lab">
                <label for=id.clone()>{label} {optional.then(|| view! { " "<span class="opt">"optional"</span> })}</label>
                {(limit > 0).then(|| view! { <CharCounter input_id=id.clone() used=used limit=limit /> })}
            </div>
            <Provider value=context>{children()}</Provider>
            {(!error.is_empty())
                .then(|| {
                    view! {
                        <p class="err" id=format!("{id}-error")>
                            <Icon name="s-err" />
                            <span>{error}</span>
                        </p>
                    }
                })}
            {(!warning.is_empty())
                .then(|| {
                    view! {
                        <p class="wrn" id=format!("{id}-warning")>
                            <Icon name="s-warn" />
                            <span>{warning}</span>
                        </p>
                    }
                })}
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            {below.run()}
        </div>
    }
    .into_any()
}

/// A line of text: `type` text, url, email, password, search, number, date.
#[component]
pub fn TextInput(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Its value.
    #[prop(optional, into)]
    value: String,
    /// `text` when empty.
    #[prop(optional, into)]
    kind: String,
    /// Id outside a [`Field`].
    #[prop(optional, into)]
    id: String,
    /// Name for those who hear the page, outside a [`Field`].
    #[prop(optional, into)]
    label: String,
    /// Example inside the empty control; never instead of a label.
    #[prop(optional, into)]
    placeholder: String,
    /// `username`, `current-password`, `off`.
    #[prop(optional, into)]
    autocomplete: String,
    /// Smallest number or date.
    #[prop(optional, into)]
    min: String,
    /// Greatest number or date.
    #[prop(optional, into)]
    max: String,
    /// Keys and addresses.
    #[prop(optional)]
    mono: bool,
    /// Can be read and copied only.
    #[prop(optional)]
    readonly: bool,
    /// Has no meaning now. Say why in the hint.
    #[prop(optional)]
    disabled: bool,
    /// Starts with the focus.
    #[prop(optional)]
    autofocus: bool,
    /// Lets the browser stop an empty value.
    #[prop(optional)]
    required: bool,
) -> AnyView {
    let wired = wiring(id);
    view! {
        <input
            class=if mono { "input mono" } else { "input" }
            id=some(&wired.id)
            type=if kind.is_empty() { "text".to_owned() } else { kind }
            name=name
            value=value
            placeholder=some(&placeholder)
            autocomplete=some(&autocomplete)
            min=some(&min)
            max=some(&max)
            readonly=readonly
            disabled=disabled
            autofocus=autofocus
            required=required && !wired.optional
            spellcheck=mono.then_some("false")
            aria-label=some(&label)
            aria-invalid=wired.invalid.then_some("true")
            aria-describedby=some(&wired.described_by)
        />
    }
    .into_any()
}

/// Several lines of text. The only `textarea` of the product: leptos does not escape what stands in one.
#[component]
pub fn SafeTextarea(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Its value.
    #[prop(optional, into)]
    value: String,
    /// Id outside a [`Field`].
    #[prop(optional, into)]
    id: String,
    /// Name for those who hear the page, outside a [`Field`].
    #[prop(optional, into)]
    label: String,
    /// Example inside the empty control.
    #[prop(optional, into)]
    placeholder: String,
    /// Lines it shows; 0 leaves it to the style.
    #[prop(optional)]
    rows: u16,
    /// Can be read and copied only.
    #[prop(optional)]
    readonly: bool,
    /// Has no meaning now.
    #[prop(optional)]
    disabled: bool,
) -> AnyView {
    let wired = wiring(id);
    view! {
        <textarea
            class="input"
            id=some(&wired.id)
            name=name
            placeholder=some(&placeholder)
            rows=(rows > 0).then(|| rows.to_string())
            readonly=readonly
            disabled=disabled
            aria-label=some(&label)
            aria-invalid=wired.invalid.then_some("true")
            aria-describedby=some(&wired.described_by)
            inner_html=textarea_html(&value)
        ></textarea>
    }
    .into_any()
}
