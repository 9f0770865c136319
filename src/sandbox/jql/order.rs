//! ORDER BY: what issues are compared by.
//!
//! Missing values come last when ascending and first when descending, as in Jira. Lists with an order
//! of their own (priorities, statuses, versions) are compared by it, people by their names.

use std::{cmp::Ordering, collections::HashMap};

use serde_json::Value;

use super::{
    compile::unknown_field,
    fields::{Field, NumberField, TextField, TimeField, WordField, find_field},
    query::Order,
    test::{number_of, time_of, word_of},
};
use crate::sandbox::world::{Custom, Facts, Word, World, read_id};

/// One field of an order.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) by: By,
    pub(super) descending: bool,
}

#[derive(Debug)]
pub(super) enum By {
    Id,
    Rank,
    Key(HashMap<u32, i64>),
    Time(TimeField),
    /// A place in a list, by id.
    Place(NumberField, HashMap<i64, i64>),
    Number(NumberField),
    Word(WordField, HashMap<Word, i64>),
    Text(TextField),
    Custom(Vec<u32>),
}

/// A value to compare; `None` for a missing one.
#[derive(Clone, Debug, PartialEq)]
enum SortValue {
    Number(i64),
    Float(f64),
    Text(String),
}

/// Most fields an order may have on Cloud.
const MOST: usize = 7;

/// The order of a query and what is wrong with it.
pub(super) fn plan_order(order: &[Order], world: &World) -> (Vec<Key>, Vec<String>) {
    let mut problems = Vec::new();
    let mut keys = Vec::new();
    for part in order {
        match find_field(world, &part.field) {
            None => problems.push(unknown_field(&part.field)),
            Some(field) if !field.sorts() => {
                problems.push(format!("Not able to sort using field '{}'.", part.field));
            }
            Some(field) => keys.push(Key {
                descending: part.descending.unwrap_or_else(|| field.descends()),
                by: plan_key(field, &part.field, world),
            }),
        }
    }
    if world.is_cloud() && order.len() > MOST {
        problems.push(format!(
            "The maximum number of fields in the ORDER BY clause is {MOST}."
        ));
    }
    (keys, problems)
}

fn places<'v>(entries: impl Iterator<Item = &'v Value>) -> HashMap<i64, i64> {
    (0..)
        .zip(entries)
        .map(|(place, entry)| (i64::from(read_id(&entry["id"])), place))
        .collect()
}

fn plan_key(field: Field, name: &str, world: &World) -> By {
    match field {
        Field::Numbers(NumberField::Id) if name.eq_ignore_ascii_case("id") => By::Id,
        Field::Rank if world.store.has_ranks() => By::Rank,
        Field::Rank => By::Id,
        Field::Numbers(NumberField::Id) => By::Key(rank_projects(world, |project| project.key.clone())),
        Field::Numbers(NumberField::Project) => {
            let ranks = rank_projects(world, |project| project.name.to_lowercase());
            let ranks = ranks.into_iter().map(|(id, place)| (i64::from(id), place));
            By::Place(NumberField::Project, ranks.collect())
        }
        Field::Numbers(NumberField::Status) | Field::Category => {
            By::Place(NumberField::Status, places(world.statuses.iter()))
        }
        Field::Numbers(NumberField::IssueType) => {
            By::Place(NumberField::IssueType, places(world.issue_types.iter()))
        }
        // The list begins with the most urgent, which is the greatest.
        Field::Numbers(NumberField::Priority) => {
            By::Place(NumberField::Priority, places(world.priorities.iter().rev()))
        }
        Field::Numbers(NumberField::Resolution) => {
            By::Place(NumberField::Resolution, places(world.resolutions.iter()))
        }
        Field::Numbers(other) => By::Number(other),
        Field::Words(word) => By::Word(word, world.rank_words()),
        Field::Time(time) => By::Time(time),
        Field::Text(text) => By::Text(text),
        Field::Custom(numbers, _) => By::Custom(numbers),
        Field::Filter => By::Id,
    }
}

