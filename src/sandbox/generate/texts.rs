//! What the people of Lanternway Travel write: summaries and descriptions.
//!
//! A few are hostile or odd on purpose (markup, right-to-left, emoji, very long), at fixed places,
//! so that every page that shows a Jira text is tried with them.

use super::{
    rich::{Block, Inline},
    rng::Rng,
    vocabulary::{ABILITIES, ACTORS, CHORES, EPICS, FAILURES, THINGS, WHEN},
};

fn list_for(project: &str, lists: &[(&str, &'static [&'static str])]) -> &'static [&'static str] {
    lists
        .iter()
        .find(|(key, _)| *key == project)
        .map_or(&["Look after the desk"], |(_, list)| *list)
}

/// The summary of the `number`-th issue of a project.
pub(super) fn write_summary(project: &str, kind: &str, number: usize, rng: &mut Rng) -> String {
    let odd = match (project, number) {
        ("TRIP", 17) => Some("Guest name </textarea><script>alert(1)</script> breaks the passenger form"),
        ("TRIP", 23) => Some("حجز رحلة جماعية: الأسماء العربية تظهر معكوسة في التذكرة"),
        ("TRIP", 31) => Some("🚆 + 🚴 on one ticket: add a bike 👨‍👩‍👧‍👦 for the whole family"),
        ("TRIP", 42) => Some("\u{202e}Reversed\u{202c} booking reference and a zero\u{200b}width space"),
        ("PAY", 12) => {
            Some("Refund of \"O'Brien & Sons\" <sons@lanternway.example> is 1 cent short; 50 % = ?")
        }
        ("PAY", 19) => Some("運賃の払い戻しが二重に表示される"),
        ("PAY", 27) => Some(" Leading space, trailing space, and\ttab "),
        ("OPS", 9) => Some("{{7*7}} ${7*7} [link|javascript:alert(1)] *bold* in the rota title"),
        _ => None,
    };
    if let Some(odd) = odd {
        return odd.to_owned();
    }
    if project == "PAY" && number == 33 {
        let long = "Every traveller who pays in two currencies must see both amounts, the rate, the fee and the moment of the rate ";
        return long.repeat(3).chars().take(255).collect();
    }
    match kind {
        "Epic" => {
            let list = list_for(project, &EPICS);
            let name = list[number % list.len()];
            if number < list.len() * 8 {
                name.to_owned()
            } else {
                format!("{name}, second wave")
            }
        }
        "Story" => format!(
            "{} {}",
            rng.pick(&ACTORS),
            rng.pick(list_for(project, &ABILITIES))
        ),
        "Bug" => format!(
            "{} {} {}",
            rng.pick(list_for(project, &THINGS)),
            rng.pick(&FAILURES),
            rng.pick(&WHEN)
        ),
        "Incident" => {
            format!(
                "Live: {} {}",
                rng.pick(list_for(project, &THINGS)).to_lowercase(),
                rng.pick(&FAILURES)
            )
        }
        "Sub-task" => format!(
            "{} for {}",
            rng.pick(&["Copy", "API", "Screen", "Migration", "Test data", "Translation"]),
            rng.pick(list_for(project, &THINGS)).to_lowercase()
        ),
        _ => {
            let chore = rng.pick(list_for(project, &CHORES));
            let place = rng.pick(&[
                "",
                " (web)",
                " (apps)",
                " in the Nordics",
                " for agents",
                ", part 2",
                " before the freeze",
            ]);
            format!("{chore}{place}")
        }
    }
}

/// A description, or none: about one issue in eight has an empty one.
pub(super) fn write_description(
    project: &str,
    kind: &str,
    number: usize,
    rng: &mut Rng,
) -> Option<Vec<Block>> {
    if project == "TRIP" && number == 17 {
        return Some(write_hostile());
    }
    if project == "TRIP" && number == 23 {
        let text = "عند حجز رحلة لمجموعة تظهر الأسماء بترتيب معكوس. The reference stays LW-4471.";
        return Some(vec![Block::Text(vec![Inline::Plain(text.to_owned())])]);
    }
    if project == "PAY" && number == 33 {
        let line = "The rate is fixed when the basket is priced and shown again before the card is charged. ";
        return Some(
            (0..40)
                .map(|_| Block::Text(vec![Inline::Plain(line.repeat(6))]))
                .collect(),
        );
    }
    if rng.chance(12) {
        return None;
    }
    Some(match kind {
        "Bug" | "Incident" => write_bug(project, rng),
        "Epic" => write_epic(project, rng),
        "Story" => write_story(project, rng),
        _ => vec![Block::Text(vec![
            Inline::Plain("Agreed in planning. ".to_owned()),
            Inline::Strong("Done".to_owned()),
            Inline::Plain(" means it runs in production and the runbook says so.".to_owned()),
        ])],
    })
}

