//! Snippets on which the rules must fail, and some on which they must not.

/// Rule, path, text on which it must fail.
pub(super) const BAD: [(&str, &str, &str); 44] = [
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
        "layers",
        "src/server/store/a.rs",
        "//! a\nuse crate::{\n    domain::a,\n    server::{error::Error, http::{b, c}},\n};\n",
    ),
    (
        "layers",
        "src/server/app/a.rs",
        "//! a\nfn a() { crate::server::http::b() }\n",
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
pub(super) const GOOD: [(&str, &str); 13] = [
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
        "src/server/store/a.rs",
        "//! a\nuse crate::server::{error::Error, store::{app::a, b}};\n",
    ),
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
