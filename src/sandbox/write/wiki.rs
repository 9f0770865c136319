//! Wiki text into ADF: what a text written through platform 2 looks like through platform 3.
//!
//! Blocks first, line by line; then marks inside a line. Markup that does not close is text, as in
//! Jira.

use serde_json::{Value, json};

/// Wiki text as a document.
pub(crate) fn to_adf(text: &str) -> Value {
    let normal = text.replace("\r\n", "\n");
    let lines: Vec<&str> = normal.split('\n').collect();
    json!({"type": "doc", "version": 1, "content": read_blocks(&lines)})
}

fn read_blocks(lines: &[&str]) -> Vec<Value> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            at += 1;
        } else if let Some((block, used)) = read_fenced(&lines[at..]) {
            blocks.push(block);
            at += used;
        } else if let Some((level, rest)) = read_heading(trimmed) {
            blocks.push(json!({"type": "heading", "attrs": {"level": level}, "content": read_inline(rest)}));
            at += 1;
        } else if trimmed.len() >= 4 && trimmed.chars().all(|letter| letter == '-') {
            blocks.push(json!({"type": "rule"}));
            at += 1;
        } else if read_item(trimmed).is_some() {
            let used = count_while(&lines[at..], |line| read_item(line.trim()).is_some());
            let items: Vec<(&str, &str)> = lines[at..at + used]
                .iter()
                .filter_map(|line| read_item(line.trim()))
                .collect();
            blocks.extend(read_lists(&items, 1));
            at += used;
        } else if trimmed.starts_with('|') {
            let used = count_while(&lines[at..], |line| line.trim().starts_with('|'));
            let rows: Vec<Value> = lines[at..at + used]
                .iter()
                .map(|line| read_row(line.trim()))
                .collect();
            blocks.push(json!({"type": "table", "attrs": {"isNumberColumnEnabled": false, "layout": "default"}, "content": rows}));
            at += used;
        } else {
            let used = count_while(&lines[at..], is_paragraph).max(1);
            blocks.push(paragraph(&lines[at..at + used]));
            at += used;
        }
    }
    blocks
}

fn count_while(lines: &[&str], fits: impl Fn(&str) -> bool) -> usize {
    lines.iter().take_while(|line| fits(line)).count()
}

fn is_paragraph(line: &str) -> bool {
    let line = line.trim();
    !(line.is_empty()
        || line.starts_with('|')
        || read_item(line).is_some()
        || read_heading(line).is_some()
        || ["{code", "{noformat", "{quote", "{panel"]
            .iter()
            .any(|mark| line.starts_with(mark)))
}

fn paragraph(lines: &[&str]) -> Value {
    let mut content = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            content.push(json!({"type": "hardBreak"}));
        }
        content.extend(read_inline(line.trim_end()));
    }
    json!({"type": "paragraph", "content": content})
}

fn read_heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.strip_prefix('h')?;
    let level = rest
        .chars()
        .next()?
        .to_digit(10)
        .filter(|level| (1..=6).contains(level))?;
    let text = rest.get(1..)?.strip_prefix(". ")?;
    Some((u8::try_from(level).ok()?, text))
}

/// The marks of a list item and its text.
fn read_item(line: &str) -> Option<(&str, &str)> {
    let (marks, text) = line.split_once(' ')?;
    let fits = !marks.is_empty() && (marks == "-" || marks.chars().all(|mark| mark == '*' || mark == '#'));
    fits.then_some((marks, text))
}

fn read_lists(items: &[(&str, &str)], depth: usize) -> Vec<Value> {
    let mut lists: Vec<Value> = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let ordered = items[at].0.chars().nth(depth - 1) == Some('#');
        let mut entries = Vec::new();
        while at < items.len() && (items[at].0.chars().nth(depth - 1) == Some('#')) == ordered {
            let mut content = vec![paragraph(&[items[at].1])];
            let deeper = items[at + 1..]
                .iter()
                .take_while(|(marks, _)| marks.chars().count() > depth)
                .count();
            content.extend(read_lists(&items[at + 1..=at + deeper], depth + 1));
            entries.push(json!({"type": "listItem", "content": content}));
            at += 1 + deeper;
        }
        lists.push(if ordered {
            json!({"type": "orderedList", "attrs": {"order": 1}, "content": entries})
        } else {
            json!({"type": "bulletList", "content": entries})
        });
    }
    lists
}

fn read_row(line: &str) -> Value {
    let head = line.starts_with("||");
    let (kind, sign) = if head {
        ("tableHeader", "||")
    } else {
        ("tableCell", "|")
    };
    let inner = line.trim_start_matches('|').trim_end_matches('|');
    let cells: Vec<Value> = inner
        .split(sign)
        .map(|cell| json!({"type": kind, "attrs": {}, "content": [paragraph(&[cell.trim()])]}))
        .collect();
    json!({"type": "tableRow", "content": cells})
}

/// `{code}`, `{noformat}`, `{quote}` and `{panel}`; the node and the lines it took.
fn read_fenced(lines: &[&str]) -> Option<(Value, usize)> {
    let first = lines.first()?.trim();
    let name = ["code", "noformat", "quote", "panel"]
        .into_iter()
        .find(|name| first.starts_with(&format!("{{{name}")))?;
    let (open, rest) = first.split_once('}')?;
    let close = format!("{{{name}}}");
    let (body, used) = if let Some((body, _)) = rest.split_once(&close) {
        (vec![body], 1)
    } else {
        let end = lines.iter().skip(1).position(|line| line.contains(&close))? + 1;
        let mut body: Vec<&str> = Vec::new();
        body.extend(Some(rest).filter(|rest| !rest.is_empty()));
        body.extend(&lines[1..end]);
        body.extend(
            lines[end]
                .split_once(&close)
                .map(|(last, _)| last)
                .filter(|last| !last.is_empty()),
        );
        (body, end + 1)
    };
    let node = match name {
        "quote" => json!({"type": "blockquote", "content": read_blocks(&body)}),
        "panel" => json!({"type": "panel", "attrs": {"panelType": "info"}, "content": read_blocks(&body)}),
        _ => read_code(open, &body.join("\n")),
    };
    Some((node, used))
}

