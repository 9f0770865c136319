//! Names where there is little room: what tells them apart, with an ellipsis for what was left out.
//!
//! A short name is always the end of the name itself, never a word of ours: whoever reads `…43, Lisbon` finds
//! it in `Trip 43, Lisbon`.

use std::collections::BTreeMap;

/// The beginning that both have.
fn common<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    let end: usize = same.map(|(letter, _)| letter.len_utf8()).sum();
    &one[..end]
}

/// Short forms in the order of the names. Names that begin with the same word lose the whole words that all of
/// them begin with; a name that would lose everything, or is alone with its first word, stays as it is.
pub fn short_names(names: &[&str]) -> Vec<String> {
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
    let mut families: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in names {
        let family = families.entry(first(name)).or_default();
        if !family.contains(name) {
            family.push(name);
        }
    }
    let begin = |family: &[&str]| -> usize {
        let (Some((head, others)), true) = (family.split_first(), family.len() > 1) else {
            return 0;
        };
        let shared = others.iter().fold(*head, |shared, other| common(shared, other));
        let end = shared
            .char_indices()
            .rev()
            .find(|(_, letter)| letter.is_whitespace())
            .map_or(0, |(at, letter)| at + letter.len_utf8());
        let all_keep_some = family
            .iter()
            .all(|name| name.get(end..).is_some_and(|rest| !rest.trim().is_empty()));
        if all_keep_some { end } else { 0 }
    };
    let begins: BTreeMap<String, usize> = families
        .into_iter()
        .map(|(word, family)| (word, begin(&family)))
        .collect();
    names
        .iter()
        .map(|name| match begins.get(&first(name)).copied() {
            Some(at) if at > 0 => format!("…{}", name.get(at..).unwrap_or(name)),
            _ => (*name).to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_tells_names_apart() {
        for (names, short) in [
            (&["Sprint 42", "Sprint 43"][..], &["…42", "…43"][..]),
            (
                &["Trip 44, Berlin", "Trip 43, Lisbon"],
                &["…44, Berlin", "…43, Lisbon"],
            ),
            (&["Sprint 42", "Hardening"], &["Sprint 42", "Hardening"]),
            (
                &["Sprint 42", "Sprint 43", "Hardening"],
                &["…42", "…43", "Hardening"],
            ),
            (
                &["Team A Sprint 1", "Team A Sprint 2", "Team B Sprint 1"],
                &["…A Sprint 1", "…A Sprint 2", "…B Sprint 1"],
            ),
            (&["Sprint 42", "Sprint 42"], &["Sprint 42", "Sprint 42"]),
            (&["Sprint", "Sprint 2"], &["Sprint", "Sprint 2"]),
            (&["Sprint ", "Sprint 2"], &["Sprint ", "Sprint 2"]),
            (&["Übung 1", "Übung 2"], &["…1", "…2"]),
            (&["", " "], &["", " "]),
            (&[], &[]),
        ] {
            assert_eq!(short_names(names), short, "{names:?}");
        }
    }

    proptest! {
        #[test]
        fn a_short_name_is_the_name_or_its_end(names in proptest::collection::vec("[ab ]{0,6}|\\PC{0,6}", 0..6)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let short = short_names(&names);
            prop_assert_eq!(short.len(), names.len());
            for (name, short) in names.iter().zip(&short) {
                let honest = short == name
                    || short.strip_prefix('…').is_some_and(|rest| name.ends_with(rest) && !rest.trim().is_empty());
                prop_assert!(honest, "{name:?} became {short:?}");
            }
        }
    }
}
