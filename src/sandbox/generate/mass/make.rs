//! Bodies of generated issues, made from their facts when somebody asks.
//!
//! Names come from the world as it is now, so a renamed version shows its new name in every issue.
//! Text has a chance of its own, apart from the facts', so that it stays the same whatever is drawn.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    super::{
        super::world::{Custom, Extras, Facts, Issue, Maker, Project, Texts, Word, World, find_by_id},
        catalog::{self, ACCEPTANCE_FIELD, EPIC_LINK_FIELD, RANK_FIELD, SPRINT_FIELD, shorten},
        format_timestamp,
        rich::{self, Block, Inline},
        rng::Rng,
        texts, values,
    },
    draw::BUG,
    history,
    plan::{Plan, ProjectPlan},
};

/// The flavours of text there are.
const FLAVOURS: [&str; 3] = ["TRIP", "PAY", "OPS"];
const KINDS: [&str; 6] = ["Epic", "Story", "Task", "Bug", "Incident", "Sub-task"];

const FILLER: [&str; 12] = [
    "The change has to work for people who come back after weeks as well as for those who stay all day.",
    "We measured this on the slowest supported phone and on a desk with two screens.",
    "Finance wants the figures to agree with the ledger to the cent, every night.",
    "Nothing here may need a second login, and nothing may be lost when the network goes away.",
    "Support keeps a list of questions; the first three are answered by this alone.",
    "The old page stays reachable for a quarter and says where the new one is.",
    "Translation happens in one batch; texts are frozen two days before.",
    "Numbers are shown as the reader writes them, dates as well.",
    "What fails is said in words that name the next step.",
    "The partner sends the file before six; a late file must not stop the rest.",
    "A second opinion from security is wanted before this leaves the test site.",
    "Ask in the channel before you touch the shared settings.",
];

impl Plan {
    fn text_rng(&self, facts: &Facts) -> Rng {
        Rng::new((self.shape.seed << 20) ^ facts.id.unsigned_abs() ^ 0x7e57_ab1e_0000_0000)
    }

    fn flavour(facts: &Facts) -> &'static str {
        FLAVOURS[facts.project as usize % FLAVOURS.len()]
    }

    fn kind(&self, facts: &Facts) -> &'static str {
        let place = self.types.iter().position(|id| *id == facts.issue_type);
        KINDS[place.unwrap_or(BUG)]
    }

    /// A summary; the number beyond those that the texts treat specially.
    fn write_summary(&self, facts: &Facts, rng: &mut Rng) -> String {
        let number = facts.number as usize + 1000;
        texts::write_summary(Self::flavour(facts), self.kind(facts), number, rng)
    }

    fn write_description(&self, facts: &Facts, rng: &mut Rng) -> Option<Vec<Block>> {
        let number = facts.number as usize + 1000;
        let mut blocks = texts::write_description(Self::flavour(facts), self.kind(facts), number, rng)?;
        let usual = self.shape.text as usize;
        let wanted = match rng.below(100) {
            0..4 => usual * 10,
            4..30 => usual * 2,
            _ => usual / 2,
        };
        let mut length: usize = 350;
        while length < wanted {
            let words: Vec<&str> = (0..4).map(|_| *rng.pick(&FILLER)).collect();
            let text = words.join(" ") + " ";
            length += text.len();
            blocks.push(Block::Text(vec![Inline::Plain(text.trim_end().to_owned())]));
        }
        Some(blocks)
    }

    pub(super) fn show_person(&self, world: &World, word: Option<Word>) -> Value {
        let place = word.and_then(|word| self.people_words.iter().position(|own| *own == word));
        let Some(person) = place.and_then(|place| self.people.get(place)) else {
            return Value::Null;
        };
        let base = &world.base_url;
        let avatars =
            crate::sandbox::generate::list_avatars(&format!("{base}/secure/useravatar?avatarId=10122"));
        if world.is_cloud() {
            return json!({
                "self": format!("{base}/rest/api/3/user?accountId={}", person.id), "accountId": person.id,
                "avatarUrls": avatars, "displayName": person.display_name, "active": true,
                "timeZone": "Europe/Berlin", "accountType": "atlassian",
            });
        }
        json!({
            "self": format!("{base}/rest/api/2/user?username={}", person.name), "name": person.name, "key": person.id,
            "emailAddress": person.email, "avatarUrls": avatars, "displayName": person.display_name, "active": true,
            "timeZone": "Europe/Berlin",
        })
    }
}

