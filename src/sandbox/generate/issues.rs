//! The issues themselves.
//!
//! Each issue is drawn from its own seed (project and number), so that adding one never changes
//! another. Older issues are further along their workflow; a closed sprint leaves some work over,
//! which then carries several sprints.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    super::{
        accounts::Account,
        world::{Issue, Project, World},
    },
    catalog::{
        ACCEPTANCE_FIELD, EPIC_LINK_FIELD, EPIC_NAME_FIELD, GO_LIVE_FIELD, IMPACT_FIELD, MARKETS, MARKETS_FIELD,
        POINTS_FIELD, RANK_FIELD, SEVERITIES, SEVERITY_FIELD, SPRINT_FIELD, TARGET_FIELD, TEAM_SEVERITIES,
        TEAM_SEVERITY_FIELD, shorten, show_option,
    },
    format_timestamp,
    rich::{self, Block, Inline},
    rng::Rng,
    schedule, texts,
};

/// How many of each type; epics first, since others hang below them.
const PLAN: [(&str, [(&str, usize); 6]); 3] = [
    ("TRIP", [("Epic", 14), ("Story", 110), ("Task", 50), ("Bug", 70), ("Incident", 16), ("Sub-task", 30)]),
    ("PAY", [("Epic", 10), ("Story", 75), ("Task", 35), ("Bug", 55), ("Incident", 15), ("Sub-task", 20)]),
    ("OPS", [("Epic", 4), ("Story", 0), ("Task", 56), ("Bug", 40), ("Incident", 0), ("Sub-task", 0)]),
];

const LABELS: [&str; 8] = ["checkout", "mobile", "a11y", "tech-debt", "customer-call", "übersetzung", "q1", "regression"];

/// A user as issues show them.
pub(super) fn show_user(world: &World, account: &Account) -> Value {
    let base = &world.base_url;
    let avatars = json!({"48x48": format!("{base}/secure/useravatar?avatarId=10122")});
    if world.is_cloud() {
        return json!({
            "self": format!("{base}/rest/api/3/user?accountId={}", account.id), "accountId": account.id,
            "avatarUrls": avatars, "displayName": account.display_name, "active": true,
            "timeZone": account.time_zone, "accountType": "atlassian",
        });
    }
    json!({
        "self": format!("{base}/rest/api/2/user?username={}", account.name), "name": account.name, "key": account.id,
        "emailAddress": account.email, "avatarUrls": avatars, "displayName": account.display_name, "active": true,
        "timeZone": account.time_zone,
    })
}

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
            let created = moment(today, -i32::try_from(days).unwrap_or_default(), &mut Rng::new(next_id ^ 77));
            let issue = build(world, key, kind, number, next_id, created, today);
            world.issues.extend(issue);
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
    let mut next_id = world.issues.iter().map(|issue| issue.id).max().unwrap_or(20_000).unsigned_abs();
    let mut numbers: Vec<usize> = keys
        .iter()
        .map(|key| {
            let own = world.issues.iter().filter_map(|issue| issue.key.strip_prefix(&format!("{key}-")));
            own.filter_map(|number| number.parse::<usize>().ok()).max().unwrap_or(0)
        })
        .collect();
    for index in 0..count {
        let place = index % keys.len();
        let kind = match (keys[place].as_str(), index / keys.len() % 3) {
            ("TRIP" | "PAY", 0) => "Story",
            (_, 1) => "Bug",
            _ => "Task",
        };
        next_id += 1;
        numbers[place] += 1;
        let issue = build(world, &keys[place], kind, numbers[place], next_id, now, today);
        world.issues.extend(issue);
    }
}

