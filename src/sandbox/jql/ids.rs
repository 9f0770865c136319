//! Clauses about what has an id: projects, types, statuses, versions, sprints, issues.

use super::{
    compile::{Compiler, unknown_value, wrong_function},
    fields::NumberField,
    names,
    query::{Clause, Op, Operand},
    test::{Test, Wanted},
};
use crate::sandbox::world::read_id;

impl Compiler<'_> {
    pub(super) fn numbers(&mut self, field: NumberField, clause: &Clause, op: Op) -> Test {
        if matches!(op, Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual) {
            return self.ordered(field, clause, op);
        }
        let mut wanted = Wanted {
            not: Self::negates(op),
            ..Wanted::default()
        };
        for operand in clause.value.list() {
            match operand {
                Operand::Empty => wanted.empty = true,
                Operand::Text { text, .. } => self.find_number(field, clause, text, &mut wanted),
                Operand::Function { name, arguments } => {
                    if self.check_function(name, arguments) {
                        match self.call_numbers(field, name, arguments) {
                            Some(ids) => wanted.set.extend(ids),
                            None => self.problems.push(wrong_function(name, &clause.field)),
                        }
                    }
                }
                Operand::List(_) => {}
            }
        }
        wanted.set.sort_unstable();
        wanted.set.dedup();
        if matches!(op, Op::Like | Op::NotLike) {
            wanted.not = op == Op::NotLike;
        }
        Test::Numbers(field, wanted)
    }

    pub(super) fn find_number(
        &mut self,
        field: NumberField,
        clause: &Clause,
        text: &str,
        wanted: &mut Wanted<i64>,
    ) {
        if field == NumberField::Resolution && text.eq_ignore_ascii_case("unresolved") {
            wanted.empty = true;
            return;
        }
        let found = names::find_ids(field, text, self.viewer);
        if found.is_empty() {
            self.problems.push(match field {
                NumberField::Id if text.parse::<i64>().is_err() && !text.contains('-') => {
                    format!("The issue key '{text}' for field '{}' is invalid.", clause.field)
                }
                NumberField::Id | NumberField::Parent if text.parse::<i64>().is_ok() => format!(
                    "A value with ID '{text}' does not exist for the field '{}'.",
                    clause.field
                ),
                NumberField::Id | NumberField::Parent => format!(
                    "An issue with key '{text}' does not exist for field '{}'.",
                    clause.field
                ),
                _ => unknown_value(text, &clause.field),
            });
        }
        wanted.set.extend(found);
    }

    /// Order among ids, keys, priorities and versions.
    pub(super) fn ordered(&mut self, field: NumberField, clause: &Clause, op: Op) -> Test {
        let Operand::Text { text, .. } = &clause.value else {
            return self.refuse(unknown_value(&clause.value.to_string(), &clause.field));
        };
        if field == NumberField::Id {
            if let Ok(id) = text.parse::<i64>() {
                // A number need not be an issue here: `id > 0` walks them all.
                let (from, to) = match op {
                    Op::Less => (i64::MIN, id),
                    Op::LessEqual => (i64::MIN, id.saturating_add(1)),
                    Op::Greater => (id.saturating_add(1), i64::MAX),
                    _ => (id, i64::MAX),
                };
                return Test::Ids(from, to);
            }
            let Some((project, number)) = names::read_key(text, self.viewer) else {
                return self.refuse(format!(
                    "An issue with key '{text}' does not exist for field '{}'.",
                    clause.field
                ));
            };
            let (from, to) = match op {
                Op::Less => (0, number),
                Op::LessEqual => (0, number.saturating_add(1)),
                Op::Greater => (number.saturating_add(1), u32::MAX),
                _ => (number, u32::MAX),
            };
            return Test::Key { project, from, to };
        }
        let ids = names::find_ids(field, text, self.viewer);
        if ids.is_empty() {
            return self.refuse(unknown_value(text, &clause.field));
        }
        let world = self.viewer.world;
        // Priorities begin with the most urgent, which is the greatest; versions with the first.
        let lists: Vec<Vec<i64>> = if field == NumberField::Priority {
            vec![
                world
                    .priorities
                    .iter()
                    .rev()
                    .map(|entry| i64::from(read_id(&entry["id"])))
                    .collect(),
            ]
        } else {
            let projects = self.viewer.projects.iter();
            projects
                .map(|project| {
                    let ids = project.versions.iter().map(|version| read_id(&version["id"]));
                    ids.map(i64::from).collect()
                })
                .collect()
        };
        let mut set = Vec::new();
        for list in lists {
            for place in ids.iter().filter_map(|id| list.iter().position(|own| own == id)) {
                set.extend_from_slice(match op {
                    Op::Less => &list[..place],
                    Op::LessEqual => &list[..=place],
                    Op::Greater => &list[place + 1..],
                    _ => &list[place..],
                });
            }
        }
        set.sort_unstable();
        Test::Numbers(
            field,
            Wanted {
                set,
                ..Wanted::default()
            },
        )
    }

    pub(super) fn call_numbers(
        &mut self,
        field: NumberField,
        name: &str,
        arguments: &[String],
    ) -> Option<Vec<i64>> {
        let world = self.viewer.world;
        let ids = |list: Vec<&serde_json::Value>| -> Vec<i64> {
            list.into_iter()
                .map(|entry| i64::from(read_id(&entry["id"])))
                .collect()
        };
        let sprints = |state: &str| ids(world.sprints.iter().filter(|own| own["state"] == state).collect());
        let types = |subtask: bool| {
            let own = self
                .viewer
                .projects
                .iter()
                .flat_map(|project| project.issue_types.iter());
            ids(world
                .issue_types
                .iter()
                .chain(own)
                .filter(|kind| (kind["subtask"] == true) == subtask)
                .collect())
        };
        let versions = |released: bool| {
            let projects = self.viewer.projects.iter().filter(|project| {
                arguments.is_empty()
                    || arguments
                        .iter()
                        .any(|name| name == &project.id || name == &project.key || name == &project.name)
            });
            let all = projects.flat_map(|project| &project.versions);
            ids(all
                .filter(|version| (version["released"] == true) == released && version["archived"] != true)
                .collect())
        };
        match (field, name.to_lowercase().as_str()) {
            (NumberField::Sprints, "opensprints") => Some(sprints("active")),
            (NumberField::Sprints, "closedsprints") => Some(sprints("closed")),
            (NumberField::Sprints, "futuresprints") => Some(sprints("future")),
            (NumberField::IssueType, "standardissuetypes") => Some(types(false)),
            (NumberField::IssueType, "subtaskissuetypes") => Some(types(true)),
            (NumberField::FixVersions | NumberField::Versions, "releasedversions") => Some(versions(true)),
            (NumberField::FixVersions | NumberField::Versions, "unreleasedversions") => Some(versions(false)),
            (NumberField::FixVersions | NumberField::Versions, "latestreleasedversion") => {
                Some(versions(true).into_iter().next_back().into_iter().collect())
            }
            (NumberField::FixVersions | NumberField::Versions, "earliestunreleasedversion") => {
                Some(versions(false).into_iter().next().into_iter().collect())
            }
            _ => None,
        }
    }

    /// Categories mean the statuses in them.
    pub(super) fn category(&mut self, clause: &Clause, op: Op) -> Test {
        let mut keys: Vec<&str> = Vec::new();
        let mut empty = false;
        for operand in clause.value.list() {
            let text = match operand {
                Operand::Text { text, .. } => text,
                Operand::Empty => {
                    empty = true;
                    continue;
                }
                other => {
                    self.problems
                        .push(unknown_value(&other.to_string(), &clause.field));
                    continue;
                }
            };
            let key = match text.to_lowercase().as_str() {
                "2" | "new" | "to do" | "todo" => "new",
                "4" | "indeterminate" | "in progress" => "indeterminate",
                "3" | "done" | "complete" => "done",
                "1" | "undefined" | "no category" => "undefined",
                _ => {
                    self.problems.push(unknown_value(text, &clause.field));
                    continue;
                }
            };
            keys.push(key);
        }
        let world = self.viewer.world;
        let own = self.viewer.projects.iter().flat_map(|project| {
            let lists = project.type_statuses.iter();
            lists.flat_map(|(_, list)| list)
        });
        let mut set: Vec<i64> = world
            .statuses
            .iter()
            .chain(own.take(if world.recorded { usize::MAX } else { 0 }))
            .filter(|status| keys.iter().any(|key| status["statusCategory"]["key"] == *key))
            .map(|status| i64::from(read_id(&status["id"])))
            .collect();
        set.sort_unstable();
        set.dedup();
        let not = Self::negates(op);
        Test::Numbers(NumberField::Status, Wanted { set, empty, not })
    }

    /// The filter of a board shows the board's project.
    pub(super) fn filter(&mut self, clause: &Clause, op: Op) -> Test {
        let mut set = Vec::new();
        for operand in clause.value.list() {
            let text = operand.to_string();
            let board = text.trim_matches('"').parse::<i64>().ok().and_then(|id| {
                let mut boards = self.viewer.world.boards.iter();
                boards.find(|board| board.id + 10_000 == id)
            });
            match board {
                None => self
                    .problems
                    .push(unknown_value(text.trim_matches('"'), &clause.field)),
                Some(board) => set.extend(board.project_id.as_ref().and_then(|id| id.parse::<i64>().ok())),
            }
        }
        set.sort_unstable();
        let not = Self::negates(op);
        Test::Numbers(
            NumberField::Project,
            Wanted {
                set,
                empty: false,
                not,
            },
        )
    }
}
