//! One file of the checkout as the rules look at it, and the walk that finds them all.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of the checkout.
pub(super) struct File {
    /// Path inside the checkout, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

/// A finding: line number from 1, and what to do instead.
pub(super) type Finding = (usize, String);

impl File {
    pub(super) fn is_rust(&self) -> bool {
        self.has_ending("rs")
    }

    pub(super) fn has_ending(&self, ending: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == ending)
    }

    pub(super) fn is_in(&self, folder: &str) -> bool {
        self.path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether the whole file is test code.
    pub(super) fn is_test(&self) -> bool {
        self.is_in("src/tests") || self.is_in("end2end") || self.path.ends_with("tests.rs")
    }

    /// Lines that are code: comment lines and what follows ` // ` are blanked, numbers stay.
    pub(super) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
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
    pub(super) fn code_before_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = if self.is_test() { 1 } else { self.tests_begin() };
        self.code().take_while(move |(line, _)| *line < end)
    }

    /// The line of the first `#[cfg(test)]`, or the one after the last line.
    pub(super) fn tests_begin(&self) -> usize {
        let lines = self.text.lines().count();
        self.text
            .lines()
            .position(|line| line.starts_with("#[cfg(test)]"))
            .unwrap_or(lines)
            + 1
    }
}

/// Whether `word` stands in the line with no letter, digit or `_` beside it.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part))
}

/// Findings for each code line that `is_bad` names.
pub(super) fn in_code(file: &File, is_bad: impl Fn(&str) -> bool, instead: &str) -> Vec<Finding> {
    file.code()
        .filter(|(_, line)| is_bad(line))
        .map(|(line, _)| (line, instead.to_owned()))
        .collect()
}

/// Folders that hold nothing of ours.
pub(super) const FOREIGN: [&str; 8] = [
    ".git",
    "target",
    "data",
    "node_modules",
    "test-results",
    "playwright-report",
    "server-logs",
    "blob-report",
];

/// Every text file of the checkout. This folder is left out: it has to name what it refuses.
pub(super) fn checkout(root: &Path) -> Vec<File> {
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
                let names_what_is_refused = inside.starts_with("src/tests/tidy/");
                if let (false, Ok(text)) = (names_what_is_refused, fs::read_to_string(&path)) {
                    files.push(File { path: inside, text });
                }
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// The checkout: cargo starts tests there. Where they were built may be another one that shares the target folder.
pub(super) fn root() -> PathBuf {
    PathBuf::from(".")
}
