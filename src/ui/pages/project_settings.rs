//! Settings of a project: name and description, and the way to delete it, which asks on a page of its own.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        ApiError,
        layout::FrameView,
        project::{ProjectSettingsView, load_project_settings},
    },
    domain::numbers::counted,
    ui::{
        components::{
            Button, ButtonKind, ConfirmPanel, Consequence, Crumb, EffectList, Field, LinkButton, Note,
            PageHead, PageTitle, TextInput, Tone,
        },
        layout::{Section, project_page},
        pages::{
            form_state::{FormState, done},
            project_fields::project_fields,
            user::panel,
        },
        paths,
        query::Query,
    },
};

/// Settings of a project.
#[component]
pub fn ProjectSettingsPage() -> impl IntoView {
    let id = use_params_map()
        .read_untracked()
        .get("project")
        .unwrap_or_default();
    let asks = Query::here().get("confirm").as_deref() == Some("delete");
    let done = done();
    project_page(id.clone(), Section::ProjectSettings, "General", move |frame| {
        page(id, frame, done, asks)
    })
}

/// `asks` puts the question before deleting in the place of the page.
async fn page(id: String, frame: FrameView, done: String, asks: bool) -> Result<AnyView, ApiError> {
    let settings = load_project_settings(id).await?;
    if asks {
        let refused = FormState::load("delete_project").await?;
        return Ok(confirm_view(&settings, &refused));
    }
    let form = FormState::load("save_project").await?;
    let sees_plans = frame.project.as_ref().is_some_and(|project| project.sees_plans);
    let project_href = if sees_plans {
        paths::project(&settings.id)
    } else {
        // Who only manages the project would not find its plans.
        paths::HOME.to_owned()
    };
    let crumbs = vec![
        Crumb::link(settings.name.clone(), project_href),
        Crumb::here("General"),
    ];
    let deleting = panel("Delete project", delete_view(&settings));
    Ok(view! {
        <PageHead title="General" lead="Name and description of this project." crumbs=crumbs />
        {(done == "saved" && !form.failed())
            .then(|| view! { <Note tone=Tone::Ok title="The project is saved." role="status">"Everybody sees it at once."</Note> })}
        {form.summary()}
        {edit_view(&settings, &form)}
        <div class="stack mt8">{deleting}</div>
    }
    .into_any())
}

fn edit_view(settings: &ProjectSettingsView, form: &FormState) -> AnyView {
    view! {
        <form class="form" method="post" action=paths::api("save_project") novalidate>
            <input type="hidden" name="project" value=settings.id.clone() />
            {project_fields(form, &settings.name, &settings.description)}
            <div class="formfoot">
                <div class="end">
                    <Button kind=ButtonKind::Primary>"Save"</Button>
                </div>
            </div>
        </form>
    }
    .into_any()
}

fn delete_view(settings: &ProjectSettingsView) -> AnyView {
    view! {
        <p>"The project goes with everything that was mirrored into it. Nothing changes in Jira. It cannot be undone."</p>
        <div class="btns mt">
            <LinkButton href=paths::project_delete(&settings.id) kind=ButtonKind::Danger icon="i-trash">
                "Delete project"
            </LinkButton>
        </div>
    }
    .into_any()
}

/// What goes and what stays, in numbers.
fn effects(settings: &ProjectSettingsView) -> Vec<Consequence> {
    let mirrored = if settings.configurations == 0 {
        "No Jira project is linked here.".to_owned()
    } else {
        format!(
            "{} with {} and {}, their releases, sprints, mappings and sync runs.",
            counted(
                settings.configurations,
                "linked Jira project",
                "linked Jira projects"
            ),
            counted(settings.requirements, "requirement", "requirements"),
            counted(settings.bugs, "bug", "bugs"),
        )
    };
    let members = format!(
        "{} no longer {} it, from the next click on.",
        counted(settings.members, "member", "members"),
        if settings.members == 1 { "sees" } else { "see" },
    );
    let mut items = vec![
        Consequence::stops("What was mirrored is lost:", mirrored),
        Consequence::stops("The way in ends:", members),
    ];
    if settings.syncing {
        items.push(Consequence::stops(
            "The running sync is cancelled.",
            "What it has written is deleted too.",
        ));
    }
    items.push(Consequence::stays(
        "Jira keeps everything:",
        "nothing is changed or deleted there.",
    ));
    items.push(Consequence::stays(
        "Connections, accounts and the audit log stay.",
        "The log says who deleted the project.",
    ));
    items
}

fn confirm_view(settings: &ProjectSettingsView, refused: &FormState) -> AnyView {
    let title = format!("Delete {}?", settings.name);
    let name = settings.name.clone();
    let (typed, error) = (refused.value("typed_name", ""), refused.message("typed_name"));
    let items = effects(settings);
    view! {
        <PageTitle text=title.clone() />
        {refused.summary()}
        <ConfirmPanel
            title=title
            action=paths::api("delete_project")
            cancel_href=paths::project_settings(&settings.id)
            verb="Delete project"
            verb_icon="i-trash"
            danger=true
            fields=vec![("project".to_owned(), settings.id.clone())]
        >
            <p>"This cannot be undone."</p>
            <EffectList items=items />
            <div class="mt5">
                <Field id="typed_name" label="Name of the project" hint=format!("Type {name} to confirm.") error=error>
                    <TextInput name="typed_name" value=typed autocomplete="off" required=true />
                </Field>
            </div>
        </ConfirmPanel>
    }
    .into_any()
}
