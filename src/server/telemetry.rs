//! Logging: one line an event, for people or as JSON, never with tokens or bodies.

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::server::config::LogFormat;

/// Starts logging to standard error. Calling it twice does nothing the second time.
///
/// A filter that cannot be read falls back to `info` and says so.
pub fn init(format: LogFormat, filter: &str) {
    let (env_filter, complaint) = match EnvFilter::try_new(filter) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error.to_string())),
    };
    let registry = tracing_subscriber::registry().with(env_filter);
    let started = match format {
        LogFormat::Text => registry
            .with(fmt::layer().with_writer(std::io::stderr).with_target(false))
            .try_init(),
        LogFormat::Json => registry
            .with(fmt::layer().json().with_writer(std::io::stderr))
            .try_init(),
    };
    if started.is_ok()
        && let Some(complaint) = complaint
    {
        tracing::warn!(
            log.filter = filter,
            log.problem = complaint,
            "the log filter cannot be read, using info"
        );
    }
}
