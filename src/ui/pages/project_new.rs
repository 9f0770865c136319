//! Create a project.

use leptos::prelude::*;

use crate::{
    api::{ApiError, project::check_create_project},
    ui::{
        components::{Button, ButtonKind, Crumb, LinkButton, PageHead},
        layout::{Section, account_page},
        pages::{form_state::FormState, project_fields::project_fields},
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
    Ok(view! {
        <PageHead
            title="Create project"
            lead="You become its Project Admin: you link its Jira projects and choose its members."
            crumbs=vec![Crumb::link("My projects", paths::HOME), Crumb::here("Create project")]
        />
        {form.summary()}
        <form class="form" method="post" action=paths::api("create_project") novalidate>
            {project_fields(&form, "", "")}
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
