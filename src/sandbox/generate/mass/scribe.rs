//! One issue of a generated world, written field by field into an answer.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            json::{self, Copies, Members, Part},
            world::{Custom, Facts, Project, Wish, World, find_by_id},
        },
        catalog,
        fields::{ACCEPTANCE_FIELD, EPIC_LINK_FIELD, RANK_FIELD, SPRINT_FIELD},
        places, rich,
    },
    make::stamp,
    plan::Plan,
};

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
pub(super) struct Scribe<'a, 'b> {
    pub(super) plan: &'a Plan,
    pub(super) world: &'a World,
    pub(super) facts: &'a Facts,
    pub(super) wish: &'a Wish<'a>,
    pub(super) copies: &'a mut Copies,
    pub(super) fields: &'a mut Members<'b>,
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
    pub(super) fn write_named(&mut self) {
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

    pub(super) fn write_people(&mut self) {
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

    pub(super) fn write_plain(&mut self) {
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
    pub(super) fn write_plans(&mut self) {
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
                    json::push(out, &places::show_sprint(world, sprint));
                });
            });
        }
    }

    /// Summary, description, acceptance criteria: each wanted one costs, the others do not.
    pub(super) fn write_text(&mut self) {
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

    pub(super) fn write_custom(&mut self) {
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
