//! Pseudonyms: the same person is the same stranger everywhere in one recording.
//!
//! The table lives in memory only and numbers people in the order they come, so that nobody can work
//! back from a recording to a name, not even by trying names.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Texts shorter than this are not looked for inside other texts: they would hit by chance.
const SHORTEST: usize = 4;

#[derive(Debug, Default)]
pub(super) struct People {
    /// Everything that names somebody, and what stands for it.
    names: BTreeMap<String, String>,
    /// Number by account id, key, email or name, whichever was seen first.
    numbers: BTreeMap<String, usize>,
    count: usize,
}

impl People {
    /// Remembers everybody the value describes: those it shows, then those its histories only name.
    pub(super) fn meet(&mut self, value: &Value) {
        walk(value, &mut |object| self.meet_one(object));
        walk(value, &mut |object| self.meet_changed(object));
    }

    /// What stands for somebody who is known by exactly this.
    pub(super) fn find(&self, text: &str) -> Option<&str> {
        self.names.get(text).map(String::as_str)
    }

    fn meet_one(&mut self, object: &Map<String, Value>) {
        let text = |name: &str| {
            object
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        // A row of a role shows the account below itself.
        let account = text("accountId").or_else(|| object.get("actorUser")?.get("accountId")?.as_str());
        let is_person = account.is_some() || text("emailAddress").is_some() || looks_like_person(object);
        if !is_person {
            return;
        }
        self.meet_marks([
            account,
            text("key"),
            text("emailAddress"),
            text("name"),
            text("displayName"),
        ]);
    }

    /// A line of a history that tells of a person: an id and a name before, and after.
    fn meet_changed(&mut self, item: &Map<String, Value>) {
        let text = |name: &str| {
            item.get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let Some(field) = text("field").or_else(|| text("fieldId")) else {
            return;
        };
        let is_user_field = matches!(
            field.to_ascii_lowercase().as_str(),
            "assignee" | "reporter" | "creator"
        );
        for (id, account, name) in [
            ("from", "tmpFromAccountId", "fromString"),
            ("to", "tmpToAccountId", "toString"),
        ] {
            let (id, account) = (text(id), text(account));
            let is_key = id.is_some_and(looks_like_key);
            if !is_user_field && account.is_none() && !is_key {
                continue;
            }
            let is_account = account.is_some() || id.is_some_and(looks_like_account);
            self.meet_marks(if is_account {
                let key = id.filter(|id| account.is_some_and(|account| account != *id));
                [account.or(id), key, None, None, text(name)]
            } else if is_key {
                [None, id, None, None, text(name)]
            } else {
                [None, None, None, id, text(name)]
            });
        }
    }

    /// Remembers one person by account id, key, email, name and display name.
    fn meet_marks(&mut self, marks: [Option<&str>; 5]) {
        if marks.iter().all(Option::is_none) {
            return;
        }
        let known = marks
            .iter()
            .flatten()
            .find_map(|mark| self.numbers.get(*mark).copied());
        let number = known.unwrap_or_else(|| {
            self.count += 1;
            self.count
        });
        let stands = [
            format!("712020:recorded-{number:04}"),
            format!("JIRAUSER{}", 90_000 + number),
            format!("person{number}@recorded.example"),
            format!("person{number}"),
            format!("Person {number}"),
        ];
        for (mark, stand) in marks.into_iter().zip(stands) {
            if let Some(mark) = mark {
                self.numbers.entry(mark.to_owned()).or_insert(number);
                self.names.entry(mark.to_owned()).or_insert(stand);
            }
        }
    }

    /// What stands for an email that nobody was seen with.
    pub(super) fn meet_email(&mut self, email: &str) -> String {
        if let Some(stand) = self.names.get(email) {
            return stand.clone();
        }
        self.count += 1;
        let stand = format!("person{}@recorded.example", self.count);
        self.names.insert(email.to_owned(), stand.clone());
        stand
    }

    /// The text with everybody in it replaced; longer names first, so that none is cut in two.
    pub(super) fn replace(&self, text: &str) -> String {
        if let Some(stand) = self.names.get(text) {
            return stand.clone();
        }
        let mut found: Vec<(&String, &String)> = self
            .names
            .iter()
            .filter(|(name, _)| name.len() >= SHORTEST && text.contains(name.as_str()))
            .collect();
        found.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let mut out = text.to_owned();
        for (name, stand) in found {
            out = out.replace(name.as_str(), stand);
        }
        out
    }
}

/// Shows every object inside a value.
fn walk(value: &Value, see: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, see)),
        Value::Object(object) => {
            see(object);
            object.values().for_each(|item| walk(item, see));
        }
        _ => {}
    }
}

/// Somebody without an account id and an email: pickers of Data Center leave `active` out, too. Groups have
/// names as well, but nobody is hurt by them.
fn looks_like_person(object: &Map<String, Value>) -> bool {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let called = ["key", "name"].iter().any(|name| !text(name).is_empty());
    let named = called && !text("displayName").is_empty();
    let shown = ["active", "html", "avatarUrl", "avatarUrls"]
        .iter()
        .any(|name| object.contains_key(*name));
    named && !text("type").contains("group") && (shown || text("self").contains("/user?"))
}

/// A user key of Data Center as it has been made since 8.4.
fn looks_like_key(text: &str) -> bool {
    text.strip_prefix("JIRAUSER")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// An account id of Cloud: `557058:…`, or 24 hexadecimal digits.
fn looks_like_account(text: &str) -> bool {
    text.contains(':') || text.len() == 24 && text.bytes().all(|letter| letter.is_ascii_hexdigit())
}
