//! Mapping tables as pages show them: rows of Jira's values, numbers, suggestions.
//!
//! A suggestion is only shown; it is put in by [`accept_suggestions`] when a person presses the button.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    api::wizard::{MappingRow, MappingView},
    domain::{
        field_suggestion::suggest_severity_field,
        jira::{NamedValue, Status},
        mapping::{EMPTY, MappingTable, Rule},
        suggestion::{SourceValue, Suggest, Suggestion, fold, suggest},
        type_suggestion::suggest_types,
        wizard::{BugStatusSource, Settings},
        wizard_facts::Facts,
        wizard_gaps::OverValue,
        wizard_steps::StepId,
    },
    server::{
        app::wizard::counts::{CountBook, Counted},
        jira::jql::Jql,
    },
};

/// A value of Jira that a table has a row for.
#[derive(Clone, Debug)]
pub struct Value {
    source: SourceValue,
    /// Where it is used, for values of the same name.
    used_by: String,
    /// Query that counts it.
    jql: Option<String>,
}

/// Words of a table.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Names the table.
    pub caption: &'static str,
    /// What its suggestions are for.
    pub noun: &'static str,
    /// What is mapped.
    pub source: &'static str,
    /// To what.
    pub target: &'static str,
    /// First part of its field names.
    pub prefix: &'static str,
    /// What its rows count: one and several.
    pub items: (&'static str, &'static str),
    /// Why it may be empty.
    pub empty: &'static str,
}

/// Stands for the work item types in the button that accepts suggestions.
const TYPES: &str = "types";
/// Stands for the severity field in the button that accepts suggestions.
const SEVERITY_FIELD: &str = "severity_field";
/// Why a table of statuses waits.
pub const NO_TYPES: &str = "Which values there are depends on the work item types. Choose them above, then their values appear here.";

/// What the tables of step 6 count.
const BUGS: (&str, &str) = ("bug", "bugs");

/// Words of the tables.
pub const PRIORITIES: Words = Words {
    caption: "Priority mapping",
    noun: "priority",
    source: "Jira priority",
    target: "Traceline priority",
    prefix: "map",
    items: ("work item", "work items"),
    empty: "This Jira project has no priorities. All work items get the default.",
};
pub const REQUIREMENT_STATUSES: Words = Words {
    caption: "Requirement status mapping",
    noun: "status",
    source: "Jira status",
    target: "Traceline status",
    prefix: "map",
    items: ("requirement", "requirements"),
    empty: "The chosen work item types have no statuses. Check the chosen types.",
};
pub const BUG_STATUSES: Words = Words {
    caption: "Bug status mapping",
    noun: "status",
    source: "Jira status",
    target: "Traceline status",
    prefix: "map",
    items: BUGS,
    empty: "The chosen work item types have no statuses. Check the chosen types.",
};
pub const BUG_RESOLUTIONS: Words = Words {
    caption: "Bug resolution mapping",
    noun: "resolution",
    source: "Jira resolution",
    target: "Traceline status",
    prefix: "resolution",
    items: BUGS,
    empty: "This Jira site has no resolutions.",
};
pub const SEVERITIES: Words = Words {
    caption: "Bug severity mapping",
    noun: "severity",
    source: "Jira severity",
    target: "Traceline severity",
    prefix: "severity",
    items: BUGS,
    empty: "Jira lists no values for this field on the chosen work item types. Choose the types of bugs and save, or choose another field.",
};

fn scope(settings: &Settings, type_ids: &BTreeSet<String>) -> Option<Jql> {
    let project = settings.project.as_ref()?;
    let types: Vec<String> = type_ids.iter().cloned().collect();
    Some(Jql::in_project(&project.id).of_types(&types))
}

/// The requirements; `None` while no type is chosen or they are off.
pub fn requirements_scope(settings: &Settings) -> Option<Jql> {
    let types = &settings.requirement.type_ids;
    (settings.pull_requirements && !types.is_empty())
        .then(|| scope(settings, types))
        .flatten()
}

/// Query that counts the requirements; `None` as for [`requirements_scope`].
pub fn requirements_query(settings: &Settings) -> Option<String> {
    Some(requirements_scope(settings)?.build())
}

/// Query that counts the work items of one type.
pub fn type_query(settings: &Settings, type_id: &str) -> Option<String> {
    let one = BTreeSet::from([type_id.to_owned()]);
    Some(scope(settings, &one)?.build())
}

/// Query that counts the bugs.
pub fn bugs_query(settings: &Settings) -> Option<String> {
    let types = &settings.bugs.type_ids;
    if !settings.bug_mapping || types.is_empty() {
        None
    } else {
        Some(scope(settings, types)?.build())
    }
}

fn named(values: &[NamedValue], query: impl Fn(&[String]) -> Option<Jql>) -> Vec<Value> {
    values
        .iter()
        .map(|value| Value {
            source: SourceValue {
                id: value.id.clone(),
                name: value.name.clone(),
                category: None,
            },
            used_by: String::new(),
            jql: query(std::slice::from_ref(&value.id)).map(|jql| jql.build()),
        })
        .collect()
}

