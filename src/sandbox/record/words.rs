//! What words look like, and what is left of them: lengths, cases and markup.
//!
//! Nothing here knows where a text stood; that is the cleaner's part.

/// How the old text form of a sprint begins.
const SPRINT: &str = "com.atlassian.greenhopper.service.sprint.Sprint@";

/// What can stand behind the goal in the old text form of a sprint.
const BEHIND_GOAL: [&str; 12] = [
    ",id=",
    ",rapidViewId=",
    ",state=",
    ",name=",
    ",startDate=",
    ",endDate=",
    ",completeDate=",
    ",activatedDate=",
    ",sequence=",
    ",synced=",
    ",autoStartStop=",
    ",incompleteIssuesDestinationId=",
];

/// The longest number that is taken for one; longer ones can be somebody's telephone.
const LONGEST_NUMBER: usize = 6;

/// A moment, a number or a list of ids in a text field is no prose, and its shape matters.
pub(super) fn looks_like_code(text: &str) -> bool {
    is_moment(text) || !text.is_empty() && text.len() <= 40 && text.split(',').all(is_number)
}

/// `2026-12-01`, alone or with a time behind it.
fn is_moment(text: &str) -> bool {
    let Some((date, time)) = text.split_at_checked(10) else {
        return false;
    };
    let is_time = |time: &str| {
        time.len() <= 19
            && time.as_bytes().get(2) == Some(&b':')
            && time
                .chars()
                .all(|letter| letter.is_ascii_digit() || "-:.+Z".contains(letter))
    };
    date.parse::<jiff::civil::Date>().is_ok()
        && (time.is_empty() || time.strip_prefix(['T', ' ']).is_some_and(is_time))
}

/// A short number, which may have a fraction.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    [(whole, LONGEST_NUMBER), (fraction, 3)]
        .iter()
        .all(|(digits, most)| {
            (1..=*most).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
        })
}

/// The key of an issue, as the epic link holds it.
pub(super) fn is_key(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(project, number)| {
        number.parse::<u32>().is_ok()
            && project.starts_with(|letter: char| letter.is_ascii_uppercase())
            && project
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
    })
}

/// A place in the order of a backlog: `0|i0001:`.
pub(super) fn is_rank(text: &str) -> bool {
    text.split_once('|').is_some_and(|(bucket, place)| {
        bucket.len() == 1
            && place.contains(':')
            && place
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == ':')
    })
}

/// Whether a text is a sprint in its old form.
pub(super) fn is_sprint(text: &str) -> bool {
    text.starts_with(SPRINT)
}

/// A sprint in its old form without the words of its goal.
pub(super) fn blank_goal(text: &str) -> String {
    let Some((before, rest)) = text.split_once("goal=") else {
        return text.to_owned();
    };
    let end = BEHIND_GOAL
        .iter()
        .filter_map(|mark| rest.find(mark))
        .min()
        .or_else(|| rest.rfind(']'))
        .unwrap_or(rest.len());
    let (goal, after) = rest.split_at(end);
    format!("{before}goal={}{after}", blank_letters(goal))
}

/// A query without the words that it looks for in texts: what stands behind `~` and `!~`.
pub(super) fn blank_operands(jql: &str) -> String {
    let mut out = String::with_capacity(jql.len());
    let mut quote: Option<char> = None;
    let (mut wanted, mut escaped) = (false, false);
    for letter in jql.chars() {
        let mut shown = letter;
        match quote {
            Some(_) if escaped => {
                escaped = false;
                shown = if wanted { blank(letter) } else { letter };
            }
            Some(_) if letter == '\\' => escaped = true,
            Some(end) if letter == end => (quote, wanted) = (None, false),
            Some(_) => shown = if wanted { blank(letter) } else { letter },
            None if letter == '"' || letter == '\'' => quote = Some(letter),
            None if letter == '~' => wanted = true,
            None if wanted && letter.is_whitespace() => {
                // The word has ended if it has begun.
                wanted = out.trim_end_matches(char::is_whitespace).ends_with('~');
            }
            None if matches!(letter, '(' | ')') => wanted = false,
            None => shown = if wanted { blank(letter) } else { letter },
        }
        out.push(shown);
    }
    out
}

fn blank(letter: char) -> char {
    match letter {
        letter if letter.is_uppercase() => 'X',
        letter if letter.is_alphabetic() => 'x',
        letter if letter.is_numeric() => '0',
        letter => letter,
    }
}

/// Every letter as `x` and every digit as `0`: length, words and markup stay.
pub(super) fn blank_letters(text: &str) -> String {
    text.chars().map(blank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goal_of_an_old_sprint_goes_and_its_frame_stays() {
        let text = "com.atlassian.greenhopper.service.sprint.Sprint@1a[id=1,state=ACTIVE,name=Sprint 1,goal=Save Bank, [now]=,startDate=2019-05-23T14:02:10.170Z,sequence=1]";
        assert_eq!(
            blank_goal(text),
            "com.atlassian.greenhopper.service.sprint.Sprint@1a[id=1,state=ACTIVE,name=Sprint 1,goal=Xxxx Xxxx, [xxx]=,startDate=2019-05-23T14:02:10.170Z,sequence=1]"
        );
        let last = "com.atlassian.greenhopper.service.sprint.Sprint@1a[id=1,goal=End it]";
        assert!(blank_goal(last).ends_with("[id=1,goal=Xxx xx]"));
    }

    #[test]
    fn words_that_are_looked_for_go() {
        for (jql, blanked) in [
            (
                r#"project = "PAY" AND summary ~ "Bank \"Muster\"" AND status = "In Progress""#,
                r#"project = "PAY" AND summary ~ "Xxxx \"Xxxxxx\"" AND status = "In Progress""#,
            ),
            (
                "text !~ 'secret deal' order by key",
                "text !~ 'xxxxxx xxxx' order by key",
            ),
            ("(summary ~ merger) and id = 7", "(summary ~ xxxxxx) and id = 7"),
            (
                "summary ~merger and key = PAY-1",
                "summary ~xxxxxx and key = PAY-1",
            ),
            (
                r#"labels = "a~b" and status = New"#,
                r#"labels = "a~b" and status = New"#,
            ),
        ] {
            assert_eq!(blank_operands(jql), blanked);
        }
    }

    #[test]
    fn moments_and_numbers_are_told_from_telephones() {
        for code in [
            "2026-12-01",
            "2026-12-01T09:30:00.000+0100",
            "2026-12-01 00:00:00.0",
            "5",
            "-3.5",
            "10001,10002",
        ] {
            assert!(looks_like_code(code), "{code}");
        }
        for not in [
            "",
            "03012345678",
            "+49-30-1234567",
            "030-123456",
            "01.23.45.67.89",
            "2026-13-41",
            "2026-12-01T03012345678",
            "Bank",
        ] {
            assert!(!looks_like_code(not), "{not}");
        }
    }

    #[test]
    fn keys_and_ranks_are_told_from_words() {
        assert!(is_key("PAY-12") && !is_key("Merger-12") && !is_key("PAY"));
        assert!(is_rank("0|i0001:") && is_rank("0|hzzzzz:b") && !is_rank("a|Bank:"));
    }
}
