//! Variables of scripts and tests: a shell that has them exported still starts a server.

use std::collections::BTreeMap;

use traceline::server::config::Config;

use super::file::{checkout, root};

/// Begins a line that programs read, and names no variable.
const LINE_FOR_PROGRAMS: &str = "TRACELINE_READY";

/// Every variable of ours that a text names.
fn list_variables(text: &str) -> Vec<&str> {
    let is_part = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    text.match_indices("TRACELINE_")
        .map(|(at, _)| {
            let rest = &text[at..];
            &rest[..rest.find(|letter| !is_part(letter)).unwrap_or(rest.len())]
        })
        // A name with an open end stands for all of them.
        .filter(|name| !name.ends_with('_') && *name != LINE_FOR_PROGRAMS)
        .collect()
}

#[test]
fn a_server_starts_in_a_shell_that_is_set_up_for_the_tests() {
    let mut named = BTreeMap::new();
    for file in checkout(&root()) {
        let places = ["scripts/", "end2end/", "xtask/", "src/tests/", ".ci/"];
        if places.iter().any(|place| file.path.starts_with(place)) || file.path == "Makefile" {
            for name in list_variables(&file.text) {
                named.entry(name.to_owned()).or_insert(file.path.clone());
            }
        }
    }
    for known in [
        "TRACELINE_BIN",
        "TRACELINE_CHROMIUM",
        "TRACELINE_JIRA_SPECS",
        "TRACELINE_PICTURES",
    ] {
        assert!(
            named.contains_key(known),
            "nobody reads {known} any more: {named:?}"
        );
    }
    for (name, path) in named {
        // Whatever else is wrong with the value, the name is one that a server knows.
        let error = Config::parse("", &BTreeMap::from([(name.clone(), String::new())])).err();
        assert!(
            error.is_none(),
            "{path} reads {name}: add it to OTHER_VARIABLES in src/server/config.rs: {error:?}"
        );
    }
    assert_eq!(
        list_variables("$TRACELINE_BIN, TRACELINE_* and \"TRACELINE_READY {\""),
        ["TRACELINE_BIN"]
    );
}
