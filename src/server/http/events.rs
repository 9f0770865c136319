//! Event streams of open pages (server-sent events).
//!
//! A stream carries only the word that something changed: `changed` for another run, state or phase, or another
//! status of a connection, `moved` for mere numbers. The page then reads itself again, guarded as ever. A stream is guarded like
//! its page, and asked again at every heartbeat, so that it ends when the session or the right does; asking
//! never prolongs the session. One person may have ten of them, all together 500; further ones are 429.
//! Streams end when the server begins to stop, so that stopping is quick. Can go wrong: a slow page misses
//! events, the next one it gets says how things stand then; a database that is busy for a moment, the
//! stream then stays and reads again at the next event or heartbeat.

use std::{convert::Infallible, time::Duration};

use axum::{
    Extension, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response, Sse, sse::Event},
    routing::get,
};
use futures::stream;
use serde::Serialize;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    api::{connection::ConnectionStanding, sync::ProgressEvent},
    domain::role::Capability,
    server::{
        app,
        auth::guard,
        error::{Error, Result},
        live::{LiveEvent, Seat},
        request::RequestContext,
        state::AppState,
        store::StoreError,
    },
};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// When a browser tries again after the stream was lost.
const RETRY: Duration = Duration::from_secs(5);
/// Events of one stream are at least so far apart.
const APART: Duration = Duration::from_millis(250);

/// Routes of all event streams.
pub fn router(state: &AppState) -> Router {
    Router::new()
        .route(
            "/live/configurations/{project}/{configuration}",
            get(follow_configuration),
        )
        .route("/live/connections", get(follow_connections))
        .with_state(state.clone())
}

/// What a stream is about.
#[derive(Debug, Clone)]
enum Topic {
    /// The newest run of a configuration.
    Configuration { project: String, configuration: String },
    /// The connections of the account.
    Connections,
}

impl Topic {
    fn is_met_by(&self, event: &LiveEvent) -> bool {
        match (self, event) {
            (Self::Configuration { configuration, .. }, LiveEvent::ConfigurationChanged(id)) => {
                configuration == id
            }
            (Self::Connections, LiveEvent::ConnectionChanged(_)) => true,
            _ => false,
        }
    }
}

/// How things stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Reading {
    Progress(ProgressEvent),
    Connections(Vec<ConnectionStanding>),
}

impl Reading {
    /// Whether more than numbers changed.
    fn is_step_from(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Progress(now), Self::Progress(before)) => now.is_step_from(before),
            _ => true,
        }
    }
}

/// Where a stream stands.
struct Follower {
    state: AppState,
    request: RequestContext,
    topic: Topic,
    events: Receiver<LiveEvent>,
    last: Option<Reading>,
    /// The stream has begun.
    begun: bool,
    /// It could not be read the last time.
    failing: bool,
    /// Held as long as the stream is open.
    _seat: Seat,
}

async fn follow_configuration(
    State(state): State<AppState>,
    Extension(request): Extension<RequestContext>,
    Path((project, configuration)): Path<(String, String)>,
) -> Response {
    let topic = Topic::Configuration {
        project,
        configuration,
    };
    follow(state, request, topic).await
}

async fn follow_connections(
    State(state): State<AppState>,
    Extension(request): Extension<RequestContext>,
) -> Response {
    follow(state, request, Topic::Connections).await
}

async fn follow(state: AppState, request: RequestContext, topic: Topic) -> Response {
    let events = state.live().subscribe();
    let person = match read(&state, &request, &topic).await {
        Ok((person, _)) => person,
        Err(error) => return refuse(&error).into_response(),
    };
    // The page tries again after a while, and is whole without the stream.
    let Some(seat) = state.live().find_seat(&person) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    let follower = Follower {
        state,
        request,
        topic,
        events,
        last: None,
        begun: false,
        failing: false,
        _seat: seat,
    };
    let events = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    Sse::new(events).into_response()
}

fn refuse(error: &Error) -> StatusCode {
    match error {
        Error::NotSignedIn => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Asks whether the reader still may, who it is, and how things stand.
async fn read(state: &AppState, request: &RequestContext, topic: &Topic) -> Result<(String, Reading)> {
    let (viewer, reading) = match topic {
        Topic::Configuration {
            project,
            configuration,
        } => {
            let guard =
                guard::project_from_request(state, request, project, Capability::SeeIntegrations).await?;
            let progress = app::sync::find_progress(&guard, configuration).await?;
            (guard.viewer().clone(), Reading::Progress(progress))
        }
        Topic::Connections => {
            let guard = guard::account_from_request(state, request, Capability::ManageConnections).await?;
            let standings = app::connection_list::list_standings(&guard).await?;
            (guard.viewer().clone(), Reading::Connections(standings))
        }
    };
    Ok((viewer.person_id().as_str().to_owned(), reading))
}

impl Follower {
    async fn read(&self) -> Result<Reading> {
        Ok(read(&self.state, &self.request, &self.topic).await?.1)
    }

    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        if self.begun {
            let shutdown = self.state.shutdown().clone();
            let beat = tokio::select! {
                () = shutdown.cancelled() => return None,
                () = wait_for(&mut self.events, &self.topic) => false,
                () = tokio::time::sleep(HEARTBEAT) => true,
            };
            if !beat {
                tokio::select! {
                    () = shutdown.cancelled() => return None,
                    () = tokio::time::sleep(APART) => {}
                }
            }
        }
        let first = !std::mem::replace(&mut self.begun, true);
        let now = match self.read().await {
            Ok(now) => now,
            Err(Error::NotSignedIn | Error::Forbidden(_) | Error::NotFound(_)) => return None,
            Err(error @ (Error::Busy | Error::Store(StoreError::Busy | StoreError::Unavailable(_)))) => {
                // Once each time that it begins: many streams may be open.
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::warn!(error = ?error, "an event stream could not be read, it stays open");
                }
                return Some(Event::default().comment("not known at the moment"));
            }
            Err(error) => {
                tracing::error!(error = ?error, "an event stream cannot be read and ends");
                return None;
            }
        };
        self.failing = false;
        if self.last.as_ref() == Some(&now) {
            return Some(Event::default().comment("still here"));
        }
        let is_step = self.last.as_ref().is_none_or(|before| now.is_step_from(before));
        let name = if is_step { "changed" } else { "moved" };
        let event = Event::default().event(name).json_data(&now).ok()?;
        self.last = Some(now);
        Some(if first { event.retry(RETRY) } else { event })
    }
}

/// Waits until something of the topic changed, or events were missed.
async fn wait_for(events: &mut Receiver<LiveEvent>, topic: &Topic) {
    loop {
        match events.recv().await {
            Ok(event) if topic.is_met_by(&event) => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            // The hub lives as long as the server.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
