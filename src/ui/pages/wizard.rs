//! The six steps of a configuration, one page each.
//!
//! One form a step, with several submit buttons named `do`. The ways to other steps are such buttons as
//! well (`go.N`), so that no way loses what is typed; where a step has no form they are links. The page
//! shows what the server says; which step is open, what is offered and why not is decided there.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        self,
        wizard::{NoteView, SAID, STEP, StepBody, StepErrorView, StepView, WizardView},
    },
    ui::{
        components::{
            Button, ButtonKind, Crumb, Icon, LinkButton, Note, PageHead, PageTitle, Step, StepState, Stepper,
            Tone, WayOut, moment,
        },
        islands::wizard_look::{FORM, WizardLook},
        layout::{self, Section},
        pages::{
            wizard_parts::{self, Ways},
            wizard_steps,
        },
        paths,
        query::Query,
    },
};

/// A step of the wizard.
#[component]
pub fn WizardPage() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let query = Query::here();
    let project = params.get("project").unwrap_or_default();
    let configuration = params.get("configuration").unwrap_or_default();
    // A step that is no number is one that does not exist.
    let step = params
        .get("step")
        .and_then(|step| step.parse().ok())
        .unwrap_or(0_u8);
    let (search, show) = (query.get("q"), query.get("show").unwrap_or_default());
    layout::project_page(
        project.clone(),
        Section::Integrations,
        "Configure a Jira project",
        move |_frame| async move {
            let view = api::wizard::load_wizard_step(project, configuration, step, search, show).await?;
            Ok(page(view))
        },
    )
}

fn page(view: WizardView) -> AnyView {
    let title = if view.jira_key.is_empty() {
        "Link a Jira project".to_owned()
    } else {
        format!("Configure Jira project {}", view.jira_key)
    };
    let heading = format!("Step {}: {}", view.step, view.title);
    let document = format!("{heading}, {title}");
    let crumbs = vec![
        Crumb::link(view.project_name.clone(), paths::project(&view.project_id)),
        Crumb::link("Integrations", paths::integrations(&view.project_id)),
        Crumb::here(title.clone()),
    ];
    let when = if view.proceeded {
        "Changes take effect with the next Proceed."
    } else {
        "Nothing is synced before Proceed."
    };
    let lead = format!("Connection: {}, {}. {when}", view.connection_name, view.host);
    let ways = Ways {
        project: view.project_id.clone(),
        configuration: view.configuration_id.clone(),
        form: !matches!(view.body, StepBody::Closed(..)),
        here: view.step,
    };
    let steps = view
        .steps
        .iter()
        .zip(1_u8..)
        .map(|(step, number)| step_item(step, number, &ways))
        .collect::<Vec<_>>();
    let errors = error_summary(&view.errors, view.step, &ways);
    let notes = view
        .notes
        .iter()
        .map(|note| note_view(note, view.step, &ways))
        .collect::<Vec<_>>();
    let said = (!notes.is_empty()).then(|| view! { <div id=SAID tabindex="-1">{notes}</div> });
    let foot = footer(&view);
    let fetched = view.fetched.clone().map(|at| {
        view! {
            <p class="hint mb">
                "Jira's lists were read " {moment(at)} ". "
                <Button small=true kind=ButtonKind::Quiet icon="i-sync" name="do" value="refresh">"Refresh"</Button>
            </p>
        }
    });
    let problem_without_lists = view.fetched.is_none() && view.step > 1;
    let refresh = problem_without_lists
        .then(|| view! { <p class="mb"><Button small=true icon="i-sync" name="do" value="refresh">"Refresh"</Button></p> });
    let line = wizard_parts::preview_line(&view.preview);
    let preview = wizard_parts::preview(view.preview.clone(), &ways);
    // Enter saves, in step 1 it searches what was typed to be found: without this button, which stands
    // before the steps, the first one of them would be pressed.
    let enter = ways.form.then(|| {
        view! { <button class="vh" type="submit" form=FORM name="do" value="enter" tabindex="-1" aria-hidden="true"></button> }
    });
    let form = match view.body.clone() {
        StepBody::Closed(reason, step) => closed(&reason, step, &ways),
        body if view.look => {
            let content = wizard_steps::body(body, &view, &ways);
            view! { <div class="wz">{content} {foot}</div> }.into_any()
        }
        body => {
            let content = wizard_steps::body(body, &view, &ways);
            let dirty = view.unsaved.then_some("");
            view! {
                <form id=FORM class="wz" method="post" action=paths::api("save_wizard_step") data-guard="" data-dirty=dirty>
                    <input type="hidden" name="project" value=view.project_id.clone() />
                    <input type="hidden" name="configuration" value=view.configuration_id.clone() />
                    <input type="hidden" name="step" value=view.step.to_string() />
                    <input type="hidden" name="draft_revision" value=view.revision.to_string() />
                    {content} {fetched} {refresh} {foot}
                </form>
                <WizardLook />
            }
            .into_any()
        }
    };
    view! {
            <PageTitle text=document />
            <PageHead title=title lead=lead crumbs=crumbs />
            {enter}
            <div id="wz-steps" data-look="">
                <Stepper label="Configuration steps" steps=steps form=FORM />
            </div>
            {errors}
            {said}
            <h2 class="vh" id=STEP tabindex="-1">{heading}</h2>
            {line}
            <div class="split">{form} {preview}</div>
    }
    .into_any()
}

