//! What the rules about values ask of a site, so that they can be tested without one.

use serde_json::Value;

/// People, releases, sprints and issues a value may name. Every answer is in the shape in which an
/// issue carries it.
pub(crate) trait Known {
    /// Whether the site is Cloud.
    fn is_cloud(&self) -> bool;
    /// Whether rich text comes as ADF (platform 3) and not as wiki text.
    fn takes_adf(&self) -> bool;
    /// A person by `accountId`, or by user name on Data Center.
    fn find_user(&self, id: &str) -> Option<Value>;
    /// A group by name.
    fn find_group(&self, name: &str) -> Option<Value>;
    /// A release of the project by id.
    fn find_version(&self, id: &str) -> Option<Value>;
    /// A release of the project by name.
    fn find_version_by_name(&self, name: &str) -> Option<Value>;
    /// A sprint as the sprint field carries it.
    fn find_sprint(&self, id: i64) -> Option<Value>;
    /// An issue the caller sees, as `parent` carries it.
    fn find_parent(&self, id_or_key: &str) -> Option<Value>;
    /// A project the caller sees.
    fn find_project(&self, id_or_key: &str) -> Option<Value>;
}
