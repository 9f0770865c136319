//! Keeping failed form posts for the page that shows them again.

use std::collections::BTreeMap;

use crate::{
    api::{ApiError, form::FormFailure},
    server::{
        auth::{Anyone, session},
        error::Result,
        random,
        request::FAILED_PARAMETER,
        store::{StoreError, form_failure},
    },
};

/// The failure named in the address of the page being shown, if it is this browser's and this form's.
///
/// # Errors
/// When the database does not answer.
pub async fn find_failure(guard: &Anyone, form: &str) -> Result<Option<FormFailure>> {
    let request = guard.request();
    let id = url::form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == FAILED_PARAMETER)
        .map(|(_, value)| value.into_owned());
    let (Some(id), Some(owner)) = (
        id,
        session::find_cookie(&request.headers, session::form_cookie(request.https)),
    ) else {
        return Ok(None);
    };
    let now = guard.state().clock().now_ms();
    let mut tx = guard.state().database().read().await?;
    let row = form_failure::find(&mut tx, &random::hash_token(&id), &random::hash_token(owner), now).await?;
    let Some(row) = row.filter(|row| row.form == form) else {
        return Ok(None);
    };
    let values: BTreeMap<String, Vec<String>> = serde_json::from_str(&row.fields)
        .map_err(|error| StoreError::inconsistent("form_failure", "fields", error))?;
    let error: ApiError = serde_json::from_str(&row.error)
        .map_err(|error| StoreError::inconsistent("form_failure", "error", error))?;
    Ok(Some(FormFailure {
        form: row.form,
        values,
        error,
    }))
}
