//! Names of operations and places, without the ids that differ from run to run.

/// `GET /rest/api/2/issue/10001` as `GET /rest/api/2/issue/*`.
pub fn strip_ids(method: &str, path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| {
            let number = part.chars().any(|letter| letter.is_ascii_digit());
            if number && part.len() > 3 { "*" } else { part }
        })
        .collect();
    format!("{method} {}", parts.join("/"))
}

/// A JSON pointer with `*` for list indices and for ids of custom fields.
pub fn strip_indices(pointer: &str) -> String {
    pointer
        .split('/')
        .map(|part| {
            if part.parse::<usize>().is_ok() || part.starts_with("customfield_") {
                "*"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}
