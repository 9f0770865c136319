//! Formatted text from Jira as a small tree that is safe to render.
//!
//! Made by the parsers of `server::jira` (Atlassian Document Format and wiki text), rendered by
//! `ui::components::rich_text`. The tree holds text and checked links only: no HTML, no scripts, no
//! styles. What a parser does not know becomes [`Block::Unknown`] with the plain text inside it, so
//! that nothing a person wrote is lost.

use serde::{Deserialize, Serialize};

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RichText {
    /// Blocks from top to bottom; empty for an empty document.
    pub blocks: Vec<Block>,
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
