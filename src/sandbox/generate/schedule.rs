//! Versions and sprints around a day: some past, one running, some planned, some without dates.

use jiff::{ToSpan as _, civil::Date};
use serde_json::{Value, json};

use super::super::world::World;

/// Project key, id, name, days from today to start and release, released, archived.
type Release = (
    &'static str,
    &'static str,
    &'static str,
    Option<i32>,
    Option<i32>,
    bool,
    bool,
);

const RELEASES: [Release; 9] = [
    (
        "TRIP",
        "10300",
        "2.8 Winter fares",
        Some(-190),
        Some(-120),
        true,
        true,
    ),
    (
        "TRIP",
        "10301",
        "2.9 Rail & Road",
        Some(-118),
        Some(-40),
        true,
        false,
    ),
    (
        "TRIP",
        "10302",
        "3.0 Group trips",
        Some(-38),
        Some(24),
        false,
        false,
    ),
    ("TRIP", "10303", "3.1 Loyalty", Some(25), Some(88), false, false),
    ("PAY", "10310", "Payments 14", Some(-100), Some(-30), true, false),
    ("PAY", "10311", "Payments 15", None, Some(-3), false, false),
    ("PAY", "10312", "Payments 16 <draft>", None, None, false, false),
    ("OPS", "10320", "Autumn rota", None, Some(-60), true, false),
    ("OPS", "10321", "Spring rota", Some(-10), Some(140), false, false),
];

/// Board, id, name, days from today to start and end, state.
type Plan = (i64, i64, &'static str, Option<i32>, Option<i32>, &'static str);

const SPRINTS: [Plan; 14] = [
    (84, 301, "Trip 41", Some(-62), Some(-48), "closed"),
    (84, 302, "Trip 42", Some(-48), Some(-34), "closed"),
    (84, 303, "Trip 43", Some(-34), Some(-20), "closed"),
    (
        84,
        304,
        "Trip 44, [long] one = 3 weeks",
        Some(-20),
        Some(-5),
        "closed",
    ),
    (84, 305, "Trip 45", Some(-5), Some(9), "active"),
    (84, 306, "Trip 46", Some(9), Some(23), "future"),
    (84, 307, "Trip 47", Some(23), Some(37), "future"),
    (84, 308, "Someday", None, None, "future"),
    (85, 351, "PAY Sprint 8", Some(-53), Some(-39), "closed"),
    (85, 352, "PAY Sprint 9", Some(-39), Some(-25), "closed"),
    (85, 353, "PAY Sprint 10", Some(-25), Some(-11), "closed"),
    (85, 354, "PAY Sprint 11", Some(-11), Some(3), "active"),
    (85, 355, "PAY Sprint 12", Some(3), Some(17), "future"),
    (85, 356, "PAY hardening", None, None, "future"),
];

pub(super) fn day(today: Date, offset: i32) -> Date {
    today.saturating_add(offset.days())
}

/// Fills versions and sprints.
pub(super) fn fill(world: &mut World, today: Date) {
    let (base, cloud) = (world.base_url.clone(), world.is_cloud());
    let api = if cloud { 3 } else { 2 };
    for (key, id, name, start, release, released, archived) in RELEASES {
        let Some(project) = world.projects.iter_mut().find(|project| project.key == key) else {
            continue;
        };
        let mut version = json!({
            "self": format!("{base}/rest/api/{api}/version/{id}"), "id": id, "name": name, "archived": archived,
            "released": released, "projectId": project.id.parse::<i64>().unwrap_or_default(),
        });
        if let Some(start) = start.map(|offset| day(today, offset)) {
            version["startDate"] = Value::from(start.to_string());
            version["userStartDate"] = Value::from(start.strftime("%d/%b/%y").to_string());
        }
        if let Some(offset) = release {
            let date = day(today, offset);
            version["releaseDate"] = Value::from(date.to_string());
            version["userReleaseDate"] = Value::from(date.strftime("%d/%b/%y").to_string());
            if !released {
                version["overdue"] = Value::Bool(offset < 0);
            }
        }
        if id != "10320" {
            version["description"] = Value::from(format!("{name}: what we promised for this train"));
        }
        project.versions.push(version);
    }
    for (board, id, name, start, end, state) in SPRINTS {
        let sprint = show_sprint(world, today, board, id, name, start.zip(end), state);
        world.sprints.push(sprint);
    }
}

/// A sprint as the agile API shows it; `days` are those from today to its start and its end.
pub(super) fn show_sprint(
    world: &World,
    today: Date,
    board: i64,
    id: i64,
    name: &str,
    days: Option<(i32, i32)>,
    state: &str,
) -> Value {
    let (base, cloud) = (&world.base_url, world.is_cloud());
    let moment = |offset: i32, hour: u8| {
        let date = day(today, offset);
        if cloud {
            format!("{date}T{hour:02}:00:00.000Z")
        } else {
            format!("{date}T{:02}:00:00.000+01:00", hour + 1)
        }
    };
    let mut sprint = json!({
        "id": id, "self": format!("{base}/rest/agile/1.0/sprint/{id}"), "state": state, "name": name,
        "originBoardId": board,
        "goal": if id % 3 == 0 { "" } else { "Travellers finish what they begin, without calling us" },
    });
    if let Some((start, end)) = days {
        sprint["startDate"] = Value::from(moment(start, 8));
        sprint["endDate"] = Value::from(moment(end, 16));
        if state == "closed" {
            sprint["completeDate"] = Value::from(moment(end, 17));
        }
        if !cloud && state != "future" {
            sprint["activatedDate"] = Value::from(moment(start, 8));
        }
    }
    if cloud {
        let start = days.map_or(0, |(start, _)| start);
        sprint["createdDate"] = Value::from(moment(start.min(0) - 14, 9));
    } else {
        sprint["synced"] = Value::Bool(false);
        sprint["autoStartStop"] = Value::Bool(false);
    }
    sprint
}
