//! Questions about JQL itself: does it parse, which names does it know.

use serde_json::{Value, json};

use super::{
    super::{answer::Answer, jql},
    Call,
};

/// `POST /jql/parse` (Cloud): the errors of each query; `validation=none` asks for syntax alone.
pub(super) fn parse(call: &Call<'_>) -> Answer {
    let Some(queries) = call.body["queries"]
        .as_array()
        .filter(|queries| !queries.is_empty())
    else {
        return Answer::error(400, "At least one query must be provided.");
    };
    let Some(validation) = call.params.find("validation") else {
        return Answer::error(400, "The 'validation' query parameter is required.");
    };
    let viewer = call.viewer();
    let parsed: Vec<Value> = queries
        .iter()
        .map(|query| {
            let text = query.as_str().unwrap_or_default();
            match jql::parse_query(text) {
                Err(message) => json!({"query": text, "errors": [message]}),
                Ok(query) => {
                    let problems = if validation == "none" {
                        Vec::new()
                    } else {
                        jql::compile(&query, &viewer).problems
                    };
                    match (problems.is_empty(), validation) {
                        (true, _) => json!({"query": text, "structure": {}}),
                        (false, "warn") => json!({"query": text, "structure": {}, "warnings": problems}),
                        (false, _) => json!({"query": text, "errors": problems}),
                    }
                }
            }
        })
        .collect();
    Answer::ok(json!({"queries": parsed}))
}

const FUNCTIONS: [(&str, &str, bool); 4] = [
    ("currentUser()", "com.atlassian.jira.user.ApplicationUser", false),
    (
        "openSprints()",
        "com.atlassian.greenhopper.service.sprint.Sprint",
        true,
    ),
    ("now()", "java.util.Date", false),
    ("startOfDay()", "java.util.Date", false),
];

const WORDS: [&str; 12] = [
    "empty", "and", "or", "in", "not", "is", "null", "by", "order", "asc", "desc", "was",
];

/// Names for an editor of queries.
pub(super) fn autocomplete(call: &Call<'_>) -> Answer {
    let fields: Vec<Value> = call
        .world
        .fields
        .iter()
        .filter(|field| field["searchable"] == true)
        .flat_map(|field| {
            let clauses = field["clauseNames"].as_array().cloned().unwrap_or_default();
            clauses.into_iter().map(|clause| {
                let mut entry = json!({
                    "value": clause, "displayName": format!("{} - {}", field["name"].as_str().unwrap_or_default(), clause.as_str().unwrap_or_default()),
                    "orderable": "true", "searchable": "true", "auto": "true",
                    "operators": ["=", "!=", "in", "not in", "is", "is not"],
                    "types": ["java.lang.String"],
                });
                if field["custom"] == true
                    && let Some(number) = clause.as_str().filter(|name| name.starts_with("cf["))
                {
                    entry["cfid"] = Value::from(number);
                }
                entry
            })
        })
        .collect();
    let functions: Vec<Value> = FUNCTIONS
        .iter()
        .map(|(name, kind, list)| {
            let mut entry = json!({"value": name, "displayName": name, "types": [kind]});
            if *list {
                entry["isList"] = Value::from("true");
            }
            entry
        })
        .collect();
    Answer::ok(json!({
        "visibleFieldNames": fields, "visibleFunctionNames": functions, "jqlReservedWords": WORDS,
    }))
}
