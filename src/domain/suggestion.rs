//! Suggestions for mapping tables, with the reason for each.
//!
//! A suggestion is never applied by itself. Names are compared folded: case, accents and punctuation
//! set aside. In order of trust: the very name, the folded name, a synonym (English and German), a
//! word inside the name, Jira's status category, the place in Jira's order.

use serde::{Deserialize, Serialize};

use crate::domain::{
    jira::StatusCategory,
    mapping::{BugStatus, Priority, RequirementStatus, Severity, Target},
};

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
    /// Words for the badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::SameName => "Same name",
            Self::FoldedName => "Same name, spelled differently",
            Self::Synonym => "Similar meaning",
            Self::Category => "Status category",
            Self::Order => "Place in the order",
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

/// What the suggester has to know of a target list.
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

impl Suggest for Priority {
    const SCALE: &'static [Self] = &[Self::Critical, Self::High, Self::Medium, Self::Low];
    const SYNONYMS: &'static [(Self, &'static [&'static str])] = &[
        (
            Self::Critical,
            &[
                "highest",
                "blocker",
                "urgent",
                "critical",
                "p0",
                "p1",
                "prio 1",
                "prio1",
                "immediate",
                "emergency",
                "showstopper",
                "hochste",
                "am hochsten",
                "sehr hoch",
                "kritisch",
                "dringend",
                "sofort",
                "blockierend",
                "blocker kritisch",
                "notfall",
            ],
        ),
        (
            Self::High,
            &[
                "major",
                "high",
                "important",
                "p2",
                "prio 2",
                "prio2",
                "hoch",
                "wichtig",
                "schwerwiegend",
                "dringlich",
            ],
        ),
        (
            Self::Medium,
            &[
                "medium", "normal", "moderate", "default", "standard", "p3", "prio 3", "prio3", "mittel",
                "mittlere", "regular",
            ],
        ),
        (
            Self::Low,
            &[
                "low",
                "lowest",
                "minor",
                "trivial",
                "p4",
                "p5",
                "prio 4",
                "prio 5",
                "niedrig",
                "niedrigste",
                "am niedrigsten",
                "gering",
                "sehr niedrig",
                "unwichtig",
                "klein",
                "nice to have",
                "someday",
                "irgendwann",
            ],
        ),
        (
            Self::None,
            &[
                "none",
                "no priority",
                "not set",
                "unset",
                "undefined",
                "unprioritized",
                "keine",
                "ohne",
                "nicht gesetzt",
                "nicht festgelegt",
                "unpriorisiert",
                "tbd",
                "to be decided",
                "offen",
            ],
        ),
    ];
}

impl Suggest for Severity {
    const SCALE: &'static [Self] = Self::ALL;
    const SYNONYMS: &'static [(Self, &'static [&'static str])] = &[
        (
            Self::Blocker,
            &[
                "blocker",
                "blocking",
                "showstopper",
                "s0",
                "sev0",
                "fatal",
                "blockierend",
                "blockade",
                "blockiert",
                "1 blocker",
                "s1 blocker",
            ],
        ),
        (
            Self::Critical,
            &[
                "critical",
                "highest",
                "severe",
                "very high",
                "s1",
                "sev1",
                "sev 1",
                "severity 1",
                "crash",
                "data loss",
                "kritisch",
                "sehr hoch",
                "hochste",
                "datenverlust",
                "absturz",
            ],
        ),
        (
            Self::Major,
            &[
                "major",
                "high",
                "serious",
                "important",
                "s2",
                "sev2",
                "sev 2",
                "severity 2",
                "hoch",
                "schwer",
                "schwerwiegend",
                "wichtig",
                "gross",
                "erheblich",
                "hauptfehler",
            ],
        ),
        (
            Self::Minor,
            &[
                "minor",
                "medium",
                "moderate",
                "normal",
                "s3",
                "sev3",
                "sev 3",
                "severity 3",
                "low",
                "mittel",
                "gering",
                "leicht",
                "klein",
                "niedrig",
                "nebenfehler",
            ],
        ),
        (
            Self::Trivial,
            &[
                "trivial",
                "cosmetic",
                "lowest",
                "very low",
                "s4",
                "s5",
                "sev4",
                "sev 4",
                "severity 4",
                "typo",
                "kosmetisch",
                "sehr niedrig",
                "niedrigste",
                "unbedeutend",
                "schonheitsfehler",
                "unwesentlich",
                "enhancement",
            ],
        ),
    ];
}

