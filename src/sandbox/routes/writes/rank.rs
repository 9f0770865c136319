//! Where an issue stands among the others on a board: ranked before or after another one, put on a board
//! or below an epic.

use serde_json::Value;

use super::{
    desk::{Change, Desk, show_reference},
    sprint_issues,
};
use crate::sandbox::{
    answer::Answer,
    world::World,
    write::{Refusal, history, text_of, value::Accepted},
};

const RANK: &str = "com.pyxis.greenhopper.jira:gh-lexo-rank";
const EPIC_LINK: &str = "com.pyxis.greenhopper.jira:gh-epic-link";

fn find_custom(world: &World, kind: &str) -> Option<String> {
    let found = world
        .fields
        .iter()
        .find(|field| field["schema"]["custom"] == kind);
    found?["id"].as_str().map(str::to_owned)
}

/// A rank as Jira writes it: a bucket, the place, and what lies between two places.
fn write_rank(rank: i64) -> String {
    let (place, rest) = (rank >> IDS, rank & ((1 << IDS) - 1));
    if rest == 0 {
        format!("0|i{:05}:", place % 100_000)
    } else {
        format!("0|i{:05}:{rest:05x}", place % 100_000)
    }
}

/// The lower bits of a rank lie between two issues that were never ranked.
const IDS: u32 = crate::sandbox::world::RANK_BITS;

pub(crate) fn rank(desk: &mut Desk<'_>) -> Result<Answer, Refusal> {
    desk.need_login()?;
    let before = text_of(&desk.body["rankBeforeIssue"]);
    let after = text_of(&desk.body["rankAfterIssue"]);
    let (anchor, before) = match (before, after) {
        (Some(anchor), None) => (anchor, true),
        (None, Some(anchor)) => (anchor, false),
        _ => {
            let message = "Exactly one of 'rankBeforeIssue' and 'rankAfterIssue' must be set.";
            return Err(Refusal::new(400, message));
        }
    };
    let anchor = desk
        .get_issue(&anchor)
        .map_err(|_| Refusal::new(400, "The issue to rank by does not exist."))?;
    let moved = sprint_issues::read_issues(desk)?;
    let ranks = desk.world.store.spread_ranks(anchor.id, before, &moved);
    let field = find_custom(desk.world, RANK);
    for (id, rank) in ranks {
        let higher = rank < desk.world.store.rank(id);
        desk.world.store.set_rank(id, rank);
        let side = history::Side::text(if higher { "Ranked higher" } else { "Ranked lower" });
        let item = history::special("Rank", None, &history::Side::text(""), &side);
        // The history tells the direction, never the text of the field.
        if let Some(field) = &field {
            desk.world.edit_issue(&id.to_string(), |issue| {
                super::desk::put(issue, field, Value::from(write_rank(rank)));
            });
        }
        desk.apply(
            id,
            Change {
                items: vec![item],
                event: "issue_updated",
                ..Change::default()
            },
        );
    }
    Ok(Answer::empty(204))
}

/// Issues of the backlog of a board without sprints come onto it; with sprints they have to name one.
pub(crate) fn to_board(desk: &mut Desk<'_>, id: &str) -> Result<Answer, Refusal> {
    desk.need_login()?;
    let board = desk.world.boards.iter().find(|board| board.id.to_string() == id);
    let missing = "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.";
    let scrum = board
        .map(|board| board.kind == "scrum")
        .ok_or_else(|| Refusal::new(404, missing))?;
    if scrum {
        let message = "This operation is not supported for boards with sprints: move the issues to a sprint.";
        return Err(Refusal::new(400, message));
    }
    sprint_issues::read_issues(desk)?;
    Ok(Answer::empty(204))
}

/// Hangs issues below an epic, or takes them from theirs (`none`).
pub(crate) fn to_epic(desk: &mut Desk<'_>, epic: &str) -> Result<Answer, Refusal> {
    desk.need_login()?;
    let cloud = desk.world.is_cloud();
    let epic = if epic == "none" {
        None
    } else {
        Some(desk.get_issue(epic)?)
    };
    let is_epic = epic.as_ref().is_none_or(|epic| {
        let kind = epic.find_field("issuetype");
        kind.is_some_and(|kind| kind["hierarchyLevel"] == 1 || kind["name"] == "Epic")
    });
    if !is_epic {
        return Err(Refusal::new(400, "The issue is not an epic."));
    }
    for id in sprint_issues::read_issues(desk)? {
        let (field, value) = if cloud {
            let shown = epic.as_ref().map_or(Value::Null, show_reference);
            ("parent".to_owned(), shown)
        } else {
            let key = epic
                .as_ref()
                .map_or(Value::Null, |epic| Value::from(epic.key.as_str()));
            (find_custom(desk.world, EPIC_LINK).unwrap_or_default(), key)
        };
        desk.apply(
            id,
            Change {
                values: vec![(field, Accepted::from(value))],
                event: "issue_updated",
                ..Change::default()
            },
        );
    }
    Ok(Answer::empty(204))
}
