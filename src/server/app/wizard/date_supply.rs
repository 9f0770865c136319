//! How many requirements each source of the release date supplies: what Jira is asked, and the answer in
//! numbers of the page.

use crate::{
    api::wizard::{DatePart, DateSupplyView},
    domain::{
        date_supply::supply, release_date::DateSource, wizard::Settings, wizard_facts::Facts,
        wizard_offer::source_choices,
    },
    server::{
        app::wizard::{
            counts::CountBook,
            lists::Looked,
            tables::{requirements_query, requirements_scope},
        },
        jira::jql::Jql,
    },
};

/// Most releases or sprints that a query names; with more of them the numbers are left out.
const MOST_NAMED: usize = 400;

/// For each source that counts the query of the requirements that neither it nor one before it dates;
/// none where that cannot be asked.
pub fn queries(settings: &Settings, looked: &Looked) -> Vec<String> {
    let Some(all) = requirements_scope(settings) else {
        return Vec::new();
    };
    let left = settings
        .date_sources()
        .iter()
        .try_fold((all, Vec::new()), |(before, mut queries), source| {
            let left = without_date(before, source, looked)?;
            queries.push(left.build());
            Some((left, queries))
        });
    left.map(|(_, queries)| queries).unwrap_or_default()
}

/// What of these is left without a date of a source, by the rules of [`crate::domain::release_date`].
fn without_date(scope: Jql, source: &DateSource, looked: &Looked) -> Option<Jql> {
    let none_of = |field: &str, ids: Vec<String>| {
        (ids.len() <= MOST_NAMED).then(|| scope.clone().with_none_of(field, &ids))
    };
    match source {
        DateSource::FixVersionDate => {
            let dated = looked
                .lists
                .as_ref()?
                .releases
                .iter()
                .filter(|release| release.release_date.is_some())
                .map(|release| release.id.clone());
            none_of("fixVersion", dated.collect())
        }
        DateSource::SprintEndDate => {
            let dated = looked
                .sprints
                .as_ref()?
                .iter()
                .filter(|sprint| sprint.end_at.or(sprint.completed_at).is_some())
                .map(|sprint| sprint.id.to_string());
            none_of("sprint", dated.collect())
        }
        DateSource::DueDate => Some(scope.without("due")),
        DateSource::ResolvedDate => Some(scope.without("resolved")),
        DateSource::CustomField { id } => Some(scope.without(id)),
    }
}

/// The numbers of the chosen sources; `None` while one of them is not known, or there is nothing to count.
pub fn view(settings: &Settings, facts: &Facts, looked: &Looked, book: &CountBook) -> Option<DateSupplyView> {
    let total = book.find(&requirements_query(settings)?)?;
    let left = queries(settings, looked)
        .iter()
        .map(|query| book.find(query))
        .collect::<Option<Vec<_>>>()?;
    let sources = settings.date_sources();
    if total.n == 0 || left.is_empty() {
        return None;
    }
    let found = supply(total.n, &left.iter().map(|count| count.n).collect::<Vec<_>>());
    let choices = source_choices(settings, facts);
    let label = |source: &DateSource| {
        let known = choices.iter().find(|choice| choice.source == *source);
        known.map_or_else(|| source.code().to_owned(), |choice| choice.label.clone())
    };
    let parts = sources
        .iter()
        .zip(found.supplied)
        .map(|(source, n)| DatePart {
            code: source.code().to_owned(),
            label: label(source),
            n,
        })
        .collect();
    Some(DateSupplyView {
        parts,
        undated: found.undated,
        total: total.n,
        exact: total.exact && left.iter().all(|count| count.exact),
    })
}
