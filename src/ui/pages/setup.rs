//! First start: administrator and organisation on one page, behind a one-time address. A used and a
//! wrong address look the same; what to do instead depends on whether the server is set up.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{ApiError, ErrorKind, session::load_sign_in, setup::load_setup},
    ui::{
        components::{AuthShell, Button, ButtonKind, LinkButton},
        layout::plain_page,
        pages::form_state::{BY_CONFIGURATION, FormState, fixed_address},
        paths,
    },
};

/// The setup page.
#[component]
pub fn SetupPage() -> impl IntoView {
    let token = use_params_map().read_untracked().get("token").unwrap_or_default();
    plain_page("Set up Traceline", move || page(token))
}

async fn page(token: String) -> Result<AnyView, ApiError> {
    let setup = match load_setup(token.clone()).await {
        Err(error) if error.kind == ErrorKind::NotFound => {
            return Ok(dead_address(load_sign_in().await?.set_up));
        }
        setup => setup?,
    };
    let form = FormState::load("set_up").await?;
    let address_hint = format!(
        "Links and Jira use it. Seen in this request: {}",
        setup.public_url
    );
    let rail = || {
        view! {
            <p class="lede">"Nobody has an account on this server yet. This page makes the first one and works once."</p>
        }
        .into_any()
    };
    let address = if setup.public_url_is_fixed {
        fixed_address(setup.public_url, BY_CONFIGURATION)
    } else {
        form.line("public_url", "Public address", &setup.public_url)
            .kind("url")
            .hint(address_hint)
            .view()
    };
    Ok(view! {
        <AuthShell home=paths::HOME setup=true rail=rail>
            <h1>"Set up Traceline"</h1>
            <p class="lede">"You become the first Account Admin. All of this can be changed later."</p>
            <div class="mt5">{form.summary()}</div>
            <form class="form mt5" method="post" action=paths::api("set_up") novalidate>
                <input type="hidden" name="token" value=token />
                <div class="two">
                    {form.line("name", "Your name", "").autocomplete("name").view()}
                    {form.line("email", "Email", "").kind("email").autocomplete("username").hint("You sign in with it.").view()}
                </div>
                <div class="two">
                    {form.password("password", "Password", "new-password").hint("12 to 128 characters; several words are fine.").view()}
                    {form.password("repeat_password", "Password again", "new-password").view()}
                </div>
                {form.line("organisation", "Organization name", "").autocomplete("organization").view()}
                {address}
                {form.time_zone(&setup.time_zone, "Release and sprint dates are shown in it.", None)}
                <div class="formfoot">
                    <div class="end">
                        <Button kind=ButtonKind::Primary>"Create account and sign in"</Button>
                    </div>
                </div>
            </form>
        </AuthShell>
    }
    .into_any())
}

/// What stands at an address that is over or never was; the status is 404.
fn dead_address(set_up: bool) -> AnyView {
    if set_up {
        return view! {
            <AuthShell home=paths::HOME>
                <h1>"Traceline is set up"</h1>
                <p class="lede">"The setup address works once, and the first account is made. Sign in with yours; if you have none, an Account Admin can add you."</p>
                <LinkButton href=paths::SIGN_IN kind=ButtonKind::Primary>"Sign in"</LinkButton>
            </AuthShell>
        }
        .into_any();
    }
    view! {
        <AuthShell home=paths::HOME>
            <h1>"This is not the setup address"</h1>
            <p class="lede">"Nobody has an account on this server yet. Open the address that the server printed when it started last. If it does not work any more, restart the server: each start makes a new one and ends the one before."</p>
            <LinkButton href=paths::SIGN_IN>"Go to sign-in"</LinkButton>
        </AuthShell>
    }
    .into_any()
}
