//! The house rules that a compiler cannot see, as a test.
//!
//! Walks the checkout (no git needed) and fails with file and line. Each rule is a pure function over one
//! file, has at least one bad snippet in `snippets` on which it must fail, and says what to do instead. It reads
//! lines, not syntax: it can be outwitted on purpose, and a rule that cries wrongly is to be made sharper,
//! not switched off.

mod attacks;
mod code;
mod file;
mod layers;
mod markup;
mod migrations;
mod settings;
mod snippets;
mod words;

use std::fmt::Write as _;

use code::{
    MOST_LINES, allow_attributes, built_sql, header, ignored_tests, length, skipped_browser_tests, unfinished,
};
use file::{File, Finding, checkout, root};
use layers::{feature_gates, layers, sandbox_users};
use markup::{inner_html, raw_textarea, raw_title, server_functions, style_attributes};
use snippets::{BAD, GOOD};
use words::{machine_paths, registries, words};

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
