//! What has gathered around the company's issues: the way through the workflow, talk, logged work, a few
//! files, links and components.
//!
//! It is laid over issues that are there already and draws from a chance of its own, so that numbers,
//! dates and everything that mappings look at stay as they were. Names come from the world, which may
//! have been renamed. `updated` is never moved.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        accounts::Account,
        json::{self as written, Copies},
        world::{Extras, Facts, File, World, find_by_id, read_id},
        write::{
            duration::{list_time_fields, write_duration},
            history::{self, Side},
            shorten,
        },
    },
    format_timestamp,
    rich::{self, Block, Inline},
    rng::Rng,
    values::show_user,
};

/// Project key, id, name.
const COMPONENTS: [(&str, u32, &str); 6] = [
    ("TRIP", 10_401, "Search"),
    ("TRIP", 10_402, "Checkout"),
    ("TRIP", 10_403, "Itineraries"),
    ("PAY", 10_411, "Refunds"),
    ("PAY", 10_412, "Cards"),
    ("PAY", 10_413, "Invoices"),
];

const REMARKS: [&str; 10] = [
    "Seen again this morning, with a fare in two currencies.",
    "The partner answers too late; asked them for a longer hold.",
    "Fixed on the branch, please look at the rounding once more.",
    "Works for me with a card from another country. Which browser was it?",
    "Support had four calls about this since Monday.",
    "Agreed in planning: first the booking site, the app follows.",
    "Texts are with the translators until Thursday.",
    "Measured again: two seconds faster on the slow phone.",
    "Legal wants the price with all fees on the first page.",
    "Left over from the last sprint, nearly done.",
];

/// Lays a past over every issue of the company.
pub(super) fn fill(world: &mut World) {
    add_components(world);
    let all: Vec<Facts> = world.store.list().cloned().collect();
    for facts in &all {
        let mut rng = Rng::new(facts.id.unsigned_abs() ^ 0x11fe_0000_0000_0000);
        let extras = Extras {
            changelog: draw_history(world, facts, &mut rng),
            comments: draw_comments(world, facts, &mut rng),
            ..Extras::default()
        };
        if let Some(kept) = world.extras_mut(facts.id) {
            *kept = extras;
        }
        if facts.resolution != 0 && rng.chance(25) {
            log_work(world, facts, &mut rng);
        }
        if rng.chance(4) {
            attach(world, facts);
        }
    }
    choose_components(world, &all);
    link_tasks(world, &all);
}

