//! Table and property tests of organization URLs.

use proptest::prelude::*;

use super::*;

fn parse(deployment: Deployment, text: &str) -> Result<(String, Vec<UrlNotice>), UrlProblem> {
    let extra = [
        "sandbox.localhost:9443".to_owned(),
        "jira.partner.example".to_owned(),
    ];
    parse_organization_url(deployment, text, &extra).map(|(url, notices)| (display_url(&url), notices))
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn addresses_that_are_taken() {
    use Deployment::{Cloud, DataCenter};
    use UrlNotice::{Punycode, SchemeAdded, Trimmed, Unencrypted};
    let cut = |part: &str| Trimmed(part.to_owned());
    let table: Vec<(Deployment, &str, &str, Vec<UrlNotice>)> = vec![
        (
            Cloud,
            "https://halden.atlassian.net",
            "https://halden.atlassian.net",
            vec![],
        ),
        (
            Cloud,
            " https://Halden.Atlassian.NET/ ",
            "https://halden.atlassian.net",
            vec![],
        ),
        (
            Cloud,
            "halden.atlassian.net",
            "https://halden.atlassian.net",
            vec![SchemeAdded],
        ),
        (
            Cloud,
            "https://halden.atlassian.net:443/",
            "https://halden.atlassian.net",
            vec![],
        ),
        (
            Cloud,
            "https://halden.atlassian.net./",
            "https://halden.atlassian.net",
            vec![],
        ),
        (
            Cloud,
            "https://halden.jira.com///",
            "https://halden.jira.com",
            vec![],
        ),
        (
            Cloud,
            "https://halden.atlassian.net/browse/KEY-1",
            "https://halden.atlassian.net",
            vec![cut("/browse/KEY-1")],
        ),
        (
            Cloud,
            "https://halden.atlassian.net/jira/software/projects/AB/boards/1?x=1#y",
            "https://halden.atlassian.net",
            vec![cut("/jira/software/projects/AB/boards/1?x=1#y")],
        ),
        (
            Cloud,
            "https://sandbox.localhost:9443/",
            "https://sandbox.localhost:9443",
            vec![],
        ),
        (
            Cloud,
            "https://jira.partner.example",
            "https://jira.partner.example",
            vec![],
        ),
        (
            DataCenter,
            "https://jira.example.com/jira/",
            "https://jira.example.com/jira",
            vec![],
        ),
        (
            DataCenter,
            "https://jira.example.com/a/b//",
            "https://jira.example.com/a/b",
            vec![],
        ),
        (
            DataCenter,
            "jira.example.com:8443/jira",
            "https://jira.example.com:8443/jira",
            vec![SchemeAdded],
        ),
        (
            DataCenter,
            "HTTP://127.0.0.1:8080",
            "http://127.0.0.1:8080",
            vec![Unencrypted],
        ),
        (
            DataCenter,
            "http://[::1]:8080/",
            "http://[::1]:8080",
            vec![Unencrypted],
        ),
        (
            DataCenter,
            "https://jira.example.com/jira/browse/KEY-1?filter=2",
            "https://jira.example.com/jira",
            vec![cut("/browse/KEY-1?filter=2")],
        ),
        (
            DataCenter,
            "https://jira.example.com/secure/Dashboard.jspa",
            "https://jira.example.com",
            vec![cut("/secure/Dashboard.jspa")],
        ),
        (
            DataCenter,
            "https://j.example.com/jira/rest/api/2/",
            "https://j.example.com/jira",
            vec![cut("/rest/api/2")],
        ),
        (
            DataCenter,
            "https://j.example.com/projects/AB",
            "https://j.example.com",
            vec![cut("/projects/AB")],
        ),
        (
            DataCenter,
            "https://j.example.com/#top",
            "https://j.example.com",
            vec![cut("#top")],
        ),
        (
            DataCenter,
            "https://jirä.example.com",
            "https://xn--jir-sla.example.com",
            vec![Punycode("xn--jir-sla.example.com".to_owned())],
        ),
    ];
    for (deployment, text, url, notices) in table {
        assert_eq!(parse(deployment, text), Ok((url.to_owned(), notices)), "{text}");
    }
}

#[test]
fn addresses_that_are_refused() {
    use Deployment::{Cloud, DataCenter};
    for (deployment, text, problem) in [
        (Cloud, "", UrlProblem::Empty),
        (Cloud, "http://halden.atlassian.net", UrlProblem::CloudNeedsHttps),
        (
            Cloud,
            "https://halden.atlassian.net:8443",
            UrlProblem::NotCloudHost("halden.atlassian.net:8443".into()),
        ),
        (
            Cloud,
            "https://evil-atlassian.net",
            UrlProblem::NotCloudHost("evil-atlassian.net".into()),
        ),
        (
            Cloud,
            "https://atlassian.net",
            UrlProblem::NotCloudHost("atlassian.net".into()),
        ),
        (
            Cloud,
            "https://x.atlassian.net.evil.com",
            UrlProblem::NotCloudHost("x.atlassian.net.evil.com".into()),
        ),
        (
            Cloud,
            "https://jira.partner.example:444",
            UrlProblem::NotCloudHost("jira.partner.example:444".into()),
        ),
        (
            Cloud,
            "https://id.atlassian.com",
            UrlProblem::AccountPage("id.atlassian.com".into()),
        ),
        (
            DataCenter,
            "https://halden.atlassian.net",
            UrlProblem::IsCloudHost("halden.atlassian.net".into()),
        ),
        (
            DataCenter,
            "https://user:secret@jira.example.com",
            UrlProblem::UserInfo,
        ),
        (
            DataCenter,
            "https://jira.example.com@evil.com",
            UrlProblem::UserInfo,
        ),
        (
            DataCenter,
            "ftp://jira.example.com",
            UrlProblem::Scheme("ftp".into()),
        ),
        (
            DataCenter,
            "javascript:alert(1)",
            UrlProblem::Scheme("javascript".into()),
        ),
        (
            DataCenter,
            "file:///etc/passwd",
            UrlProblem::Scheme("file".into()),
        ),
        (DataCenter, "https:\\\\jira.example.com", UrlProblem::BadCharacter),
        (DataCenter, "https://jira.exa\tmple.com", UrlProblem::BadCharacter),
        (
            DataCenter,
            "https://jira.example.com/a b",
            UrlProblem::BadCharacter,
        ),
        (DataCenter, "https://", UrlProblem::Invalid),
        (DataCenter, "https://jira..example.com", UrlProblem::Invalid),
    ] {
        assert_eq!(parse(deployment, text), Err(problem), "{text}");
    }
    assert_eq!(
        parse(DataCenter, &format!("https://{}.com", "a".repeat(600))),
        Err(UrlProblem::TooLong)
    );
    assert!(!UrlProblem::UserInfo.to_string().contains("secret"));
}

#[test]
fn same_target_decides_about_the_token() {
    let url = |text: &str| Url::parse(text).expect("url");
    for (a, b, same) in [
        ("https://j.example.com", "https://J.example.com/", true),
        ("https://j.example.com", "https://j.example.com.:443//", true),
        ("https://j.example.com/jira", "https://j.example.com/jira/", true),
        ("https://j.example.com/jira", "https://j.example.com/Jira", false),
        ("https://j.example.com", "http://j.example.com", false),
        ("https://j.example.com", "https://j.example.com:8443", false),
        ("https://j.example.com", "https://k.example.com", false),
        ("https://j.example.com", "https://j.example.com/jira", false),
    ] {
        assert_eq!(same_target(&url(a), &url(b)), same, "{a} {b}");
        assert_eq!(same_target(&url(b), &url(a)), same, "{b} {a}");
    }
}

proptest! {
    #[test]
    fn a_taken_address_is_taken_again_unchanged(
        text in "(https?://)?[a-z]{1,8}(\\.[a-z]{1,8}){0,2}(:[1-9][0-9]{1,3})?(/[a-zA-Z0-9._~%-]{0,8}){0,4}/?(\\?[a-z=]{0,5})?",
    ) {
        if let Ok((url, _)) = parse_organization_url(Deployment::DataCenter, &text, &[]) {
            let (again, notices) = parse_organization_url(Deployment::DataCenter, url.as_str(), &[]).expect("taken");
            prop_assert!(same_target(&url, &again), "{} {}", url, again);
            prop_assert!(notices.iter().all(UrlNotice::is_lasting), "{:?}", notices);
            prop_assert!(url.query().is_none() && url.fragment().is_none() && url.username().is_empty());
        }
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        for deployment in [Deployment::Cloud, Deployment::DataCenter] {
            if let Ok((url, _)) = parse_organization_url(deployment, &text, &[]) {
                prop_assert!(matches!(url.scheme(), "http" | "https"));
                if deployment == Deployment::Cloud {
                    prop_assert_eq!(url.scheme(), "https");
                    prop_assert_eq!(url.path(), "/");
                }
            }
        }
    }
}

#[test]
fn addresses_of_issues_stay_on_their_site() {
    let cases = [
        (
            "https://a.atlassian.net",
            "BOOK-1",
            "https://a.atlassian.net/browse/BOOK-1",
        ),
        (
            "https://jira.example/ctx/",
            "BOOK-1",
            "https://jira.example/ctx/browse/BOOK-1",
        ),
        (
            "https://jira.example",
            "../x?y",
            "https://jira.example/browse/..%2Fx%3Fy",
        ),
    ];
    for (site, key, expected) in cases {
        assert_eq!(browse_url(site, key).as_deref(), Some(expected));
    }
    assert_eq!(browse_url("javascript:alert(1)", "BOOK-1"), None);
}

#[test]
fn pages_of_atlassian_say_what_to_enter_instead() {
    const GATEWAY: &str = "https://api.atlassian.com/ex/jira/0f1e2d3c-5a5d-4b0c-8f00-5a9db0c10001";
    let gateway = UrlProblem::Gateway("api.atlassian.com".into());
    let account = UrlProblem::AccountPage("id.atlassian.com".into());
    let cases = [
        (GATEWAY.to_owned(), &gateway),
        (format!("{GATEWAY}/rest/api/3"), &gateway),
        (
            "https://ID.atlassian.com/manage-profile/security/api-tokens".to_owned(),
            &account,
        ),
    ];
    for (address, expected) in cases {
        for deployment in [Deployment::Cloud, Deployment::DataCenter] {
            let problem = parse_organization_url(deployment, &address, &[]).unwrap_err();
            assert_eq!(problem, *expected, "{address}");
            assert!(problem.to_string().contains("https://example.atlassian.net"));
        }
    }
    // A gateway that the operator named is no site either, and no page of one.
    let hosts = ["gateway.localhost:9443".to_owned()];
    let own = "https://gateway.localhost:9443/ex/jira/0f1e2d3c/rest/api/3";
    let problem = parse_organization_url(Deployment::Cloud, own, &hosts).unwrap_err();
    assert_eq!(
        problem,
        UrlProblem::Gateway("gateway.localhost:9443/ex/jira".into())
    );
    let site = parse_organization_url(Deployment::DataCenter, own, &hosts);
    assert!(site.is_ok(), "a Data Center may be at any path: {site:?}");
    let other =
        parse_organization_url(Deployment::Cloud, "https://admin.atlassian.com/o/1", &[]).unwrap_err();
    assert_eq!(other, UrlProblem::AtlassianService("admin.atlassian.com".into()));
}

#[test]
fn an_address_of_the_other_type_names_it() {
    let other = |deployment, text| parse(deployment, text).unwrap_err().other_type();
    let (cloud, center) = (Deployment::Cloud, Deployment::DataCenter);
    assert_eq!(other(cloud, "https://jira.example.com"), Some(center));
    assert_eq!(other(center, "https://halden.atlassian.net"), Some(cloud));
    assert_eq!(other(cloud, "http://halden.atlassian.net"), None);
}
