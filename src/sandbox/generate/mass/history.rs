//! Histories and comments of generated issues: the way through the workflow, and talk.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        super::world::{Extras, Facts, World, find_by_id},
        format_timestamp,
        rich::{self, Block, Inline},
        rng::Rng,
    },
    plan::Plan,
};

const REMARKS: [&str; 8] = [
    "Seen again on the test site this morning.",
    "Moved after planning; the estimate stands.",
    "Blocked until the partner answers.",
    "The fix is in the nightly build.",
    "Please add the steps for the phone as well.",
    "Checked with finance: the figures agree.",
    "Works for me on the last build, can somebody confirm?",
    "Waiting for the texts.",
];

/// What gathered around an issue between its creation and its last change.
pub(super) fn make(plan: &Plan, world: &World, facts: &Facts) -> Extras {
    let mut rng = Rng::new(plan.shape.seed.rotate_left(32) ^ facts.id.unsigned_abs() ^ 0x0415_7047_0000_0000);
    let usual = plan.shape.history as usize;
    let total = rng.below(usual * 2 + 1);
    let span = (facts.updated - facts.created).max(0);
    let mut extras = Extras::default();
    let changes = total.div_ceil(2);
    let mut before = first_status(plan, facts);
    for index in 0..changes {
        let last = index + 1 == changes;
        let step = i64::try_from(index + 1).unwrap_or(1);
        let at = if last {
            facts.updated
        } else {
            facts.created + span / i64::try_from(changes + 1).unwrap_or(1) * step
        };
        let after = if last {
            facts.status
        } else {
            pick_status(plan, facts, &mut rng)
        };
        let id = facts.id * 1000 + step;
        extras
            .changelog
            .push(show_change(plan, world, facts, id, at, (before, after), &mut rng));
        before = after;
    }
    for index in 0..total - changes {
        let step = i64::try_from(index + 1).unwrap_or(1);
        let at = facts.created + span / i64::try_from(total + 1).unwrap_or(1) * step;
        extras.comments.push(show_comment(
            plan,
            world,
            facts,
            facts.id * 100 + step,
            at,
            &mut rng,
        ));
    }
    extras
}

fn first_status(plan: &Plan, facts: &Facts) -> u32 {
    let first = plan
        .find_project(facts)
        .and_then(|project| project.statuses.iter().flatten().next());
    first.copied().unwrap_or(facts.status)
}

fn pick_status(plan: &Plan, facts: &Facts, rng: &mut Rng) -> u32 {
    match plan.find_project(facts).map(|project| &project.statuses[1]) {
        Some(pool) if !pool.is_empty() => *rng.pick(pool),
        _ => facts.status,
    }
}

fn stamp(ms: i64) -> String {
    format_timestamp(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn show_change(
    plan: &Plan,
    world: &World,
    facts: &Facts,
    id: i64,
    at: i64,
    (from, to): (u32, u32),
    rng: &mut Rng,
) -> Value {
    let name = |id: u32| find_by_id(&world.statuses, id).map(|status| status["name"].clone());
    let mut item = json!({
        "field": "status", "fieldtype": "jira", "from": from.to_string(), "fromString": name(from),
        "to": to.to_string(), "toString": name(to),
    });
    if world.is_cloud() {
        item["fieldId"] = Value::from("status");
    }
    let author = if rng.chance(70) {
        facts.assignee.or(facts.reporter)
    } else {
        facts.reporter
    };
    json!({
        "id": id.to_string(), "author": plan.show_person(world, author), "created": stamp(at), "items": [item],
    })
}

fn show_comment(plan: &Plan, world: &World, facts: &Facts, id: i64, at: i64, rng: &mut Rng) -> Value {
    let author = plan.show_person(
        world,
        if rng.chance(50) {
            facts.assignee.or(facts.reporter)
        } else {
            facts.reporter
        },
    );
    let text = *rng.pick(&REMARKS);
    let blocks = [Block::Text(vec![Inline::Plain(text.to_owned())])];
    let body = if world.is_cloud() {
        rich::to_adf(&blocks)
    } else {
        Value::from(text)
    };
    let api = if world.is_cloud() { 3 } else { 2 };
    let mut comment = json!({
        "self": format!("{}/rest/api/{api}/issue/{}/comment/{id}", world.base_url, facts.id), "id": id.to_string(),
        "author": author, "body": body, "updateAuthor": author, "created": stamp(at), "updated": stamp(at),
    });
    if world.is_cloud() {
        comment["jsdPublic"] = Value::Bool(true);
    }
    comment
}
