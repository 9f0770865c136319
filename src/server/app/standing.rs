//! Configurations together with how they stand, as Plans and the requirements meet them.

use crate::{
    api::plan::PlanConfiguration,
    domain::{
        ids::ConfigurationId,
        integration_name::{Integration, integration_name, telling_connection},
        standing::{Standing, stand},
        sync_status::ConfigurationStatus,
    },
    server::{
        app::calendar::Calendar,
        auth::ProjectGuard,
        error::{Error, Result},
        store::{
            Tx,
            plan::{self, PlanConfigurationRow},
            standing::{parse_ground, parse_own_status},
        },
    },
};

/// A configuration and how it stands.
#[derive(Debug)]
pub struct StandingConfiguration {
    /// As stored.
    pub row: PlanConfigurationRow,
    /// How it stands.
    pub standing: Standing,
    /// What it is called among the others of its project.
    pub label: String,
    /// Name of its connection, where another one of the project reads alike.
    pub connection: Option<String>,
}

/// How a configuration stands, from what is stored of it and of its connection (codes of their statuses
/// and words to them).
///
/// # Errors
/// A code that is none.
pub fn parse_standing(
    own: (&str, &str),
    proceeded: bool,
    connection_name: &str,
    connection: (&str, &str),
) -> Result<Standing> {
    let status = parse_own_status(own.0)?;
    let ground = parse_ground(connection_name, connection.0, connection.1)?;
    Ok(stand(status, own.1, proceeded, ground))
}

fn named(row: &PlanConfigurationRow) -> Integration<'_> {
    Integration {
        key: row.jira_project_key.as_deref().unwrap_or_default(),
        name: row.jira_project_name.as_deref().unwrap_or_default(),
        connection: &row.connection_name,
    }
}

impl StandingConfiguration {
    /// `all` are those of the project that are not archived.
    fn new(row: PlanConfigurationRow, all: &[PlanConfigurationRow]) -> Result<Self> {
        let standing = parse_standing(
            (&row.status, &row.status_reason),
            row.proceeded,
            &row.connection_name,
            (&row.connection_status, &row.connection_reason),
        )?;
        Ok(Self {
            label: integration_name(named(&row), all.iter().map(named)),
            connection: telling_connection(named(&row), all.iter().map(named)).map(str::to_owned),
            standing,
            row,
        })
    }

    /// Whether Plans offers it.
    pub fn is_offered(&self) -> bool {
        self.standing.status.is_in_plans()
    }

    /// Words for one that Plans does not offer; empty for the others.
    pub fn out_of_use(&self) -> String {
        match self.standing.status {
            ConfigurationStatus::Archived => {
                "This integration is archived. What you see is from its last sync.".to_owned()
            }
            ConfigurationStatus::Inactive => {
                "This integration is inactive. What you see is from its last sync.".to_owned()
            }
            ConfigurationStatus::Active | ConfigurationStatus::Error => String::new(),
        }
    }

    /// For a page.
    pub fn view(&self, calendar: &Calendar) -> PlanConfiguration {
        let in_error = self.standing.status == ConfigurationStatus::Error;
        PlanConfiguration {
            id: self.row.id.clone(),
            label: self.label.clone(),
            connection: self.connection.clone(),
            error: in_error.then(|| self.standing.reason.clone()),
            last_synced: self.row.last_synced_at.map(|at| calendar.moment_ms(at)),
        }
    }
}

/// The configurations of the guard's project that are not archived, by Jira key.
///
/// # Errors
/// When the database does not answer.
pub async fn list_configurations(tx: &mut Tx, guard: &ProjectGuard) -> Result<Vec<StandingConfiguration>> {
    let rows = plan::list_configurations(tx, guard.project_id().as_str()).await?;
    let new = |row: &PlanConfigurationRow| StandingConfiguration::new(row.clone(), &rows);
    rows.iter().map(new).collect()
}

/// Those that Plans offers, for a page.
pub fn offered(rows: &[StandingConfiguration], calendar: &Calendar) -> Vec<PlanConfiguration> {
    rows.iter()
        .filter(|row| row.is_offered())
        .map(|row| row.view(calendar))
        .collect()
}

/// What a list of the guard's project offers to choose from, with `chosen` among it, if anything is.
///
/// # Errors
/// [`Error::NotFound`] for a choice that Plans does not offer.
pub async fn list_offered(tx: &mut Tx, guard: &ProjectGuard, chosen: &str) -> Result<Vec<PlanConfiguration>> {
    let calendar = Calendar::load(tx, guard.viewer()).await?;
    let rows = list_configurations(tx, guard).await?;
    let configurations = offered(&rows, &calendar);
    if chosen.is_empty() || configurations.iter().any(|row| row.id == chosen) {
        Ok(configurations)
    } else {
        Err(Error::NotFound("integration"))
    }
}

/// A configuration of the guard's project, in any status.
///
/// # Errors
/// [`Error::NotFound`] for an unknown one and for that of another project.
pub async fn get_configuration(tx: &mut Tx, guard: &ProjectGuard, id: &str) -> Result<StandingConfiguration> {
    let unknown = || Error::NotFound("integration");
    let id = id.parse::<ConfigurationId>().map_err(|_| unknown())?;
    let project = guard.project_id().as_str();
    let row = plan::find_configuration(tx, project, id.as_str()).await?;
    let all = plan::list_configurations(tx, project).await?;
    StandingConfiguration::new(row.ok_or_else(unknown)?, &all)
}
