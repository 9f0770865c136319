//! Home.

use leptos::prelude::*;

use crate::api;

/// Home.
#[component]
pub fn HomePage() -> impl IntoView {
    let viewer = Resource::new(|| (), |()| api::session::find_viewer());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let viewer = viewer.await;
                view! { <h1>{format!("{viewer:?}")}</h1> }
            })}
        </Suspense>
    }
}
