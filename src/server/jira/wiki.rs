//! Jira's wiki text (Data Center, and version 2 of Cloud's API) to the neutral tree.
//!
//! Reads blocks by tags and lines, hands the inside of lines to `wiki_inline`. Never fails and never
//! panics: what is not understood stays as text. Costs no more than the length of the text, whatever
//! is in it. Can go wrong: a tag inside a list item ends the list; the text is kept.

use super::adf::MAX_TEXT;
use super::wiki_inline::{Finder, parse_inline};
use crate::domain::rich_text::{Block, Cell, PanelTone, RichText};

/// Deepest nesting of quotes, panels and lists.
const MAX_NESTING: usize = 12;

/// Reads wiki text. More than 1 MiB of it is cut with a note.
pub fn parse_wiki(text: &str) -> RichText {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut blocks = parse_blocks(&text[..end]);
    if end < text.len() {
        blocks.push(Block::Unknown {
            name: "cut".to_owned(),
            text: "The rest is too large to show here.".to_owned(),
        });
    }
    RichText { blocks }
}

/// A quote or panel that is open.
struct Frame {
    name: &'static str,
    title: Option<String>,
    blocks: Vec<Block>,
}

impl Frame {
    fn close(self) -> Block {
        let tone = match self.name {
            "quote" => return Block::Quote { content: self.blocks },
            "panel" | "info" => PanelTone::Info,
            "tip" => PanelTone::Success,
            "warning" => PanelTone::Warning,
            _ => PanelTone::Note,
        };
        Block::Panel {
            tone,
            title: self.title,
            content: self.blocks,
        }
    }
}

const FRAMES: [&str; 6] = ["quote", "panel", "info", "note", "tip", "warning"];

fn parse_blocks(text: &str) -> Vec<Block> {
    let mut stack = vec![Frame {
        name: "",
        title: None,
        blocks: Vec::new(),
    }];
    let mut code_ends = Finder::new(text, "{code}");
    let mut plain_ends = Finder::new(text, "{noformat}");
    let mut braces = Finder::new(text, "{");
    let mut done = 0;
    let mut from = 0;
    while let Some(at) = braces.find(from) {
        from = at + 1;
        if text[..at].ends_with('\\') || text[..at].ends_with('{') {
            continue;
        }
        let Some((tag, parameters, after)) = read_tag(text, at) else {
            continue;
        };
        if let "code" | "noformat" = tag {
            let ends = if tag == "code" {
                &mut code_ends
            } else {
                &mut plain_ends
            };
            let Some(end) = ends.find(after) else { continue };
            add_lines(&mut stack, &text[done..at]);
            add(&mut stack, read_code(tag, parameters, &text[after..end]));
            done = end + tag.len() + 2;
        } else if let Some(name) = FRAMES.into_iter().find(|name| *name == tag) {
            add_lines(&mut stack, &text[done..at]);
            done = after;
            let open = stack.iter().rposition(|frame| frame.name == name);
            match open {
                Some(open) if parameters.is_empty() => {
                    while stack.len() > open {
                        close_last(&mut stack);
                    }
                }
                _ if stack.len() <= MAX_NESTING => {
                    stack.push(Frame {
                        name,
                        title: find_parameter(parameters, "title"),
                        blocks: Vec::new(),
                    });
                }
                _ => {}
            }
        }
        from = from.max(done);
    }
    add_lines(&mut stack, &text[done..]);
    while stack.len() > 1 {
        close_last(&mut stack);
    }
    stack.pop().map(|root| root.blocks).unwrap_or_default()
}

fn close_last(stack: &mut Vec<Frame>) {
    if stack.len() > 1
        && let Some(frame) = stack.pop()
    {
        add(stack, frame.close());
    }
}

fn add(stack: &mut [Frame], block: Block) {
    if let Some(frame) = stack.last_mut() {
        frame.blocks.push(block);
    }
}

fn add_lines(stack: &mut [Frame], text: &str) {
    if let Some(frame) = stack.last_mut() {
        parse_lines(text, &mut frame.blocks);
    }
}

/// Name, parameters and end of the tag that starts at `at`.
fn read_tag(text: &str, at: usize) -> Option<(&str, &str, usize)> {
    let rest = &text[at + 1..];
    let name = rest.bytes().take(12).take_while(u8::is_ascii_lowercase).count();
    let (tag, rest) = rest.split_at(name);
    if tag.is_empty() {
        return None;
    }
    let end = rest
        .bytes()
        .take(400)
        .position(|byte| byte == b'}' || byte == b'\n' || byte == b'{')?;
    let parameters = &rest[..end];
    let good = rest.as_bytes()[end] == b'}' && (parameters.is_empty() || parameters.starts_with(':'));
    good.then(|| (tag, parameters.trim_start_matches(':'), at + 1 + name + end + 1))
}

