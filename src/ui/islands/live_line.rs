//! The line to the server of an open page: what changed is heard, and the parts of the page that show it are
//! brought up to date.
//!
//! A part says by its attribute `data-follow` which topic it shows. When one is heard, the page is read again, at
//! most once a second, and its parts are patched in place. The tabs of a browser share one event stream: the one
//! that holds a lock has it and passes on what it hears. Where the browser has no locks (plain http), each tab has
//! a stream of its own while it is seen. Every page carries a stamp, so that nothing is read twice and nothing that
//! happened between page and stream is missed. A stream that is lost is shown, and asked for again, ever later
//! where the server refuses it. Who is signed out meanwhile is told to reload.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::{self, js_sys},
};

use super::region;
use crate::ui::components::{LOST, LOST_WORDS, NOTICES, NOTICES_SAID, STAMP};

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

const STREAM: &str = "/live";
/// Name of the lock and of the channel between tabs.
const SHARED: &str = "traceline-live";
/// Everything.
const ALL: &str = "*";
/// What a tab that has just begun asks the others.
const ASK: &str = "ask";
/// The page is read at most so often.
const READ_AGAIN: Duration = Duration::from_secs(1);
const QUIET: Duration = Duration::from_secs(10);
/// A stream that comes back at once is not told of.
const LOST_AFTER: Duration = Duration::from_secs(3);
/// Time until a refused stream is asked for again; twice as long after each refusal, up to [`ASK_AGAIN_AT_MOST`].
const ASK_AGAIN: Duration = Duration::from_secs(3);
const ASK_AGAIN_AT_MOST: Duration = Duration::from_mins(5);

/// Follows what happens. Draws nothing.
#[island]
pub fn LiveLine() -> impl IntoView {
    Effect::new(move |_| Line::begin());
}

/// How the stream is, as tabs tell each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    On,
    Lost,
    /// The session is over.
    Ended,
}

impl Link {
    const ALL: [Self; 3] = [Self::On, Self::Lost, Self::Ended];

    fn code(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Lost => "lost",
            Self::Ended => "ended",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::On => "Live updates are on.",
            Self::Lost => "Live updates paused, trying again.",
            Self::Ended => "Live updates have ended. Reload the page to see the present state.",
        }
    }
}

/// What is known between two events.
struct Line {
    /// To the other tabs.
    channel: Option<web_sys::EventTarget>,
    /// Of the tab that has the stream.
    source: RefCell<Option<web_sys::EventSource>>,
    /// Lets the lock go.
    release: RefCell<Option<js_sys::Function>>,
    /// This tab has the stream, or tries to.
    leads: Cell<bool>,
    link: Cell<Link>,
    /// Stamp of the last event; 0 before the first.
    heard: Cell<f64>,
    /// Stamp of what is shown.
    shown: Cell<f64>,
    /// Topics that are to be read.
    due: RefCell<Vec<String>>,
    /// A reading is on its way, or was within the last second.
    reading: Cell<bool>,
    /// Step that was shown last.
    step: RefCell<Option<String>>,
    /// Something was said within the last ten seconds.
    quiet: Cell<bool>,
    /// How often the stream was refused since it was open.
    refusals: Cell<u32>,
    /// How often the page could not be read since it could.
    misses: Cell<u32>,
}

impl Line {
    fn begin() {
        let Some(shown) = stamp_of(&document()) else {
            return;
        };
        let line = Rc::new(Self {
            channel: open_channel().ok(),
            source: RefCell::default(),
            release: RefCell::default(),
            leads: Cell::new(false),
            link: Cell::new(Link::Lost),
            heard: Cell::new(0.0),
            shown: Cell::new(shown),
            due: RefCell::default(),
            reading: Cell::new(false),
            step: RefCell::new(panel_says("data-step")),
            quiet: Cell::new(false),
            refusals: Cell::new(0),
            misses: Cell::new(0),
        });
        line.listen_to_tabs();
        line.pass_on(ASK);
        if !line.wait_for_lock() {
            line.lead_while_seen();
        }
    }

    fn listen_to_tabs(self: &Rc<Self>) {
        let Some(channel) = &self.channel else { return };
        let line = self.clone();
        let act = Closure::<dyn FnMut(JsValue)>::new(move |message: JsValue| {
            let data = js_sys::Reflect::get(&message, &JsValue::from_str("data"));
            if let Some(words) = data.ok().and_then(|data| data.as_string()) {
                line.hear_tab(&words);
            }
        });
        drop(channel.add_event_listener_with_callback("message", act.as_ref().unchecked_ref()));
        act.forget();
    }

