//! Bodies of generated issues, made from their facts when somebody asks.
//!
//! Names come from the world as it is now, so a renamed version shows its new name in every issue.
//! Text has a chance of its own, apart from the facts', so that it stays the same whatever is drawn.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            json::{self, Copies, Members, Part},
            world::{Custom, Extras, Facts, Maker, Project, Texts, Wish, Word, World, find_by_id},
        },
        catalog::{self, ACCEPTANCE_FIELD, EPIC_LINK_FIELD, RANK_FIELD, SPRINT_FIELD},
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

    pub(super) fn write_person(
        &self,
        world: &World,
        word: Option<Word>,
        copies: &mut Copies,
        out: &mut Vec<u8>,
    ) {
        copies.write(Part::Person(word), out, |out| {
            json::push(out, &self.show_person(world, word));
        });
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

pub(super) fn stamp(ms: i64) -> String {
    format_timestamp(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn day(ms: i64) -> String {
    let stamp = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    stamp.to_zoned(TimeZone::UTC).date().to_string()
}

/// Writes an entry of a list without the parts an issue leaves out; null for an unknown one.
fn write_short(entry: Option<&Value>, leave_out: &[&str], out: &mut Vec<u8>) {
    let Some(entry) = entry.and_then(Value::as_object) else {
        return out.extend_from_slice(b"null");
    };
    let mut members = Members::begin(out);
    for (name, value) in entry
        .iter()
        .filter(|(name, _)| !leave_out.contains(&name.as_str()))
    {
        members.put(name, value);
    }
    members.end();
}

/// One issue that is being written, and what it is written from.
struct Scribe<'a, 'b> {
    plan: &'a Plan,
    world: &'a World,
    facts: &'a Facts,
    wish: &'a Wish<'a>,
    copies: &'a mut Copies,
    fields: &'a mut Members<'b>,
}

impl Maker for Plan {
    fn write_fields(
        &self,
        world: &World,
        facts: &Facts,
        wish: &Wish<'_>,
        copies: &mut Copies,
        fields: &mut Members<'_>,
    ) {
        let mut scribe = Scribe {
            plan: self,
            world,
            facts,
            wish,
            copies,
            fields,
        };
        scribe.write_named();
        scribe.write_people();
        scribe.write_plain();
        scribe.write_plans();
        scribe.write_custom();
        scribe.write_text();
        if facts.parent != 0 && (wish.keep)("parent") {
            world.write_reference(facts.parent, copies, fields.name("parent"));
        }
    }

    fn write_comments(
        &self,
        world: &World,
        facts: &Facts,
        wiki: bool,
        copies: &mut Copies,
        out: &mut Vec<u8>,
    ) -> usize {
        history::write_comments(self, (world, facts), wiki, copies, out)
    }

    fn write_changelog(
        &self,
        world: &World,
        facts: &Facts,
        most: Option<usize>,
        copies: &mut Copies,
        out: &mut Vec<u8>,
    ) -> (usize, usize) {
        history::write_changelog(self, (world, facts), most, copies, out)
    }

    fn list_comment_texts(&self, facts: &Facts) -> Vec<String> {
        history::list_comment_texts(self, facts)
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

impl Scribe<'_, '_> {
    fn keeps(&self, name: &str) -> bool {
        (self.wish.keep)(name)
    }

    fn put(&mut self, name: &str, value: impl FnOnce() -> Value) {
        if self.keeps(name) {
            self.fields.put(name, &value());
        }
    }

    fn copy(&mut self, name: &str, part: Part, entry: Option<&Value>, leave_out: &[&str]) {
        if self.keeps(name) {
            let out = self.fields.name(name);
            self.copies
                .write(part, out, |out| write_short(entry, leave_out, out));
        }
    }

    /// What is one of the site's or the project's things.
    fn write_named(&mut self) {
        let (world, facts) = (self.world, self.facts);
        let hide = ["scope", "untranslatedName"];
        let (kind, status) = (facts.issue_type, facts.status);
        self.copy(
            "issuetype",
            Part::Type(kind),
            find_by_id(&world.issue_types, kind),
            &hide,
        );
        self.copy(
            "status",
            Part::Status(status),
            find_by_id(&world.statuses, status),
            &hide,
        );
        self.copy(
            "priority",
            Part::Priority(facts.priority),
            find_by_id(&world.priorities, facts.priority),
            &["statusColor", "description"],
        );
        self.copy(
            "resolution",
            Part::Resolution(facts.resolution),
            find_by_id(&world.resolutions, facts.resolution),
            &[],
        );
        if self.keeps("project") {
            let out = self.fields.name("project");
            self.copies.write(Part::Project(facts.project), out, |out| {
                let project = world.find_project(&facts.project.to_string());
                json::push(out, &project.map_or(Value::Null, Project::show_in_issue));
            });
        }
    }

    fn write_people(&mut self) {
        let facts = self.facts;
        for (name, word) in [
            ("assignee", facts.assignee),
            ("reporter", facts.reporter),
            ("creator", facts.creator),
        ] {
            if self.keeps(name) {
                let out = self.fields.name(name);
                self.plan.write_person(self.world, word, self.copies, out);
            }
        }
    }

    fn write_plain(&mut self) {
        let (world, facts) = (self.world, self.facts);
        let text = |ms: Option<i64>| ms.map_or(Value::Null, |ms| Value::from(stamp(ms)));
        self.put("resolutiondate", || text(facts.resolved));
        self.put("created", || text(Some(facts.created)));
        self.put("updated", || text(Some(facts.updated)));
        self.put("duedate", || {
            facts.due.map_or(Value::Null, |ms| Value::from(day(ms)))
        });
        self.put("labels", || {
            facts.labels.iter().map(|word| world.words.get(*word)).collect()
        });
        self.put("environment", || Value::Null);
        self.put("workratio", || json!(-1));
        self.put(RANK_FIELD, || Value::from(format!("0|i{:07}:", facts.id)));
        for empty in ["components", "versions", "issuelinks"] {
            self.put(empty, || json!([]));
        }
        if self.keeps("subtasks") {
            let copies = &mut *self.copies;
            json::push_list(
                self.fields.name("subtasks"),
                world.list_subtasks(facts.id),
                |id, out| {
                    world.write_reference(id, copies, out);
                },
            );
        }
    }

    /// Versions and sprints.
    fn write_plans(&mut self) {
        let (world, facts) = (self.world, self.facts);
        if self.keeps("fixVersions") {
            let hide = [
                "startDate",
                "userStartDate",
                "userReleaseDate",
                "overdue",
                "projectId",
            ];
            let project = world.find_project(&facts.project.to_string());
            let versions = project.map_or(&[][..], |project| &project.versions);
            let own = facts.fix_versions.iter();
            let own = own.filter_map(|id| Some((*id, find_by_id(versions, *id)?)));
            let copies = &mut *self.copies;
            json::push_list(self.fields.name("fixVersions"), own, |(id, version), out| {
                let part = Part::Version(facts.project, id);
                copies.write(part, out, |out| write_short(Some(version), &hide, out));
            });
        }
        if self.keeps(SPRINT_FIELD) {
            let own = facts.sprints.iter();
            let mut own = own
                .filter_map(|id| Some((*id, find_by_id(&world.sprints, *id)?)))
                .peekable();
            let out = self.fields.name(SPRINT_FIELD);
            if own.peek().is_none() {
                return out.extend_from_slice(b"null");
            }
            let copies = &mut *self.copies;
            json::push_list(out, own, |(id, sprint), out| {
                copies.write(Part::Sprint(id), out, |out| {
                    json::push(out, &values::show_sprint(world, sprint));
                });
            });
        }
    }

    /// Summary, description, acceptance criteria: each wanted one costs, the others do not.
    fn write_text(&mut self) {
        let wants_text = self.keeps("description");
        self.put(ACCEPTANCE_FIELD, || Value::Null);
        if !wants_text && !self.keeps("summary") {
            return;
        }
        let mut rng = self.plan.text_rng(self.facts);
        let summary = self.plan.write_summary(self.facts, &mut rng);
        self.put("summary", || Value::from(summary));
        if wants_text {
            let blocks = self.plan.write_description(self.facts, &mut rng);
            let document = self.world.is_cloud() && !self.wish.wiki;
            let out = self.fields.name("description");
            match blocks {
                None => out.extend_from_slice(b"null"),
                Some(blocks) if document => rich::write_adf(&blocks, out),
                Some(blocks) => json::push(out, &rich::to_wiki(&blocks)),
            }
        }
    }

    fn write_custom(&mut self) {
        let (plan, world, facts) = (self.plan, self.world, self.facts);
        let has = |number: u32| facts.custom.iter().any(|(own, _)| *own == number);
        let further = plan.fields.iter().map(|(number, ..)| *number);
        let empty = further.chain([plan.severity, plan.points, plan.target]);
        for number in empty.filter(|number| !has(*number)) {
            self.put(&format!("customfield_{number}"), || Value::Null);
        }
        for (number, value) in &facts.custom {
            let name = format!("customfield_{number}");
            self.put(&name, || match value {
                Custom::Named(id, word) => {
                    catalog::show_option(&world.base_url, &id.to_string(), world.words.get(*word))
                }
                Custom::Word(word) if name == EPIC_LINK_FIELD => Value::from(world.words.get(*word)),
                Custom::Word(word) => json!([world.words.get(*word)]),
                Custom::Number(number) => json!(number),
                Custom::Time(ms) => Value::from(day(*ms)),
                Custom::Other => Value::Null,
            });
        }
    }
}

impl Plan {
    /// What the issue was drawn from.
    pub(super) fn find_project(&self, facts: &Facts) -> Option<&ProjectPlan> {
        let first = self.projects.first()?.id;
        let place = usize::try_from(facts.project.checked_sub(first)?).ok()?;
        self.projects.get(place)
    }
}
