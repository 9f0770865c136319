//! The inside of a line of wiki text: marks, links, pictures, breaks, escapes.
//!
//! One pass from left to right. A mark is written down where it may open and gets its meaning only
//! when its end is found; what stays open is plain text. Every search for an end remembers its result,
//! so hostile text costs no more than its length.

use super::adf::checked_href;
use crate::domain::rich_text::{Inline, Marks};

/// What a search has learned.
#[derive(Clone, Copy)]
enum Known {
    Nothing,
    Next(usize),
    NoMore,
}

/// Finds the next place of a text and remembers it.
pub(super) struct Finder<'a> {
    haystack: &'a str,
    needle: &'static str,
    known: Known,
}

impl<'a> Finder<'a> {
    pub(super) fn new(haystack: &'a str, needle: &'static str) -> Self {
        Self {
            haystack,
            needle,
            known: Known::Nothing,
        }
    }

    /// Place of the needle at `from` or behind. `from` must never go back.
    pub(super) fn find(&mut self, from: usize) -> Option<usize> {
        match self.known {
            Known::NoMore => None,
            Known::Next(at) if at >= from => Some(at),
            _ => {
                let found = self
                    .haystack
                    .get(from..)
                    .and_then(|rest| rest.find(self.needle))
                    .map(|at| at + from);
                self.known = found.map_or(Known::NoMore, Known::Next);
                found
            }
        }
    }
}

/// Marks of the language, in the order of [`apply`].
const SIGNS: [(&str, char); 6] = [
    ("*", '*'),
    ("_", '_'),
    ("-", '-'),
    ("+", '+'),
    ("^", '^'),
    ("~", '~'),
];

enum Piece {
    Text(String),
    /// A sign that opens (`true`) or ends a mark once it is paired; text until then.
    Sign {
        kind: usize,
        opens: bool,
        paired: bool,
    },
    Mono(String),
    Whole(Inline),
}

/// Reads the lines of one paragraph, cell, heading or list item.
pub(super) fn parse_inline(text: &str) -> Vec<Inline> {
    let mut line = Line {
        text,
        at: 0,
        pieces: Vec::new(),
        open: [None; SIGNS.len()],
        brackets: Finder::new(text, "]"),
        bangs: Finder::new(text, "!"),
        monos: Finder::new(text, "}}"),
    };
    line.read();
    assemble(line.pieces)
}

struct Line<'a> {
    text: &'a str,
    at: usize,
    pieces: Vec<Piece>,
    /// Piece number of the sign that waits for its end, for each mark.
    open: [Option<usize>; SIGNS.len()],
    brackets: Finder<'a>,
    bangs: Finder<'a>,
    monos: Finder<'a>,
}

