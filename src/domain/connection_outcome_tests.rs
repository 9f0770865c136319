//! Every finding has a code and words of its own.

use super::*;

fn host() -> String {
    "jira.example.com".to_owned()
}

fn all_findings() -> Vec<Finding> {
    use Deployment::{Cloud, DataCenter};
    let name = || "Ada".to_owned();
    vec![
        Finding::Reached { host: host() },
        Finding::AddressNotAllowed { entry: host() },
        Finding::AddressNeverAllowed { host: host() },
        Finding::NameNotFound { host: host() },
        Finding::ConnectionRefused {
            host: host(),
            port: 443,
        },
        Finding::TimedOut {
            host: host(),
            seconds: 10,
        },
        Finding::Redirected {
            host: host(),
            to: Some("sso.example.com".to_owned()),
        },
        Finding::Redirected {
            host: host(),
            to: None,
        },
        Finding::Unreachable { host: host() },
        Finding::TlsTrusted,
        Finding::TlsNotUsed,
        Finding::TlsUnknownAuthority { host: host() },
        Finding::TlsWrongHost { host: host() },
        Finding::TlsExpired { host: host() },
        Finding::TlsFailed { host: host() },
        Finding::IsJira { name: Some(name()) },
        Finding::IsJira { name: None },
        Finding::OtherJira {
            known: host(),
            found: host(),
            name: Some(name()),
        },
        Finding::OtherJira {
            known: host(),
            found: host(),
            name: None,
        },
        Finding::JiraUnclear {
            known: host(),
            found: host(),
        },
        Finding::NotJira { host: host() },
        Finding::LoginPage { host: host() },
        Finding::HalfAnswer { host: host() },
        Finding::Maintenance { status: 503 },
        Finding::RateLimited { seconds: Some(30) },
        Finding::RateLimited { seconds: None },
        Finding::TypeMatches { deployment: Cloud },
        Finding::TypeMatches {
            deployment: DataCenter,
        },
        Finding::WrongType { found: Cloud },
        Finding::WrongType { found: DataCenter },
        Finding::VersionSupported {
            version: "10.7.4".to_owned(),
        },
        Finding::VersionTooOld {
            version: "9.4.1".to_owned(),
        },
        Finding::VersionNotNeeded,
        Finding::VersionUnknown,
        Finding::TokenAccepted { name: name() },
        Finding::ScopedTokenAccepted { name: name() },
        Finding::BareTokenOnCloud,
        Finding::TokenRefused { deployment: Cloud },
        Finding::TokenRefused {
            deployment: DataCenter,
        },
        Finding::TokenExpired {
            on: jiff::civil::date(2026, 11, 1),
        },
        Finding::Captcha { host: host() },
        Finding::InactiveUser { name: name() },
        Finding::TokenForbidden,
        Finding::TokenUnclear { status: Some(500) },
        Finding::TokenUnclear { status: None },
        Finding::BoardsAvailable,
        Finding::NoBoards,
        Finding::BoardsUnknown,
        Finding::PermissionsComplete,
        Finding::PermissionsMissing {
            names: vec!["Create Issues".to_owned()],
        },
        Finding::PermissionsUnknown,
        Finding::ReadOnly { until: None },
        Finding::ReadOnly {
            until: Some("30 Nov 2026, 18:00".to_owned()),
        },
        Finding::ClockAgrees { seconds: -1 },
        Finding::ClockDiffers { seconds: 300 },
        Finding::ClockDiffers { seconds: -300 },
        Finding::ClockUnknown,
    ]
}

#[test]
fn every_finding_has_a_text_of_its_own_in_the_house_style() {
    let mut seen = std::collections::BTreeSet::new();
    let mut codes = std::collections::BTreeSet::new();
    for finding in all_findings() {
        let check = describe(CheckCode::Reachable, &finding);
        assert!(seen.insert(check.detail.clone()), "said twice: {}", check.detail);
        assert_eq!(check.outcome, finding.code());
        let is_word = |code: &str| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(is_word(&check.outcome), "{}", check.outcome);
        codes.insert(check.outcome);
        let all = format!("{} {}", check.detail, check.next_step);
        assert!(check.detail.ends_with('.'), "{all}");
        for word in ["!", "please", "Please", "successfully", "N/A"] {
            assert!(!all.contains(word), "{word} in: {all}");
        }
        let must_act = matches!(check.state, CheckState::Failed | CheckState::Warned);
        assert_eq!(must_act, !check.next_step.is_empty(), "{all}");
    }
    // As many as there are variants: no two share a code.
    assert_eq!(codes.len(), 47, "{codes:?}");
}

#[test]
fn too_old_names_both_versions() {
    let text = describe(
        CheckCode::Version,
        &Finding::VersionTooOld {
            version: "10.6.0".to_owned(),
        },
    )
    .detail;
    assert!(text.contains("10.6.0") && text.contains("10.6.1"), "{text}");
}

#[test]
fn an_account_that_browses_nothing_is_told_so() {
    let names = vec![BROWSE.1.to_owned(), "Create Issues".to_owned()];
    let check = describe(CheckCode::Permissions, &Finding::PermissionsMissing { names });
    assert_eq!(check.state, CheckState::Warned);
    assert!(check.detail.contains("can browse no project") && !check.detail.contains("works"));
}

#[test]
fn a_metadata_address_is_nothing_that_an_operator_could_allow() {
    let host = "169.254.169.254".to_owned();
    let check = describe(CheckCode::Reachable, &Finding::AddressNeverAllowed { host });
    let words = format!("{} {}", check.detail, check.next_step);
    assert!(
        words.contains("169.254.169.254 is at an address where a cloud server keeps its own credentials")
    );
    assert!(
        !words.contains("TRACELINE_ALLOWED") && !words.contains("Ask the operator"),
        "{words}"
    );
}

#[test]
fn a_refused_address_names_the_rule_that_would_allow_it() {
    let entry = "jira.corp.example:8443".to_owned();
    let check = describe(CheckCode::Reachable, &Finding::AddressNotAllowed { entry });
    for part in [
        "jira.corp.example:8443 in TRACELINE_ALLOWED_HOSTS",
        "TRACELINE_ALLOWED_NETWORKS",
    ] {
        assert!(check.detail.contains(part), "{}", check.detail);
    }
}
