//! The query of a request against the parameters that a document describes.
//!
//! A name that is not described is a breach whatever the answer was; a required one that is missing and a
//! value of another type only where the sandbox took the request. Values of lists are not looked into: Jira
//! takes them with commas and repeated.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::Finding;

/// Everything in which a query differs from the lists of parameters.
pub fn judge(lists: &[&Value], query: &str, taken: bool) -> Vec<Finding> {
    let described: Vec<&Value> = lists
        .iter()
        .flat_map(|list| list.as_array().into_iter().flatten())
        .filter(|parameter| parameter["in"] == "query")
        .collect();
    let sent: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let mut findings = Vec::new();
    for (name, value) in &sent {
        let Some(parameter) = described
            .iter()
            .find(|parameter| parameter["name"] == name.as_ref())
        else {
            findings.push(tell(name, "unknown query parameter", value));
            continue;
        };
        if taken && !fits(&parameter["schema"], value) {
            findings.push(tell(name, "value is not of the parameter's type", value));
        }
    }
    let names: BTreeSet<&str> = sent.iter().map(|(name, _)| name.as_ref()).collect();
    let required = described.iter().filter(|parameter| parameter["required"] == true);
    for parameter in required {
        let name = parameter["name"].as_str().unwrap_or_default();
        if taken && !names.contains(name) {
            findings.push(tell(name, "missing query parameter", ""));
        }
    }
    findings
}

fn tell(name: &str, text: &str, value: &str) -> Finding {
    Finding {
        pointer: format!("query/{name}"),
        text: text.to_owned(),
        value: value.chars().take(160).collect(),
    }
}

fn fits(schema: &Value, value: &str) -> bool {
    match schema["type"].as_str() {
        Some("integer") => value.parse::<i64>().is_ok(),
        // Jira reads them without regard to case, and clients in Python write them with a capital.
        Some("boolean") => ["true", "false"]
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word)),
        Some("string") => schema["enum"]
            .as_array()
            .is_none_or(|options| options.iter().any(|option| is_option(option, value))),
        _ => true,
    }
}

/// Jira reads yes and no without regard to case, and clients in Python write them with a capital.
fn is_truth(value: &str) -> bool {
    ["true", "false"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word))
}

fn is_option(option: &Value, value: &str) -> bool {
    option
        .as_str()
        .is_some_and(|option| option == value || (is_truth(option) && option.eq_ignore_ascii_case(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(query: &str, taken: bool) -> Vec<String> {
        let own = json!([
            {"name": "jql", "in": "query", "required": true, "schema": {"type": "string"}},
            {"name": "startAt", "in": "query", "schema": {"type": "integer"}},
            {"name": "type", "in": "query", "schema": {"type": "string", "enum": ["scrum", "kanban"]}},
            {"name": "fields", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
            {"name": "issueIdOrKey", "in": "path", "schema": {"type": "string"}},
        ]);
        let shared = json!([{"name": "dry run", "in": "query", "schema": {"type": "boolean"}}]);
        let findings = judge(&[&own, &shared], query, taken);
        findings
            .into_iter()
            .map(|finding| format!("{} {}", finding.pointer, finding.text))
            .collect()
    }

    #[test]
    fn what_is_described_is_no_finding() {
        let query = "jql=a%20%3D%20%22b%22&startAt=5&type=scrum&fields=a,b&fields=c&dry+run=true";
        assert_eq!(told(query, true), Vec::<String>::new());
    }

    #[test]
    fn a_name_that_nobody_describes_is_told_whatever_the_answer() {
        for taken in [true, false] {
            assert_eq!(
                told("jql=a&issueIdOrKey=A-1", taken),
                ["query/issueIdOrKey unknown query parameter"]
            );
        }
    }

    #[test]
    fn what_was_refused_may_lack_or_miswrite_something() {
        let query = "startAt=many&type=agile&dry%20run=yes";
        assert_eq!(told(query, false), Vec::<String>::new());
        assert_eq!(
            told(query, true),
            [
                "query/startAt value is not of the parameter's type",
                "query/type value is not of the parameter's type",
                "query/dry run value is not of the parameter's type",
                "query/jql missing query parameter",
            ]
        );
    }
}
