//! Every kind of field with a value that it takes, a value that it refuses, and what Jira says of that.

use serde_json::{Value, json};

use super::super::harness::CLOUD;

/// Field, good value, where the issue shows what of it, bad value (null: none is known to be refused).
type Row = (&'static str, Value, &'static str, Value, Value);

fn rich(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
}

#[expect(clippy::too_many_lines, reason = "a table of fields")]
pub(super) fn list_rows(
    site: usize,
    api: u8,
    person: &Value,
    release: &Value,
    component: &Value,
) -> Vec<Row> {
    let cloud = site == CLOUD;
    let formatted = if api == 3 { rich("Text") } else { json!("Text") };
    let wrong = if api == 3 { json!("Text") } else { rich("Text") };
    let user = if cloud { "accountId" } else { "name" };
    let own = person[user].clone();
    let nobody = json!({user: "nobody"});
    let user_place: &'static str = if cloud { "/accountId" } else { "/name" };
    let users_place: &'static str = if cloud { "/0/accountId" } else { "/0/name" };
    let option = |id: &str| json!({"id": id});
    let gone = json!({"id": "99999"});
    let id = release["id"].clone();
    let part = component["id"].clone();
    let mut rows: Vec<Row> = vec![
        ("summary", json!("Short"), "", json!("Short"), json!("two\nlines")),
        (
            "description",
            formatted.clone(),
            "",
            formatted.clone(),
            wrong.clone(),
        ),
        (
            "environment",
            formatted.clone(),
            "",
            formatted.clone(),
            wrong.clone(),
        ),
        ("customfield_10034", formatted.clone(), "", formatted, wrong),
        ("customfield_10036", json!("Plain"), "", json!("Plain"), json!(5)),
        (
            "customfield_10044",
            json!("https://e.example/x"),
            "",
            json!("https://e.example/x"),
            json!("no link"),
        ),
        ("customfield_10035", json!(42.5), "", json!(42.5), json!("many")),
        (
            "duedate",
            json!("2026-12-31"),
            "",
            json!("2026-12-31"),
            json!("31.12.2026"),
        ),
        (
            "customfield_10031",
            json!("2026-12-31"),
            "",
            json!("2026-12-31"),
            json!("soon"),
        ),
        (
            "customfield_10032",
            json!("2026-12-31T14:30:00.000+0000"),
            "",
            json!("2026-12-31T14:30:00.000+0000"),
            json!("noon"),
        ),
        ("priority", option("2"), "/id", json!("2"), gone.clone()),
        (
            "customfield_10030",
            option("10142"),
            "/id",
            json!("10142"),
            gone.clone(),
        ),
        (
            "customfield_10042",
            option("10185"),
            "/value",
            json!("Web"),
            gone.clone(),
        ),
        (
            "customfield_10042",
            json!({"value": "Phone"}),
            "/id",
            json!("10186"),
            json!({"value": "Fax"}),
        ),
        (
            "customfield_10033",
            json!([{"id": "10171"}]),
            "/0/id",
            json!("10171"),
            json!([gone]),
        ),
        (
            "customfield_10043",
            json!([{"id": "10187"}, {"value": "German"}]),
            "/1/id",
            json!("10188"),
            json!({"id": "10187"}),
        ),
        (
            "customfield_10041",
            json!({"id": "10180", "child": {"id": "10182"}}),
            "/child/value",
            json!("France"),
            json!({"id": "10180", "child": {"id": "10184"}}),
        ),
        (
            "fixVersions",
            json!([{"id": id}]),
            "/0/id",
            id.clone(),
            json!([gone]),
        ),
        (
            "versions",
            json!([{"id": id}]),
            "/0/id",
            id.clone(),
            json!([gone]),
        ),
        (
            "customfield_10049",
            json!({"id": id}),
            "/id",
            id.clone(),
            gone.clone(),
        ),
        (
            "customfield_10050",
            json!([{"id": id}]),
            "/0/id",
            id,
            json!([gone]),
        ),
        ("components", json!([{"id": part}]), "/0/id", part, json!([gone])),
        ("labels", json!(["a", "b"]), "", json!(["a", "b"]), json!(["a b"])),
        (
            "customfield_10054",
            json!(["x"]),
            "",
            json!(["x"]),
            json!(["x y"]),
        ),
        (
            "assignee",
            json!({user: own}),
            user_place,
            own.clone(),
            nobody.clone(),
        ),
        (
            "customfield_10045",
            json!({user: own}),
            user_place,
            own.clone(),
            nobody.clone(),
        ),
        (
            "customfield_10046",
            json!([{user: own}]),
            users_place,
            own,
            json!([nobody]),
        ),
        (
            "customfield_10047",
            json!({"name": "qa-leads"}),
            "/name",
            json!("qa-leads"),
            json!({"name": "nobodies"}),
        ),
        (
            "customfield_10048",
            json!([{"name": "qa-leads"}]),
            "/0/name",
            json!("qa-leads"),
            json!([{"name": "nobodies"}]),
        ),
        (
            "customfield_10051",
            json!({"key": "PAY"}),
            "/id",
            json!("10101"),
            json!({"key": "NONE"}),
        ),
        (
            "customfield_10053",
            json!({"workspace": "w", "objects": [7]}),
            "/objects/0",
            json!(7),
            Value::Null,
        ),
        (
            "timetracking",
            json!({"originalEstimate": "1d"}),
            "/originalEstimateSeconds",
            json!(28_800),
            json!({"originalEstimate": "long"}),
        ),
        ("security", option("10900"), "/name", json!("Board"), gone),
        (
            "customfield_10020",
            json!(306),
            "/0/id",
            json!(306),
            json!(99_999),
        ),
    ];
    if !cloud {
        rows.push((
            "customfield_10014",
            json!("TRIP-1"),
            "",
            json!("TRIP-1"),
            json!("TRIP-99999"),
        ));
    }
    rows
}
