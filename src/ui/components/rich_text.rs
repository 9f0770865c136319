//! Draws formatted text from Jira. The tree holds text and checked links only; this file writes no
//! markup by hand and loads nothing from anywhere.

use leptos::prelude::*;

use super::Tone;
use super::icon::Icon;
use crate::domain::rich_text::{Block, Cell, Inline, Marks, PanelTone, RichText};

/// A document from Jira.
#[component]
pub fn RichTextView(
    /// The document.
    doc: RichText,
    /// Level of the heading above it on the page: the document's own headings start below it.
    #[prop(default = 2)]
    below: u8,
) -> AnyView {
    let doc = doc.fit_headings(below);
    view! { <div class="prose">{blocks_view(doc.blocks)}</div> }.into_any()
}

fn blocks_view(blocks: Vec<Block>) -> Vec<AnyView> {
    blocks.into_iter().map(block_view).collect()
}

fn block_view(block: Block) -> AnyView {
    match block {
        Block::Paragraph { content } => view! { <p>{inlines_view(content)}</p> }.into_any(),
        Block::Heading { level, content } => heading_view(level, inlines_view(content)),
        Block::List {
            ordered,
            start,
            items,
        } => {
            let items: Vec<_> = items
                .into_iter()
                .map(|item| view! { <li>{blocks_view(item)}</li> })
                .collect();
            if ordered {
                view! { <ol start=(start != 1).then(|| start.to_string())>{items}</ol> }.into_any()
            } else {
                view! { <ul>{items}</ul> }.into_any()
            }
        }
        Block::Tasks { items } => tasks_view(items),
        Block::Code { language, text } => {
            let label = language
                .filter(|name| !name.is_empty())
                .map_or_else(|| "Code".to_owned(), |name| format!("Code, {name}"));
            view! {
                <div class="codebox" tabindex="0" role="region" aria-label=label>
                    <pre>
                        <code>{text}</code>
                    </pre>
                </div>
            }
            .into_any()
        }
        Block::Quote { content } => view! { <blockquote>{blocks_view(content)}</blockquote> }.into_any(),
        Block::Panel { tone, title, content } => {
            let tone = panel_tone(tone);
            view! {
                <div class="note" data-tone=tone.as_str()>
                    <Icon name=tone.icon() />
                    <div>
                        {title.filter(|title| !title.is_empty()).map(|title| view! { <strong>{title}</strong> })}
                        {blocks_view(content)}
                    </div>
                </div>
            }
            .into_any()
        }
        Block::Table { rows } => table_view(rows),
        Block::Rule => view! { <hr /> }.into_any(),
        Block::Media { name } => view! { <p>{file_view(name)}</p> }.into_any(),
        Block::Unknown { name, text } => view! {
            <p>
                {text}
                " "
                <span class="file">{format!("{name}, shown as text")}</span>
            </p>
        }
        .into_any(),
    }
}

/// Headings never go below `h6` and never reach the page's own.
fn heading_view(level: u8, content: Vec<AnyView>) -> AnyView {
    match level {
        0..=2 => view! { <h2>{content}</h2> }.into_any(),
        3 => view! { <h3>{content}</h3> }.into_any(),
        4 => view! { <h4>{content}</h4> }.into_any(),
        5 => view! { <h5>{content}</h5> }.into_any(),
        _ => view! { <h6>{content}</h6> }.into_any(),
    }
}

fn tasks_view(items: Vec<(bool, Vec<Inline>)>) -> AnyView {
    let items: Vec<_> = items
        .into_iter()
        .map(|(done, content)| {
            let (icon, label) = if done { ("s-ok", "Done") } else { ("s-off", "Open") };
            view! {
                <li>
                    <Icon name=icon label=label />
                    <span>{inlines_view(content)}</span>
                </li>
            }
        })
        .collect();
    view! { <ul class="tasks">{items}</ul> }.into_any()
}

fn table_view(rows: Vec<Vec<Cell>>) -> AnyView {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| view! { <tr>{row.into_iter().map(cell_view).collect::<Vec<_>>()}</tr> })
        .collect();
    view! {
        <div class="tbl" tabindex="0" role="region" aria-label="Table from Jira">
            <table>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn cell_view(cell: Cell) -> AnyView {
    let span = |count: u16| (count > 1).then(|| count.to_string());
    let (columns, rows) = (span(cell.colspan), span(cell.rowspan));
    let content = blocks_view(cell.content);
    if cell.header {
        view! {
            <th colspan=columns rowspan=rows>
                {content}
            </th>
        }
        .into_any()
    } else {
        view! {
            <td colspan=columns rowspan=rows>
                {content}
            </td>
        }
        .into_any()
    }
}

const fn panel_tone(tone: PanelTone) -> Tone {
    match tone {
        PanelTone::Info => Tone::Info,
        PanelTone::Note => Tone::Mute,
        PanelTone::Success => Tone::Ok,
        PanelTone::Warning => Tone::Warn,
        PanelTone::Error => Tone::Bad,
    }
}

fn inlines_view(content: Vec<Inline>) -> Vec<AnyView> {
    content.into_iter().map(inline_view).collect()
}

fn inline_view(inline: Inline) -> AnyView {
    match inline {
        Inline::Text { text, marks, href } => {
            let marked = marked_view(text, marks);
            match href.filter(|href| is_safe_address(href)) {
                Some(href) => link_view(href, marked),
                None => marked,
            }
        }
        Inline::Break => view! { <br /> }.into_any(),
        Inline::Chip { text } => view! { <span class="tag">{text}</span> }.into_any(),
        Inline::Media { name } => file_view(name),
    }
}

/// The tree promises checked addresses; a second look costs nothing and a script here costs all.
fn is_safe_address(href: &str) -> bool {
    url::Url::parse(href).is_ok_and(|address| matches!(address.scheme(), "http" | "https" | "mailto"))
}

fn link_view(href: String, content: AnyView) -> AnyView {
    view! {
        <a href=href target="_blank" rel="noopener noreferrer">
            {content}
            <Icon name="i-ext" class="ext" label="opens in a new tab" />
        </a>
    }
    .into_any()
}

fn file_view(name: String) -> AnyView {
    let name = if name.is_empty() {
        "Attachment".to_owned()
    } else {
        name
    };
    view! {
        <span class="file">
            <Icon name="i-image" />
            {name}
        </span>
    }
    .into_any()
}

/// The text inside its marks, in one fixed order from the inside out.
fn marked_view(text: String, marks: Marks) -> AnyView {
    let mut view = text.into_any();
    if marks.code {
        view = view! { <code>{view}</code> }.into_any();
    }
    if marks.sub {
        view = view! { <sub>{view}</sub> }.into_any();
    }
    if marks.sup {
        view = view! { <sup>{view}</sup> }.into_any();
    }
    if marks.underline {
        view = view! { <u>{view}</u> }.into_any();
    }
    if marks.strike {
        view = view! { <s>{view}</s> }.into_any();
    }
    if marks.em {
        view = view! { <em>{view}</em> }.into_any();
    }
    if marks.strong {
        view = view! { <strong>{view}</strong> }.into_any();
    }
    view
}
