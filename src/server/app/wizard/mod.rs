//! The wizard: six steps over one draft, what Jira has for them, and Proceed.
//!
//! Each file is one part: `lists`, `projects` and `counts` ask Jira through a cache and within one
//! `deadline`, `answers` reads forms, `load`, `body`,
//! `notes`, `tables` and `date_supply` make pages, `preview` says what
//! would come out, `save` keeps, `proceed` puts into force, `versions` lists what was in force and brings it back. A draft is never touched by a failure of Jira.

mod answers;
mod body;
mod counts;
mod date_supply;
mod deadline;
mod lists;
mod load;
mod notes;
mod pressed;
mod preview;
mod proceed;
mod projects;
mod save;
mod tables;
mod versions;
mod words;

use crate::{
    domain::{ids::ConfigurationId, wizard::Settings},
    server::{
        auth::ProjectGuard,
        error::{Error, Result},
        store::{
            StoreError, Tx,
            configuration::{self, ConfigurationRow},
        },
    },
};

pub use load::load_step;
pub use projects::search_projects;
pub use save::save_step;
pub use versions::{load_versions, restore_version};

/// The stored settings.
///
/// # Errors
/// When they are of a newer program.
pub fn parse_settings(text: &str) -> Result<Settings> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::inconsistent("configuration", "draft", error).into())
}

/// Settings as they are stored.
///
/// # Errors
/// Never in practice: all keys are texts.
pub fn settings_text(settings: &Settings) -> Result<String> {
    serde_json::to_string(settings).map_err(|error| Error::Internal(format!("settings: {error}")))
}

/// A configuration of the guard's project; those of other projects do not exist here.
async fn get_configuration(tx: &mut Tx, guard: &ProjectGuard, id: &str) -> Result<ConfigurationRow> {
    let id = id
        .parse::<ConfigurationId>()
        .map_err(|_| Error::NotFound("configuration"))?;
    configuration::find(tx, id.as_str())
        .await?
        .filter(|row| row.project_id == guard.project_id().as_str())
        .ok_or(Error::NotFound("configuration"))
}
