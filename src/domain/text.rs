//! Checked one-line and multi-line texts from forms.
//!
//! Lengths count characters in the sense of Unicode scalar values, after trimming: an emoji that
//! people see as one may count as several, an accented letter counts as one or two depending on how it
//! was typed. Counting is the same in browser and server. Messages name the field's limit and never
//! repeat what was typed.

use std::fmt;

use crate::domain::field_error::{FieldErrors, Validated};

/// Longest name of a connection or project.
pub const MAX_NAME: usize = 50;
/// Longest name of a person.
pub const MAX_PERSON_NAME: usize = 100;
/// Longest description.
pub const MAX_DESCRIPTION: usize = 255;
/// Shortest password.
pub const MIN_PASSWORD: usize = 12;
/// Longest password.
pub const MAX_PASSWORD: usize = 128;

/// Characters (Unicode scalar values) of a text as it is, without trimming.
pub fn count_chars(text: &str) -> usize {
    text.chars().count()
}

/// Characters of a text as it would be stored: trimmed, each line break one.
pub fn count_stored(text: &str) -> usize {
    let text = text.trim();
    count_chars(text) - text.as_bytes().windows(2).filter(|two| two == b"\r\n").count()
}

/// The text with a capital letter at its beginning.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whether the character changes nothing visible or steers the text around it: control characters,
/// line separators, direction overrides.
pub fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A required one-line text of 1 to `max` characters; `label` begins the message ("Project name").
///
/// # Errors
/// Empty, too long, or with control characters.
pub fn parse_name(field: &str, label: &str, text: &str, max: usize) -> Validated<String> {
    let text = text.trim();
    let length = count_chars(text);
    // A name of joiners and spaces only would be an empty link on a page.
    let invisible =
        |c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    if text.chars().all(invisible) {
        return Err(FieldErrors::one(
            field,
            format!("{label} is empty. Enter 1 to {max} characters."),
        ));
    }
    if text.chars().any(is_control) {
        return Err(FieldErrors::one(
            field,
            format!("{label} contains a control character such as a line break. Type it on one line."),
        ));
    }
    if length > max {
        return Err(FieldErrors::one(
            field,
            format!(
                "{label} has {length} characters. The limit is {max}; shorten it by {}.",
                length - max
            ),
        ));
    }
    Ok(text.to_owned())
}

/// A name of a connection, 1 to 50 characters.
///
/// # Errors
/// See [`parse_name`].
pub fn parse_connection_name(field: &str, text: &str) -> Validated<String> {
    parse_name(field, "The integration name", text, MAX_NAME)
}

/// A name of a project, 1 to 50 characters.
///
/// # Errors
/// See [`parse_name`].
pub fn parse_project_name(field: &str, text: &str) -> Validated<String> {
    parse_name(field, "The project name", text, MAX_NAME)
}

/// A name of a person, 1 to 100 characters.
///
/// # Errors
/// See [`parse_name`].
pub fn parse_person_name(field: &str, text: &str) -> Validated<String> {
    parse_name(field, "The name", text, MAX_PERSON_NAME)
}

/// An optional text of up to `max` characters, line breaks allowed (stored as `\n`).
///
/// # Errors
/// Too long, or with control characters other than line break and tab.
pub fn parse_description(field: &str, text: &str, max: usize) -> Validated<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    if text.chars().any(|c| is_control(c) && c != '\n' && c != '\t') {
        return Err(FieldErrors::one(
            field,
            "The description contains a control character. Remove it.",
        ));
    }
    let length = count_chars(text);
    if length > max {
        return Err(FieldErrors::one(
            field,
            format!(
                "The description has {length} characters. The limit is {max}; shorten it by {}.",
                length - max
            ),
        ));
    }
    Ok(text.to_owned())
}

