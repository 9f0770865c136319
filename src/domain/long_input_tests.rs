//! A megabyte of whatever a form can carry, to every check of a text: each answers, with a short message that does not
//! repeat what came.
//!
//! No time is asserted. Each check is given half a megabyte and a whole one, and what either took is printed: twice the
//! text may take about twice the time. What is worse than that shows as a test that does not end.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Instant;

use jiff::civil::date;
use url::Url;

use super::audit::{read_cell, safe_cell};
use super::connection::{ConnectionForm, ConnectionRules, parse_connection, parse_token, parse_token_expiry};
use super::field_error::{FieldErrors, Validated};
use super::jira::Deployment;
use super::notice_hook::{check_secret, parse_hook_url};
use super::organization_url::{browse_url, parse_organization_url, same_target};
use super::own_path::is_own_path;
use super::public_url::parse_public_url;
use super::short_name::short_names;
use super::suggestion::fold;
use super::text::{
    parse_connection_name, parse_description, parse_email, parse_name, parse_password, parse_person_name,
    parse_project_name,
};
use super::user_agent::describe_agent;

/// What is repeated, behind a beginning that gets past a first look.
const HOSTILE: [(&str, &str); 30] = [
    ("", "a"),
    ("", " "),
    ("a", " a"),
    ("", "\t\n"),
    ("", "\u{200b}"),
    ("", "e\u{301}\u{302}"),
    ("", "🚆"),
    ("", "İß"),
    ("", "-"),
    ("", "<b>"),
    ("", "'\""),
    ("", "(((("),
    ("", "12"),
    ("2026-", "0"),
    ("", "a@"),
    ("a@", "b."),
    ("@", "@."),
    ("https://", "a."),
    ("https://", "xn--a."),
    ("https://", "a@"),
    ("https://", "[:"),
    ("https://a.example/", "../"),
    ("https://a.example/", "browse/A-1/"),
    ("https://a.example/?", "a=b&"),
    ("https://a.example/", "%2f"),
    ("https://1.", "0x1."),
    ("/", "//"),
    ("Bearer ", "Bearer "),
    ("-----BEGIN CERTIFICATE-----\n", "AAAA\n"),
    ("", "-----BEGIN CERTIFICATE-----\n"),
];

/// A check of a text: what it says, if it has a message at all.
type Check = fn(&str) -> Option<String>;

fn said<T>(outcome: Validated<T>) -> Option<String> {
    outcome.err().map(|errors: FieldErrors| format!("{errors:?}"))
}

fn form_of(text: &str) -> String {
    let rules = ConnectionRules {
        extra_cloud_hosts: &[],
        today: date(2026, 3, 11),
        for_test: false,
        stored: None,
    };
    let mut messages = String::new();
    for deployment in ["cloud", "data_center", text] {
        let form = ConnectionForm {
            name: text.into(),
            deployment: deployment.into(),
            url: text.into(),
            email: text.into(),
            token: text.into(),
            token_expires: text.into(),
            description: text.into(),
            ca_pem: text.into(),
        };
        messages.extend(said(parse_connection(&form, rules)));
    }
    messages
}

/// Names as they stand in the source, so that a new one cannot be forgotten.
const CHECKS: [(&str, Check); 22] = [
    ("parse_name", |text| said(parse_name("a", "A", text, 50))),
    ("parse_connection_name", |text| {
        said(parse_connection_name("a", text))
    }),
    ("parse_project_name", |text| said(parse_project_name("a", text))),
    ("parse_person_name", |text| said(parse_person_name("a", text))),
    ("parse_description", |text| {
        said(parse_description("a", text, 255))
    }),
    ("parse_email", |text| said(parse_email("a", text))),
    ("parse_password", |text| said(parse_password("a", text, text))),
    ("parse_public_url", |text| said(parse_public_url("a", text))),
    ("parse_hook_url", |text| said(parse_hook_url(text))),
    ("check_secret", |text| said(check_secret(text))),
    ("parse_organization_url", |text| {
        let cloud = parse_organization_url(Deployment::Cloud, text, &[]);
        let center = parse_organization_url(Deployment::DataCenter, text, &[]);
        Some(format!(
            "{:?} {:?}",
            cloud.err().map(|e| e.to_string()),
            center.err().map(|e| e.to_string())
        ))
    }),
    ("parse_connection", |text| Some(form_of(text))),
    ("parse_token", |text| {
        let kinds = [Deployment::Cloud, Deployment::DataCenter];
        kinds
            .into_iter()
            .filter_map(|kind| said(parse_token(kind, text, false, false)))
            .reduce(|a, b| a + &b)
    }),
    ("parse_token_expiry", |text| {
        said(parse_token_expiry(text, date(2026, 3, 11)))
    }),
    ("is_own_path", |text| {
        black_box(is_own_path(text));
        None
    }),
    ("same_target", |text| {
        if let Ok(url) = Url::parse(text) {
            black_box(same_target(&url, &url));
        }
        None
    }),
    ("browse_url", |text| {
        black_box(browse_url(text, text));
        None
    }),
    ("describe_agent", |text| Some(describe_agent(text))),
    ("safe_cell", |text| {
        black_box(read_cell(&safe_cell(text)).len());
        None
    }),
    ("short_names", |text| {
        black_box(short_names(&[text, "Trip 44", text]).len());
        None
    }),
    ("fold", |text| {
        black_box(fold(text).len());
        None
    }),
    ("id", |text| {
        black_box(text.parse::<super::ids::ProjectId>().is_ok());
        None
    }),
];

/// `bytes` of hostile text, cut at a letter.
fn hostile(begin: &str, part: &str, bytes: usize) -> String {
    let mut text = begin.to_owned();
    while text.len() + part.len() <= bytes {
        text.push_str(part);
    }
    text
}

#[test]
fn a_megabyte_is_answered_briefly_by_every_check() {
    const MB: usize = 1_000_000;
    let mut slowest = [(0, 0, ""); CHECKS.len()];
    for (begin, part) in HOSTILE {
        let texts = [hostile(begin, part, MB / 2), hostile(begin, part, MB)];
        for ((name, check), slowest) in CHECKS.iter().zip(&mut slowest) {
            let times = texts.each_ref().map(|text| {
                let began = Instant::now();
                let message = check(text);
                let length = message.map_or(0, |message| message.len());
                assert!(
                    length < 4_000,
                    "{name} says {length} bytes about {begin:?} {part:?}"
                );
                began.elapsed().as_micros()
            });
            if times[1] > slowest.1 {
                *slowest = (times[0], times[1], part);
            }
        }
    }
    for ((name, _), (half, whole, part)) in CHECKS.iter().zip(slowest) {
        println!("{name}: {half} us for half a megabyte, {whole} us for one, of {part:?}");
    }
}

#[test]
fn every_check_of_a_text_is_in_the_list() {
    let listed: BTreeSet<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    let folder = std::path::Path::new("src/domain");
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.to_string_lossy().ends_with("_tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a source");
        for rest in text.split("pub fn parse_").skip(1) {
            let name = format!("parse_{}", rest.split(['(', '<']).next().unwrap_or_default());
            assert!(
                listed.contains(name.as_str()),
                "{name} is given no megabyte: add it to CHECKS"
            );
        }
    }
}
