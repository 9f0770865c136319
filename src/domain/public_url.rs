//! The address that people open this server at, as it is typed: scheme and host, perhaps a port, and nothing more.
//!
//! Links to invitations and resets begin with it, so what could lead elsewhere (a user name, a path) is refused.

use url::Url;

use crate::domain::field_error::{FieldErrors, Validated};

/// Longest address, in characters.
const MAX_ADDRESS: usize = 255;

/// The address people use: scheme and host, perhaps a port.
///
/// # Errors
/// Another scheme, no host, or more than that.
pub fn parse_public_url(field: &str, text: &str) -> Validated<String> {
    let wrong = |message: &str| Err(FieldErrors::one(field, message));
    let text = text.trim();
    if text.is_empty() {
        return wrong(
            "The public address is empty. Enter the address people open, such as https://traceline.example.com.",
        );
    }
    if text.chars().count() > MAX_ADDRESS {
        return wrong("The public address is too long. The limit is 255 characters.");
    }
    let Ok(url) = Url::parse(text) else {
        return wrong("This is not a web address. Enter one such as https://traceline.example.com.");
    };
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
        return wrong("The public address must begin with https:// or http:// and name a host.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong(
            "The public address must not hold a user name or password. Remove what stands before the @.",
        );
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return wrong("The public address ends after host and port. Remove what follows.");
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_scheme_and_host() {
        let parse = |text| parse_public_url("a", text);
        assert_eq!(
            parse(" https://Trace.Example.com/ ").expect("good"),
            "https://trace.example.com"
        );
        assert_eq!(
            parse("http://127.0.0.1:3000").expect("good"),
            "http://127.0.0.1:3000"
        );
        for bad in [
            "",
            "trace.example.com",
            "ftp://a",
            "https://u:p@a",
            "https://a/b",
            "https://a?b",
            "https://a#b",
            "javascript:alert(1)",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&format!("https://{}.test", "a".repeat(300))).is_err());
    }
}
