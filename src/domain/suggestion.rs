//! Suggestions for mapping tables, with the reason for each.
//!
//! A suggestion is never applied by itself. Names are compared folded: case, accents and punctuation
//! set aside. In order of trust: the very name, the folded name, a synonym (English and German), a
//! word inside the name, Jira's status category, the place in Jira's order.

use serde::{Deserialize, Serialize};

use crate::domain::{jira::StatusCategory, mapping::Target};

/// A value of Jira to be mapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceValue {
    /// Jira's id, or [`crate::domain::mapping::EMPTY`].
    pub id: String,
    /// Display name.
    pub name: String,
    /// Status category; `None` for what is no status.
    pub category: Option<StatusCategory>,
}

/// Why a target is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The names are equal.
    SameName,
    /// Equal but for case, accents, punctuation.
    FoldedName,
    /// A known word for it.
    Synonym,
    /// Jira's status category.
    Category,
    /// Its place in Jira's order.
    Order,
}

impl Reason {
    /// Why, in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::SameName => "Same name",
            Self::FoldedName => "Same name, spelled differently",
            Self::Synonym => "Synonym",
            Self::Category => "Status category",
            Self::Order => "Place in the order",
        }
    }

    /// Words of the badge of a chosen value that agrees with it.
    pub fn badge(self) -> &'static str {
        match self {
            Self::SameName | Self::FoldedName => "Same name",
            Self::Synonym | Self::Category | Self::Order => "Suggested",
        }
    }
}

/// A suggestion for one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion<T> {
    /// Jira's id of the value.
    pub id: String,
    /// What it may be.
    pub target: T,
    /// Why.
    pub reason: Reason,
    /// Percent of trust, 1 to 100.
    pub confidence: u8,
}

