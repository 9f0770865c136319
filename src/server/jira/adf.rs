//! Atlassian Document Format to the neutral tree.
//!
//! Never fails: a node that is not known keeps its text, what is too deep or too much is cut with a
//! note. It must never let an address through that is not checked. Limits: 64 levels, 20 000 nodes,
//! 1 MiB of text.

use serde_json::Value;

use crate::domain::rich_text::{Block, Cell, Inline, Marks, PanelTone, RichText};

/// Deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;
/// Most nodes that are read.
pub const MAX_NODES: usize = 20_000;
/// Most bytes of text that are kept.
pub const MAX_TEXT: usize = 1024 * 1024;

/// Reads a document, or any single node.
pub fn parse_adf(document: &Value) -> RichText {
    let mut reader = Reader {
        nodes: 0,
        text: 0,
        cut: false,
    };
    let mut blocks = match document.get("type").and_then(Value::as_str) {
        Some("doc") | None => reader.blocks(document, 0),
        Some(_) => reader.block(document, 0),
    };
    if reader.cut {
        blocks.push(Block::Unknown {
            name: "cut".to_owned(),
            text: "The rest is too large to show here.".to_owned(),
        });
    }
    RichText { blocks }
}

/// The address as it may stand in a link: `http`, `https` or `mailto`, as the URL parser writes it.
pub fn checked_href(href: &str) -> Option<String> {
    if href.len() > 4096 {
        return None;
    }
    let url = url::Url::parse(href.trim()).ok()?;
    let good = matches!(url.scheme(), "http" | "https" | "mailto");
    // User info makes an address look like another one.
    (good && url.username().is_empty() && url.password().is_none()).then(|| url.to_string())
}

struct Reader {
    nodes: usize,
    text: usize,
    cut: bool,
}

impl Reader {
    /// Whether one more node at this depth may be read.
    fn enter(&mut self, depth: usize) -> bool {
        self.nodes += 1;
        let good = depth <= MAX_DEPTH && self.nodes <= MAX_NODES && self.text < MAX_TEXT;
        self.cut |= !good;
        good
    }

    /// Text within what is left, without control characters but newline and tab.
    fn keep(&mut self, text: &str) -> String {
        let left = MAX_TEXT.saturating_sub(self.text);
        let mut end = text.len().min(left);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.cut |= end < text.len();
        self.text += end;
        text[..end]
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect()
    }

    fn attribute(&mut self, node: &Value, names: &[&str]) -> Option<String> {
        let attributes = node.get("attrs")?;
        let text = names
            .iter()
            .find_map(|name| attributes.get(*name)?.as_str().filter(|text| !text.is_empty()))?;
        Some(self.keep(text))
    }

    fn blocks(&mut self, parent: &Value, depth: usize) -> Vec<Block> {
        let mut found = Vec::new();
        let mut line: Vec<Inline> = Vec::new();
        for node in children(parent) {
            if self.cut {
                break;
            }
            if is_inline(node) {
                // Inline nodes among blocks, as some editors leave them, make a paragraph.
                self.inline(node, Marks::default(), depth + 1, &mut line);
                continue;
            }
            if !line.is_empty() {
                found.push(Block::Paragraph {
                    content: std::mem::take(&mut line),
                });
            }
            found.extend(self.block(node, depth + 1));
        }
        if !line.is_empty() {
            found.push(Block::Paragraph { content: line });
        }
        found
    }

