//! How files are written: their header and length, allowed lints, tests that do not run, SQL, unfinished work.

use super::file::{File, Finding, has_word, in_code};

/// Lines that a file may have before its tests.
pub(super) const MOST_LINES: usize = 700;

pub(super) fn header(file: &File) -> Vec<Finding> {
    if !file.is_rust() || file.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![(
        1,
        "begin with `//!`: what the file is for, what it must never do, how it can go wrong".to_owned(),
    )]
}

pub(super) fn allow_attributes(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    let is_allow = |line: &str| line.contains("#[allow(") || line.contains("#![allow(");
    in_code(file, is_allow, "use #[expect(.., reason = \"..\")]")
}

pub(super) fn ignored_tests(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    in_code(
        file,
        |line| line.contains("#[ignore"),
        "repair the test or remove it",
    )
}

pub(super) fn built_sql(file: &File) -> Vec<Finding> {
    if !file.is_rust() || file.is_in("src/server/store") || file.is_in("src/tests") {
        return Vec::new();
    }
    in_code(
        file,
        |line| has_word(line, "AssertSqlSafe"),
        "SQL text is put together in server/store only",
    )
}

pub(super) fn length(file: &File) -> Vec<Finding> {
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

pub(super) fn unfinished(file: &File) -> Vec<Finding> {
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

pub(super) fn skipped_browser_tests(file: &File) -> Vec<Finding> {
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
