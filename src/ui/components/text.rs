//! Small pieces of text: page heads, times, people, properties, what to copy.

use leptos::prelude::*;

use super::icon::Icon;
use super::live::CopyButton;
use super::navigate::{Breadcrumbs, Crumb};
use super::some;
use crate::api::moment::MomentView;

/// Crumbs, `h1`, what the page is for, and its actions.
#[component]
pub fn PageHead(
    /// The heading.
    #[prop(into)]
    title: String,
    /// A key in front of the heading; may be empty.
    #[prop(optional, into)]
    key: String,
    /// One line below.
    #[prop(optional, into)]
    lead: String,
    /// The same with more than text in it, such as a moment.
    #[prop(optional, into)]
    lead_view: Option<ViewFn>,
    /// The way to this page.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// Buttons at the end.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <Breadcrumbs items=crumbs />
        <div class="head">
            <div>
                <h1>{(!key.is_empty()).then(|| view! { <span class="key faint">{key}</span>" " })} {title}</h1>
                {(!lead.is_empty()).then(|| view! { <p>{lead}</p> })}
                {lead_view.map(|lead| view! { <p>{lead.run()}</p> })}
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// A moment as the server worded it.
pub fn moment(at: MomentView) -> AnyView {
    view! { <Time iso=at.iso text=at.text title=at.exact /> }.into_any()
}

/// A moment: `text` for people, `iso` for machines and on hover.
#[component]
pub fn Time(
    /// ISO 8601.
    #[prop(into)]
    iso: String,
    /// "2 min ago", "14 Nov, 02:10".
    #[prop(into)]
    text: String,
    /// The exact moment in the organization's zone; `iso` when empty.
    #[prop(optional, into)]
    title: String,
) -> AnyView {
    let title = if title.is_empty() { iso.clone() } else { title };
    view! {
        <time datetime=iso title=title>
            {text}
        </time>
    }
    .into_any()
}

/// The first letters of the first and the last word of a name, at most two; `?` for a name without letters.
pub fn initials(name: &str) -> String {
    let firsts: Vec<char> = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .collect();
    match (firsts.first(), firsts.last()) {
        (Some(first), Some(last)) if firsts.len() > 1 => {
            first.to_uppercase().chain(last.to_uppercase()).collect()
        }
        (Some(first), _) => first.to_uppercase().collect(),
        _ => "?".to_owned(),
    }
}

/// A person as initials. The name stands beside it or is in the label around it.
#[component]
pub fn UserAvatar(
    /// The person's name.
    #[prop(into)]
    name: String,
    /// The small size, in a line of text.
    #[prop(optional)]
    small: bool,
) -> AnyView {
    // The same name always has the same colour, on server and in browser.
    let colour = name.bytes().fold(0_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    }) % 3
        + 1;
    view! {
        <span class=if small { "avatar sm" } else { "avatar" } data-c=colour.to_string() aria-hidden="true">
            {initials(&name)}
        </span>
    }
    .into_any()
}

/// A name and its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Property {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// Context below the value ("Jira: Ready for QA"); may be empty.
    pub sub: String,
    /// Where the value leads.
    pub href: Option<String>,
}

impl Property {
    /// A plain pair.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            ..Self::default()
        }
    }
}

/// Names and values. For richer values write `dl.props` with `dt` and `dd` by hand.
#[component]
pub fn DefinitionList(
    /// The pairs.
    items: Vec<Property>,
) -> AnyView {
    view! {
        <dl class="props">
            {items
                .into_iter()
                .map(|item| {
                    let value = match item.href {
                        Some(href) => view! { <a href=href>{item.value}</a> }.into_any(),
                        None => item.value.into_any(),
                    };
                    view! {
                        <dt>{item.name}</dt>
                        <dd>{value} {(!item.sub.is_empty()).then(|| view! { <span class="sub">{item.sub}</span> })}</dd>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

/// A text to copy: an address, a reference. With script a button copies it.
#[component]
pub fn CopyField(
    /// Id of the control.
    #[prop(into)]
    id: String,
    /// What it is ("Webhook address").
    #[prop(into)]
    label: String,
    /// The text.
    #[prop(into)]
    value: String,
) -> AnyView {
    view! {
        <div class="field">
            <div class="lab">
                <label for=id.clone()>{label.clone()}</label>
            </div>
            <span class="affix">
                <input class="input mono" id=id.clone() type="text" readonly=true value=value spellcheck="false" />
                <CopyButton input_id=id label=format!("Copy {}", lower_first(&label)) />
            </span>
        </div>
    }
    .into_any()
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// More, on demand.
#[component]
pub fn Disclosure(
    /// What opens it ("3 changes").
    #[prop(into)]
    summary: String,
    /// Starts open.
    #[prop(optional)]
    open: bool,
    /// Extra class.
    #[prop(optional, into)]
    class: String,
    /// What it shows.
    children: Children,
) -> AnyView {
    view! {
        <details class=some(format!("inl {class}").trim_end()) open=open>
            <summary>
                <Icon name="i-chev-right" />
                {summary}
            </summary>
            {children()}
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_initials_of_any_name() {
        assert_eq!(initials("Marit Solheim"), "MS");
        assert_eq!(initials("  ana de la Ferreira "), "AF");
        assert_eq!(initials("bot"), "B");
        assert_eq!(initials("<script>"), "S");
        assert_eq!(initials("  "), "?");
    }
}
