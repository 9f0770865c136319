//! Logging: one line an event, for people or as JSON, never with tokens or bodies.
//!
//! What strangers and Jira send may stand in a field. Characters that end a line or steer a terminal are written
//! as their numbers, so that nobody writes what looks like an event of ours. There are no colours: the characters
//! that make them could not be told from those of a field.

use std::io::{self, Write};

use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    fmt::{self, MakeWriter},
    layer::{Layered, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::{domain::text::is_control as steers, server::config::LogFormat};

/// Starts logging to standard error. Calling it twice does nothing the second time.
///
/// The configuration has read the filter already; one that cannot be read is `info`.
pub fn init(format: LogFormat, filter: &str) {
    let _started_before = match format {
        LogFormat::Text => filtered(filter).with(text_layer(io::stderr)).try_init(),
        LogFormat::Json => filtered(filter).with(json_layer(io::stderr)).try_init(),
    };
}

/// What lets events through. It stands before the layers, not around one: a filter of a single layer keeps what
/// it said of a level that a library only asked about, and loses the next event of its thread.
type Filtered = Layered<EnvFilter, Registry>;

fn filtered(filter: &str) -> Filtered {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::registry().with(filter)
}

type BoxedLayer = Box<dyn Layer<Filtered> + Send + Sync>;

fn text_layer<W>(writer: impl Fn() -> W + Send + Sync + 'static) -> BoxedLayer
where
    W: Write + 'static,
{
    let layer = fmt::layer().with_writer(OneLine(writer, Form::Text));
    layer.with_ansi(false).with_target(false).boxed()
}

fn json_layer<W>(writer: impl Fn() -> W + Send + Sync + 'static) -> BoxedLayer
where
    W: Write + 'static,
{
    fmt::layer()
        .json()
        .with_writer(OneLine(writer, Form::Json))
        .boxed()
}

/// How a character is written as its number.
#[derive(Clone, Copy)]
enum Form {
    /// `\u{9b}`.
    Text,
    /// `\u009b`, as a string of JSON has it.
    Json,
}

/// Makes writers that are given one whole event at a time.
struct OneLine<F>(F, Form);

impl<'a, F, W> MakeWriter<'a> for OneLine<F>
where
    F: Fn() -> W + 'a,
    W: Write,
{
    type Writer = LineWriter<W>;

    fn make_writer(&'a self) -> Self::Writer {
        LineWriter((self.0)(), self.1)
    }
}

struct LineWriter<W>(W, Form);

impl<W: Write> Write for LineWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        self.0.write_all(one_line(&text, self.1).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The event with one line break, at its end.
fn one_line(event: &str, form: Form) -> String {
    let mut line = String::with_capacity(event.len() + 1);
    for letter in event.strip_suffix('\n').unwrap_or(event).chars() {
        if steers(letter) {
            match form {
                Form::Text => line.extend(letter.escape_default()),
                // Outside of strings JSON has none of them, and all are of the first 65,536.
                Form::Json => line.extend(format!("\\u{:04x}", u32::from(letter)).chars()),
            }
        } else {
            line.push(letter);
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("kept").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const FORGED: &str = "no\r\n2026-03-11T14:00:00Z ERROR forged\n{\"forged\":1}\u{1b}[31mred\u{9b}31m\u{2028}\u{8}\u{202e}\u{2066}end";

    /// What is logged of a text that Jira sent, in each way that a field can hold it.
    fn log(layer: impl Fn(Kept) -> BoxedLayer) -> String {
        log_while(layer, || {
            tracing::info!(error = %FORGED, "as it is shown");
            tracing::info!(error = ?FORGED, "as it is debugged");
            tracing::info!(error = FORGED, "as text");
            tracing::info!("{FORGED}");
        })
    }

    fn log_while(layer: impl Fn(Kept) -> BoxedLayer, act: impl FnOnce()) -> String {
        let kept = Kept::default();
        let subscriber = filtered("info").with(layer(kept.clone()));
        tracing::subscriber::with_default(subscriber, act);
        let bytes = kept.0.lock().expect("kept").clone();
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_library_that_asks_about_a_level_costs_no_event() {
        let text = log_while(
            |kept| text_layer(move || kept.clone()),
            || {
                assert!(!tracing::enabled!(tracing::Level::TRACE), "not let through");
                tracing::warn!("said");
            },
        );
        assert!(text.contains(" WARN said"), "{text}");
    }

    #[test]
    fn an_event_is_a_line_whatever_its_fields_hold() {
        let text = log(|kept| text_layer(move || kept.clone()));
        assert_eq!(text.lines().count(), 4, "{text}");
        let steered = |text: &str| text.chars().any(|letter| letter != '\n' && steers(letter));
        assert!(!steered(&text), "{text:?}");
        assert!(
            text.lines()
                .all(|line| line.contains(" INFO ") && line.contains("end")),
            "{text}"
        );

        let json = log(|kept| json_layer(move || kept.clone()));
        assert_eq!(json.lines().count(), 4, "{json}");
        assert!(!steered(&json), "{json:?}");
        for line in json.lines() {
            let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let fields = &event["fields"];
            let text = fields["error"]
                .as_str()
                .or(fields["message"].as_str())
                .expect("a text");
            assert!(text.contains("forged") && event["forged"].is_null(), "{line}");
            assert!(
                text == FORGED || text.ends_with("end\""),
                "as it was, or as it was debugged: {line}"
            );
        }
    }
}
