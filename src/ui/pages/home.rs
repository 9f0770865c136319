//! Home: the projects of the signed-in person.

use leptos::prelude::*;

use crate::ui::{
    components::PageHead,
    layout::{Section, account_page},
};

/// Home.
#[component]
pub fn HomePage() -> impl IntoView {
    account_page(Section::Home, "My projects", |_frame| async move { Ok(view! { <PageHead title="My projects" /> }) })
}
