//! Keeps a part of a page up to date while it is open: the runs of a sync, the list of connections.
//!
//! An event stream says that something changed; the page is then read again, at once when a run, its
//! state, its phase or the status of a connection changed, else at most every three seconds, and patched in
//! place. Progress is said aloud at most every ten seconds, a new phase and the end at once. A stream that is lost is shown. The
//! browser opens it again by itself, unless the server refuses it: then the page is read after a while, and
//! where it still is what it was a new stream is opened. Who is signed out meanwhile is told to reload.

#![expect(
    missing_docs,
    reason = "the island macro makes functions of its own; the island below is documented"
)]

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, closure::Closure},
    web_sys,
};

use super::region;

/// The part of the page of syncs that is brought up to date.
pub const SYNC: &str = "sync";
/// The part of the page of connections that is brought up to date.
pub const CONNECTIONS: &str = "connections";
/// What is followed in it: `data-step` changes when something happened, `data-said` is what is said of it.
pub const PANEL: &str = "followed";
/// How the stream is.
pub const LINK: &str = "live";
/// What is said aloud.
pub const SAID: &str = "live-said";

const READ_AGAIN: Duration = Duration::from_secs(3);
const QUIET: Duration = Duration::from_secs(10);
/// Time until a refused stream is asked for again; twice as long after each refusal, up to [`ASK_AGAIN_AT_MOST`].
const ASK_AGAIN: Duration = Duration::from_secs(10);
const ASK_AGAIN_AT_MOST: Duration = Duration::from_mins(5);

/// Follows an event stream. Draws nothing.
#[island]
pub fn Follow(
    /// Address of the stream.
    stream: String,
    /// Id of the part of the page that is brought up to date.
    region: String,
) -> impl IntoView {
    Effect::new(move |_| {
        let follower = Rc::new(Follower {
            stream: stream.clone(),
            region: region.clone(),
            source: RefCell::default(),
            step: Cell::new(panel_says("data-step")),
            waiting: Cell::new(false),
            reading: Cell::new(false),
            again: Cell::new(false),
            quiet: Cell::new(false),
            refusals: Cell::new(0),
        });
        follower.open();
    });
}

/// What is known between two events.
struct Follower {
    /// Its address.
    stream: String,
    /// Id of the part of the page.
    region: String,
    source: RefCell<Option<web_sys::EventSource>>,
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
    /// How often the stream was refused since it was open.
    refusals: Cell<u32>,
}

impl Follower {
    /// Takes in what the stream says, as long as the page lives; the browser closes it with the page.
    fn open(self: &Rc<Self>) {
        let Ok(source) = web_sys::EventSource::new(&self.stream) else {
            return;
        };
        let listen = |event: &str, act: fn(&Rc<Self>)| {
            let follower = self.clone();
            let act = Closure::<dyn FnMut()>::new(move || act(&follower));
            drop(source.add_event_listener_with_callback(event, act.as_ref().unchecked_ref()));
            act.forget();
        };
        listen("changed", Self::read);
        listen("moved", Self::read_later);
        listen("open", Self::meet_open);
        listen("error", Self::meet_error);
        self.source.replace(Some(source));
    }

    fn state(&self) -> u16 {
        let source = self.source.borrow();
        source
            .as_ref()
            .map_or(web_sys::EventSource::CLOSED, web_sys::EventSource::ready_state)
    }

    fn meet_open(self: &Rc<Self>) {
        self.refusals.set(0);
        self.show_link();
    }

    /// A stream that the server refuses is given up by the browser, but not by us.
    fn meet_error(self: &Rc<Self>) {
        self.show_link();
        if self.state() == web_sys::EventSource::CLOSED {
            self.ask_later();
        }
    }

    fn ask_later(self: &Rc<Self>) {
        let follower = self.clone();
        let wait = pause_after(self.refusals.replace(self.refusals.get().saturating_add(1)));
        set_timeout(move || follower.ask_again(), wait);
    }

    fn ask_again(self: Rc<Self>) {
        spawn_local(async move {
            let address = window().location().href().unwrap_or_default();
            match region::load_page(&address).await {
                Some(page) if region::patch(&self.region, &page) => {
                    self.open();
                    self.say();
                }
                Some(page) if is_of_app(&page) => region::set_text(
                    LINK,
                    "Live updates have ended. Reload the page to see the present state.",
                ),
                _ => self.ask_later(),
            }
        });
    }

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
                && region::patch(&follower.region, &page)
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
        let words = match self.state() {
            web_sys::EventSource::OPEN => "Live updates are on.",
            _ => "Live updates paused, trying again.",
        };
        region::set_text(LINK, words);
    }
}

/// Pause after so many refusals one after the other.
fn pause_after(refusals: u32) -> Duration {
    let factor = 2_u32.saturating_pow(refusals);
    ASK_AGAIN.saturating_mul(factor).min(ASK_AGAIN_AT_MOST)
}

/// A page that the server made with all it has: the way in, or one with a way out. Its bare error pages
/// have neither.
fn is_of_app(page: &web_sys::Document) -> bool {
    page.query_selector("form[action^='/api/sign_']")
        .is_ok_and(|form| form.is_some())
}

fn panel_says(attribute: &str) -> Option<String> {
    document().get_element_by_id(PANEL)?.get_attribute(attribute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let seconds = [0, 1, 2, 4, 5, 40].map(|refusals| pause_after(refusals).as_secs());
        assert_eq!(seconds, [10, 20, 40, 160, 300, 300]);
    }
}