fn moment(today: Date, days: i32, rng: &mut Rng) -> Timestamp {
    let hour = i8::try_from(7 + rng.below(11)).unwrap_or(9);
    let minute = i8::try_from(rng.below(60)).unwrap_or(0);
    let second = i8::try_from(rng.below(60)).unwrap_or(0);
    let nanosecond = i32::try_from(rng.below(1000)).unwrap_or(0) * 1_000_000;
    let day = schedule::day(today, days);
    day.at(hour, minute, second, nanosecond).to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
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
        .filter(|status| status["statusCategory"]["key"] == category && status["name"] != "Waiting for Vendor")
        .collect();
    if fitting.is_empty() { statuses.first() } else { Some(*rng.pick(&fitting)) }
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
    let kind = project.issue_types.iter().find(|kind| kind["name"] == kind_name)?;
    let mut rng = Rng::new(id);
    let base = &world.base_url;
    let api = if world.is_cloud() { 3 } else { 2 };
    let now = moment(today, 0, &mut Rng::new(1));
    let age = (now.as_millisecond() - created.as_millisecond()) / 86_400_000;
    let stage = choose_stage(age, &mut rng);
    let status = choose_status(project, kind["id"].as_str().unwrap_or_default(), stage, &mut rng)?;
    let span = (now.as_millisecond() - created.as_millisecond()).max(0);
    let part = i64::try_from(rng.below(100)).unwrap_or(50);
    let changed = Timestamp::from_millisecond(created.as_millisecond() + span / 100 * part).unwrap_or(created);

    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("summary", Value::from(texts::write_summary(key, kind_name, number, &mut rng)));
    set("issuetype", shorten(kind, &["scope", "untranslatedName"]));
    set("project", json!({
        "self": format!("{base}/rest/api/{api}/project/{}", project.id), "id": project.id, "key": project.key,
        "name": project.name, "projectTypeKey": "software",
    }));
    set("status", shorten(status, &["scope", "untranslatedName"]));
    let priority = world.priorities.get(rng.below(4)).map(|entry| shorten(entry, &["statusColor", "description"]));
    set("priority", if rng.chance(3) { Value::Null } else { priority.unwrap_or_default() });
    set("created", Value::from(format_timestamp(created)));
    set("updated", Value::from(format_timestamp(changed)));
    let done = stage == 2;
    let resolution = world.resolutions.get(if rng.chance(80) { 0 } else { 1 + rng.below(4) });
    set("resolution", resolution.filter(|_| done).cloned().unwrap_or_default());
    set("resolutiondate", if done { Value::from(format_timestamp(changed)) } else { Value::Null });
    let people = &world.accounts;
    let assignee = if rng.chance(25) { Value::Null } else { show_user(world, rng.pick(people)) };
    set("assignee", assignee);
    set("reporter", show_user(world, rng.pick(people)));
    set("creator", show_user(world, rng.pick(people)));
    let labels: Vec<&str> = (0..rng.below(3)).map(|_| *rng.pick(&LABELS)).collect();
    set("labels", json!(labels));
    set("components", json!([]));
    set("versions", json!([]));
    set("issuelinks", json!([]));
    set("subtasks", json!([]));
    set("environment", Value::Null);
    set("fixVersions", choose_versions(project, stage, &mut rng));
    let due = schedule::day(today, i32::try_from(rng.below(90)).unwrap_or(0) - 40);
    set("duedate", if rng.chance(20) { Value::from(due.to_string()) } else { Value::Null });
    let workratio = -1;
    set("workratio", Value::from(workratio));
    set(RANK_FIELD, Value::from(format!("0|i{:05}:", id % 100_000)));
    set_custom(world, project, kind_name, stage, today, &mut rng, &mut fields);
    set_parent(world, key, kind_name, &mut rng, &mut fields);

    let mut wiki = Map::new();
    let mut set_rich = |name: &str, blocks: Option<Vec<Block>>| {
        let text = blocks.as_ref().map(|blocks| Value::from(rich::to_wiki(blocks))).unwrap_or_default();
        if world.is_cloud() {
            wiki.insert(name.to_owned(), text);
            fields.insert(name.to_owned(), blocks.map(|blocks| rich::to_adf(&blocks)).unwrap_or_default());
        } else {
            fields.insert(name.to_owned(), text);
        }
    };
    set_rich("description", texts::write_description(key, kind_name, number, &mut rng));
    let acceptance = "Works with a keyboard alone; the price is said before it is charged.";
    let accepted = kind_name == "Story" && rng.chance(50);
    set_rich(
        ACCEPTANCE_FIELD,
        accepted.then(|| vec![Block::Text(vec![Inline::Plain(acceptance.to_owned())])]),
    );

    let issue_key = format!("{key}-{number}");
    let body = json!({
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": id.to_string(), "self": format!("{base}/rest/api/{api}/issue/{id}"), "key": issue_key, "fields": fields,
    });
    Some(Issue {
        id: i64::try_from(id).unwrap_or(i64::MAX),
        key: issue_key,
        project_id: project.id.clone(),
        body: body.as_object().cloned().unwrap_or_default(),
        wiki,
    })
}

