//! First start: administrator and organisation on one page, behind a one-time address.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{ApiError, setup::load_setup},
    ui::{
        components::{AuthShell, Button, ButtonKind, Field, Select, TextInput},
        layout::plain_page,
        pages::form_state::{FormState, time_zone_options},
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
    let setup = load_setup(token.clone()).await?;
    let form = FormState::load("set_up").await?;
    let zone = form.value("time_zone", &setup.time_zone);
    let address_hint = format!("Links and Jira use it. Seen in this request: {}", setup.public_url);
    let rail = || {
        view! {
            <p class="lede">"Nobody has an account on this server yet. This page makes the first one and works once."</p>
        }
        .into_any()
    };
    let address = if setup.public_url_is_fixed {
        view! {
            <Field id="public_url" label="Public address" hint="Set by this server's configuration.">
                <TextInput name="public_url_shown" value=setup.public_url readonly=true />
            </Field>
        }
        .into_any()
    } else {
        view! {
            <Field id="public_url" label="Public address" hint=address_hint error=form.message("public_url")>
                <TextInput name="public_url" kind="url" value=form.value("public_url", &setup.public_url) required=true />
            </Field>
        }
        .into_any()
    };
    Ok(view! {
        <AuthShell home=paths::HOME setup=true rail=rail>
            <h1>"Set up Traceline"</h1>
            <p class="lede">"You become the first Account Admin. All of this can be changed later."</p>
            {form.summary()}
            <form class="form mt5" method="post" action=paths::api("set_up") novalidate>
                <input type="hidden" name="token" value=token />
                <div class="two">
                    <Field id="name" label="Your name" error=form.message("name")>
                        <TextInput name="name" value=form.value("name", "") autocomplete="name" required=true />
                    </Field>
                    <Field id="email" label="Email" hint="You sign in with it." error=form.message("email")>
                        <TextInput name="email" kind="email" value=form.value("email", "") autocomplete="username" required=true />
                    </Field>
                </div>
                <div class="two">
                    <Field
                        id="password"
                        label="Password"
                        hint="12 to 128 characters; several words are fine."
                        error=form.message("password")
                    >
                        <TextInput name="password" kind="password" autocomplete="new-password" required=true />
                    </Field>
                    <Field id="repeat_password" label="Password again" error=form.message("repeat_password")>
                        <TextInput name="repeat_password" kind="password" autocomplete="new-password" required=true />
                    </Field>
                </div>
                <Field id="organisation" label="Organization name" error=form.message("organisation")>
                    <TextInput name="organisation" value=form.value("organisation", "") autocomplete="organization" required=true />
                </Field>
                {address}
                <Field
                    id="time_zone"
                    label="Time zone"
                    hint="Release and sprint dates are shown in it."
                    error=form.message("time_zone")
                >
                    <Select name="time_zone" options=time_zone_options(&zone, None) value=zone.clone() />
                </Field>
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
