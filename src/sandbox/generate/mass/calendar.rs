//! Releases and sprints of a generated world: two fifths in the first project, the rest in turns, spread
//! over the years up to today and a little beyond.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{
    super::{
        super::world::{Board, World},
        schedule,
    },
    plan::{AGE_DAYS, ProjectPlan},
    shape::Shape,
};

/// Projects with a scrum board.
const BOARDS: usize = 12;

/// Two fifths to the first, the rest in turns.
fn owner(index: u32, total: u32, others: usize) -> usize {
    if index < total * 2 / 5 || others < 2 {
        0
    } else {
        1 + (index - total * 2 / 5) as usize % (others - 1)
    }
}

pub(super) fn add_versions(world: &mut World, shape: &Shape, today: Date, plans: &mut [ProjectPlan]) {
    let own_total = |place: usize| {
        (0..shape.versions)
            .filter(|index| owner(*index, shape.versions, plans.len()) == place)
            .count()
    };
    let firsts = own_total(0);
    let mut counts = vec![0_usize; plans.len()];
    for index in 0..shape.versions {
        let place = owner(index, shape.versions, plans.len());
        let number = counts[place];
        counts[place] += 1;
        let total = if place == 0 {
            firsts
        } else {
            own_total_of(shape, plans.len(), firsts)
        };
        let step = AGE_DAYS / i32::try_from(total.max(1)).unwrap_or(1);
        let release = i32::try_from(number).unwrap_or_default() * step.max(1) - AGE_DAYS + 120;
        let released = release < 0;
        let id = 40_000 + index;
        let project = &mut world.projects[place];
        let api = if world.deployment == crate::domain::jira::Deployment::Cloud {
            3
        } else {
            2
        };
        let date = schedule::day(today, release);
        let mut version = json!({
            "self": format!("{}/rest/api/{api}/version/{id}", world.base_url), "id": id.to_string(),
            "name": format!("{}.{}", 1 + number / 10, number % 10), "archived": released && number % 9 == 3,
            "released": released, "projectId": 30_000 + place,
        });
        if number % 13 != 5 {
            version["releaseDate"] = Value::from(date.to_string());
            version["userReleaseDate"] = Value::from(date.strftime("%d/%b/%y").to_string());
            if !released {
                version["overdue"] = Value::Bool(false);
            }
        }
        project.versions.push(version);
        plans[place].versions.push(id);
    }
}

/// Versions of a project that is not the first.
fn own_total_of(shape: &Shape, projects: usize, firsts: usize) -> usize {
    (shape.versions as usize - firsts).div_ceil(projects.saturating_sub(1).max(1))
}

pub(super) fn add_sprints(world: &mut World, shape: &Shape, today: Date, plans: &mut [ProjectPlan]) {
    let boards = BOARDS.min(plans.len());
    for (place, plan) in plans.iter().take(boards).enumerate() {
        world.boards.push(Board {
            id: 500 + i64::try_from(place).unwrap_or_default(),
            name: format!("{} board", plan.key),
            kind: "scrum".to_owned(),
            project_id: Some(plan.id.to_string()),
            body: None,
        });
    }
    let mut counts = vec![0_i32; boards];
    let totals = {
        let mut totals = vec![0_i32; boards];
        for index in 0..shape.sprints {
            totals[owner(index, shape.sprints, boards)] += 1;
        }
        totals
    };
    for index in 0..shape.sprints {
        let place = owner(index, shape.sprints, boards);
        let number = counts[place];
        counts[place] += 1;
        // The last but one is running: one more is planned.
        let start = (number - totals[place] + 2) * 14 - 4;
        let (state, start) = match start {
            ..-13 => ("closed", start),
            -13..=0 => ("active", start),
            _ => ("future", start),
        };
        let id = 50_000 + i64::from(index);
        let board = 500 + i64::try_from(place).unwrap_or_default();
        let name = format!("{} Sprint {}", plans[place].key, number + 1);
        let dates = Some((start, start + 14));
        let sprint = schedule::show_sprint(world, today, board, id, &name, dates, state);
        world.sprints.push(sprint);
        plans[place].sprints.push(50_000 + index);
    }
}
