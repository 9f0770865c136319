//! The reference data of a generated world, and the tables its issues are drawn from.
//!
//! Projects of one kind share their types, statuses and create metadata, so that thousands of
//! projects cost what a few cost.

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{
    super::{
        super::world::{Board, Project, Word, World, read_id},
        catalog::{self, EPIC_LINK_FIELD, POINTS_FIELD, SEVERITY_FIELD, TARGET_FIELD},
        create_fields,
        rng::Rng,
        schedule,
    },
    people::{self, Person},
    shape::Shape,
};

/// Days back to the first issue.
pub(super) const AGE_DAYS: i32 = 1460;
/// Number of the first custom field that only generated worlds have.
pub(super) const FIRST_FIELD: u32 = 20_001;
/// Kinds of projects, each with a workflow of its own.
const KINDS: u32 = 40;
/// Number of a further field, its kind (0 option, 1 number, 2 date, 3 label), and ids and words of its
/// options.
pub(super) type PlannedField = (u32, usize, Vec<(u32, Word)>);

/// Projects with a scrum board.
const BOARDS: usize = 12;

/// Everything that issues are drawn from.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) shape: Shape,
    pub(super) today: Date,
    pub(super) projects: Vec<ProjectPlan>,
    /// Running totals of the projects' weights.
    pub(super) weights: Vec<u64>,
    pub(super) people: Vec<Person>,
    pub(super) people_words: Vec<Word>,
    pub(super) label_words: Vec<Word>,
    /// Option words of the severity field, worst first, with ids.
    pub(super) severities: Vec<(u32, Word)>,
    /// Type ids: epic, story, task, bug, incident, sub-task.
    pub(super) types: [u32; 6],
    pub(super) priorities: Vec<u32>,
    pub(super) resolutions: Vec<u32>,
    /// Fields beyond the usual ones.
    pub(super) fields: Vec<PlannedField>,
    pub(super) epic_link: u32,
    pub(super) points: u32,
    pub(super) severity: u32,
    pub(super) target: u32,
}

/// What an issue draws from its project.
#[derive(Debug)]
pub(super) struct ProjectPlan {
    pub(super) id: u32,
    pub(super) key: String,
    /// Status ids by category: new, indeterminate, done.
    pub(super) statuses: [Vec<u32>; 3],
    /// Version ids, the first released.
    pub(super) versions: Vec<u32>,
    /// Sprint ids, the earliest first.
    pub(super) sprints: Vec<u32>,
}

const LABELS: [&str; 24] = [
    "a11y",
    "api",
    "backend",
    "billing",
    "checkout",
    "customer-call",
    "docs",
    "flaky",
    "frontend",
    "gdpr",
    "i18n",
    "infra",
    "legacy",
    "login",
    "mobile",
    "observability",
    "payments",
    "performance",
    "q1",
    "q2",
    "regression",
    "search",
    "security",
    "tech-debt",
];
const PLACES: [&str; 20] = [
    "Design", "Review", "Build", "Test", "Legal", "Security", "Release", "Vendor", "Support", "Data",
    "Pricing", "Content", "Mobile", "Platform", "Payments", "Search", "Partner", "Finance", "Audit",
    "Launch",
];
const AREAS: [&str; 16] = [
    "Harbour", "Meadow", "Signal", "Orchard", "Granite", "Lantern", "Compass", "Willow", "Ferry", "Summit",
    "Delta", "Beacon", "Copper", "Juniper", "Quarry", "Tundra",
];
const GOALS: [&str; 14] = [
    "Booking",
    "Billing",
    "Search",
    "Accounts",
    "Reports",
    "Mobile",
    "Data",
    "Partners",
    "Support",
    "Pricing",
    "Identity",
    "Messaging",
    "Logistics",
    "Insights",
];

