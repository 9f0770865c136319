//! Sign in.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::{
    api::{
        ApiError,
        session::{find_viewer, load_sign_in},
    },
    ui::{
        components::{AuthShell, Button, ButtonKind, Note, Tone},
        layout::plain_page,
        pages::form_state::FormState,
        paths,
        query::Query,
    },
};

/// The sign-in page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let next = Query::here().get("next").unwrap_or_default();
    plain_page("Sign in", move || page(next))
}

async fn page(next: String) -> Result<AnyView, ApiError> {
    if find_viewer().await?.is_some() {
        return Ok(view! { <Redirect path=paths::HOME /> }.into_any());
    }
    let page = load_sign_in().await?;
    let form = FormState::load("sign_in").await?;
    let foot =
        || view! { <span>"Forgot your password? Ask an Account Admin for a reset link."</span> }.into_any();
    Ok(view! {
        <AuthShell home=paths::HOME foot=foot>
            <div>
                <h1>"Sign in"</h1>
                {(!page.organisation.is_empty()).then(|| view! { <p class="lede">{page.organisation}</p> })}
            </div>
            {(!page.set_up)
                .then(|| {
                    view! {
                        <Note tone=Tone::Info title="Nobody has an account yet.">
                            "Open the setup address that this server printed when it started. It is in its log."
                        </Note>
                    }
                })}
            {form.summary()}
            <form class="form" method="post" action=paths::api("sign_in") novalidate>
                <input type="hidden" name="next" value=next />
                // After a failure the summary has the focus.
                {form.line("email", "Email", "").kind("email").autocomplete("username").focused(!form.failed()).view()}
                {form.password("password", "Password", "current-password").view()}
                <Button kind=ButtonKind::Primary>"Sign in"</Button>
            </form>
        </AuthShell>
    }
    .into_any())
}
