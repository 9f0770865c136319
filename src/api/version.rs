//! Versions of a configuration: the list, what differs between two, and bringing one back into the draft.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{ApiError, moment::MomentView};

/// The draft, where a version is named.
pub const DRAFT: &str = "draft";

/// The page of the versions of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionsView {
    /// Project of ours.
    pub project_name: String,
    /// What the configuration is called.
    pub name: String,
    /// Revision of the draft, that bringing a version back has to name.
    pub revision: i64,
    /// Whether it takes no changes.
    pub archived: bool,
    /// The newest first.
    pub versions: Vec<VersionView>,
    /// There are older ones that are not listed.
    pub more: bool,
    /// Who changed the draft since the last Proceed, and when; `None` when it holds what was proceeded.
    pub draft: Option<(String, MomentView)>,
    /// What was asked to be compared; `None` where there is only one.
    pub comparison: Option<ComparisonView>,
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionView {
    /// 1, 2, 3.
    pub number: i64,
    /// When it was proceeded.
    pub at: MomentView,
    /// By whom.
    pub by: String,
    /// Plans, requirements and bugs show it.
    pub in_force: bool,
    /// It was proceeded last, and comes into force with the next sync that ends well.
    pub awaits_sync: bool,
}

/// Two versions beside each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonView {
    /// The older one: a number or [`DRAFT`].
    pub older: String,
    /// The newer one.
    pub newer: String,
    /// What differs, in the order of the steps.
    pub differences: Vec<DifferenceView>,
    /// Names of Jira are not known here, so some ids stand for themselves.
    pub unnamed: bool,
}

/// An answer that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceView {
    /// 1 to 6.
    pub step: u8,
    /// What was asked.
    pub what: String,
    /// In the older version.
    pub before: String,
    /// In the newer one.
    pub after: String,
}

/// The versions of a configuration, and what differs between two of them: numbers or [`DRAFT`], empty for the two that
/// matter most.
///
/// # Errors
/// Not allowed; unknown.
#[server(endpoint = "load_versions")]
pub async fn load_versions(
    project: String,
    configuration: String,
    #[server(default)] older: String,
    #[server(default)] newer: String,
) -> Result<VersionsView, ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::Configure).await?;
    Ok(app::wizard::load_versions(&guard, &configuration, &older, &newer).await?)
}

/// Puts the answers of a version into the draft with this revision; Proceed brings them into force. Leads to the
/// page of the versions.
///
/// # Errors
/// Not allowed; unknown; archived; saved by somebody meanwhile.
#[server(endpoint = "restore_version")]
pub async fn restore_version(
    project: String,
    configuration: String,
    number: i64,
    draft_revision: i64,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::Capability,
        server::{app, auth},
    };
    let guard = auth::project(&project, Capability::Configure).await?;
    Ok(app::wizard::restore_version(&guard, &configuration, number, draft_revision).await?)
}
