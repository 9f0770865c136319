//! Deciding about one issue by its facts.
//!
//! As in Jira, a comparison with a missing value is false either way: `status != Done` also needs a
//! status, `labels not in (a)` leaves out issues without labels.

use super::{
    Viewer,
    fields::{NumberField, TextField, TimeField, WordField},
    text::TextQuery,
};
use crate::sandbox::world::{Custom, Facts, Word};

/// A compiled filter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Constant(bool),
    And(Vec<Test>),
    Or(Vec<Test>),
    Numbers(NumberField, Wanted<i64>),
    Words(WordField, Wanted<Word>),
    Time(TimeField, Ranges<i64>),
    /// Ids from (included) to (left out).
    Ids(i64, i64),
    /// Key after or before another of the same project.
    Key {
        project: u32,
        from: u32,
        to: u32,
    },
    Custom(Vec<u32>, CustomWanted),
    Text(TextField, TextQuery),
    CustomText(Vec<u32>, TextQuery),
    HasText(TextField),
    Not(Box<Test>),
}

/// Values, and whether none or a missing one fits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wanted<T> {
    /// Sorted.
    pub(super) set: Vec<T>,
    pub(super) empty: bool,
    pub(super) not: bool,
}

/// Ranges from (included) to (left out), and whether none or a missing value fits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ranges<T> {
    #[expect(clippy::struct_field_names, reason = "the ranges are what it holds")]
    pub(super) ranges: Vec<(T, T)>,
    pub(super) empty: bool,
    pub(super) not: bool,
}

/// What a custom field may be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CustomWanted {
    pub(super) ids: Vec<u32>,
    pub(super) words: Vec<Word>,
    pub(super) numbers: Vec<(f64, f64)>,
    pub(super) times: Vec<(i64, i64)>,
    pub(super) empty: bool,
    pub(super) not: bool,
}

#[expect(clippy::fn_params_excessive_bools, reason = "four facts of one truth table")]
fn decide(none: bool, hit: bool, empty: bool, not: bool) -> bool {
    if not {
        !none && !hit
    } else {
        hit || (none && empty)
    }
}

impl<T: Ord + Copy> Wanted<T> {
    fn one(&self, value: Option<T>) -> bool {
        let hit = value.is_some_and(|value| self.has(value));
        decide(value.is_none(), hit, self.empty, self.not)
    }

    fn many(&self, mut values: impl ExactSizeIterator<Item = T>) -> bool {
        let none = values.len() == 0;
        decide(none, values.any(|value| self.has(value)), self.empty, self.not)
    }

    fn has(&self, value: T) -> bool {
        match self.set.as_slice() {
            [] => false,
            [only] => *only == value,
            set => set.binary_search(&value).is_ok(),
        }
    }
}

impl Ranges<i64> {
    fn one(&self, value: Option<i64>) -> bool {
        let hit =
            value.is_some_and(|value| self.ranges.iter().any(|(from, to)| *from <= value && value < *to));
        decide(value.is_none(), hit, self.empty, self.not)
    }
}

/// The single id of a field, if it has at most one.
pub(super) fn number_of(facts: &Facts, field: NumberField) -> Option<i64> {
    let id = match field {
        NumberField::Id => facts.id,
        NumberField::Parent => facts.parent,
        NumberField::Project => i64::from(facts.project),
        NumberField::IssueType => i64::from(facts.issue_type),
        NumberField::Status => i64::from(facts.status),
        NumberField::Priority => i64::from(facts.priority),
        NumberField::Resolution => i64::from(facts.resolution),
        NumberField::Security => i64::from(facts.security),
        NumberField::FixVersions => i64::from(*facts.fix_versions.first()?),
        NumberField::Versions => i64::from(*facts.versions.first()?),
        NumberField::Components => i64::from(*facts.components.first()?),
        NumberField::Sprints => i64::from(*facts.sprints.last()?),
    };
    (id != 0).then_some(id)
}

/// The list of a field that may have several ids.
fn list_of(facts: &Facts, field: NumberField) -> Option<&[u32]> {
    match field {
        NumberField::FixVersions => Some(&facts.fix_versions),
        NumberField::Versions => Some(&facts.versions),
        NumberField::Components => Some(&facts.components),
        NumberField::Sprints => Some(&facts.sprints),
        _ => None,
    }
}

