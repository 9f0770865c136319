//! Issues written straight into an answer: only the fields asked for, nothing built to be thrown away.
//!
//! A kept issue is written from its JSON, one that nobody has touched by the world's `Maker`. Whoever
//! needs an issue to look into or to change takes [`World::issue`] instead, which reads what is written
//! here: there is one way from facts to JSON.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{World, find_by_id, issue::Issue, store::Content};
use crate::sandbox::{
    json::{self, Copies, Members},
    write::text,
};

/// What is wanted of an issue.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// The fields.
    pub keep: &'a dyn Fn(&str) -> bool,
    /// Rich text as wiki text, as version 2 has it, also on Cloud.
    pub wiki: bool,
}

/// What the issue has before its fields.
const EXPAND: &str = "operations,versionedRepresentations,editmeta,changelog,renderedFields";

impl World {
    /// Writes the fields that are wanted; an unknown issue has none.
    pub fn write_issue_fields(
        &self,
        id: i64,
        wish: &Wish<'_>,
        copies: &mut Copies,
        fields: &mut Members<'_>,
    ) {
        match self.store.find_content(id) {
            Some(Content::Stored(issue)) => {
                for (name, value) in issue.fields().into_iter().flatten() {
                    if (wish.keep)(name) {
                        let plain = issue.wiki.get(name).filter(|_| wish.wiki);
                        fields.put(name, plain.unwrap_or(value));
                    }
                }
            }
            Some(Content::Made) => {
                if let Some((maker, facts)) = self.store.maker.as_ref().zip(self.store.find(id)) {
                    maker.write_fields(self, facts, wish, copies, fields);
                }
            }
            None => {}
        }
    }

    /// Writes what an issue has beside its fields.
    pub fn write_head(&self, id: i64, head: &mut Members<'_>) {
        if let Some(Content::Stored(issue)) = self.store.find_content(id) {
            for (name, value) in issue.body.iter().filter(|(name, _)| *name != "fields") {
                head.put(name, value);
            }
            return;
        }
        let Some(facts) = self.store.find(id) else { return };
        head.put("expand", EXPAND);
        head.put("id", &id.to_string());
        head.put("self", &self.write_link(id));
        head.put("key", &self.write_key(facts));
    }

    fn write_link(&self, id: i64) -> String {
        let api = if self.is_cloud() { 3 } else { 2 };
        format!("{}/rest/api/{api}/issue/{id}", self.base_url)
    }

    /// Writes an issue as others show it: parent, sub-task, link. Null for an unknown one.
    pub fn write_reference(&self, id: i64, copies: &mut Copies, out: &mut Vec<u8>) {
        let Some(facts) = self.store.find(id) else {
            return out.extend_from_slice(b"null");
        };
        let keep = |name: &str| matches!(name, "summary" | "status" | "priority" | "issuetype");
        let mut reference = Members::begin(out);
        reference.put("id", &id.to_string());
        reference.put("key", &self.write_key(facts));
        reference.put("self", &self.write_link(id));
        let mut fields = Members::begin(reference.name("fields"));
        let wish = Wish {
            keep: &keep,
            wiki: false,
        };
        self.write_issue_fields(id, &wish, copies, &mut fields);
        fields.end();
        reference.end();
    }

    /// Writes the comments as a list and gives their number.
    pub fn write_comments(&self, id: i64, wiki: bool, copies: &mut Copies, out: &mut Vec<u8>) -> usize {
        if let Some(extras) = self.store.find_extras(id) {
            json::push_list(out, &extras.comments, |comment, out| match &comment["body"] {
                body if wiki && body.is_object() => {
                    let mut comment = comment.clone();
                    comment["body"] = Value::from(text::to_wiki(body));
                    json::push(out, &comment);
                }
                _ => json::push(out, comment),
            });
            return extras.comments.len();
        }
        let made = match self.store.find_content(id) {
            Some(Content::Made) => self.store.maker.as_ref().zip(self.store.find(id)),
            _ => None,
        };
        if let Some((maker, facts)) = made {
            return maker.write_comments(self, facts, wiki, copies, out);
        }
        out.extend_from_slice(b"[]");
        0
    }

    /// Writes the history as a list, at most so many, newest first if there is a limit; gives how many there
    /// are and how many were written.
    pub fn write_changelog(
        &self,
        id: i64,
        most: Option<usize>,
        copies: &mut Copies,
        out: &mut Vec<u8>,
    ) -> (usize, usize) {
        if let (None, Some(maker), Some(facts)) = (
            self.store.find_extras(id),
            self.store.maker.as_ref(),
            self.store.find(id),
        ) && !self.is_kept(id)
        {
            return maker.write_changelog(self, facts, most, copies, out);
        }
        let extras = self.find_extras(id).unwrap_or_default();
        let all = extras.changelog.as_slice();
        let shown = all.len().min(most.unwrap_or(usize::MAX));
        if most.is_some() {
            json::push_list(out, all.iter().rev().take(shown), |history, out| {
                json::push(out, history);
            });
        } else {
            json::push_list(out, all, |history, out| json::push(out, history));
        }
        (all.len(), shown)
    }

    /// The sub-tasks of an issue.
    pub fn list_subtasks(&self, id: i64) -> impl Iterator<Item = i64> {
        let children = self.store.index().find_children(id).into_iter().flatten();
        children.copied().filter(|child| {
            let kind = self.store.find(*child).map_or(0, |facts| facts.issue_type);
            find_by_id(&self.issue_types, kind).is_some_and(|kind| kind["subtask"] == true)
        })
    }

    /// An issue by id with at least the fields that are wanted: what is made on demand is not made in
    /// vain.
    #[must_use]
    pub fn issue_part(&self, id: i64, keep: &dyn Fn(&str) -> bool) -> Option<Cow<'_, Issue>> {
        if let Content::Stored(issue) = self.store.find_content(id)? {
            return Some(Cow::Borrowed(issue));
        }
        let facts = self.store.maker.as_ref().and(self.store.find(id))?;
        let fields = self.read_fields(id, keep, false);
        let rich = |name: &str| fields.get(name).is_some_and(|value| value["type"] == "doc");
        let wiki = self.read_fields(id, &rich, true);
        let mut out = Vec::new();
        let mut head = Members::begin(&mut out);
        self.write_head(id, &mut head);
        head.end();
        let mut body = read_map(&out);
        body.insert("fields".to_owned(), Value::Object(fields));
        Some(Cow::Owned(Issue {
            id,
            key: self.write_key(facts),
            project_id: facts.project.to_string(),
            body,
            wiki,
        }))
    }

    fn read_fields(&self, id: i64, keep: &dyn Fn(&str) -> bool, wiki: bool) -> Map<String, Value> {
        let mut out = Vec::new();
        let mut fields = Members::begin(&mut out);
        self.write_issue_fields(id, &Wish { keep, wiki }, &mut Copies::default(), &mut fields);
        fields.end();
        read_map(&out)
    }
}

fn read_map(written: &[u8]) -> Map<String, Value> {
    match json::read(written) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
