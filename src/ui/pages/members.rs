//! Members of a project and their roles. Removing one asks first, on a page of its own address.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        ApiError,
        layout::FrameView,
        member::{Candidate, MemberView, MembersView, load_members},
    },
    domain::{role::ProjectRole, role_table::RoleTable},
    ui::{
        components::{
            Button, ButtonKind, Cell, Checkbox, Column, ConfirmPanel, Consequence, Crumb, EffectList, Field,
            LinkButton, Note, PageHead, Row, RowHead, Select, SelectOption, Table, Tone,
        },
        layout::{Section, project_page},
        pages::{
            form_state::{FormState, done},
            role_explanation::role_explanation,
            user::panel,
            users::state_view,
        },
        paths,
        query::Query,
    },
};

/// Members of a project.
#[component]
pub fn MembersPage() -> impl IntoView {
    let id = use_params_map()
        .read_untracked()
        .get("project")
        .unwrap_or_default();
    let query = Query::here();
    let asks = query.get("confirm").as_deref() == Some("remove");
    let person = query.get("person").unwrap_or_default();
    let (asked, chosen) = if asks {
        (person, String::new())
    } else {
        (String::new(), person)
    };
    let done = done();
    project_page(id.clone(), Section::Members, "Members", move |frame| {
        page(id, frame, done, asked, chosen)
    })
}

/// `asked` is the person who is to be removed, `chosen` the one who is to be added; each may be empty.
async fn page(
    id: String,
    frame: FrameView,
    done: String,
    asked: String,
    chosen: String,
) -> Result<AnyView, ApiError> {
    let page = load_members(id).await?;
    if let Some(member) = page.members.iter().find(|member| member.person_id == asked) {
        let refused = FormState::load("remove_member").await?.summary();
        return Ok(view! { {refused} {confirm_view(&page, member)} }.into_any());
    }
    let add = FormState::load("add_member").await?;
    let roles = FormState::load("save_member_roles").await?;
    let removed = FormState::load("remove_member").await?;
    let configures = frame.project.as_ref().is_some_and(|project| project.configures);
    let project_id = page.project_id.clone();
    let adding = panel("Add member", add_view(&page, &add, &chosen));
    let (roles_summary, table_project) = (roles.summary(), project_id.clone());
    let columns = vec![
        Column::new("Name"),
        Column::new("State"),
        Column::new("Roles"),
        Column::hidden("Actions"),
    ];
    let sees_plans = frame.project.as_ref().is_some_and(|project| project.sees_plans);
    let project_href = if sees_plans {
        paths::project(&project_id)
    } else {
        // Who only manages members would not find the project's own page.
        paths::HOME.to_owned()
    };
    let crumbs = vec![
        Crumb::link(page.project_name.clone(), project_href),
        Crumb::here("Members"),
    ];
    let explanation = role_explanation(
        &RoleTable::of_project(),
        "Roles add up. An account role gives none of these, but an Account Admin may manage any project and its members.",
    );
    Ok(view! {
        <PageHead title="Members" lead="Who belongs to this project, and in which roles." crumbs=crumbs />
        {done_view(&done, &project_id, configures)}
        {add.summary()}
        {roles_summary}
        {removed.summary()}
        <Table caption="Members" columns=columns>
            {page.members.into_iter().map(|member| row(member, &table_project, &roles)).collect_view()}
        </Table>
        <div class="stack mt5">{adding}</div>
        {explanation}
    }
    .into_any())
}

fn confirm_view(page: &MembersView, member: &MemberView) -> AnyView {
    let fields = vec![
        ("project".to_owned(), page.project_id.clone()),
        ("person".to_owned(), member.person_id.clone()),
    ];
    let (title, seen, back) = if member.is_self {
        (
            format!("Leave {}?", page.project_name),
            "You no longer see this project, from your next click on.",
            "Only somebody who manages its members can add you again.",
        )
    } else {
        (
            format!("Remove {} from {}?", member.name, page.project_name),
            "They no longer see this project, from their next click on.",
            "Add them again at any time; their roles have to be chosen anew.",
        )
    };
    let who = format!("{} ({})", member.name, member.email);
    view! {
        <ConfirmPanel
            title=title
            action=paths::api("remove_member")
            cancel_href=paths::members(&page.project_id)
            verb="Remove"
            danger=true
            fields=fields
        >
            <p>{who}</p>
            <EffectList items=vec![
                Consequence::stops("The way into the project ends.", seen),
                Consequence::stays("What was done in it stays", "under the same name."),
                Consequence::stays("The account and other projects stay.", back),
            ] />
        </ConfirmPanel>
    }
    .into_any()
}

