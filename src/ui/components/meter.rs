//! Lengths and numbers. The number always stands beside the bar; lengths are SVG attributes, because
//! the policy forbids style attributes.

use leptos::prelude::*;

use super::some;
use crate::domain::health::{HourMark, strip_words};

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
    let width = percent(thousandths(value, total));
    view! {
        <svg class=class_of(large) role="img" aria-label=name preserveAspectRatio="none">
            <rect class=some(fill.class()) x="0" width=width height="100%" />
        </svg>
    }
    .into_any()
}

const fn class_of(large: bool) -> &'static str {
    if large { "meter lg" } else { "meter" }
}

/// A bar of several parts and the rest, from the start. Gaps and edges part them, so that no two have to differ
/// by their colour; the third strength is striped as well. `label` says all numbers in words.
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
    let segments: Vec<_> = segments(&parts, total)
        .into_iter()
        .map(|(fill, from, width)| {
            let class = fill.map_or("rest", Fill::class);
            // Vertical stripes: one line along the middle, as thick as the bar is high, in dashes.
            let stripes = (fill == Some(Fill::Third)).then(|| {
                view! {
                    <svg width="100%" height="100%">
                        <line x1="0" x2="100%" y1="50%" y2="50%" stroke-width="100%" />
                    </svg>
                }
            });
            view! {
                <svg x=percent(from) width=percent(width) height="100%">
                    <rect class=some(class) width="100%" height="100%" />
                    {stripes}
                </svg>
            }
        })
        .collect();
    view! {
        <svg class=format!("{} parts", class_of(large)) role="img" aria-label=label preserveAspectRatio="none">
            {segments}
        </svg>
    }
    .into_any()
}

/// Parts that are seen, with begin and width in thousandths; the rest of the whole comes last, without a fill.
fn segments(parts: &[(Fill, u64)], total: u64) -> Vec<(Option<Fill>, u64, u64)> {
    let mut until = 0;
    let mut begin = 0;
    let mut found = Vec::new();
    for (fill, value) in parts {
        until += value;
        let end = thousandths(until, total);
        found.push((Some(*fill), begin, end - begin));
        begin = end;
    }
    found.push((None, begin, 1000_u64.saturating_sub(begin)));
    found.retain(|(_, _, width)| *width > 0);
    found
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

/// The checks of the last hours, a bar each: green, amber, red, or grey where there was none.
#[component]
pub fn CheckStrip(
    /// The hours, the present one last.
    marks: Vec<HourMark>,
) -> AnyView {
    let words = strip_words(&marks);
    let width = 4 * marks.len();
    let bars = marks
        .into_iter()
        .enumerate()
        .map(|(at, mark)| {
            let class = match mark {
                HourMark::Well => "",
                HourMark::Mixed => "w",
                HourMark::Bad => "b",
                HourMark::None => "n",
            };
            // Told by height too: who sees no colours sees the dip.
            let (y, height) = match mark {
                HourMark::Well => (1, 14),
                HourMark::Mixed => (5, 10),
                HourMark::Bad => (9, 6),
                HourMark::None => (13, 2),
            };
            view! { <rect x=4 * at y=y width="3" height=height rx="1" class=class /> }
        })
        .collect_view();
    view! {
        <svg class="strip" role="img" aria-label=words viewBox=format!("0 0 {width} 16")>
            {bars}
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_the_rest_are_the_whole() {
        let parts = [(Fill::Accent, 288), (Fill::Second, 0), (Fill::Third, 87)];
        assert_eq!(
            segments(&parts, 412),
            [
                (Some(Fill::Accent), 0, 699),
                (Some(Fill::Third), 699, 211),
                (None, 910, 90)
            ]
        );
        assert_eq!(segments(&[(Fill::Accent, 5)], 5), [(Some(Fill::Accent), 0, 1000)]);
        assert_eq!(segments(&[(Fill::Accent, 9)], 5), [(Some(Fill::Accent), 0, 1000)]);
        assert_eq!(segments(&[], 0), [(None, 0, 1000)]);
    }

    /// The two values of a token in `style/tokens.css`, light and dark.
    fn token(name: &str) -> [[f64; 3]; 2] {
        let sheet = include_str!("../../../style/tokens.css");
        let value = sheet
            .split_once(&format!("{name}: light-dark(#"))
            .and_then(|(_, rest)| rest.split_once(')'))
            .map(|(values, _)| values)
            .expect("a token of two colours");
        let (light, dark) = value.split_once(", #").expect("two colours");
        [light, dark].map(|hex| {
            [0, 2, 4].map(|at| {
                let byte = u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour");
                let share = f64::from(byte) / 255.0;
                if share <= 0.04045 {
                    share / 12.92
                } else {
                    ((share + 0.055) / 1.055).powf(2.4)
                }
            })
        })
    }

    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let light = |[red, green, blue]: [f64; 3]| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn parts_of_a_bar_can_be_told_apart_in_both_themes() {
        // The gap between two parts is the surface; each part ends with an edge, the third has stripes.
        for (what, token_name) in [("edge", "--line-control"), ("stripes", "--accent")] {
            for (theme, (mark, ground)) in token(token_name)
                .into_iter()
                .zip(token("--bg-surface"))
                .enumerate()
            {
                let found = contrast(mark, ground);
                assert!(found >= 3.0, "{what}, theme {theme}: {found:.2}");
            }
        }
    }

    #[test]
    fn lengths_stay_inside_the_bar() {
        assert_eq!(percent(thousandths(2, 3)), "66.6%");
        assert_eq!(percent(thousandths(5, 3)), "100.0%");
        assert_eq!(percent(thousandths(1, 0)), "0.0%");
    }
}
