//! What a Jira value means here: target lists and mapping tables.
//!
//! A table maps Jira's value **ids** (names repeat and change) to one of our values and says by which
//! rule, so that a page can explain itself. A value without a row gets the table's default; an empty
//! value gets the list's own answer for empty, unless its row [`EMPTY`] is mapped.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::numbers::counted;

/// Row id of the empty value (an unresolved issue, an issue without priority). Never an id of Jira.
pub const EMPTY: &str = "(empty)";

/// Colour family of a status, as `data-tone` on pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Good.
    Ok,
    /// Needs a look.
    Warn,
    /// Broken.
    Bad,
    /// Going on.
    Info,
    /// At rest.
    Mute,
}

impl Tone {
    /// Value of the `data-tone` attribute.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
            Self::Mute => "mute",
        }
    }
}

/// A list of our values that Jira's values are mapped to.
pub trait Target: Copy + Eq + Ord + std::fmt::Debug + 'static {
    /// All values, strongest or earliest first.
    const ALL: &'static [Self];
    /// What an unmapped value gets until a person chooses otherwise.
    const DEFAULT: Self;
    /// What an empty value gets unless its row is mapped.
    const WHEN_EMPTY: Self;

    /// Stable text for storage and forms.
    fn code(self) -> &'static str;
    /// Text for pages.
    fn label(self) -> &'static str;
    /// Colour family.
    fn tone(self) -> Tone;
    /// The value of a code.
    fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

macro_rules! target {
    (
        $(#[$doc:meta])* $type:ident, default $default:ident, empty $empty:ident;
        $($(#[$vdoc:meta])* $variant:ident = $code:literal, $label:literal, $tone:ident;)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $type {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant),*
        }

        impl Target for $type {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            const DEFAULT: Self = Self::$default;
            const WHEN_EMPTY: Self = Self::$empty;

            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }

            fn tone(self) -> Tone {
                match self { $(Self::$variant => Tone::$tone),* }
            }
        }
    };
}

target! {
    /// Priority of a requirement or bug.
    Priority, default None, empty None;
    /// Before all else.
    Critical = "critical", "Critical", Bad;
    /// Soon.
    High = "high", "High", Warn;
    /// Usual.
    Medium = "medium", "Medium", Info;
    /// When there is time.
    Low = "low", "Low", Mute;
    /// No priority.
    None = "none", "None", Mute;
}

target! {
    /// State of a requirement.
    RequirementStatus, default ToDo, empty ToDo;
    /// Not begun.
    ToDo = "to_do", "To Do", Mute;
    /// Begun.
    InProgress = "in_progress", "In Progress", Info;
    /// Finished.
    Done = "done", "Done", Ok;
    /// Will not be done.
    Cancelled = "cancelled", "Cancelled", Mute;
}

target! {
    /// State of a bug.
    BugStatus, default Open, empty Open;
    /// Nobody works on it.
    Open = "open", "Open", Info;
    /// Somebody works on it.
    InProgress = "in_progress", "In Progress", Info;
    /// Fixed, not yet confirmed.
    Resolved = "resolved", "Resolved", Ok;
    /// Fixed and confirmed.
    Closed = "closed", "Closed", Mute;
    /// Not a bug, a duplicate, or not to be fixed.
    Rejected = "rejected", "Rejected", Mute;
}

impl BugStatus {
    /// Whether the bug counts as unresolved: Open and In Progress do, everywhere.
    pub fn is_unresolved(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }
}

target! {
    /// Severity of a bug.
    Severity, default Major, empty Major;
    /// Stops everything.
    Blocker = "blocker", "Blocker", Bad;
    /// Loses data or has no way around.
    Critical = "critical", "Critical", Bad;
    /// Hurts.
    Major = "major", "Major", Warn;
    /// Annoys.
    Minor = "minor", "Minor", Mute;
    /// Cosmetic.
    Trivial = "trivial", "Trivial", Mute;
}

/// By which rule a value was mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A person chose this row.
    Chosen,
    /// The value has no row: the table's default.
    Default,
    /// Jira's value is empty and its row is not mapped.
    Empty,
}

