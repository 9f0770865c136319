//! The fields of one issue, drawn from its own chance.
//!
//! The order of the draws matters: changing it changes every issue, which is harmless but moves
//! screenshots.

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value, json};

use super::{
    super::{
        accounts::Account,
        world::{Project, World},
    },
    catalog::{MARKETS, SEVERITIES, TEAM_SEVERITIES, shorten, show_option},
    fields::{
        ACCEPTANCE_FIELD, GO_LIVE_FIELD, IMPACT_FIELD, MARKETS_FIELD, POINTS_FIELD, RANK_FIELD,
        SEVERITY_FIELD, SPRINT_FIELD, TARGET_FIELD, TEAM_SEVERITY_FIELD,
    },
    format_timestamp,
    issues::moment,
    places::{choose_sprints, choose_versions, find_affected},
    rich::{self, Block, Inline},
    rng::Rng,
    schedule, texts,
};

/// What is decided about an issue before its fields are drawn.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) world: &'a World,
    pub(super) project: &'a Project,
    pub(super) kind: &'a Value,
    pub(super) kind_name: &'a str,
    pub(super) status: &'a Value,
    pub(super) number: usize,
    pub(super) id: u64,
    /// 0 new, 1 under way, 2 done.
    pub(super) stage: usize,
    pub(super) created: Timestamp,
    pub(super) changed: Timestamp,
    pub(super) today: Date,
}

const LABELS: [&str; 8] = [
    "checkout",
    "mobile",
    "a11y",
    "tech-debt",
    "customer-call",
    "übersetzung",
    "q1",
    "regression",
];