fn find_parameter(parameters: &str, name: &str) -> Option<String> {
    let value = parameters
        .split('|')
        .find_map(|part| part.trim().strip_prefix(name)?.trim_start().strip_prefix('='))?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn read_code(tag: &str, parameters: &str, text: &str) -> Block {
    let first = parameters.split('|').next().unwrap_or_default().trim();
    let language = if first.contains('=') {
        find_parameter(parameters, "language")
    } else {
        Some(first.to_owned())
    };
    let language = language.filter(|language| tag == "code" && !language.is_empty());
    let text = text.strip_prefix('\n').unwrap_or(text);
    Block::Code {
        language,
        text: text.strip_suffix('\n').unwrap_or(text).to_owned(),
    }
}

/// What the lines before the current one have begun.
#[derive(Default)]
struct Lines<'a> {
    paragraph: Vec<&'a str>,
    items: Vec<(&'a str, String)>,
    rows: Vec<Vec<Cell>>,
}

impl Lines<'_> {
    fn flush(&mut self, blocks: &mut Vec<Block>) {
        if !self.paragraph.is_empty() {
            let content = parse_inline(&self.paragraph.join("\n"));
            self.paragraph.clear();
            if !content.is_empty() {
                blocks.push(Block::Paragraph { content });
            }
        }
        if !self.items.is_empty() {
            let items: Vec<_> = std::mem::take(&mut self.items);
            blocks.extend(build_lists(&items, 0));
        }
        if !self.rows.is_empty() {
            blocks.push(Block::Table {
                rows: std::mem::take(&mut self.rows),
            });
        }
    }
}

fn parse_lines(text: &str, blocks: &mut Vec<Block>) {
    let mut lines = Lines::default();
    for line in text.split('\n') {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            lines.flush(blocks);
        } else if let Some((level, content)) = read_heading(trimmed) {
            lines.flush(blocks);
            blocks.push(Block::Heading {
                level,
                content: parse_inline(content),
            });
        } else if trimmed.len() >= 4 && trimmed.bytes().all(|byte| byte == b'-') {
            lines.flush(blocks);
            blocks.push(Block::Rule);
        } else if let Some(quoted) = trimmed.strip_prefix("bq. ") {
            lines.flush(blocks);
            blocks.push(Block::Quote {
                content: vec![Block::Paragraph {
                    content: parse_inline(quoted),
                }],
            });
        } else if let Some((marker, content)) = read_item(trimmed) {
            if lines.items.is_empty() {
                lines.flush(blocks);
            }
            lines.items.push((marker, content.to_owned()));
        } else if trimmed.starts_with('|') && trimmed.len() > 1 {
            if lines.rows.is_empty() {
                lines.flush(blocks);
            }
            lines.rows.push(read_row(trimmed));
        } else if let Some((_, item)) = lines.items.last_mut() {
            // A line without a mark of its own goes on with the item before it.
            item.push('\n');
            item.push_str(trimmed);
        } else {
            if !lines.rows.is_empty() {
                lines.flush(blocks);
            }
            lines.paragraph.push(trimmed);
        }
    }
    lines.flush(blocks);
}

fn read_heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.strip_prefix('h')?;
    let level = rest.bytes().next().filter(|byte| (b'1'..=b'6').contains(byte))? - b'0';
    let content = rest[1..].strip_prefix('.')?;
    (content.is_empty() || content.starts_with(' ')).then(|| (level, content.trim()))
}

/// Marker and content of a list item: `*`, `#` or `-`, repeated for depth, then a space.
fn read_item(line: &str) -> Option<(&str, &str)> {
    let marks = line
        .bytes()
        .take_while(|byte| matches!(byte, b'*' | b'#' | b'-'))
        .count();
    let (marker, content) = line.split_at(marks);
    let dash = marker.starts_with("--");
    (marks > 0 && !dash && content.starts_with([' ', '\t'])).then(|| (marker, content.trim()))
}

