//! What pages must not write themselves: raw text areas, titles and HTML, inline styles, server functions that
//! leak.

use super::file::{File, Finding, has_word, in_code};

/// Where the safe wrappers stand that may write what is refused everywhere else.
const TEXTAREA_WRAPPERS: [&str; 1] = ["src/ui/components/field.rs"];
const TITLE_WRAPPERS: [&str; 1] = ["src/ui/components/safe.rs"];
const INNER_HTML_USERS: [&str; 1] = ["src/ui/components/field.rs"];

pub(super) fn raw_textarea(file: &File) -> Vec<Finding> {
    if !file.is_rust() || TEXTAREA_WRAPPERS.contains(&file.path.as_str()) {
        return Vec::new();
    }
    let is_raw = |line: &str| line.contains("<textarea");
    in_code(
        file,
        is_raw,
        "use the textarea component: leptos does not escape what stands inside this one",
    )
}

pub(super) fn raw_title(file: &File) -> Vec<Finding> {
    if !file.is_rust() || TITLE_WRAPPERS.contains(&file.path.as_str()) {
        return Vec::new();
    }
    let is_raw = |line: &str| line.contains("<Title ") || line.contains("<Title>");
    in_code(
        file,
        is_raw,
        "use the page title component: leptos does not escape the text of this one",
    )
}

pub(super) fn inner_html(file: &File) -> Vec<Finding> {
    if !file.is_rust() || INNER_HTML_USERS.contains(&file.path.as_str()) {
        return Vec::new();
    }
    let is_raw = |line: &str| has_word(line, "inner_html") || has_word(line, "set_inner_html");
    in_code(file, is_raw, "build views; raw HTML goes past every escaping")
}

pub(super) fn server_functions(file: &File) -> Vec<Finding> {
    if !file.is_rust() || !file.is_in("src") {
        return Vec::new();
    }
    let mut findings = in_code(
        file,
        |line| has_word(line, "GetUrl"),
        "a write by GET can be forged; use POST",
    );
    let is_leaky = |line: &str| has_word(line, "ServerFnError");
    findings.extend(in_code(
        file,
        is_leaky,
        "use ApiError: this one sends internal text to the browser",
    ));
    findings
}

pub(super) fn style_attributes(file: &File) -> Vec<Finding> {
    if !file.is_rust() || !(file.is_in("src/ui") || file.is_in("src/server")) {
        return Vec::new();
    }
    let is_style = |line: &str| {
        let line = line.trim_start();
        let is_attribute = line.starts_with("style=") || line.contains(" style=");
        let is_property = line.split_whitespace().any(|word| {
            word.strip_prefix("style:")
                .is_some_and(|rest| rest.contains('=') && !rest.starts_with('='))
        });
        is_attribute || is_property
    };
    in_code(
        file,
        is_style,
        "use a class or an SVG attribute: the content security policy refuses inline styles",
    )
}
