//! A document of our own against good and bad exchanges.

use super::*;

fn document() -> Document {
    let value = json!({
        "components": {"schemas": {
            "Person": {"type": "object", "additionalProperties": false, "required": ["id"], "properties": {
                "id": {"type": "string"},
                "type": {"type": "string", "nullable": true, "enum": ["app"]},
                "since": {"type": "string", "format": "date-time"},
                "boss": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/Person"}]},
            }},
        }},
        "paths": {
            "/rest/api/3/people/{id}": {"get": {"responses": {"200": {"content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Person"}}}}, "404": {}}}},
            "/rest/api/3/people/all": {"post": {
                "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["name"]}}}},
                "responses": {"201": {}},
            }, "get": {"responses": {"200": {}}}},
        },
    });
    Document::new("test", Kind::Cloud, Vec::new(), None, value).unwrap()
}

fn judge(method: &str, path: &str, exchange: &Value) -> Vec<String> {
    let document = document();
    let operation = document.find_operation(method, path).unwrap();
    document
        .judge(&operation, exchange)
        .into_iter()
        .map(|finding| format!("{} {}", finding.pointer, finding.text))
        .collect()
}

#[test]
fn a_good_answer_has_no_finding() {
    let boss = json!({"id": "2", "type": null});
    let answer = json!({"id": "1", "since": "2026-09-27T10:03:11.123+0200", "type": "app", "boss": boss});
    let none: [&str; 0] = [];
    let exchange = json!({"status": 200, "answer": answer});
    assert_eq!(judge("GET", "/rest/api/2/people/7", &exchange), none);
    assert_eq!(
        judge("GET", "/rest/api/3/people/7", &json!({"status": 404})),
        none
    );
    let nobody = json!({"status": 200, "answer": {"id": "1", "boss": null}});
    assert_eq!(judge("GET", "/rest/api/3/people/7", &nobody), none);
}

#[test]
fn every_kind_of_breach_is_found() {
    let answer = json!({"since": "yesterday", "type": "x", "more": 1, "boss": {"id": 5}});
    assert_eq!(
        judge(
            "GET",
            "/rest/api/3/people/7",
            &json!({"status": 200, "answer": answer})
        ),
        [
            " missing id",
            " unexpected more",
            "/boss fits none of anyOf",
            "/since format is not date-time",
            "/type value is not one of [\"app\",null]",
        ]
    );
    assert_eq!(
        judge(
            "GET",
            "/rest/api/3/people/7",
            &json!({"status": 500, "answer": {}})
        ),
        ["/ status is not documented"]
    );
    assert_eq!(
        judge(
            "POST",
            "/rest/api/3/people/all",
            &json!({"status": 201, "request": {}})
        ),
        ["request missing name"]
    );
    let refused = judge(
        "POST",
        "/rest/api/3/people/all",
        &json!({"status": 400, "request": {}}),
    );
    assert_eq!(refused, ["/ status is not documented"]);
}

#[test]
fn fixed_segments_win_and_unknown_paths_are_unknown() {
    let document = document();
    let found = |path: &str| {
        document
            .find_operation("GET", path)
            .map(|operation| operation.name)
    };
    assert_eq!(
        found("/rest/api/3/people/all").unwrap(),
        "GET /rest/api/3/people/all"
    );
    assert_eq!(
        found("/rest/api/3/people/1").unwrap(),
        "GET /rest/api/3/people/{id}"
    );
    assert_eq!(found("/rest/api/3/nothing"), None);
}

#[test]
fn versions_choose_the_nearest_document() {
    let of = |from: &str, until: Option<&str>, version: &str| {
        let until = until.map(read_version);
        let document = Document::new("test", Kind::DataCenter, read_version(from), until, json!({})).unwrap();
        document.serves("data_center", version)
    };
    assert!(of("10.4", Some("11"), "10.6.1") && of("10.4", Some("11"), "10.7.4"));
    assert!(!of("10.4", Some("11"), "11.2.1") && of("11", None, "11.2.1") && of("0", Some("10.4"), "9.12.0"));
    assert!(!of("0", None, "x") || !of("11", None, "10.3"));
}