    fn block(&mut self, node: &Value, depth: usize) -> Vec<Block> {
        if !self.enter(depth) {
            return Vec::new();
        }
        let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
        let attribute = |name: &str| node.get("attrs").and_then(|attributes| attributes.get(name));
        let block = match kind {
            "paragraph" => Block::Paragraph {
                content: self.inlines(node, depth),
            },
            "heading" => {
                let level = attribute("level")
                    .and_then(Value::as_u64)
                    .unwrap_or(1)
                    .clamp(1, 6);
                Block::Heading {
                    level: u8::try_from(level).unwrap_or(6),
                    content: self.inlines(node, depth),
                }
            }
            "bulletList" | "orderedList" => Block::List {
                ordered: kind == "orderedList",
                start: attribute("order")
                    .and_then(Value::as_u64)
                    .and_then(|n| u32::try_from(n).ok())
                    .unwrap_or(1),
                items: self.items(node, depth),
            },
            "taskList" | "decisionList" => return self.tasks(node, depth),
            "codeBlock" => Block::Code {
                language: self.attribute(node, &["language"]),
                text: self.plain(node, depth),
            },
            "blockquote" => Block::Quote {
                content: self.blocks(node, depth),
            },
            "panel" => {
                let tone = match attribute("panelType").and_then(Value::as_str) {
                    Some("success" | "tip") => PanelTone::Success,
                    Some("warning") => PanelTone::Warning,
                    Some("error") => PanelTone::Error,
                    Some("note" | "custom") => PanelTone::Note,
                    _ => PanelTone::Info,
                };
                Block::Panel {
                    tone,
                    title: None,
                    content: self.blocks(node, depth),
                }
            }
            "expand" | "nestedExpand" => Block::Panel {
                tone: PanelTone::Note,
                title: self.attribute(node, &["title"]),
                content: self.blocks(node, depth),
            },
            "table" => Block::Table {
                rows: self.table(node, depth),
            },
            "rule" => Block::Rule,
            "media" => Block::Media {
                name: self.media_name(node),
            },
            "mediaSingle" | "mediaGroup" | "layoutSection" | "layoutColumn" | "listItem" | "doc" => {
                return self.blocks(node, depth);
            }
            "blockCard" | "embedCard" => Block::Paragraph {
                content: vec![self.card(node)],
            },
            _ => Block::Unknown {
                name: kind
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .take(64)
                    .collect(),
                text: self.plain(node, depth),
            },
        };
        vec![block]
    }

    fn items(&mut self, list: &Value, depth: usize) -> Vec<Vec<Block>> {
        let mut found = Vec::new();
        for item in children(list) {
            if !self.enter(depth + 1) {
                break;
            }
            found.push(self.blocks(item, depth + 1));
        }
        found
    }

    /// Tasks; a list inside the list follows as a list of its own.
    fn tasks(&mut self, list: &Value, depth: usize) -> Vec<Block> {
        let mut found = Vec::new();
        let mut items = Vec::new();
        for item in children(list) {
            if matches!(
                item.get("type").and_then(Value::as_str),
                Some("taskList" | "decisionList")
            ) {
                if !items.is_empty() {
                    found.push(Block::Tasks {
                        items: std::mem::take(&mut items),
                    });
                }
                found.extend(self.block(item, depth + 1));
                continue;
            }
            if !self.enter(depth + 1) {
                break;
            }
            let state = item.pointer("/attrs/state").and_then(Value::as_str);
            items.push((
                matches!(state, Some("DONE" | "DECIDED")),
                self.inlines(item, depth + 1),
            ));
        }
        if !items.is_empty() {
            found.push(Block::Tasks { items });
        }
        found
    }

    fn table(&mut self, table: &Value, depth: usize) -> Vec<Vec<Cell>> {
        let mut rows = Vec::new();
        for row in children(table) {
            if !self.enter(depth + 1) {
                break;
            }
            let mut cells = Vec::new();
            for cell in children(row) {
                if !self.enter(depth + 2) {
                    break;
                }
                let span = |name| {
                    let wide = cell
                        .get("attrs")
                        .and_then(|attributes| attributes.get(name))
                        .and_then(Value::as_u64);
                    wide.and_then(|n| u16::try_from(n).ok())
                        .unwrap_or(1)
                        .clamp(1, 100)
                };
                cells.push(Cell {
                    header: cell.get("type").and_then(Value::as_str) == Some("tableHeader"),
                    colspan: span("colspan"),
                    rowspan: span("rowspan"),
                    content: self.blocks(cell, depth + 2),
                });
            }
            rows.push(cells);
        }
        rows
    }

    fn inlines(&mut self, parent: &Value, depth: usize) -> Vec<Inline> {
        let mut found = Vec::new();
        for node in children(parent) {
            if self.cut {
                break;
            }
            self.inline(node, Marks::default(), depth + 1, &mut found);
        }
        found
    }

