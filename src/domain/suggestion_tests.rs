//! Scores over an English and a German company, one with invented names, and properties.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    jira::StatusCategory,
    mapping::{BugStatus, Priority, RequirementStatus, Severity},
};

type Row = (&'static str, Option<StatusCategory>, &'static str);

const OPEN: Option<StatusCategory> = Some(StatusCategory::ToDo);
const DOING: Option<StatusCategory> = Some(StatusCategory::InProgress);
const DONE: Option<StatusCategory> = Some(StatusCategory::Done);

fn values(rows: &[Row]) -> Vec<SourceValue> {
    rows.iter()
        .enumerate()
        .map(|(at, (name, category, _))| SourceValue {
            id: at.to_string(),
            name: (*name).to_owned(),
            category: *category,
        })
        .collect()
}

/// How many rows get the expected code, out of how many.
fn score<T: Suggest>(rows: &[Row]) -> (usize, usize) {
    let suggestions = suggest::<T>(&values(rows));
    let mut right = 0;
    for (at, (name, _, expected)) in rows.iter().enumerate() {
        let found = suggestions
            .iter()
            .find(|suggestion| suggestion.id == at.to_string());
        if found.is_some_and(|found| found.target.code() == *expected) {
            right += 1;
        } else {
            println!(
                "  {name}: expected {expected}, found {:?}",
                found.map(|found| found.target.code())
            );
        }
    }
    (right, rows.len())
}

fn assert_score(company: &str, scores: &[(usize, usize)], at_least: usize) {
    let (right, all) = scores
        .iter()
        .fold((0, 0), |(right, all), score| (right + score.0, all + score.1));
    println!(
        "{company}: {right} of {all} suggestions right ({} %)",
        right * 100 / all
    );
    assert!(right * 100 >= at_least * all, "{company}: {right} of {all}");
}

#[test]
fn english_company() {
    let scores = [
        score::<Priority>(&[
            ("Highest", None, "critical"),
            ("High", None, "high"),
            ("Medium", None, "medium"),
            ("Low", None, "low"),
            ("Lowest", None, "low"),
            ("P1 - Urgent", None, "critical"),
            ("Not set", None, "none"),
        ]),
        score::<Severity>(&[
            ("S1 - Blocker", None, "blocker"),
            ("S2 - Critical", None, "critical"),
            ("S3 - Major", None, "major"),
            ("S4 - Minor", None, "minor"),
            ("S5 - Cosmetic", None, "trivial"),
        ]),
        score::<RequirementStatus>(&[
            ("Backlog", OPEN, "to_do"),
            ("Selected for Development", OPEN, "to_do"),
            ("In Progress", DOING, "in_progress"),
            ("In progress", DOING, "in_progress"),
            ("Code Review", DOING, "in_progress"),
            ("Ready for QA", DOING, "in_progress"),
            ("Waiting for legal", DOING, "in_progress"),
            ("Done", DONE, "done"),
            ("Released to production", DONE, "done"),
            ("Won't Do", DONE, "cancelled"),
            ("Canceled", DONE, "cancelled"),
            ("Not done yet", OPEN, "to_do"),
        ]),
        score::<BugStatus>(&[
            ("New", OPEN, "open"),
            ("Reopened", OPEN, "open"),
            ("Investigating", DOING, "in_progress"),
            ("Fixed", DONE, "resolved"),
            ("Verified", DONE, "closed"),
            ("Won’t Fix", DONE, "rejected"),
            ("Duplicate", None, "rejected"),
            ("Cannot Reproduce", None, "rejected"),
            ("Done", None, "resolved"),
            ("Unresolved", None, "open"),
        ]),
    ];
    assert_score("English company", &scores, 80);
}

#[test]
fn german_company() {
    let scores = [
        score::<Priority>(&[
            ("Höchste", None, "critical"),
            ("Hoch", None, "high"),
            ("Mittel", None, "medium"),
            ("Niedrig", None, "low"),
            ("Keine", None, "none"),
        ]),
        score::<Severity>(&[
            ("Blockierend", None, "blocker"),
            ("Kritisch", None, "critical"),
            ("Schwerwiegend", None, "major"),
            ("Gering", None, "minor"),
            ("Schönheitsfehler", None, "trivial"),
        ]),
        score::<RequirementStatus>(&[
            ("Zu erledigen", OPEN, "to_do"),
            ("Fachlich geklärt", OPEN, "to_do"),
            ("In Arbeit", DOING, "in_progress"),
            ("In Prüfung", DOING, "in_progress"),
            ("Bereit für Abnahme", DOING, "in_progress"),
            ("Fertig", DONE, "done"),
            ("Wird nicht umgesetzt", DONE, "cancelled"),
            ("Abgebrochen", DONE, "cancelled"),
        ]),
        score::<BugStatus>(&[
            ("Gemeldet", OPEN, "open"),
            ("In Bearbeitung", DOING, "in_progress"),
            ("Behoben", DONE, "resolved"),
            ("Geschlossen", DONE, "closed"),
            ("Nicht reproduzierbar", None, "rejected"),
            ("Kein Fehler", None, "rejected"),
        ]),
    ];
    assert_score("German company", &scores, 60);
}

