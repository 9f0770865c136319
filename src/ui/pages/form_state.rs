//! What a page knows of a form that was just sent: values and messages of a failed post, or the word
//! of a success. Pages without either show their stored values.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{ApiError, form::{FormFailure, find_form_failure}},
    domain::time_zone::COMMON_TIME_ZONES,
    ui::components::{ErrorSummary, SelectOption},
};

/// A form's failed post, if there was one.
#[derive(Clone, Debug, Default)]
pub struct FormState(Option<FormFailure>);

impl FormState {
    /// Loads what a failed post to `endpoint` left.
    ///
    /// # Errors
    /// When the server cannot tell.
    pub async fn load(endpoint: &str) -> Result<Self, ApiError> {
        Ok(Self(find_form_failure(endpoint.to_owned()).await?))
    }

    /// The same form on a page with several of it: only the post whose `field` was `value`.
    #[must_use]
    pub fn only_where(&self, field: &str, value: &str) -> Self {
        Self(self.0.clone().filter(|failure| failure.value(field) == Some(value)))
    }

    /// Whether the form was sent and failed.
    pub fn failed(&self) -> bool {
        self.0.is_some()
    }

    /// What was typed, else what is stored.
    pub fn value(&self, field: &str, stored: &str) -> String {
        match &self.0 {
            Some(failure) => failure.value(field).unwrap_or_default().to_owned(),
            None => stored.to_owned(),
        }
    }

    /// Whether a checkbox is on: as it was sent, else as stored.
    pub fn is_on(&self, field: &str, stored: bool) -> bool {
        self.0.as_ref().map_or(stored, |failure| failure.value(field).is_some())
    }

    /// The message of a field, or nothing.
    pub fn message(&self, field: &str) -> String {
        self.0.as_ref().and_then(|failure| failure.message(field)).unwrap_or_default().to_owned()
    }

    /// The summary above the form; nothing when it did not fail.
    pub fn summary(&self) -> AnyView {
        let Some(failure) = &self.0 else { return ().into_any() };
        let mut errors: Vec<(String, String)> =
            failure.error.fields.iter().map(|error| (error.field.clone(), error.message.clone())).collect();
        if errors.is_empty() {
            errors.push((String::new(), failure.error.message.clone()));
        }
        view! { <ErrorSummary errors=errors /> }.into_any()
    }
}

/// The word of the form that just succeeded, from the address.
pub fn done() -> String {
    use_query_map().read_untracked().get("done").unwrap_or_default()
}

/// The zones to choose from; the one that is set is always among them.
pub fn time_zone_options(current: &str, first: Option<SelectOption>) -> Vec<SelectOption> {
    let mut options: Vec<SelectOption> = first.into_iter().collect();
    if !current.is_empty() && !COMMON_TIME_ZONES.contains(&current) {
        options.push(SelectOption::new(current, current));
    }
    options.extend(COMMON_TIME_ZONES.iter().map(|zone| SelectOption::new(*zone, zone.replace('_', " "))));
    options
}