/// Lists of items from depth `level` on. Each kind of marker makes a list of its own.
fn build_lists(items: &[(&str, String)], level: usize) -> Vec<Block> {
    let kind = |marker: &str| marker.as_bytes().get(level).copied().unwrap_or(b'*') == b'#';
    let is_here = |marker: &str| marker.len() <= level + 1 || level + 1 >= MAX_NESTING;
    let mut blocks = Vec::new();
    let mut rest = items;
    while let Some((first, _)) = rest.first() {
        let ordered = kind(first);
        let run = rest
            .iter()
            .position(|(marker, _)| kind(marker) != ordered)
            .unwrap_or(rest.len());
        let (group, others) = rest.split_at(run);
        let mut made: Vec<Vec<Block>> = Vec::new();
        let mut at = 0;
        while at < group.len() {
            if is_here(group[at].0) {
                made.push(vec![Block::Paragraph {
                    content: parse_inline(&group[at].1),
                }]);
                at += 1;
                continue;
            }
            let deeper = group[at..]
                .iter()
                .position(|(marker, _)| is_here(marker))
                .map_or(group.len(), |count| at + count);
            let nested = build_lists(&group[at..deeper], level + 1);
            match made.last_mut() {
                Some(item) => item.extend(nested),
                None => made.push(nested),
            }
            at = deeper;
        }
        blocks.push(Block::List {
            ordered,
            start: 1,
            items: made,
        });
        rest = others;
    }
    blocks
}

/// The cells of a table line. A bar inside a link or behind a backslash does not part cells.
fn read_row(line: &str) -> Vec<Cell> {
    let last_bracket = line.rfind(']').unwrap_or(0);
    let mut cells = Vec::new();
    let mut start: Option<(usize, bool)> = None;
    let mut in_link = false;
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' if at < last_bracket => in_link = true,
            b']' => in_link = false,
            b'|' if !in_link => {
                let header = bytes.get(at + 1) == Some(&b'|');
                if let Some((from, header)) = start {
                    cells.push(read_cell(&line[from..at], header));
                }
                at += usize::from(header);
                start = Some((at + 1, header));
            }
            _ => {}
        }
        at += 1;
    }
    if let Some((from, header)) = start
        && let Some(rest) = line.get(from..).filter(|rest| !rest.trim().is_empty())
    {
        cells.push(read_cell(rest, header));
    }
    cells
}

