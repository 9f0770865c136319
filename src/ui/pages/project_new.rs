//! Create a project.

use leptos::prelude::*;

use crate::{
    api::{ApiError, project::check_create_project},
    domain::text::{MAX_DESCRIPTION, MAX_NAME},
    ui::{
        components::{Button, ButtonKind, Crumb, Field, LinkButton, PageHead, SafeTextarea, TextInput},
        layout::{Section, account_page},
        pages::form_state::FormState,
        paths,
    },
};

/// Create a project.
#[component]
pub fn ProjectNewPage() -> impl IntoView {
    account_page(Section::Home, "Create project", |_frame| page())
}

async fn page() -> Result<AnyView, ApiError> {
    check_create_project().await?;
    let form = FormState::load("create_project").await?;
    let limit = |max: usize| u32::try_from(max).unwrap_or(u32::MAX);
    let (name, description) = (form.value("name", ""), form.value("description", ""));
    Ok(view! {
        <PageHead
            title="Create project"
            lead="You become its Project Admin: you link its Jira projects and choose its members."
            crumbs=vec![Crumb::link("My projects", paths::HOME), Crumb::here("Create project")]
        />
        {form.summary()}
        <form class="form" method="post" action=paths::api("create_project") novalidate>
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
            <div class="formfoot">
                <div class="end">
                    <LinkButton href=paths::HOME kind=ButtonKind::Quiet>
                        "Cancel"
                    </LinkButton>
                    <Button kind=ButtonKind::Primary>"Create project"</Button>
                </div>
            </div>
        </form>
    }
    .into_any())
}
