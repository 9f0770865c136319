//! What nobody is to read: refused words, package registries, paths of one machine.

use super::file::{File, Finding, has_word};

/// Words that readers must not meet, with what to say instead.
pub(super) const REFUSED_WORDS: [(&str, &str); 6] = [
    ("defect", "say bug"),
    ("defects", "say bugs"),
    ("please", "say what to do, without pleading"),
    ("successfully", "say what happened"),
    ("oops", "say what happened"),
    ("simply", "leave it out"),
];

pub(super) fn words(file: &File) -> Vec<Finding> {
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
pub(super) const REGISTRY_HOSTS: [&str; 9] = [
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

pub(super) fn registries(file: &File) -> Vec<Finding> {
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

pub(super) fn machine_paths(file: &File) -> Vec<Finding> {
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
