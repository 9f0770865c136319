//! Notices: what people who can act are told on every page, and what of it is news.
//!
//! A notice lasts as long as its cause. What is stored and what is found now are compared, so that a message goes
//! out once when something begins, comes nearer or ends, and not at every look.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::{
    connection::{TokenLife, token_life},
    dates::format_date,
    wizard_steps::StepId,
};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A connection is in Error.
    ConnectionError,
    /// The token of a connection ends soon or has ended.
    TokenEnd,
    /// The integration of a project is in Error while its connection works.
    IntegrationError,
    /// Values of Jira that no row of the mapping names.
    Unmapped,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ConnectionError,
        Self::TokenEnd,
        Self::IntegrationError,
        Self::Unmapped,
    ];

    /// Stable text for storage and messages.
    pub fn code(self) -> &'static str {
        match self {
            Self::ConnectionError => "connection_error",
            Self::TokenEnd => "token_end",
            Self::IntegrationError => "integration_error",
            Self::Unmapped => "unmapped",
        }
    }

    /// The kind of a code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How near the end of a token is, as far as that is news.
const STAGES: [i32; 3] = [1, 7, 14];
const ENDED: &str = "ended";

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// The connection, or the configuration.
    pub subject_id: String,
    /// The project of a configuration.
    pub project_id: Option<String>,
    /// What is news when it changes; empty where only beginning and end are.
    pub stage: String,
    /// What happened, one sentence.
    pub title: String,
    /// Why, and what to do; may be empty.
    pub detail: String,
}

impl Notice {
    /// Whether something does not work now.
    pub fn is_failure(&self) -> bool {
        match self.kind {
            NoticeKind::ConnectionError | NoticeKind::IntegrationError => true,
            NoticeKind::TokenEnd => self.stage == ENDED,
            NoticeKind::Unmapped => false,
        }
    }
}

/// A connection is in Error.
pub fn of_failed_connection(id: &str, name: &str, reason: &str, next: &str) -> Notice {
    Notice {
        kind: NoticeKind::ConnectionError,
        subject_id: id.to_owned(),
        project_id: None,
        stage: String::new(),
        title: format!("The connection {name} is in Error."),
        detail: format!("{reason} {next}").trim().to_owned(),
    }
}

/// The token of a connection ends within 14 days, or has ended.
pub fn of_token_end(id: &str, name: &str, expires: Option<Date>, today: Date) -> Option<Notice> {
    let day = expires?;
    let (stage, end) = match token_life(expires, today) {
        TokenLife::Fine => return None,
        TokenLife::Expired(_) => (ENDED.to_owned(), format!("expired on {}", format_date(day))),
        TokenLife::EndsSoon(days) => {
            let stage = STAGES.into_iter().find(|stage| days <= *stage)?;
            let end = match days {
                0 => "expires today".to_owned(),
                1 => "expires tomorrow".to_owned(),
                _ => format!("expires in {days} days, on {}", format_date(day)),
            };
            (stage.to_string(), end)
        }
    };
    Some(Notice {
        kind: NoticeKind::TokenEnd,
        subject_id: id.to_owned(),
        project_id: None,
        title: format!("The token of {name} {end}."),
        detail: if stage == ENDED {
            "Syncs stop until there is a new one: create it in Jira and replace the old one."
        } else {
            "Create a new one in Jira and replace it. Syncs go on meanwhile, as long as the old one holds."
        }
        .to_owned(),
        stage,
    })
}

/// An integration of a project, as notices name it.
#[derive(Clone, Copy, Debug)]
pub struct Linked<'a> {
    /// Configuration.
    pub id: &'a str,
    /// Project.
    pub project_id: &'a str,
    /// Name of the project.
    pub project: &'a str,
    /// Key of the Jira project.
    pub key: &'a str,
}

/// The integration is in Error by itself.
pub fn of_failed_integration(linked: Linked<'_>, reason: &str) -> Notice {
    Notice {
        kind: NoticeKind::IntegrationError,
        subject_id: linked.id.to_owned(),
        project_id: Some(linked.project_id.to_owned()),
        stage: String::new(),
        title: format!("{} in {} is in Error.", linked.key, linked.project),
        detail: reason.to_owned(),
    }
}

