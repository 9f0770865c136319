//! Formatted text, written once and rendered as ADF for Cloud and as wiki text for Data Center.

use serde_json::Value;

use super::super::json::{self, Members};

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

/// Atlassian Document Format.
pub(super) fn to_adf(blocks: &[Block]) -> Value {
    let mut out = Vec::new();
    write_adf(blocks, &mut out);
    json::read(&out)
}

/// Atlassian Document Format, written into an answer.
pub(super) fn write_adf(blocks: &[Block], out: &mut Vec<u8>) {
    let mut doc = Members::begin(out);
    doc.put("type", "doc");
    doc.put("version", &1);
    json::push_list(doc.name("content"), blocks, write_block);
    doc.end();
}

/// Begins a node.
fn node<'a>(out: &'a mut Vec<u8>, kind: &str) -> Members<'a> {
    let mut node = Members::begin(out);
    node.put("type", kind);
    node
}

fn write_text(value: &str, out: &mut Vec<u8>) {
    let mut text = node(out, "text");
    text.put("text", value);
    text.end();
}

/// A text with one mark.
fn write_marked(value: &str, mark: &str, target: Option<&str>, out: &mut Vec<u8>) {
    let mut text = node(out, "text");
    text.put("text", value);
    json::push_list(text.name("marks"), [mark], |mark, out| {
        let mut mark = node(out, mark);
        if let Some(target) = target {
            let mut attrs = Members::begin(mark.name("attrs"));
            attrs.put("href", target);
            attrs.end();
        }
        mark.end();
    });
    text.end();
}

fn write_paragraph(value: &str, out: &mut Vec<u8>) {
    let mut paragraph = node(out, "paragraph");
    json::push_list(paragraph.name("content"), [value], write_text);
    paragraph.end();
}

/// A node around one paragraph, with attributes.
fn write_around(kind: &str, attrs: Option<(&str, &str)>, value: &str, out: &mut Vec<u8>) {
    let mut around = node(out, kind);
    if let Some((name, value)) = attrs {
        let mut attrs = Members::begin(around.name("attrs"));
        attrs.put(name, value);
        attrs.end();
    }
    json::push_list(around.name("content"), [value], write_paragraph);
    around.end();
}

fn write_row<'a>(kind: &str, cells: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    let mut row = node(out, "tableRow");
    json::push_list(row.name("content"), cells, |cell, out| {
        let mut around = node(out, kind);
        Members::begin(around.name("attrs")).end();
        json::push_list(around.name("content"), [cell], write_paragraph);
        around.end();
    });
    row.end();
}

fn write_block(block: &Block, out: &mut Vec<u8>) {
    match block {
        Block::Heading(level, value) => {
            let mut heading = node(out, "heading");
            let mut attrs = Members::begin(heading.name("attrs"));
            attrs.put("level", level);
            attrs.end();
            json::push_list(heading.name("content"), [value.as_str()], write_text);
            heading.end();
        }
        Block::Text(parts) => {
            let mut paragraph = node(out, "paragraph");
            json::push_list(paragraph.name("content"), parts, write_inline);
            paragraph.end();
        }
        Block::List(ordered, items) => {
            let mut list = node(out, if *ordered { "orderedList" } else { "bulletList" });
            if *ordered {
                let mut attrs = Members::begin(list.name("attrs"));
                attrs.put("order", &1);
                attrs.end();
            }
            json::push_list(list.name("content"), items, |item, out| {
                write_around("listItem", None, item, out);
            });
            list.end();
        }
        Block::Table(head, rows) => {
            let mut table = node(out, "table");
            let mut attrs = Members::begin(table.name("attrs"));
            attrs.put("isNumberColumnEnabled", &false);
            attrs.put("layout", "default");
            attrs.end();
            let head = std::iter::once(None)
                .chain(rows.iter().map(Some))
                .map(|row| (head, row));
            json::push_list(table.name("content"), head, |(head, row), out| match row {
                None => write_row("tableHeader", head.iter().copied(), out),
                Some(cells) => write_row("tableCell", cells.iter().map(String::as_str), out),
            });
            table.end();
        }
        Block::Panel(kind, value) => write_around("panel", Some(("panelType", kind)), value, out),
        Block::Code(language, value) => {
            let mut code = node(out, "codeBlock");
            let mut attrs = Members::begin(code.name("attrs"));
            attrs.put("language", language);
            attrs.end();
            json::push_list(code.name("content"), [value.as_str()], write_text);
            code.end();
        }
        Block::Quote(value) => write_around("blockquote", None, value, out),
        Block::Rule => node(out, "rule").end(),
    }
}

fn write_inline(inline: &Inline, out: &mut Vec<u8>) {
    match inline {
        Inline::Plain(value) => write_text(value, out),
        Inline::Strong(value) => write_marked(value, "strong", None, out),
        Inline::Em(value) => write_marked(value, "em", None, out),
        Inline::Mono(value) => write_marked(value, "code", None, out),
        Inline::Link(value, target) => write_marked(value, "link", Some(target), out),
        Inline::Break => node(out, "hardBreak").end(),
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
