//! JQL against a reading of the issues' JSON that is too simple to be wrong, and the language against
//! itself.

use proptest::prelude::*;
use serde_json::Value;

use super::harness::Bench;
use crate::sandbox::{
    Issue, World,
    jql::{
        self, Cursor, Viewer,
        query::{Clause, Expr, Op, Operand, Order, Query},
    },
};

fn text() -> impl Strategy<Value = Operand> {
    ("[a-zA-Z0-9 \\\\\"'äß_-]{1,8}", any::<bool>()).prop_filter_map(
        "unquoted text must be plain",
        |(text, quoted)| {
            let plain = text
                .chars()
                .all(|letter| letter.is_alphanumeric() || "_-".contains(letter));
            let word = text.chars().next().is_some_and(|first| first == 'x');
            (quoted || (plain && word)).then_some(Operand::Text { text, quoted })
        },
    )
}

fn operand() -> impl Strategy<Value = Operand> {
    prop_oneof![
        text(),
        Just(Operand::Empty),
        ("x[a-z]{1,6}", prop::collection::vec("[a-z0-9\" -]{0,5}", 0..3))
            .prop_map(|(name, arguments)| { Operand::Function { name, arguments } }),
    ]
}

fn clause() -> impl Strategy<Value = Expr> {
    let field = prop_oneof![
        Just("status".to_owned()),
        Just("cf[10030]".to_owned()),
        Just("Fix Version".to_owned()),
        Just("order".to_owned()),
        "x[a-zA-Z \"\\\\]{0,6}",
    ];
    let single = (
        prop::sample::select(vec![
            Op::Equal,
            Op::NotEqual,
            Op::Less,
            Op::GreaterEqual,
            Op::Like,
            Op::NotLike,
        ]),
        operand(),
    );
    let empty = (
        prop::sample::select(vec![Op::Is, Op::IsNot]),
        Just(Operand::Empty),
    );
    let list = (
        prop::sample::select(vec![Op::In, Op::NotIn]),
        prop::collection::vec(operand(), 1..4).prop_map(Operand::List),
    );
    (field, prop_oneof![single, empty, list])
        .prop_map(|(field, (op, value))| Expr::Clause(Clause { field, op, value }))
}

fn expr() -> impl Strategy<Value = Expr> {
    clause().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn a_query_written_and_read_is_the_same(
        filter in prop::option::of(expr()),
        fields in prop::collection::vec(("x[a-z ]{0,5}", prop::option::of(any::<bool>())), 0..3),
    ) {
        let order = fields.into_iter().map(|(field, descending)| Order { field, descending }).collect();
        let query = Query { filter, order };
        let text = query.to_string();
        prop_assert_eq!(jql::parse_query(&text), Ok(query), "{}", text);
    }
}

/// One clause, its reading and a word for it.
type Reading = (&'static str, fn(&Issue) -> bool);

fn id<'a>(issue: &'a Issue, field: &str) -> &'a str {
    issue
        .find_field(field)
        .and_then(|value| value["id"].as_str())
        .unwrap_or_default()
}

fn has(issue: &Issue, field: &str, part: &str, wanted: &str) -> bool {
    let list = issue.find_field(field).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .any(|entry| entry[part] == wanted || *entry == wanted)
}

fn count(issue: &Issue, field: &str) -> usize {
    issue
        .find_field(field)
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

fn stamp(issue: &Issue, field: &str) -> i64 {
    let text = issue.find_field(field).and_then(Value::as_str).unwrap();
    let stamp = jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).unwrap();
    stamp.as_millisecond()
}

/// Midnight of 1 September 2026 in Berlin.
const SEPTEMBER: i64 = 1_788_213_600_000;

const READINGS: [Reading; 16] = [
    ("project = TRIP", |issue| issue.key.starts_with("TRIP-")),
    ("project in (PAY, 10102)", |issue| !issue.key.starts_with("TRIP-")),
    ("status = \"In Progress\"", |issue| {
        issue.find_field("status").unwrap()["name"] == "In Progress"
    }),
    ("statusCategory = Done", |issue| {
        issue.find_field("status").unwrap()["statusCategory"]["key"] == "done"
    }),
    ("issuetype in (Bug, 10005)", |issue| {
        ["Bug", "Incident"]
            .iter()
            .any(|name| issue.find_field("issuetype").unwrap()["name"] == *name)
    }),
    ("priority > Medium", |issue| {
        ["2", "10100"].contains(&id(issue, "priority"))
    }),
    ("priority = EMPTY", |issue| id(issue, "priority").is_empty()),
    ("resolution is empty", |issue| id(issue, "resolution").is_empty()),
    ("labels = mobile", |issue| has(issue, "labels", "", "mobile")),
    ("labels not in (mobile)", |issue| {
        count(issue, "labels") > 0 && !has(issue, "labels", "", "mobile")
    }),
    ("fixVersion = \"3.0 Group trips\"", |issue| {
        has(issue, "fixVersions", "name", "3.0 Group trips")
    }),
    ("fixVersion != 10302", |issue| {
        count(issue, "fixVersions") > 0 && !has(issue, "fixVersions", "id", "10302")
    }),
    ("sprint in (305, \"PAY Sprint 11\")", |issue| {
        let own = issue.find_field("customfield_10020").and_then(Value::as_array);
        own.into_iter()
            .flatten()
            .any(|sprint| sprint["id"] == 305 || sprint["id"] == 354)
    }),
    ("assignee is not EMPTY", |issue| {
        issue.find_field("assignee").is_some()
    }),
    ("updated >= \"2026-09-01\"", |issue| {
        stamp(issue, "updated") >= SEPTEMBER
    }),
    ("Severity[Dropdown] = \"S1 Outage\"", |issue| {
        let own = issue.find_field("customfield_10030");
        own.is_some_and(|value| value["value"] == "S1 Outage")
    }),
];