/// An email as far as its shape goes: one `@`, a local part of up to 64 characters, a domain
/// of labels. Returned trimmed with the domain in lower case; the local part stays as typed. Compare
/// addresses of people by [`fold_email`].
///
/// # Errors
/// Empty, or not of that shape.
pub fn parse_email(field: &str, text: &str) -> Validated<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldErrors::one(
            field,
            "The email is empty. Enter one such as ana@example.com.",
        ));
    }
    let wrong = || FieldErrors::one(field, "This is not an email. Enter one such as ana@example.com.");
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let local_ok = (1..=64).contains(&count_chars(local))
        && !local
            .chars()
            .any(|c| c.is_whitespace() || is_control(c) || "@<>()[],;:\\\"".contains(c))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let domain_ok = domain.len() <= 253 && domain.split('.').all(label_ok);
    if !local_ok || !domain_ok {
        return Err(wrong());
    }
    Ok(format!("{local}@{}", domain.to_lowercase()))
}

/// The form in which addresses are compared: all in lower case.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// A password that passed [`parse_password`]. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The text, for hashing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// A new password: 12 to 128 characters, any characters, taken as typed. Refused: well-known ones,
/// one repeated character or a plain run, and ones that contain the local part of the email
/// (if that has at least 4 characters).
///
/// # Errors
/// The reason, without the password.
pub fn parse_password(field: &str, text: &str, email: &str) -> Validated<Password> {
    let length = count_chars(text);
    if length < MIN_PASSWORD {
        return Err(FieldErrors::one(
            field,
            format!(
                "The password has {length} characters. Use {MIN_PASSWORD} to {MAX_PASSWORD}; several words are fine."
            ),
        ));
    }
    if length > MAX_PASSWORD {
        return Err(FieldErrors::one(
            field,
            format!("The password has {length} characters. The limit is {MAX_PASSWORD}."),
        ));
    }
    let folded = text.to_lowercase();
    let local = email.trim().split('@').next().unwrap_or("").to_lowercase();
    if count_chars(&local) >= 4 && folded.contains(&local) {
        return Err(FieldErrors::one(
            field,
            format!("The password contains \"{local}\" from your email. Choose another one."),
        ));
    }
    if is_well_known(&folded) {
        return Err(FieldErrors::one(
            field,
            "This password is among the first that are tried. Choose another one.",
        ));
    }
    Ok(Password(text.to_owned()))
}

