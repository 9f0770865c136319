//! The page of a one-time link: choose the first password, or a new one.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{ApiError, ErrorKind, invitation::load_invitation},
    ui::{
        components::{AuthShell, Button, ButtonKind, Field, TextInput},
        layout::plain_page,
        pages::form_state::FormState,
        paths,
    },
};

/// The page of an invitation or a reset.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = use_params_map().read_untracked().get("token").unwrap_or_default();
    plain_page("Choose a password", move || page(token))
}

async fn page(token: String) -> Result<AnyView, ApiError> {
    let link = match load_invitation(token.clone()).await {
        Ok(link) => link,
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(dead_link()),
        Err(error) => return Err(error),
    };
    let form = FormState::load("accept_invitation").await?;
    let (title, lead) = if link.is_reset {
        (
            "Choose a new password",
            format!("{}, your other sessions end when you save it.", link.name),
        )
    } else {
        (
            "Welcome to Traceline",
            format!("{}, choose a password for your account.", link.name),
        )
    };
    Ok(view! {
        <AuthShell home=paths::HOME>
            <div>
                <h1>{title}</h1>
                <p class="lede">{lead}</p>
            </div>
            {form.summary()}
            <form class="form" method="post" action=paths::api("accept_invitation") novalidate>
                <input type="hidden" name="token" value=token />
                <Field id="email" label="Email" hint="You sign in with it.">
                    <TextInput name="email" kind="email" value=link.email autocomplete="username" readonly=true />
                </Field>
                {form.password("password", "Password", "new-password").hint("12 to 128 characters; several words are fine.").view()}
                {form.password("repeat_password", "Password again", "new-password").view()}
                <Button kind=ButtonKind::Primary>"Save and sign in"</Button>
            </form>
        </AuthShell>
    }
    .into_any())
}

fn dead_link() -> AnyView {
    view! {
        <AuthShell home=paths::HOME>
            <h1>"This link does not work any more"</h1>
            <p>
                "Each link works once and for a limited time, and a newer one ends it. Ask an Account Admin for a new link, or sign in if you have chosen a password already."
            </p>
            <p>
                <a class="btn" href=paths::SIGN_IN>
                    "Sign in"
                </a>
            </p>
        </AuthShell>
    }
    .into_any()
}