fn statuses(facts: &Facts, values: &[&Status], query: impl Fn(&[String]) -> Option<Jql>) -> Vec<Value> {
    let type_name = |id: &String| {
        facts
            .issue_types
            .iter()
            .find(|known| known.id == *id)
            .map(|known| known.name.as_str())
    };
    values
        .iter()
        .map(|status| Value {
            source: SourceValue {
                id: status.id.clone(),
                name: status.name.clone(),
                category: Some(status.category),
            },
            used_by: status
                .issue_type_ids
                .iter()
                .filter_map(type_name)
                .take(4)
                .collect::<Vec<_>>()
                .join(", "),
            jql: query(std::slice::from_ref(&status.id)).map(|jql| jql.build()),
        })
        .collect()
}

/// Values of the priority table.
pub fn priority_values(settings: &Settings, facts: &Facts) -> Vec<Value> {
    let types = settings.wanted_type_ids();
    named(&facts.priorities, |id| {
        Some(scope(settings, &types)?.with_priorities(id))
    })
}

/// Values of the requirement status table.
pub fn requirement_values(settings: &Settings, facts: &Facts) -> Vec<Value> {
    let types = &settings.requirement.type_ids;
    statuses(facts, &facts.statuses_of(types), |id| {
        Some(scope(settings, types)?.in_statuses(id))
    })
}

/// Values of the bug status table of the chosen source; of resolutions the empty one comes first. None
/// while nobody has said which types are bugs.
pub fn bug_values(settings: &Settings, facts: &Facts) -> Vec<Value> {
    let types = &settings.bugs.type_ids;
    if types.is_empty() {
        return Vec::new();
    }
    match settings.bugs.status_source {
        BugStatusSource::Status => statuses(facts, &facts.statuses_of(types), |id| {
            Some(scope(settings, types)?.in_statuses(id))
        }),
        BugStatusSource::Resolution => {
            let empty = Value {
                source: SourceValue {
                    id: EMPTY.into(),
                    name: "Empty (unresolved)".into(),
                    category: None,
                },
                used_by: String::new(),
                jql: scope(settings, types).map(|jql| jql.unresolved().build()),
            };
            let rest = named(&facts.resolutions, |id| {
                Some(scope(settings, types)?.with_resolutions(id))
            });
            std::iter::once(empty).chain(rest).collect()
        }
    }
}

/// Values of the severity table, the empty one first; none while the field has no options.
pub fn severity_values(settings: &Settings, facts: &Facts) -> Vec<Value> {
    let types = &settings.bugs.type_ids;
    let field = settings.bugs.severity_field.as_deref();
    let empty = (!facts.severity_options.is_empty()).then(|| Value {
        source: SourceValue {
            id: EMPTY.into(),
            name: "Empty (no severity chosen)".into(),
            category: None,
        },
        used_by: String::new(),
        jql: field.and_then(|field| Some(scope(settings, types)?.without(field).build())),
    });
    let options = named(&facts.severity_options, |id| {
        Some(scope(settings, types)?.with_option(field?, id.first()?))
    });
    empty.into_iter().chain(options).collect()
}

/// How many bugs have each of these values of the table of bug statuses, and whether Jira counted rather
/// than estimated.
pub fn bug_numbers(
    settings: &Settings,
    facts: &Facts,
    values: Vec<NamedValue>,
    book: &CountBook,
) -> (Vec<OverValue>, bool) {
    let rows = bug_values(settings, facts);
    let find = |id: &str| {
        let row = rows.iter().find(|row| row.source.id == id)?;
        book.find(row.jql.as_deref()?)
    };
    let exact = !values
        .iter()
        .filter_map(|value| find(&value.id))
        .any(Counted::is_estimate);
    let values = values
        .into_iter()
        .map(|value| OverValue {
            bugs: find(&value.id).map(|found| found.n),
            name: value.name,
        })
        .collect();
    (values, exact)
}

/// Queries of values, for counting.
pub fn queries(values: &[Value]) -> impl Iterator<Item = String> + '_ {
    values.iter().filter_map(|value| value.jql.clone())
}

fn suggestions<T: Suggest>(values: &[Value]) -> BTreeMap<String, Suggestion<T>> {
    let sources: Vec<SourceValue> = values
        .iter()
        .map(|value| value.source.clone())
        .filter(|value| value.id != EMPTY)
        .collect();
    suggest::<T>(&sources)
        .into_iter()
        .map(|found| (found.id.clone(), found))
        .collect()
}

/// What a chosen target rests on. A choice that agrees with the suggestion has its badge, whoever made it.
fn origin<T: Suggest>(suggested: Option<&Suggestion<T>>, chosen: T) -> String {
    suggested
        .filter(|found| found.target == chosen)
        .map_or(Rule::Chosen.label(), |found| found.reason.badge())
        .to_owned()
}

