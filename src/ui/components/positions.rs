//! The one style element of a page: where bars of a timeline begin and end.
//!
//! The content policy forbids style attributes, and what stands inside a style element is written
//! as it is. So its text is made here, of numbers alone: elements are named by two counters, never by
//! a text from anywhere.

use std::fmt::Write as _;

use leptos::{nonce::use_nonce, prelude::*};

/// Units of the whole width.
pub const WIDTH: u16 = 1000;

/// A bar, or a lane of bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The line of the release in lane `lane`, with the share reached in percent.
    Release {
        /// Lane, from 0.
        lane: usize,
        /// Begin, 0 to [`WIDTH`].
        start: u16,
        /// End, 0 to [`WIDTH`].
        end: u16,
        /// 0 to 100.
        reached: u16,
    },
    /// A sprint in lane `lane`.
    Sprint {
        /// Lane, from 0.
        lane: usize,
        /// Sprint in the lane, from 0.
        sprint: usize,
        /// Begin, 0 to [`WIDTH`].
        start: u16,
        /// End, 0 to [`WIDTH`].
        end: u16,
        /// Row inside the lane, from 0: sprints of the same time stand below each other.
        row: usize,
    },
    /// The track of a lane.
    Track {
        /// Lane, from 0.
        lane: usize,
        /// Rows of sprints.
        rows: usize,
    },
}

/// Id of the line of a release.
pub fn release_id(lane: usize) -> String {
    format!("rel{lane}")
}

/// Id of a sprint.
pub fn sprint_id(lane: usize, sprint: usize) -> String {
    format!("rel{lane}spr{sprint}")
}

/// Id of the track of a lane.
pub fn track_id(lane: usize) -> String {
    format!("rel{lane}track")
}

/// The rules for the timeline with the id `gantt`: ticks, today, bars.
pub fn timeline_css(ticks: &[u16], today: Option<u16>, positions: &[Position]) -> String {
    let mut css = format!("#gantt{{--days:{WIDTH};--weeks:{}", ticks.len().max(1));
    let ends = ticks.iter().copied().skip(1).chain([WIDTH]);
    let (mut columns, mut grid) = (String::new(), String::new());
    for (begin, end) in ticks.iter().copied().zip(ends) {
        // Writing into a text cannot fail.
        let _written = write!(columns, " minmax(0,{}fr)", end.saturating_sub(begin));
        if begin > 0 {
            let (whole, tenth) = (begin / 10, begin % 10);
            let _written = write!(
                grid,
                ",transparent calc({whole}.{tenth}% - 1px),var(--line) 0 {whole}.{tenth}%,transparent 0"
            );
        }
    }
    if !columns.is_empty() {
        let _written = write!(css, ";--cols:{}", columns.trim_start());
    }
    if !grid.is_empty() {
        let _written = write!(css, ";--grid:linear-gradient(to right{grid})");
    }
    css.push('}');
    if let Some(today) = today {
        let _written = write!(css, "#gantt .today{{--s:{today}}}");
    }
    for position in positions {
        let _written = match *position {
            Position::Release {
                lane,
                start,
                end,
                reached,
            } => {
                write!(
                    css,
                    "#{}{{--s:{start};--e:{end};--p:{}%}}",
                    release_id(lane),
                    reached.min(100)
                )
            }
            Position::Sprint {
                lane,
                sprint,
                start,
                end,
                row,
            } => {
                write!(
                    css,
                    "#{}{{--s:{start};--e:{end};--r:{row}}}",
                    sprint_id(lane, sprint)
                )
            }
            Position::Track { lane, rows } => write!(css, "#{}{{--rows:{rows}}}", track_id(lane)),
        };
    }
    css
}

/// The style element of a timeline.
#[component]
pub fn TimelineStyle(
    /// Begins of the ticks, 0 to [`WIDTH`].
    ticks: Vec<u16>,
    /// Place of today.
    today: Option<u16>,
    /// Bars and lanes.
    positions: Vec<Position>,
) -> AnyView {
    let css = timeline_css(&ticks, today, &positions);
    view! { <style nonce=use_nonce()>{css}</style> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_hold_numbers_only() {
        let positions = [
            Position::Track { lane: 0, rows: 2 },
            Position::Release {
                lane: 0,
                start: 10,
                end: 500,
                reached: 400,
            },
            Position::Sprint {
                lane: 0,
                sprint: 1,
                start: 10,
                end: 60,
                row: 1,
            },
        ];
        assert_eq!(
            timeline_css(&[0, 491], Some(344), &positions),
            "#gantt{--days:1000;--weeks:2;--cols:minmax(0,491fr) minmax(0,509fr);\
             --grid:linear-gradient(to right,transparent calc(49.1% - 1px),var(--line) 0 49.1%,transparent 0)}\
             #gantt .today{--s:344}#rel0track{--rows:2}#rel0{--s:10;--e:500;--p:100%}#rel0spr1{--s:10;--e:60;--r:1}"
        );
        assert_eq!(timeline_css(&[], None, &[]), "#gantt{--days:1000;--weeks:1}");
    }
}
