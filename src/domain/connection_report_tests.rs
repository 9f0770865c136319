//! Every finding has words of its own, and the verdict follows the worst line.

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
        Finding::ClockAgrees { seconds: -1 },
        Finding::ClockDiffers { seconds: 300 },
        Finding::ClockDiffers { seconds: -300 },
        Finding::ClockUnknown,
    ]
}

#[test]
fn every_finding_has_a_text_of_its_own_in_the_house_style() {
    let mut seen = std::collections::BTreeSet::new();
    for finding in all_findings() {
        let check = describe(CheckCode::Reachable, &finding);
        assert!(seen.insert(check.detail.clone()), "said twice: {}", check.detail);
        let all = format!("{} {}", check.detail, check.next_step);
        assert!(check.detail.ends_with('.'), "{all}");
        for word in ["!", "please", "Please", "successfully", "N/A"] {
            assert!(!all.contains(word), "{word} in: {all}");
        }
        let must_act = matches!(check.state, CheckState::Failed | CheckState::Warned);
        assert_eq!(must_act, !check.next_step.is_empty(), "{all}");
    }
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
fn versions_are_compared_as_numbers() {
    for (numbers, good) in [
        (&[10, 6, 1][..], true),
        (&[10, 6, 0], false),
        (&[10, 10], true),
        (&[10, 6], false),
        (&[11], true),
        (&[9, 17, 5], false),
        (&[], false),
    ] {
        assert_eq!(is_supported_version(numbers), good, "{numbers:?}");
    }
}

#[test]
fn a_missing_permission_names_the_features_it_blocks() {
    let permissions = list_permissions(|key| key != "LINK_ISSUES" && key != "ADMINISTER");
    let blocked: Vec<_> = list_features(&permissions)
        .into_iter()
        .filter(|feature| !feature.works)
        .collect();
    assert_eq!(blocked.len(), 3, "{blocked:?}");
    assert_eq!(blocked[0].blocked_by, ["Link Issues"]);
    assert_eq!(blocked[2].blocked_by, ["Administer Jira"]);
    assert_eq!(
        list_features(&list_permissions(|_| true))
            .iter()
            .filter(|f| f.works)
            .count(),
        8
    );
}

#[test]
fn verdict_follows_the_worst_line_and_nothing_is_left_out() {
    let (verdict, checks) = assemble(vec![describe(
        CheckCode::Reachable,
        &Finding::NameNotFound { host: host() },
    )]);
    assert_eq!(verdict, Verdict::Failed);
    assert_eq!(checks.len(), 9);
    assert!(
        checks[1..]
            .iter()
            .all(|check| check.state == CheckState::NotReached)
    );
    let passed: Vec<_> = CheckCode::ALL
        .iter()
        .map(|code| describe(*code, &Finding::TlsTrusted))
        .collect();
    assert_eq!(assemble(passed.clone()).0, Verdict::Passed);
    let mut limited = passed;
    limited[6] = describe(CheckCode::Boards, &Finding::NoBoards);
    assert_eq!(assemble(limited).0, Verdict::PassedWithLimits);
}

#[test]
fn the_wire_form_is_stable() {
    let text = serde_json::to_string(&describe(CheckCode::IsJira, &Finding::VersionNotNeeded)).unwrap();
    assert!(
        text.starts_with(r#"{"code":"is_jira","state":"not_needed""#),
        "{text}"
    );
}

#[test]
fn an_account_that_browses_nothing_is_told_so() {
    let names = vec![BROWSE.1.to_owned(), "Create Issues".to_owned()];
    let check = describe(CheckCode::Permissions, &Finding::PermissionsMissing { names });
    assert_eq!(check.state, CheckState::Warned);
    assert!(check.detail.contains("can browse no project") && !check.detail.contains("works"));
}

#[test]
fn plain_http_is_a_limit_and_not_a_detail() {
    let mut checks: Vec<_> = CheckCode::ALL
        .iter()
        .map(|code| describe(*code, &Finding::TlsTrusted))
        .collect();
    checks[1] = describe(CheckCode::Tls, &Finding::TlsNotUsed);
    assert_eq!(checks[1].state, CheckState::Warned);
    assert!(checks[1].detail.contains("unencrypted"), "{}", checks[1].detail);
    assert_eq!(assemble(checks).0, Verdict::PassedWithLimits);
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
fn what_needs_attention_is_told_apart_from_what_is_well() {
    let checks = vec![
        describe(
            CheckCode::Reachable,
            &Finding::Reached {
                host: "a.example".into(),
            },
        ),
        describe(CheckCode::Tls, &Finding::TlsNotUsed),
        describe(CheckCode::Version, &Finding::VersionNotNeeded),
        describe(CheckCode::Boards, &Finding::NoBoards),
        not_reached(CheckCode::Clock),
    ];
    let codes = |checks: &[&Check]| checks.iter().map(|check| check.code).collect::<Vec<_>>();
    let (open, quiet) = sort_checks(&checks);
    assert_eq!(codes(&open), [CheckCode::Tls, CheckCode::Boards]);
    assert_eq!(
        codes(&quiet),
        [CheckCode::Reachable, CheckCode::Version, CheckCode::Clock]
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
