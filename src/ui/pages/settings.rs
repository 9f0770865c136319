//! Settings of the organization.

use leptos::prelude::*;

use crate::{
    api::{ApiError, organisation::load_settings},
    ui::{
        components::{Button, ButtonKind, Note, PageHead, Tone},
        layout::{Section, account_page},
        pages::form_state::{BY_CONFIGURATION, FormState, done, fixed_address},
        paths,
    },
};

/// Settings of the organization.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let done = done();
    account_page(Section::Settings, "Organization", move |_frame| page(done))
}

async fn page(done: String) -> Result<AnyView, ApiError> {
    let settings = load_settings().await?;
    let form = FormState::load("save_settings").await?;
    let hint = format!(
        "Links and Jira use it. Seen in this request: {}",
        settings.seen_address
    );
    let address = if settings.public_url_is_fixed {
        fixed_address(settings.public_url, BY_CONFIGURATION)
    } else if !settings.may_change_address {
        fixed_address(
            settings.public_url,
            "Only an Account Admin can change it: invitations and resets lead there.",
        )
    } else {
        form.line("public_url", "Public address", &settings.public_url)
            .kind("url")
            .hint(hint)
            .view()
    };
    Ok(view! {
        <PageHead title="Organization" />
        {(done == "saved" && !form.failed())
            .then(|| view! { <Note tone=Tone::Ok title="The settings are saved." role="status">"They hold at once."</Note> })}
        {form.summary()}
        <form class="form" method="post" action=paths::api("save_settings") novalidate>
            {form.line("organisation", "Organization name", &settings.organisation).view()}
            {address}
            {form.time_zone(&settings.time_zone, "Release and sprint dates are shown in it.", None)}
            <div class="formfoot">
                <div class="end">
                    <Button kind=ButtonKind::Primary>"Save"</Button>
                </div>
            </div>
        </form>
    }
    .into_any())
}
