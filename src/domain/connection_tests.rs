//! Table and property tests of the connection form.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const TODAY: Date = date(2026, 11, 22);

fn rules(stored: Option<StoredTarget<'_>>) -> ConnectionRules<'_> {
    ConnectionRules {
        extra_cloud_hosts: &[],
        today: TODAY,
        for_test: false,
        stored,
    }
}

fn target(deployment: Deployment, url: &Url) -> StoredTarget<'_> {
    StoredTarget {
        deployment,
        url,
        ca_pem: None,
    }
}

fn cloud_form() -> ConnectionForm {
    ConnectionForm {
        name: "Halden".into(),
        deployment: "cloud".into(),
        url: "https://halden.atlassian.net".into(),
        email: "ana@example.com".into(),
        token: "ATATT3xFfGF0abc".into(),
        ..ConnectionForm::default()
    }
}

#[test]
fn a_test_asks_only_for_what_it_sends() {
    let form = ConnectionForm {
        name: " ".into(),
        token_expires: "2020-01-01".into(),
        description: "x".repeat(300),
        ..cloud_form()
    };
    let for_test = ConnectionRules {
        for_test: true,
        ..rules(None)
    };
    let input = parse_connection(&form, for_test).expect("enough for a test");
    assert_eq!(
        (
            input.name.as_str(),
            input.token_expires,
            input.description.as_str()
        ),
        ("", None, "")
    );
    let saved = parse_connection(&form, rules(None)).expect_err("not enough to be stored");
    assert_eq!(saved.iter().count(), 3);
    let bare = ConnectionForm {
        token: String::new(),
        email: String::new(),
        ..form
    };
    assert_eq!(
        parse_connection(&bare, for_test)
            .expect_err("nothing to sign in with")
            .iter()
            .count(),
        2
    );
}

#[test]
fn a_good_form() {
    let input = parse_connection(&cloud_form(), rules(None)).expect("good");
    assert_eq!(input.email.as_deref(), Some("ana@example.com"));
    assert_eq!(input.token.as_ref().expect("token").reveal(), "ATATT3xFfGF0abc");
    assert!(input.token_notices.is_empty() && input.url_notices.is_empty());
    assert!(!format!("{input:?} {:?}", cloud_form()).contains("ATATT3"));
}

#[test]
fn all_errors_at_once_in_the_order_of_the_form() {
    let form = ConnectionForm {
        deployment: "cloud".into(),
        url: "http://halden.atlassian.net".into(),
        token_expires: "2026-11-21".into(),
        description: "x".repeat(256),
        ..ConnectionForm::default()
    };
    let errors = parse_connection(&form, rules(None)).expect_err("bad");
    let named: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(
        named,
        ["name", "url", "email", "token", "token_expires", "description"]
    );
    assert!(
        errors
            .get("email")
            .expect("email")
            .contains("only together with the email")
    );
    assert_eq!(
        errors.get("token_expires"),
        Some("The token expired on 21 Nov 2026. Create a new one in Jira.")
    );
    let form = ConnectionForm {
        deployment: "server".into(),
        ..cloud_form()
    };
    assert!(
        parse_connection(&form, rules(None))
            .expect_err("type")
            .get("deployment")
            .is_some()
    );
}

#[test]
fn the_stored_token_stays_only_at_the_same_place() {
    let stored = Url::parse("https://halden.atlassian.net/").expect("url");
    let form = ConnectionForm {
        token: String::new(),
        ..cloud_form()
    };
    let kept = parse_connection(&form, rules(Some(target(Deployment::Cloud, &stored)))).expect("kept");
    assert_eq!(kept.token, None);
    let moved = ConnectionForm {
        url: "https://other.atlassian.net".into(),
        ..form.clone()
    };
    let errors =
        parse_connection(&moved, rules(Some(target(Deployment::Cloud, &stored)))).expect_err("dropped");
    assert!(
        errors
            .get("token")
            .expect("token")
            .starts_with("The address or its certificate authority changed")
    );
    // A wrong address alone does not also complain about the token.
    let wrong = ConnectionForm {
        url: "ftp://x".into(),
        ..form
    };
    let errors = parse_connection(&wrong, rules(Some(target(Deployment::Cloud, &stored)))).expect_err("url");
    assert_eq!(errors.len(), 1);
}

