//! Formatted text from Jira as a small tree that is safe to render.
//!
//! Made by the parsers of `server::jira` (Atlassian Document Format and wiki text), rendered by
//! `ui::components::rich_text`. The tree holds text and checked links only: no HTML, no scripts, no
//! styles. What a parser does not know becomes [`Block::Unknown`] with the plain text inside it, so
//! that nothing a person wrote is lost.

use serde::{Deserialize, Serialize};

/// The lowest heading there is.
const LOWEST: u8 = 6;

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RichText {
    /// Blocks from top to bottom; empty for an empty document.
    pub blocks: Vec<Block>,
}

impl RichText {
    /// The document with headings that fit under a heading of level `below`: the first is one level lower, each
    /// further one at most one lower than the one before, and which is above which stays. Writers in Jira begin where
    /// they like and skip what they like.
    #[must_use]
    pub fn fit_headings(mut self, below: u8) -> Self {
        // The levels of the headings that are above the next one, as they were written.
        let mut above: Vec<u8> = Vec::new();
        fit_blocks(&mut self.blocks, below, &mut above);
        self
    }
}

fn fit_blocks(blocks: &mut [Block], below: u8, above: &mut Vec<u8>) {
    for block in blocks {
        match block {
            Block::Heading { level, .. } => {
                while above.last().is_some_and(|upper| upper >= level) {
                    above.pop();
                }
                above.push(*level);
                let depth = u8::try_from(above.len()).unwrap_or(LOWEST);
                *level = below.saturating_add(depth).min(LOWEST);
            }
            Block::List { items, .. } => {
                for item in items {
                    fit_blocks(item, below, above);
                }
            }
            Block::Quote { content } | Block::Panel { content, .. } => fit_blocks(content, below, above),
            Block::Table { rows } => {
                for cell in rows.iter_mut().flatten() {
                    fit_blocks(&mut cell.content, below, above);
                }
            }
            Block::Paragraph { .. }
            | Block::Tasks { .. }
            | Block::Code { .. }
            | Block::Rule
            | Block::Media { .. }
            | Block::Unknown { .. } => {}
        }
    }
}

/// A block-level element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// Its content.
        content: Vec<Inline>,
    },
    /// A heading, level 1 to 6.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its content.
        content: Vec<Inline>,
    },
    /// A list.
    List {
        /// Numbered or not.
        ordered: bool,
        /// First number of a numbered list.
        start: u32,
        /// Each item is a run of blocks.
        items: Vec<Vec<Block>>,
    },
    /// A list of tasks or decisions.
    Tasks {
        /// Done or not, and the text.
        items: Vec<(bool, Vec<Inline>)>,
    },
    /// Preformatted text.
    Code {
        /// Language, for the label only.
        language: Option<String>,
        /// Text as it is.
        text: String,
    },
    /// A quotation.
    Quote {
        /// Its content.
        content: Vec<Block>,
    },
    /// A panel (info, note, warning, error, success) or an expand.
    Panel {
        /// Tone of the panel.
        tone: PanelTone,
        /// Title, if any.
        title: Option<String>,
        /// Its content.
        content: Vec<Block>,
    },
    /// A table.
    Table {
        /// Rows of cells.
        rows: Vec<Vec<Cell>>,
    },
    /// A rule.
    Rule,
    /// An attached picture or file, by name; shown as a named box, fetched by nobody here.
    Media {
        /// File name or alternative text.
        name: String,
    },
    /// A node this program does not know.
    Unknown {
        /// Jira's name of it.
        name: String,
        /// Its plain text.
        text: String,
    },
}

/// A table cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Whether it is a head cell.
    pub header: bool,
    /// Columns it spans, at least 1.
    pub colspan: u16,
    /// Rows it spans, at least 1.
    pub rowspan: u16,
    /// Its content.
    pub content: Vec<Block>,
}

/// Tone of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelTone {
    /// Neutral information.
    Info,
    /// A note or custom panel.
    Note,
    /// Success or tip.
    Success,
    /// Warning.
    Warning,
    /// Error.
    Error,
}

