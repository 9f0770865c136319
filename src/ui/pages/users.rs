//! People of the account: the list, and adding one.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        user::{UserRow, check_create_user, load_users},
    },
    domain::{role::AccountRole, role_table::RoleTable},
    ui::{
        components::{
            Button, ButtonKind, Cell, Column, Crumb, Field, LinkButton, PageHead, Row, RowHead, Select,
            SelectOption, Status, Table, Tone, moment,
        },
        layout::{Section, account_page},
        pages::{
            form_state::FormState,
            role_explanation::{ROLES, role_explanation},
        },
        paths,
        query::Query,
    },
};

/// The list of people.
#[component]
pub fn UsersPage() -> impl IntoView {
    account_page(Section::Users, "People", |_frame| list())
}

/// Adding a person.
#[component]
pub fn UserNewPage() -> impl IntoView {
    let project = Query::here().get("project").unwrap_or_default();
    account_page(Section::Users, "Add person", move |_frame| new(project))
}

/// The account roles to choose from.
pub fn role_options() -> Vec<SelectOption> {
    AccountRole::ALL
        .iter()
        .rev()
        .map(|role| SelectOption::new(role.code(), role.label()))
        .collect()
}

/// The way to the table of roles, beside a choice of them.
pub fn role_link() -> AnyView {
    view! { <p class="hint"><a href=format!("{}#{ROLES}", paths::USERS)>"What each account role may do"</a></p> }
        .into_any()
}

/// The status of a person: word and tone.
pub fn state_view(state: &str, label: String) -> AnyView {
    let (tone, glyph) = match state {
        "active" => (Tone::Ok, "s-ok"),
        "invited" => (Tone::Info, "s-none"),
        _ => (Tone::Mute, "s-off"),
    };
    view! {
        <Status tone=tone glyph=glyph>
            {label}
        </Status>
    }
    .into_any()
}

async fn list() -> Result<AnyView, ApiError> {
    let people = load_users().await?;
    let columns = vec![
        Column::new("Name"),
        Column::new("State"),
        Column::new("Account role"),
        Column::end("Projects"),
        Column::new("Last seen"),
    ];
    let explanation = role_explanation(
        &RoleTable::of_account(),
        "Everybody has one account role. What a User may do is set in each project.",
    );
    Ok(view! {
        <PageHead title="People" lead="Everybody with an account. What they may do in a project is set in the project.">
            <LinkButton href=paths::USER_NEW kind=ButtonKind::Primary icon="i-plus">
                "Add person"
            </LinkButton>
        </PageHead>
        <Table caption="People" columns=columns>
            {people.users.into_iter().map(row).collect_view()}
        </Table>
        {explanation}
    }
    .into_any())
}

fn row(user: UserRow) -> AnyView {
    let seen = match user.seen {
        Some(at) => moment(at),
        None => view! { <span class="faint">"Not signed in"</span> }.into_any(),
    };
    view! {
        <Row>
            <RowHead href=paths::user(&user.id) sub=user.email>
                {user.name}
            </RowHead>
            <Cell class="st">{state_view(&user.state, user.state_label)}</Cell>
            <Cell label="Account role" class="m">{user.account_role}</Cell>
            <Cell label="Projects" class="r m">
                {user.projects}
            </Cell>
            <Cell label="Last seen" class="m">{seen}</Cell>
        </Row>
    }
    .into_any()
}

/// `project` is the one that the person is meant for, or empty.
async fn new(project: String) -> Result<AnyView, ApiError> {
    check_create_user().await?;
    let form = FormState::load("create_user").await?;
    let role = form.value("account_role", AccountRole::User.code());
    let back = if project.is_empty() {
        paths::USERS.to_owned()
    } else {
        paths::members(&project)
    };
    Ok(view! {
        <PageHead
            title="Add person"
            lead="You get a one-time link to hand on. The person chooses a password with it."
            crumbs=vec![Crumb::link("People", paths::USERS), Crumb::here("Add person")]
        />
        {form.summary()}
        <form class="form" method="post" action=paths::api("create_user") novalidate>
            <input type="hidden" name="project" value=project />
            {form.line("name", "Name", "").autocomplete("off").view()}
            {form.line("email", "Email", "").kind("email").autocomplete("off").hint("They sign in with it. Nothing is sent to it.").view()}
            <Field
                id="account_role"
                label="Account role"
                hint="Users get their rights from projects."
                error=form.message("account_role")
            >
                <Select name="account_role" options=role_options() value=role />
            </Field>
            {role_link()}
            <div class="formfoot">
                <div class="end">
                    <LinkButton href=back kind=ButtonKind::Quiet>
                        "Cancel"
                    </LinkButton>
                    <Button kind=ButtonKind::Primary>"Add person"</Button>
                </div>
            </div>
        </form>
    }
    .into_any())
}