/// What the suggester has to know of a target list; the words themselves are in `synonyms`.
pub trait Suggest: Target {
    /// Folded words and phrases for each target, English and German.
    const SYNONYMS: &'static [(Self, &'static [&'static str])];
    /// Strongest to weakest, where Jira lists such values in that order and the place says
    /// something; empty elsewhere.
    const SCALE: &'static [Self];

    /// What a status category suggests.
    fn of_category(_: StatusCategory) -> Option<Self> {
        None
    }
}

/// Suggests a target for as many of the values as possible. `values` are in Jira's order.
pub fn suggest<T: Suggest>(values: &[SourceValue]) -> Vec<Suggestion<T>> {
    let by_name: Vec<Option<(T, Reason, u8)>> = values.iter().map(suggest_one).collect();
    values
        .iter()
        .enumerate()
        .filter_map(|(at, value)| {
            let found = by_name[at].or_else(|| by_order(&by_name, at));
            found.map(|(target, reason, confidence)| Suggestion {
                id: value.id.clone(),
                target,
                reason,
                confidence,
            })
        })
        .collect()
}

/// Why a value's mapping to `target` needs no other explanation: its name or its category alone suggests
/// it. `None` where a person knew better, and for what only the place in Jira's order suggests.
pub fn explain<T: Suggest>(value: &SourceValue, target: T) -> Option<Reason> {
    suggest_one::<T>(value)
        .filter(|(suggested, ..)| *suggested == target)
        .map(|(_, reason, _)| reason)
}

fn suggest_one<T: Suggest>(value: &SourceValue) -> Option<(T, Reason, u8)> {
    if let Some(target) = T::ALL.iter().find(|target| target.label() == value.name.trim()) {
        return Some((*target, Reason::SameName, 100));
    }
    let folded = fold(&value.name);
    let compact = folded.replace(' ', "");
    if let Some(target) = T::ALL
        .iter()
        .find(|target| fold(target.label()).replace(' ', "") == compact)
    {
        return Some((*target, Reason::FoldedName, 95));
    }
    let category = value.category.and_then(T::of_category);
    let whole = |words: &&str| words.replace(' ', "") == compact;
    if let Some((target, _)) = T::SYNONYMS.iter().find(|(_, words)| words.iter().any(&whole)) {
        // Jira's own category speaks against the word: trust it less, but the word is more precise.
        let agrees = category.is_none_or(|category| category == *target);
        return Some((*target, Reason::Synonym, if agrees { 90 } else { 70 }));
    }
    if let Some(target) = by_part::<T>(&folded, value.category) {
        return Some((target, Reason::Synonym, 60));
    }
    category.map(|target| (target, Reason::Category, 50))
}

/// The longest known phrase inside the name, on word borders. A part that contradicts the status
/// category loses against it ("waiting for legal" in progress), and so does a negated one.
fn by_part<T: Suggest>(folded: &str, category: Option<StatusCategory>) -> Option<T> {
    let padded = format!(" {folded} ");
    let negated = ["not", "no", "non", "nicht", "kein", "keine", "un"]
        .iter()
        .any(|word| padded.contains(&format!(" {word} ")));
    if negated {
        return None;
    }
    let labels = T::ALL.iter().map(|target| (*target, fold(target.label())));
    let synonyms = T::SYNONYMS
        .iter()
        .flat_map(|(target, words)| words.iter().map(|word| (*target, (*word).to_owned())));
    let (target, _) = labels
        .chain(synonyms)
        .filter(|(_, phrase)| phrase.len() >= 2 && padded.contains(&format!(" {phrase} ")))
        .max_by_key(|(target, phrase)| (phrase.len(), std::cmp::Reverse(*target)))?;
    let of = |category| T::of_category(category) == Some(target);
    let Some(category) = category.filter(|category| T::of_category(*category).is_some()) else {
        return Some(target);
    };
    let speaks_for_a_category = [
        StatusCategory::ToDo,
        StatusCategory::InProgress,
        StatusCategory::Done,
    ]
    .into_iter()
    .any(of);
    let agrees = if speaks_for_a_category {
        of(category)
    } else {
        category == StatusCategory::Done
    };
    agrees.then_some(target)
}

/// A value whose name says nothing: between its known neighbours, or spread over the scale by its
/// place when no value of the list is known.
fn by_order<T: Suggest>(known: &[Option<(T, Reason, u8)>], at: usize) -> Option<(T, Reason, u8)> {
    let last = T::SCALE.len().checked_sub(1)?;
    let place = |found: &Option<(T, Reason, u8)>| {
        found.and_then(|(target, ..)| T::SCALE.iter().position(|step| *step == target))
    };
    let before = known[..at].iter().rev().find_map(place);
    let after = known[at + 1..].iter().find_map(place);
    let (step, confidence) = match (before, after) {
        (Some(before), Some(after)) => (usize::midpoint(before, after), 30),
        // Before the first known value things are one step stronger, behind the last one step weaker.
        (None, Some(after)) => (after.saturating_sub(1), 20),
        (Some(before), None) => ((before + 1).min(last), 20),
        (None, None) if known.len() >= 2 => (at * last / (known.len() - 1), 20),
        (None, None) => return None,
    };
    T::SCALE
        .get(step)
        .map(|target| (*target, Reason::Order, confidence))
}

/// Folds a name: lower case, without accents, everything that is no letter or digit as one space.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase) {
        match plain(character) {
            Some(plain) => folded.push_str(plain),
            None if is_accent(character) => {}
            None if character.is_alphanumeric() => folded.push(character),
            // "won't" and "Won’t" stay one gap; gaps are made single below.
            None => folded.push(' '),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_accent(character: char) -> bool {
    matches!(character, '\u{0300}'..='\u{036F}')
}

/// Letters with accents of the languages of Western and Central Europe; no table of all of Unicode,
/// which the browser would have to load.
fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' | 'ľ' | 'ĺ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'ř' | 'ŕ' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}

#[cfg(test)]
#[path = "suggestion_tests.rs"]
mod tests;