impl Line<'_> {
    fn read(&mut self) {
        while let Some(next) = self.text[self.at..].chars().next() {
            let used = match next {
                '\\' => self.escape(),
                '\n' => self.line_end(),
                '{' => self.brace(),
                '[' => self.link(),
                '!' => self.picture(),
                'h' | 'm' => self.bare_address(),
                _ => self.sign(next),
            };
            if !used {
                self.push(next);
                self.at += next.len_utf8();
            }
        }
    }

    fn push(&mut self, c: char) {
        if let Some(Piece::Text(text)) = self.pieces.last_mut() {
            text.push(c);
        } else {
            self.pieces.push(Piece::Text(c.to_string()));
        }
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn line_end(&mut self) -> bool {
        self.pieces.push(Piece::Whole(Inline::Break));
        self.open = [None; SIGNS.len()];
        self.at += 1;
        true
    }

    fn escape(&mut self) -> bool {
        let Some(next) = self.text[self.at + 1..].chars().next() else {
            return false;
        };
        if next == '\\' {
            self.pieces.push(Piece::Whole(Inline::Break));
        } else if next.is_ascii_punctuation() {
            self.push(next);
        } else {
            return false;
        }
        self.at += 2;
        true
    }

    /// `{{mono}}`, and tags that only change how text looks, which are dropped.
    fn brace(&mut self) -> bool {
        let rest = &self.text[self.at..];
        if rest.starts_with("{{") {
            let start = self.at + 2;
            let Some(end) = self.monos.find(start) else {
                return false;
            };
            let inside = &self.text[start..end];
            if inside.is_empty() || inside.contains('\n') {
                return false;
            }
            self.pieces.push(Piece::Mono(inside.to_owned()));
            self.at = end + 2;
            return true;
        }
        let is_dropped = ["{color", "{anchor", "{toc"]
            .iter()
            .any(|tag| rest.starts_with(tag));
        let end = rest.bytes().take(80).position(|byte| byte == b'}');
        match end {
            Some(end) if is_dropped => {
                self.at += end + 1;
                true
            }
            _ => false,
        }
    }

    fn link(&mut self) -> bool {
        let start = self.at + 1;
        let Some(end) = self.brackets.find(start) else {
            return false;
        };
        let inside = &self.text[start..end];
        if inside.is_empty() || inside.len() > 4096 || inside.contains(['[', '\n']) {
            return false;
        }
        let piece = if let Some(user) = inside.strip_prefix('~') {
            Inline::Chip {
                text: format!("@{}", user.strip_prefix("accountid:").unwrap_or(user)),
            }
        } else if let Some(file) = inside.strip_prefix('^') {
            Inline::Media {
                name: file.to_owned(),
            }
        } else {
            let mut parts = inside.split('|');
            let first = parts.next().unwrap_or_default();
            let target = parts.next().unwrap_or(first).trim();
            let href = checked_href(target);
            // Text in brackets that is no link is just that.
            if href.is_none() && !inside.contains('|') {
                return false;
            }
            Inline::Text {
                text: first.trim().to_owned(),
                marks: Marks::default(),
                href,
            }
        };
        self.pieces.push(Piece::Whole(piece));
        self.at = end + 1;
        true
    }

    fn picture(&mut self) -> bool {
        let start = self.at + 1;
        let Some(end) = self.bangs.find(start) else {
            return false;
        };
        let inside = &self.text[start..end];
        if inside.len() > 1024 || inside.contains('\n') {
            return false;
        }
        let name = inside.split('|').next().unwrap_or_default();
        let is_file = name.rsplit_once('.').is_some_and(|(stem, ending)| {
            !stem.is_empty()
                && !stem.starts_with(char::is_whitespace)
                && (2..=5).contains(&ending.len())
                && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        if !is_file {
            return false;
        }
        self.pieces.push(Piece::Whole(Inline::Media {
            name: name.to_owned(),
        }));
        self.at = end + 1;
        true
    }

    fn bare_address(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let is_address = ["http://", "https://", "mailto:"]
            .iter()
            .any(|scheme| rest.starts_with(scheme));
        if !is_address || self.before().is_some_and(char::is_alphanumeric) {
            return false;
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || c.is_control() || "|]}{[\"<>".contains(c))
            .unwrap_or(rest.len());
        let address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '*', '_', '\'']);
        // Read at once even if it is no link: what was searched is not searched again.
        let text = Inline::Text {
            text: address.to_owned(),
            marks: Marks::default(),
            href: checked_href(address),
        };
        self.pieces.push(Piece::Whole(text));
        self.at += address.len();
        true
    }

    fn sign(&mut self, c: char) -> bool {
        let Some(kind) = SIGNS.iter().position(|(_, sign)| *sign == c) else {
            return false;
        };
        let before = self.before();
        let after = self.text[self.at + 1..].chars().next();
        let may_end =
            before.is_some_and(|c| !c.is_whitespace()) && after.is_none_or(|c| !c.is_alphanumeric());
        let may_open = before.is_none_or(|c| !c.is_alphanumeric())
            && after.is_some_and(|c| !c.is_whitespace() && Some(c) != before);
        let number = self.pieces.len();
        match self.open[kind] {
            Some(opener) if may_end && opener + 1 < number => {
                if let Some(Piece::Sign { paired, .. }) = self.pieces.get_mut(opener) {
                    *paired = true;
                }
                self.open[kind] = None;
                self.pieces.push(Piece::Sign {
                    kind,
                    opens: false,
                    paired: true,
                });
            }
            _ if may_open => {
                self.open[kind] = Some(number);
                self.pieces.push(Piece::Sign {
                    kind,
                    opens: true,
                    paired: false,
                });
            }
            _ => return false,
        }
        self.at += 1;
        true
    }
}

fn apply(marks: &mut Marks, kind: usize, on: bool) {
    match kind {
        0 => marks.strong = on,
        1 => marks.em = on,
        2 => marks.strike = on,
        3 => marks.underline = on,
        4 => marks.sup = on,
        _ => marks.sub = on,
    }
}

fn assemble(pieces: Vec<Piece>) -> Vec<Inline> {
    let mut found: Vec<Inline> = Vec::new();
    let mut marks = Marks::default();
    for piece in pieces {
        match piece {
            Piece::Sign {
                kind,
                opens,
                paired: true,
            } => apply(&mut marks, kind, opens),
            Piece::Sign { kind, .. } => add(&mut found, SIGNS[kind].0, marks),
            Piece::Mono(text) => add(&mut found, &text, Marks { code: true, ..marks }),
            Piece::Whole(Inline::Text {
                text,
                href: Some(href),
                ..
            }) => found.push(Inline::Text {
                text,
                marks,
                href: Some(href),
            }),
            Piece::Text(text) | Piece::Whole(Inline::Text { text, .. }) => add(&mut found, &text, marks),
            Piece::Whole(whole) => found.push(whole),
        }
    }
    while matches!(found.last(), Some(Inline::Break)) {
        found.pop();
    }
    found
}

/// Adds text, to the run before it where the marks are the same.
fn add(found: &mut Vec<Inline>, text: &str, marks: Marks) {
    match found.last_mut() {
        Some(Inline::Text {
            text: last,
            marks: known,
            href: None,
        }) if *known == marks => last.push_str(text),
        _ if text.is_empty() => {}
        _ => found.push(Inline::Text {
            text: text.to_owned(),
            marks,
            href: None,
        }),
    }
}
