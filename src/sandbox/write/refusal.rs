//! Why Jira does not do what it was asked: a status, messages, and messages by field.

use serde_json::{Map, Value, json};

use crate::sandbox::answer::Answer;

/// An `ErrorCollection` in the making.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    /// HTTP status; 400 unless said otherwise.
    pub(crate) status: u16,
    /// `errorMessages`.
    pub(crate) messages: Vec<String>,
    /// `errors`, by field id.
    pub(crate) errors: Map<String, Value>,
}

impl Default for Refusal {
    fn default() -> Self {
        Self {
            status: 400,
            messages: Vec::new(),
            errors: Map::new(),
        }
    }
}

impl Refusal {
    /// One message.
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            messages: vec![message.into()],
            ..Self::default()
        }
    }

    /// Status 400 with one message by one field.
    pub(crate) fn field(id: &str, message: impl Into<String>) -> Self {
        let mut refusal = Self::default();
        refusal.add(id, message);
        refusal
    }

    /// Adds a message by a field; the first of a field stays.
    pub(crate) fn add(&mut self, id: &str, message: impl Into<String>) {
        self.errors
            .entry(id.to_owned())
            .or_insert_with(|| Value::from(message.into()));
    }

    /// Whether nothing speaks against it.
    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.errors.is_empty()
    }

    /// The body as both deployments send it.
    pub(crate) fn to_body(&self) -> Value {
        json!({"errorMessages": self.messages, "errors": self.errors})
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::json(refusal.status, refusal.to_body())
    }
}