    fn hear_tab(self: &Rc<Self>, words: &str) {
        if words == ASK {
            if self.leads.get() {
                self.pass_on(self.link.get().code());
                let heard = self.heard.get();
                if heard > 0.0 {
                    self.pass_on(&format!("{heard} {ALL}"));
                }
            }
        } else if let Some(link) = Link::ALL.into_iter().find(|link| link.code() == words) {
            self.set_link(link);
        } else {
            self.hear(words);
        }
    }

    fn pass_on(&self, words: &str) {
        if let Some(channel) = &self.channel {
            drop(post(channel, words));
        }
    }

    /// Waits for the lock that gives the stream; false where the browser has none.
    fn wait_for_lock(self: &Rc<Self>) -> bool {
        let line = self.clone();
        let granted = Closure::<dyn FnMut(JsValue) -> js_sys::Promise>::new(move |_lock: JsValue| {
            line.leads.set(true);
            line.open();
            let line = line.clone();
            // Held until the page goes or the session is over.
            js_sys::Promise::new(&mut |release, _| {
                line.release.replace(Some(release));
            })
        });
        let ask = || -> Result<(), JsValue> {
            let navigator = js_sys::Reflect::get(window().as_ref(), &JsValue::from_str("navigator"))?;
            let locks = js_sys::Reflect::get(&navigator, &JsValue::from_str("locks"))?;
            let request: js_sys::Function =
                js_sys::Reflect::get(&locks, &JsValue::from_str("request"))?.dyn_into()?;
            request.call2(&locks, &JsValue::from_str(SHARED), granted.as_ref())?;
            Ok(())
        };
        let asked = ask().is_ok();
        granted.forget();
        asked
    }

    fn lead_while_seen(self: &Rc<Self>) {
        let line = self.clone();
        let act = Closure::<dyn FnMut()>::new(move || {
            let hidden = js_sys::Reflect::get(document().as_ref(), &JsValue::from_str("hidden"));
            if hidden.is_ok_and(|hidden| hidden.is_truthy()) {
                line.leads.set(false);
                line.close();
            } else if !line.leads.replace(true) {
                line.open();
            }
        });
        drop(document().add_event_listener_with_callback("visibilitychange", act.as_ref().unchecked_ref()));
        if let Some(act) = act.as_ref().dyn_ref::<js_sys::Function>() {
            drop(act.call0(&JsValue::NULL));
        }
        act.forget();
    }

