//! What a token with scopes may do on Cloud: which scopes each operation wants.
//!
//! `operations.txt` says it as the vendor's documents do, one line per operation that a site serves; a
//! test holds the two together. What no document describes is decided here. Data Center has no scopes.

use std::sync::LazyLock;

/// An operation and the sets of scopes that open it, any one of them.
struct Operation {
    method: &'static str,
    segments: Vec<&'static str>,
    alternatives: Vec<Vec<&'static str>>,
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    include_str!("operations.txt")
        .lines()
        .filter_map(read_line)
        .collect()
});

fn read_line(line: &'static str) -> Option<Operation> {
    if line.starts_with('#') {
        return None;
    }
    let (operation, scopes) = line.split_once(": ")?;
    let (method, path) = operation.split_once(' ')?;
    let alternatives = scopes.split(" | ").map(|set| match set {
        "-" => Vec::new(),
        set => set.split(' ').collect(),
    });
    Some(Operation {
        method,
        segments: path.split('/').filter(|part| !part.is_empty()).collect(),
        alternatives: alternatives.collect(),
    })
}

/// The operation of a path, where a fixed segment wins over one that is filled in.
fn find(method: &str, segments: &[&str]) -> Option<&'static Operation> {
    let fitting = OPERATIONS.iter().filter(|operation| {
        operation.method == method
            && operation.segments.len() == segments.len()
            && operation
                .segments
                .iter()
                .zip(segments)
                .all(|(own, asked)| *own == "{}" || own == asked)
    });
    fitting.min_by_key(|operation| operation.segments.iter().filter(|part| **part == "{}").count())
}

/// Whether a token that holds these scopes opens an operation. What is not known is left to the routes.
pub(super) fn allow(method: &str, segments: &[&str], held: &[String]) -> bool {
    let holds = |scope: &str| held.iter().any(|own| own == scope);
    let same: Vec<&str> = match segments {
        // No document describes these webhooks; that this scope opens them could not be checked.
        ["rest", "webhooks", ..] => return holds("manage:jira-webhook"),
        // Version 2 wants what version 3 wants, which alone has a document.
        ["rest", "api", "2" | "latest", rest @ ..] => [&["rest", "api", "3"], rest].concat(),
        ["rest", "agile", "latest", rest @ ..] => [&["rest", "agile", "1.0"], rest].concat(),
        _ => segments.to_vec(),
    };
    find(method, &same).is_none_or(|operation| {
        let mut alternatives = operation.alternatives.iter();
        alternatives.any(|set| set.iter().all(|scope| holds(scope)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(method: &str, path: &str, held: &[&str]) -> bool {
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let held: Vec<String> = held.iter().map(ToString::to_string).collect();
        allow(method, &segments, &held)
    }

    #[test]
    fn a_classic_scope_or_all_granular_ones_open_an_operation() {
        for (method, path, held, opens) in [
            ("GET", "/rest/api/3/issue/A-1", &["read:jira-work"][..], true),
            ("GET", "/rest/api/2/issue/A-1", &["read:jira-work"], true),
            ("GET", "/rest/api/3/issue/A-1", &["read:issue:jira"], false),
            ("PUT", "/rest/api/3/issue/A-1", &["write:issue:jira"], true),
            ("PUT", "/rest/api/3/issue/A-1", &["read:jira-work"], false),
            ("GET", "/rest/api/3/project/search", &["read:jira-work"], true),
            ("GET", "/rest/api/3/priority/search", &["read:jira-work"], false),
            ("GET", "/rest/api/3/serverInfo", &[], true),
            (
                "GET",
                "/rest/webhooks/1.0/webhook",
                &["manage:jira-webhook"],
                true,
            ),
            ("GET", "/rest/api/3/nothing", &[], true),
        ] {
            assert_eq!(allowed(method, path, held), opens, "{method} {path} {held:?}");
        }
    }

    #[test]
    fn boards_know_granular_scopes_only() {
        let path = "/rest/agile/1.0/board";
        assert!(!allowed("GET", path, &["read:jira-work", "write:jira-work"]));
        assert!(allowed(
            "GET",
            path,
            &["read:board-scope:jira-software", "read:project:jira"]
        ));
    }

    #[test]
    fn every_line_is_read() {
        let lines = include_str!("operations.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        assert_eq!(OPERATIONS.len(), lines.count());
        assert!(OPERATIONS.iter().all(|one| !one.alternatives.is_empty()));
    }
}
