//! Projects of a generated world. Those of one kind share types, statuses and create metadata, so that
//! thousands of projects cost what a few cost.

use std::sync::Arc;

use serde_json::Value;

use super::{
    super::{
        super::world::{Project, World, read_id},
        catalog::{self},
        create_fields,
        rng::Rng,
    },
    plan::{AREAS, GOALS, PlannedField, ProjectPlan, option_name},
    shape::Shape,
};

/// Kinds of projects, each with a workflow of its own.
const KINDS: u32 = 40;

pub(super) fn add_projects(world: &mut World, shape: &Shape, fields: &[PlannedField]) -> Vec<ProjectPlan> {
    let kinds: Vec<Kind> = (0..KINDS.min(shape.projects))
        .map(|kind| build_kind(world, kind, fields))
        .collect();
    let mut plans = Vec::new();
    for index in 0..shape.projects {
        let kind = &kinds[index as usize % kinds.len()];
        let id = 30_000 + index;
        let key = write_key(index);
        let place = index as usize;
        let area = AREAS[place % AREAS.len()];
        let goal = GOALS[place / AREAS.len() % GOALS.len()];
        let name = match place / (AREAS.len() * GOALS.len()) {
            0 => format!("{area} {goal}"),
            more => format!("{area} {goal} {}", more + 1),
        };
        let text = format!("{goal} for everybody at {area}.");
        let body = catalog::show_project(world, &id.to_string(), &key, &name, &text, false);
        world.projects.push(Project {
            id: id.to_string(),
            body,
            key: key.clone(),
            name,
            hidden: false,
            binned: false,
            archived: false,
            issue_types: Arc::clone(&kind.issue_types),
            type_statuses: Arc::clone(&kind.type_statuses),
            versions: Vec::new(),
            priority_ids: Arc::clone(&kind.priority_ids),
            create_fields: Arc::clone(&kind.create_fields),
        });
        plans.push(ProjectPlan {
            id,
            key,
            statuses: kind.statuses.clone(),
            versions: Vec::new(),
            sprints: Vec::new(),
        });
    }
    plans
}

/// Keys in the order of spreadsheet columns: `LA`, `LB`, ... `LZ`, `LAA`. A few are reserved words of
/// JQL (`LAST`, `LEFT`, `LESS`), as keys of real projects are.
fn write_key(mut index: u32) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'A' + u8::try_from(index % 26).unwrap_or_default()));
        if index < 26 {
            break;
        }
        index = index / 26 - 1;
    }
    format!("L{letters}")
}

struct Kind {
    issue_types: Arc<Vec<Value>>,
    type_statuses: Arc<Vec<(String, Vec<Value>)>>,
    priority_ids: Arc<Vec<String>>,
    create_fields: Arc<std::collections::BTreeMap<String, Vec<Value>>>,
    statuses: [Vec<u32>; 3],
}

/// A workflow of nine statuses, the common ones and some of its own.
fn build_kind(world: &World, kind: u32, fields: &[PlannedField]) -> Kind {
    let mut rng = Rng::new(u64::from(kind) + 4242);
    let mut flow: Vec<&Value> = world.statuses.iter().take(6).collect();
    let rest = world.statuses.get(6..).unwrap_or_default();
    let share = rest.len().div_ceil(KINDS as usize).max(3);
    for step in 0..share {
        // In turns, so that no status is left over.
        if let Some(own) = rest.get((kind as usize + step * KINDS as usize) % rest.len().max(1)) {
            flow.push(own);
        }
    }
    if let Some(extra) = rest.get(rng.below(rest.len())) {
        flow.push(extra);
    }
    flow.sort_by_key(|status| read_id(&status["id"]));
    flow.dedup_by_key(|status| read_id(&status["id"]));
    let of = |category: &str| {
        let own = flow
            .iter()
            .filter(|status| status["statusCategory"]["key"] == category);
        own.map(|status| read_id(&status["id"])).collect::<Vec<u32>>()
    };
    let listed: Vec<Value> = flow.iter().map(|status| (*status).clone()).collect();
    let types = world.issue_types.clone();
    let type_statuses = types
        .iter()
        .map(|own| (own["id"].as_str().unwrap_or_default().to_owned(), listed.clone()))
        .collect();
    let priority_ids: Vec<String> = world
        .priorities
        .iter()
        .filter_map(|entry| entry["id"].as_str().map(str::to_owned))
        .collect();
    let mut project = Project {
        issue_types: Arc::new(types),
        priority_ids: Arc::new(priority_ids),
        ..Project::default()
    };
    let mut create = create_fields::list_all(world, &project);
    for list in create.values_mut() {
        for (number, field_kind, options) in fields {
            list.push(show_create_field(world, *number, *field_kind, options.len()));
        }
    }
    project.create_fields = Arc::new(create);
    Kind {
        issue_types: project.issue_types,
        type_statuses: Arc::new(type_statuses),
        priority_ids: project.priority_ids,
        create_fields: project.create_fields,
        statuses: [of("new"), of("indeterminate"), of("done")],
    }
}

fn show_create_field(world: &World, number: u32, kind: usize, options: usize) -> Value {
    let allowed = (kind == 0).then(|| {
        (0..options)
            .map(|index| {
                let id = (number as usize * 100 + index).to_string();
                catalog::show_option(&world.base_url, &id, &option_name(index))
            })
            .collect()
    });
    create_fields::show(world, &format!("customfield_{number}"), false, allowed)
}
