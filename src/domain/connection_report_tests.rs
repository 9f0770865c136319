//! The verdict follows the worst line, and no check is left out.

use super::*;

fn host() -> String {
    "jira.example.com".to_owned()
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
