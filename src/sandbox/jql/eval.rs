//! Picking and ordering issues.
//!
//! As in Jira, a comparison with a missing value is false either way: `status != Done` also needs a
//! status, `labels not in (a)` leaves out issues without labels.

use std::{borrow::Cow, cmp::Ordering};

use jiff::{civil::DateTime, tz::TimeZone};

use super::{
    Clause, Expr, Op, Operand, Query, Viewer,
    values::{self, Atom, Kind, find_kind},
};
use crate::sandbox::world::Issue;

/// The visible issues that match, in the order asked for (newest id first by default).
pub(crate) fn find_issues<'a>(query: &Query, viewer: &Viewer<'a>) -> Vec<Cow<'a, Issue>> {
    let visible: std::collections::HashSet<&str> = viewer
        .projects
        .iter()
        .map(|project| project.id.as_str())
        .collect();
    let filter = query.filter.as_ref().map(|filter| prepare(filter, viewer));
    let mut found: Vec<Cow<'a, Issue>> = viewer
        .world
        .issues()
        .filter(|issue| visible.contains(issue.project_id.as_str()))
        .filter(|issue| {
            filter
                .as_ref()
                .is_none_or(|filter| matches(filter, issue, viewer))
        })
        .collect();
    let order: Vec<(Option<Kind>, bool)> = query
        .order
        .iter()
        .map(|(field, descending)| (find_kind(viewer.world, field), *descending))
        .collect();
    found.sort_by(|a, b| {
        for (kind, descending) in &order {
            let Some(kind) = kind else { continue };
            let by = compare(a, b, kind, viewer);
            let by = if *descending { by.reverse() } else { by };
            if by != Ordering::Equal {
                return by;
            }
        }
        if order.is_empty() {
            b.id.cmp(&a.id)
        } else {
            a.id.cmp(&b.id)
        }
    });
    found
}