/// Words that the most used long passwords are made of. A password is well known when it is nothing
/// but these, digits and signs: that covers `password1234`, `adminadmin123!`, `qwertyuiop12` and
/// thousands like them, where a list of whole passwords would hold each of them separately.
const WORN_WORDS: &[&str] = &[
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "abcdefghijkl",
    "abcdefghijklmnop",
    "abcd",
    "abc",
    "access",
    "admin",
    "administrator",
    "andrew",
    "ashley",
    "asdfghjkl",
    "asdfgh",
    "asdf",
    "bailey",
    "baseball",
    "basketball",
    "batman",
    "biteme",
    "butterfly",
    "change",
    "changeit",
    "changeme",
    "charlie",
    "cheese",
    "chelsea",
    "chocolate",
    "computer",
    "cookie",
    "daniel",
    "default",
    "demo",
    "diamond",
    "donald",
    "dragon",
    "everton",
    "flower",
    "football",
    "freedom",
    "george",
    "geheim",
    "ginger",
    "google",
    "guest",
    "hallo",
    "hannah",
    "harley",
    "hello",
    "hockey",
    "hunter",
    "iloveyou",
    "internet",
    "jennifer",
    "jessica",
    "jira",
    "jordan",
    "joshua",
    "killer",
    "kennwort",
    "letmein",
    "liverpool",
    "login",
    "london",
    "lovely",
    "love",
    "maggie",
    "manager",
    "martin",
    "master",
    "matthew",
    "me",
    "mercedes",
    "michael",
    "michelle",
    "monkey",
    "mustang",
    "my",
    "naruto",
    "nicole",
    "ninja",
    "pass",
    "passwd",
    "passw0rd",
    "passwort",
    "password",
    "p4ssw0rd",
    "p@ssw0rd",
    "p@ssword",
    "pa$$word",
    "patrick",
    "pepper",
    "phoenix",
    "please",
    "pokemon",
    "princess",
    "purple",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "qazwsxedc",
    "qazwsx",
    "qwer",
    "qwert",
    "qwertz",
    "qwertzuiop",
    "qwerty",
    "qwertyuiop",
    "ranger",
    "robert",
    "root",
    "samsung",
    "samantha",
    "secret",
    "secure",
    "service",
    "shadow",
    "soccer",
    "sommer",
    "spring",
    "starwars",
    "summer",
    "sunshine",
    "super",
    "superman",
    "support",
    "system",
    "temp",
    "temporary",
    "test",
    "testing",
    "the",
    "thomas",
    "thunder",
    "tigger",
    "time",
    "traceline",
    "trustno",
    "user",
    "welcome",
    "whatever",
    "willkommen",
    "william",
    "winter",
    "yellow",
    "you",
    "zaq12wsxcde3",
    "zxcvbn",
    "zxcvbnm",
    "zxcv",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "1q2w3e4r",
    "q1w2e3r4",
    "1234qwer",
    "qwer1234",
    "asdf1234",
    "autumn",
    "herbst",
    "april",
    "august",
    "december",
    "february",
    "january",
    "july",
    "june",
    "march",
    "may",
    "november",
    "october",
    "september",
    "monday",
    "friday",
    "sunday",
    "lakers",
    "corvette",
    "ferrari",
    "porsche",
    "maverick",
    "merlin",
    "scooter",
    "snoopy",
    "taylor",
    "tennis",
    "victoria",
    "amanda",
    "andrea",
    "angela",
    "anthony",
    "austin",
    "blahblah",
    "dallas",
    "heather",
    "jasmine",
    "justin",
];

/// Whether nothing is left of a lower-case password after worn words, digits and signs are taken
/// away, or it is one character or a keyboard or alphabet run over and over.
fn is_well_known(folded: &str) -> bool {
    let characters: Vec<char> = folded.chars().collect();
    let distinct: std::collections::BTreeSet<char> = characters.iter().copied().collect();
    if distinct.len() <= 3 {
        return true;
    }
    // Digits and signs alone, or one running step (12345…, abcdef…), are among the first guesses.
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let steps = characters
        .windows(2)
        .filter(|pair| matches!(step(pair), -1..=1))
        .count();
    if steps + 3 >= characters.len() || characters.iter().all(char::is_ascii_digit) {
        return true;
    }
    consists_of_worn_parts(&characters)
}

