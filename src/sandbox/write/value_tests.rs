//! Every kind of value, as it is sent and as the issue then shows it.

use serde_json::{Value, json};

use super::*;

struct Site {
    cloud: bool,
    adf: bool,
}

impl Known for Site {
    fn is_cloud(&self) -> bool {
        self.cloud
    }
    fn takes_adf(&self) -> bool {
        self.adf
    }
    fn find_user(&self, id: &str) -> Option<Value> {
        (id == "ada").then(|| json!({"accountId": "ada"}))
    }
    fn find_group(&self, name: &str) -> Option<Value> {
        (name == "testers").then(|| json!({"name": "testers"}))
    }
    fn find_version(&self, id: &str) -> Option<Value> {
        (id == "9").then(|| json!({"id": "9", "name": "old", "archived": true}))
    }
    fn find_version_by_name(&self, _: &str) -> Option<Value> {
        None
    }
    fn find_sprint(&self, id: i64) -> Option<Value> {
        (id == 37).then(|| json!({"id": 37}))
    }
    fn find_parent(&self, key: &str) -> Option<Value> {
        (key == "A-1").then(|| json!({"key": "A-1", "fields": {"issuetype": {"name": "Epic"}}}))
    }
    fn find_project(&self, key: &str) -> Option<Value> {
        (key == "A").then(|| json!({"key": "A"}))
    }
}

const V3: Site = Site {
    cloud: true,
    adf: true,
};
const V2: Site = Site {
    cloud: true,
    adf: false,
};
const DC: Site = Site {
    cloud: false,
    adf: false,
};

fn run(site: &Site, schema: &Value, allowed: Option<&[Value]>, input: &Value) -> Result<Accepted, String> {
    let system = schema["system"].as_str();
    let field = Field {
        id: system.unwrap_or("customfield_1"),
        name: "Thing",
        schema,
        allowed,
    };
    accept(&field, input, site)
}

fn custom(kind: &str, name: &str) -> Value {
    json!({"type": kind, "custom": format!("com.atlassian.jira.plugin.system.customfieldtypes:{name}"), "customId": 1})
}

#[expect(clippy::too_many_lines, reason = "one row for each case")]
#[test]
fn values_become_what_the_issue_shows() {
    let options = [
        json!({"id": "1", "value": "One", "children": [{"id": "11", "value": "Eleven"}]}),
        json!({"id": "2", "value": "Two"}),
    ];
    let versions = [json!({"id": "5", "name": "5.0", "archived": false, "projectId": 1})];
    let list =
        |items: &str, name: &str| json!({"type": "array", "items": items, "custom": format!("x:{name}")});
    let system = |kind: &str, name: &str| json!({"type": kind, "system": name});
    let labels = json!({"type": "array", "items": "string", "system": "labels"});
    let releases = json!({"type": "array", "items": "version", "system": "fixVersions"});
    let one = json!({"id": "1", "value": "One"});
    for (schema, input, wanted) in [
        (system("string", "summary"), json!(" a "), json!("a")),
        (custom("string", "textfield"), json!("a"), json!("a")),
        (
            custom("string", "url"),
            json!("https://e.example"),
            json!("https://e.example"),
        ),
        (custom("number", "float"), json!(42.5), json!(42.5)),
        (
            custom("date", "datepicker"),
            json!("2026-12-31"),
            json!("2026-12-31"),
        ),
        (custom("option", "select"), json!({"id": "1"}), one.clone()),
        (
            custom("option", "radiobuttons"),
            json!({"value": "One"}),
            one.clone(),
        ),
        (custom("option", "select"), json!({"id": 1}), one.clone()),
        (
            list("option", "multiselect"),
            json!([{"id": "1"}, {"id": "1"}]),
            json!([one]),
        ),
        (list("option", "multiselect"), json!([]), Value::Null),
        (
            custom("option-with-child", "cascadingselect"),
            json!({"id": "1", "child": {"id": "11"}}),
            json!({"id": "1", "value": "One", "child": {"id": "11", "value": "Eleven"}}),
        ),
        (labels.clone(), json!(["b", "a", "b"]), json!(["a", "b"])),
        (labels, Value::Null, json!([])),
        (
            custom("user", "userpicker"),
            json!({"accountId": "ada"}),
            json!({"accountId": "ada"}),
        ),
        (
            list("user", "multiuserpicker"),
            json!([{"id": "ada"}]),
            json!([{"accountId": "ada"}]),
        ),
        (
            custom("group", "grouppicker"),
            json!({"name": "testers"}),
            json!({"name": "testers"}),
        ),
        (
            custom("project", "project"),
            json!({"key": "A"}),
            json!({"key": "A"}),
        ),
        (
            system("issuelink", "parent"),
            json!({"key": "A-1"}),
            json!({"key": "A-1", "fields": {"issuetype": {"name": "Epic"}}}),
        ),
        (
            json!({"type": "any", "custom": "x:gh-epic-link"}),
            json!("A-1"),
            json!("A-1"),
        ),
        (
            json!({"type": "array", "items": "json", "custom": "x:gh-sprint"}),
            json!(37),
            json!([{"id": 37}]),
        ),
        (
            system("timetracking", "timetracking"),
            json!({"originalEstimate": "1d 2h"}),
            json!({
            "originalEstimate": "1d 2h", "originalEstimateSeconds": 36000,
            "remainingEstimate": "1d 2h", "remainingEstimateSeconds": 36000}),
        ),
        (
            json!({"type": "any", "custom": "x:team"}),
            json!({"odd": [1]}),
            json!({"odd": [1]}),
        ),
    ] {
        let got = run(&V3, &schema, Some(&options), &input);
        assert_eq!(got.map(|accepted| accepted.value), Ok(wanted), "{schema} {input}");
    }
    let got = run(&V3, &releases, Some(&versions), &json!([{"name": "5.0"}])).unwrap();
    assert_eq!(got.value, json!([{"id": "5", "name": "5.0", "archived": false}]));
    let time = run(
        &V3,
        &custom("datetime", "datetime"),
        None,
        &json!("2026-12-31T14:30:00.000+0000"),
    )
    .unwrap();
    assert_eq!(time.value, "2026-12-31T15:30:00.000+0100");
}

