//! Shape and colour of what a requirement, a bug, a release or a sprint is at: one table for all pages.
//!
//! As the design says: a ring is open, an arc goes on, a filled disc is reached; dashed is what is not mapped or has
//! no date; the octagon is an error. Colour only repeats what shape and word say.

use crate::{
    api::plan::PlanItemState,
    domain::{
        jira::SprintState,
        mapping::{self, BugStatus, RequirementStatus},
        mirror_issue::MappedStatus,
        timeline::Risk,
    },
    ui::components::Tone,
};

const RING: &str = "s-off";
const DASHED: &str = "s-none";
const ARC: &str = "s-run";
const REACHED: &str = "s-ok";
const GIVEN_UP: &str = "s-end";

/// How a state looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Colour family.
    pub tone: Tone,
    /// Shape.
    pub glyph: &'static str,
}

impl Look {
    const fn new(tone: Tone, glyph: &'static str) -> Self {
        Self { tone, glyph }
    }
}

/// The kit's tone of a mapped value.
pub(super) fn tone_of(tone: mapping::Tone) -> Tone {
    match tone {
        mapping::Tone::Ok => Tone::Ok,
        mapping::Tone::Warn => Tone::Warn,
        mapping::Tone::Bad => Tone::Bad,
        mapping::Tone::Info => Tone::Info,
        mapping::Tone::Mute => Tone::Mute,
    }
}

/// A mapped status. One that nobody mapped does not look like the default that stands in for it.
pub(super) fn of_status(status: MappedStatus) -> Look {
    let glyph = match status {
        _ if status.is_default() => DASHED,
        MappedStatus::Requirement(status) => match status.value {
            RequirementStatus::ToDo => RING,
            RequirementStatus::InProgress => ARC,
            RequirementStatus::Done => REACHED,
            RequirementStatus::Cancelled => GIVEN_UP,
        },
        MappedStatus::Bug(status) => match status.value {
            BugStatus::Open => RING,
            BugStatus::InProgress => ARC,
            BugStatus::Resolved | BugStatus::Closed => REACHED,
            BugStatus::Rejected => GIVEN_UP,
        },
    };
    Look::new(tone_of(status.tone()), glyph)
}

/// How a release stands.
pub(super) fn of_risk(risk: Risk) -> Look {
    let glyph = match risk {
        Risk::Released => REACHED,
        Risk::Overdue | Risk::BlockerOpen => "s-err",
        Risk::AtRisk => "s-warn",
        Risk::None => RING,
        Risk::Undated => DASHED,
    };
    Look::new(tone_of(risk.tone()), glyph)
}

/// How a sprint stands.
pub(super) fn of_sprint(state: SprintState) -> Look {
    match state {
        SprintState::Active => Look::new(Tone::Info, ARC),
        SprintState::Future => Look::new(Tone::Mute, RING),
        SprintState::Closed => Look::new(Tone::Mute, REACHED),
    }
}

/// A release or a sprint on its own page.
pub(super) fn of_item(state: PlanItemState) -> Look {
    match state {
        PlanItemState::Archived => Look::new(Tone::Mute, "s-arch"),
        PlanItemState::Release(risk) => of_risk(risk),
        PlanItemState::Sprint(state) => of_sprint(state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::{Mapped, Rule};

    #[test]
    fn each_status_has_its_shape() {
        use {BugStatus as B, RequirementStatus as R};
        let requirement = |value, rule| of_status(MappedStatus::Requirement(Mapped { value, rule }));
        let bug = |value, rule| of_status(MappedStatus::Bug(Mapped { value, rule }));
        for (found, tone, glyph) in [
            (requirement(R::ToDo, Rule::Chosen), Tone::Mute, "s-off"),
            (requirement(R::InProgress, Rule::Chosen), Tone::Info, "s-run"),
            (requirement(R::Done, Rule::Chosen), Tone::Ok, "s-ok"),
            (requirement(R::Cancelled, Rule::Chosen), Tone::Mute, "s-end"),
            (requirement(R::ToDo, Rule::Default), Tone::Warn, "s-none"),
            (bug(B::Open, Rule::Chosen), Tone::Info, "s-off"),
            (bug(B::InProgress, Rule::Chosen), Tone::Info, "s-run"),
            (bug(B::Resolved, Rule::Chosen), Tone::Ok, "s-ok"),
            (bug(B::Closed, Rule::Chosen), Tone::Mute, "s-ok"),
            (bug(B::Rejected, Rule::Chosen), Tone::Mute, "s-end"),
            // Without a resolution a bug is open by a rule of its own, not for want of a mapping.
            (bug(B::Open, Rule::Empty), Tone::Info, "s-off"),
            (bug(B::Open, Rule::Default), Tone::Warn, "s-none"),
            (of_item(PlanItemState::Archived), Tone::Mute, "s-arch"),
            (of_risk(Risk::Released), Tone::Ok, "s-ok"),
            (of_risk(Risk::Overdue), Tone::Bad, "s-err"),
            (of_risk(Risk::BlockerOpen), Tone::Bad, "s-err"),
            (of_risk(Risk::AtRisk), Tone::Warn, "s-warn"),
            (of_risk(Risk::None), Tone::Info, "s-off"),
            (of_risk(Risk::Undated), Tone::Mute, "s-none"),
            (of_sprint(SprintState::Active), Tone::Info, "s-run"),
            (of_sprint(SprintState::Future), Tone::Mute, "s-off"),
            (of_sprint(SprintState::Closed), Tone::Mute, "s-ok"),
        ] {
            assert_eq!(found, Look::new(tone, glyph));
        }
    }
}