fn quoted(text: &str) -> String {
    text.replace("Severity[Dropdown]", "\"Severity[Dropdown]\"")
}

fn viewer(world: &World) -> Viewer<'_> {
    Viewer {
        world,
        projects: world.projects.iter().collect(),
        account: world.accounts.first(),
        sees_all: false,
        now_ms: 1_795_000_000_000,
    }
}

fn search(world: &World, text: &str) -> Vec<i64> {
    let viewer = viewer(world);
    let compiled = jql::compile(&jql::parse_query(text).unwrap(), &viewer);
    assert_eq!(compiled.problems, Vec::<String>::new(), "{text}");
    jql::find_all(&compiled, &viewer).ids().to_vec()
}

/// Pages of seven until the end.
fn walk(world: &World, text: &str) -> Vec<i64> {
    let viewer = viewer(world);
    let compiled = jql::compile(&jql::parse_query(text).unwrap(), &viewer);
    let (mut found, mut cursor): (_, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = jql::find_page(&compiled, &viewer, cursor, 7);
        found.extend(page.ids);
        cursor = page.next;
        if cursor.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn clauses_and_their_combinations_agree_with_the_json() {
    let bench = Bench::start().await;
    bench.sandbox.world().cloud().read(|world| {
        let issues: Vec<Issue> = world.issues().map(std::borrow::Cow::into_owned).collect();
        let naive = |fits: &dyn Fn(&Issue) -> bool| -> Vec<i64> {
            issues
                .iter()
                .filter(|issue| fits(issue))
                .map(|issue| issue.id)
                .collect()
        };
        for (text, fits) in READINGS {
            let text = quoted(text);
            let want = naive(&fits);
            assert!(
                !want.is_empty() && want.len() < issues.len(),
                "{text} divides the world"
            );
            assert_eq!(search(world, &format!("{text} ORDER BY id ASC")), want, "{text}");
            for (other, other_fits) in READINGS {
                let other = quoted(other);
                let both = naive(&|issue| fits(issue) && other_fits(issue));
                let either = naive(&|issue| fits(issue) || other_fits(issue));
                assert_eq!(
                    search(world, &format!("{text} AND {other} ORDER BY id ASC")),
                    both,
                    "{text} AND {other}"
                );
                assert_eq!(
                    search(world, &format!("{text} OR {other} ORDER BY id ASC")),
                    either,
                    "{text} OR {other}"
                );
            }
        }
    });
}

#[tokio::test]
async fn pages_hold_what_the_whole_holds_in_every_order() {
    let bench = Bench::start().await;
    bench.sandbox.world().cloud().read(|world| {
        for filter in [
            "project = PAY",
            "project in (TRIP, OPS) AND updated >= 1780000000000",
            "id > 0",
        ] {
            for order in [
                "",
                "id",
                "id DESC",
                "key",
                "key DESC",
                "updated ASC",
                "updated DESC",
                "updated ASC, id ASC",
                "created DESC, id DESC",
                "created",
                "priority DESC, key ASC",
                "assignee, updated DESC",
                "due ASC",
                "status, Severity DESC",
                "fixVersion",
                "summary",
                "updated ASC, key ASC",
                "project DESC, created",
            ] {
                let text = if order.is_empty() {
                    filter.to_owned()
                } else {
                    format!("{filter} ORDER BY {order}")
                };
                let whole = search(world, &text);
                let mut sorted = whole.clone();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(sorted.len(), whole.len(), "{text}: nothing twice");
                assert_eq!(walk(world, &text), whole, "{text}");
                assert_eq!(
                    sorted,
                    search(world, &format!("{filter} ORDER BY id ASC")),
                    "{text}"
                );
            }
        }
        let due = |id: i64| world.facts(id).unwrap().due;
        let ascending = search(world, "project = TRIP ORDER BY due ASC");
        assert!(
            due(ascending[0]).is_some() && due(ascending[289]).is_none(),
            "missing values come last"
        );
        let descending = search(world, "project = TRIP ORDER BY due DESC");
        assert!(due(descending[0]).is_none() && due(descending[289]).is_some());
    });
}