/// A filter with its field names resolved once, not once per issue.
enum Ready<'q> {
    And(Vec<Ready<'q>>),
    Or(Vec<Ready<'q>>),
    Not(Box<Ready<'q>>),
    Clause(&'q Clause, Option<Kind>),
}

fn prepare<'q>(expr: &'q Expr, viewer: &Viewer<'_>) -> Ready<'q> {
    match expr {
        Expr::And(parts) => Ready::And(parts.iter().map(|part| prepare(part, viewer)).collect()),
        Expr::Or(parts) => Ready::Or(parts.iter().map(|part| prepare(part, viewer)).collect()),
        Expr::Not(inner) => Ready::Not(Box::new(prepare(inner, viewer))),
        Expr::Clause(clause) => Ready::Clause(clause, find_kind(viewer.world, &clause.field)),
    }
}

fn matches(expr: &Ready<'_>, issue: &Issue, viewer: &Viewer<'_>) -> bool {
    match expr {
        Ready::And(parts) => parts.iter().all(|part| matches(part, issue, viewer)),
        Ready::Or(parts) => parts.iter().any(|part| matches(part, issue, viewer)),
        Ready::Not(inner) => !matches(inner, issue, viewer),
        Ready::Clause(clause, Some(kind)) => matches_clause(clause, kind, issue, viewer),
        // Only reached when the query is not validated; an unknown field matches nothing.
        Ready::Clause(_, None) => false,
    }
}

fn matches_clause(clause: &Clause, kind: &Kind, issue: &Issue, viewer: &Viewer<'_>) -> bool {
    let own = values::list_atoms(issue, kind);
    let hit = |value: &Operand| match value {
        Operand::Empty => own.is_empty(),
        other => own.iter().any(|atom| equals(atom, other, kind, viewer)),
    };
    let has_empty = clause.values.contains(&Operand::Empty);
    match clause.op {
        Op::Equal | Op::In | Op::Is => clause.values.iter().any(hit),
        Op::NotEqual | Op::NotIn => (has_empty || !own.is_empty()) && !clause.values.iter().any(hit),
        Op::IsNot => !own.is_empty(),
        Op::Like | Op::NotLike => {
            let Some(Operand::Text { text, .. }) = clause.values.first() else {
                return false;
            };
            let needle = text.to_lowercase();
            let needle = needle.trim_matches(['*', '"']);
            let found = own.iter().any(|a| {
                a.name
                    .as_ref()
                    .is_some_and(|name| name.to_lowercase().contains(needle))
            });
            found == (clause.op == Op::Like)
        }
        Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual => {
            let Some(value) = clause.values.first() else {
                return false;
            };
            own.iter()
                .filter_map(|atom| order_of(atom, value, kind, viewer))
                .any(|order| match clause.op {
                    Op::Less => order == Ordering::Less,
                    Op::LessEqual => order != Ordering::Greater,
                    Op::Greater => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                })
        }
    }
}

fn equals(atom: &Atom, value: &Operand, kind: &Kind, viewer: &Viewer<'_>) -> bool {
    match value {
        Operand::Empty => false,
        Operand::Function(name) => match name.as_str() {
            "currentuser" => viewer.account.is_some_and(|account| {
                atom.id
                    .as_ref()
                    .is_some_and(|id| *id == account.id || *id == account.name)
            }),
            "opensprints" => viewer.world.sprints.iter().any(|sprint| {
                let id = atom.id.as_ref().and_then(|id| id.parse::<i64>().ok());
                sprint["state"] == "active" && id.is_some() && sprint["id"].as_i64() == id
            }),
            _ => false,
        },
        Operand::Text { text, .. } => {
            if matches!(kind, Kind::Time(_)) || atom.id.is_none() && atom.number.is_some() {
                return order_of(atom, value, kind, viewer) == Some(Ordering::Equal);
            }
            if *kind == Kind::Named("resolution".to_owned()) && text.eq_ignore_ascii_case("unresolved") {
                return false;
            }
            atom.id.as_deref() == Some(text.as_str())
                || atom
                    .name
                    .as_ref()
                    .is_some_and(|name| name.to_lowercase() == text.to_lowercase())
        }
    }
}

/// How the issue's value compares with the operand.
fn order_of(atom: &Atom, value: &Operand, kind: &Kind, viewer: &Viewer<'_>) -> Option<Ordering> {
    let Operand::Text { text, quoted } = value else {
        return match value {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit 53 bits")]
            Operand::Function(name) if name == "now" => atom.number?.partial_cmp(&(viewer.now_ms as f64)),
            _ => None,
        };
    };
    match kind {
        Kind::Id | Kind::Key => {
            let id = |text: &str| text.parse::<i64>().ok();
            if let Some(wanted) = id(text) {
                return Some(id(atom.id.as_ref()?)?.cmp(&wanted));
            }
            let (own_project, own) = atom.name.as_ref()?.rsplit_once('-')?;
            let (project, wanted) = text.rsplit_once('-')?;
            own_project
                .eq_ignore_ascii_case(project)
                .then(|| Some(id(own)?.cmp(&id(wanted)?)))?
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit 53 bits")]
        Kind::Time(_) => atom
            .number?
            .partial_cmp(&(read_time(text, *quoted, viewer)? as f64)),
        Kind::Named(name) if name == "priority" => {
            let place = |wanted: &str| {
                viewer
                    .world
                    .priorities
                    .iter()
                    .position(|entry| entry["id"] == wanted || entry["name"] == wanted)
            };
            // The list begins with the most urgent, which is the greatest.
            Some(place(text)?.cmp(&place(atom.id.as_deref()?)?))
        }
        _ => atom.number?.partial_cmp(&text.parse::<f64>().ok()?),
    }
}

/// A date operand as epoch milliseconds: unquoted digits are absolute, everything else means the
/// caller's own time zone.
pub(super) fn read_time(text: &str, quoted: bool, viewer: &Viewer<'_>) -> Option<i64> {
    if !quoted && let Ok(ms) = text.parse::<i64>() {
        return Some(ms);
    }
    if let Some(offset) = read_period(text) {
        return viewer.now_ms.checked_add(offset);
    }
    let zone = viewer.account.map_or("UTC", |account| account.time_zone.as_str());
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let normal = text.replace('/', "-");
    let moment = DateTime::strptime("%Y-%m-%d %H:%M", &normal)
        .or_else(|_| jiff::civil::Date::strptime("%Y-%m-%d", &normal).map(|date| date.at(0, 0, 0, 0)))
        .ok()?;
    Some(moment.to_zoned(zone).ok()?.timestamp().as_millisecond())
}

/// `-5d`, `4w 2d`, `-30m` in milliseconds.
fn read_period(text: &str) -> Option<i64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut total = 0_i64;
    for part in rest.split_whitespace() {
        let unit = match part.chars().last()? {
            'w' => 7 * 86_400_000,
            'd' => 86_400_000,
            'h' => 3_600_000,
            'm' => 60_000,
            _ => return None,
        };
        let amount = part[..part.len() - 1].parse::<i64>().ok()?.checked_mul(unit)?;
        total = amount.checked_add(total)?;
    }
    (!rest.trim().is_empty()).then_some(sign * total)
}

fn compare(a: &Issue, b: &Issue, kind: &Kind, viewer: &Viewer<'_>) -> Ordering {
    match kind {
        Kind::Id => a.id.cmp(&b.id),
        Kind::Key => {
            let parts = |issue: &Issue| {
                let (project, number) = issue.key.rsplit_once('-').unwrap_or((&issue.key, "0"));
                (project.to_owned(), number.parse::<i64>().unwrap_or_default())
            };
            parts(a).cmp(&parts(b))
        }
        Kind::Time(field) => values::find_time(a, field).cmp(&values::find_time(b, field)),
        Kind::Named(name) if name == "priority" => {
            let place = |issue: &Issue| {
                let id = issue
                    .find_field("priority")
                    .map(|priority| priority["id"].clone());
                let found = viewer
                    .world
                    .priorities
                    .iter()
                    .position(|entry| Some(&entry["id"]) == id.as_ref());
                std::cmp::Reverse(found.unwrap_or(usize::MAX))
            };
            place(a).cmp(&place(b))
        }
        _ => {
            let first = |issue: &Issue| {
                values::list_atoms(issue, kind)
                    .first()
                    .and_then(|atom| atom.name.clone())
            };
            first(a).cmp(&first(b))
        }
    }
}
