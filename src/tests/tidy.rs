//! The house rules that a compiler cannot see, as a test.
//!
//! Walks the checkout (no git needed) and fails with file and line. Each rule is a pure function over one
//! file, has at least one bad snippet below on which it must fail, and says what to do instead. It reads
//! lines, not syntax: it can be outwitted on purpose, and a rule that cries wrongly is to be made sharper,
//! not switched off.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines that a file may have before its tests.
const MOST_LINES: usize = 700;

/// Where the safe wrappers stand that may write what is refused everywhere else.
const TEXTAREA_WRAPPERS: [&str; 1] = ["src/ui/components/field.rs"];
const TITLE_WRAPPERS: [&str; 1] = ["src/ui/components/safe.rs"];
const INNER_HTML_USERS: [&str; 1] = ["src/ui/components/field.rs"];

/// One file of the checkout.
struct File {
    /// Path inside the checkout, with `/`.
    path: String,
    text: String,
}

/// A finding: line number from 1, and what to do instead.
type Finding = (usize, String);

struct Rule {
    name: &'static str,
    check: fn(&File) -> Vec<Finding>,
}

const RULES: [Rule; 18] = [
    Rule {
        name: "header",
        check: header,
    },
    Rule {
        name: "feature gates",
        check: feature_gates,
    },
    Rule {
        name: "layers",
        check: layers,
    },
    Rule {
        name: "sandbox",
        check: sandbox_users,
    },
    Rule {
        name: "raw textarea",
        check: raw_textarea,
    },
    Rule {
        name: "raw title",
        check: raw_title,
    },
    Rule {
        name: "inner html",
        check: inner_html,
    },
    Rule {
        name: "server functions",
        check: server_functions,
    },
    Rule {
        name: "style attributes",
        check: style_attributes,
    },
    Rule {
        name: "allow",
        check: allow_attributes,
    },
    Rule {
        name: "ignored tests",
        check: ignored_tests,
    },
    Rule {
        name: "built sql",
        check: built_sql,
    },
    Rule {
        name: "length",
        check: length,
    },
    Rule {
        name: "unfinished",
        check: unfinished,
    },
    Rule {
        name: "skipped browser tests",
        check: skipped_browser_tests,
    },
    Rule {
        name: "words",
        check: words,
    },
    Rule {
        name: "registries",
        check: registries,
    },
    Rule {
        name: "machine paths",
        check: machine_paths,
    },
];

impl File {
    fn is_rust(&self) -> bool {
        self.has_ending("rs")
    }

    fn has_ending(&self, ending: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == ending)
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether the whole file is test code.
    fn is_test(&self) -> bool {
        self.is_in("src/tests") || self.is_in("end2end") || self.path.ends_with("tests.rs")
    }

    /// Lines that are code: comment lines and what follows ` // ` are blanked, numbers stay.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| {
            let start = line.trim_start();
            let is_comment = start.starts_with("//") || start.starts_with("/*") || start.starts_with("* ");
            let code = if is_comment {
                ""
            } else {
                line.split(" // ").next().unwrap_or(line)
            };
            (at + 1, code)
        })
    }

    /// Like `code`, up to where the file's tests begin; nothing if the file is all tests.
    fn code_before_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = if self.is_test() { 1 } else { self.tests_begin() };
        self.code().take_while(move |(line, _)| *line < end)
    }

    /// The line of the first `#[cfg(test)]`, or the one after the last line.
    fn tests_begin(&self) -> usize {
        let lines = self.text.lines().count();
        self.text
            .lines()
            .position(|line| line.starts_with("#[cfg(test)]"))
            .unwrap_or(lines)
            + 1
    }
}

/// Whether `word` stands in the line with no letter, digit or `_` beside it.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part))
}

/// Findings for each code line that `is_bad` names.
fn in_code(file: &File, is_bad: impl Fn(&str) -> bool, instead: &str) -> Vec<Finding> {
    file.code()
        .filter(|(_, line)| is_bad(line))
        .map(|(line, _)| (line, instead.to_owned()))
        .collect()
}

fn header(file: &File) -> Vec<Finding> {
    if !file.is_rust() || file.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![(
        1,
        "begin with `//!`: what the file is for, what it must never do, how it can go wrong".to_owned(),
    )]
}

