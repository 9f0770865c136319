//! Who may name whom: feature gates, the direction of the layers, the sandbox.

use super::file::{File, Finding, has_word, in_code};

pub(super) fn feature_gates(file: &File) -> Vec<Finding> {
    if !file.is_rust() || file.path == "src/lib.rs" {
        return Vec::new();
    }
    let is_gate = |line: &str| line.contains("cfg") && has_word(line, "feature") && line.contains('=');
    in_code(file, is_gate, "gate whole folders in src/lib.rs, never items")
}

/// What a folder must not name. `crate::x` also matches inside `use crate::{...}`.
pub(super) const LAYERS: [(&str, &[&str]); 10] = [
    (
        "src/domain",
        &[
            "crate::api",
            "crate::ui",
            "crate::server",
            "crate::sandbox",
            "leptos",
            "leptos_router",
            "axum",
            "tokio",
            "sqlx",
            "reqwest",
            "getrandom",
            "async",
            "std::fs",
            "std::net",
            "std::env",
            "SystemTime",
            "Timestamp::now",
            "Zoned::now",
        ],
    ),
    ("src/api", &["crate::ui", "crate::sandbox", "sqlx", "reqwest"]),
    (
        "src/ui",
        &[
            "crate::server",
            "crate::sandbox",
            "sqlx",
            "reqwest",
            "axum",
            "tokio",
        ],
    ),
    ("src/server", &["crate::ui", "crate::sandbox"]),
    // Inside the server: requests come in through `http` and jobs through `sync`; what both use knows neither.
    ("src/server/app", &["crate::server::http", "crate::server::start"]),
    (
        "src/server/auth",
        &[
            "crate::server::app",
            "crate::server::http",
            "crate::server::jira",
            "crate::server::sync",
        ],
    ),
    ("src/server/sync", &["crate::server::auth", "crate::server::http"]),
    (
        "src/server/jira",
        &[
            "crate::server::app",
            "crate::server::auth",
            "crate::server::http",
            "crate::server::state",
            "crate::server::store",
            "crate::server::sync",
        ],
    ),
    (
        "src/server/store",
        &[
            "crate::server::app",
            "crate::server::auth",
            "crate::server::http",
            "crate::server::jira",
            "crate::server::state",
            "crate::server::sync",
        ],
    ),
    ("src/sandbox", &["crate::ui", "crate::api"]),
];

pub(super) fn layers(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    let imports = imports(file);
    let mut findings = Vec::new();
    for (folder, refused) in LAYERS.iter().filter(|(folder, _)| file.is_in(folder)) {
        let is_renderer = |name: &str| name == "crate::ui" && file.is_in("src/server/http");
        for name in refused.iter().filter(|name| !is_renderer(name)) {
            let written = file.code_before_tests().filter(|(_, code)| has_word(code, name));
            let imported = imports
                .iter()
                .filter(|(_, path)| path == name || path.starts_with(&format!("{name}::")));
            let lines = written
                .map(|(line, _)| line)
                .chain(imported.map(|(line, _)| *line));
            findings.extend(lines.map(|line| (line, format!("{folder} must not name {name}"))));
        }
    }
    findings.sort();
    findings.dedup();
    findings
}

/// The paths that `use crate::…` names before the file's tests, groups taken apart, each with the line on which
/// the statement begins.
pub(super) fn imports(file: &File) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (line, text) in file.code_before_tests() {
        let text = text.trim();
        let begins = text
            .find("use crate::")
            .filter(|_| open.is_none())
            .map(|at| (line, text[at + "use ".len()..].to_owned()));
        open = match (open, begins) {
            (Some((line, so_far)), _) => Some((line, so_far + text)),
            (None, begins) => begins,
        };
        if let Some((line, statement)) = open.take_if(|(_, statement)| statement.contains(';')) {
            let tree = statement.split(';').next().unwrap_or_default();
            take_apart("", tree, &mut |path| found.push((line, path)));
        }
    }
    found
}

/// Gives each path of a tree of imports: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn take_apart(before: &str, tree: &str, give: &mut impl FnMut(String)) {
    let tree = tree.trim();
    let Some((name, group)) = tree
        .split_once('{')
        .and_then(|(name, rest)| Some((name, rest.strip_suffix('}')?)))
    else {
        if !tree.is_empty() {
            give(format!("{before}{tree}"));
        }
        return;
    };
    let before = format!("{before}{name}");
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                take_apart(&before, &group[begin..at], give);
                begin = at + 1;
            }
            _ => {}
        }
    }
    take_apart(&before, &group[begin..], give);
}

pub(super) fn sandbox_users(file: &File) -> Vec<Finding> {
    let may = file.path == "src/main.rs"
        || file.path == "src/lib.rs"
        || file.path.contains("/cli")
        || file.is_in("src/sandbox");
    if !file.is_rust() || may {
        return Vec::new();
    }
    let instead = "only main, cli and tests import the sandbox";
    let mut findings: Vec<Finding> = file
        .code_before_tests()
        .filter(|(_, code)| {
            ["crate::sandbox", "traceline::sandbox", "super::sandbox"]
                .iter()
                .any(|name| has_word(code, name))
        })
        .map(|(line, _)| (line, instead.to_owned()))
        .collect();
    findings.extend(
        imports(file)
            .into_iter()
            .filter(|(_, path)| path == "crate::sandbox" || path.starts_with("crate::sandbox::"))
            .map(|(line, _)| (line, instead.to_owned())),
    );
    findings
}