fn stamp(ms: i64) -> Value {
    Value::from(format_timestamp(
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH),
    ))
}

fn day(ms: i64) -> Value {
    let date: Date = Timestamp::from_millisecond(ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::UTC)
        .date();
    Value::from(date.to_string())
}

fn short(list: &[Value], id: u32, leave_out: &[&str]) -> Value {
    find_by_id(list, id).map_or(Value::Null, |entry| shorten(entry, leave_out))
}

impl Maker for Plan {
    fn make_issue(&self, world: &World, facts: &Facts, keep: &dyn Fn(&str) -> bool) -> Issue {
        let key = world.write_key(facts);
        let project_id = facts.project.to_string();
        let project = world.find_project(&project_id);
        let mut fields = Map::new();
        let mut wiki = Map::new();
        let mut set = |name: &str, value: &dyn Fn() -> Value| {
            if keep(name) {
                fields.insert(name.to_owned(), value());
            }
        };
        let hide = ["scope", "untranslatedName"];
        set("issuetype", &|| {
            short(&world.issue_types, facts.issue_type, &hide)
        });
        set("project", &|| project.map_or(Value::Null, Project::show_in_issue));
        set("status", &|| short(&world.statuses, facts.status, &hide));
        set("priority", &|| {
            short(&world.priorities, facts.priority, &["statusColor", "description"])
        });
        set("resolution", &|| short(&world.resolutions, facts.resolution, &[]));
        set("resolutiondate", &|| facts.resolved.map_or(Value::Null, stamp));
        set("created", &|| stamp(facts.created));
        set("updated", &|| stamp(facts.updated));
        set("assignee", &|| self.show_person(world, facts.assignee));
        set("reporter", &|| self.show_person(world, facts.reporter));
        set("creator", &|| self.show_person(world, facts.creator));
        set("labels", &|| {
            facts
                .labels
                .iter()
                .map(|word| Value::from(world.words.get(*word)))
                .collect()
        });
        set("duedate", &|| facts.due.map_or(Value::Null, day));
        set("environment", &|| Value::Null);
        set("workratio", &|| json!(-1));
        set(RANK_FIELD, &|| Value::from(format!("0|i{:07}:", facts.id)));
        for empty in ["components", "versions", "issuelinks", "subtasks"] {
            set(empty, &|| json!([]));
        }
        set("fixVersions", &|| {
            let hide = [
                "startDate",
                "userStartDate",
                "userReleaseDate",
                "overdue",
                "projectId",
            ];
            let versions = project.map_or(&[][..], |project| &project.versions);
            let own = facts
                .fix_versions
                .iter()
                .filter_map(|id| find_by_id(versions, *id));
            own.map(|version| shorten(version, &hide)).collect()
        });
        set(SPRINT_FIELD, &|| {
            let own = facts
                .sprints
                .iter()
                .filter_map(|id| find_by_id(&world.sprints, *id));
            let shown: Vec<Value> = own.map(|sprint| values::show_sprint(world, sprint)).collect();
            if shown.is_empty() {
                Value::Null
            } else {
                Value::Array(shown)
            }
        });
        self.set_custom(world, facts, keep, &mut fields);
        self.set_text(world, facts, keep, &mut fields, &mut wiki);
        if facts.parent != 0 && keep("parent") {
            fields.insert("parent".to_owned(), Self::show_parent(world, facts.parent));
        }
        let api = if world.is_cloud() { 3 } else { 2 };
        let mut body = Map::new();
        let expand = "operations,versionedRepresentations,editmeta,changelog,renderedFields";
        body.insert("expand".to_owned(), Value::from(expand));
        body.insert("id".to_owned(), Value::from(facts.id.to_string()));
        let link = format!("{}/rest/api/{api}/issue/{}", world.base_url, facts.id);
        body.insert("self".to_owned(), Value::from(link));
        body.insert("key".to_owned(), Value::from(key.clone()));
        body.insert("fields".to_owned(), Value::Object(fields));
        Issue {
            id: facts.id,
            key,
            project_id,
            body,
            wiki,
        }
    }

