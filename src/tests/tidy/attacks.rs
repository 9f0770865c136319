//! The table of attacks names tests that exist.

use super::file::{File, checkout, root};

const TABLE: &str = "docs/attacks.md";

/// The tests that a table names: path and name of each.
fn list_tests(table: &str) -> Vec<(String, String)> {
    let rows = table.lines().filter(|line| line.starts_with("| A-"));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2))
        .map(|cited| {
            let (path, name) = cited.split_once(' ').unwrap_or((cited, ""));
            let is_whole = path.starts_with("src/") || path.starts_with("end2end/");
            let path = if is_whole {
                path.to_owned()
            } else {
                format!("src/tests/{path}")
            };
            (path, name.to_owned())
        })
        .collect()
}

fn is_test_of(file: &File, name: &str) -> bool {
    if file.is_rust() {
        file.text.contains(&format!("fn {name}("))
    } else {
        file.text.contains(&format!("\"{name}\""))
    }
}

#[test]
fn every_attack_is_held_by_tests_that_exist() {
    let files = checkout(&root());
    let table = files.iter().find(|file| file.path == TABLE).expect("the table");
    let tests = list_tests(&table.text);
    for (path, name) in &tests {
        let exists = files
            .iter()
            .any(|file| file.path == *path && is_test_of(file, name));
        assert!(exists, "{TABLE} names {name} of {path}, which does not exist");
    }
    for row in table.text.lines().filter(|line| line.starts_with("| A-")) {
        assert!(!list_tests(row).is_empty(), "an attack without a test: {row}");
    }
    assert_eq!(
        list_tests("| A-99 | x | `edge.rs a_b`, `end2end/tests/a.spec.ts c d` |\n`not a row`"),
        [
            ("src/tests/edge.rs".to_owned(), "a_b".to_owned()),
            ("end2end/tests/a.spec.ts".to_owned(), "c d".to_owned()),
        ]
    );
}
