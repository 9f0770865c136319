//! Looking things up in a world.

use std::{borrow::Cow, collections::HashMap};

use serde_json::{Value, json};

use super::{
    Project, World,
    facts::{Facts, read_id, read_user},
    issue::{Extras, Issue},
    store::Content,
    words::Word,
};

/// An entry of a list by its id, at once when the list ascends without gaps.
#[must_use]
pub fn find_by_id(list: &[Value], id: u32) -> Option<&Value> {
    let has = |entry: &&Value| id != 0 && read_id(&entry["id"]) == id;
    let first = list.first().map_or(0, |entry| read_id(&entry["id"]));
    let guess = id
        .checked_sub(first)
        .and_then(|place| list.get(usize::try_from(place).ok()?));
    guess.filter(has).or_else(|| {
        let place = list.partition_point(|entry| read_id(&entry["id"]) < id);
        let sorted = list.get(place).filter(has);
        sorted.or_else(|| list.iter().find(has))
    })
}

impl Project {
    /// Whether nobody sees it.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.hidden || self.binned
    }

    /// The versions that can be chosen: all but archived ones.
    #[must_use]
    pub fn list_open_versions(&self) -> Vec<Value> {
        let versions = self.versions.iter();
        versions
            .filter(|version| version["archived"] != true)
            .cloned()
            .collect()
    }

    /// The project as its issues show it.
    #[must_use]
    pub fn show_in_issue(&self) -> Value {
        let kind = self.body.get("projectTypeKey").and_then(Value::as_str);
        let mut shown = json!({
            "self": self.body.get("self"), "id": self.id, "key": self.key, "name": self.name,
            "projectTypeKey": kind.unwrap_or("software"),
        });
        for name in ["avatarUrls", "simplified", "projectCategory"] {
            if let Some(value) = self.body.get(name) {
                shown[name] = value.clone();
            }
        }
        shown
    }
}

impl World {
    /// A project by id or key, whoever may see it. Keys are case-sensitive, as in Jira; a former key
    /// leads to the renamed project.
    #[must_use]
    pub fn find_project(&self, id_or_key: &str) -> Option<&Project> {
        let find = |name: &str| {
            self.guess_project(name).or_else(|| {
                self.projects
                    .iter()
                    .find(|project| project.id == name || project.key == name)
            })
        };
        find(id_or_key).or_else(|| find(self.former_project_keys.get(id_or_key)?))
    }

    /// The create metadata of a type in a project: the kept one, with the project's versions of now.
    #[must_use]
    pub fn list_create_fields(&self, project: &Project, type_id: &str) -> Option<Vec<Value>> {
        let mut fields = project.create_fields.get(type_id)?.clone();
        if self.recorded {
            return Some(fields);
        }
        for field in &mut fields {
            match field["fieldId"].as_str() {
                Some("project") => {
                    field["allowedValues"] =
                        json!([{"id": project.id, "key": project.key, "name": project.name}]);
                }
                Some("components") => {
                    let components = project.body.get("components").cloned();
                    field["allowedValues"] = components.unwrap_or_else(|| json!([]));
                }
                _ if field["schema"]["type"] == "version" || field["schema"]["items"] == "version" => {
                    field["allowedValues"] = Value::Array(project.list_open_versions());
                }
                _ => {}
            }
        }
        Some(fields)
    }

    /// A project by its id where ids have no gaps, as in generated worlds.
    fn guess_project(&self, id: &str) -> Option<&Project> {
        let wanted: usize = id.parse().ok()?;
        let first: usize = self.projects.first()?.id.parse().ok()?;
        self.projects
            .get(wanted.checked_sub(first)?)
            .filter(|project| project.id == id)
    }

    /// The id of an issue by id, key or former key, letter case aside.
    #[must_use]
    pub fn find_issue_id(&self, id_or_key: &str) -> Option<i64> {
        if let Ok(id) = id_or_key.parse::<i64>() {
            return self.store.find(id).map(|facts| facts.id);
        }
        let key = id_or_key.to_uppercase();
        let (project, number) = key.rsplit_once('-')?;
        let found = self
            .find_project(project)
            .and_then(|project| project.id.parse().ok())
            .zip(number.parse().ok())
            .and_then(|(project, number)| self.store.find_number(project, number));
        found.or_else(|| self.store.find_former(&key))
    }

