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
    /// Remembers everybody the value describes.
    pub(super) fn meet(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.meet(item)),
            Value::Object(object) => {
                self.meet_one(object);
                object.values().for_each(|item| self.meet(item));
            }
            _ => {}
        }
    }

    fn meet_one(&mut self, object: &Map<String, Value>) {
        let text = |name: &str| {
            object
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let is_person = text("accountId").is_some()
            || text("emailAddress").is_some()
            || text("displayName").is_some()
                && (text("key").is_some() || text("name").is_some())
                && object.contains_key("active");
        if !is_person {
            return;
        }
        let marks = ["accountId", "key", "emailAddress", "name", "displayName"].map(text);
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
