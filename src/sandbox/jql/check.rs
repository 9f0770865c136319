//! What Jira would complain about before it searches: unknown fields and unknown values.
//!
//! A project the caller may not browse is as unknown as one that does not exist.

use serde_json::Value;

use super::{
    Expr, Op, Operand, Query, Viewer, eval,
    values::{Kind, find_kind},
};

/// Messages in the order of the query; empty when it can run.
pub(crate) fn list_problems(query: &Query, viewer: &Viewer<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(filter) = &query.filter {
        check(filter, viewer, &mut problems);
    }
    for (field, _) in &query.order {
        if find_kind(viewer.world, field).is_none() && !matches!(field.to_lowercase().as_str(), "rank") {
            problems.push(unknown_field(field));
        }
    }
    if viewer.world.is_cloud() && query.order.len() > 7 {
        problems.push("The maximum number of fields in the ORDER BY clause is 7.".to_owned());
    }
    problems
}

fn unknown_field(name: &str) -> String {
    format!("Field '{name}' does not exist or you do not have permission to view it.")
}

fn check(expr: &Expr, viewer: &Viewer<'_>, problems: &mut Vec<String>) {
    let clause = match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            for part in parts {
                check(part, viewer, problems);
            }
            return;
        }
        Expr::Not(inner) => return check(inner, viewer, problems),
        Expr::Clause(clause) => clause,
    };
    let Some(kind) = find_kind(viewer.world, &clause.field) else {
        problems.push(unknown_field(&clause.field));
        return;
    };
    let ordered = matches!(
        clause.op,
        Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual
    );
    if ordered
        && !matches!(
            kind,
            Kind::Time(_) | Kind::Id | Kind::Key | Kind::Custom(_) | Kind::Named(_)
        )
    {
        problems.push(format!(
            "The operator is not supported by the '{}' field.",
            clause.field
        ));
    }
    for value in &clause.values {
        match value {
            Operand::Empty => {}
            Operand::Function(name) => {
                if !matches!(name.as_str(), "currentuser" | "now" | "opensprints") {
                    problems.push(format!("Unable to find JQL function '{name}()'."));
                }
            }
            Operand::Text { text, quoted } => {
                check_value(&kind, &clause.field, text, *quoted, viewer, problems);
            }
        }
    }
}

fn check_value(
    kind: &Kind,
    field: &str,
    text: &str,
    quoted: bool,
    viewer: &Viewer<'_>,
    problems: &mut Vec<String>,
) {
    let world = viewer.world;
    let known = |list: &[Value]| list.iter().any(|entry| matches(entry, text));
    let exists = match kind {
        Kind::Project => viewer.projects.iter().any(|project| {
            project.id == text
                || project.key.eq_ignore_ascii_case(text)
                || project.name.eq_ignore_ascii_case(text)
        }),
        Kind::Named(name) => match name.as_str() {
            "issuetype" => {
                known(&world.issue_types) || viewer.projects.iter().any(|project| known(&project.issue_types))
            }
            "status" => {
                let of_types = viewer
                    .projects
                    .iter()
                    .flat_map(|project| project.type_statuses.iter());
                known(&world.statuses) || of_types.into_iter().any(|(_, statuses)| known(statuses))
            }
            "priority" => known(&world.priorities),
            "resolution" => known(&world.resolutions) || text.eq_ignore_ascii_case("unresolved"),
            "fixVersions" | "versions" => viewer.projects.iter().any(|project| known(&project.versions)),
            _ => true,
        },
        Kind::Sprint(_) => known(&world.sprints),
        Kind::Id | Kind::Key => {
            let visible = world.find_issue(text).is_some_and(|issue| {
                viewer
                    .projects
                    .iter()
                    .any(|project| project.id == issue.project_id)
            });
            // `id > 0` walks all issues: a number need not be an issue for an order.
            if !visible && text.parse::<i64>().is_err() {
                problems.push(format!(
                    "An issue with key '{text}' does not exist for field '{field}'."
                ));
            }
            return;
        }
        Kind::Time(_) => {
            if eval::read_time(text, quoted, viewer).is_none() {
                problems.push(format!(
                    "Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
                     'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
                ));
            }
            return;
        }
        _ => true,
    };
    if !exists {
        problems.push(format!(
            "The value '{text}' does not exist for the field '{field}'."
        ));
    }
}

fn matches(entry: &Value, text: &str) -> bool {
    let id = match &entry["id"] {
        Value::String(id) => id.clone(),
        other => other.to_string(),
    };
    let named = |part: &str| {
        entry[part]
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case(text))
    };
    id == text || named("name") || named("untranslatedName")
}
