//! Taking out of a document what must not leave the house: people, secrets, addresses, hosts, and
//! (unless they are kept on purpose) the words people wrote.
//!
//! What it does not know by its key it cleans by its look: emails, IP addresses, the Jira's own host.
//! It cannot know a name that stands only in free text; that is why texts are replaced by default.

use std::net::IpAddr;

use serde_json::Value;
use url::Url;

use super::people::People;

/// What stands for the recorded Jira.
pub(in crate::sandbox) const HOST: &str = "https://recorded.example";

/// Keys whose value is secret, whatever it is.
const SECRET_KEYS: [&str; 11] = [
    "token",
    "rawtoken",
    "apitoken",
    "secret",
    "password",
    "access_token",
    "refresh_token",
    "sessionid",
    "authorization",
    "os_password",
    "jwt",
];

/// Keys of texts that people write.
const TEXT_KEYS: [&str; 14] = [
    "summary",
    "summaryText",
    "description",
    "environment",
    "body",
    "renderedBody",
    "comment",
    "goal",
    "text",
    "title",
    "fromString",
    "toString",
    "contents",
    "filename",
];

#[derive(Debug)]
pub(super) struct Cleaner {
    people: People,
    /// Beginnings of addresses that mean the recorded Jira.
    own: Vec<String>,
    keep_texts: bool,
}

impl Cleaner {
    pub(super) fn new(upstream: &Url, proxy: &str, keep_texts: bool) -> Self {
        let own = vec![
            upstream.as_str().trim_end_matches('/').to_owned(),
            proxy.to_owned(),
        ];
        Self {
            people: People::default(),
            own,
            keep_texts,
        }
    }

    /// Cleans a whole document.
    pub(super) fn clean(&mut self, value: &mut Value) {
        self.people.meet(value);
        self.clean_value("", value, false);
    }

    /// A path names people and keys, too.
    pub(super) fn clean_path(&mut self, path: &str) -> String {
        path.split('/')
            .map(|part| self.people.replace(part))
            .collect::<Vec<_>>()
            .join("/")
    }

    /// The query, decoded and encoded again, without secrets.
    pub(super) fn clean_query(&mut self, query: &str) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if !is_secret(&name) {
                out.append_pair(&name, &self.clean_text(&value));
            }
        }
        out.finish()
    }

    fn clean_value(&mut self, key: &str, value: &mut Value, in_text: bool) {
        if is_secret(key) && !value.is_object() && !value.is_array() {
            *value = Value::from("removed");
            return;
        }
        let in_text = in_text || TEXT_KEYS.contains(&key) || is_rendered(key);
        match value {
            Value::String(text) => *text = self.clean_string(key, text, in_text),
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| self.clean_value(key, item, in_text && !item.is_object())),
            Value::Object(object) => {
                // A document or a list of comments hangs below a text key; its own keys decide.
                let below = is_rendered(key);
                for (name, value) in object.iter_mut() {
                    self.clean_value(name, value, below);
                }
            }
            _ => {}
        }
    }

    fn clean_string(&mut self, key: &str, text: &str, in_text: bool) -> String {
        if key.ends_with("x48") || key.ends_with("x24") || key.ends_with("x16") || key.ends_with("x32") {
            return format!("{HOST}/secure/useravatar?size={key}");
        }
        if text.contains("avatar") && text.starts_with("http") || text.contains("gravatar") {
            return format!("{HOST}/secure/useravatar");
        }
        if in_text && !self.keep_texts && !looks_like_code(text) {
            return blank_letters(text);
        }
        self.clean_text(text)
    }

    fn clean_text(&mut self, text: &str) -> String {
        let mut out = self.people.replace(text);
        for own in &self.own {
            out = out.replace(own.as_str(), HOST);
        }
        self.replace_words(&out)
    }

    /// Emails and IP addresses, told by their look.
    fn replace_words(&mut self, text: &str) -> String {
        let is_edge = |letter: char| letter.is_whitespace() || "<>()[]{}\"',;|/=?&".contains(letter);
        let mut out = String::with_capacity(text.len());
        let mut word = String::new();
        for letter in text.chars().chain(['\n']) {
            if is_edge(letter) {
                out.push_str(&self.replace_word(&word));
                word.clear();
                out.push(letter);
            } else {
                word.push(letter);
            }
        }
        out.pop();
        out
    }

    fn replace_word(&mut self, word: &str) -> String {
        if let Some((_, domain)) = word.split_once('@')
            && domain.contains('.')
            && !domain.ends_with("recorded.example")
        {
            let start = word.strip_prefix("mailto:").unwrap_or(word);
            return self.people.meet_email(start.trim_end_matches('.'));
        }
        let bare = word.trim_end_matches(['.', ':']);
        let host = bare.rsplit_once(':').map_or(bare, |(host, _port)| host);
        match (bare.parse::<IpAddr>(), host.parse::<IpAddr>()) {
            (Ok(IpAddr::V6(_)), _) if bare.len() > 2 => word.replace(bare, "2001:db8::1"),
            (Ok(IpAddr::V4(_)), _) | (_, Ok(IpAddr::V4(_))) => word.replace(host, "192.0.2.1"),
            _ => word.to_owned(),
        }
    }
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRET_KEYS.iter().any(|secret| key == *secret)
}

fn is_rendered(key: &str) -> bool {
    key == "renderedFields"
}

/// A timestamp, a number or an id in a text field is no prose, and its shape matters.
fn looks_like_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && !text.contains(' ')
        && text.chars().any(|letter| letter.is_ascii_digit())
        && text
            .chars()
            .all(|letter| letter.is_ascii_digit() || "-:.+TZ,".contains(letter))
}

/// Every letter as `x` and every digit as `0`: length, words and markup stay.
fn blank_letters(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            letter if letter.is_uppercase() => 'X',
            letter if letter.is_alphabetic() => 'x',
            letter if letter.is_numeric() => '0',
            letter => letter,
        })
        .collect()
}
