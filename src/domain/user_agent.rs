//! What a browser is called that signed in: `Firefox on Linux`, from the User-Agent it sent.
//!
//! A User-Agent is whatever a client likes to send: nothing of it is repeated here but names this file
//! knows. It tells sessions apart for their owner and decides nothing.

/// Characters that are looked at; what a client sends behind them says nothing more.
const LOOKED_AT: usize = 512;

/// Browser by a word that its User-Agent has. The first one that is there counts: most of them also say
/// that they are Chrome and Safari.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("curl/", "curl"),
    ("Safari/", "Safari"),
];

/// System by a word that its User-Agent has. Android says Linux too, and an iPhone says Mac OS X.
const SYSTEMS: [(&str, &str); 8] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Browser and system in words; `Unknown browser` when nothing in it is known.
pub fn describe_agent(agent: &str) -> String {
    let end = agent
        .char_indices()
        .nth(LOOKED_AT)
        .map_or(agent.len(), |(at, _)| at);
    let agent = agent.get(..end).unwrap_or_default();
    let find = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(word, _)| agent.contains(word))
            .map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("Unknown browser on {system}"),
        (None, None) => "Unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn browsers_and_systems() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
                "Chrome on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/130.0.0.0 Safari/537.36",
                "Chrome on ChromeOS",
            ),
            ("curl/8.5.0", "curl"),
            ("Mozilla/5.0 (X11; Linux x86_64)", "Unknown browser on Linux"),
            ("", "Unknown browser"),
            ("<script>alert(1)</script>", "Unknown browser"),
            ("\u{202e}xoferiF", "Unknown browser"),
        ] {
            assert_eq!(describe_agent(agent), words, "{agent}");
        }
    }

    #[test]
    fn only_the_beginning_counts() {
        let long = format!("{}Firefox/1", "é".repeat(LOOKED_AT));
        assert_eq!(describe_agent(&long), "Unknown browser");
        let long = format!("Firefox/1 {}", "é".repeat(100_000));
        assert_eq!(describe_agent(&long), "Firefox");
    }

    proptest! {
        #[test]
        fn nothing_a_client_made_up_is_repeated(agent in "\\PC{0,600}") {
            let words = describe_agent(&agent);
            let known = BROWSERS.iter().map(|(_, name)| *name).chain(["Unknown browser"]);
            let systems = || SYSTEMS.iter().map(|(_, name)| *name);
            let mut all = known.flat_map(|browser| {
                systems().map(move |system| format!("{browser} on {system}")).chain([browser.to_owned()])
            });
            prop_assert!(all.any(|one| one == words));
        }
    }
}
