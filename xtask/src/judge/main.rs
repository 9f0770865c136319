//! `cargo judge [--whole] EXCHANGES DOCUMENTS`: holds every exchange that the tests had with the
//! sandbox Jira against the vendor's own `OpenAPI` documents.
//!
//! The sandbox writes the exchanges (`SANDBOX_EXCHANGES`), this reads them. An answer must
//! have a status that the document lists for the operation and a body that fits its schema; a request
//! that the sandbox took (2xx) must fit the schema of the request and carry the query parameters that are
//! required, or the sandbox is too kind. A query parameter that no document knows is a breach of whoever
//! sent it: of our own client, a library on tour or a test. A path
//! that no document knows must be answered with 404 or stand on the written list. Not judged are
//! answers spoiled by a scripted fault and sites that replay recordings. What the documents have wrong
//! is listed with reasons in [`allowed`]; a line of that list that nothing needed is named, and fails the
//! judge when the exchanges are those of all tests.

mod allowed;
mod document;
mod format;
mod formats;
mod query;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::ExitCode,
};

use document::Document;
use serde_json::Value;

/// What every step returns: the text says what happened and what to do next.
type Outcome<T = ()> = Result<T, String>;

const USAGE: &str = "usage: cargo judge [--whole] EXCHANGES DOCUMENTS

Holds the exchanges with the sandbox Jira, a folder that the tests wrote, against the folder with the
vendor's OpenAPI documents. --whole: they are those of all tests, so that a known defect that nothing
needed is a failure.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["--whole", exchanges, documents] => run(Path::new(exchanges), Path::new(documents), Extent::Whole),
        [exchanges, documents] => run(Path::new(exchanges), Path::new(documents), Extent::Part),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Exchanges of one kind that break the contract in one way: the first of them stands for all.
#[derive(Debug, Default)]
struct Breach {
    count: usize,
    example: String,
}

/// Which exchanges there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// Those of all tests: whatever is allowed must have been needed.
    Whole,
    /// Those of some tests.
    Part,
}

/// What came out.
#[derive(Debug, Default)]
struct Verdict {
    judged: usize,
    spoiled: usize,
    recorded: usize,
    operations: BTreeSet<String>,
    broken: BTreeSet<String>,
    breaches: BTreeMap<String, Breach>,
    used: BTreeSet<usize>,
}

/// Judges the folder and prints what it found, the last line as `N passed, N failed` over operations.
fn run(folder: &Path, documents: &Path, extent: Extent) -> Outcome {
    let documents = document::load_all(documents)?;
    let mut verdict = Verdict::default();
    let mut paths: Vec<_> = fs::read_dir(folder)
        .map_err(|error| {
            format!(
                "judge: cannot read {}: {error}. Run the tests first.",
                folder.display()
            )
        })?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    for path in paths {
        let text =
            fs::read_to_string(&path).map_err(|error| format!("judge: {}: {error}", path.display()))?;
        for line in text.lines() {
            // A sandbox that was killed in the middle of a line leaves half a line.
            if let Ok(exchange) = serde_json::from_str::<Value>(line) {
                judge_one(&documents, &exchange, &mut verdict);
            }
        }
    }
    report(&verdict, extent)
}

