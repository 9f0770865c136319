//! The reference data of a generated world, and the tables its issues are drawn from.

use jiff::civil::Date;

use super::{
    super::{
        super::world::{Word, World, read_id},
        catalog,
        fields::{self, EPIC_LINK_FIELD, POINTS_FIELD, SEVERITY_FIELD, TARGET_FIELD},
    },
    calendar::{add_sprints, add_versions},
    people::{self, Person},
    projects::add_projects,
    shape::Shape,
};

/// Days back to the first issue.
pub(super) const AGE_DAYS: i32 = 1460;

/// Number of the first custom field that only generated worlds have.
pub(super) const FIRST_FIELD: u32 = 20_001;

/// Number of a further field, its kind (0 option, 1 number, 2 date, 3 label), and ids and words of its
/// options.
pub(super) type PlannedField = (u32, usize, Vec<(u32, Word)>);

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

pub(super) const AREAS: [&str; 16] = [
    "Harbour", "Meadow", "Signal", "Orchard", "Granite", "Lantern", "Compass", "Willow", "Ferry", "Summit",
    "Delta", "Beacon", "Copper", "Juniper", "Quarry", "Tundra",
];

pub(super) const GOALS: [&str; 14] = [
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
    world.fields = fields::list_fields(world.is_cloud());
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
            let field = fields::show_custom_field(
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