    fn make_extras(&self, world: &World, facts: &Facts) -> Extras {
        history::make(self, world, facts)
    }

    fn make_texts(&self, _world: &World, facts: &Facts) -> Texts {
        let mut rng = self.text_rng(facts);
        let summary = self.write_summary(facts, &mut rng);
        let description = self.write_description(facts, &mut rng);
        Texts {
            summary,
            description: description.map_or_else(String::new, |blocks| rich::to_wiki(&blocks)),
            ..Texts::default()
        }
    }
}

impl Plan {
    /// Summary, description, acceptance criteria: each wanted one costs, the others do not.
    fn set_text(
        &self,
        world: &World,
        facts: &Facts,
        keep: &dyn Fn(&str) -> bool,
        fields: &mut Map<String, Value>,
        wiki: &mut Map<String, Value>,
    ) {
        let (wants_text, wants_acceptance) = (keep("description"), keep(ACCEPTANCE_FIELD));
        if !wants_text && !wants_acceptance && !keep("summary") {
            return;
        }
        let mut rng = self.text_rng(facts);
        let summary = self.write_summary(facts, &mut rng);
        if keep("summary") {
            fields.insert("summary".to_owned(), Value::from(summary));
        }
        let mut put = |name: &str, blocks: Option<Vec<Block>>| {
            let plain = blocks.as_ref().map(|blocks| Value::from(rich::to_wiki(blocks)));
            if world.is_cloud() {
                wiki.insert(name.to_owned(), plain.unwrap_or_default());
                let document = blocks.map(|blocks| rich::to_adf(&blocks));
                fields.insert(name.to_owned(), document.unwrap_or_default());
            } else {
                fields.insert(name.to_owned(), plain.unwrap_or_default());
            }
        };
        if wants_text {
            put("description", self.write_description(facts, &mut rng));
        }
        if wants_acceptance {
            put(ACCEPTANCE_FIELD, None);
        }
    }

    fn set_custom(
        &self,
        world: &World,
        facts: &Facts,
        keep: &dyn Fn(&str) -> bool,
        fields: &mut Map<String, Value>,
    ) {
        for (number, ..) in &self.fields {
            let name = format!("customfield_{number}");
            if keep(&name) {
                fields.insert(name, Value::Null);
            }
        }
        for number in [self.severity, self.points, self.target] {
            let name = format!("customfield_{number}");
            if keep(&name) {
                fields.insert(name, Value::Null);
            }
        }
        for (number, value) in &facts.custom {
            let name = format!("customfield_{number}");
            if !keep(&name) {
                continue;
            }
            let shown = match value {
                Custom::Named(id, word) => {
                    catalog::show_option(&world.base_url, &id.to_string(), world.words.get(*word))
                }
                Custom::Word(word) if name == EPIC_LINK_FIELD => Value::from(world.words.get(*word)),
                Custom::Word(word) => json!([world.words.get(*word)]),
                Custom::Number(number) => json!(number),
                Custom::Time(ms) => day(*ms),
                Custom::Other => Value::Null,
            };
            fields.insert(name, shown);
        }
    }

    fn show_parent(world: &World, id: i64) -> Value {
        let Some(facts) = world.facts(id) else {
            return Value::Null;
        };
        let wanted = |name: &str| matches!(name, "summary" | "status" | "priority" | "issuetype");
        let Some(parent) = world.issue_part(id, &wanted) else {
            return Value::Null;
        };
        let field = |name: &str| parent.find_field(name);
        json!({
            "id": id.to_string(), "key": world.write_key(facts), "self": parent.body.get("self"),
            "fields": {
                "summary": field("summary"), "status": field("status"), "priority": field("priority"),
                "issuetype": field("issuetype"),
            },
        })
    }

    /// What the issue was drawn from.
    pub(super) fn find_project(&self, facts: &Facts) -> Option<&ProjectPlan> {
        let first = self.projects.first()?.id;
        let place = usize::try_from(facts.project.checked_sub(first)?).ok()?;
        self.projects.get(place)
    }
}
