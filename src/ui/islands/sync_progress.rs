//! Keeps the page of sync runs up to date while it is open.
//!
//! An event stream says that something changed; the page is then read again, at once when a run, its
//! state or its phase changed, else at most every three seconds, and patched in place. Progress is said
//! aloud at most every ten seconds, a new phase and the end at once. A stream that is lost is shown; the
//! browser opens it again by itself, unless the server refuses it: then the page offers to reload.

#![expect(
    missing_docs,
    reason = "the island macro makes functions of its own; the island below is documented"
)]

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, closure::Closure},
    web_sys,
};

use super::region;

/// The part of the page that is brought up to date.
pub const REGION: &str = "sync";
/// The panel of the newest run; `data-step` changes with run, state and phase, `data-said` is what is
/// said of it.
pub const PANEL: &str = "newest-sync";
/// How the stream is.
pub const LINK: &str = "sync-live";
/// What is said aloud.
pub const SAID: &str = "sync-said";

const READ_AGAIN: Duration = Duration::from_secs(3);
const QUIET: Duration = Duration::from_secs(10);

/// Follows the event stream of a configuration. Draws nothing.
#[island]
pub fn SyncProgress(
    /// Address of the stream.
    stream: String,
) -> impl IntoView {
    Effect::new(move |_| {
        if let Ok(source) = web_sys::EventSource::new(&stream) {
            follow(source);
        }
    });
}

/// What is known between two events.
struct Follower {
    source: web_sys::EventSource,
    /// Step that was shown last.
    step: Cell<Option<String>>,
    /// A later reading is on its way.
    waiting: Cell<bool>,
    /// The page is being read.
    reading: Cell<bool>,
    /// Something happened meanwhile.
    again: Cell<bool>,
    /// Something was said within the last ten seconds.
    quiet: Cell<bool>,
}

/// Takes in what the stream says, as long as the page lives; the browser closes it with the page.
fn follow(source: web_sys::EventSource) {
    let follower = Rc::new(Follower {
        source: source.clone(),
        step: Cell::new(panel_says("data-step")),
        waiting: Cell::new(false),
        reading: Cell::new(false),
        again: Cell::new(false),
        quiet: Cell::new(false),
    });
    let listen = |event: &str, act: fn(&Rc<Follower>)| {
        let follower = follower.clone();
        let act = Closure::<dyn FnMut()>::new(move || act(&follower));
        drop(source.add_event_listener_with_callback(event, act.as_ref().unchecked_ref()));
        act.forget();
    };
    listen("changed", Follower::read);
    listen("moved", Follower::read_later);
    listen("open", Follower::show_link);
    listen("error", Follower::show_link);
}

impl Follower {
    fn read_later(self: &Rc<Self>) {
        if !self.waiting.replace(true) {
            let follower = self.clone();
            set_timeout(move || follower.read(), READ_AGAIN);
        }
    }

    fn read(self: &Rc<Self>) {
        self.waiting.set(false);
        if self.reading.replace(true) {
            self.again.set(true);
            return;
        }
        let follower = self.clone();
        spawn_local(async move {
            if let Ok(address) = window().location().href()
                && let Some(page) = region::load_page(&address).await
                && region::patch(REGION, &page)
            {
                follower.show_link();
                follower.say();
            }
            follower.reading.set(false);
            if follower.again.replace(false) {
                follower.read();
            }
        });
    }

    /// Says progress aloud: at once when something happened, else at most every ten seconds.
    fn say(self: &Rc<Self>) {
        let step = panel_says("data-step");
        let before = self.step.replace(step.clone());
        if self.quiet.get() && before == step {
            return;
        }
        let Some(words) = panel_says("data-said") else {
            return;
        };
        region::set_text(SAID, &words);
        self.quiet.set(true);
        let follower = self.clone();
        set_timeout(move || follower.quiet.set(false), QUIET);
    }

    fn show_link(self: &Rc<Self>) {
        match self.source.ready_state() {
            web_sys::EventSource::OPEN => region::set_text(LINK, "Live updates are on."),
            web_sys::EventSource::CONNECTING => {
                region::set_text(LINK, "Live updates paused, trying again.");
            }
            _ => region::set_text(
                LINK,
                "Live updates have ended. Reload the page to see the present state.",
            ),
        }
    }
}

fn panel_says(attribute: &str) -> Option<String> {
    document().get_element_by_id(PANEL)?.get_attribute(attribute)
}
