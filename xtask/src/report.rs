//! Figures about the build: size of the browser part against its budget, lines of code per layer.

use std::fs;
use std::path::Path;

use crate::{Outcome, assets, paths};

/// What a browser may be made to load of wasm, in bytes after brotli.
// The browser patches parts of pages that the server draws; an island that draws for itself what it loads
// costs tens of kilobytes.
const WASM_BUDGET: usize = 120 * 1024;

/// Layers and where their files lie.
const LAYERS: [(&str, &str); 12] = [
    ("domain", "src/domain"),
    ("api", "src/api"),
    ("ui", "src/ui"),
    ("server", "src/server"),
    ("sandbox", "src/sandbox"),
    ("tests", "src/tests"),
    ("crate root", "src"),
    ("style", "style"),
    ("migrations", "migrations"),
    ("end2end", "end2end"),
    ("scripts", "scripts"),
    ("xtask", "xtask/src"),
];

/// Prints the sizes and fails above the budget.
pub fn size() -> Outcome {
    let mut over = None;
    for name in ["traceline_bg.wasm", "traceline.js", "traceline.css"] {
        let path = paths::site().join("pkg").join(name);
        let Ok(bytes) = fs::read(&path) else {
            if name == "traceline_bg.wasm" {
                return Err(format!(
                    "xtask: {} is not there, run `cargo xtask build`",
                    paths::shown(&path)
                ));
            }
            continue;
        };
        let compressed = assets::brotli_of(&bytes, 11)?.len();
        println!(
            "{name:<20} {:>8} raw {:>8} brotli",
            kilobytes(bytes.len()),
            kilobytes(compressed)
        );
        if name == "traceline_bg.wasm" && compressed > WASM_BUDGET {
            over = Some(compressed);
        }
    }
    match over {
        None => Ok(()),
        Some(size) => Err(format!(
            "xtask: the browser part has {} after brotli, its budget is {}",
            kilobytes(size),
            kilobytes(WASM_BUDGET)
        )),
    }
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024)
}

/// Prints code lines and test lines per layer; blank lines and comment lines are not counted.
pub fn loc() -> Outcome {
    println!("{:<12} {:>6} {:>8} {:>8}", "layer", "files", "code", "tests");
    let (mut code_in_all, mut tests_in_all) = (0, 0);
    for (layer, folder) in LAYERS {
        let (mut files, mut code, mut tests) = (0, 0, 0);
        let full = paths::root().join(folder);
        for path in assets::read_names(&full)? {
            let is_below_root = layer == "crate root" && path.parent() != Some(full.as_path());
            if is_below_root || !is_counted(&path) {
                continue;
            }
            let text =
                fs::read_to_string(&path).map_err(|error| format!("xtask: {}: {error}", path.display()))?;
            let (in_code, in_tests) = count(&text);
            files += 1;
            if ["tests", "end2end"].contains(&layer) || path.to_string_lossy().ends_with("tests.rs") {
                tests += in_code + in_tests;
            } else {
                code += in_code;
                tests += in_tests;
            }
        }
        code_in_all += code;
        tests_in_all += tests;
        println!("{layer:<12} {files:>6} {code:>8} {tests:>8}");
    }
    println!("{:<12} {:>6} {code_in_all:>8} {tests_in_all:>8}", "all", "");
    Ok(())
}

fn is_counted(path: &Path) -> bool {
    let is_foreign = path.components().any(|part| {
        ["node_modules", "test-results", "playwright-report"]
            .iter()
            .any(|name| part.as_os_str() == *name)
    });
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    !is_foreign && ["rs", "css", "sql", "ts", "sh"].contains(&ending)
}

/// Lines of code before and after the first `#[cfg(test)]`.
fn count(text: &str) -> (usize, usize) {
    let (mut code, mut tests, mut is_test) = (0, 0, false);
    for line in text.lines().map(str::trim) {
        is_test |= line == "#[cfg(test)]";
        let is_comment = ["//", "/*", "* ", "--", "# "]
            .iter()
            .any(|start| line.starts_with(start));
        if line.is_empty() || is_comment {
            continue;
        }
        if is_test {
            tests += 1;
        } else {
            code += 1;
        }
    }
    (code, tests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_are_not_counted() {
        assert_eq!(
            count("//! head\n\nfn a() {}\n// why\n#[cfg(test)]\nmod tests {}\n"),
            (1, 2)
        );
    }
}
