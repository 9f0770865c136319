//! Formatted text, written once and rendered as ADF for Cloud and as wiki text for Data Center.

use serde_json::{Value, json};

pub(super) enum Block {
    Heading(u8, String),
    Text(Vec<Inline>),
    List(bool, Vec<String>),
    Table(Vec<&'static str>, Vec<Vec<String>>),
    Panel(&'static str, String),
    Code(&'static str, String),
    Quote(String),
    Rule,
}

pub(super) enum Inline {
    Plain(String),
    Strong(String),
    Em(String),
    Mono(String),
    Link(String, String),
    Break,
}

fn text(value: &str) -> Value {
    json!({"type": "text", "text": value})
}

fn marked(value: &str, mark: Value) -> Value {
    json!({"type": "text", "text": value, "marks": [mark]})
}

fn paragraph(value: &str) -> Value {
    json!({"type": "paragraph", "content": [text(value)]})
}

/// Atlassian Document Format.
pub(super) fn to_adf(blocks: &[Block]) -> Value {
    json!({"type": "doc", "version": 1, "content": blocks.iter().map(block_to_adf).collect::<Vec<_>>()})
}

fn block_to_adf(block: &Block) -> Value {
    match block {
        Block::Heading(level, value) => {
            json!({"type": "heading", "attrs": {"level": level}, "content": [text(value)]})
        }
        Block::Text(parts) => {
            json!({"type": "paragraph", "content": parts.iter().map(inline_to_adf).collect::<Vec<_>>()})
        }
        Block::List(ordered, items) => {
            let items: Vec<Value> = items
                .iter()
                .map(|item| json!({"type": "listItem", "content": [paragraph(item)]}))
                .collect();
            if *ordered {
                json!({"type": "orderedList", "attrs": {"order": 1}, "content": items})
            } else {
                json!({"type": "bulletList", "content": items})
            }
        }
        Block::Table(head, rows) => {
            let row = |kind: &str, cells: Vec<&str>| {
                let cells: Vec<Value> = cells
                    .into_iter()
                    .map(|cell| json!({"type": kind, "attrs": {}, "content": [paragraph(cell)]}))
                    .collect();
                json!({"type": "tableRow", "content": cells})
            };
            let mut content = vec![row("tableHeader", head.clone())];
            content.extend(
                rows.iter()
                    .map(|cells| row("tableCell", cells.iter().map(String::as_str).collect())),
            );
            json!({"type": "table", "attrs": {"isNumberColumnEnabled": false, "layout": "default"}, "content": content})
        }
        Block::Panel(kind, value) => {
            json!({"type": "panel", "attrs": {"panelType": kind}, "content": [paragraph(value)]})
        }
        Block::Code(language, value) => {
            json!({"type": "codeBlock", "attrs": {"language": language}, "content": [text(value)]})
        }
        Block::Quote(value) => json!({"type": "blockquote", "content": [paragraph(value)]}),
        Block::Rule => json!({"type": "rule"}),
    }
}

fn inline_to_adf(inline: &Inline) -> Value {
    match inline {
        Inline::Plain(value) => text(value),
        Inline::Strong(value) => marked(value, json!({"type": "strong"})),
        Inline::Em(value) => marked(value, json!({"type": "em"})),
        Inline::Mono(value) => marked(value, json!({"type": "code"})),
        Inline::Link(value, target) => marked(value, json!({"type": "link", "attrs": {"href": target}})),
        Inline::Break => json!({"type": "hardBreak"}),
    }
}

/// Wiki text with the CRLF line ends Data Center stores.
pub(super) fn to_wiki(blocks: &[Block]) -> String {
    blocks
        .iter()
        .map(block_to_wiki)
        .collect::<Vec<_>>()
        .join("\r\n\r\n")
}

fn block_to_wiki(block: &Block) -> String {
    match block {
        Block::Heading(level, value) => format!("h{level}. {value}"),
        Block::Text(parts) => parts.iter().map(inline_to_wiki).collect(),
        Block::List(ordered, items) => {
            let sign = if *ordered { '#' } else { '*' };
            items
                .iter()
                .map(|item| format!("{sign} {item}"))
                .collect::<Vec<_>>()
                .join("\r\n")
        }
        Block::Table(head, rows) => {
            let mut lines = vec![format!("||{}||", head.join("||"))];
            lines.extend(rows.iter().map(|cells| format!("|{}|", cells.join("|"))));
            lines.join("\r\n")
        }
        Block::Panel(kind, value) => format!("{{panel:title={kind}}}\r\n{value}\r\n{{panel}}"),
        Block::Code(language, value) => format!("{{code:{language}}}\r\n{value}\r\n{{code}}"),
        Block::Quote(value) => format!("{{quote}}\r\n{value}\r\n{{quote}}"),
        Block::Rule => "----".to_owned(),
    }
}

fn inline_to_wiki(inline: &Inline) -> String {
    match inline {
        Inline::Plain(value) => value.clone(),
        Inline::Strong(value) => format!("*{value}*"),
        Inline::Em(value) => format!("_{value}_"),
        Inline::Mono(value) => format!("{{{{{value}}}}}"),
        Inline::Link(value, target) => format!("[{value}|{target}]"),
        Inline::Break => "\r\n".to_owned(),
    }
}