    fn inline(&mut self, node: &Value, marks: Marks, depth: usize, out: &mut Vec<Inline>) {
        if !self.enter(depth) {
            return;
        }
        match node.get("type").and_then(Value::as_str).unwrap_or_default() {
            "text" => {
                let text = self.keep(node.get("text").and_then(Value::as_str).unwrap_or_default());
                let (marks, href) = read_marks(node, marks);
                if !text.is_empty() {
                    out.push(Inline::Text { text, marks, href });
                }
            }
            "hardBreak" => out.push(Inline::Break),
            "mention" | "emoji" | "status" | "placeholder" => {
                if let Some(text) = self.attribute(node, &["text", "shortName"]) {
                    out.push(Inline::Chip { text });
                }
            }
            "date" => {
                let stamp = node.pointer("/attrs/timestamp");
                let millis = stamp.and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()));
                if let Some(at) = millis.and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok()) {
                    out.push(Inline::Chip {
                        text: at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
                    });
                }
            }
            "inlineCard" => out.push(self.card(node)),
            "media" | "mediaInline" => out.push(Inline::Media {
                name: self.media_name(node),
            }),
            _ => {
                let text = self.plain(node, depth);
                if !text.is_empty() {
                    out.push(Inline::Text {
                        text,
                        marks,
                        href: None,
                    });
                }
            }
        }
    }

    fn card(&mut self, node: &Value) -> Inline {
        let address = self.attribute(node, &["url"]).or_else(|| {
            let url = node.pointer("/attrs/data/url")?.as_str()?;
            Some(self.keep(url))
        });
        let text = address.unwrap_or_else(|| "link".to_owned());
        Inline::Text {
            href: checked_href(&text),
            text,
            marks: Marks::default(),
        }
    }

    fn media_name(&mut self, node: &Value) -> String {
        self.attribute(node, &["alt", "__fileName", "fileName", "url"])
            .unwrap_or_else(|| "attachment".to_owned())
    }

    /// All text below a node, blocks on lines of their own.
    fn plain(&mut self, node: &Value, depth: usize) -> String {
        let mut out = String::new();
        self.collect(node, depth, &mut out);
        out.trim_end_matches('\n').to_owned()
    }

    fn collect(&mut self, node: &Value, depth: usize, out: &mut String) {
        if let Some(text) = node.get("text").and_then(Value::as_str) {
            out.push_str(&self.keep(text));
        } else if node.get("type").and_then(Value::as_str) == Some("hardBreak") {
            out.push('\n');
        } else if let Some(text) = self.attribute(node, &["text", "title", "shortName"]) {
            out.push_str(&text);
        }
        for child in children(node) {
            if !self.enter(depth + 1) {
                return;
            }
            self.collect(child, depth + 1, out);
            if !is_inline(child) && !out.ends_with('\n') {
                out.push('\n');
            }
        }
    }
}