fn read_cell(text: &str, header: bool) -> Cell {
    let content = parse_inline(text.trim());
    let content = if content.is_empty() {
        Vec::new()
    } else {
        vec![Block::Paragraph { content }]
    };
    Cell {
        header,
        colspan: 1,
        rowspan: 1,
        content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rich_text::{Inline, Marks};
    use proptest::prelude::*;

    fn blocks(text: &str) -> Vec<Block> {
        parse_wiki(text).blocks
    }

    fn plain(text: &str) -> Inline {
        Inline::Text {
            text: text.to_owned(),
            marks: Marks::default(),
            href: None,
        }
    }

    fn paragraph(content: Vec<Inline>) -> Block {
        Block::Paragraph { content }
    }

    fn line(text: &str) -> Vec<Inline> {
        match blocks(text).as_slice() {
            [Block::Paragraph { content }] => content.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn marked(text: &str, set: impl Fn(&mut Marks)) -> Inline {
        let mut marks = Marks::default();
        set(&mut marks);
        Inline::Text {
            text: text.to_owned(),
            marks,
            href: None,
        }
    }

    #[test]
    fn marks_need_edges() {
        assert_eq!(line("*b*"), [marked("b", |m| m.strong = true)]);
        assert_eq!(
            line("a _i_."),
            [plain("a "), marked("i", |m| m.em = true), plain(".")]
        );
        assert_eq!(
            line("-s- +u+"),
            [
                marked("s", |m| m.strike = true),
                plain(" "),
                marked("u", |m| m.underline = true)
            ]
        );
        assert_eq!(line("{{a*b*}}"), [marked("a*b*", |m| m.code = true)]);
        assert_eq!(
            line("*a _b_*"),
            [
                marked("a ", |m| m.strong = true),
                marked("b", |m| {
                    m.strong = true;
                    m.em = true;
                })
            ]
        );
        for text in [
            "2 * 3 * 4",
            "snake_case_name",
            "2026-09-27",
            "a - b - c",
            "*open",
            "x^",
            "1+1+1",
            "~/dir",
        ] {
            assert_eq!(line(text), [plain(text)], "{text}");
        }
        assert_eq!(line(r"\*a\* \{code}"), [plain("*a* {code}")]);
    }

    #[test]
    fn links_pictures_and_breaks() {
        let link = |text: &str, href: &str| Inline::Text {
            text: text.to_owned(),
            marks: Marks::default(),
            href: Some(href.to_owned()),
        };
        assert_eq!(
            line("[T|https://x.example/a]"),
            [link("T", "https://x.example/a")]
        );
        assert_eq!(
            line("[https://x.example/]"),
            [link("https://x.example/", "https://x.example/")]
        );
        assert_eq!(
            line("see https://x.example/a."),
            [
                plain("see "),
                link("https://x.example/a", "https://x.example/a"),
                plain(".")
            ]
        );
        assert_eq!(line("[T|javascript:alert(1)]"), [plain("T")]);
        assert_eq!(line("[1] [x"), [plain("[1] [x")]);
        assert_eq!(
            line("[~ada]"),
            [Inline::Chip {
                text: "@ada".to_owned()
            }]
        );
        assert_eq!(
            line("!shot 1.png|width=3!"),
            [Inline::Media {
                name: "shot 1.png".to_owned()
            }]
        );
        assert_eq!(line("Stop! Now!"), [plain("Stop! Now!")]);
        assert_eq!(
            line("a\\\\b\r\nc"),
            [plain("a"), Inline::Break, plain("b"), Inline::Break, plain("c")]
        );
        assert_eq!(line("{color:red}r{color}"), [plain("r")]);
    }

    #[test]
    fn lists_nest() {
        let item = |text: &str| paragraph(vec![plain(text)]);
        let nested = Block::List {
            ordered: true,
            start: 1,
            items: vec![vec![item("b")]],
        };
        assert_eq!(
            blocks("* a\n*# b\n* c\n- d"),
            [Block::List {
                ordered: false,
                start: 1,
                items: vec![vec![item("a"), nested], vec![item("c")], vec![item("d")]]
            }]
        );
        assert_eq!(blocks("# a\n\n* b").len(), 2);
    }

    #[test]
    fn blocks_of_every_kind() {
        assert_eq!(
            blocks("h2. T"),
            [Block::Heading {
                level: 2,
                content: vec![plain("T")]
            }]
        );
        assert_eq!(blocks("----"), [Block::Rule]);
        assert_eq!(
            blocks("a\n{code:java|title=x}\nint *x*;\n{code}\nb"),
            [
                paragraph(vec![plain("a")]),
                Block::Code {
                    language: Some("java".to_owned()),
                    text: "int *x*;".to_owned()
                },
                paragraph(vec![plain("b")])
            ]
        );
        assert_eq!(
            blocks("{noformat}{quote}{noformat}"),
            [Block::Code {
                language: None,
                text: "{quote}".to_owned()
            }]
        );
        let quote = Block::Quote {
            content: vec![paragraph(vec![plain("q")])],
        };
        assert_eq!(
            blocks("{panel:title=P|x=1}{quote}q{quote}{panel}"),
            [Block::Panel {
                tone: PanelTone::Info,
                title: Some("P".to_owned()),
                content: vec![quote]
            }]
        );
        assert!(matches!(
            &blocks("{warning}w{warning}")[..],
            [Block::Panel {
                tone: PanelTone::Warning,
                ..
            }]
        ));
        let Block::Table { rows } = &blocks("||h||[a|https://x.example]||\n|c|d|")[0] else {
            panic!()
        };
        assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
        assert!(rows[0][0].header && !rows[1][0].header);
        assert_eq!(blocks("{code}open"), [paragraph(vec![plain("{code}open")])]);
    }

    #[test]
    fn hostile_text_costs_no_more_than_its_length() {
        for piece in [
            "{code",
            "{code:a}",
            "{quote}",
            "[",
            "[a[",
            "{{",
            "!",
            "*a ",
            "_",
            "{panel:title=x}",
            "|",
            "* ",
            "\\",
            "h1. ",
            "[a|b",
            "http://",
            "-",
            "{color:",
        ] {
            let text = piece.repeat(100_000 / piece.len());
            let begun = std::time::Instant::now();
            println!("{piece}");
            let _ = parse_wiki(&text);
            let lines = format!("{piece}\n").repeat(100_000 / (piece.len() + 1));
            let _ = parse_wiki(&lines);
            assert!(begun.elapsed().as_secs() < 20, "{piece}: {:?}", begun.elapsed());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(?s).*") {
            let _ = parse_wiki(&text);
        }

        #[test]
        fn any_markup_is_read_without_panic(text in r"([*#|\-_+^~!\[\]{}\\ \n\r]|\{code\}|\{quote\}|\{panel:title=a\}|é|a|h1\. |http://a){0,200}") {
            let _ = parse_wiki(&text);
        }
    }
}