fn choose_versions(project: &Project, stage: usize, rng: &mut Rng) -> Value {
    let count = match rng.below(100) {
        0..25 => 0,
        25..83 => 1,
        83..96 => 2,
        _ => 3,
    };
    let mut fitting: Vec<&Value> =
        project.versions.iter().filter(|version| stage == 2 || version["released"] == false).collect();
    let mut chosen = Vec::new();
    for _ in 0..count {
        if fitting.is_empty() {
            break;
        }
        let version = fitting.remove(rng.below(fitting.len()));
        let leave_out = ["startDate", "userStartDate", "userReleaseDate", "overdue", "projectId"];
        chosen.push(shorten(version, &leave_out));
    }
    Value::Array(chosen)
}

fn set_custom(
    world: &World,
    project: &Project,
    kind: &str,
    stage: usize,
    today: Date,
    rng: &mut Rng,
    fields: &mut Map<String, Value>,
) {
    let base = &world.base_url;
    let bug = matches!(kind, "Bug" | "Incident");
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    let severity = if bug && !rng.chance(10) { Some(rng.pick(&SEVERITIES)) } else { None };
    let team = world.is_cloud() && project.key == "OPS";
    if team {
        let own = rng.pick(&TEAM_SEVERITIES);
        set(TEAM_SEVERITY_FIELD, if bug { show_option(base, own.0, own.1) } else { Value::Null });
    }
    let shown = severity.filter(|_| !team).map(|(id, value)| show_option(base, id, value));
    set(SEVERITY_FIELD, shown.unwrap_or_default());
    let markets: Vec<Value> =
        MARKETS.iter().filter(|_| rng.chance(20)).map(|(id, value)| show_option(base, id, value)).collect();
    set(MARKETS_FIELD, if bug && !markets.is_empty() { Value::Array(markets) } else { Value::Null });
    let impact = ["Cannot pay", "Calls us", "Leaves the site", "Notices nothing"];
    set(IMPACT_FIELD, if bug && rng.chance(50) { Value::from(*rng.pick(&impact)) } else { Value::Null });
    let target = schedule::day(today, i32::try_from(rng.below(150)).unwrap_or(0) - 60);
    set(TARGET_FIELD, if rng.chance(35) { Value::from(target.to_string()) } else { Value::Null });
    let live = moment(today, i32::try_from(rng.below(100)).unwrap_or(0) - 30, rng);
    set(GO_LIVE_FIELD, if !bug && rng.chance(15) { Value::from(format_timestamp(live)) } else { Value::Null });
    let points = [1.0, 2.0, 3.0, 5.0, 8.0];
    set(POINTS_FIELD, if kind == "Story" && rng.chance(70) { json!(rng.pick(&points)) } else { Value::Null });
    set(SPRINT_FIELD, choose_sprints(world, project, kind, stage, rng));
}

