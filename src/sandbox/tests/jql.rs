//! The query language, on the Data Center site where totals are exact.

use super::harness::{Bench, CLOUD, DC};

async fn total(bench: &Bench, who: &str, jql: &str) -> usize {
    let query: String = url::form_urlencoded::byte_serialize(jql.as_bytes()).collect();
    let got = bench
        .get(DC, who, &format!("/rest/api/2/search?maxResults=0&jql={query}"))
        .await;
    assert_eq!(got.status, 200, "{jql}: {}", got.text);
    usize::try_from(got.json(200)["total"].as_u64().unwrap()).unwrap()
}

#[tokio::test]
async fn clauses_divide_the_world() {
    let bench = Bench::start().await;
    for (jql, want) in [
        ("project = TRIP", 290),
        ("project = \"TRIP\"", 290),
        ("project = 10100", 290),
        ("project in (TRIP, 'PAY')", 500),
        ("project != TRIP", 310),
        ("project not in (TRIP, PAY)", 100),
        ("not project = TRIP", 310),
        ("project = TRIP and issuetype in (10004, 10005)", 86),
        ("project = TRIP AND (type = Bug OR type = \"Incident\")", 86),
        ("id > 20600", 0),
        ("id >= 20001", 600),
        ("id > 20100 and id <= 20110 order by id asc", 10),
        ("key = TRIP-1", 1),
        ("key in (TRIP-1, PAY-2, 20003)", 3),
        ("sprint is empty or sprint is not empty", 600),
        ("summary ~ \"Arabic\" or project = OPS", 100),
        ("created >= 0 and updated >= 1000000000000", 600),
        ("updated > 4102444800000", 0),
        ("created > \"2030-01-01\"", 0),
        ("created <= '2030/01/01 00:00'", 600),
        ("", 600),
    ] {
        assert_eq!(total(&bench, "ada", jql).await, want, "{jql}");
    }
    for field in [
        "status",
        "priority",
        "resolution",
        "labels",
        "fixVersion",
        "sprint",
        "duedate",
        "cf[10030]",
        "Severity",
        "\"Target date\"",
        "cf[10032]",
    ] {
        let empty = total(&bench, "ada", &format!("{field} is EMPTY")).await;
        let filled = total(&bench, "ada", &format!("{field} is not null")).await;
        assert_eq!(empty + filled, 600, "{field}");
        assert!(filled > 0, "{field}");
    }
    let high = total(&bench, "ada", "priority = High").await;
    assert!(high > 50 && high == total(&bench, "ada", "priority = 2").await);
    let by_name = total(&bench, "ada", "status = \"In Progress\"").await;
    let by_id = total(&bench, "ada", "status in (3, 10022, 10041)").await;
    assert_eq!(by_name, by_id);
    assert!(total(&bench, "ada", "fixVersion = 10302 and sprint = 305").await > 0);
    assert!(total(&bench, "ada", "cf[10030] = \"S1 Outage\" and labels = mobile").await > 0);
    assert_eq!(total(&bench, "rhea", "").await, 210, "only the project she sees");
}

#[tokio::test]
async fn order_by_several_fields() {
    let bench = Bench::start().await;
    let page = bench.ada(DC, "/rest/api/2/search?jql=project%3DTRIP%20order%20by%20updated%20ASC,%20id%20DESC&fields=updated&maxResults=300").await;
    let times: Vec<i64> = page["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| {
            let text = issue["fields"]["updated"].as_str().unwrap();
            jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text)
                .unwrap()
                .as_millisecond()
        })
        .collect();
    assert!(times.is_sorted() && times.len() == 290);
    let keys = bench
        .ada(
            DC,
            "/rest/api/2/search?jql=project%3DPAY%20order%20by%20key&fields=id&maxResults=3",
        )
        .await;
    let keys: Vec<_> = keys["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["key"].clone())
        .collect();
    assert_eq!(keys, ["PAY-1", "PAY-2", "PAY-3"]);
}