/// Reaches the end by steps of a worn word, a digit or an ASCII sign. The signs must not be all there
/// is: a password of random signs is a good one.
fn consists_of_worn_parts(characters: &[char]) -> bool {
    let mut reachable = vec![None::<bool>; characters.len() + 1];
    reachable[0] = Some(false);
    for at in 0..characters.len() {
        let Some(has_word) = reachable[at] else { continue };
        if characters[at].is_ascii_digit() || characters[at].is_ascii_punctuation() || characters[at] == ' ' {
            reachable[at + 1] = Some(reachable[at + 1].unwrap_or(false) || has_word);
        }
        for word in WORN_WORDS {
            let end = at + word.chars().count();
            if end <= characters.len() && word.chars().eq(characters[at..end].iter().copied()) {
                reachable[end] = Some(true);
            }
        }
    }
    reachable[characters.len()] == Some(true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_are_counted_as_they_are_stored() {
        for (text, count) in [
            ("", 0),
            ("  a b ", 3),
            ("one\r\ntwo\r\n", 7),
            ("one\ntwo\n", 7),
            ("\u{6771}\u{4eac}\u{1f686}", 3),
        ] {
            assert_eq!(count_stored(text), count, "{text:?}");
            let stored = parse_description("description", text, 255).unwrap();
            assert_eq!(count_chars(&stored), count, "{text:?}");
        }
    }

    #[test]
    fn names_are_trimmed_and_counted_in_characters() {
        assert_eq!(
            parse_connection_name("name", "  Halden Cloud ").expect("ok"),
            "Halden Cloud"
        );
        assert!(parse_connection_name("name", &"🦀".repeat(50)).is_ok());
        let long = parse_connection_name("name", &"🦀".repeat(51)).expect_err("too long");
        assert_eq!(
            long.get("name"),
            Some("The integration name has 51 characters. The limit is 50; shorten it by 1.")
        );
        for empty in ["", "   ", "\u{200B}", "\u{2060} \u{FEFF}", "\n\t"] {
            let errors = parse_project_name("name", empty).expect_err("empty");
            assert_eq!(
                errors.get("name"),
                Some("The project name is empty. Enter 1 to 50 characters.")
            );
        }
        for control in ["a\nb", "a\0b", "a\u{202E}b", "a\u{2028}b"] {
            assert!(parse_person_name("name", control).is_err(), "{control:?}");
        }
        assert!(parse_person_name("name", "Łukasz O'Brien-Ñandú 李").is_ok());
    }

    #[test]
    fn descriptions() {
        assert_eq!(parse_description("d", " a\r\nb \r", 255).expect("ok"), "a\nb");
        assert_eq!(parse_description("d", "", 255).expect("ok"), "");
        assert!(parse_description("d", &"é".repeat(255), 255).is_ok());
        assert!(parse_description("d", &"é".repeat(256), 255).is_err());
        assert!(parse_description("d", "a\u{7}", 255).is_err());
    }

    #[test]
    fn emails() {
        for good in [
            "ana@example.com",
            "a.b+c@sub.example.co",
            "admin@localhost",
            "jörg@müller.example",
        ] {
            assert!(parse_email("email", good).is_ok(), "{good}");
        }
        assert_eq!(
            parse_email("email", " Ana@EXAMPLE.com ").expect("ok"),
            "Ana@example.com"
        );
        assert_eq!(fold_email(" Ana@EXAMPLE.com"), "ana@example.com");
        for bad in [
            "",
            "ana",
            "@example.com",
            "ana@",
            "a b@c.de",
            "a@b@c.de",
            "a@-b.de",
            "a@b..de",
            ".a@b.de",
            "<a@b.de>",
        ] {
            assert!(parse_email("email", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords() {
        for good in [
            "correct horse battery",
            "tänzende Pinguine",
            "k7#Vq9!xTz2@",
            "                x y z w",
        ] {
            assert!(parse_password("p", good, "ana@example.com").is_ok(), "{good}");
        }
        for bad in [
            "short",
            "password1234",
            "Password123!",
            "passwordpassword",
            "123456789012",
            "qwertyuiop12",
            "1q2w3e4r5t6y",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijkl",
            "iloveyou1234",
            "adminadmin123",
            "letmeinplease",
            "Sommer2026!!",
            "welcome-to-ana.lindqvist",
        ] {
            let errors = parse_password("p", bad, "ana.lindqvist@example.com").expect_err(bad);
            assert!(!errors.get("p").expect("message").contains(bad), "{bad}");
        }
        assert!(parse_password("p", &"ab3de".repeat(26), "").is_err());
        let password = parse_password("p", "correct horse battery", "").expect("ok");
        assert_eq!(format!("{password:?}"), "Password(..)");
    }

    proptest! {
        #[test]
        fn a_name_that_passes_passes_again(text in ".{0,60}") {
            if let Ok(name) = parse_connection_name("name", &text) {
                prop_assert!((1..=50).contains(&count_chars(&name)));
                prop_assert_eq!(parse_connection_name("name", &name).expect("again"), name);
            }
        }

        #[test]
        fn nothing_panics(text in any::<String>(), email in any::<String>()) {
            let _ = parse_email("e", &text);
            let _ = parse_description("d", &text, 255);
            let _ = parse_password("p", &text, &email);
        }
    }
}
