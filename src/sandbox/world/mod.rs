//! What a site contains, kept in the shapes Jira sends.
//!
//! Reference data and issues are wire JSON, so that invented and recorded sites share every route
//! and a recorded issue leaves exactly as it came in. What search and routes decide by is typed
//! beside it in [`Facts`]; whoever edits one must edit the other, which is why all edits live in
//! `edit`. `store` keeps the issues and the order they are walked in, `read` looks things up.

mod cache;
mod edit;
mod facts;
mod index;
mod issue;
mod rank;
mod read;
mod renamed;
mod shown;
mod side;
mod store;
mod texts;
mod variant;
mod words;

pub use cache::Searches;
pub use facts::{Custom, Facts};
pub(super) use facts::{list_sprints, parse_time, read_field_number, read_id, read_number};
pub use index::{Index, ProjectIndex};
pub use issue::{Extras, Issue};
pub(super) use rank::RANK_BITS;
pub(super) use read::find_by_id;
pub use shown::Wish;
pub use side::{File, SecurityLevel};
pub use store::{Content, IssueStore, Maker, Texts};
pub use variant::Variant;
pub use words::{Word, Words};

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

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
    /// Former project keys, each with the id of the project that had it.
    pub former_project_keys: HashMap<String, String>,
    /// Issues.
    pub store: IssueStore,
    /// The texts that facts point to.
    pub words: Words,
    /// Display name, email and key of everybody an issue named.
    pub people: HashMap<Word, [String; 3]>,
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
    /// Uploaded files by attachment id.
    pub files: BTreeMap<i64, File>,
    /// Work done in the background, by task id.
    pub tasks: BTreeMap<String, Value>,
    /// Security levels.
    pub security_levels: Vec<SecurityLevel>,
    last_id: i64,
    /// Wrong credentials count as none, as on a site that is open to everybody.
    pub falls_through: bool,
    /// People.
    pub accounts: Vec<Account>,
    /// What the site plays in another way than usual.
    pub variant: Variant,
    /// Most issues one Data Center search page may hold.
    pub search_cap: usize,
    /// Whether the content came from recordings.
    pub recorded: bool,
    /// Grows with every edit of the site.
    pub revision: u64,
    /// The revision with which an issue was last changed by its id, for those that were changed by a request.
    pub changes: HashMap<i64, u64>,
    /// Answers of searches, kept until the next edit.
    pub searches: Searches,
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
    /// Deleted on Cloud, where it waits in a bin to be restored; until then it is as good as gone.
    pub binned: bool,
    /// No search shows its issues, and nobody changes them.
    pub archived: bool,
    /// The project as Jira shows it, without types and versions.
    pub body: Map<String, Value>,
    /// Types in the project. Projects of one kind share these four lists; `Arc::make_mut` gives a
    /// project its own before a change.
    pub issue_types: Arc<Vec<Value>>,
    /// Statuses of each type, by type id.
    pub type_statuses: Arc<Vec<(String, Vec<Value>)>>,
    /// Versions.
    pub versions: Vec<Value>,
    /// Ids of the priorities in the project's scheme.
    pub priority_ids: Arc<Vec<String>>,
    /// Create metadata: fields by type id, see [`World::list_create_fields`].
    pub create_fields: Arc<BTreeMap<String, Vec<Value>>>,
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
            former_project_keys: HashMap::new(),
            store: IssueStore::default(),
            words: Words::default(),
            people: HashMap::new(),
            issue_types: Vec::new(),
            statuses: Vec::new(),
            priorities: Vec::new(),
            resolutions: Vec::new(),
            fields: Vec::new(),
            boards: Vec::new(),
            sprints: Vec::new(),
            files: BTreeMap::new(),
            tasks: BTreeMap::new(),
            security_levels: Vec::new(),
            last_id: 0,
            falls_through: false,
            accounts: Vec::new(),
            variant: Variant::default(),
            search_cap: 1000,
            recorded: false,
            revision: 0,
            changes: HashMap::new(),
            searches: Searches::default(),
        }
    }
}