/// Projects by their place among the names given.
fn rank_projects(
    world: &World,
    name: impl Fn(&crate::sandbox::world::Project) -> String,
) -> HashMap<u32, i64> {
    let mut names: Vec<(String, u32)> = world
        .projects
        .iter()
        .map(|project| (name(project), project.id.parse().unwrap_or_default()))
        .collect();
    names.sort_unstable();
    (0..).zip(names).map(|(place, (_, id))| (id, place)).collect()
}

impl Key {
    fn value(&self, facts: &Facts, world: &World) -> Option<SortValue> {
        match &self.by {
            By::Id => Some(SortValue::Number(facts.id)),
            By::Rank => Some(SortValue::Number(world.store.rank(facts.id))),
            By::Key(ranks) => {
                let place = ranks.get(&facts.project).copied().unwrap_or_default();
                Some(SortValue::Number((place << 32) + i64::from(facts.number)))
            }
            By::Time(field) => time_of(facts, *field).map(SortValue::Number),
            By::Place(field, ranks) => {
                let id = number_of(facts, *field)?;
                Some(SortValue::Number(ranks.get(&id).copied().unwrap_or(i64::MAX)))
            }
            By::Number(field) => number_of(facts, *field).map(SortValue::Number),
            By::Word(field, ranks) => {
                let word = word_of(facts, *field)?;
                Some(SortValue::Number(ranks.get(&word).copied().unwrap_or(i64::MAX)))
            }
            By::Text(field) => {
                let texts = world.list_texts(facts.id);
                let text = match field {
                    TextField::Description => texts.description,
                    TextField::Environment => texts.environment,
                    _ => texts.summary,
                };
                (!text.is_empty()).then(|| SortValue::Text(text.to_lowercase()))
            }
            By::Custom(numbers) => {
                let (_, value) = facts.custom.iter().find(|(number, _)| numbers.contains(number))?;
                match value {
                    Custom::Named(_, word) | Custom::Word(word) => {
                        Some(SortValue::Text(world.words.get(*word).to_lowercase()))
                    }
                    Custom::Number(number) => Some(SortValue::Float(*number)),
                    Custom::Time(time) => Some(SortValue::Number(*time)),
                    Custom::Other => None,
                }
            }
        }
    }
}

fn compare_values(a: &SortValue, b: &SortValue) -> Ordering {
    match (a, b) {
        (SortValue::Number(a), SortValue::Number(b)) => a.cmp(b),
        (SortValue::Float(a), SortValue::Float(b)) => a.total_cmp(b),
        (SortValue::Text(a), SortValue::Text(b)) => a.cmp(b),
        // One field gives one kind of value; a mixture keeps its place.
        _ => Ordering::Equal,
    }
}

/// Sorts issues; equal ones by id, in the direction of the last field (newest first without any).
pub(super) fn sort(keys: &[Key], found: Vec<&Facts>, world: &World) -> Vec<i64> {
    let last_descends = keys.last().is_none_or(|key| key.descending);
    let mut rows: Vec<(Vec<Option<SortValue>>, i64)> = found
        .into_iter()
        .map(|facts| {
            let values = keys.iter().map(|key| key.value(facts, world)).collect();
            (values, facts.id)
        })
        .collect();
    rows.sort_unstable_by(|(a, a_id), (b, b_id)| {
        for (key, (a, b)) in keys.iter().zip(a.iter().zip(b)) {
            let by = match (a, b) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(a), Some(b)) => compare_values(a, b),
            };
            let by = if key.descending { by.reverse() } else { by };
            if by != Ordering::Equal {
                return by;
            }
        }
        if last_descends {
            b_id.cmp(a_id)
        } else {
            a_id.cmp(b_id)
        }
    });
    rows.into_iter().map(|(_, id)| id).collect()
}
