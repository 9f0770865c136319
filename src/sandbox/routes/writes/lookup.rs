//! What the rules about values ask, answered from a site.

use serde_json::Value;

use super::desk::{Desk, show_reference};
use crate::sandbox::{
    accounts::Account,
    generate,
    world::Project,
    write::{Known, shorten},
};

/// The site as one caller sees it, with the project that releases are looked up in.
pub(crate) struct Lookup<'d, 'w> {
    pub(crate) desk: &'d Desk<'w>,
    pub(crate) project: &'d Project,
}

/// A person by the id the deployment uses.
pub(crate) fn find_account<'a>(desk: &'a Desk<'_>, id: &str) -> Option<&'a Account> {
    let cloud = desk.world.is_cloud();
    desk.world.accounts.iter().find(|account| {
        if cloud {
            account.id == id
        } else {
            account.name == id || account.id == id
        }
    })
}

impl Known for Lookup<'_, '_> {
    fn is_cloud(&self) -> bool {
        self.desk.world.is_cloud()
    }

    fn takes_adf(&self) -> bool {
        self.desk.api == 3
    }

    fn find_user(&self, id: &str) -> Option<Value> {
        find_account(self.desk, id).map(|account| generate::show_user(self.desk.world, account))
    }

    fn find_group(&self, name: &str) -> Option<Value> {
        generate::show_group(self.desk.world, self.desk.link_api(), name)
    }

    fn find_version(&self, id: &str) -> Option<Value> {
        self.project
            .versions
            .iter()
            .find(|version| version["id"] == id)
            .cloned()
    }

    fn find_version_by_name(&self, name: &str) -> Option<Value> {
        self.project
            .versions
            .iter()
            .find(|version| version["name"] == name)
            .cloned()
    }

    fn find_sprint(&self, id: i64) -> Option<Value> {
        let world = &*self.desk.world;
        let sprint = world.sprints.iter().find(|sprint| sprint["id"] == id)?;
        Some(generate::show_sprint(world, sprint))
    }

    fn find_parent(&self, id_or_key: &str) -> Option<Value> {
        self.desk
            .get_issue(id_or_key)
            .ok()
            .map(|issue| show_reference(&issue))
    }

    fn find_project(&self, id_or_key: &str) -> Option<Value> {
        self.desk
            .find_project(id_or_key)
            .map(|project| shorten("project", project.show_in_issue()))
    }
}