/// Fills the world with reference data and gives what its issues are drawn from.
pub(super) fn fill(world: &mut World, shape: &Shape, today: Date) -> Plan {
    catalog::fill_lists(world);
    world.fields = catalog::list_fields(world.is_cloud());
    world.issue_types = catalog::list_types(world);
    let mut fields = add_fields(world, shape);
    add_statuses(world, shape);
    let mut people: Vec<Person> = world.accounts.iter().map(Person::from).collect();
    people.extend(people::list(world.deployment, 180));
    let mut projects = add_projects(world, shape, &fields);
    add_versions(world, shape, today, &mut projects);
    add_sprints(world, shape, today, &mut projects);
    let words = &mut world.words;
    for (number, _, options) in &mut fields {
        for (index, option) in options.iter_mut().enumerate() {
            *option = (
                *number * 100 + u32::try_from(index).unwrap_or_default(),
                words.add(&option_name(index)),
            );
        }
    }
    let cloud = world.deployment == crate::domain::jira::Deployment::Cloud;
    let people_words = people
        .iter()
        .map(|person| words.add(if cloud { &person.id } else { &person.name }))
        .collect::<Vec<_>>();
    for (person, word) in people.iter().zip(&people_words) {
        let names = [
            person.display_name.clone(),
            person.email.clone(),
            person.id.clone(),
        ];
        world.people.insert(*word, names);
    }
    let weights = weigh(projects.len());
    let number = |id: &str| id.trim_start_matches("customfield_").parse().unwrap_or_default();
    let words = &mut world.words;
    Plan {
        shape: shape.clone(),
        today,
        projects,
        weights,
        people,
        people_words,
        label_words: LABELS.iter().map(|label| words.add(label)).collect(),
        severities: catalog::SEVERITIES
            .iter()
            .map(|(id, name)| (id.parse().unwrap_or_default(), words.add(name)))
            .collect(),
        types: catalog::TYPE_IDS,
        priorities: world
            .priorities
            .iter()
            .map(|entry| read_id(&entry["id"]))
            .collect(),
        resolutions: world
            .resolutions
            .iter()
            .map(|entry| read_id(&entry["id"]))
            .collect(),
        fields,
        epic_link: number(EPIC_LINK_FIELD),
        points: number(POINTS_FIELD),
        severity: number(SEVERITY_FIELD),
        target: number(TARGET_FIELD),
    }
}

/// Name of an option of a further field.
pub(super) fn option_name(index: usize) -> String {
    format!("{} {}", AREAS[index % AREAS.len()], 1 + index / AREAS.len())
}

fn add_fields(world: &mut World, shape: &Shape) -> Vec<PlannedField> {
    let standard = "com.atlassian.jira.plugin.system.customfieldtypes:";
    let empty = world.words.add("");
    (0..shape.fields)
        .map(|index| {
            let number = FIRST_FIELD + index;
            let kind = index as usize % 4;
            let (schema, items, custom) = [
                ("option", "", "select"),
                ("number", "", "float"),
                ("date", "", "datepicker"),
                ("array", "string", "labels"),
            ][kind];
            let name = format!(
                "{} {}",
                GOALS[index as usize % GOALS.len()],
                ["class", "score", "date", "tags"][kind]
            );
            let name = if index as usize >= GOALS.len() * 4 {
                format!("{name} {index}")
            } else {
                name
            };
            let field = catalog::show_custom_field(
                &format!("customfield_{number}"),
                &name,
                schema,
                items,
                &format!("{standard}{custom}"),
                world.is_cloud(),
            );
            world.fields.push(field);
            let options = if matches!(kind, 0 | 3) {
                6 + index as usize % 20
            } else {
                0
            };
            (number, kind, vec![(0, empty); options])
        })
        .collect()
}

fn add_statuses(world: &mut World, shape: &Shape) {
    let wanted = shape.statuses as usize;
    world.statuses.truncate(wanted.max(6));
    let mut index = 0;
    while world.statuses.len() < wanted {
        let place = PLACES[index % PLACES.len()];
        let round = index / PLACES.len();
        let (verb, category) = [
            ("Ready for", "indeterminate"),
            ("In", "indeterminate"),
            ("Waiting for", "indeterminate"),
            ("Requested by", "new"),
            ("Accepted by", "done"),
        ][round % 5];
        let name = match round / 5 {
            0 => format!("{verb} {place}"),
            more => format!("{verb} {place} {}", more + 1),
        };
        let id = (11_000 + index).to_string();
        let status = catalog::show_status(&world.base_url, world.is_cloud(), &id, &name, category);
        world.statuses.push(status);
        index += 1;
    }
    world.statuses.sort_by_key(|status| read_id(&status["id"]));
}

fn add_projects(world: &mut World, shape: &Shape, fields: &[PlannedField]) -> Vec<ProjectPlan> {
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

/// Two fifths to the first, the rest in turns.
fn owner(index: u32, total: u32, others: usize) -> usize {
    if index < total * 2 / 5 || others < 2 {
        0
    } else {
        1 + (index - total * 2 / 5) as usize % (others - 1)
    }
}

fn add_versions(world: &mut World, shape: &Shape, today: Date, plans: &mut [ProjectPlan]) {
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

fn add_sprints(world: &mut World, shape: &Shape, today: Date, plans: &mut [ProjectPlan]) {
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

/// A few big projects, many small ones.
fn weigh(count: usize) -> Vec<u64> {
    let mut total = 0;
    (0..count)
        .map(|index| {
            total += 1_000_000 / (u64::try_from(index).unwrap_or_default() + 3);
            total
        })
        .collect()
}
