//! Histories and comments of generated issues: the way through the workflow, and talk.

use serde_json::Value;

use super::{
    super::{
        super::{
            json::{self, Copies, Members},
            world::{Extras, Facts, Word, World, find_by_id},
        },
        rich::{self, Block, Inline},
        rng::Rng,
    },
    make::stamp,
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

/// How many changes and comments an issue has: each has a chance of its own, so that the comments can be
/// written without the history.
fn draw(plan: &Plan, facts: &Facts) -> (Rng, Rng, usize, usize) {
    let seed = plan.shape.seed.rotate_left(32) ^ facts.id.unsigned_abs() ^ 0x0415_7047_0000_0000;
    let mut rng = Rng::new(seed);
    let total = rng.below(plan.shape.history as usize * 2 + 1);
    let changes = total.div_ceil(2);
    (rng, Rng::new(!seed), changes, total - changes)
}

/// What gathered around an issue between its creation and its last change.
pub(super) fn make(plan: &Plan, world: &World, facts: &Facts) -> Extras {
    let mut copies = Copies::default();
    let (mut changes, mut comments) = (Vec::new(), Vec::new());
    write_changelog(plan, (world, facts), None, &mut copies, &mut changes);
    write_comments(plan, (world, facts), false, &mut copies, &mut comments);
    let list = |written: &[u8]| json::read(written).as_array().cloned().unwrap_or_default();
    Extras {
        changelog: list(&changes),
        comments: list(&comments),
        ..Extras::default()
    }
}

/// One step through the workflow.
struct Step {
    id: i64,
    at: i64,
    from: u32,
    to: u32,
    author: Option<Word>,
}

/// The way to the status, oldest step first.
fn list_steps(plan: &Plan, facts: &Facts) -> Vec<Step> {
    let (mut rng, _, changes, _) = draw(plan, facts);
    let span = (facts.updated - facts.created).max(0);
    let mut before = first_status(plan, facts);
    (0..changes)
        .map(|index| {
            let last = index + 1 == changes;
            let step = i64::try_from(index + 1).unwrap_or(1);
            let (at, to) = if last {
                (facts.updated, facts.status)
            } else {
                let part = span / i64::try_from(changes + 1).unwrap_or(1);
                (facts.created + part * step, pick_status(plan, facts, &mut rng))
            };
            let from = std::mem::replace(&mut before, to);
            let author = if rng.chance(70) {
                facts.assignee.or(facts.reporter)
            } else {
                facts.reporter
            };
            Step {
                id: facts.id * 1000 + step,
                at,
                from,
                to,
                author,
            }
        })
        .collect()
}

/// The history as a list: newest first and at most so many, or whole and oldest first.
pub(super) fn write_changelog(
    plan: &Plan,
    (world, facts): (&World, &Facts),
    most: Option<usize>,
    copies: &mut Copies,
    out: &mut Vec<u8>,
) -> (usize, usize) {
    let mut steps = list_steps(plan, facts);
    let total = steps.len();
    if let Some(most) = most {
        steps.reverse();
        steps.truncate(most);
    }
    json::push_list(out, &steps, |step, out| {
        let name = |id: u32| find_by_id(&world.statuses, id).map_or(&Value::Null, |status| &status["name"]);
        let mut history = Members::begin(out);
        history.put("id", &step.id.to_string());
        plan.write_person(world, step.author, copies, history.name("author"));
        history.put("created", &stamp(step.at));
        json::push_list(history.name("items"), [step], |step, out| {
            let mut item = Members::begin(out);
            item.put("field", "status");
            item.put("fieldtype", "jira");
            if world.is_cloud() {
                item.put("fieldId", "status");
            }
            item.put("from", &step.from.to_string());
            item.put("fromString", name(step.from));
            item.put("to", &step.to.to_string());
            item.put("toString", name(step.to));
            item.end();
        });
        history.end();
    });
    (total, steps.len())
}

/// What the comments say, in the order of their making, and by whom.
fn list_remarks(plan: &Plan, facts: &Facts) -> Vec<(Option<Word>, &'static str)> {
    let (_, mut rng, _, count) = draw(plan, facts);
    (0..count)
        .map(|_| {
            let author = if rng.chance(50) {
                facts.assignee.or(facts.reporter)
            } else {
                facts.reporter
            };
            (author, *rng.pick(&REMARKS))
        })
        .collect()
}

/// The texts of the comments.
pub(super) fn list_comment_texts(plan: &Plan, facts: &Facts) -> Vec<String> {
    let remarks = list_remarks(plan, facts).into_iter();
    remarks.map(|(_, text)| text.to_owned()).collect()
}

/// The comments as a list; gives their number.
pub(super) fn write_comments(
    plan: &Plan,
    (world, facts): (&World, &Facts),
    wiki: bool,
    copies: &mut Copies,
    out: &mut Vec<u8>,
) -> usize {
    let (_, _, changes, count) = draw(plan, facts);
    let parts = i64::try_from(changes + count + 1).unwrap_or(1);
    let span = (facts.updated - facts.created).max(0);
    let remarks = (1..).zip(list_remarks(plan, facts));
    json::push_list(out, remarks, |(step, (author, text)), out| {
        let id = facts.id * 100 + step;
        let at = stamp(facts.created + span / parts * step);
        let cloud = world.is_cloud();
        let api = if cloud { 3 } else { 2 };
        let mut comment = Members::begin(out);
        let link = format!(
            "{}/rest/api/{api}/issue/{}/comment/{id}",
            world.base_url, facts.id
        );
        comment.put("self", &link);
        comment.put("id", &id.to_string());
        for name in ["author", "updateAuthor"] {
            plan.write_person(world, author, copies, comment.name(name));
        }
        if cloud && !wiki {
            let blocks = [Block::Text(vec![Inline::Plain(text.to_owned())])];
            rich::write_adf(&blocks, comment.name("body"));
        } else {
            comment.put("body", text);
        }
        comment.put("created", &at);
        comment.put("updated", &at);
        if cloud {
            comment.put("jsdPublic", &true);
        }
        comment.end();
    });
    count
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
