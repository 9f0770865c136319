//! What a path without a route shows to somebody who is signed in: the frame, so that no way is lost. Everybody
//! else gets the bare page of `server::http::error_page`. The status is set by `server::http::pages`.

use leptos::prelude::*;

use crate::{
    api::{ApiError, ErrorKind},
    domain::field_error::FieldErrors,
    ui::layout::{Section, account_page},
};

/// The page of an unknown path.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    account_page(
        Section::Nowhere,
        "This page does not exist",
        |_frame| async move {
            Err::<(), _>(ApiError {
                kind: ErrorKind::NotFound,
                message: "The address leads nowhere. Check it, or go on from your projects.".into(),
                fields: FieldErrors::new(),
                request_id: String::new(),
            })
        },
    )
}
