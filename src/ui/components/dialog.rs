//! Asking before something that others feel, and menus.
//!
//! The question exists twice with the same words: as a page ([`ConfirmPanel`]) that works always,
//! and as a [`Dialog`] that script opens in place of the page (the link to it carries `dialog`).

use leptos::prelude::*;

use super::Tone;
use super::button::{Button, ButtonKind, LinkButton};
use super::icon::Icon;
use super::live::DialogDoor;

/// What an action does to something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequence {
    /// Stays as it is (check); else it stops (minus).
    pub stays: bool,
    /// The point, in bold.
    pub point: String,
    /// More words; may be empty.
    pub text: String,
}

impl Consequence {
    /// Something that stops.
    pub fn stops(point: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            stays: false,
            point: point.into(),
            text: text.into(),
        }
    }

    /// Something that stays.
    pub fn stays(point: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            stays: true,
            point: point.into(),
            text: text.into(),
        }
    }
}

/// What stops and what stays.
#[component]
pub fn EffectList(
    /// The effects.
    items: Vec<Consequence>,
) -> AnyView {
    (!items.is_empty()).then(|| {
        view! {
            <ul class="eff">
                {items
                    .into_iter()
                    .map(|item| {
                        let (icon, label) = if item.stays { ("i-check", "Stays") } else { ("i-minus", "Stops") };
                        view! {
                            <li>
                                <Icon name=icon label=label />
                                <span>
                                    <b>{item.point}</b>
                                    " "
                                    {item.text}
                                </span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
    })
    .into_any()
}

fn hidden_fields(fields: Vec<(String, String)>) -> AnyView {
    fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view()
        .into_any()
}

/// A question in place. Closed until a link with `dialog=id` is clicked; the focus starts on Cancel.
#[component]
pub fn Dialog(
    /// Id, named by the `dialog` of a `LinkButton` or an `IconLink`.
    #[prop(into)]
    id: String,
    /// The question ("Disconnect Halden Cloud?").
    #[prop(into)]
    title: String,
    /// Where the form is sent.
    #[prop(into)]
    action: String,
    /// The verb of the title again ("Disconnect").
    #[prop(into)]
    verb: String,
    /// Icon of the verb.
    #[prop(optional, into)]
    verb_icon: String,
    /// The verb stops or removes something.
    #[prop(optional)]
    danger: bool,
    /// Hidden fields of the form: name and value.
    #[prop(optional)]
    fields: Vec<(String, String)>,
    /// What it does, in words and as an [`EffectList`].
    children: Children,
) -> AnyView {
    let tone = if danger { Tone::Warn } else { Tone::Info };
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    let door = id.clone();
    view! {
        <dialog class="dialog" id=id aria-labelledby=labelled_by>
            <header data-tone=tone.as_str()>
                <Icon name=tone.icon() />
                <h2 id=title_id>{title}</h2>
            </header>
            <div class="body">{children()}</div>
            <footer>
                <form method="dialog">
                    <button class="btn" autofocus=true>
                        "Cancel"
                    </button>
                </form>
                <form method="post" action=action>
                    {hidden_fields(fields)}
                    <Button kind=if danger { ButtonKind::Danger } else { ButtonKind::Primary } icon=verb_icon>
                        {verb}
                    </Button>
                </form>
            </footer>
        </dialog>
        <DialogDoor dialog=door />
    }
    .into_any()
}

/// The same question as a page.
#[component]
pub fn ConfirmPanel(
    /// The question, the page's `h1`.
    #[prop(into)]
    title: String,
    /// Where the form is sent.
    #[prop(into)]
    action: String,
    /// Where Cancel leads.
    #[prop(into)]
    cancel_href: String,
    /// What Cancel is called where the verb itself is one.
    #[prop(default = "Cancel".to_owned(), into)]
    keep: String,
    /// The verb of the title again.
    #[prop(into)]
    verb: String,
    /// Icon of the verb.
    #[prop(optional, into)]
    verb_icon: String,
    /// The verb stops or removes something.
    #[prop(optional)]
    danger: bool,
    /// Hidden fields of the form: name and value.
    #[prop(optional)]
    fields: Vec<(String, String)>,
    /// What it does, in words and as an [`EffectList`].
    children: Children,
) -> AnyView {
    let tone = if danger { Tone::Warn } else { Tone::Info };
    view! {
        <form class="dialog panel" method="post" action=action>
            {hidden_fields(fields)}
            <header data-tone=tone.as_str()>
                <Icon name=tone.icon() />
                <h1>{title}</h1>
            </header>
            <div class="body">{children()}</div>
            <footer>
                <LinkButton href=cancel_href>{keep}</LinkButton>
                <Button kind=if danger { ButtonKind::Danger } else { ButtonKind::Primary } icon=verb_icon>
                    {verb}
                </Button>
            </footer>
        </form>
    }
    .into_any()
}

/// A button that opens a list of links and small forms. Opens without script, closes with Escape.
#[component]
pub fn Menu(
    /// Id of the list.
    #[prop(into)]
    id: String,
    /// Name of the button.
    #[prop(into)]
    label: String,
    /// Class of the button: `iconbtn`, `toplink`, `btn`.
    #[prop(optional, into)]
    class: String,
    /// What the button shows.
    #[prop(into)]
    button: ViewFn,
    /// Links, `hr`, forms of one button.
    children: Children,
) -> AnyView {
    let title = label.clone();
    view! {
        <button
            class=if class.is_empty() { "iconbtn".to_owned() } else { class }
            type="button"
            popovertarget=id.clone()
            title=title
        >
            {button.run()}
            <span class="vh">{label}</span>
        </button>
        <div class="menu" id=id popover="auto">
            {children()}
        </div>
    }
    .into_any()
}