    /// An issue by id, key or former key. One that nobody has touched is made on the spot.
    #[must_use]
    pub fn find_issue(&self, id_or_key: &str) -> Option<Cow<'_, Issue>> {
        self.issue(self.find_issue_id(id_or_key)?)
    }

    /// An issue by id.
    #[must_use]
    pub fn issue(&self, id: i64) -> Option<Cow<'_, Issue>> {
        self.issue_part(id, &|_| true)
    }

    /// All issues whole, by ascending id: for small worlds and tests.
    pub fn issues(&self) -> impl DoubleEndedIterator<Item = Cow<'_, Issue>> {
        self.store.list().filter_map(|facts| self.issue(facts.id))
    }

    /// The facts of an issue.
    #[must_use]
    pub fn facts(&self, id: i64) -> Option<&Facts> {
        self.store.find(id)
    }

    /// The current key of an issue.
    #[must_use]
    pub fn write_key(&self, facts: &Facts) -> String {
        let id = facts.project.to_string();
        let key = self.find_project(&id).map_or("", |project| &project.key);
        format!("{key}-{}", facts.number)
    }

    /// Ids of a project's issues as the store has them, in the order of their numbers.
    #[must_use]
    pub fn list_issue_ids(&self, project_id: &str) -> Vec<i64> {
        let numbers = project_id.parse().ok().and_then(|id| self.store.find_numbers(id));
        numbers.map_or_else(Vec::new, |numbers| numbers.values().copied().collect())
    }

    /// What has gathered around an issue.
    #[must_use]
    pub fn find_extras(&self, id: i64) -> Option<Cow<'_, Extras>> {
        if let Some(kept) = self.store.find_extras(id) {
            return Some(Cow::Borrowed(kept));
        }
        let made = match self.store.find_content(id)? {
            Content::Stored(_) => None,
            Content::Made => self.store.maker.as_ref().zip(self.store.find(id)),
        };
        Some(Cow::Owned(made.map_or_else(Extras::default, |(maker, facts)| {
            maker.make_extras(self, facts)
        })))
    }

    /// A new issue gets this id.
    #[must_use]
    pub fn next_issue_id(&self) -> i64 {
        self.store.next_id()
    }

    /// A new issue of the project gets this number.
    #[must_use]
    pub fn next_number(&self, project_id: &str) -> u32 {
        self.store.next_number(project_id.parse().unwrap_or_default())
    }

    /// Remembers how a user is called, so that JQL finds people that have no account here.
    pub(super) fn note_user(&mut self, user: &Value) {
        let Some(id) = read_user(user) else { return };
        let id = self.words.add(id);
        self.people.entry(id).or_insert_with(|| {
            ["displayName", "emailAddress", "key"]
                .map(|name| user[name].as_str().unwrap_or_default().to_owned())
        });
    }

    /// The users whose id, name, key, email or display name this is, letter case aside.
    #[must_use]
    pub fn list_people_called(&self, text: &str) -> Vec<Word> {
        let wanted = text.to_lowercase();
        let mut found = self.words.list_alike(text);
        let called = self
            .people
            .iter()
            .filter(|(_, names)| names.iter().any(|name| name.to_lowercase() == wanted));
        found.extend(called.map(|(id, _)| *id));
        found
    }

    /// The place of every user among the display names, in the order of the alphabet; other words
    /// have the place of their text.
    #[must_use]
    pub fn rank_words(&self) -> HashMap<Word, i64> {
        let mut names: Vec<(String, Word)> = self
            .words
            .list()
            .map(|(word, text)| {
                let name = self.people.get(&word).map_or(text, |names| &names[0]);
                (name.to_lowercase(), word)
            })
            .collect();
        names.sort_unstable();
        (0..).zip(names).map(|(place, (_, word))| (word, place)).collect()
    }

    /// Id of the sprint field, found by its schema.
    #[must_use]
    pub fn find_sprint_field(&self) -> Option<String> {
        self.fields
            .iter()
            .find(|field| field["schema"]["custom"] == "com.pyxis.greenhopper.jira:gh-sprint")
            .and_then(|field| field["id"].as_str())
            .map(str::to_owned)
    }

    /// Whether this is Cloud.
    #[must_use]
    pub fn is_cloud(&self) -> bool {
        self.deployment == crate::domain::jira::Deployment::Cloud
    }
}
