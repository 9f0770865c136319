//! Home: my projects, and what to do when there are none.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        layout::FrameView,
        project::{HomeProject, HomeView, load_home},
    },
    ui::{
        components::{
            ButtonKind, Cell, Column, EmptyState, LinkButton, Note, PageHead, Row, RowHead, Table, Tone,
        },
        layout::{Section, account_page},
        pages::form_state::done,
        paths,
    },
};

/// Home.
#[component]
pub fn HomePage() -> impl IntoView {
    let done = done();
    account_page(Section::Home, "My projects", move |frame| page(frame, done))
}

async fn page(frame: FrameView, done: String) -> Result<AnyView, ApiError> {
    let home = load_home().await?;
    let creates = frame.viewer.creates_projects;
    let has_some = !home.projects.is_empty();
    let others = home.others.clone();
    Ok(view! {
        <PageHead title="My projects">
            {(creates && has_some)
                .then(|| {
                    view! {
                        <LinkButton href=paths::PROJECT_NEW kind=ButtonKind::Primary icon="i-plus">
                            "Create project"
                        </LinkButton>
                    }
                })}
        </PageHead>
        {(done == "setup")
            .then(|| {
                view! {
                    <Note tone=Tone::Ok title="Traceline is set up." role="status">
                        "You are its first Account Admin. Connect a Jira and create a project to go on."
                    </Note>
                }
            })}
        {(done == "project_deleted")
            .then(|| {
                view! {
                    <Note tone=Tone::Ok title="The project is deleted." role="status">
                        "What was mirrored into it is gone. Nothing was changed in Jira."
                    </Note>
                }
            })}
        {if has_some { project_table(home.projects) } else { empty_view(&frame, &home) }}
        {(!others.is_empty()).then(|| others_view(others))}
    }
    .into_any())
}

fn project_table(projects: Vec<HomeProject>) -> AnyView {
    view! {
        <Table caption="My projects" columns=vec![Column::new("Project"), Column::new("My roles")]>
            {projects
                .into_iter()
                .map(|project| {
                    view! {
                        <Row>
                            <RowHead href=paths::project(&project.id) sub=project.description>
                                {project.name}
                            </RowHead>
                            <Cell label="My roles" class="m">{project.roles}</Cell>
                        </Row>
                    }
                })
                .collect_view()}
        </Table>
    }
    .into_any()
}

fn empty_view(frame: &FrameView, home: &HomeView) -> AnyView {
    let connects = frame.viewer.manages_connections;
    if frame.viewer.creates_projects {
        return view! {
            <EmptyState
                title="You belong to no project yet"
                text="A project links one or more Jira projects. Connect a Jira first, then create a project and link it."
            >
                <LinkButton href=paths::CONNECTIONS kind=ButtonKind::Primary icon="i-plug">
                    "Set up integrations"
                </LinkButton>
                <LinkButton href=paths::PROJECT_NEW icon="i-plus">
                    "Create project"
                </LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let admins = match home.admins.as_slice() {
        [] => "an Account Admin".to_owned(),
        names => names.join(", "),
    };
    let text = format!("Members of a project see its plans and tests. Ask {admins} to add you to one.");
    view! {
        <EmptyState title="You belong to no project yet" text=text>
            {connects
                .then(|| {
                    view! {
                        <LinkButton href=paths::CONNECTIONS icon="i-plug">
                            "Set up integrations"
                        </LinkButton>
                    }
                })}
        </EmptyState>
    }
    .into_any()
}

fn others_view(projects: Vec<HomeProject>) -> AnyView {
    view! {
        <section class="mt5">
            <h2>"Other projects"</h2>
            <p class="muted f13 mb">"You do not belong to these, so you do not see their plans. You may manage their members, rename and delete them."</p>
            <Table caption="Other projects" columns=vec![Column::new("Project")]>
                {projects
                    .into_iter()
                    .map(|project| {
                        view! {
                            <Row>
                                <RowHead href=paths::members(&project.id) sub=project.description>
                                    {project.name}
                                </RowHead>
                            </Row>
                        }
                    })
                    .collect_view()}
            </Table>
        </section>
    }
    .into_any()
}