impl Suggest for RequirementStatus {
    const SCALE: &'static [Self] = &[];
    const SYNONYMS: &'static [(Self, &'static [&'static str])] = &[
        (
            Self::ToDo,
            &[
                "to do",
                "todo",
                "open",
                "new",
                "backlog",
                "selected for development",
                "ready",
                "ready for development",
                "ready for dev",
                "reopened",
                "draft",
                "planned",
                "idea",
                "funnel",
                "analysis",
                "refinement",
                "refined",
                "approved",
                "submitted",
                "proposed",
                "created",
                "triage",
                "waiting",
                "on hold",
                "zu erledigen",
                "offen",
                "neu",
                "aufgabe",
                "geplant",
                "bereit",
                "entwurf",
                "idee",
                "vorgemerkt",
                "wiedereroffnet",
                "erneut geoffnet",
                "angelegt",
                "eingereicht",
                "ausgewahlt fur entwicklung",
                "genehmigt",
                "zuruckgestellt",
                "wartend",
            ],
        ),
        (
            Self::InProgress,
            &[
                "in progress",
                "in development",
                "implementing",
                "in review",
                "review",
                "code review",
                "in test",
                "testing",
                "in testing",
                "ready for test",
                "ready for testing",
                "ready for qa",
                "in qa",
                "qa",
                "uat",
                "blocked",
                "started",
                "doing",
                "wip",
                "building",
                "under review",
                "in analysis",
                "deploying",
                "ready for release",
                "ready to release",
                "awaiting release",
                "verification",
                "in verification",
                "feedback",
                "in arbeit",
                "in bearbeitung",
                "in entwicklung",
                "in umsetzung",
                "umsetzung",
                "in prufung",
                "prufung",
                "im test",
                "zu testen",
                "in abnahme",
                "abnahme",
                "blockiert",
                "begonnen",
                "gestartet",
                "bereit fur test",
                "bereit zum test",
                "bereit fur abnahme",
                "freigabe",
                "ruckfrage",
                "in analyse",
            ],
        ),
        (
            Self::Done,
            &[
                "done",
                "closed",
                "resolved",
                "complete",
                "completed",
                "finished",
                "released",
                "shipped",
                "deployed",
                "accepted",
                "verified",
                "live",
                "delivered",
                "in production",
                "fertig",
                "erledigt",
                "geschlossen",
                "gelost",
                "abgeschlossen",
                "beendet",
                "ausgeliefert",
                "veroffentlicht",
                "abgenommen",
                "produktiv",
                "umgesetzt",
                "verifiziert",
            ],
        ),
        (
            Self::Cancelled,
            &[
                "cancelled",
                "canceled",
                "rejected",
                "declined",
                "wont do",
                "won t do",
                "wont fix",
                "won t fix",
                "obsolete",
                "abandoned",
                "discarded",
                "withdrawn",
                "dropped",
                "duplicate",
                "invalid",
                "killed",
                "abgebrochen",
                "abgelehnt",
                "verworfen",
                "storniert",
                "zuruckgezogen",
                "obsolet",
                "hinfallig",
                "wird nicht umgesetzt",
                "nicht umgesetzt",
                "duplikat",
                "entfallen",
                "gestrichen",
            ],
        ),
    ];

    fn of_category(category: StatusCategory) -> Option<Self> {
        match category {
            StatusCategory::ToDo => Some(Self::ToDo),
            StatusCategory::InProgress => Some(Self::InProgress),
            StatusCategory::Done => Some(Self::Done),
            StatusCategory::Undefined => None,
        }
    }
}

