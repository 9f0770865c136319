//! Lengths and numbers. The number always stands beside the bar; lengths are SVG attributes, because
//! the policy forbids style attributes.

use leptos::prelude::*;

use super::some;

/// The colour of a bar or of a part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fill {
    /// Accent.
    #[default]
    Accent,
    /// Accent, second strength (Covered; the second of several parts).
    Second,
    /// Accent, third strength.
    Third,
    /// Passing.
    Ok,
    /// A limit.
    Warn,
    /// Failing.
    Bad,
    /// Not counted.
    Mute,
}

impl Fill {
    /// Class of the `rect`, and of the swatch (`.sw`) in a legend.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Accent => "",
            Self::Second => "a2",
            Self::Third => "a3",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Mute => "mute",
        }
    }
}

/// Thousandths of `total`, never more than all of it; 0 of 0 is nothing.
fn thousandths(value: u64, total: u64) -> u64 {
    value
        .min(total)
        .saturating_mul(1000)
        .checked_div(total)
        .unwrap_or(0)
}

fn percent(thousandths: u64) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// A bar: `value` of `total`. Its name is `label: value of total`.
#[component]
pub fn Meter(
    /// What is measured ("Covered").
    #[prop(into)]
    label: String,
    /// How many.
    value: u64,
    /// Of how many.
    total: u64,
    /// Its colour.
    #[prop(optional)]
    fill: Fill,
    /// The thick one.
    #[prop(optional)]
    large: bool,
) -> AnyView {
    let name = format!("{label}: {value} of {total}");
    view! { <MeterStack label=name parts=vec![(fill, value)] total=total large=large /> }.into_any()
}

/// A bar of several parts, from the start. `label` says all numbers in words.
#[component]
pub fn MeterStack(
    /// The whole picture in words.
    #[prop(into)]
    label: String,
    /// Colour and size of each part.
    parts: Vec<(Fill, u64)>,
    /// The size of the whole.
    total: u64,
    /// The thick one.
    #[prop(optional)]
    large: bool,
) -> AnyView {
    let mut start = 0;
    let rects: Vec<_> = parts
        .into_iter()
        .map(|(fill, value)| {
            let from = thousandths(start, total);
            start += value;
            let width = thousandths(start, total) - from;
            view! { <rect class=some(fill.class()) x=percent(from) width=percent(width) height="100%" /> }
        })
        .collect();
    view! {
        <svg class=if large { "meter lg" } else { "meter" } role="img" aria-label=label preserveAspectRatio="none">
            {rects}
        </svg>
    }
    .into_any()
}

/// Progress of a job. Without `max` the length is not known and none is made up.
#[component]
pub fn Progress(
    /// What is going on.
    #[prop(into)]
    label: String,
    /// Done.
    #[prop(optional)]
    value: u64,
    /// Of how many; 0 when not known yet.
    #[prop(optional)]
    max: u64,
    /// Id, where a live region moves it.
    #[prop(optional, into)]
    id: String,
) -> AnyView {
    let known = max > 0;
    view! {
        <progress
            id=some(&id)
            aria-label=label
            value=known.then(|| value.min(max).to_string())
            max=known.then(|| max.to_string())
        ></progress>
    }
    .into_any()
}

/// A number and what it counts. Several stand in `div.stats` or `div.summary`.
#[component]
pub fn Stat(
    /// The number, formatted.
    #[prop(into)]
    value: String,
    /// What it counts.
    children: Children,
) -> AnyView {
    view! {
        <p class="stat">
            <b>{value}</b>
            <span>{children()}</span>
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_stay_inside_the_bar() {
        assert_eq!(percent(thousandths(2, 3)), "66.6%");
        assert_eq!(percent(thousandths(5, 3)), "100.0%");
        assert_eq!(percent(thousandths(1, 0)), "0.0%");
    }
}
