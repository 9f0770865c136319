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
pub(super) const LAYERS: [(&str, &[&str]); 5] = [
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
    ("src/sandbox", &["crate::ui", "crate::api"]),
];

pub(super) fn layers(file: &File) -> Vec<Finding> {
    let Some((folder, refused)) = LAYERS
        .iter()
        .find(|(folder, _)| file.is_rust() && file.is_in(folder))
    else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (line, code) in file.code_before_tests() {
        for name in *refused {
            let is_renderer = *name == "crate::ui" && file.is_in("src/server/http");
            if !is_renderer && has_word(code, name) {
                findings.push((line, format!("{folder} must not name {name}")));
            }
        }
    }
    for (line, module) in grouped_imports(file) {
        let name = format!("crate::{module}");
        let is_renderer = name == "crate::ui" && file.is_in("src/server/http");
        if !is_renderer && refused.contains(&name.as_str()) {
            findings.push((line, format!("{folder} must not name {name}")));
        }
    }
    findings
}

/// The modules that `crate::{a, b::c}` names, before the file's tests, each with the line of the group.
pub(super) fn grouped_imports(file: &File) -> Vec<(usize, String)> {
    let code: Vec<(usize, &str)> = file.code_before_tests().collect();
    let mut found = Vec::new();
    for (at, (line, text)) in code.iter().enumerate() {
        let Some((_, first)) = text.split_once("crate::{") else {
            continue;
        };
        let rest = code[at + 1..].iter().map(|(_, text)| *text);
        let (mut depth, mut word) = (1, String::new());
        for letter in std::iter::once(first)
            .chain(rest)
            .flat_map(|text| text.chars().chain([' ']))
        {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || (depth == 1 && letter == ',') {
                let module = word.trim().split("::").next().unwrap_or_default().to_owned();
                found.push((*line, module));
                word.clear();
            } else {
                word.push(letter);
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
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
        grouped_imports(file)
            .into_iter()
            .filter(|(_, module)| module == "sandbox")
            .map(|(line, _)| (line, instead.to_owned())),
    );
    findings
}
