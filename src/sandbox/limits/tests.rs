//! Limits by the clock of the test.

use super::*;

fn request<'a>(cloud: bool, method: &'a str, path: &'a str, now: i64) -> Request<'a> {
    Request {
        cloud,
        method,
        path,
        issue: find_written_issue(method, path).map(str::to_uppercase),
        person: Some("ada"),
        now,
    }
}

fn status(verdict: &Verdict) -> u16 {
    match verdict {
        Verdict::Pass(_) => 200,
        Verdict::Refuse(answer) => answer.status,
    }
}

fn header(verdict: &Verdict, wanted: &str) -> String {
    let headers = match verdict {
        Verdict::Pass(headers) => headers,
        Verdict::Refuse(answer) => &answer.headers,
    };
    let found = headers.iter().find(|(name, _)| *name == wanted);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

const ISSUE: &str = "/rest/api/3/issue/A-1";

#[test]
fn an_issue_takes_twenty_writes_in_two_seconds_and_a_hundred_in_thirty() {
    let limits = Limits::default();
    for _ in 0..20 {
        assert_eq!(status(&limits.take(&request(true, "PUT", ISSUE, 0))), 200);
    }
    let refused = limits.take(&request(true, "POST", "/rest/api/3/issue/a-1/comment", 500));
    assert_eq!(status(&refused), 429);
    assert_eq!(header(&refused, "ratelimit-reason"), "jira-per-issue-on-write");
    assert_eq!(header(&refused, "retry-after"), "2");
    assert_eq!(
        status(&limits.take(&request(true, "GET", ISSUE, 500))),
        200,
        "reads are free"
    );
    assert_eq!(
        status(&limits.take(&request(true, "PUT", "/rest/api/3/issue/A-2", 500))),
        200
    );
    assert_eq!(
        status(&limits.take(&request(true, "POST", "/rest/api/3/issue", 500))),
        200
    );
    for second in 1..5 {
        for _ in 0..20 {
            assert_eq!(
                status(&limits.take(&request(true, "PUT", ISSUE, second * 2_100))),
                200
            );
        }
    }
    let refused = limits.take(&request(true, "PUT", ISSUE, 11_000));
    assert_eq!(
        (status(&refused), header(&refused, "retry-after")),
        (429, "19".to_owned())
    );
    assert_eq!(
        status(&limits.take(&request(false, "PUT", ISSUE, 0))),
        200,
        "no such thing on Data Center"
    );
}

#[test]
fn bursts_count_by_endpoint_and_method() {
    let limits = Limits::default();
    let burst = HashMap::from([("GET".to_owned(), 2)]);
    limits.set(Rules {
        burst,
        ..Rules::default()
    });
    let get = |path: &str, now| limits.take(&request(true, "GET", path, now));
    assert_eq!(
        header(&get("/rest/api/3/issue/A-1", 0), "x-ratelimit-remaining"),
        "1"
    );
    let last = get("/rest/api/3/issue/A-2", 0);
    assert_eq!(
        (
            header(&last, "x-ratelimit-remaining"),
            header(&last, "x-ratelimit-nearlimit")
        ),
        ("0".to_owned(), "true".to_owned())
    );
    let refused = get("/rest/api/3/issue/A-3", 0);
    assert_eq!(
        (status(&refused), header(&refused, "ratelimit-reason")),
        (429, "jira-burst-based".to_owned())
    );
    assert_eq!(header(&refused, "x-ratelimit-reset"), "1970-01-01T00:00Z");
    assert_eq!(status(&get("/rest/api/3/field", 0)), 200, "another endpoint");
    assert_eq!(status(&get("/rest/api/3/issue/A-3", 1000)), 200, "a second later");
}

#[test]
fn a_spent_quota_lasts_until_the_hour_is_over() {
    let limits = Limits::default();
    limits.set(Rules {
        quota: Some(3),
        ..Rules::default()
    });
    assert_eq!(
        status(&limits.take(&request(true, "POST", "/rest/api/3/issue", 0))),
        200
    );
    assert_eq!(status(&limits.take(&request(true, "GET", ISSUE, 0))), 200);
    let refused = limits.take(&request(true, "GET", ISSUE, 3_599_000));
    assert_eq!(
        (status(&refused), header(&refused, "ratelimit-reason")),
        (429, "jira-quota-global-based".to_owned())
    );
    assert_eq!(header(&refused, "retry-after"), "1");
    assert_eq!(status(&limits.take(&request(true, "GET", ISSUE, 3_600_000))), 200);
}

#[test]
fn data_center_has_a_bucket_for_each_person() {
    let limits = Limits::default();
    let bucket = Some(BucketRule {
        size: 2,
        fill: 1,
        interval_seconds: 60,
    });
    limits.set(Rules {
        bucket,
        ..Rules::default()
    });
    let first = limits.take(&request(false, "GET", ISSUE, 0));
    for (name, value) in [
        ("x-ratelimit-limit", "2"),
        ("x-ratelimit-remaining", "1"),
        ("x-ratelimit-interval-seconds", "60"),
        ("x-ratelimit-fillrate", "1"),
        ("retry-after", "0"),
    ] {
        assert_eq!(header(&first, name), value, "{name}");
    }
    assert_eq!(status(&limits.take(&request(false, "GET", ISSUE, 0))), 200);
    let empty = limits.take(&request(false, "GET", ISSUE, 1_000));
    assert_eq!(
        (status(&empty), header(&empty, "retry-after")),
        (429, "59".to_owned())
    );
    let nobody = Request {
        person: None,
        ..request(false, "GET", ISSUE, 1_000)
    };
    assert_eq!(
        status(&limits.take(&nobody)),
        200,
        "anonymous requests have no bucket"
    );
    assert_eq!(status(&limits.take(&request(false, "GET", ISSUE, 60_000))), 200);
}
