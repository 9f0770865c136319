//! What the people of the invented company want, do and complain about: the words that summaries and
//! descriptions are put together from, by project where projects differ.

pub(super) const ACTORS: [&str; 8] = [
    "A traveller",
    "A returning guest",
    "A group organiser",
    "A travel agent",
    "A corporate booker",
    "A family with children",
    "A support agent",
    "A loyalty member",
];

pub(super) const ABILITIES: [(&str, &[&str]); 3] = [
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

pub(super) const THINGS: [(&str, &[&str]); 3] = [
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

pub(super) const FAILURES: [&str; 14] = [
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

pub(super) const WHEN: [&str; 8] = [
    "when the trip crosses midnight",
    "on iPad in landscape",
    "for bookings made by phone",
    "after the session ends",
    "when two tabs are open",
    "on the last day of the month",
    "with screen magnification",
    "for fares above 9,999",
];

pub(super) const CHORES: [(&str, &[&str]); 3] = [
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

pub(super) const EPICS: [(&str, &[&str]); 3] = [
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
