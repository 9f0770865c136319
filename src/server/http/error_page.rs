//! Error pages that need nothing: no database, no renderer, no asset folder; the style sheet is in the binary.
//!
//! They say what happened, what is safe and what to do, and the reference under which the log has the rest.
//! They never repeat anything from the request. [`page`] only says which page it is: the one place that knows
//! the reference writes it, with [`finish`].

use std::any::Any;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

/// Enough style for one page in both themes; the full sheet may be what cannot be served.
const STYLE: &str = "\
:root{color-scheme:light dark;--c:light-dark(#f3f5f5,#0e1415);--t:light-dark(#142023,#e4ebec);--u:light-dark(#46565b,#aebbbf);\
--a:light-dark(#0a6072,#6ec8d8);--l:light-dark(#c2cbcd,#39484c);--n:light-dark(#c8501e,#ff8f5c)}\
*{box-sizing:border-box;margin:0}body{font:1rem/1.5 system-ui,sans-serif;background:var(--c);color:var(--t);\
min-height:100dvh;display:grid;place-items:center;padding:1.5rem}main{max-width:34rem}\
svg{display:block;width:100%;max-width:16rem;height:1.5rem;margin-bottom:1.5rem}.l{stroke:var(--l);stroke-width:1.5}\
.n{fill:var(--n)}.c{color:var(--u);font-size:.8125rem}h1{font-size:1.625rem;line-height:1.25;margin:.25rem 0 .75rem}\
p{margin-bottom:.75rem;color:var(--u)}a{color:var(--a)}.b{display:inline-block;padding:.375rem .75rem;border:1px solid var(--a);border-radius:.3125rem;font-size:.8125rem;font-weight:550;text-decoration:none}code{overflow-wrap:anywhere}";

/// The words of a page, by status.
struct Words {
    title: &'static str,
    safe: &'static str,
    next: &'static str,
}

fn words(status: StatusCode) -> Words {
    match status {
        StatusCode::NOT_FOUND => Words {
            title: "This page does not exist",
            safe: "The address leads nowhere, or to something you may not see.",
            next: "Check it, or go on from your projects.",
        },
        StatusCode::FORBIDDEN => Words {
            title: "This request is not allowed",
            safe: "It did not come from a page of this server, so nothing was changed.",
            next: "Go to the page in Traceline itself and do it there. Behind a proxy, see that it passes Host and Origin unchanged.",
        },
        StatusCode::PAYLOAD_TOO_LARGE => Words {
            title: "This is too large",
            safe: "The server takes at most 1 MB from a form, before sign-in 64 KB, so nothing was changed.",
            next: "Go back, shorten the text and send it again.",
        },
        StatusCode::REQUEST_TIMEOUT => Words {
            title: "The request took too long to arrive",
            safe: "The server waits 30 seconds for a form, so nothing was changed.",
            next: "Check the network, then go back and send it again.",
        },
        StatusCode::TOO_MANY_REQUESTS => Words {
            title: "Too many forms in a short time",
            safe: "From this network many forms came in a minute that could not be taken, so nothing was changed.",
            next: "Wait a minute, then go back and send it again.",
        },
        StatusCode::SERVICE_UNAVAILABLE => Words {
            title: "Traceline cannot answer at the moment",
            safe: "The database does not answer, or more is asked of the server than it can hold. Nothing was lost.",
            next: "Try again in a minute. If it stays so, tell whoever runs this server.",
        },
        StatusCode::BAD_REQUEST | StatusCode::METHOD_NOT_ALLOWED => Words {
            title: "This request cannot be read",
            safe: "It has a shape this server does not know, so nothing was changed.",
            next: "Go back, reload the page and try again.",
        },
        _ => Words {
            title: "Something went wrong in Traceline",
            safe: "The request was stopped and nothing was saved.",
            next: "Try again. If it happens again, give your admin the time and the reference below.",
        },
    }
}

/// An answer that waits for its page.
#[derive(Debug, Clone, Copy)]
struct Unwritten;

/// What a panic said; for the log alone.
#[derive(Debug, Clone)]
struct Panicked(String);

/// The page of a status, still to be written by [`finish`].
pub fn page(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.extensions_mut().insert(Unwritten);
    response
}

/// Writes the page of an answer that is one, with the reference of its request, and logs the panic that led
/// to it. Gives whether it is one: its reference has to lead to a line of the log.
pub fn finish(response: &mut Response, id: &str) -> bool {
    if let Some(Panicked(text)) = response.extensions_mut().remove() {
        tracing::error!(request.id = id, panic = text, "a request panicked");
    }
    let status = response.status();
    // The limit on bodies answers with a status and one line of its own; scripts are answered in JSON.
    let is_text = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let is_bare_refusal = status == StatusCode::PAYLOAD_TOO_LARGE && is_text;
    if response.extensions_mut().remove::<Unwritten>().is_none() && !is_bare_refusal {
        return false;
    }
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    *response.body_mut() = Body::from(write(status, id));
    true
}

/// The HTML of a page; `id` is one that this server made.
fn write(status: StatusCode, id: &str) -> String {
    let Words { title, safe, next } = words(status);
    let code = status.as_u16();
    // The style comes from the binary (see `style`), so that it passes the policy without a nonce.
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} - Traceline</title><link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"/error.css\"></head>\
         <body><main><svg viewBox=\"0 0 160 16\" aria-hidden=\"true\"><path class=\"l\" fill=\"none\" d=\"M4 8h56m12 4l6-8m6 4h72\"/>\
         <circle class=\"n\" cx=\"4\" cy=\"8\" r=\"4\"/></svg><p class=\"c\">Error {code}</p><h1>{title}</h1><p>{safe}</p><p>{next}</p>\
         <p><a class=\"b\" href=\"/\">Go to your projects</a></p><p class=\"c\">Reference for your admin: <code>{id}</code></p></main></body></html>"
    )
}

/// The style sheet of these pages, compiled in.
pub async fn style() -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, "text/css; charset=utf-8")
        .header(header::CACHE_CONTROL, "public, max-age=3600")
        .body(Body::from(STYLE))
        .unwrap_or_default()
}

/// The refusal of a cross-site write.
pub fn forbidden_cross_site() -> Response {
    page(StatusCode::FORBIDDEN)
}

/// The answer after a panic; the panic's text goes to the log alone, under the reference of the page.
pub fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&'static str>().copied())
        .unwrap_or("unknown");
    let mut response = page(StatusCode::INTERNAL_SERVER_ERROR);
    response.extensions_mut().insert(Panicked(text.to_owned()));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_names_its_status_and_its_reference_and_leads_back() {
        for status in [400, 403, 404, 405, 408, 413, 429, 500, 502, 503] {
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(page(status).status(), status);
            assert!(!words(status).next.is_empty());
            let html = write(status, "id-1");
            for part in [
                status.as_str(),
                words(status).title,
                "<code>id-1</code>",
                "href=\"/\"",
            ] {
                assert!(html.contains(part), "{part} is missing in {html}");
            }
        }
    }

    #[test]
    fn answers_of_others_stay_as_they_are() {
        let mut answer = Response::new(Body::from("{}"));
        finish(&mut answer, "id-1");
        assert_eq!(answer.headers().get(header::CONTENT_TYPE), None);
    }
}
