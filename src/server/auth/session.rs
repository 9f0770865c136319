//! The session cookie: made at sign-in, read by the guards, cleared at sign-out.
//!
//! Over https it is `__Host-traceline` (Secure, bound to this host and path); over plain http, which
//! only a trial on one machine should use, browsers refuse that prefix and it is `traceline`.

use axum::http::{HeaderMap, HeaderValue, header};

/// Name of the cookie over https.
pub const SECURE_NAME: &str = "__Host-traceline";
/// Name of the cookie over plain http.
pub const PLAIN_NAME: &str = "traceline";

/// Cookie of the theme that a browser was shown last, before anybody is signed in.
pub const THEME_COOKIE: &str = "traceline_theme";

/// Cookie that ties a kept failure of a form to the browser that posted. Over https no sibling host can plant it.
pub const fn form_cookie(https: bool) -> &'static str {
    if https {
        "__Host-traceline-form"
    } else {
        "traceline_form"
    }
}

/// The value of a cookie by name.
pub fn find_cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The session token of a request, if it carries one of the right shape.
pub fn find_token(headers: &HeaderMap, https: bool) -> Option<&str> {
    let token = find_cookie(headers, if https { SECURE_NAME } else { PLAIN_NAME })?;
    (token.len() == 43).then_some(token)
}

/// A `Set-Cookie` value. `max_age` 0 clears the cookie.
///
/// # Panics
/// Never: name and value are made of cookie characters by this program.
pub fn set_cookie(name: &str, value: &str, https: bool, max_age_seconds: i64) -> HeaderValue {
    let secure = if https { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{secure}"
    ))
    .expect("cookie characters only")
}

/// The session cookie for a token.
pub fn session_cookie(token: &str, https: bool) -> HeaderValue {
    let name = if https { SECURE_NAME } else { PLAIN_NAME };
    set_cookie(
        name,
        token,
        https,
        crate::server::store::session::ABSOLUTE_MS / 1000,
    )
}

/// The header that ends the session in the browser.
pub fn cleared_cookie(https: bool) -> HeaderValue {
    set_cookie(if https { SECURE_NAME } else { PLAIN_NAME }, "", https, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        let token = "t".repeat(43);
        headers.append(
            header::COOKIE,
            HeaderValue::from_str(&format!("a=b; traceline={token}")).expect("value"),
        );
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-traceline=short"));
        assert_eq!(find_token(&headers, false), Some(token.as_str()));
        assert_eq!(find_token(&headers, true), None);
    }

    #[test]
    fn flags_follow_the_scheme() {
        assert_eq!(
            session_cookie("x", true),
            "__Host-traceline=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure"
        );
        assert!(
            !session_cookie("x", false)
                .to_str()
                .expect("text")
                .contains("Secure")
        );
        assert!(cleared_cookie(true).to_str().expect("text").contains("Max-Age=0"));
    }
}
