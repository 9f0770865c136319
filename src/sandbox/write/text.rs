//! Rich text between its two forms: ADF, which Cloud's platform 3 speaks, and wiki text, which
//! everything else speaks.
//!
//! What one form cannot say is kept as plain text; nothing a person wrote is dropped. Text that is
//! no valid document is refused by [`check_adf`] before it is stored.

use serde_json::Value;

/// Block nodes that contain inline nodes.
const TEXT_BLOCKS: [&str; 3] = ["paragraph", "heading", "codeBlock"];
/// Block nodes that contain blocks, and leaf blocks.
const OTHER_BLOCKS: [&str; 21] = [
    "doc",
    "bulletList",
    "orderedList",
    "listItem",
    "blockquote",
    "rule",
    "panel",
    "table",
    "tableRow",
    "tableHeader",
    "tableCell",
    "mediaSingle",
    "mediaGroup",
    "media",
    "expand",
    "nestedExpand",
    "taskList",
    "taskItem",
    "decisionList",
    "decisionItem",
    "blockCard",
];
const INLINE: [&str; 8] = [
    "text",
    "hardBreak",
    "mention",
    "emoji",
    "inlineCard",
    "date",
    "status",
    "mediaInline",
];
const MARKS: [&str; 11] = [
    "strong",
    "em",
    "strike",
    "underline",
    "code",
    "link",
    "subsup",
    "textColor",
    "backgroundColor",
    "annotation",
    "border",
];

/// What Jira says about a value that is no document at all.
pub(crate) const NOT_A_DOCUMENT: &str =
    "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
/// What Jira says about a document it cannot read.
pub(crate) const INVALID: &str = "INVALID_INPUT";

/// Whether the value is a document Jira takes.
///
/// # Errors
/// The text that stands beside the field.
pub(crate) fn check_adf(value: &Value) -> Result<(), &'static str> {
    if !value.is_object() || value["type"] != "doc" {
        return Err(NOT_A_DOCUMENT);
    }
    if value["version"] != 1 || !value["content"].is_array() {
        return Err(INVALID);
    }
    let fine = list(value).iter().all(|node| is_valid(node, false, 0));
    fine.then_some(()).ok_or(INVALID)
}

fn is_valid(node: &Value, inline: bool, depth: usize) -> bool {
    let Some(kind) = node["type"].as_str() else {
        return false;
    };
    // Deeper than any person writes; the walk must end before the stack does.
    if depth > 100 {
        return false;
    }
    if kind == "text" {
        let marked = list_of(node, "marks")
            .iter()
            .all(|mark| mark["type"].as_str().is_some_and(|name| MARKS.contains(&name)));
        return inline && node["text"].as_str().is_some_and(|text| !text.is_empty()) && marked;
    }
    if inline {
        return INLINE.contains(&kind) || matches!(kind, "taskItem" | "decisionItem");
    }
    let leaf = matches!(kind, "rule" | "media" | "blockCard");
    let content = list(node);
    if !leaf && node.get("content").is_some_and(|content| !content.is_array()) {
        return false;
    }
    if TEXT_BLOCKS.contains(&kind) || matches!(kind, "taskItem" | "decisionItem") {
        return content.iter().all(|child| is_valid(child, true, depth + 1));
    }
    OTHER_BLOCKS.contains(&kind)
        && kind != "doc"
        && content.iter().all(|child| is_valid(child, false, depth + 1))
}

fn list(node: &Value) -> &[Value] {
    list_of(node, "content")
}

fn list_of<'a>(node: &'a Value, name: &str) -> &'a [Value] {
    node[name].as_array().map_or(&[], Vec::as_slice)
}

/// A document as wiki text, with the line ends Jira stores.
pub(crate) fn to_wiki(document: &Value) -> String {
    blocks_to_wiki(list(document), "")
}

fn blocks_to_wiki(blocks: &[Value], marker: &str) -> String {
    let parts: Vec<String> = blocks.iter().map(|block| block_to_wiki(block, marker)).collect();
    parts.join("\n\n")
}

fn block_to_wiki(block: &Value, marker: &str) -> String {
    let attrs = &block["attrs"];
    let inner = || blocks_to_wiki(list(block), "");
    match block["type"].as_str().unwrap_or_default() {
        "heading" => format!(
            "h{}. {}",
            attrs["level"].as_u64().unwrap_or(1),
            inline_to_wiki(list(block))
        ),
        "rule" => "----".to_owned(),
        "codeBlock" => {
            let language = attrs["language"]
                .as_str()
                .map(|name| format!(":{name}"))
                .unwrap_or_default();
            let code: String = list(block)
                .iter()
                .filter_map(|node| node["text"].as_str())
                .collect();
            format!("{{code{language}}}\n{code}\n{{code}}")
        }
        "blockquote" => format!("{{quote}}\n{}\n{{quote}}", inner()),
        "panel" => format!("{{panel}}\n{}\n{{panel}}", inner()),
        "bulletList" => list_to_wiki(block, &format!("{marker}*")),
        "orderedList" => list_to_wiki(block, &format!("{marker}#")),
        "table" => list(block).iter().map(row_to_wiki).collect::<Vec<_>>().join("\n"),
        "paragraph" | "taskItem" | "decisionItem" => inline_to_wiki(list(block)),
        "media" => format!(
            "!{}!",
            attrs["alt"].as_str().or(attrs["id"].as_str()).unwrap_or("media")
        ),
        "blockCard" => format!("[{}]", attrs["url"].as_str().unwrap_or_default()),
        _ => inner(),
    }
}

