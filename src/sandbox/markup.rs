//! From what an issue holds to HTML. Documents become wiki text in `write::text`.
//!
//! The HTML is plainer than Jira's and everything from the text is escaped. Nodes it does not know are
//! shown by what is inside them.

use std::fmt::Write as _;

use serde_json::Value;

/// HTML of a field's value: of a document, or of wiki text; empty for nothing.
pub(super) fn to_html(value: &Value) -> String {
    match value {
        Value::Object(_) => children(value, node_to_html),
        Value::String(text) => wiki_to_html(text),
        _ => String::new(),
    }
}

pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn children(node: &Value, show: impl Fn(&Value) -> String) -> String {
    let inner = node["content"].as_array().into_iter().flatten();
    inner.map(show).collect()
}

fn node_to_html(node: &Value) -> String {
    let inner = || children(node, node_to_html);
    let wrapped = |tag: &str| format!("<{tag}>{}</{tag}>", inner());
    match node["type"].as_str().unwrap_or_default() {
        "paragraph" => wrapped("p"),
        "heading" => wrapped(&format!(
            "h{}",
            node["attrs"]["level"].as_u64().unwrap_or(1).clamp(1, 6)
        )),
        "bulletList" => wrapped("ul"),
        "orderedList" => wrapped("ol"),
        "listItem" => wrapped("li"),
        "blockquote" => wrapped("blockquote"),
        "codeBlock" => wrapped("pre"),
        "panel" => format!("<div class=\"panel\">{}</div>", inner()),
        "rule" => "<hr />".to_owned(),
        "hardBreak" => "<br/>".to_owned(),
        "table" => format!("<table><tbody>{}</tbody></table>", inner()),
        "tableRow" => wrapped("tr"),
        "tableHeader" => wrapped("th"),
        "tableCell" => wrapped("td"),
        "text" => text_to_html(node),
        _ => inner(),
    }
}

fn text_to_html(node: &Value) -> String {
    let mut shown = escape(node["text"].as_str().unwrap_or_default());
    for mark in node["marks"].as_array().into_iter().flatten() {
        shown = match mark["type"].as_str().unwrap_or_default() {
            "strong" => format!("<b>{shown}</b>"),
            "em" => format!("<em>{shown}</em>"),
            "strike" => format!("<del>{shown}</del>"),
            "underline" => format!("<ins>{shown}</ins>"),
            "code" => format!("<tt>{shown}</tt>"),
            "link" => {
                let target = escape(mark["attrs"]["href"].as_str().unwrap_or_default());
                format!(
                    "<a href=\"{target}\" class=\"external-link\" rel=\"nofollow noreferrer\">{shown}</a>"
                )
            }
            _ => shown,
        };
    }
    shown
}

fn wiki_to_html(text: &str) -> String {
    let mut out = String::new();
    let mut code: Option<String> = None;
    for line in text.replace("\r\n", "\n").split('\n') {
        let start = line.trim_start();
        if start.starts_with("{code") || start.starts_with("{noformat") {
            match code.take() {
                None => code = Some(String::new()),
                Some(kept) => {
                    let _infallible = write!(out, "<pre>{}</pre>", escape(&kept));
                }
            }
        } else if let Some(kept) = &mut code {
            kept.push_str(line);
            kept.push('\n');
        } else if let Some(item) = start.strip_prefix("* ").or_else(|| start.strip_prefix("# ")) {
            let _infallible = write!(out, "<ul><li>{}</li></ul>", escape(item));
        } else if let Some((level, rest)) = read_heading(start) {
            let _infallible = write!(out, "<h{level}>{}</h{level}>", escape(rest));
        } else if !start.is_empty() {
            let _infallible = write!(out, "<p>{}</p>", escape(line));
        }
    }
    out
}

fn read_heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.strip_prefix('h')?;
    let level = rest
        .bytes()
        .next()
        .filter(|digit| (b'1'..=b'6').contains(digit))?
        - b'0';
    Some((level, rest[1..].strip_prefix(". ")?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Steps <1>"}]},
            {"type": "bulletList", "content": [{"type": "listItem", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "pay", "marks": [{"type": "strong"}]}]},
            ]}]},
            {"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableHeader", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "Fare"}]}]}]}]},
        ]})
    }

    #[test]
    fn documents_become_html() {
        assert_eq!(
            to_html(&document()),
            "<h2>Steps &lt;1&gt;</h2><ul><li><p><b>pay</b></p></li></ul>\
             <table><tbody><tr><th><p>Fare</p></th></tr></tbody></table>"
        );
    }

    #[test]
    fn wiki_text_becomes_html() {
        let text = Value::from("h3. Log\r\n{code:java}\r\na < b\r\n{code}\r\n* one\r\nend & out");
        assert_eq!(
            to_html(&text),
            "<h3>Log</h3><pre>a &lt; b\n</pre><ul><li>one</li></ul><p>end &amp; out</p>"
        );
        assert_eq!(to_html(&Value::Null), "");
    }
}
