//! The issues themselves.
//!
//! Each issue is drawn from its own seed (project and number), so that adding one never changes
//! another. Older issues are further along their workflow; a closed sprint leaves some work over,
//! which then carries several sprints.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    super::world::{Issue, Project, World},
    catalog, places,
    rng::Rng,
    schedule,
    values::{self, Draft},
};

/// How many of each type; epics first, since others hang below them.
const PLAN: [(&str, [(&str, usize); 6]); 3] = [
    (
        "TRIP",
        [
            ("Epic", 14),
            ("Story", 110),
            ("Task", 50),
            ("Bug", 70),
            ("Incident", 16),
            ("Sub-task", 30),
        ],
    ),
    (
        "PAY",
        [
            ("Epic", 10),
            ("Story", 75),
            ("Task", 35),
            ("Bug", 55),
            ("Incident", 15),
            ("Sub-task", 20),
        ],
    ),
    (
        "OPS",
        [
            ("Epic", 4),
            ("Story", 0),
            ("Task", 56),
            ("Bug", 40),
            ("Incident", 0),
            ("Sub-task", 0),
        ],
    ),
];

/// Fills all projects.
pub(super) fn fill(world: &mut World, today: Date) {
    let mut next_id = 20_001;
    for (key, kinds) in PLAN {
        let total: usize = kinds.iter().map(|(_, count)| count).sum();
        // Types mixed in a repeatable order, epics first.
        let mut order: Vec<&str> = Vec::new();
        for (kind, count) in kinds.iter().skip(1) {
            order.extend(std::iter::repeat_n(*kind, *count));
        }
        let mut rng = Rng::new(next_id);
        for index in (1..order.len()).rev() {
            order.swap(index, rng.below(index + 1));
        }
        let mut all = vec!["Epic"; kinds[0].1];
        all.extend(order);
        for (index, kind) in all.into_iter().enumerate() {
            let number = index + 1;
            let days = 280 - index * 278 / total.max(1);
            let created = moment(
                today,
                -i32::try_from(days).unwrap_or_default(),
                &mut Rng::new(next_id + 1_000_003),
            );
            let issue = build(world, key, kind, number, next_id, created, today);
            issue.map(|issue| world.insert_issue(issue));
            next_id += 1;
        }
    }
}

/// Adds `count` issues created now, one project after the other.
pub(super) fn grow(world: &mut World, count: usize, now: Timestamp) {
    let today = now.to_zoned(TimeZone::UTC).date();
    let keys: Vec<String> = world.projects.iter().map(|project| project.key.clone()).collect();
    if keys.is_empty() {
        return;
    }
    let first_id = world.next_issue_id().unsigned_abs();
    let ids: Vec<String> = world.projects.iter().map(|project| project.id.clone()).collect();
    for (next_id, index) in (first_id..).zip(0..count) {
        let place = index % keys.len();
        let kind = match (keys[place].as_str(), index / keys.len() % 3) {
            ("TRIP" | "PAY", 0) => "Story",
            (_, 1) => "Bug",
            _ => "Task",
        };
        let number = usize::try_from(world.next_number(&ids[place])).unwrap_or_default();
        let issue = build(world, &keys[place], kind, number, next_id, now, today);
        issue.map(|issue| world.insert_issue(issue));
    }
}

pub(super) fn moment(today: Date, days: i32, rng: &mut Rng) -> Timestamp {
    let hour = i8::try_from(7 + rng.below(11)).unwrap_or(9);
    let minute = i8::try_from(rng.below(60)).unwrap_or(0);
    let second = i8::try_from(rng.below(60)).unwrap_or(0);
    let nanosecond = i32::try_from(rng.below(1000)).unwrap_or(0) * 1_000_000;
    let day = schedule::day(today, days);
    day.at(hour, minute, second, nanosecond)
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// How far along an issue is: 0 new, 1 under way, 2 done.
fn choose_stage(age_days: i64, rng: &mut Rng) -> usize {
    let roll = rng.below(100);
    match age_days {
        100.. if roll < 82 => 2,
        40..100 if roll < 55 => 2,
        10..40 if roll < 20 => 2,
        _ if age_days > 5 && roll > 40 => 1,
        _ => 0,
    }
}

fn choose_status<'a>(project: &'a Project, type_id: &str, stage: usize, rng: &mut Rng) -> Option<&'a Value> {
    let (_, statuses) = project.type_statuses.iter().find(|(id, _)| id == type_id)?;
    let category = ["new", "indeterminate", "done"][stage.min(2)];
    let fitting: Vec<&Value> = statuses
        .iter()
        .filter(|status| {
            status["statusCategory"]["key"] == category && status["id"] != catalog::UNUSED_STATUS
        })
        .collect();
    if fitting.is_empty() {
        statuses.first()
    } else {
        Some(*rng.pick(&fitting))
    }
}

fn build(
    world: &World,
    key: &str,
    kind_name: &str,
    number: usize,
    id: u64,
    created: Timestamp,
    today: Date,
) -> Option<Issue> {
    let project = world.projects.iter().find(|project| project.key == key)?;
    // By id: the names of other worlds are others.
    let type_id = catalog::find_type_id(kind_name, key == "OPS" && world.is_cloud())?;
    let kind = project
        .issue_types
        .iter()
        .find(|kind| kind["id"] == type_id.as_str())?;
    let mut rng = Rng::new(id);
    let now = today.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    let age = now - created.as_millisecond();
    let stage = choose_stage(age / 86_400_000, &mut rng);
    let status = choose_status(project, kind["id"].as_str().unwrap_or_default(), stage, &mut rng)?;
    let part = i64::try_from(rng.below(100)).unwrap_or(50);
    let changed = created.as_millisecond() + age.max(0) / 100 * part;
    let draft = Draft {
        world,
        project,
        kind,
        kind_name,
        status,
        number,
        id,
        stage,
        created,
        changed: Timestamp::from_millisecond(changed).unwrap_or(created),
        today,
    };
    let mut fields = Map::new();
    values::set_system(&draft, &mut rng, &mut fields);
    values::set_custom(&draft, &mut rng, &mut fields);
    places::set_parent(&draft, &mut rng, &mut fields);
    let mut wiki = Map::new();
    values::set_rich(&draft, &mut rng, &mut fields, &mut wiki);

    let issue_key = format!("{key}-{number}");
    let api = if world.is_cloud() { 3 } else { 2 };
    let body = json!({
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": id.to_string(), "self": format!("{}/rest/api/{api}/issue/{id}", world.base_url), "key": issue_key,
        "fields": fields,
    });
    Some(Issue {
        id: i64::try_from(id).unwrap_or(i64::MAX),
        key: issue_key,
        project_id: project.id.clone(),
        body: body.as_object().cloned().unwrap_or_default(),
        wiki,
    })
}
