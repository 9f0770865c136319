//! Choosing: select, checkbox, radio, card.

use leptos::prelude::*;

use super::field::wiring;
use super::icon::Icon;
use super::some;

/// One line of a [`Select`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectOption {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Cannot be chosen.
    pub disabled: bool,
}

impl SelectOption {
    /// An option that can be chosen.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            disabled: false,
        }
    }
}

/// A native select.
#[component]
pub fn Select(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Its lines.
    options: Vec<SelectOption>,
    /// The value that is chosen; a value that is not among the options chooses the first.
    #[prop(optional, into)]
    value: String,
    /// Id outside a `Field`.
    #[prop(optional, into)]
    id: String,
    /// Name for those who hear the page, outside a `Field` ("Traceline value for To Do").
    #[prop(optional, into)]
    label: String,
    /// The small size, for rows and toolbars.
    #[prop(optional)]
    small: bool,
    /// Has no meaning now.
    #[prop(optional)]
    disabled: bool,
    /// Id of a text that explains it, outside a `Field`.
    #[prop(optional, into)]
    described_by: String,
) -> AnyView {
    let wired = wiring(id);
    let described = if described_by.is_empty() {
        wired.described_by
    } else {
        described_by
    };
    view! {
        <select
            class=if small { "select sm" } else { "select" }
            id=some(&wired.id)
            name=name
            disabled=disabled
            aria-label=some(&label)
            aria-invalid=wired.invalid.then_some("true")
            aria-describedby=some(&described)
        >
            {options
                .into_iter()
                .map(|option| {
                    let selected = option.value == value;
                    view! {
                        <option value=option.value selected=selected disabled=option.disabled>
                            {option.label}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
    .into_any()
}

/// A checkbox with its label and, below, what it means.
#[component]
pub fn Checkbox(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// What the form sends; `on` when empty.
    #[prop(optional, into)]
    value: String,
    /// Second line.
    #[prop(optional, into)]
    detail: String,
    /// Id, where an error summary leads here.
    #[prop(optional, into)]
    id: String,
    /// Is chosen.
    #[prop(optional)]
    checked: bool,
    /// Cannot be chosen; `detail` says why.
    #[prop(optional)]
    disabled: bool,
) -> AnyView {
    tick("checkbox", name, label, value, detail, id, checked, disabled).into_any()
}

/// One of several, with its label.
#[component]
pub fn Radio(
    /// Name in the form, the same for all of the group.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// What the form sends.
    #[prop(into)]
    value: String,
    /// Second line.
    #[prop(optional, into)]
    detail: String,
    /// Id, where an error summary leads here.
    #[prop(optional, into)]
    id: String,
    /// Is chosen.
    #[prop(optional)]
    checked: bool,
    /// Cannot be chosen; `detail` says why.
    #[prop(optional)]
    disabled: bool,
) -> AnyView {
    tick("radio", name, label, value, detail, id, checked, disabled).into_any()
}

fn tick(
    kind: &'static str,
    name: String,
    label: String,
    value: String,
    detail: String,
    id: String,
    checked: bool,
    disabled: bool,
) -> AnyView {
    view! {
        <label class="check">
            <input
                type=kind
                id=some(&id)
                name=name
                value=if value.is_empty() { "on".to_owned() } else { value }
                checked=checked
                disabled=disabled
            />
            <span>{label} {(!detail.is_empty()).then(|| view! { <small>{detail}</small> })}</span>
        </label>
    }
    .into_any()
}

/// A radio as a card; several stand in `div.choices` inside a `fieldset`.
#[component]
pub fn ChoiceCard(
    /// Name in the form, the same for all of the group.
    #[prop(into)]
    name: String,
    /// What the form sends.
    #[prop(into)]
    value: String,
    /// The choice.
    #[prop(into)]
    label: String,
    /// What it means.
    #[prop(optional, into)]
    detail: String,
    /// Icon in front.
    #[prop(optional, into)]
    icon: String,
    /// Id, where an error summary leads here.
    #[prop(optional, into)]
    id: String,
    /// Is chosen.
    #[prop(optional)]
    checked: bool,
    /// Cannot be chosen; `detail` says why.
    #[prop(optional)]
    disabled: bool,
    /// `radio` when empty, else `checkbox` where several may be chosen.
    #[prop(optional, into)]
    kind: String,
) -> AnyView {
    view! {
        <label class="choice">
            {(!icon.is_empty()).then(|| view! { <Icon name=icon /> })} <span>
                <b>{label}</b>
                {(!detail.is_empty()).then(|| view! { <small>{detail}</small> })}
            </span>
            <input
                type=if kind.is_empty() { "radio".to_owned() } else { kind }
                id=some(&id)
                name=name
                value=value
                checked=checked
                disabled=disabled
            />
        </label>
    }
    .into_any()
}
