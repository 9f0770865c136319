//! What a page knows of a form that was just sent: values and messages of a failed post, or the word
//! of a success. Pages without either show their stored values.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        form::{FormFailure, find_form_failure},
    },
    domain::time_zone::COMMON_TIME_ZONES,
    ui::{
        components::{ErrorSummary, Field, Select, SelectOption, TextInput},
        query::Query,
    },
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
        Self(
            self.0
                .clone()
                .filter(|failure| failure.value(field) == Some(value)),
        )
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
        self.0
            .as_ref()
            .map_or(stored, |failure| failure.value(field).is_some())
    }

    /// The message of a field, or nothing.
    pub fn message(&self, field: &str) -> String {
        self.0
            .as_ref()
            .and_then(|failure| failure.message(field))
            .unwrap_or_default()
            .to_owned()
    }

    /// The summary above the form; nothing when it did not fail.
    pub fn summary(&self) -> AnyView {
        let Some(failure) = &self.0 else {
            return ().into_any();
        };
        let mut errors: Vec<(String, String)> = failure
            .error
            .fields
            .iter()
            .map(|error| (error.field.clone(), error.message.clone()))
            .collect();
        if errors.is_empty() {
            errors.push((String::new(), failure.error.message.clone()));
        }
        view! { <ErrorSummary errors=errors /> }.into_any()
    }
}

/// A labelled line of a form, with what was typed and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct TextLine {
    name: String,
    label: String,
    value: String,
    error: String,
    hint: String,
    kind: String,
    autocomplete: String,
    focused: bool,
}

impl FormState {
    /// A line for a field whose id is its name; `stored` stands in it at first.
    pub fn line(&self, name: &str, label: &str, stored: &str) -> TextLine {
        TextLine {
            name: name.to_owned(),
            label: label.to_owned(),
            value: self.value(name, stored),
            error: self.message(name),
            ..TextLine::default()
        }
    }

    /// A line for a password, always empty.
    pub fn password(&self, name: &str, label: &str, autocomplete: &str) -> TextLine {
        TextLine {
            value: String::new(),
            kind: "password".into(),
            ..self.line(name, label, "").autocomplete(autocomplete)
        }
    }

    /// A choice of time zone; `first` is offered before all others.
    pub fn time_zone(&self, stored: &str, hint: &str, first: Option<SelectOption>) -> AnyView {
        let zone = self.value("time_zone", stored);
        let options = time_zone_options(&zone, first);
        view! {
            <Field id="time_zone" label="Time zone" hint=hint.to_owned() error=self.message("time_zone")>
                <Select name="time_zone" options=options value=zone />
            </Field>
        }
        .into_any()
    }
}

impl TextLine {
    /// Format or example below it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: hint.into(),
            ..self
        }
    }

    /// `email`, `url`.
    #[must_use]
    pub fn kind(self, kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            ..self
        }
    }

    /// What the browser may fill in.
    #[must_use]
    pub fn autocomplete(self, autocomplete: &str) -> Self {
        Self {
            autocomplete: autocomplete.to_owned(),
            ..self
        }
    }

    /// Has the focus when the page opens.
    #[must_use]
    pub fn focused(self, focused: bool) -> Self {
        Self { focused, ..self }
    }

    /// As a field.
    pub fn view(self) -> AnyView {
        let Self {
            name,
            label,
            value,
            error,
            hint,
            kind,
            autocomplete,
            focused,
        } = self;
        view! {
            <Field id=name.clone() label=label hint=hint error=error>
                <TextInput name=name value=value kind=kind autocomplete=autocomplete autofocus=focused required=true />
            </Field>
        }
        .into_any()
    }
}

/// Why the public address cannot be changed in a form.
pub const BY_CONFIGURATION: &str = "Set by this server's configuration, so it cannot be changed here.";

/// A public address that cannot be changed here: shown, and sent as it is.
pub fn fixed_address(address: String, why: &'static str) -> AnyView {
    view! {
        <Field id="public_url" label="Public address" hint=why>
            <TextInput name="public_url" value=address readonly=true />
        </Field>
    }
    .into_any()
}

/// The word of the form that just succeeded, from the address.
pub fn done() -> String {
    Query::here().get("done").unwrap_or_default()
}

/// The zones to choose from; the one that is set is always among them.
fn time_zone_options(current: &str, first: Option<SelectOption>) -> Vec<SelectOption> {
    let mut options: Vec<SelectOption> = first.into_iter().collect();
    if !current.is_empty() && !COMMON_TIME_ZONES.contains(&current) {
        options.push(SelectOption::new(current, current));
    }
    options.extend(
        COMMON_TIME_ZONES
            .iter()
            .map(|zone| SelectOption::new(*zone, zone.replace('_', " "))),
    );
    options
}
