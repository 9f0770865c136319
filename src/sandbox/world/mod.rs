//! What a site contains, kept in the shapes Jira sends.
//!
//! Reference data and issues are wire JSON, so that invented and recorded sites share every route
//! and a recorded issue leaves exactly as it came in. The few facts that routes decide by (ids,
//! keys, visibility) are typed beside the JSON; whoever edits one must edit the other, which is why
//! edits live in `edit`.

mod edit;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::accounts::Account;
use crate::domain::jira::Deployment;

/// One site.
#[derive(Clone, Debug)]
pub struct World {
    /// Dialect.
    pub deployment: Deployment,
    /// Address of the site without a final slash; `self` links begin with it.
    pub base_url: String,
    /// Title in `serverInfo`.
    pub title: String,
    /// Data Center version such as `10.7.4`; Cloud reports its own constant.
    pub version: String,
    /// Cloud id, the name of the site at the gateway.
    pub cloud_id: String,
    /// Projects, hidden ones included.
    pub projects: Vec<Project>,
    /// Issues by ascending id.
    pub issues: Vec<Issue>,
    /// All work item types.
    pub issue_types: Vec<Value>,
    /// All statuses.
    pub statuses: Vec<Value>,
    /// All priorities, most urgent first.
    pub priorities: Vec<Value>,
    /// All resolutions.
    pub resolutions: Vec<Value>,
    /// All fields.
    pub fields: Vec<Value>,
    /// Boards.
    pub boards: Vec<Board>,
    /// Sprints of all boards.
    pub sprints: Vec<Value>,
    /// People.
    pub accounts: Vec<Account>,
    /// Most issues one Data Center search page may hold.
    pub search_cap: usize,
    /// Whether the content came from recordings.
    pub recorded: bool,
}

/// A project.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Stable id.
    pub id: String,
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Nobody sees it, as if every permission had been taken away.
    pub hidden: bool,
    /// The project as Jira shows it, without types and versions.
    pub body: Map<String, Value>,
    /// Types in the project.
    pub issue_types: Vec<Value>,
    /// Statuses of each type, by type id.
    pub type_statuses: Vec<(String, Vec<Value>)>,
    /// Versions.
    pub versions: Vec<Value>,
    /// Ids of the priorities in the project's scheme.
    pub priority_ids: Vec<String>,
    /// Create metadata: fields by type id.
    pub create_fields: BTreeMap<String, Vec<Value>>,
}

/// An issue.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Stable id.
    pub id: i64,
    /// Current key.
    pub key: String,
    /// Project.
    pub project_id: String,
    /// The whole issue as REST sends it (v3 on Cloud).
    pub body: Map<String, Value>,
    /// Cloud: the rich fields as wiki text, for v2 requests.
    pub wiki: Map<String, Value>,
}

/// A board.
#[derive(Clone, Debug)]
pub struct Board {
    /// Agile id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// `scrum`, `kanban` or `simple`.
    pub kind: String,
    /// Project it belongs to; recorded boards may not say, and are then listed for every project.
    pub project_id: Option<String>,
    /// The board as recorded, served instead of a made-up one.
    pub body: Option<Value>,
}

impl Issue {
    /// The issue's fields; empty when a recording has none.
    #[must_use]
    pub fn fields(&self) -> Option<&Map<String, Value>> {
        self.body.get("fields").and_then(Value::as_object)
    }

    /// One field.
    #[must_use]
    pub fn find_field(&self, id: &str) -> Option<&Value> {
        self.fields()?.get(id).filter(|value| !value.is_null())
    }
}

impl World {
    /// A site with nothing in it.
    #[must_use]
    pub fn new(deployment: Deployment, base_url: &str, version: &str) -> Self {
        Self {
            deployment,
            base_url: base_url.to_owned(),
            title: "Jira".to_owned(),
            version: version.to_owned(),
            cloud_id: "0f1e2d3c-5a5d-4b0c-8f00-5a9db0c10001".to_owned(),
            projects: Vec::new(),
            issues: Vec::new(),
            issue_types: Vec::new(),
            statuses: Vec::new(),
            priorities: Vec::new(),
            resolutions: Vec::new(),
            fields: Vec::new(),
            boards: Vec::new(),
            sprints: Vec::new(),
            accounts: Vec::new(),
            search_cap: 1000,
            recorded: false,
        }
    }

    /// A project by id or key, whoever may see it. Keys are case-sensitive, as in Jira.
    #[must_use]
    pub fn find_project(&self, id_or_key: &str) -> Option<&Project> {
        self.projects
            .iter()
            .find(|project| project.id == id_or_key || project.key == id_or_key)
    }

    /// An issue by id or key.
    #[must_use]
    pub fn find_issue(&self, id_or_key: &str) -> Option<&Issue> {
        let id = id_or_key.parse::<i64>().ok();
        self.issues
            .iter()
            .find(|issue| Some(issue.id) == id || issue.key.eq_ignore_ascii_case(id_or_key))
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
        self.deployment == Deployment::Cloud
    }
}