fn write_story(project: &str, rng: &mut Rng) -> Vec<Block> {
    let mut blocks = vec![
        Block::Heading(2, "Why".to_owned()),
        Block::Text(vec![
            Inline::Plain("Support answers this by phone about ".to_owned()),
            Inline::Strong(format!("{} times a week", 5 + rng.below(90))),
            Inline::Plain(". See the ".to_owned()),
            Inline::Link(
                "research notes".to_owned(),
                "https://notes.lanternway.example/research?id=12&v=2".to_owned(),
            ),
            Inline::Plain(".".to_owned()),
        ]),
        Block::Heading(3, "Acceptance".to_owned()),
        Block::List(
            true,
            vec![
                format!(
                    "{} is used on a phone with one hand",
                    rng.pick(list_for(project, &THINGS))
                ),
                "Nothing typed is lost when the network goes away".to_owned(),
                "The price never changes without being said".to_owned(),
            ],
        ),
    ];
    if rng.chance(35) {
        blocks.push(Block::Table(
            vec!["Market", "Rule", "From"],
            vec![
                vec![
                    "DACH".to_owned(),
                    "Free within 24 hours".to_owned(),
                    "1 March".to_owned(),
                ],
                vec![
                    "Japan".to_owned(),
                    "Fee of 1,200 yen".to_owned(),
                    "1 April".to_owned(),
                ],
            ],
        ));
    }
    if rng.chance(25) {
        blocks.push(Block::Panel("info", "Legal has read this version.".to_owned()));
    }
    blocks
}

fn write_bug(project: &str, rng: &mut Rng) -> Vec<Block> {
    let mut blocks = vec![
        Block::Heading(3, "Steps".to_owned()),
        Block::List(
            true,
            vec![
                "Search Hamburg to Copenhagen for two".to_owned(),
                format!("Open: {}", rng.pick(list_for(project, &THINGS)).to_lowercase()),
                "Wait until the session is older than 20 minutes".to_owned(),
            ],
        ),
        Block::Text(vec![
            Inline::Strong("Expected:".to_owned()),
            Inline::Plain(" the offer is priced again.".to_owned()),
            Inline::Break,
            Inline::Strong("Actual:".to_owned()),
            Inline::Plain(" it ".to_owned()),
            Inline::Em((*rng.pick(&FAILURES)).to_owned()),
            Inline::Plain(". Log line ".to_owned()),
            Inline::Mono("fare.hold.expired".to_owned()),
            Inline::Plain(".".to_owned()),
        ]),
    ];
    if rng.chance(40) {
        blocks.push(Block::Code(
            "json",
            "{\n  \"offer\": \"LW-4471\",\n  \"total\": { \"amount\": 184.90, \"currency\": \"EUR\" }\n}"
                .to_owned(),
        ));
    }
    if rng.chance(20) {
        blocks.push(Block::Panel(
            "warning",
            "Seen by three customers this week.".to_owned(),
        ));
    }
    blocks
}

fn write_epic(project: &str, rng: &mut Rng) -> Vec<Block> {
    vec![
        Block::Heading(2, "Outcome".to_owned()),
        Block::Text(vec![Inline::Plain(format!(
            "{} becomes something people finish alone. We know it worked when calls about it fall by {} percent.",
            rng.pick(list_for(project, &THINGS)),
            10 + rng.below(40)
        ))]),
        Block::List(
            false,
            vec![
                "Not in scope: partners' own sites".to_owned(),
                "Owner: product".to_owned(),
            ],
        ),
        Block::Rule,
        Block::Quote("I only wanted to move my train by an hour. (Interview 7)".to_owned()),
    ]
}

fn write_hostile() -> Vec<Block> {
    vec![
        Block::Text(vec![
            Inline::Plain("Typed into the name field: ".to_owned()),
            Inline::Mono("</textarea><script>alert(1)</script>".to_owned()),
            Inline::Plain(" and <img src=x onerror=alert(2)>, then ".to_owned()),
            Inline::Link(
                "click here".to_owned(),
                "javascript:alert(document.domain)".to_owned(),
            ),
            Inline::Plain(" or ".to_owned()),
            Inline::Link(
                "here".to_owned(),
                "https://lanternway.example/\"onmouseover=\"alert(3)".to_owned(),
            ),
            Inline::Plain(".".to_owned()),
        ]),
        Block::Code("html", "<script>alert(4)</script>".to_owned()),
        Block::Panel("error", "Must stay text everywhere it is shown.".to_owned()),
    ]
}
