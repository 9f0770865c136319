//! The plain text of an issue, for `~`.

use serde_json::Value;

use super::{
    World,
    facts::read_field_number,
    issue::Issue,
    store::{Content, Texts},
};

impl World {
    /// The texts of an issue; empty ones for an unknown issue.
    #[must_use]
    pub fn list_texts(&self, id: i64) -> Texts {
        match self.store.find_content(id) {
            None => Texts::default(),
            Some(Content::Stored(issue)) => read_texts(issue),
            Some(Content::Made) => {
                let made = self.store.maker.as_ref().zip(self.store.find(id));
                made.map_or_else(Texts::default, |(maker, facts)| maker.make_texts(self, facts))
            }
        }
    }

    /// The texts of those comments of an issue that may be read.
    #[must_use]
    pub fn list_comment_texts(&self, id: i64, may_read: &dyn Fn(&Value) -> bool) -> Vec<String> {
        if let (None, Some(Content::Made)) = (self.store.find_extras(id), self.store.find_content(id)) {
            let made = self.store.maker.as_ref().zip(self.store.find(id));
            return made.map_or_else(Vec::new, |(maker, facts)| maker.list_comment_texts(facts));
        }
        let extras = self.find_extras(id);
        let comments = extras.as_ref().map_or(&[][..], |extras| &extras.comments);
        comments
            .iter()
            .filter(|comment| may_read(comment))
            .map(|comment| read_rich(&comment["body"]))
            .collect()
    }
}

fn read_texts(issue: &Issue) -> Texts {
    let text = |name: &str| {
        let wiki = issue.wiki.get(name).filter(|value| value.is_string());
        wiki.or_else(|| issue.find_field(name))
            .map_or_else(String::new, read_rich)
    };
    let custom = issue.fields().into_iter().flatten();
    Texts {
        summary: text("summary"),
        description: text("description"),
        environment: text("environment"),
        custom: custom
            .filter(|(_, value)| value.is_string() || value["type"] == "doc")
            .filter_map(|(name, _)| Some((read_field_number(name)?, text(name))))
            .collect(),
    }
}

/// A string as it is, a document as the text in it.
fn read_rich(value: &Value) -> String {
    fn collect(value: &Value, out: &mut String) {
        match value {
            Value::Object(node) => {
                if let Some(text) = node.get("text").and_then(Value::as_str) {
                    out.push_str(text);
                }
                if let Some(content) = node.get("content") {
                    collect(content, out);
                    out.push('\n');
                }
            }
            Value::Array(nodes) => nodes.iter().for_each(|node| collect(node, out)),
            _ => {}
        }
    }
    match value {
        Value::String(text) => text.clone(),
        other => {
            let mut out = String::new();
            collect(other, &mut out);
            out
        }
    }
}
