//! The event stream of open pages (server-sent events): one for each browser, whatever its tabs show.
//!
//! It carries only what changed, never how things stand: a stamp and topics, for example
//! `1763888400123 connections frame configuration/<id>`. A page that shows one of them reads itself again, guarded
//! as ever. The first event has the topic `*` and the stamp of the last event: whoever has an older page reads it
//! again. A stream is for somebody who is signed in; before each event it is asked again who that is and what they
//! may see, so it ends when the session does. Asking never prolongs the session. One person may have ten of them,
//! all together 500; further ones are 429. Streams end when the server begins to stop, so that stopping is quick.
//! Can go wrong: a slow page misses events, it is told to read again; a database that is busy for a moment, the
//! stream then stays and looks again a second later; a change made by another process on the same
//! database, which is found at the next heartbeat.

use std::{collections::BTreeSet, convert::Infallible, time::Duration};

use axum::{
    Extension, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response, Sse, sse::Event},
    routing::get,
};
use futures::stream;
use tokio::{
    sync::broadcast::{
        Receiver,
        error::{RecvError, TryRecvError},
    },
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

use crate::server::{
    app::live::{Standing, list_seen, stand},
    auth::guard,
    error::{Error, Result},
    live::{LiveEvent, Seat, Stamped},
    random,
    request::RequestContext,
    state::AppState,
    store::StoreError,
};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events of one stream are at least so far apart.
const APART: Duration = Duration::from_millis(250);
/// Time until a busy database is asked again.
const AGAIN: Duration = Duration::from_secs(1);
/// Everything.
const ALL: &str = "*";

/// The route of the stream.
pub fn router(state: &AppState) -> Router {
    Router::new()
        .route("/live", get(follow))
        .with_state(state.clone())
}

/// What was heard since the last event of the stream.
#[derive(Debug, Default)]
struct Heard {
    stamp: i64,
    /// Configurations that changed.
    configurations: BTreeSet<String>,
    /// Something else did, or time has passed.
    others: bool,
    /// Events were missed.
    missed: bool,
    /// Part of it was heard before and could not be read.
    again: bool,
}

/// Where a stream stands.
struct Follower {
    state: AppState,
    request: RequestContext,
    events: Receiver<Stamped>,
    last: Standing,
    /// The stream has begun.
    begun: bool,
    /// What was heard when the database did not answer: read again soon.
    unread: Option<Heard>,
    /// Beats whatever happens meanwhile.
    heart: Interval,
    /// Held as long as the stream is open.
    _seat: Seat,
}

async fn follow(State(state): State<AppState>, Extension(request): Extension<RequestContext>) -> Response {
    let events = state.live().subscribe();
    let (person, last) = match begin(&state, &request).await {
        Ok(begun) => begun,
        Err(error) => return refuse(&error).into_response(),
    };
    // The page tries again after a while, and is whole without the stream.
    let Some(seat) = state.live().find_seat(&person) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    let follower = Follower {
        state,
        request,
        events,
        last,
        begun: false,
        unread: None,
        heart: beat(),
        _seat: seat,
    };
    let events = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    Sse::new(events).into_response()
}

async fn begin(state: &AppState, request: &RequestContext) -> Result<(String, Standing)> {
    let viewer = guard::signed_in_from_request(state, request).await?;
    let standing = stand(&viewer).await?;
    Ok((viewer.person_id().as_str().to_owned(), standing))
}

fn beat() -> Interval {
    let mut heart = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heart.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heart
}

fn refuse(error: &Error) -> StatusCode {
    match error {
        Error::NotSignedIn => StatusCode::UNAUTHORIZED,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl Follower {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::replace(&mut self.begun, true) {
            // Browsers of one server that was started anew do not come at the same moment.
            let [roll] = random::bytes();
            let retry = Duration::from_millis(1_000 + 8 * u64::from(roll));
            return Some(event(self.state.live().stamp(), [ALL]).retry(retry));
        }
        let shutdown = self.state.shutdown().clone();
        let heard = tokio::select! {
            () = shutdown.cancelled() => return None,
            heard = self.hear() => heard,
        };
        match self.find_topics(&heard).await {
            Ok(topics) => {
                if topics.is_empty() {
                    return Some(Event::default().comment("still here"));
                }
                Some(event(heard.stamp, topics.iter().map(String::as_str)))
            }
            Err(Error::NotSignedIn) => None,
            Err(error @ (Error::Busy | Error::Store(StoreError::Busy | StoreError::Unavailable(_)))) => {
                // Once each time that it begins: many streams may be open.
                if !heard.again {
                    tracing::warn!(error = ?error, "an event stream could not be read, it stays open");
                }
                self.unread = Some(heard);
                Some(Event::default().comment("still here"))
            }
            Err(error) => {
                tracing::error!(error = ?error, "an event stream cannot be read and ends");
                None
            }
        }
    }

    /// Waits until something happened or the heart beats, then a moment longer for what comes with it.
    async fn hear(&mut self) -> Heard {
        let again = self.unread.is_some();
        let mut heard = self.unread.take().unwrap_or_default();
        heard.again = again;
        tokio::select! {
            first = self.events.recv() => heard.take(first),
            _ = self.heart.tick() => {
                heard.others = true;
                heard.stamp = self.state.live().next_stamp();
                return heard;
            }
            () = tokio::time::sleep(AGAIN), if again => return heard,
        }
        tokio::time::sleep(APART).await;
        loop {
            match self.events.try_recv() {
                Ok(more) => heard.take(Ok(more)),
                Err(TryRecvError::Lagged(missed)) => heard.take(Err(RecvError::Lagged(missed))),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return heard,
            }
        }
    }

    async fn find_topics(&mut self, heard: &Heard) -> Result<BTreeSet<String>> {
        let viewer = guard::signed_in_from_request(&self.state, &self.request).await?;
        let mut topics = BTreeSet::new();
        if heard.missed {
            topics.insert(ALL.to_owned());
        }
        let seen = list_seen(&viewer, &heard.configurations).await?;
        topics.extend(seen.into_iter().map(|id| format!("configuration/{id}")));
        if heard.others {
            let now = stand(&viewer).await?;
            topics.extend(now.topics_since(&self.last));
            self.last = now;
        }
        Ok(topics)
    }
}

impl Heard {
    fn take(&mut self, told: std::result::Result<Stamped, RecvError>) {
        match told {
            Ok(Stamped { stamp, event }) => {
                self.stamp = self.stamp.max(stamp);
                match event {
                    LiveEvent::ConfigurationChanged(id) => {
                        self.configurations.insert(id);
                    }
                    LiveEvent::ConnectionChanged(_) | LiveEvent::NoticesChanged => self.others = true,
                }
            }
            // The hub lives as long as the server, so it is never closed.
            Err(RecvError::Lagged(_) | RecvError::Closed) => (self.missed, self.others) = (true, true),
        }
    }
}

fn event<'a>(stamp: i64, topics: impl IntoIterator<Item = &'a str>) -> Event {
    let mut data = stamp.to_string();
    for topic in topics {
        data.push(' ');
        data.push_str(topic);
    }
    Event::default().event("live").data(data)
}
