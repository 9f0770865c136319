//! What each source of the release date supplies: how many requirements get their date from it, and what
//! a single date is named after.
//!
//! Jira is asked how many are left without a date behind the first source, behind the first two and so
//! on: what a source supplies is what it takes off. Numbers of Jira Cloud are estimates made one after
//! the other, so one may be larger than the one before it; a source never takes away what was there.

use jiff::civil::Date;

use crate::domain::{
    jira::{Release, Sprint},
    mirror_issue::MirrorIssue,
    release_date::{DateSource, ReleaseDate},
};

/// What supplied a work item's release date, once: "Fix version 4.7", "Sprint 43", or the name of its
/// field. `label` names the field, `to_date` gives the day of a moment.
pub fn supplier(
    issue: &MirrorIssue,
    date: &ReleaseDate,
    label: &str,
    releases: &[Release],
    sprints: &[Sprint],
    to_date: &dyn Fn(jiff::Timestamp) -> Date,
) -> String {
    let named = match date.source {
        DateSource::FixVersionDate => releases
            .iter()
            .filter(|release| issue.release_ids.contains(&release.id))
            .filter(|release| release.release_date == Some(date.date))
            // Of several on that day the one that the rules prefer.
            .min_by_key(|release| (release.released, &release.id))
            .map(|release| format!("Fix version {}", release.name)),
        DateSource::SprintEndDate => sprints
            .iter()
            .filter(|sprint| issue.sprint_ids.contains(&sprint.id))
            .find(|sprint| sprint.end_at.or(sprint.completed_at).map(to_date) == Some(date.date))
            .map(|sprint| sprint.name.clone()),
        DateSource::DueDate | DateSource::ResolvedDate | DateSource::CustomField { .. } => None,
    };
    named.unwrap_or_else(|| label.to_owned())
}

/// What came of the sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateSupply {
    /// What each source supplies that none before it does, in their order.
    pub supplied: Vec<u64>,
    /// Requirements that no source dates.
    pub undated: u64,
}

/// What the sources supply of `total` requirements; `left[k]` of them have no date of the sources 0 to k.
pub fn supply(total: u64, left: &[u64]) -> DateSupply {
    let mut undated = total;
    let supplied = left
        .iter()
        .map(|&left| {
            let before = undated;
            undated = undated.min(left);
            before - undated
        })
        .collect();
    DateSupply { supplied, undated }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        jira::{Issue, SprintState},
        mirror_issue::{MapContext, map_issue},
        test_data as data,
    };

    fn named_after(source: DateSource, day: i8) -> String {
        let settings = data::settings();
        let releases = [
            data::release("1", Some(date(2026, 11, 27)), false),
            data::release("2", Some(date(2026, 11, 28)), false),
        ];
        let sprints = [data::sprint(
            43,
            SprintState::Active,
            Some("2026-11-27T10:00:00Z"),
        )];
        let to_date = |at: jiff::Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let issue = Issue {
            release_ids: vec!["2".into(), "1".into()],
            sprint_ids: vec![43],
            ..data::issue("1")
        };
        let context = MapContext {
            releases: &releases,
            sprints: &sprints,
            to_date: &to_date,
        };
        let issue = map_issue(&issue, "", &settings, context).expect("in scope");
        let stored = ReleaseDate {
            date: date(2026, 11, day),
            source,
            why: String::new(),
        };
        supplier(&issue, &stored, "The field", &releases, &sprints, &to_date)
    }

    #[test]
    fn a_date_is_named_after_what_supplied_it() {
        assert_eq!(named_after(DateSource::FixVersionDate, 27), "Fix version R1");
        assert_eq!(named_after(DateSource::SprintEndDate, 27), "S43");
        let custom = DateSource::CustomField {
            id: "customfield_1".into(),
        };
        assert_eq!(named_after(custom, 27), "The field");
        // A release that moved meanwhile: the field's name is all that is known.
        assert_eq!(named_after(DateSource::FixVersionDate, 20), "The field");
    }

    #[test]
    fn a_source_supplies_what_it_takes_off() {
        let found = supply(412, &[124, 45, 37]);
        assert_eq!((found.supplied, found.undated), (vec![288, 79, 8], 37));
        assert_eq!(supply(5, &[]).undated, 5);
        assert_eq!(
            supply(5, &[9, 2]).supplied,
            [0, 3],
            "an estimate above the one before it"
        );
    }

    proptest! {
        #[test]
        fn all_parts_are_the_whole(total in 0..10_000u64, left in prop::collection::vec(0..20_000u64, 0..4)) {
            let found = supply(total, &left);
            prop_assert_eq!(found.supplied.iter().sum::<u64>() + found.undated, total);
            prop_assert_eq!(found.supplied.len(), left.len());
        }
    }
}
