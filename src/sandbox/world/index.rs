//! Ordered lists of issues by project, so that a page costs what a page holds.
//!
//! The lists hold what search knows, which on Cloud may be behind the store for a while: the store
//! takes an issue out with the facts it went in with.

use std::collections::{BTreeSet, HashMap};

use super::facts::Facts;

/// The issues of one project in the orders that connectors ask for.
#[derive(Clone, Debug, Default)]
pub struct ProjectIndex {
    /// Ids.
    pub ids: BTreeSet<i64>,
    /// Update time and id.
    pub updated: BTreeSet<(i64, i64)>,
    /// Creation time and id.
    pub created: BTreeSet<(i64, i64)>,
}

/// All projects, and the issues of each sprint, version and parent.
#[derive(Clone, Debug, Default)]
pub struct Index {
    everything: ProjectIndex,
    projects: HashMap<u32, ProjectIndex>,
    sprints: HashMap<u32, BTreeSet<i64>>,
    versions: HashMap<u32, BTreeSet<i64>>,
    parents: HashMap<i64, BTreeSet<i64>>,
}

impl Index {
    /// The times of all issues, whatever their project; their ids are the store's own order.
    #[must_use]
    pub fn everything(&self) -> &ProjectIndex {
        &self.everything
    }

    /// The lists of a project; `None` when it has no issues.
    #[must_use]
    pub fn find_project(&self, id: u32) -> Option<&ProjectIndex> {
        self.projects.get(&id)
    }

    /// Ids of the issues in a sprint, ascending.
    #[must_use]
    pub fn find_sprint(&self, id: u32) -> Option<&BTreeSet<i64>> {
        self.sprints.get(&id)
    }

    /// Ids of the issues that a version shall fix, ascending.
    #[must_use]
    pub fn find_version(&self, id: u32) -> Option<&BTreeSet<i64>> {
        self.versions.get(&id)
    }

    /// Ids of the issues below a parent, ascending.
    #[must_use]
    pub fn find_children(&self, id: i64) -> Option<&BTreeSet<i64>> {
        self.parents.get(&id)
    }

    pub(super) fn add(&mut self, facts: &Facts) {
        self.everything.updated.insert((facts.updated, facts.id));
        self.everything.created.insert((facts.created, facts.id));
        let project = self.projects.entry(facts.project).or_default();
        project.ids.insert(facts.id);
        project.updated.insert((facts.updated, facts.id));
        project.created.insert((facts.created, facts.id));
        for sprint in &facts.sprints {
            self.sprints.entry(*sprint).or_default().insert(facts.id);
        }
        for version in &facts.fix_versions {
            self.versions.entry(*version).or_default().insert(facts.id);
        }
        if facts.parent != 0 {
            self.parents.entry(facts.parent).or_default().insert(facts.id);
        }
    }

    pub(super) fn remove(&mut self, facts: &Facts) {
        self.everything.updated.remove(&(facts.updated, facts.id));
        self.everything.created.remove(&(facts.created, facts.id));
        if let Some(project) = self.projects.get_mut(&facts.project) {
            project.ids.remove(&facts.id);
            project.updated.remove(&(facts.updated, facts.id));
            project.created.remove(&(facts.created, facts.id));
        }
        for sprint in &facts.sprints {
            take_out(&mut self.sprints, sprint, facts.id);
        }
        for version in &facts.fix_versions {
            take_out(&mut self.versions, version, facts.id);
        }
        take_out(&mut self.parents, &facts.parent, facts.id);
    }
}

fn take_out<K: std::hash::Hash + Eq>(lists: &mut HashMap<K, BTreeSet<i64>>, key: &K, id: i64) {
    if let Some(list) = lists.get_mut(key) {
        list.remove(&id);
        if list.is_empty() {
            lists.remove(key);
        }
    }
}
