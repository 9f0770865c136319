//! Small components that live in the browser; the islands of whole pages are in `ui::islands` and beside their
//! pages. Each page is whole without them.
//!
//! An island may only hold what serde can carry; its first picture is the server's. Elements it does
//! not find are left alone: the page then behaves as without script.

#![expect(
    missing_docs,
    reason = "the island macro makes functions of its own; the islands below are documented"
)]

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{self, js_sys};

use super::icon::Icon;
use crate::domain::text::count_stored;

/// From how many characters left on the counter is read aloud.
const ANNOUNCE_FROM: u32 = 10;

/// "12 of 50" for the control with the id `input_id`; counts characters as the server does, not bytes or UTF-16
/// units.
#[island]
pub fn CharCounter(
    /// Id of the control.
    input_id: String,
    /// Characters in it now.
    used: u32,
    /// Characters it may have.
    limit: u32,
) -> impl IntoView {
    let count = RwSignal::new(used);
    let set = move |text: String| count.set(u32::try_from(count_stored(&text)).unwrap_or(u32::MAX));
    let watched = input_id.clone();
    Effect::new(move |_| {
        // A browser may have put back what was typed before.
        if let Some(text) = document()
            .get_element_by_id(&watched)
            .and_then(|control| value_of(&control))
        {
            set(text);
        }
        let watched = watched.clone();
        let handle = window_event_listener(ev::input, move |event| {
            let control = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            if let Some(control) = control.filter(|control| control.id() == watched)
                && let Some(text) = value_of(&control)
            {
                set(text);
            }
        });
        on_cleanup(move || handle.remove());
    });
    let said = move || {
        let now = count.get();
        if now == used || now.saturating_add(ANNOUNCE_FROM) < limit {
            String::new()
        } else if now > limit {
            format!("{} characters too many", now - limit)
        } else {
            format!("{} characters left", limit - now)
        }
    };
    view! {
        <output
            class="count"
            for=input_id
            aria-live="off"
            data-over=move || (count.get() > limit).then_some("")
        >
            {move || format!("{} of {limit}", count.get())}
        </output>
        <span class="vh" role="status">
            {said}
        </span>
    }
}

fn value_of(control: &web_sys::Element) -> Option<String> {
    control
        .dyn_ref::<web_sys::HtmlInputElement>()
        .map(web_sys::HtmlInputElement::value)
        .or_else(|| {
            control
                .dyn_ref::<web_sys::HtmlTextAreaElement>()
                .map(web_sys::HtmlTextAreaElement::value)
        })
}

/// Copies the value of the control with the id `input_id`. Without script it is not shown.
#[island]
pub fn CopyButton(
    /// Id of the control.
    input_id: String,
    /// What is copied, for the label: "Copy webhook address".
    label: String,
) -> impl IntoView {
    let done = RwSignal::new(false);
    let copy = move |_| {
        let Some(control) = document().get_element_by_id(&input_id) else {
            return;
        };
        let Some(text) = value_of(&control) else {
            return;
        };
        if let Some(input) = control.dyn_ref::<web_sys::HtmlInputElement>() {
            // Where the clipboard is closed (plain http), the selection is ready for the keyboard.
            input.select();
        }
        if write_clipboard(&text).is_some() {
            done.set(true);
            set_timeout(move || done.set(false), Duration::from_secs(3));
        }
    };
    view! {
        <button class="btn js" type="button" aria-label=label.clone() title=label on:click=copy>
            <Icon name="i-copy" />
            {move || if done.get() { "Copied" } else { "Copy" }}
        </button>
        <span class="vh" role="status">
            {move || if done.get() { "Copied" } else { "" }}
        </span>
    }
}

/// `navigator.clipboard.writeText(text)`, where the browser offers it.
fn write_clipboard(text: &str) -> Option<()> {
    let navigator = js_sys::Reflect::get(window().as_ref(), &JsValue::from_str("navigator")).ok()?;
    let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard")).ok()?;
    if clipboard.is_undefined() {
        return None;
    }
    let write = js_sys::Reflect::get(&clipboard, &JsValue::from_str("writeText")).ok()?;
    write
        .dyn_ref::<js_sys::Function>()?
        .call1(&clipboard, &JsValue::from_str(text))
        .ok()
        .map(|_| ())
}

/// A plain click on a link with `data-dialog=dialog` opens the dialog with that id instead.
///
/// Part of every `Dialog`. Clicks with a modifier key, and browsers that refuse, follow the link.
#[island]
pub fn DialogDoor(
    /// Id of the dialog.
    dialog: String,
) -> impl IntoView {
    Effect::new(move |_| {
        let dialog = dialog.clone();
        let handle = window_event_listener(ev::click, move |event| {
            if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
                return;
            }
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let link = target.and_then(|target| target.closest("[data-dialog]").ok().flatten());
            if link.and_then(|link| link.get_attribute("data-dialog")).as_deref() != Some(dialog.as_str()) {
                return;
            }
            let found = document()
                .get_element_by_id(&dialog)
                .and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok());
            if let Some(found) = found
                && found.show_modal().is_ok()
            {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// A toast: goes after 8 s, stays while it is hovered or focused; an error stays until dismissed.
#[island]
pub fn ToastCard(
    /// `ok`, `warn`, `bad`, `info` or `mute`.
    tone: String,
    /// Its icon.
    icon: String,
    /// What happened.
    title: String,
    /// One more line; may be empty.
    text: String,
) -> impl IntoView {
    let shown = RwSignal::new(true);
    let held = RwSignal::new(false);
    let stays = tone == "bad";
    Effect::new(move |_| {
        if !stays {
            leave_later(shown, held, Duration::from_secs(8));
        }
    });
    view! {
        <div
            class="toast"
            role=if stays { "alert" } else { "status" }
            data-tone=tone
            hidden=move || !shown.get()
            on:mouseenter=move |_| held.set(true)
            on:mouseleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| held.set(false)
        >
            <Icon name=icon />
            <div>
                <strong>{title}</strong>
                {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            </div>
            <button class="iconbtn js" type="button" aria-label="Dismiss" title="Dismiss" on:click=move |_| shown.set(false)>
                <Icon name="i-x" />
            </button>
        </div>
    }
}

fn leave_later(shown: RwSignal<bool>, held: RwSignal<bool>, after: Duration) {
    set_timeout(
        move || {
            if held.try_get_untracked().unwrap_or(false) {
                leave_later(shown, held, Duration::from_secs(2));
            } else {
                let _ = shown.try_set(false);
            }
        },
        after,
    );
}
