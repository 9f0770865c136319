//! The little search language on the right of `~`.
//!
//! All words must be there, in any order; `OR` and `|` divide, `-` and `NOT` leave out, a text in
//! double quotes is a phrase, `*` and `?` stand for letters inside a word. Words are runs of letters
//! and digits, letter case aside. Jira also cuts words to their stems, which is left out here.

/// A wanted text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextQuery {
    /// Alternatives; in each, all must hold.
    any: Vec<Vec<Term>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    words: Vec<String>,
    not: bool,
}

/// Words of a text.
fn split_words<'a>(text: &'a str, keep: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(move |letter: char| !letter.is_alphanumeric() && !keep.contains(letter))
        .filter(|word| !word.is_empty())
}

impl TextQuery {
    /// Reads the operand; the error is Jira's message about the field.
    pub(super) fn parse(text: &str, field: &str) -> Result<Self, String> {
        if let Some(first) = text.chars().next().filter(|first| "*?".contains(*first)) {
            return Err(format!(
                "The text query '{text}' for field '{field}' is not allowed to start with character '{first}'."
            ));
        }
        let mut any = vec![Vec::new()];
        let mut not = false;
        let mut rest = text.trim();
        while let Some(first) = rest.chars().next() {
            let (piece, after, phrase) = cut(rest, first);
            rest = after.trim_start();
            match piece {
                "OR" | "||" | "|" if !phrase => any.push(Vec::new()),
                "AND" | "&&" | "+" if !phrase => {}
                "NOT" | "!" if !phrase => not = true,
                _ => {
                    let bare = piece.trim_start_matches('+');
                    let (bare, left_out) = match bare.strip_prefix(['-', '!']) {
                        Some(bare) if !phrase => (bare, true),
                        _ => (bare, false),
                    };
                    let plain = bare.replace('\\', "");
                    let words = split_words(&plain, if phrase { "" } else { "*?" });
                    let words: Vec<String> = words
                        .filter(|word| word.chars().any(char::is_alphanumeric))
                        .map(str::to_lowercase)
                        .collect();
                    if !words.is_empty()
                        && let Some(terms) = any.last_mut()
                    {
                        terms.push(Term {
                            words,
                            not: not || left_out,
                        });
                    }
                    not = false;
                }
            }
        }
        if any.iter().any(Vec::is_empty) {
            return Err(format!("Unable to parse the text '{text}' for field '{field}'."));
        }
        Ok(Self { any })
    }

    /// Whether one of the texts, or all together, hold what is wanted.
    pub(super) fn matches(&self, texts: &[&str]) -> bool {
        let words: Vec<Vec<&str>> = texts.iter().map(|text| split_words(text, "").collect()).collect();
        self.any.iter().any(|terms| {
            terms
                .iter()
                .all(|term| words.iter().any(|own| holds(own, &term.words)) != term.not)
        })
    }
}

/// The next piece: a phrase between quotes or up to a blank.
fn cut(text: &str, first: char) -> (&str, &str, bool) {
    if first == '"'
        && let Some(end) = text[1..].find('"')
    {
        return (&text[1..=end], &text[end + 2..], true);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], &text[end..], false)
}

/// Whether the words follow each other somewhere.
fn holds(own: &[&str], wanted: &[String]) -> bool {
    own.windows(wanted.len().max(1))
        .any(|window| window.iter().zip(wanted).all(|(own, wanted)| fits(own, wanted)))
}

/// One word against a pattern in lower case with `*` and `?`.
fn fits(word: &str, pattern: &str) -> bool {
    if !pattern.contains(['*', '?']) {
        let alike = word.eq_ignore_ascii_case(pattern);
        return alike || (!word.is_ascii() && word.to_lowercase() == pattern);
    }
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let (mut at, mut place, mut star, mut mark) = (0, 0, None, 0);
    while at < word.len() {
        if place < pattern.len() && (pattern[place] == '?' || pattern[place] == word[at]) {
            at += 1;
            place += 1;
        } else if place < pattern.len() && pattern[place] == '*' {
            star = Some(place);
            mark = at;
            place += 1;
        } else if let Some(star) = star {
            place = star + 1;
            mark += 1;
            at = mark;
        } else {
            return false;
        }
    }
    pattern[place..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_phrases_and_wildcards() {
        let text = "The new export of TRIP-17 fails";
        for (query, want) in [
            ("export", true),
            ("EXPORT new", true),
            ("expo", false),
            ("expo*", true),
            ("ex?ort", true),
            ("\"new export\"", true),
            ("\"export new\"", false),
            ("export -fails", false),
            ("export AND NOT missing", true),
            ("missing OR fails", true),
            ("TRIP\\-17", true),
            ("TRIP-17", true),
            ("17-TRIP", false),
        ] {
            assert_eq!(
                TextQuery::parse(query, "text").unwrap().matches(&[text]),
                want,
                "{query}"
            );
        }
        assert!(
            TextQuery::parse("*x", "text")
                .unwrap_err()
                .contains("not allowed to start")
        );
        assert!(
            TextQuery::parse("AND", "text")
                .unwrap_err()
                .contains("Unable to parse")
        );
        assert!(TextQuery::parse("", "text").is_err());
    }
}