    /// Takes in what the stream says.
    fn open(self: &Rc<Self>) {
        let Ok(source) = web_sys::EventSource::new(STREAM) else {
            return;
        };
        let listen = |event: &str, act: fn(&Rc<Self>, JsValue)| {
            let line = self.clone();
            let act = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| act(&line, event));
            drop(source.add_event_listener_with_callback(event, act.as_ref().unchecked_ref()));
            act.forget();
        };
        listen("live", |line, event| {
            let data = js_sys::Reflect::get(&event, &JsValue::from_str("data"));
            if let Some(words) = data.ok().and_then(|data| data.as_string()) {
                line.pass_on(&words);
                line.hear(&words);
            }
        });
        listen("open", |line, _| {
            line.refusals.set(0);
            line.tell_link(Link::On);
        });
        listen("error", |line, _| line.meet_error());
        self.close();
        self.source.replace(Some(source));
    }

    fn close(&self) {
        if let Some(source) = self.source.take() {
            source.close();
        }
    }

    /// The browser opens a lost stream by itself. One that the server refuses is given up by the browser, but not
    /// by us.
    fn meet_error(self: &Rc<Self>) {
        if !self.leads.get() {
            return;
        }
        self.tell_link(Link::Lost);
        let refused = self
            .source
            .borrow()
            .as_ref()
            .is_none_or(|source| source.ready_state() == web_sys::EventSource::CLOSED);
        if refused {
            let line = self.clone();
            let wait = pause_after(self.refusals.replace(self.refusals.get().saturating_add(1)));
            set_timeout(move || line.ask_again(), wait);
        }
    }

    fn ask_again(self: Rc<Self>) {
        spawn_local(async move {
            match self.load().await {
                Some(page) if stamp_of(&page).is_some() => self.open(),
                Some(page) if is_of_app(&page) => {
                    self.tell_link(Link::Ended);
                    self.leads.set(false);
                    self.close();
                    if let Some(release) = self.release.take() {
                        drop(release.call0(&JsValue::NULL));
                    }
                }
                _ => self.meet_error(),
            }
        });
    }

    async fn load(&self) -> Option<web_sys::Document> {
        let address = window().location().href().ok()?;
        region::load_page(&address).await
    }

    fn tell_link(self: &Rc<Self>, link: Link) {
        self.pass_on(link.code());
        self.set_link(link);
    }

    fn set_link(self: &Rc<Self>, link: Link) {
        self.link.set(link);
        region::set_text(LINK, link.words());
        match link {
            Link::On => region::set_hidden(LOST, true),
            Link::Ended => {
                region::set_text(LOST, link.words());
                region::set_hidden(LOST, false);
            }
            Link::Lost => {
                let line = self.clone();
                set_timeout(
                    move || {
                        if line.link.get() == Link::Lost {
                            region::set_text(LOST, LOST_WORDS);
                            region::set_hidden(LOST, false);
                        }
                    },
                    LOST_AFTER,
                );
            }
        }
    }

    /// Takes in a stamp and topics.
    fn hear(self: &Rc<Self>, words: &str) {
        let mut parts = words.split(' ');
        let Some(stamp) = parts.next().and_then(|stamp| stamp.parse::<f64>().ok()) else {
            return;
        };
        self.heard.set(self.heard.get().max(stamp));
        if stamp <= self.shown.get() {
            return;
        }
        self.due.borrow_mut().extend(parts.map(str::to_owned));
        self.read();
    }

    fn read(self: &Rc<Self>) {
        let topics = self.due.take();
        let parts = find_parts(&topics);
        if parts.is_empty() {
            // What was heard until now is not shown here.
            if !self.reading.get() {
                self.shown.set(self.shown.get().max(self.heard.get()));
            }
            return;
        }
        if self.reading.replace(true) {
            self.due.replace(topics);
            return;
        }
        let line = self.clone();
        spawn_local(async move {
            let page = line.load().await.filter(|page| stamp_of(page).is_some());
            let wait = if let Some(page) = page {
                line.misses.set(0);
                line.show(&page, &parts);
                READ_AGAIN
            } else {
                // What was to be read still is.
                line.due.borrow_mut().extend(topics);
                pause_after(line.misses.replace(line.misses.get().saturating_add(1)))
            };
            set_timeout(
                move || {
                    line.reading.set(false);
                    line.read();
                },
                wait,
            );
        });
    }

    fn show(self: &Rc<Self>, page: &web_sys::Document, parts: &[String]) {
        self.shown.set(stamp_of(page).unwrap_or_default());
        for part in parts {
            region::patch(part, page);
        }
        region::set_text(LINK, self.link.get().words());
        if parts.iter().any(|part| part == NOTICES)
            && let Some(words) = says(NOTICES, "data-said")
        {
            region::set_text(NOTICES_SAID, &words);
        }
        self.say();
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
        let line = self.clone();
        set_timeout(move || line.quiet.set(false), QUIET);
    }
}

/// `new BroadcastChannel(SHARED)`.
fn open_channel() -> Result<web_sys::EventTarget, JsValue> {
    let class: js_sys::Function =
        js_sys::Reflect::get(window().as_ref(), &JsValue::from_str("BroadcastChannel"))?.dyn_into()?;
    js_sys::Reflect::construct(&class, &js_sys::Array::of1(&JsValue::from_str(SHARED)))?.dyn_into()
}

fn post(channel: &web_sys::EventTarget, words: &str) -> Result<(), JsValue> {
    let post: js_sys::Function =
        js_sys::Reflect::get(channel, &JsValue::from_str("postMessage"))?.dyn_into()?;
    post.call1(channel, &JsValue::from_str(words)).map(drop)
}

/// Ids of the parts of the page that show one of the topics.
fn find_parts(topics: &[String]) -> Vec<String> {
    let shows = |topic: &str| topics.iter().any(|one| one == ALL || one == topic);
    region::find_all(document().as_ref(), "[data-follow]")
        .into_iter()
        .filter(|part| {
            part.get_attribute("data-follow")
                .is_some_and(|topic| shows(&topic))
        })
        .map(|part| part.id())
        .collect()
}

/// The stamp of a page of ours that somebody is signed in to.
fn stamp_of(page: &web_sys::Document) -> Option<f64> {
    page.get_element_by_id(STAMP)?
        .get_attribute("data-stamp")?
        .parse()
        .ok()
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
    says(PANEL, attribute)
}

fn says(id: &str, attribute: &str) -> Option<String> {
    document().get_element_by_id(id)?.get_attribute(attribute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let seconds = [0, 1, 2, 4, 7, 40].map(|refusals| pause_after(refusals).as_secs());
        assert_eq!(seconds, [3, 6, 12, 48, 300, 300]);
    }
}
