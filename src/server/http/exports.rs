//! Files to save, made by a form: a POST, because making one is told in the audit log.
//!
//! A refusal is the page that any other refusal is; the form's own page says what is wrong with a filter before.

use axum::{
    Extension, Form, Router,
    body::Body,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;

use crate::{
    api::audit::AuditFields,
    domain::role::Capability,
    server::{
        app::audit_page::{self, ExportFormat},
        auth::guard,
        error::{Error, Result},
        http::error_page,
        request::RequestContext,
        state::AppState,
    },
};

/// Routes of all files.
pub fn router(state: &AppState) -> Router {
    Router::new()
        .route("/admin/audit/export", post(audit_log))
        .with_state(state.clone())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AuditForm {
    format: String,
    person: String,
    connection: String,
    action: String,
    from: String,
    to: String,
}

async fn audit_log(
    State(state): State<AppState>,
    Extension(request): Extension<RequestContext>,
    Form(form): Form<AuditForm>,
) -> Response {
    match write_audit_log(&state, &request, form).await {
        Ok(response) => response,
        Err(error) => {
            if !matches!(error, Error::NotSignedIn | Error::NotFound(_) | Error::Invalid(_)) {
                tracing::error!(error = ?error, "the audit log cannot be exported");
            }
            error_page::page(refusal(&error))
        }
    }
}

async fn write_audit_log(state: &AppState, request: &RequestContext, form: AuditForm) -> Result<Response> {
    let guard = guard::account_of_form(state, request, Capability::ManageConnections).await?;
    let format = ExportFormat::parse(&form.format)?;
    let fields = AuditFields {
        person: form.person,
        connection: form.connection,
        action: form.action,
        from: form.from,
        to: form.to,
        before: String::new(),
    };
    let export = audit_page::export(&guard, &fields, format).await?;
    let kind = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
        ExportFormat::Json => "application/json",
    };
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", export.name))
        .map_err(|error| Error::Internal(error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, Body::from_stream(export.content)).into_response())
}

fn refusal(error: &Error) -> StatusCode {
    match error {
        Error::NotSignedIn => StatusCode::UNAUTHORIZED,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Busy => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