/// Work items have values that no row of the mapping names. The stage is the number of the first step that mends it:
/// `requirements` lack a status, `bugs` a status or severity, the others a priority.
pub fn of_unmapped(linked: Linked<'_>, items: u64, requirements: u64, bugs: u64) -> Option<Notice> {
    let step = match (requirements, bugs) {
        (1.., _) => StepId::Requirements,
        (0, 1..) => StepId::Bugs,
        (0, 0) => StepId::Priorities,
    };
    (items > 0).then(|| Notice {
        kind: NoticeKind::Unmapped,
        subject_id: linked.id.to_owned(),
        project_id: Some(linked.project_id.to_owned()),
        stage: step.number().to_string(),
        title: format!("{} in {} has values that are not mapped.", linked.key, linked.project),
        // Without their number, which changes all the time while a sync runs.
        detail: "Work items with a status, priority or severity that no row of the mapping names count with its default. Map them."
            .to_owned(),
    })
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It began, or came nearer.
    Open,
    /// What did not work does.
    Mended,
    /// It holds no longer, for whatever reason: it was mended, or nobody needs it now.
    Over,
    /// Only its words changed.
    Words,
}

/// What changed from the notices that are `known` to those that hold `now`, in the order of kinds and subjects.
/// `works` tells whether what a notice was about works now, in full: not when it is switched off or gone, or when
/// something else is wrong with it.
pub fn compare(known: &[Notice], now: &[Notice], works: impl Fn(&Notice) -> bool) -> Vec<(News, Notice)> {
    let same = |one: &Notice, other: &Notice| one.kind == other.kind && one.subject_id == other.subject_id;
    let mut changes: Vec<(News, Notice)> = Vec::new();
    for notice in now {
        match known.iter().find(|one| same(one, notice)) {
            Some(one) if one == notice => {}
            Some(one) if one.stage == notice.stage => changes.push((News::Words, notice.clone())),
            _ => changes.push((News::Open, notice.clone())),
        }
    }
    for notice in known {
        if !now.iter().any(|one| same(one, notice)) {
            let news = if works(notice) { News::Mended } else { News::Over };
            changes.push((news, notice.clone()));
        }
    }
    changes.sort_by(|(_, one), (_, other)| (one.kind, &one.subject_id).cmp(&(other.kind, &other.subject_id)));
    changes
}

/// Words for a message about a notice that holds no longer because its cause was mended.
pub fn mended_words(notice: &Notice) -> String {
    let what = notice.title.trim_end_matches('.');
    match notice.kind {
        NoticeKind::ConnectionError | NoticeKind::IntegrationError => {
            format!("{}.", what.replace(" is in Error", " works again"))
        }
        NoticeKind::TokenEnd => over_words(notice),
        NoticeKind::Unmapped => format!(
            "{}.",
            what.replace(
                " has values that are not mapped",
                " has no unmapped values any more"
            )
        ),
    }
}

