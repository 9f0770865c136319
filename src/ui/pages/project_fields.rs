//! The fields of a project, the same where it is created and where it is changed.

use leptos::prelude::*;

use crate::{
    domain::text::{MAX_DESCRIPTION, MAX_NAME},
    ui::{
        components::{Field, SafeTextarea, TextInput},
        pages::form_state::FormState,
    },
};

/// Name and description: what was typed last, else what is stored.
pub(super) fn project_fields(form: &FormState, name: &str, description: &str) -> AnyView {
    let limit = |max: usize| u32::try_from(max).unwrap_or(u32::MAX);
    let (name, description) = (form.value("name", name), form.value("description", description));
    view! {
        <Field id="name" label="Name" error=form.message("name") limit=limit(MAX_NAME) counted=name.clone()>
            <TextInput name="name" value=name.clone() required=true />
        </Field>
        <Field
            id="description"
            label="Description"
            optional=true
            error=form.message("description")
            limit=limit(MAX_DESCRIPTION)
            counted=description.clone()
        >
            <SafeTextarea name="description" value=description.clone() rows=3 />
        </Field>
    }
    .into_any()
}
