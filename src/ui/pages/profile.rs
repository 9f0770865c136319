//! One's own account: name, time zone, theme, password, sessions.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        profile::{OwnSession, ProfileView, load_profile},
    },
    domain::user_agent::describe_agent,
    ui::{
        components::{
            Badge, Button, Cell, Column, Note, PageHead, Radio, Row, RowHead, SelectOption, Table, Tone,
            moment,
        },
        layout::{Section, account_page},
        pages::{
            form_state::{FormState, done},
            user::panel,
        },
        paths,
    },
};

/// The profile page.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let done = done();
    account_page(Section::Profile, "Profile", move |_frame| page(done))
}

async fn page(done: String) -> Result<AnyView, ApiError> {
    let profile = load_profile().await?;
    let own = FormState::load("save_profile").await?;
    let theme = FormState::load("set_theme").await?;
    let password = FormState::load("change_password").await?;
    let session = FormState::load("end_session").await?;
    let failed = [&own, &theme, &password, &session]
        .iter()
        .any(|form| form.failed());
    let lead = format!("{}, {}", profile.email, profile.account_role);
    Ok(view! {
        <PageHead title="Profile" lead=lead />
        {(!failed).then(|| done_view(&done))}
        {own.summary()}
        {theme.summary()}
        {password.summary()}
        {session.summary()}
        <div class="stack">
            {panel("You", own_view(&profile, &own))}
            {panel("Theme", theme_view(&profile))}
            {panel("Password", password_view(&profile, &password))}
            {panel("Sessions", session_view(profile.sessions))}
        </div>
    }
    .into_any())
}

fn done_view(done: &str) -> AnyView {
    let (title, text) = match done {
        "profile" => ("The profile is saved.", "Others see the new name from now on."),
        "password" => ("The password is changed.", "Your other sessions have ended."),
        "session" => ("The session has ended.", "Whoever used it has to sign in again."),
        "sessions" => (
            "Your other sessions have ended.",
            "Whoever used them has to sign in again.",
        ),
        _ => return ().into_any(),
    };
    view! { <Note tone=Tone::Ok title=title role="status">{text}</Note> }.into_any()
}

fn own_view(profile: &ProfileView, form: &FormState) -> AnyView {
    let first = SelectOption::new(
        "",
        format!("Like the organization ({})", profile.organisation_time_zone),
    );
    view! {
        <form class="form" method="post" action=paths::api("save_profile") novalidate>
            {form.line("name", "Name", &profile.name).autocomplete("name").view()}
            {form.time_zone(&profile.time_zone, "Times are shown in it.", Some(first))}
            <div class="btns">
                <Button>"Save"</Button>
            </div>
        </form>
    }
    .into_any()
}

fn theme_view(profile: &ProfileView) -> AnyView {
    let choices = [
        ("system", "Like the system"),
        ("light", "Light"),
        ("dark", "Dark"),
    ];
    view! {
        <form class="form" method="post" action=paths::api("set_theme")>
            <input type="hidden" name="back" value=paths::PROFILE />
            <fieldset class="btns loose">
                <legend class="vh">"Theme"</legend>
                {choices
                    .into_iter()
                    .map(|(value, label)| {
                        let id = if value == "system" { "theme" } else { "" };
                        view! { <Radio name="theme" value=value label=label id=id checked=profile.theme == value /> }
                    })
                    .collect_view()}
            </fieldset>
            <div class="btns">
                <Button>"Use theme"</Button>
            </div>
        </form>
    }
    .into_any()
}

fn password_view(profile: &ProfileView, form: &FormState) -> AnyView {
    view! {
        <form class="form" method="post" action=paths::api("change_password") novalidate>
            // Password managers keep the new password under this name.
            <input type="email" name="username" value=profile.email.clone() autocomplete="username" hidden />
            {form.password("current_password", "Current password", "current-password").view()}
            {form.password("new_password", "New password", "new-password").hint("12 to 128 characters; several words are fine. Your other sessions end.").view()}
            {form.password("repeat_password", "New password again", "new-password").view()}
            <div class="btns">
                <Button>"Change password"</Button>
            </div>
        </form>
    }
    .into_any()
}

fn session_view(sessions: Vec<OwnSession>) -> AnyView {
    let several = sessions.len() > 1;
    let rows = sessions.into_iter().map(session_row).collect_view();
    let columns = vec![
        Column::new("Browser"),
        Column::new("Address"),
        Column::new("Signed in"),
        Column::new("Last seen"),
        Column::hidden("Actions"),
    ];
    view! {
        <Table caption="Sessions" columns=columns>
            {rows}
        </Table>
        {several
            .then(|| {
                view! {
                    <form class="mt5" method="post" action=paths::api("end_other_sessions")>
                        <Button>"End all other sessions"</Button>
                    </form>
                }
            })}
    }
    .into_any()
}

fn session_row(session: OwnSession) -> AnyView {
    // What a client sent stands in the title alone, the words are ours.
    let (agent, sent) = (describe_agent(&session.agent), session.agent);
    let words = if session.is_current { "Sign out" } else { "End" };
    let label = format!("{words}: {agent}");
    let began = moment(session.created);
    let seen = moment(session.seen);
    view! {
        <Row>
            <RowHead>
                <span title=(!sent.is_empty()).then_some(sent)>{agent}</span> " "
                {session.is_current.then(|| view! { <Badge tone=Tone::Info>"This session"</Badge> })}
            </RowHead>
            <Cell label="Address" class="m">{session.address}</Cell>
            <Cell label="Signed in" class="m">{began}</Cell>
            <Cell label="Last seen" class="m">{seen}</Cell>
            <Cell class="acts">
                <form method="post" action=paths::api("end_session")>
                    <input type="hidden" name="session" value=session.id />
                    <Button small=true label=label>
                        {words}
                    </Button>
                </form>
            </Cell>
        </Row>
    }
    .into_any()
}