#[tokio::test]
async fn quoted_dates_mean_the_callers_zone() {
    let bench = Bench::start().await;
    let site = bench.sandbox.world();
    let fields = serde_json::json!({"created": "2026-11-19T23:30:00.000+0000"});
    site.data_center()
        .edit_issue("PAY-1", fields.as_object().unwrap());
    let jql = "key = PAY-1 and created >= \"2026-11-20\"";
    assert_eq!(total(&bench, "ada", jql).await, 1, "already the 20th in Berlin");
    assert_eq!(
        total(&bench, "quentin", jql).await,
        0,
        "still the 19th in New York"
    );
}

#[tokio::test]
async fn mistakes_are_named() {
    let bench = Bench::start().await;
    for (jql, want) in [
        (
            "project = NOPE",
            "The value 'NOPE' does not exist for the field 'project'.",
        ),
        (
            "issuetype = 99",
            "The value '99' does not exist for the field 'issuetype'.",
        ),
        (
            "colour = red",
            "Field 'colour' does not exist or you do not have permission to view it.",
        ),
        ("project = TRIP order by colour", "Field 'colour' does not exist"),
        ("project = AND", "You must surround 'AND' in quotation marks"),
        ("project = select", "reserved JQL word"),
        ("project TRIP", "Error in the JQL Query"),
        ("(project = TRIP", "Error in the JQL Query"),
        ("summary ~ \"open", "quoted string"),
        ("created > yesterday", "Date value 'yesterday'"),
        ("key = TRIP-9999", "does not exist"),
        ("assignee = membersOf()", "Unable to find JQL function"),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(jql.as_bytes()).collect();
        let got = bench
            .get(CLOUD, "ada", &format!("/rest/api/3/search/jql?jql={query}"))
            .await;
        let message = got.message(400);
        assert!(message.contains(want), "{jql}: {message}");
    }
    let deep = format!("{}project = TRIP{}", "(".repeat(500), ")".repeat(500));
    let got = bench
        .post(
            CLOUD,
            "ada",
            "/rest/api/3/search/jql",
            serde_json::json!({"jql": deep}),
        )
        .await;
    assert!(got.message(400).contains("nested too deeply"));
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in ".{0,80}") {
        let _parsed_or_refused = crate::sandbox::jql::parse_query(&text);
    }

    #[test]
    fn any_quoted_value_survives(value in ".{1,40}") {
        let quoted = crate::sandbox::jql::query::quote(&value);
        let query = crate::sandbox::jql::parse_query(&format!("summary ~ {quoted}")).unwrap();
        let (shown, wanted) = (format!("{query:?}"), format!("{value:?}"));
        assert!(shown.contains(&wanted), "{shown}");
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of clauses")]
async fn people_parents_and_days_are_told_apart() {
    let bench = Bench::start().await;
    // The facts are counted from the issues themselves.
    let all = "/rest/api/2/search?maxResults=1000&fields=reporter,assignee,parent,duedate,resolutiondate,created&jql=project%20in%20(PAY,TRIP)%20order%20by%20id";
    let mut issues = Vec::new();
    for start in [0, 100, 200, 300, 400, 500] {
        let page = bench.ada(DC, &format!("{all}&startAt={start}")).await;
        let list = page["issues"].as_array().unwrap();
        issues.extend(
            list.iter()
                .filter(|one| !issues.contains(*one))
                .cloned()
                .collect::<Vec<_>>(),
        );
    }
    let count =
        |fits: &dyn Fn(&serde_json::Value) -> bool| issues.iter().filter(|one| fits(&one["fields"])).count();
    let scope = "project in (PAY, TRIP) and ";
    let parent = issues
        .iter()
        .find_map(|one| one["fields"]["parent"]["key"].as_str())
        .unwrap()
        .to_owned();
    let stamp = issues[0]["fields"]["created"].as_str().unwrap().to_owned();
    let minute = format!("{} {}", &stamp[..10], &stamp[11..16]);
    let time = |value: &serde_json::Value| value.as_str().and_then(crate::sandbox::world::parse_time);
    let now = jiff::Timestamp::strptime(
        "%Y-%m-%dT%H:%M:%S%.f%z",
        bench.ada(DC, "/rest/api/2/serverInfo").await["serverTime"]
            .as_str()
            .unwrap(),
    )
    .unwrap();
    let week = now.as_millisecond() + 7 * 86_400_000;
    let wants = [
        (
            "assignee = currentUser()".to_owned(),
            count(&|f| f["assignee"]["name"] == "ada"),
        ),
        (
            "reporter = currentUser()".to_owned(),
            count(&|f| f["reporter"]["name"] == "ada"),
        ),
        (
            "reporter = quentin".to_owned(),
            count(&|f| f["reporter"]["name"] == "quentin"),
        ),
        (
            "reporter = \"Quentin Marsh\"".to_owned(),
            count(&|f| f["reporter"]["name"] == "quentin"),
        ),
        (
            format!("parent = {parent}"),
            count(&|f| f["parent"]["key"] == parent.as_str()),
        ),
        (
            "resolved is not empty".to_owned(),
            count(&|f| f["resolutiondate"].is_string()),
        ),
        (
            "due <= 7d".to_owned(),
            count(&|f| time(&f["duedate"]).is_some_and(|due| due <= week)),
        ),
        (format!("created >= \"{minute}\" and created < \"{minute}\""), 0),
    ];
    for (jql, want) in wants {
        assert_eq!(
            total(&bench, "ada", &format!("{scope}{jql}")).await,
            want,
            "{jql}"
        );
    }
    let key = issues[0]["key"].as_str().unwrap();
    let zone = bench.ada(DC, "/rest/api/2/myself").await["timeZone"]
        .as_str()
        .unwrap()
        .to_owned();
    let own = jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", &stamp)
        .unwrap()
        .in_tz(&zone)
        .unwrap();
    let (minute, next) = (
        own.strftime("%Y-%m-%d %H:%M").to_string(),
        (own + jiff::SignedDuration::from_mins(1))
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
    );
    for (jql, want) in [
        (format!("key = {key} and created >= \"{minute}\""), 1),
        (format!("key = {key} and created >= \"{next}\""), 0),
        (format!("key = {key} and created < \"{next}\""), 1),
    ] {
        assert_eq!(total(&bench, "ada", &jql).await, want, "{jql} in {zone}");
    }
    // Days begin at midnight of the caller's zone. Two issues are touched, so that today is not empty.
    for key in ["OPS-1", "OPS-2"] {
        let edit = serde_json::json!({"labels": ["today"]});
        let sites = bench.sandbox.world();
        assert!(sites.data_center().edit_issue(key, edit.as_object().unwrap()));
    }
    let page = bench
        .ada(
            DC,
            "/rest/api/2/search?maxResults=1000&fields=updated&jql=order%20by%20id",
        )
        .await;
    let updated: Vec<i64> = page["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| time(&one["fields"]["updated"]).unwrap())
        .collect();
    assert_eq!(updated.len(), 600);
    let midnight = now.in_tz(&zone).unwrap().start_of_day().unwrap();
    let after = |days: i64| {
        let begin = midnight.saturating_sub(jiff::Span::new().days(days));
        let begin = begin.timestamp().as_millisecond();
        updated.iter().filter(|at| **at >= begin).count()
    };
    assert!(
        after(0) >= 2 && after(30) > after(0) && after(30) < 600,
        "the days differ"
    );
    for days in [0, 1, 7, 30] {
        let start = if days == 0 {
            "startOfDay()".to_owned()
        } else {
            format!("startOfDay(-{days})")
        };
        for (jql, want) in [
            (format!("updated >= {start}"), after(days)),
            (format!("updated < {start}"), 600 - after(days)),
            (
                format!("updated >= {start} and updated < startOfDay()"),
                after(days) - after(0),
            ),
        ] {
            assert_eq!(total(&bench, "ada", &jql).await, want, "{jql}");
        }
    }
    assert_eq!(
        total(
            &bench,
            "ada",
            "created > startOfDay(-1) and created > startOfDay(1)"
        )
        .await,
        0
    );
}