/// A table for the page.
pub fn table_view<T: Suggest>(
    table: &MappingTable<T>,
    values: &[Value],
    words: Words,
    book: &CountBook,
    only_unmapped: bool,
) -> MappingView {
    let suggested = suggestions::<T>(values);
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for value in values {
        *names.entry(fold(&value.source.name)).or_default() += 1;
    }
    let is_gap = |value: &Value| value.source.id != EMPTY && !table.by_id.contains_key(&value.source.id);
    let count = |value: &Value| value.jql.as_deref().and_then(|jql| book.find(jql));
    let rows = values
        .iter()
        .filter(|value| !only_unmapped || is_gap(value))
        .map(|value| {
            let id = &value.source.id;
            let twin = names
                .get(&fold(&value.source.name))
                .is_some_and(|count| *count > 1);
            let distinction = match (twin, value.used_by.is_empty()) {
                (false, _) => String::new(),
                (true, true) => format!("id {id}"),
                (true, false) => format!("id {id}, used by {}", value.used_by),
            };
            let chosen = table.by_id.get(id);
            MappingRow {
                id: id.clone(),
                name: value.source.name.clone(),
                distinction,
                count: count(value).map(|found| found.n),
                chosen: chosen.map(|target| target.code().to_owned()).unwrap_or_default(),
                origin: chosen
                    .map(|target| origin(suggested.get(id), *target))
                    .unwrap_or_default(),
                without: table
                    .map_without_row(Some(id.as_str()).filter(|id| *id != EMPTY))
                    .value
                    .label()
                    .to_owned(),
                suggestion: suggested
                    .get(id)
                    .filter(|_| chosen.is_none())
                    .map(|found| (found.target.label().to_owned(), found.reason.label().to_owned())),
                empty: id == EMPTY,
            }
        })
        .collect();
    let gaps: Vec<&Value> = values.iter().filter(|value| is_gap(value)).collect();
    MappingView {
        caption: words.caption.into(),
        source: words.source.into(),
        target: words.target.into(),
        noun: words.noun.into(),
        prefix: words.prefix.into(),
        rows,
        targets: T::ALL
            .iter()
            .map(|target| (target.code().to_owned(), target.label().to_owned()))
            .collect(),
        default: table.default.code().into(),
        total: values.len(),
        mapped: values
            .iter()
            .filter(|value| value.source.id != EMPTY && !is_gap(value))
            .count(),
        estimated: values.iter().filter_map(count).any(Counted::is_estimate),
        items: (words.items.0.into(), words.items.1.into()),
        unmapped: gaps.len(),
        suggestions: gaps
            .iter()
            .filter(|value| suggested.contains_key(&value.source.id))
            .count(),
        only_unmapped,
        empty_reason: if values.is_empty() {
            words.empty.into()
        } else {
            String::new()
        },
        empty_counts_as: values
            .iter()
            .find(|value| value.source.id == EMPTY && !table.by_id.contains_key(EMPTY))
            .map(|_| table.map_without_row(None).value.label().to_owned())
            .unwrap_or_default(),
    }
}

fn accept<T: Suggest>(table: &mut MappingTable<T>, values: &[Value]) {
    for (id, found) in suggestions::<T>(values) {
        table.by_id.entry(id).or_insert(found.target);
    }
}

/// Puts the suggestions of a step's tables in where nothing was chosen; of the table with this prefix
/// alone, unless it is empty. The suggested work item types and the suggested severity field are chosen
/// only when `table` names them.
pub fn accept_suggestions(settings: &mut Settings, step: StepId, facts: &Facts, table: &str) {
    if table == TYPES {
        let ids: Vec<String> = suggest_types(settings, facts, step)
            .into_iter()
            .map(|found| found.id)
            .collect();
        match step {
            StepId::Bugs => settings.bugs.type_ids.extend(ids),
            _ => settings.requirement.type_ids.extend(ids),
        }
        return;
    }
    if table == SEVERITY_FIELD {
        if let Some(field) = suggest_severity_field(settings, facts).map(|field| field.id.clone()) {
            settings.change_severity_field(Some(field));
        }
        return;
    }
    let wanted = |words: Words| table.is_empty() || table == words.prefix;
    match step {
        StepId::Priorities => {
            let values = priority_values(settings, facts);
            accept(&mut settings.priorities, &values);
        }
        StepId::Requirements => {
            let values = requirement_values(settings, facts);
            accept(&mut settings.requirement.statuses, &values);
        }
        StepId::Bugs => {
            let (severities, values) = (severity_values(settings, facts), bug_values(settings, facts));
            if settings.bugs.severity_field.is_some() && wanted(SEVERITIES) {
                accept(&mut settings.bugs.severities, &severities);
            }
            match settings.bugs.status_source {
                BugStatusSource::Status if wanted(BUG_STATUSES) => {
                    accept(&mut settings.bugs.statuses, &values);
                }
                BugStatusSource::Resolution if wanted(BUG_RESOLUTIONS) => {
                    accept(&mut settings.bugs.resolutions, &values);
                }
                BugStatusSource::Status | BugStatusSource::Resolution => {}
            }
        }
        StepId::Project | StepId::Features | StepId::Iterations => {}
    }
}