#[test]
fn another_certificate_authority_takes_the_stored_token_away() {
    let url = Url::parse("https://jira.corp.example/").expect("url");
    let pem = |letter: &str| {
        let body = letter.repeat(8);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    };
    let (own, other) = (pem("A"), pem("B"));
    for (stored, typed, keeps) in [
        (None, "", true),
        (None, own.as_str(), false),
        (Some(own.as_str()), own.as_str(), true),
        (Some(own.as_str()), other.as_str(), false),
        // Fewer authorities can pose as nobody new.
        (Some(own.as_str()), "", true),
    ] {
        let form = ConnectionForm {
            deployment: "data_center".into(),
            url: url.to_string(),
            token: String::new(),
            ca_pem: typed.into(),
            ..cloud_form()
        };
        let stored = StoredTarget {
            ca_pem: stored,
            ..target(Deployment::DataCenter, &url)
        };
        let parsed = parse_connection(&form, rules(Some(stored)));
        let refused = parsed.as_ref().err().map(|errors| errors.get("token").is_some());
        assert_eq!(
            refused,
            (!keeps).then_some(true),
            "{stored:?} {typed}: {parsed:?}"
        );
    }
}

#[test]
fn data_center_needs_no_email_and_may_have_an_authority() {
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    let form = ConnectionForm {
        deployment: "data_center".into(),
        url: "http://jira.example.com/jira".into(),
        ca_pem: pem.into(),
        ..cloud_form()
    };
    let input = parse_connection(&form, rules(None)).expect("good");
    assert_eq!(
        (input.email, input.url_notices),
        (None, vec![UrlNotice::Unencrypted])
    );
    assert_eq!(input.token_notices, [TokenNotice::LooksLikeCloud]);
    assert_eq!(input.ca_pem, Some(format!("{pem}\n")));
    for bad in [
        "hello",
        "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----",
    ] {
        let form = ConnectionForm {
            ca_pem: bad.into(),
            ..form.clone()
        };
        let errors = parse_connection(&form, rules(None)).expect_err("bad");
        assert!(!errors.get("ca_pem").expect("message").contains("secret"));
    }
}

#[test]
fn tokens_as_people_paste_them() {
    let pat = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy";
    for (deployment, text, token, notices) in [
        (Deployment::DataCenter, pat.to_owned(), pat, vec![]),
        (
            Deployment::DataCenter,
            format!(" {pat}\n"),
            pat,
            vec![TokenNotice::Trimmed],
        ),
        (
            Deployment::DataCenter,
            format!("Bearer {pat}"),
            pat,
            vec![TokenNotice::BearerRemoved],
        ),
        (
            Deployment::DataCenter,
            format!("Authorization: bearer {pat}"),
            pat,
            vec![TokenNotice::BearerRemoved],
        ),
        (
            Deployment::Cloud,
            pat.to_owned(),
            pat,
            vec![TokenNotice::LooksLikeDataCenter],
        ),
    ] {
        let (found, found_notices) = parse_token(deployment, &text, false, false).expect("token");
        assert_eq!(
            (found.expect("some").reveal(), found_notices),
            (token, notices),
            "{text}"
        );
    }
    for bad in [
        "two words",
        "tökén",
        "Basic YTpi",
        "a\u{200B}b",
        &"x".repeat(3000),
    ] {
        let errors = parse_token(Deployment::Cloud, bad, false, false).expect_err("bad");
        assert!(!errors.get("token").expect("message").contains(bad));
    }
}

#[test]
fn expiry() {
    assert_eq!(parse_token_expiry(" ", TODAY), Ok(None));
    assert_eq!(parse_token_expiry("2026-11-22", TODAY), Ok(Some(TODAY)));
    for bad in [
        "2026-11-21",
        "22.11.2026",
        "2026-02-30",
        "2026-11-23T10:00:00",
        "soon",
    ] {
        assert!(parse_token_expiry(bad, TODAY).is_err(), "{bad}");
    }
    for (expires, life) in [
        (None, TokenLife::Fine),
        (Some(date(2026, 12, 7)), TokenLife::Fine),
        (Some(date(2026, 12, 6)), TokenLife::EndsSoon(14)),
        (Some(TODAY), TokenLife::EndsSoon(0)),
        (Some(date(2026, 11, 20)), TokenLife::Expired(2)),
    ] {
        assert_eq!(token_life(expires, TODAY), life);
    }
}

#[test]
fn every_error_reason_says_what_to_do() {
    for reason in StatusReason::ALL {
        assert_eq!(StatusReason::find(reason.code()), Some(*reason));
        let silent = reason.next_step().is_empty();
        assert!(
            !(silent && reason.status() == ConnectionStatus::Error),
            "{reason:?}"
        );
    }
    for status in ConnectionStatus::ALL {
        assert_eq!(ConnectionStatus::find(status.code()), Some(status));
    }
}

proptest! {
    #[test]
    fn a_token_never_shows_in_errors(token in any::<String>(), url in any::<String>(), cloud in any::<bool>()) {
        let deployment = if cloud { "cloud" } else { "data_center" };
        let form = ConnectionForm { token: token.clone(), url, deployment: deployment.into(), ..cloud_form() };
        match parse_connection(&form, rules(None)) {
            Ok(input) => prop_assert!(input.token.is_some_and(|token| !token.reveal().contains(char::is_whitespace))),
            Err(errors) => prop_assert!(!errors.is_empty()),
        }
    }
}
