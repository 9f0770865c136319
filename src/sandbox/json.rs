//! JSON written straight into bytes, for answers that would be too dear as trees.
//!
//! A page of a hundred issues is a megabyte that repeats the same people, statuses and projects:
//! [`Copies`] keeps what one answer has written already. It must live no longer than the look at the
//! world it was made in, because it never learns of a change.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::world::Word;

/// Writes any value. Values here are strings, numbers and trees, which always have a form in JSON.
pub(super) fn push(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let start = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

/// Writes the elements of a list between brackets.
pub(super) fn push_list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(T, &mut Vec<u8>),
) {
    out.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}

/// The members of an object that is being written.
#[derive(Debug)]
pub struct Members<'a> {
    out: &'a mut Vec<u8>,
    any: bool,
}

impl<'a> Members<'a> {
    /// Begins an object.
    pub fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, any: false }
    }

    /// Names a member, whose value the caller writes.
    pub fn name(&mut self, name: &str) -> &mut Vec<u8> {
        if self.any {
            self.out.push(b',');
        }
        self.any = true;
        push(self.out, name);
        self.out.push(b':');
        self.out
    }

    /// A member with its value.
    pub fn put(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        push(self.name(name), value);
    }

    /// Ends the object.
    pub fn end(self) {
        self.out.push(b'}');
    }
}

/// What is written again and again in one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// A type by id.
    Type(u32),
    /// A status by id.
    Status(u32),
    /// A priority by id.
    Priority(u32),
    /// A resolution by id.
    Resolution(u32),
    /// A project by id.
    Project(u32),
    /// A version by project and id.
    Version(u32, u32),
    /// A sprint by id.
    Sprint(u32),
    /// A person by id.
    Person(Option<Word>),
}

/// What one answer has written already.
#[derive(Debug, Default)]
pub struct Copies(HashMap<Part, Box<[u8]>>);

impl Copies {
    /// Writes a part, made the first time and copied after that.
    pub fn write(&mut self, part: Part, out: &mut Vec<u8>, make: impl FnOnce(&mut Vec<u8>)) {
        if let Some(copy) = self.0.get(&part) {
            out.extend_from_slice(copy);
            return;
        }
        let start = out.len();
        make(out);
        self.0.insert(part, out[start..].into());
    }
}

/// Reads what was written here; null for what is no JSON.
pub(super) fn read(written: &[u8]) -> Value {
    serde_json::from_slice(written).unwrap_or_default()
}

/// Links below the site's own address lead through a prefix from now on.
pub(super) fn rebase(written: &[u8], base: &str, prefix: &str) -> Vec<u8> {
    let start = format!("\"{base}");
    let mut out = Vec::with_capacity(written.len() + written.len() / 16);
    let mut rest = written;
    while let Some(place) = find(rest, start.as_bytes()) {
        let (before, after) = rest.split_at(place + start.len());
        // A quote behind a backslash stands inside a text; no text of ours ends with one.
        let inside = place > 0 && rest[place - 1] == b'\\';
        out.extend_from_slice(before);
        if !inside && (after.starts_with(b"/rest/") || after.starts_with(b"\"")) {
            out.extend_from_slice(prefix.as_bytes());
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

/// Strings that begin with one text begin with another of the same length from now on.
pub(super) fn replace_start(written: &mut [u8], from: &str, to: &str) {
    let start = format!("\"{from}");
    let mut done = 0;
    while let Some(place) = find(&written[done..], start.as_bytes()) {
        let at = done + place;
        if at == 0 || written[at - 1] != b'\\' {
            let end = at + start.len();
            for (byte, new) in written[at + 1..end].iter_mut().zip(to.bytes()) {
                *byte = new;
            }
        }
        done = at + start.len();
    }
}

/// Where a text begins; the first byte is looked for alone, since most texts are long and without it.
fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut start = 0;
    while let Some(place) = text.get(start..)?.iter().position(|byte| *byte == first) {
        if text[start + place..].starts_with(wanted) {
            return Some(start + place);
        }
        start += place + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_what_its_members_say() {
        let mut out = Vec::new();
        let mut members = Members::begin(&mut out);
        members.put("a \"quoted\" name", &json!({"b": [null, 1.5]}));
        push_list(members.name("list"), [1, 2], |number, out| push(out, &number));
        push_list(members.name("none"), [0; 0], |number, out| push(out, &number));
        members.end();
        assert_eq!(
            read(&out),
            json!({"a \"quoted\" name": {"b": [null, 1.5]}, "list": [1, 2], "none": []})
        );
        let mut empty = Vec::new();
        Members::begin(&mut empty).end();
        assert_eq!(empty, b"{}");
    }

    #[test]
    fn a_part_is_made_once() {
        let (mut copies, mut out) = (Copies::default(), Vec::new());
        for number in 1..=3 {
            copies.write(Part::Status(7), &mut out, |out| push(out, &number));
            copies.write(Part::Type(7), &mut out, |out| push(out, &(number * 10)));
        }
        assert_eq!(out, b"110110110");
    }

    #[test]
    fn links_are_led_through_a_prefix_and_texts_are_left_alone() {
        let written = json!({
            "self": "http://h:1/rest/api/3/x", "site": "http://h:1", "other": "http://h:12/rest/",
            "page": "http://h:1/browse/A-1", "text": "see \"http://h:1/rest/api/3/x\"",
        });
        let mut lowered = written.to_string().into_bytes();
        replace_start(&mut lowered, "http://h:1/rest/api/3/", "http://h:1/rest/api/2/");
        let mut wanted = written.clone();
        wanted["self"] = Value::from("http://h:1/rest/api/2/x");
        assert_eq!(read(&lowered), wanted);
        let rebased = rebase(written.to_string().as_bytes(), "http://h:1", "/ex/jira/c");
        assert_eq!(
            read(&rebased),
            json!({
                "self": "http://h:1/ex/jira/c/rest/api/3/x", "site": "http://h:1/ex/jira/c",
                "other": "http://h:12/rest/", "page": "http://h:1/browse/A-1",
                "text": "see \"http://h:1/rest/api/3/x\"",
            })
        );
    }
}
