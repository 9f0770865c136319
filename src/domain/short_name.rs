//! Labels for names where there is little room: `S43` of `Sprint 43`, `IP` of `Idea pool`.
//!
//! A label is made of the beginnings of words and of numbers as they stand in the name, never of half a number and
//! never with a mark that stands for what is missing. It need not be unique: the name itself is always told beside
//! it (title, accessible name), but names that can be told apart by a little more get a little more.

/// Letters of a word that stand for it where its first one is not enough.
const STEM: usize = 3;
/// Words of which a label takes the first letter.
const INITIALS: usize = 3;

/// Words and numbers of a name: `Trip 44, Berlin` is `Trip`, `44`, `Berlin`; `S44` is `S`, `44`.
fn parts(name: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut words, mut numbers) = (Vec::new(), Vec::new());
    for run in name.split(|letter: char| !letter.is_alphanumeric()) {
        let mut rest = run;
        while let Some(first) = rest.chars().next() {
            let digit = first.is_ascii_digit();
            let end = rest
                .find(|letter: char| letter.is_ascii_digit() != digit)
                .unwrap_or(rest.len());
            let (part, more) = rest.split_at(end);
            if digit { &mut numbers } else { &mut words }.push(part);
            rest = more;
        }
    }
    (words, numbers)
}

fn initials(words: &[&str]) -> String {
    let first = |word: &&str| word.chars().next();
    let letters = words.iter().filter_map(first).take(INITIALS);
    letters.flat_map(char::to_uppercase).collect()
}

fn stem(word: &str) -> String {
    word.chars().take(STEM).collect()
}

/// What may stand for a name, shortest first.
fn candidates(name: &str) -> [String; 3] {
    let (words, numbers) = parts(name);
    let all = initials(&words);
    let whole = || name.trim().to_owned();
    match (words.as_slice(), numbers.as_slice()) {
        ([], []) => [whole(), whole(), whole()],
        ([word], []) => [all, stem(word), whole()],
        (_, []) => [all, whole(), whole()],
        ([], [_, ..]) => [numbers.join("."), whole(), whole()],
        ([word, ..], [first, ..]) => [
            format!("{}{first}", initials(&[word])),
            format!("{all}{}", numbers.last().unwrap_or(first)),
            format!("{all}{}", numbers.join(".")),
        ],
    }
}

/// Labels in the order of the names: each the shortest that stands for no other name among them, else the longest.
pub fn short_names(names: &[&str]) -> Vec<String> {
    let all: Vec<_> = names.iter().map(|name| candidates(name)).collect();
    let taken = |label: &String, of: &str| {
        let mut others = names.iter().zip(&all).filter(|(name, _)| **name != of);
        others.any(|(_, labels)| labels.contains(label))
    };
    names
        .iter()
        .zip(&all)
        .map(|(name, labels)| {
            let free = labels.iter().find(|label| !taken(label, name));
            free.unwrap_or(&labels[labels.len() - 1]).clone()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_label_tells_names_apart() {
        for (names, short) in [
            (&["Sprint 42", "Sprint 43"][..], &["S42", "S43"][..]),
            (&["Trip 44, Berlin", "Trip 43, Lisbon"], &["T44", "T43"]),
            (&["Sprint 42", "Hardening"], &["S42", "H"]),
            (&["Idea pool", "Hardening", "Holidays"], &["IP", "Har", "Hol"]),
            (
                &["Team A Sprint 1", "Team A Sprint 2", "Team B Sprint 1"],
                &["TAS1", "T2", "TBS1"],
            ),
            (&["Q1 2026", "Q2 2026"], &["Q1", "Q2"]),
            (&["Trip 44, [long] one = 3 weeks", "Trip 45"], &["T44", "T45"]),
            (&["2026 Q3 Sprint 7", "2026 Q3 Sprint 8"], &["QS7", "QS8"]),
            (&["2026-07", "2026-08"], &["2026.07", "2026.08"]),
            (&["Sprint 42", "Sprint 42"], &["S42", "S42"]),
            (&["S44", "S45b"], &["S44", "S45"]),
            (&["Übung 1", "übung 2"], &["Ü1", "Ü2"]),
            (&["", " ", "!?"], &["", "", "!?"]),
            (&[], &[]),
        ] {
            assert_eq!(short_names(names), short, "{names:?}");
        }
    }

    proptest! {
        #[test]
        fn a_label_is_made_of_its_name(names in proptest::collection::vec("[ab1 ]{0,6}|\\PC{0,6}", 0..6)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let short = short_names(&names);
            prop_assert_eq!(short.len(), names.len());
            for (name, short) in names.iter().zip(&short) {
                prop_assert!(!short.contains('…') || name.contains('…'));
                prop_assert_eq!(short.is_empty(), name.trim().is_empty());
                // Numbers are whole.
                let (_, numbers) = parts(name);
                let (_, shown) = parts(short);
                prop_assert!(shown.iter().all(|number| numbers.contains(number)), "{name:?} became {short:?}");
            }
        }
    }
}
