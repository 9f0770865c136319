//! Failed form posts, shown again.
//!
//! A form posts to its server function. When that fails and the browser runs no script, the server
//! keeps what was typed (secrets aside) for ten minutes and sends the browser back to the page it
//! came from with `?failed=<id>`; the page asks here and shows values and messages.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::ApiError;

/// A failed post of one form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormFailure {
    /// Endpoint the form posted to, without prefix, such as `save_connection`.
    pub form: String,
    /// What was typed, by field name; of repeated names all values in order. Never a secret.
    pub values: BTreeMap<String, Vec<String>>,
    /// Why it failed.
    pub error: ApiError,
}

impl FormFailure {
    /// First value of a field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.values
            .get(field)
            .and_then(|values| values.first())
            .map(String::as_str)
    }

    /// Message of a field.
    pub fn message(&self, field: &str) -> Option<&str> {
        self.error.fields.get(field)
    }
}

/// The failure that the page being shown was sent back with, if it belongs to this form and browser.
///
/// # Errors
/// When the database does not answer.
#[server(endpoint = "find_form_failure")]
pub async fn find_form_failure(form: String) -> Result<Option<FormFailure>, ApiError> {
    use crate::server::{app, auth};
    let guard = auth::anyone()?;
    Ok(app::form::find_failure(&guard, &form).await?)
}