fn judge_one(documents: &[Document], exchange: &Value, verdict: &mut Verdict) {
    let text = |name: &str| exchange[name].as_str().unwrap_or_default();
    let path = text("path");
    if path.starts_with("/__sandbox") || !path.starts_with("/rest/") && !path.starts_with("/_edge/") {
        return;
    }
    if exchange["recorded"] == true {
        verdict.recorded += 1;
        return;
    }
    if exchange["spoiled"] == true {
        verdict.spoiled += 1;
        return;
    }
    verdict.judged += 1;
    let chosen: Vec<&Document> = documents
        .iter()
        .filter(|document| document.serves(text("deployment"), text("version")))
        .collect();
    let found = chosen.iter().find_map(|document| {
        document
            .find_operation(text("method"), path)
            .map(|operation| (*document, operation))
    });
    let status = exchange["status"].as_u64().unwrap_or_default();
    let Some((document, operation)) = found else {
        let name = format!(
            "{} {}",
            text("deployment"),
            format::strip_ids(text("method"), path)
        );
        // What does not exist, or not by this method, has no document either.
        if !matches!(status, 404 | 405) && !allowed::is_undocumented(text("deployment"), text("method"), path)
        {
            verdict.operations.insert(name.clone());
            breach(
                verdict,
                &name,
                status,
                "no document knows this path",
                exchange,
                "",
            );
        }
        return;
    };
    let name = format!("{} {}", document.name, operation.name);
    verdict.operations.insert(name.clone());
    for finding in document.judge(&operation, exchange) {
        match allowed::find(
            document.kind,
            &operation.name,
            status,
            &finding.pointer,
            &finding.text,
        ) {
            Some(index) => {
                verdict.used.insert(index);
            }
            None => breach(
                verdict,
                &name,
                status,
                &format!("{} {}", finding.pointer, finding.text),
                exchange,
                &finding.value,
            ),
        }
    }
}

fn breach(verdict: &mut Verdict, name: &str, status: u64, what: &str, exchange: &Value, value: &str) {
    verdict.broken.insert(name.to_owned());
    let entry = verdict
        .breaches
        .entry(format!("{name} -> {status}: {what}"))
        .or_default();
    entry.count += 1;
    if entry.count == 1 {
        let query = exchange["query"].as_str().unwrap_or_default();
        entry.example = format!(
            "{}?{query}  {value}",
            exchange["path"].as_str().unwrap_or_default()
        );
    }
}

fn report(verdict: &Verdict, extent: Extent) -> Outcome {
    for (what, breach) in &verdict.breaches {
        println!(
            "judge: {what}  ({} times)\n         {}",
            breach.count, breach.example
        );
    }
    let needless = allowed::list_needless(&verdict.used, &verdict.operations, extent);
    for line in &needless {
        println!("judge: the list of known defects allows what nothing needed: {line}");
    }
    println!(
        "judge: {} exchanges judged on {} operations; left out: {} spoiled on purpose, {} replayed",
        verdict.judged,
        verdict.operations.len(),
        verdict.spoiled,
        verdict.recorded
    );
    let needless = if extent == Extent::Whole {
        needless.len()
    } else {
        0
    };
    let failed = verdict.broken.len() + needless;
    println!(
        "{} passed, {failed} failed",
        verdict.operations.len() - verdict.broken.len()
    );
    if !verdict.broken.is_empty() || verdict.judged == 0 {
        Err("judge: the sandbox does not keep the contract of the documents".to_owned())
    } else if needless > 0 {
        Err("judge: take what nothing needed off the list in xtask/src/judge/allowed.rs".to_owned())
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(judged: usize) -> Verdict {
        Verdict {
            judged,
            operations: BTreeSet::from(["Cloud platform GET /rest/api/3/field".to_owned()]),
            ..Verdict::default()
        }
    }

    #[test]
    fn what_nothing_needed_fails_a_whole_run_only() {
        assert!(report(&verdict(1), Extent::Part).is_ok());
        let refused = report(&verdict(1), Extent::Whole).unwrap_err();
        assert!(refused.contains("allowed.rs"), "{refused}");
        assert!(
            report(&verdict(0), Extent::Part).is_err(),
            "nothing to judge is no success"
        );
        let mut broken = verdict(1);
        broken.broken.insert("GET /rest/api/3/field".to_owned());
        assert!(report(&broken, Extent::Part).is_err());
    }

    #[test]
    fn a_part_names_what_its_operations_did_not_need() {
        let operations = verdict(1).operations;
        let part = allowed::list_needless(&BTreeSet::new(), &operations, Extent::Part);
        let whole = allowed::list_needless(&BTreeSet::new(), &operations, Extent::Whole);
        assert_eq!(part.len(), 1, "{part:?}");
        assert!(whole.len() > 10 && whole.contains(&part[0]));
    }
}
