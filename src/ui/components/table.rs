//! Real tables that become cards when there is no room. Roles are written out, because a changed
//! `display` takes them away.

use leptos::prelude::*;

use super::icon::Icon;
use super::{Tone, some};

/// The direction a column is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Smallest first.
    Up,
    /// Greatest first.
    Down,
}

/// A column head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub label: String,
    /// The URL that sorts by it, if it can be sorted by.
    pub sort_href: Option<String>,
    /// How it is sorted now.
    pub sorted: Option<Sorted>,
    /// Numbers and actions end at the right.
    pub end: bool,
    /// The name is only heard ("Actions").
    pub hidden: bool,
}

impl Column {
    /// A plain column.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }

    /// A column of numbers or actions.
    pub fn end(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            end: true,
            ..Self::default()
        }
    }

    /// A column whose name is only heard.
    pub fn hidden(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            hidden: true,
            end: true,
            ..Self::default()
        }
    }

    /// A column that a link sorts by.
    pub fn sortable(label: impl Into<String>, href: impl Into<String>, sorted: Option<Sorted>) -> Self {
        Self {
            label: label.into(),
            sort_href: Some(href.into()),
            sorted,
            ..Self::default()
        }
    }
}

/// A table in its box. Children are [`Row`]s and [`RowNote`]s.
#[component]
pub fn Table(
    /// What it lists, for those who hear the page.
    #[prop(into)]
    caption: String,
    /// Its columns.
    columns: Vec<Column>,
    /// Less height per row.
    #[prop(optional)]
    dense: bool,
    /// Cells of one line, centred.
    #[prop(optional)]
    middle: bool,
    /// Scrolls sideways instead of becoming cards: for tables whose columns are compared.
    #[prop(optional)]
    scroll: bool,
    /// `brief`: as a card a row is its name, its status, its `lead` and one line of the rest, without labels, for
    /// values that speak for themselves.
    #[prop(optional, into)]
    class: String,
    /// Rows.
    children: Children,
) -> AnyView {
    let mut class = format!("table {class}").trim_end().to_owned();
    for (on, name) in [(!scroll, " cards"), (dense, " dense"), (middle, " mid")] {
        if on {
            class.push_str(name);
        }
    }
    let region = scroll.then(|| caption.clone());
    view! {
        <div
            class=if scroll { "tablebox scroll" } else { "tablebox" }
            role=scroll.then_some("region")
            aria-label=region
            tabindex=scroll.then_some("0")
        >
            <table class=class role="table">
                <caption class="vh">{caption}</caption>
                <thead role="rowgroup">
                    <tr role="row">{columns.into_iter().map(head_view).collect_view()}</tr>
                </thead>
                <tbody role="rowgroup">{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn head_view(column: Column) -> AnyView {
    let sort = column.sorted.map(|sorted| match sorted {
        Sorted::Up => ("ascending", "i-up"),
        Sorted::Down => ("descending", "i-down"),
    });
    let inside = match column.sort_href {
        Some(href) => view! {
            <a href=href>{column.label} {sort.map(|(_, icon)| view! { <Icon name=icon /> })}</a>
        }
        .into_any(),
        None if column.hidden => view! { <span class="vh">{column.label}</span> }.into_any(),
        None => column.label.into_any(),
    };
    view! {
        <th scope="col" role="columnheader" class=column.end.then_some("r") aria-sort=sort.map(|(order, _)| order)>
            {inside}
        </th>
    }
    .into_any()
}

/// A row.
#[component]
pub fn Row(
    /// A [`RowNote`] follows.
    #[prop(optional)]
    has_note: bool,
    /// Id, where a live region or a link leads to it.
    #[prop(optional, into)]
    id: String,
    /// `child` for a row that belongs to the one above.
    #[prop(optional, into)]
    class: String,
    /// Cells.
    children: Children,
) -> AnyView {
    let mut class = class;
    if has_note {
        class.push_str(" has-note");
    }
    view! {
        <tr role="row" id=some(&id) class=some(class.trim_start())>
            {children()}
        </tr>
    }
    .into_any()
}

/// The cell that names the row.
#[component]
pub fn RowHead(
    /// Where the name leads; empty for plain text.
    #[prop(optional, into)]
    href: String,
    /// The second line.
    #[prop(optional, into)]
    sub: String,
    /// The name.
    children: Children,
) -> AnyView {
    let name = if href.is_empty() {
        children().into_any()
    } else {
        view! {
            <a class="rowlink" href=href>
                {children()}
            </a>
        }
        .into_any()
    };
    view! {
        <th scope="row" role="rowheader">
            {name}
            {(!sub.is_empty()).then(|| view! { <span class="sub">{sub}</span> })}
        </th>
    }
    .into_any()
}

/// A cell. As a card its label stands before it.
#[component]
pub fn Cell(
    /// The column's name; empty for status and actions.
    #[prop(optional, into)]
    label: String,
    /// `st` for the status, `acts` for the actions, `r` for numbers, `m` for what a card puts into one line, `wide` for
    /// what it leaves out; `lead` for what a brief card says under its name, `n` and `named` for values that need
    /// their label there, behind or before.
    #[prop(optional, into)]
    class: String,
    /// The value; then its context in a `span.sub`.
    children: Children,
) -> AnyView {
    if label.is_empty() {
        view! {
            <td role="cell" class=some(&class)>
                {children()}
            </td>
        }
        .into_any()
    } else {
        view! {
            <td role="cell" class=some(&class) data-l=label>
                <span>{children()}</span>
            </td>
        }
        .into_any()
    }
}

/// The reason under a row, inside the same border, with its way out.
#[component]
pub fn RowNote(
    /// How many columns the table has.
    columns: usize,
    /// Its tone.
    tone: Tone,
    /// What happened, in bold.
    #[prop(optional, into)]
    title: String,
    /// At most one action, as a small button.
    #[prop(optional, into)]
    action: ViewFn,
    /// Whether `action` is given.
    #[prop(optional)]
    with_action: bool,
    /// Why, and what to do.
    children: Children,
) -> AnyView {
    view! {
        <tr role="row" class="rownote">
            <td role="cell" colspan=columns.to_string()>
                <super::Note tone=tone title=title action=action with_action=with_action>
                    {children()}
                </super::Note>
            </td>
        </tr>
    }
    .into_any()
}