impl Rule {
    /// Stable text for storage.
    pub fn code(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Default => "default",
            Self::Empty => "empty",
        }
    }

    /// The rule of a code.
    pub fn find(code: &str) -> Option<Self> {
        [Self::Chosen, Self::Default, Self::Empty]
            .into_iter()
            .find(|rule| rule.code() == code)
    }

    /// Words for the badge beside a mapped value.
    pub fn label(self) -> &'static str {
        match self {
            Self::Chosen => "Set by you",
            Self::Default => "Unmapped, default",
            Self::Empty => "Empty in Jira",
        }
    }
}

/// Jira's value where it tells more than ours: not when it is the same word or empty.
pub fn telling_value<'a>(ours: &str, jira: &'a str) -> Option<&'a str> {
    let jira = jira.trim();
    let fold = |text: &str| {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    };
    (!jira.is_empty() && fold(jira) != fold(ours)).then_some(jira)
}

/// Our value and the rule that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapped<T> {
    /// The value.
    pub value: T,
    /// The rule.
    pub rule: Rule,
}

/// What becomes of the work items with a value that has no row: "6 requirements get To Do." `one` and `many`
/// name them, `target` is what they get; without `count` their number is not known.
pub fn without_row_words(count: Option<u64>, one: &str, many: &str, target: &str) -> String {
    match count {
        None => format!("Its {many} get {target}."),
        Some(0) => format!("No {many} now; they would get {target}."),
        Some(1) => format!("1 {one} gets {target}."),
        Some(n) => format!("{} get {target}.", counted(n, one, many)),
    }
}

/// Rows by Jira id, and what everything else gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "T: Target + Deserialize<'de>"))]
pub struct MappingTable<T> {
    /// Chosen rows; the key is Jira's value id or [`EMPTY`].
    #[serde(default)]
    pub by_id: BTreeMap<String, T>,
    /// What a value without a row gets.
    pub default: T,
}

impl<T: Target> Default for MappingTable<T> {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            default: T::DEFAULT,
        }
    }
}

impl<T: Target> MappingTable<T> {
    /// Maps Jira's value, `None` for an empty one.
    pub fn map(&self, value_id: Option<&str>) -> Mapped<T> {
        let chosen = self.by_id.get(value_id.unwrap_or(EMPTY)).copied();
        match chosen {
            Some(value) => Mapped {
                value,
                rule: Rule::Chosen,
            },
            None => self.map_without_row(value_id),
        }
    }

    /// What Jira's value gets, or would get, without a row of its own; `None` for an empty one.
    pub fn map_without_row(&self, value_id: Option<&str>) -> Mapped<T> {
        match value_id {
            Some(_) => Mapped {
                value: self.default,
                rule: Rule::Default,
            },
            None => Mapped {
                value: T::WHEN_EMPTY,
                rule: Rule::Empty,
            },
        }
    }

    /// Chooses a row, or with `None` takes the choice back.
    pub fn set(&mut self, value_id: &str, value: Option<T>) {
        match value {
            Some(value) => self.by_id.insert(value_id.to_owned(), value),
            None => self.by_id.remove(value_id),
        };
    }

