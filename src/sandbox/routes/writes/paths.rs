//! The paths that take writes, to tell a wrong method from an unknown path.
//!
//! A path that is missing here answers 404 to a wrong method, as if it did not exist: keep it in step with
//! the table of `mod`.

/// Methods with commas between, and the path behind `/rest/`; `*` stands for any one part. Reading routes
/// answer for themselves.
const PATHS: &[(&str, &str)] = &[
    ("POST", "api/*/issue"),
    ("POST", "api/*/issue/bulk"),
    ("PUT", "api/*/issue/*/assignee"),
    ("POST", "api/*/issue/*/attachments"),
    ("POST", "api/*/issueLink"),
    ("POST", "api/*/version"),
    ("POST", "api/*/version/*/move"),
    ("PUT", "api/*/version/*/mergeto/*"),
    ("POST", "api/*/version/*/removeAndSwap"),
    ("POST", "api/*/component"),
    ("POST", "agile/*/sprint"),
    ("POST", "agile/*/sprint/*/swap"),
    ("PUT", "agile/*/issue/rank"),
    ("POST", "agile/*/backlog/issue"),
];

/// Methods that a path takes beside those of the reading routes; `None` for a path that is not known.
pub(crate) fn find_methods(segments: &[&str]) -> Option<&'static str> {
    let (first, rest) = segments.split_first()?;
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == rest.len()
            && parts
                .iter()
                .zip(rest)
                .all(|(part, segment)| *part == "*" || part == segment)
    };
    let found = PATHS
        .iter()
        .find(|(_, template)| *first == "rest" && fits(template));
    found.map(|(methods, _)| *methods)
}