pub(super) fn time_of(facts: &Facts, field: TimeField) -> Option<i64> {
    match field {
        TimeField::Created => Some(facts.created),
        TimeField::Updated => Some(facts.updated),
        TimeField::Resolved => facts.resolved,
        TimeField::Due => facts.due,
    }
}

pub(super) fn word_of(facts: &Facts, field: WordField) -> Option<Word> {
    match field {
        WordField::Assignee => facts.assignee,
        WordField::Reporter => facts.reporter,
        WordField::Creator => facts.creator,
        WordField::Labels => facts.labels.first().copied(),
    }
}

impl Test {
    /// Whether the issue with these facts fits.
    pub(super) fn fits(&self, facts: &Facts, viewer: &Viewer<'_>) -> bool {
        let world = viewer.world;
        match self {
            Self::Constant(value) => *value,
            Self::And(parts) => parts.iter().all(|part| part.fits(facts, viewer)),
            Self::Or(parts) => parts.iter().any(|part| part.fits(facts, viewer)),
            Self::Not(inner) => !inner.fits(facts, viewer),
            Self::Numbers(field, wanted) => match list_of(facts, *field) {
                Some(list) => wanted.many(list.iter().map(|id| i64::from(*id))),
                None => wanted.one(number_of(facts, *field)),
            },
            Self::Words(WordField::Labels, wanted) => wanted.many(facts.labels.iter().copied()),
            Self::Words(field, wanted) => wanted.one(word_of(facts, *field)),
            Self::Time(field, ranges) => ranges.one(time_of(facts, *field)),
            Self::Ids(from, to) => *from <= facts.id && facts.id < *to,
            Self::Key { project, from, to } => {
                facts.project == *project && *from <= facts.number && facts.number < *to
            }
            Self::Custom(numbers, wanted) => wanted.fits(numbers, facts),
            Self::Text(field, query) => {
                let texts = world.list_texts(facts.id);
                let field = match field {
                    TextField::Summary => texts.summary.as_str(),
                    TextField::Description => texts.description.as_str(),
                    TextField::Environment => texts.environment.as_str(),
                    TextField::Comment => {
                        let comments = viewer.list_comment_texts(facts.id);
                        let comments: Vec<&str> = comments.iter().map(String::as_str).collect();
                        return query.matches(&comments);
                    }
                    TextField::All => {
                        let comments = viewer.list_comment_texts(facts.id);
                        let mut all = vec![
                            texts.summary.as_str(),
                            texts.description.as_str(),
                            texts.environment.as_str(),
                        ];
                        all.extend(texts.custom.iter().map(|(_, text)| text.as_str()));
                        all.extend(comments.iter().map(String::as_str));
                        return query.matches(&all);
                    }
                };
                query.matches(&[field])
            }
            Self::CustomText(numbers, query) => {
                let texts = world.list_texts(facts.id);
                let own = texts.custom.iter().filter(|(number, _)| numbers.contains(number));
                let own: Vec<&str> = own.map(|(_, text)| text.as_str()).collect();
                query.matches(&own)
            }
            Self::HasText(field) => {
                let texts = world.list_texts(facts.id);
                let text = match field {
                    TextField::Description => texts.description,
                    TextField::Environment => texts.environment,
                    _ => texts.summary,
                };
                !text.is_empty()
            }
        }
    }
}

impl CustomWanted {
    fn fits(&self, numbers: &[u32], facts: &Facts) -> bool {
        let mut values = facts
            .custom
            .iter()
            .filter(|(number, _)| numbers.contains(number))
            .map(|(_, value)| *value)
            .peekable();
        let none = values.peek().is_none();
        decide(none, values.any(|value| self.has(value)), self.empty, self.not)
    }

    fn has(&self, value: Custom) -> bool {
        match value {
            Custom::Named(id, word) => self.ids.contains(&id) || self.words.contains(&word),
            Custom::Word(word) => self.words.contains(&word),
            Custom::Number(number) => self
                .numbers
                .iter()
                .any(|(from, to)| *from <= number && number <= *to),
            Custom::Time(time) => self.times.iter().any(|(from, to)| *from <= time && time < *to),
            Custom::Other => false,
        }
    }
}
