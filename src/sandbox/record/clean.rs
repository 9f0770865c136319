//! Taking out of a document what must not leave the house: people, secrets, addresses, hosts, and
//! (unless they are kept on purpose) the words people wrote.
//!
//! What it does not know by its key it cleans by its look: emails, IP addresses, the Jira's own host.
//! It cannot know a name that stands only in free text; that is why texts are replaced by default.

use std::net::IpAddr;

use serde_json::Value;
use url::Url;

use super::{
    links::{self, LINK_KEYS, TYPED},
    people::People,
    words,
};

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
const TEXT_KEYS: [&str; 17] = [
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
    "defaultValue",
    "alt",
    "html",
];

/// What a string is, by the keys above it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    /// A name, an id, anything but prose.
    No,
    /// Prose.
    Yes,
    /// The value of a custom field: prose unless its look says otherwise.
    Custom,
    /// A query, in which only the words to look for are prose.
    Jql,
    /// Prose all the way down.
    All,
    /// Values of a map from the ids of fields to their names or complaints.
    Names,
}

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
        self.clean_value("", value, Text::No);
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
            if is_secret(&name) {
                continue;
            }
            let value = if is_jql(&name) {
                self.clean_jql(&value)
            } else if TYPED.contains(&&*name) {
                self.clean_typed(&value)
            } else {
                self.clean_text(&value)
            };
            out.append_pair(&name, &value);
        }
        out.finish()
    }

    /// What is sent to or read from one property: all of it is what somebody stored there.
    pub(super) fn clean_property(&mut self, value: &mut Value) {
        self.people.meet(value);
        self.clean_value("", value, Text::All);
    }

    fn clean_value(&mut self, key: &str, value: &mut Value, text: Text) {
        if is_secret(key) && !value.is_object() && !value.is_array() {
            *value = Value::from("removed");
            return;
        }
        let text = match (text, value.is_string()) {
            (Text::All, _) => Text::All,
            (Text::Names, _) => Text::No,
            _ if TEXT_KEYS.contains(&key) || LINK_KEYS.contains(&key) || is_rendered(key) => Text::Yes,
            _ if key.starts_with("customfield_") => Text::Custom,
            _ if key == "properties" && value.is_object() => Text::All,
            (Text::No, true) if is_jql(key) => Text::Jql,
            (text, _) => text,
        };
        let property = is_property(value);
        match value {
            Value::String(string) => *string = self.clean_string(key, string, text),
            Value::Array(items) => {
                for item in items {
                    let text = if item.is_object() && text != Text::All {
                        Text::No
                    } else {
                        text
                    };
                    // The entries of a list are no field themselves: its key has been read.
                    self.clean_value("", item, text);
                }
            }
            Value::Object(object) => {
                // A document or a list of comments hangs below a text key; its own keys decide.
                let below = match text {
                    Text::All => Text::All,
                    _ if is_rendered(key) => Text::Yes,
                    // The names of fields by their ids.
                    _ if key == "names" || key == "errors" => Text::Names,
                    _ => Text::No,
                };
                for (name, value) in object.iter_mut() {
                    let below = if property && name == "value" {
                        Text::All
                    } else {
                        below
                    };
                    self.clean_value(name, value, below);
                }
            }
            _ => {}
        }
    }

    fn clean_string(&mut self, key: &str, string: &str, text: Text) -> String {
        if key.ends_with("x48") || key.ends_with("x24") || key.ends_with("x16") || key.ends_with("x32") {
            return format!("{HOST}/secure/useravatar?size={key}");
        }
        if string.contains("avatar") && string.starts_with("http") || string.contains("gravatar") {
            return format!("{HOST}/secure/useravatar");
        }
        // Marks of what was found cut names in two, so that nobody would know them again.
        if key == "html" {
            return words::blank_letters(string);
        }
        if self.keep_texts {
            return self.clean_text(string);
        }
        if words::is_sprint(string) {
            return self.clean_text(&words::blank_goal(string));
        }
        match text {
            Text::Jql => self.clean_jql(string),
            Text::Yes if LINK_KEYS.contains(&key) => self.clean_link(string),
            Text::Custom if words::is_key(string) || words::is_rank(string) => self.clean_text(string),
            Text::Yes | Text::Custom | Text::All if !words::looks_like_code(string) => {
                words::blank_letters(string)
            }
            _ => self.clean_text(string),
        }
    }

    fn clean_jql(&mut self, jql: &str) -> String {
        if self.keep_texts {
            return self.clean_text(jql);
        }
        self.clean_text(&words::blank_operands(jql))
    }

    /// What somebody typed to find something; somebody's whole name is known and stays a name.
    fn clean_typed(&mut self, typed: &str) -> String {
        match self.people.find(typed) {
            Some(stand) => stand.to_owned(),
            None if self.keep_texts || words::looks_like_code(typed) => self.clean_text(typed),
            None => words::blank_letters(typed),
        }
    }

    /// An address: what points into the recorded Jira goes on doing so.
    fn clean_link(&mut self, link: &str) -> String {
        let own = self.own.iter().map(String::as_str).chain([HOST]);
        let (start, rest) = match links::cut_own(link, own) {
            Some(rest) => (HOST, rest),
            None if link.starts_with('/') && !link.starts_with("//") => ("", link),
            None => return links::blank_foreign(link).unwrap_or_else(|| words::blank_letters(link)),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = self.clean_path(&links::blank_path(path));
        let query = self.clean_query(query);
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{start}{path}{mark}{query}")
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

fn is_jql(key: &str) -> bool {
    matches!(
        key,
        "jql" | "currentJQL" | "FILTERS" | "issue-related-events-section" | "jqlFilter" | "queries"
    )
}

/// `{"key": …, "value": …}` and nothing more is a property.
fn is_property(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|object| object.len() == 2 && value["key"].is_string() && object.contains_key("value"))
}

/// A request as a recording without texts would have it: parameters and body.
pub(in crate::sandbox) fn blank_request(path: &str, query: &str, body: &Value) -> (String, Value) {
    let mut cleaner = Cleaner {
        people: People::default(),
        own: Vec::new(),
        keep_texts: false,
    };
    let mut body = body.clone();
    let text = if names_property(path) { Text::All } else { Text::No };
    cleaner.clean_value("", &mut body, text);
    (cleaner.clean_query(query), body)
}

/// Whether the path leads to one property, whose value is sent bare.
pub(super) fn names_property(path: &str) -> bool {
    path.split_once("/properties/")
        .is_some_and(|(_, name)| !name.is_empty())
}
