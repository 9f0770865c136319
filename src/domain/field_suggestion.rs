//! Which Jira field probably holds the severity of bugs, by its name.
//!
//! A suggestion is offered and never applied by itself. Names are compared folded, in English and German.

use crate::domain::{jira::Field, suggestion::fold, wizard::Settings, wizard_facts::Facts};

/// Names that say nothing but severity.
const EXACT: &[&str] = &["severity", "schweregrad"];
/// Words that say it inside a longer name.
const WORDS: &[&str] = &["severity", "schweregrad", "fehlerschwere"];

/// The field to offer while none is chosen: one called Severity before one whose name has the word in
/// it, each in Jira's order.
pub fn suggest_severity_field<'a>(settings: &Settings, facts: &'a Facts) -> Option<&'a Field> {
    let project = settings.project.as_ref()?;
    if settings.bugs.severity_field.is_some() {
        return None;
    }
    let fields = facts.severity_fields(&project.id);
    let find = |fits: &dyn Fn(&str) -> bool| fields.iter().copied().find(|field| fits(&fold(&field.name)));
    find(&|name| EXACT.contains(&name))
        .or_else(|| find(&|name| name.split(' ').any(|word| WORDS.contains(&word))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{jira::FieldKind, test_data as data};

    fn suggested(names: &[&str]) -> Option<String> {
        let fields = names
            .iter()
            .map(|name| Field {
                id: (*name).into(),
                name: (*name).into(),
                custom: true,
                kind: FieldKind::Option,
                scope_project_id: None,
            })
            .collect();
        let facts = Facts {
            fields,
            ..data::facts()
        };
        suggest_severity_field(&data::settings(), &facts).map(|field| field.name.clone())
    }

    #[test]
    fn the_name_speaks_for_it() {
        assert_eq!(suggested(&["Market", "Severity"]).as_deref(), Some("Severity"));
        assert_eq!(
            suggested(&["Bug severity", "SEVERITY"]).as_deref(),
            Some("SEVERITY"),
            "the very name before a part of one"
        );
        assert_eq!(
            suggested(&["Schweregrad (intern)"]).as_deref(),
            Some("Schweregrad (intern)")
        );
        assert_eq!(suggested(&["Market", "Perseverity"]), None);
    }

    #[test]
    fn a_chosen_field_ends_the_question_and_foreign_ones_are_not_offered() {
        let mut settings = data::settings();
        let found = suggest_severity_field(&settings, &data::facts()).map(|field| field.id.clone());
        assert_eq!(found.as_deref(), Some("customfield_2"));
        settings.bugs.severity_field = Some("customfield_9".into());
        assert_eq!(suggest_severity_field(&settings, &data::facts()), None);
    }
}