fn done_view(done: &str, project: &str, configures: bool) -> AnyView {
    let (title, text) = match done {
        "created" => (
            "The project is created.",
            "You are its Project Admin. Add members here, then link a Jira project.",
        ),
        "added" => ("The member is added.", "They see the project at once."),
        "roles" => ("The roles are changed.", "They hold at once."),
        "removed" => ("The member is removed.", "What they did in the project stays."),
        _ => return ().into_any(),
    };
    let href = paths::integrations(project);
    let leads_on = done == "created" && configures;
    view! {
        <Note tone=Tone::Ok title=title role="status">
            {text}
            {leads_on.then(|| view! { " " <a href=href>"Link a Jira project"</a> })}
        </Note>
    }
    .into_any()
}

/// A checkbox for each role; `prefix` keeps ids apart.
fn role_boxes(prefix: &str, is_on: impl Fn(ProjectRole) -> bool) -> AnyView {
    ProjectRole::ALL
        .iter()
        .map(|role| {
            let id = format!("{prefix}-{}", role.code());
            view! { <Checkbox name=role.code() label=role.label() id=id checked=is_on(*role) /> }
        })
        .collect_view()
        .into_any()
}

fn row(member: MemberView, project: &str, failed: &FormState) -> AnyView {
    let form = failed.only_where("person", &member.person_id);
    let had = member.roles.clone();
    let message = form.message("roles");
    let prefix = format!("r-{}", member.person_id);
    let heard = format!("Roles of {}", member.name);
    let remove = format!("Remove {}", member.name);
    let (name, state) = (member.name.clone(), state_view(&member.state, member.state_label));
    let save = format!("Save roles of {}", member.name);
    let person = member.person_id.clone();
    let project = project.to_owned();
    let remove_href = paths::member_remove(&project, &member.person_id);
    let boxes = role_boxes(&prefix, |role| {
        form.is_on(role.code(), had.iter().any(|code| code == role.code()))
    });
    view! {
        <Row>
            <RowHead sub=member.email>{name} {member.is_self.then_some(" (you)")}</RowHead>
            <Cell class="st">{state}</Cell>
            <Cell label="Roles">
                <form method="post" action=paths::api("save_member_roles")>
                    <input type="hidden" name="project" value=project.clone() />
                    <input type="hidden" name="person" value=person />
                    <fieldset class="btns loose">
                        <legend class="vh">{heard}</legend>
                        {boxes}
                        <Button small=true label=save>
                            "Save"
                        </Button>
                    </fieldset>
                    {(!message.is_empty()).then(|| view! { <p class="err">{message}</p> })}
                </form>
            </Cell>
            <Cell class="acts">
                <LinkButton href=remove_href small=true kind=ButtonKind::Quiet label=remove>
                    "Remove"
                </LinkButton>
            </Cell>
        </Row>
    }
    .into_any()
}

fn add_view(page: &MembersView, form: &FormState, chosen: &str) -> AnyView {
    if page.candidates.is_empty() {
        return nobody_left(page);
    }
    let options = page.candidates.iter().map(candidate_option).collect::<Vec<_>>();
    let chosen = form.value("person", chosen);
    let without_account = page.manages_users.then(|| {
        let href = paths::user_new_for(&page.project_id);
        view! { <p class="hint">"Somebody without an account? "<a href=href>"Add person"</a></p> }
    });
    let error = form.message("person");
    let boxes = role_boxes("add", |role| form.is_on(role.code(), role == ProjectRole::Tester));
    view! {
        <form class="form" method="post" action=paths::api("add_member")>
            <input type="hidden" name="project" value=page.project_id.clone() />
            <Field id="person" label="Person" error=error>
                <Select name="person" options=options value=chosen />
            </Field>
            {without_account}
            <fieldset>
                <legend>"Roles"</legend>
                <div class="btns loose">
                    {boxes}
                </div>
            </fieldset>
            <div class="btns">
                <Button icon="i-plus">"Add member"</Button>
            </div>
        </form>
    }
    .into_any()
}

fn candidate_option(person: &Candidate) -> SelectOption {
    SelectOption::new(
        person.person_id.clone(),
        format!("{} ({})", person.name, person.email),
    )
}

fn nobody_left(page: &MembersView) -> AnyView {
    let href = paths::user_new_for(&page.project_id);
    if page.manages_users {
        view! {
            <p>"Everybody with an account is a member already. Whoever else is to join needs an account first."</p>
            <div class="btns mt">
                <LinkButton href=href icon="i-plus">
                    "Add person"
                </LinkButton>
            </div>
        }
        .into_any()
    } else {
        view! { <p>"Everybody with an account is a member already. An Account Admin can give more people an account."</p> }.into_any()
    }
}
