//! Where a form may send a browser: to pages of this server, never to another.

/// Whether a redirect target is a path of this server: one slash, then no second one, and nothing that a header
/// cannot carry.
pub fn is_own_path(target: &str) -> bool {
    let mut bytes = target.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && target
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_targets() {
        for good in ["/", "/a/b?c=d", "/projects/1#x"] {
            assert!(is_own_path(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "/a\\b",
            "/a\r\nb",
            "/a b",
        ] {
            assert!(!is_own_path(bad), "{bad}");
        }
    }
}
