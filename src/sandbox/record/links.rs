//! What is left of an address: where in the recorded Jira it leads, and nothing of what people named.

use url::Url;

use super::words;

/// Stands for every place that is not the recorded Jira.
const ELSEWHERE: &str = "https://elsewhere.example";

/// How the paths of Jira begin whose parts are ids and keys.
const KNOWN: [&str; 7] = [
    "/rest/",
    "/ex/",
    "/browse/",
    "/secure/",
    "/issues/",
    "/projects/",
    "/images/",
];

/// Keys of addresses.
pub(super) const LINK_KEYS: [&str; 7] = [
    "content",
    "thumbnail",
    "href",
    "url",
    "searchUrl",
    "viewUrl",
    "nextPage",
];

/// Parameters that hold what somebody typed.
pub(super) const TYPED: [&str; 20] = [
    "query",
    "queryString",
    "q",
    "search",
    "searchString",
    "searchText",
    "searchTerm",
    "text",
    "name",
    "username",
    "userName",
    "user",
    "owner",
    "fieldValue",
    "predicateValue",
    "filterName",
    "filename",
    "summary",
    "description",
    "comment",
];

/// The part of an address behind one of the beginnings that mean the recorded Jira.
pub(super) fn cut_own<'a, 'own>(link: &'a str, own: impl IntoIterator<Item = &'own str>) -> Option<&'a str> {
    own.into_iter().find_map(|own| {
        let rest = link.strip_prefix(own)?;
        (rest.is_empty() || rest.starts_with(['/', '?', '#'])).then_some(rest)
    })
}

/// A path inside Jira: a file loses its name, a page the words in its address.
pub(super) fn blank_path(path: &str) -> String {
    for folder in ["/secure/attachment/", "/secure/thumbnail/"] {
        if let Some((before, file)) = path.split_once(folder)
            && let Some((id, _name)) = file.split_once('/')
        {
            return format!("{before}{folder}{id}/file");
        }
    }
    let known = KNOWN.iter().any(|known| path.contains(known));
    if known { path.to_owned() } else { blank(path) }
}

/// An address outside of Jira: only its length stays.
pub(super) fn blank_foreign(link: &str) -> Option<String> {
    let (scheme, rest) = link.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    is_web.then(|| {
        let path = rest.find(['/', '?', '#']).map_or("", |at| &rest[at..]);
        format!("{ELSEWHERE}{}", blank(path))
    })
}

/// Letters that a percent sign announced are letters like others.
fn blank(text: &str) -> String {
    words::blank_letters(text).replace('%', "x")
}

/// Where an answer leads, seen from the proxy: `None` when it leads out of the recorded Jira.
pub(super) fn lead_to_proxy(upstream: &Url, proxy: &str, location: &str) -> Option<String> {
    let target = upstream.join(location).ok()?;
    if target.origin() != upstream.origin() {
        return None;
    }
    let rest = target
        .path()
        .strip_prefix(upstream.path().trim_end_matches('/'))?;
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    let query = target
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let fragment = target
        .fragment()
        .map(|fragment| format!("#{fragment}"))
        .unwrap_or_default();
    Some(format!("{proxy}{rest}{query}{fragment}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_stays_with_the_proxy() {
        let upstream: Url = "https://jira.corp.test/jira".parse().unwrap();
        for (location, want) in [
            (
                "https://jira.corp.test/jira/rest/api/2/x?a=b#c",
                Some("http://127.0.0.1:9/rest/api/2/x?a=b#c"),
            ),
            ("https://jira.corp.test:443/jira", Some("http://127.0.0.1:9")),
            ("/jira/login.jsp", Some("http://127.0.0.1:9/login.jsp")),
            ("https://sso.corp.test/jira/rest", None),
            ("https://jira.corp.test/jirax/rest", None),
            ("http://jira.corp.test/jira/rest", None),
            ("/elsewhere", None),
        ] {
            assert_eq!(
                lead_to_proxy(&upstream, "http://127.0.0.1:9", location).as_deref(),
                want,
                "{location}"
            );
        }
    }
}
