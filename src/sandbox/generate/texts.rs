//! What the people of Lanternway Travel write: summaries and descriptions.
//!
//! A few are hostile or odd on purpose (markup, right-to-left, emoji, very long), at fixed places,
//! so that every page that shows a Jira text is tried with them.

use super::{
    rich::{Block, Inline},
    rng::Rng,
};

const ACTORS: [&str; 8] = [
    "A traveller",
    "A returning guest",
    "A group organiser",
    "A travel agent",
    "A corporate booker",
    "A family with children",
    "A support agent",
    "A loyalty member",
];
const ABILITIES: [(&str, &[&str]); 3] = [
    (
        "TRIP",
        &[
            "compares rail and flight for the same day",
            "holds a fare for 24 hours",
            "splits a booking between two cards",
            "sees the total price before signing in",
            "changes the return date without calling us",
            "adds a bicycle to a train booking",
            "shares an itinerary by link",
            "filters hotels by step-free access",
            "books a sleeper cabin for two",
            "gets a warning when a connection is too short",
            "keeps seats together for the whole group",
            "sees the carbon figure beside each option",
            "upgrades a single leg of the trip",
            "finds the nearest open lounge",
            "books for somebody else",
            "picks a meal before departure",
            "gets boarding passes offline",
            "swaps the lead passenger",
        ],
    ),
    (
        "PAY",
        &[
            "pays by instalments",
            "gets a refund to the original card",
            "sees which fees are refundable",
            "pays in the currency of the card",
            "redeems a voucher in part",
            "downloads an invoice with VAT",
            "retries a declined payment without losing the basket",
            "stores a card for the next trip",
            "pays a deposit now and the rest later",
            "gets a receipt in their own language",
            "sees the exchange rate before paying",
            "cancels within 24 hours free of charge",
            "pays with a company account",
            "is told when a refund reaches the bank",
        ],
    ),
    (
        "OPS",
        &[
            "hands over an open case at the end of a shift",
            "sees supplier delays on one page",
        ],
    ),
];
const THINGS: [(&str, &[&str]); 3] = [
    (
        "TRIP",
        &[
            "The fare calendar",
            "The seat map",
            "The passenger form",
            "Search results",
            "The itinerary mail",
            "The price summary",
            "The date picker",
            "The baggage step",
            "Saved travellers",
            "The map of stations",
        ],
    ),
    (
        "PAY",
        &[
            "The refund job",
            "The card form",
            "The invoice PDF",
            "The voucher balance",
            "3-D Secure",
            "The settlement report",
            "The currency switch",
            "The deposit reminder",
            "The receipt mail",
        ],
    ),
    (
        "OPS",
        &[
            "The rota export",
            "The supplier feed",
            "The on-call page",
            "The delay board",
            "The case inbox",
        ],
    ),
];
const FAILURES: [&str; 14] = [
    "shows yesterday's price",
    "stays empty on slow networks",
    "loses input after going back",
    "counts children twice",
    "is cut off at 390 pixels",
    "ignores the chosen language",
    "fails for names with an apostrophe",
    "repeats the same row",
    "times out after 30 seconds",
    "rounds down instead of up",
    "forgets the second passenger",
    "opens twice on double click",
    "shows the wrong time zone",
    "answers 500 for past dates",
];
const WHEN: [&str; 8] = [
    "when the trip crosses midnight",
    "on iPad in landscape",
    "for bookings made by phone",
    "after the session ends",
    "when two tabs are open",
    "on the last day of the month",
    "with screen magnification",
    "for fares above 9,999",
];
const CHORES: [(&str, &[&str]); 3] = [
    (
        "TRIP",
        &[
            "Move fare search to the new index",
            "Remove the old seat map code",
            "Write the runbook for search outages",
            "Measure time to first result",
            "Upgrade the map tiles",
            "Clean up unused translations",
            "Load test the booking path",
            "Agree fare rules with rail partners",
        ],
    ),
    (
        "PAY",
        &[
            "Rotate the acquirer certificates",
            "Archive settled payments older than seven years",
            "Document the refund ledger",
            "Replay failed webhooks from the acquirer",
            "Prepare the yearly card audit",
            "Move vouchers out of the legacy table",
            "Alert on refund backlog",
        ],
    ),
    (
        "OPS",
        &[
            "Update the winter rota",
            "Train the night shift on the new inbox",
            "Renew the ferry supplier contract",
            "Check emergency contacts",
            "Review the strike playbook",
            "Order headsets for the desk",
            "Close stale supplier cases",
            "Translate the delay templates",
            "Audit who can cancel trips",
        ],
    ),
];
const EPICS: [(&str, &[&str]); 3] = [
    (
        "TRIP",
        &[
            "Group trips",
            "Rail and road in one basket",
            "Step-free travel",
            "Loyalty tiers",
            "Offline itinerary",
            "Fare holds",
            "Faster search",
            "Self-service changes",
            "Families",
            "Corporate travel",
            "Sleeper trains",
            "Carbon figures",
            "New passenger model",
            "Design refresh",
        ],
    ),
    (
        "PAY",
        &[
            "Instalments",
            "Refund speed",
            "Vouchers 2",
            "Local currencies",
            "Invoices and VAT",
            "Deposits",
            "Fraud rules",
            "Acquirer switch",
            "Strong authentication",
            "Ledger",
        ],
    ),
    (
        "OPS",
        &[
            "Shift handover",
            "Supplier health",
            "Delay desk",
            "Contracts 2027",
        ],
    ),
];

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