fn choose_sprints(world: &World, project: &Project, kind: &str, stage: usize, rng: &mut Rng) -> Value {
    let board = world.boards.iter().find(|board| board.kind == "scrum" && board.project_id.as_ref() == Some(&project.id));
    let Some(board) = board else { return Value::Null };
    if matches!(kind, "Epic" | "Sub-task") || rng.chance(35) {
        return Value::Null;
    }
    let of_state = |states: &[&str]| -> Vec<&Value> {
        let own = world.sprints.iter().filter(|sprint| sprint["originBoardId"] == board.id);
        own.filter(|sprint| states.iter().any(|state| sprint["state"] == *state)).collect()
    };
    let closed = of_state(&["closed"]);
    let chosen: Vec<&Value> = if stage == 2 {
        vec![*rng.pick(&closed)]
    } else {
        let mut list = Vec::new();
        if stage == 1 && rng.chance(30) {
            // Carried over: planned before, not finished.
            list.extend(closed.iter().rev().take(1 + rng.below(2)).rev().copied());
        }
        let open = of_state(if stage == 1 { &["active"] } else { &["active", "future"] });
        list.push(*rng.pick(&open));
        list
    };
    Value::Array(chosen.into_iter().map(|sprint| show_sprint(world, sprint)).collect())
}

/// A sprint inside an issue: an object on Cloud, the old text on Data Center.
fn show_sprint(world: &World, sprint: &Value) -> Value {
    if world.is_cloud() {
        let mut shown = json!({
            "id": sprint["id"], "name": sprint["name"], "state": sprint["state"], "boardId": sprint["originBoardId"],
            "goal": sprint["goal"],
        });
        for name in ["startDate", "endDate", "completeDate"] {
            if let Some(date) = sprint.get(name) {
                shown[name] = date.clone();
            }
        }
        return shown;
    }
    let text = |name: &str| sprint[name].as_str().unwrap_or("<null>").to_owned();
    Value::from(format!(
        "com.atlassian.greenhopper.service.sprint.Sprint@{:x}[id={},rapidViewId={},state={},name={},startDate={},\
         endDate={},completeDate={},activatedDate={},sequence={},goal={},autoStartStop=false,synced=false]",
        0x1a2b_3c00 + sprint["id"].as_i64().unwrap_or_default(),
        sprint["id"],
        sprint["originBoardId"],
        text("state").to_uppercase(),
        text("name"),
        text("startDate"),
        text("endDate"),
        text("completeDate"),
        text("activatedDate"),
        sprint["id"],
        text("goal"),
    ))
}

/// Epics above stories, stories above sub-tasks; Data Center has `parent` for sub-tasks only.
fn set_parent(world: &World, key: &str, kind: &str, rng: &mut Rng, fields: &mut Map<String, Value>) {
    let cloud = world.is_cloud();
    if kind == "Epic" {
        if !cloud {
            let name = fields.get("summary").cloned().unwrap_or_default();
            fields.insert(EPIC_NAME_FIELD.to_owned(), name);
        }
        return;
    }
    let wanted: &[&str] = if kind == "Sub-task" { &["Story", "Task"] } else { &["Epic"] };
    let prefix = format!("{key}-");
    let candidates: Vec<&Issue> = world
        .issues
        .iter()
        .filter(|issue| issue.key.starts_with(&prefix))
        .filter(|issue| issue.find_field("issuetype").is_some_and(|own| wanted.iter().any(|name| own["name"] == *name)))
        .collect();
    if candidates.is_empty() || (kind != "Sub-task" && rng.chance(30)) {
        return;
    }
    let parent = rng.pick(&candidates);
    if kind == "Sub-task" || cloud {
        let shown = json!({
            "id": parent.id.to_string(), "key": parent.key, "self": parent.body.get("self"),
            "fields": {
                "summary": parent.find_field("summary"), "status": parent.find_field("status"),
                "priority": parent.find_field("priority"), "issuetype": parent.find_field("issuetype"),
            },
        });
        fields.insert("parent".to_owned(), shown);
    } else {
        fields.insert(EPIC_LINK_FIELD.to_owned(), Value::from(parent.key.clone()));
    }
}
