//! What a path without a route shows; the router falls back to a static page before this is seen.

use leptos::prelude::*;

/// The page of an unknown path.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <h1>"This page does not exist"</h1> }
}
