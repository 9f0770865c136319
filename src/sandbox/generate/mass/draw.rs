//! The facts of generated issues, drawn in the order of their ids.

use jiff::tz::TimeZone;

use super::{
    super::{
        super::world::{Custom, Facts, World},
        rng::Rng,
    },
    plan::{AGE_DAYS, Plan, ProjectPlan},
};

/// Id of the first issue.
const FIRST_ID: i64 = 100_001;
const DAY: i64 = 86_400_000;
/// Issues of a project that new ones may hang below.
const RECENT: usize = 40;

const EPIC: usize = 0;
const STORY: usize = 1;
pub(super) const BUG: usize = 3;
const INCIDENT: usize = 4;
const SUB_TASK: usize = 5;

/// Ids of recent epics and stories of a project.
#[derive(Clone, Debug, Default)]
struct Recent {
    epics: Vec<(i64, u32)>,
    stories: Vec<i64>,
    last_number: u32,
}

/// Draws all issues, one after the other.
pub(super) fn draw_all(plan: &Plan, world: &mut World, mut keep: impl FnMut(&mut World, Facts)) {
    let count = i64::from(plan.shape.issues);
    let end = plan
        .today
        .to_zoned(TimeZone::UTC)
        .map_or(0, |midnight| midnight.timestamp().as_millisecond());
    let start = end - i64::from(AGE_DAYS) * DAY;
    let mut recent = vec![Recent::default(); plan.projects.len()];
    for index in 0..count {
        let id = FIRST_ID + index;
        let mut rng = Rng::new(plan.shape.seed.wrapping_mul(0x1_0000_0001) ^ id.unsigned_abs());
        // Work grows: half of the issues belong to the last third of the time.
        let part = f64::from(u32::try_from(index).unwrap_or(u32::MAX)) / f64::from(plan.shape.issues);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "a time of this era fits"
        )]
        let created = start + ((end - start) as f64 * part.powf(0.65)) as i64;
        let place = plan.pick_project(&mut rng);
        let facts = draw(
            plan,
            &mut rng,
            place,
            (id, created, end),
            &mut recent[place],
            world,
        );
        keep(world, facts);
    }
}

impl Plan {
    fn pick_project(&self, rng: &mut Rng) -> usize {
        let total = self.weights.last().copied().unwrap_or(1);
        let roll = u64::try_from(rng.below(usize::try_from(total).unwrap_or(usize::MAX))).unwrap_or_default();
        self.weights.partition_point(|weight| *weight <= roll)
    }
}

fn draw(
    plan: &Plan,
    rng: &mut Rng,
    place: usize,
    (id, created, end): (i64, i64, i64),
    recent: &mut Recent,
    world: &mut World,
) -> Facts {
    let project = &plan.projects[place];
    let created = (created + offset(rng, 3_600_000)).min(end);
    let kind = match rng.below(100) {
        0..4 => EPIC,
        4..39 => STORY,
        39..62 => 2,
        62..86 => BUG,
        86..89 => INCIDENT,
        _ if recent.stories.is_empty() => STORY,
        _ => SUB_TASK,
    };
    let age = (end - created).max(0) / DAY;
    let stage = stage(age, rng);
    let pool = [stage, 1, 0, 2].into_iter().map(|stage| &project.statuses[stage]);
    let pool = pool.into_iter().find(|pool| !pool.is_empty());
    let status = pool.map_or(0, |pool| *rng.pick(pool));
    let life = (end - created).max(0) / 1000 * i64::try_from(rng.below(1000)).unwrap_or_default();
    // Most work is short: finished issues are left alone after some weeks.
    let life = if stage == 2 {
        life.min(45 * DAY + offset(rng, 30 * DAY))
    } else {
        life
    };
    let updated = (created + life).max(created);
    recent.last_number += 1;
    let number = recent.last_number;
    let person = |rng: &mut Rng| {
        // A project has a team of twelve.
        let seat = (place * 7 + rng.below(12)) % plan.people_words.len();
        plan.people_words[seat]
    };
    let assignee = (!rng.chance(if stage == 0 { 55 } else { 8 })).then(|| person(rng));
    let reporter = person(rng);
    let mut labels: Vec<_> = (0..rng.below(4).saturating_sub(1))
        .map(|_| *rng.pick(&plan.label_words))
        .collect();
    labels.sort_unstable();
    labels.dedup();
    let (parent, epic) = draw_parent(kind, number, id, recent, rng);
    let cloud = world.deployment == crate::domain::jira::Deployment::Cloud;
    let mut custom = draw_custom(plan, kind, created, rng);
    if let (false, Some((_, epic))) = (cloud, epic) {
        let key = world.words.add(&format!("{}-{epic}", project.key));
        custom.push((plan.epic_link, Custom::Word(key)));
    }
    let parent = if cloud {
        parent.or(epic.map(|(id, _)| id))
    } else {
        parent
    };
    let time = Time {
        age,
        created,
        end,
        stage,
    };
    Facts {
        id,
        number,
        project: project.id,
        issue_type: plan.types[kind],
        status,
        priority: draw_priority(plan, rng),
        resolution: if stage == 2 {
            plan.resolutions[if rng.chance(78) {
                0
            } else {
                rng.below(plan.resolutions.len())
            }]
        } else {
            0
        },
        security: 0,
        assignee,
        reporter: Some(reporter),
        creator: Some(reporter),
        labels: labels.into_boxed_slice(),
        fix_versions: draw_versions(project, &time, rng),
        versions: Box::default(),
        components: Box::default(),
        sprints: draw_sprints(project, kind, &time, rng),
        parent: parent.unwrap_or_default(),
        created,
        updated,
        resolved: (stage == 2).then_some(updated),
        due: rng
            .chance(15)
            .then(|| (created / DAY + 10 + offset(rng, 60)) * DAY),
        custom: custom.into_boxed_slice(),
    }
}