fn stamp(ms: i64) -> String {
    format_timestamp(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn pick_author(world: &World, rng: &mut Rng) -> Value {
    show_user(world, rng.pick(&world.accounts))
}

/// The statuses on the way to the one the issue has: the first, one under way, the last.
fn find_way(world: &World, facts: &Facts) -> Vec<u32> {
    let project = world.find_project(&facts.project.to_string());
    let kind = facts.issue_type.to_string();
    let flow = project.and_then(|project| {
        let own = project.type_statuses.iter().find(|(id, _)| *id == kind);
        own.map(|(_, list)| list.as_slice())
    });
    let id = |status: &Value| read_id(&status["id"]);
    let flow = flow.unwrap_or_default();
    let between = flow
        .iter()
        .find(|status| status["statusCategory"]["key"] == "indeterminate")
        .map(id);
    let mut way: Vec<u32> = flow.first().map(id).into_iter().chain(between).collect();
    // Where the issue stands is where its way ends, and nobody comes by twice.
    way.retain(|step| *step != facts.status);
    let done = facts.resolution != 0;
    way.truncate(if done { 2 } else { 1 });
    way.push(facts.status);
    way
}

fn draw_history(world: &World, facts: &Facts, rng: &mut Rng) -> Vec<Value> {
    let way = find_way(world, facts);
    let cloud = world.is_cloud();
    let name = |list: &[Value], id: u32| {
        let entry = find_by_id(list, id);
        let name = entry.and_then(|entry| entry["name"].as_str());
        Side::of(id.to_string(), name.unwrap_or_default())
    };
    let steps = i64::try_from(way.len()).unwrap_or(1);
    let span = (facts.updated - facts.created).max(0);
    (1..)
        .zip(way.windows(2))
        .map(|(step, pair)| {
            let last = step == steps - 1;
            let at = if last {
                facts.updated
            } else {
                facts.created + span / steps * step
            };
            let sides = (name(&world.statuses, pair[0]), name(&world.statuses, pair[1]));
            let field = |id: &'static str| cloud.then_some(id);
            let mut items = vec![history::special("status", field("status"), &sides.0, &sides.1)];
            items.extend((step == 1).then(|| take_on(world, facts)).flatten());
            if last && facts.resolution != 0 {
                let to = name(&world.resolutions, facts.resolution);
                items.push(history::special(
                    "resolution",
                    field("resolution"),
                    &Side::default(),
                    &to,
                ));
            }
            json!({
                "id": (facts.id * 10 + step).to_string(), "author": pick_author(world, rng), "created": stamp(at),
                "items": items,
            })
        })
        .collect()
}

/// The line about who took the issue on, with the first step.
fn take_on(world: &World, facts: &Facts) -> Option<Value> {
    let name = world.words.get(facts.assignee?);
    let cloud = world.is_cloud();
    let own = |account: &&Account| {
        if cloud {
            account.id == name
        } else {
            account.name == name
        }
    };
    let account = world.accounts.iter().find(own)?;
    let to = Side::of(&account.id, &account.display_name);
    let mut item = history::special("assignee", cloud.then_some("assignee"), &Side::default(), &to);
    if cloud {
        item["tmpFromAccountId"] = Value::Null;
        item["tmpToAccountId"] = Value::from(account.id.as_str());
    }
    Some(item)
}

fn draw_comments(world: &World, facts: &Facts, rng: &mut Rng) -> Vec<Value> {
    let count = match rng.below(100) {
        0..45 => 0,
        45..75 => 1,
        75..92 => 2,
        _ => 4,
    };
    let api = if world.is_cloud() { 3 } else { 2 };
    let span = (facts.updated - facts.created).max(0);
    (1..=count)
        .map(|step| {
            let id = facts.id * 10 + step;
            let author = pick_author(world, rng);
            let text = (*rng.pick(&REMARKS)).to_owned();
            let body = if world.is_cloud() {
                rich::to_adf(&[Block::Text(vec![Inline::Plain(text)])])
            } else {
                Value::from(text)
            };
            let at = stamp(facts.created + span / (count + 1) * step);
            let mut comment = json!({
                "self": format!("{}/rest/api/{api}/issue/{}/comment/{id}", world.base_url, facts.id),
                "id": id.to_string(), "author": author, "body": body, "updateAuthor": author, "created": at,
                "updated": at,
            });
            if world.is_cloud() {
                comment["jsdPublic"] = Value::Bool(true);
            }
            comment
        })
        .collect()
}

fn log_work(world: &mut World, facts: &Facts, rng: &mut Rng) {
    let api = if world.is_cloud() { 3 } else { 2 };
    let span = (facts.updated - facts.created).max(0);
    let mut spent = 0;
    let mut worklogs = Vec::new();
    for step in 1..=2 {
        let id = facts.id * 10 + step;
        let seconds = i64::try_from(1 + rng.below(16)).unwrap_or(1) * 1800;
        let at = stamp(facts.created + span / 3 * step);
        let author = pick_author(world, rng);
        let text = "Worked on it with the team.".to_owned();
        let comment = if world.is_cloud() {
            rich::to_adf(&[Block::Text(vec![Inline::Plain(text)])])
        } else {
            Value::from(text)
        };
        spent += seconds;
        worklogs.push(json!({
            "self": format!("{}/rest/api/{api}/issue/{}/worklog/{id}", world.base_url, facts.id),
            "id": id.to_string(), "issueId": facts.id.to_string(), "author": author, "updateAuthor": author,
            "comment": comment, "created": at, "updated": at, "started": at, "timeSpent": write_duration(seconds),
            "timeSpentSeconds": seconds,
        }));
    }
    if let Some(extras) = world.extras_mut(facts.id) {
        extras.worklogs = worklogs;
    }
    put_fields(world, facts.id, list_time_fields(spent, 0, Some(spent)));
}

fn put_fields(world: &mut World, id: i64, values: Vec<(&'static str, Value)>) {
    world.edit_issue(&id.to_string(), |issue| {
        for (name, value) in values {
            if let Some(fields) = issue.fields_mut() {
                fields.insert(name.to_owned(), value);
            }
        }
    });
}

/// A small text file.
fn attach(world: &mut World, facts: &Facts) {
    let bytes = format!("booking {} failed\nsee the log of the partner\n", facts.id).into_bytes();
    let id = facts.id * 10;
    let author = world.accounts.first().map(|account| show_user(world, account));
    let (api, base) = (if world.is_cloud() { 3 } else { 2 }, world.base_url.clone());
    let content = if world.is_cloud() {
        format!("{base}/rest/api/3/attachment/content/{id}")
    } else {
        format!("{base}/secure/attachment/{id}/partner.log")
    };
    let shown = json!({
        "self": format!("{base}/rest/api/{api}/attachment/{id}"), "id": id.to_string(), "filename": "partner.log",
        "author": author, "created": stamp(facts.created), "size": bytes.len(), "mimeType": "text/plain",
        "content": content,
    });
    let file = File {
        issue: facts.id,
        name: "partner.log".to_owned(),
        kind: "text/plain".to_owned(),
        bytes,
    };
    world.files.insert(id, file);
    put_fields(world, facts.id, vec![("attachment", json!([shown]))]);
}

fn add_components(world: &mut World) {
    let (api, base) = (if world.is_cloud() { 3 } else { 2 }, world.base_url.clone());
    let mut by_project: BTreeMap<&str, Vec<(u32, &str)>> = BTreeMap::new();
    for (key, id, name) in COMPONENTS {
        by_project.entry(key).or_default().push((id, name));
    }
    for project in &mut world.projects {
        let own = by_project.remove(project.key.as_str()).unwrap_or_default();
        let shown = own.into_iter().map(|(id, name)| {
            json!({
                "self": format!("{base}/rest/api/{api}/component/{id}"), "id": id.to_string(), "name": name,
                "description": format!("Everything about {}", name.to_lowercase()), "assigneeType": "PROJECT_DEFAULT",
                "isAssigneeTypeValid": true, "project": project.key,
                "projectId": project.id.parse::<i64>().unwrap_or_default(),
            })
        });
        let shown = shown.collect();
        if project.key != "OPS" {
            let category = json!({
                "self": format!("{base}/rest/api/{api}/projectCategory/10000"), "id": "10000", "name": "Products",
                "description": "What travellers use",
            });
            project.body.insert("projectCategory".to_owned(), category);
        }
        project.body.insert("components".to_owned(), Value::Array(shown));
    }
}

/// Every third issue of the projects that have components has one.
fn choose_components(world: &mut World, all: &[Facts]) {
    for facts in all.iter().filter(|facts| facts.id % 3 == 0) {
        let project = world.find_project(&facts.project.to_string());
        let list = project.and_then(|project| project.body.get("components").and_then(Value::as_array));
        let list = list.map_or(&[][..], Vec::as_slice);
        if list.is_empty() {
            continue;
        }
        let place = usize::try_from(facts.id / 3).unwrap_or_default() % list.len();
        let shown = shorten("component", list[place].clone());
        put_fields(world, facts.id, vec![("components", json!([shown]))]);
    }
}

/// Every twentieth task blocks the next one of its project.
fn link_tasks(world: &mut World, all: &[Facts]) {
    let is_task = |facts: &&Facts| {
        find_by_id(&world.issue_types, facts.issue_type).is_some_and(|kind| kind["id"] == "10002")
    };
    let tasks: Vec<Facts> = all.iter().filter(is_task).cloned().collect();
    let (api, base) = (if world.is_cloud() { 3 } else { 2 }, world.base_url.clone());
    let pairs: Vec<(i64, i64)> = tasks
        .windows(2)
        .step_by(20)
        .filter(|pair| pair[0].project == pair[1].project)
        .map(|pair| (pair[0].id, pair[1].id))
        .collect();
    for (from, to) in pairs {
        for (here, other, side) in [(from, to, "outwardIssue"), (to, from, "inwardIssue")] {
            let mut shown = Vec::new();
            world.write_reference(other, &mut Copies::default(), &mut shown);
            let link = json!({
                "id": (from * 10 + 9).to_string(),
                "self": format!("{base}/rest/api/{api}/issueLink/{}", from * 10 + 9),
                "type": {
                    "id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks",
                    "self": format!("{base}/rest/api/{api}/issueLinkType/10000"),
                },
                side: written::read(&shown),
            });
            put_fields(world, here, vec![("issuelinks", json!([link]))]);
        }
    }
}
