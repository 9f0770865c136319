//! Ways through the product: each of them is a URL.

use leptos::prelude::*;

use super::icon::Icon;

/// A step on the way to this page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crumb {
    /// Its name.
    pub label: String,
    /// Where it leads; `None` is this page.
    pub href: Option<String>,
}

impl Crumb {
    /// A page above this one.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: Some(href.into()),
        }
    }

    /// This page.
    pub fn here(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: None,
        }
    }
}

/// The way to this page. Draws nothing without crumbs.
#[component]
pub fn Breadcrumbs(
    /// From the top to this page.
    items: Vec<Crumb>,
) -> AnyView {
    (!items.is_empty()).then(|| {
        view! {
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol>
                    {items
                        .into_iter()
                        .map(|crumb| {
                            view! {
                                <li>
                                    {match crumb.href {
                                        Some(href) => view! { <a href=href>{crumb.label}</a> }.into_any(),
                                        None => view! { <span aria-current="page">{crumb.label}</span> }.into_any(),
                                    }}
                                </li>
                            }
                        })
                        .collect_view()}
                </ol>
            </nav>
        }
    })
    .into_any()
}

/// One choice of a [`Segmented`], [`Tabs`] or [`Chips`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkItem {
    /// The word.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Icon in front; may be empty.
    pub icon: String,
    /// A number behind the word.
    pub count: Option<u64>,
    /// Is the one shown.
    pub current: bool,
}

impl LinkItem {
    /// A choice without icon and number.
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
            current,
            ..Self::default()
        }
    }

    /// The same with a number behind the word.
    #[must_use]
    pub fn with_count(self, count: u64) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }

    /// The same with an icon in front.
    #[must_use]
    pub fn with_icon(self, icon: impl Into<String>) -> Self {
        Self {
            icon: icon.into(),
            ..self
        }
    }
}

/// A few views of the same thing.
#[component]
pub fn Segmented(
    /// What is chosen: "View", "Status".
    #[prop(into)]
    label: String,
    /// The choices.
    items: Vec<LinkItem>,
) -> AnyView {
    view! {
        <div class="seg" role="group" aria-label=label>
            {items
                .into_iter()
                .map(|item| {
                    view! {
                        <a href=item.href aria-current=item.current.then_some("true")>
                            {(!item.icon.is_empty()).then(|| view! { <Icon name=item.icon /> })}
                            {item.label}
                            {item.count.map(|count| view! { " "<span class="n">{count}</span> })}
                        </a>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

/// Pages that belong together.
#[component]
pub fn Tabs(
    /// What they belong to.
    #[prop(into)]
    label: String,
    /// The pages.
    items: Vec<LinkItem>,
) -> AnyView {
    view! {
        <nav class="tabs" aria-label=label>
            {items
                .into_iter()
                .map(|item| {
                    view! {
                        <a href=item.href aria-current=item.current.then_some("page")>
                            {item.label}
                            {item.count.map(|count| view! { " "<span class="n">{count}</span> })}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
    .into_any()
}

/// Filters that count what they would show.
#[component]
pub fn Chips(
    /// What is filtered.
    #[prop(into)]
    label: String,
    /// The filters.
    items: Vec<LinkItem>,
) -> AnyView {
    view! {
        <div class="chips" role="group" aria-label=label>
            {items
                .into_iter()
                .map(|item| {
                    view! {
                        <a class="chip" href=item.href aria-current=item.current.then_some("true")>
                            {(!item.icon.is_empty()).then(|| view! { <Icon name=item.icon /> })}
                            {item.label}
                            {item.count.map(|count| view! { " "<b>{count}</b> })}
                        </a>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

/// Newer and older pages of a list.
#[component]
pub fn Pager(
    /// The page before; `None` on the first.
    previous: Option<String>,
    /// The page behind; `None` on the last.
    next: Option<String>,
    /// "Previous" when empty.
    #[prop(optional, into)]
    previous_label: String,
    /// "Next" when empty.
    #[prop(optional, into)]
    next_label: String,
) -> AnyView {
    let step = |href: Option<String>, label: String, rel: &'static str| match href {
        Some(href) => view! {
            <a class="btn sm" href=href rel=rel>
                {label}
            </a>
        }
        .into_any(),
        None => view! {
            <span class="btn sm" aria-disabled="true">
                {label}
            </span>
        }
        .into_any(),
    };
    let named = |label: String, other: &str| {
        if label.is_empty() { other.to_owned() } else { label }
    };
    view! {
        <nav class="pager" aria-label="Pages">
            {step(previous, named(previous_label, "Previous"), "prev")}
            {step(next, named(next_label, "Next"), "next")}
        </nav>
    }
    .into_any()
}
