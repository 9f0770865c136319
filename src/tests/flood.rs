//! Floods of sign-ins against the program as it runs: others are served, memory stays, guessing does not pay.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use reqwest::{Method, StatusCode};
use traceline::{domain::role::AccountRole, server::auth::session::PLAIN_NAME};

use crate::{
    harness::{Process, TestApp, TestClient},
    session::person_with_password,
};

pub const MIB: u64 = 1024;
const SIGN_INS: u8 = 200;

/// A value of `/proc/<pid>/status` in KiB, where there is such a file.
pub fn memory_of(process: &Process, key: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    line.trim_start_matches(':')
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .ok()
}

/// A time that so many of a hundred stay below.
fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

on_both! {
    async fn two_hundred_sign_ins_at_once_hold_nobody_up(app: TestApp) {
        app.follow_the_machine();
        let person = person_with_password(&app, "Ada", AccountRole::User).await;
        let cookie = app.browser_of(&person).await.cookie(PLAIN_NAME).unwrap();
        let mut server = app.hand_over().await.start(&["serve"], &[]);
        let address = server.wait_for_address();
        let other = TestClient::new(address, Some(format!("{PLAIN_NAME}={cookie}")));
        assert_eq!(other.get("/profile").await.status, StatusCode::OK);
        let before = memory_of(&server, "VmRSS");

        // Each from an address of its own, so that no limit but that of the hashes holds them back.
        let sign_ins = futures::future::join_all((0..SIGN_INS).map(|number| {
            let from = IpAddr::V4(Ipv4Addr::new(127, 1, 0, number + 1));
            let client = TestClient::from_address(from, address);
            let email = if number % 2 == 0 { "ada@example.test".to_owned() } else { format!("x{number}@example.test") };
            async move { client.call("sign_in", &[("email", &email), ("password", "wrong")]).await.status }
        }));
        let flood = tokio::spawn(sign_ins);
        let mut times = Vec::new();
        while !flood.is_finished() {
            let asked = Instant::now();
            assert_eq!(other.get("/profile").await.status, StatusCode::OK);
            times.push(asked.elapsed());
        }
        let answers = flood.await.unwrap();
        let count = |status: StatusCode| answers.iter().filter(|answer| **answer == status).count();
        let (checked, turned_away) = (count(StatusCode::UNPROCESSABLE_ENTITY), count(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(checked + turned_away, usize::from(SIGN_INS), "{answers:?}");
        assert!(checked > 0);
        assert!(times.len() >= 5, "others were answered in between, not after the flood: {times:?}");
        println!(
            "{checked} checked, {turned_away} turned away; {} pages for others, 95 of 100 within {:?}",
            times.len(),
            percentile(&mut times, 95)
        );
        if let (Some(before), Some(most)) = (before, memory_of(&server, "VmHWM")) {
            println!("{} MiB more memory at most", most.saturating_sub(before) / MIB);
            assert!(most.saturating_sub(before) <= 100 * MIB, "{before} KiB before, {most} KiB at most");
        }
        // Who was turned away has lost no try: the right password is taken at once, by anyone.
        let late = TestClient::from_address(IpAddr::V4(Ipv4Addr::new(127, 1, 0, 1)), address);
        let fields = [("email", "ada@example.test"), ("password", "mango kettle river")];
        assert_eq!(late.call("sign_in", &fields).await.status, StatusCode::OK);
    }
}

on_both! {
    async fn a_thousand_tries_from_invented_addresses_are_those_of_one(app: TestApp) {
        app.follow_the_machine();
        person_with_password(&app, "Ada", AccountRole::User).await;
        let mut server = app.hand_over().await.start(&["serve"], &[]);
        let client = TestClient::new(server.wait_for_address(), None);
        let try_once = async |invented: Option<usize>, email: &str, password: &str| {
            let invented = invented.map(|number| format!("203.0.113.{number}"));
            let mut headers = vec![
                ("accept", "application/json"),
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", client.origin()),
            ];
            if let Some(invented) = &invented {
                headers.extend([("x-forwarded-for", invented.as_str()), ("x-real-ip", invented)]);
            }
            let body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("email", email), ("password", password)])
                .finish();
            client.send(Method::POST, "/api/sign_in", &headers, Some(body)).await.status
        };
        let mut checked = 0;
        for number in 0..1_000 {
            match try_once(Some(number % 50 + 1), "ada@example.test", "wrong").await {
                StatusCode::UNPROCESSABLE_ENTITY => checked += 1,
                status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "try {number}"),
            }
        }
        assert_eq!(checked, 5, "tries at one account");
        for invented in [None, Some(99)] {
            let status = try_once(invented, "ada@example.test", "mango kettle river").await;
            assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        }
        for number in 0..1_000 {
            let email = format!("x{number}@example.test");
            match try_once(Some(number % 50 + 1), &email, "wrong").await {
                StatusCode::UNPROCESSABLE_ENTITY => checked += 1,
                status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "try {number}"),
            }
        }
        assert_eq!(checked, 30, "tries of one address at all accounts");
    }
}