/// A user as issues show them.
pub(in crate::sandbox) fn show_user(world: &World, account: &Account) -> Value {
    let base = &world.base_url;
    let avatars = super::list_avatars(&format!("{base}/secure/useravatar?avatarId=10122"));
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

/// The fields every issue has.
pub(super) fn set_system(draft: &Draft<'_>, rng: &mut Rng, fields: &mut Map<String, Value>) {
    let Draft {
        world,
        project,
        kind,
        status,
        ..
    } = *draft;
    let done = draft.stage == 2;
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    let summary = texts::write_summary(&project.key, draft.kind_name, draft.number, rng);
    set("summary", Value::from(summary));
    set("issuetype", shorten(kind, &["scope", "untranslatedName"]));
    set("project", project.show_in_issue());
    set("status", shorten(status, &["scope", "untranslatedName"]));
    let priority = world.priorities.get(rng.below(4)).filter(|_| !rng.chance(3));
    let priority = priority.map(|entry| shorten(entry, &["statusColor", "description"]));
    set("priority", priority.unwrap_or_default());
    set("created", Value::from(format_timestamp(draft.created)));
    set("updated", Value::from(format_timestamp(draft.changed)));
    let resolution = world
        .resolutions
        .get(if rng.chance(80) { 0 } else { 1 + rng.below(4) });
    set(
        "resolution",
        resolution.filter(|_| done).cloned().unwrap_or_default(),
    );
    let resolved = done.then(|| Value::from(format_timestamp(draft.changed)));
    set("resolutiondate", resolved.unwrap_or_default());
    let people = &world.accounts;
    let assignee = Some(rng.pick(people)).filter(|_| !rng.chance(25));
    set(
        "assignee",
        assignee
            .map(|account| show_user(world, account))
            .unwrap_or_default(),
    );
    set("reporter", show_user(world, rng.pick(people)));
    set("creator", show_user(world, rng.pick(people)));
    let mut labels: Vec<&str> = (0..rng.below(3)).map(|_| *rng.pick(&LABELS)).collect();
    labels.sort_unstable();
    labels.dedup();
    set("labels", json!(labels));
    for empty in ["components", "issuelinks", "subtasks"] {
        set(empty, json!([]));
    }
    set("versions", find_affected(project, draft.kind_name, draft.number));
    set("environment", Value::Null);
    set("fixVersions", choose_versions(project, draft.stage, rng));
    let due = schedule::day(draft.today, i32::try_from(rng.below(90)).unwrap_or(0) - 40);
    set(
        "duedate",
        if rng.chance(20) {
            Value::from(due.to_string())
        } else {
            Value::Null
        },
    );
    set("workratio", json!(-1));
    set(RANK_FIELD, Value::from(format!("0|i{:05}:", draft.id % 100_000)));
}

/// Rich fields: ADF on Cloud with wiki text beside it, wiki text on Data Center.
pub(super) fn set_rich(
    draft: &Draft<'_>,
    rng: &mut Rng,
    fields: &mut Map<String, Value>,
    wiki: &mut Map<String, Value>,
) {
    let mut set = |name: &str, blocks: Option<Vec<Block>>| {
        let text = blocks
            .as_ref()
            .map(|blocks| Value::from(rich::to_wiki(blocks)))
            .unwrap_or_default();
        if draft.world.is_cloud() {
            wiki.insert(name.to_owned(), text);
            fields.insert(
                name.to_owned(),
                blocks.map(|blocks| rich::to_adf(&blocks)).unwrap_or_default(),
            );
        } else {
            fields.insert(name.to_owned(), text);
        }
    };
    let description = texts::write_description(&draft.project.key, draft.kind_name, draft.number, rng);
    set("description", description);
    let acceptance = "Works with a keyboard alone; the price is said before it is charged.";
    let accepted = draft.kind_name == "Story" && rng.chance(50);
    let blocks = accepted.then(|| vec![Block::Text(vec![Inline::Plain(acceptance.to_owned())])]);
    set(ACCEPTANCE_FIELD, blocks);
}

/// Custom fields: severity, markets, dates, points, sprints.
pub(super) fn set_custom(draft: &Draft<'_>, rng: &mut Rng, fields: &mut Map<String, Value>) {
    let Draft {
        world,
        project,
        kind_name: kind,
        stage,
        today,
        ..
    } = *draft;
    let base = &world.base_url;
    let bug = matches!(kind, "Bug" | "Incident");
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    let severity = if bug && !rng.chance(10) {
        Some(rng.pick(&SEVERITIES))
    } else {
        None
    };
    let team = world.is_cloud() && project.key == "OPS";
    if team {
        let own = rng.pick(&TEAM_SEVERITIES);
        set(
            TEAM_SEVERITY_FIELD,
            if bug {
                show_option(base, own.0, own.1)
            } else {
                Value::Null
            },
        );
    }
    let shown = severity
        .filter(|_| !team)
        .map(|(id, value)| show_option(base, id, value));
    set(SEVERITY_FIELD, shown.unwrap_or_default());
    let markets: Vec<Value> = MARKETS
        .iter()
        .filter(|_| rng.chance(20))
        .map(|(id, value)| show_option(base, id, value))
        .collect();
    set(
        MARKETS_FIELD,
        if bug && !markets.is_empty() {
            Value::Array(markets)
        } else {
            Value::Null
        },
    );
    let impact = ["Cannot pay", "Calls us", "Leaves the site", "Notices nothing"];
    set(
        IMPACT_FIELD,
        if bug && rng.chance(50) {
            Value::from(*rng.pick(&impact))
        } else {
            Value::Null
        },
    );
    let target = schedule::day(today, i32::try_from(rng.below(150)).unwrap_or(0) - 60);
    set(
        TARGET_FIELD,
        if rng.chance(35) {
            Value::from(target.to_string())
        } else {
            Value::Null
        },
    );
    let live = moment(today, i32::try_from(rng.below(100)).unwrap_or(0) - 30, rng);
    set(
        GO_LIVE_FIELD,
        if !bug && rng.chance(15) {
            Value::from(format_timestamp(live))
        } else {
            Value::Null
        },
    );
    let points = [1.0, 2.0, 3.0, 5.0, 8.0];
    set(
        POINTS_FIELD,
        if kind == "Story" && rng.chance(70) {
            json!(rng.pick(&points))
        } else {
            Value::Null
        },
    );
    set(SPRINT_FIELD, choose_sprints(world, project, kind, stage, rng));
}

pub(super) fn pick<'a>(list: &[&'a Value], rng: &mut Rng) -> Option<&'a Value> {
    (!list.is_empty()).then(|| *rng.pick(list))
}