fn step_item(step: &StepView, number: u8, ways: &Ways) -> Step {
    let state = match step.state.as_str() {
        "done" => StepState::Done,
        "gaps" => StepState::Gaps,
        "current" => StepState::Current,
        "off" => StepState::Off,
        _ => StepState::Ahead,
    };
    Step {
        label: step.title.clone(),
        detail: step.detail.clone(),
        state,
        href: step.link.then(|| ways.address(number)),
        press: (step.link && ways.form).then(|| format!("go.{number}")),
        way_out: step.way_out.filter(|step| *step != ways.here).map(|step| {
            if ways.form {
                WayOut::Press(format!("go.{step}"))
            } else {
                WayOut::Link(ways.address(step))
            }
        }),
    }
}

fn tone_of(code: &str) -> Tone {
    match code {
        "ok" => Tone::Ok,
        "warn" => Tone::Warn,
        "bad" => Tone::Bad,
        _ => Tone::Info,
    }
}

fn note_view(note: &NoteView, here: u8, ways: &Ways) -> AnyView {
    let (title, text) = (note.title.clone(), note.text.clone());
    let role = if matches!(note.tone.as_str(), "bad" | "warn") {
        "alert"
    } else {
        "status"
    };
    let tone = tone_of(&note.tone);
    let Some((words, step)) = note.step.clone() else {
        return view! { <div class="mb5"><Note tone=tone title=title role=role>{text}</Note></div> }
            .into_any();
    };
    // The way to the step that is open leaves out on purpose what is typed.
    let keeps = ways.form && step != here;
    let href = ways.address(step);
    let way = move || {
        let words = words.clone();
        if keeps {
            view! { <Button small=true form=FORM name="do" value=format!("go.{step}")>{words}</Button> }
                .into_any()
        } else {
            view! { <LinkButton small=true href=href.clone()>{words}</LinkButton> }.into_any()
        }
    };
    view! { <div class="mb5"><Note tone=tone title=title role=role with_action=true action=way>{text}</Note></div> }.into_any()
}

/// As the kit's summary, with links to other steps as well.
fn error_summary(errors: &[StepErrorView], here: u8, ways: &Ways) -> AnyView {
    if errors.is_empty() {
        return ().into_any();
    }
    let title = match errors.len() {
        1 => "One thing needs a change".to_owned(),
        count => format!("{count} things need a change"),
    };
    let items = errors
        .iter()
        .map(|error| {
            let way = if error.step == here {
                view! { <a href=format!("#{}", error.field)>{error.message.clone()}</a> }.into_any()
            } else {
                let words = format!("Step {}: {}", error.step, error.message);
                wizard_parts::way(ways, error.step, &error.field, words)
            };
            view! { <li>{way}</li> }
        })
        .collect_view();
    view! {
        <div class="errsum mb5" id="errors" role="alert" tabindex="-1" autofocus=true aria-labelledby="errors-title">
            <h2 id="errors-title"><Icon name="s-err" />{title}</h2>
            <ul>{items}</ul>
        </div>
    }
    .into_any()
}

fn closed(reason: &str, step: u8, ways: &Ways) -> AnyView {
    let reason = reason.to_owned();
    let (href, words) = (ways.address(step), format!("Go to step {step}"));
    let way = move || {
        let words = words.clone();
        view! { <LinkButton small=true href=href.clone()>{words}</LinkButton> }
    };
    view! {
        <div class="wz">
            <Note tone=Tone::Info title="This step is off." with_action=true action=way>{reason}</Note>
        </div>
    }
    .into_any()
}

fn footer(view: &WizardView) -> AnyView {
    let by = view.saved_by.clone();
    let saved = if view.reached == 0 {
        view! { "Not saved yet" }.into_any()
    } else {
        view! { "Saved by "{by}", "{moment(view.saved.clone())} }.into_any()
    };
    let unsaved = view.unsaved;
    let back = match view.previous {
        Some(_) => view! { <Button icon="i-chev-left" name="do" value="back">"Back"</Button> }.into_any(),
        None => view! { <LinkButton kind=ButtonKind::Quiet href=paths::integrations(&view.project_id)>"Cancel"</LinkButton> }.into_any(),
    };
    let last = view.next.is_none();
    // Narrow, the words behind the colon are only heard where they do not fit.
    let next = view.next.clone().map(|next| {
        view! {
            <Button kind=ButtonKind::Primary name="do" value="next">
                <span>"Next"<span class="to">{format!(": {next}")}</span></span>
            </Button>
        }
    });
    // Whoever edits a configuration that runs need not walk through all steps again.
    let proceed = (last || view.proceeded).then(|| {
        let (kind, words) = match view.proceeds.as_str() {
            _ if !last => (ButtonKind::default(), "Proceed".to_owned()),
            "" => (ButtonKind::Primary, "Proceed".to_owned()),
            items => (ButtonKind::Primary, format!("Proceed, and sync {items}")),
        };
        view! { <Button kind=kind name="do" value="proceed">{words}</Button> }
    });
    view! {
        <div class="formfoot">
            {back}
            <div class="end">
                <span class="f12 faint" role="status">
                    <span data-saved="" hidden=unsaved>{saved}</span>
                    <span data-unsaved="" hidden=!unsaved>"Unsaved changes"</span>
                </span>
                <Button kind=ButtonKind::Quiet name="do" value="save">"Save"</Button>
                <span class="row" id="wz-on" data-look="">{proceed} {next}</span>
            </div>
        </div>
    }
    .into_any()
}