fn feature_gates(file: &File) -> Vec<Finding> {
    if !file.is_rust() || file.path == "src/lib.rs" {
        return Vec::new();
    }
    let is_gate = |line: &str| line.contains("cfg") && has_word(line, "feature") && line.contains('=');
    in_code(file, is_gate, "gate whole folders in src/lib.rs, never items")
}

/// What a folder must not name. `crate::x` also matches inside `use crate::{...}`.
const LAYERS: [(&str, &[&str]); 5] = [
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

fn layers(file: &File) -> Vec<Finding> {
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
fn grouped_imports(file: &File) -> Vec<(usize, String)> {
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

fn sandbox_users(file: &File) -> Vec<Finding> {
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

fn raw_textarea(file: &File) -> Vec<Finding> {
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

fn raw_title(file: &File) -> Vec<Finding> {
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

fn inner_html(file: &File) -> Vec<Finding> {
    if !file.is_rust() || INNER_HTML_USERS.contains(&file.path.as_str()) {
        return Vec::new();
    }
    let is_raw = |line: &str| has_word(line, "inner_html") || has_word(line, "set_inner_html");
    in_code(file, is_raw, "build views; raw HTML goes past every escaping")
}

fn server_functions(file: &File) -> Vec<Finding> {
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

fn style_attributes(file: &File) -> Vec<Finding> {
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

fn allow_attributes(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    let is_allow = |line: &str| line.contains("#[allow(") || line.contains("#![allow(");
    in_code(file, is_allow, "use #[expect(.., reason = \"..\")]")
}

fn ignored_tests(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    in_code(
        file,
        |line| line.contains("#[ignore"),
        "repair the test or remove it",
    )
}

fn built_sql(file: &File) -> Vec<Finding> {
    if !file.is_rust() || file.is_in("src/server/store") || file.is_in("src/tests") {
        return Vec::new();
    }
    in_code(
        file,
        |line| has_word(line, "AssertSqlSafe"),
        "SQL text is put together in server/store only",
    )
}

fn length(file: &File) -> Vec<Finding> {
    let is_counted = file.is_rust() || file.has_ending("css") || file.has_ending("ts");
    let lines = file.tests_begin() - 1;
    if !is_counted || file.is_test() || lines <= MOST_LINES {
        return Vec::new();
    }
    vec![(
        lines,
        format!("{lines} lines without tests, the limit is {MOST_LINES}: split by verb"),
    )]
}

fn unfinished(file: &File) -> Vec<Finding> {
    let is_unfinished = |line: &str| {
        ["TODO", "FIXME", "XXX"].iter().any(|word| has_word(line, word))
            || ["todo!(", "unimplemented!("]
                .iter()
                .any(|call| line.contains(call))
    };
    let lines = file
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| is_unfinished(line));
    lines
        .map(|(at, _)| (at + 1, "finish it, or open an issue and leave no note".to_owned()))
        .collect()
}

fn skipped_browser_tests(file: &File) -> Vec<Finding> {
    if !file.is_in("end2end") || !file.has_ending("ts") {
        return Vec::new();
    }
    let is_skipped = |line: &str| {
        let starts = ["test.", "describe."];
        let ends = ["skip(", "only(", "fixme(", "fail("];
        starts
            .iter()
            .any(|start| ends.iter().any(|end| line.contains(&format!("{start}{end}"))))
    };
    in_code(file, is_skipped, "every browser test runs, every time")
}

/// Words that readers must not meet, with what to say instead.
const REFUSED_WORDS: [(&str, &str); 6] = [
    ("defect", "say bug"),
    ("defects", "say bugs"),
    ("please", "say what to do, without pleading"),
    ("successfully", "say what happened"),
    ("oops", "say what happened"),
    ("simply", "leave it out"),
];

fn words(file: &File) -> Vec<Finding> {
    let is_document = file.has_ending("md");
    let is_page = file.is_in("src/ui") && file.is_rust() && !file.is_test();
    let mut findings = Vec::new();
    if is_document || is_page {
        for (at, line) in file.text.lines().enumerate() {
            let lower = line.to_lowercase();
            let is_comment = is_page && lower.trim_start().starts_with("//");
            for (word, instead) in REFUSED_WORDS {
                if !is_comment && has_word(&lower, word) {
                    findings.push((at + 1, format!("readers must not meet `{word}`: {instead}")));
                }
            }
        }
    }
    findings
}

/// Written in pieces, so that this file names none of them itself.
const REGISTRY_HOSTS: [&str; 9] = [
    concat!("registry.", "npmjs"),
    concat!("registry.", "yarnpkg"),
    concat!("static.", "crates"),
    concat!("index.", "crates"),
    concat!("crates.", "io/api"),
    concat!("pypi", ".org"),
    concat!("files.", "pythonhosted"),
    concat!("proxy.", "golang"),
    concat!("deb.", "debian"),
];

fn registries(file: &File) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    lines
        .filter(|(_, line)| REGISTRY_HOSTS.iter().any(|host| line.contains(host)))
        .map(|(at, _)| {
            (
                at + 1,
                "name no package registry: everyone has their own".to_owned(),
            )
        })
        .collect()
}

fn machine_paths(file: &File) -> Vec<Finding> {
    let is_machine_path = |line: &str| {
        [concat!("/wo", "rk/"), "/root/", "/home/", "/Users/", "C:\\"]
            .iter()
            .any(|start| {
                line.match_indices(start).any(|(at, _)| {
                    // Only at the beginning of a path: part of an address or of a longer path is something else.
                    !line[..at]
                        .ends_with(|letter: char| letter.is_alphanumeric() || "/.-_~}>".contains(letter))
                })
            })
    };
    let lines = file
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| is_machine_path(line));
    lines
        .map(|(at, _)| {
            (
                at + 1,
                "a path of one machine: make it relative or a setting".to_owned(),
            )
        })
        .collect()
}

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 8] = [
    ".git",
    "target",
    "data",
    "node_modules",
    "test-results",
    "playwright-report",
    "server-logs",
    "blob-report",
];

/// Every text file of the checkout. This file is left out: it has to name what it refuses.
fn checkout(root: &Path) -> Vec<File> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).expect("a folder of the checkout is readable");
        for entry in entries {
            let path = entry.expect("an entry of the checkout is readable").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                if !FOREIGN.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if name != "Cargo.lock" && name != ".git" {
                let inside = path
                    .strip_prefix(root)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .replace('\\', "/");
                let is_this_file = inside == "src/tests/tidy.rs";
                if let (false, Ok(text)) = (is_this_file, fs::read_to_string(&path)) {
                    files.push(File { path: inside, text });
                }
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// Names of migrations that only one of the two databases has.
fn unpaired_migrations(sqlite: &[String], postgres: &[String]) -> Vec<String> {
    let lonely = |of: &[String], other: &[String], folder: &str| -> Vec<String> {
        of.iter()
            .filter(|name| !other.contains(name))
            .map(|name| format!("migrations/{folder}/{name}"))
            .collect()
    };
    let mut found = lonely(sqlite, postgres, "sqlite");
    found.extend(lonely(postgres, sqlite, "postgres"));
    found
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_checkout_keeps_the_house_rules() {
    let mut report = String::new();
    let mut count = 0;
    let files = checkout(&root());
    assert!(
        files.iter().any(|file| file.path == "src/lib.rs"),
        "the walk finds the checkout"
    );
    for file in &files {
        for rule in &RULES {
            for (line, message) in (rule.check)(file) {
                count += 1;
                let _ = writeln!(report, "{}:{line}: {} [{}]", file.path, message, rule.name);
            }
        }
    }
    assert!(count == 0, "{count} findings\n{report}");
}

#[test]
fn both_databases_have_the_same_migrations() {
    let folder = root().join("migrations");
    let lonely = unpaired_migrations(
        &names_in(&folder.join("sqlite")),
        &names_in(&folder.join("postgres")),
    );
    assert!(
        lonely.is_empty(),
        "migrations that the other database lacks: {lonely:?}"
    );
}

#[test]
fn a_migration_for_one_database_only_is_found() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let lonely = unpaired_migrations(
        &names(&["0001_a.sql", "0002_b.sql"]),
        &names(&["0001_a.sql", "0002_c.sql"]),
    );
    assert_eq!(
        lonely,
        ["migrations/sqlite/0002_b.sql", "migrations/postgres/0002_c.sql"]
    );
}

/// Rule, path, text on which it must fail.
const BAD: [(&str, &str, &str); 42] = [
    ("header", "src/domain/a.rs", "use std::fmt;\n"),
    ("header", "xtask/src/a.rs", "//!\nuse std::fmt;\n"),
    (
        "feature gates",
        "src/api/a.rs",
        "//! a\n#[cfg(feature = \"ssr\")]\nfn a() {}\n",
    ),
    (
        "feature gates",
        "src/main.rs",
        "//! a\n#[cfg(not(feature = \"ssr\"))]\nfn a() {}\n",
    ),
    (
        "feature gates",
        "src/ui/a.rs",
        "//! a\nfn a() { if cfg!(feature = \"ssr\") {} }\n",
    ),
    ("layers", "src/ui/pages/a.rs", "//! a\nuse crate::server::app;\n"),
    (
        "layers",
        "src/ui/pages/a.rs",
        "//! a\nuse crate::{api, server::app};\n",
    ),
    (
        "layers",
        "src/ui/pages/a.rs",
        "//! a\nuse crate::{\n    api::{a, b},\n    server,\n};\n",
    ),
    ("layers", "src/ui/a.rs", "//! a\nfn a() { sqlx::query(\"\"); }\n"),
    ("layers", "src/ui/a.rs", "//! a\nuse reqwest::Client;\n"),
    ("layers", "src/domain/a.rs", "//! a\nuse leptos::prelude::*;\n"),
    ("layers", "src/domain/a.rs", "//! a\nuse crate::api::ApiError;\n"),
    ("layers", "src/domain/a.rs", "//! a\npub async fn a() {}\n"),
    ("layers", "src/domain/a.rs", "//! a\nuse tokio::sync::mpsc;\n"),
    ("layers", "src/server/app/a.rs", "//! a\nuse crate::ui::routes;\n"),
    ("layers", "src/api/a.rs", "//! a\nuse sqlx::Row;\n"),
    ("layers", "src/sandbox/a.rs", "//! a\nuse crate::api::a;\n"),
    (
        "sandbox",
        "src/server/app/a.rs",
        "//! a\nuse crate::sandbox::World;\n",
    ),
    (
        "sandbox",
        "src/server/app/a.rs",
        "//! a\nuse crate::{domain, sandbox};\n",
    ),
    (
        "raw textarea",
        "src/ui/pages/a.rs",
        "//! a\nview! { <textarea name=\"a\">{text}</textarea> }\n",
    ),
    (
        "raw title",
        "src/ui/pages/a.rs",
        "//! a\nview! { <Title text=name/> }\n",
    ),
    (
        "inner html",
        "src/ui/pages/a.rs",
        "//! a\nview! { <p inner_html=text/> }\n",
    ),
    (
        "server functions",
        "src/api/a.rs",
        "//! a\n#[server(input = GetUrl)]\n",
    ),
    (
        "server functions",
        "src/api/a.rs",
        "//! a\n) -> Result<(), ServerFnError> {\n",
    ),
    (
        "style attributes",
        "src/ui/a.rs",
        "//! a\nview! { <p style=\"color: red\"/> }\n",
    ),
    (
        "style attributes",
        "src/ui/a.rs",
        "//! a\n    style=move || format!(\"width: {w}\")\n",
    ),
    (
        "style attributes",
        "src/ui/a.rs",
        "//! a\nview! { <p style:width=w/> }\n",
    ),
    ("allow", "src/domain/a.rs", "//! a\n#[allow(dead_code)]\n"),
    ("allow", "src/main.rs", "//! a\n#![allow(clippy::all)]\n"),
    (
        "ignored tests",
        "src/tests/a.rs",
        "//! a\n#[test]\n#[ignore = \"slow\"]\n",
    ),
    (
        "built sql",
        "src/server/app/a.rs",
        "//! a\nsqlx::query(AssertSqlSafe(text))\n",
    ),
    ("unfinished", "src/domain/a.rs", "//! a\n// TODO later\n"),
    ("unfinished", "README.md", "FIXME\n"),
    ("unfinished", "src/domain/a.rs", "//! a\nfn a() { todo!() }\n"),
    (
        "unfinished",
        "src/domain/a.rs",
        "//! a\nfn a() { unimplemented!(\"b\") }\n",
    ),
    (
        "skipped browser tests",
        "end2end/tests/a.spec.ts",
        "test.skip(\"a\", async () => {});\n",
    ),
    (
        "skipped browser tests",
        "end2end/tests/a.spec.ts",
        "test.describe.only(\"a\", () => {});\n",
    ),
    (
        "words",
        "src/ui/pages/a.rs",
        "//! a\nview! { <h2>\"Defects\"</h2> }\n",
    ),
    ("words", "README.md", "Please run it.\n"),
    (
        "registries",
        "end2end/package-lock.json",
        concat!("\"resolved\": \"https://registry.", "npmjs.org/a\"\n"),
    ),
    ("machine paths", "scripts/a.sh", "cd /home/someone/traceline\n"),
    ("machine paths", "README.md", "see `/root/main`, or /root/other\n"),
];

/// Path and text in which no rule may find anything.
const GOOD: [(&str, &str); 12] = [
    (
        "src/lib.rs",
        "//! The map.\n#[cfg(feature = \"ssr\")]\npub mod server;\n",
    ),
    (
        "src/ui/a.rs",
        "//! Never names `crate::server`.\nuse crate::api::a;\n// Not crate::server either.\n",
    ),
    ("src/ui/a.rs", "//! a\nuse crate::{api, domain::server};\n"),
    (
        "src/domain/a.rs",
        "//! No leptos here.\npub struct A { style: String, feature: u8 }\n",
    ),
    ("src/server/http/a.rs", "//! a\nuse crate::ui::shell;\n"),
    (
        "src/server/jira/a.rs",
        "//! a\nfn a() {}\n#[cfg(test)]\nmod tests {\n    use crate::sandbox::World;\n}\n",
    ),
    (
        "src/api/error.rs",
        "//! a\nuse leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};\n",
    ),
    (
        "src/server/store/a.rs",
        "//! a\nsqlx::query(AssertSqlSafe(text))\n",
    ),
    ("src/tests/a.rs", "//! a\nuse traceline::sandbox;\n"),
    (
        "src/ui/components/field.rs",
        "//! a\nview! { <textarea name=name></textarea> }\n",
    ),
    (
        "src/sandbox/a.rs",
        "//! a\nconst A: &str = \"https://example.test/home/page\";\n",
    ),
    (
        "end2end/tests/a.spec.ts",
        "// a\ntest(\"a skipped sprint\", async () => {});\n",
    ),
];

fn found_by(rule: &Rule, path: &str, text: &str) -> usize {
    (rule.check)(&File {
        path: path.to_owned(),
        text: text.to_owned(),
    })
    .len()
}

#[test]
fn every_rule_fails_on_its_bad_snippets() {
    for (name, path, text) in BAD {
        let rule = RULES
            .iter()
            .find(|rule| rule.name == name)
            .expect("the snippet names a rule");
        assert!(
            found_by(rule, path, text) > 0,
            "{name} finds nothing in {path}:\n{text}"
        );
    }
    let long = format!("//! a\n{}", "fn a() {}\n".repeat(MOST_LINES));
    assert_eq!(
        length(&File {
            path: "src/ui/a.rs".to_owned(),
            text: long
        })
        .len(),
        1
    );
    for rule in &RULES {
        let has_snippet = rule.name == "length" || BAD.iter().any(|(name, ..)| *name == rule.name);
        assert!(has_snippet, "{} has no snippet on which it fails", rule.name);
    }
}

#[test]
fn no_rule_cries_wrongly() {
    for (path, text) in GOOD {
        for rule in &RULES {
            assert_eq!(found_by(rule, path, text), 0, "{} in {path}:\n{text}", rule.name);
        }
    }
    let tested = format!("//! a\n#[cfg(test)]\n{}", "fn a() {}\n".repeat(MOST_LINES));
    assert_eq!(
        length(&File {
            path: "src/ui/a.rs".to_owned(),
            text: tested
        })
        .len(),
        0
    );
}