struct Time {
    age: i64,
    created: i64,
    end: i64,
    stage: usize,
}

fn offset(rng: &mut Rng, bound: i64) -> i64 {
    i64::try_from(rng.below(usize::try_from(bound).unwrap_or(1))).unwrap_or_default()
}

/// How far along: 0 new, 1 under way, 2 done.
fn stage(age_days: i64, rng: &mut Rng) -> usize {
    let roll = rng.below(100);
    let (done, under_way) = match age_days {
        365.. => (94, 96),
        90..365 => (84, 90),
        30..90 => (62, 80),
        10..30 => (35, 70),
        _ => (12, 40),
    };
    match roll {
        _ if roll < done => 2,
        _ if roll < under_way => 1,
        _ => 0,
    }
}

fn draw_priority(plan: &Plan, rng: &mut Rng) -> u32 {
    let place = match rng.below(100) {
        0..4 => 0,
        4..24 => 1,
        24..80 => 2,
        80..97 => 3,
        _ => return 0,
    };
    plan.priorities.get(place).copied().unwrap_or_default()
}

fn draw_parent(
    kind: usize,
    number: u32,
    id: i64,
    recent: &mut Recent,
    rng: &mut Rng,
) -> (Option<i64>, Option<(i64, u32)>) {
    let found = match kind {
        EPIC => {
            recent.epics.push((id, number));
            (None, None)
        }
        SUB_TASK => (Some(*rng.pick(&recent.stories)), None),
        _ if recent.epics.is_empty() || rng.chance(30) => (None, None),
        _ => (None, Some(*rng.pick(&recent.epics))),
    };
    if kind == STORY {
        recent.stories.push(id);
    }
    if recent.epics.len() > RECENT {
        recent.epics.remove(0);
    }
    if recent.stories.len() > RECENT {
        recent.stories.remove(0);
    }
    found
}

/// The version of the time the issue was made in, or a later one; some have several, some none.
fn draw_versions(project: &ProjectPlan, time: &Time, rng: &mut Rng) -> Box<[u32]> {
    let count = match rng.below(100) {
        0..40 => 0,
        40..90 => 1,
        90..98 => 2,
        _ => 3,
    };
    if project.versions.is_empty() || count == 0 {
        return Box::default();
    }
    let place = spot(project.versions.len(), time);
    let mut chosen: Vec<u32> = (0..count)
        .map(|_| {
            let last = project.versions.len() - 1;
            project.versions[(place + rng.below(3)).min(last)]
        })
        .collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen.into_boxed_slice()
}

/// The place in a list spread over the world's time.
fn spot(len: usize, time: &Time) -> usize {
    let total = i64::from(AGE_DAYS) * DAY;
    let past = total - (time.end - time.created).clamp(0, total);
    usize::try_from(past * i64::try_from(len).unwrap_or(1) / total)
        .unwrap_or_default()
        .min(len.saturating_sub(1))
}

fn draw_sprints(project: &ProjectPlan, kind: usize, time: &Time, rng: &mut Rng) -> Box<[u32]> {
    if project.sprints.is_empty() || matches!(kind, EPIC | SUB_TASK) || rng.chance(30) {
        return Box::default();
    }
    let len = project.sprints.len();
    // The last but one is running; a sprint lasts two weeks.
    let running = len.saturating_sub(2);
    let place = running.saturating_sub(usize::try_from(time.age / 14).unwrap_or_default());
    let last = match time.stage {
        2 => place,
        1 => running,
        _ => (running + rng.below(2)).min(len - 1),
    };
    let carried = if rng.chance(12) { 1 + rng.below(2) } else { 0 };
    project.sprints[last.saturating_sub(carried)..=last].into()
}

fn draw_custom(plan: &Plan, kind: usize, created: i64, rng: &mut Rng) -> Vec<(u32, Custom)> {
    let mut custom = Vec::new();
    if matches!(kind, BUG | INCIDENT) && !rng.chance(8) {
        let (id, word) = *rng.pick(&plan.severities);
        custom.push((plan.severity, Custom::Named(id, word)));
    }
    if kind == STORY && rng.chance(70) {
        let points = [1.0, 2.0, 3.0, 5.0, 8.0];
        custom.push((plan.points, Custom::Number(*rng.pick(&points))));
    }
    if rng.chance(20) {
        let day = (created / DAY + 5 + offset(rng, 120)) * DAY;
        custom.push((plan.target, Custom::Time(day)));
    }
    for (number, kind, options) in &plan.fields {
        if !rng.chance(22) {
            continue;
        }
        let value = match kind {
            0 => {
                let (id, word) = *rng.pick(options);
                Custom::Named(id, word)
            }
            1 => Custom::Number(f64::from(u32::try_from(rng.below(1000)).unwrap_or_default()) / 10.0),
            2 => Custom::Time((created / DAY + offset(rng, 200)) * DAY),
            _ => Custom::Word(rng.pick(options).1),
        };
        custom.push((*number, value));
    }
    custom
}
