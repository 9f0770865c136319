//! What is known of the Jira project when the wizard asks: lists that were read, or were not yet.
//!
//! A list that was not read is empty and not `loaded`; it is never taken as "does not exist".

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::jira::{BoardKind, Field, FieldKind, IssueType, NamedValue, Status};

/// What is known of the Jira project; a list that was not read yet is empty and not `loaded`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Whether the lists below were read from Jira for the chosen project.
    pub loaded: bool,
    /// Kinds of the boards of the project.
    pub board_kinds: Vec<BoardKind>,
    /// Work item types of the project.
    pub issue_types: Vec<IssueType>,
    /// Statuses of the project with the types that use them.
    pub statuses: Vec<Status>,
    /// Priorities.
    pub priorities: Vec<NamedValue>,
    /// Resolutions.
    pub resolutions: Vec<NamedValue>,
    /// Fields of the site.
    pub fields: Vec<Field>,
    /// Options of the chosen severity field.
    pub severity_options: Vec<NamedValue>,
}

impl Facts {
    /// Statuses that the workflow of one of these types has, in Jira's order; without types none.
    pub fn statuses_of(&self, type_ids: &BTreeSet<String>) -> Vec<&Status> {
        let used = |status: &&Status| status.issue_type_ids.iter().any(|id| type_ids.contains(id));
        self.statuses.iter().filter(used).collect()
    }

    /// Fields that may hold a severity: one or several options of a list, of this project or global.
    pub fn severity_fields(&self, project_id: &str) -> Vec<&Field> {
        let fits = |field: &&Field| {
            field.custom
                && matches!(
                    field.kind,
                    FieldKind::Option | FieldKind::MultiOption | FieldKind::Cascading
                )
        };
        self.fields
            .iter()
            .filter(fits)
            .filter(|field| in_scope(field, project_id))
            .collect()
    }

    /// Custom fields that hold a date, of this project or global.
    pub fn date_fields(&self, project_id: &str) -> Vec<&Field> {
        let fits =
            |field: &&Field| field.custom && matches!(field.kind, FieldKind::Date | FieldKind::DateTime);
        self.fields
            .iter()
            .filter(fits)
            .filter(|field| in_scope(field, project_id))
            .collect()
    }

    /// Custom fields that can be mirrored as further fields.
    pub fn further_fields(&self, project_id: &str) -> Vec<&Field> {
        let fits = |field: &&Field| {
            field.custom
                && !matches!(
                    field.kind,
                    FieldKind::Sprint | FieldKind::EpicLink | FieldKind::Other
                )
        };
        self.fields
            .iter()
            .filter(fits)
            .filter(|field| in_scope(field, project_id))
            .collect()
    }
}

fn in_scope(field: &Field, project_id: &str) -> bool {
    field
        .scope_project_id
        .as_deref()
        .is_none_or(|scope| scope == project_id)
}

#[cfg(test)]
mod tests {
    use crate::domain::test_data as data;

    #[test]
    fn fields_of_other_projects_are_not_offered() {
        let facts = data::facts();
        let ids: Vec<_> = facts
            .severity_fields("100")
            .iter()
            .map(|field| field.id.as_str())
            .collect();
        assert_eq!(ids, ["customfield_2"]);
        assert_eq!(facts.severity_fields("999").len(), 2);
        assert_eq!(facts.date_fields("100").len(), 1);
    }

    #[test]
    fn statuses_are_those_of_the_chosen_types() {
        let facts = data::facts();
        let of = |types: &[&str]| -> Vec<String> {
            let types = types.iter().map(ToString::to_string).collect();
            facts
                .statuses_of(&types)
                .into_iter()
                .map(|status| status.name.clone())
                .collect()
        };
        assert_eq!(of(&["10"]), ["To Do", "Done"]);
        assert_eq!(of(&["20", "10"]), ["To Do", "Done", "Fixed"]);
        assert!(of(&[]).is_empty(), "whose statuses nobody has said yet");
    }
}