fn children(node: &Value) -> &[Value] {
    node.get("content")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn is_inline(node: &Value) -> bool {
    matches!(
        node.get("type").and_then(Value::as_str),
        Some(
            "text"
                | "hardBreak"
                | "mention"
                | "emoji"
                | "status"
                | "placeholder"
                | "date"
                | "inlineCard"
                | "mediaInline"
                | "inlineExtension"
        )
    )
}

fn read_marks(node: &Value, mut marks: Marks) -> (Marks, Option<String>) {
    let mut href = None;
    for mark in node.get("marks").and_then(Value::as_array).into_iter().flatten() {
        match mark.get("type").and_then(Value::as_str).unwrap_or_default() {
            "strong" => marks.strong = true,
            "em" => marks.em = true,
            "strike" => marks.strike = true,
            "underline" => marks.underline = true,
            "code" => marks.code = true,
            "subsup" => match mark.pointer("/attrs/type").and_then(Value::as_str) {
                Some("sup") => marks.sup = true,
                Some("sub") => marks.sub = true,
                _ => {}
            },
            "link" => {
                href = mark
                    .pointer("/attrs/href")
                    .and_then(Value::as_str)
                    .and_then(checked_href);
            }
            _ => {}
        }
    }
    (marks, href)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn doc(content: Value) -> RichText {
        parse_adf(&json!({"type": "doc", "version": 1, "content": content}))
    }

    fn text(text: &str) -> Inline {
        Inline::Text {
            text: text.to_owned(),
            marks: Marks::default(),
            href: None,
        }
    }

    #[test]
    fn blocks_and_marks_are_read() {
        let read = doc(json!([
            {"type": "heading", "attrs": {"level": 9}, "content": [{"type": "text", "text": "T"}]},
            {"type": "paragraph", "content": [
                {"type": "text", "text": "a", "marks": [{"type": "strong"}, {"type": "link", "attrs": {"href": "https://x.example/"}}]},
                {"type": "hardBreak"},
                {"type": "mention", "attrs": {"id": "1", "text": "@Ada"}}]},
            {"type": "codeBlock", "attrs": {"language": "rust"}, "content": [{"type": "text", "text": "let x;\n"}]},
            {"type": "taskList", "content": [{"type": "taskItem", "attrs": {"state": "DONE"}, "content": [{"type": "text", "text": "t"}]}]},
            {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"alt": "shot.png"}}]},
            {"type": "table", "content": [{"type": "tableRow", "content": [
                {"type": "tableHeader", "attrs": {"colspan": 2}, "content": [{"type": "paragraph", "content": []}]}]}]},
        ]));
        let strong = Marks {
            strong: true,
            ..Marks::default()
        };
        assert_eq!(
            read.blocks[0],
            Block::Heading {
                level: 6,
                content: vec![text("T")]
            }
        );
        let Block::Paragraph { content } = &read.blocks[1] else {
            panic!("{read:?}")
        };
        assert_eq!(
            content[0],
            Inline::Text {
                text: "a".to_owned(),
                marks: strong,
                href: Some("https://x.example/".to_owned())
            }
        );
        assert_eq!(
            content[2],
            Inline::Chip {
                text: "@Ada".to_owned()
            }
        );
        assert_eq!(
            read.blocks[2],
            Block::Code {
                language: Some("rust".to_owned()),
                text: "let x;".to_owned()
            }
        );
        assert_eq!(
            read.blocks[3],
            Block::Tasks {
                items: vec![(true, vec![text("t")])]
            }
        );
        assert_eq!(
            read.blocks[4],
            Block::Media {
                name: "shot.png".to_owned()
            }
        );
        let Block::Table { rows } = &read.blocks[5] else {
            panic!("{read:?}")
        };
        assert_eq!((rows[0][0].header, rows[0][0].colspan), (true, 2));
    }

    #[test]
    fn an_unknown_node_keeps_its_text() {
        let read = doc(
            json!([{"type": "marvel", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "kept"}]}]}]),
        );
        assert_eq!(
            read.blocks,
            [Block::Unknown {
                name: "marvel".to_owned(),
                text: "kept".to_owned()
            }]
        );
    }

    #[test]
    fn only_checked_addresses_become_links() {
        for (href, good) in [
            ("https://a.example/x", true),
            ("mailto:a@b.example", true),
            ("javascript:alert(1)", false),
            (" java\tscript:alert(1)", false),
            ("data:text/html,x", false),
            ("//evil.example", false),
            ("https://bank.example@evil.example/", false),
            ("file:///etc/passwd", false),
            ("", false),
        ] {
            assert_eq!(checked_href(href).is_some(), good, "{href}");
        }
    }

    #[test]
    fn depth_nodes_and_text_have_an_end() {
        let mut deep = json!({"type": "paragraph", "content": [{"type": "text", "text": "x"}]});
        for _ in 0..90 {
            deep = json!({"type": "blockquote", "content": [deep]});
        }
        let cut =
            |read: RichText| matches!(read.blocks.last(), Some(Block::Unknown { name, .. }) if name == "cut");
        assert!(cut(doc(json!([deep]))));
        assert!(cut(doc(Value::Array(vec![
            json!({"type": "rule"});
            MAX_NODES + 1
        ]))));
        let long =
            doc(json!([{"type": "paragraph", "content": [{"type": "text", "text": "é".repeat(MAX_TEXT)}]}]));
        assert!(cut(long));
    }

    fn any_node() -> impl Strategy<Value = Value> {
        let kinds = proptest::sample::select(vec![
            "text",
            "paragraph",
            "panel",
            "table",
            "tableRow",
            "taskList",
            "date",
            "media",
            "x",
            "heading",
        ]);
        let leaf = (kinds.clone(), ".{0,8}", any::<i64>()).prop_map(|(kind, text, n)| {
            json!({"type": kind, "text": text, "attrs": {"level": n, "timestamp": n, "colspan": n, "url": text}, "marks": [{"type": "link", "attrs": {"href": text}}]})
        });
        leaf.prop_recursive(6, 40, 4, move |inner| {
            (kinds.clone(), prop::collection::vec(inner, 0..4))
                .prop_map(|(kind, content)| json!({"type": kind, "content": content}))
        })
    }

    proptest! {
        #[test]
        fn any_tree_is_read_without_panic(node in any_node()) {
            let _ = parse_adf(&node);
        }
    }
}