#[test]
fn rich_text_has_the_form_of_the_platform() {
    let schema = custom("string", "textarea");
    let document = json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "a", "marks": [{"type": "strong"}]}]}]});
    let both = Accepted {
        value: document.clone(),
        wiki: Some(json!("*a*")),
    };
    assert_eq!(run(&V3, &schema, None, &document), Ok(both.clone()));
    assert_eq!(run(&V2, &schema, None, &json!("*a*")), Ok(both));
    assert_eq!(run(&DC, &schema, None, &json!("*a*")), Ok(json!("*a*").into()));
    assert_eq!(
        run(&V3, &schema, None, &json!("*a*")),
        Err(text::NOT_A_DOCUMENT.to_owned())
    );
    assert_eq!(
        run(&V2, &schema, None, &document),
        Err("Operation value must be a string".to_owned())
    );
    let long = "x".repeat(32_768);
    assert!(
        run(&DC, &schema, None, &json!(long))
            .unwrap_err()
            .contains("32,767")
    );
}

#[expect(clippy::too_many_lines, reason = "one row for each case")]
#[test]
fn bad_values_are_named() {
    let options = [json!({"id": "1", "value": "One"})];
    let system = |kind: &str, name: &str| json!({"type": kind, "system": name});
    let labels = json!({"type": "array", "items": "string", "system": "labels"});
    let releases = json!({"type": "array", "items": "version", "system": "fixVersions"});
    for (schema, input, wanted) in [
        (
            system("string", "summary"),
            json!(" "),
            "You must specify a summary of the issue.",
        ),
        (system("string", "summary"), json!("a\nb"), "newline"),
        (
            system("string", "summary"),
            json!("x".repeat(256)),
            "less than 255",
        ),
        (system("string", "summary"), json!(5), "must be a string"),
        (custom("string", "textfield"), json!("x".repeat(256)), "255"),
        (custom("string", "url"), json!("no url"), "URL"),
        (custom("string", "readonlyfield"), json!("a"), "read only"),
        (custom("number", "float"), json!("5"), "must be a number"),
        (
            custom("date", "datepicker"),
            json!("31.12.2026"),
            "Error parsing date string: 31.12.2026",
        ),
        (
            custom("date", "datepicker"),
            json!("2026-02-30"),
            "Error parsing date string",
        ),
        (
            custom("datetime", "datetime"),
            json!("2026-02-03"),
            "Error parsing time",
        ),
        (
            custom("option", "select"),
            json!({"id": "7"}),
            "Option id '7' is not valid",
        ),
        (
            custom("option", "select"),
            json!({"value": "Seven"}),
            "Option value 'Seven' is not valid",
        ),
        (
            custom("option", "select"),
            json!("One"),
            "Specify a valid 'id' or 'value' for Thing",
        ),
        (
            system("priority", "priority"),
            json!({"id": "7"}),
            "The priority selected is invalid.",
        ),
        (
            system("priority", "priority"),
            json!({"name": "Big"}),
            "Priority name 'Big' is not valid",
        ),
        (
            custom("option-with-child", "cascadingselect"),
            json!({"id": "1", "child": {"id": "9"}}),
            "Child Option",
        ),
        (
            releases.clone(),
            json!([{"id": "8"}]),
            "Version id '8' is not valid",
        ),
        (releases.clone(), json!([{"id": "9"}]), "Version old is archived."),
        (releases, json!({"id": "8"}), "data was not an array"),
        (
            labels,
            json!(["a b"]),
            "The label 'a b' contains spaces which is invalid.",
        ),
        (
            system("user", "reporter"),
            json!({"accountId": "x"}),
            "The reporter specified is not a user.",
        ),
        (
            custom("user", "userpicker"),
            json!({"accountId": "x"}),
            "User 'x' does not exist.",
        ),
        (
            system("issuelink", "parent"),
            json!({"key": "A-9"}),
            "Could not find issue by id or key.",
        ),
        (
            json!({"type": "array", "items": "json", "custom": "x:gh-sprint"}),
            json!("37"),
            "Number value expected as the Sprint id.",
        ),
        (
            json!({"type": "array", "items": "json", "custom": "x:gh-sprint"}),
            json!(38),
            "does not exist",
        ),
        (
            system("timetracking", "timetracking"),
            json!({"originalEstimate": "soon"}),
            "not a valid time duration",
        ),
    ] {
        let got = run(&V3, &schema, Some(&options), &input).unwrap_err();
        assert!(got.contains(wanted), "{schema} {input}: {got}");
    }
}