/// An inline element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Inline {
    /// Text with its marks.
    Text {
        /// The text.
        text: String,
        /// Marks, without repetition, in a fixed order.
        #[serde(default, skip_serializing_if = "Marks::is_plain")]
        marks: Marks,
        /// Checked address (`http`, `https` or `mailto`), if it is a link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        href: Option<String>,
    },
    /// A line break.
    Break,
    /// A mentioned person, an emoji, a status lozenge, a date: its display text.
    Chip {
        /// What to show.
        text: String,
    },
    /// An attached picture or file inside a line.
    Media {
        /// File name or alternative text.
        name: String,
    },
}

/// Marks of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each mark is independent of the others")]
pub struct Marks {
    /// Bold.
    pub strong: bool,
    /// Italic.
    pub em: bool,
    /// Struck through.
    pub strike: bool,
    /// Underlined.
    pub underline: bool,
    /// Monospaced.
    pub code: bool,
    /// Superscript.
    pub sup: bool,
    /// Subscript.
    pub sub: bool,
}

impl Marks {
    /// Whether no mark is set.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn heading(level: u8) -> Block {
        Block::Heading {
            level,
            content: Vec::new(),
        }
    }

    fn levels(blocks: &[Block]) -> Vec<u8> {
        let inside = |block: &Block| match block {
            Block::Heading { level, .. } => vec![*level],
            Block::List { items, .. } => items.iter().flat_map(|item| levels(item)).collect(),
            Block::Quote { content } | Block::Panel { content, .. } => levels(content),
            Block::Table { rows } => rows
                .iter()
                .flatten()
                .flat_map(|cell| levels(&cell.content))
                .collect(),
            _ => Vec::new(),
        };
        blocks.iter().flat_map(inside).collect()
    }

    fn fitted(written: &[u8], below: u8) -> Vec<u8> {
        let blocks = written.iter().copied().map(heading).collect();
        levels(&RichText { blocks }.fit_headings(below).blocks)
    }

    #[test]
    fn headings_fit_under_the_page_s_own() {
        for (written, expected) in [
            (&[1, 2, 3][..], &[3, 4, 5][..]),
            (&[4, 4, 6, 4], &[3, 3, 4, 3]),
            (&[3, 1, 2], &[3, 3, 4]),
            (&[2, 6, 4, 3], &[3, 4, 4, 4]),
            (&[1, 2, 3, 4, 5, 6], &[3, 4, 5, 6, 6, 6]),
            (&[], &[]),
        ] {
            assert_eq!(fitted(written, 2), expected, "{written:?}");
        }
    }

    #[test]
    fn headings_inside_other_blocks_count_in_the_order_of_the_page() {
        let cell = Cell {
            header: false,
            colspan: 1,
            rowspan: 1,
            content: vec![heading(5)],
        };
        let doc = RichText {
            blocks: vec![
                heading(2),
                Block::Panel {
                    tone: PanelTone::Info,
                    title: None,
                    content: vec![heading(4)],
                },
                Block::List {
                    ordered: false,
                    start: 1,
                    items: vec![vec![Block::Quote {
                        content: vec![heading(6)],
                    }]],
                },
                Block::Table {
                    rows: vec![vec![cell]],
                },
            ],
        };
        assert_eq!(levels(&doc.fit_headings(2).blocks), [3, 4, 5, 5]);
    }

    proptest! {
        #[test]
        fn no_level_is_skipped(written in proptest::collection::vec(1u8..=6, 0..20), below in 1u8..=4) {
            let found = fitted(&written, below);
            prop_assert_eq!(found.len(), written.len());
            let mut before = below;
            for (level, was) in found.iter().zip(&written) {
                prop_assert!(*level > below && *level <= LOWEST && *level <= before + 1, "{written:?} became {found:?}");
                prop_assert!((1..=6).contains(was));
                before = *level;
            }
        }
    }
}