    /// How many of these values have no row. The empty value always has an answer and is no gap.
    pub fn count_unmapped<'a>(&self, value_ids: impl IntoIterator<Item = &'a str>) -> usize {
        value_ids
            .into_iter()
            .filter(|id| *id != EMPTY && !self.by_id.contains_key(*id))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_row_wins_then_the_default_then_empty() {
        let mut table = MappingTable::<BugStatus>::default();
        assert_eq!(
            table.map(None),
            Mapped {
                value: BugStatus::Open,
                rule: Rule::Empty
            }
        );
        assert_eq!(
            table.map(Some("7")),
            Mapped {
                value: BugStatus::Open,
                rule: Rule::Default
            }
        );
        table.set("7", Some(BugStatus::Rejected));
        table.set(EMPTY, Some(BugStatus::InProgress));
        table.default = BugStatus::Closed;
        assert_eq!(
            table.map(Some("7")),
            Mapped {
                value: BugStatus::Rejected,
                rule: Rule::Chosen
            }
        );
        assert_eq!(
            table.map(Some("8")),
            Mapped {
                value: BugStatus::Closed,
                rule: Rule::Default
            }
        );
        assert_eq!(
            table.map(None),
            Mapped {
                value: BugStatus::InProgress,
                rule: Rule::Chosen
            }
        );
        assert_eq!(table.count_unmapped(["7", "8", EMPTY]), 1);
        assert_eq!(table.map_without_row(Some("7")).value, BugStatus::Closed);
        assert_eq!(table.map_without_row(None).rule, Rule::Empty);
        table.set("7", None);
        assert_eq!(table.map(Some("7")).rule, Rule::Default);
    }

    #[test]
    fn what_an_unmapped_value_comes_to() {
        for (count, words) in [
            (Some(1_206), "1,206 bugs get Open."),
            (Some(1), "1 bug gets Open."),
            (Some(0), "No bugs now; they would get Open."),
            (None, "Its bugs get Open."),
        ] {
            assert_eq!(without_row_words(count, "bug", "bugs", "Open"), words);
        }
    }

    #[test]
    fn unresolved_is_open_and_in_progress() {
        let unresolved: Vec<_> = BugStatus::ALL
            .iter()
            .filter(|s| s.is_unresolved())
            .map(|s| s.label())
            .collect();
        assert_eq!(unresolved, ["Open", "In Progress"]);
    }

    #[test]
    fn jira_s_value_is_told_where_it_differs() {
        for (ours, jira, told) in [
            ("To Do", "To Do", None),
            ("To Do", " to  do ", None),
            ("To Do", "Backlog", Some("Backlog")),
            ("None", "", None),
            ("None", "  ", None),
            ("In Progress", "In Arbeit ", Some("In Arbeit")),
        ] {
            assert_eq!(telling_value(ours, jira), told, "{ours} {jira:?}");
        }
        for rule in [Rule::Chosen, Rule::Default, Rule::Empty] {
            assert_eq!(Rule::find(rule.code()), Some(rule));
        }
        assert_eq!(Rule::find("odd"), None);
    }

    fn codes_are_stable<T: Target + Serialize>(expected: &[&str]) {
        let codes: Vec<_> = T::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(codes, expected);
        for value in T::ALL {
            assert_eq!(T::find(value.code()), Some(*value));
            assert_eq!(
                serde_json::to_string(value).expect("json"),
                format!("\"{}\"", value.code())
            );
        }
    }

    #[test]
    fn codes() {
        codes_are_stable::<Priority>(&["critical", "high", "medium", "low", "none"]);
        codes_are_stable::<RequirementStatus>(&["to_do", "in_progress", "done", "cancelled"]);
        codes_are_stable::<BugStatus>(&["open", "in_progress", "resolved", "closed", "rejected"]);
        codes_are_stable::<Severity>(&["blocker", "critical", "major", "minor", "trivial"]);
    }

    proptest! {
        #[test]
        fn a_table_survives_json(ids in proptest::collection::btree_map("[0-9]{1,6}", 0usize..4, 0..8), default in 0usize..4) {
            let table = MappingTable {
                by_id: ids.into_iter().map(|(id, at)| (id, RequirementStatus::ALL[at])).collect(),
                default: RequirementStatus::ALL[default],
            };
            let json = serde_json::to_string(&table).expect("json");
            prop_assert_eq!(serde_json::from_str::<MappingTable<RequirementStatus>>(&json).expect("back"), table);
        }
    }
}