impl Suggest for BugStatus {
    const SCALE: &'static [Self] = &[];
    const SYNONYMS: &'static [(Self, &'static [&'static str])] = &[
        (
            Self::Open,
            &[
                "open",
                "new",
                "to do",
                "todo",
                "reopened",
                "backlog",
                "reported",
                "submitted",
                "triage",
                "confirmed",
                "selected for development",
                "ready",
                "ready for development",
                "unresolved",
                "on hold",
                "deferred",
                "later",
                "postponed",
                "offen",
                "neu",
                "zu erledigen",
                "gemeldet",
                "erfasst",
                "wiedereroffnet",
                "erneut geoffnet",
                "bestatigt",
                "nicht gelost",
                "unerledigt",
                "zuruckgestellt",
                "verschoben",
                "bereit",
                "angelegt",
            ],
        ),
        (
            Self::InProgress,
            &[
                "in progress",
                "in development",
                "fixing",
                "in review",
                "code review",
                "review",
                "in test",
                "testing",
                "in testing",
                "ready for test",
                "ready for testing",
                "ready for qa",
                "in qa",
                "blocked",
                "doing",
                "assigned",
                "in analysis",
                "investigating",
                "waiting for customer",
                "feedback",
                "in arbeit",
                "in bearbeitung",
                "in entwicklung",
                "in prufung",
                "im test",
                "zu testen",
                "in analyse",
                "blockiert",
                "zugewiesen",
                "ruckfrage",
                "in umsetzung",
                "bereit fur test",
                "bereit zum test",
            ],
        ),
        (
            Self::Resolved,
            &[
                "resolved",
                "fixed",
                "done",
                "complete",
                "completed",
                "finished",
                "implemented",
                "gelost",
                "behoben",
                "erledigt",
                "fertig",
                "korrigiert",
                "umgesetzt",
                "repariert",
                "fix available",
                "ready for release",
            ],
        ),
        (
            Self::Closed,
            &[
                "closed",
                "verified",
                "released",
                "deployed",
                "accepted",
                "live",
                "geschlossen",
                "verifiziert",
                "abgeschlossen",
                "abgenommen",
                "ausgeliefert",
                "veroffentlicht",
                "beendet",
            ],
        ),
        (
            Self::Rejected,
            &[
                "rejected",
                "wont do",
                "won t do",
                "wont fix",
                "won t fix",
                "duplicate",
                "invalid",
                "cannot reproduce",
                "can t reproduce",
                "cant reproduce",
                "not reproducible",
                "not a bug",
                "no bug",
                "works as designed",
                "by design",
                "as designed",
                "incomplete",
                "declined",
                "cancelled",
                "canceled",
                "obsolete",
                "known error",
                "not an issue",
                "abgelehnt",
                "duplikat",
                "doppelt",
                "kein fehler",
                "kein bug",
                "ungultig",
                "nicht reproduzierbar",
                "wird nicht behoben",
                "wird nicht gelost",
                "wird nicht umgesetzt",
                "wie vorgesehen",
                "unvollstandig",
                "verworfen",
                "abgebrochen",
                "hinfallig",
            ],
        ),
    ];

    fn of_category(category: StatusCategory) -> Option<Self> {
        match category {
            StatusCategory::ToDo => Some(Self::Open),
            StatusCategory::InProgress => Some(Self::InProgress),
            StatusCategory::Done => Some(Self::Closed),
            StatusCategory::Undefined => None,
        }
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
    if let Some((target, _)) = T::SYNONYMS
        .iter()
        .find(|(_, words)| words.iter().any(|word| whole(word)))
    {
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
/// category loses against it ("not done" is no Done).
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
    let category_says = category.and_then(T::of_category);
    let done_or_not = |target: T| T::of_category(StatusCategory::Done) == Some(target);
    match category_says {
        Some(says) if done_or_not(says) != done_or_not(target) && done_or_not(target) => None,
        _ => Some(target),
    }
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
