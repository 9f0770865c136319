//! A value of every kind of field, good and bad, on both sites and in every version of the platform.
//!
//! One line of the table is one kind of schema that create metadata can show; the work item type *Request*
//! has them all.

use serde_json::{Value, json};

use super::{
    super::harness::{Bench, CLOUD, DC},
    call, control,
    kind_rows::list_rows,
};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "every step of one row")]
async fn every_kind_of_field_takes_its_value_and_refuses_another() {
    let bench = Bench::start().await;
    for (site, api) in [(CLOUD, 3), (CLOUD, 2), (DC, 2)] {
        // Nobody can be kept from a third write in a row by a limit that is no part of this.
        control(&bench, site, "limits", json!({"per_issue": false})).await;
        control(
            &bench,
            site,
            "security-level",
            json!({"id": "10900", "name": "Board", "people": ["ada"]}),
        )
        .await;
        let root = format!("/rest/api/{api}");
        let project = bench.ada(site, &format!("{root}/project/TRIP")).await;
        let kinds = project["issueTypes"].as_array().unwrap();
        let kind = kinds.iter().find(|kind| kind["name"] == "Request").unwrap()["id"].clone();
        let meta = format!(
            "{root}/issue/createmeta/TRIP/issuetypes/{}?maxResults=200",
            kind.as_str().unwrap()
        );
        let meta = bench.ada(site, &meta).await;
        let screen = meta[if site == CLOUD { "fields" } else { "values" }]
            .as_array()
            .unwrap()
            .clone();
        let person = bench
            .get(site, "quentin", &format!("{root}/myself"))
            .await
            .json(200);
        let release = project["versions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|version| version["archived"] == false)
            .unwrap();
        let components = bench.ada(site, &format!("{root}/project/TRIP/components")).await;
        let mut rows = list_rows(site, api, &person, release, &components[0]);
        // Ids of sprints and epics are the world's own.
        let sprint = bench
            .ada(site, "/rest/agile/1.0/board/84/sprint?state=future,active")
            .await["values"][0]["id"]
            .clone();
        for row in rows.iter_mut().filter(|row| row.0 == "customfield_10020") {
            (row.1, row.3) = (sprint.clone(), sprint.clone());
            row.2 = if site == CLOUD { "/0/id" } else { "/0" };
        }
        if site == DC {
            let epics = bench
                .ada(
                    site,
                    "/rest/api/2/search?jql=project%3DTRIP%20and%20issuetype%3DEpic&maxResults=1",
                )
                .await;
            for row in rows.iter_mut().filter(|row| row.0 == "customfield_10014") {
                (row.1, row.3) = (
                    epics["issues"][0]["key"].clone(),
                    epics["issues"][0]["key"].clone(),
                );
            }
        }
        for (field, good, place, shown, bad) in rows {
            let label = format!("{field} at {site} by version {api}");
            let entry = screen
                .iter()
                .find(|entry| entry["fieldId"] == field)
                .unwrap_or_else(|| panic!("{label} is on no screen"));
            assert!(
                field == "summary" || entry["required"] == false,
                "{label} is required"
            );
            let post = |value: &Value| {
                let mut fields =
                    json!({"project": {"key": "TRIP"}, "issuetype": {"id": kind}, "summary": "A request"});
                fields[field] = value.clone();
                let path = format!("{root}/issue");
                let bench = &bench;
                async move { call(bench, site, "ada", "POST", &path, json!({"fields": fields})).await }
            };
            let made = post(&good).await;
            assert_eq!(made.status, 201, "{label}: {}", made.text);
            let key = made.json(201)["key"].as_str().unwrap().to_owned();
            let path = format!("{root}/issue/{key}");
            let own = bench.ada(site, &path).await["fields"][field].clone();
            let found = own.pointer(place).cloned().unwrap_or_default();
            if field == "customfield_10020" && site == DC {
                assert!(
                    found
                        .as_str()
                        .unwrap_or_default()
                        .contains(&format!("[id={shown},")),
                    "{label}: {own}"
                );
            } else if field == "customfield_10032" {
                let read = |value: &Value| crate::sandbox::world::parse_time(value.as_str().unwrap());
                assert_eq!(read(&found), read(&shown), "{label}: {own}");
            } else {
                assert_eq!(found, shown, "{label}: {own}");
            }
            if field != "security" {
                let cleared = if field == "summary" {
                    good.clone()
                } else {
                    Value::Null
                };
                let edited = call(
                    &bench,
                    site,
                    "ada",
                    "PUT",
                    &path,
                    json!({"fields": {field: cleared}}),
                )
                .await;
                assert_eq!(edited.status, 204, "{label}: {}", edited.text);
                let left = bench.ada(site, &path).await["fields"][field].clone();
                let bare = ["fixVersions", "versions", "components", "labels"].contains(&field);
                match field {
                    "summary" => assert_eq!(left, shown, "{label}"),
                    "timetracking" => assert_eq!(left, json!({}), "{label}"),
                    _ if bare => assert_eq!(left, json!([]), "{label}"),
                    _ => assert_eq!(left, Value::Null, "{label}"),
                }
            }
            if !bad.is_null() {
                let refused = post(&bad).await;
                assert_eq!(refused.status, 400, "{label} takes {bad}");
                let told = refused.json(400);
                assert_eq!(told["errorMessages"], json!([]), "{label}");
                let errors = told["errors"].as_object().unwrap();
                assert_eq!(
                    errors.keys().collect::<Vec<_>>(),
                    [field],
                    "{label}: {}",
                    refused.text
                );
                assert!(
                    errors[field].as_str().is_some_and(|text| !text.is_empty()),
                    "{label}"
                );
            }
        }
        let fields = json!({"project": {"key": "TRIP"}, "issuetype": {"id": kind}, "summary": "A", "customfield_10052": "x"});
        let refused = call(
            &bench,
            site,
            "ada",
            "POST",
            &format!("{root}/issue"),
            json!({"fields": fields}),
        )
        .await;
        assert_eq!(
            refused.json(400)["errors"],
            json!({"customfield_10052": "The field is read only."})
        );
    }
}

#[tokio::test]
async fn security_levels_are_offered_to_those_who_open_them() {
    let bench = Bench::start().await;
    for site in [CLOUD, DC] {
        let path = "/rest/api/2/project/TRIP/securitylevel";
        assert_eq!(bench.ada(site, path).await, json!({"levels": []}));
        control(
            &bench,
            site,
            "security-level",
            json!({"id": "10900", "name": "Board", "people": ["ada"]}),
        )
        .await;
        assert_eq!(bench.ada(site, path).await["levels"][0]["name"], "Board");
        assert_eq!(
            bench.get(site, "quentin", path).await.json(200)["levels"],
            json!([])
        );
        let meta = "/rest/api/2/issue/createmeta/TRIP/issuetypes/10002";
        assert!(bench.ada(site, meta).await.to_string().contains("\"security\""));
        assert!(
            !bench
                .get(site, "quentin", meta)
                .await
                .text
                .contains("\"security\"")
        );
        let edit = bench.ada(site, "/rest/api/2/issue/TRIP-1/editmeta").await;
        assert_eq!(edit["fields"]["security"]["allowedValues"][0]["id"], "10900");
    }
}

#[tokio::test]
async fn a_group_looks_the_same_wherever_it_is_shown() {
    // No document of Data Center has the parameter that shows the groups of `myself`.
    let bench = Bench::unjudged().await;
    for (site, api) in [(CLOUD, 3), (CLOUD, 2), (DC, 2)] {
        let root = format!("/rest/api/{api}");
        let myself = bench
            .get(site, "quentin", &format!("{root}/myself?expand=groups"))
            .await
            .json(200);
        let groups = myself["groups"]["items"].as_array().unwrap();
        let own = groups.iter().find(|group| group["name"] == "qa-leads").unwrap();
        let fields = json!({
            "project": {"key": "TRIP"}, "issuetype": {"name": "Request"}, "summary": "A request",
            "customfield_10047": {"name": "qa-leads"},
        });
        let path = format!("{root}/issue");
        let made = call(&bench, site, "quentin", "POST", &path, json!({"fields": fields}))
            .await
            .json(201);
        let issue = bench
            .ada(site, &format!("{path}/{}", made["key"].as_str().unwrap()))
            .await;
        assert_eq!(issue["fields"]["customfield_10047"], *own, "{site} {api}");
    }
}