#[test]
fn company_with_invented_names() {
    let scores = [
        score::<Priority>(&[
            ("Red", None, "critical"),
            ("Orange", None, "high"),
            ("Yellow", None, "medium"),
            ("Green", None, "low"),
        ]),
        score::<Severity>(&[
            ("Volcano", None, "blocker"),
            ("Storm", None, "critical"),
            ("Rain", None, "major"),
            ("Drizzle", None, "minor"),
            ("Breeze", None, "trivial"),
        ]),
        score::<RequirementStatus>(&[
            ("Seed", OPEN, "to_do"),
            ("Sprout", DOING, "in_progress"),
            ("Harvest", DONE, "done"),
            ("Compost", DONE, "cancelled"),
        ]),
        score::<BugStatus>(&[
            ("Egg", OPEN, "open"),
            ("Larva", DOING, "in_progress"),
            ("Swatted", DONE, "closed"),
            ("Butterfly", DONE, "rejected"),
        ]),
    ];
    assert_score("Company with invented names", &scores, 40);
}

#[test]
fn each_reason_has_its_case() {
    let one = |name: &str, category| {
        let value = SourceValue {
            id: "1".into(),
            name: name.into(),
            category,
        };
        suggest::<RequirementStatus>(&[value])
            .first()
            .map(|found| (found.target.code(), found.reason, found.confidence))
    };
    assert_eq!(
        one("In Progress", DOING),
        Some(("in_progress", Reason::SameName, 100))
    );
    assert_eq!(
        one("IN-PROGRESS", DOING),
        Some(("in_progress", Reason::FoldedName, 95))
    );
    assert_eq!(one("Fertig", DONE), Some(("done", Reason::Synonym, 90)));
    assert_eq!(one("Fertig", DOING), Some(("done", Reason::Synonym, 70)));
    assert_eq!(
        one("Testing on staging", DOING),
        Some(("in_progress", Reason::Synonym, 60))
    );
    assert_eq!(one("Zorp", DONE), Some(("done", Reason::Category, 50)));
    assert_eq!(one("Zorp", None), None);
    assert_eq!(one("Zorp", Some(StatusCategory::Undefined)), None);
}

#[test]
fn order_fills_gaps_between_known_neighbours() {
    let rows: &[Row] = &[
        ("Critical", None, ""),
        ("Zorp", None, ""),
        ("Medium", None, ""),
        ("Blip", None, ""),
    ];
    let found: Vec<_> = suggest::<Priority>(&values(rows))
        .into_iter()
        .map(|found| (found.target.code(), found.reason))
        .collect();
    assert_eq!(found[1], ("high", Reason::Order));
    assert_eq!(found[3], ("low", Reason::Order));
}

#[test]
fn folding() {
    for (name, folded) in [
        ("  Höchste  Priorität ", "hochste prioritat"),
        ("WON’T-FIX!", "won t fix"),
        ("Cafe\u{301}", "cafe"),
        ("Straße", "strasse"),
        ("完了", "完了"),
        ("</script>", "script"),
    ] {
        assert_eq!(fold(name), folded);
    }
}

#[test]
fn synonyms_are_folded_and_mean_one_thing() {
    fn check<T: Suggest>() {
        let mut seen = std::collections::BTreeMap::new();
        for (target, words) in T::SYNONYMS {
            for word in *words {
                assert_eq!(fold(word), *word);
                assert!(
                    seen.insert(word.replace(' ', ""), target)
                        .is_none_or(|other| other == target),
                    "{word}"
                );
            }
        }
    }
    check::<Priority>();
    check::<Severity>();
    check::<RequirementStatus>();
    check::<BugStatus>();
}

proptest! {
    #[test]
    fn any_names_are_answered_at_most_once_each(names in proptest::collection::vec(any::<String>(), 0..8)) {
        let values: Vec<_> = names.iter().enumerate()
            .map(|(at, name)| SourceValue { id: at.to_string(), name: name.clone(), category: None }).collect();
        let found = suggest::<Severity>(&values);
        let ids: std::collections::BTreeSet<_> = found.iter().map(|found| found.id.clone()).collect();
        prop_assert_eq!(ids.len(), found.len());
        prop_assert!(found.iter().all(|found| (1..=100).contains(&found.confidence)));
    }

    #[test]
    fn folding_twice_is_folding_once(name in any::<String>()) {
        prop_assert_eq!(fold(&fold(&name)), fold(&name));
    }
}

#[test]
fn a_mapping_is_explained_by_the_suggestion_it_agrees_with() {
    let status = |name: &str, category| SourceValue {
        id: "1".into(),
        name: name.into(),
        category: Some(category),
    };
    for (name, category, target, reason) in [
        (
            "Done",
            StatusCategory::Done,
            RequirementStatus::Done,
            Some(Reason::SameName),
        ),
        (
            "Zzz",
            StatusCategory::Done,
            RequirementStatus::Done,
            Some(Reason::Category),
        ),
        ("Done", StatusCategory::Done, RequirementStatus::Cancelled, None),
    ] {
        assert_eq!(
            explain(&status(name, category), target),
            reason,
            "{name} {target:?}"
        );
    }
}