/// Words for a message about a notice that holds no longer, where nothing says that it was mended.
pub fn over_words(notice: &Notice) -> String {
    format!("No longer so: {}", notice.title)
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};

    use super::*;

    const LINKED: Linked<'static> = Linked {
        id: "c1",
        project_id: "p1",
        project: "Booking",
        key: "BOOK",
    };

    #[test]
    fn the_end_of_a_token_is_told_in_stages() {
        let today = date(2026, 11, 23);
        let told = |days: i32| {
            let notice = of_token_end("n1", "Halden", Some(today + days.days()), today)?;
            Some((notice.stage.clone(), notice.title.clone(), notice.is_failure()))
        };
        assert_eq!(told(15), None);
        assert_eq!(of_token_end("n1", "Halden", None, today), None);
        for (days, stage, words, failure) in [
            (
                14,
                "14",
                "The token of Halden expires in 14 days, on 7 Dec 2026.",
                false,
            ),
            (
                8,
                "14",
                "The token of Halden expires in 8 days, on 1 Dec 2026.",
                false,
            ),
            (
                7,
                "7",
                "The token of Halden expires in 7 days, on 30 Nov 2026.",
                false,
            ),
            (
                2,
                "7",
                "The token of Halden expires in 2 days, on 25 Nov 2026.",
                false,
            ),
            (1, "1", "The token of Halden expires tomorrow.", false),
            (0, "1", "The token of Halden expires today.", false),
            (-3, "ended", "The token of Halden expired on 20 Nov 2026.", true),
        ] {
            assert_eq!(
                told(days),
                Some((stage.to_owned(), words.to_owned(), failure)),
                "{days}"
            );
        }
    }

    #[test]
    fn news_are_told_once() {
        let error = of_failed_connection("n1", "Halden", "Jira refuses the token.", "Replace it.");
        assert_eq!(error.detail, "Jira refuses the token. Replace it.");
        let other_words = of_failed_connection("n1", "Halden", "Jira does not answer.", "");
        let unmapped = |items| {
            of_unmapped(LINKED, items, 0, items)
                .into_iter()
                .collect::<Vec<_>>()
        };
        let none: &[Notice] = &[];
        let news = |known: &[Notice], now: &[Notice]| {
            compare(known, now, |notice| notice.kind == NoticeKind::Unmapped)
                .into_iter()
                .map(|(news, notice)| (news, notice.kind))
                .collect::<Vec<_>>()
        };
        let error = std::slice::from_ref(&error);
        assert_eq!(news(none, error), [(News::Open, NoticeKind::ConnectionError)]);
        assert_eq!(news(error, error), []);
        assert_eq!(
            news(error, &[other_words]),
            [(News::Words, NoticeKind::ConnectionError)]
        );
        assert_eq!(news(error, none), [(News::Over, NoticeKind::ConnectionError)]);
        assert_eq!(unmapped(0), []);
        assert_eq!(news(&unmapped(2), &unmapped(3)), []);
        // One goes and another comes.
        assert_eq!(
            news(&unmapped(2), error),
            [
                (News::Mended, NoticeKind::Unmapped),
                (News::Open, NoticeKind::ConnectionError)
            ]
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
        );
        // A nearer end is news, another day of the same stage is not.
        let today = date(2026, 11, 23);
        let end = |days: i32| {
            of_token_end("n1", "Halden", Some(today + days.days()), today)
                .into_iter()
                .collect::<Vec<_>>()
        };
        assert_eq!(news(&end(8), &end(7)), [(News::Open, NoticeKind::TokenEnd)]);
        assert_eq!(news(&end(7), &end(6)), [(News::Words, NoticeKind::TokenEnd)]);
    }

    #[test]
    fn unmapped_values_lead_to_the_step_that_maps_them() {
        for (counts, step) in [
            ((3, 1, 1), StepId::Requirements),
            ((2, 0, 1), StepId::Bugs),
            ((2, 0, 0), StepId::Priorities),
        ] {
            let notice = of_unmapped(LINKED, counts.0, counts.1, counts.2);
            assert_eq!(notice.map(|notice| notice.stage), Some(step.number().to_string()));
        }
    }

    #[test]
    fn an_end_has_words_of_its_own() {
        let unmapped = of_unmapped(LINKED, 1, 0, 0).unwrap_or_else(|| of_failed_integration(LINKED, ""));
        for (notice, words) in [
            (
                of_failed_connection("n1", "Halden", "", ""),
                "The connection Halden works again.",
            ),
            (
                of_failed_integration(LINKED, "No rights."),
                "BOOK in Booking works again.",
            ),
            (unmapped, "BOOK in Booking has no unmapped values any more."),
        ] {
            assert_eq!(mended_words(&notice), words);
            assert_eq!(over_words(&notice), format!("No longer so: {}", notice.title));
        }
    }

    #[test]
    fn codes_lead_back() {
        for kind in NoticeKind::ALL {
            assert_eq!(NoticeKind::find(kind.code()), Some(kind));
        }
        assert_eq!(NoticeKind::find("nothing"), None);
    }
}