fn read_code(open: &str, code: &str) -> Value {
    let language = open
        .split_once(':')
        .map(|(_, parameters)| parameters.split('|').next().unwrap_or_default())
        .filter(|name| !name.is_empty() && !name.contains('='));
    let mut node = json!({"type": "codeBlock", "attrs": {}});
    if let Some(language) = language {
        node["attrs"]["language"] = Value::from(language);
    }
    if !code.is_empty() {
        node["content"] = json!([{"type": "text", "text": code}]);
    }
    node
}

/// One line with its marks.
fn read_inline(line: &str) -> Vec<Value> {
    let mut nodes = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    let mut before = ' ';
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix('\\') {
            let Some(escaped) = after.chars().next() else {
                break;
            };
            if escaped == '\\' {
                flush(&mut nodes, &mut plain);
                nodes.push(json!({"type": "hardBreak"}));
            } else {
                plain.push(escaped);
            }
            rest = &after[escaped.len_utf8()..];
            before = escaped;
            continue;
        }
        if !before.is_alphanumeric()
            && let Some((node, used)) = read_mark(rest)
        {
            flush(&mut nodes, &mut plain);
            nodes.push(node);
            rest = &rest[used..];
            before = ' ';
            continue;
        }
        plain.push(letter);
        before = letter;
        rest = &rest[letter.len_utf8()..];
    }
    flush(&mut nodes, &mut plain);
    nodes
}

fn flush(nodes: &mut Vec<Value>, plain: &mut String) {
    if !plain.is_empty() {
        nodes.push(json!({"type": "text", "text": std::mem::take(plain)}));
    }
}

/// A marked stretch at the start of the text; the node and the bytes it took.
fn read_mark(text: &str) -> Option<(Value, usize)> {
    if let Some(rest) = text.strip_prefix("{{") {
        let end = rest.find("}}").filter(|end| *end > 0)?;
        return Some((marked(&rest[..end], json!({"type": "code"})), end + 4));
    }
    if let Some(rest) = text.strip_prefix('[') {
        return read_link(rest, rest.find(']').filter(|end| *end > 0)?);
    }
    let (sign, mark) = [('*', "strong"), ('_', "em"), ('-', "strike"), ('+', "underline")]
        .into_iter()
        .find(|(sign, _)| text.starts_with(*sign))?;
    let rest = &text[1..];
    let end = rest.find(sign).filter(|end| *end > 0)?;
    let inner = &rest[..end];
    let closes = rest[end + 1..]
        .chars()
        .next()
        .is_none_or(|next| !next.is_alphanumeric());
    let tight = !inner.starts_with(char::is_whitespace) && !inner.ends_with(char::is_whitespace);
    (closes && tight).then(|| (marked(inner, json!({"type": mark})), end + 2))
}

fn read_link(rest: &str, end: usize) -> Option<(Value, usize)> {
    let inner = &rest[..end];
    if let Some(id) = inner.strip_prefix("~accountid:") {
        return Some((json!({"type": "mention", "attrs": {"id": id}}), end + 2));
    }
    let (shown, target) = inner.split_once('|').unwrap_or((inner, inner));
    let is_address = ["http://", "https://", "mailto:", "#", "/"]
        .iter()
        .any(|start| target.starts_with(start));
    let node = || marked(shown, json!({"type": "link", "attrs": {"href": target}}));
    (is_address && !shown.is_empty()).then(|| (node(), end + 2))
}

fn marked(text: &str, mark: Value) -> Value {
    json!({"type": "text", "text": text, "marks": [mark]})
}

#[cfg(test)]
mod tests {
    use super::{super::text, *};

    #[test]
    fn wiki_text_survives_the_way_to_adf_and_back() {
        for wiki in [
            "plain",
            "one\ntwo",
            "one\n\ntwo",
            "h2. Steps\n\n# open\n#* wait\n# close",
            "*bold* and _em_ and {{mono}} and [here|https://e.example]",
            "{code:java}\na();\n\nb();\n{code}",
            "{quote}\nsaid\n{quote}",
            "||h||k||\n|c|d|",
            "a\n\n----\n\nb",
        ] {
            let document = to_adf(wiki);
            assert_eq!(text::check_adf(&document), Ok(()), "{wiki}");
            assert_eq!(text::to_wiki(&document), wiki);
        }
    }

    #[test]
    fn markup_that_does_not_close_is_text() {
        for wiki in [
            "a * b",
            "2*3*4",
            "{code}\nopen",
            "[no link]",
            "snake_case_name",
            "*",
            "[",
            "{{",
            "\\",
        ] {
            let document = to_adf(wiki);
            assert_eq!(text::check_adf(&document), Ok(()), "{wiki}");
        }
        assert_eq!(text::to_wiki(&to_adf("2*3*4")), "2*3*4");
        assert_eq!(text::to_wiki(&to_adf("\\*not bold\\*")), "*not bold*");
        assert_eq!(to_adf(""), json!({"type": "doc", "version": 1, "content": []}));
    }
}
