//! Where a form may send a browser, whatever the request says: to a page of this server, without a word of an error
//! in the address.

use reqwest::{Method, StatusCode};
use traceline::domain::role::AccountRole;

use crate::{harness::TestApp, session::person_with_password};

/// Addresses of elsewhere, as they are typed to pass for one of here.
const ELSEWHERE: [&str; 22] = [
    "//evil.test",
    "///evil.test",
    "////evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "\\/evil.test",
    "/\t/evil.test",
    "\t//evil.test",
    " //evil.test",
    "/\r\nLocation: https://evil.test",
    "https:evil.test",
    "https:/evil.test",
    "https://evil.test",
    "HTTPS://evil.test",
    "http:evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.test",
    ".evil.test",
    "@evil.test",
    "/。/evil.test",
    "",
];

/// Whether a browser at `origin` that follows `location` stays there.
fn stays(origin: &str, location: &str) -> bool {
    let here = url::Url::parse(origin).unwrap();
    here.join(location).is_ok_and(|to| to.origin() == here.origin()) && location.starts_with('/')
}

on_both! {
    async fn no_target_leads_elsewhere(app: TestApp) {
        let id = person_with_password(&app, "Ada", AccountRole::User).await;
        let own = app.browser_of(&id).await;
        let origin = own.origin().to_owned();
        let encoded = ["/%2f%2fevil.test", "%2f%2fevil.test", "%2F%5Cevil.test", "/%09/evil.test", "/./\\evil.test", "/..//evil.test"];
        for target in ELSEWHERE.into_iter().chain(encoded) {
            let fields = [("email", "ada@example.test"), ("password", "mango kettle river"), ("next", target)];
            let answer = app.anonymous().post_form("/sign-in", "sign_in", &fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{target:?}");
            assert!(stays(&origin, answer.location()), "next {target:?} leads to {}", answer.location());
            let answer = own.post_form("/profile", "set_theme", &[("theme", "dark"), ("back", target)]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{target:?}");
            assert!(stays(&origin, answer.location()), "back {target:?} leads to {}", answer.location());
            // The page of the form keeps the target and is opened by people who are signed in too.
            let query: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
            for client in [&own, &app.anonymous()] {
                let page = client.get(&format!("/sign-in?next={query}")).await;
                assert!(!page.status.is_redirection() || stays(&origin, page.location()), "{target:?}: {}", page.location());
                for quote in ['"', '\''] {
                    for begin in ["href=", "action="] {
                        assert!(!page.body.contains(&format!("{begin}{quote}//evil")), "{target:?}: {}", page.body);
                    }
                }
            }
            app.state.clock().advance(60_000);
        }
    }
}

on_both! {
    async fn a_forged_referer_leads_home_after_a_good_and_a_failed_form(app: TestApp) {
        let id = app.person("Ada", AccountRole::User).await;
        let own = app.browser_of(&id).await;
        let origin = own.origin().to_owned();
        let authority = origin.strip_prefix("http://").unwrap().to_owned();
        let disguised = [
            format!("https://evil.test/{origin}"),
            format!("http://{authority}.evil.test/"),
            format!("http://{authority}@evil.test/"),
            format!("http://evil.test#{origin}/"),
            format!("{origin}//evil.test"),
            format!("{origin}/\\evil.test"),
        ];
        let plain = ELSEWHERE.iter().filter(|text| text.is_ascii() && !text.contains(['\r', '\n'])).map(|text| (*text).to_owned());
        for referer in disguised.into_iter().chain(plain) {
            let headers = [
                ("accept", "text/html"),
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", origin.as_str()),
                ("referer", referer.as_str()),
            ];
            // Saved; refused with a message; unreadable.
            for body in ["name=Ada&time_zone=UTC", "name=&time_zone=canary%2Fzone", "canary=1"] {
                let answer = own.send(Method::POST, "/api/save_profile", &headers, Some(body.to_owned())).await;
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{referer}: {body}");
                assert!(stays(&origin, answer.location()), "{referer}: {body} leads to {}", answer.location());
                let query = answer.location().split_once('?').map_or("", |(_, query)| query);
                for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
                    assert!(matches!(&*name, "failed" | "done"), "{name} in {}", answer.location());
                    assert!(!value.contains(' ') && !value.contains("canary"), "{}", answer.location());
                }
            }
        }
    }
}
