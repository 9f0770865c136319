//! Buttons do, links go. Both look alike; both work without script.

#![expect(clippy::fn_params_excessive_bools, reason = "the properties of a component, each set by name")]

use leptos::prelude::*;

use super::icon::Icon;
use super::some;

/// How loud a button is. One `Primary` per page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The usual one.
    #[default]
    Default,
    /// The next step of the page.
    Primary,
    /// Beside others, without an edge.
    Quiet,
    /// Stops or removes something.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Default => "",
            Self::Primary => " primary",
            Self::Quiet => " quiet",
            Self::Danger => " danger",
        }
    }
}

fn class_of(kind: ButtonKind, small: bool) -> String {
    format!("btn{}{}", kind.class(), if small { " sm" } else { "" })
}

/// A button. It submits its form unless `kind_of` says `button`.
#[component]
pub fn Button(
    /// How loud.
    #[prop(optional)]
    kind: ButtonKind,
    /// The small size, for rows and toolbars.
    #[prop(optional)]
    small: bool,
    /// Icon in front of the words.
    #[prop(optional, into)]
    icon: String,
    /// Name in the form, usually `do`.
    #[prop(optional, into)]
    name: String,
    /// Value in the form: `save`, `test`, `next`.
    #[prop(optional, into)]
    value: String,
    /// `submit` when empty, else `button` or `reset`.
    #[prop(optional, into)]
    kind_of: String,
    /// Id of a form elsewhere on the page.
    #[prop(optional, into)]
    form: String,
    /// Sends the form somewhere else.
    #[prop(optional, into)]
    formaction: String,
    /// Does not check the fields first.
    #[prop(optional)]
    formnovalidate: bool,
    /// Cannot be pressed. Say why next to it and name that text in `described_by`.
    #[prop(optional)]
    disabled: bool,
    /// Works right now: keeps its width and its focus.
    #[prop(optional)]
    busy: bool,
    /// Id of the text that explains it.
    #[prop(optional, into)]
    described_by: String,
    /// Accessible name where the words alone are not enough ("Reconnect QA sandbox").
    #[prop(optional, into)]
    label: String,
    /// The words.
    children: Children,
) -> AnyView {
    let icon = if busy { "s-run".to_owned() } else { icon };
    view! {
        <button
            class=class_of(kind, small)
            type=if kind_of.is_empty() { "submit".to_owned() } else { kind_of }
            name=some(&name)
            value=(!name.is_empty()).then_some(value)
            form=some(&form)
            formaction=some(&formaction)
            formnovalidate=formnovalidate
            disabled=disabled
            aria-busy=busy.then_some("true")
            aria-describedby=some(&described_by)
            aria-label=some(&label)
        >
            {(!icon.is_empty()).then(|| view! { <Icon name=icon class=if busy { "spin" } else { "" } /> })}
            {children()}
        </button>
    }
    .into_any()
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// Where it goes.
    #[prop(into)]
    href: String,
    /// How loud.
    #[prop(optional)]
    kind: ButtonKind,
    /// The small size.
    #[prop(optional)]
    small: bool,
    /// Icon in front of the words.
    #[prop(optional, into)]
    icon: String,
    /// Opens outside this product: new tab, no referrer.
    #[prop(optional)]
    external: bool,
    /// Accessible name where the words alone are not enough.
    #[prop(optional, into)]
    label: String,
    /// Id of a `Dialog` on the page that asks the same as the page it leads to.
    #[prop(optional, into)]
    dialog: String,
    /// The words.
    children: Children,
) -> AnyView {
    view! {
        <a
            class=class_of(kind, small)
            href=href
            target=external.then_some("_blank")
            rel=external.then_some("noopener noreferrer")
            aria-label=some(&label)
            data-dialog=some(&dialog)
        >
            {(!icon.is_empty()).then(|| view! { <Icon name=icon /> })}
            {children()}
        </a>
    }
    .into_any()
}

/// A button of an icon only. Its label names the object: "Disconnect Halden Cloud".
#[component]
pub fn IconButton(
    /// The icon.
    #[prop(into)]
    icon: String,
    /// Verb and object.
    #[prop(into)]
    label: String,
    /// Name in the form.
    #[prop(optional, into)]
    name: String,
    /// Value in the form.
    #[prop(optional, into)]
    value: String,
    /// Id of a form elsewhere on the page.
    #[prop(optional, into)]
    form: String,
    /// Stops or removes something.
    #[prop(optional)]
    danger: bool,
    /// Cannot be pressed.
    #[prop(optional)]
    disabled: bool,
) -> AnyView {
    view! {
        <button
            class=if danger { "iconbtn danger" } else { "iconbtn" }
            type="submit"
            name=some(&name)
            value=(!name.is_empty()).then_some(value)
            form=some(&form)
            disabled=disabled
            aria-label=label.clone()
            title=label
        >
            <Icon name=icon />
        </button>
    }
    .into_any()
}

/// A link of an icon only.
#[component]
pub fn IconLink(
    /// The icon.
    #[prop(into)]
    icon: String,
    /// Where it goes.
    #[prop(into)]
    href: String,
    /// Verb and object.
    #[prop(into)]
    label: String,
    /// Leads to something that stops or removes.
    #[prop(optional)]
    danger: bool,
    /// Opens outside this product: new tab, no referrer.
    #[prop(optional)]
    external: bool,
    /// Id of a `Dialog` on the page that asks the same as the page it leads to.
    #[prop(optional, into)]
    dialog: String,
) -> AnyView {
    view! {
        <a
            class=if danger { "iconbtn danger" } else { "iconbtn" }
            href=href
            target=external.then_some("_blank")
            rel=external.then_some("noopener noreferrer")
            data-dialog=some(&dialog)
            aria-label=label.clone()
            title=label
        >
            <Icon name=icon />
        </a>
    }
    .into_any()
}