fn list_to_wiki(block: &Value, marker: &str) -> String {
    let mut lines = Vec::new();
    for item in list(block) {
        let (nested, own): (Vec<&Value>, Vec<&Value>) = list(item)
            .iter()
            .partition(|part| matches!(part["type"].as_str(), Some("bulletList" | "orderedList")));
        let own: Vec<String> = own.iter().map(|part| block_to_wiki(part, "")).collect();
        lines.push(format!("{marker} {}", own.join("\n")));
        lines.extend(nested.iter().map(|part| block_to_wiki(part, marker)));
    }
    lines.join("\n")
}

fn row_to_wiki(row: &Value) -> String {
    let mut line = String::new();
    let mut last = "|";
    for cell in list(row) {
        last = if cell["type"] == "tableHeader" { "||" } else { "|" };
        line.push_str(last);
        line.push_str(&blocks_to_wiki(list(cell), "").replace("\n\n", "\n"));
    }
    line.push_str(last);
    line
}

fn inline_to_wiki(nodes: &[Value]) -> String {
    nodes.iter().map(node_to_wiki).collect()
}

fn node_to_wiki(node: &Value) -> String {
    let attrs = &node["attrs"];
    let of = |name: &str| attrs[name].as_str().unwrap_or_default().to_owned();
    match node["type"].as_str().unwrap_or_default() {
        "hardBreak" => "\n".to_owned(),
        "mention" => format!("[~accountid:{}]", of("id")),
        "emoji" if attrs["text"].is_string() => of("text"),
        "emoji" => of("shortName"),
        "inlineCard" => format!("[{}]", of("url")),
        "date" => of("timestamp"),
        "status" => of("text"),
        _ => {
            let mut text = node["text"].as_str().unwrap_or_default().to_owned();
            for mark in list_of(node, "marks") {
                text = match mark["type"].as_str().unwrap_or_default() {
                    "strong" => format!("*{text}*"),
                    "em" => format!("_{text}_"),
                    "strike" => format!("-{text}-"),
                    "underline" => format!("+{text}+"),
                    "code" => format!("{{{{{text}}}}}"),
                    "link" => format!("[{text}|{}]", mark["attrs"]["href"].as_str().unwrap_or_default()),
                    _ => text,
                };
            }
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_documents_are_taken() {
        let paragraph = |node: Value| json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [node]}]});
        assert_eq!(check_adf(&json!("text")), Err(NOT_A_DOCUMENT));
        assert_eq!(check_adf(&json!({"type": "paragraph"})), Err(NOT_A_DOCUMENT));
        assert_eq!(check_adf(&json!({"type": "doc", "content": []})), Err(INVALID));
        assert_eq!(
            check_adf(&json!({"type": "doc", "version": 1, "content": []})),
            Ok(())
        );
        assert_eq!(
            check_adf(&paragraph(json!({"type": "text", "text": "a"}))),
            Ok(())
        );
        for bad in [
            json!({"type": "text", "text": ""}),
            json!({"type": "paragraph"}),
            json!({"type": "text", "text": "a", "marks": [{"type": "loud"}]}),
            json!({"text": "a"}),
        ] {
            assert_eq!(check_adf(&paragraph(bad.clone())), Err(INVALID), "{bad}");
        }
        let mut deep = json!({"type": "paragraph"});
        for _ in 0..300 {
            deep = json!({"type": "blockquote", "content": [deep]});
        }
        assert_eq!(
            check_adf(&json!({"type": "doc", "version": 1, "content": [deep]})),
            Err(INVALID)
        );
    }

    #[test]
    fn documents_read_as_wiki_text() {
        let document = json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Steps"}]},
            {"type": "orderedList", "content": [
                {"type": "listItem", "content": [
                    {"type": "paragraph", "content": [{"type": "text", "text": "open"}]},
                    {"type": "bulletList", "content": [{"type": "listItem", "content": [
                        {"type": "paragraph", "content": [{"type": "text", "text": "wait"}]}]}]},
                ]},
            ]},
            {"type": "paragraph", "content": [
                {"type": "text", "text": "bold", "marks": [{"type": "strong"}]},
                {"type": "hardBreak"},
                {"type": "text", "text": "here", "marks": [{"type": "link", "attrs": {"href": "https://e.example"}}]},
            ]},
            {"type": "codeBlock", "attrs": {"language": "java"}, "content": [{"type": "text", "text": "a();"}]},
            {"type": "table", "content": [
                {"type": "tableRow", "content": [{"type": "tableHeader", "content": [
                    {"type": "paragraph", "content": [{"type": "text", "text": "h"}]}]}]},
                {"type": "tableRow", "content": [{"type": "tableCell", "content": [
                    {"type": "paragraph", "content": [{"type": "text", "text": "c"}]}]}]},
            ]},
            {"type": "rule"},
        ]});
        assert_eq!(
            to_wiki(&document),
            "h2. Steps\n\n# open\n#* wait\n\n*bold*\n[here|https://e.example]\n\n{code:java}\na();\n{code}\n\n||h||\n|c|\n\n----"
        );
    }
}
